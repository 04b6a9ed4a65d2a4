//! The front of a card as the phone draws it: where each text, image and code stands, for an SVG.
//!
//! Lengths are points on a card 375 points wide, the size that Apple's store cards are designed at.

use super::locale::Locale;
use super::measure::{fit, width};
use super::qr::QrCode;
use crate::apple::color::Rgb;
use crate::loyalty::design::{Alignment, Colors, Design};
use crate::loyalty::face::{CardFace, FaceField, FaceValue};
use crate::types::Money;

/// Width of a card.
const WIDTH: i32 = 375;
const MARGIN: i32 = 16;
/// Height of the row with logo and header fields.
const HEADER_HEIGHT: i32 = 64;
/// Height of the strip image of a store card.
const STRIP_HEIGHT: i32 = 123;
/// Largest logo.
const LOGO: (i32, i32) = (160, 36);
/// Height of the row of fields below the strip.
const FIELDS_HEIGHT: i32 = 66;
/// Least space between two fields.
const GAP: i32 = 12;
/// Side of the code, and the room for the text below it.
const CODE_SIDE: i32 = 148;
const CODE_TEXT_HEIGHT: i32 = 22;
/// Most fields that a store card shows below its strip.
const FIELDS_MAX: usize = 4;

/// A card, ready to be drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Face {
    pub(super) width: i32,
    pub(super) height: i32,
    pub(super) background: Rgb,
    /// What the picture is, for those who do not see it.
    pub(super) name: String,
    pub(super) direction: &'static str,
    pub(super) images: Vec<Image>,
    pub(super) texts: Vec<Line>,
    pub(super) code: Code,
    pub(super) is_voided: bool,
}

/// An image in a box, which it fills or fits into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Image {
    /// Where it is, on this host.
    pub(super) path: String,
    pub(super) x: i32,
    pub(super) y: i32,
    pub(super) width: i32,
    pub(super) height: i32,
    /// SVG's `preserveAspectRatio`.
    pub(super) fit: &'static str,
}

/// A line of text at its base.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) text: String,
    pub(super) x: i32,
    pub(super) y: i32,
    pub(super) size: i32,
    pub(super) weight: i32,
    pub(super) color: Rgb,
    /// SVG's `text-anchor`, in the direction of the card.
    pub(super) anchor: &'static str,
}

/// The white box with the code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Code {
    pub(super) x: i32,
    pub(super) y: i32,
    pub(super) width: i32,
    pub(super) height: i32,
    pub(super) side: i32,
    /// `None` on a sample, where lines stand for it.
    pub(super) qr: Option<QrCode>,
    pub(super) text: Option<String>,
}

/// What a card is drawn with beside its own values.
pub(super) struct Drawing<'a> {
    pub(super) locale: Locale,
    /// What the picture is, for those who do not see it.
    pub(super) name: String,
    /// Pixels of the logo.
    pub(super) logo_size: Option<(u32, u32)>,
    /// Whether the code is a real one.
    pub(super) has_code: bool,
    /// Where the card's stamps are drawn, in the place of the strip.
    pub(super) stamps: Option<String>,
    pub(super) face: &'a CardFace<'a>,
}

struct Inks {
    foreground: Rgb,
    label: Rgb,
}

