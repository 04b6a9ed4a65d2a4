//! What the calendar does to the points of a card: what was promised becomes active, what is over expires.

use super::{Cause, FIRST_ORDER, Ledger, Movement, out_of_range};
use crate::actions::ActionError;
use crate::store::Tx;
use crate::store::buckets::{self, Bucket};
use crate::types::{BucketId, Points};

impl Ledger<'_> {
    /// The first paid order is there: what waited for it can be spent, and expires as if it were earned now.
    pub(in crate::actions) fn release(&mut self, tx: &mut Tx<'_>) -> Result<(), ActionError> {
        if self.pending.is_zero() {
            return Ok(());
        }
        let today = self.rulebook.zone.local(self.deed.now).day;
        let expires_at = self.rulebook.policy.expiry.of_points(self.rulebook.zone, today);
        for mut bucket in buckets::list_filled(tx, &self.before.id)? {
            if !bucket.is_pending || bucket.active_from != FIRST_ORDER {
                continue;
            }
            bucket.active_from = self.deed.now;
            bucket.expires_at = expires_at;
            buckets::set_dates(tx, &bucket.id, bucket.active_from, expires_at)?;
            self.activate(tx, &bucket)?;
            if let Some(expires_at) = expires_at {
                self.expect_expiry(expires_at);
            }
        }
        Ok(())
    }

    /// Moves what has become active or has expired by now.
    pub(super) fn settle_due(&mut self, tx: &mut Tx<'_>) -> Result<(), ActionError> {
        let now = self.deed.now;
        for bucket in buckets::list_filled(tx, &self.before.id)? {
            let is_over = bucket.expires_at.is_some_and(|expires| expires <= now);
            if bucket.is_pending && bucket.active_from <= now {
                self.activate(tx, &bucket)?;
            }
            if is_over && (!bucket.is_pending || bucket.active_from <= now) {
                self.expire(tx, &bucket.id)?;
            }
        }
        self.find_bucket_due(tx)?;
        let zone = self.rulebook.zone;
        let inactive = self
            .rulebook
            .policy
            .expiry
            .of_card(zone, zone.local(self.active_at).day);
        if inactive.is_some_and(|due| due <= now) && self.balance > Points::ZERO {
            self.take(tx, expiry(self.balance, "Nothing earned or spent for long"))?;
            self.find_bucket_due(tx)?;
        }
        self.announce(tx)
    }

    /// Pending points become spendable.
    pub(super) fn activate(&mut self, tx: &mut Tx<'_>, bucket: &Bucket) -> Result<(), ActionError> {
        let points = bucket.remaining;
        // Whoever waits for points is not idle.
        self.active_at = self.active_at.max(bucket.active_from);
        self.pending = self.pending.minus(points).map_err(out_of_range)?;
        self.balance = self.balance.plus(points).map_err(out_of_range)?;
        let kept = if bucket.expires_at.is_some() {
            points.min(self.balance.max(Points::ZERO))
        } else {
            Points::ZERO
        };
        buckets::activate(tx, &bucket.id, kept)?;
        let movement = Movement {
            kind: "activate",
            points,
            cause: Cause {
                order: bucket.order_id.clone(),
                event: bucket.event_id.clone(),
                term: bucket.term_id.clone().zip(bucket.term_version),
                ..Cause::default()
            },
            reason: bucket.reason.clone(),
            explanation: None,
        };
        let entry = self.write(tx, movement, points)?;
        buckets::insert_use(tx, &entry, &bucket.id, points)?;
        tracing::debug!(%entry, "pending points became active");
        Ok(())
    }

    /// What is left in a bucket expires.
    fn expire(&mut self, tx: &mut Tx<'_>, bucket: &BucketId) -> Result<(), ActionError> {
        // Read again: it may have been activated just now, with less than it held.
        let bucket = buckets::get(tx, bucket)?;
        let points = bucket.remaining;
        if points.is_zero() {
            return Ok(());
        }
        let expired = bucket.expired.plus(points).map_err(out_of_range)?;
        buckets::set_remaining(tx, &bucket.id, Points::ZERO)?;
        buckets::set_expired(tx, &bucket.id, expired)?;
        self.balance = self.balance.minus(points).map_err(out_of_range)?;
        let entry = self.write(tx, expiry(points, "Points expired"), points.negated())?;
        buckets::insert_use(tx, &entry, &bucket.id, points)?;
        Ok(())
    }

    pub(super) fn find_bucket_due(&mut self, tx: &mut Tx<'_>) -> Result<(), ActionError> {
        let filled = buckets::list_filled(tx, &self.before.id)?;
        let dates = filled.iter().filter_map(|bucket| {
            if bucket.is_pending {
                Some(bucket.active_from)
            } else {
                bucket.expires_at.map(|expires_at| self.due_before(expires_at))
            }
        });
        self.bucket_due = dates.min();
        Ok(())
    }
}

fn expiry(points: Points, reason: &str) -> Movement {
    Movement {
        kind: "expire",
        points,
        cause: Cause::default(),
        reason: reason.to_owned(),
        explanation: None,
    }
}
