//! Rules and promotions as sentences: when, if, then, and how often.

use super::super::super::desk::Desk;
use crate::loyalty::challenge::{Challenge, Goal};
use crate::loyalty::rule::{
    Award, Condition, Extra, Hours, Limit, Lines, Period, Promotion, Rule, Trigger, Unit,
};
use crate::types::{Time, Weekday};

/// A rule in words: what sets it off, what must hold, what it gives, how often.
pub(super) struct Phrase {
    pub(super) when: String,
    pub(super) conditions: Vec<String>,
    pub(super) then: String,
    pub(super) limits: Vec<String>,
}

/// The ids of the texts for the days of the week.
pub(in crate::http::pages::console) const DAYS: [(Weekday, &str, &str); 7] = [
    (Weekday::Mon, "mon", "day-mon"),
    (Weekday::Tue, "tue", "day-tue"),
    (Weekday::Wed, "wed", "day-wed"),
    (Weekday::Thu, "thu", "day-thu"),
    (Weekday::Fri, "fri", "day-fri"),
    (Weekday::Sat, "sat", "day-sat"),
    (Weekday::Sun, "sun", "day-sun"),
];

/// Events that have a name of ours; others are named as the API has them.
pub(super) const EVENTS: [(&str, &str); 9] = [
    ("sign_up", "event-sign-up"),
    ("birthday", "event-birthday"),
    ("referral", "event-referral"),
    ("referred", "event-referred"),
    ("review", "event-review"),
    ("check_in", "event-check-in"),
    ("newsletter", "event-newsletter"),
    ("survey_answered", "event-survey"),
    ("social_link", "event-social"),
];

impl Desk {
    /// A rule in words.
    pub(super) fn phrase(&self, rule: &Rule) -> Phrase {
        let mut conditions: Vec<String> = Vec::new();
        conditions.extend(self.counted_lines(&rule.of));
        conditions.extend(rule.conditions.iter().map(|one| self.condition(one)));
        conditions.extend(self.span(rule.from, rule.until));
        let mut limits: Vec<String> = rule.limits.iter().map(|one| self.limit(one)).collect();
        if let Some(budget) = rule.budget {
            limits.push(self.with("terms-budget", "points", &self.points(budget)));
        }
        if rule.pending_days > 0 {
            let values = [("days", i64::from(rule.pending_days).into())];
            limits.push(self.locale.say("terms-pending", &values));
        }
        Phrase {
            when: self.trigger(&rule.when),
            conditions,
            then: self.award(&rule.then),
            limits,
        }
    }

    /// A promotion in words.
    pub(super) fn promotion_phrase(&self, promotion: &Promotion) -> Phrase {
        let mut conditions: Vec<String> = promotion
            .conditions
            .iter()
            .map(|one| self.condition(one))
            .collect();
        conditions.extend(self.span(Some(promotion.from), Some(promotion.until)));
        let then = match promotion.then {
            Extra::Multiply(hundredths) => {
                let whole = self.locale.language().write_number(hundredths / 100);
                let factor = match hundredths % 100 {
                    0 => whole,
                    rest => format!("{whole}.{rest:02}").trim_end_matches('0').to_owned(),
                };
                self.with("terms-then-multiply", "factor", &factor)
            }
            Extra::Add(points) => self.with("terms-then-add", "points", &self.points(points)),
        };
        let budget = promotion
            .budget
            .map(|most| self.with("terms-budget", "points", &self.points(most)));
        Phrase {
            when: self.locale.word("terms-when-order"),
            conditions,
            then,
            limits: budget.into_iter().collect(),
        }
    }

    /// A challenge in words; `rewards` are those of the program, by id and name.
    pub(super) fn challenge_phrase(&self, challenge: &Challenge, rewards: &[(String, String)]) -> Phrase {
        let locale = self.locale;
        let goal = match challenge.goal {
            Goal::Times(count) => locale.say("challenge-times", &[("count", count.into())]),
            Goal::Items(count) => locale.say("challenge-items", &[("count", count.into())]),
            Goal::Spend(minor) => self.money(minor),
        };
        let within = match challenge.within {
            Period::Day => locale.word("challenge-in-day"),
            Period::Week => locale.word("challenge-in-week"),
            Period::Month => locale.word("challenge-in-month"),
            Period::Year => locale.word("challenge-in-year"),
            Period::Ever => locale.word("challenge-in-ever"),
            Period::Days(days) => locale.say("challenge-in-days", &[("days", i64::from(days).into())]),
        };
        let prize = match &challenge.then.reward {
            None => self.points(challenge.then.points),
            Some(reward) => {
                let known = rewards.iter().find(|(id, _)| id == reward.as_str());
                known.map_or_else(|| locale.word("terms-a-reward"), |(_, name)| name.clone())
            }
        };
        let then = [
            ("goal", goal.into()),
            ("within", within.into()),
            ("prize", prize.into()),
        ];
        let wins = locale.say("challenge-wins", &[("count", challenge.wins.into())]);
        let shown = challenge.title();
        let shown = shown.get(&locale.language());
        let shown = (shown != challenge.name).then(|| self.with("tier-shown", "name", shown));
        let mut conditions: Vec<String> = self.counted_lines(&challenge.of).into_iter().collect();
        conditions.extend(challenge.conditions.iter().map(|one| self.condition(one)));
        conditions.extend(self.span(challenge.from, challenge.until));
        Phrase {
            when: self.trigger(&challenge.when),
            conditions,
            then: locale.say("challenge-then", &then),
            limits: shown.into_iter().chain([wins]).collect(),
        }
    }

