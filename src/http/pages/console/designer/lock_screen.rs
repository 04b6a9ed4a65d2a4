//! The lock screen of the preview: what an iPhone says when a card changes.

use super::apple_view::ReadPass;
use super::panel::{Panel, Picture, Plate};
use crate::apple::color::Rgb;
use crate::http::pages::face::{Image, find_image, line};
use crate::http::pages::locale::Locale;
use crate::http::pages::measure::{fit, wrap};
use crate::loyalty::design::Design;

const WIDTH: i32 = 375;
const MARGIN: i32 = 10;
const ICON: i32 = 38;
/// Most notices that are drawn; a phone shows one at a time.
const NOTICES_MAX: usize = 3;
/// Most lines of a notice.
const LINES_MAX: usize = 3;

/// Draws the notices of a pass; nothing if no change of it is told.
pub(super) fn draw_lock_screen(
    pass: &ReadPass<'_>,
    design: &Design,
    locale: Locale,
    caption: String,
) -> Option<Panel> {
    let notices = pass.notices();
    if notices.is_empty() {
        return None;
    }
    let night = Rgb::parse("#20262b")?;
    let ink = Rgb::parse("#16191b")?;
    let from = pass.organization();
    let icon = find_image(design, "icon", locale);
    let at = |distance: i32| {
        if locale.is_rtl() {
            WIDTH - distance
        } else {
            distance
        }
    };
    let (mut boxes, mut images, mut texts) = (Vec::new(), Vec::new(), Vec::new());
    let mut y = MARGIN + 4;
    let start = 2 * MARGIN + ICON + 12;
    let room = WIDTH - start - 2 * MARGIN;
    for notice in notices.iter().take(NOTICES_MAX) {
        let lines = wrap(notice, 15, room);
        let shown = lines.len().clamp(1, LINES_MAX);
        let count = i32::try_from(shown).unwrap_or(1);
        let height = 42 + 20 * count;
        boxes.push(Plate {
            x: MARGIN,
            y,
            width: WIDTH - 2 * MARGIN,
            height,
            radius: 18,
            fill: Rgb::WHITE.mix(night, 8),
        });
        if let Some(sha256) = &icon {
            let x = at(2 * MARGIN) - if locale.is_rtl() { ICON } else { 0 };
            let image = Image {
                path: format!("/images/{sha256}.png"),
                x,
                y: y + (height - ICON) / 2,
                width: ICON,
                height: ICON,
                fit: "xMidYMid slice",
            };
            images.push(Picture { image, radius: 9 });
        }
        let name = fit(&from, 15, room);
        texts.push(line(name, (at(start), y + 25), (15, 600), ink, "start"));
        for (row, text) in (0..).zip(lines.iter().take(shown)) {
            let text = fit(text, 15, room);
            texts.push(line(
                text,
                (at(start), y + 46 + 20 * row),
                (15, 400),
                ink,
                "start",
            ));
        }
        y += height + 8;
    }
    if locale.is_rtl() {
        for line in &mut texts {
            line.text = format!("\u{2068}{}\u{2069}", line.text);
        }
    }
    let told: Vec<&str> = notices.iter().map(String::as_str).collect();
    Some(Panel {
        id: "lock",
        caption,
        name: format!("{from}: {}", told.join(" – ")),
        direction: locale.direction(),
        width: WIDTH,
        height: y + MARGIN - 4,
        background: night,
        boxes,
        images,
        texts,
        code: None,
        below: Vec::new(),
    })
}
