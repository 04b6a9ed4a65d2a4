//! How far messages came, whether of a campaign or an automation, as the API shows it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::actions::foresee::Estimate;
use crate::actions::show_campaign::{DAYS, DAYS_MAX};
use crate::actions::{ActionError, Code};
use crate::loyalty::campaign::uplift::Uplift;
use crate::store::campaign_sends::{HELD_OUT, Reaction};
use crate::store::campaigns::Run;
use crate::store::cards::Card;
use crate::types::{CardId, Time};

/// On which card a campaign is tried.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CampaignTestInput {
    /// The card's code.
    pub(super) card: String,
    /// Which wording, counted from 0; the first if left out.
    #[serde(default)]
    pub(super) arm: usize,
}

/// The card that shows a campaign as a test.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CampaignTest)]
pub(super) struct CampaignTestView {
    /// The card.
    #[schema(value_type = String)]
    card: CardId,
    /// Its version that shows it.
    version: i64,
}

/// How many would hear a campaign if it were sent now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CampaignEstimate)]
pub(super) struct EstimateView {
    /// Who is meant.
    members: i64,
    /// Of them, who did not agree to the topic.
    no_consent: i64,
    /// Of the others, whose card is in no wallet.
    unreachable: i64,
    /// Of the others, who heard enough.
    capped: i64,
    /// Of the others, about so many who are held out.
    held_out: i64,
    /// Of those who could hear it, whose card is in Apple Wallet.
    apple: i64,
    /// Of those who could hear it, whose card is in Google Wallet.
    google: i64,
}

/// How far a run of a campaign came.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CampaignRun)]
pub(super) struct RunView {
    /// Counts the campaign's runs, from 1; of an automation each day is one, counted from 1970.
    number: i64,
    /// `running`, `done`, `taking_back` or `cancelled`.
    state: String,
    /// When it was to begin.
    #[schema(value_type = String, format = DateTime)]
    planned_at: Time,
    /// When it ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Time>,
    /// Cards of the program that were looked at.
    looked_at: i64,
    /// Members who heard it.
    sent: i64,
    /// Members who would have, and were drawn to be those who do not.
    held_out: i64,
    /// Members who had heard enough.
    capped: i64,
    /// Members whose card is in no wallet.
    unreachable: i64,
    /// Members who did not agree.
    no_consent: i64,
    /// Members whom an automation gave something.
    given: i64,
}

/// What became of those who heard a wording, or were held out.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CampaignReaction)]
pub(super) struct ReactionView {
    /// Which wording, counted from 0; null of those who were held out.
    arm: Option<i64>,
    /// How many were looked at.
    members: i64,
    /// Whose phone Apple took a notice for.
    apple_told: i64,
    /// Whose phone came for the pass since.
    apple_fetched: i64,
    /// Whose card Google was given.
    google_given: i64,
    /// Who has taken the card out of a wallet since.
    removed: i64,
    /// Whose pass the wallet's service refused for good.
    refused: i64,
    /// Who bought something.
    buyers: i64,
    /// How many orders.
    orders: i64,
    /// What they came to, in minor units.
    minor: i64,
}

/// By how much more of those who heard it bought, in parts of 10,000.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CampaignUplift)]
pub(super) struct UpliftView {
    /// The share of those who heard it less that of those who were held out.
    parts: i64,
    /// The least that it is, 95 times of 100.
    low: i64,
    /// The most that it is, 95 times of 100.
    high: i64,
}

/// For how long the results count.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ResultsQuery {
    /// Days after the message in which purchases count, that of the message being the first, 1 to 90; 14 if left out.
    days: Option<u16>,
}

impl ResultsQuery {
    /// How many days count.
    pub(super) fn days(&self) -> Result<u16, ActionError> {
        let days = self.days.unwrap_or(DAYS);
        if (1..=DAYS_MAX).contains(&days) {
            return Ok(days);
        }
        let detail = format!("Count 1 to {DAYS_MAX} days.");
        Err(ActionError::with(Code::BadParameter, detail))
    }
}

impl From<Estimate> for EstimateView {
    fn from(estimate: Estimate) -> Self {
        let foreseen = estimate.foreseen;
        Self {
            members: foreseen.members,
            no_consent: foreseen.no_consent,
            unreachable: foreseen.unreachable,
            capped: foreseen.capped,
            held_out: estimate.held_out,
            apple: foreseen.apple,
            google: foreseen.google,
        }
    }
}

impl From<Run> for RunView {
    fn from(run: Run) -> Self {
        Self {
            number: run.number,
            state: run.state,
            planned_at: run.planned_at,
            ended_at: run.ended_at,
            looked_at: run.looked_at,
            sent: run.sent,
            held_out: run.held_out,
            capped: run.capped,
            unreachable: run.unreachable,
            no_consent: run.no_consent,
            given: run.given,
        }
    }
}

impl From<Reaction> for ReactionView {
    fn from(reaction: Reaction) -> Self {
        Self {
            arm: (reaction.arm != HELD_OUT).then_some(reaction.arm),
            members: reaction.members,
            apple_told: reaction.apple_told,
            apple_fetched: reaction.apple_fetched,
            google_given: reaction.google_given,
            removed: reaction.removed,
            refused: reaction.refused,
            buyers: reaction.buyers,
            orders: reaction.orders,
            minor: reaction.minor,
        }
    }
}

impl From<&Card> for CampaignTestView {
    fn from(card: &Card) -> Self {
        Self {
            card: card.id.clone(),
            version: card.version,
        }
    }
}

impl From<Uplift> for UpliftView {
    fn from(uplift: Uplift) -> Self {
        Self {
            parts: uplift.parts,
            low: uplift.low,
            high: uplift.high,
        }
    }
}
