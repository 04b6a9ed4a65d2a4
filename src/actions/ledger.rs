//! The one way in which points move: entries are written, buckets filled and emptied, the card changed once.

mod calendar;
mod moving;
mod notices;
mod noting;

use crate::loyalty::automation::Occurred;
use crate::loyalty::carry::Carried;
use crate::loyalty::explain::Explanation;
use crate::loyalty::policy::Expiry;
use crate::loyalty::rulebook::Rulebook;
use crate::loyalty::tier::{Activity, Place};
use crate::store::activity;
use crate::store::bought_days::{self, BoughtDay};
use crate::store::buckets::{self, Bucket};
use crate::store::cards::{self, Card, CardChange};
use crate::store::deliveries::{self, Lane};
use crate::store::entries::{self, Entry};
use crate::store::redemptions::Redemption;
use crate::store::tallies::Bought;
use crate::store::{StoreError, Tx};
use crate::types::{BucketId, CardId, Day, EntryId, EventId, OrderId, Points, PointsError, RefundId, Time};

use super::announce::announce_moved;
use super::count_challenges::foresee;
use super::hear_automations::hear_deed;
use super::surviving::{leads_to, list_own_buckets};
use super::{ActionError, Code, Deed};

pub(super) use moving::{Moved, Why};

/// Days for which points can be spent that come back after they would have expired.
const GRACE_DAYS: i64 = 30;
const DAY_MS: i64 = 86_400_000;
/// Stands in a bucket for a date that nobody knows yet: that of the first paid order. The last second of the year
/// 9999, so that it can be written like any other.
const FIRST_ORDER: Time = Time::from_secs(253_402_300_799);

/// What a movement comes from.
#[derive(Debug, Clone, Default)]
pub(super) struct Cause {
    pub(super) order: Option<OrderId>,
    pub(super) event: Option<EventId>,
    pub(super) refund: Option<RefundId>,
    pub(super) reverses: Option<EntryId>,
    /// The rule, promotion or reward, in its version.
    pub(super) term: Option<(String, i64)>,
    /// The id that the entry shall have, and that of its counterpart on another card.
    pub(super) pair: Option<(EntryId, EntryId)>,
}

/// One movement of points.
#[derive(Debug, Clone)]
pub(super) struct Movement {
    pub(super) kind: &'static str,
    /// Always above zero; the method says in which direction.
    pub(super) points: Points,
    pub(super) cause: Cause,
    pub(super) reason: String,
    pub(super) explanation: Option<Explanation>,
}

/// Under which dates points come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Return {
    /// Those that they had; what would have expired meanwhile expires at once.
    AsItWas,
    /// Those that they had; what would have expired meanwhile can be spent for thirty days more.
    WithGrace,
}

/// Points that were promised and cannot be spent yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promised {
    /// The points.
    pub points: Points,
    /// From when on they can be spent.
    pub active_from: Time,
}

/// What a ledger moved.
pub(super) struct Closed {
    pub(super) card: Card,
    pub(super) entries: Vec<Entry>,
    pub(super) promised: Vec<Promised>,
    pub(super) handed: Vec<Redemption>,
}

/// A locked card whose points are moved.
pub(super) struct Ledger<'a> {
    deed: &'a Deed,
    rulebook: &'a Rulebook,
    /// The card as it was read.
    before: Card,
    balance: Points,
    pending: Points,
    carried: Carried,
    orders: i64,
    has_changed: bool,
    /// Whether what is added waits for the first paid order.
    is_held: bool,
    active_at: Time,
    /// When the first bucket activates or expires; may be too early, never too late.
    bucket_due: Option<Time>,
    entries: Vec<Entry>,
    promised: Vec<Promised>,
    handed: Vec<Redemption>,
    /// What was done on which day, as far as tiers count it.
    done: Vec<(Day, Activity)>,
    /// What that adds to the card's tally.
    bought: Bought,
    /// What is said of the orders that were kept or given back.
    marked: Vec<BoughtDay>,
    looks_again: bool,
    /// What automations hear of beside what was moved.
    occurred: Vec<Occurred>,
}

