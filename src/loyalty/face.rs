//! The card face: a design with one card's values filled in, the same for both wallets.

use crate::loyalty::design::{Barcode, Design, Field};
use crate::loyalty::place::NearPlace;
use crate::loyalty::stamps::{StampCount, StampPicture};
use crate::types::{Language, Points, Text, Time};

/// What a card says of itself; everything that a placeholder can name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardFacts {
    /// What is scanned.
    pub code: String,
    /// The balance.
    pub balance: Points,
    /// The holder's first name, or nothing.
    pub first_name: String,
    /// The holder's last name, or nothing.
    pub last_name: String,
    /// The holder's language; texts with placeholders are written in it.
    pub language: Language,
    /// The program's name.
    pub program_name: Text,
    /// What the points are called.
    pub point_name: Text,
    /// The card's tier, or nothing.
    pub tier: String,
    /// A message of the shop, or nothing.
    pub message: String,
    /// When the card ends.
    pub expires_at: Option<Time>,
    /// Whether the card is void.
    pub is_voided: bool,
    /// Whether its changes come without a notice on the lock screen.
    pub is_quiet: bool,
    /// How far it is.
    pub progress: Progress,
}

/// How far a card is; texts in the holder's language, empty where there is nothing to say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Progress {
    /// Points that are promised.
    pub pending: Points,
    /// The next tier.
    pub next_tier: String,
    /// How much is missing for it, in what tiers count.
    pub tier_missing: String,
    /// The next reward.
    pub next_reward: String,
    /// Points that are missing for it.
    pub reward_missing: String,
    /// The rewards in the holder's hands, a line each.
    pub rewards: String,
    /// What was last moved, a line each, newest first.
    pub history: String,
    /// The challenge that is nearest to being met.
    pub challenge: String,
    /// How much of it is done.
    pub challenge_done: String,
    /// How much is to be done.
    pub challenge_goal: String,
    /// How many points there are, of how many that are wanted for the reward that is issued by itself.
    pub stamps: Option<StampCount>,
    /// What the holder tells friends who are to join.
    pub referral_code: String,
    /// Where such friends join.
    pub referral_link: String,
    /// The card's own page, which leads its holder to all that they have.
    pub member_link: String,
    /// Points that expire soon and when, in a sentence.
    pub expiring: String,
    /// How many they are.
    pub expiring_points: String,
    /// The last day on which they can be spent.
    pub expires_on: String,
    /// Where phones offer the card, unless its design says where.
    pub places: Vec<NearPlace>,
}

impl CardFacts {
    /// The stamps as a picture, if there is something to collect and not too much of it.
    pub fn stamp_picture(&self) -> Option<StampPicture> {
        self.progress.stamps?.picture(&self.language)
    }
}

/// A design filled in for one card.
#[derive(Debug, Clone, PartialEq)]
pub struct CardFace<'d> {
    /// The design that it is drawn from.
    pub design: &'d Design,
    /// The card's own values.
    pub facts: &'d CardFacts,
    /// Top right.
    pub header: Vec<FaceField<'d>>,
    /// Over the strip.
    pub primary: Vec<FaceField<'d>>,
    /// Below.
    pub secondary: Vec<FaceField<'d>>,
    /// Below again.
    pub auxiliary: Vec<FaceField<'d>>,
    /// The back.
    pub back: Vec<FaceField<'d>>,
    /// The footer of the poster look.
    pub footer: Vec<FaceField<'d>>,
    /// What the barcode holds.
    pub barcode_message: String,
    /// What is written under it.
    pub barcode_alt_text: Option<String>,
    /// When the card ends: the earlier of the card's own end and the design's.
    pub expires_at: Option<Time>,
}

/// A field with its value.
#[derive(Debug, Clone, PartialEq)]
pub struct FaceField<'d> {
    /// The field as designed; its label and change message have no placeholders.
    pub field: &'d Field,
    /// What it shows on this card.
    pub value: FaceValue,
    /// The value with links, if the design has one.
    pub attributed_value: Option<String>,
    /// Whether its change message is left out, so that another's is heard.
    pub is_hushed: bool,
}

