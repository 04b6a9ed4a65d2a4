//! The key file of a Google service account, and signing with it.

use std::fmt;
use std::path::Path;

use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::pkey::{Id, PKey, Private};
use openssl::sign::Signer;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::types::{Base64Url, Secret};

/// Most bytes read of a key file; Google's have about 2,400.
const FILE_MAX: u64 = 65_536;

/// A service account with its private key.
#[derive(Clone)]
pub struct ServiceAccount {
    email: String,
    token_url: String,
    key_id: Option<String>,
    key: PKey<Private>,
}

/// Why a key file is of no use, and how to mend it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ServiceAccountError {
    /// The file cannot be read.
    #[error(
        "the Google key file {file} cannot be read ({cause}); create a JSON key for the service account in the Google Cloud console and save it there"
    )]
    Unreadable {
        /// The file.
        file: String,
        /// What the system said.
        cause: String,
    },
    /// Not the JSON of a key file.
    #[error(
        "the Google key file {file} is not the JSON of a service account key ({cause}); download the key again as JSON, not as P12"
    )]
    Malformed {
        /// The file.
        file: String,
        /// What is wrong with it.
        cause: String,
    },
    /// A key file of another kind.
    #[error(
        "the Google key file {file} is of type `{kind}`, but a key of type `service_account` is needed; create one under IAM, Service accounts, Keys"
    )]
    OtherKind {
        /// The file.
        file: String,
        /// The type that it states.
        kind: String,
    },
    /// The private key in it is not an RSA key in PEM.
    #[error(
        "`private_key` in the Google key file {file} is not an RSA private key in PEM; the file was changed after the download: download a new key"
    )]
    BadKey {
        /// The file.
        file: String,
    },
}

#[derive(Deserialize)]
struct KeyFile {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    client_email: String,
    #[serde(default)]
    token_uri: String,
    private_key_id: Option<String>,
    private_key: Option<Secret>,
}

impl ServiceAccount {
    /// Reads a key file.
    pub fn load(path: &Path) -> Result<Self, ServiceAccountError> {
        let file = path.display().to_string();
        let unreadable = |cause: String| ServiceAccountError::Unreadable {
            file: file.clone(),
            cause,
        };
        let len = std::fs::metadata(path)
            .map_err(|error| unreadable(error.to_string()))?
            .len();
        if len > FILE_MAX {
            return Err(unreadable(format!("it has {len} bytes, more than {FILE_MAX}")));
        }
        let bytes = std::fs::read(path).map_err(|error| unreadable(error.to_string()))?;
        Self::from_json(&bytes, &file)
    }

    /// Takes the text of a key file; `file` is what errors call it.
    pub fn from_json(bytes: &[u8], file: &str) -> Result<Self, ServiceAccountError> {
        let malformed = |cause: String| ServiceAccountError::Malformed {
            file: file.to_owned(),
            cause,
        };
        let parsed: KeyFile = serde_json::from_slice(bytes)
            .map_err(|error| malformed(format!("line {}, column {}", error.line(), error.column())))?;
        if parsed.kind != "service_account" {
            return Err(ServiceAccountError::OtherKind {
                file: file.to_owned(),
                kind: parsed.kind.chars().take(40).collect(),
            });
        }
        for (name, value) in [
            ("client_email", &parsed.client_email),
            ("token_uri", &parsed.token_uri),
        ] {
            if value.is_empty() {
                return Err(malformed(format!("`{name}` is missing")));
            }
        }
        let pem = parsed
            .private_key
            .ok_or_else(|| malformed("`private_key` is missing".to_owned()))?;
        let key = PKey::private_key_from_pem(pem.expose().as_bytes())
            .ok()
            .filter(|key| key.id() == Id::RSA)
            .ok_or_else(|| ServiceAccountError::BadKey {
                file: file.to_owned(),
            })?;
        Ok(Self {
            email: parsed.client_email,
            token_url: parsed.token_uri,
            key_id: parsed.private_key_id,
            key,
        })
    }

    /// The account's e-mail address, which must be a user of the Wallet console.
    pub fn email(&self) -> &str {
        &self.email
    }

    /// Where the key file says that tokens are to be had; also their assertion's audience.
    pub fn token_url(&self) -> &str {
        &self.token_url
    }

    /// The key's own id, which Google names when it refuses the key.
    pub fn key_id(&self) -> Option<&str> {
        self.key_id.as_deref()
    }

    /// Claims as a compact JWT, signed by RS256 (RFC 7515).
    pub fn sign(&self, claims: &Value) -> Result<String, ErrorStack> {
        self.sign_under(&json!({ "alg": "RS256", "typ": "JWT" }), claims)
    }

    /// The same with the key's id in the header, some 50 characters longer.
    pub fn sign_naming_key(&self, claims: &Value) -> Result<String, ErrorStack> {
        self.sign_under(
            &json!({ "alg": "RS256", "typ": "JWT", "kid": self.key_id }),
            claims,
        )
    }

    fn sign_under(&self, header: &Value, claims: &Value) -> Result<String, ErrorStack> {
        let mut token = Base64Url::encode(header.to_string());
        token.push('.');
        token.push_str(&Base64Url::encode(claims.to_string()));
        let mut signer = Signer::new(MessageDigest::sha256(), &self.key)?;
        let signature = signer.sign_oneshot_to_vec(token.as_bytes())?;
        token.push('.');
        token.push_str(&Base64Url::encode(signature));
        Ok(token)
    }
}

impl fmt::Debug for ServiceAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ServiceAccount({})", self.email)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(json: &str) -> ServiceAccountError {
        ServiceAccount::from_json(json.as_bytes(), "key.json").expect_err("a fault")
    }

    #[test]
    fn every_fault_of_a_key_file_names_the_file_and_the_mend() {
        let faults = [
            fault("{"),
            fault(r#"{"type":"authorized_user"}"#),
            fault(r#"{"type":"service_account","token_uri":"https://t"}"#),
            fault(r#"{"type":"service_account","client_email":"a@b"}"#),
            fault(r#"{"type":"service_account","client_email":"a@b","token_uri":"https://t"}"#),
            fault(
                r#"{"type":"service_account","client_email":"a@b","token_uri":"https://t","private_key":"x"}"#,
            ),
            ServiceAccount::load(Path::new("/nonexistent/key.json")).expect_err("a fault"),
        ];
        for fault in faults {
            let text = fault.to_string();
            assert!(text.contains("key.json"), "{text}");
            assert!(text.contains("download") || text.contains("create"), "{text}");
        }
    }
}
