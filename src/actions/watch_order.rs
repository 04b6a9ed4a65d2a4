//! An order is one too many in too short a time: it is refused, or noted.

use serde_json::json;

use super::{ActionError, Code, Deed};
use crate::loyalty::rulebook::Rulebook;
use crate::loyalty::safeguard::{Reaction, Safeguard, Watched};
use crate::store::cards::Card;
use crate::store::orders::{self, Order};
use crate::store::{Tx, watches};
use crate::types::{Time, sha256_hex};

/// Counts an order that was stored just now; notes with it which safeguards it set off and what else was noticed, or
/// refuses it.
///
/// Without safeguards it asks nothing. With them it costs one row for each, however many orders there were.
pub(super) fn watch_order(
    tx: &mut Tx<'_>,
    deed: &Deed,
    rulebook: &Rulebook,
    card: &Card,
    (order, location, noticed): (&mut Order, Option<&str>, Vec<&'static str>),
) -> Result<(), ActionError> {
    let mut watched: Vec<(String, &Safeguard)> = rulebook
        .policy
        .safeguards
        .iter()
        .map(|one| (subject(*one, deed, card, location), one))
        .collect();
    // One order for all, so that no two wait for each other.
    watched.sort_by(|one, other| one.0.cmp(&other.0));
    let mut set_off = Vec::new();
    for (subject, safeguard) in watched {
        let kept = watches::lock(tx, &subject, &order.program_id)?;
        let recent = read(&kept)?;
        if let Some(until) = safeguard.is_full_until(&recent, deed.now) {
            if safeguard.then == Reaction::Refuse {
                return Err(refused(*safeguard, until, deed.now));
            }
            set_off.push(safeguard);
        }
        let recent: Vec<i64> = safeguard
            .keep(recent, deed.now)
            .into_iter()
            .map(Time::millis)
            .collect();
        watches::set(tx, &subject, &json!(recent).to_string())?;
    }
    if set_off.is_empty() && noticed.is_empty() {
        return Ok(());
    }
    let of_safeguards = set_off.iter().map(|one| one.of.name());
    let mut names: Vec<&str> = of_safeguards.chain(noticed.iter().copied()).collect();
    names.sort_unstable();
    names.dedup();
    order.flags = json!(names).to_string();
    orders::set_flags(tx, &order.id, &order.flags)?;
    let detail = json!({ "safeguards": set_off, "noticed": noticed });
    deed.record(
        tx,
        Some(&order.program_id),
        "flag_order",
        order.id.as_str(),
        &detail,
    )?;
    Ok(())
}

/// Whose orders are counted, as one short name that tells nobody who it is.
fn subject(safeguard: Safeguard, deed: &Deed, card: &Card, location: Option<&str>) -> String {
    let actor = deed.caller.actor.as_str();
    let (one, other) = match safeguard.of {
        Watched::Member => (card.member_id.as_str(), ""),
        Watched::Staff => (actor, ""),
        Watched::Pair => (actor, card.member_id.as_str()),
        Watched::Split => (card.id.as_str(), location.unwrap_or_default()),
    };
    let text = json!([
        card.program_id,
        safeguard.of,
        safeguard.minutes,
        safeguard.then,
        one,
        other
    ]);
    sha256_hex(text.to_string().as_bytes())
}

fn read(kept: &str) -> Result<Vec<Time>, ActionError> {
    if kept.is_empty() {
        return Ok(Vec::new());
    }
    let millis: Vec<i64> = serde_json::from_str(kept).map_err(ActionError::internal)?;
    Ok(millis.into_iter().map(Time::from_millis).collect())
}

fn refused(safeguard: Safeguard, until: Time, now: Time) -> ActionError {
    let detail = format!(
        "{} has had {} orders within {} minutes, which is the most (`{}`); there is room again at {}.",
        safeguard.of.words(),
        safeguard.orders,
        safeguard.minutes,
        safeguard.of.name(),
        until.rfc3339_secs(),
    );
    ActionError {
        retry_after: Some(until.since(now)),
        ..ActionError::with(Code::VelocityLimit, detail)
    }
}
