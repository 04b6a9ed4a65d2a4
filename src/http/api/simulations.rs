//! What an order would earn, and why.

use actix_web::HttpResponse;
use actix_web::web::{self, Data};
use serde::Serialize;
use utoipa::ToSchema;

use super::orders::{OrderInput, check_order};
use crate::actions::ChallengeJudged;
use crate::actions::simulate_order::{Judged, simulate_order};
use crate::http::body::Posted;
use crate::http::router::Router;
use crate::http::{Problem, State};
use crate::loyalty::explain::Explanation;
use crate::loyalty::rule::evaluate::{PRECEDENCE, Reason};
use crate::types::Points;

pub(super) fn configure(router: &mut Router) {
    router.route("/v1/orders/simulate", web::post().to(simulate));
}

/// What an order would earn.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Simulation)]
pub(super) struct SimulationView {
    /// Each rule: the program's own first, then by age.
    rules: Vec<JudgedView>,
    /// Each promotion by age.
    promotions: Vec<JudgedView>,
    /// What the order would earn, pending points too.
    #[schema(value_type = i64)]
    total: Points,
    /// The balance as it is.
    #[schema(value_type = i64)]
    balance: Points,
    /// Each challenge by age.
    challenges: Vec<ChallengeJudgedView>,
    /// How rules and promotions come together.
    precedence: Vec<&'static str>,
}

/// What an order would do for a challenge.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChallengeJudged)]
pub(super) struct ChallengeJudgedView {
    /// The challenge's id.
    id: String,
    /// What the staff call it.
    name: String,
    /// What is to be done: times, pieces or minor units.
    goal: i64,
    /// What is done before it.
    before: i64,
    /// What is done after it, less what it wins.
    after: i64,
    /// How often it would be won.
    wins: i64,
    /// Points that it would give, beside the total.
    points: i64,
    /// The reward that it would give for each win, if it can be had.
    reward: Option<String>,
    /// Why nothing counts.
    reason: Option<ReasonView>,
}

impl From<ChallengeJudged> for ChallengeJudgedView {
    fn from(judged: ChallengeJudged) -> Self {
        let (listed, wins) = (judged.challenge, judged.wins);
        let prize = listed.body.then;
        Self {
            id: listed.id.unwrap_or_default(),
            name: listed.body.name,
            goal: listed.body.goal.amount(),
            before: judged.before,
            after: judged.after,
            wins,
            points: prize.points.saturating_mul(wins),
            reward: prize.reward.filter(|_| wins > 0).map(String::from),
            reason: judged.reason.map(ReasonView::from),
        }
    }
}

/// What became of a rule or promotion.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Judged)]
pub(super) struct JudgedView {
    /// Its id; null for the program's own rule.
    term: Option<String>,
    /// Its version.
    version: i64,
    /// What the staff call it.
    name: String,
    /// What it gives.
    #[schema(value_type = i64)]
    points: Points,
    /// Days until that can be spent.
    pending_days: u16,
    /// Why it gives nothing.
    reason: Option<ReasonView>,
    /// Why it gives so much.
    #[schema(value_type = Option<Object>)]
    explanation: Option<Explanation>,
}

/// Why a rule or promotion gives nothing.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Reason)]
pub(super) struct ReasonView {
    /// A stable code.
    code: &'static str,
    /// The place of the condition or limit, or of the other rule or promotion, from 0.
    place: Option<usize>,
    /// What a person reads.
    detail: &'static str,
}

impl From<Reason> for ReasonView {
    fn from(reason: Reason) -> Self {
        Self {
            code: reason.code(),
            place: reason.place(),
            detail: reason.words(),
        }
    }
}

impl From<Judged> for JudgedView {
    fn from(judged: Judged) -> Self {
        Self {
            term: judged.id,
            version: judged.version,
            name: judged.name,
            points: judged.points,
            pending_days: judged.pending_days,
            reason: judged.reason.map(ReasonView::from),
            explanation: judged.explanation,
        }
    }
}

/// Says what an order would earn and why, by the same rules; writes nothing.
#[utoipa::path(post, path = "/v1/orders/simulate", tag = "orders", request_body = OrderInput,
    responses((status = 200, description = "Each rule and promotion, and the sum", body = SimulationView)))]
pub(super) async fn simulate(
    state: Data<State>,
    posted: Posted<OrderInput>,
) -> Result<HttpResponse, Problem> {
    let Posted { caller, value } = posted;
    let new = check_order(value)?;
    let house = state.house.clone();
    let simulation = state
        .house
        .store
        .read(move |db| simulate_order(db, &house, caller.program.as_ref(), &new, house.now()))
        .await?;
    Ok(HttpResponse::Ok().json(SimulationView {
        rules: simulation.rules.into_iter().map(JudgedView::from).collect(),
        promotions: simulation.promotions.into_iter().map(JudgedView::from).collect(),
        total: simulation.total,
        balance: simulation.card.balance,
        challenges: simulation
            .challenges
            .into_iter()
            .map(ChallengeJudgedView::from)
            .collect(),
        precedence: PRECEDENCE.to_vec(),
    }))
}
