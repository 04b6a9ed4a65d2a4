//! Signed callbacks of saves and removals, with faults on demand, and the keys behind them.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::sign::Signer;
use reqwest::Url;
use serde_json::{Value, json};

use super::images::is_allowed_by_robots;
use super::rules::text;
use super::{Event, Shared, lock};
use crate::google::CallbackEvent;
use crate::simulator::authority::{KeyKind, new_key};
use crate::types::{Time, random_token};

const PROTOCOL: &str = "ECv2SigningOnly";
const SENDER: &str = "GooglePayPasses";
const DAY_MS: i64 = 86_400_000;
/// Life of a root key, of an intermediate key, and of a message.
const ROOT_MS: i64 = 365 * DAY_MS;
const INTERMEDIATE_MS: i64 = 8 * DAY_MS;
const MESSAGE_MS: i64 = 3_600_000;
const SEND_LIMIT: Duration = Duration::from_secs(10);
const TRIES: u32 = 3;
/// Pause before the second try; doubled before the third.
const PAUSE: Duration = Duration::from_millis(200);
/// Most callbacks remembered.
const CALLBACKS_MAX: usize = 10_000;

/// What goes wrong with the next callback.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallbackFault {
    /// It is sent twice.
    Duplicate,
    /// It is sent so much later.
    Delayed(Duration),
    /// It is not sent at all.
    Lost,
    /// It is signed for another issuer.
    WrongIssuer,
    /// Its message has ended.
    Expired,
    /// Its message is changed after it was signed.
    Tampered,
}

/// How sending a callback ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallbackOutcome {
    /// The last try was answered with this status.
    Answered(u16),
    /// Nobody answered.
    Unreachable,
    /// robots.txt forbids the address to Googlebot.
    ForbiddenByRobots,
    /// The class names no address.
    NoAddress,
    /// Not sent, by a fault on demand.
    Lost,
    /// Not sent, because it could not be signed.
    Unsigned,
}

/// A callback and its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentCallback {
    /// The object.
    pub object_id: String,
    /// What happened.
    pub event: CallbackEvent,
    /// How it went.
    pub outcome: CallbackOutcome,
}

/// A root key, and an intermediate key that it signed.
pub(super) struct KeyRing {
    root: PKey<Private>,
    root_ends: Time,
    intermediate: PKey<Private>,
    intermediate_ends: Time,
    signed_key: String,
    signature: String,
}

impl KeyRing {
    /// A root key with a new intermediate.
    pub(super) fn new(root: PKey<Private>, now: Time) -> Result<Self, ErrorStack> {
        let intermediate = new_key(KeyKind::P256)?;
        let intermediate_ends = now.plus_ms(INTERMEDIATE_MS);
        let signed_key = json!({
            "keyValue": STANDARD.encode(intermediate.public_key_to_der()?),
            "keyExpiration": intermediate_ends.millis().to_string(),
        });
        // Google writes `=` as six characters, so that decoding JSON once too often shows.
        let signed_key = signed_key.to_string().replace('=', "\\u003d");
        let signature = sign(&root, &[SENDER, PROTOCOL, &signed_key])?;
        Ok(Self {
            root,
            root_ends: now.plus_ms(ROOT_MS),
            intermediate,
            intermediate_ends,
            signed_key,
            signature,
        })
    }

    /// The list of keys as Google publishes it, with one of another protocol beside.
    pub(super) fn published(&self) -> Result<Value, ErrorStack> {
        let value = STANDARD.encode(self.root.public_key_to_der()?);
        let end = self.root_ends.millis().to_string();
        Ok(json!({ "keys": [
            { "keyValue": value, "protocolVersion": "ECv1" },
            { "keyValue": value, "protocolVersion": PROTOCOL, "keyExpiration": end },
        ] }))
    }

    fn seal(&self, issuer: &str, message: &str) -> Result<Value, ErrorStack> {
        Ok(json!({
            "signature": sign(&self.intermediate, &[SENDER, issuer, PROTOCOL, message])?,
            "intermediateSigningKey": {
                "signedKey": self.signed_key,
                "signatures": [self.signature],
            },
            "protocolVersion": PROTOCOL,
            "signedMessage": message,
        }))
    }
}

fn sign(key: &PKey<Private>, parts: &[&str]) -> Result<String, ErrorStack> {
    let mut bytes = Vec::new();
    for part in parts {
        let len = u32::try_from(part.len()).unwrap_or(u32::MAX);
        bytes.extend(len.to_le_bytes());
        bytes.extend(part.bytes());
    }
    let mut signer = Signer::new(MessageDigest::sha256(), key)?;
    Ok(STANDARD.encode(signer.sign_oneshot_to_vec(&bytes)?))
}

