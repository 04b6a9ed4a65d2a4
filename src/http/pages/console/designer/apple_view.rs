//! The Apple card of the preview, read back from the bytes of its `pass.json` and its translations as a phone does.

use std::collections::BTreeMap;

use serde_json::Value;

use super::code_art::CodeArt;
use super::panel::{Panel, Row, inline_png};
use crate::actions::preview_draft::DraftPreview;
use crate::apple::reader::read_strings;
use crate::http::pages::face::Drawing;
use crate::http::pages::locale::Locale;
use crate::loyalty::design::{Alignment, Colors, Design, Field};
use crate::loyalty::face::{CardFace, CardFacts, FaceField, FaceValue};
use crate::types::{Currency, Language, Money, Text, Time};

/// A pass as a phone in one language reads it.
pub(super) struct ReadPass<'a> {
    pass: Value,
    words: BTreeMap<String, String>,
    language: Language,
    facts: &'a CardFacts,
}

/// A field as it is shown.
struct Shown {
    key: String,
    label: String,
    text: String,
    alignment: Option<Alignment>,
}

impl<'a> ReadPass<'a> {
    /// Reads the bytes of a preview; of what cannot be read nothing is shown.
    pub(super) fn of(preview: &'a DraftPreview, locale: Locale) -> Self {
        let language = locale.language();
        Self {
            pass: serde_json::from_slice(&preview.pass).unwrap_or_default(),
            words: find_words(&preview.strings, &language),
            language,
            facts: &preview.facts,
        }
    }

    fn say(&self, text: &str) -> String {
        self.words.get(text).map_or_else(|| text.to_owned(), Clone::clone)
    }

    fn top(&self, name: &str) -> Option<String> {
        Some(self.say(self.pass.get(name)?.as_str()?))
    }

    /// Who issues the card.
    pub(super) fn organization(&self) -> String {
        self.top("organizationName").unwrap_or_default()
    }

