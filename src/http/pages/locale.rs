//! The languages that pages are written in, and which of them a reader gets.

use actix_web::HttpRequest;
use actix_web::http::header::ACCEPT_LANGUAGE;

use crate::types::Language;

/// Most languages of an `Accept-Language` header that are looked at.
const WISHES_MAX: usize = 20;

/// A language that pages are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) enum Locale {
    /// English.
    En,
    /// Arabic.
    Ar,
    /// Persian.
    Fa,
    /// Chinese in simplified characters.
    ZhHans,
    /// Chinese in traditional characters.
    ZhHant,
    /// English in disguise, which shows a text that was forgotten. No reader is led to it.
    #[cfg(debug_assertions)]
    Pseudo,
}

impl Locale {
    /// Every one, in the order of the language switch.
    pub(super) const ALL: [Self; 5] = [Self::En, Self::Ar, Self::Fa, Self::ZhHans, Self::ZhHant];

    /// Its tag.
    pub(super) const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Ar => "ar",
            Self::Fa => "fa",
            Self::ZhHans => "zh-Hans",
            Self::ZhHant => "zh-Hant",
            #[cfg(debug_assertions)]
            Self::Pseudo => "en-XA",
        }
    }

    /// What its readers call it.
    pub(super) const fn own_name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Ar => "العربية",
            Self::Fa => "فارسی",
            Self::ZhHans => "简体",
            Self::ZhHant => "繁體",
            #[cfg(debug_assertions)]
            Self::Pseudo => "[Éñĝļîšĥ]",
        }
    }

    /// The way its lines run, as HTML says it.
    pub(super) const fn direction(self) -> &'static str {
        if self.is_rtl() { "rtl" } else { "ltr" }
    }

    /// Whether its lines run from right to left.
    pub(super) const fn is_rtl(self) -> bool {
        matches!(self, Self::Ar | Self::Fa)
    }

    /// The language, for texts and numbers.
    pub(super) fn language(self) -> Language {
        #[cfg(debug_assertions)]
        if self == Self::Pseudo {
            return Language::english();
        }
        self.tag().parse().unwrap_or_else(|_| Language::english())
    }

    /// The title of a page: one that says what was wrong with a form says so first, because a screen reader begins there.
    pub(super) fn title(self, heading: &str, has_fault: bool) -> String {
        if has_fault {
            format!("{} – {heading}", self.word("field-fault"))
        } else {
            heading.to_owned()
        }
    }

    /// The one that a tag means; of Chinese the characters decide, or the place that uses them.
    pub(super) fn of_tag(tag: &str) -> Option<Self> {
        let mut parts = tag.split(['-', '_']).map(str::to_ascii_lowercase);
        match parts.next()?.as_str() {
            #[cfg(debug_assertions)]
            "en" if parts.clone().any(|part| part == "xa") => Some(Self::Pseudo),
            "en" => Some(Self::En),
            "ar" => Some(Self::Ar),
            "fa" => Some(Self::Fa),
            "zh" => {
                let is_traditional = parts.any(|part| matches!(part.as_str(), "hant" | "tw" | "hk" | "mo"));
                Some(if is_traditional {
                    Self::ZhHant
                } else {
                    Self::ZhHans
                })
            }
            _ => None,
        }
    }

    /// The best of what an `Accept-Language` header wishes (RFC 9110, section 12.5.4).
    pub(super) fn of_wishes(header: &str) -> Option<Self> {
        let mut best: Option<(Self, f32)> = None;
        for wish in header.split(',').take(WISHES_MAX) {
            let (tag, parameter) = wish.split_once(';').unwrap_or((wish, ""));
            let weight = match parameter.trim().strip_prefix("q=") {
                Some(text) => text.trim().parse().unwrap_or(0.0),
                None => 1.0,
            };
            let is_better = weight > best.map_or(0.0, |(_, most)| most);
            if let (Some(locale), true) = (Self::of_tag(tag.trim()), is_better) {
                best = Some((locale, weight));
            }
        }
        best.map(|(locale, _)| locale)
    }
}

/// What a request says of its reader's languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) struct Reader {
    /// `?lang=`.
    asked: Option<Locale>,
    /// `Accept-Language`.
    wished: Option<Locale>,
}

impl Reader {
    /// Reads what a request says.
    pub(in crate::http) fn of(request: &HttpRequest) -> Self {
        let wished = request
            .headers()
            .get(ACCEPT_LANGUAGE)
            .and_then(|value| Locale::of_wishes(value.to_str().ok()?));
        let asked = request
            .query_string()
            .split('&')
            .find_map(|pair| Locale::of_tag(pair.strip_prefix("lang=")?));
        Self { asked, wished }
    }

    /// The language of the page: what was asked for, else wished, else the shop's own, else English.
    pub(super) fn locale(self, own: &Language) -> Locale {
        self.asked
            .or(self.wished)
            .or_else(|| Locale::of_tag(own.as_str()))
            .unwrap_or(Locale::En)
    }

    /// The parameter that keeps the language on the next page, if that would not come to it by itself.
    pub(super) fn keep(self) -> Option<&'static str> {
        self.asked
            .filter(|asked| self.wished != Some(*asked))
            .map(Locale::tag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_wish_that_is_written_wins() {
        for (header, tag) in [
            ("ar", Some("ar")),
            ("ar-EG,en;q=0.8", Some("ar")),
            ("de, fa;q=0.7, en;q=0.9", Some("en")),
            ("en;q=0.1,zh-TW;q=0.5", Some("zh-Hant")),
            ("zh-Hant-HK", Some("zh-Hant")),
            ("zh-CN", Some("zh-Hans")),
            ("zh", Some("zh-Hans")),
            ("fa;q=0", None),
            ("fa;q=nonsense", None),
            ("de,*;q=0.5", None),
            ("", None),
        ] {
            assert_eq!(Locale::of_wishes(header).map(Locale::tag), tag, "{header}");
        }
    }

    #[test]
    fn wishes_beyond_the_limit_are_not_read() {
        let long = format!("{}fa", "de,".repeat(WISHES_MAX));
        assert_eq!(Locale::of_wishes(&long), None);
    }
}
