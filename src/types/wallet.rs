//! Words of the wallets: which one, a phone's id, a push token.

use std::fmt;
use std::str::FromStr;

use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::sql_types::Text as SqlText;
use serde::{Deserialize, Serialize};

/// Which wallet a pass lives in.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, AsExpression, FromSqlRow,
)]
#[diesel(sql_type = SqlText)]
#[serde(rename_all = "lowercase")]
pub enum Wallet {
    /// Apple Wallet.
    Apple,
    /// Google Wallet.
    Google,
}

impl Wallet {
    /// The word of the contract.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Apple => "apple",
            Self::Google => "google",
        }
    }
}

impl FromStr for Wallet {
    type Err = WalletWordError;
    fn from_str(text: &str) -> Result<Self, WalletWordError> {
        [Self::Apple, Self::Google]
            .into_iter()
            .find(|wallet| wallet.as_str() == text)
            .ok_or(WalletWordError::Wallet)
    }
}

impl fmt::Display for Wallet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a text from a phone is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WalletWordError {
    /// A wallet is `apple` or `google`.
    #[error("a wallet is `apple` or `google`")]
    Wallet,
    /// A push token has 1 to 200 hex digits.
    #[error("a push token has 1 to 200 hex digits")]
    PushToken,
    /// A device id has 1 to 128 letters, digits, `-` or `_`.
    #[error("a device id has 1 to 128 letters, digits, `-` or `_`")]
    DeviceId,
}

/// What Apple's push service calls a phone: 1 to 200 hex digits. Not printed whole.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = SqlText)]
pub struct PushToken(String);

impl PushToken {
    /// The hex digits, in the case that the phone sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PushToken {
    type Err = WalletWordError;
    fn from_str(text: &str) -> Result<Self, WalletWordError> {
        if (1..=200).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Ok(Self(text.to_owned()));
        }
        Err(WalletWordError::PushToken)
    }
}

impl fmt::Debug for PushToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}…", self.0.get(..6).unwrap_or_default())
    }
}

/// What a phone calls itself (`deviceLibraryIdentifier`): a secret of the phone, 1 to 128 characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = SqlText)]
pub struct DeviceId(String);

impl DeviceId {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for DeviceId {
    type Err = WalletWordError;
    fn from_str(text: &str) -> Result<Self, WalletWordError> {
        let sound = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if (1..=128).contains(&text.len()) && text.bytes().all(sound) {
            return Ok(Self(text.to_owned()));
        }
        Err(WalletWordError::DeviceId)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_from_phones_are_taken_only_in_their_own_alphabet() {
        assert!("a1B2".parse::<PushToken>().is_ok());
        assert!("0".repeat(200).parse::<PushToken>().is_ok());
        for bad in ["", "xyz", "a1/..", &"0".repeat(201)] {
            assert!(bad.parse::<PushToken>().is_err(), "{bad}");
        }
        assert!("A-b_9".parse::<DeviceId>().is_ok());
        for bad in ["", "../x", "a/b", "a%2f", "a\0", &"d".repeat(65_536)] {
            assert!(bad.parse::<DeviceId>().is_err());
        }
    }
}
