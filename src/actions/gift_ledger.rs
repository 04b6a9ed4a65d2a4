//! The one way in which stored value moves: an entry is written and its gift card changed, in the same transaction.

use serde_json::{Value, json};

use super::{ActionError, Caller, Code, Deed};
use crate::loyalty::gift::{self, AmountFault, GIFT_MINOR_MAX, GiftState, GiftValue};
use crate::store::gift_accounts::{self, GiftAccount};
use crate::store::gift_entries::{self, EXPIRE, GiftEntry};
use crate::store::{Db, StoreError, Tx};
use crate::types::{Currency, GiftAccountId, GiftEntryId, Money, OrderId, ProgramId, Role, sha256_hex};

/// Where movements come from that callers of the API name.
pub(super) const API: &str = "api";
/// Where gift cards come from that redemptions became.
pub(super) const REDEMPTION: &str = "redemption";

/// What a caller says of a movement besides how much.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GiftNote {
    /// The caller's own id, unique in the program; the same one again answers the same.
    pub external_id: Option<String>,
    /// Why, for a person to read.
    pub reason: String,
}

/// A movement of stored value, and what it moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GiftMoved {
    /// The gift card after it.
    pub account: GiftAccount,
    /// The entry.
    pub entry: GiftEntry,
    /// The other gift card of a transfer, after it.
    pub other: Option<GiftAccount>,
    /// Whether it was moved now, not before.
    pub is_new: bool,
}

/// One movement, as it is to be written.
pub(super) struct GiftMovement<'a> {
    pub(super) kind: &'static str,
    /// What is added, in minor units; negative takes away.
    pub(super) minor: i64,
    pub(super) note: &'a GiftNote,
    /// Where it comes from; the caller's own id is unique within it.
    pub(super) source: &'static str,
    /// Of what the caller said; empty if nobody can repeat it.
    pub(super) fingerprint: String,
    pub(super) order: Option<OrderId>,
    pub(super) reverses: Option<GiftEntryId>,
    pub(super) counterpart: Option<GiftAccountId>,
}

impl<'a> GiftMovement<'a> {
    pub(super) const fn new(kind: &'static str, minor: i64, note: &'a GiftNote, fingerprint: String) -> Self {
        Self {
            kind,
            minor,
            note,
            source: API,
            fingerprint,
            order: None,
            reverses: None,
            counterpart: None,
        }
    }
}

/// A hash of what a caller said.
pub(super) fn fingerprint(said: &Value) -> String {
    sha256_hex(said.to_string().as_bytes())
}

/// The account that the caller may see, locked until the transaction ends.
pub(super) fn lock(tx: &mut Tx<'_>, caller: &Caller, id: &GiftAccountId) -> Result<GiftAccount, ActionError> {
    let account = gift_accounts::lock(tx, id)?;
    caller.check_sees(&account.program_id)?;
    Ok(account)
}

/// The same movement, if it was recorded before; another one under the same id is a clash.
pub(super) fn find_known(
    db: &mut Db,
    program: &ProgramId,
    note: &GiftNote,
    fingerprint: &str,
) -> Result<Option<GiftMoved>, ActionError> {
    find_known_of(db, program, API, note, fingerprint)
}

/// The same of any source.
pub(super) fn find_known_of(
    db: &mut Db,
    program: &ProgramId,
    source: &str,
    note: &GiftNote,
    fingerprint: &str,
) -> Result<Option<GiftMoved>, ActionError> {
    let Some(external_id) = &note.external_id else {
        return Ok(None);
    };
    let Some(entry) = gift_entries::find_by_external_id(db, program, source, external_id)? else {
        return Ok(None);
    };
    if entry.fingerprint != fingerprint {
        return Err(ActionError::new(Code::GiftEntryExists));
    }
    let other = entry.counterpart_id.as_ref();
    Ok(Some(GiftMoved {
        account: gift_accounts::get(db, &entry.account_id)?,
        other: other.map(|id| gift_accounts::get(db, id)).transpose()?,
        entry,
        is_new: false,
    }))
}

/// Moves value of a locked account.
pub(super) fn post(
    tx: &mut Tx<'_>,
    deed: &Deed,
    account: &GiftAccount,
    movement: GiftMovement<'_>,
) -> Result<(GiftAccount, GiftEntry), ActionError> {
    let balance = account
        .balance_minor
        .checked_add(movement.minor)
        .ok_or_else(|| ActionError::new(Code::OutOfRange))?;
    if balance < 0 {
        return Err(too_little(account, -movement.minor));
    }
    let minor = movement.minor;
    let entry = entry(deed, account, balance, movement);
    if !gift_entries::claim(tx, &entry)? {
        // Recorded a moment ago for another gift card.
        return Err(ActionError::new(Code::GiftEntryExists));
    }
    let account = gift_accounts::add(tx, &account.id, minor)?;
    if account.balance_minor != balance {
        return Err(ActionError::internal("a gift card changed under its lock"));
    }
    Ok((account, entry))
}

