//! Points go from one card to another and keep the dates that they have.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Cause, Ledger, Movement, Return, out_of_range};
use crate::actions::{ActionError, Code};
use crate::loyalty::carry::Carried;
use crate::store::buckets::{self, Bucket, READ_MAX};
use crate::store::cards::Card;
use crate::store::merges::{self, Flow, Since};
use crate::store::{Tx, standings};
use crate::types::{BucketId, CardId, EntryId, Points, Time};

/// Points with the instant at which they expire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::actions) struct Dated {
    points: Points,
    expires_at: Time,
}

/// What went from a joined card to the one that acts for it, kept so that it can be brought back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::actions) struct Moved {
    /// The joined card.
    pub(in crate::actions) card: CardId,
    /// Its balance; below zero if it owed points.
    pub(in crate::actions) points: i64,
    /// The entry by which they left; none if there were none.
    pub(in crate::actions) left: Option<EntryId>,
    /// The entry by which they came.
    pub(in crate::actions) came: Option<EntryId>,
    buckets: Vec<MovedBucket>,
}

/// A bucket that went along.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct MovedBucket {
    id: BucketId,
    /// What was left in it.
    had: i64,
    /// What was left after it had paid what the other card owed.
    kept: i64,
}

/// How the entries on both sides say why.
#[derive(Debug, Clone, Copy)]
pub(in crate::actions) struct Why<'a> {
    /// On the card that points leave.
    pub(in crate::actions) leaving: &'a str,
    /// On the card that they come to.
    pub(in crate::actions) coming: &'a str,
}

