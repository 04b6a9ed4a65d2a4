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
    /// Computes the colours from those of the card; `None` if one of them is no colour.
    ///
    /// The ground is tinted with the lighter or the darker of the card's colours. The accent is the first of
    /// its hues that can be read there, else the first one moved until it can.
    pub(super) fn of(colors: &Colors) -> Option<Self> {
        let brand = Rgb::parse(&colors.background)?;
        let label = Rgb::parse(&colors.label)?;
        let hues: Vec<Rgb> = [brand, label, Rgb::parse(&colors.foreground)?]
            .into_iter()
            .filter(|color| color.is_coloured())
            .collect();
        let first = hues.first().copied().unwrap_or(brand);
        let (dark, light) = if brand.contrast(Rgb::WHITE) > label.contrast(Rgb::WHITE) {
            (brand, label)
        } else {
            (label, brand)
        };
        let day = Rgb::parse("#fdfdfc")?;
        let night = Rgb::parse("#101211")?;
        Some(Self {
            light: Palette::new(
                day,
                day.mix(light, 30).mix(dark, 7),
                &hues,
                [first, first, Rgb::BLACK],
            ),
            dark: Palette::new(
                night.mix(dark, 6),
                night.mix(dark, 28),
                &hues,
                [first, first.brightest(), Rgb::WHITE],
            ),
        })
    }
}

impl Palette {
    /// The accent is the first hue that can be read; else it goes from the first colour of `way` to the
    /// second and on to the last until it can.
    fn new(paper: Rgb, stage: Rgb, hues: &[Rgb], way: [Rgb; 3]) -> Self {
        let is_readable = |color: &Rgb| {
            [paper, stage]
                .iter()
                .all(|ground| color.contrast(*ground) >= CONTRAST_MIN)
        };
        let [first, second, last] = way;
        let shares = || (0..=100_u8).step_by(STEP);
        let accent = hues
            .iter()
            .copied()
            .chain(shares().map(|share| first.mix(second, share)))
            .chain(shares().map(|share| second.mix(last, share)))
            .find(is_readable)
            .unwrap_or(last);
        let on_accent = if accent.contrast(Rgb::WHITE) >= CONTRAST_MIN {
            Rgb::WHITE
        } else {
            Rgb::BLACK
        };
        Self {
            paper,
            stage,
            accent,
            on_accent,
        }
    }
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
        let samples = [
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
            "#d9c9a8",
            "rgb(1,2,3)",
        ];
        for (background, label) in samples.iter().flat_map(|one| samples.map(|other| (*one, other))) {
            let theme = Theme::of(&Colors {
                background: background.to_owned(),
                label: label.to_owned(),
                ..Colors::default()
            })
            .expect("colours");
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
                        "{background} {label}: {over} on {under}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_hue_that_can_be_read_stays_as_it_is() {
        let accents = |background: &str, label: &str| {
            let colors = Colors {
                background: background.to_owned(),
                foreground: "#ffffff".to_owned(),
                label: label.to_owned(),
                footer_background: None,
            };
            let theme = Theme::of(&colors).expect("colours");
            [theme.light.accent.to_string(), theme.dark.accent.to_string()]
        };
        assert_eq!(
            accents("#1f3a34", "#d9c9a8"),
            ["rgb(31,58,52)", "rgb(217,201,168)"]
        );
        assert_eq!(
            accents("#ffd9e6", "#a3245c"),
            ["rgb(163,36,92)", "rgb(255,217,230)"]
        );
    }
}
