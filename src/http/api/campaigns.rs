//! Campaigns: messages to the members of a segment, on the cards in their wallets.

use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::lists::{List, Page};
use super::reach_views::{
    CampaignTestInput, CampaignTestView, EstimateView, ReactionView, ResultsQuery, RunView, UpliftView,
};
use super::shapes::TextShape;
use super::{answer, respond};
use crate::actions::approve_campaign::{Approval, approve_campaign, read_approval, refuse_campaign};
use crate::actions::change_campaign::{
    Start, cancel_campaign, change_campaign, create_campaign, get_campaign, pause_campaign, resume_campaign,
    schedule_campaign,
};
use crate::actions::foresee::{self, read_written};
use crate::actions::show_campaign::{CampaignResults, read_results};
use crate::actions::try_campaign::test_campaign;
use crate::actions::{ActionError, Caller, CardCode, Code, Deed, perform};
use crate::http::body::{Posted, Who, idempotency_key, if_match, parse_value};
use crate::http::router::Router;
use crate::http::{Problem, State};
use crate::store::campaigns::{self, CAMPAIGN, Campaign};
use crate::store::cards::Card;
use crate::store::{Db, Tx};
use crate::types::{CampaignId, ProgramId, Time};

pub(super) fn configure(router: &mut Router) {
    router
        .route("/v1/campaigns", web::post().to(create))
        .route("/v1/campaigns", web::get().to(list))
        .route("/v1/campaigns/{id}", web::get().to(show))
        .route("/v1/campaigns/{id}", web::patch().to(change))
        .route("/v1/campaigns/{id}/estimate", web::get().to(estimate))
        .route("/v1/campaigns/{id}/test", web::post().to(test))
        .route("/v1/campaigns/{id}/schedule", web::post().to(schedule))
        .route("/v1/campaigns/{id}/approve", web::post().to(approve))
        .route("/v1/campaigns/{id}/refuse", web::post().to(refuse))
        .route("/v1/campaigns/{id}/pause", web::post().to(pause))
        .route("/v1/campaigns/{id}/resume", web::post().to(resume))
        .route("/v1/campaigns/{id}/cancel", web::post().to(cancel))
        .route("/v1/campaigns/{id}/results", web::get().to(results));
}

/// The fields of a body as they come: the action reads them, since an edit needs those that are stored.
type Fields = Map<String, Value>;

/// A new campaign; it is a draft until it is scheduled.
#[derive(ToSchema)]
#[expect(dead_code, reason = "stands for fields that an action reads")]
pub(super) struct CampaignInput {
    /// The program; the key's own if it is of one.
    program: Option<String>,
    /// What the staff call it, 1 to 80 characters.
    name: String,
    /// The purpose that members must have agreed to; `marketing` if left out.
    topic: Option<String>,
    /// Who is meant: a criterion of segments. Either this or `segment`.
    #[schema(value_type = Option<Object>)]
    members: Option<Value>,
    /// Who is meant: the id of a saved segment.
    segment: Option<String>,
    /// 1 to 4 wordings; with several, each member hears one of them, always the same.
    arms: Vec<CampaignArm>,
    /// How many of a hundred members hear nothing, so that what it did can be seen, 0 to 50; 0 if left out.
    hold_out_percent: Option<u8>,
    /// What those are given who hear it: an offer.
    gives: Option<GivenShape>,
    /// Days that the message stays on the cards, 1 to 365; 7 if left out.
    shown_days: Option<u16>,
    /// The last day on which it stays on them, however many of these days are left; of what is sent once.
    #[schema(example = "2026-12-24")]
    shown_until: Option<String>,
    /// When it is sent; by hand if left out.
    schedule: Option<CampaignSchedule>,
}

/// What is to change of a draft; what is left out stays, null takes away what need not be there.
#[derive(ToSchema)]
#[expect(dead_code, reason = "stands for fields that an action reads")]
pub(super) struct CampaignPatch {
    /// What the staff call it.
    name: Option<String>,
    /// The purpose that members must have agreed to.
    topic: Option<String>,
    /// Who is meant: a criterion of segments.
    #[schema(value_type = Option<Object>)]
    members: Option<Value>,
    /// Who is meant: the id of a saved segment.
    segment: Option<String>,
    /// All wordings.
    arms: Option<Vec<CampaignArm>>,
    /// How many of a hundred members hear nothing.
    hold_out_percent: Option<u8>,
    /// What those are given who hear it.
    gives: Option<GivenShape>,
    /// Days that the message stays on the cards.
    shown_days: Option<u16>,
    /// The last day on which it stays on them.
    shown_until: Option<String>,
    /// When it is sent.
    schedule: Option<CampaignSchedule>,
}

