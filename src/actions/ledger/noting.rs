//! What a deed notes beside what it moves: for automations, for inactivity, for tiers.

use std::collections::BTreeSet;

use super::Ledger;
use crate::loyalty::automation::Occurred;
use crate::loyalty::mark::Mark;
use crate::loyalty::tier::Activity;
use crate::store::bought_days::BoughtDay;
use crate::types::Time;

impl Ledger<'_> {
    /// Something happened that automations may wait for.
    pub(in crate::actions) fn note_occurred(&mut self, what: impl FnOnce() -> Occurred) {
        if !self.rulebook.automations.is_empty() {
            self.occurred.push(what());
        }
    }

    /// The customer did something: from now on inactivity counts anew.
    pub(in crate::actions) const fn note_activity(&mut self) {
        self.active_at = self.deed.now;
    }

    /// Something was done, or undone, that tiers count on its day.
    pub(in crate::actions) fn note_done(&mut self, at: Time, done: Activity) {
        if done != Activity::default() {
            self.done.push((self.rulebook.zone.local(at).day, done));
        }
    }

    /// So many orders of which this is said were kept, or given back, that were paid at an instant.
    pub(in crate::actions) fn note_bought(&mut self, at: Time, marks: BTreeSet<Mark>, orders: i64) {
        let (card, day) = (&self.before.id, self.rulebook.zone.local(at).day);
        self.marked.extend(marks.into_iter().map(|mark| BoughtDay {
            card: card.clone(),
            mark,
            day,
            orders,
        }));
    }
}
