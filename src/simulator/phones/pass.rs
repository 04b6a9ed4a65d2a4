//! A pass as an iPhone holds it: checked as iOS checks it, in the words of the phone's language.

use std::collections::BTreeMap;

use openssl::x509::X509;
use serde::Serialize;
use serde_json::Value;

use crate::apple::finding::Finding;
use crate::apple::reader::PassFile;
use crate::apple::verify::{Trust, verify};
use crate::types::{Language, Secret, Time, sha256_hex};

/// Where the styles keep their fields, front first.
const PLACES: [&str; 7] = [
    "headerFields",
    "primaryFields",
    "secondaryFields",
    "auxiliaryFields",
    "footerFields",
    "additionalInfoFields",
    "backFields",
];
const STYLES: [&str; 6] = [
    "storeCard",
    "generic",
    "coupon",
    "eventTicket",
    "boardingPass",
    "posterGeneric",
];
/// Images that are shown, best resolution first.
const IMAGES: [&str; 6] = [
    "strip@3x.png",
    "strip@2x.png",
    "strip.png",
    "logo@3x.png",
    "logo@2x.png",
    "logo.png",
];

/// Why a phone refuses a pass file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Received invalid pass data ({})", .0.join("; "))]
pub struct Refused(
    /// The codes of what is wrong with it.
    pub Vec<String>,
);

/// A field as the phone shows it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ShownField {
    /// The group, such as `headerFields`.
    pub place: &'static str,
    /// Its key.
    pub key: String,
    /// Its label, in the phone's language.
    pub label: String,
    /// Its value, as it is written.
    pub text: String,
    /// Its value in the pass.
    pub value: Value,
    /// What the phone says when it changes, in its language.
    pub change_message: Option<String>,
}

/// A pass on a phone.
#[derive(Debug, Clone, Serialize)]
pub struct HeldPass {
    /// Its serial number.
    pub serial: String,
    /// Its pass type.
    pub pass_type: String,
    /// How many times the phone took it: 1 when it was added, more with each update.
    pub version: u64,
    /// The `Last-Modified` that came with it.
    pub last_modified: Option<String>,
    /// Whose it is.
    pub organization: String,
    /// What it is, for people who do not see it.
    pub description: String,
    /// Beside the logo.
    pub logo_text: String,
    /// Its fields, front first.
    pub fields: Vec<ShownField>,
    /// The number in its field `balance`.
    pub balance: Option<i64>,
    /// What its barcode holds.
    pub code: Option<String>,
    /// Colours by name: `backgroundColor`, `foregroundColor`, `labelColor`.
    pub colors: BTreeMap<String, String>,
    /// SHA-256 of the strip and the logo, by `strip` and `logo`.
    pub images: BTreeMap<String, String>,
    /// Whether it is void.
    pub is_voided: bool,
    /// Whether the phone is registered for its updates.
    pub is_registered: bool,
    #[serde(skip)]
    pub(super) token: Option<Secret>,
    /// The web service, without a slash at its end.
    #[serde(skip)]
    pub(super) service: Option<String>,
    /// Names the contents; two files with the same contents have the same.
    #[serde(skip)]
    pub(super) contents: String,
}

impl HeldPass {
    /// Reads a pass file, or refuses it for what iOS would refuse it.
    pub(super) fn read(
        bytes: &[u8],
        roots: &[X509],
        now: Time,
        language: &Language,
    ) -> Result<Self, Refused> {
        let report = verify(bytes, now, Some(roots));
        let mut codes: Vec<String> = report
            .findings
            .iter()
            .filter(|finding| finding.is_error())
            .map(|Finding { code, .. }| (*code).to_owned())
            .collect();
        if codes.is_empty() && report.trust != Trust::GivenRoot {
            codes.push("chain_unknown".to_owned());
        }
        if !codes.is_empty() {
            return Err(Refused(codes));
        }
        let file = PassFile::open(bytes).map_err(|error| Refused(vec![error.to_string()]))?;
        Ok(Self::of_file(&file, language))
    }

