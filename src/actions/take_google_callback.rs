//! Google says that somebody saved or removed a pass. A hint, not the truth: events come late, twice, or in
//! the wrong order, so a removal is only believed after the object was asked whether it has users.

use serde_json::json;

use super::{ActionError, Deed};
use crate::store::deliveries::{self, Lane};
use crate::store::{Tx, cards, nonces, passes};
use crate::types::Time;

/// What happened to a pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PassEvent {
    /// Somebody saved it.
    Saved,
    /// Somebody removed it.
    Removed,
}

/// A verified callback.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoogleCallback {
    /// The object.
    pub object_id: String,
    /// The class.
    pub class_id: String,
    /// What happened.
    pub event: PassEvent,
    /// Tells a repeat.
    pub nonce: String,
    /// Until when it may be repeated.
    pub expires_at: Time,
}

/// Takes a verified callback; says whether it was new and of a pass that we know.
pub fn take_google_callback(
    tx: &mut Tx<'_>,
    deed: &Deed,
    callback: &GoogleCallback,
) -> Result<bool, ActionError> {
    let Some((pass, _)) = passes::find_with_card(tx, &callback.class_id, &callback.object_id)? else {
        return Ok(false);
    };
    if !nonces::claim(tx, &callback.nonce, callback.expires_at, deed.now)? {
        return Ok(false);
    }
    let card = cards::lock(tx, &pass.card_id)?;
    let state = match callback.event {
        PassEvent::Saved => passes::INSTALLED,
        PassEvent::Removed => passes::IN_DOUBT,
    };
    passes::set_state(tx, &pass.id, state)?;
    deliveries::mark(tx, &card.id, card.version, Lane::Instant, deed.now)?;
    let deed_name = if callback.event == PassEvent::Saved {
        "save_google_pass"
    } else {
        "remove_google_pass"
    };
    deed.record(
        tx,
        Some(&pass.program_id),
        deed_name,
        pass.id.as_str(),
        &json!({}),
    )?;
    Ok(true)
}
