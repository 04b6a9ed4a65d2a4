//! What a cashier does on the till's page: the deeds of the API, each once for each form, kept to be undone.

use std::time::Duration;

use super::enrol::Enrolled;
use super::issue_reward::issue_shown;
use super::look_up_card::TillSheet;
use super::promise::read_promise;
use super::record_order::{Holder, NewOrder, record_order};
use super::refund_order::{NewRefund, refund_order};
use super::scanned::find_scanned;
use super::settle_redemption::{Settling, settle_shown};
use super::showing::Showing;
use super::surviving::find_shown;
use super::undo_completion::{Undone, undo_completion};
use super::{ActionError, CardCode, Code, Deed};
use crate::loyalty::reward::Reward;
use crate::store::cards::{self, Card};
use crate::store::entries::Entry;
use crate::store::redemptions;
use crate::store::till_deeds::{self, HAND_OVER, JOINED, ORDER, RECOVERED, REWARD, TillDeed};
use crate::store::{Db, Tx, programs};
use crate::types::{
    CardId, OrderId, Points, ProgramId, RedemptionId, RewardId, Role, StaffId, TillDeedId, Time,
};

/// Where orders of the till's page come from.
pub const SOURCE: &str = "till";
/// How long what was done at a till is kept there.
pub const KEPT_MS: i64 = 7 * 86_400_000;
/// Longest id that a page gives its deed.
const FORM_MAX: usize = 64;
/// How far a till's clock may be ahead.
const AHEAD: Duration = Duration::from_mins(5);

/// A purchase that was typed in at a till.
#[derive(Debug, Clone)]
pub struct TillOrder {
    /// The page's own id of it.
    pub form: String,
    /// What was scanned.
    pub scanned: String,
    /// Minor units of the program's currency.
    pub total_minor: i64,
    /// Where the till stands.
    pub location: Option<String>,
    /// When it was paid, if the till had no network then.
    pub paid_at: Option<Time>,
}

/// Gives a card points for a purchase.
pub fn order_at_till(
    tx: &mut Tx<'_>,
    deed: &Deed,
    staff: &StaffId,
    order: &TillOrder,
) -> Result<TillDeed, ActionError> {
    check_form(&order.form)?;
    // A clock that is ahead would give points for another day.
    let latest = deed
        .now
        .plus_ms(i64::try_from(AHEAD.as_millis()).unwrap_or_default());
    if order.paid_at.is_some_and(|at| at > latest) {
        let detail = "The till's clock is ahead; set it, and send the purchase again.";
        return Err(ActionError::fault("/paid_at", "ahead", detail));
    }
    let new = NewOrder {
        source: SOURCE.to_owned(),
        external_id: order.form.clone(),
        holder: Holder::Card(order.scanned.clone()),
        total_minor: order.total_minor,
        currency: None,
        paid_at: order.paid_at,
        lines: Vec::new(),
        location: order.location.clone(),
        channel: Some(SOURCE.to_owned()),
    };
    let recorded = record_order(tx, deed, &new)?;
    let card = &recorded.sheet.card;
    let said = Said {
        form: &order.form,
        kind: ORDER,
        subject: recorded.order.id.as_str(),
        moved: sum(&recorded.entries),
    };
    keep(tx, deed, staff, card, &said)
}

/// Has a card pay for a reward, and hands it over.
pub fn reward_at_till(
    tx: &mut Tx<'_>,
    deed: &Deed,
    staff: &StaffId,
    (form, card, reward): (&str, &CardId, &RewardId),
    showing: &Showing,
) -> Result<TillDeed, ActionError> {
    check_form(form)?;
    let card = get_card(tx, deed, card)?;
    if let Some(known) = till_deeds::find_by_form(tx, &card.program_id, form)? {
        return Ok(known);
    }
    let issued = issue_shown(tx, deed, (&card.member_id, reward), showing)?;
    let id = &issued.redemption.id;
    let settled = settle_shown(tx, deed, (id, &Settling::Complete(None)), &Showing::default())?;
    let said = Said {
        form,
        kind: REWARD,
        subject: id.as_str(),
        moved: sum(&issued.entries),
    };
    keep(tx, deed, staff, &settled.sheet.card, &said)
}

