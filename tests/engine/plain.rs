//! The plain model: what the engine promises, said again in the simplest code, from its description and not from its
//! source. Nothing here is called by the engine, and nothing of the engine is called here.
//!
//! Times are milliseconds; cards, orders, rules are known by their place in a list.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike as _, Days, Months, NaiveDate, TimeZone as _};
use chrono_tz::Tz;
use serde_json::{Value, json};

mod catalogue;
mod challenges;
mod joining;
mod ladder;

pub(crate) use catalogue::{Given, Paid, Reward};
use challenges::{Added, Win};
pub(crate) use challenges::{Challenge, Goal, Prize};
pub(crate) use joining::GIVEN_MAX;
use ladder::Happened;
pub(crate) use ladder::{Basis, Climbing, Span, Tier};

const DAY: i64 = 86_400_000;
/// How long points can be spent that come back after they would have expired.
const GRACE: i64 = 30 * DAY;

/// A whole program with its cards.
#[derive(Debug, Clone)]
pub(crate) struct Model {
    pub(crate) zone: Tz,
    pub(crate) expiry: Expiry,
    pub(crate) climbing: Climbing,
    pub(crate) bonus: i64,
    pub(crate) rules: Vec<Rule>,
    pub(crate) promotions: Vec<Promotion>,
    pub(crate) tiers: Vec<Tier>,
    pub(crate) rewards: Vec<Reward>,
    pub(crate) given: Vec<Given>,
    pub(crate) challenges: Vec<Challenge>,
    pub(crate) cards: Vec<Card>,
    pub(crate) orders: Vec<Order>,
    pub(crate) events: Vec<Event>,
    /// What came of the events, each at the place of its own.
    happened: Vec<Happened>,
    /// What was added to challenges, and what was won.
    added: Vec<Added>,
    wins: Vec<Win>,
}

/// How long points live.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Expiry {
    Never,
    Days(u32),
    Months(u32),
    YearEnd(i32),
    Inactive(u32),
}

/// A rule.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) id: String,
    pub(crate) is_active: bool,
    pub(crate) event: Option<&'static str>,
    pub(crate) category: Option<&'static str>,
    pub(crate) channel: Option<&'static str>,
    pub(crate) minimum: Option<i64>,
    pub(crate) every: Option<i64>,
    pub(crate) points: i64,
    pub(crate) per: Per,
    /// The place of the reward that it gives instead of points.
    pub(crate) reward: Option<usize>,
    pub(crate) limit: Option<Limit>,
    pub(crate) budget: Option<i64>,
    pub(crate) spent: i64,
    pub(crate) group: Option<&'static str>,
    pub(crate) tier: Option<&'static str>,
    pub(crate) pending_days: u32,
}

/// What a rule gives points for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Per {
    Time,
    Item,
    Spend(i64),
}

/// A limit of a rule.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit {
    pub(crate) times: Option<i64>,
    pub(crate) points: Option<i64>,
    pub(crate) within: Within,
}

/// What a limit counts over.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Within {
    Day,
    Week,
    Month,
    Days(u32),
    Ever,
}

/// A promotion.
#[derive(Debug, Clone)]
pub(crate) struct Promotion {
    pub(crate) id: String,
    pub(crate) is_active: bool,
    pub(crate) percent: Option<i64>,
    pub(crate) add: i64,
    pub(crate) from: i64,
    pub(crate) until: i64,
    pub(crate) budget: Option<i64>,
    pub(crate) spent: i64,
}

/// A card.
#[derive(Debug, Clone, Default)]
pub(crate) struct Card {
    pub(crate) balance: i64,
    pub(crate) remainder: i64,
    pub(crate) remainders: BTreeMap<String, i64>,
    pub(crate) lots: Vec<Lot>,
    pub(crate) entries: Vec<Entry>,
    pub(crate) orders: i64,
    pub(crate) active_at: i64,
    /// When somebody must look at the card again.
    pub(crate) wake: Option<i64>,
    pub(crate) tier: Option<String>,
    /// When it loses the tier.
    pub(crate) until: Option<i64>,
    pub(crate) progress: i64,
    /// Changes that a phone can see, from 1.
    pub(crate) version: i64,
    /// Whether the deed under way did something that tiers count.
    is_done: bool,
    /// Whether it changed something that phones show beside points and tiers.
    has_changed: bool,
    /// What a phone saw before the deed under way.
    shown: Shown,
    uses: Vec<(String, NaiveDate, i64)>,
    /// The card that acts for it since their members were joined.
    led_to: Option<usize>,
}

/// What a phone shows of a card, and how many entries it has.
#[derive(Debug, Clone, Default, PartialEq)]
struct Shown {
    entries: usize,
    pending: i64,
    tier: Option<String>,
    progress: i64,
}