impl Drawing<'_> {
    /// Draws the card.
    pub(super) fn draw(self) -> Face {
        let design = self.face.design;
        let (background, inks) = inks(&design.colors);
        let mut images = Vec::new();
        let mut texts = Vec::new();
        let header_start = self.header_fields(&inks, &mut texts);
        self.logo(&inks, header_start, &mut images, &mut texts);
        let mut y = HEADER_HEIGHT;
        let strip = || Some(path_of(&self.find_image("strip")?));
        if let Some(path) = self.stamps.clone().or_else(strip) {
            images.push(Image {
                path,
                x: 0,
                y,
                width: WIDTH,
                height: STRIP_HEIGHT,
                fit: "xMidYMid slice",
            });
        }
        let has_strip = images.iter().any(|image| image.width == WIDTH);
        if has_strip || !self.face.primary.is_empty() {
            self.primary_field(&inks, y, &mut texts);
            y += STRIP_HEIGHT;
        }
        if self.row_fields(&inks, y, &mut texts) {
            y += FIELDS_HEIGHT;
        }
        if self.locale.is_rtl() {
            // What is written in another script keeps its order, and its ellipsis its side.
            for line in &mut texts {
                line.text = format!("\u{2068}{}\u{2069}", line.text);
            }
        }
        let code = self.code(y + MARGIN / 2);
        Face {
            width: WIDTH,
            height: code.y + code.height + MARGIN + 4,
            background,
            direction: self.locale.direction(),
            images,
            texts,
            code,
            is_voided: self.face.facts.is_voided,
            name: self.name,
        }
    }

    /// A distance from the side where lines begin.
    fn inline_at(&self, distance: i32) -> i32 {
        if self.locale.is_rtl() {
            WIDTH - distance
        } else {
            distance
        }
    }

    /// The logo, and the text beside it.
    fn logo(&self, inks: &Inks, end: i32, images: &mut Vec<Image>, texts: &mut Vec<Line>) {
        let mut start = MARGIN;
        if let (Some(sha256), Some(size)) = (self.find_image("logo"), self.logo_size) {
            let (width, height) = scale_into(size, LOGO);
            let x = self.inline_at(start);
            images.push(Image {
                path: path_of(&sha256),
                x: if self.locale.is_rtl() { x - width } else { x },
                y: (HEADER_HEIGHT - height) / 2,
                width,
                height,
                fit: "xMidYMid meet",
            });
            start += width + 9;
        }
        let Some(text) = &self.face.design.logo_text else {
            return;
        };
        let text = self.wording(&self.face.text(text));
        texts.push(Line {
            text: fit(&text, 18, end - start - 8),
            x: self.inline_at(start),
            y: HEADER_HEIGHT / 2 + 6,
            size: 18,
            weight: 600,
            color: inks.foreground,
            anchor: "start",
        });
    }

    /// The fields at the end of the top row, the last one outermost; gives where they begin.
    fn header_fields(&self, inks: &Inks, texts: &mut Vec<Line>) -> i32 {
        let mut end = WIDTH - MARGIN;
        for field in self.face.header.iter().rev().take(3) {
            let (label, value) = (self.label(field), self.value(field));
            let wanted = width(&label, 11).max(width(&value, 20));
            let room = wanted.min((end - WIDTH / 3).max(0));
            let x = self.inline_at(end);
            texts.push(line(fit(&label, 11, room), (x, 26), (11, 600), inks.label, "end"));
            texts.push(line(
                fit(&value, 20, room),
                (x, 48),
                (20, 400),
                inks.foreground,
                "end",
            ));
            end -= room + 14;
        }
        end
    }

    /// The field over the strip: its value large, its label below.
    fn primary_field(&self, inks: &Inks, top: i32, texts: &mut Vec<Line>) {
        let Some(field) = self.face.primary.first() else {
            return;
        };
        let room = WIDTH - 2 * MARGIN;
        let x = self.inline_at(MARGIN);
        let value = fit(&self.value(field), 46, room);
        texts.push(line(value, (x, top + 70), (46, 300), inks.foreground, "start"));
        let label = fit(&self.label(field), 13, room);
        texts.push(line(label, (x, top + 94), (13, 600), inks.foreground, "start"));
    }

    /// Secondary and auxiliary fields in one row, as a store card has them; says whether there are any.
    fn row_fields(&self, inks: &Inks, top: i32, texts: &mut Vec<Line>) -> bool {
        let fields: Vec<_> = self
            .face
            .secondary
            .iter()
            .chain(&self.face.auxiliary)
            .filter(|field| !self.value(field).trim().is_empty())
            .take(FIELDS_MAX)
            .collect();
        let rooms = share_out(
            &fields
                .iter()
                .map(|field| width(&self.label(field), 11).max(width(&self.value(field), 18)))
                .collect::<Vec<_>>(),
        );
        let last = fields.len().saturating_sub(1);
        for (index, (field, (begin, room))) in fields.iter().zip(&rooms).enumerate() {
            let is_at_end = index > 0 && index == last;
            let (anchor, at) = match field.field.text_alignment {
                Some(Alignment::Center) => ("middle", begin + room / 2),
                Some(Alignment::Right) if !self.locale.is_rtl() => ("end", begin + room),
                Some(Alignment::Left) if self.locale.is_rtl() => ("end", begin + room),
                None | Some(Alignment::Natural) if is_at_end => ("end", begin + room),
                _ => ("start", *begin),
            };
            let x = self.inline_at(at);
            let label = fit(&self.label(field), 11, *room);
            texts.push(line(label, (x, top + 25), (11, 600), inks.label, anchor));
            let value = fit(&self.value(field), 18, *room);
            texts.push(line(value, (x, top + 48), (18, 400), inks.foreground, anchor));
        }
        !fields.is_empty()
    }

    fn code(&self, y: i32) -> Code {
        let text = self.face.barcode_alt_text.clone().filter(|_| self.has_code);
        let qr = QrCode::draw(&self.face.barcode_message).filter(|_| self.has_code);
        let has_text = self.face.barcode_alt_text.is_some();
        Code {
            x: (WIDTH - CODE_SIDE) / 2,
            y,
            width: CODE_SIDE,
            height: if has_text {
                CODE_SIDE + CODE_TEXT_HEIGHT
            } else {
                CODE_SIDE
            },
            side: CODE_SIDE,
            qr,
            text,
        }
    }

    fn label(&self, field: &FaceField<'_>) -> String {
        let label = field.field.label.as_ref();
        label
            .map(|text| self.wording(&self.face.text(text)))
            .unwrap_or_default()
    }

    fn value(&self, field: &FaceField<'_>) -> String {
        match (&field.value, field.field.currency_code) {
            (FaceValue::Number(number), Some(currency)) => {
                let minor = number.saturating_mul(currency.minor_per_unit());
                Money::new(minor, currency).map_or_else(
                    |_| number.to_string(),
                    |money| self.locale.language().write_money(money),
                )
            }
            (value, _) => self.wording(value),
        }
    }

    fn wording(&self, value: &FaceValue) -> String {
        let language = self.locale.language();
        match value {
            FaceValue::Number(number) => language.write_number(*number),
            FaceValue::Date(time) => language.write_date(*time),
            FaceValue::Text(text) => text.clone(),
            FaceValue::Fixed(text) => text.get(&language).to_owned(),
        }
    }

    fn find_image(&self, role: &str) -> Option<String> {
        find_image(self.face.design, role, self.locale)
    }
}

