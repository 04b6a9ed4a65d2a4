//! The form of a campaign: what it says in each language, to whom and when.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::super::super::amount::parse_number;
use super::super::super::desk::Desk;
use super::super::super::forms::guarded;
use super::super::super::locale::Locale;
use crate::actions::{ActionError, Fault};
use crate::loyalty::campaign::schedule::Repeat;
use crate::loyalty::campaign::{Campaign, MARKETING, SHOWN_DAYS};
use crate::loyalty::segment::Criterion;
use crate::types::{Language, Text};

/// What was typed of a campaign.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct CampaignForm {
    pub(super) token: String,
    pub(super) version: String,
    pub(super) name: String,
    /// The id of a segment; empty for everybody.
    pub(super) segment: String,
    pub(super) topic: String,
    pub(super) text_en: String,
    pub(super) text_ar: String,
    pub(super) text_fa: String,
    pub(super) text_zh_hans: String,
    pub(super) text_zh_hant: String,
    pub(super) other_en: String,
    pub(super) other_ar: String,
    pub(super) other_fa: String,
    pub(super) other_zh_hans: String,
    pub(super) other_zh_hant: String,
    pub(super) hold_out: String,
    pub(super) shown_days: String,
    pub(super) shown_until: String,
    pub(super) points: String,
    /// The id of a reward; empty for none.
    pub(super) reward: String,
    /// The first day, empty to send it by hand.
    pub(super) day: String,
    pub(super) time: String,
    pub(super) repeats: String,
    pub(super) until: String,
}

guarded!(CampaignForm);

/// A language of a text: the field, and what stands in it.
pub(in crate::http::pages::console) struct TextField {
    pub(in crate::http::pages::console) name: &'static str,
    pub(in crate::http::pages::console) locale: Locale,
    pub(in crate::http::pages::console) value: String,
}

const TEXTS: [&str; 5] = ["text_en", "text_ar", "text_fa", "text_zh_hans", "text_zh_hant"];
const OTHERS: [&str; 5] = [
    "other_en",
    "other_ar",
    "other_fa",
    "other_zh_hans",
    "other_zh_hant",
];

impl CampaignForm {
    /// An empty form.
    pub(super) fn new(segment: Option<&str>) -> Self {
        Self {
            segment: segment.unwrap_or_default().to_owned(),
            topic: MARKETING.to_owned(),
            hold_out: "10".to_owned(),
            shown_days: SHOWN_DAYS.to_string(),
            time: "09:00".to_owned(),
            ..Self::default()
        }
    }

