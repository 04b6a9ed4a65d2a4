//! What a deed notes beside what it moves: for automations, for inactivity, for tiers.

use super::Ledger;
use crate::loyalty::automation::Occurred;
use crate::loyalty::tier::Activity;
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
}
