//! Notice of the points of a card that expire soon: given once, and told to its phones.

use super::Ledger;
use crate::actions::ActionError;
use crate::actions::list_expiry_notices::{idle, notices};
use crate::loyalty::automation::Occurred;
use crate::loyalty::expiring::Ending;
use crate::store::Tx;
use crate::store::buckets;
use crate::store::expiry_notices::{self, ExpiryNotice};
use crate::types::Time;

impl Ledger<'_> {
    /// Whether the program's members are told of points that expire. Where they are not, it costs nothing.
    const fn gives_notice(&self) -> bool {
        !self.rulebook.policy.expiry_notice_days.is_empty()
    }

    /// Points expire then by themselves, and notice of it may be due before.
    pub(super) fn expect_expiry(&mut self, at: Time) {
        self.expect(at);
        if self.gives_notice()
            && let Some(notice) = notices(self.rulebook).next(at, self.deed.now)
        {
            self.expect(notice);
        }
    }

    /// When something is to be done about points that expire at an instant: notice of it, or the end itself.
    pub(super) fn due_before(&self, expires_at: Time) -> Time {
        let notice = notices(self.rulebook).next(expires_at, self.deed.now);
        notice.map_or(expires_at, |notice| notice.min(expires_at))
    }

    /// When something is to be done if nothing is earned or spent any more.
    pub(super) fn idle_due(&self) -> Option<Time> {
        let ending = idle(self.rulebook, self.balance, self.active_at)?;
        Some(self.due_before(ending.expires_at))
    }

    /// Whether phones show a notice that no longer holds, as something was done on the card.
    pub(super) fn withdraws_notice(&self) -> bool {
        if !self.gives_notice() || self.active_at == self.before.active_at {
            return false;
        }
        let before = idle(self.rulebook, self.before.balance, self.before.active_at);
        let told = notices(self.rulebook).list(before, self.deed.now);
        !told.is_empty()
    }

    /// Gives the notices that are due by now and were not given; each makes the card new for its phones.
    pub(super) fn announce(&mut self, tx: &mut Tx<'_>) -> Result<(), ActionError> {
        let is_shown = self.before.voided_at.is_none() && self.before.merged_into.is_none();
        if !self.gives_notice() || !is_shown {
            return Ok(());
        }
        let now = self.deed.now;
        let filled = buckets::list_filled(tx, &self.before.id)?;
        let dated = filled
            .iter()
            .filter(|bucket| !bucket.is_pending)
            .filter_map(|bucket| {
                Some(Ending {
                    points: bucket.remaining,
                    expires_at: bucket.expires_at?,
                })
            });
        let endings = dated.chain(idle(self.rulebook, self.balance, self.active_at));
        for expiring in notices(self.rulebook).list(endings, now) {
            let notice = ExpiryNotice {
                card_id: self.before.id.clone(),
                last_day: expiring.last_day.number(),
                days_ahead: i64::from(expiring.days_ahead),
                program_id: self.before.program_id.clone(),
                points: expiring.points,
                sent_at: now,
            };
            if expiry_notices::claim(tx, &notice)? {
                self.has_changed = true;
                self.note_occurred(|| Occurred::Expiring);
            }
        }
        Ok(())
    }
}
