//! One field of a pass as Apple writes it (Apple: `PassFieldContent`).

use serde::{Serialize, Serializer};
use serde_json::Value as Json;

use crate::apple::date::parse_pass_date;
use crate::loyalty::design::{Alignment, DateStyle, Detector, NumberStyle};
use crate::loyalty::face::{FaceField, FaceValue};

use crate::types::{Currency, Text};

use super::{Each, is_false};

/// Where a field stands; it decides which of its keys a phone takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Header, secondary, auxiliary, footer.
    Front,
    /// The primary field, whose text cannot be aligned.
    Primary,
    /// The back, whose text cannot be aligned but holds links.
    Back,
}

/// A list of fields, written without being copied.
pub(super) fn group<'a>(fields: &'a [FaceField<'a>], place: Place) -> impl Serialize + 'a {
    Each(move || fields.iter().map(move |field| Field::new(field, place)))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Field<'a> {
    key: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
    value: Value<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attributed_value: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    change_message: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text_alignment: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data_detector_types: Option<Detectors<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date_style: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_style: Option<&'static str>,
    #[serde(skip_serializing_if = "is_false")]
    is_relative: bool,
    #[serde(skip_serializing_if = "is_false")]
    ignores_time_zone: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    number_style: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    currency_code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    semantics: Option<&'a Json>,
    #[serde(skip_serializing_if = "Option::is_none")]
    row: Option<u8>,
}

impl<'a> Field<'a> {
    /// The field, without the keys that its place or its value would make a phone stumble over:
    /// a style of dates on a text makes iOS refuse the pass, a currency on a text too.
    pub(super) fn new(face: &'a FaceField<'a>, place: Place) -> Self {
        let field = face.field;
        let is_number = matches!(face.value, FaceValue::Number(_));
        let is_date = match &face.value {
            FaceValue::Number(_) => false,
            FaceValue::Date(_) => true,
            FaceValue::Text(text) => parse_pass_date(text).is_some(),
            FaceValue::Fixed(text) => parse_pass_date(text.fallback()).is_some(),
        };
        Self {
            key: &field.key,
            label: field.label.as_ref().map(Text::fallback),
            value: Value(&face.value),
            attributed_value: face.attributed_value.as_deref(),
            change_message: field
                .change_message
                .as_ref()
                .filter(|_| !face.is_hushed)
                .map(Text::fallback),
            text_alignment: field
                .text_alignment
                .filter(|_| place == Place::Front)
                .map(alignment),
            data_detector_types: field
                .data_detectors
                .as_deref()
                .filter(|_| place == Place::Back)
                .map(Detectors),
            date_style: field.date_style.filter(|_| is_date).map(date_style),
            time_style: field.time_style.filter(|_| is_date).map(date_style),
            is_relative: field.is_relative && is_date,
            ignores_time_zone: field.ignores_time_zone && is_date,
            number_style: field.number_style.filter(|_| is_number).map(number_style),
            currency_code: field
                .currency_code
                .as_ref()
                .filter(|_| is_number)
                .map(Currency::code),
            semantics: field.semantics.as_ref(),
            row: field.row,
        }
    }
}

struct Value<'a>(&'a FaceValue);

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            FaceValue::Number(number) => serializer.serialize_i64(*number),
            FaceValue::Date(time) => serializer.serialize_str(&time.rfc3339_secs()),
            FaceValue::Text(text) => serializer.serialize_str(text),
            FaceValue::Fixed(text) => serializer.serialize_str(text.fallback()),
        }
    }
}

struct Detectors<'a>(&'a [Detector]);

impl Serialize for Detectors<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|kind| match kind {
            Detector::PhoneNumber => "PKDataDetectorTypePhoneNumber",
            Detector::Link => "PKDataDetectorTypeLink",
            Detector::Address => "PKDataDetectorTypeAddress",
            Detector::CalendarEvent => "PKDataDetectorTypeCalendarEvent",
        }))
    }
}

const fn alignment(alignment: Alignment) -> &'static str {
    match alignment {
        Alignment::Left => "PKTextAlignmentLeft",
        Alignment::Center => "PKTextAlignmentCenter",
        Alignment::Right => "PKTextAlignmentRight",
        Alignment::Natural => "PKTextAlignmentNatural",
    }
}

const fn date_style(style: DateStyle) -> &'static str {
    match style {
        DateStyle::None => "PKDateStyleNone",
        DateStyle::Short => "PKDateStyleShort",
        DateStyle::Medium => "PKDateStyleMedium",
        DateStyle::Long => "PKDateStyleLong",
        DateStyle::Full => "PKDateStyleFull",
    }
}

const fn number_style(style: NumberStyle) -> &'static str {
    match style {
        NumberStyle::Decimal => "PKNumberStyleDecimal",
        NumberStyle::Percent => "PKNumberStylePercent",
        NumberStyle::Scientific => "PKNumberStyleScientific",
        NumberStyle::SpellOut => "PKNumberStyleSpellOut",
    }
}