    fn group<'v>(&'v self, name: &str) -> impl Iterator<Item = &'v Value> {
        let fields = self.pass.pointer(&format!("/storeCard/{name}"));
        fields.and_then(Value::as_array).into_iter().flatten()
    }

    fn shown(&self, field: &Value) -> Shown {
        let text = |name: &str| field.get(name).and_then(Value::as_str);
        Shown {
            key: text("key").unwrap_or_default().to_owned(),
            label: self.say(text("label").unwrap_or_default()),
            text: self.written(field),
            alignment: text("textAlignment").and_then(alignment_of),
        }
    }

    /// A value as the phone writes it.
    fn written(&self, field: &Value) -> String {
        let has_date_style = ["dateStyle", "timeStyle"]
            .iter()
            .any(|name| field.get(*name).is_some());
        match field.get("value") {
            Some(Value::Number(number)) => {
                let number = number.as_i64().unwrap_or_default();
                self.written_number(number, field.get("currencyCode").and_then(Value::as_str))
            }
            Some(Value::String(text)) if has_date_style => {
                let time = Time::parse_rfc3339(text);
                time.map_or_else(|_| self.say(text), |time| self.language.write_date(time))
            }
            Some(Value::String(text)) => self.say(text),
            _ => String::new(),
        }
    }

    fn written_number(&self, number: i64, currency: Option<&str>) -> String {
        let money = currency.and_then(|code| {
            let currency: Currency = code.parse().ok()?;
            let minor = number.checked_mul(currency.minor_per_unit())?;
            Money::new(minor, currency).ok()
        });
        match money {
            Some(money) => self.language.write_money(money),
            None => self.language.write_number(number),
        }
    }

    /// What the lock screen says when a field changes, front first.
    pub(super) fn notices(&self) -> Vec<String> {
        let groups = [
            "headerFields",
            "primaryFields",
            "secondaryFields",
            "auxiliaryFields",
            "backFields",
        ];
        let fields = groups.into_iter().flat_map(|name| self.group(name));
        let notice = |field: &Value| {
            let message = self.say(field.get("changeMessage")?.as_str()?);
            Some(message.replace("%@", &self.written(field)))
        };
        fields.filter_map(notice).collect()
    }

    /// What is on the back.
    fn back(&self) -> Vec<Row> {
        let row = |field: &Value| {
            let Shown { label, text, .. } = self.shown(field);
            Row { label, text }
        };
        self.group("backFields").map(row).collect()
    }

    /// Draws the card with our own drawing of cards, from nothing but what was read. The package's images are those
    /// of the design.
    pub(super) fn draw(
        &self,
        (design, preview): (&Design, &DraftPreview),
        logo_size: Option<(u32, u32)>,
        locale: Locale,
        (caption, name): (String, String),
    ) -> Panel {
        let color = |name: &str| {
            let color = self.pass.get(name).and_then(Value::as_str);
            color.unwrap_or_default().to_owned()
        };
        let mut read = Design {
            organization_name: Text::plain(""),
            description: Text::plain(""),
            logo_text: self.top("logoText").map(|text| literal(&text)),
            colors: Colors {
                background: color("backgroundColor"),
                foreground: color("foregroundColor"),
                label: color("labelColor"),
                footer_background: None,
            },
            images: design.images.clone(),
            ..design.clone()
        };
        let fields = |name: &str| -> Vec<Field> {
            let shown = self.group(name).map(|field| self.shown(field));
            shown.map(read_field).collect()
        };
        read.fields.header = fields("headerFields");
        read.fields.primary = fields("primaryFields");
        read.fields.secondary = fields("secondaryFields");
        read.fields.auxiliary = fields("auxiliaryFields");
        let stamps = preview.stamps.as_ref().map(|stamps| inline_png(&stamps.strip));
        let face = Drawing {
            locale,
            name,
            logo_size,
            has_code: true,
            stamps,
            face: &self.face_of(&read),
        }
        .draw();
        let code = CodeArt::draw(
            self.code("format").unwrap_or_default(),
            self.code("message").unwrap_or_default(),
            self.code("altText").map(str::to_owned),
            (face.width, face.code.y),
        );
        Panel::of_face(face, caption, code, self.back())
    }

    fn code(&self, name: &str) -> Option<&str> {
        self.pass.pointer(&format!("/barcodes/0/{name}"))?.as_str()
    }

    fn face_of<'d>(&'d self, read: &'d Design) -> CardFace<'d> {
        let filled = |fields: &'d [Field]| -> Vec<FaceField<'d>> {
            let as_read = |field: &'d Field| FaceField {
                field,
                value: FaceValue::Text(field.value.fallback().to_owned()),
                attributed_value: None,
                is_hushed: false,
            };
            fields.iter().map(as_read).collect()
        };
        CardFace {
            design: read,
            facts: self.facts,
            header: filled(&read.fields.header),
            primary: filled(&read.fields.primary),
            secondary: filled(&read.fields.secondary),
            auxiliary: filled(&read.fields.auxiliary),
            back: Vec::new(),
            footer: Vec::new(),
            barcode_message: self.code("message").unwrap_or_default().to_owned(),
            barcode_alt_text: self.code("altText").map(str::to_owned),
            expires_at: None,
        }
    }
}

/// The texts of a pass in a language: its own file, else one of the same base language, else none.
fn find_words(strings: &BTreeMap<String, Vec<u8>>, language: &Language) -> BTreeMap<String, String> {
    let tag_of = |name: &str| name.strip_suffix(".lproj/pass.strings").map(str::to_owned);
    let mut own = None;
    let mut akin = None;
    for (name, bytes) in strings {
        let Some(tag) = tag_of(name) else { continue };
        if tag.eq_ignore_ascii_case(language.as_str()) {
            own = Some(bytes);
        } else if akin.is_none() && tag.split('-').next() == Some(language.base()) {
            akin = Some(bytes);
        }
    }
    own.or(akin)
        .and_then(|bytes| read_strings(bytes))
        .unwrap_or_default()
}

fn read_field(shown: Shown) -> Field {
    let mut field = Field::new(&shown.key, literal(&shown.label), Text::plain(shown.text));
    field.text_alignment = shown.alignment;
    field
}

/// A text in which nothing is filled in any more: a phone shows braces as they are.
fn literal(text: &str) -> Text {
    Text::plain(text.replace('{', "{\u{2060}"))
}

fn alignment_of(name: &str) -> Option<Alignment> {
    match name {
        "PKTextAlignmentLeft" => Some(Alignment::Left),
        "PKTextAlignmentCenter" => Some(Alignment::Center),
        "PKTextAlignmentRight" => Some(Alignment::Right),
        _ => None,
    }
}
