//! A look that is being edited: the one it began with, and what a form changes in it.

use std::collections::BTreeSet;

use super::super::parts::Form;
use super::texts::read_text;
use crate::actions::ActionError;
use crate::http::body::parse;
use crate::loyalty::design::{BarcodeFormat, Design, Field, Fields};
use crate::loyalty::stamps::{PER_ROW, Stamps};
use crate::types::Text;

/// Most fields of a card that is edited here.
pub(super) const FIELDS_MAX: usize = 50;

/// Where a field stands on the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Header,
    Primary,
    Secondary,
    Auxiliary,
    Back,
}

impl Place {
    pub(super) const ALL: [Self; 5] = [
        Self::Header,
        Self::Primary,
        Self::Secondary,
        Self::Auxiliary,
        Self::Back,
    ];

    /// Its name in forms and in pointers into a design.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Header => "header",
            Self::Primary => "primary",
            Self::Secondary => "secondary",
            Self::Auxiliary => "auxiliary",
            Self::Back => "back",
        }
    }

    /// The text that names it.
    pub(super) const fn text(self) -> &'static str {
        match self {
            Self::Header => "designer-header",
            Self::Primary => "designer-primary",
            Self::Secondary => "designer-secondary",
            Self::Auxiliary => "designer-auxiliary",
            Self::Back => "designer-back",
        }
    }

    fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|place| place.name() == name)
    }

    pub(super) fn fields(self, fields: &Fields) -> &Vec<Field> {
        match self {
            Self::Header => &fields.header,
            Self::Primary => &fields.primary,
            Self::Secondary => &fields.secondary,
            Self::Auxiliary => &fields.auxiliary,
            Self::Back => &fields.back,
        }
    }

    fn fields_mut(self, fields: &mut Fields) -> &mut Vec<Field> {
        match self {
            Self::Header => &mut fields.header,
            Self::Primary => &mut fields.primary,
            Self::Secondary => &mut fields.secondary,
            Self::Auxiliary => &mut fields.auxiliary,
            Self::Back => &mut fields.back,
        }
    }
}

/// Codes that can be chosen, best first on a phone.
pub(super) const FORMATS: [(BarcodeFormat, &str); 8] = [
    (BarcodeFormat::Qr, "QR"),
    (BarcodeFormat::Aztec, "Aztec"),
    (BarcodeFormat::Pdf417, "PDF417"),
    (BarcodeFormat::Code128, "Code 128"),
    (BarcodeFormat::Code39, "Code 39"),
    (BarcodeFormat::Ean13, "EAN-13"),
    (BarcodeFormat::Codabar, "Codabar"),
    (BarcodeFormat::I2of5, "ITF"),
];

/// Reads the look that a form began with and puts in what it changes.
pub(super) fn read_draft(form: &Form) -> Result<Design, ActionError> {
    let mut design: Design = parse(form.get("base").as_bytes())?;
    apply_texts(form, &mut design);
    apply_colors(form, &mut design);
    apply_code(form, &mut design);
    apply_stamps(form, &mut design);
    apply_fields(form, &mut design);
    Ok(design)
}

fn apply_texts(form: &Form, design: &mut Design) {
    let required =
        |name: &str, before: &Text| read_text(form, name, Some(before)).unwrap_or_else(|| Text::plain(""));
    design.organization_name = required("organization", &design.organization_name);
    design.description = required("description", &design.description);
    design.logo_text = read_text(form, "logo_text", design.logo_text.as_ref());
    let google = &mut design.google;
    google.issuer_name = read_text(form, "issuer_name", google.issuer_name.as_ref());
    google.program_name = read_text(form, "program_name", google.program_name.as_ref());
    google.points_label = read_text(form, "points_label", google.points_label.as_ref());
}

fn apply_colors(form: &Form, design: &mut Design) {
    let colors = &mut design.colors;
    for (name, color) in [
        ("background", &mut colors.background),
        ("foreground", &mut colors.foreground),
        ("label", &mut colors.label),
    ] {
        if let Some(typed) = form.find(name) {
            typed.trim().clone_into(color);
        }
    }
}

fn apply_code(form: &Form, design: &mut Design) {
    let chosen = form.get("format");
    let format = FORMATS.iter().find(|(_, name)| *name == chosen);
    if let Some((format, _)) = format
        && design.barcode.formats.first() != Some(format)
    {
        design.barcode.formats = vec![*format];
        if !format.is_classic() {
            // Phones before iOS 27 draw the next one that they know.
            design.barcode.formats.push(BarcodeFormat::Qr);
        }
    }
    match form.find("has_number") {
        Some("yes") if design.barcode.alt_text.is_none() => {
            design.barcode.alt_text = Some("{code}".to_owned());
        }
        Some("no") => design.barcode.alt_text = None,
        _ => (),
    }
    match form.find("rotating") {
        Some("yes") => design.google.rotating = true,
        Some("no") => design.google.rotating = false,
        _ => (),
    }
}

