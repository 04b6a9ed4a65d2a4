//! Everything that happened with a member, over all channels, newest first: points, orders, rewards, phones, deeds.

use std::collections::{BTreeMap, BTreeSet};

use super::actor_name::find_actor_name;
use super::assess::rulebook;
use super::diagnose_card::{PassFacts, diagnose_card};
use super::promise::read_promise;
use super::surviving::list_joined;
use super::{ActionError, House};
use crate::loyalty::rulebook::Rulebook;
use crate::store::entries::{self, Entry};
use crate::store::merges::{self, Merge};
use crate::store::orders::{self, Order};
use crate::store::programs::Program;
use crate::store::redemptions::{self, Redemption};
use crate::store::{Db, LIST_MAX, StoreError, audit, cards, expiry_notices, members, passes};
use crate::types::{
    CardId, EntryId, MemberId, OrderId, PassId, Points, RedemptionId, RequestId, Text, Time, Wallet,
};

/// Happenings on a page.
pub const PAGE: usize = 40;
/// Most reads of one kind of rows for a page: what is of another sort is passed over.
const READS_MAX: usize = 10;
/// Deeds about phones.
const PHONE_DEEDS: [&str; 3] = ["register_device", "unregister_device", "push_card"];
/// Entries that another one can undo.
const REVERSIBLE: [&str; 4] = ["earn", "promotion", "activate", "adjust"];

/// What sort of happenings are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// Movements of points.
    Points,
    /// Orders, also those that earned nothing.
    Orders,
    /// Rewards issued, handed over, given back, expired.
    Rewards,
    /// Cards put on phones and taken off, phones told, what they fetched and complained of.
    Phones,
    /// What was done to the member and their card, and by whom.
    Deeds,
}

/// Where a page ends: what is listed behind it is older.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// When the last one happened.
    pub at: Time,
    /// Its key.
    pub key: String,
}

/// Something that happened.
#[derive(Debug, Clone)]
pub struct Happening {
    /// When.
    pub at: Time,
    /// Sorts what happened at the same instant.
    pub key: String,
    /// What.
    pub what: What,
}

/// What happened.
#[derive(Debug, Clone)]
pub enum What {
    /// Points were moved.
    Moved {
        /// How.
        entry: Box<Entry>,
        /// By which purchase.
        order: Option<Box<Order>>,
        /// The reward that it was for.
        reward: Option<Text>,
        /// Whether it can be undone.
        can_reverse: bool,
    },
    /// A purchase that earned nothing.
    Bought(Box<Order>),
    /// A reward came into the member's hands.
    Issued(Box<Redemption>, Text),
    /// A reward was handed over, given back, or expired.
    Settled(Box<Redemption>, Text),
    /// The card said that so many points expire.
    Warned(Points),
    /// The wallet was last told of a change.
    Told(Wallet),
    /// A phone last fetched the card.
    Fetched,
    /// A phone complained.
    Complained(String),
    /// Somebody was joined with the member.
    Joined(Box<Merge>, String),
    /// They were parted again.
    Parted(Box<Merge>, String),
    /// Somebody did something to the member or their card.
    Done {
        /// What, as the deed is named.
        deed: String,
        /// Who.
        actor: String,
    },
}

/// A page of what happened.
#[derive(Debug, Clone)]
pub struct Happenings {
    /// Newest first.
    pub list: Vec<Happening>,
    /// Where the page ends, if there is more behind it.
    pub next: Option<Mark>,
    /// What those are called who did something, by what the books call them.
    pub actors: BTreeMap<String, String>,
}

/// What is read from.
struct Reading<'a> {
    house: &'a House,
    program: &'a Program,
    all: Vec<MemberId>,
    cards: Vec<cards::Card>,
    /// The first instant that is too late.
    end: Time,
    sort: Option<Sort>,
}

/// Lists what happened with a member and those who were joined with them, before a mark; of one sort, or all.
///
/// What became of a reward is found for the newest 200 that were issued before the mark. What phones were told and
/// fetched is kept of the last time only.
pub fn list_happenings(
    db: &mut Db,
    house: &House,
    program: &Program,
    member: &MemberId,
    (sort, before): (Option<Sort>, Option<&Mark>),
) -> Result<Happenings, ActionError> {
    let all = list_joined(db, member)?;
    let cards = cards::list_by_members(db, &all)?;
    let until = before.map_or_else(|| house.now(), |mark| mark.at);
    let reading = Reading {
        house,
        program,
        all,
        cards,
        end: until.plus_ms(1),
        sort,
    };
    let mut list = Vec::new();
    reading.moved(db, &mut list)?;
    reading.rewards(db, &mut list)?;
    reading.phones(db, &mut list)?;
    reading.deeds(db, &mut list)?;
    list.retain(|one| one.at < reading.end);
    if let Some(mark) = before {
        list.retain(|one| (one.at, one.key.as_str()) < (mark.at, mark.key.as_str()));
    }
    list.sort_by(|one, other| (other.at, &other.key).cmp(&(one.at, &one.key)));
    let has_more = list.len() > PAGE;
    list.truncate(PAGE);
    for one in &mut list {
        if let What::Moved {
            entry, can_reverse, ..
        } = &mut one.what
        {
            *can_reverse = is_reversible(db, entry)?;
        }
    }
    let next = list.last().filter(|_| has_more).map(|last| Mark {
        at: last.at,
        key: last.key.clone(),
    });
    Ok(Happenings {
        actors: name_actors(db, &list)?,
        list,
        next,
    })
}

