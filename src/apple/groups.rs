//! The groups in which a design's fields stand.

use crate::loyalty::design::{Design, Field};

/// A group of fields of a design.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Group {
    Header,
    Primary,
    Secondary,
    Auxiliary,
    Back,
    /// The footer of the poster look.
    Footer,
}

impl Group {
    /// The JSON pointer of the group's field so-and-so in a design.
    pub(super) fn pointer(self, at: usize) -> String {
        let group = match self {
            Self::Header => "/fields/header",
            Self::Primary => "/fields/primary",
            Self::Secondary => "/fields/secondary",
            Self::Auxiliary => "/fields/auxiliary",
            Self::Back => "/fields/back",
            Self::Footer => "/poster/footer",
        };
        format!("{group}/{at}")
    }
}

/// Every field of the design, front first, with its group and its place in it.
pub(super) fn design_fields(design: &Design) -> impl Iterator<Item = (Group, usize, &Field)> {
    let fields = &design.fields;
    let footer = design.poster.as_ref().map(|poster| poster.footer.as_slice());
    [
        (Group::Header, fields.header.as_slice()),
        (Group::Primary, &fields.primary),
        (Group::Secondary, &fields.secondary),
        (Group::Auxiliary, &fields.auxiliary),
        (Group::Back, &fields.back),
        (Group::Footer, footer.unwrap_or_default()),
    ]
    .into_iter()
    .flat_map(|(group, fields)| {
        let numbered = fields.iter().enumerate();
        numbered.map(move |(at, field)| (group, at, field))
    })
}
