//! Which change a phone tells of: one at a time, the most important.
//!
//! An iPhone whose pass changed in several fields that carry a change message shows none of them, but one general
//! sentence (seen since iOS 9). So of those that differ from what the phone has, one keeps its message.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::design::Design;
use super::face::{CardFace, FaceField, FaceValue, named};
use crate::types::{Time, sha256_hex};

/// Hexadecimal digits that are kept of a value: enough to see that it changed, too few to be it.
const DIGITS: usize = 16;

/// How important a change is, most important first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Importance {
    /// The shop says something.
    Message,
    /// The rewards in the holder's hands.
    Rewards,
    /// The tier.
    Tier,
    /// A challenge.
    Challenge,
    /// Points or stamps.
    Balance,
    /// Anything else.
    Other,
}

/// The importance of each name that a field may show.
const IMPORTANCE: [(&str, Importance); 8] = [
    ("message", Importance::Message),
    ("rewards", Importance::Rewards),
    ("tier", Importance::Tier),
    ("challenge", Importance::Challenge),
    ("challenge_done", Importance::Challenge),
    ("challenge_goal", Importance::Challenge),
    ("balance", Importance::Balance),
    ("stamps", Importance::Balance),
];

impl Importance {
    /// That of the most important name that a field shows.
    fn of(field: &FaceField<'_>) -> Self {
        let text = &field.field.value;
        std::iter::once(text.fallback())
            .chain(text.translations().values().map(String::as_str))
            .flat_map(named)
            .filter_map(|name| IMPORTANCE.iter().find(|(known, _)| *known == name))
            .map(|(_, importance)| *importance)
            .min()
            .unwrap_or(Self::Other)
    }
}

/// What the fields that carry a change message said in one version of a pass, and which of them kept it to themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// The card's version.
    pub version: i64,
    /// Of each such field the beginning of its value's SHA-256, by key.
    values: BTreeMap<String, String>,
    /// Keys of fields that were without their message in this version.
    hushed: Vec<String>,
}

/// Leaves one change message in a face that becomes a version of a pass, and gives what is to be remembered of it.
/// `None` where no two fields have one: then nothing has to be chosen.
///
/// `before` is what the phone has, or, where a pass of the very version was made before, what was remembered of it:
/// then this one becomes the same. Without it every field keeps its message, as nothing is told of a pass that is new.
pub fn choose_notice(face: &mut CardFace<'_>, version: i64, before: Option<&Shown>) -> Option<Shown> {
    if count_telling(face.design) < 2 {
        return None;
    }
    let hushed = match before {
        Some(same) if same.version == version => same.hushed.clone(),
        Some(old) => hush(face, old),
        None => Vec::new(),
    };
    let values = telling(face).map(|field| (field.field.key.clone(), digest(field)));
    let values = values.collect();
    face.hush(&hushed);
    Some(Shown {
        version,
        values,
        hushed,
    })
}

fn count_telling(design: &Design) -> usize {
    let fields = &design.fields;
    let footer = design.poster.iter().flat_map(|poster| &poster.footer);
    [
        &fields.header,
        &fields.primary,
        &fields.secondary,
        &fields.auxiliary,
        &fields.back,
    ]
    .into_iter()
    .flatten()
    .chain(footer)
    .filter(|field| field.change_message.is_some())
    .count()
}

/// The fields that carry a message, in the order of the design.
fn telling<'f, 'd>(face: &'f CardFace<'d>) -> impl Iterator<Item = &'f FaceField<'d>> {
    [
        &face.header,
        &face.primary,
        &face.secondary,
        &face.auxiliary,
        &face.back,
        &face.footer,
    ]
    .into_iter()
    .flatten()
    .filter(|field| field.field.change_message.is_some())
}

/// The fields that must keep quiet for the most important of those that changed. A field that the phone did not have
/// is no change to it, so it never stands in the way of one.
fn hush(face: &CardFace<'_>, old: &Shown) -> Vec<String> {
    let differs = |field: &&FaceField<'_>| old.values.get(&field.field.key) != Some(&digest(field));
    let is_known = |field: &&FaceField<'_>| old.values.contains_key(&field.field.key);
    // Of equals the first is taken, which is the first in the design.
    let first = telling(face)
        .filter(differs)
        .filter(is_known)
        .min_by_key(|field| Importance::of(field))
        .map(|field| field.field.key.as_str());
    let Some(first) = first else {
        return Vec::new();
    };
    let others = telling(face).filter(differs).map(|field| &field.field.key);
    others.filter(|key| *key != first).cloned().collect()
}

