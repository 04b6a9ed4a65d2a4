//! A design as Google's loyalty class, and a card face as its loyalty object.
//!
//! What is the same on every card stands in the class: one request then changes all cards, where
//! Google takes about 20 requests a second. Field names are those of the Google Wallet API
//! reference, `LoyaltyClass` and `LoyaltyObject`.

use serde_json::{Map, Value, json};

use super::id::ResourceId;
use super::localized::{localized, put, put_text};
use super::rotating::rotating_barcode;
use crate::loyalty::design::{BarcodeFormat, Design, Field, Link, Location, TextModule};
use crate::loyalty::face::{CardFace, FaceField, FaceValue, PLACEHOLDERS};
use crate::loyalty::place::{NearPlace, to_degrees};
use crate::types::{Text, Time};

/// Most places that Google takes in one class; it refuses the eleventh.
pub const LOCATIONS_MAX: usize = 10;

/// Which class a design is written to.
#[derive(Debug, Clone, Copy)]
pub struct ClassIdentity<'a> {
    /// The class.
    pub class_id: &'a ResourceId,
    /// Where Google tells of saved and deleted cards; https, and open to Googlebot in robots.txt.
    pub callback_url: Option<&'a str>,
}

/// Which object a card is written to, and of which class.
#[derive(Debug, Clone, Copy)]
pub struct ObjectIdentity<'a> {
    /// The object.
    pub object_id: &'a ResourceId,
    /// Its class.
    pub class_id: &'a ResourceId,
}

/// The loyalty class of a design. `image_url` gives the public address of a design's image by
/// its file name. `reviewStatus` is always `UNDER_REVIEW`: Google wants it in every write.
pub fn class_json(
    design: &Design,
    program_name: &Text,
    identity: &ClassIdentity<'_>,
    image_url: &dyn Fn(&str) -> Option<String>,
) -> Value {
    let google = &design.google;
    let mut class = Map::new();
    put(&mut class, "id", identity.class_id.as_str());
    put(&mut class, "reviewStatus", "UNDER_REVIEW");
    let issuer = google.issuer_name.as_ref().unwrap_or(&design.organization_name);
    put_text(&mut class, "issuerName", Some(issuer));
    let program = google.program_name.as_ref().unwrap_or(program_name);
    put_text(&mut class, "programName", Some(program));
    put_text(&mut class, "accountNameLabel", account_name_label(design));
    put_text(&mut class, "accountIdLabel", account_id_label(design));
    put(
        &mut class,
        "hexBackgroundColor",
        design.colors.background.to_ascii_lowercase(),
    );
    put(
        &mut class,
        "multipleDevicesAndHoldersAllowedStatus",
        "ONE_USER_ALL_DEVICES",
    );
    if let Some(country) = &google.country_code {
        put(&mut class, "countryCode", country.as_str());
    }
    for (name, candidates, alt) in [
        ("programLogo", program_logos(design), issuer),
        ("wideProgramLogo", wide_logos(design), issuer),
        ("heroImage", heroes(design), &design.description),
    ] {
        if let Some(uri) = first_image(design, &candidates, image_url) {
            put(&mut class, name, image(&uri, alt));
        }
    }
    if !design.locations.is_empty() {
        let places: Vec<Value> = design.locations.iter().take(LOCATIONS_MAX).map(place).collect();
        put(&mut class, "merchantLocations", places);
    }
    let modules: Vec<Value> = modules(design)
        .iter()
        .filter(|module| !has_placeholder(module.body))
        .filter_map(|module| module.json(&FaceValue::Fixed(module.body.clone())))
        .collect();
    if !modules.is_empty() {
        put(&mut class, "textModulesData", modules);
    }
    if !google.links.is_empty() {
        put(&mut class, "linksModuleData", json!({ "uris": links(design) }));
    }
    if let Some(url) = identity.callback_url {
        put(&mut class, "callbackOptions", json!({ "url": url }));
    }
    Value::Object(class)
}

/// The loyalty object of a card. `now` decides only whether the card has already ended.
pub fn object_json(face: &CardFace<'_>, identity: &ObjectIdentity<'_>, now: Time) -> Value {
    let mut object = Map::new();
    put(&mut object, "id", identity.object_id.as_str());
    put(&mut object, "classId", identity.class_id.as_str());
    put(&mut object, "state", state(face, now));
    let holder = face.holder_name();
    if !holder.is_empty() {
        put(&mut object, "accountName", holder);
    }
    put(&mut object, "accountId", face.facts.code.as_str());
    put(&mut object, "loyaltyPoints", points(face));
    if let Some(second) = secondary_points(face) {
        put(&mut object, "secondaryLoyaltyPoints", second);
    }
    // One of the two: Google shows no other beside a rotating one.
    if let Some(code) = rotating_barcode(face) {
        put(&mut object, "rotatingBarcode", code);
    } else if let Some(code) = barcode(face) {
        put(&mut object, "barcode", code);
    }
    if let Some(end) = face.expires_at {
        put(
            &mut object,
            "validTimeInterval",
            json!({ "end": { "date": end.rfc3339_secs() } }),
        );
    }
    let modules: Vec<Value> = modules(face.design)
        .iter()
        .filter(|module| has_placeholder(module.body))
        .filter_map(|module| module.json(&face.text(module.body)))
        .collect();
    if !modules.is_empty() {
        put(&mut object, "textModulesData", modules);
    }
    // Only where the design names none: a class has those, and Google would take both lists.
    let places = &face.facts.progress.places;
    if face.design.locations.is_empty() && !places.is_empty() {
        let places: Vec<Value> = places.iter().take(LOCATIONS_MAX).map(near_place).collect();
        put(&mut object, "merchantLocations", places);
    }
    Value::Object(object)
}

