//! Google's word that a card was saved or deleted, and whether it is Google's.
//!
//! The signature scheme is `ECv2SigningOnly` of Google Pay's "Payment data cryptography", as
//! Tink's `PaymentMethodTokenRecipient` implements it, with the sender `GooglePayPasses`: a root
//! key signs an intermediate key, which signs the message. A callback is a hint and may come
//! twice, late or never.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Public};
use openssl::sign::Verifier;
use serde::Deserialize;

use super::id::{IssuerId, ResourceId};
use super::root_keys::{RootKey, RootKeys, RootKeysError, p256_key};
use crate::types::{Clock, Time};

/// The only protocol that is taken.
pub(super) const PROTOCOL: &str = "ECv2SigningOnly";
/// The sender that both signatures name.
const SENDER: &str = "GooglePayPasses";
/// Most bytes of a callback; Google's have about 1,100.
pub const CALLBACK_MAX: usize = 16_384;
/// Most signatures tried on an intermediate key.
const SIGNATURES_MAX: usize = 8;
/// Most characters of a nonce; Google sends a UUID.
const NONCE_MAX: usize = 128;

/// What happened to a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallbackEvent {
    /// Put into a wallet.
    Save,
    /// Taken out of it.
    Delete,
}

/// A callback that Google signed for us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Callback {
    /// The card's class.
    pub class_id: ResourceId,
    /// The card.
    pub object_id: ResourceId,
    /// What happened.
    pub event: CallbackEvent,
    /// Different in each callback: one that was seen before is a copy.
    pub nonce: String,
    /// Until when the nonce is worth keeping.
    pub expires_at: Time,
}

/// At which step a callback failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallbackError {
    /// Not the JSON of a callback, with exactly its members.
    #[error("not a callback of Google Wallet: {0}")]
    Malformed(String),
    /// Another protocol.
    #[error("the protocol version `{0}` is not {PROTOCOL}")]
    Protocol(String),
    /// There are no keys to verify with.
    #[error(transparent)]
    Keys(#[from] RootKeysError),
    /// No root key signed the intermediate key.
    #[error("no root key of Google signed the intermediate key")]
    IntermediateSignature,
    /// The intermediate key has ended.
    #[error("the intermediate key ended at {0}")]
    IntermediateExpired(Time),
    /// The intermediate key is no P-256 key.
    #[error("the intermediate key cannot be read")]
    IntermediateKey,
    /// The intermediate key did not sign this message for one of our issuers.
    #[error("the message is not signed for any issuer of ours")]
    MessageSignature,
    /// The signed message is not what Google sends.
    #[error("the signed message cannot be read: {0}")]
    Message(String),
    /// Too old.
    #[error("the message ended at {0}")]
    Expired(Time),
    /// A class or object of somebody else.
    #[error("`{0}` is not of the issuer that the message is signed for")]
    ForeignId(String),
    /// An event that we do not know.
    #[error("the event `{0}` is not known")]
    UnknownEvent(String),
}

/// Verifies callbacks for our issuers.
#[derive(Clone)]
pub struct CallbackVerifier {
    issuers: Vec<IssuerId>,
    keys: Arc<RootKeys>,
    clock: Arc<dyn Clock>,
}

impl std::fmt::Debug for CallbackVerifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CallbackVerifier({:?})", self.issuers)
    }
}

impl CallbackVerifier {
    /// A verifier for the issuers that are ours by configuration. (The issuer in the message
    /// proves nothing: Google signs for every issuer with the same keys.)
    pub fn new(issuers: Vec<IssuerId>, keys: Arc<RootKeys>, clock: Arc<dyn Clock>) -> Self {
        Self { issuers, keys, clock }
    }

    /// Verifies the body of a request. That a nonce comes twice is for the caller to see.
    pub async fn verify(&self, body: &[u8]) -> Result<Callback, CallbackError> {
        let sealed = Sealed::read(body)?;
        let keys = self.keys.keys().await?;
        let now = self.clock.now();
        match sealed.open(&self.issuers, &keys, now) {
            Err(CallbackError::IntermediateSignature) => match self.keys.newer_keys().await {
                Some(newer) => sealed.open(&self.issuers, &newer, now),
                None => Err(CallbackError::IntermediateSignature),
            },
            other => other,
        }
    }
}

/// Verifies a callback with given keys at a given time, without any input or output.
pub fn verify_with(
    body: &[u8],
    issuers: &[IssuerId],
    keys: &[RootKey],
    now: Time,
) -> Result<Callback, CallbackError> {
    Sealed::read(body)?.open(issuers, keys, now)
}

