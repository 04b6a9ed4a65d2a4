//! Cards as they are drawn on the page, from the very data that the phones hold.

use askama::Template;

use super::drawing::{QrPath, ink_on, short};
use crate::simulator::phones::{GoogleCard, HeldPass, ShownField};

/// Width of a drawn card in the units of its drawing.
const WIDTH: i64 = 375;
const MARGIN: i64 = 16;
/// Side of the QR code.
const CODE_SIDE: i64 = 148;
/// Fields that Apple draws in the lower row (Apple: `PassFields.StoreCard`).
const LOWER_FIELDS_MAX: usize = 4;

/// Letters of a lower field's value that are drawn at full size in a row of so many fields; a phone shrinks what is longer.
const fn letters_at_full_size(fields: usize) -> usize {
    match fields {
        0 | 1 => 36,
        2 => 18,
        3 => 11,
        _ => 8,
    }
}

/// A field at its place.
struct Placed {
    x: i64,
    label: String,
    text: String,
    /// Whether it has more letters than there is room for at full size.
    is_long: bool,
}

/// A barcode at its place.
struct Code {
    path: String,
    /// Units of the drawing for each module, as text.
    scale: String,
    caption: String,
}

impl Code {
    fn of(message: Option<&str>) -> Option<Self> {
        let message = message?;
        let qr = QrPath::of(message)?;
        let size = i64::try_from(qr.size).ok().filter(|size| *size > 0)?;
        let thousandths = CODE_SIDE * 1_000 / size;
        Some(Self {
            path: qr.path,
            scale: format!("{}.{:03}", thousandths / 1_000, thousandths % 1_000),
            caption: message.to_owned(),
        })
    }
}

/// An Apple store card.
#[derive(Template)]
#[template(path = "pages/simulator/apple.svg", escape = "html")]
pub(super) struct AppleDrawing {
    title: String,
    direction: &'static str,
    background: String,
    foreground: String,
    label_color: String,
    logo: Option<String>,
    logo_x: i64,
    logo_text: String,
    logo_text_x: i64,
    strip: Option<String>,
    header: Option<Placed>,
    primary: Option<Placed>,
    lower: Vec<Placed>,
    code: Option<Code>,
}

impl AppleDrawing {
    /// Draws a pass for a reader of left-to-right or right-to-left script.
    pub(super) fn of(pass: &HeldPass, is_rtl: bool) -> Self {
        let color = |name: &str, or: &str| pass.colors.get(name).cloned().unwrap_or_else(|| or.to_owned());
        let image = |name: &str| Some(format!("/images/{}.png", pass.images.get(name)?));
        let (start, end) = sides(is_rtl);
        let at = |x: i64, field: &ShownField| Placed {
            x,
            label: short(&field.label, 18),
            text: short(&field.text, 24),
            is_long: false,
        };
        let in_place = |place: &'static str| pass.fields.iter().filter(move |field| field.place == place);
        let lower: Vec<&ShownField> = in_place("secondaryFields")
            .chain(in_place("auxiliaryFields"))
            .filter(|field| !field.text.is_empty())
            .take(LOWER_FIELDS_MAX)
            .collect();
        let letters_max = letters_at_full_size(lower.len());
        let step = (WIDTH - 2 * MARGIN) / i64::try_from(lower.len().max(1)).unwrap_or(1);
        let logo = image("logo");
        let logo_width = if logo.is_some() { 46 } else { 0 };
        let along = |distance: i64| {
            if is_rtl {
                start - distance
            } else {
                start + distance
            }
        };
        let told: Vec<String> = pass
            .fields
            .iter()
            .filter(|field| field.place != "backFields" && !field.text.is_empty())
            .map(|field| format!("{} {}", field.label, field.text))
            .collect();
        Self {
            title: format!("{}: {}", pass.organization, told.join(", ")),
            direction: if is_rtl { "rtl" } else { "ltr" },
            background: color("backgroundColor", "rgb(255,255,255)"),
            foreground: color("foregroundColor", "rgb(0,0,0)"),
            label_color: color("labelColor", "rgb(0,0,0)"),
            logo,
            logo_x: if is_rtl { WIDTH - MARGIN - 36 } else { MARGIN },
            logo_text: short(&pass.logo_text, 22),
            logo_text_x: along(logo_width),
            strip: image("strip"),
            header: in_place("headerFields").next().map(|field| at(end, field)),
            primary: in_place("primaryFields").next().map(|field| at(start, field)),
            lower: (0..)
                .zip(lower)
                .map(|(number, field)| Placed {
                    text: short(&field.text, letters_max * 3 / 2),
                    is_long: field.text.chars().count() > letters_max,
                    ..at(along(number * step), field)
                })
                .collect(),
            code: Code::of(pass.code.as_deref()),
        }
    }
}

/// A Google loyalty card.
#[derive(Template)]
#[template(path = "pages/simulator/google.svg", escape = "html")]
pub(super) struct GoogleDrawing {
    id: String,
    title: String,
    direction: &'static str,
    start: i64,
    end: i64,
    background: String,
    ink: &'static str,
    issuer: String,
    program: String,
    label: String,
    text: String,
    holder: String,
    logo: Option<String>,
    logo_x: i64,
    logo_center: i64,
    issuer_x: i64,
    hero: Option<String>,
    code: Option<Code>,
    is_active: bool,
}

impl GoogleDrawing {
    /// Draws a card; `id` makes its parts unique on the page.
    pub(super) fn of(card: &GoogleCard, id: &str, is_rtl: bool) -> Self {
        let background = card.color.clone().unwrap_or_else(|| "#4285f4".to_owned());
        let (start, end) = sides(is_rtl);
        Self {
            id: id.to_owned(),
            title: format!("{}: {} {}", card.program, card.label, card.text),
            direction: if is_rtl { "rtl" } else { "ltr" },
            start,
            end,
            ink: ink_on(&background),
            background,
            issuer: short(&card.issuer, 26),
            program: short(&card.program, 24),
            label: short(&card.label, 18),
            text: short(&card.text, 12),
            holder: short(&card.holder, 22),
            logo: card.logo.as_deref().and_then(path_of),
            logo_x: if is_rtl { WIDTH - MARGIN - 40 } else { MARGIN },
            logo_center: if is_rtl { WIDTH - MARGIN - 20 } else { MARGIN + 20 },
            issuer_x: if is_rtl { start - 52 } else { start + 52 },
            hero: card.hero.as_deref().and_then(path_of),
            code: Code::of(card.code.as_deref()),
            is_active: card.state.eq_ignore_ascii_case("active"),
        }
    }
}

const fn sides(is_rtl: bool) -> (i64, i64) {
    if is_rtl {
        (WIDTH - MARGIN, MARGIN)
    } else {
        (MARGIN, WIDTH - MARGIN)
    }
}

/// The path of an address of ours: the page loads nothing from elsewhere.
fn path_of(address: &str) -> Option<String> {
    let (_, rest) = address.split_once("://")?;
    ["/images/", "/stamps/"].into_iter().find_map(|folder| {
        let (_, file) = rest.split_once(folder)?;
        Some(format!("{folder}{file}"))
    })
}
