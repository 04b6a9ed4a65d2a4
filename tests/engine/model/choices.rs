//! Which step comes next, by chance.

use billfold::types::{ChallengeId, RewardId, RuleId, Time};

use super::{Sequence, Step};
use crate::plain::{
    Basis, Challenge, Climbing, EXCLUDED, Event, Expiry, Goal, Limit, Per, Prize, Promotion, Reward, Rule,
    Said, Span, Tier, Within,
};
use crate::random::Random;

const HOUR: i64 = super::HOUR;
/// What the tiers are called, by the order in which they are written.
const TIERS: [&str; 3] = ["Silver", "Gold", "Platinum"];
/// Most cards of a sequence.
const CARDS_MAX: usize = 6;

impl Sequence<'_> {
    pub(super) fn choose(&mut self) -> Step {
        let card = self.random.place(self.held.len());
        let (orders, entries) = (self.orders.len(), self.entries[card].len());
        let (rules, promotions) = (self.model.rules.len(), self.model.promotions.len());
        let tiers = self.model.tiers.len();
        if self.random.is(16) {
            return self.choose_reward(card);
        }
        if self.random.is(9) {
            return self.choose_between_members(card);
        }
        if self.random.is(3) {
            return match self.random.between(0, 3) {
                0 if tiers < TIERS.len() => Step::WriteTier(self.tier()),
                1 if tiers > 0 => Step::SwitchTier(self.random.place(tiers)),
                2 if tiers > 0 => {
                    let place = self.random.place(tiers);
                    Step::EditTier(place, self.threshold(place))
                }
                _ => Step::Settings(self.model.expiry, climbing(&mut self.random)),
            };
        }
        match self.random.between(0, 100) {
            30..45 if orders > 0 => self.choose_refund(),
            45..58 => {
                let points = self.random.of(&[-200, -60, -30, -12, -7, -1, 0, 1, 5, 20, 50]);
                Step::Adjust(card, points)
            }
            58..67 if entries > 0 => Step::Reverse(card, self.random.place(entries)),
            67..77 => self.choose_event(card),
            77..86 => Step::Settle(self.model.acting(card)),
            86..88 if self.held.len() < CARDS_MAX => Step::Enrol,
            88..90 => Step::EnrolAgain(card),
            90..92 if rules < 8 => Step::WriteRule(self.rule()),
            92..94 if rules > 0 => Step::SwitchRule(self.random.place(rules)),
            94..95 if rules > 0 => Step::EditRule(self.random.place(rules), self.random.between(1, 6)),
            95..97 if promotions < 4 => Step::WritePromotion(self.promotion()),
            97..98 if promotions > 0 => Step::SwitchPromotion(self.random.place(promotions)),
            98..100 => Step::Settings(expiry(&mut self.random), self.model.climbing),
            _ => self.choose_order(card),
        }
    }

    fn choose_reward(&mut self, card: usize) -> Step {
        let (rewards, given) = (self.model.rewards.len(), self.model.given.len());
        let issued: Vec<usize> = (0..given)
            .filter(|&place| self.model.given[place].state == "issued")
            .collect();
        let any = |random: &mut Random| {
            if issued.is_empty() || random.is(15) {
                random.place(given)
            } else {
                random.of(&issued)
            }
        };
        match self.random.between(0, 12) {
            0 if rewards < 3 => Step::WriteReward(self.reward()),
            1 if rewards > 0 => Step::SwitchReward(self.random.place(rewards)),
            2..5 if given > 0 => {
                let place = any(&mut self.random);
                let orders = self.orders.len();
                let order = (orders > 0 && self.random.is(60)).then(|| self.random.place(orders));
                Step::Complete(place, order)
            }
            5..7 if given > 0 => Step::Cancel(any(&mut self.random)),
            7..9 if given > 0 => Step::RunOut(any(&mut self.random)),
            _ if rewards > 0 => Step::Want(card, self.random.place(rewards)),
            _ => self.choose_order(card),
        }
    }

    /// What moves points between members, and challenges.
    fn choose_between_members(&mut self, card: usize) -> Step {
        let challenges = self.model.challenges.len();
        let other = self.random.place(self.held.len());
        match self.random.between(0, 10) {
            0..2 => Step::Join(card, other),
            2..5 => Step::Transfer(card, other, self.random.of(&[0, 1, 3, 8, 15, 40, 61])),
            5 if challenges > 0 => Step::SwitchChallenge(self.random.place(challenges)),
            _ if challenges < 3 => {
                let challenge = self.challenge();
                Step::WriteChallenge(challenge)
            }
            _ => self.choose_order(card),
        }
    }

    pub(super) fn challenge(&mut self) -> Challenge {
        let rewards = self.model.rewards.len();
        let random = &mut self.random;
        let event = random.is(25).then_some("check_in");
        let goal = if event.is_some() || random.is(50) {
            Goal::Times(random.between(1, 4))
        } else {
            Goal::Spend(random.of(&[500, 3_000, 7_500]))
        };
        let prize = if rewards > 0 && random.is(30) {
            Prize::Reward(random.place(rewards))
        } else {
            Prize::Points(random.between(1, 25))
        };
        Challenge {
            id: ChallengeId::new(Time::from_millis(self.now)).into(),
            is_active: true,
            event,
            goal,
            prize,
            wins: random.of(&[1, 2, 5]),
        }
    }

    fn choose_order(&mut self, card: usize) -> Step {
        if self.random.is(12) && !self.model.orders.is_empty() {
            let place = self.random.place(self.model.orders.len());
            let mut said = self.model.orders[place].said.clone();
            if self.random.is(30) {
                said.total += 1;
            }
            return Step::Order(said);
        }
        let random = &mut self.random;
        let lines = if random.is(40) { 0 } else { random.between(1, 4) };
        let line = |random: &mut Random| {
            let category = random.of(&["cake", "tea", EXCLUDED]);
            let minor = (!random.is(10)).then(|| random.between(0, 2_500));
            (category, random.between(0, 4), minor)
        };
        let lines: Vec<_> = (0..lines).map(|_| line(random)).collect();
        let sum = lines.iter().map(|(_, _, minor)| minor.unwrap_or_default()).sum();
        let total = match random.between(0, 20) {
            0 => 0,
            1 => -5,
            2..5 => 99,
            5..12 if sum > 0 => sum,
            _ => random.between(1, 6_000),
        };
        let paid_at = match random.between(0, 10) {
            0 => Some(self.now - random.between(0, 80) * HOUR),
            1 => Some(self.now + random.between(0, 30) * HOUR),
            _ => None,
        };
        Step::Order(Said {
            card,
            name: format!("order-{}", self.log.len()),
            total,
            is_foreign: random.is(2),
            lines,
            channel: random.of(&[None, Some("app"), Some("till")]),
            paid_at,
        })
    }

    fn choose_refund(&mut self) -> Step {
        let number = self.random.place(self.orders.len());
        let order = &self.model.orders[number];
        let left = order.said.total - order.refunded;
        if !order.refunds.is_empty() && self.random.is(25) {
            let (name, minor) = self.random.of(&order.refunds);
            let amount = self.random.of(&[None, Some(minor), Some(minor + 1)]);
            return Step::Refund(number, name, amount);
        }
        let amount = match self.random.between(0, 10) {
            0..3 => None,
            3 => Some(left + 1),
            4 => Some(0),
            _ => Some(self.random.between(1, left.max(1) + 1)),
        };
        Step::Refund(number, format!("refund-{}", self.log.len()), amount)
    }

    fn choose_event(&mut self, card: usize) -> Step {
        if self.random.is(20) && !self.model.events.is_empty() {
            let place = self.random.place(self.model.events.len());
            let mut event = self.model.events[place].clone();
            if self.random.is(30) {
                event.kind = "another";
            }
            return Step::Event(event);
        }
        let kind = self.random.of(&["check_in", "check_in", "review"]);
        Step::Event(Event {
            card,
            name: format!("event-{}", self.log.len()),
            kind,
        })
    }

    pub(super) fn rule(&mut self) -> Rule {
        let rewards = self.model.rewards.len();
        let random = &mut self.random;
        let pending_days = random.of(&[0, 0, self.pending_days]);
        let limit = |times, points, within| {
            Some(Limit {
                times,
                points,
                within,
            })
        };
        let mut rule = Rule {
            id: RuleId::new(Time::from_millis(self.now)).into(),
            is_active: true,
            event: None,
            category: None,
            channel: None,
            minimum: None,
            every: None,
            points: random.between(1, 6),
            per: Per::Time,
            reward: None,
            limit: None,
            budget: None,
            spent: 0,
            group: None,
            tier: None,
            pending_days,
        };
        match random.between(0, 10) {
            0 => (rule.category, rule.per) = (Some("cake"), Per::Spend(random.of(&[100, 250, 5_000]))),
            1 => (rule.category, rule.per) = (Some("tea"), Per::Item),
            2 => {
                let within = random.of(&[
                    Within::Day,
                    Within::Week,
                    Within::Month,
                    Within::Days(3),
                    Within::Ever,
                ]);
                rule.limit = limit(Some(random.between(1, 4)), None, within);
            }
            3 => (rule.event, rule.limit) = (Some("check_in"), limit(Some(1), None, Within::Day)),
            4 => (rule.event, rule.budget) = (Some("review"), Some(12)),
            5 => (rule.minimum, rule.points, rule.group) = (Some(1_000), 9, Some("best")),
            6 => (rule.per, rule.group, rule.channel) = (Per::Item, Some("best"), Some("app")),
            7 => (rule.per, rule.budget) = (Per::Spend(random.of(&[50, 333])), Some(random.between(20, 150))),
            8 => (rule.every, rule.channel) = (Some(3), random.of(&[None, Some("till")])),
            _ => (rule.per, rule.limit) = (Per::Spend(70), limit(None, Some(25), Within::Month)),
        }
        if rewards > 0 && random.is(15) {
            rule.reward = Some(random.place(rewards));
            rule.per = random.of(&[Per::Time, Per::Item, Per::Spend(1_500)]);
            (rule.limit, rule.budget, rule.group, rule.pending_days) = (None, None, None, 0);
            (rule.event, rule.minimum) = (None, None);
        }
        if random.is(12) {
            rule.tier = Some(random.of(&TIERS));
        }
        if random.is(10) {
            rule.event = Some("sign_up");
            (rule.category, rule.channel, rule.minimum, rule.every) = (None, None, None, None);
            (rule.per, rule.reward) = (Per::Time, None);
        }
        rule
    }

    /// A reward; no more than one of a program is given by itself.
    pub(super) fn reward(&mut self) -> Reward {
        let has_automatic = self.model.rewards.iter().any(|reward| reward.is_automatic);
        let random = &mut self.random;
        let is_automatic = !has_automatic && random.is(40);
        let times = random.of(&[1, 2, 4]);
        let within = random.of(&[
            Within::Day,
            Within::Week,
            Within::Month,
            Within::Days(5),
            Within::Ever,
        ]);
        Reward {
            id: RewardId::new(Time::from_millis(self.now)).into(),
            is_active: true,
            is_automatic,
            cost: if is_automatic {
                random.of(&[20, 45])
            } else {
                random.of(&[0, 7, 15, 30])
            },
            stock: random.of(&[None, Some(2), Some(5)]),
            limit: random.is(50).then_some((times, within)),
            valid_days: random.of(&[None, Some(1), Some(10)]),
        }
    }

    pub(super) fn tier(&mut self) -> Tier {
        let place = self.model.tiers.len();
        Tier {
            id: format!("tier_{:010}_{:015}", self.seed, self.now),
            name: TIERS[place],
            is_active: true,
            threshold: self.threshold(place),
            percent: self.random.of(&[None, Some(120), Some(150), Some(250)]),
        }
    }

    /// How much a tier needs: never as much as another one.
    fn threshold(&mut self, place: usize) -> i64 {
        let most = match self.model.climbing.by {
            Basis::Points => 50,
            Basis::Spend => 5_000,
            Basis::Visits => 2,
        };
        let thirds = if self.random.is(15) {
            0
        } else {
            self.random.between(0, most)
        };
        3 * thirds + i64::try_from(place).expect("few")
    }

    fn promotion(&mut self) -> Promotion {
        let random = &mut self.random;
        let from = self.now + random.between(-5, 5) * 24 * HOUR;
        Promotion {
            id: format!("term_{:010}_{:015}", self.seed, self.now),
            is_active: true,
            percent: random.of(&[None, Some(200), Some(150), Some(300)]),
            add: random.between(1, 8),
            from,
            until: from + random.between(1, 90) * 24 * HOUR,
            budget: random.of(&[None, Some(40)]),
            spent: 0,
        }
    }
}

pub(super) fn climbing(random: &mut Random) -> Climbing {
    Climbing {
        by: random.of(&[Basis::Points, Basis::Spend, Basis::Visits]),
        within: random.of(&[
            Span::Year,
            Span::Days(1),
            Span::Days(7),
            Span::Days(30),
            Span::Days(90),
            Span::Ever,
        ]),
        grace_days: random.of(&[0, 1, 10, 40]),
    }
}

pub(super) fn expiry(random: &mut Random) -> Expiry {
    random.of(&[
        Expiry::Never,
        Expiry::Days(1),
        Expiry::Days(30),
        Expiry::Months(3),
        Expiry::YearEnd(0),
        Expiry::Inactive(20),
        Expiry::Inactive(90),
    ])
}