/// What a campaign or an automation gives.
#[derive(ToSchema)]
#[schema(as = Given)]
#[expect(dead_code, reason = "stands for fields that an action reads")]
pub(super) struct GivenShape {
    /// So many points, 1 to 1,000,000.
    points: Option<i64>,
    /// The id of a reward, which then costs nothing.
    reward: Option<String>,
}

/// One of the wordings of a campaign.
#[derive(ToSchema)]
#[expect(dead_code, reason = "stands for fields that an action reads")]
pub(super) struct CampaignArm {
    /// What the card shows, up to 300 characters a language. `{first_name|friend}` and the like are filled in, the word
    /// after the bar where the member has none.
    text: TextShape,
    /// How many hear it beside the weights of the others; 1 if left out.
    weight: Option<u8>,
}

/// When a campaign is sent.
#[derive(ToSchema)]
#[expect(dead_code, reason = "stands for fields that an action reads")]
pub(super) struct CampaignSchedule {
    /// The first time, as clocks show it where the program is.
    #[schema(example = "2026-12-01T09:00")]
    at: String,
    /// `daily`, `weekly`, `monthly` or `yearly`; once if left out.
    repeats: Option<String>,
    /// The last day on which it comes again; no end if left out.
    #[schema(example = "2027-03-31")]
    until: Option<String>,
}

/// A campaign.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Campaign)]
pub(super) struct CampaignView {
    /// Its id.
    #[schema(value_type = String)]
    id: CampaignId,
    /// The program.
    #[schema(value_type = String)]
    program: ProgramId,
    /// `draft`, `awaiting_approval`, `scheduled`, `sending`, `paused`, `done` or `cancelled`.
    state: String,
    /// Counts changes; send it as `If-Match`.
    version: i64,
    /// How often it was begun.
    runs: i64,
    /// When it is begun next by itself.
    #[schema(value_type = Option<String>, format = DateTime)]
    next_at: Option<Time>,
    /// Who asked for its approval, while it waits or once it was refused.
    approval: Option<ApprovalView>,
    /// Who wrote it.
    created_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    /// When it last changed.
    #[schema(value_type = String, format = DateTime)]
    updated_at: Time,
    /// What it says, to whom and when.
    #[schema(value_type = Object)]
    #[serde(flatten)]
    body: Fields,
}

/// Who asked for a campaign's approval, and why it was refused.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CampaignApproval)]
pub(super) struct ApprovalView {
    /// Who asked.
    asked_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    asked_at: Time,
    /// Whether it begins as soon as it is approved, whatever its `schedule` says.
    now: bool,
    /// Who refused it.
    refused_by: Option<String>,
    /// Why.
    reason: Option<String>,
}

impl From<Approval> for ApprovalView {
    fn from(approval: Approval) -> Self {
        Self {
            asked_by: approval.asked_by,
            asked_at: approval.asked_at,
            now: approval.start == Start::Now,
            refused_by: approval.refused_by,
            reason: approval.reason,
        }
    }
}

/// Why a campaign is refused.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RefuseInput {
    /// Why, in 1 to 500 characters.
    reason: String,
}

/// How a campaign begins.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StartInput {
    /// Whether it begins at once, whatever its `schedule` says; it does not if left out.
    #[serde(default)]
    now: bool,
}

/// What a campaign did.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CampaignResults)]
pub(super) struct ResultsView {
    /// The campaign.
    campaign: CampaignView,
    /// How often it was begun, newest first, at most 100.
    runs: Vec<RunView>,
    /// What became of the first 50,000 members of the newest run, wording by wording.
    reactions: Vec<ReactionView>,
    /// Beside those who were held out; null where either group has fewer than 30 members.
    uplift: Option<UpliftView>,
}