impl<'a> Ledger<'a> {
    /// Opens the ledger of a locked card. What has become active or has expired by now is moved first.
    pub(super) fn open(
        tx: &mut Tx<'_>,
        deed: &'a Deed,
        rulebook: &'a Rulebook,
        card: Card,
    ) -> Result<Self, ActionError> {
        let is_due = card.due_at.is_some_and(|due| due <= deed.now);
        let by_activity = matches!(rulebook.policy.expiry, Expiry::InactiveDays(_));
        let mut ledger = Self {
            deed,
            rulebook,
            balance: card.balance,
            pending: card.pending,
            carried: card.carried(),
            orders: card.orders,
            has_changed: false,
            is_held: false,
            active_at: card.active_at,
            bucket_due: if by_activity { None } else { card.due_at },
            before: card,
            entries: Vec::new(),
            promised: Vec::new(),
            handed: Vec::new(),
            done: Vec::new(),
            bought: Bought::default(),
            marked: Vec::new(),
            looks_again: false,
            occurred: Vec::new(),
        };
        if is_due {
            ledger.settle_due(tx)?;
        } else if by_activity && (ledger.balance > Points::ZERO || !ledger.pending.is_zero()) {
            // The card's date may be that of inactivity, and points from before may have dates of their own.
            ledger.find_bucket_due(tx)?;
        }
        Ok(ledger)
    }

    /// The balance as it is now.
    pub(super) const fn balance(&self) -> Points {
        self.balance
    }

    /// The card's id.
    pub(super) const fn card_id(&self) -> &CardId {
        &self.before.id
    }

    /// The card as it is by now.
    pub(super) fn card(&self) -> Card {
        Card {
            balance: self.balance,
            pending: self.pending,
            remainder: self.carried.remainder,
            per_minor: self.carried.per_minor,
            orders: self.orders,
            active_at: self.active_at,
            ..self.before.clone()
        }
    }

    /// When the deed is done.
    pub(super) const fn now(&self) -> Time {
        self.deed.now
    }

    /// What was moved so far.
    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// A reward was issued.
    pub(super) fn hand(&mut self, redemption: &Redemption) {
        self.handed.push(redemption.clone());
        self.has_changed = true;
    }

    /// Something else that phones show has changed.
    pub(super) const fn note_change(&mut self) {
        self.has_changed = true;
    }

    /// What the base rule carries to the next order from now on.
    pub(super) const fn carry(&mut self, carried: Carried) {
        self.carried = carried;
    }

    /// One more order is on the card.
    pub(super) const fn count_order(&mut self) {
        self.orders += 1;
    }

    /// What is added from now on waits for the first paid order.
    pub(super) const fn hold(&mut self) {
        self.is_held = true;
    }

    /// What tiers count of the card is another by what was done beside the ledger.
    pub(super) const fn look_again(&mut self) {
        self.looks_again = true;
    }

    /// Points are added, now or after so many days; they expire as the program has settled.
    pub(super) fn add(
        &mut self,
        tx: &mut Tx<'_>,
        movement: Movement,
        pending_days: u16,
    ) -> Result<(), ActionError> {
        let today = self.rulebook.zone.local(self.deed.now).day;
        let expiry = self.rulebook.policy.expiry;
        if self.is_held {
            let bucket = self.bucket(&movement, movement.points, FIRST_ORDER, None);
            buckets::insert(tx, &bucket)?;
            self.pending = self.pending.plus(movement.points).map_err(out_of_range)?;
            return Ok(());
        }
        if pending_days > 0 {
            let first = today.plus_days(i64::from(pending_days));
            let active_from = self.rulebook.zone.start_of(first);
            let expires_at = expiry.of_points(self.rulebook.zone, first);
            let bucket = self.bucket(&movement, movement.points, active_from, expires_at);
            buckets::insert(tx, &bucket)?;
            self.pending = self.pending.plus(movement.points).map_err(out_of_range)?;
            self.expect(active_from);
            self.promised.push(Promised {
                points: movement.points,
                active_from,
            });
            return Ok(());
        }
        self.balance = self.balance.plus(movement.points).map_err(out_of_range)?;
        if let Some(expires_at) = expiry.of_points(self.rulebook.zone, today) {
            // What pays a debt is not there to expire.
            let kept = movement.points.min(self.balance.max(Points::ZERO));
            let bucket = self.bucket(&movement, kept, self.deed.now, Some(expires_at));
            buckets::insert(tx, &bucket)?;
            self.expect_expiry(expires_at);
        }
        let points = movement.points;
        self.write(tx, movement, points)?;
        Ok(())
    }

