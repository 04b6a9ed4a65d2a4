//! What the holder of a reward gets.

use std::fmt;

use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{Error, IntoDeserializer as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::loyalty::rule::Lines;
use crate::types::{Text, Time, Zone};

/// Hours for which the link to a download works, where a reward says nothing.
const LINK_HOURS: u16 = 48;
/// How often the link opens, where a reward says nothing.
const OPENS: u16 = 5;
/// Longest address of a download.
const URL_MAX: usize = 2_000;
const HOUR_MS: i64 = 3_600_000;

/// What the holder of a reward gets. Three kinds are written as a word or, with more to say, as an object of one
/// field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Gift {
    /// A thing that is handed over.
    Product,
    /// One of these articles for nothing.
    FreeItem(Lines),
    /// So many minor units off the order.
    AmountOff(i64),
    /// So many per cent off.
    PercentOff(PercentOff),
    /// Something to take part in, when the holder likes.
    Experience,
    /// Something to take part in on a date.
    #[serde(rename = "experience")]
    Occasion(Occasion),
    /// Something to read, hear or see.
    Download(Download),
    /// Money for others.
    Donation,
    /// Money for others who are named.
    #[serde(rename = "donation")]
    GoodCause(GoodCause),
    /// Something before others have it.
    EarlyAccess,
    /// The same, from an instant on.
    #[serde(rename = "early_access")]
    EarlyAccessTo(EarlyAccessTo),
    /// A gift card of the holder's own.
    GiftCard(GiftCardTerms),
}

/// Something to take part in on a date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Occasion {
    /// When it begins; until then a place can be had and given back.
    pub at: Time,
    /// When it is over; at the end of the day on which it begins, if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Time>,
    /// How many can take part.
    pub capacity: i64,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Text>,
}

impl Occasion {
    /// The first instant at which nobody comes any more.
    pub fn ends(&self, zone: Zone) -> Time {
        let next_day = zone.local(self.at).day.plus_days(1);
        self.until.unwrap_or_else(|| zone.start_of(next_day))
    }
}

/// Something to read, hear or see, behind a link of the holder's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Download {
    /// Where it lies; customers are led there and never shown it.
    pub url: String,
    /// Hours for which the link works; 48, if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link_hours: Option<u16>,
    /// How often the link opens; 5 times, if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opens: Option<u16>,
}

impl Download {
    /// Milliseconds for which the link works.
    pub fn link_ms(&self) -> i64 {
        i64::from(self.link_hours.unwrap_or(LINK_HOURS)) * HOUR_MS
    }

    /// How often the link opens.
    pub fn opens_max(&self) -> i64 {
        i64::from(self.opens.unwrap_or(OPENS))
    }
}

/// Whether customers can be led to an address: `https`, a host, nothing that a header cannot hold.
pub fn is_download_url(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once("://") else {
        return false;
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    scheme.eq_ignore_ascii_case("https")
        && url.len() <= URL_MAX
        && url.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
        && !host.is_empty()
        && !host.starts_with(':')
        && !host.contains('@')
}

/// Who gets the money of a donation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GoodCause {
    /// Who.
    pub to: Text,
}

/// What the holder has before others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EarlyAccessTo {
    /// Which articles; all that is new, if left out.
    #[serde(default, skip_serializing_if = "Lines::is_everything")]
    pub of: Lines,
    /// From when on.
    pub from: Time,
}

/// What a gift card holds that a reward becomes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GiftCardTerms {
    /// How much, in minor units of the program's currency.
    pub amount: i64,
    /// Days for which it can be spent, to the end of the last of them; for ever if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_days: Option<u16>,
}

/// So many per cent off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PercentOff {
    /// 1 to 100.
    pub percent: i64,
    /// Off what.
    pub of: Scope,
}

/// What a percentage is taken off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// The whole order.
    Order,
    /// One item of it.
    Item,
}

/// The kinds that are written as a word.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Word {
    Product,
    Experience,
    Donation,
    EarlyAccess,
}

/// The kinds that are written as an object of one field.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Terms {
    FreeItem(Lines),
    AmountOff(i64),
    PercentOff(PercentOff),
    Experience(Occasion),
    Download(Download),
    Donation(GoodCause),
    EarlyAccess(EarlyAccessTo),
    GiftCard(GiftCardTerms),
}

impl<'de> Deserialize<'de> for Gift {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reading)
    }
}

/// Reads either way of writing a kind.
struct Reading;

