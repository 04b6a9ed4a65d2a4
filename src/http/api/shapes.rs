//! Shapes that the document shows of values whose own types know nothing of it.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

/// A text, or texts by language.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = Text)]
#[expect(dead_code, reason = "stands for `types::Text` in the document alone")]
pub(super) enum TextShape {
    /// The same in every language.
    Plain(String),
    /// By BCP 47 tag; where none fits, English, else the first.
    ByLanguage(BTreeMap<String, String>),
}

/// A text, a whole number, true or false.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = Attribute)]
#[expect(dead_code, reason = "stands for `types::Attribute` in the document alone")]
pub(super) enum AttributeShape {
    /// Yes or no.
    Flag(bool),
    /// A whole number.
    Number(i64),
    /// A text of at most 500 characters.
    Text(String),
}

/// What a program's people settle once.
#[derive(Serialize, ToSchema)]
#[schema(as = Policy)]
pub(super) struct PolicyShape {
    /// Categories of lines that earn nothing, at most 50: tax, shipping, tips, gift cards.
    excluded_categories: Option<Vec<String>>,
    /// How long points live; for ever if left out.
    expiry: Option<ExpiryShape>,
    /// Whether members may give points to each other; not, if left out.
    transfers: Option<bool>,
    /// Most points that a member gives away a day; any number if left out.
    transfer_max: Option<i64>,
    /// Days for which members who were joined can be parted again, 0 to 3660; 30 if left out.
    merge_undo_days: Option<u16>,
}

/// How long points live, to the end of a day in the program's time zone.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Expiry)]
#[expect(
    dead_code,
    reason = "stands for `loyalty::policy::Expiry` in the document alone"
)]
pub(super) enum ExpiryShape {
    /// For ever.
    Never,
    /// So many days after they were earned, 1 to 3660.
    Days(u16),
    /// So many months after they were earned, 1 to 120.
    Months(u16),
    /// To the end of the year so many years later, 0 to 10.
    YearEnd(u8),
    /// Until the card has earned and spent nothing for so many days; then all of them.
    InactiveDays(u16),
}
