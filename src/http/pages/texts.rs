//! The words of the pages in every language, read from `templates/locales` when the program is built.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::locale::Locale;
use crate::types::{PluralForm, Text};

/// First strong isolate and its end (UAX 9): what is put in does not turn the sentence around it.
const ISOLATE: (char, char) = ('\u{2068}', '\u{2069}');

/// The words of one language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Texts {
    /// The points of shops that did not name theirs.
    pub(super) points: Counted,
    /// Where the language can be changed.
    pub(super) languages: String,
    pub(super) join: JoinTexts,
    pub(super) poster: PosterTexts,
    pub(super) claim: ClaimTexts,
    pub(super) fields: FieldTexts,
    pub(super) card: CardTexts,
    pub(super) member: MemberTexts,
    pub(super) wallet: WalletTexts,
    pub(super) entries: EntryTexts,
    pub(super) faults: FaultTexts,
}

/// The page where customers enrol.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct JoinTexts {
    pub(super) title: String,
    pub(super) bonus: String,
    pub(super) no_bonus: String,
    pub(super) earning: String,
    pub(super) no_app: String,
    pub(super) card: String,
    pub(super) first_name: String,
    pub(super) contact: String,
    pub(super) optional: String,
    pub(super) contact_hint: String,
    pub(super) consent: String,
    pub(super) submit: String,
    pub(super) sample_name: String,
    pub(super) invited: String,
    pub(super) not_invited: String,
    pub(super) with_receipt: String,
}

/// The poster for the counter, and the page that prints it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PosterTexts {
    pub(super) title: String,
    pub(super) how: String,
    pub(super) size: String,
    pub(super) tent: String,
    pub(super) download: String,
    pub(super) scan: String,
    pub(super) name: String,
    pub(super) keep: String,
}

/// The page where a receipt is claimed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClaimTexts {
    pub(super) paid: String,
    pub(super) worth: String,
    pub(super) no_worth: String,
    pub(super) until: String,
    pub(super) code: String,
    pub(super) code_hint: String,
    pub(super) submit: String,
    pub(super) no_card: String,
    pub(super) join: String,
    pub(super) bad_code: String,
    pub(super) closed_card: String,
    pub(super) done: String,
    pub(super) done_next: String,
    pub(super) taken: Fault,
    pub(super) expired: Fault,
    pub(super) voided: Fault,
}

/// What is said at a field.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FieldTexts {
    pub(super) fault: String,
    pub(super) no_name: String,
    pub(super) bad_name: String,
    pub(super) bad_contact: String,
    pub(super) bad_email: String,
    pub(super) bad_phone: String,
}

/// The page of a card.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CardTexts {
    pub(super) title: String,
    pub(super) again: String,
    pub(super) balance: String,
    pub(super) picture: String,
    pub(super) code: String,
    pub(super) show: String,
    pub(super) voided: String,
    pub(super) entries: String,
    pub(super) no_entries: String,
}

/// A member's own page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MemberTexts {
    pub(super) open: String,
    pub(super) hello: String,
    pub(super) hello_nameless: String,
    pub(super) pending: String,
    pub(super) expiring: String,
    pub(super) held: String,
    pub(super) held_until: String,
    pub(super) held_show: String,
    pub(super) download: String,
    pub(super) rewards: String,
    pub(super) no_rewards: String,
    pub(super) next_reward: String,
    pub(super) free: String,
    pub(super) left: Counted,
    pub(super) at_till: String,
    pub(super) redeem: String,
    pub(super) tier: String,
    pub(super) tier_until: String,
    pub(super) tier_next: String,
    pub(super) tier_top: String,
    pub(super) visits: Counted,
    pub(super) challenges: String,
    pub(super) challenge_done: String,
    pub(super) challenge_until: String,
    pub(super) challenge_won: String,
    pub(super) prize: String,
    pub(super) invite: String,
    pub(super) invite_both: String,
    pub(super) invite_friend: String,
    pub(super) invite_own: String,
    pub(super) invite_how: String,
    pub(super) moved: String,
    pub(super) to_card: String,
    pub(super) confirm_title: String,
    pub(super) confirm_cost: String,
    pub(super) confirm_free: String,
    pub(super) confirm_how: String,
    pub(super) confirm_back: String,
    pub(super) confirm: String,
    pub(super) back: String,
    pub(super) code_title: String,
    pub(super) code_say: String,
    pub(super) code_until: String,
    pub(super) cancel: String,
    pub(super) cancel_points: String,
    pub(super) cancel_free: String,
    pub(super) given_back: String,
    pub(super) gone: String,
    pub(super) no_points: String,
    pub(super) sold_out: String,
    pub(super) not_now: String,
    pub(super) limit: String,
    pub(super) blocked: String,
    pub(super) over: Fault,
    pub(super) over_open: String,
}

