//! A drawing of the preview: boxes, pictures, texts and a code, for an SVG.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::code_art::CodeArt;
use crate::apple::color::Rgb;
use crate::http::pages::face::{Face, Image, Line};

/// Room below a card's code.
const FOOT: i32 = 20;

/// One drawing of the preview.
pub(super) struct Panel {
    /// Unique on the page.
    pub(super) id: &'static str,
    /// What it is called above it.
    pub(super) caption: String,
    /// What it shows, for those who do not see it.
    pub(super) name: String,
    pub(super) direction: &'static str,
    pub(super) width: i32,
    pub(super) height: i32,
    pub(super) background: Rgb,
    pub(super) boxes: Vec<Plate>,
    pub(super) images: Vec<Picture>,
    pub(super) texts: Vec<Line>,
    pub(super) code: Option<CodeArt>,
    /// What stands below or behind it.
    pub(super) below: Vec<Row>,
}

/// A box behind texts.
pub(super) struct Plate {
    pub(super) x: i32,
    pub(super) y: i32,
    pub(super) width: i32,
    pub(super) height: i32,
    pub(super) radius: i32,
    pub(super) fill: Rgb,
}

/// An image, with how round its corners are.
pub(super) struct Picture {
    pub(super) image: Image,
    pub(super) radius: i32,
}

/// A line of the card's back or of what stands below it.
pub(super) struct Row {
    pub(super) label: String,
    pub(super) text: String,
}

impl Panel {
    /// An Apple card, with what is on its back.
    pub(super) fn of_face(face: Face, caption: String, code: Option<CodeArt>, below: Vec<Row>) -> Self {
        let plain = |image| Picture { image, radius: 0 };
        Self {
            id: "apple",
            caption,
            name: face.name,
            direction: face.direction,
            width: face.width,
            height: code
                .as_ref()
                .map_or(face.height, |code| code.y + code.height + FOOT),
            background: face.background,
            boxes: Vec::new(),
            images: face.images.into_iter().map(plain).collect(),
            texts: face.texts,
            code,
            below,
        }
    }
}

/// Bytes of a PNG as an address within the page.
pub(super) fn inline_png(bytes: &[u8]) -> String {
    format!("data:image/png;base64,{}", STANDARD.encode(bytes))
}
