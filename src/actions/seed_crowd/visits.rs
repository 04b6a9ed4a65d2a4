//! What a member of a crowd bought, and where that leaves the card.

use std::collections::BTreeMap;

use serde_json::json;

use super::chance::{Chance, Sort};
use super::{CrowdPlan, DAY_MS};
use crate::actions::ActionError;
use crate::loyalty::explain::{Explanation, Ground};
use crate::loyalty::line_refund::{Basket, Given, Measure};
use crate::loyalty::mark::{Kind, Mark};
use crate::loyalty::refunding::Counting;
use crate::loyalty::rule::Lines;
use crate::loyalty::rule::facts::Line;
use crate::loyalty::tier::{Activity, Place};
use crate::store::bought_days::BoughtDay;
use crate::store::cards::Card;
use crate::store::crowds::Crowd;
use crate::store::entries::Entry;
use crate::store::orders::Order;
use crate::types::{Day, EntryId, OrderId, Points, Time, sha256_hex};

/// What the entry of joining says.
const WELCOME: &str = "Welcome bonus";
/// Least and most of a purchase, in minor units.
const TOTAL_MIN: u64 = 280;
const TOTAL_MAX: u64 = 3_200;

/// What a café sells, and of how many of a hundred orders that is.
const SOLD: [(&str, u64); 5] = [
    ("coffee", 45),
    ("tea", 15),
    ("cake", 20),
    ("breakfast", 12),
    ("beans", 8),
];

/// How often somebody comes, at most, and how many days lie between two visits, at most.
struct Habit {
    visits: u64,
    days_between: u64,
}

impl Habit {
    /// Of a hundred members thirty never buy, thirty once or twice, thirty a few times, ten are regulars.
    fn of(chance: &Chance) -> Self {
        let (visits, days_between) = match chance.of_hundred(Sort::Habit) {
            0..30 => (0, 1),
            30..60 => (1 + chance.below(Sort::Visit(0), 2), 60),
            60..90 => (2 + chance.below(Sort::Visit(0), 3), 90),
            _ => (5 + chance.below(Sort::Visit(0), 8), 75),
        };
        Self { visits, days_between }
    }
}

/// Lives somebody's time with the shop: their orders and entries go to the crowd; gives the card as it is in the end.
pub(super) fn live(
    plan: &CrowdPlan,
    crowd: &mut Crowd,
    mut card: Card,
    number: u64,
    chance: &Chance,
) -> Result<Card, ActionError> {
    if !plan.bonus.is_zero() {
        card.balance = plan.bonus;
        let entry = entry(plan, &card, (chance, 0), plan.bonus, Ground::Welcome)?;
        crowd.entries.push(Entry {
            reason: WELCOME.to_owned(),
            ..entry
        });
    }
    let habit = Habit::of(chance);
    let mut days: Vec<(Day, Activity)> = Vec::new();
    let mut bought: BTreeMap<(Day, &str), i64> = BTreeMap::new();
    let mut place = Place::default();
    let mut at = card.created_at;
    for visit in 1..=habit.visits {
        // At another time of day each, and never twice a second: each change of a card has a second of its own.
        let gap = chance.below(Sort::Gap(visit), habit.days_between * 86_400_000);
        at = at.plus_ms(i64::try_from(gap).unwrap_or_default() + DAY_MS / 24);
        if at >= plan.now {
            break;
        }
        let category = sold(chance.of_hundred(Sort::Bought(visit)));
        let order = order(plan, &mut card, (number, visit), (chance, category), at)?;
        let done = Activity {
            points: order.earned.get(),
            minor: order.total_minor,
            orders: 1,
        };
        let before = settled(plan, place, &days, at);
        let day = plan.zone.local(at).day;
        note(&mut days, day, done);
        *bought.entry((day, category)).or_default() += 1;
        place = climb(plan, &before, &days, at);
        if !order.earned.is_zero() {
            let ground = Ground::Spend {
                points: plan.base.points,
                per_minor: plan.base.per_minor,
                minor: order.total_minor,
            };
            let entry = entry(plan, &card, (chance, visit), order.earned, ground)?;
            crowd.entries.push(Entry {
                order_id: Some(order.id.clone()),
                reason: format!("Order {}", order.external_id),
                ..entry
            });
        }
        crowd.orders.push(order);
    }
    let place = settled(plan, place, &days, plan.now);
    card.due_at = place.until;
    card.tier_id = place.tier;
    card.tier_until = place.until;
    card.tier_progress = place.progress;
    let own = card.id.clone();
    crowd
        .bought
        .extend(bought.into_iter().map(|((day, category), orders)| BoughtDay {
            card: own.clone(),
            mark: Mark::new(Kind::Category, category),
            day,
            orders,
        }));
    crowd
        .days
        .extend(days.into_iter().map(|(day, done)| (own.clone(), day, done)));
    Ok(card)
}