    /// Points are taken: what the order or event that is given back had filled first, its pending points before its active
    /// ones; then what expires first; then what never expires. The balance may fall below zero.
    pub(super) fn take(&mut self, tx: &mut Tx<'_>, movement: Movement) -> Result<(), ActionError> {
        self.take_from_buckets(tx, movement)?;
        Ok(())
    }

    /// The same; gives the active buckets that it took from, as they were, and how much from each.
    fn take_from_buckets(
        &mut self,
        tx: &mut Tx<'_>,
        movement: Movement,
    ) -> Result<Vec<(Bucket, Points)>, ActionError> {
        let mut open = self.less_expired(tx, &movement)?;
        let mut leaving = Points::ZERO;
        let mut uses = Vec::new();
        for bucket in self.list_takeable(tx, &movement.cause)? {
            let points = open.min(bucket.remaining);
            if points.is_zero() {
                break;
            }
            let left = bucket.remaining.minus(points).map_err(out_of_range)?;
            buckets::set_remaining(tx, &bucket.id, left)?;
            open = open.minus(points).map_err(out_of_range)?;
            if bucket.is_pending {
                self.pending = self.pending.minus(points).map_err(out_of_range)?;
            } else {
                leaving = leaving.plus(points).map_err(out_of_range)?;
                uses.push((bucket, points));
            }
        }
        leaving = leaving.plus(open).map_err(out_of_range)?;
        if leaving.is_zero() {
            return Ok(uses);
        }
        self.balance = self.balance.minus(leaving).map_err(out_of_range)?;
        let entry = self.write(tx, movement, leaving.negated())?;
        for (bucket, points) in &uses {
            buckets::insert_use(tx, &entry, &bucket.id, *points)?;
        }
        Ok(uses)
    }

    /// What a refund still has to take: points of the order or event that have expired are gone already.
    fn less_expired(&self, tx: &mut Tx<'_>, movement: &Movement) -> Result<Points, ActionError> {
        let mut open = movement.points;
        let own = match (&movement.cause.event, &movement.cause.order) {
            _ if movement.cause.refund.is_none() => Vec::new(),
            (Some(event), _) => buckets::list_by_event(tx, event)?,
            (None, Some(order)) => list_own_buckets(tx, &self.before.id, order)?,
            (None, None) => Vec::new(),
        };
        for bucket in own {
            let gone = open.min(bucket.expired);
            if !gone.is_zero() {
                let expired = bucket.expired.minus(gone).map_err(out_of_range)?;
                buckets::set_expired(tx, &bucket.id, expired)?;
                open = open.minus(gone).map_err(out_of_range)?;
            }
        }
        Ok(open)
    }

    /// The buckets that points may be taken from, in the order in which they are.
    fn list_takeable(&self, tx: &mut Tx<'_>, cause: &Cause) -> Result<Vec<Bucket>, StoreError> {
        if self.bucket_due.is_none() && self.pending.is_zero() {
            return Ok(Vec::new());
        }
        let is_own = |bucket: &Bucket| match (&cause.event, &cause.order) {
            (Some(event), _) => cause.refund.is_some() && bucket.event_id.as_ref() == Some(event),
            (None, Some(order)) => bucket.order_id.as_ref() == Some(order),
            (None, None) => false,
        };
        let mut found = buckets::list_filled(tx, &self.before.id)?;
        // Who undoes an entry means points that were given already.
        found.retain(|bucket| !bucket.is_pending || (cause.refund.is_some() && is_own(bucket)));
        // Stable: within each sort those that expire first stay first.
        found.sort_by_key(|bucket| (!is_own(bucket), !bucket.is_pending));
        Ok(found)
    }