/// A callback as it comes. The two signed texts are kept exactly as they stand after one
/// decoding of JSON: decoding them again would change them.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Sealed {
    signature: String,
    intermediate_signing_key: SignedKey,
    protocol_version: String,
    signed_message: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SignedKey {
    signed_key: String,
    signatures: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct IntermediateKey {
    key_value: String,
    #[serde(default, with = "millis")]
    key_expiration: Option<Time>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SignedMessage {
    class_id: String,
    object_id: String,
    event_type: String,
    #[serde(default, with = "millis")]
    exp_time_millis: Option<Time>,
    nonce: String,
}

impl Sealed {
    fn read(body: &[u8]) -> Result<Self, CallbackError> {
        if body.len() > CALLBACK_MAX {
            return Err(CallbackError::Malformed(format!(
                "more than {CALLBACK_MAX} bytes"
            )));
        }
        let sealed: Self =
            serde_json::from_slice(body).map_err(|error| CallbackError::Malformed(error.to_string()))?;
        if sealed.protocol_version != PROTOCOL {
            return Err(CallbackError::Protocol(
                sealed.protocol_version.chars().take(32).collect(),
            ));
        }
        Ok(sealed)
    }

    fn open(&self, issuers: &[IssuerId], roots: &[RootKey], now: Time) -> Result<Callback, CallbackError> {
        let intermediate = self.intermediate(roots, now)?;
        let issuer = issuers
            .iter()
            .find(|issuer| {
                let parts = [SENDER, issuer.as_str(), PROTOCOL, &self.signed_message];
                is_signed(&intermediate, &framed(&parts), &self.signature)
            })
            .ok_or(CallbackError::MessageSignature)?;
        let message: SignedMessage = serde_json::from_str(&self.signed_message)
            .map_err(|error| CallbackError::Message(error.to_string()))?;
        message.check(issuer, now)
    }

    fn intermediate(&self, roots: &[RootKey], now: Time) -> Result<PKey<Public>, CallbackError> {
        let SignedKey {
            signed_key,
            signatures,
        } = &self.intermediate_signing_key;
        let bytes = framed(&[SENDER, PROTOCOL, signed_key]);
        let is_ours = signatures.iter().take(SIGNATURES_MAX).any(|signature| {
            roots
                .iter()
                .filter(|root| root.expires_at > now)
                .any(|root| is_signed(&root.key, &bytes, signature))
        });
        if !is_ours {
            return Err(CallbackError::IntermediateSignature);
        }
        let key: IntermediateKey =
            serde_json::from_str(signed_key).map_err(|_| CallbackError::IntermediateKey)?;
        let end = key.key_expiration.ok_or(CallbackError::IntermediateKey)?;
        if end <= now {
            return Err(CallbackError::IntermediateExpired(end));
        }
        p256_key(&key.key_value).ok_or(CallbackError::IntermediateKey)
    }
}

impl SignedMessage {
    fn check(self, issuer: &IssuerId, now: Time) -> Result<Callback, CallbackError> {
        let expires_at = self
            .exp_time_millis
            .ok_or_else(|| CallbackError::Message("`expTimeMillis` is missing".to_owned()))?;
        if expires_at <= now {
            return Err(CallbackError::Expired(expires_at));
        }
        if !(1..=NONCE_MAX).contains(&self.nonce.len()) {
            return Err(CallbackError::Message(format!(
                "`nonce` has not 1 to {NONCE_MAX} bytes"
            )));
        }
        let event = match self.event_type.as_str() {
            "save" => CallbackEvent::Save,
            "del" => CallbackEvent::Delete,
            other => return Err(CallbackError::UnknownEvent(other.chars().take(32).collect())),
        };
        Ok(Callback {
            class_id: own_id(&self.class_id, issuer)?,
            object_id: own_id(&self.object_id, issuer)?,
            event,
            nonce: self.nonce,
            expires_at,
        })
    }
}

fn own_id(text: &str, issuer: &IssuerId) -> Result<ResourceId, CallbackError> {
    text.parse()
        .ok()
        .filter(|id: &ResourceId| id.issuer() == issuer)
        .ok_or_else(|| CallbackError::ForeignId(text.chars().take(80).collect()))
}

/// Each part behind its length in bytes, as four bytes, the lowest first.
fn framed(parts: &[&str]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in parts {
        let len = u32::try_from(part.len()).unwrap_or(u32::MAX);
        bytes.extend_from_slice(&len.to_le_bytes());
        bytes.extend_from_slice(part.as_bytes());
    }
    bytes
}

/// ECDSA over SHA-256, the signature in DER and base64 with padding. What cannot be read is
/// no signature.
fn is_signed(key: &PKey<Public>, bytes: &[u8], signature: &str) -> bool {
    let Ok(signature) = STANDARD.decode(signature) else {
        return false;
    };
    Verifier::new(MessageDigest::sha256(), key)
        .and_then(|mut verifier| verifier.verify_oneshot(&signature, bytes))
        .unwrap_or(false)
}

/// Milliseconds since 1970 as a number or as text: Google writes both.
pub(super) mod millis {
    use serde::{Deserialize, Deserializer};

    use crate::types::Time;

    #[derive(Deserialize)]
    #[serde(untagged, expecting = "milliseconds as a number or as text")]
    enum Either {
        Number(i64),
        Text(String),
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Time>, D::Error> {
        match Either::deserialize(deserializer)? {
            Either::Number(ms) => Ok(Some(Time::from_millis(ms))),
            Either::Text(text) => text
                .parse()
                .map(|ms| Some(Time::from_millis(ms)))
                .map_err(|_| serde::de::Error::custom("not milliseconds")),
        }
    }
}
