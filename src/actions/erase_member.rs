//! A person is forgotten. The ledger keeps what was moved, and nothing leads from it to anybody.

use serde_json::json;

use super::change_member::lock;
use super::{ActionError, Code, Deed, MemberSheet};
use crate::store::birthdays;
use crate::store::cards;
use crate::store::deliveries::{self, Lane};
use crate::store::events;
use crate::store::gift_accounts;
use crate::store::members::{self, Member};
use crate::store::passes;
use crate::store::programs;
use crate::store::referrals;
use crate::store::{Tx, idempotency};
use crate::types::{Attributes, MemberId, Wallet};

/// Erases what is known of a member who is still at `version` (any, if `None`), and voids their cards.
pub fn erase_member(
    tx: &mut Tx<'_>,
    deed: &Deed,
    id: &MemberId,
    version: Option<i64>,
) -> Result<MemberSheet, ActionError> {
    let old = lock(tx, deed, id, version)?;
    let program = programs::get(tx, &old.program_id)?;
    let erased = Member {
        external_id: None,
        first_name: String::new(),
        last_name: String::new(),
        language: program.language,
        attributes: Attributes::default(),
        version: old.version + 1,
        updated_at: deed.now,
        erased_at: Some(deed.now),
        ..old.clone()
    };
    members::drop_identities(tx, id)?;
    if !members::update(tx, &erased, old.version)? {
        return Err(ActionError::new(Code::StaleEdit));
    }
    idempotency::forget_answers(tx, id.as_str())?;
    events::forget_data(tx, id)?;
    let mut voided = Vec::new();
    for card in cards::list_by_member(tx, id)? {
        let card = cards::lock(tx, &card.id)?;
        // A card that was void before is made new too: the name leaves it.
        let voided_at = card.voided_at.unwrap_or(deed.now);
        let card = cards::set_voided(tx, &card, Some(voided_at), deed.now)?;
        let card = cards::next_link_epoch(tx, &card)?;
        for pass in passes::list_by_card(tx, &card.id)? {
            if pass.wallet == Wallet::Google && pass.state == passes::REMOVED {
                // Google has the object even if nobody holds it, with the name on it.
                passes::set_state(tx, &pass.id, passes::INSERTED)?;
            }
        }
        deliveries::mark(tx, &card.id, card.version, Lane::Instant, deed.now)?;
        voided.push(card.id);
    }
    // What is left on a gift card was paid for and stays whoever's has its code; the row that it leads to is blank.
    gift_accounts::unlink_empty(tx, id)?;
    birthdays::forget(tx, id)?;
    referrals::drop_code(tx, id)?;
    deed.record(
        tx,
        Some(&program.id),
        "erase_member",
        id.as_str(),
        &json!({ "cards": voided }),
    )?;
    MemberSheet::read(tx, erased)
}
