//! Google's names of things: the issuer's number, and `issuer.suffix` of classes and objects.

use std::fmt;
use std::str::FromStr;

/// An issuer's number as Google's console shows it: a positive int64 in decimal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IssuerId(String);

/// Why a text cannot name something at Google.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WalletIdError {
    /// Not a positive whole number of at most 19 digits.
    #[error(
        "`{0}` is not an issuer id: take the number of 10 to 19 digits from the Google Pay & Wallet Console"
    )]
    Issuer(String),
    /// A suffix with other characters, without any, or with too many.
    #[error(
        "`{0}` cannot name a class or object at Google: use 1 to 200 of the letters A-Z a-z, digits, `.`, `_` and `-`"
    )]
    Suffix(String),
    /// No dot between issuer and suffix.
    #[error("`{0}` is not of the form `issuer.suffix`")]
    Form(String),
}

impl IssuerId {
    /// The number as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for IssuerId {
    type Err = WalletIdError;
    fn from_str(text: &str) -> Result<Self, WalletIdError> {
        let is_sound = text.bytes().all(|byte| byte.is_ascii_digit())
            && !text.starts_with('0')
            && text.parse::<i64>().is_ok();
        if is_sound {
            return Ok(Self(text.to_owned()));
        }
        Err(WalletIdError::Issuer(shorten(text)))
    }
}

impl fmt::Display for IssuerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The id of a class or an object: `issuer.suffix`, safe to stand in an address.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourceId {
    text: String,
    issuer: IssuerId,
}

impl ResourceId {
    /// Most characters of a suffix; Google publishes no limit, a save link needs one.
    pub const SUFFIX_MAX: usize = 200;

    /// The id of an issuer's thing. Characters outside Google's set are an error and are not
    /// replaced: two names must never become one.
    pub fn new(issuer: &IssuerId, suffix: &str) -> Result<Self, WalletIdError> {
        let is_safe = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        if !(1..=Self::SUFFIX_MAX).contains(&suffix.len()) || !suffix.bytes().all(is_safe) {
            return Err(WalletIdError::Suffix(shorten(suffix)));
        }
        Ok(Self {
            text: format!("{issuer}.{suffix}"),
            issuer: issuer.clone(),
        })
    }

    /// The whole id.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whose it is.
    pub fn issuer(&self) -> &IssuerId {
        &self.issuer
    }

    /// What stands behind the issuer's dot.
    pub fn suffix(&self) -> &str {
        self.text
            .get(self.issuer.as_str().len() + 1..)
            .unwrap_or_default()
    }
}

impl FromStr for ResourceId {
    type Err = WalletIdError;
    fn from_str(text: &str) -> Result<Self, WalletIdError> {
        let (issuer, suffix) = text
            .split_once('.')
            .ok_or_else(|| WalletIdError::Form(shorten(text)))?;
        Self::new(&issuer.parse()?, suffix)
    }
}

impl fmt::Display for ResourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn shorten(text: &str) -> String {
    text.chars().take(64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_comes_back_in_its_parts() {
        let id: ResourceId = "3388000000022195611.crd_0a.b-C".parse().expect("an id");
        assert_eq!(id.issuer().as_str(), "3388000000022195611");
        assert_eq!(id.suffix(), "crd_0a.b-C");
    }

    #[test]
    fn what_google_would_refuse_is_refused_here() {
        for text in [
            "",
            "33",
            "33.",
            "x.card",
            "033.card",
            "33.a/b",
            "33.a b",
            "33.é",
            "33.%2e",
            "99999999999999999999.a",
        ] {
            assert!(text.parse::<ResourceId>().is_err(), "{text}");
        }
        let issuer: IssuerId = "33".parse().expect("an issuer");
        assert!(ResourceId::new(&issuer, &"a".repeat(200)).is_ok());
        assert!(ResourceId::new(&issuer, &"a".repeat(201)).is_err());
    }
}
