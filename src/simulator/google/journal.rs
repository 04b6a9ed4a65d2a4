//! Which call caused which notice on a phone, and how many notices a pass has had.

use std::collections::{HashMap, VecDeque};

use crate::types::Time;

/// Notices of each kind that a pass may cause in 24 hours (Google Wallet, "Trigger push
/// notifications for passes").
const NOTICES_A_DAY: usize = 3;
const DAY_MS: i64 = 86_400_000;
/// Most entries kept.
const JOURNAL_MAX: usize = 100_000;

/// What a call did to a phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Push {
    /// It asked for no notice, or changed nothing that causes one.
    None,
    /// The phone told its owner.
    Sent,
    /// The pass had its three notices of 24 hours.
    OverQuota,
    /// Nobody has the card in a wallet.
    Unsaved,
}

/// One write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalEntry {
    /// When, by the simulator's clock.
    pub at: Time,
    /// Such as `PATCH`, `addMessage` or `save`.
    pub call: String,
    /// The class or object.
    pub id: String,
    /// Members that changed.
    pub changed: Vec<String>,
    /// What the phone did.
    pub push: Push,
}

/// Of which allowance a notice is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Allowance {
    Field,
    Message,
}

/// All writes, and the notices of the last day.
#[derive(Debug, Default)]
pub(super) struct Journal {
    entries: VecDeque<JournalEntry>,
    notices: HashMap<(String, Allowance), Vec<Time>>,
}

impl Journal {
    pub(super) fn write(&mut self, entry: JournalEntry) {
        if self.entries.len() >= JOURNAL_MAX {
            self.entries.pop_front();
        }
        self.entries.push_back(entry);
    }

    pub(super) fn entries(&self) -> Vec<JournalEntry> {
        self.entries.iter().cloned().collect()
    }

    /// Whether the pass may cause another notice now.
    pub(super) fn has_allowance(&mut self, id: &str, kind: Allowance, now: Time) -> bool {
        let notices = self.notices.entry((id.to_owned(), kind)).or_default();
        notices.retain(|at| now.millis() - at.millis() < DAY_MS);
        notices.len() < NOTICES_A_DAY
    }

    /// Notes a notice.
    pub(super) fn spend(&mut self, id: &str, kind: Allowance, now: Time) {
        self.notices.entry((id.to_owned(), kind)).or_default().push(now);
    }
}
