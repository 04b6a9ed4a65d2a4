//! Shapes that the document shows of what rewards give, whose own types know nothing of it.

use utoipa::ToSchema;

use super::shapes::TextShape;
use super::term_shapes::{LinesShape, PeriodShape};

/// What the holder of a reward gets.
#[derive(ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Gift)]
#[expect(
    dead_code,
    reason = "stands for `loyalty::reward::Gift` in the document alone"
)]
pub(super) enum GiftShape {
    /// A thing that is handed over.
    Product,
    /// One of these articles for nothing.
    FreeItem(LinesShape),
    /// So many minor units off the order.
    AmountOff(i64),
    /// So many per cent off.
    PercentOff(PercentOffShape),
    /// Something to take part in, when the holder likes.
    Experience,
    /// Something to take part in on a date.
    #[serde(rename = "experience")]
    Occasion(OccasionShape),
    /// Something to read, hear or see, behind a link of the holder's own.
    Download(DownloadShape),
    /// Money for others.
    Donation,
    /// Money for others who are named.
    #[serde(rename = "donation")]
    GoodCause(GoodCauseShape),
    /// Something before others have it.
    EarlyAccess,
    /// The same, from an instant on.
    #[serde(rename = "early_access")]
    EarlyAccessTo(EarlyAccessShape),
    /// A gift card of the holder's own, made when the reward is handed over.
    GiftCard(GiftCardTermsShape),
}

/// Something to take part in on a date. Its places are its stock: a place that is given back before it begins can be
/// had again, and one that nobody came to costs what it costs.
#[derive(ToSchema)]
#[schema(as = Occasion)]
#[expect(
    dead_code,
    reason = "stands for `loyalty::reward::Occasion` in the document alone"
)]
pub(super) struct OccasionShape {
    /// When it begins; until then a place can be had and given back.
    #[schema(format = DateTime)]
    at: String,
    /// When it is over; at the end of the day on which it begins, if left out.
    #[schema(format = DateTime)]
    until: Option<String>,
    /// How many can take part.
    capacity: i64,
    /// Where.
    place: Option<TextShape>,
}

/// Something to read, hear or see. To open its link hands it over.
#[derive(ToSchema)]
#[schema(as = Download)]
#[expect(
    dead_code,
    reason = "stands for `loyalty::reward::Download` in the document alone"
)]
pub(super) struct DownloadShape {
    /// Where it lies: an `https` address that customers are led to and never shown.
    url: String,
    /// Hours for which the link works, 1 to 8,760; 48 if left out.
    link_hours: Option<u16>,
    /// How often the link opens, 1 to 1,000; 5 if left out.
    opens: Option<u16>,
}

/// Who gets the money of a donation.
#[derive(ToSchema)]
#[schema(as = GoodCause)]
#[expect(
    dead_code,
    reason = "stands for `loyalty::reward::GoodCause` in the document alone"
)]
pub(super) struct GoodCauseShape {
    /// Who.
    to: TextShape,
}

/// What the holder has before others.
#[derive(ToSchema)]
#[schema(as = EarlyAccess)]
#[expect(
    dead_code,
    reason = "stands for `loyalty::reward::EarlyAccessTo` in the document alone"
)]
pub(super) struct EarlyAccessShape {
    /// Which articles; all that is new, if left out.
    #[schema(required = false)]
    of: LinesShape,
    /// From when on.
    #[schema(format = DateTime)]
    from: String,
}

/// What a gift card holds that a reward becomes.
#[derive(ToSchema)]
#[schema(as = GiftCardTerms)]
#[expect(
    dead_code,
    reason = "stands for `loyalty::reward::GiftCardTerms` in the document alone"
)]
pub(super) struct GiftCardTermsShape {
    /// How much, in minor units of the program's currency.
    amount: i64,
    /// Days for which it can be spent, 1 to 730, to the end of the last of them; for ever if left out.
    valid_days: Option<u16>,
}

/// So many per cent off.
#[derive(ToSchema)]
#[schema(as = PercentOff)]
#[expect(
    dead_code,
    reason = "stands for `loyalty::reward::PercentOff` in the document alone"
)]
pub(super) struct PercentOffShape {
    /// 1 to 100.
    percent: i64,
    /// Off what.
    of: ScopeShape,
}

/// What a percentage is taken off.
#[derive(ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Scope)]
#[expect(
    dead_code,
    reason = "stands for `loyalty::reward::Scope` in the document alone"
)]
pub(super) enum ScopeShape {
    /// The whole order.
    Order,
    /// One item of it.
    Item,
}

/// How many of a reward a member may have, in which time.
#[derive(ToSchema)]
#[schema(as = RewardLimit)]
#[expect(
    dead_code,
    reason = "stands for `loyalty::reward::RewardLimit` in the document alone"
)]
pub(super) struct RewardLimitShape {
    /// How many.
    times: i64,
    /// In which time.
    within: PeriodShape,
}