    /// Points that an entry took come back, each under the date that it had.
    pub(super) fn give_back(
        &mut self,
        tx: &mut Tx<'_>,
        movement: Movement,
        taken_by: &EntryId,
        how: Return,
    ) -> Result<(), ActionError> {
        let points = movement.points;
        self.balance = self.balance.plus(points).map_err(out_of_range)?;
        // What pays a debt is not there to expire.
        let mut room = points.min(self.balance.max(Points::ZERO));
        let mut used = Vec::new();
        for (id, taken) in buckets::list_uses(tx, taken_by)? {
            used.push((buckets::get(tx, &id)?, taken));
        }
        used.sort_by_key(|(bucket, _)| (bucket.created_at, bucket.term_id.clone()));
        for (bucket, taken) in used {
            let back = taken.min(room);
            if back.is_zero() {
                break;
            }
            let grace = self.deed.now.plus_ms(GRACE_DAYS * DAY_MS);
            let had = bucket.expires_at;
            let expires_at = match (had, how) {
                (Some(had), Return::WithGrace) if had <= self.deed.now => Some(grace),
                _ => had,
            };
            self.fill_again(tx, bucket, back, expires_at)?;
            if let Some(expires_at) = expires_at {
                self.expect_expiry(expires_at);
            }
            room = room.minus(back).map_err(out_of_range)?;
        }
        self.write(tx, movement, points)?;
        Ok(())
    }

    /// Fills a bucket again. One that went back to another card meanwhile stays there, and another is filled.
    fn fill_again(
        &self,
        tx: &mut Tx<'_>,
        bucket: Bucket,
        points: Points,
        expires_at: Option<Time>,
    ) -> Result<(), StoreError> {
        let own = (&self.before.id, &self.before.member_id);
        if leads_to(tx, &bucket.card_id, own.0)? {
            return buckets::refill(tx, &bucket.id, own, points, expires_at);
        }
        let another = Bucket {
            id: BucketId::new(self.deed.now),
            card_id: own.0.clone(),
            member_id: own.1.clone(),
            points,
            remaining: points,
            expired: Points::ZERO,
            expires_at,
            created_at: self.deed.now,
            ..bucket
        };
        buckets::insert(tx, &another)
    }

    /// Changes the card once for all that was moved, and lets its phones be told.
    pub(super) fn close(mut self, tx: &mut Tx<'_>) -> Result<Closed, ActionError> {
        let now = self.deed.now;
        let place = self.climb(tx)?;
        let since = self.before.last_modified;
        let (challenge_due, has_gone) = foresee(tx, self.rulebook, &self.before.id, (since, now))?;
        let is_visible = self.has_changed
            || has_gone
            || self.withdraws_notice()
            || !self.entries.is_empty()
            || self.pending != self.before.pending
            || place.tier != self.before.tier_id
            || place.progress != self.before.tier_progress;
        let (rulebook, occurred) = (self.rulebook, std::mem::take(&mut self.occurred));
        let before = (!rulebook.automations.is_empty()).then(|| self.before.clone());
        let closed = self.store(tx, is_visible, place, challenge_due)?;
        if let Some(before) = before {
            hear_deed(tx, rulebook, (&before, &closed.card), (&occurred, now))?;
        }
        if is_visible {
            deliveries::mark(tx, &closed.card.id, closed.card.version, Lane::Instant, now)?;
        }
        Ok(closed)
    }

    /// The same for a card that nobody has seen yet: it stays at its first version.
    pub(super) fn close_unseen(mut self, tx: &mut Tx<'_>) -> Result<Closed, ActionError> {
        let place = self.climb(tx)?;
        let now = self.deed.now;
        let (challenge_due, _) = foresee(tx, self.rulebook, &self.before.id, (now, now))?;
        self.store(tx, false, place, challenge_due)
    }

    /// The same for a card that phones have, without telling them: they get it with what comes next, or when they ask.
    pub(super) fn close_untold(mut self, tx: &mut Tx<'_>) -> Result<Closed, ActionError> {
        let now = self.deed.now;
        let place = self.climb(tx)?;
        let since = self.before.last_modified;
        let (challenge_due, _) = foresee(tx, self.rulebook, &self.before.id, (since, now))?;
        self.store(tx, true, place, challenge_due)
    }

    /// Puts what was done into the books and says where the card stands then.
    fn climb(&mut self, tx: &mut Tx<'_>) -> Result<Place, ActionError> {
        for (day, done) in &self.done {
            self.bought = self.bought.and(activity::add(tx, &self.before.id, *day, *done)?);
        }
        bought_days::add(tx, &self.marked)?;
        let ladder = &self.rulebook.ladder;
        if ladder.is_empty() {
            return Ok(Place::default());
        }
        let before = self.before.place();
        let is_due = before.until.is_some_and(|until| until <= self.deed.now);
        let is_known = before.tier.is_none() || ladder.find(before.tier.as_deref()).is_some();
        let is_as_before = self.done.is_empty() && !self.looks_again && self.before.version > 1;
        if is_as_before && !is_due && is_known {
            return Ok(before);
        }
        let zone = self.rulebook.zone;
        let first = ladder.policy().first_day(zone.local(self.deed.now).day);
        let days = activity::list(tx, &self.before.id, first)?;
        Ok(ladder.climb(&before, &days, zone, self.deed.now))
    }

