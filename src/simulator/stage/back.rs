//! What is on the back of a card, or below it: the rows that a phone shows when the card is turned.

use crate::simulator::phones::{GoogleCard, HeldPass};

/// A row on the back.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BackRow {
    pub(super) label: String,
    pub(super) text: String,
    /// Where a tap leads, if the text is an address.
    pub(super) link: Option<String>,
}

impl BackRow {
    fn of(label: &str, text: &str) -> Option<Self> {
        let is_address = ["http://", "https://"]
            .iter()
            .any(|scheme| text.starts_with(scheme));
        let link = (is_address && !text.contains(char::is_whitespace)).then(|| text.to_owned());
        (!text.is_empty()).then(|| Self {
            label: label.to_owned(),
            text: text.to_owned(),
            link,
        })
    }
}

/// The back of an Apple pass.
pub(super) fn of_pass(pass: &HeldPass) -> Vec<BackRow> {
    let on_back = pass.fields.iter().filter(|field| field.place == "backFields");
    on_back
        .filter_map(|field| BackRow::of(&field.label, &field.text))
        .collect()
}

/// What stands below a Google card.
pub(super) fn of_google(card: &GoogleCard) -> Vec<BackRow> {
    let rows = card.details.iter();
    rows.filter_map(|(label, text)| BackRow::of(label, text))
        .collect()
}
