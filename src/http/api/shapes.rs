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
    /// Minor units that a friend's first order must come to before it pays a referral; any paid order if left out.
    referral_minimum: Option<i64>,
    /// Whether what signing up earns can be spent only after the first paid order; at once if left out.
    welcome_after_first_order: Option<bool>,
    /// How many of a hundred points members are expected to use, 0 to 100; all of them if left out.
    expected_use_percent: Option<u8>,
    /// What a point is worth in thousandths of the currency's minor unit, 0 to 1,000,000,000: 1000 is a cent. Unknown
    /// if left out.
    point_value_minor_thousandths: Option<i64>,
    /// How tiers are reached and kept.
    tiers: Option<TierPolicyShape>,
}

/// How the tiers of a program are reached and kept.
#[derive(Serialize, ToSchema)]
#[schema(as = TierPolicy)]
pub(super) struct TierPolicyShape {
    /// What counts; points if left out.
    by: Option<BasisShape>,
    /// In which time; the year of the calendar if left out.
    within: Option<WindowShape>,
    /// Days for which a tier is kept that has not been done enough for any more, at most 730; 30 if left out.
    grace_days: Option<u16>,
}

/// What counts towards tiers.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TierBasis)]
#[expect(dead_code, reason = "stands for `loyalty::tier::Basis` in the document alone")]
pub(super) enum BasisShape {
    /// Points that orders and events earned; spending them takes nothing away.
    Points,
    /// Money that was paid, in minor units.
    Spend,
    /// Days with an order.
    Visits,
}

/// The time that counts towards tiers.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TierWindow)]
#[expect(
    dead_code,
    reason = "stands for `loyalty::tier::Window` in the document alone"
)]
pub(super) enum WindowShape {
    /// The year of the calendar.
    Year,
    /// So many days, 1 to 1830, today the last of them.
    Days(u16),
    /// All of it.
    Ever,
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