/// The entry of a movement that leaves an account at a balance.
pub(super) fn entry(
    deed: &Deed,
    account: &GiftAccount,
    balance_after: i64,
    movement: GiftMovement<'_>,
) -> GiftEntry {
    GiftEntry {
        id: GiftEntryId::new(deed.now),
        program_id: account.program_id.clone(),
        account_id: account.id.clone(),
        kind: movement.kind.to_owned(),
        minor: movement.minor,
        balance_after,
        source: movement.source.to_owned(),
        external_id: movement.note.external_id.clone(),
        fingerprint: movement.fingerprint,
        order_id: movement.order,
        reverses: movement.reverses,
        counterpart_id: movement.counterpart,
        reason: movement.note.reason.clone(),
        actor: deed.caller.actor.clone(),
        created_at: deed.now,
    }
}

/// Takes off what is left on a locked account that ends; gives it as it is then, and the entry if there was anything.
pub(super) fn take_all(
    tx: &mut Tx<'_>,
    deed: &Deed,
    account: GiftAccount,
    kind: &'static str,
) -> Result<(GiftAccount, Option<GiftEntry>), ActionError> {
    if account.balance_minor == 0 {
        return Ok((account, None));
    }
    let note = GiftNote::default();
    let movement = GiftMovement::new(kind, -account.balance_minor, &note, String::new());
    let (account, entry) = post(tx, deed, &account, movement)?;
    Ok((account, Some(entry)))
}

/// Takes off what is left on a locked account if its time is over.
pub(super) fn expire_if_over(
    tx: &mut Tx<'_>,
    deed: &Deed,
    account: GiftAccount,
) -> Result<(GiftAccount, Option<GiftEntry>), ActionError> {
    if GiftState::of(account.expires_at, account.voided_at, deed.now) != GiftState::Expired {
        return Ok((account, None));
    }
    let (account, entry) = take_all(tx, deed, account, EXPIRE)?;
    if let Some(entry) = &entry {
        record(tx, deed, "expire_gift_card", entry)?;
    }
    Ok((account, entry))
}

/// Writes a movement into the books.
pub(super) fn record(tx: &mut Tx<'_>, deed: &Deed, name: &str, entry: &GiftEntry) -> Result<(), StoreError> {
    let detail = json!({ "gift_card": entry.account_id, "minor": entry.minor });
    deed.record(tx, Some(&entry.program_id), name, entry.id.as_str(), &detail)
}

/// Refuses a gift card that was voided or whose time is over.
pub(super) fn refuse_unusable(deed: &Deed, account: &GiftAccount) -> Result<(), ActionError> {
    match GiftState::of(account.expires_at, account.voided_at, deed.now) {
        GiftState::Active => Ok(()),
        GiftState::Expired => Err(ActionError::new(Code::GiftCardExpired)),
        GiftState::Voided => Err(ActionError::new(Code::GiftCardVoided)),
    }
}

/// Refuses an amount that is nothing, too much, or in another currency.
pub(super) fn check_amount(amount: Money, currency: Currency) -> Result<(), ActionError> {
    match gift::check_amount(amount) {
        Ok(()) if amount.currency == currency => Ok(()),
        Ok(()) => {
            let detail = format!("It is to be in {currency}, the amount is in {}.", amount.currency);
            Err(ActionError::with(Code::CurrencyMismatch, detail))
        }
        Err(AmountFault::NotPositive) => {
            let detail = "Give an amount above zero.";
            Err(ActionError::fault("/amount/amount", "not_positive", detail))
        }
        Err(AmountFault::TooMuch) => {
            let detail = format!("Give at most {GIFT_MINOR_MAX} minor units.");
            Err(ActionError::fault("/amount/amount", "out_of_range", detail))
        }
    }
}

/// Refuses more than a gift card may hold.
pub(super) fn check_room(account: &GiftAccount, minor: i64) -> Result<(), ActionError> {
    let room = GIFT_MINOR_MAX - account.balance_minor;
    if minor <= room {
        return Ok(());
    }
    let detail = format!(
        "The gift card holds {} and may hold {} at most.",
        money(account, account.balance_minor),
        money(account, GIFT_MINOR_MAX)
    );
    Err(ActionError::with(Code::LimitReached, detail))
}

/// Refuses earned value at the hands of those who may not give it: it costs the shop money and nobody pays for it.
pub(super) fn check_may_give(deed: &Deed, value: &str) -> Result<(), ActionError> {
    let is_trusted = matches!(deed.caller.role, None | Some(Role::Owner | Role::Manager));
    if is_trusted || value == GiftValue::Paid.name() {
        return Ok(());
    }
    let detail = "Value that nobody pays for is given with an owner's or a manager's key, or by a reward.";
    Err(ActionError::with(Code::WrongRole, detail))
}

/// Says what is left.
pub(super) fn too_little(account: &GiftAccount, wanted: i64) -> ActionError {
    let detail = format!(
        "The gift card holds {}, {} were to be taken.",
        money(account, account.balance_minor),
        money(account, wanted)
    );
    ActionError::with(Code::InsufficientBalance, detail)
}

/// So many minor units of an account's currency.
pub(super) const fn money(account: &GiftAccount, minor: i64) -> Money {
    Money {
        minor,
        currency: account.currency,
    }
}
