//! How a card is shown at the till: its plain code, a code of now, a phone that has the newest, or a name.

use serde::Deserialize;
use serde_json::json;

use super::scanned::find_scanned;
use super::surviving::find_shown;
use super::{ActionError, CardCode, Code, Deed, House};
use crate::loyalty::freshness::{Freshness, Proof};
use crate::loyalty::rotating_code::{Moment, RotatingCode};
use crate::loyalty::safeguard::Reaction;
use crate::store::cards::{self, Card};
use crate::store::passes::{self, Pass};
use crate::store::{Db, Tx};
use crate::types::{PassId, Time, Wallet};

/// What is flagged that nothing showed to be of now.
pub(super) const STALE: &str = "stale_code";

/// What whoever stands at the till compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confirmed {
    /// The holder's name.
    Name,
}

/// What was shown for a redemption.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Showing {
    /// What was scanned.
    pub scanned: Option<String>,
    /// What was compared.
    pub confirmed: Option<Confirmed>,
}

/// What a scanned text is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Scan {
    /// A card's plain code: a picture of it is as good.
    Plain,
    /// A code that changes, of this period of this pass.
    Now(PassId, i64),
}

/// Refuses a code that changes and is not of now; a plain one costs nothing here.
pub fn check_scanned(db: &mut Db, house: &House, scanned: &str, now: Time) -> Result<(), ActionError> {
    read_scan(db, house, scanned, now).map(|_| ())
}

fn read_scan(db: &mut Db, house: &House, scanned: &str, at: Time) -> Result<Scan, ActionError> {
    let rotating = RotatingCode::parse(scanned);
    let Some((rotating, code)) = rotating.and_then(|one| Some((one, CardCode::parse(one.code)?))) else {
        return Ok(Scan::Plain);
    };
    let unknown = || ActionError::new(Code::UnknownCard);
    let card = cards::find_by_code(db, code.as_str())?.ok_or_else(unknown)?;
    let pass = passes::list_by_card(db, &card.id)?
        .into_iter()
        .find(|pass| pass.wallet == Wallet::Google)
        .ok_or_else(unknown)?;
    let key = house.rotating_key(&pass.serial, pass.epoch);
    match rotating.moment(&key, at) {
        Moment::Now(counter) => Ok(Scan::Now(pass.id, counter)),
        Moment::Other => Err(ActionError::with(
            Code::StaleCode,
            "The code is an earlier one of the card, as a picture shows it; scan the phone's screen again.",
        )),
        // Made up; it counts among the guesses.
        Moment::Never => Err(unknown()),
    }
}

/// Checks the code by which an order or event names its card. A till that was without a network sends it later: it
/// was shown when the purchase was paid. Says what an order is flagged with.
pub(super) fn watch_scanned(
    tx: &mut Tx<'_>,
    deed: &Deed,
    freshness: Option<&Freshness>,
    (card, scanned): (&Card, &str),
    (minor, paid_at): (i64, Time),
) -> Result<Option<&'static str>, ActionError> {
    let scan = match read_scan(tx, &deed.house, scanned, deed.now) {
        Err(error) if error.code == Code::StaleCode => read_scan(tx, &deed.house, scanned, paid_at)?,
        other => other?,
    };
    let Some(freshness) = freshness.filter(|freshness| freshness.asks_order(minor)) else {
        return Ok(None);
    };
    let is_shown = matches!(scan, Scan::Now(..)) && freshness.takes(Proof::RotatingCode)
        || freshness.takes(Proof::Fetched) && is_fetched(tx, deed, freshness, card)?;
    if is_shown {
        return Ok(None);
    }
    react(deed, freshness, (card, "record_order")).map(Some)
}

/// Checks how a card is shown for a redemption; says what it is flagged with. A code of now is used up by it.
pub(super) fn watch_shown(
    tx: &mut Tx<'_>,
    deed: &Deed,
    asking: Option<&Freshness>,
    (card, doing): (&Card, &str),
    showing: &Showing,
) -> Result<Option<&'static str>, ActionError> {
    let scan = match &showing.scanned {
        Some(scanned) => use_scanned(tx, deed, card, scanned)?,
        None => Scan::Plain,
    };
    let Some(freshness) = asking else {
        return Ok(None);
    };
    let is_confirmed = showing.confirmed == Some(Confirmed::Name) && freshness.takes(Proof::Name);
    let proof = if matches!(scan, Scan::Now(..)) && freshness.takes(Proof::RotatingCode) {
        Some(Proof::RotatingCode)
    } else if freshness.takes(Proof::Fetched) && is_fetched(tx, deed, freshness, card)? {
        Some(Proof::Fetched)
    } else {
        is_confirmed.then_some(Proof::Name)
    };
    let Some(proof) = proof else {
        return react(deed, freshness, (card, doing)).map(Some);
    };
    if proof == Proof::Name {
        let detail = json!({ "deed": doing });
        deed.record(
            tx,
            Some(&card.program_id),
            "confirm_name",
            card.id.as_str(),
            &detail,
        )?;
    }
    Ok(None)
}

/// What was scanned must be of the very card, and a code of now counts once.
fn use_scanned(tx: &mut Tx<'_>, deed: &Deed, card: &Card, scanned: &str) -> Result<Scan, ActionError> {
    let shown = find_scanned(tx, &deed.house, Some(&card.program_id), scanned)?;
    if find_shown(tx, shown)?.id != card.id {
        let detail = "The card that was scanned is another member's; scan the one that the reward is for.";
        return Err(ActionError::fault("/shown", "wrong_card", detail));
    }
    let scan = read_scan(tx, &deed.house, scanned, deed.now)?;
    if let Scan::Now(pass, counter) = &scan
        && !passes::use_counter(tx, pass, *counter)?
    {
        let detail = "This very code was used for a reward already; wait half a minute until it changes.";
        return Err(ActionError::with(Code::StaleCode, detail));
    }
    Ok(scan)
}

/// Whether a phone has the card's newest version, and has had it for a short while only.
fn is_fetched(
    db: &mut Db,
    deed: &Deed,
    freshness: &Freshness,
    card: &Card,
) -> Result<bool, crate::store::StoreError> {
    let since = deed.now.plus_ms(-freshness.fetch_ms());
    let has_newest = |pass: &Pass| {
        let is_recorded = pass.fetched_version >= card.version;
        let is_recent = pass.fetched_at.is_some_and(|at| at >= since);
        // A fetch that is not recorded yet is of this very moment.
        is_recorded && is_recent || !is_recorded && deed.house.fetches.has(&pass.id, card.version)
    };
    let passes = passes::list_by_card(db, &card.id)?;
    Ok(passes
        .iter()
        .any(|pass| pass.wallet == Wallet::Apple && has_newest(pass)))
}

/// Nothing shows that the card is here: it is refused, or flagged.
fn react(
    deed: &Deed,
    freshness: &Freshness,
    (card, doing): (&Card, &str),
) -> Result<&'static str, ActionError> {
    if freshness.then == Reaction::Flag {
        return Ok(STALE);
    }
    let detail = json!({ "deed": doing });
    let row = deed.row(
        Some(&card.program_id),
        "refuse_stale_code",
        card.id.as_str(),
        &detail,
    );
    Err(ActionError::with(Code::StaleCode, freshness.advice()).noted(row))
}
