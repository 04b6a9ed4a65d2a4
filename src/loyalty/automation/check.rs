//! Whether an automation can do what it says.

use super::{Automation, Trigger, Webhook};
use crate::loyalty::campaign::check::{check_campaign, check_given, check_texts};
use crate::loyalty::rule::check::{Faults, POINTS_MAX, RuleFault};

/// Longest wait: a year, in minutes.
pub const WAIT_MAX: u32 = 366 * 24 * 60;
/// Longest time for which a member is not meant again, in days.
pub const AGAIN_MAX: u16 = 3_660;
/// Most that calls an automation off.
pub const UNLESS_MAX: usize = 5;
/// Highest number of a purchase.
pub const NUMBER_MAX: i64 = 10_000;

/// Everything that is wrong with an automation; nothing if it is sound.
pub fn check_automation(automation: &Automation) -> Vec<RuleFault> {
    let mut faults = Faults::default();
    faults.trigger("/when", &automation.when);
    let is_daily = matches!(automation.when, Trigger::EachDay(_));
    if automation.unless.len() > UNLESS_MAX {
        let detail = format!("at most {UNLESS_MAX} things call it off");
        faults.add("/unless", "too_many", detail);
    }
    for (place, unless) in automation.unless.iter().enumerate() {
        let pointer = format!("/unless/{place}");
        if matches!(unless, Trigger::Order(_) | Trigger::Event(_) | Trigger::TierUp) {
            faults.trigger(&pointer, unless);
        } else {
            let detail = "only an `order`, an `event` or `tier_up` calls an automation off";
            faults.add(pointer, "contradiction", detail);
        }
    }
    if automation.wait_minutes > WAIT_MAX {
        let detail = format!("it may wait for at most {WAIT_MAX} minutes, a year");
        faults.add("/wait_minutes", "out_of_range", detail);
    }
    if is_daily && automation.wait_minutes > 0 {
        let detail = "what looks each day waits for nothing; choose another time of day";
        faults.add("/wait_minutes", "contradiction", detail);
    }
    if !automation.unless.is_empty() && automation.wait_minutes == 0 {
        let detail = "nothing can call off what does not wait; say `wait_minutes`";
        faults.add("/unless", "contradiction", detail);
    }
    if automation.again_after_days > AGAIN_MAX {
        let detail = format!("give at most {AGAIN_MAX} days");
        faults.add("/again_after_days", "out_of_range", detail);
    }
    if is_daily && automation.again_after_days == 0 {
        let detail = "the same members would be meant each day; say after how many days they are meant again";
        faults.add("/again_after_days", "missing_field", detail);
    }
    let may_repeat = matches!(
        automation.when,
        Trigger::NearReward(_) | Trigger::RewardReady | Trigger::TierUp | Trigger::PointsExpiring
    );
    if may_repeat && automation.gives.is_some() && automation.again_after_days == 0 {
        let detail = "what it gives could set it off again; say after how many days a member is meant again";
        faults.add("/again_after_days", "missing_field", detail);
    }
    if is_daily && automation.members.is_none() && automation.segment.is_none() {
        let detail = "say who is meant each day: `segment` names a saved one, `members` says it here";
        faults.add("/members", "missing_field", detail);
    }
    if automation.arms.is_empty() {
        check_gift_only(&mut faults, automation);
    } else {
        check_texts(&mut faults, &automation.arms);
    }
    check_given(&mut faults, automation.gives.as_ref());
    let of_message = check_campaign(&automation.message()).into_iter();
    faults
        .0
        .extend(of_message.filter(|fault| !fault.pointer.starts_with("/arms")));
    faults.0
}

fn check_gift_only(faults: &mut Faults, automation: &Automation) {
    if automation.gives.is_none() {
        let detail = "it says and gives nothing; write a wording, or say what it gives";
        faults.add("/arms", "missing_field", detail);
    }
    if automation.webhook != Webhook::Never {
        let detail = "there is no message that webhooks could be told";
        faults.add("/webhook", "contradiction", detail);
    }
}

