//! Whether a push is well-formed, as strictly as Apple's service or more so.

use http::{HeaderMap, Method};
use uuid::Uuid;

use super::script::Refusal;

/// Most bytes of a push's body.
pub(super) const PAYLOAD_MAX: usize = 4_096;
/// Most bytes of a collapse id.
const COLLAPSE_ID_MAX: usize = 64;
const PATH: &str = "/3/device/";
const PUSH_TYPES: &[&str] = &[
    "alert",
    "background",
    "controls",
    "location",
    "voip",
    "complication",
    "fileprovider",
    "mdm",
    "liveactivity",
    "pushtotalk",
    "widgets",
];

/// The head of a push.
#[derive(Debug, Clone, Default)]
pub(super) struct Head {
    pub(super) token: String,
    pub(super) topic: Option<String>,
    pub(super) apns_id: Option<Uuid>,
    pub(super) bearer: Option<String>,
}

/// The token in a path; empty if there is none.
pub(super) fn token_of(path: &str) -> &str {
    path.strip_prefix(PATH).unwrap_or_default()
}

impl Head {
    /// Reads what can be read of any head, sound or not.
    pub(super) fn read(path: &str, headers: &HeaderMap) -> Self {
        Self {
            token: token_of(path).to_owned(),
            topic: text(headers, "apns-topic").map(str::to_owned),
            apns_id: text(headers, "apns-id").and_then(|id| Uuid::try_parse(id).ok()),
            bearer: text(headers, "authorization")
                .and_then(|value| value.split_once(' '))
                .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
                .map(|(_, token)| token.to_owned()),
        }
    }
}

/// The first thing that is wrong with a head, whoever sent it.
pub(super) fn fault(method: &Method, path: &str, headers: &HeaderMap) -> Option<Refusal> {
    if !path.starts_with(PATH) {
        return Some(Refusal::new(404, "BadPath"));
    }
    if method != Method::POST {
        return Some(Refusal::new(405, "MethodNotAllowed"));
    }
    let token = token_of(path);
    let has_twice = headers
        .keys()
        .any(|name| name.as_str().starts_with("apns-") && headers.get_all(name).iter().count() > 1);
    let reason = if token.is_empty() {
        "MissingDeviceToken"
    } else if token.len() > 200 || !token.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        "BadDeviceToken"
    } else if has_twice {
        "DuplicateHeaders"
    } else {
        header_fault(headers)?
    };
    Some(Refusal::new(400, reason))
}

fn header_fault(headers: &HeaderMap) -> Option<&'static str> {
    let is_bad = |name, is_sound: fn(&str) -> bool| {
        headers
            .get(name)
            .is_some_and(|value| !value.to_str().is_ok_and(is_sound))
    };
    let push_type = text(headers, "apns-push-type");
    if is_bad("apns-id", |id| id.len() == 36 && Uuid::try_parse(id).is_ok()) {
        Some("BadMessageId")
    } else if is_bad("apns-expiration", |at| at.parse::<u32>().is_ok()) {
        Some("BadExpirationDate")
    } else if !push_type.is_some_and(|kind| PUSH_TYPES.contains(&kind)) {
        Some("InvalidPushType")
    } else if is_bad("apns-priority", |priority| ["1", "5", "10"].contains(&priority)) {
        Some("BadPriority")
    } else if push_type == Some("background") && text(headers, "apns-priority") != Some("5") {
        // Apple: a background push "must use priority 5".
        Some("BadPriority")
    } else if is_bad("apns-collapse-id", |id| id.len() <= COLLAPSE_ID_MAX) {
        Some("BadCollapseId")
    } else {
        None
    }
}

/// What is wrong with a body; `None` stands for one that is over [`PAYLOAD_MAX`].
pub(super) fn payload_fault(body: Option<&[u8]>) -> Option<Refusal> {
    let Some(body) = body else {
        return Some(Refusal::new(413, "PayloadTooLarge"));
    };
    // Apple has no word for what is no JSON dictionary; the nearest is this.
    let is_dictionary = serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(body).is_ok();
    (!is_dictionary).then(|| Refusal::new(400, "PayloadEmpty"))
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
