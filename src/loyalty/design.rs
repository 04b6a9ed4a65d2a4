//! The look of a program's passes, in both wallets, as the shop designs it.
//!
//! One version never changes after it is stored: a pass is always drawn from one design version.
//! Texts may hold placeholders such as `{balance}`; [`super::face`] fills them in for a card.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::stamps::Stamps;
use crate::types::{Currency, Text, Time};

/// A look of a program's passes. File names of images are those of Apple's package
/// (`icon@2x.png`, `ar.lproj/strip.png`); those that only Google shows begin with `google/`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Design {
    /// Who issues the card; Apple shows it on the lock screen.
    pub organization_name: Text,
    /// What the card is, for people who cannot see it.
    pub description: Text,
    /// The text beside the logo.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo_text: Option<Text>,
    /// The colours.
    #[serde(default)]
    pub colors: Colors,
    /// Images by file name, each as the SHA-256 of its bytes in hex.
    #[serde(default)]
    pub images: BTreeMap<String, String>,
    /// What is written where.
    #[serde(default)]
    pub fields: Fields,
    /// How the card's code is drawn.
    #[serde(default)]
    pub barcode: Barcode,
    /// Places near which the card is offered; Apple and Google take ten.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub locations: Vec<Location>,
    /// How near, in metres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_distance_m: Option<u32>,
    /// Bluetooth beacons near which the card is offered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub beacons: Vec<Beacon>,
    /// Times at which the card is offered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub relevant_dates: Vec<RelevantDate>,
    /// When every card of this design ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Time>,
    /// Whether the share button is hidden.
    #[serde(default)]
    pub sharing_prohibited: bool,
    /// Apple's contactless terminals; needs Apple's entitlement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nfc: Option<Nfc>,
    /// Numbers of the shop's apps in Apple's store.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub associated_store_identifiers: Vec<u64>,
    /// What that app is opened with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app_launch_url: Option<String>,
    /// Whatever the shop's own app reads in the pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_info: Option<Json>,
    /// Machine-readable meaning (Apple's semantic tags).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub semantics: Option<Json>,
    /// The poster look of iOS 27, beside the store card; older phones do not see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub poster: Option<Poster>,
    /// Stamps drawn in the place of the strip and of Google's banner, if the program has a reward that is issued by
    /// itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stamps: Option<Stamps>,
    /// What only Google Wallet shows.
    #[serde(default)]
    pub google: GoogleLook,
}

/// Colours as `#rrggbb`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Colors {
    /// Behind everything; also Google's only colour.
    pub background: String,
    /// Values.
    pub foreground: String,
    /// Labels.
    pub label: String,
    /// Behind the footer (iOS 18).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub footer_background: Option<String>,
}

impl Default for Colors {
    fn default() -> Self {
        Self {
            background: "#1f3a34".to_owned(),
            foreground: "#ffffff".to_owned(),
            label: "#cfe3da".to_owned(),
            footer_background: None,
        }
    }
}

/// The groups of fields of a store card.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Fields {
    /// Top right, seen in the stack of cards; at most three.
    pub header: Vec<Field>,
    /// Over the strip image; one.
    pub primary: Vec<Field>,
    /// Below; with auxiliary at most four.
    pub secondary: Vec<Field>,
    /// Below again.
    pub auxiliary: Vec<Field>,
    /// The back of the card.
    pub back: Vec<Field>,
}

/// One field. Texts may hold placeholders.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Unique over the whole pass.
    pub key: String,
    /// The small text above the value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Text>,
    /// What is shown. A lone `{balance}` becomes a number, `{expires_at}` a date.
    pub value: Text,
    /// The lock-screen notice when the value changed; must hold `%@`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change_message: Option<Text>,
    /// The value with links, for the back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attributed_value: Option<Text>,
    /// Where the text stands; not for primary and back fields.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text_alignment: Option<Alignment>,
    /// What the phone turns into links, on the back; empty for nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_detectors: Option<Vec<Detector>>,
    /// How a date is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_style: Option<DateStyle>,
    /// How a time of day is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_style: Option<DateStyle>,
    /// Whether a date is told as a distance from now.
    #[serde(default)]
    pub is_relative: bool,
    /// Whether a date stays in its own time zone.
    #[serde(default)]
    pub ignores_time_zone: bool,
    /// How a number is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number_style: Option<NumberStyle>,
    /// The number is money of this currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency_code: Option<Currency>,
    /// Machine-readable meaning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub semantics: Option<Json>,
    /// Apple's `row`, 0 or 1; event tickets only, so always a warning here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<u8>,
}

impl Field {
    /// A field with a label and a value, all else left open.
    pub fn new(key: &str, label: Text, value: Text) -> Self {
        Self {
            key: key.to_owned(),
            label: Some(label),
            value,
            change_message: None,
            attributed_value: None,
            text_alignment: None,
            data_detectors: None,
            date_style: None,
            time_style: None,
            is_relative: false,
            ignores_time_zone: false,
            number_style: None,
            currency_code: None,
            semantics: None,
            row: None,
        }
    }
}

/// Where a field's text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Alignment {
    /// To the left.
    Left,
    /// In the middle.
    Center,
    /// To the right.
    Right,
    /// As the script goes.
    Natural,
}