/// Hands over a reward that is in the member's hands.
pub fn hand_over_at_till(
    tx: &mut Tx<'_>,
    deed: &Deed,
    staff: &StaffId,
    (form, redemption): (&str, &RedemptionId),
    showing: &Showing,
) -> Result<TillDeed, ActionError> {
    check_form(form)?;
    let seen = redemptions::get(tx, redemption)?;
    deed.caller.check_sees(&seen.program_id)?;
    if let Some(known) = till_deeds::find_by_form(tx, &seen.program_id, form)? {
        return Ok(known);
    }
    let settled = settle_shown(tx, deed, (redemption, &Settling::Complete(None)), showing)?;
    let said = Said {
        form,
        kind: HAND_OVER,
        subject: redemption.as_str(),
        moved: Points::ZERO,
    };
    keep(tx, deed, staff, &settled.sheet.card, &said)
}

/// Tells the till that showed an invitation who joined by it. One that was used before stays as it was.
pub fn join_at_till(
    tx: &mut Tx<'_>,
    deed: &Deed,
    token: &str,
    enrolled: &Enrolled,
) -> Result<(), ActionError> {
    // A mark that is none of ours keeps nobody from joining.
    let Some((staff, nonce)) = deed.house.read_desk(token) else {
        return Ok(());
    };
    let card = &enrolled.sheet.card;
    let said = Said {
        form: &nonce,
        kind: JOINED,
        subject: card.member_id.as_str(),
        moved: if enrolled.is_new {
            card.balance
        } else {
            Points::ZERO
        },
    };
    keep(tx, deed, &staff, card, &said)?;
    Ok(())
}

/// Undoes what was done at a till, once: a cashier their own deeds of the last minutes, a manager any that is kept.
pub fn undo_at_till(
    tx: &mut Tx<'_>,
    deed: &Deed,
    staff: &StaffId,
    id: &TillDeedId,
) -> Result<TillDeed, ActionError> {
    let row = till_deeds::lock(tx, id)?;
    deed.caller.check_sees(&row.program_id)?;
    if row.undone_at.is_some() {
        return Ok(row);
    }
    check_may_undo(tx, deed, staff, &row)?;
    if matches!(row.kind.as_str(), JOINED | RECOVERED) {
        let detail =
            "That somebody has their card is not undone here; a manager can give the member another link.";
        return Err(ActionError::with(Code::NotReversible, detail));
    }
    match row.kind.as_str() {
        ORDER => {
            let order: OrderId = row.subject.parse().map_err(ActionError::internal)?;
            let refund = NewRefund {
                external_id: Some(format!("undo-{}", row.id)),
                amount: None,
                lines: Vec::new(),
                reason: "Undone at the till".to_owned(),
            };
            refund_order(tx, deed, &order, &refund)?;
        }
        kind => {
            let redemption: RedemptionId = row.subject.parse().map_err(ActionError::internal)?;
            let how = if kind == HAND_OVER {
                Undone::InHand
            } else {
                Undone::Whole
            };
            undo_completion(tx, deed, &redemption, how)?;
        }
    }
    till_deeds::set_undone(tx, id, deed.now)?;
    Ok(till_deeds::get(tx, id)?)
}

/// What a scan at a till means: a card, or the code of a reward that a member took ahead.
pub fn find_at_till(
    db: &mut Db,
    deed: &Deed,
    text: &str,
) -> Result<(Card, Option<RedemptionId>), ActionError> {
    let program = deed.caller.program.as_ref();
    let found = find_scanned(db, &deed.house, program, text);
    let refusal = match found {
        Ok(card) => return Ok((find_shown(db, card)?, None)),
        Err(refusal) => refusal,
    };
    let redemption = match (program, CardCode::read(text)) {
        (Some(program), Ok(code)) => redemptions::find_by_code(db, program, code.as_str())?,
        _ => None,
    };
    let Some(redemption) = redemption else {
        return Err(refusal);
    };
    let card = cards::get(db, &redemption.card_id)?;
    Ok((find_shown(db, card)?, Some(redemption.id)))
}

