//! Whoever works at the shop does not serve their own card: it is refused, or noted.

use serde_json::json;

use super::surviving::find_survivor;
use super::{ActionError, Code, Deed};
use crate::loyalty::policy::Policy;
use crate::loyalty::safeguard::Reaction;
use crate::store::Tx;
use crate::store::cards::Card;

/// What an order is flagged with whose key serves its own member.
pub(super) const OWN_CARD: &str = "own_card";

/// Whether a card is the own one of the key that acts, or joined with it, and this is only to be noted; else it is
/// refused. A key that names no member costs nothing here.
pub(super) fn is_own_card(
    tx: &mut Tx<'_>,
    deed: &Deed,
    policy: &Policy,
    (card, doing): (&Card, &str),
) -> Result<bool, ActionError> {
    let Some(staff) = &deed.caller.member else {
        return Ok(false);
    };
    if find_survivor(tx, staff)?.id != find_survivor(tx, &card.member_id)?.id {
        return Ok(false);
    }
    if policy.own_card() == Reaction::Flag {
        return Ok(true);
    }
    let detail = json!({ "deed": doing });
    let row = deed.row(
        Some(&card.program_id),
        "refuse_own_card",
        card.id.as_str(),
        &detail,
    );
    Err(ActionError::new(Code::OwnCard).noted(row))
}

/// Refuses a key that serves its own card, or notes it in the audit.
pub(super) fn watch_own_card(
    tx: &mut Tx<'_>,
    deed: &Deed,
    policy: &Policy,
    (card, doing): (&Card, &str),
) -> Result<(), ActionError> {
    if is_own_card(tx, deed, policy, (card, doing))? {
        let detail = json!({ "deed": doing });
        deed.record(
            tx,
            Some(&card.program_id),
            "flag_own_card",
            card.id.as_str(),
            &detail,
        )?;
    }
    Ok(())
}