impl Ledger<'_> {
    /// The card as it was read.
    pub(in crate::actions) const fn before(&self) -> &Card {
        &self.before
    }

    /// What is promised and not active yet.
    pub(in crate::actions) const fn pending(&self) -> Points {
        self.pending
    }

    /// When the holder last earned or spent.
    pub(in crate::actions) const fn active_at(&self) -> Time {
        self.active_at
    }

    /// Sets when the holder last earned or spent.
    pub(in crate::actions) const fn set_active_at(&mut self, at: Time) {
        self.active_at = at;
    }

    /// Active points leave for another card, what expires first before the rest; gives the dates of those that
    /// have one.
    pub(in crate::actions) fn send(
        &mut self,
        tx: &mut Tx<'_>,
        movement: Movement,
    ) -> Result<Vec<Dated>, ActionError> {
        let taken = self.take_from_buckets(tx, movement)?;
        let dated = taken.into_iter().filter_map(|(bucket, points)| {
            let expires_at = bucket.expires_at?;
            Some(Dated { points, expires_at })
        });
        Ok(dated.collect())
    }

    /// Points arrive from another card. Those with a date keep it, those without get none, those of one date lie
    /// together; what is owed is paid with those that expire first.
    pub(in crate::actions) fn receive(
        &mut self,
        tx: &mut Tx<'_>,
        movement: Movement,
        dated: &[Dated],
    ) -> Result<(), ActionError> {
        let mut owed = self.balance.min(Points::ZERO).absolute();
        self.balance = self.balance.plus(movement.points).map_err(out_of_range)?;
        let mut by_date: BTreeMap<Time, Points> = BTreeMap::new();
        for one in dated {
            let sum = by_date.entry(one.expires_at).or_default();
            *sum = sum.plus(one.points).map_err(out_of_range)?;
        }
        for (expires_at, points) in by_date {
            let paid = owed.min(points);
            owed = owed.minus(paid).map_err(out_of_range)?;
            let kept = points.minus(paid).map_err(out_of_range)?;
            if !kept.is_zero() {
                let bucket = Bucket {
                    points: kept,
                    ..self.bucket(&movement, kept, self.deed.now, Some(expires_at))
                };
                buckets::insert(tx, &bucket)?;
                self.expect_expiry(expires_at);
            }
        }
        let points = movement.points;
        self.write(tx, movement, points)?;
        Ok(())
    }

    /// Everything goes to the card that acts for this one from now on: the balance, also what is owed, promised
    /// points, what is carried to the next order, how many orders there were.
    pub(in crate::actions) fn hand_over(
        &mut self,
        tx: &mut Tx<'_>,
        to: &mut Self,
        why: Why<'_>,
    ) -> Result<Moved, ActionError> {
        let filled = buckets::list_filled(tx, &self.before.id)?;
        if i64::try_from(filled.len()).unwrap_or(i64::MAX) >= READ_MAX {
            let detail = "The card holds points of too many different dates to be moved at once.";
            return Err(ActionError::with(Code::OutOfRange, detail));
        }
        let points = self.balance;
        let owed = to.balance.min(Points::ZERO).absolute();
        let pair = (!points.is_zero()).then(|| (EntryId::new(self.now()), EntryId::new(self.now())));
        if let Some((left, came)) = &pair {
            let cause = paired(left, came);
            self.balance = Points::ZERO;
            self.write(tx, merge(points, cause, why.leaving), points.negated())?;
            let movement = merge(points.absolute(), paired(came, left), why.coming);
            if points > Points::ZERO {
                to.balance = to.balance.plus(points).map_err(out_of_range)?;
                to.write(tx, movement, points)?;
            } else {
                to.take(tx, movement)?;
            }
        }
        let buckets = to.take_buckets_over(tx, &filled, owed)?;
        to.pending = to.pending.plus(self.pending).map_err(out_of_range)?;
        self.pending = Points::ZERO;
        self.join_counts(tx, to, 1)?;
        to.active_at = to.active_at.max(self.active_at);
        self.settle_dates(tx)?;
        to.settle_dates(tx)?;
        let (left, came) = pair.unzip();
        Ok(Moved {
            card: self.before.id.clone(),
            points: points.get(),
            left,
            came,
            buckets,
        })
    }

    /// Puts another card's buckets on this one; what this one owed is paid with those that expire first.
    fn take_buckets_over(
        &self,
        tx: &mut Tx<'_>,
        filled: &[Bucket],
        mut owed: Points,
    ) -> Result<Vec<MovedBucket>, ActionError> {
        let own = (&self.before.id, &self.before.member_id);
        let mut moved = Vec::with_capacity(filled.len());
        for bucket in filled {
            let mut kept = bucket.remaining;
            if !bucket.is_pending {
                let paid = owed.min(kept);
                owed = owed.minus(paid).map_err(out_of_range)?;
                kept = kept.minus(paid).map_err(out_of_range)?;
            }
            buckets::put_on(tx, &bucket.id, own, kept)?;
            moved.push(MovedBucket {
                id: bucket.id.clone(),
                had: bucket.remaining.get(),
                kept: kept.get(),
            });
        }
        Ok(moved)
    }

    /// What was handed over to this card goes back, as it would be there now: less what of it expired or was
    /// taken back with its orders. What this card earned since stays, and it may fall below zero.
    pub(in crate::actions) fn bring_back(
        &mut self,
        tx: &mut Tx<'_>,
        to: &mut Self,
        moved: &Moved,
        (since, why): (Time, Why<'_>),
    ) -> Result<Points, ActionError> {
        let since = Since {
            member: &self.before.member_id,
            card: &self.before.id,
            merged: &to.before.id,
            at: since,
        };
        let flows = merges::list_flows(tx, since)?;
        let undone = merges::sum_undone(tx, since)?;
        let mut points = Points::new(moved.points + undone.get()).map_err(out_of_range)?;
        let mut leaving = Points::ZERO;
        let mut returning = Vec::new();
        for one in &moved.buckets {
            let bucket = buckets::get(tx, &one.id)?;
            let by_itself = sum(&flows, &one.id, "activate") - sum(&flows, &one.id, "expire");
            points = Points::new(points.get() + by_itself).map_err(out_of_range)?;
            let mut wanted = bucket.remaining.get();
            if bucket.is_pending {
                self.pending = self.pending.minus(bucket.remaining).map_err(out_of_range)?;
                to.pending = to.pending.plus(bucket.remaining).map_err(out_of_range)?;
            } else {
                leaving = leaving.plus(bucket.remaining).map_err(out_of_range)?;
                wanted += one.had - one.kept + sum(&flows, &one.id, "spend");
            }
            let wanted = Points::new(wanted).map_err(out_of_range)?;
            buckets::put_on(tx, &one.id, (&to.before.id, &to.before.member_id), Points::ZERO)?;
            returning.push((bucket, wanted));
        }
        self.move_back(tx, to, moved, (points, leaving), why)?;
        to.fill_returned(tx, returning)?;
        to.join_counts(tx, self, -1)?;
        self.settle_dates(tx)?;
        to.settle_dates(tx)?;
        Ok(points)
    }

    /// Writes the two entries of points that go back, of which `leaving` were in buckets that went already.
    fn move_back(
        &mut self,
        tx: &mut Tx<'_>,
        to: &mut Self,
        moved: &Moved,
        (points, leaving): (Points, Points),
        why: Why<'_>,
    ) -> Result<(), ActionError> {
        if points.is_zero() {
            return Ok(());
        }
        let pair = (EntryId::new(self.now()), EntryId::new(self.now()));
        let of_self = Cause {
            reverses: moved.came.clone(),
            ..paired(&pair.0, &pair.1)
        };
        let of_other = Cause {
            reverses: moved.left.clone(),
            ..paired(&pair.1, &pair.0)
        };
        let movement = merge(points.absolute(), of_self, why.leaving);
        match &moved.came {
            Some(came) if points < Points::ZERO && moved.points < 0 => {
                self.give_back(tx, movement, came, Return::AsItWas)?;
            }
            _ => {
                let had = self.balance;
                self.balance = had.minus(points).map_err(out_of_range)?;
                let entry = self.write(tx, movement, points.negated())?;
                self.take_undated_first(tx, &entry, (had, leaving, points))?;
            }
        }
        to.balance = to.balance.plus(points).map_err(out_of_range)?;
        to.write(tx, merge(points, of_other, why.coming), points)?;
        Ok(())
    }

    /// Takes what did not leave in buckets: points without a date first, for those are what came without one.
    fn take_undated_first(
        &self,
        tx: &mut Tx<'_>,
        entry: &EntryId,
        (had, leaving, points): (Points, Points, Points),
    ) -> Result<(), ActionError> {
        let mut own = buckets::list_filled(tx, &self.before.id)?;
        own.retain(|bucket| !bucket.is_pending);
        let dated: i64 = own.iter().map(|bucket| bucket.remaining.get()).sum();
        let undated = (had.get() - leaving.get() - dated).max(0);
        let open = (points.get() - leaving.get() - undated).max(0);
        let mut open = Points::new(open).map_err(out_of_range)?;
        for bucket in own {
            let taken = open.min(bucket.remaining);
            if taken.is_zero() {
                break;
            }
            let left = bucket.remaining.minus(taken).map_err(out_of_range)?;
            buckets::set_remaining(tx, &bucket.id, left)?;
            buckets::insert_use(tx, entry, &bucket.id, taken)?;
            open = open.minus(taken).map_err(out_of_range)?;
        }
        Ok(())
    }

    /// Fills buckets that came back, as far as the balance goes.
    fn fill_returned(&self, tx: &mut Tx<'_>, returning: Vec<(Bucket, Points)>) -> Result<(), ActionError> {
        let mut room = self.balance.max(Points::ZERO);
        for (bucket, wanted) in returning {
            let kept = if bucket.is_pending {
                wanted
            } else {
                wanted.max(Points::ZERO).min(room)
            };
            if !bucket.is_pending {
                room = room.minus(kept).map_err(out_of_range)?;
            }
            buckets::set_remaining(tx, &bucket.id, kept)?;
        }
        Ok(())
    }

    /// Adds what this card carries and how many orders it has to another, or takes it away again.
    fn join_counts(&self, tx: &mut Tx<'_>, to: &mut Self, sign: i64) -> Result<(), ActionError> {
        to.orders += sign * self.orders;
        to.carried = joined(to.carried, self.carried, sign);
        let theirs = standings::list_remainders(tx, &to.before.id)?;
        for (term, own) in standings::list_remainders(tx, &self.before.id)? {
            let had = theirs.get(&term).copied().unwrap_or_default();
            standings::set_remainder(tx, &to.before.id, &term, joined(had, own, sign))?;
        }
        Ok(())
    }

    /// Finds the dates anew and lets phones be told.
    fn settle_dates(&mut self, tx: &mut Tx<'_>) -> Result<(), ActionError> {
        self.has_changed = true;
        self.find_bucket_due(tx)
    }
}

fn joined(had: Carried, more: Carried, sign: i64) -> Carried {
    let per_minor = if had.per_minor == 0 {
        more.per_minor
    } else {
        had.per_minor
    };
    Carried {
        remainder: had.in_steps(per_minor) + sign * more.in_steps(per_minor),
        per_minor,
    }
}

fn sum(flows: &[Flow], bucket: &BucketId, kind: &str) -> i64 {
    let own = flows
        .iter()
        .filter(|flow| flow.bucket_id == *bucket && flow.kind == kind);
    own.map(|flow| flow.points.get()).sum()
}

fn paired(own: &EntryId, other: &EntryId) -> Cause {
    Cause {
        pair: Some((own.clone(), other.clone())),
        ..Cause::default()
    }
}

fn merge(points: Points, cause: Cause, reason: &str) -> Movement {
    Movement {
        kind: "merge",
        points,
        cause,
        reason: reason.to_owned(),
        explanation: None,
    }
}