/// The ways into a wallet.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WalletTexts {
    pub(super) apple: String,
    pub(super) google: String,
    pub(super) none: String,
    pub(super) on_phone: String,
    pub(super) on_phone_how: String,
    pub(super) waiting: String,
    pub(super) waiting_why: String,
    pub(super) try_again: String,
}

/// What the movements of points are called.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EntryTexts {
    pub(super) welcome: String,
    pub(super) earn: String,
    pub(super) promotion: String,
    pub(super) redeem: String,
    pub(super) refund: String,
    pub(super) expire: String,
    pub(super) transfer: String,
    pub(super) adjust: String,
}

/// What happened, and what can be done.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FaultTexts {
    pub(super) no_program: Fault,
    pub(super) no_card: Fault,
    pub(super) no_receipt: Fault,
    pub(super) no_page: Fault,
    pub(super) bad_address: Fault,
    pub(super) no_link: Fault,
    pub(super) link_over: Fault,
    pub(super) cross_site: Fault,
    pub(super) voided: Fault,
    pub(super) no_wallet: Fault,
    pub(super) not_understood: Fault,
    pub(super) too_many: Fault,
    pub(super) unavailable: Fault,
    pub(super) internal: Fault,
    /// When to come back, in seconds.
    pub(super) wait: Counted,
    pub(super) reference: String,
}

/// One failure in words.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fault {
    /// What.
    pub(super) title: String,
    /// Why, and what next.
    pub(super) next: String,
}

/// A text in every plural form that its language has.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct Counted(BTreeMap<PluralForm, String>);

impl Counted {
    fn get(&self, form: PluralForm) -> &str {
        let wording = self.0.get(&form).or_else(|| self.0.get(&PluralForm::Other));
        wording.map(String::as_str).unwrap_or_default()
    }
}

struct All {
    en: Texts,
    ar: Texts,
    fa: Texts,
    zh_hans: Texts,
    zh_hant: Texts,
}

static ALL: LazyLock<All> = LazyLock::new(|| All {
    en: read(include_str!("../../../templates/locales/en.json")),
    ar: read(include_str!("../../../templates/locales/ar.json")),
    fa: read(include_str!("../../../templates/locales/fa.json")),
    zh_hans: read(include_str!("../../../templates/locales/zh-Hans.json")),
    zh_hant: read(include_str!("../../../templates/locales/zh-Hant.json")),
});

#[expect(
    clippy::expect_used,
    reason = "the files are part of the program, and a test reads every one of them"
)]
fn read(json: &str) -> Texts {
    serde_json::from_str(json).expect("a file of templates/locales lacks a text or has one too many")
}