/// Why points move.
#[derive(Debug, Clone, Default)]
struct Cause {
    order: Option<usize>,
    event: Option<usize>,
    term: Option<String>,
}

/// Points with a date.
#[derive(Debug, Clone)]
pub(crate) struct Lot {
    pub(crate) is_pending: bool,
    pub(crate) active_from: i64,
    pub(crate) expires: Option<i64>,
    pub(crate) left: i64,
    /// What expired of it and no refund has made good.
    expired: i64,
    made: i64,
    cause: Cause,
}

/// A movement.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) kind: &'static str,
    pub(crate) points: i64,
    pub(crate) order: Option<usize>,
    pub(crate) term: Option<String>,
    event: Option<usize>,
    from: Vec<(usize, i64)>,
    /// The win that gave it.
    win: Option<usize>,
    is_reversal: bool,
    is_reversed: bool,
}

/// An order as it was said, and what became of it.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    pub(crate) said: Said,
    at: i64,
    pub(crate) earned: i64,
    pub(crate) refunded: i64,
    pub(crate) refunds: Vec<(String, i64)>,
    taken_back: i64,
    undone: i64,
    counted: Vec<Counted>,
}

/// What the till says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Said {
    pub(crate) card: usize,
    pub(crate) name: String,
    pub(crate) total: i64,
    pub(crate) is_foreign: bool,
    pub(crate) lines: Vec<(&'static str, i64, Option<i64>)>,
    pub(crate) channel: Option<&'static str>,
    pub(crate) paid_at: Option<i64>,
}

/// What is said of another happening.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Event {
    pub(crate) card: usize,
    pub(crate) name: String,
    pub(crate) kind: &'static str,
}

/// What a rule counted in money.
#[derive(Debug, Clone)]
struct Counted {
    term: Option<String>,
    each: i64,
    per: i64,
    minor: i64,
    earned: i64,
    gives_rewards: bool,
}

/// What an order or event earns.
#[derive(Debug, Clone, Default)]
pub(crate) struct Judged {
    /// Term, points, days pending; the promotions after the rules.
    pub(crate) gains: Vec<(Option<String>, i64, u32)>,
    promoted_from: usize,
    counted: Vec<Counted>,
    remainders: Vec<(Option<String>, i64)>,
    used: Vec<(String, i64)>,
    /// Rewards by the id of the rule that gives them.
    rewards: Vec<(String, i64)>,
}

/// Why something is refused: the code.
pub(crate) type Refused = &'static str;

/// The category that earns nothing.
pub(crate) const EXCLUDED: &str = "gift_card";
/// Minor units that earn a point by the base rule.
pub(crate) const BASE_PER: i64 = 100;

impl Expiry {
    /// The policy of a program.
    pub(crate) fn json(self, climbing: Climbing) -> Value {
        let expiry = match self {
            Self::Never => json!("never"),
            Self::Days(days) => json!({ "days": days }),
            Self::Months(months) => json!({ "months": months }),
            Self::YearEnd(years) => json!({ "year_end": years }),
            Self::Inactive(days) => json!({ "inactive_days": days }),
        };
        json!({ "expiry": expiry, "excluded_categories": [EXCLUDED], "tiers": climbing.json(),
            "transfers": true, "transfer_max": GIVEN_MAX })
    }

    fn of_points(self, zone: Tz, day: NaiveDate) -> Option<i64> {
        let last = match self {
            Self::Never | Self::Inactive(_) => return None,
            Self::Days(days) => day + Days::new(days.into()),
            Self::Months(months) => day + Months::new(months),
            Self::YearEnd(years) => NaiveDate::from_ymd_opt(day.year() + years, 12, 31).expect("a day"),
        };
        Some(midnight(zone, last + Days::new(1)))
    }
}

impl Within {
    fn json(self) -> Value {
        match self {
            Self::Day => json!("day"),
            Self::Week => json!("week"),
            Self::Month => json!("month"),
            Self::Days(days) => json!({ "days": days }),
            Self::Ever => json!("ever"),
        }
    }
}