    fn of_file(file: &PassFile, language: &Language) -> Self {
        let words = Words::of(file, language);
        let json = file.pass_json();
        let text = |key: &str| file.text(key).unwrap_or_default();
        let fields = read_fields(json, &words);
        let balance = fields.iter().find(|field| field.key == "balance");
        let code = json
            .pointer("/barcodes/0/message")
            .or_else(|| json.pointer("/barcode/message"));
        Self {
            serial: text("serialNumber"),
            pass_type: text("passTypeIdentifier"),
            version: 1,
            last_modified: None,
            organization: words.say(&text("organizationName")),
            description: words.say(&text("description")),
            logo_text: words.say(&text("logoText")),
            balance: balance.and_then(|field| field.value.as_i64()),
            fields,
            code: code.and_then(Value::as_str).map(str::to_owned),
            colors: ["backgroundColor", "foregroundColor", "labelColor"]
                .into_iter()
                .filter_map(|name| Some((name.to_owned(), file.text(name)?)))
                .collect(),
            images: read_images(file, language),
            is_voided: json.get("voided").and_then(Value::as_bool).unwrap_or_default(),
            is_registered: false,
            token: file.text("authenticationToken").map(Secret::new),
            service: file
                .text("webServiceURL")
                .map(|url| url.trim_end_matches('/').to_owned()),
            contents: file
                .file("manifest.json")
                .map_or_else(String::new, |bytes| sha256_hex(bytes)),
        }
    }

    /// A field by its key.
    pub fn field(&self, key: &str) -> Option<&ShownField> {
        self.fields.iter().find(|field| field.key == key)
    }
}

/// The texts of a pass in one language.
struct Words(BTreeMap<String, String>);

impl Words {
    /// The language's own folder, else one of the same base language, else the texts as they are.
    fn of(file: &PassFile, language: &Language) -> Self {
        let strings = best_language(file, language).and_then(|folder| file.strings(&folder));
        Self(strings.unwrap_or_default())
    }

    fn say(&self, text: &str) -> String {
        self.0.get(text).map_or_else(|| text.to_owned(), Clone::clone)
    }
}

fn best_language(file: &PassFile, language: &Language) -> Option<String> {
    let all = file.languages();
    let same_base = |tag: &&String| tag.split('-').next() == Some(language.base());
    all.iter()
        .find(|tag| tag.eq_ignore_ascii_case(language.as_str()))
        .or_else(|| all.iter().find(same_base))
        .cloned()
}

fn read_fields(json: &Value, words: &Words) -> Vec<ShownField> {
    let style = STYLES.iter().find_map(|style| json.get(style));
    let mut fields = Vec::new();
    for place in PLACES {
        let group = style.and_then(|style| style.get(place)?.as_array());
        for field in group.into_iter().flatten() {
            let text = |key: &str| field.get(key).and_then(Value::as_str);
            let value = field.get("value").cloned().unwrap_or_default();
            fields.push(ShownField {
                place,
                key: text("key").unwrap_or_default().to_owned(),
                label: words.say(text("label").unwrap_or_default()),
                text: written(&value, text("currencyCode"), words),
                value,
                change_message: text("changeMessage").map(|message| words.say(message)),
            });
        }
    }
    fields
}

fn written(value: &Value, currency: Option<&str>, words: &Words) -> String {
    match (value, currency) {
        (Value::String(text), _) => words.say(text),
        (Value::Number(number), Some(currency)) => format!("{number} {currency}"),
        (Value::Number(number), None) => number.to_string(),
        _ => String::new(),
    }
}

fn read_images(file: &PassFile, language: &Language) -> BTreeMap<String, String> {
    let folder = best_language(file, language);
    let mut images = BTreeMap::new();
    for name in IMAGES {
        let own = folder
            .as_ref()
            .and_then(|folder| file.file(&format!("{folder}.lproj/{name}")));
        if let Some(bytes) = own.or_else(|| file.file(name)) {
            let kind = name.split(['@', '.']).next().unwrap_or_default();
            images.entry(kind.to_owned()).or_insert_with(|| sha256_hex(bytes));
        }
    }
    images
}