impl Faults {
    fn trigger(&mut self, pointer: &str, trigger: &Trigger) {
        match trigger {
            Trigger::Order(bought) => {
                if bought
                    .number
                    .is_some_and(|number| !(1..=NUMBER_MAX).contains(&number))
                {
                    let detail = format!("purchases are counted from 1 to {NUMBER_MAX}");
                    self.add(format!("{pointer}/order/number"), "out_of_range", detail);
                }
                self.lines_at(&format!("{pointer}/order/of"), &bought.of);
            }
            Trigger::Event(kind) => self.event_type(&format!("{pointer}/event"), kind),
            Trigger::NearReward(within) if !(1..=POINTS_MAX).contains(within) => {
                let detail = format!("say how many points are missing, 1 to {POINTS_MAX}");
                self.add(format!("{pointer}/near_reward"), "out_of_range", detail);
            }
            _ => (),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn faults(change: &Value) -> Vec<(String, &'static str)> {
        let mut body = json!({ "name": "Cart", "when": { "event": "cart" }, "wait_minutes": 120,
            "arms": [{ "text": "Still thinking, {first_name|friend}?" }] });
        if let (Value::Object(body), Value::Object(change)) = (&mut body, change.clone()) {
            for (name, value) in change {
                if value.is_null() {
                    body.remove(&name);
                } else {
                    body.insert(name, value);
                }
            }
        }
        let read: Automation = serde_json::from_value(body).expect("an automation");
        let found = check_automation(&read).into_iter();
        found.map(|fault| (fault.pointer, fault.code)).collect()
    }

    #[test]
    fn what_can_be_done_is_let_be() {
        let each_day = json!({ "when": { "each_day": "09:00" }, "wait_minutes": null, "again_after_days": 30,
            "members": { "stage": ["lapsed"] } });
        let gift = json!({ "arms": null, "gives": { "points": 50 } });
        for change in [json!({}), json!({ "unless": [{ "order": {} }] }), each_day, gift] {
            assert_eq!(faults(&change), [], "{change}");
        }
    }

    #[test]
    fn what_cannot_be_done_is_pointed_at() {
        for (change, pointer, code) in [
            (
                json!({ "when": { "event": "" } }),
                "/when/event",
                "bad_event_type",
            ),
            (
                json!({ "when": { "order": { "number": 0 } } }),
                "/when/order/number",
                "out_of_range",
            ),
            (
                json!({ "when": { "near_reward": 0 } }),
                "/when/near_reward",
                "out_of_range",
            ),
            (
                json!({ "when": { "each_day": "09:00" }, "wait_minutes": 0, "members": { "stage": ["lapsed"] } }),
                "/again_after_days",
                "missing_field",
            ),
            (
                json!({ "when": { "each_day": "09:00" }, "wait_minutes": 0, "again_after_days": 1 }),
                "/members",
                "missing_field",
            ),
            (
                json!({ "when": { "each_day": "09:00" }, "again_after_days": 1, "members": { "stage": ["lapsed"] } }),
                "/wait_minutes",
                "contradiction",
            ),
            (
                json!({ "wait_minutes": 600_000 }),
                "/wait_minutes",
                "out_of_range",
            ),
            (json!({ "unless": ["joined"] }), "/unless/0", "contradiction"),
            (
                json!({ "unless": [{ "order": {} }], "wait_minutes": 0 }),
                "/unless",
                "contradiction",
            ),
            (
                json!({ "when": "reward_ready", "gives": { "points": 9 } }),
                "/again_after_days",
                "missing_field",
            ),
            (json!({ "arms": null }), "/arms", "missing_field"),
            (
                json!({ "arms": [{ "text": "{shoe|x}" }] }),
                "/arms/0/text",
                "unknown_name",
            ),
            (
                json!({ "arms": null, "gives": { "points": 5 }, "webhook": "always" }),
                "/webhook",
                "contradiction",
            ),
            (json!({ "gives": {} }), "/gives", "missing_field"),
            (
                json!({ "gives": { "points": 0 } }),
                "/gives/points",
                "out_of_range",
            ),
            (
                json!({ "hold_out_percent": 51 }),
                "/hold_out_percent",
                "out_of_range",
            ),
            (json!({ "name": "" }), "/name", "empty"),
        ] {
            assert_eq!(faults(&change), [(pointer.to_owned(), code)], "{change}");
        }
    }
}
