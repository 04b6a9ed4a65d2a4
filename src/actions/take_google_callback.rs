//! Google says that somebody saved or removed a pass. A hint, not the truth: events come late, twice, or in
//! the wrong order, so a removal is only believed after the object was asked whether it has users.

use serde_json::json;

use super::{ActionError, Deed};
use crate::google::{Callback, CallbackEvent};
use crate::store::deliveries::{self, Lane};
use crate::store::{Tx, cards, nonces, passes};
use crate::types::Wallet;

/// Takes a verified callback; says whether it was new and of a pass that we know.
pub fn take_google_callback(tx: &mut Tx<'_>, deed: &Deed, callback: &Callback) -> Result<bool, ActionError> {
    let Some((pass, _)) =
        passes::find_with_card(tx, callback.class_id.as_str(), callback.object_id.as_str())?
    else {
        return Ok(false);
    };
    if !nonces::claim(tx, &callback.nonce, callback.expires_at, deed.now)? {
        return Ok(false);
    }
    let card = cards::lock(tx, &pass.card_id)?;
    let state = match callback.event {
        CallbackEvent::Save => passes::INSTALLED,
        CallbackEvent::Delete => passes::IN_DOUBT,
    };
    passes::set_state(tx, (&pass.id, Wallet::Google), state)?;
    let google = (&card.id, Wallet::Google);
    deliveries::mark_one(tx, google, card.version, Lane::Instant, deed.now)?;
    let deed_name = if callback.event == CallbackEvent::Save {
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
