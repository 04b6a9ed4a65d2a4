//! The form of an automation: what sets it off, whom it means, what it says and gives.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::super::super::amount::parse_number;
use super::super::super::desk::Desk;
use super::super::super::forms::guarded;
use super::super::campaigns::{TextField, in_each, text_fault, text_fields, translated};
use crate::actions::{ActionError, Fault};
use crate::loyalty::automation::{Automation, Bought, Trigger, Webhook};
use crate::loyalty::campaign::{MARKETING, SHOWN_DAYS};
use crate::loyalty::rule::Lines;
use crate::loyalty::segment::Criterion;

/// Minutes of the units in which a wait is said.
const UNITS: [(&str, &str, u32); 3] = [
    ("days", "auto-days", 24 * 60),
    ("hours", "auto-hours", 60),
    ("minutes", "auto-minutes", 1),
];
/// What sets an automation off: its name in the form, and its text.
const WHENS: [(&str, &str); 8] = [
    ("joined", "auto-when-joined"),
    ("order", "auto-when-order"),
    ("event", "auto-when-event"),
    ("near_reward", "auto-when-near"),
    ("reward_ready", "auto-when-ready"),
    ("tier_up", "auto-when-tier"),
    ("points_expiring", "auto-when-expiring"),
    ("each_day", "auto-when-each-day"),
];
/// Of whom webhooks are told: the name, and the text.
const WEBHOOKS: [(&str, &str); 3] = [
    ("never", "auto-webhook-never"),
    ("unreachable", "auto-webhook-unreachable"),
    ("always", "auto-webhook-always"),
];

