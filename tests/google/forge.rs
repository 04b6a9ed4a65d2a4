//! Callbacks made by hand, sound or bent: the signer here shares nothing with the program.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use billfold::google::IssuerId;
use billfold::google::root_keys::{RootKey, read_keys};
use billfold::types::Time;
use openssl::ec::{EcGroup, EcKey};
use openssl::ecdsa::EcdsaSig;
use openssl::nid::Nid;
use openssl::pkey::Private;
use openssl::sha::sha256;
use serde_json::{Value, json};

pub(crate) const SENDER: &str = "GooglePayPasses";
pub(crate) const PROTOCOL: &str = "ECv2SigningOnly";

/// Keys, and what will be said and signed. Tests bend single parts.
pub(crate) struct Forge {
    pub(crate) root: EcKey<Private>,
    pub(crate) intermediate: EcKey<Private>,
    pub(crate) root_ends: Option<Time>,
    pub(crate) intermediate_ends: Option<Time>,
    pub(crate) sender: &'static str,
    pub(crate) recipient: String,
    pub(crate) protocol: &'static str,
    pub(crate) is_big_endian: bool,
    pub(crate) message: Value,
    /// What is really signed, if not what is sent.
    pub(crate) signed_key_signed: Option<String>,
}

pub(crate) fn issuer() -> IssuerId {
    "3388000000022195611".parse().unwrap()
}

pub(crate) fn now() -> Time {
    Time::parse_rfc3339("2026-11-21T09:30:00Z").unwrap()
}

pub(crate) fn new_key() -> EcKey<Private> {
    EcKey::generate(&EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap()).unwrap()
}

impl Forge {
    pub(crate) fn sound() -> Self {
        Self {
            root: new_key(),
            intermediate: new_key(),
            root_ends: Some(now().plus_ms(1_000_000)),
            intermediate_ends: Some(now().plus_ms(1_000_000)),
            sender: SENDER,
            recipient: issuer().as_str().to_owned(),
            protocol: PROTOCOL,
            is_big_endian: false,
            message: json!({
                "classId": "3388000000022195611.prg_1",
                "objectId": "3388000000022195611.crd_1",
                "eventType": "save",
                "expTimeMillis": now().plus_ms(500_000).millis(),
                "count": 1,
                "nonce": "c94ce8ff-9b5f-4ce3-ae46-6b5a3a5a0b1d",
            }),
            signed_key_signed: None,
        }
    }

    /// The list of root keys as Google would publish it.
    pub(crate) fn key_list(&self) -> Vec<u8> {
        let mut key = json!({
            "keyValue": STANDARD.encode(self.root.public_key_to_der().unwrap()),
            "protocolVersion": PROTOCOL,
        });
        if let Some(end) = self.root_ends {
            key["keyExpiration"] = json!(end.millis().to_string());
        }
        json!({ "keys": [key] }).to_string().into_bytes()
    }

    pub(crate) fn roots(&self) -> Vec<RootKey> {
        read_keys(&self.key_list(), now()).unwrap()
    }

    pub(crate) fn signed_key(&self) -> String {
        let mut key = json!({ "keyValue": STANDARD.encode(self.intermediate.public_key_to_der().unwrap()) });
        if let Some(end) = self.intermediate_ends {
            key["keyExpiration"] = json!(end.millis().to_string());
        }
        key.to_string().replace('=', "\\u003d")
    }

    fn sign(&self, key: &EcKey<Private>, parts: &[&str]) -> String {
        let mut bytes = Vec::new();
        for part in parts {
            let len = u32::try_from(part.len()).unwrap();
            bytes.extend(if self.is_big_endian {
                len.to_be_bytes()
            } else {
                len.to_le_bytes()
            });
            bytes.extend(part.bytes());
        }
        STANDARD.encode(EcdsaSig::sign(&sha256(&bytes), key).unwrap().to_der().unwrap())
    }

    pub(crate) fn key_signature(&self, root: &EcKey<Private>) -> String {
        let signed = self
            .signed_key_signed
            .clone()
            .unwrap_or_else(|| self.signed_key());
        self.sign(root, &[self.sender, self.protocol, &signed])
    }

    pub(crate) fn json(&self) -> Value {
        let message = self.message.to_string();
        json!({
            "signature": self.sign(&self.intermediate, &[self.sender, &self.recipient, self.protocol, &message]),
            "intermediateSigningKey": {
                "signedKey": self.signed_key(),
                "signatures": [self.key_signature(&self.root)],
            },
            "protocolVersion": self.protocol,
            "signedMessage": message,
        })
    }
}
