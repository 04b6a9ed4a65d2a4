//! What the newest orders would have earned if the rules of now had held then. Writes nothing.

use std::collections::HashMap;

use serde::Deserialize;

use super::assess::{read_member, rulebook};
use super::surviving::find_shown;
use super::{ActionError, Code, House};
use crate::loyalty::liability::expected_minor;
use crate::loyalty::policy::Policy;
use crate::loyalty::replay::Replay;
use crate::loyalty::rule::facts::{Line, Member};
use crate::loyalty::rulebook::Rulebook;
use crate::store::orders::{self, Order};
use crate::store::programs::Program;
use crate::store::{Db, cards};
use crate::types::{CardId, Money, Time};

/// Most orders that are judged again.
pub const ORDERS_MAX: i64 = 100;
/// Most orders that are shown by themselves.
const SHOWN_MAX: usize = 10;

/// What would have become of orders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replayed {
    /// How many there are.
    pub orders: usize,
    /// What they would have earned.
    pub would: i64,
    /// What they earned, before anything was given back.
    pub gave: i64,
    /// What each of the two is expected to cost, if the program says what a point is worth.
    pub worth: Option<(Money, Money)>,
    /// The orders with the largest difference, the largest first; none that differs in nothing.
    pub largest: Vec<Judged>,
}

/// An order that was judged again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// The order.
    pub order: Order,
    /// What it would have earned.
    pub would: i64,
}

impl Judged {
    /// How much more it would have earned.
    pub const fn difference(&self) -> i64 {
        self.would - self.order.earned.get()
    }
}

/// Lines, location and channel, as they are kept with an order.
#[derive(Deserialize)]
struct Detail {
    #[serde(default)]
    lines: Vec<Line>,
    location: Option<String>,
    channel: Option<String>,
}

/// Judges the newest orders again, at most [`ORDERS_MAX`]. Whoever bought counts as who they are now: their tier, their
/// attributes; the number of an order is that which it had.
pub fn replay_orders(db: &mut Db, house: &House, program: &Program) -> Result<Replayed, ActionError> {
    let rulebook = rulebook(db, house, program)?;
    let mut past = orders::list_newest(db, &program.id, ORDERS_MAX)?;
    past.sort_by(|one, other| (one.paid_at, &one.id).cmp(&(other.paid_at, &other.id)));
    let mut buyers = Buyers::read(db, &rulebook, &past, house.now())?;
    let mut replay = Replay::new(&rulebook);
    let mut judged = Vec::with_capacity(past.len());
    for order in past {
        let detail: Detail = serde_json::from_str(&order.detail).map_err(ActionError::internal)?;
        let purchase = rulebook.purchase(order.total_minor, detail.lines, detail.channel, detail.location);
        let Some((holder, member)) = buyers.find(&order) else {
            return Err(ActionError::internal("an order whose card was not read"));
        };
        let would = replay.judge(holder.as_str(), member, &purchase, order.paid_at);
        let would = would.map_err(|error| ActionError::with(Code::OutOfRange, error.to_string()))?;
        member.orders += 1;
        judged.push(Judged {
            would: would.get(),
            order,
        });
    }
    sum_up(program, &rulebook.policy, judged)
}

/// Who bought. Cards that were joined are one buyer.
#[derive(Default)]
struct Buyers {
    /// The card that acts for the card of an order.
    acting: HashMap<CardId, CardId>,
    /// What is known of the holder of an acting card. Their orders are those before the next of them.
    members: HashMap<CardId, Member>,
}

impl Buyers {
    fn read(db: &mut Db, rulebook: &Rulebook, past: &[Order], now: Time) -> Result<Self, ActionError> {
        let mut buyers = Self::default();
        for order in past {
            if !buyers.acting.contains_key(&order.card_id) {
                let own = cards::get(db, &order.card_id)?;
                let card = find_shown(db, own)?;
                buyers.acting.insert(order.card_id.clone(), card.id.clone());
                let member = read_member(db, rulebook, &card, now)?;
                buyers.members.entry(card.id).or_insert(member);
            }
            if let Some((_, member)) = buyers.find(order) {
                member.orders = (member.orders - 1).max(0);
            }
        }
        Ok(buyers)
    }

    fn find(&mut self, order: &Order) -> Option<(CardId, &mut Member)> {
        let acting = self.acting.get(&order.card_id)?.clone();
        let member = self.members.get_mut(&acting)?;
        Some((acting, member))
    }
}

fn sum_up(program: &Program, policy: &Policy, mut judged: Vec<Judged>) -> Result<Replayed, ActionError> {
    let sum = |points: &dyn Fn(&Judged) -> i64| {
        let mut each = judged.iter().map(points);
        each.try_fold(0_i64, i64::checked_add)
            .ok_or_else(|| ActionError::with(Code::OutOfRange, "The points are more than can be counted."))
    };
    let would = sum(&|one| one.would)?;
    let gave = sum(&|one| one.order.earned.get())?;
    let money = |points| {
        let currency = program.currency;
        expected_minor(points, policy).map(|minor| Money { minor, currency })
    };
    let orders = judged.len();
    judged.retain(|one| one.difference() != 0);
    judged.sort_by_key(|one| std::cmp::Reverse((one.difference().unsigned_abs(), one.order.id.clone())));
    judged.truncate(SHOWN_MAX);
    Ok(Replayed {
        orders,
        would,
        gave,
        worth: money(would).zip(money(gave)),
        largest: judged,
    })
}