/// Gives an object a banner of its own in the place of its class's.
pub fn put_banner(object: &mut Value, uri: &str, alt: &Text) {
    if let Value::Object(fields) = object {
        put(fields, "heroImage", image(uri, alt));
    }
}

fn state(face: &CardFace<'_>, now: Time) -> &'static str {
    if face.facts.is_voided {
        "INACTIVE"
    } else if face.expires_at.is_some_and(|end| end <= now) {
        "EXPIRED"
    } else {
        "ACTIVE"
    }
}

fn points(face: &CardFace<'_>) -> Value {
    let mut points = Map::new();
    let label = points_label(face.design).unwrap_or(&face.facts.point_name);
    put_text(&mut points, "label", Some(label));
    put(&mut points, "balance", number(face.facts.balance.get()));
    Value::Object(points)
}

/// A balance holds exactly one kind of value; a number beyond int32 is written as text.
fn number(value: i64) -> Value {
    match i32::try_from(value) {
        Ok(int) => json!({ "int": int }),
        Err(_) => json!({ "string": value.to_string() }),
    }
}

fn secondary_points(face: &CardFace<'_>) -> Option<Value> {
    let google = &face.design.google;
    let (label, value) = match &google.secondary_value {
        Some(value) => (None, face.text(value)),
        None => secondary_field(face).map(|field| (field.field.label.as_ref(), field.value.clone()))?,
    };
    let balance = match &value {
        FaceValue::Number(value) => number(*value),
        other => json!({ "string": wording(other, face).filter(|text| !text.is_empty())? }),
    };
    let mut points = Map::new();
    put_text(&mut points, "label", google.secondary_label.as_ref().or(label));
    put(&mut points, "balance", balance);
    Some(Value::Object(points))
}

/// The first field below the strip that says something which Google shows nowhere else.
fn secondary_field<'f, 'd>(face: &'f CardFace<'d>) -> Option<&'f FaceField<'d>> {
    let is_told_elsewhere = |field: &Field| is_name(&field.value) || field.value.fallback() == "{code}";
    face.secondary
        .iter()
        .chain(&face.auxiliary)
        .filter(|field| matches!(field.value, FaceValue::Text(_) | FaceValue::Fixed(_)))
        .find(|field| !is_told_elsewhere(field.field))
}

/// A value as one line in the holder's language; a day as year, month and day.
fn wording(value: &FaceValue, face: &CardFace<'_>) -> Option<String> {
    match value {
        FaceValue::Number(number) => Some(number.to_string()),
        FaceValue::Date(time) => time.rfc3339_secs().get(..10).map(str::to_owned),
        FaceValue::Text(text) => Some(text.clone()),
        FaceValue::Fixed(text) => Some(text.get(&face.facts.language).to_owned()),
    }
}

fn barcode(face: &CardFace<'_>) -> Option<Value> {
    let format = face.design.barcode.formats.first()?;
    let mut code = Map::new();
    put(&mut code, "type", barcode_type(*format));
    put(&mut code, "value", face.barcode_message.as_str());
    if let Some(text) = &face.barcode_alt_text {
        put(&mut code, "alternateText", text.as_str());
    }
    if *format == BarcodeFormat::Qr {
        put(&mut code, "renderEncoding", "UTF_8");
    }
    Some(Value::Object(code))
}

const fn barcode_type(format: BarcodeFormat) -> &'static str {
    match format {
        BarcodeFormat::Qr => "QR_CODE",
        BarcodeFormat::Pdf417 => "PDF_417",
        BarcodeFormat::Aztec => "AZTEC",
        BarcodeFormat::Code128 => "CODE_128",
        BarcodeFormat::Ean13 => "EAN_13",
        BarcodeFormat::Code39 => "CODE_39",
        BarcodeFormat::Codabar => "CODABAR",
        BarcodeFormat::I2of5 => "ITF_14",
    }
}

/// A text below the card: the design's own module, or a back field in its place.
pub(super) struct Module<'d> {
    /// Without dots, as Google wants it.
    pub(super) id: String,
    pub(super) header: Option<&'d Text>,
    pub(super) body: &'d Text,
}

impl<'d> Module<'d> {
    fn of_text(module: &'d TextModule) -> Self {
        Self {
            id: dotless(&module.id),
            header: Some(&module.header),
            body: &module.body,
        }
    }

