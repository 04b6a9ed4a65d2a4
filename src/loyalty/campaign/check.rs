//! Whether a campaign can be sent as it is written.

use super::words::{WordFault, check_words};
use super::{Arm, Campaign, Given};
use crate::loyalty::rule::check::{Faults, POINTS_MAX, RuleFault};
use crate::loyalty::segment::{Segment, check::check_segment};

/// Most arms of a campaign.
pub const ARMS_MAX: usize = 4;
/// Longest text, in characters: what a lock screen shows of it is some 90.
pub const WORDS_MAX: usize = 300;
/// Most of a hundred members who are held out.
pub const HOLD_OUT_MAX: u8 = 50;
/// Longest time that a message stays on the cards, in days.
pub const SHOWN_MAX: u16 = 365;

/// Everything that is wrong with a campaign; nothing if it is sound.
pub fn check_campaign(campaign: &Campaign) -> Vec<RuleFault> {
    let mut faults = Faults::default();
    faults.text("/name", &campaign.name);
    faults.text("/topic", &campaign.topic);
    match (&campaign.members, &campaign.segment) {
        (Some(members), None) => {
            let segment = Segment {
                name: campaign.name.clone(),
                members: members.clone(),
            };
            let found = check_segment(&segment).into_iter();
            faults.0.extend(found.filter(|fault| fault.pointer != "/name"));
        }
        (None, Some(_)) => (),
        (None, None) => {
            let detail = "say who is meant: `segment` names a saved one, `members` says it here";
            faults.add("/members", "missing_field", detail);
        }
        (Some(_), Some(_)) => {
            let detail = "`members` and `segment` cannot both say who is meant";
            faults.add("/segment", "contradiction", detail);
        }
    }
    check_texts(&mut faults, &campaign.arms);
    if campaign.hold_out_percent > HOLD_OUT_MAX {
        let detail = format!("hold at most {HOLD_OUT_MAX} of a hundred out");
        faults.add("/hold_out_percent", "out_of_range", detail);
    }
    if !(1..=SHOWN_MAX).contains(&campaign.shown_days) {
        let detail = format!("give between 1 and {SHOWN_MAX} days");
        faults.add("/shown_days", "out_of_range", detail);
    }
    if let Some(schedule) = &campaign.schedule
        && let Some(until) = schedule.until
    {
        if schedule.repeats.is_none() {
            let detail = "it is sent once, so it has no last day; say how often it `repeats`";
            faults.add("/schedule/until", "contradiction", detail);
        } else if until.0 < schedule.at.day {
            let detail = "the last day is before the first";
            faults.add("/schedule/until", "contradiction", detail);
        }
    }
    check_given(&mut faults, campaign.gives.as_ref());
    check_shown_until(&mut faults, campaign);
    faults.0
}

/// The last day on which a message is shown comes after it was sent.
fn check_shown_until(faults: &mut Faults, campaign: &Campaign) {
    let (Some(last), Some(schedule)) = (campaign.shown_until, &campaign.schedule) else {
        return;
    };
    if schedule.repeats.is_some() {
        let detail = "what comes again has no last day on which it is shown; say `shown_days`";
        faults.add("/shown_until", "contradiction", detail);
    } else if last.0 < schedule.at.day {
        let detail = "it is sent after the last day on which it is shown";
        faults.add("/shown_until", "contradiction", detail);
    }
}

/// What is given is something.
pub(in crate::loyalty) fn check_given(faults: &mut Faults, gives: Option<&Given>) {
    let Some(gives) = gives else {
        return;
    };
    if gives.points.is_none() && gives.reward.is_none() {
        let detail = "say what it gives: `points`, a `reward`, or both";
        faults.add("/gives", "missing_field", detail);
    }
    if gives
        .points
        .is_some_and(|points| !(1..=POINTS_MAX).contains(&points))
    {
        let detail = format!("give 1 to {POINTS_MAX} points");
        faults.add("/gives/points", "out_of_range", detail);
    }
}

/// The wordings of a message.
pub(in crate::loyalty) fn check_texts(faults: &mut Faults, arms: &[Arm]) {
    if arms.is_empty() || arms.len() > ARMS_MAX {
        let detail = format!("give 1 to {ARMS_MAX} wordings");
        faults.add("/arms", "out_of_range", detail);
    }
    for (place, arm) in arms.iter().enumerate() {
        let pointer = format!("/arms/{place}");
        if arm.weight == 0 {
            let detail = "give a weight of 1 or more, or leave the wording out";
            faults.add(format!("{pointer}/weight"), "out_of_range", detail);
        }
        let translations = arm.text.translations().values().map(String::as_str);
        let mut texts: Vec<&str> = std::iter::once(arm.text.fallback()).chain(translations).collect();
        texts.dedup();
        for text in texts {
            check_text(faults, &format!("{pointer}/text"), text);
        }
    }
}

