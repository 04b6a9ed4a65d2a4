//! What stands beside the designer's form: the card in both wallets, the lock screen, limits and warnings, all from
//! the bytes that would be built.

use std::collections::BTreeMap;

use super::apple_view::ReadPass;
use super::draft::Place;
use super::findings::{Finding, read_findings};
use super::google_view::ReadCard;
use super::lock_screen::draw_lock_screen;
use super::panel::Panel;
use crate::actions::ActionError;
use crate::actions::preview_draft::{DraftPreview, preview_draft};
use crate::apple::color::Rgb;
use crate::apple::limits::{HEADER_FIELDS_MAX, LOWER_FIELDS_MAX, PRIMARY_FIELDS_MAX};
use crate::http::pages::desk::Desk;
use crate::http::pages::face::find_image;
use crate::http::pages::locale::Locale;
use crate::http::pages::look::png_size;
use crate::http::pages::theme::CONTRAST_MIN;
use crate::loyalty::design::Design;
use crate::loyalty::face::CardFacts;
use crate::store::designs;

/// The preview and what there is to say of it.
pub(super) struct Stage {
    pub(super) panels: Vec<Panel>,
    pub(super) contrasts: Vec<Contrast>,
    pub(super) limits: Vec<Limit>,
    pub(super) findings: Vec<Finding>,
    /// How it stands, in a sentence.
    pub(super) verdict: String,
    pub(super) is_sound: bool,
}

/// How well a colour is read on the background.
pub(super) struct Contrast {
    pub(super) name: String,
    pub(super) ratio: String,
    pub(super) is_low: bool,
}

/// How many fields stand in a place, of how many that are drawn.
pub(super) struct Limit {
    pub(super) name: String,
    pub(super) count: String,
    pub(super) is_over: bool,
}

impl Stage {
    /// Draws a look for a reader of a language.
    pub(super) async fn draw(desk: &Desk, design: &Design, shown: Locale) -> Result<Self, ActionError> {
        let locale = desk.locale;
        let samples = Samples::of(shown);
        let fill = move |facts: &mut CardFacts| samples.fill(facts);
        let house = &desk.state.house;
        let preview = preview_draft(house, &desk.program, design, shown.language(), fill).await?;
        let logo_size = read_logo_size(desk, design, shown).await?;
        let pass = ReadPass::of(&preview, shown);
        let names = |id: &str| (locale.word(id), pass.organization());
        let apple = pass.draw((design, &preview), logo_size, shown, names("designer-apple"));
        let (caption, name) = names("designer-google");
        let google = ReadCard::of(&preview, shown).draw(caption, name);
        let lock = draw_lock_screen(&pass, design, shown, locale.word("designer-lock"));
        let findings = read_findings(locale, &preview);
        Ok(Self {
            panels: [Some(apple), lock, Some(google)].into_iter().flatten().collect(),
            contrasts: read_contrasts(locale, design),
            limits: read_limits(locale, design),
            verdict: verdict(locale, &preview),
            is_sound: preview.faults.is_empty(),
            findings,
        })
    }
}

fn verdict(locale: Locale, preview: &DraftPreview) -> String {
    let count = |list: usize| i64::try_from(list).unwrap_or(i64::MAX);
    if !preview.faults.is_empty() {
        return locale.say(
            "designer-faults",
            &[("count", count(preview.faults.len()).into())],
        );
    }
    match count(preview.warnings.len()) {
        0 => locale.word("designer-sound"),
        some => locale.say("designer-warnings", &[("count", some.into())]),
    }
}

async fn read_logo_size(
    desk: &Desk,
    design: &Design,
    shown: Locale,
) -> Result<Option<(u32, u32)>, ActionError> {
    let Some(sha256) = find_image(design, "logo", shown) else {
        return Ok(None);
    };
    let read = desk
        .state
        .house
        .store
        .read(move |db| Ok::<_, ActionError>(designs::find_image(db, &sha256)?));
    Ok(read.await?.and_then(|bytes| png_size(&bytes)))
}