impl Rule {
    /// As it is written down, with the id of the reward that it gives.
    pub(crate) fn json(&self, reward: Option<&str>) -> Value {
        let per = match self.per {
            Per::Time => json!("time"),
            Per::Item => json!("item"),
            Per::Spend(minor) => json!({ "spend": minor }),
        };
        let mut body = json!({
            "name": "a rule",
            "when": self.event.map_or(json!("order"), |kind| json!({ "event": kind })),
            "then": reward.map_or(
                json!({ "points": self.points, "per": per }),
                |reward| json!({ "reward": reward, "per": per }),
            ),
            "pending_days": self.pending_days,
        });
        let mut conditions = Vec::new();
        conditions.extend(self.channel.map(|channel| json!({ "channel": [channel] })));
        conditions.extend(self.minimum.map(|minor| json!({ "minimum": minor })));
        conditions.extend(self.every.map(|number| json!({ "every_order": number })));
        conditions.extend(self.tier.map(|name| json!({ "tier": [name] })));
        body["if"] = json!(conditions);
        if let Some(category) = self.category {
            body["of"] = json!({ "category": [category] });
        }
        if let Some(limit) = self.limit {
            let within = limit.within.json();
            body["limits"] = json!([{ "times": limit.times, "points": limit.points, "within": within }]);
        }
        body["budget"] = json!(self.budget);
        body["group"] = json!(self.group);
        body
    }
}

impl Promotion {
    pub(crate) fn json(&self) -> Value {
        let iso = |ms| DateTime::from_timestamp_millis(ms).expect("a time").to_rfc3339();
        json!({
            "name": "a promotion",
            "then": self.percent.map_or(json!({ "add": self.add }), |percent| json!({ "multiply": percent })),
            "from": iso(self.from),
            "until": iso(self.until),
            "budget": self.budget,
        })
    }
}

fn midnight(zone: Tz, day: NaiveDate) -> i64 {
    let first = day.and_hms_opt(0, 0, 0).expect("midnight");
    let first = zone.from_local_datetime(&first).earliest();
    first.expect("a midnight that clocks show").timestamp_millis()
}

/// A part of a whole, rounded to the nearest, a half down.
fn part(all: i64, of: i64, total: i64) -> i64 {
    if total == 0 || of == total {
        return all;
    }
    (2 * all * of + total - 1).div_euclid(2 * total)
}

impl Model {
    /// An empty program.
    pub(crate) fn new(zone: Tz, expiry: Expiry, climbing: Climbing, bonus: i64) -> Self {
        Self {
            zone,
            expiry,
            climbing,
            bonus,
            rules: Vec::new(),
            promotions: Vec::new(),
            tiers: Vec::new(),
            rewards: Vec::new(),
            given: Vec::new(),
            challenges: Vec::new(),
            cards: Vec::new(),
            orders: Vec::new(),
            events: Vec::new(),
            happened: Vec::new(),
            added: Vec::new(),
            wins: Vec::new(),
        }
    }

    fn day(&self, at: i64) -> NaiveDate {
        let utc = DateTime::from_timestamp_millis(at).expect("a time");
        utc.with_timezone(&self.zone).date_naive()
    }

    /// When all of a card expires for want of activity.
    fn inactive_at(&self, card: usize) -> Option<i64> {
        let Expiry::Inactive(days) = self.expiry else {
            return None;
        };
        let last = self.day(self.cards[card].active_at) + Days::new(days.into());
        Some(midnight(self.zone, last + Days::new(1)))
    }

    /// Points that are not in the balance yet.
    pub(crate) fn pending(&self, card: usize) -> i64 {
        let lots = self.cards[card].lots.iter().filter(|lot| lot.is_pending);
        lots.map(|lot| lot.left).sum()
    }

    // --- what is done ------------------------------------------------------------------------------------------

    /// A new card.
    pub(crate) fn enrol(&mut self, now: i64) {
        let card = self.cards.len();
        self.cards.push(Card {
            active_at: now,
            version: 1,
            ..Card::default()
        });
        let judged = self.judge_event(card, "sign_up", now);
        self.open(card, now);
        if self.bonus > 0 {
            self.add(card, now, "earn", self.bonus, Cause::default(), 0);
        }
        self.credit(card, now, now, &Cause::default(), judged);
        self.count_event(card, "sign_up", &Cause::default(), now);
        self.give_automatic(card, now);
        self.close(card, now);
        // Nobody has seen it yet.
        self.cards[card].version = 1;
    }

    /// An order; what it earned, and whether it is new.
    pub(crate) fn order(&mut self, said: &Said, now: i64) -> Result<(i64, bool), Refused> {
        if said.is_foreign {
            return Err("currency_mismatch");
        }
        if said.total < 0 {
            return Err("invalid");
        }
        if let Some(known) = self.orders.iter().find(|order| order.said.name == said.name) {
            return if known.said == *said {
                Ok((known.earned, false))
            } else {
                Err("order_exists")
            };
        }
        let judged = self.judge_order(said, now);
        let earned = judged.gains.iter().map(|(_, points, _)| points).sum();
        let number = self.orders.len();
        let at = said.paid_at.unwrap_or(now);
        self.orders.push(Order {
            said: said.clone(),
            at,
            earned,
            refunded: 0,
            refunds: Vec::new(),
            taken_back: 0,
            undone: 0,
            counted: judged.counted.clone(),
        });
        let card = self.acting(said.card);
        self.open(card, now);
        self.cards[card].active_at = now;
        self.cards[card].is_done = true;
        let cause = Cause {
            order: Some(number),
            ..Cause::default()
        };
        self.credit(card, now, at, &cause, judged);
        self.count_order(card, said, &cause, now);
        self.cards[card].orders += 1;
        self.give_automatic(card, now);
        self.close(card, now);
        Ok((earned, true))
    }

