//! A segment's form as a page draws it.

use super::super::super::desk::Desk;
use super::edit::Filled;
use super::segment_form::{FieldKind, GROUPS, Kind, REACHES, STAGES, SegmentForm};
use super::segment_phrases::{reach_text, stage_text};
use super::segments::Named;

/// A field as a page draws it.
pub(super) struct SegmentField {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    pub(super) value: String,
    pub(super) fault: Option<&'static str>,
    /// The currency of money.
    pub(super) symbol: Option<String>,
    /// Which keys a phone offers.
    pub(super) keys: &'static str,
}

/// Fields with a heading, folded unless one of them is filled in or they are the first.
pub(super) struct SegmentGroup {
    pub(super) heading: &'static str,
    pub(super) is_open: bool,
    pub(super) fields: Vec<SegmentField>,
}

/// Something that can be chosen: what it is called in the form, its text, whether it is chosen.
pub(super) struct SegmentChoice {
    pub(super) value: String,
    pub(super) text: String,
    pub(super) is_chosen: bool,
}

/// A segment's form as a page draws it.
pub(super) struct SegmentFields {
    pub(super) filled: Filled<SegmentForm>,
    pub(super) stages: Vec<SegmentChoice>,
    pub(super) groups: Vec<SegmentGroup>,
    pub(super) tiers: Vec<SegmentChoice>,
    pub(super) lists: Vec<SegmentChoice>,
    pub(super) reaches: Vec<SegmentChoice>,
}

impl SegmentFields {
    pub(super) fn new(desk: &Desk, filled: Filled<SegmentForm>, named: &Named) -> Self {
        let form = &filled.form;
        let field = |(name, label, kind): &FieldKind| SegmentField {
            name,
            label,
            value: form.values.get(*name).cloned().unwrap_or_default(),
            fault: filled.fault(name),
            symbol: (*kind == Kind::Money).then(|| desk.program.currency.to_string()),
            keys: match kind {
                Kind::Money => "decimal",
                Kind::Words => "text",
                _ => "numeric",
            },
        };
        Self {
            stages: STAGES
                .into_iter()
                .map(|(name, stage)| SegmentChoice {
                    value: name.to_owned(),
                    text: desk.locale.word(stage_text(stage)),
                    is_chosen: !form.value(name).is_empty(),
                })
                .collect(),
            groups: GROUPS
                .iter()
                .enumerate()
                .map(|(place, (heading, fields))| {
                    let fields: Vec<SegmentField> = fields.iter().map(field).collect();
                    let is_used = |field: &SegmentField| !field.value.is_empty() || field.fault.is_some();
                    SegmentGroup {
                        heading,
                        is_open: place == 0 || fields.iter().any(is_used),
                        fields,
                    }
                })
                .collect(),
            tiers: choices(&named.tiers, form.value("tier")),
            lists: choices(&named.lists, form.value("list")),
            reaches: REACHES
                .into_iter()
                .map(|(name, reach)| SegmentChoice {
                    value: name.to_owned(),
                    text: desk.locale.word(reach_text(reach)),
                    is_chosen: form.value("reach") == name,
                })
                .collect(),
            filled,
        }
    }
}

/// What can be chosen of tiers or lists, by id and name.
fn choices(known: &[(String, String)], chosen: &str) -> Vec<SegmentChoice> {
    let choice = |(id, name): &(String, String)| SegmentChoice {
        value: id.clone(),
        text: name.clone(),
        is_chosen: chosen == id || chosen == name,
    };
    let mut choices: Vec<SegmentChoice> = known.iter().map(choice).collect();
    // One that was taken away stays chosen until somebody chooses another.
    if !chosen.is_empty() && !choices.iter().any(|one| one.is_chosen) {
        choices.push(SegmentChoice {
            value: chosen.to_owned(),
            text: chosen.to_owned(),
            is_chosen: true,
        });
    }
    choices
}