/// Who is meant without a segment of the program's own: the name in the form, its text, and the criterion.
const READY_WHO: [(&str, &str, &str); 6] = [
    ("is:birthday", "auto-who-birthday", r#"{"birthday_within":0}"#),
    ("is:once", "ready-once", r#"{"stage":["once"]}"#),
    ("is:loyal", "ready-loyal", r#"{"stage":["loyal"]}"#),
    (
        "is:quiet",
        "auto-who-quiet",
        r#"{"last_order":{"at_least_days":30}}"#,
    ),
    ("is:at-risk", "ready-at-risk", r#"{"stage":["at_risk"]}"#),
    ("is:lapsed", "ready-lapsed", r#"{"stage":["lapsed"]}"#),
];

/// What was typed of an automation.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct AutomationForm {
    pub(super) token: String,
    pub(super) version: String,
    pub(super) name: String,
    pub(super) when: String,
    /// Only the purchase of that number.
    pub(super) number: String,
    /// Only with one of these categories.
    pub(super) of: String,
    pub(super) event: String,
    pub(super) missing: String,
    pub(super) time: String,
    pub(super) wait: String,
    pub(super) unit: String,
    /// Whether a purchase calls it off.
    pub(super) unless: String,
    /// A segment's id or a ready answer; empty for everybody.
    pub(super) who: String,
    pub(super) topic: String,
    pub(super) text_en: String,
    pub(super) text_ar: String,
    pub(super) text_fa: String,
    pub(super) text_zh_hans: String,
    pub(super) text_zh_hant: String,
    pub(super) points: String,
    pub(super) reward: String,
    pub(super) again: String,
    pub(super) hold_out: String,
    pub(super) shown_days: String,
    pub(super) webhook: String,
}

guarded!(AutomationForm);

/// The fields of the texts, in the order of our languages.
const TEXTS: [&str; 5] = ["text_en", "text_ar", "text_fa", "text_zh_hans", "text_zh_hant"];

/// A choice: the value, the text, whether it is chosen.
pub(super) type Choice = (&'static str, &'static str, bool);

impl AutomationForm {
    /// An empty form.
    pub(super) fn new() -> Self {
        Self {
            when: "joined".to_owned(),
            time: "09:00".to_owned(),
            unit: "minutes".to_owned(),
            topic: MARKETING.to_owned(),
            hold_out: "0".to_owned(),
            shown_days: SHOWN_DAYS.to_string(),
            webhook: "never".to_owned(),
            ..Self::default()
        }
    }

    /// Fills in a field by its name.
    pub(super) fn set(&mut self, field: &str, value: &str) {
        let place = match field {
            "when" => &mut self.when,
            "number" => &mut self.number,
            "event" => &mut self.event,
            "missing" => &mut self.missing,
            "time" => &mut self.time,
            "wait" => &mut self.wait,
            "unit" => &mut self.unit,
            "unless" => &mut self.unless,
            "who" => &mut self.who,
            "points" => &mut self.points,
            "hold_out" => &mut self.hold_out,
            _ => &mut self.again,
        };
        value.clone_into(place);
    }

    /// The form with what an automation does; `None` if that is more than the form can say.
    pub(super) fn say(automation: &Automation) -> Option<Self> {
        let mut form = Self {
            name: automation.name.clone(),
            topic: automation.topic.clone(),
            hold_out: automation.hold_out_percent.to_string(),
            shown_days: automation.shown_days.to_string(),
            webhook: webhook_name(automation.webhook).to_owned(),
            who: who(automation)?,
            ..Self::new()
        };
        form.say_trigger(&automation.when)?;
        let any_order = Trigger::Order(Bought::default());
        form.unless = match automation.unless.as_slice() {
            [] => String::new(),
            [only] if *only == any_order => "on".to_owned(),
            _ => return None,
        };
        let minutes = automation.wait_minutes;
        if minutes > 0 {
            let (unit, _, each) = UNITS.iter().find(|(_, _, each)| minutes.is_multiple_of(*each))?;
            form.wait = (minutes / each).to_string();
            (*unit).clone_into(&mut form.unit);
        }
        if automation.again_after_days > 0 {
            form.again = automation.again_after_days.to_string();
        }
        if let Some(gives) = &automation.gives {
            form.points = gives.points.map(|points| points.to_string()).unwrap_or_default();
            form.reward = gives.reward.as_ref().map(ToString::to_string).unwrap_or_default();
        }
        let texts = match automation.arms.as_slice() {
            [] => Default::default(),
            [arm] if arm.weight == 1 => in_each(&arm.text)?,
            _ => return None,
        };
        let [english, arabic, persian, simplified, traditional] = texts;
        Some(Self {
            text_en: english,
            text_ar: arabic,
            text_fa: persian,
            text_zh_hans: simplified,
            text_zh_hant: traditional,
            ..form
        })
    }

    fn say_trigger(&mut self, trigger: &Trigger) -> Option<()> {
        let name = match trigger {
            Trigger::Joined => "joined",
            Trigger::Order(bought) => {
                self.number = bought.number.map(|number| number.to_string()).unwrap_or_default();
                if !bought.of.sku.is_empty() {
                    return None;
                }
                self.of = bought.of.category.join(", ");
                "order"
            }
            Trigger::Event(kind) => {
                self.event.clone_from(kind);
                "event"
            }
            Trigger::TierUp => "tier_up",
            Trigger::NearReward(missing) => {
                self.missing = missing.to_string();
                "near_reward"
            }
            Trigger::RewardReady => "reward_ready",
            Trigger::PointsExpiring => "points_expiring",
            Trigger::EachDay(time) => {
                self.time = String::from(*time);
                "each_day"
            }
        };
        name.clone_into(&mut self.when);
        Some(())
    }

    fn texts(&self) -> [&str; 5] {
        [
            &self.text_en,
            &self.text_ar,
            &self.text_fa,
            &self.text_zh_hans,
            &self.text_zh_hant,
        ]
    }

    pub(super) fn text_fields(&self) -> Vec<TextField> {
        text_fields(TEXTS, self.texts())
    }

    pub(super) fn whens(&self) -> Vec<Choice> {
        let choice = |(name, text): (&'static str, &'static str)| (name, text, name == self.when);
        WHENS.map(choice).to_vec()
    }

    pub(super) fn units(&self) -> Vec<Choice> {
        let choice = |(name, text, _): (&'static str, &'static str, u32)| (name, text, name == self.unit);
        UNITS.map(choice).to_vec()
    }

    pub(super) fn webhooks(&self) -> Vec<Choice> {
        let choice = |(name, text): (&'static str, &'static str)| (name, text, name == self.webhook);
        WEBHOOKS.map(choice).to_vec()
    }

    pub(super) fn ready_who(&self) -> Vec<Choice> {
        let choice = |(name, text, _): (&'static str, &'static str, &str)| (name, text, name == self.who);
        READY_WHO.map(choice).to_vec()
    }

    fn trigger(&self) -> Result<Value, ActionError> {
        Ok(match self.when.as_str() {
            "order" => {
                let listed = self.of.split([',', '،', '，', '、']).map(str::trim);
                let of = Lines {
                    category: listed
                        .filter(|name| !name.is_empty())
                        .map(str::to_owned)
                        .collect(),
                    ..Lines::default()
                };
                let bought = Bought {
                    number: number(&self.number, "/when/order/number")?,
                    of,
                };
                json!({ "order": bought })
            }
            "event" => json!({ "event": self.event.trim() }),
            "near_reward" => {
                json!({ "near_reward": number(&self.missing, "/when/near_reward")?.unwrap_or(0) })
            }
            "each_day" => json!({ "each_day": self.time.trim() }),
            other => json!(other),
        })
    }

    /// The fields as the API takes them; null is none.
    pub(super) fn body(&self) -> Result<Map<String, Value>, ActionError> {
        let text = translated(self.texts());
        let arms = text.map_or(Value::Null, |text| json!([{ "text": text }]));
        let each = UNITS
            .iter()
            .find(|(name, _, _)| *name == self.unit)
            .map_or(1, |(_, _, each)| *each);
        let wait = number(&self.wait, "/wait_minutes")?.map(|count| count.saturating_mul(i64::from(each)));
        let unless = if self.unless.is_empty() {
            Value::Null
        } else {
            json!([{ "order": {} }])
        };
        let who = self.who.trim();
        let ready = READY_WHO.iter().find(|(name, _, _)| *name == who);
        let (members, segment) = match ready {
            Some((_, _, criterion)) => {
                let read: Value = serde_json::from_str(criterion).map_err(ActionError::internal)?;
                (read, Value::Null)
            }
            None if who.is_empty() => (Value::Null, Value::Null),
            None => (Value::Null, json!(who)),
        };
        let points = number(&self.points, "/gives/points")?;
        let reward = Some(self.reward.trim()).filter(|id| !id.is_empty());
        let mut gives = Map::new();
        gives.extend(points.map(|points| ("points".to_owned(), json!(points))));
        gives.extend(reward.map(|id| ("reward".to_owned(), json!(id))));
        let gives = if gives.is_empty() {
            Value::Null
        } else {
            Value::Object(gives)
        };
        let topic = Some(self.topic.trim()).filter(|topic| !topic.is_empty());
        let body = json!({
            "name": self.name.trim(), "topic": topic, "when": self.trigger()?, "wait_minutes": wait, "unless": unless,
            "members": members, "segment": segment, "arms": arms, "gives": gives,
            "webhook": Some(self.webhook.as_str()).filter(|name| !name.is_empty()),
            "again_after_days": number(&self.again, "/again_after_days")?,
            "hold_out_percent": number(&self.hold_out, "/hold_out_percent")?,
            "shown_days": number(&self.shown_days, "/shown_days")?,
        });
        match body {
            Value::Object(fields) => Ok(fields),
            _ => Err(ActionError::internal("an automation is an object")),
        }
    }
}

fn webhook_name(webhook: Webhook) -> &'static str {
    match webhook {
        Webhook::Never => "never",
        Webhook::Unreachable => "unreachable",
        Webhook::Always => "always",
    }
}

/// Who is meant, as the form says it.
fn who(automation: &Automation) -> Option<String> {
    if let Some(segment) = &automation.segment {
        return Some(segment.to_string());
    }
    let Some(members) = &automation.members else {
        return Some(String::new());
    };
    let is_same = |text: &str| serde_json::from_str::<Criterion>(text).is_ok_and(|ready| ready == *members);
    let ready = READY_WHO.iter().find(|(_, _, criterion)| is_same(criterion));
    ready.map(|(name, _, _)| (*name).to_owned())
}

/// A number that was typed; `None` if nothing was.
fn number(text: &str, pointer: &str) -> Result<Option<i64>, ActionError> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let fault = || ActionError::fault(pointer, "invalid_value", "Enter a whole number.");
    parse_number(text).ok_or_else(fault).map(Some)
}

/// The field that a fault of the API is about.
pub(super) fn field_of(fault: &Fault) -> &'static str {
    const FIELDS: [(&str, &str); 14] = [
        ("/arms", "text_en"),
        ("/segment", "who"),
        ("/members", "who"),
        ("/topic", "topic"),
        ("/hold_out_percent", "hold_out"),
        ("/shown_days", "shown_days"),
        ("/again_after_days", "again"),
        ("/gives/reward", "reward"),
        ("/gives", "points"),
        ("/when/order/of", "of"),
        ("/when/order", "number"),
        ("/when/near_reward", "missing"),
        ("/wait_minutes", "wait"),
        ("/webhook", "webhook"),
    ];
    let pointer = fault.pointer.as_str();
    let found = FIELDS.iter().find(|(start, _)| pointer.starts_with(start));
    match found {
        Some((_, field)) => field,
        None if pointer.starts_with("/when/event") => "event",
        None if pointer.starts_with("/when/each_day") => "time",
        None if pointer.starts_with("/when") => "when",
        None if pointer.starts_with("/unless") => "unless",
        None => "name",
    }
}

/// What a page says of a fault: in the reader's words where we have them, else in the API's.
pub(super) fn said(desk: &Desk, fault: &Fault) -> String {
    let id = match (fault.code.as_ref(), field_of(fault)) {
        ("missing_field", "text_en") => "auto-bad-nothing",
        ("missing_field", "again") => "auto-bad-again",
        ("missing_field", "who") => "auto-bad-who",
        (_, "text_en") => return text_fault(desk, fault),
        (_, "name") => "terms-bad-short-name",
        (_, "hold_out") => "campaign-bad-hold-out",
        (_, "shown_days") => "campaign-bad-shown",
        (_, "event") => "auto-bad-event",
        (_, "missing") => "auto-bad-missing",
        (_, "number") => "auto-bad-number",
        (_, "points") => "auto-bad-points",
        (_, "time") => "auto-bad-time",
        ("contradiction", "wait") => "auto-bad-wait-daily",
        (_, "wait") => "auto-bad-wait",
        (_, "again") => "auto-bad-days",
        ("contradiction", "unless") => "auto-bad-unless",
        ("contradiction", "webhook") => "auto-bad-webhook",
        _ => return fault.detail.clone(),
    };
    desk.locale.word(id)
}
