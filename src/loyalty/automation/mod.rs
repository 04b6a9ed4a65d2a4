//! Automations: something happens to a member, time passes, and if a condition holds they hear of it or are given
//! something.

pub mod check;

use serde::{Deserialize, Serialize};

use super::campaign::schedule::{Moment, Repeat, Schedule};
use super::campaign::{Arm, Campaign, Given, MARKETING, SHOWN_DAYS};
use super::rule::Lines;
use super::rule::facts::Line;
use super::rulebook::Listed;
use super::segment::Criterion;
use crate::types::{Day, SegmentId};

/// Minutes of a day.
const DAY_MINUTES: u16 = 24 * 60;

/// An automation, as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Automation {
    /// What the staff call it.
    pub name: String,
    /// What its message is about: members must have agreed to the purpose of that name.
    #[serde(default = "marketing")]
    pub topic: String,
    /// What sets it off.
    pub when: Trigger,
    /// Minutes between that and the message. If it happens again meanwhile, they count anew.
    #[serde(default)]
    pub wait_minutes: u32,
    /// What calls it off while it waits.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unless: Vec<Trigger>,
    /// Who is meant, asked when the wait is over; everybody, if neither this nor `segment` is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub members: Option<Criterion>,
    /// Who is meant, by a saved segment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segment: Option<SegmentId>,
    /// What is said; nothing, if it only gives something.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub arms: Vec<Arm>,
    /// What the member is given, whether or not they may hear of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gives: Option<Given>,
    /// Whether the message is also told to the program's webhooks, for other channels.
    #[serde(default, skip_serializing_if = "Webhook::is_never")]
    pub webhook: Webhook,
    /// Days for which a member is not meant again.
    #[serde(default)]
    pub again_after_days: u16,
    /// How many of a hundred members hear nothing and are given nothing, so that what it did can be seen.
    #[serde(default)]
    pub hold_out_percent: u8,
    /// Days that the message stays on the card.
    #[serde(default = "shown_days")]
    pub shown_days: u16,
}

fn marketing() -> String {
    MARKETING.to_owned()
}

const fn shown_days() -> u16 {
    SHOWN_DAYS
}

/// What sets an automation off, or calls it off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// The member joined.
    Joined,
    /// They bought something.
    Order(Bought),
    /// An event of this type was recorded.
    Event(String),
    /// They reached a higher tier.
    TierUp,
    /// So many points, or fewer, are missing for a reward.
    NearReward(i64),
    /// The points suffice for a reward.
    RewardReady,
    /// They were given notice that points expire.
    PointsExpiring,
    /// Each day at a time of day: all who are meant then.
    EachDay(TimeOfDay),
}

/// A purchase that sets an automation off.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bought {
    /// Only the member's first, second .. one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<i64>,
    /// Only with one of these articles or categories.
    #[serde(default, skip_serializing_if = "Lines::is_everything")]
    pub of: Lines,
}

/// Of which members webhooks are told the message. They are told of nobody who did not agree to the topic.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Webhook {
    /// Of nobody.
    #[default]
    Never,
    /// Of those whose card is in no wallet.
    Unreachable,
    /// Of them, and of those who hear it on their card.
    Always,
}

impl Webhook {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
    const fn is_never(&self) -> bool {
        matches!(self, Self::Never)
    }
}

/// A time of day, such as `09:30`: minutes since midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TimeOfDay(pub u16);

impl TryFrom<String> for TimeOfDay {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let shown: String = text.chars().take(16).collect();
        let fault = || format!("`{shown}` is not a time of day such as 09:30");
        let digits = |text: &str| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        let parts = text.split_once(':');
        let (hours, minutes) = parts
            .filter(|(hours, minutes)| digits(hours) && digits(minutes))
            .ok_or_else(fault)?;
        let hours: u16 = hours.parse().map_err(|_| fault())?;
        let minutes: u16 = minutes.parse().map_err(|_| fault())?;
        if minutes > 59 || hours * 60 + minutes >= DAY_MINUTES {
            return Err(fault());
        }
        Ok(Self(hours * 60 + minutes))
    }
}

impl From<TimeOfDay> for String {
    fn from(time: TimeOfDay) -> Self {
        format!("{:02}:{:02}", time.0 / 60, time.0 % 60)
    }
}

impl Automation {
    /// Its message, as that of a campaign.
    pub fn message(&self) -> Campaign {
        let members = self.members.clone();
        Campaign {
            name: self.name.clone(),
            topic: self.topic.clone(),
            members: members.or_else(|| self.segment.is_none().then(Criterion::everybody)),
            segment: self.segment.clone(),
            arms: self.arms.clone(),
            hold_out_percent: self.hold_out_percent,
            gives: None,
            shown_days: self.shown_days,
            shown_until: None,
            schedule: self.schedule(),
        }
    }

    /// When it looks for members by itself; `None` if something that happens sets it off.
    pub const fn schedule(&self) -> Option<Schedule> {
        match &self.when {
            Trigger::EachDay(time) => Some(Schedule {
                at: Moment {
                    day: Day::from_number(0),
                    minute: time.0,
                },
                repeats: Some(Repeat::Daily),
                until: None,
            }),
            _ => None,
        }
    }
}

/// An automation of a program, as far as deeds have to know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listener {
    /// What sets it off.
    pub when: Trigger,
    /// What calls it off.
    pub unless: Vec<Trigger>,
    /// Milliseconds between that and the message.
    pub wait_ms: i64,
}

