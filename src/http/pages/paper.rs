//! The sizes that posters are printed in.

use serde::Deserialize;

/// A size that posters are printed in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum PosterSize {
    /// 210 by 297 mm.
    #[default]
    A4,
    /// 148 by 210 mm.
    A5,
    /// A4, to be folded in the middle: two faces, one of them upside down.
    Tent,
}

impl PosterSize {
    /// Every one, in the order of the page.
    pub(super) const ALL: [Self; 3] = [Self::A4, Self::A5, Self::Tent];

    /// Its name in addresses.
    pub(super) const fn tag(self) -> &'static str {
        match self {
            Self::A4 => "a4",
            Self::A5 => "a5",
            Self::Tent => "tent",
        }
    }

    /// The size of a name in an address.
    pub(super) fn of_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|size| size.tag() == tag)
    }

    /// The paper, as CSS names it.
    pub(super) const fn paper(self) -> &'static str {
        match self {
            Self::A4 | Self::Tent => "A4 portrait",
            Self::A5 => "A5 portrait",
        }
    }

    /// Width and height of the paper, in millimetres.
    pub(super) const fn millimetres(self) -> (i32, i32) {
        match self {
            Self::A4 | Self::Tent => (210, 297),
            Self::A5 => (148, 210),
        }
    }

    /// Where the drawing stands on the paper; a tent has it twice.
    pub(super) const fn places(self) -> &'static [&'static str] {
        match self {
            Self::A4 | Self::A5 => &["translate(0 0)"],
            Self::Tent => &["translate(2100 1485) rotate(180)", "translate(0 1485)"],
        }
    }
}
