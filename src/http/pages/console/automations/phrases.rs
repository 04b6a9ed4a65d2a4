//! An automation in the reader's words.

use super::super::super::desk::Desk;
use crate::loyalty::automation::{Automation, Trigger};

const HOUR: u32 = 60;
const DAY: u32 = 24 * HOUR;

impl Desk {
    /// What sets an automation off.
    pub(super) fn trigger_phrase(&self, trigger: &Trigger) -> String {
        let locale = self.locale;
        let list = |names: &[String]| names.join(", ");
        match trigger {
            Trigger::Joined => locale.word("auto-when-joined"),
            Trigger::Order(bought) => {
                let named = [list(&bought.of.category), list(&bought.of.sku)];
                let named: Vec<String> = named.into_iter().filter(|names| !names.is_empty()).collect();
                let order = match bought.number {
                    Some(number) => locale.say("auto-when-numbered", &[("number", number.into())]),
                    None => locale.word("auto-when-order"),
                };
                if named.is_empty() {
                    order
                } else {
                    format!("{order} ({})", named.join(", "))
                }
            }
            Trigger::Event(kind) => format!("{}: {kind}", locale.word("auto-when-event")),
            Trigger::TierUp => locale.word("auto-when-tier"),
            Trigger::NearReward(missing) => locale.say("auto-when-missing", &[("points", (*missing).into())]),
            Trigger::RewardReady => locale.word("auto-when-ready"),
            Trigger::PointsExpiring => locale.word("auto-when-expiring"),
            Trigger::EachDay(time) => {
                let clock = locale.language().write_clock(time.0);
                locale.say("auto-when-at", &[("time", clock.into())])
            }
        }
    }

    /// How long it waits, what calls it off, what it gives, how often, and who is held out.
    pub(super) fn automation_facts(&self, automation: &Automation, reward: Option<&str>) -> Vec<String> {
        let locale = self.locale;
        let mut facts = vec![self.trigger_phrase(&automation.when)];
        let wait = automation.wait_minutes;
        let (id, count) = match wait {
            wait if wait.is_multiple_of(DAY) => ("auto-after-days", wait / DAY),
            wait if wait.is_multiple_of(HOUR) => ("auto-after-hours", wait / HOUR),
            wait => ("auto-after-minutes", wait),
        };
        if wait > 0 {
            facts.push(locale.say(id, &[("count", i64::from(count).into())]));
        }
        for unless in &automation.unless {
            let what = self.trigger_phrase(unless);
            facts.push(locale.say("auto-unless-it", &[("what", what.into())]));
        }
        if let Some(points) = automation.gives.as_ref().and_then(|gives| gives.points) {
            facts.push(locale.say("auto-gives-points", &[("points", points.into())]));
        }
        if let Some(reward) = reward {
            facts.push(locale.say("auto-gives-reward", &[("reward", reward.into())]));
        }
        if automation.again_after_days > 0 {
            let days = i64::from(automation.again_after_days);
            facts.push(locale.say("auto-again-in", &[("days", days.into())]));
        }
        if !automation.arms.is_empty() {
            let days = i64::from(automation.shown_days);
            facts.push(locale.say("campaign-shown", &[("days", days.into())]));
        }
        if automation.hold_out_percent > 0 {
            let values = [("percent", i64::from(automation.hold_out_percent).into())];
            facts.push(locale.say("campaign-held", &values));
        }
        facts
    }
}