impl CampaignView {
    fn new(row: Campaign) -> Result<Self, ActionError> {
        Ok(Self {
            body: serde_json::from_str(&row.body).map_err(ActionError::internal)?,
            approval: read_approval(&row)?.map(ApprovalView::from),
            id: row.id,
            program: row.program_id,
            state: row.state,
            version: row.version,
            runs: row.runs,
            next_at: row.next_at,
            created_by: row.created_by,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

impl ResultsView {
    fn new(found: CampaignResults) -> Result<Self, ActionError> {
        Ok(Self {
            campaign: CampaignView::new(found.campaign)?,
            runs: found.runs.into_iter().map(RunView::from).collect(),
            reactions: found.reactions.into_iter().map(ReactionView::from).collect(),
            uplift: found.uplift.map(UpliftView::from),
        })
    }
}

fn campaign_id(id: &str) -> Result<CampaignId, ActionError> {
    id.parse().map_err(|_| ActionError::new(Code::NotFound))
}

/// A deed that changes one campaign which is still at the version that was read.
type Change = fn(&mut Tx<'_>, &Deed, (&CampaignId, Option<i64>)) -> Result<Campaign, ActionError>;

async fn change_by(
    change: Change,
    state: &State,
    request: &HttpRequest,
    (id, caller): (&str, Caller),
) -> Result<HttpResponse, Problem> {
    let version = if_match(request.headers())?;
    let id = campaign_id(id)?;
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| CampaignView::new(change(tx, deed, (&id, version))?);
    let render = |view: &CampaignView| answer(StatusCode::OK, view);
    Ok(respond(perform(&state.house, caller, deed, render).await?)?)
}

/// Writes a campaign; it is a draft until it is scheduled.
#[utoipa::path(post, path = "/v1/campaigns", tag = "campaigns", operation_id = "create_campaign",
    request_body = CampaignInput,
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses((status = 201, description = "The campaign", body = CampaignView)))]
pub(super) async fn create(state: Data<State>, posted: Posted<Fields>) -> Result<HttpResponse, Problem> {
    let Posted {
        caller,
        value: mut fields,
    } = posted;
    let named = fields.remove("program");
    let named: Option<ProgramId> = named.map_or(Ok(None), |value| parse_value(value, "/program"))?;
    let program = named.or_else(|| caller.program.clone());
    let program = program
        .ok_or_else(|| ActionError::fault("/program", "missing", "Say of which program the campaign is."))?;
    let deed =
        move |tx: &mut Tx<'_>, deed: &Deed| CampaignView::new(create_campaign(tx, deed, &program, fields)?);
    let render = |view: &CampaignView| answer(StatusCode::CREATED, view);
    Ok(respond(perform(&state.house, caller, deed, render).await?)?)
}

/// Lists campaigns, drafts and ended ones too.
#[utoipa::path(get, path = "/v1/campaigns", tag = "campaigns", operation_id = "list_campaigns", params(Page),
    responses((status = 200, description = "Campaigns", body = List<CampaignView>)))]
pub(super) async fn list(state: Data<State>, who: Who, page: Query<Page>) -> Result<HttpResponse, Problem> {
    let (limit, after) = (page.limit()?, page.after::<CampaignId>()?);
    let program = who.0.program;
    let read = state.house.store.read(move |db| {
        Ok::<_, ActionError>(campaigns::list(
            db,
            (CAMPAIGN, program.as_ref()),
            after.as_ref(),
            limit + 1,
        )?)
    });
    let rows = List::of(read.await?, limit, |row: &Campaign| row.id.as_str(), |row| row);
    let views = rows.data.into_iter().map(CampaignView::new);
    let list = List {
        data: views.collect::<Result<Vec<_>, _>>()?,
        next_cursor: rows.next_cursor,
    };
    Ok(HttpResponse::Ok().json(list))
}

/// Shows a campaign.
#[utoipa::path(get, path = "/v1/campaigns/{id}", tag = "campaigns", operation_id = "show_campaign",
    params(("id" = String, Path, description = "The campaign's id")),
    responses((status = 200, description = "The campaign", body = CampaignView)))]
pub(super) async fn show(state: Data<State>, who: Who, id: Path<String>) -> Result<HttpResponse, Problem> {
    let id = campaign_id(&id)?;
    let read = state.house.store.read(move |db| get_campaign(db, &who.0, &id));
    Ok(HttpResponse::Ok().json(CampaignView::new(read.await?)?))
}

