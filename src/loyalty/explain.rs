//! Why an entry gave what it gave, in words that a customer reads.

use serde::{Deserialize, Serialize};

use crate::types::{Currency, Language, Money, Text};

/// Why an entry gave what it gave. Kept with the entry; the words are made when somebody reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Explanation {
    /// What the staff call the rule; empty for the program's own.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// What it was given for.
    pub ground: Ground,
    /// Points that a limit or budget held back.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub cut: i64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
const fn is_zero(points: &i64) -> bool {
    *points == 0
}

/// What points were given for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Ground {
    /// Money: so many points for each `per_minor` of what was counted.
    Spend {
        /// Points for each step.
        points: i64,
        /// A step, in minor units.
        per_minor: i64,
        /// What was counted, in minor units.
        minor: i64,
    },
    /// Pieces.
    Items {
        /// Points for each.
        points: i64,
        /// How many.
        pieces: i64,
    },
    /// The order or event itself.
    Once {
        /// The points.
        points: i64,
    },
    /// A promotion that multiplies.
    Multiplied {
        /// By how many hundredths.
        hundredths: i64,
        /// What.
        of: i64,
    },
    /// A promotion that adds.
    Added {
        /// The points.
        points: i64,
    },
    /// A challenge that was met.
    Met {
        /// The points.
        points: i64,
    },
    /// Joining, by the program's own welcome.
    Welcome,
}

/// The sentences of one language, with `{}` for each value in the order of its own grammar.
struct Sentences {
    spend: fn(&str, &str, &str) -> String,
    items: fn(&str, &str) -> String,
    multiplied: fn(&str, &str) -> String,
    added: fn(&str) -> String,
    met: fn(&str) -> String,
    welcome: &'static str,
    cut: fn(&str) -> String,
}

const ENGLISH: Sentences = Sentences {
    spend: |each, per, counted| format!("{each} per {per} on {counted}"),
    items: |each, pieces| format!("{each} per item, {pieces} of them"),
    multiplied: |factor, of| format!("{factor} times {of}"),
    added: |each| format!("{each} on top"),
    met: |each| format!("challenge met, {each}"),
    welcome: "Welcome bonus",
    cut: |points| format!("; {points} over the limit were not given"),
};

const ARABIC: Sentences = Sentences {
    spend: |each, per, counted| format!("{each} عن كل {per} من {counted}"),
    items: |each, pieces| format!("{each} عن كل قطعة، عدد القطع {pieces}"),
    multiplied: |factor, of| format!("{of} مضروبة في {factor}"),
    added: |each| format!("{each} إضافية"),
    met: |each| format!("اكتمل التحدي، {each}"),
    welcome: "مكافأة الترحيب",
    cut: |points| format!("؛ لم تُمنح {points} فوق الحد"),
};

const PERSIAN: Sentences = Sentences {
    spend: |each, per, counted| format!("{each} برای هر {per} از {counted}"),
    items: |each, pieces| format!("{each} برای هر عدد، {pieces} عدد"),
    multiplied: |factor, of| format!("{factor} برابرِ {of}"),
    added: |each| format!("{each} افزون بر آن"),
    met: |each| format!("چالش انجام شد، {each}"),
    welcome: "هدیهٔ خوش‌آمد",
    cut: |points| format!("؛ {points} بالاتر از سقف داده نشد"),
};

const SIMPLIFIED: Sentences = Sentences {
    spend: |each, per, counted| format!("消费 {counted}，每 {per} 得 {each}"),
    items: |each, pieces| format!("每件得 {each}，共 {pieces} 件"),
    multiplied: |factor, of| format!("{of}的 {factor} 倍"),
    added: |each| format!("额外 {each}"),
    met: |each| format!("完成挑战，得 {each}"),
    welcome: "入会奖励",
    cut: |points| format!("；超出上限的 {points}未发放"),
};

const TRADITIONAL: Sentences = Sentences {
    spend: |each, per, counted| format!("消費 {counted}，每 {per} 得 {each}"),
    items: |each, pieces| format!("每件得 {each}，共 {pieces} 件"),
    multiplied: |factor, of| format!("{of}的 {factor} 倍"),
    added: |each| format!("額外 {each}"),
    met: |each| format!("完成挑戰，得 {each}"),
    welcome: "入會獎勵",
    cut: |points| format!("；超出上限的 {points}未發放"),
};

fn sentences(language: &Language) -> &'static Sentences {
    let tag = language.as_str();
    match language.base() {
        "ar" => &ARABIC,
        "fa" => &PERSIAN,
        "zh" if tag.contains("Hant") || tag.ends_with("TW") || tag.ends_with("HK") => &TRADITIONAL,
        "zh" => &SIMPLIFIED,
        _ => &ENGLISH,
    }
}