fn is_reversible(db: &mut Db, entry: &Entry) -> Result<bool, ActionError> {
    if entry.reverses.is_some() || entry.points.is_zero() || !REVERSIBLE.contains(&entry.kind.as_str()) {
        return Ok(false);
    }
    Ok(entries::find_reversal(db, &entry.id)?.is_none())
}

impl Reading<'_> {
    fn wants(&self, sort: Sort) -> bool {
        self.sort.is_none_or(|wanted| wanted == sort)
    }

    fn card_ids(&self) -> Vec<CardId> {
        self.cards.iter().map(|card| card.id.clone()).collect()
    }

    /// Movements of points, and purchases that moved none.
    fn moved(&self, db: &mut Db, list: &mut Vec<Happening>) -> Result<(), ActionError> {
        if !self.wants(Sort::Points) && !self.wants(Sort::Orders) {
            return Ok(());
        }
        let rulebook = rulebook(db, self.house, self.program)?;
        let mut before = EntryId::first_at(self.end);
        let mut bought = BTreeMap::new();
        for _ in 0..READS_MAX {
            let moved = entries::list_by_members(db, &self.all, Some(&before), LIST_MAX)?;
            let is_last = moved.len() < PAGE;
            let Some(oldest) = moved.last() else {
                break;
            };
            before = oldest.id.clone();
            for entry in moved.into_iter().filter(|entry| self.is_meant(entry)) {
                list.push(self.movement(db, &rulebook, &mut bought, entry)?);
            }
            if is_last || list.len() > PAGE {
                break;
            }
        }
        if self.wants(Sort::Orders) {
            let before = OrderId::first_at(self.end);
            for order in orders::list_unearned_before(db, &self.all, &before, LIST_MAX)? {
                list.push(Happening {
                    at: order.created_at,
                    key: order.id.to_string(),
                    what: What::Bought(Box::new(order)),
                });
            }
        }
        Ok(())
    }

    /// Whether an entry is listed by itself.
    fn is_meant(&self, entry: &Entry) -> bool {
        match self.sort {
            Some(Sort::Orders) => entry.order_id.is_some(),
            // What a reward cost stands with the reward, unless points alone are asked for.
            None => entry.kind != "redeem" || entry.term_id.is_none(),
            Some(_) => true,
        }
    }

    fn movement(
        &self,
        db: &mut Db,
        rulebook: &Rulebook,
        bought: &mut BTreeMap<OrderId, Order>,
        entry: Entry,
    ) -> Result<Happening, ActionError> {
        let order = match &entry.order_id {
            Some(id) if bought.contains_key(id) => bought.get(id).cloned(),
            Some(id) => {
                let order = orders::get(db, id)?;
                bought.insert(id.clone(), order.clone());
                Some(order)
            }
            None => None,
        };
        // Somebody who invited a friend has points for the friend's order.
        let order = order.filter(|order| self.all.contains(&order.member_id));
        let reward = entry.term_id.as_deref();
        Ok(Happening {
            at: entry.created_at,
            key: entry.id.to_string(),
            what: What::Moved {
                order: order.map(Box::new),
                reward: reward.and_then(|id| find_name(rulebook, id)),
                can_reverse: false,
                entry: Box::new(entry),
            },
        })
    }

    fn rewards(&self, db: &mut Db, list: &mut Vec<Happening>) -> Result<(), ActionError> {
        if !self.wants(Sort::Rewards) {
            return Ok(());
        }
        let rulebook = rulebook(db, self.house, self.program)?;
        let before = RedemptionId::first_at(self.end);
        for redemption in redemptions::list_by_cards(db, &self.card_ids(), Some(&before), LIST_MAX)? {
            let name = read_promise(db, &rulebook, &redemption)?.name;
            if let Some(at) = redemption.settled_at {
                list.push(Happening {
                    at,
                    key: format!("{}-end", redemption.id),
                    what: What::Settled(Box::new(redemption.clone()), name.clone()),
                });
            }
            list.push(Happening {
                at: redemption.issued_at,
                key: redemption.id.to_string(),
                what: What::Issued(Box::new(redemption), name),
            });
        }
        Ok(())
    }

    fn phones(&self, db: &mut Db, list: &mut Vec<Happening>) -> Result<(), ActionError> {
        if !self.wants(Sort::Phones) {
            return Ok(());
        }
        for card in &self.cards {
            for facts in diagnose_card(db, card)? {
                list.extend(happened_on_phones(facts));
            }
        }
        for notice in expiry_notices::list_by_cards(db, &self.card_ids(), LIST_MAX)? {
            list.push(Happening {
                at: notice.sent_at,
                key: format!("warned-{}-{}", notice.card_id, notice.last_day),
                what: What::Warned(notice.points),
            });
        }
        Ok(())
    }

    /// What the books say of the member, their cards and passes; and who was joined with them.
    fn deeds(&self, db: &mut Db, list: &mut Vec<Happening>) -> Result<(), ActionError> {
        if !self.wants(Sort::Deeds) && !self.wants(Sort::Phones) {
            return Ok(());
        }
        let passes = self.list_passes(db)?;
        let members = self.all.iter().map(MemberId::as_str);
        let cards = self.cards.iter().map(|card| card.id.as_str());
        let holders: Vec<&str> = members
            .chain(cards)
            .chain(passes.iter().map(PassId::as_str))
            .collect();
        let mut before = RequestId::first_at(self.end);
        let mut number = 0;
        for _ in 0..READS_MAX {
            let rows = audit::list_by_holders(db, &holders, &before)?;
            let is_last = rows.len() < PAGE;
            let Some(oldest) = rows.last() else {
                break;
            };
            before = oldest.id.clone();
            for row in rows {
                let is_of_phones = PHONE_DEEDS.contains(&row.deed.as_str());
                if self.wants(if is_of_phones { Sort::Phones } else { Sort::Deeds }) {
                    number += 1;
                    list.push(Happening {
                        at: row.created_at,
                        key: row.id.to_string(),
                        what: What::Done {
                            deed: row.deed,
                            actor: row.actor,
                        },
                    });
                }
            }
            if is_last || number > PAGE {
                break;
            }
        }
        if !self.wants(Sort::Deeds) {
            return Ok(());
        }
        for member in &self.all {
            for merge in merges::list_by_survivor(db, member)? {
                let other = members::get(db, &merge.merged_id)?.name();
                if let Some(at) = merge.undone_at {
                    list.push(Happening {
                        at,
                        key: format!("{}-end", merge.id),
                        what: What::Parted(Box::new(merge.clone()), other.clone()),
                    });
                }
                list.push(Happening {
                    at: merge.created_at,
                    key: merge.id.to_string(),
                    what: What::Joined(Box::new(merge), other),
                });
            }
        }
        Ok(())
    }

    fn list_passes(&self, db: &mut Db) -> Result<Vec<PassId>, ActionError> {
        let mut all = Vec::new();
        for card in &self.cards {
            let own = passes::list_by_card(db, &card.id)?;
            all.extend(own.into_iter().map(|pass| pass.id));
        }
        Ok(all)
    }
}

