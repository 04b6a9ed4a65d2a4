//! A gift card is made, with its first value: somebody paid for it, or the shop gives it.

use serde_json::json;

use super::gift_ledger::{
    API, GiftMoved, GiftMovement, GiftNote, check_amount, check_may_give, entry, find_known, find_known_of,
    fingerprint, record,
};
use super::write_term::find_program;
use super::{ActionError, Code, Deed};
use crate::loyalty::gift::{GiftCode, GiftValue, RANDOM_DIGITS, latest_expiry};
use crate::store::gift_accounts::{self, GiftAccount};
use crate::store::gift_entries::{self, ISSUE};
use crate::store::{StoreError, Tx, members, programs};
use crate::types::{GiftAccountId, MemberId, Money, ProgramId, Time};

/// What a new gift card is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewGiftCard {
    /// Its program; the caller's own if left out.
    pub program: Option<ProgramId>,
    /// Where its value comes from.
    pub value: GiftValue,
    /// Its first value.
    pub amount: Money,
    /// Whose it is, if the shop knows.
    pub member: Option<MemberId>,
    /// The first instant at which it can be spent no more.
    pub expires_at: Option<Time>,
    /// What else is said of it.
    pub note: GiftNote,
}

/// Issues a gift card. The same issue again answers the same and makes no other one.
pub fn issue_gift_card(tx: &mut Tx<'_>, deed: &Deed, new: &NewGiftCard) -> Result<GiftMoved, ActionError> {
    check_may_give(deed, new.value.name())?;
    let program = find_program(tx, deed, new.program.clone())?;
    let program = programs::get(tx, &program)?;
    check_amount(new.amount, program.currency)?;
    let said = fingerprint(&json!([
        "issue",
        new.value,
        new.amount,
        new.member,
        new.expires_at
    ]));
    if let Some(known) = find_known(tx, &program.id, &new.note, &said)? {
        return Ok(known);
    }
    check_expiry(new.expires_at, deed.now)?;
    check_member(tx, &program.id, new.member.as_ref())?;
    let moved = open_account(tx, deed, &program.id, new, (API, said))?;
    if moved.is_new {
        record(tx, deed, "issue_gift_card", &moved.entry)?;
    }
    Ok(moved)
}

/// Makes the account with its first entry, unless the entry was written a moment ago by somebody else.
pub(super) fn open_account(
    tx: &mut Tx<'_>,
    deed: &Deed,
    program: &ProgramId,
    new: &NewGiftCard,
    (source, said): (&'static str, String),
) -> Result<GiftMoved, ActionError> {
    let account = GiftAccount {
        id: GiftAccountId::new(deed.now),
        program_id: program.clone(),
        code: random_code().as_str().to_owned(),
        value: new.value.name().to_owned(),
        currency: new.amount.currency,
        balance_minor: new.amount.minor,
        member_id: new.member.clone(),
        expires_at: new.expires_at,
        voided_at: None,
        version: 1,
        created_at: deed.now,
    };
    let movement = GiftMovement {
        source,
        ..GiftMovement::new(ISSUE, new.amount.minor, &new.note, said)
    };
    let entry = entry(deed, &account, account.balance_minor, movement);
    // The entry first: of two equal issues at once, one waits here for the other.
    if !gift_entries::claim(tx, &entry)? {
        return find_known_of(tx, program, source, &new.note, &entry.fingerprint)?
            .ok_or_else(|| ActionError::internal("an entry that clashes is not there"));
    }
    gift_accounts::insert(tx, &account)?;
    Ok(GiftMoved {
        account,
        entry,
        other: None,
        is_new: true,
    })
}

fn random_code() -> GiftCode {
    use rand::Rng as _;

    let mut rng = rand::rng();
    let digits: [u8; RANDOM_DIGITS] = std::array::from_fn(|_| rng.random_range(0..10));
    GiftCode::of_digits(digits)
}

fn check_expiry(expires_at: Option<Time>, now: Time) -> Result<(), ActionError> {
    let Some(expires_at) = expires_at else {
        return Ok(());
    };
    if expires_at > now && expires_at <= latest_expiry(now) {
        return Ok(());
    }
    let detail = "Give a time after now, at most a hundred years ahead.";
    Err(ActionError::fault("/expires_at", "out_of_range", detail))
}

/// Locks the member, so that they are not erased meanwhile.
fn check_member(tx: &mut Tx<'_>, program: &ProgramId, member: Option<&MemberId>) -> Result<(), ActionError> {
    let Some(member) = member else { return Ok(()) };
    match members::lock(tx, member) {
        Ok(found) if found.program_id == *program && found.erased_at.is_none() => Ok(()),
        Ok(_) | Err(StoreError::NotFound) => Err(ActionError::new(Code::UnknownMember)),
        Err(error) => Err(error.into()),
    }
}