/// What a deed said of itself beside what it moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Occurred {
    /// Somebody joined.
    Joined,
    /// Something was bought.
    Order(Vec<Line>),
    /// An event of this type was recorded.
    Event(String),
    /// Notice was given of points that expire.
    Expiring,
}

/// What a deed did to a card.
#[derive(Debug, Clone, Copy)]
pub struct Done<'a> {
    /// What it said of itself.
    pub occurred: &'a [Occurred],
    /// Orders on the card by then.
    pub orders: i64,
    /// Whether the card is on a higher tier than before.
    pub is_higher: bool,
    /// Points before and after.
    pub balance: (i64, i64),
    /// What the rewards cost that cost anything.
    pub costs: &'a [i64],
}

impl Trigger {
    /// Whether a deed sets it off.
    pub fn is_met(&self, by: Done<'_>) -> bool {
        let (before, after) = by.balance;
        match self {
            Self::Joined => by.occurred.contains(&Occurred::Joined),
            Self::Order(bought) => by.occurred.iter().any(|one| match one {
                Occurred::Order(lines) => {
                    bought.number.is_none_or(|number| number == by.orders)
                        && (bought.of.is_everything() || lines.iter().any(|line| line.is_of(&bought.of)))
                }
                _ => false,
            }),
            Self::Event(kind) => by
                .occurred
                .iter()
                .any(|one| matches!(one, Occurred::Event(own) if own == kind)),
            Self::TierUp => by.is_higher,
            Self::NearReward(within) => by.costs.iter().any(|cost| {
                let near = cost - within;
                before < near && (near..*cost).contains(&after)
            }),
            Self::RewardReady => by.costs.iter().any(|cost| before < *cost && after >= *cost),
            Self::PointsExpiring => by.occurred.contains(&Occurred::Expiring),
            Self::EachDay(_) => false,
        }
    }
}

/// The automations that a deed sets off, and those that it calls off.
pub fn hear<'a>(
    listeners: &'a [Listed<Listener>],
    done: Done<'_>,
) -> (Vec<&'a Listed<Listener>>, Vec<&'a str>) {
    let is_met = |trigger: &Trigger| trigger.is_met(done);
    let set_off = listeners.iter().filter(|one| is_met(&one.body.when)).collect();
    let called_off = listeners.iter().filter(|one| one.body.unless.iter().any(is_met));
    (set_off, called_off.filter_map(|one| one.id.as_deref()).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn trigger(value: serde_json::Value) -> Trigger {
        serde_json::from_value(value).expect("a trigger")
    }

    fn of(occurred: &[Occurred], balance: (i64, i64)) -> Done<'_> {
        Done {
            occurred,
            orders: 2,
            is_higher: false,
            balance,
            costs: &[100, 250],
        }
    }

    #[test]
    fn a_purchase_is_met_by_its_number_and_by_what_is_in_it() {
        let cake = Line {
            category: Some("cake".to_owned()),
            quantity: 1,
            ..Line::default()
        };
        let bought = [Occurred::Order(vec![cake])];
        for (said, is_met) in [
            (json!({ "order": {} }), true),
            (json!({ "order": { "number": 2 } }), true),
            (json!({ "order": { "number": 1 } }), false),
            (json!({ "order": { "of": { "category": ["cake"] } } }), true),
            (json!({ "order": { "of": { "category": ["tea"] } } }), false),
            (json!("joined"), false),
            (json!({ "event": "cart" }), false),
        ] {
            assert_eq!(
                trigger(said.clone()).is_met(of(&bought, (0, 0))),
                is_met,
                "{said}"
            );
        }
        assert!(
            trigger(json!({ "event": "cart" })).is_met(of(&[Occurred::Event("cart".to_owned())], (0, 0)))
        );
    }

    #[test]
    fn a_reward_is_near_or_ready_when_the_balance_comes_there() {
        let (near, ready) = (
            trigger(json!({ "near_reward": 20 })),
            trigger(json!("reward_ready")),
        );
        for (before, after, is_near, is_ready) in [
            (0, 79, false, false),
            (0, 80, true, false),
            (80, 99, false, false),
            (80, 100, false, true),
            (0, 130, false, true),
            (130, 240, true, false),
            (0, 260, false, true),
            (260, 90, false, false),
        ] {
            let done = of(&[], (before, after));
            assert_eq!(
                (near.is_met(done), ready.is_met(done)),
                (is_near, is_ready),
                "{before} to {after}"
            );
        }
    }

    #[test]
    fn what_calls_an_automation_off_does_not_set_it_off() {
        let listener = Listed {
            id: Some("cmp_1".to_owned()),
            version: 1,
            body: Listener {
                when: trigger(json!({ "event": "cart" })),
                unless: vec![trigger(json!({ "order": {} }))],
                wait_ms: 1,
            },
        };
        let listeners = [listener];
        let (set_off, called_off) = hear(&listeners, of(&[Occurred::Order(Vec::new())], (0, 0)));
        assert!(set_off.is_empty());
        assert_eq!(called_off, ["cmp_1"]);
    }

    #[test]
    fn a_time_of_day_reads_as_it_is_written() {
        for (text, minutes) in [("00:00", 0), ("09:30", 570), ("23:59", 1439)] {
            let read = TimeOfDay::try_from(text.to_owned()).expect("a time");
            assert_eq!(read.0, minutes);
            assert_eq!(String::from(read), text);
        }
        for text in ["24:00", "9:30", "09:60", "", "aa:bb", "09:30:00"] {
            assert!(TimeOfDay::try_from(text.to_owned()).is_err(), "{text}");
        }
    }
}
