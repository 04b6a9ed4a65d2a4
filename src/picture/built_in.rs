//! Stamps for shops that bring none: plain shapes in the colours of the design.

use crate::loyalty::design::Colors;

/// The background colour as an image that covers everything.
pub(super) fn ground(colors: &Colors) -> String {
    let first = Colors::default();
    let color = sound(&colors.background, &first.background);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 9 9\"><rect x=\"-1\" y=\"-1\" width=\"11\" height=\"11\" fill=\"{color}\"/></svg>"
    )
}

/// A disc with a tick.
pub(super) fn filled(colors: &Colors) -> String {
    let first = Colors::default();
    let ink = sound(&colors.foreground, &first.foreground);
    let paper = sound(&colors.background, &first.background);
    in_circle(&format!(
        "<circle cx=\"24\" cy=\"24\" r=\"22\" fill=\"{ink}\"/>\
         <path d=\"M14 25l7 7 14-15\" fill=\"none\" stroke=\"{paper}\" stroke-width=\"5\" stroke-linecap=\"round\" stroke-linejoin=\"round\"/>"
    ))
}

/// A ring.
pub(super) fn empty(colors: &Colors) -> String {
    in_circle(&ring(colors))
}

/// A ring with a present.
pub(super) fn last(colors: &Colors) -> String {
    let first = Colors::default();
    let ink = sound(&colors.foreground, &first.foreground);
    let present = format!(
        "<path d=\"M14 22h20v13H14zM12 17h24v5H12zM24 17v18M24 17c-8 0-8-8-3-7 2 1 3 4 3 7zM24 17c8 0 8-8 3-7-2 1-3 4-3 7z\" \
         fill=\"none\" stroke=\"{ink}\" stroke-width=\"2\" stroke-linejoin=\"round\"/>"
    );
    in_circle(&(ring(colors) + &present))
}

fn ring(colors: &Colors) -> String {
    let first = Colors::default();
    let ink = sound(&colors.foreground, &first.foreground);
    format!(
        "<circle cx=\"24\" cy=\"24\" r=\"20.500\" fill=\"none\" stroke=\"{ink}\" stroke-opacity=\"0.600\" stroke-width=\"3\"/>"
    )
}

fn in_circle(inside: &str) -> String {
    format!("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 48 48\">{inside}</svg>")
}

/// A colour if it is written as one, else the other: it becomes part of a document.
fn sound<'a>(color: &'a str, other: &'a str) -> &'a str {
    let is_plain = |letter: char| {
        letter.is_ascii_alphanumeric() || matches!(letter, '#' | '(' | ')' | ',' | ' ' | '.' | '%')
    };
    if !color.is_empty() && color.chars().all(is_plain) {
        color
    } else {
        other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_that_is_none_does_not_become_part_of_a_document() {
        let colors = Colors {
            foreground: "\"/><script/>".to_owned(),
            ..Colors::default()
        };
        assert!(!filled(&colors).contains("script"));
        assert!(filled(&Colors::default()).contains("#1f3a34"));
    }
}
