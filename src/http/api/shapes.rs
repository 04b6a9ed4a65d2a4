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
    /// Minutes for which a cashier may undo an entry that they made themselves; 10 if left out. Later a manager can.
    undo_minutes: Option<u16>,
    /// How many orders are too many in how short a time, at most 8; none if left out. Orders count from when they are
    /// recorded, and from when the safeguard is written on.
    safeguards: Option<Vec<SafeguardShape>>,
    /// What happens where a key serves the card of the member that it names: an order, a redemption, an adjustment, a
    /// refund, an event or a transfer; refused with `own_card` if left out.
    own_card: Option<ReactionShape>,
    /// Which redemptions and orders need a card that is shown now; none if left out.
    freshness: Option<FreshnessShape>,
    /// Days after its own on which a receipt can be claimed, to the end of the last of them, 1 to 365; 14 if left out.
    receipt_days: Option<u16>,
    /// How many days before points expire their holder is told by a new card, 1 to 365, at most three times; never if
    /// left out.
    expiry_notice_days: Option<Vec<u16>>,
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
    /// How often, and when, members may hear campaigns.
    messages: Option<MessagePolicyShape>,
    /// Whether a campaign begins only once somebody else than whoever begins it approves; not, if left out. Owners and
    /// managers change it.
    campaign_approval: Option<bool>,
}

/// How often, and when, members may hear campaigns. What follows a purchase is none.
#[derive(Serialize, ToSchema)]
#[schema(as = MessagePolicy)]
pub(super) struct MessagePolicyShape {
    /// Most messages to a member within 24 hours; 1 if left out.
    a_day: Option<u8>,
    /// Most messages to a member within 7 days; 3 if left out.
    a_week: Option<u8>,
    /// When nobody is disturbed, as clocks show it where the program is; never if left out.
    quiet: Option<QuietHoursShape>,
}

/// A span of the day; it may pass midnight.
#[derive(Serialize, ToSchema)]
#[schema(as = QuietHours)]
pub(super) struct QuietHoursShape {
    /// The first minute of it.
    #[schema(example = "21:00")]
    from: String,
    /// The first minute after it.
    #[schema(example = "08:00")]
    to: String,
}

/// So many orders within so many minutes are the most.
#[derive(Serialize, ToSchema)]
#[schema(as = Safeguard)]
pub(super) struct SafeguardShape {
    /// Whose orders are counted.
    of: WatchedShape,
    /// How many are let through, 1 to 200.
    orders: u16,
    /// Within how many minutes up to now, 1 to 44,640.
    minutes: u32,
    /// What happens to the next one.
    then: ReactionShape,
}

/// Which redemptions and orders need a card that is shown now, and what shows it.
#[derive(Serialize, ToSchema)]
#[schema(as = Freshness)]
pub(super) struct FreshnessShape {
    /// Rewards that cost at least so many points need it; 0 is all of them.
    points: Option<i64>,
    /// Rewards that are worth at least so many minor units, as far as they say it, need it.
    minor: Option<i64>,
    /// Orders by a card's code of at least so many minor units need it; none if left out.
    order_minor: Option<i64>,
    /// What is taken as proof, at least one, each once.
    accept: Vec<ProofShape>,
    /// For how many minutes a fetch counts, 1 to 1440; 10 if left out.
    minutes: Option<u16>,
    /// What happens without proof: `refuse` is `stale_code`; with `flag` it stands, its `flags` say `stale_code`, and the
    /// audit has a row `flag_redemption` or `flag_order`.
    then: ReactionShape,
}

/// What shows that a card is in its holder's hands now.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Proof)]
#[expect(
    dead_code,
    reason = "stands for `loyalty::freshness::Proof` in the document alone"
)]
pub(super) enum ProofShape {
    /// The code that was scanned changes by itself and is of now (Google, with `google.rotating` in the design). Each
    /// counts for one redemption.
    RotatingCode,
    /// A phone fetched the card's newest version a short while ago (Apple); `POST /v1/cards/{code}/refresh` has it do so.
    Fetched,
    /// `"confirmed": "name"`: whoever stands at the till compared the name. The audit has a row `confirm_name`.
    Name,
}

/// Whose orders a safeguard counts.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Watched)]
#[expect(
    dead_code,
    reason = "stands for `loyalty::safeguard::Watched` in the document alone"
)]
pub(super) enum WatchedShape {
    /// A member's, on whichever card.
    Member,
    /// Those that a key recorded, whoever bought.
    Staff,
    /// Those that a key recorded for a member.
    Pair,
    /// Those of a card at a location: a sale that is split to earn more than once.
    Split,
}

/// What a safeguard does with one order too many.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Reaction)]
#[expect(
    dead_code,
    reason = "stands for `loyalty::safeguard::Reaction` in the document alone"
)]
pub(super) enum ReactionShape {
    /// It is refused with `velocity_limit`, which says when there is room again.
    Refuse,
    /// It stands; its `flags` name the safeguard, and the audit has a row `flag_order`.
    Flag,
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