/// The value of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FaceValue {
    /// A whole number, written by the phone in its own way.
    Number(i64),
    /// An instant, written by the phone in its own way.
    Date(Time),
    /// A text of this card, in the holder's language.
    Text(String),
    /// A text of the design, the same on every card, translated by the phone.
    Fixed(Text),
}

impl<'d> CardFace<'d> {
    /// Fills a design in with a card's values.
    pub fn draw(design: &'d Design, facts: &'d CardFacts) -> Self {
        let fill_all = |fields: &'d [Field]| {
            let filled = fields.iter().map(|field| FaceField::fill(field, facts));
            filled.filter(|field| !field.is_blank(facts)).collect()
        };
        // A phone tells of a change only in a field that it had before, and on the back an empty one disturbs nobody.
        let fill_back = |fields: &'d [Field]| {
            let filled = fields.iter().map(|field| FaceField::fill(field, facts));
            let is_shown =
                |field: &FaceField<'_>| field.field.change_message.is_some() || !field.is_blank(facts);
            filled.filter(is_shown).collect()
        };
        let Barcode {
            message, alt_text, ..
        } = &design.barcode;
        Self {
            design,
            facts,
            header: fill_all(&design.fields.header),
            primary: fill_all(&design.fields.primary),
            secondary: fill_all(&design.fields.secondary),
            auxiliary: fill_all(&design.fields.auxiliary),
            back: fill_back(&design.fields.back),
            footer: design
                .poster
                .as_ref()
                .map(|poster| fill_all(&poster.footer))
                .unwrap_or_default(),
            barcode_message: fill(message, facts),
            barcode_alt_text: alt_text.as_deref().map(|text| fill(text, facts)),
            expires_at: [facts.expires_at, design.expires_at].into_iter().flatten().min(),
        }
    }

    /// The holder's name, as far as it is known.
    pub fn holder_name(&self) -> String {
        [self.facts.first_name.as_str(), self.facts.last_name.as_str()]
            .join(" ")
            .trim()
            .to_owned()
    }

    /// Leaves the change messages of these fields out.
    pub(super) fn hush(&mut self, keys: &[String]) {
        let groups = [
            &mut self.header,
            &mut self.primary,
            &mut self.secondary,
            &mut self.auxiliary,
            &mut self.back,
            &mut self.footer,
        ];
        for field in groups.into_iter().flatten() {
            field.is_hushed |= keys.contains(&field.field.key);
        }
    }

    /// A text of the design with this card's values: fixed if it names none.
    pub fn text(&self, text: &Text) -> FaceValue {
        value_of(text, self.facts)
    }
}

impl<'d> FaceField<'d> {
    /// Whether it names values of the card and the card has none of them.
    fn is_blank(&self, facts: &CardFacts) -> bool {
        let text = self.field.value.get(&facts.language);
        let mut named = named(text).peekable();
        named.peek().is_some() && named.all(|name| lookup(name, facts).is_none_or(|value| value.is_empty()))
    }

    fn fill(field: &'d Field, facts: &CardFacts) -> Self {
        Self {
            field,
            value: value_of(&field.value, facts),
            attributed_value: field
                .attributed_value
                .as_ref()
                .map(|text| fill(text.get(&facts.language), facts)),
            is_hushed: facts.is_quiet,
        }
    }
}

fn value_of(text: &Text, facts: &CardFacts) -> FaceValue {
    match (text.fallback(), facts.expires_at) {
        ("{balance}", _) => return FaceValue::Number(facts.balance.get()),
        ("{expires_at}", Some(time)) => return FaceValue::Date(time),
        _ => (),
    }
    if std::iter::once(text.fallback())
        .chain(text.translations().values().map(String::as_str))
        .any(has_placeholder)
    {
        return FaceValue::Text(fill(text.get(&facts.language), facts));
    }
    FaceValue::Fixed(text.clone())
}

