//! What was done at a till, in a sentence.

use super::super::desk::Desk;
use crate::actions::ActionError;
use crate::store::till_deeds::{HAND_OVER, JOINED, ORDER, RECOVERED, TillDeed};
use crate::store::{Db, cards, members, redemptions, terms};
use crate::types::{RedemptionId, Text, TillDeedId, Time};

/// A deed with what is told of it.
#[derive(Debug, Clone)]
pub(super) struct Told {
    pub(super) row: TillDeed,
    /// What the member is called.
    pub(super) name: String,
    /// The card's code.
    code: String,
    /// What the reward is called.
    pub(super) reward: Option<Text>,
}

/// A line of the last deeds.
pub(super) struct DeedLine {
    pub(super) id: TillDeedId,
    pub(super) text: String,
    pub(super) name: String,
    /// Where the card is opened.
    pub(super) address: String,
    pub(super) instant: String,
    pub(super) time: String,
    pub(super) is_undone: bool,
    pub(super) can_undo: bool,
}

impl Told {
    /// Reads what is told of a deed.
    pub(super) fn read(db: &mut Db, row: TillDeed) -> Result<Self, ActionError> {
        let card = cards::get(db, &row.card_id)?;
        let member = members::get(db, &card.member_id)?;
        let reward = if matches!(row.kind.as_str(), ORDER | JOINED | RECOVERED) {
            None
        } else {
            let id: RedemptionId = row.subject.parse().map_err(ActionError::internal)?;
            let redemption = redemptions::get(db, &id)?;
            reward_name(db, &redemption.reward_id, redemption.reward_version)?
        };
        Ok(Self {
            name: member.first_name.trim().to_owned(),
            code: card.code,
            row,
            reward,
        })
    }

    /// What was done: the line of the list.
    pub(super) fn line(&self, counter: &Desk, undo_ms: Option<i64>, now: Time) -> DeedLine {
        let locale = counter.locale;
        let local = counter.program.time_zone.local(self.row.created_at);
        let in_time = undo_ms.is_none_or(|most| now < self.row.created_at.plus_ms(most));
        DeedLine {
            id: self.row.id.clone(),
            text: match self.row.kind.as_str() {
                ORDER => counter.points(self.row.points.get()),
                JOINED => locale.word("till-joined"),
                RECOVERED => locale.word("till-recovered"),
                _ => self.reward_in(counter),
            },
            name: self.name_in(counter),
            address: counter.link(&format!("/till/card?code={}", self.code)),
            instant: self.row.created_at.rfc3339_secs(),
            time: locale.language().write_clock(local.minute),
            is_undone: self.row.undone_at.is_some(),
            can_undo: self.row.undone_at.is_none() && in_time && self.is_undoable(),
        }
    }

    /// What was done, as the cashier reads and says it.
    pub(super) fn sentence(&self, counter: &Desk, is_tried: bool) -> String {
        let locale = counter.locale;
        let (name, balance) = (self.name_in(counter), counter.points(self.row.balance.get()));
        let points = counter.points(self.row.points.get());
        let reward = self.reward_in(counter);
        let values = [
            ("name", name.as_str().into()),
            ("points", points.as_str().into()),
            ("balance", balance.as_str().into()),
            ("reward", reward.as_str().into()),
        ];
        let id = match (self.row.kind.as_str(), self.row.undone_at.is_some()) {
            _ if is_tried => "till-tried",
            (_, true) => "till-done-undone",
            (ORDER, _) if self.row.points.get() == 0 => "till-done-nothing",
            (ORDER, _) => "till-done-order",
            (JOINED, _) => "till-done-joined",
            (RECOVERED, _) => "till-done-recovered",
            (HAND_OVER, _) => "till-done-hand-over",
            _ => "till-done-reward",
        };
        locale.say(id, &values)
    }

    /// Whether it is something that can be undone at all.
    pub(super) fn is_undoable(&self) -> bool {
        !matches!(self.row.kind.as_str(), JOINED | RECOVERED)
    }

    fn name_in(&self, counter: &Desk) -> String {
        if self.name.is_empty() {
            counter.locale.word("till-nameless")
        } else {
            self.name.clone()
        }
    }

    fn reward_in(&self, counter: &Desk) -> String {
        let language = counter.locale.language();
        self.reward
            .as_ref()
            .map(|name| name.get(&language).to_owned())
            .unwrap_or_default()
    }
}

/// What a reward was called in the version that was issued.
fn reward_name(db: &mut Db, id: &str, version: i64) -> Result<Option<Text>, ActionError> {
    let body = terms::get_version(db, id, version)?.body;
    let reward: crate::loyalty::reward::Reward =
        serde_json::from_str(&body).map_err(ActionError::internal)?;
    Ok(Some(reward.name))
}