/// The next order of a card, with which it changes.
fn order(
    plan: &CrowdPlan,
    card: &mut Card,
    (number, visit): (u64, u64),
    (chance, category): (&Chance, &str),
    at: Time,
) -> Result<Order, ActionError> {
    let total = TOTAL_MIN + chance.below(Sort::Total(visit), TOTAL_MAX - TOTAL_MIN);
    let total_minor = i64::try_from(total).map_err(ActionError::internal)?;
    let per_minor = plan.base.per_minor.max(1);
    let worth = total_minor * plan.base.points + card.remainder;
    let earned = Points::new(worth / per_minor).map_err(ActionError::internal)?;
    card.remainder = worth % per_minor;
    card.per_minor = per_minor;
    card.balance = card.balance.plus(earned).map_err(ActionError::internal)?;
    card.orders += 1;
    card.version += 1;
    card.last_modified = at;
    card.active_at = at;
    let counting = Counting {
        term: None,
        each: plan.base.points,
        per_minor,
        minor: total_minor,
        earned: earned.get(),
        gives_rewards: false,
    };
    let counted = if plan.base.points > 0 {
        vec![counting]
    } else {
        Vec::new()
    };
    let line = Line {
        category: Some(category.to_owned()),
        quantity: 1,
        amount_minor: Some(total_minor),
        ..Line::default()
    };
    let given = counted.iter().map(|counting| Given {
        term: None,
        points: counting.earned,
        of: Lines::default(),
        by: Measure::Money,
    });
    let basket = Basket {
        excluded: Vec::new(),
        given: given.collect(),
    };
    let external_id = format!("crowd-{number:07}-{visit}");
    Ok(Order {
        id: OrderId::drawn(at, chance.wide(Sort::Order(visit))),
        program_id: card.program_id.clone(),
        source: "api".to_owned(),
        fingerprint: sha256_hex(external_id.as_bytes()),
        external_id,
        member_id: card.member_id.clone(),
        card_id: card.id.clone(),
        total_minor,
        currency: plan.currency,
        earned,
        refunded_minor: 0,
        taken_back: Points::ZERO,
        detail: json!({ "lines": [line], "location": null, "channel": null }).to_string(),
        paid_at: at,
        created_at: at,
        counted: serde_json::to_string(&counted).map_err(ActionError::internal)?,
        basket: serde_json::to_string(&basket).map_err(ActionError::internal)?,
        returned: String::new(),
        flags: String::new(),
    })
}

/// What is bought for a number from 0 to 99.
fn sold(percent: u64) -> &'static str {
    let mut upto = 0;
    let found = SOLD.iter().find(|(_, share)| {
        upto += share;
        percent < upto
    });
    found.map_or("coffee", |(category, _)| category)
}

/// An entry of the card at its last change, without a reason yet.
fn entry(
    plan: &CrowdPlan,
    card: &Card,
    (chance, visit): (&Chance, u64),
    points: Points,
    ground: Ground,
) -> Result<Entry, ActionError> {
    let at = card.last_modified;
    let explanation = Explanation {
        name: String::new(),
        ground,
        cut: 0,
    };
    Ok(Entry {
        id: EntryId::drawn(at, chance.wide(Sort::Entry(visit))),
        program_id: card.program_id.clone(),
        member_id: card.member_id.clone(),
        card_id: card.id.clone(),
        kind: "earn".to_owned(),
        points,
        order_id: None,
        refund_id: None,
        reverses: None,
        reason: String::new(),
        actor: plan.actor.clone(),
        created_at: at,
        term_id: None,
        term_version: None,
        explanation: Some(serde_json::to_string(&explanation).map_err(ActionError::internal)?),
        event_id: None,
        counterpart: None,
    })
}

/// Visits come one after the other, so that only the last day can be there already.
fn note(days: &mut Vec<(Day, Activity)>, day: Day, done: Activity) {
    match days.last_mut() {
        Some((last, sum)) if *last == day => {
            sum.points += done.points;
            sum.minor += done.minor;
            sum.orders += done.orders;
        }
        _ => days.push((day, done)),
    }
}

/// Where a card stands at an instant, by what was done until then.
fn climb(plan: &CrowdPlan, before: &Place, days: &[(Day, Activity)], at: Time) -> Place {
    if plan.ladder.is_empty() {
        return Place::default();
    }
    let first = plan.ladder.policy().first_day(plan.zone.local(at).day);
    let counting = days
        .iter()
        .position(|(day, _)| first.is_none_or(|first| *day >= first));
    let days = counting.and_then(|place| days.get(place..)).unwrap_or_default();
    plan.ladder.climb(before, days, plan.zone, at)
}

/// The same with what the calendar took by an instant: each tier that was lost until then is lost at its time.
fn settled(plan: &CrowdPlan, mut place: Place, days: &[(Day, Activity)], at: Time) -> Place {
    // A tier is lost to a lower one, so this ends after as many steps as there are tiers.
    for _ in 0..=plan.ladder.tiers().len() {
        match place.until {
            Some(until) if until <= at => place = climb(plan, &place, days, until),
            _ => break,
        }
    }
    place
}