/// Whether a text names a value of the card.
fn has_placeholder(text: &str) -> bool {
    named(text).next().is_some()
}

/// The values of the card that a text names.
pub(super) fn named(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| {
        let (name, _) = rest.split_once('}')?;
        PLACEHOLDERS.contains(&name).then_some(name)
    })
}

/// Every name that may stand between braces.
pub const PLACEHOLDERS: [&str; 29] = [
    "balance",
    "code",
    "first_name",
    "last_name",
    "name",
    "program",
    "point_name",
    "tier",
    "message",
    "expires_at",
    "language",
    "pending",
    "next_tier",
    "tier_missing",
    "next_reward",
    "reward_missing",
    "rewards",
    "history",
    "challenge",
    "challenge_done",
    "challenge_goal",
    "stamps",
    "stamps_goal",
    "referral_code",
    "referral_link",
    "member_link",
    "expiring",
    "expiring_points",
    "expires_on",
];

/// The text with every known `{name}` replaced; unknown names stay as they are.
fn fill(text: &str, facts: &CardFacts) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let known = after
            .split_once('}')
            .and_then(|(name, tail)| Some((lookup(name, facts)?, tail)));
        if let Some((value, tail)) = known {
            out.push_str(&value);
            rest = tail;
        } else {
            out.push('{');
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

/// The value of a name on a card; `None` if there is no such name.
pub(super) fn lookup(name: &str, facts: &CardFacts) -> Option<String> {
    Some(match name {
        "balance" => facts.balance.to_string(),
        "code" => facts.code.clone(),
        "first_name" => facts.first_name.clone(),
        "last_name" => facts.last_name.clone(),
        "name" => format!("{} {}", facts.first_name, facts.last_name)
            .trim()
            .to_owned(),
        "program" => facts.program_name.get(&facts.language).to_owned(),
        "point_name" => facts.point_name.get(&facts.language).to_owned(),
        "tier" => facts.tier.clone(),
        "message" => facts.message.clone(),
        "expires_at" => facts.expires_at.map(Time::rfc3339_secs).unwrap_or_default(),
        "language" => facts.language.to_string(),
        "pending" => facts.language.write_number(facts.progress.pending.get()),
        "next_tier" => facts.progress.next_tier.clone(),
        "tier_missing" => facts.progress.tier_missing.clone(),
        "next_reward" => facts.progress.next_reward.clone(),
        "reward_missing" => facts.progress.reward_missing.clone(),
        "rewards" => facts.progress.rewards.clone(),
        "history" => facts.progress.history.clone(),
        "challenge" => facts.progress.challenge.clone(),
        "challenge_done" => facts.progress.challenge_done.clone(),
        "challenge_goal" => facts.progress.challenge_goal.clone(),
        "stamps" => stamps(facts, StampCount::have),
        "stamps_goal" => stamps(facts, StampCount::goal),
        "referral_code" => facts.progress.referral_code.clone(),
        "referral_link" => facts.progress.referral_link.clone(),
        "member_link" => facts.progress.member_link.clone(),
        "expiring" => facts.progress.expiring.clone(),
        "expiring_points" => facts.progress.expiring_points.clone(),
        "expires_on" => facts.progress.expires_on.clone(),
        _ => return None,
    })
}

/// A number of stamps as it is written; nothing if there is nothing to collect.
fn stamps(facts: &CardFacts, number: impl Fn(StampCount) -> i64) -> String {
    let count = facts.progress.stamps;
    count.map_or_else(String::new, |count| facts.language.write_number(number(count)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> CardFacts {
        CardFacts {
            code: "7KD2".to_owned(),
            balance: Points::new(240).expect("in range"),
            first_name: "Lina".to_owned(),
            last_name: String::new(),
            language: "ar".parse().expect("a tag"),
            program_name: Text::plain("Café Aroma"),
            point_name: serde_json::from_str(r#"{"en":"points","ar":"نقطة"}"#).expect("a text"),
            tier: String::new(),
            message: String::new(),
            expires_at: None,
            is_voided: false,
            is_quiet: false,
            progress: Progress::default(),
        }
    }

    #[test]
    fn a_lone_balance_is_a_number_and_a_sentence_is_in_the_holders_language() {
        let facts = facts();
        let value = |json: &str| value_of(&serde_json::from_str(json).expect("a text"), &facts);
        assert_eq!(value(r#""{balance}""#), FaceValue::Number(240));
        assert_eq!(
            value(r#"{"en":"Hi {name}","ar":"مرحبا {name}"}"#),
            FaceValue::Text("مرحبا Lina".to_owned())
        );
        assert_eq!(
            value(r#""{balance} {point_name}""#),
            FaceValue::Text("240 نقطة".to_owned())
        );
        assert_eq!(value(r#""Terms""#), FaceValue::Fixed(Text::plain("Terms")));
    }

    #[test]
    fn a_field_with_nothing_to_say_is_left_out() {
        let mut facts = facts();
        let fields = serde_json::json!({
            "header": [{ "key": "balance", "value": "{balance}" }],
            "secondary": [{ "key": "next", "value": "{next_reward}: {reward_missing} to go" }],
            "back": [{ "key": "terms", "value": "Terms" }, { "key": "rewards", "value": "{rewards}" },
                     { "key": "invite", "value": "{referral_code}: {referral_link}" }]
        });
        let design = serde_json::json!({
            "organization_name": "Café", "description": "Card", "fields": fields,
            "colors": { "background": "#000000", "foreground": "#ffffff", "label": "#ffffff" },
            "barcode": { "formats": ["qr"], "message": "{code}" }
        });
        let design: Design = serde_json::from_value(design).expect("a design");
        let keys = |facts: &CardFacts| {
            let face = CardFace::draw(&design, facts);
            let all = face.header.iter().chain(&face.secondary).chain(&face.back);
            all.map(|field| field.field.key.clone()).collect::<Vec<_>>()
        };
        assert_eq!(keys(&facts), ["balance", "terms"]);
        facts.progress.next_reward = "Cake".to_owned();
        facts.progress.rewards = "Coffee".to_owned();
        assert_eq!(keys(&facts), ["balance", "next", "terms", "rewards"]);
    }

    #[test]
    fn a_field_that_tells_of_changes_stays_on_the_back_while_it_is_empty() {
        let facts = facts();
        let fields = serde_json::json!({
            "auxiliary": [{ "key": "tier", "value": "{tier}", "change_message": "%@" }],
            "back": [{ "key": "news", "value": "{message}", "change_message": "%@" }]
        });
        let design =
            serde_json::json!({ "organization_name": "Café", "description": "Card", "fields": fields });
        let design: Design = serde_json::from_value(design).expect("a design");
        let face = CardFace::draw(&design, &facts);
        assert!(face.auxiliary.is_empty());
        let values: Vec<_> = face.back.iter().map(|field| &field.value).collect();
        assert_eq!(values, [&FaceValue::Text(String::new())]);
    }

    #[test]
    fn stamps_and_their_goal_are_written_as_the_language_does() {
        let mut facts = facts();
        assert_eq!(fill("{stamps}/{stamps_goal}", &facts), "/");
        facts.language = "fa".parse().expect("a tag");
        facts.progress.stamps = Some(StampCount::new(Points::new(3).expect("in range"), 5));
        assert_eq!(fill("{stamps}/{stamps_goal}", &facts), "۳/۵");
        assert_eq!(
            facts.stamp_picture().map(|one| one.to_string()).as_deref(),
            Some("3-5-rtl")
        );
    }

    #[test]
    fn unknown_names_and_lone_braces_stay() {
        let facts = facts();
        assert_eq!(fill("{balance}{x}{ {code", &facts), "240{x}{ {code");
        for name in PLACEHOLDERS {
            assert!(lookup(name, &facts).is_some(), "{name}");
        }
    }
}