fn read_contrasts(locale: Locale, design: &Design) -> Vec<Contrast> {
    let colors = &design.colors;
    let Some(background) = Rgb::parse(&colors.background) else {
        return Vec::new();
    };
    let pairs = [
        ("designer-foreground", &colors.foreground),
        ("designer-label-color", &colors.label),
    ];
    let contrast = |(id, color): (&str, &String)| {
        let ratio = Rgb::parse(color)?.contrast(background);
        Some(Contrast {
            name: locale.word(id),
            ratio: write_ratio(locale, ratio),
            is_low: ratio < CONTRAST_MIN,
        })
    };
    pairs.into_iter().filter_map(contrast).collect()
}

/// `4.4:1`, never rounded up to what it does not reach.
fn write_ratio(locale: Locale, ratio: f64) -> String {
    let language = locale.language();
    let down = format!("{:.1}", (ratio * 10.0).floor() / 10.0);
    let digits = |text: &str| language.write_number(text.parse().unwrap_or_default());
    let (whole, part) = down.split_once('.').unwrap_or((&down, "0"));
    let mark = if locale == Locale::Fa { '٫' } else { '.' };
    format!(
        "{}{mark}{}:{}",
        digits(whole),
        digits(part),
        language.write_number(1)
    )
}

fn read_limits(locale: Locale, design: &Design) -> Vec<Limit> {
    let fields = &design.fields;
    let lower = fields.secondary.len() + fields.auxiliary.len();
    let limits = [
        (Place::Header.text(), fields.header.len(), HEADER_FIELDS_MAX),
        (Place::Primary.text(), fields.primary.len(), PRIMARY_FIELDS_MAX),
        ("designer-lower", lower, LOWER_FIELDS_MAX),
    ];
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let limit = |(id, count, most): (&str, usize, usize)| Limit {
        name: locale.word(id),
        count: locale.say(
            "designer-of",
            &[("count", number(count).into()), ("most", number(most).into())],
        ),
        is_over: count > most,
    };
    limits.into_iter().map(limit).collect()
}

/// What a sample says where it has nothing of its own, so that every field can be seen.
struct Samples(BTreeMap<&'static str, String>);

impl Samples {
    fn of(locale: Locale) -> Self {
        let words = [
            ("tier", "designer-sample-tier"),
            ("next_tier", "designer-sample-next-tier"),
            ("reward", "designer-sample-reward"),
            ("message", "designer-sample-message"),
            ("challenge", "designer-sample-challenge"),
            ("history", "designer-sample-history"),
            ("expiring", "designer-sample-expiring"),
        ];
        let language = locale.language();
        let mut all: BTreeMap<&'static str, String> = words
            .into_iter()
            .map(|(name, id)| (name, locale.word(id)))
            .collect();
        all.insert("some", language.write_number(60));
        all.insert("done", language.write_number(2));
        all.insert("goal", language.write_number(3));
        Self(all)
    }

    fn fill(&self, facts: &mut CardFacts) {
        let word = |name: &str| self.0.get(name).cloned().unwrap_or_default();
        let put = |place: &mut String, name: &str| {
            if place.is_empty() {
                *place = word(name);
            }
        };
        put(&mut facts.tier, "tier");
        put(&mut facts.message, "message");
        let progress = &mut facts.progress;
        for (place, name) in [
            (&mut progress.next_tier, "next_tier"),
            (&mut progress.tier_missing, "some"),
            (&mut progress.next_reward, "reward"),
            (&mut progress.reward_missing, "some"),
            (&mut progress.rewards, "reward"),
            (&mut progress.history, "history"),
            (&mut progress.challenge, "challenge"),
            (&mut progress.challenge_done, "done"),
            (&mut progress.challenge_goal, "goal"),
            (&mut progress.expiring, "expiring"),
            (&mut progress.expiring_points, "some"),
        ] {
            put(place, name);
        }
        if progress.referral_code.is_empty() {
            facts.code.clone_into(&mut progress.referral_code);
        }
        if progress.referral_link.is_empty() {
            progress.member_link.clone_into(&mut progress.referral_link);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_is_never_rounded_up_to_what_it_does_not_reach() {
        assert_eq!(write_ratio(Locale::En, 4.499), "4.4:1");
        assert_eq!(write_ratio(Locale::En, 21.0), "21.0:1");
        assert_eq!(write_ratio(Locale::Ar, 4.5), "4.5:1");
        assert_eq!(write_ratio(Locale::Fa, 4.5), "۴٫۵:۱");
    }
}