    fn store(
        self,
        tx: &mut Tx<'_>,
        is_visible: bool,
        place: Place,
        challenge_due: Option<Time>,
    ) -> Result<Closed, ActionError> {
        let due_at = [self.bucket_due, self.idle_due(), place.until, challenge_due]
            .into_iter()
            .flatten()
            .min();
        let change = CardChange {
            balance: self.balance,
            pending: self.pending,
            carried: self.carried,
            orders: self.orders,
            active_at: self.active_at,
            due_at,
            place,
            bought: self.bought,
        };
        let card = if !is_visible && change.is_none(&self.before) {
            self.before
        } else {
            let card = cards::change(tx, &self.before, &change, is_visible, self.deed.now)?;
            if self.rulebook.is_heard {
                announce_moved(tx, self.deed, (&self.before, &card), (is_visible, &self.handed))?;
            }
            card
        };
        Ok(Closed {
            card,
            entries: self.entries,
            promised: self.promised,
            handed: self.handed,
        })
    }

    /// Something of the card happens by itself then.
    fn expect(&mut self, at: Time) {
        self.bucket_due = Some(self.bucket_due.map_or(at, |known| known.min(at)));
    }

    fn write(&mut self, tx: &mut Tx<'_>, movement: Movement, points: Points) -> Result<EntryId, ActionError> {
        let (term_id, term_version) = movement.cause.term.unzip();
        let explanation = movement.explanation.map(|one| serde_json::to_string(&one));
        let (own, counterpart) = movement.cause.pair.unzip();
        let entry = Entry {
            id: own.unwrap_or_else(|| EntryId::new(self.deed.now)),
            program_id: self.before.program_id.clone(),
            member_id: self.before.member_id.clone(),
            card_id: self.before.id.clone(),
            kind: movement.kind.to_owned(),
            points,
            order_id: movement.cause.order,
            refund_id: movement.cause.refund,
            reverses: movement.cause.reverses,
            reason: movement.reason,
            actor: self.deed.caller.actor.clone(),
            created_at: self.deed.now,
            term_id,
            term_version,
            explanation: explanation.transpose().map_err(ActionError::internal)?,
            event_id: movement.cause.event,
            counterpart,
        };
        entries::insert(tx, &entry).map_err(|error| match error {
            StoreError::Duplicate(_) => ActionError::new(Code::AlreadyReversed),
            other => other.into(),
        })?;
        let id = entry.id.clone();
        self.entries.push(entry);
        Ok(id)
    }

    fn bucket(
        &self,
        movement: &Movement,
        remaining: Points,
        active_from: Time,
        expires_at: Option<Time>,
    ) -> Bucket {
        let (term_id, term_version) = movement.cause.term.clone().unzip();
        Bucket {
            id: BucketId::new(self.deed.now),
            program_id: self.before.program_id.clone(),
            member_id: self.before.member_id.clone(),
            card_id: self.before.id.clone(),
            order_id: movement.cause.order.clone(),
            term_id,
            term_version,
            kind: movement.kind.to_owned(),
            reason: movement.reason.clone(),
            points: movement.points,
            remaining,
            expired: Points::ZERO,
            is_pending: active_from > self.deed.now,
            active_from,
            expires_at,
            created_at: self.deed.now,
            event_id: movement.cause.event.clone(),
        }
    }
}

/// Closes the ledgers of two cards, the lower id first, as their deliveries are taken by others too.
pub(super) fn close_both(
    tx: &mut Tx<'_>,
    one: Ledger<'_>,
    other: Ledger<'_>,
) -> Result<(Closed, Closed), ActionError> {
    if other.card_id() < one.card_id() {
        let other = other.close(tx)?;
        return Ok((one.close(tx)?, other));
    }
    let one = one.close(tx)?;
    Ok((one, other.close(tx)?))
}

fn out_of_range(error: PointsError) -> ActionError {
    ActionError::with(Code::OutOfRange, error.to_string())
}