    fn of_field(field: &'d Field) -> Self {
        Self {
            id: dotless(&field.key),
            header: field.label.as_ref(),
            body: &field.value,
        }
    }

    fn json(&self, value: &FaceValue) -> Option<Value> {
        let mut module = Map::new();
        put(&mut module, "id", self.id.as_str());
        put_text(&mut module, "header", self.header);
        match value {
            FaceValue::Fixed(text) if text.fallback().is_empty() => return None,
            FaceValue::Fixed(text) => put_text(&mut module, "body", Some(text)),
            FaceValue::Text(text) if text.is_empty() => return None,
            FaceValue::Text(text) => put(&mut module, "body", text.as_str()),
            FaceValue::Number(number) => put(&mut module, "body", number.to_string()),
            FaceValue::Date(time) => put(&mut module, "body", time.rfc3339_secs().get(..10)),
        }
        Some(Value::Object(module))
    }
}

/// The texts below the card: the modules, or the back fields if the design has none.
pub(super) fn modules(design: &Design) -> Vec<Module<'_>> {
    let own = &design.google.text_modules;
    if !own.is_empty() {
        return own.iter().map(Module::of_text).collect();
    }
    design.fields.back.iter().map(Module::of_field).collect()
}

/// An id of a text module: dots would separate paths of Google's templates.
fn dotless(id: &str) -> String {
    id.chars()
        .map(|letter| {
            let is_sound = letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
            if is_sound { letter } else { '_' }
        })
        .collect()
}

pub(super) fn has_placeholder(text: &Text) -> bool {
    let names_one = |wording: &str| {
        PLACEHOLDERS
            .iter()
            .any(|name| wording.contains(&format!("{{{name}}}")))
    };
    names_one(text.fallback()) || text.translations().values().any(|wording| names_one(wording))
}

fn links(design: &Design) -> Vec<Value> {
    let link = |link: &Link| {
        let mut uri = Map::new();
        put(&mut uri, "id", link.id.as_str());
        put(&mut uri, "uri", link.uri.as_str());
        put_text(&mut uri, "description", Some(&link.description));
        Value::Object(uri)
    };
    design.google.links.iter().map(link).collect()
}

fn place(location: &Location) -> Value {
    json!({ "latitude": location.latitude, "longitude": location.longitude })
}

fn near_place(place: &NearPlace) -> Value {
    json!({ "latitude": to_degrees(place.latitude_micro), "longitude": to_degrees(place.longitude_micro) })
}

fn all_fields(design: &Design) -> impl Iterator<Item = &Field> {
    let fields = &design.fields;
    [
        &fields.header,
        &fields.primary,
        &fields.secondary,
        &fields.auxiliary,
    ]
    .into_iter()
    .flatten()
}

fn label_of(design: &Design, wanted: impl Fn(&Text) -> bool) -> Option<&Text> {
    all_fields(design)
        .find(|field| wanted(&field.value))
        .and_then(|field| field.label.as_ref())
}

fn is_name(value: &Text) -> bool {
    matches!(
        value.fallback(),
        "{name}" | "{first_name}" | "{first_name} {last_name}"
    )
}

pub(super) fn points_label(design: &Design) -> Option<&Text> {
    let of_field = || label_of(design, |value| value.fallback() == "{balance}");
    design.google.points_label.as_ref().or_else(of_field)
}

pub(super) fn account_name_label(design: &Design) -> Option<&Text> {
    let of_field = || label_of(design, is_name);
    design.google.account_name_label.as_ref().or_else(of_field)
}

pub(super) fn account_id_label(design: &Design) -> Option<&Text> {
    let of_field = || label_of(design, |value| value.fallback() == "{code}");
    design.google.account_id_label.as_ref().or_else(of_field)
}

/// File names that may serve as the round logo, best first.
pub(super) fn program_logos(design: &Design) -> Vec<&str> {
    candidates(
        design.google.program_logo.as_deref(),
        &["google/logo.png", "icon@3x.png", "icon@2x.png", "icon.png"],
    )
}

fn wide_logos(design: &Design) -> Vec<&str> {
    candidates(
        design.google.wide_program_logo.as_deref(),
        &["google/wide_logo.png"],
    )
}

fn heroes(design: &Design) -> Vec<&str> {
    candidates(
        design.google.hero.as_deref(),
        &["google/hero.png", "strip@3x.png", "strip@2x.png", "strip.png"],
    )
}

fn candidates<'a>(named: Option<&'a str>, usual: &[&'a str]) -> Vec<&'a str> {
    match named {
        Some(name) => vec![name],
        None => usual.to_vec(),
    }
}

fn first_image(
    design: &Design,
    candidates: &[&str],
    image_url: &dyn Fn(&str) -> Option<String>,
) -> Option<String> {
    candidates
        .iter()
        .filter(|name| design.images.contains_key(**name))
        .find_map(|name| image_url(name))
}

fn image(uri: &str, alt: &Text) -> Value {
    json!({ "sourceUri": { "uri": uri }, "contentDescription": localized(alt) })
}