fn check_text(faults: &mut Faults, pointer: &str, text: &str) {
    let length = text.chars().count();
    if text.trim().is_empty()
        || length > WORDS_MAX
        || text.chars().any(|letter| letter.is_control() && letter != '\n')
    {
        let detail = format!(
            "a text has 1 to {WORDS_MAX} characters in each language, none of them a control character"
        );
        faults.add(pointer, "bad_text", detail);
    }
    for fault in check_words(text) {
        let (code, detail) = match fault {
            WordFault::Stray => (
                "stray_brace",
                "a brace stands alone; braces hold names such as {points}".to_owned(),
            ),
            WordFault::Unknown(name) => {
                let known: Vec<&str> = super::words::NAMES.iter().map(|(name, _)| *name).collect();
                (
                    "unknown_name",
                    format!("`{{{name}}}` is no name; there are {}", known.join(", ")),
                )
            }
            WordFault::NoFallback(name) => {
                let detail =
                    format!("not every member has `{name}`; say what stands there then: {{{name}|friend}}");
                ("no_fallback", detail)
            }
        };
        faults.add(pointer, code, detail);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn sound() -> Value {
        json!({ "name": "Spring", "members": { "points": { "at_least": 1 } }, "arms": [{ "text": "Hello {first_name|you}" }] })
    }

    fn faults(change: &Value) -> Vec<(String, &'static str)> {
        let mut body = sound();
        for (name, value) in change.as_object().expect("fields") {
            body[name] = value.clone();
        }
        let campaign: Campaign = serde_json::from_value(body).expect("a campaign");
        let faults = check_campaign(&campaign).into_iter();
        faults.map(|fault| (fault.pointer, fault.code)).collect()
    }

    #[test]
    fn a_campaign_that_cannot_be_sent_says_where_and_why() {
        assert_eq!(faults(&json!({})), []);
        let until = |schedule: Value| json!({ "schedule": schedule });
        for (change, pointer, code) in [
            (json!({ "members": null }), "/members", "missing_field"),
            (json!({ "members": { "tier": [] } }), "/members/tier", "empty"),
            (
                json!({ "segment": crate::types::SegmentId::new(crate::types::Time::from_millis(0)) }),
                "/segment",
                "contradiction",
            ),
            (json!({ "arms": [] }), "/arms", "out_of_range"),
            (
                json!({ "arms": [{ "text": "a", "weight": 0 }] }),
                "/arms/0/weight",
                "out_of_range",
            ),
            (
                json!({ "arms": [{ "text": { "en": "a", "ar": "{x|y}" } }] }),
                "/arms/0/text",
                "unknown_name",
            ),
            (
                json!({ "arms": [{ "text": "{first_name}" }] }),
                "/arms/0/text",
                "no_fallback",
            ),
            (
                json!({ "arms": [{ "text": "a {" }] }),
                "/arms/0/text",
                "stray_brace",
            ),
            (
                json!({ "arms": [{ "text": "a".repeat(301) }] }),
                "/arms/0/text",
                "bad_text",
            ),
            (
                json!({ "hold_out_percent": 51 }),
                "/hold_out_percent",
                "out_of_range",
            ),
            (json!({ "shown_days": 0 }), "/shown_days", "out_of_range"),
            (json!({ "gives": {} }), "/gives", "missing_field"),
            (
                json!({ "gives": { "points": 0 } }),
                "/gives/points",
                "out_of_range",
            ),
            (
                json!({ "shown_until": "2026-11-30", "schedule": { "at": "2026-12-01T09:00" } }),
                "/shown_until",
                "contradiction",
            ),
            (
                json!({ "shown_until": "2026-12-30", "schedule": { "at": "2026-12-01T09:00", "repeats": "daily" } }),
                "/shown_until",
                "contradiction",
            ),
            (
                until(json!({ "at": "2026-12-01T09:00", "until": "2026-12-02" })),
                "/schedule/until",
                "contradiction",
            ),
            (
                until(json!({ "at": "2026-12-01T09:00", "repeats": "daily", "until": "2026-11-30" })),
                "/schedule/until",
                "contradiction",
            ),
        ] {
            assert_eq!(faults(&change), [(pointer.to_owned(), code)], "{change}");
        }
    }
}