/// Changes a draft.
#[utoipa::path(patch, path = "/v1/campaigns/{id}", tag = "campaigns", operation_id = "change_campaign",
    request_body = CampaignPatch,
    params(("id" = String, Path, description = "The campaign's id"),
           ("If-Match" = Option<String>, Header, description = "The version that was read"),
           ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses((status = 200, description = "The campaign", body = CampaignView)))]
pub(super) async fn change(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    posted: Posted<Fields>,
) -> Result<HttpResponse, Problem> {
    let Posted { caller, value } = posted;
    let version = if_match(request.headers())?;
    let id = campaign_id(&id)?;
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| {
        CampaignView::new(change_campaign(tx, deed, (&id, version), value)?)
    };
    let render = |view: &CampaignView| answer(StatusCode::OK, view);
    Ok(respond(perform(&state.house, caller, deed, render).await?)?)
}

/// Counts who would hear a campaign if it were sent now.
#[utoipa::path(get, path = "/v1/campaigns/{id}/estimate", tag = "campaigns", operation_id = "estimate_campaign",
    params(("id" = String, Path, description = "The campaign's id")),
    responses((status = 200, description = "The counts", body = EstimateView)))]
pub(super) async fn estimate(
    state: Data<State>,
    who: Who,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let (id, now) = (campaign_id(&id)?, state.house.now());
    let read = move |db: &mut Db| {
        let campaign = get_campaign(db, &who.0, &id)?;
        read_written(db, &campaign)
    };
    let store = &state.house.store;
    let estimate = foresee::estimate(store, store.read(read).await?, now).await?;
    Ok(HttpResponse::Ok().json(EstimateView::from(estimate)))
}

/// Puts a wording on one card for an hour, whatever its holder agreed to: for whoever writes it.
#[utoipa::path(post, path = "/v1/campaigns/{id}/test", tag = "campaigns", operation_id = "test_campaign",
    request_body = CampaignTestInput,
    params(("id" = String, Path, description = "The campaign's id"),
           ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses((status = 200, description = "The card", body = CampaignTestView)))]
pub(super) async fn test(
    state: Data<State>,
    id: Path<String>,
    posted: Posted<CampaignTestInput>,
) -> Result<HttpResponse, Problem> {
    let Posted { caller, value } = posted;
    let id = campaign_id(&id)?;
    let code = CardCode::parse(&value.card).ok_or_else(|| ActionError::new(Code::UnknownCard))?;
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| {
        let campaign = get_campaign(tx, &deed.caller, &id)?;
        test_campaign(tx, deed, &campaign, (code.as_str(), value.arm))
    };
    let render = |card: &Card| answer(StatusCode::OK, &CampaignTestView::from(card));
    let done = perform(&state.house, caller, deed, render).await?;
    state.house.bell.ring();
    Ok(respond(done)?)
}

/// Lets a draft begin when it says, or now; where the program asks for approval, it waits for it.
#[utoipa::path(post, path = "/v1/campaigns/{id}/schedule", tag = "campaigns", operation_id = "schedule_campaign",
    request_body = StartInput,
    params(("id" = String, Path, description = "The campaign's id"),
           ("If-Match" = Option<String>, Header, description = "The version that was read"),
           ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses((status = 200, description = "The campaign", body = CampaignView)))]
pub(super) async fn schedule(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    posted: Posted<StartInput>,
) -> Result<HttpResponse, Problem> {
    let Posted { caller, value } = posted;
    let begin: Change = if value.now {
        |tx, deed, of| schedule_campaign(tx, deed, of, Start::Now)
    } else {
        |tx, deed, of| schedule_campaign(tx, deed, of, Start::AsWritten)
    };
    change_by(begin, &state, &request, (&id, caller)).await
}

/// Lets a campaign that waits for approval go on; not by whoever asked for it.
#[utoipa::path(post, path = "/v1/campaigns/{id}/approve", tag = "campaigns", operation_id = "approve_campaign",
    params(("id" = String, Path, description = "The campaign's id"),
           ("If-Match" = Option<String>, Header, description = "The version that was read"),
           ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses((status = 200, description = "The campaign", body = CampaignView)))]