fn apply_stamps(form: &Form, design: &mut Design) {
    match form.find("has_stamps") {
        Some("yes") if design.stamps.is_none() => design.stamps = Some(Stamps::default()),
        Some("no") => design.stamps = None,
        _ => (),
    }
    let Some(stamps) = &mut design.stamps else {
        return;
    };
    if let Some(chosen) = form.find("per_row") {
        stamps.per_row = chosen.parse().ok().filter(|count| PER_ROW.contains(count));
    }
    for (name, art) in [
        ("stamp_filled", &mut stamps.filled),
        ("stamp_empty", &mut stamps.empty),
        ("stamp_last", &mut stamps.last),
    ] {
        if form.find(&format!("{name}_own")) == Some("no") {
            *art = None;
        }
        if let Some(file) = form.file(name) {
            // What is no text is no SVG, and is told so where it is checked.
            *art = Some(String::from_utf8_lossy(file).into_owned());
        }
    }
}

/// What is asked of a field beside what is typed in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Move {
    Up(usize),
    Down(usize),
    Add(Place),
}

impl Move {
    fn of(form: &Form) -> Option<Self> {
        let (verb, object) = form.get("act").split_once('.')?;
        match verb {
            "up" => Some(Self::Up(object.parse().ok()?)),
            "down" => Some(Self::Down(object.parse().ok()?)),
            "add" => Some(Self::Add(Place::of_name(object)?)),
            _ => None,
        }
    }
}

/// Fields are numbered over the whole card, front first, as they stood when the form was drawn.
fn apply_fields(form: &Form, design: &mut Design) {
    let wanted = Move::of(form);
    let before = std::mem::take(&mut design.fields);
    let Fields {
        header,
        primary,
        secondary,
        auxiliary,
        back,
    } = before;
    let groups = Place::ALL
        .into_iter()
        .zip([header, primary, secondary, auxiliary, back]);
    let numbered = groups.flat_map(|(place, fields)| fields.into_iter().map(move |field| (place, field)));
    let mut placed: Vec<(Place, usize, Field)> = Vec::new();
    for (number, (place, mut field)) in numbered.enumerate() {
        let name = |what: &str| format!("f{number}.{what}");
        let chosen = form.get(&name("place"));
        if chosen == "none" {
            continue;
        }
        field.label = read_text(form, &name("label"), field.label.as_ref());
        let value = read_text(form, &name("value"), Some(&field.value));
        field.value = value.unwrap_or_else(|| Text::plain(""));
        field.change_message = read_text(form, &name("notice"), field.change_message.as_ref());
        placed.push((Place::of_name(chosen).unwrap_or(place), number, field));
    }
    if let Some(Move::Up(number) | Move::Down(number)) = wanted {
        swap(&mut placed, number, matches!(wanted, Some(Move::Up(_))));
    }
    if let Some(Move::Add(place)) = wanted
        && placed.len() < FIELDS_MAX
    {
        let key = new_key(&placed);
        let mut field = Field::new(&key, Text::plain(""), Text::plain(""));
        field.label = None;
        placed.push((place, usize::MAX, field));
    }
    for (place, _, field) in placed {
        place.fields_mut(&mut design.fields).push(field);
    }
}

/// Puts a field before or behind its neighbour in the same place.
fn swap(placed: &mut [(Place, usize, Field)], number: usize, is_up: bool) {
    let Some(here) = placed.iter().position(|(_, known, _)| *known == number) else {
        return;
    };
    let Some(place) = placed.get(here).map(|(place, ..)| *place) else {
        return;
    };
    let of_place = |(_, (other, ..)): &(usize, &(Place, usize, Field))| *other == place;
    let mut others = placed.iter().enumerate().filter(of_place).map(|(at, _)| at);
    let neighbour = if is_up {
        others.take_while(|at| *at < here).last()
    } else {
        others.find(|at| *at > here)
    };
    if let Some(neighbour) = neighbour {
        placed.swap(here, neighbour);
    }
}

/// A key that no field has.
fn new_key(placed: &[(Place, usize, Field)]) -> String {
    let taken: BTreeSet<&str> = placed.iter().map(|(_, _, field)| field.key.as_str()).collect();
    let free = (1..=placed.len() + 1).map(|number| format!("field-{number}"));
    free.into_iter()
        .find(|key| !taken.contains(key.as_str()))
        .unwrap_or_default()
}

/// Takes out the fields in which nothing was written: they were added and left.
pub(super) fn drop_blank(design: &mut Design) {
    let is_blank = |field: &Field| {
        field.value.fallback().trim().is_empty() && field.label.is_none() && field.change_message.is_none()
    };
    for place in Place::ALL {
        place
            .fields_mut(&mut design.fields)
            .retain(|field| !is_blank(field));
    }
}
