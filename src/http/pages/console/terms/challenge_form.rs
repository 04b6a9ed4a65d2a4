//! The form of a challenge: what the API takes, and what a challenge that is there says.

use serde::Deserialize;
use serde_json::{Value, json};

use super::super::super::amount::{parse, parse_number, plain};
use super::super::super::desk::Desk;
use super::super::super::forms::guarded;
use super::edit::{Filled, TermForm};
use super::rewards::NameField;
use super::rule_form::{FieldFault, is_short_name, period_name, read_day, split_list};
use super::tongues::Shown;
use crate::actions::TermKind;
use crate::loyalty::challenge::{Challenge, Goal, TIMES_MAX, WINDOW_DAYS_MAX, WINS_MAX};
use crate::loyalty::earning::BaseRule;
use crate::loyalty::rule::check::TEXT_MAX;
use crate::loyalty::rule::{Condition, Period, Trigger};
use crate::types::{Currency, RewardId, Zone};

/// What was typed of a challenge.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct ChallengeForm {
    pub(super) token: String,
    pub(super) version: String,
    pub(super) name: String,
    #[serde(flatten)]
    pub(super) shown: Shown,
    /// `order`, or the type of an event.
    pub(super) when: String,
    pub(super) minimum: String,
    pub(super) category: String,
    /// `times`, `items` or `spend`.
    pub(super) counts: String,
    pub(super) goal: String,
    /// A period by its name, or `days`.
    pub(super) within: String,
    pub(super) days: String,
    pub(super) points: String,
    /// The reward's id; empty for points.
    pub(super) reward: String,
    pub(super) wins: String,
    pub(super) from: String,
    pub(super) until: String,
}

guarded!(ChallengeForm);

/// The periods that can be chosen, besides a number of days.
const WITHIN: [(&str, &str); 6] = [
    ("days", "challenge-in-some-days"),
    ("day", "challenge-in-day"),
    ("week", "challenge-in-week"),
    ("month", "challenge-in-month"),
    ("year", "challenge-in-year"),
    ("ever", "challenge-in-ever"),
];

/// What can be counted.
const COUNTS: [(&str, &str); 3] = [
    ("times", "challenge-counts-times"),
    ("items", "challenge-counts-items"),
    ("spend", "challenge-counts-spend"),
];

impl ChallengeForm {
    /// Whether it is only for some orders or some days; what is folded is open then.
    pub(super) fn has_conditions(&self) -> bool {
        let texts = [&self.minimum, &self.category, &self.from, &self.until];
        texts.iter().any(|text| !text.is_empty())
    }

    /// The form with what a challenge says; `None` if that is more than the form can say.
    fn say(challenge: &Challenge, currency: Currency, zone: Zone) -> Option<Self> {
        let (counts, goal) = match challenge.goal {
            Goal::Times(count) => ("times", count.to_string()),
            Goal::Items(count) => ("items", count.to_string()),
            Goal::Spend(minor) => ("spend", plain(minor, currency)),
        };
        let (within, days) = match challenge.within {
            Period::Days(days) => ("days", days.to_string()),
            other => (period_name(other)?, String::new()),
        };
        let minimum = match challenge.conditions.as_slice() {
            [] => String::new(),
            [Condition::Minimum(minor)] => plain(*minor, currency),
            _ => return None,
        };
        let points = challenge.then.points;
        let form = Self {
            name: challenge.name.clone(),
            shown: Shown::of(challenge.shown_as.as_ref())?,
            when: match &challenge.when {
                Trigger::Order => "order".to_owned(),
                Trigger::Event(kind) => kind.clone(),
            },
            minimum,
            category: challenge.of.category.join(", "),
            counts: counts.to_owned(),
            goal,
            within: within.to_owned(),
            days,
            points: if points == 0 {
                String::new()
            } else {
                points.to_string()
            },
            reward: challenge
                .then
                .reward
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
            wins: challenge.wins.to_string(),
            from: challenge
                .from
                .map(|at| zone.local(at).day.to_string())
                .unwrap_or_default(),
            until: challenge
                .until
                .map(|at| zone.local(at.plus_ms(-1)).day.to_string())
                .unwrap_or_default(),
            ..Self::default()
        };
        // What it would be read as is what the challenge says, or it says more.
        let again = super::rewards::without_nulls(form.challenge(currency, zone).ok()?);
        let again: Challenge = serde_json::from_value(again).ok()?;
        let is_same = Challenge {
            shown_as: None,
            ..again
        } == Challenge {
            shown_as: None,
            ..challenge.clone()
        };
        is_same.then_some(form)
    }