pub(super) async fn approve(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    who: Who,
) -> Result<HttpResponse, Problem> {
    let mut caller = who.0;
    caller.idempotency = idempotency_key(&request, &caller, &[])?;
    change_by(approve_campaign, &state, &request, (&id, caller)).await
}

/// Makes a campaign that waits for approval a draft again, and says why.
#[utoipa::path(post, path = "/v1/campaigns/{id}/refuse", tag = "campaigns", operation_id = "refuse_campaign",
    request_body = RefuseInput,
    params(("id" = String, Path, description = "The campaign's id"),
           ("If-Match" = Option<String>, Header, description = "The version that was read"),
           ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses((status = 200, description = "The campaign", body = CampaignView)))]
pub(super) async fn refuse(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    posted: Posted<RefuseInput>,
) -> Result<HttpResponse, Problem> {
    let Posted { caller, value } = posted;
    let version = if_match(request.headers())?;
    let id = campaign_id(&id)?;
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| {
        CampaignView::new(refuse_campaign(tx, deed, (&id, version), &value.reason)?)
    };
    let render = |view: &CampaignView| answer(StatusCode::OK, view);
    Ok(respond(perform(&state.house, caller, deed, render).await?)?)
}

/// Holds a campaign up until somebody says to go on.
#[utoipa::path(post, path = "/v1/campaigns/{id}/pause", tag = "campaigns", operation_id = "pause_campaign",
    params(("id" = String, Path, description = "The campaign's id"),
           ("If-Match" = Option<String>, Header, description = "The version that was read"),
           ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses((status = 200, description = "The campaign", body = CampaignView)))]
pub(super) async fn pause(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    who: Who,
) -> Result<HttpResponse, Problem> {
    let mut caller = who.0;
    caller.idempotency = idempotency_key(&request, &caller, &[])?;
    change_by(pause_campaign, &state, &request, (&id, caller)).await
}

/// Lets a campaign go on; what it missed in between is not made up for.
#[utoipa::path(post, path = "/v1/campaigns/{id}/resume", tag = "campaigns", operation_id = "resume_campaign",
    params(("id" = String, Path, description = "The campaign's id"),
           ("If-Match" = Option<String>, Header, description = "The version that was read"),
           ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses((status = 200, description = "The campaign", body = CampaignView)))]
pub(super) async fn resume(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    who: Who,
) -> Result<HttpResponse, Problem> {
    let mut caller = who.0;
    caller.idempotency = idempotency_key(&request, &caller, &[])?;
    change_by(resume_campaign, &state, &request, (&id, caller)).await
}

/// Ends a campaign for good: nobody else hears it, and it is taken from the cards.
#[utoipa::path(post, path = "/v1/campaigns/{id}/cancel", tag = "campaigns", operation_id = "cancel_campaign",
    params(("id" = String, Path, description = "The campaign's id"),
           ("If-Match" = Option<String>, Header, description = "The version that was read"),
           ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses((status = 200, description = "The campaign", body = CampaignView)))]
pub(super) async fn cancel(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    who: Who,
) -> Result<HttpResponse, Problem> {
    let mut caller = who.0;
    caller.idempotency = idempotency_key(&request, &caller, &[])?;
    change_by(cancel_campaign, &state, &request, (&id, caller)).await
}

/// Shows what a campaign did: how far it came, and what those who heard it did beside those who were held out.
#[utoipa::path(get, path = "/v1/campaigns/{id}/results", tag = "campaigns", operation_id = "show_campaign_results",
    params(("id" = String, Path, description = "The campaign's id"), ResultsQuery),
    responses((status = 200, description = "The results", body = ResultsView)))]
pub(super) async fn results(
    state: Data<State>,
    who: Who,
    id: Path<String>,
    query: Query<ResultsQuery>,
) -> Result<HttpResponse, Problem> {
    let id = campaign_id(&id)?;
    let days = query.days()?;
    let read = move |db: &mut Db| {
        let campaign = get_campaign(db, &who.0, &id)?;
        read_results(db, campaign, days)
    };
    let found = state.house.store.read(read).await?;
    Ok(HttpResponse::Ok().json(ResultsView::new(found)?))
}