    /// Another happening; what it earned if it is new.
    pub(crate) fn event(&mut self, event: &Event, now: i64) -> Result<Option<i64>, Refused> {
        if let Some(known) = self.events.iter().find(|known| known.name == event.name) {
            return if known == event {
                Ok(None)
            } else {
                Err("event_exists")
            };
        }
        self.events.push(event.clone());
        let card = self.acting(event.card);
        let judged = self.judge_event(card, event.kind, now);
        let earned = judged.gains.iter().map(|(_, points, _)| points).sum();
        let cause = Cause {
            event: Some(self.happened.len()),
            ..Cause::default()
        };
        self.happened.push(Happened {
            card,
            at: now,
            earned,
            undone: 0,
        });
        self.open(card, now);
        self.cards[card].active_at = now;
        self.cards[card].is_done = earned != 0;
        self.credit(card, now, now, &cause, judged);
        self.count_event(card, event.kind, &cause, now);
        self.give_automatic(card, now);
        self.close(card, now);
        Ok(Some(earned))
    }

    /// Money is given back; the points that are taken, and whether the refund is new.
    pub(crate) fn refund(
        &mut self,
        number: usize,
        name: &str,
        amount: Option<i64>,
        now: i64,
    ) -> Result<(i64, bool), Refused> {
        let order = self.orders[number].clone();
        let card = self.acting(order.said.card);
        if let Some((_, known)) = order.refunds.iter().find(|(known, _)| known == name) {
            return if amount.is_none_or(|amount| amount == *known) {
                Ok((0, false))
            } else {
                Err("refund_exists")
            };
        }
        let total = order.said.total;
        let left = total - order.refunded;
        if left == 0 && (total > 0 || !order.refunds.is_empty()) {
            return Err("already_refunded");
        }
        let minor = amount.unwrap_or(left);
        if amount.is_some_and(|amount| amount <= 0) {
            return Err("invalid");
        }
        if minor > left {
            return Err("not_refundable");
        }
        // All refunds together take what one of their sum would.
        let share = |all: i64| {
            if total == 0 {
                return all;
            }
            part(all, order.refunded + minor, total) - part(all, order.refunded, total)
        };
        let mut points = 0;
        let mut by_money = 0;
        for counted in order.counted.iter().filter(|one| !one.gives_rewards) {
            let earned = share(counted.earned);
            let remainder = share(counted.minor) * counted.each - earned * counted.per;
            *self.cards[card].remainder_of(counted.term.as_ref()) -= remainder;
            points += earned;
            by_money += counted.earned;
        }
        points += share(order.earned - by_money - order.undone);
        let points = points.min(order.earned - order.taken_back).max(0);
        let kept = &mut self.orders[number];
        kept.refunded += minor;
        kept.taken_back += points;
        kept.refunds.push((name.to_owned(), minor));
        self.open(card, now);
        self.cards[card].is_done = true;
        if points > 0 {
            let cause = Cause {
                order: Some(number),
                ..Cause::default()
            };
            self.take(card, "refund", points, cause, true);
            self.take_automatic(card, now);
        }
        self.take_given(card, number, &share, now);
        self.uncount(number, (order.refunded, order.refunded + minor, total), now);
        if order.refunded + minor >= total {
            self.give_again(card, number, now);
        }
        self.close(card, now);
        Ok((points, true))
    }

    /// Points by hand.
    pub(crate) fn adjust(&mut self, card: usize, points: i64, now: i64) -> Result<(), Refused> {
        if points == 0 {
            return Err("invalid");
        }
        let card = self.acting(card);
        self.open(card, now);
        if points > 0 {
            self.add(card, now, "adjust", points, Cause::default(), 0);
            self.give_automatic(card, now);
        } else if self.cards[card].balance < -points {
            return Err("insufficient_points");
        } else {
            self.take(card, "adjust", -points, Cause::default(), false);
        }
        self.close(card, now);
        Ok(())
    }