/// Sends the callback of an object's save or removal in the background.
pub(super) fn announce(shared: &Arc<Shared>, object_id: &str, event: CallbackEvent) {
    let (fault, class_id, address) = {
        let mut world = lock(&shared.world);
        let class_id = world
            .objects
            .get(object_id)
            .and_then(|held| text(&held.fields, "classId"))
            .unwrap_or_default()
            .to_owned();
        let address = world
            .classes
            .get(&class_id)
            .and_then(|class| class.get("callbackOptions")?.get("url")?.as_str())
            .and_then(|url| Url::parse(url).ok());
        (world.callback_faults.pop_front(), class_id, address)
    };
    let (shared_copy, object_id) = (shared.clone(), object_id.to_owned());
    shared.spawn(async move {
        let outcome = match address {
            None => CallbackOutcome::NoAddress,
            Some(_) if fault == Some(CallbackFault::Lost) => CallbackOutcome::Lost,
            Some(address) => {
                let ids = (class_id.as_str(), object_id.as_str());
                send(&shared_copy, &address, ids, event, fault).await
            }
        };
        let sent = SentCallback {
            object_id,
            event,
            outcome,
        };
        shared_copy.tell_of(|| Event::Callback(sent.clone()));
        let mut world = lock(&shared_copy.world);
        if world.callbacks.len() >= CALLBACKS_MAX {
            world.callbacks.pop_front();
        }
        world.callbacks.push_back(sent);
    });
}

async fn send(
    shared: &Shared,
    address: &Url,
    ids: (&str, &str),
    event: CallbackEvent,
    fault: Option<CallbackFault>,
) -> CallbackOutcome {
    if !is_allowed_by_robots(shared, address).await {
        return CallbackOutcome::ForbiddenByRobots;
    }
    let Ok(body) = sealed(shared, ids, event, fault) else {
        return CallbackOutcome::Unsigned;
    };
    if let Some(CallbackFault::Delayed(pause)) = fault {
        tokio::time::sleep(pause).await;
    }
    let outcome = post(shared, address, &body).await;
    if fault == Some(CallbackFault::Duplicate) {
        return post(shared, address, &body).await;
    }
    outcome
}

fn sealed(
    shared: &Shared,
    (class_id, object_id): (&str, &str),
    event: CallbackEvent,
    fault: Option<CallbackFault>,
) -> Result<Value, ErrorStack> {
    let now = shared.clock.now();
    let end = if fault == Some(CallbackFault::Expired) {
        -1
    } else {
        MESSAGE_MS
    };
    let message = json!({
        "classId": class_id,
        "objectId": object_id,
        "eventType": if event == CallbackEvent::Save { "save" } else { "del" },
        "expTimeMillis": now.plus_ms(end).millis(),
        "count": 1,
        "nonce": random_token(16),
    })
    .to_string();
    let mut ring = lock(&shared.keys);
    if ring.intermediate_ends <= now.plus_ms(MESSAGE_MS) {
        *ring = KeyRing::new(ring.root.clone(), now)?;
    }
    let issuer = match fault {
        Some(CallbackFault::WrongIssuer) => "3388000000000000001",
        _ => shared.issuer.as_str(),
    };
    let mut body = ring.seal(issuer, &message)?;
    if let (Some(CallbackFault::Tampered), Some(fields)) = (fault, body.as_object_mut()) {
        let changed = message.replace("\"count\":1", "\"count\":2");
        fields.insert("signedMessage".to_owned(), changed.into());
    }
    Ok(body)
}

/// Posts until the answer is of status 2xx, three times at most: best effort, as Google's.
async fn post(shared: &Shared, address: &Url, body: &Value) -> CallbackOutcome {
    let mut outcome = CallbackOutcome::Unreachable;
    for attempt in 0..TRIES {
        if attempt > 0 {
            tokio::time::sleep(PAUSE * attempt).await;
        }
        let request = shared.http.post(address.clone()).timeout(SEND_LIMIT).json(body);
        outcome = match request.send().await {
            Ok(answer) if answer.status().is_success() => {
                return CallbackOutcome::Answered(answer.status().as_u16());
            }
            Ok(answer) => CallbackOutcome::Answered(answer.status().as_u16()),
            Err(_) => CallbackOutcome::Unreachable,
        };
    }
    outcome
}
