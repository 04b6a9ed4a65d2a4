//! The link behind the "Add to Google Wallet" button.
//!
//! It only names an object that was inserted before: no personal data in addresses and logs, and
//! a card that is changed later by PATCH. (A link that carries the object never updates one that
//! exists: the first save wins.)

use serde_json::json;

use super::id::ResourceId;
use super::service_account::ServiceAccount;
use crate::types::Time;

/// A link is shorter than this, in characters; Google's own tools cut at the same length, for
/// the sake of browsers.
pub const LINK_MAX: usize = 1_800;

/// Why there is no link.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SaveLinkError {
    /// Some browser would cut it.
    #[error(
        "the save link of {object_id} has {len} characters, and browsers may cut at {LINK_MAX}; shorten the list of origins or the ids"
    )]
    TooLong {
        /// The object.
        object_id: String,
        /// Characters of the link.
        len: usize,
    },
    /// The key did not sign.
    #[error("the private key of the service account cannot sign; download a new key")]
    Unsigned,
}

/// The link that puts an inserted object into a wallet. It has no end: treat it as a secret of
/// the holder. `save_url` is Google's `https://pay.google.com/gp/v/save`; `origins` are those of
/// pages that carry Google's own button script.
pub fn save_link(
    account: &ServiceAccount,
    save_url: &str,
    object_id: &ResourceId,
    origins: &[String],
    now: Time,
) -> Result<String, SaveLinkError> {
    let claims = json!({
        "iss": account.email(),
        "aud": "google",
        "typ": "savetowallet",
        "iat": now.secs(),
        "origins": origins,
        "payload": { "loyaltyObjects": [{ "id": object_id.as_str() }] },
    });
    let token = account.sign(&claims).map_err(|_| SaveLinkError::Unsigned)?;
    let link = format!("{}/{token}", save_url.trim_end_matches('/'));
    if link.len() >= LINK_MAX {
        return Err(SaveLinkError::TooLong {
            object_id: object_id.to_string(),
            len: link.len(),
        });
    }
    Ok(link)
}