    /// What sets a rule or challenge off.
    fn trigger(&self, when: &Trigger) -> String {
        match when {
            Trigger::Order => self.locale.word("terms-when-order"),
            Trigger::Event(kind) => self.with("terms-when-event", "event", &self.event(kind)),
        }
    }

    /// The lines that are counted, if not all are.
    fn counted_lines(&self, of: &Lines) -> Option<String> {
        let named: Vec<&str> = of.category.iter().chain(&of.sku).map(String::as_str).collect();
        (!named.is_empty()).then(|| self.with("terms-if-lines", "lines", &self.list(&named)))
    }

    /// What an event is called.
    pub(super) fn event(&self, kind: &str) -> String {
        let known = EVENTS.iter().find(|(name, _)| *name == kind);
        known.map_or_else(|| kind.to_owned(), |(_, text)| self.locale.word(text))
    }

    fn with(&self, id: &str, name: &str, value: &str) -> String {
        self.locale.say(id, &[(name, value.into())])
    }

    fn list(&self, texts: &[&str]) -> String {
        texts.join(&self.locale.word("terms-comma"))
    }

    fn texts(&self, id: &str, name: &str, texts: &[String]) -> String {
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        self.with(id, name, &self.list(&texts))
    }

    fn condition(&self, condition: &Condition) -> String {
        match condition {
            Condition::Channel(names) => self.texts("terms-if-channel", "names", names),
            Condition::Location(names) => self.texts("terms-if-location", "names", names),
            Condition::Weekday(days) => {
                let of = |day: &Weekday| DAYS.iter().find(|(known, ..)| known == day).map(|(.., id)| *id);
                let words: Vec<String> = days
                    .iter()
                    .filter_map(of)
                    .map(|id| self.locale.word(id))
                    .collect();
                self.texts("terms-if-days", "days", &words)
            }
            Condition::Hours(Hours { from, to }) => {
                let language = self.locale.language();
                let (from, to) = (language.write_clock(*from), language.write_clock(*to % (24 * 60)));
                let values = [("from", from.into()), ("to", to.into())];
                self.locale.say("terms-if-hours", &values)
            }
            Condition::Minimum(minor) => self.with("terms-if-minimum", "money", &self.money(*minor)),
            Condition::OrderNumber(number) => self
                .locale
                .say("terms-if-number", &[("number", (*number).into())]),
            Condition::EveryOrder(number) => {
                self.locale.say("terms-if-every", &[("number", (*number).into())])
            }
            Condition::Tier(names) => self.texts("terms-if-tier", "names", names),
            Condition::Segment(names) => self.texts("terms-if-segment", "names", names),
            Condition::Attribute(attribute) | Condition::Data(attribute) => {
                let texts: Vec<&str> = attribute.is.iter().map(String::as_str).collect();
                let values = [
                    ("name", attribute.name.as_str().into()),
                    ("values", self.list(&texts).into()),
                ];
                self.locale.say("terms-if-attribute", &values)
            }
            Condition::MemberDays(days) => self
                .locale
                .say("terms-if-member-days", &[("days", (*days).into())]),
        }
    }

    fn award(&self, award: &Award) -> String {
        let gives = if award.reward.is_some() {
            self.locale.word("terms-a-reward")
        } else {
            self.points(award.points)
        };
        match award.per {
            Unit::Time => self.with("terms-then-time", "points", &gives),
            Unit::Item => self.with("terms-then-item", "points", &gives),
            Unit::Spend(minor) => {
                let money = self.money(minor);
                let values = [("points", gives.into()), ("money", money.into())];
                self.locale.say("terms-then-spend", &values)
            }
        }
    }

    fn limit(&self, limit: &Limit) -> String {
        let within = match limit.within {
            Period::Days(days) => self
                .locale
                .say("terms-in-days", &[("days", i64::from(days).into())]),
            other => self.locale.word(period_text(other)),
        };
        match (limit.times, limit.points) {
            (Some(times), _) => {
                let values = [("times", times.into()), ("within", within.into())];
                self.locale.say("terms-limit-times", &values)
            }
            (None, points) => {
                let points = self.points(points.unwrap_or_default());
                let values = [("points", points.into()), ("within", within.into())];
                self.locale.say("terms-limit-points", &values)
            }
        }
    }

    fn span(&self, from: Option<Time>, until: Option<Time>) -> Option<String> {
        let date = |at: Option<Time>| at.map(|at| self.date(at)).unwrap_or_default();
        let (begin, end) = (date(from), date(until.map(|at| at.plus_ms(-1))));
        let id = match (from, until) {
            (Some(_), Some(_)) => "terms-if-between",
            (Some(_), None) => "terms-if-from",
            (None, Some(_)) => "terms-if-until",
            (None, None) => return None,
        };
        Some(
            self.locale
                .say(id, &[("from", begin.into()), ("until", end.into())]),
        )
    }
}

/// The text of a period.
const fn period_text(period: Period) -> &'static str {
    match period {
        Period::Day => "terms-in-day",
        Period::Week => "terms-in-week",
        Period::Month => "terms-in-month",
        Period::Year => "terms-in-year",
        Period::Days(_) => "terms-in-days",
        Period::Ever => "terms-in-ever",
    }
}