impl<'de> Visitor<'de> for Reading {
    type Value = Gift;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("what the holder gets: a word such as `product`, or an object of one field")
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<Gift, E> {
        let word: StrDeserializer<'_, E> = word.into_deserializer();
        Ok(match Word::deserialize(word)? {
            Word::Product => Gift::Product,
            Word::Experience => Gift::Experience,
            Word::Donation => Gift::Donation,
            Word::EarlyAccess => Gift::EarlyAccess,
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Gift, A::Error> {
        Ok(match Terms::deserialize(MapAccessDeserializer::new(map))? {
            Terms::FreeItem(of) => Gift::FreeItem(of),
            Terms::AmountOff(minor) => Gift::AmountOff(minor),
            Terms::PercentOff(off) => Gift::PercentOff(off),
            Terms::Experience(occasion) => Gift::Occasion(occasion),
            Terms::Download(download) => Gift::Download(download),
            Terms::Donation(cause) => Gift::GoodCause(cause),
            Terms::EarlyAccess(to) => Gift::EarlyAccessTo(to),
            Terms::GiftCard(terms) => Gift::GiftCard(terms),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn a_kind_reads_back_as_it_was_written_in_either_way() {
        let at = "2026-12-05T09:00:00.000Z";
        for text in [
            json!("product"),
            json!("experience"),
            json!("donation"),
            json!("early_access"),
            json!({ "free_item": { "category": ["coffee"] } }),
            json!({ "amount_off": 500 }),
            json!({ "percent_off": { "percent": 10, "of": "item" } }),
            json!({ "experience": { "at": at, "until": "2026-12-05T11:00:00.000Z", "capacity": 8, "place": "Upstairs" } }),
            json!({ "experience": { "at": at, "capacity": 8 } }),
            json!({ "download": { "url": "https://shop.example/book.pdf", "link_hours": 24, "opens": 3 } }),
            json!({ "donation": { "to": "The lifeboat" } }),
            json!({ "early_access": { "of": { "sku": ["autumn"] }, "from": at } }),
            json!({ "gift_card": { "amount": 500 } }),
        ] {
            let gift: Gift = serde_json::from_value(text.clone()).expect("a kind");
            assert_eq!(serde_json::to_value(&gift).expect("JSON"), text);
            let again: Gift = serde_json::from_str(&text.to_string()).expect("a kind");
            assert_eq!(again, gift);
        }
    }

    #[test]
    fn what_is_no_kind_is_refused() {
        for text in [
            json!("download"),
            json!("amount_off"),
            json!(5),
            Value::Null,
            json!({}),
            json!({ "amount_off": 5, "product": null }),
            json!({ "experience": { "at": "2026-12-05T09:00:00Z" } }),
            json!({ "experience": { "at": "2026-12-05T09:00:00Z", "capacity": 8, "seats": 1 } }),
            json!({ "donation": {} }),
        ] {
            assert!(serde_json::from_value::<Gift>(text.clone()).is_err(), "{text}");
        }
    }

    #[test]
    fn customers_are_led_to_nothing_but_https() {
        for (url, is_good) in [
            ("https://shop.example/book.pdf?v=2#top", true),
            ("HTTPS://shop.example", true),
            ("http://shop.example/book.pdf", false),
            ("https:///book.pdf", false),
            ("https://:443/", false),
            ("https://user:secret@shop.example/", false),
            ("https://shop.example/a b", false),
            ("https://shop.example/\r\nSet-Cookie:a", false),
            ("https://shop.example\\@evil.example/", false),
            ("https://shop.example/é", false),
            ("javascript://shop.example/", false),
            ("/book.pdf", false),
        ] {
            assert_eq!(is_download_url(url), is_good, "{url}");
        }
    }

    #[test]
    fn a_date_is_over_when_it_says_or_with_its_day() {
        let zone: Zone = "Europe/Berlin".parse().expect("a zone");
        let ends = |text: Value| {
            let occasion: Occasion = serde_json::from_value(text).expect("a date");
            occasion.ends(zone).rfc3339_secs()
        };
        let late = "2026-12-05T23:30:00Z";
        assert_eq!(ends(json!({ "at": late, "capacity": 8 })), "2026-12-06T23:00:00Z");
        let until = "2026-12-06T01:00:00Z";
        assert_eq!(ends(json!({ "at": late, "until": until, "capacity": 8 })), until);
    }
}