    /// The challenge as the API takes it, or what is wrong with the form. What was left empty is null.
    fn challenge(&self, currency: Currency, zone: Zone) -> Result<Value, Vec<FieldFault>> {
        let mut faults = Vec::new();
        let in_range = |number: &i64| (1..=BaseRule::MAX).contains(number);
        let name = self.name.trim();
        if !is_short_name(name) {
            faults.push(("name", "terms-bad-short-name"));
        }
        let shown = self.shown.read();
        let mut texts = shown.iter().flat_map(|text| text.translations().values());
        if texts.any(|one| one.chars().count() > TEXT_MAX) {
            faults.push(("shown_en", "terms-bad-short-name"));
        }
        let mut conditions = Vec::new();
        if !self.minimum.trim().is_empty() {
            match parse(&self.minimum, currency).filter(|minor| *minor > 0) {
                Some(minor) => conditions.push(json!({ "minimum": minor })),
                None => faults.push(("minimum", "start-bad-basket")),
            }
        }
        let (what, goal) = match self.counts.as_str() {
            "spend" => ("spend", parse(&self.goal, currency).filter(|minor| *minor > 0)),
            "items" => ("items", parse_number(&self.goal).filter(in_range)),
            _ => (
                "times",
                parse_number(&self.goal).filter(|times| (1..=TIMES_MAX).contains(times)),
            ),
        };
        if goal.is_none() {
            faults.push(("goal", "challenge-bad-goal"));
        }
        let within = self.read_within();
        if within.is_none() {
            faults.push(("days", "challenge-bad-days"));
        }
        let then = self.read_prize();
        if then.is_none() {
            faults.push(("points", "challenge-bad-prize"));
        }
        let wins = match self.wins.trim() {
            "" => Some(1),
            text => parse_number(text).filter(|wins| (1..=WINS_MAX).contains(wins)),
        };
        if wins.is_none() {
            faults.push(("wins", "start-bad-number"));
        }
        let (from, until) = self.read_span(zone, &mut faults);
        if !faults.is_empty() {
            return Err(faults);
        }
        let category = split_list(&self.category);
        let of = (!category.is_empty()).then(|| json!({ "category": category }));
        let when = match self.when.as_str() {
            "" | "order" => json!("order"),
            event => json!({ "event": event }),
        };
        Ok(
            json!({ "name": name, "shown_as": shown, "when": when, "if": conditions, "of": of, "goal": { what: goal },
            "within": within, "then": then, "wins": wins, "from": from, "until": until }),
        )
    }

    fn read_within(&self) -> Option<Value> {
        if self.within == "days" || self.within.is_empty() {
            let days = parse_number(&self.days)?;
            let is_sound = (1..=i64::from(WINDOW_DAYS_MAX)).contains(&days);
            return is_sound.then(|| json!({ "days": days }));
        }
        let known = WITHIN.iter().find(|(name, _)| *name == self.within);
        known.map(|(name, _)| json!(name))
    }

    /// Points or a reward, and not both.
    fn read_prize(&self) -> Option<Value> {
        match (self.reward.trim(), self.points.trim()) {
            ("", text) => {
                let points = parse_number(text).filter(|points| (1..=BaseRule::MAX).contains(points))?;
                Some(json!({ "points": points }))
            }
            (reward, "") => {
                let id: RewardId = reward.parse().ok()?;
                Some(json!({ "reward": id.to_string() }))
            }
            _ => None,
        }
    }

    fn read_span(&self, zone: Zone, faults: &mut Vec<FieldFault>) -> (Option<String>, Option<String>) {
        let mut day = |text: &str, field: &'static str| {
            let read = read_day(text);
            if read.is_none() && !text.trim().is_empty() {
                faults.push((field, "terms-bad-date"));
            }
            read
        };
        let (from, until) = (day(&self.from, "from"), day(&self.until, "until"));
        if let (Some(from), Some(until)) = (from, until)
            && until < from
        {
            faults.push(("until", "terms-bad-span"));
        }
        (
            from.map(|day| zone.start_of(day).rfc3339_secs()),
            until.map(|day| zone.start_of(day.plus_days(1)).rfc3339_secs()),
        )
    }
}

impl TermForm for ChallengeForm {
    type Body = Challenge;
    const KIND: TermKind = TermKind::Challenge;
    const LIST: &'static str = "/console/challenges";