fn happened_on_phones(facts: PassFacts) -> Vec<Happening> {
    let PassFacts { pass, log, .. } = facts;
    let told = pass.told_at.map(|at| (at, "told", What::Told(pass.wallet)));
    // What Google was told of, it has.
    let fetched = pass.fetched_at.filter(|_| pass.wallet == Wallet::Apple);
    let fetched = fetched.map(|at| (at, "fetched", What::Fetched));
    let said = told.into_iter().chain(fetched).map(|(at, name, what)| Happening {
        at,
        key: format!("{name}-{}", pass.id),
        what,
    });
    let lines = log.into_iter().enumerate().map(|(place, (at, line))| Happening {
        at,
        key: format!("log-{place:04}-{}", pass.id),
        what: What::Complained(line),
    });
    said.chain(lines).collect()
}

/// What a reward is called, if it is on the list still.
fn find_name(rulebook: &Rulebook, id: &str) -> Option<Text> {
    let mut rewards = rulebook.rewards.iter();
    let known = rewards.find(|reward| reward.id.as_deref() == Some(id))?;
    Some(known.body.name.clone())
}

/// What those are called who did something: staff and keys by their names.
fn name_actors(db: &mut Db, list: &[Happening]) -> Result<BTreeMap<String, String>, StoreError> {
    let actors: BTreeSet<&str> = list
        .iter()
        .filter_map(|one| match &one.what {
            What::Moved { entry, .. } => Some(entry.actor.as_str()),
            What::Done { actor, .. } => Some(actor.as_str()),
            What::Joined(merge, _) => Some(merge.actor.as_str()),
            _ => None,
        })
        .collect();
    let mut names = BTreeMap::new();
    for actor in actors {
        if let Some(name) = find_actor_name(db, actor)? {
            names.insert(actor.to_owned(), name);
        }
    }
    Ok(names)
}