impl Locale {
    /// The words of the language.
    pub(super) fn texts(self) -> &'static Texts {
        match self {
            Self::En => &ALL.en,
            Self::Ar => &ALL.ar,
            Self::Fa => &ALL.fa,
            Self::ZhHans => &ALL.zh_hans,
            Self::ZhHant => &ALL.zh_hant,
        }
    }

    /// A text with its `{names}` replaced; what is put in is not looked through again.
    pub(super) fn fill(self, text: &str, values: &[(&str, &str)]) -> String {
        let mut filled = String::with_capacity(text.len() + 16);
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, tail) = after.split_once('}').unwrap_or((after, ""));
            let value = values.iter().find(|(known, _)| *known == name);
            let value = value.map(|(_, value)| *value).unwrap_or_default();
            filled.push_str(before);
            if self.is_rtl() {
                filled.extend([ISOLATE.0]);
                filled.push_str(value);
                filled.extend([ISOLATE.1]);
            } else {
                filled.push_str(value);
            }
            rest = tail;
        }
        filled.push_str(rest);
        filled
    }

    /// What so many points are called, without the number.
    pub(super) fn points_word(self, point_name: &Text, count: i64) -> String {
        // The name that programs have until the shop chooses one is ours to translate.
        if point_name.translations().is_empty() && point_name.fallback() == "points" {
            let form = PluralForm::of(&self.language(), count);
            return self.texts().points.get(form).to_owned();
        }
        point_name.counted(&self.language(), count).to_owned()
    }

    /// So many points: the number and the word for them.
    pub(super) fn points(self, point_name: &Text, count: i64) -> String {
        let number = self.language().write_number(count);
        format!("{number}\u{a0}{}", self.points_word(point_name, count))
    }

    /// What points are called, with every form that the language has for them.
    pub(super) fn point_name(self, point_name: &Text) -> Text {
        if !point_name.translations().is_empty() || point_name.fallback() != "points" {
            return point_name.clone();
        }
        let own = &self.texts().points;
        let tag = self.tag();
        let form = |(form, wording): (&PluralForm, &String)| {
            let tag = format!("{tag}-x-{}", form.as_str()).parse().ok()?;
            Some((tag, wording.clone()))
        };
        let plain = (self.language(), own.get(PluralForm::Other).to_owned());
        let forms = own.0.iter().filter_map(form).chain([plain]).collect();
        Text::translated(forms).unwrap_or_else(|| point_name.clone())
    }

    /// So many of something, in the words for them.
    pub(super) fn count(self, counted: &Counted, count: i64) -> String {
        let language = self.language();
        let wording = counted.get(PluralForm::of(&language, count));
        self.fill(wording, &[("count", &language.write_number(count))])
    }

    /// When to come back.
    pub(super) fn wait(self, seconds: i64) -> String {
        let form = PluralForm::of(&self.language(), seconds);
        let number = self.language().write_number(seconds);
        self.fill(self.texts().faults.wait.get(form), &[("seconds", &number)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_every_text_and_no_other() {
        for locale in Locale::ALL {
            assert!(locale.texts().join.bonus.contains("{points}"), "{locale:?}");
        }
    }

    #[test]
    fn every_language_has_its_own_plural_forms() {
        for locale in Locale::ALL {
            for count in [0, 1, 2, 3, 11, 100] {
                let form = PluralForm::of(&locale.language(), count);
                let texts = locale.texts();
                let member = &texts.member;
                for counted in [&texts.points, &texts.faults.wait, &member.visits, &member.left] {
                    assert!(counted.0.contains_key(&form), "{locale:?} lacks {form:?}");
                }
            }
        }
    }

    #[test]
    fn points_are_counted_in_the_shops_own_word() {
        let plain = Text::plain("points");
        assert_eq!(Locale::En.points(&plain, 1), "1\u{a0}point");
        assert_eq!(Locale::En.points(&plain, 1_240), "1,240\u{a0}points");
        assert_eq!(Locale::Ar.points(&plain, 10), "10\u{a0}نقاط");
        let beans: Text = serde_json::from_str(r#"{"en":"beans","en-x-one":"bean"}"#).expect("a text");
        assert_eq!(Locale::En.points(&beans, 1), "1\u{a0}bean");
        assert_eq!(Locale::ZhHans.points(&beans, 2), "2\u{a0}beans");
    }

    #[test]
    fn a_value_is_not_looked_through_for_names() {
        let filled = Locale::En.fill("{program}: {points}", &[("program", "{points}"), ("points", "5")]);
        assert_eq!(filled, "{points}: 5");
        assert_eq!(
            Locale::Ar.fill("في {program}", &[("program", "Aroma")]),
            "في \u{2068}Aroma\u{2069}"
        );
    }
}
