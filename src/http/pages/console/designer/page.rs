//! The designer's page: every part of a look as a form, with what was typed.

use askama::Template;

use super::draft::{FORMATS, Place};
use super::findings::sentence;
use super::stage::Stage;
use super::texts::{Wording, home, wordings};
use super::uploads::{Refusal, Role};
use crate::actions::{ActionError, Fault};
use crate::apple::color::Rgb;
use crate::http::pages::assets::script_address;
use crate::http::pages::console::rail::{Rail, Room};
use crate::http::pages::desk::Desk;
use crate::http::pages::frame::Frame;
use crate::http::pages::locale::Locale;
use crate::loyalty::design::{Design, Field};
use crate::loyalty::stamps::PER_ROW;
use crate::types::{Role as StaffRole, Text};

#[derive(Template)]
#[template(path = "pages/console/designer/page.html")]
pub(super) struct DesignerPage {
    frame: Frame,
    rail: Rail,
    script: String,
    stage: Stage,
    view: FormView,
    can_edit: bool,
    /// What was done, or is looked at.
    outcome: Option<String>,
    /// What did not go.
    alert: Option<String>,
}

/// The preview alone, for the script that puts it in place.
#[derive(Template)]
#[template(path = "pages/console/designer/stage.html")]
pub(super) struct StagePart {
    pub(super) frame: Frame,
    pub(super) stage: Stage,
}

/// Everything that the form shows.
struct FormView {
    /// The look that it began with, as JSON.
    base: String,
    /// The program's version that it is based on.
    version: i64,
    shown: Vec<Choice>,
    texts: Vec<TextRow>,
    google: Vec<TextRow>,
    colors: Vec<ColorRow>,
    places: Vec<PlaceView>,
    images: Vec<ImageRow>,
    formats: Vec<Choice>,
    has_number: bool,
    is_rotating: bool,
    has_stamps: bool,
    per_row: Vec<Choice>,
    stamps: Vec<StampRow>,
}

/// One of several.
struct Choice {
    value: String,
    name: String,
    is_chosen: bool,
}

/// A text in every language.
struct TextRow {
    name: &'static str,
    label: String,
    hint: String,
    wordings: Vec<Wording>,
    fault: Option<Said>,
}

/// A sentence, and whether it is in English.
struct Said {
    text: String,
    is_english: bool,
}

struct ColorRow {
    name: &'static str,
    label: String,
    value: String,
}

struct PlaceView {
    name: &'static str,
    title: String,
    hint: String,
    fields: Vec<FieldView>,
}

struct FieldView {
    number: usize,
    title: String,
    key: String,
    places: Vec<Choice>,
    rows: Vec<FieldRow>,
    faults: Vec<Said>,
    is_open: bool,
    is_first: bool,
    is_last: bool,
}

/// A field in one language.
struct FieldRow {
    label: Wording,
    value: Wording,
    notice: Wording,
}

struct ImageRow {
    field: &'static str,
    name: String,
    what: String,
    /// The SHA-256 of what is there.
    image: Option<String>,
    can_go: bool,
    fault: Option<String>,
}

struct StampRow {
    field: &'static str,
    name: String,
    is_own: bool,
    fault: Option<String>,
}

/// What a page is to show beside the look itself.
#[derive(Default)]
pub(super) struct Around {
    pub(super) outcome: Option<String>,
    pub(super) alert: Option<String>,
    /// What keeps the look from being published.
    pub(super) faults: Vec<Fault>,
    /// Pictures that were not taken.
    pub(super) refusals: Vec<Refusal>,
    /// A field that was just added, by its number.
    pub(super) is_added: bool,
}

impl DesignerPage {
    /// Draws the designer with a look in it.
    pub(super) async fn draw(
        desk: &Desk,
        design: &Design,
        shown: Locale,
        around: Around,
    ) -> Result<Self, ActionError> {
        let locale = desk.locale;
        let is_faulty = !around.faults.is_empty() || !around.refusals.is_empty() || around.alert.is_some();
        let title = locale.word("designer-title");
        let title = if is_faulty {
            locale.say("designer-faulty", &[("title", title.into())])
        } else {
            title
        };
        let alert = match (around.faults.len(), around.refusals.is_empty()) {
            (0, true) => None,
            (0, false) => Some(locale.word("designer-image-refused")),
            _ => Some(locale.word("designer-not-published")),
        };
        Ok(Self {
            frame: desk.console_frame(title),
            rail: desk.rail(Room::Card).await?,
            script: script_address("designer.js"),
            stage: Stage::draw(desk, design, shown).await?,
            view: FormView::of(desk, design, shown, &around)?,
            can_edit: desk.signed_in.staff.role != StaffRole::Auditor,
            outcome: around.outcome,
            alert: around.alert.or(alert),
        })
    }
}