    /// An entry is undone.
    pub(crate) fn reverse(&mut self, owner: usize, place: usize, now: i64) -> Result<(), Refused> {
        let mut entry = self.cards[owner].entries[place].clone();
        let card = self.acting(owner);
        if entry.is_reversed {
            return Err("already_reversed");
        }
        if entry.is_reversal || !["earn", "promotion", "activate", "adjust"].contains(&entry.kind) {
            return Err("not_reversible");
        }
        let is_of_order = entry.order.is_some();
        if entry.win.is_some() {
            // No part of what its order or event earned.
            (entry.order, entry.event) = (None, None);
        }
        if let Some(number) = entry.order {
            let order = &mut self.orders[number];
            if order.refunded > 0 {
                return Err("not_reversible");
            }
            order.taken_back += entry.points;
            order.undone += entry.points;
            let own = order
                .counted
                .iter()
                .position(|one| one.term == entry.term && one.earned == entry.points);
            if let Some(own) = own {
                let one = order.counted.remove(own);
                *self.cards[card].remainder_of(one.term.as_ref()) -=
                    one.minor * one.each - one.earned * one.per;
            }
        }
        if let Some(event) = entry.event {
            self.happened[event].undone += entry.points;
        }
        self.open(card, now);
        self.cards[card].is_done = entry.order.is_some() || entry.event.is_some();
        self.cards[owner].entries[place].is_reversed = true;
        let cause = Cause {
            order: entry.order,
            event: entry.event,
            term: entry.term.clone(),
        };
        if entry.points < 0 {
            self.give_back(card, now, "adjust", -entry.points, cause, &entry.from, true);
        } else {
            if !is_of_order && self.cards[card].balance < entry.points {
                return Err("insufficient_points");
            }
            self.take(card, "adjust", entry.points, cause, false);
        }
        let last = self.cards[card].entries.last_mut().expect("a reversal");
        last.is_reversal = true;
        if entry.points > 0 {
            self.take_automatic(card, now);
        }
        self.close(card, now);
        Ok(())
    }

    /// The calendar; whether anything was due.
    pub(crate) fn settle(&mut self, card: usize, now: i64) -> bool {
        if self.cards[card].wake.is_none_or(|wake| wake > now) {
            return false;
        }
        self.open(card, now);
        self.close(card, now);
        true
    }

    // --- how points move ---------------------------------------------------------------------------------------

    /// What is due by now is done before anything else.
    fn open(&mut self, card: usize, now: i64) {
        self.cards[card].shown = self.shown(card);
        self.cards[card].is_done = false;
        self.cards[card].has_changed = false;
        if self.cards[card].wake.is_some_and(|wake| wake <= now) {
            self.settle_due(card, now);
            self.cards[card].wake = self.cards[card].next_date();
        } else if matches!(self.expiry, Expiry::Inactive(_)) {
            self.cards[card].wake = self.cards[card].next_date();
        }
    }

    fn close(&mut self, card: usize, now: i64) {
        self.look(card, now);
        let inactive = self.inactive_at(card).filter(|_| self.cards[card].balance > 0);
        let is_visible = self.cards[card].has_changed || self.shown(card) != self.cards[card].shown;
        let own = &mut self.cards[card];
        own.wake = own.wake.into_iter().chain(inactive).chain(own.until).min();
        own.version += i64::from(is_visible);
    }

    fn shown(&self, card: usize) -> Shown {
        let own = &self.cards[card];
        Shown {
            entries: own.entries.len(),
            pending: self.pending(card),
            tier: own.tier.clone(),
            progress: own.progress,
        }
    }

    fn settle_due(&mut self, card: usize, now: i64) {
        for place in self.cards[card].by_expiry() {
            let lot = self.cards[card].lots[place].clone();
            if lot.is_pending && lot.active_from <= now {
                let own = &mut self.cards[card];
                own.balance += lot.left;
                own.active_at = own.active_at.max(lot.active_from);
                let kept = lot.left.min(own.balance.max(0));
                own.lots[place].is_pending = false;
                own.lots[place].left = if lot.expires.is_some() { kept } else { 0 };
                self.note(card, "activate", lot.left, lot.cause, Vec::new());
            }
            let lot = &mut self.cards[card].lots[place];
            if !lot.is_pending && lot.left > 0 && lot.expires.is_some_and(|expires| expires <= now) {
                let gone = std::mem::take(&mut lot.left);
                lot.expired += gone;
                self.cards[card].balance -= gone;
                self.note(card, "expire", -gone, Cause::default(), Vec::new());
            }
        }
        let balance = self.cards[card].balance;
        if balance > 0 && self.inactive_at(card).is_some_and(|at| at <= now) {
            self.take(card, "expire", balance, Cause::default(), false);
        }
    }

