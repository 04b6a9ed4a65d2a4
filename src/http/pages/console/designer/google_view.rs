//! The Google card of the preview, read from the class and the object that Google is given.

use serde_json::Value;

use super::code_art::CodeArt;
use super::panel::{Panel, Picture, Plate, Row, inline_png};
use crate::actions::preview_draft::DraftPreview;
use crate::apple::color::Rgb;
use crate::http::pages::face::{Image, Line, line};
use crate::http::pages::locale::Locale;
use crate::http::pages::measure::fit;
use crate::types::Language;

const WIDTH: i32 = 375;
const MARGIN: i32 = 20;
/// Side of the round logo.
const LOGO: i32 = 44;
/// Height of the banner: 1032 by 336 at the card's width.
const HERO_HEIGHT: i32 = 122;
/// Google's own colour for a card that has none.
const NO_COLOR: &str = "#4285f4";

/// A card as Google shows it in one language.
pub(super) struct ReadCard<'a> {
    preview: &'a DraftPreview,
    language: Language,
    locale: Locale,
}

impl<'a> ReadCard<'a> {
    pub(super) fn of(preview: &'a DraftPreview, locale: Locale) -> Self {
        Self {
            preview,
            language: locale.language(),
            locale,
        }
    }

    /// A text in the language: its translation, else one of the same base language, else the plain field.
    fn text(&self, within: &Value, name: &str) -> String {
        let mut letters = name.chars();
        let first: String = letters
            .next()
            .map(|letter| letter.to_ascii_uppercase())
            .into_iter()
            .collect();
        let all = within.get(format!("localized{first}{}", letters.as_str()));
        let found = all.and_then(|all| self.translated(all));
        let plain = || within.get(name).and_then(Value::as_str).map(str::to_owned);
        found.or_else(plain).unwrap_or_default()
    }

    fn translated(&self, all: &Value) -> Option<String> {
        let others = all.get("translatedValues").and_then(Value::as_array);
        let all: Vec<&Value> = all
            .get("defaultValue")
            .into_iter()
            .chain(others.into_iter().flatten())
            .collect();
        let tag = |one: &&&Value| one.get("language").and_then(Value::as_str).map(str::to_owned);
        let own = |one: &&&Value| tag(one).as_deref() == Some(self.language.as_str());
        let akin = |one: &&&Value| {
            let tag = tag(one);
            tag.as_deref().and_then(|tag| tag.split('-').next()) == Some(self.language.base())
        };
        let found = all
            .iter()
            .find(own)
            .or_else(|| all.iter().find(akin))
            .or(all.first())?;
        Some(found.get("value")?.as_str()?.to_owned())
    }

    fn points(&self, name: &str) -> Option<(String, String)> {
        let points = self.preview.object.get(name)?;
        let balance = points.get("balance")?;
        let written = match (balance.get("int"), balance.get("string")) {
            (Some(number), _) => self.language.write_number(number.as_i64()?),
            (None, Some(text)) => text.as_str()?.to_owned(),
            _ => return None,
        };
        Some((self.text(points, "label"), written))
    }

    fn image(&self, name: &str) -> Option<String> {
        let own = self.preview.object.get(name);
        let image = own.or_else(|| self.preview.class.get(name))?;
        path_of(image.pointer("/sourceUri/uri")?.as_str()?)
    }

    /// What stands below the card.
    fn below(&self) -> Vec<Row> {
        let both = [&self.preview.object, &self.preview.class];
        let modules = both
            .into_iter()
            .filter_map(|one| one.get("textModulesData")?.as_array());
        let row = |module: &Value| Row {
            label: self.text(module, "header"),
            text: self.text(module, "body"),
        };
        let links = self
            .preview
            .class
            .pointer("/linksModuleData/uris")
            .and_then(Value::as_array);
        let link = |one: &Value| Row {
            label: self.text(one, "description"),
            text: one
                .get("uri")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned(),
        };
        let links = links.into_iter().flatten().map(link);
        modules.flatten().map(row).chain(links).collect()
    }