/// Where an image is.
fn path_of(sha256: &str) -> String {
    format!("/images/{sha256}.png")
}

/// The image of a role in the sharpest version, the language's own first.
pub(super) fn find_image(design: &Design, role: &str, locale: Locale) -> Option<String> {
    let folders = [format!("{}.lproj/", locale.tag()), String::new()];
    let name = folders
        .iter()
        .flat_map(|folder| ["@3x", "@2x", ""].map(|scale| format!("{folder}{role}{scale}.png")))
        .find(|name| design.images.contains_key(name))?;
    design.images.get(&name).cloned()
}

/// The card's colours; those that are none are taken from the first design.
fn inks(colors: &Colors) -> (Rgb, Inks) {
    let first = Colors::default();
    let read = |text: &str, other: &str| {
        Rgb::parse(text)
            .or_else(|| Rgb::parse(other))
            .unwrap_or(Rgb::BLACK)
    };
    let background = read(&colors.background, &first.background);
    let inks = Inks {
        foreground: read(&colors.foreground, &first.foreground),
        label: read(&colors.label, &first.label),
    };
    (background, inks)
}

pub(super) fn line(
    text: String,
    (x, y): (i32, i32),
    (size, weight): (i32, i32),
    color: Rgb,
    anchor: &'static str,
) -> Line {
    Line {
        text,
        x,
        y,
        size,
        weight,
        color,
        anchor,
    }
}

/// Where each of the fields in a row begins, and its room: what it wants if all can have that, the space
/// between them the same, else an equal share.
fn share_out(wanted: &[i32]) -> Vec<(i32, i32)> {
    let all = WIDTH - 2 * MARGIN;
    let count = i32::try_from(wanted.len()).unwrap_or(1).max(1);
    let gaps = (count - 1).max(1);
    let sum: i32 = wanted.iter().fold(0, |sum, room| sum.saturating_add(*room));
    let has_room = sum.saturating_add(gaps * GAP) <= all;
    let equal = (all - (count - 1) * GAP) / count;
    let gap = if has_room { (all - sum) / gaps } else { GAP };
    let mut begin = MARGIN;
    wanted
        .iter()
        .map(|room| {
            let room = if has_room { *room } else { equal };
            let place = (begin, room);
            begin += room + gap;
            place
        })
        .collect()
}

/// The largest size of the same shape that fits into a box.
pub(super) fn scale_into(pixels: (u32, u32), limits: (i32, i32)) -> (i32, i32) {
    let (wide, high) = (i64::from(pixels.0.max(1)), i64::from(pixels.1.max(1)));
    let (most_wide, most_high) = (i64::from(limits.0), i64::from(limits.1));
    let at_height = wide * most_high / high;
    let (width, height) = if at_height <= most_wide {
        (at_height, most_high)
    } else {
        (most_wide, high * most_wide / wide)
    };
    let points = |length: i64| i32::try_from(length.max(1)).unwrap_or(1);
    (points(width), points(height))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_have_what_they_want_or_an_equal_share() {
        assert_eq!(share_out(&[]), []);
        assert_eq!(share_out(&[60]), [(16, 60)]);
        assert_eq!(share_out(&[60, 100, 43]), [(16, 60), (146, 100), (316, 43)]);
        assert_eq!(share_out(&[300, 60]), [(16, 165), (193, 165)]);
        assert_eq!(share_out(&[i32::MAX, 1]), [(16, 165), (193, 165)]);
    }

    #[test]
    fn a_logo_keeps_its_shape_within_its_box() {
        assert_eq!(scale_into((150, 150), LOGO), (36, 36));
        assert_eq!(scale_into((960, 120), LOGO), (160, 20));
        assert_eq!(scale_into((1, 4_000), LOGO), (1, 36));
        assert_eq!(scale_into((0, 0), LOGO), (36, 36));
    }
}
