//! A card in the engine after a step.

use std::collections::BTreeMap;

use billfold::store::buckets::{self, Bucket};
use billfold::store::cards::{self, Card};
use billfold::store::entries::{self, Entry};
use billfold::store::redemptions::{self, Redemption};
use billfold::store::{Db, StoreError, challenges, standings};
use billfold::types::{CardId, EntryId, Time};

use crate::plain::Paid;

/// A card in the engine after a step.
pub(super) struct Seen {
    pub(super) card: Card,
    pub(super) remainders: Vec<(String, i64)>,
    pub(super) buckets: Vec<Bucket>,
    pub(super) entries: Vec<Entry>,
    pub(super) redemptions: Vec<Redemption>,
    /// With what those of this instant were paid.
    pub(super) paid: BTreeMap<String, Paid>,
    /// The number of the win that gave a reward, or an entry.
    pub(super) won: BTreeMap<String, i64>,
    /// How many of each reward are gone.
    pub(super) gone: BTreeMap<String, i64>,
}

impl Seen {
    pub(super) fn read(db: &mut Db, id: &CardId, now: Time, rewards: &[String]) -> Result<Self, StoreError> {
        let card = cards::get(db, id)?;
        let entries = entries::list_by_member(db, &card.member_id, None, 60)?;
        let redemptions = redemptions::list_by_cards(db, std::slice::from_ref(id), None, 1_000)?;
        let mut paid = BTreeMap::new();
        for one in redemptions.iter().filter(|one| one.issued_at == now) {
            if let Some(entry) = &one.entry_id {
                paid.insert(one.id.to_string(), read_paid(db, entry)?);
            }
        }
        let mut won = BTreeMap::new();
        for win in challenges::list_wins(db, id)? {
            let given = win.redemption_id.map(|id| id.to_string());
            let given = given.or(win.entry_id.map(|id| id.to_string()));
            won.extend(given.map(|id| (id, win.number)));
        }
        let rewards: Vec<&str> = rewards.iter().map(String::as_str).collect();
        let totals = standings::list_totals(db, &rewards)?.into_iter();
        Ok(Self {
            redemptions,
            paid,
            won,
            gone: totals.map(|total| (total.term_id, total.times)).collect(),
            remainders: standings::list_remainders(db, id)?
                .into_iter()
                .map(|(term, carried)| (term, carried.remainder))
                .collect(),
            buckets: buckets::list_filled(db, id)?,
            entries: entries
                .into_iter()
                .filter(|entry| entry.created_at == now)
                .collect(),
            card,
        })
    }
}

fn read_paid(db: &mut Db, entry: &EntryId) -> Result<Paid, StoreError> {
    let mut paid = Paid::new();
    for (id, points) in buckets::list_uses(db, entry)? {
        let bucket = buckets::get(db, &id)?;
        let expires = bucket.expires_at.map(Time::millis);
        paid.push((bucket.created_at.millis(), bucket.term_id, expires, points.get()));
    }
    paid.sort();
    Ok(paid)
}