    /// Draws the card.
    pub(super) fn draw(&self, caption: String, name: String) -> Panel {
        let class = &self.preview.class;
        let color = class.get("hexBackgroundColor").and_then(Value::as_str);
        let background = color
            .and_then(Rgb::parse)
            .or_else(|| Rgb::parse(NO_COLOR))
            .unwrap_or(Rgb::BLACK);
        let ink = if background.contrast(Rgb::WHITE) >= background.contrast(Rgb::BLACK) {
            Rgb::WHITE
        } else {
            Rgb::BLACK
        };
        let mut images = Vec::new();
        let mut texts = Vec::new();
        self.head(ink, &mut images, &mut texts);
        let mut y = 2 * MARGIN + LOGO;
        let boxes = vec![rule(y - 10, background.mix(ink, 24))];
        y = self.values(y, ink, &mut texts);
        let code = self.code(y);
        let mut height = code.as_ref().map_or(y, |code| code.y + code.height + MARGIN);
        let stamps = self
            .preview
            .stamps
            .as_ref()
            .map(|stamps| inline_png(&stamps.banner));
        if let Some(path) = stamps.or_else(|| self.image("heroImage")) {
            images.push(picture(path, (0, height), (WIDTH, HERO_HEIGHT), 0));
            height += HERO_HEIGHT;
        }
        if self.locale.is_rtl() {
            for line in &mut texts {
                line.text = format!("\u{2068}{}\u{2069}", line.text);
            }
        }
        Panel {
            id: "google",
            caption,
            name,
            direction: self.locale.direction(),
            width: WIDTH,
            height,
            background,
            boxes,
            images,
            texts,
            code,
            below: self.below(),
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

    fn head(&self, ink: Rgb, images: &mut Vec<Picture>, texts: &mut Vec<Line>) {
        let class = &self.preview.class;
        let mut start = MARGIN;
        if let Some(path) = self.image("programLogo") {
            let x = self.inline_at(start) - if self.locale.is_rtl() { LOGO } else { 0 };
            images.push(picture(path, (x, MARGIN - 6), (LOGO, LOGO), LOGO / 2));
            start += LOGO + 12;
        }
        let room = WIDTH - start - MARGIN;
        let x = self.inline_at(start);
        let program = fit(&self.text(class, "programName"), 18, room);
        let issuer = fit(&self.text(class, "issuerName"), 13, room);
        texts.push(line(issuer, (x, MARGIN + 8), (13, 400), ink, "start"));
        texts.push(line(program, (x, MARGIN + 30), (18, 500), ink, "start"));
    }

    /// Points, the second value, name and number; gives where they end.
    fn values(&self, top: i32, ink: Rgb, texts: &mut Vec<Line>) -> i32 {
        let (class, object) = (&self.preview.class, &self.preview.object);
        let mut y = top;
        let account = |label: &str, value: &str| {
            let text = object.get(value).and_then(Value::as_str)?;
            Some((self.text(class, label), text.to_owned()))
        };
        let rows = [
            [
                self.points("loyaltyPoints"),
                self.points("secondaryLoyaltyPoints"),
            ],
            [
                account("accountNameLabel", "accountName"),
                account("accountIdLabel", "accountId"),
            ],
        ];
        let room = (WIDTH - 3 * MARGIN) / 2;
        for row in rows {
            for (index, (label, value)) in row.into_iter().flatten().enumerate() {
                let (at, anchor) = if index == 0 {
                    (MARGIN, "start")
                } else {
                    (WIDTH - MARGIN, "end")
                };
                let x = self.inline_at(at);
                texts.push(line(fit(&label, 12, room), (x, y + 16), (12, 400), ink, anchor));
                texts.push(line(fit(&value, 19, room), (x, y + 40), (19, 400), ink, anchor));
            }
            y += 58;
        }
        y + 6
    }

    fn code(&self, top: i32) -> Option<CodeArt> {
        let object = &self.preview.object;
        let text = |code: &Value, name: &str| code.get(name).and_then(Value::as_str).map(str::to_owned);
        let (code, value) = match (object.get("barcode"), object.get("rotatingBarcode")) {
            (Some(code), _) => (code, "value"),
            (None, Some(code)) => (code, "valuePattern"),
            _ => return None,
        };
        CodeArt::draw(
            &text(code, "type")?,
            &text(code, value).unwrap_or_default(),
            text(code, "alternateText"),
            (WIDTH, top),
        )
    }
}

/// A line across the card.
fn rule(y: i32, fill: Rgb) -> Plate {
    Plate {
        x: MARGIN,
        y,
        width: WIDTH - 2 * MARGIN,
        height: 1,
        radius: 0,
        fill,
    }
}

fn picture(path: String, (x, y): (i32, i32), (width, height): (i32, i32), radius: i32) -> Picture {
    let image = Image {
        path,
        x,
        y,
        width,
        height,
        fit: "xMidYMid slice",
    };
    Picture { image, radius }
}

/// The path of an image of ours; the page loads nothing from elsewhere.
fn path_of(address: &str) -> Option<String> {
    let (_, file) = address.split_once("/images/")?;
    Some(format!("/images/{file}"))
}
