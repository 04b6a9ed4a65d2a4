//! What a member was told of points that expire soon, and what of them is left.

use super::assess::rulebook;
use super::surviving::list_joined;
use super::{ActionError, House};
use crate::loyalty::expiring::{Ending, Notices};
use crate::loyalty::rulebook::Rulebook;
use crate::store::cards::{self, Card};
use crate::store::expiry_notices::{self, ExpiryNotice};
use crate::store::{Db, LIST_MAX, buckets, members, programs};
use crate::types::{Day, MemberId, Points, Time};

/// A notice, and what is left of what it was about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The notice.
    pub notice: ExpiryNotice,
    /// Points on the card that expire with its day and are not spent.
    pub left: Points,
}

/// Lists what a member was told on any of their cards, those of the latest days first, at most 200.
pub fn list_expiry_notices(db: &mut Db, house: &House, member: &MemberId) -> Result<Vec<Told>, ActionError> {
    let program = members::get(db, member)?.program_id;
    let program = programs::get(db, &program)?;
    let rulebook = rulebook(db, house, &program)?;
    let mut held = Vec::new();
    for one in list_joined(db, member)? {
        held.extend(cards::list_by_member(db, &one)?);
    }
    let ids: Vec<_> = held.iter().map(|card| card.id.clone()).collect();
    let told = expiry_notices::list_by_cards(db, &ids, LIST_MAX)?;
    let mut left = Vec::new();
    if !told.is_empty() {
        for card in &held {
            for ending in list_endings(db, &rulebook, card)? {
                left.push((card.id.clone(), ending));
            }
        }
    }
    let notices = notices(&rulebook);
    let weigh = |notice: ExpiryNotice| {
        let day = Day::from_number(notice.last_day);
        let own = left
            .iter()
            .filter(|(card, ending)| *card == notice.card_id && notices.last_day(ending.expires_at) == day);
        let sum = own.map(|(_, ending)| ending.points.get()).sum();
        Ok(Told {
            left: Points::new(sum).map_err(ActionError::internal)?,
            notice,
        })
    };
    told.into_iter().map(weigh).collect()
}

/// On which days a program's members are told.
pub(super) fn notices(rulebook: &Rulebook) -> Notices<'_> {
    Notices {
        days: &rulebook.policy.expiry_notice_days,
        zone: rulebook.zone,
    }
}

/// The points of a card that expire if nothing is done.
pub(super) fn list_endings(
    db: &mut Db,
    rulebook: &Rulebook,
    card: &Card,
) -> Result<Vec<Ending>, ActionError> {
    if card.due_at.is_none() {
        return Ok(Vec::new());
    }
    let filled = buckets::list_filled(db, &card.id)?;
    let dated = filled
        .iter()
        .filter(|bucket| !bucket.is_pending)
        .filter_map(|bucket| {
            Some(Ending {
                points: bucket.remaining,
                expires_at: bucket.expires_at?,
            })
        });
    Ok(dated
        .chain(idle(rulebook, card.balance, card.active_at))
        .collect())
}

/// All points of a card, if they expire when nothing is earned or spent for long.
pub(super) fn idle(rulebook: &Rulebook, balance: Points, active_at: Time) -> Option<Ending> {
    let day = rulebook.zone.local(active_at).day;
    let expires_at = rulebook.policy.expiry.of_card(rulebook.zone, day)?;
    (balance > Points::ZERO).then_some(Ending {
        points: balance,
        expires_at,
    })
}