impl FormView {
    fn of(desk: &Desk, design: &Design, shown: Locale, around: &Around) -> Result<Self, ActionError> {
        let locale = desk.locale;
        let stamps = design.stamps.clone().unwrap_or_default();
        let refused = |field: &str| {
            let mut all = around.refusals.iter();
            all.find(|(name, _)| *name == field).map(|(_, why)| why.clone())
        };
        let language_choice = |one: Locale| Choice {
            value: one.tag().to_owned(),
            name: one.own_name().to_owned(),
            is_chosen: one == shown,
        };
        let format_choice = |(format, name): &(_, &str)| Choice {
            value: (*name).to_owned(),
            name: (*name).to_owned(),
            is_chosen: design.barcode.formats.first() == Some(format),
        };
        let image_row = |role: Role| {
            let (name, what) = role.texts();
            let image = role.find(design).map(|(_, sha256)| sha256);
            ImageRow {
                field: role.field(),
                name: locale.word(name),
                what: locale.word(what),
                can_go: image.is_some() && role.is_spare(),
                image,
                fault: refused(role.field()),
            }
        };
        let stamp_row = |(field, id, art): (&'static str, &str, &Option<String>)| StampRow {
            field,
            name: locale.word(id),
            is_own: art.is_some(),
            fault: refused(field),
        };
        Ok(Self {
            base: serde_json::to_string(design).map_err(ActionError::internal)?,
            version: desk.program.version,
            shown: Locale::ALL.into_iter().map(language_choice).collect(),
            texts: text_rows(desk, design, &around.faults),
            google: google_rows(desk, design, &around.faults),
            colors: color_rows(locale, design),
            places: place_views(desk, design, around),
            images: Role::ALL.into_iter().map(image_row).collect(),
            formats: FORMATS.iter().map(format_choice).collect(),
            has_number: design.barcode.alt_text.is_some(),
            is_rotating: design.google.rotating,
            has_stamps: design.stamps.is_some(),
            per_row: per_row_choices(locale, stamps.per_row),
            stamps: [
                ("stamp_filled", "designer-stamp-filled", &stamps.filled),
                ("stamp_empty", "designer-stamp-empty", &stamps.empty),
                ("stamp_last", "designer-stamp-last", &stamps.last),
            ]
            .map(stamp_row)
            .into(),
        })
    }
}

fn per_row_choices(locale: Locale, chosen: Option<u8>) -> Vec<Choice> {
    let free = Choice {
        value: String::new(),
        name: locale.word("designer-per-row-auto"),
        is_chosen: chosen.is_none(),
    };
    let count = |count: u8| Choice {
        value: count.to_string(),
        name: locale.language().write_number(i64::from(count)),
        is_chosen: chosen == Some(count),
    };
    std::iter::once(free).chain(PER_ROW.map(count)).collect()
}

/// What a check said of a part of a look, by the beginning of its pointer.
fn find_fault(locale: Locale, faults: &[Fault], pointer: &str) -> Option<Said> {
    let is_there = |fault: &&Fault| {
        let rest = fault.pointer.strip_prefix(pointer);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let (text, is_english) = sentence(locale, faults.iter().find(is_there)?);
    Some(Said { text, is_english })
}

/// A text of the form: its name there, the texts that name and explain it, where it stands in the design.
type Named<'d> = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    Option<&'d Text>,
);

fn rows_of(desk: &Desk, faults: &[Fault], named: &[Named<'_>]) -> Vec<TextRow> {
    let locale = desk.locale;
    let row = |(name, label, hint, pointer, text): &Named<'_>| TextRow {
        name,
        label: locale.word(label),
        hint: locale.word(hint),
        wordings: wordings(*text, home(&desk.program)),
        fault: find_fault(locale, faults, pointer),
    };
    named.iter().map(row).collect()
}

fn text_rows(desk: &Desk, design: &Design, faults: &[Fault]) -> Vec<TextRow> {
    let named = [
        (
            "organization",
            "designer-organization",
            "designer-organization-hint",
            "/organization_name",
            Some(&design.organization_name),
        ),
        (
            "logo_text",
            "designer-logo-text",
            "designer-logo-text-hint",
            "/logo_text",
            design.logo_text.as_ref(),
        ),
        (
            "description",
            "designer-description",
            "designer-description-hint",
            "/description",
            Some(&design.description),
        ),
    ];
    rows_of(desk, faults, &named)
}

