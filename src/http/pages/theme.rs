//! The colours of a program's pages, taken from its card and kept readable on light and on dark.

use std::fmt;

use crate::apple::color::Rgb;
use crate::loyalty::design::Colors;

/// Least contrast of text (WCAG 2.2, success criterion 1.4.3).
pub(super) const CONTRAST_MIN: f64 = 4.5;
/// Hundredths that a colour is moved at a time until it can be read.
const STEP: usize = 4;

/// The colours of pages in one light.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Palette {
    /// Behind everything.
    pub(super) paper: Rgb,
    /// Behind the card.
    pub(super) stage: Rgb,
    /// Links, buttons, the balance.
    pub(super) accent: Rgb,
    /// Words on a button.
    pub(super) on_accent: Rgb,
}

/// The colours of a program's pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Theme {
    pub(super) light: Palette,
    pub(super) dark: Palette,
}

impl Theme {
    /// Computes the colours from those of the card; `None` if its background is no colour.
    pub(super) fn of(colors: &Colors) -> Option<Self> {
        let brand = Rgb::parse(&colors.background)?;
        let light = Rgb::parse("#fdfdfc")?;
        let dark = Rgb::parse("#111312")?;
        let palette = |paper: Rgb, stage: Rgb, towards: Rgb| {
            let accent = readable(brand, &[paper, stage], towards);
            let on_accent = if accent.contrast(Rgb::WHITE) >= CONTRAST_MIN {
                Rgb::WHITE
            } else {
                Rgb::BLACK
            };
            Palette {
                paper,
                stage,
                accent,
                on_accent,
            }
        };
        Some(Self {
            light: palette(light.mix(brand, 1), light.mix(brand, 12), Rgb::BLACK),
            dark: palette(dark.mix(brand, 6), dark.mix(brand, 28), Rgb::WHITE),
        })
    }
}

/// The colour, moved towards another as far as it must be to be read on every ground.
fn readable(color: Rgb, grounds: &[Rgb], towards: Rgb) -> Rgb {
    (0..=100_u8)
        .step_by(STEP)
        .map(|percent| color.mix(towards, percent))
        .find(|mixed| {
            grounds
                .iter()
                .all(|ground| mixed.contrast(*ground) >= CONTRAST_MIN)
        })
        .unwrap_or(towards)
}

impl fmt::Display for Palette {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            paper,
            stage,
            accent,
            on_accent,
        } = self;
        write!(
            f,
            ":root{{--paper:{paper};--stage:{stage};--accent:{accent};--on-accent:{on_accent}}}"
        )
    }
}

impl fmt::Display for Theme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { light, dark } = self;
        writeln!(f, "{light}\n@media(prefers-color-scheme:dark){{{dark}}}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_brand_can_be_read_in_both_lights() {
        for background in [
            "#1f3a34",
            "#ffffff",
            "#000000",
            "#ffd400",
            "#ff0000",
            "#00ff00",
            "#0000ff",
            "#808080",
            "#7f1d1d",
            "#f5f0e6",
            "#0b5fff",
            "#ff69b4",
            "rgb(1,2,3)",
        ] {
            let theme = Theme::of(&Colors {
                background: background.to_owned(),
                ..Colors::default()
            })
            .expect("a colour");
            for Palette {
                paper,
                stage,
                accent,
                on_accent,
            } in [theme.light, theme.dark]
            {
                for (over, under) in [(accent, paper), (accent, stage), (on_accent, accent)] {
                    assert!(
                        over.contrast(under) >= CONTRAST_MIN,
                        "{background}: {over} on {under}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_brand_that_is_readable_stays_as_it_is() {
        let theme = Theme::of(&Colors::default()).expect("a colour");
        assert_eq!(Some(theme.light.accent), Rgb::parse("#1f3a34"));
    }
}