    /// The form with what a campaign says; `None` if that is more than the form can say.
    pub(super) fn say(campaign: &Campaign) -> Option<Self> {
        let segment = match (&campaign.segment, &campaign.members) {
            (Some(segment), None) => segment.to_string(),
            (None, Some(members)) if *members == Criterion::everybody() => String::new(),
            _ => return None,
        };
        let mut arms = campaign.arms.iter();
        let first = in_each(&arms.next()?.text)?;
        let second = arms
            .next()
            .map_or_else(|| Some(Default::default()), |arm| in_each(&arm.text))?;
        if arms.next().is_some() || campaign.arms.iter().any(|arm| arm.weight != 1) {
            return None;
        }
        let [text_en, text_ar, text_fa, text_simplified, text_traditional] = first;
        let [other_en, other_ar, other_fa, other_simplified, other_traditional] = second;
        let at = campaign.schedule.map(|schedule| String::from(schedule.at));
        let (day, time) = at
            .as_deref()
            .and_then(|at| at.split_once('T'))
            .unwrap_or(("", "09:00"));
        let (schedule, gives) = (campaign.schedule, campaign.gives.as_ref());
        Some(Self {
            name: campaign.name.clone(),
            segment,
            topic: campaign.topic.clone(),
            text_en,
            text_ar,
            text_fa,
            text_zh_hans: text_simplified,
            text_zh_hant: text_traditional,
            other_en,
            other_ar,
            other_fa,
            other_zh_hans: other_simplified,
            other_zh_hant: other_traditional,
            hold_out: campaign.hold_out_percent.to_string(),
            shown_days: campaign.shown_days.to_string(),
            shown_until: campaign
                .shown_until
                .map(|last| last.0.to_string())
                .unwrap_or_default(),
            points: gives
                .and_then(|gives| gives.points)
                .map(|points| points.to_string())
                .unwrap_or_default(),
            reward: gives
                .and_then(|gives| gives.reward.as_ref())
                .map(ToString::to_string)
                .unwrap_or_default(),
            day: day.to_owned(),
            time: time.to_owned(),
            repeats: schedule
                .and_then(|schedule| schedule.repeats)
                .map_or("", Repeat::name)
                .to_owned(),
            until: schedule
                .and_then(|schedule| schedule.until)
                .map(|until| until.0.to_string())
                .unwrap_or_default(),
            ..Self::default()
        })
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

    fn others(&self) -> [&str; 5] {
        [
            &self.other_en,
            &self.other_ar,
            &self.other_fa,
            &self.other_zh_hans,
            &self.other_zh_hant,
        ]
    }

    /// Whether there is a second wording; what is folded is open then.
    pub(super) fn has_other(&self) -> bool {
        self.others().iter().any(|text| !text.is_empty())
    }

    pub(super) fn text_fields(&self) -> Vec<TextField> {
        text_fields(TEXTS, self.texts())
    }

    pub(super) fn other_fields(&self) -> Vec<TextField> {
        text_fields(OTHERS, self.others())
    }

    /// The fields as the API takes them; null is none. A text that was typed in no language is none.
    pub(super) fn body(&self) -> Result<Map<String, Value>, ActionError> {
        let text = |texts: [&str; 5]| translated(texts).map(|text| json!({ "text": text }));
        let mut arms: Vec<Value> = text(self.texts()).into_iter().collect();
        arms.extend(text(self.others()));
        // What is left empty is as the API has it by itself.
        let number = |text: &str, pointer: &str| match parse_number(text) {
            _ if text.trim().is_empty() => Ok(Value::Null),
            Some(number) => Ok(json!(number)),
            None => Err(ActionError::fault(
                pointer,
                "invalid_value",
                "Enter a whole number.",
            )),
        };
        let (segment, members) = match self.segment.trim() {
            "" => (
                Value::Null,
                serde_json::to_value(Criterion::everybody()).map_err(ActionError::internal)?,
            ),
            id => (json!(id), Value::Null),
        };
        let schedule = match self.day.trim() {
            "" => Value::Null,
            day => {
                let at = format!("{day}T{}", self.time.trim());
                let mut schedule = Map::from_iter([("at".to_owned(), json!(at))]);
                for (name, value) in [("repeats", self.repeats.trim()), ("until", self.until.trim())] {
                    if !value.is_empty() {
                        schedule.insert(name.to_owned(), json!(value));
                    }
                }
                Value::Object(schedule)
            }
        };
        let gives: Map<String, Value> = [
            ("points", number(&self.points, "/gives/points")?),
            (
                "reward",
                match self.reward.trim() {
                    "" => Value::Null,
                    id => json!(id),
                },
            ),
        ]
        .into_iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
        let gives = Some(gives).filter(|gives| !gives.is_empty());
        let topic = Some(self.topic.trim()).filter(|topic| !topic.is_empty());
        let body = json!({
            "name": self.name.trim(), "topic": topic, "segment": segment, "members": members, "arms": arms,
            "hold_out_percent": number(&self.hold_out, "/hold_out_percent")?,
            "shown_days": number(&self.shown_days, "/shown_days")?,
            "shown_until": Some(self.shown_until.trim()).filter(|day| !day.is_empty()),
            "gives": gives,
            "schedule": schedule,
        });
        match body {
            Value::Object(fields) => Ok(fields),
            _ => Err(ActionError::internal("a campaign is an object")),
        }
    }
}

/// The fields of a text, one for each of our languages.
pub(in crate::http::pages::console) fn text_fields(
    names: [&'static str; 5],
    texts: [&str; 5],
) -> Vec<TextField> {
    let all = names.into_iter().zip(Locale::ALL).zip(texts);
    all.map(|((name, locale), value)| TextField {
        name,
        locale,
        value: value.to_owned(),
    })
    .collect()
}

/// The field that a fault of the API is about.
pub(super) fn field_of(fault: &Fault) -> &'static str {
    let pointer = fault.pointer.as_str();
    let begins = |start: &str| pointer.starts_with(start);
    if begins("/arms/1") {
        "other_en"
    } else if begins("/arms") {
        "text_en"
    } else if begins("/segment") || begins("/members") {
        "segment"
    } else if begins("/topic") {
        "topic"
    } else if begins("/hold_out_percent") {
        "hold_out"
    } else if begins("/shown_days") {
        "shown_days"
    } else if begins("/shown_until") {
        "shown_until"
    } else if begins("/gives/reward") {
        "reward"
    } else if begins("/gives") {
        "points"
    } else if begins("/schedule/until") {
        "until"
    } else if begins("/schedule/repeats") {
        "repeats"
    } else if begins("/schedule") {
        "day"
    } else {
        "name"
    }
}

/// A text in each of our languages, empty where it is not translated; `None` if it is in another one too.
pub(in crate::http::pages::console) fn in_each(text: &Text) -> Option<[String; 5]> {
    let all = text.translations();
    let is_ours = |language: &Language| Locale::ALL.iter().any(|locale| locale.language() == *language);
    if !all.keys().all(is_ours) {
        return None;
    }
    Some(Locale::ALL.map(|locale| match all.get(&locale.language()) {
        Some(own) => own.clone(),
        None if locale == Locale::En && all.is_empty() => text.fallback().to_owned(),
        None => String::new(),
    }))
}

/// A text of what was typed in each of our languages; `None` if nothing was.
pub(in crate::http::pages::console) fn translated(texts: [&str; 5]) -> Option<Text> {
    let typed = Locale::ALL.into_iter().zip(texts);
    // Browsers send line ends as two characters, one of which is none of a message.
    let typed = typed.map(|(locale, text)| (locale.language(), text.trim().replace("\r\n", "\n")));
    Text::translated(typed.filter(|(_, text)| !text.is_empty()).collect())
}

/// The choices of how often it comes again: the value, the text, whether it is chosen.
pub(super) fn repeats(form: &CampaignForm) -> Vec<(&'static str, &'static str, bool)> {
    let text = |repeat: Repeat| match repeat {
        Repeat::Daily => "campaign-daily",
        Repeat::Weekly => "campaign-weekly",
        Repeat::Monthly => "campaign-monthly",
        Repeat::Yearly => "campaign-yearly",
    };
    Repeat::ALL
        .into_iter()
        .map(|one| (one.name(), text(one), one.name() == form.repeats))
        .collect()
}

/// What a page says of a fault: in the reader's words where we have them, else in the API's.
pub(super) fn said(desk: &Desk, fault: &Fault) -> String {
    let id = match (fault.code.as_ref(), field_of(fault)) {
        (_, "text_en" | "other_en") => return text_fault(desk, fault),
        (_, "name") => "terms-bad-short-name",
        (_, "hold_out") => "campaign-bad-hold-out",
        (_, "shown_days") => "campaign-bad-shown",
        (_, "shown_until") => "campaign-bad-shown-until",
        (_, "points") => "auto-bad-points",
        ("is_past", _) => "campaign-bad-past",
        (_, "day") => "campaign-bad-day",
        (_, "until") => "campaign-bad-until",
        _ => return fault.detail.clone(),
    };
    desk.locale.word(id)
}

/// What a page says of what is wrong with a text.
pub(in crate::http::pages::console) fn text_fault(desk: &Desk, fault: &Fault) -> String {
    let id = match fault.code.as_ref() {
        "bad_text" | "out_of_range" => "campaign-bad-text",
        "stray_brace" => "campaign-bad-brace",
        "unknown_name" => "campaign-bad-name",
        "no_fallback" => "campaign-no-fallback",
        "no_place_for_message" => "campaign-no-place",
        _ => return fault.detail.clone(),
    };
    desk.locale.word(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_campaign_says_comes_back_from_its_form() {
        for more in [
            json!({ "members": { "joined": { "at_least_days": 0 } } }),
            json!({ "segment": "seg_01jd0000000000000000000000", "schedule": { "at": "2026-12-01T09:30" } }),
            json!({ "members": { "joined": { "at_least_days": 0 } }, "shown_until": "2026-12-24",
                "gives": { "points": 50, "reward": "rwd_01jd0000000000000000000000" } }),
            json!({ "members": { "joined": { "at_least_days": 0 } }, "hold_out_percent": 20,
                "schedule": { "at": "2026-12-01T09:30", "repeats": "weekly", "until": "2027-01-31" } }),
        ] {
            let mut body = json!({ "name": "Spring", "arms": [
                { "text": { "en": "Hi {first_name|friend}", "ar": "مرحبا" } }, { "text": { "en": "Hello" } }] });
            for (name, value) in more.as_object().expect("fields") {
                body[name] = value.clone();
            }
            let campaign: Campaign = serde_json::from_value(body).expect("a campaign");
            let form = CampaignForm::say(&campaign).expect("it can");
            let mut fields = form.body().expect("sound");
            fields.retain(|_, value| !value.is_null());
            let again: Campaign = serde_json::from_value(Value::Object(fields)).expect("a campaign");
            assert_eq!(again, campaign);
        }
    }

    #[test]
    fn what_the_form_cannot_say_is_left_to_the_api() {
        for (name, value) in [
            ("members", json!({ "points": { "at_least": 1 } })),
            ("arms", json!([{ "text": { "de": "Hallo" } }])),
            ("arms", json!([{ "text": "a", "weight": 3 }, { "text": "b" }])),
            ("arms", json!([{ "text": "a" }, { "text": "b" }, { "text": "c" }])),
        ] {
            let mut body =
                json!({ "name": "Spring", "members": Criterion::everybody(), "arms": [{ "text": "a" }] });
            body[name] = value;
            let campaign: Campaign = serde_json::from_value(body.clone()).expect("a campaign");
            assert!(CampaignForm::say(&campaign).is_none(), "{body}");
        }
    }
}