    fn add(
        &mut self,
        card: usize,
        now: i64,
        kind: &'static str,
        points: i64,
        cause: Cause,
        pending_days: u32,
    ) {
        let first = self.day(now) + Days::new(pending_days.into());
        let expires = self.expiry.of_points(self.zone, first);
        let mut lot = Lot {
            is_pending: pending_days > 0,
            active_from: now,
            expires,
            left: points,
            expired: 0,
            made: now,
            cause: cause.clone(),
        };
        if pending_days > 0 {
            lot.active_from = midnight(self.zone, first);
            self.cards[card].wake_at(lot.active_from);
            self.cards[card].lots.push(lot);
            return;
        }
        let own = &mut self.cards[card];
        own.balance += points;
        if let Some(expires) = expires {
            lot.left = points.min(own.balance.max(0));
            own.lots.push(lot);
            own.wake_at(expires);
        }
        self.note(card, kind, points, cause, Vec::new());
    }

    fn take(&mut self, card: usize, kind: &'static str, points: i64, cause: Cause, is_refund: bool) {
        let own = &mut self.cards[card];
        let is_own = |lot: &Lot| {
            let is_of_event = is_refund && cause.event.is_some() && lot.cause.event == cause.event;
            is_of_event || (cause.order.is_some() && lot.cause.order == cause.order)
        };
        let mut places = own.by_expiry();
        places.retain(|&place| !own.lots[place].is_pending || (is_refund && is_own(&own.lots[place])));
        places.sort_by_key(|&place| (!is_own(&own.lots[place]), !own.lots[place].is_pending));
        let mut wanted = points;
        for lot in own.lots.iter_mut().filter(|lot| is_refund && is_own(lot)) {
            let gone = wanted.min(lot.expired);
            lot.expired -= gone;
            wanted -= gone;
        }
        let (mut open, mut unspendable, mut from) = (wanted, 0, Vec::new());
        for place in places {
            let lot = &mut own.lots[place];
            let part = open.min(lot.left);
            lot.left -= part;
            open -= part;
            if lot.is_pending {
                unspendable += part;
            } else if part > 0 {
                from.push((place, part));
            }
        }
        own.balance -= wanted - unspendable;
        if wanted > unspendable {
            self.note(card, kind, unspendable - wanted, cause, from);
        }
    }

    #[expect(clippy::too_many_arguments, reason = "all that makes a movement, said once")]
    fn give_back(
        &mut self,
        card: usize,
        now: i64,
        kind: &'static str,
        points: i64,
        cause: Cause,
        from: &[(usize, i64)],
        has_grace: bool,
    ) {
        let own = &mut self.cards[card];
        own.balance += points;
        let mut room = points.min(own.balance.max(0));
        let mut from = from.to_vec();
        from.sort_by_key(|(place, _)| (own.lots[*place].made, own.lots[*place].cause.term.clone()));
        for (place, taken) in from {
            let back = taken.min(room);
            room -= back;
            if back > 0 {
                let lot = &mut own.lots[place];
                lot.left += back;
                let is_late = |had: &i64| has_grace && *had <= now;
                lot.expires = lot
                    .expires
                    .map(|had| if is_late(&had) { now + GRACE } else { had });
                let expires = lot.expires;
                if let Some(expires) = expires {
                    own.wake_at(expires);
                }
            }
        }
        self.note(card, kind, points, cause, Vec::new());
    }

    fn note(&mut self, card: usize, kind: &'static str, points: i64, cause: Cause, from: Vec<(usize, i64)>) {
        self.cards[card].entries.push(Entry {
            kind,
            points,
            order: cause.order,
            term: cause.term,
            event: cause.event,
            from,
            win: None,
            is_reversal: false,
            is_reversed: false,
        });
    }

    fn credit(&mut self, card: usize, now: i64, at: i64, cause: &Cause, judged: Judged) {
        let day = self.day(at);
        for (term, remainder) in judged.remainders {
            *self.cards[card].remainder_of(term.as_ref()) = remainder;
        }
        for (place, (term, points, pending_days)) in judged.gains.into_iter().enumerate() {
            let kind = if place < judged.promoted_from {
                "earn"
            } else {
                "promotion"
            };
            let cause = Cause {
                term,
                ..cause.clone()
            };
            self.add(card, now, kind, points, cause, pending_days);
        }
        for (rule, number) in judged.rewards {
            self.give_by_rule(card, &rule, number, cause, now);
        }
        for (term, points) in judged.used {
            for rule in self.rules.iter_mut().filter(|rule| rule.id == term) {
                rule.spent += points;
            }
            for one in self.promotions.iter_mut().filter(|one| one.id == term) {
                one.spent += points;
            }
            self.cards[card].uses.push((term, day, points));
        }
    }