    fn version(&self) -> &str {
        &self.version
    }

    fn of(desk: &Desk, body: &Challenge) -> Option<Self> {
        Self::say(body, desk.program.currency, desk.program.time_zone)
    }

    fn read(&self, desk: &Desk) -> Result<Value, Vec<FieldFault>> {
        self.challenge(desk.program.currency, desk.program.time_zone)
    }
}

/// A challenge's form as a page draws it.
pub(super) struct ChallengeFields {
    pub(super) filled: Filled<ChallengeForm>,
    pub(super) shown: Vec<NameField>,
    pub(super) events: Vec<(String, String, bool)>,
    pub(super) counts: Vec<(&'static str, &'static str, bool)>,
    pub(super) within: Vec<(&'static str, &'static str, bool)>,
    /// The rewards that a win can give.
    pub(super) rewards: Vec<(String, String, bool)>,
    pub(super) symbol: String,
}

impl ChallengeFields {
    /// `rewards` are those of the program, by id and name. One that was taken away stays chosen where it was.
    pub(super) fn new(desk: &Desk, filled: Filled<ChallengeForm>, rewards: &[(String, String)]) -> Self {
        let form = &filled.form;
        let is_gone = !form.reward.is_empty() && rewards.iter().all(|(id, _)| *id != form.reward);
        let gone = is_gone.then(|| (form.reward.clone(), desk.locale.word("challenge-reward-gone")));
        let choose = |all: &[(&'static str, &'static str)], chosen: &str| {
            let pairs = all.iter();
            pairs
                .map(|(name, text)| (*name, *text, *name == chosen))
                .collect()
        };
        Self {
            shown: form.shown.fields(),
            events: desk.events(&form.when),
            counts: choose(&COUNTS, &form.counts),
            within: choose(&WITHIN, &form.within),
            rewards: rewards
                .iter()
                .cloned()
                .chain(gone)
                .map(|(id, name)| (id.clone(), name, id == form.reward))
                .collect(),
            symbol: desk.program.currency.to_string(),
            filled,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(more: &Value) -> Challenge {
        let mut body = json!({ "name": "Three visits", "when": "order", "goal": { "times": 3 },
            "within": { "days": 14 }, "then": { "points": 50 } });
        for (name, value) in more.as_object().expect("fields") {
            body[name] = value.clone();
        }
        serde_json::from_value(body).expect("a challenge")
    }

    #[test]
    fn a_challenge_that_the_form_can_say_comes_back_and_one_that_says_more_does_not() {
        let currency = "EUR".parse().expect("a currency");
        let say = |more: Value| ChallengeForm::say(&read(&more), currency, Zone::UTC);
        let form = say(json!({ "goal": { "spend": 5_050 }, "wins": 3, "if": [{ "minimum": 500 }],
            "shown_as": { "ar": "٣ زيارات" }, "from": "2026-11-01T00:00:00Z", "until": "2026-12-01T00:00:00Z" }))
        .expect("it can");
        assert_eq!(
            [&form.goal, &form.days, &form.minimum, &form.from, &form.until].map(String::as_str),
            ["50.50", "14", "5", "2026-11-01", "2026-11-30"]
        );
        for more in [
            json!({ "of": { "sku": ["A-1"] } }),
            json!({ "if": [{ "weekday": ["mon"] }] }),
            json!({ "from": "2026-11-01T08:00:00Z" }),
            json!({ "shown_as": { "de": "Drei Besuche" } }),
        ] {
            assert!(say(more.clone()).is_none(), "{more}");
        }
    }

    #[test]
    fn each_fault_of_a_challenge_is_told_at_its_field() {
        let form = ChallengeForm {
            goal: "0".to_owned(),
            minimum: "x".to_owned(),
            days: "731".to_owned(),
            points: "5".to_owned(),
            reward: "rwd_x".to_owned(),
            wins: "0".to_owned(),
            from: "2026-12-02".to_owned(),
            until: "2026-12-01".to_owned(),
            ..ChallengeForm::default()
        };
        let faults = form.challenge("EUR".parse().expect("a currency"), Zone::UTC);
        let faults = faults.expect_err("all wrong");
        let fields: Vec<&str> = faults.iter().map(|(field, _)| *field).collect();
        assert_eq!(
            fields,
            ["name", "minimum", "goal", "days", "points", "wins", "until"]
        );
    }
}