/// What a phone may turn into a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Detector {
    /// Phone numbers.
    PhoneNumber,
    /// Web addresses.
    Link,
    /// Postal addresses.
    Address,
    /// Dates.
    CalendarEvent,
}

/// How much of a date is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DateStyle {
    /// Nothing.
    None,
    /// 21/11/26.
    Short,
    /// 21 Nov 2026.
    Medium,
    /// 21 November 2026.
    Long,
    /// Saturday, 21 November 2026.
    Full,
}

/// How a number is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberStyle {
    /// 1,234.
    Decimal,
    /// 12 %.
    Percent,
    /// 1.2E3.
    Scientific,
    /// twelve.
    SpellOut,
}

/// How the card's code is drawn. Formats of iOS 27 need one of the first four behind them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Barcode {
    /// Formats, best first; a phone draws the first that it knows.
    pub formats: Vec<BarcodeFormat>,
    /// What the code holds, with placeholders; plain ASCII.
    pub message: String,
    /// What is written under it, with placeholders. Nothing is written down too: what is left out is the code.
    pub alt_text: Option<String>,
    /// The scanner's encoding, an IANA name.
    pub encoding: String,
}

impl Default for Barcode {
    fn default() -> Self {
        Self {
            formats: vec![BarcodeFormat::Qr],
            message: "{code}".to_owned(),
            alt_text: Some("{code}".to_owned()),
            encoding: "iso-8859-1".to_owned(),
        }
    }
}

/// Barcode formats that Apple Wallet draws; the last four since iOS 27.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BarcodeFormat {
    /// QR.
    Qr,
    /// PDF417.
    Pdf417,
    /// Aztec.
    Aztec,
    /// Code 128; not on a watch.
    Code128,
    /// EAN-13.
    Ean13,
    /// Code 39.
    Code39,
    /// Codabar.
    Codabar,
    /// Interleaved two of five.
    I2of5,
}

impl BarcodeFormat {
    /// Whether phones before iOS 27 draw it.
    pub const fn is_classic(self) -> bool {
        matches!(self, Self::Qr | Self::Pdf417 | Self::Aztec | Self::Code128)
    }
}

/// A place, in degrees.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Location {
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// Metres above the sea.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub altitude: Option<f64>,
    /// What Apple shows there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relevant_text: Option<Text>,
}

/// A Bluetooth beacon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Beacon {
    /// The beacon's UUID.
    pub proximity_uuid: String,
    /// Its major number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub major: Option<u16>,
    /// Its minor number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minor: Option<u16>,
    /// What is shown there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relevant_text: Option<Text>,
}

/// A time, or a span of at most 24 hours, at which the card is offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RelevantDate {
    /// From when, or the very time.
    pub start: Time,
    /// Until when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Time>,
}

/// Apple's value added services over NFC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nfc {
    /// What the terminal reads, at most 64 bytes, with placeholders.
    pub message: String,
    /// The terminal's P-256 public key, base64 of its `SubjectPublicKeyInfo`.
    pub encryption_public_key: String,
    /// Whether the phone must be unlocked.
    #[serde(default)]
    pub requires_authentication: bool,
}

/// The poster look of iOS 27.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Poster {
    /// Fields of the footer; only the first is drawn.
    #[serde(default)]
    pub footer: Vec<Field>,
    /// At most two buttons.
    #[serde(default)]
    pub featured_actions: Vec<FeaturedAction>,
}

/// A button of the poster look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeaturedAction {
    /// Unique in the pass.
    pub identifier: String,
    /// Apple's word, such as `viewOffersRewards` or `membershipBenefits`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Where it leads; all kinds but `place`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Apple's id of a place, for `place`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place_identifier: Option<String>,
}

/// What only Google Wallet shows. What is left out is taken from the rest of the design.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GoogleLook {
    /// The issuer; about 20 characters are shown. Else the organization name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer_name: Option<Text>,
    /// The program; about 20 characters are shown. Else the program's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub program_name: Option<Text>,
    /// Above the holder's name; about 15 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_name_label: Option<Text>,
    /// Above the card's code; about 15 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id_label: Option<Text>,
    /// Above the balance; about 9 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub points_label: Option<Text>,
    /// A second value, with its label: a tier, a voucher.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secondary_label: Option<Text>,
    /// The second value, with placeholders.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secondary_value: Option<Text>,
    /// File name of the round logo, 660 pixels or more; else `google/logo.png`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub program_logo: Option<String>,
    /// File name of the wide logo at the top left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wide_program_logo: Option<String>,
    /// File name of the banner, 1032x336.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hero: Option<String>,
    /// Texts below the card; the back fields if there are none.
    pub text_modules: Vec<TextModule>,
    /// Links below the card.
    pub links: Vec<Link>,
    /// ISO 3166 code of the country, for languages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country_code: Option<String>,
    /// Whether the code changes every half minute, so that a picture of it is soon worth nothing; for QR and PDF417.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub rotating: bool,
}

/// A text below Google's card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextModule {
    /// Letters, digits, `_` and `-`, without dots.
    pub id: String,
    /// About 35 characters.
    pub header: Text,
    /// About 500 characters, with placeholders.
    pub body: Text,
}

/// A link below Google's card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// Unique in the card.
    pub id: String,
    /// https, tel, mailto or geo.
    pub uri: String,
    /// About 20 characters.
    pub description: Text,
}
