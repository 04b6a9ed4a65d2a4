//! Ready automations: what the form begins with, texts in every language of ours.

use super::super::super::locale::Locale;
use super::form::AutomationForm;

/// A ready automation.
pub(super) struct Ready {
    /// Its name in the address.
    pub(super) name: &'static str,
    /// The text of its name.
    pub(super) title: &'static str,
    /// The text of its message.
    text: &'static str,
    /// The fields of the form that say the rest.
    fields: &'static [(&'static str, &'static str)],
}

const fn ready(
    name: &'static str,
    title: &'static str,
    text: &'static str,
    fields: &'static [(&'static str, &'static str)],
) -> Ready {
    Ready {
        name,
        title,
        text,
        fields,
    }
}

/// The ready ones, in the order of a member's life.
pub(super) const READY: [Ready; 14] = [
    ready(
        "joined",
        "auto-joined",
        "auto-text-joined",
        &[("when", "joined"), ("wait", "10")],
    ),
    ready(
        "second",
        "auto-second",
        "auto-text-second",
        &[
            ("when", "order"),
            ("number", "1"),
            ("wait", "7"),
            ("unit", "days"),
            ("who", "is:once"),
        ],
    ),
    ready(
        "tenth",
        "auto-tenth",
        "auto-text-tenth",
        &[("when", "order"), ("number", "10"), ("points", "100")],
    ),
    ready(
        "near",
        "auto-near",
        "auto-text-near",
        &[("when", "near_reward"), ("missing", "20"), ("again", "7")],
    ),
    ready(
        "reward",
        "auto-reward",
        "auto-text-reward",
        &[("when", "reward_ready"), ("again", "7")],
    ),
    ready("tier", "auto-tier", "auto-text-tier", &[("when", "tier_up")]),
    ready(
        "expiring",
        "auto-expiring",
        "auto-text-expiring",
        &[("when", "points_expiring"), ("again", "7")],
    ),
    ready(
        "birthday",
        "auto-birthday",
        "auto-text-birthday",
        &[
            ("when", "each_day"),
            ("who", "is:birthday"),
            ("points", "50"),
            ("again", "300"),
        ],
    ),
    ready(
        "quiet",
        "auto-quiet",
        "auto-text-quiet",
        &[
            ("when", "each_day"),
            ("time", "10:00"),
            ("who", "is:quiet"),
            ("again", "60"),
            ("hold_out", "10"),
        ],
    ),
    ready(
        "lapsed",
        "auto-lapsed",
        "auto-text-lapsed",
        &[
            ("when", "each_day"),
            ("time", "10:00"),
            ("who", "is:lapsed"),
            ("points", "100"),
            ("again", "180"),
            ("hold_out", "10"),
        ],
    ),
    ready(
        "cart",
        "auto-cart",
        "auto-text-cart",
        &[
            ("when", "event"),
            ("event", "cart"),
            ("wait", "2"),
            ("unit", "hours"),
            ("unless", "on"),
        ],
    ),
    ready(
        "survey",
        "auto-survey",
        "auto-text-survey",
        &[
            ("when", "order"),
            ("wait", "1"),
            ("unit", "hours"),
            ("again", "30"),
        ],
    ),
    ready(
        "review",
        "auto-review",
        "auto-text-review",
        &[
            ("when", "order"),
            ("number", "3"),
            ("wait", "1"),
            ("unit", "days"),
        ],
    ),
    ready(
        "goes-with",
        "auto-goes-with",
        "auto-text-goes-with",
        &[
            ("when", "order"),
            ("wait", "3"),
            ("unit", "days"),
            ("unless", "on"),
            ("again", "30"),
        ],
    ),
];

/// The form of a ready automation; an empty one if there is none of that name.
pub(super) fn begin(reader: Locale, name: Option<&str>) -> AutomationForm {
    let mut form = AutomationForm::new();
    let Some(ready) = READY.iter().find(|ready| Some(ready.name) == name) else {
        return form;
    };
    form.name = reader.word(ready.title);
    let [english, arabic, persian, simplified, traditional] =
        Locale::ALL.map(|locale| locale.word(ready.text));
    form.text_en = english;
    form.text_ar = arabic;
    form.text_fa = persian;
    form.text_zh_hans = simplified;
    form.text_zh_hant = traditional;
    for (field, value) in ready.fields {
        form.set(field, value);
    }
    form
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::loyalty::automation::Automation;
    use crate::loyalty::automation::check::check_automation;

    /// Each ready one can be kept as it is, in every language, and says the same in its form again.
    #[test]
    fn each_ready_one_is_sound_and_comes_back_from_its_form() {
        for ready in &READY {
            for reader in Locale::ALL {
                let mut fields = begin(reader, Some(ready.name)).body().expect("sound fields");
                fields.retain(|_, value| !value.is_null());
                let read: Automation = serde_json::from_value(Value::Object(fields)).expect("an automation");
                assert_eq!(check_automation(&read), [], "{} {}", ready.name, reader.tag());
                let form = AutomationForm::say(&read).expect("the form can say it");
                let mut again = form.body().expect("sound fields");
                again.retain(|_, value| !value.is_null());
                assert_eq!(
                    serde_json::from_value::<Automation>(Value::Object(again)).expect("one"),
                    read
                );
                let [arm] = read.arms.as_slice() else {
                    panic!("one wording")
                };
                assert_eq!(arm.text.translations().len(), 5, "{}", ready.name);
            }
        }
    }
}