fn digest(field: &FaceField<'_>) -> String {
    let text = match &field.value {
        FaceValue::Number(number) => number.to_string(),
        FaceValue::Date(time) => Time::rfc3339_secs(*time),
        FaceValue::Text(text) => text.clone(),
        FaceValue::Fixed(text) => text.fallback().to_owned(),
    };
    let mut digest = sha256_hex(text.as_bytes());
    digest.truncate(DIGITS);
    digest
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::loyalty::face::{CardFacts, Progress};
    use crate::types::{Points, Text};

    fn design(fields: &Value) -> Design {
        serde_json::from_value(
            json!({ "organization_name": "Aroma", "description": "Card", "fields": fields }),
        )
        .expect("a design")
    }

    fn usual() -> Design {
        let field = |key: &str, value: &str| json!({ "key": key, "value": value, "change_message": "%@" });
        design(&json!({
            "header": [field("balance", "{balance}")],
            "auxiliary": [field("tier", "{tier}"), field("task", "{challenge}: {challenge_done}")],
            "back": [field("rewards", "{rewards}"), field("news", "{message}"), field("other", "{first_name}"),
                     { "key": "plain", "value": "{balance}" }]
        }))
    }

    /// A card: its balance, tier, rewards and message.
    fn facts(balance: i64, tier: &str, rewards: &str, message: &str) -> CardFacts {
        CardFacts {
            code: "7KD2".to_owned(),
            balance: Points::new(balance).expect("in range"),
            first_name: "Lina".to_owned(),
            last_name: String::new(),
            language: "en".parse().expect("a tag"),
            program_name: Text::plain("Aroma"),
            point_name: Text::plain("points"),
            tier: tier.to_owned(),
            message: message.to_owned(),
            expires_at: None,
            is_voided: false,
            is_quiet: false,
            progress: Progress {
                rewards: rewards.to_owned(),
                challenge: "Visits".to_owned(),
                challenge_done: balance.to_string(),
                ..Progress::default()
            },
        }
    }

    /// What is remembered of a version, and the keys that were hushed in it.
    fn next(
        design: &Design,
        facts: &CardFacts,
        version: i64,
        before: Option<&Shown>,
    ) -> (Shown, Vec<String>) {
        let mut face = CardFace::draw(design, facts);
        let shown = choose_notice(&mut face, version, before).expect("several fields tell");
        let quiet = telling(&face).filter(|field| field.is_hushed);
        let quiet = quiet.map(|field| field.field.key.clone()).collect();
        (shown, quiet)
    }

    #[test]
    fn of_several_changes_the_most_important_is_told() {
        let design = usual();
        let (old, quiet) = next(&design, &facts(1, "Silver", "", ""), 1, None);
        assert_eq!(quiet, [""; 0], "a new pass keeps all");
        for (after, wanted) in [
            (
                facts(2, "Gold", "Cake", "Hello"),
                vec!["balance", "tier", "task", "rewards"],
            ),
            (facts(2, "Gold", "Cake", ""), vec!["balance", "tier", "task"]),
            (facts(2, "Gold", "", ""), vec!["balance", "task"]),
            (facts(2, "Silver", "", ""), vec!["balance"]),
            (facts(1, "Gold", "", ""), vec![]),
            (facts(1, "Silver", "", ""), vec![]),
        ] {
            assert_eq!(next(&design, &after, 2, Some(&old)).1, wanted, "{after:?}");
        }
    }

    #[test]
    fn a_version_that_is_made_again_is_the_same() {
        let design = usual();
        let (old, _) = next(&design, &facts(1, "Silver", "", ""), 1, None);
        let after = facts(2, "Gold", "", "");
        let (shown, quiet) = next(&design, &after, 2, Some(&old));
        assert_eq!(next(&design, &after, 2, Some(&shown)), (shown.clone(), quiet));
        let kept = serde_json::to_string(&shown).expect("JSON");
        assert_eq!(serde_json::from_str::<Shown>(&kept).expect("kept"), shown);
        assert!(!kept.contains("Gold"), "{kept}");
    }

    #[test]
    fn the_next_change_alone_is_told_again() {
        let design = usual();
        let (first, _) = next(&design, &facts(1, "Silver", "", ""), 1, None);
        let (second, quiet) = next(&design, &facts(1, "Gold", "Cake", ""), 2, Some(&first));
        assert_eq!(quiet, ["tier"]);
        assert_eq!(
            next(&design, &facts(1, "Platinum", "Cake", ""), 3, Some(&second)).1,
            [""; 0]
        );
    }

    #[test]
    fn what_the_phone_did_not_have_stands_in_the_way_of_nothing() {
        let design = usual();
        // A tier on the front is left out while there is none.
        let (old, _) = next(&design, &facts(1, "", "", ""), 1, None);
        let quiet = next(&design, &facts(2, "Gold", "", ""), 2, Some(&old)).1;
        assert_eq!(quiet, ["balance", "tier"], "the challenge is told");
        let alone = next(&design, &facts(1, "Gold", "", ""), 2, Some(&old)).1;
        assert_eq!(alone, [""; 0]);
    }

    #[test]
    fn equals_are_told_in_the_order_of_the_design_and_one_message_needs_no_choice() {
        let field = |key: &str, value: &str| json!({ "key": key, "value": value, "change_message": "%@" });
        let two =
            design(&json!({ "header": [field("b", "{balance} b")], "back": [field("a", "{balance} a")] }));
        let (old, _) = next(&two, &facts(1, "", "", ""), 1, None);
        assert_eq!(next(&two, &facts(2, "", "", ""), 2, Some(&old)).1, ["a"]);
        let one = design(&json!({ "header": [field("b", "{balance}")] }));
        let facts = facts(1, "", "", "");
        assert_eq!(choose_notice(&mut CardFace::draw(&one, &facts), 1, None), None);
    }
}