fn check_may_undo(tx: &mut Tx<'_>, deed: &Deed, staff: &StaffId, row: &TillDeed) -> Result<(), ActionError> {
    if deed.caller.role != Some(Role::Cashier) {
        return Ok(());
    }
    if row.staff_id != *staff {
        return Err(ActionError::new(Code::UndoNotOwn));
    }
    if deed.now >= row.created_at.plus_ms(undo_ms(tx, deed, &row.program_id)?) {
        return Err(ActionError::new(Code::UndoTooLate));
    }
    Ok(())
}

/// How long a cashier may undo, in milliseconds.
pub fn undo_ms(db: &mut Db, deed: &Deed, program: &ProgramId) -> Result<i64, ActionError> {
    let program = programs::get(db, program)?;
    let rulebook = super::assess::rulebook(db, &deed.house, &program)?;
    Ok(rulebook.policy.undo_ms())
}

/// What the rewards in a member's hands promised, in the order of `issued`, and how long a cashier may undo.
pub fn read_promised(db: &mut Db, deed: &Deed, till: &TillSheet) -> Result<(Vec<Reward>, i64), ActionError> {
    let program = programs::get(db, &till.sheet.card.program_id)?;
    let rulebook = super::assess::rulebook(db, &deed.house, &program)?;
    let promised = till.issued.iter().map(|one| read_promise(db, &rulebook, one));
    Ok((promised.collect::<Result<_, _>>()?, rulebook.policy.undo_ms()))
}

pub(super) fn get_card(db: &mut Db, deed: &Deed, id: &CardId) -> Result<Card, ActionError> {
    let card = cards::get(db, id)?;
    deed.caller.check_sees(&card.program_id)?;
    Ok(find_shown(db, card)?)
}

fn check_form(form: &str) -> Result<(), ActionError> {
    let is_sound = !form.is_empty()
        && form.len() <= FORM_MAX
        && form
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    if is_sound {
        return Ok(());
    }
    let detail = format!("The id of the form has 1 to {FORM_MAX} letters, digits, hyphens and underlines.");
    Err(ActionError::fault("/form", "bad_form", detail))
}

fn sum(entries: &[Entry]) -> Points {
    let all = entries.iter().map(|entry| entry.points.get()).sum();
    Points::new(all).unwrap_or(Points::ZERO)
}

/// What is kept of a deed.
pub(super) struct Said<'a> {
    pub(super) form: &'a str,
    pub(super) kind: &'a str,
    pub(super) subject: &'a str,
    pub(super) moved: Points,
}

/// Keeps a deed to be seen at the till; the same form again is the deed that is kept.
pub(super) fn keep(
    tx: &mut Tx<'_>,
    deed: &Deed,
    staff: &StaffId,
    card: &Card,
    said: &Said<'_>,
) -> Result<TillDeed, ActionError> {
    let row = TillDeed {
        id: TillDeedId::new(deed.now),
        program_id: card.program_id.clone(),
        form: said.form.to_owned(),
        staff_id: staff.clone(),
        card_id: card.id.clone(),
        kind: said.kind.to_owned(),
        subject: said.subject.to_owned(),
        points: said.moved,
        balance: card.balance,
        created_at: deed.now,
        undone_at: None,
    };
    if till_deeds::insert(tx, &row)? {
        return Ok(row);
    }
    // The same form came before, and so did its order.
    let known = till_deeds::find_by_form(tx, &card.program_id, said.form)?;
    known.ok_or_else(|| ActionError::internal("a deed of a till that clashes is not there"))
}