fn google_rows(desk: &Desk, design: &Design, faults: &[Fault]) -> Vec<TextRow> {
    let google = &design.google;
    let named = [
        (
            "issuer_name",
            "designer-issuer-name",
            "designer-issuer-name-hint",
            "/google/issuer_name",
            google.issuer_name.as_ref(),
        ),
        (
            "program_name",
            "designer-program-name",
            "designer-program-name-hint",
            "/google/program_name",
            google.program_name.as_ref(),
        ),
        (
            "points_label",
            "designer-points-label",
            "designer-points-label-hint",
            "/google/points_label",
            google.points_label.as_ref(),
        ),
    ];
    rows_of(desk, faults, &named)
}

fn color_rows(locale: Locale, design: &Design) -> Vec<ColorRow> {
    let colors = &design.colors;
    [
        ("background", "designer-background", &colors.background),
        ("foreground", "designer-foreground", &colors.foreground),
        ("label", "designer-label-color", &colors.label),
    ]
    .map(|(name, id, value)| ColorRow {
        name,
        label: locale.word(id),
        value: hex_of(value),
    })
    .into()
}

/// A colour as a browser's field of colours wants it: `#rrggbb`.
fn hex_of(text: &str) -> String {
    let Some(color) = Rgb::parse(text) else {
        return "#000000".to_owned();
    };
    let written = color.to_string();
    let channels = written
        .trim_start_matches("rgb(")
        .trim_end_matches(')')
        .split(',');
    let hex = channels.map(|channel| format!("{:02x}", channel.parse::<u8>().unwrap_or_default()));
    format!("#{}", hex.collect::<String>())
}

fn place_views(desk: &Desk, design: &Design, around: &Around) -> Vec<PlaceView> {
    let locale = desk.locale;
    let mut number = 0;
    let hints = [
        "designer-header-hint",
        "designer-primary-hint",
        "designer-secondary-hint",
        "designer-auxiliary-hint",
        "designer-back-hint",
    ];
    let mut places = Vec::new();
    for (place, hint) in Place::ALL.into_iter().zip(hints) {
        let fields = place.fields(&design.fields);
        let last = fields.len().saturating_sub(1);
        let mut views = Vec::new();
        for (index, field) in fields.iter().enumerate() {
            let mut view = FieldView::of(desk, field, (place, number));
            view.faults = field_faults(locale, &around.faults, place, index);
            let is_new = around.is_added && field.label.is_none() && field.value.fallback().is_empty();
            view.is_open = is_new || !view.faults.is_empty();
            view.is_first = index == 0;
            view.is_last = index == last;
            views.push(view);
            number += 1;
        }
        places.push(PlaceView {
            name: place.name(),
            title: locale.word(place.text()),
            hint: locale.word(hint),
            fields: views,
        });
    }
    places
}

fn field_faults(locale: Locale, faults: &[Fault], place: Place, index: usize) -> Vec<Said> {
    let pointer = format!("/fields/{}/{index}", place.name());
    let is_there = |fault: &&Fault| {
        let rest = fault.pointer.strip_prefix(&pointer);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let said = |fault: &Fault| {
        let (text, is_english) = sentence(locale, fault);
        Said { text, is_english }
    };
    faults.iter().filter(is_there).map(said).collect()
}

impl FieldView {
    fn of(desk: &Desk, field: &Field, (place, number): (Place, usize)) -> Self {
        let locale = desk.locale;
        let language = locale.language();
        let home = home(&desk.program);
        let label = field
            .label
            .as_ref()
            .map(|text| text.get(&language))
            .unwrap_or_default();
        let title = match (label, field.value.get(&language)) {
            ("", "") => locale.word("designer-new-field"),
            ("", value) => value.to_owned(),
            (label, _) => label.to_owned(),
        };
        let choice = |one: Place| Choice {
            value: one.name().to_owned(),
            name: locale.word(one.text()),
            is_chosen: one == place,
        };
        let none = Choice {
            value: "none".to_owned(),
            name: locale.word("designer-remove"),
            is_chosen: false,
        };
        let labels = wordings(field.label.as_ref(), home);
        let values = wordings(Some(&field.value), home);
        let notices = wordings(field.change_message.as_ref(), home);
        let rows = labels.into_iter().zip(values).zip(notices);
        Self {
            number,
            title,
            key: field.key.clone(),
            places: Place::ALL.into_iter().map(choice).chain([none]).collect(),
            rows: rows
                .map(|((label, value), notice)| FieldRow { label, value, notice })
                .collect(),
            faults: Vec::new(),
            is_open: false,
            is_first: false,
            is_last: false,
        }
    }
}