    // --- what is earned ----------------------------------------------------------------------------------------

    /// What an order would earn.
    pub(crate) fn judge_order(&self, said: &Said, now: i64) -> Judged {
        let place = self.acting(said.card);
        let card = &self.cards[place];
        let at = said.paid_at.unwrap_or(now);
        let mut judged = Judged::default();
        let (minor, _, is_any) = count(said, None);
        if is_any {
            let worth = minor + card.remainder;
            let points = worth.div_euclid(BASE_PER).max(0);
            judged.remainders.push((None, worth - points * BASE_PER));
            judged.counted.push(Counted {
                term: None,
                each: 1,
                per: BASE_PER,
                minor,
                earned: points,
                gives_rewards: false,
            });
            if points > 0 {
                judged.gains.push((None, points, 0));
            }
        }
        let is_set_off = |rule: &Rule| {
            let (minor, _, is_any) = count(said, rule.category);
            rule.event.is_none()
                && is_any
                && self.is_on(place, rule)
                && rule.channel.is_none_or(|channel| said.channel == Some(channel))
                && rule.minimum.is_none_or(|least| minor >= least)
                && rule.every.is_none_or(|number| (card.orders + 1) % number == 0)
        };
        let rules: Vec<&Rule> = self
            .rules
            .iter()
            .filter(|rule| rule.is_active && is_set_off(rule))
            .collect();
        self.judge_rules(place, at, &rules, |rule| count(said, rule.category), &mut judged);
        self.promote(place, at, &mut judged);
        judged
    }

    /// Whether a card is on the tier that a rule asks for.
    fn is_on(&self, card: usize, rule: &Rule) -> bool {
        let tier = self.tier_of(card).map(|tier| tier.name);
        rule.tier.is_none() || rule.tier == tier
    }

    fn judge_event(&self, card: usize, kind: &str, at: i64) -> Judged {
        let mut judged = Judged::default();
        let is_set_off = |rule: &&Rule| rule.is_active && rule.event == Some(kind) && self.is_on(card, rule);
        let rules: Vec<&Rule> = self.rules.iter().filter(is_set_off).collect();
        self.judge_rules(card, at, &rules, |_| (0, 1, true), &mut judged);
        judged.promoted_from = judged.gains.len();
        judged
    }

    fn judge_rules(
        &self,
        card: usize,
        at: i64,
        rules: &[&Rule],
        count: impl Fn(&Rule) -> (i64, i64, bool),
        judged: &mut Judged,
    ) {
        let card = &self.cards[card];
        // Rules of a group give per order or item only, so that what is worth nothing yet is not in question.
        let given = |rule: &Rule| {
            let (minor, pieces, _) = count(rule);
            let had = card.remainders.get(&rule.id).copied().unwrap_or_default();
            let each = if rule.reward.is_some() { 1 } else { rule.points };
            let (points, rest) = match rule.per {
                Per::Time => (each, had),
                Per::Item => (each * pieces, had),
                Per::Spend(per) => {
                    let worth = minor * each + had;
                    let points = worth.div_euclid(per).max(0);
                    (points, worth - points * per)
                }
            };
            (points, points.min(self.room(card, rule, at)), rest)
        };
        for rule in rules {
            let (points, kept, rest) = given(rule);
            let group = || {
                rules
                    .iter()
                    .filter(|other| rule.group.is_some() && other.group == rule.group)
            };
            let best = group().map(|other| given(other).1).max();
            let first = group().find(|other| Some(given(other).1) == best);
            if kept > 0 && first.is_some_and(|first| first.id != rule.id) {
                continue;
            }
            if let Per::Spend(per) = rule.per {
                judged.remainders.push((Some(rule.id.clone()), rest));
                if points == kept {
                    judged.counted.push(Counted {
                        term: Some(rule.id.clone()),
                        each: if rule.reward.is_some() { 1 } else { rule.points },
                        per,
                        minor: count(rule).0,
                        earned: points,
                        gives_rewards: rule.reward.is_some(),
                    });
                }
            }
            if rule.reward.is_some() {
                judged.rewards.push((rule.id.clone(), kept));
            } else if kept > 0 {
                judged
                    .gains
                    .push((Some(rule.id.clone()), kept, rule.pending_days));
                judged.used.push((rule.id.clone(), kept));
            }
        }
    }