impl Explanation {
    /// The words in a language; English in one that has none of its own.
    pub fn words(&self, language: &Language, currency: Currency, point_name: &Text) -> String {
        let own = sentences(language);
        let points = |count: i64| {
            let name = point_name.counted(language, count);
            format!("{} {name}", language.write_number(count))
        };
        let money = |minor| language.write_money(Money { minor, currency });
        let ground = match self.ground {
            Ground::Spend {
                points: each,
                per_minor,
                minor,
            } => (own.spend)(&points(each), &money(per_minor), &money(minor)),
            Ground::Items { points: each, pieces } => {
                (own.items)(&points(each), &language.write_number(pieces))
            }
            Ground::Once { points: all } => points(all),
            Ground::Multiplied { hundredths, of } => {
                (own.multiplied)(&factor(language, hundredths), &points(of))
            }
            Ground::Added { points: more } => (own.added)(&points(more)),
            Ground::Met { points: given } => (own.met)(&points(given)),
            Ground::Welcome => own.welcome.to_owned(),
        };
        let name = if self.name.is_empty() {
            String::new()
        } else {
            format!("{}: ", self.name)
        };
        let cut = if self.cut == 0 {
            String::new()
        } else {
            (own.cut)(&points(self.cut))
        };
        format!("{name}{ground}{cut}")
    }
}

/// Hundredths as a factor: 200 is 2, 150 is 1.5.
fn factor(language: &Language, hundredths: i64) -> String {
    let whole = language.write_number(hundredths / 100);
    match hundredths % 100 {
        0 => whole,
        tenths if tenths % 10 == 0 => format!("{whole}.{}", language.write_number(tenths / 10)),
        1..10 => format!(
            "{whole}.{}{}",
            language.write_number(0),
            language.write_number(hundredths % 10)
        ),
        rest => format!("{whole}.{}", language.write_number(rest)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(tag: &str, explanation: &Explanation) -> String {
        let language: Language = tag.parse().expect("a language");
        let name: Text = serde_json::from_value(serde_json::json!({
            "en": "points", "en-x-one": "point", "ar": "نقطة", "fa": "امتیاز", "zh-Hans": "积分", "zh-Hant": "點"
        }))
        .expect("a text");
        explanation.words(&language, "EUR".parse().expect("a currency"), &name)
    }

    #[test]
    fn each_language_says_why() {
        let explanation = Explanation {
            name: "Cake".to_owned(),
            ground: Ground::Spend {
                points: 1,
                per_minor: 100,
                minor: 1_250,
            },
            cut: 2,
        };
        let all: Vec<String> = ["en", "ar", "fa", "zh-Hans", "zh-Hant"]
            .iter()
            .map(|tag| words(tag, &explanation))
            .collect();
        assert_eq!(
            all.first().map(String::as_str),
            Some("Cake: 1 point per €1 on €12.50; 2 points over the limit were not given")
        );
        let different: std::collections::BTreeSet<&String> = all.iter().collect();
        assert_eq!(different.len(), 5, "{all:?}");
        assert!(words("de", &explanation).starts_with("Cake: 1 point"));
    }

    #[test]
    fn a_promotion_is_told_by_its_factor() {
        let double = |hundredths| Explanation {
            name: String::new(),
            ground: Ground::Multiplied { hundredths, of: 12 },
            cut: 0,
        };
        assert_eq!(words("en", &double(200)), "2 times 12 points");
        assert_eq!(words("en", &double(150)), "1.5 times 12 points");
        assert_eq!(words("en", &double(105)), "1.05 times 12 points");
        assert_eq!(words("en", &double(125)), "1.25 times 12 points");
    }

    #[test]
    fn a_challenge_that_was_met_is_told_in_each_language() {
        let met = Explanation {
            name: "Three visits".to_owned(),
            ground: Ground::Met { points: 50 },
            cut: 0,
        };
        assert_eq!(words("en", &met), "Three visits: challenge met, 50 points");
        let all = ["en", "ar", "fa", "zh-Hans", "zh-Hant"].map(|tag| words(tag, &met));
        let different: std::collections::BTreeSet<&String> = all.iter().collect();
        assert_eq!(different.len(), 5, "{all:?}");
    }

    #[test]
    fn a_welcome_is_told_in_each_language() {
        let welcome = Explanation {
            name: String::new(),
            ground: Ground::Welcome,
            cut: 0,
        };
        assert_eq!(words("en", &welcome), "Welcome bonus");
        let all = ["en", "ar", "fa", "zh-Hans", "zh-Hant"].map(|tag| words(tag, &welcome));
        let different: std::collections::BTreeSet<&String> = all.iter().collect();
        assert_eq!(different.len(), 5, "{all:?}");
    }

    #[test]
    fn what_is_kept_reads_back() {
        let grounds = [
            (Ground::Once { points: 5 }, r#"{"ground":{"once":{"points":5}}}"#),
            (Ground::Welcome, r#"{"ground":"welcome"}"#),
        ];
        for (ground, written) in grounds {
            let kept = Explanation {
                name: String::new(),
                ground,
                cut: 0,
            };
            let text = serde_json::to_string(&kept).expect("JSON");
            assert_eq!(text, written);
            assert_eq!(serde_json::from_str::<Explanation>(&text).expect("kept"), kept);
        }
    }
}