    /// The most that a rule's limit and budget leave.
    fn room(&self, card: &Card, rule: &Rule, at: i64) -> i64 {
        let mut room = rule
            .budget
            .map_or(i64::MAX, |budget| (budget - rule.spent).max(0));
        let Some(limit) = rule.limit else { return room };
        let today = self.day(at);
        let first = match limit.within {
            Within::Day => today,
            Within::Week => today - Days::new(today.weekday().num_days_from_monday().into()),
            Within::Month => today.with_day(1).expect("a first"),
            Within::Days(days) => today - Days::new(u64::from(days) - 1),
            Within::Ever => NaiveDate::MIN,
        };
        let last = if matches!(limit.within, Within::Ever) {
            NaiveDate::MAX
        } else {
            today
        };
        let used: Vec<i64> = card
            .uses
            .iter()
            .filter(|(term, day, _)| *term == rule.id && *day >= first && *day <= last)
            .map(|(_, _, points)| *points)
            .collect();
        let times = i64::try_from(used.len()).expect("few");
        if limit.times.is_some_and(|most| times >= most) {
            return 0;
        }
        if let Some(most) = limit.points {
            room = room.min((most - used.iter().sum::<i64>()).max(0));
        }
        room
    }

    fn promote(&self, card: usize, at: i64, judged: &mut Judged) {
        let earned: i64 = judged.gains.iter().map(|(_, points, _)| points).sum();
        let delay = judged
            .gains
            .iter()
            .map(|(_, _, days)| *days)
            .max()
            .unwrap_or_default();
        judged.promoted_from = judged.gains.len();
        let active = || {
            let is_on = |one: &&Promotion| one.is_active && one.from <= at && at < one.until;
            self.promotions.iter().filter(is_on)
        };
        let gives = |one: &Promotion| {
            let wanted = one
                .percent
                .map_or(one.add, |percent| earned * (percent - 100) / 100);
            wanted
                .min(one.budget.map_or(i64::MAX, |budget| budget - one.spent))
                .max(0)
        };
        // What a tier multiplies by is like a promotion for its members, before all others.
        let tier = self.tier_of(card);
        let by_tier = tier.map_or(0, |tier| earned * (tier.percent.unwrap_or(100) - 100) / 100);
        let best = active().filter(|one| one.percent.is_some()).map(gives).max();
        let mut is_multiplied = by_tier > 0 && by_tier >= best.unwrap_or_default();
        if let Some(tier) = tier.filter(|_| is_multiplied) {
            judged.gains.push((Some(tier.id.clone()), by_tier, delay));
        }
        for one in active() {
            let points = gives(one);
            let is_beaten = one.percent.is_some() && (is_multiplied || Some(points) != best);
            if points == 0 || is_beaten {
                continue;
            }
            is_multiplied |= one.percent.is_some();
            judged.gains.push((Some(one.id.clone()), points, delay));
            judged.used.push((one.id.clone(), points));
        }
    }
}

impl Card {
    fn remainder_of(&mut self, term: Option<&String>) -> &mut i64 {
        match term {
            None => &mut self.remainder,
            Some(id) => self.remainders.entry(id.clone()).or_default(),
        }
    }

    /// The lots that hold anything: what expires first, then what is older, then by the ids of their terms.
    fn by_expiry(&self) -> Vec<usize> {
        let mut places: Vec<usize> = (0..self.lots.len())
            .filter(|&place| self.lots[place].left > 0)
            .collect();
        places.sort_by_key(|&place| {
            let lot = &self.lots[place];
            (lot.expires.unwrap_or(i64::MAX), lot.made, lot.cause.term.clone())
        });
        places
    }

    fn next_date(&self) -> Option<i64> {
        let filled = self.lots.iter().filter(|lot| lot.left > 0);
        let date = |lot: &Lot| {
            if lot.is_pending {
                Some(lot.active_from)
            } else {
                lot.expires
            }
        };
        filled.filter_map(date).min()
    }

    fn wake_at(&mut self, at: i64) {
        self.wake = Some(self.wake.map_or(at, |known| known.min(at)));
    }
}

/// Money and pieces that count, and whether any line does.
fn count(said: &Said, category: Option<&str>) -> (i64, i64, bool) {
    if said.lines.is_empty() {
        return if category.is_none() {
            (said.total, 1, true)
        } else {
            (0, 0, false)
        };
    }
    let counts = |own: &str| own != EXCLUDED && category.is_none_or(|category| category == own);
    let own = || said.lines.iter().filter(|(own, _, _)| counts(own));
    let sum: i64 = own().map(|(_, _, minor)| minor.unwrap_or_default()).sum();
    let pieces = own().map(|(_, quantity, _)| quantity).sum();
    let excluded = said.lines.iter().filter(|(own, _, _)| *own == EXCLUDED);
    let excluded: i64 = excluded.map(|(_, _, minor)| minor.unwrap_or_default()).sum();
    let minor = if category.is_none() {
        said.total - excluded
    } else {
        sum
    };
    (minor.clamp(0, said.total), pieces, own().count() > 0)
}
