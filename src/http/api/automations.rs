//! Automations: what members hear or are given when something happens to them.

use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::campaigns::{CampaignArm, GivenShape};
use super::lists::{List, Page};
use super::reach_views::{
    CampaignTestInput, CampaignTestView, EstimateView, ReactionView, ResultsQuery, RunView, UpliftView,
};
use super::{answer, respond};
use crate::actions::change_automation::{
    change_automation, create_automation, end_automation, get_automation, is_on, pause_automation,
    start_automation,
};
use crate::actions::foresee::{self, read_written};
use crate::actions::show_campaign::{CampaignResults, read_results};
use crate::actions::try_campaign::test_campaign;
use crate::actions::{ActionError, Caller, CardCode, Code, Deed, perform};
use crate::http::body::{Posted, Who, idempotency_key, if_match, parse_value};
use crate::http::router::Router;
use crate::http::{Problem, State};
use crate::store::campaigns::{self, AUTOMATION, CANCELLED, Campaign, DRAFT};
use crate::store::cards::Card;
use crate::store::{Db, Tx, automation_waits};
use crate::types::{CampaignId, ProgramId, Time};

/// Most members who wait that are counted.
const WAITING_MAX: i64 = 10_000;

pub(super) fn configure(router: &mut Router) {
    router
        .route("/v1/automations", web::post().to(create))
        .route("/v1/automations", web::get().to(list))
        .route("/v1/automations/{id}", web::get().to(show))
        .route("/v1/automations/{id}", web::patch().to(change))
        .route("/v1/automations/{id}", web::delete().to(end))
        .route("/v1/automations/{id}/estimate", web::get().to(estimate))
        .route("/v1/automations/{id}/test", web::post().to(test))
        .route("/v1/automations/{id}/start", web::post().to(start))
        .route("/v1/automations/{id}/pause", web::post().to(pause))
        .route("/v1/automations/{id}/results", web::get().to(results));
}

/// The fields of a body as they come: the action reads them, since an edit needs those that are stored.
type Fields = Map<String, Value>;

/// A new automation; it does nothing until it is started.
#[derive(ToSchema)]
#[expect(dead_code, reason = "stands for fields that an action reads")]
pub(super) struct AutomationInput {
    /// The program; the key's own if it is of one.
    program: Option<String>,
    /// What the staff call it, 1 to 80 characters.
    name: String,
    /// The purpose that members must have agreed to for its message; `marketing` if left out.
    topic: Option<String>,
    /// What sets it off: `joined`, `{"order": {"number": 2, "of": {"sku": [], "category": []}}}`, `{"event": "cart"}`,
    /// `tier_up`, `{"near_reward": 20}` (so many points are missing), `reward_ready`, `points_expiring` (the program
    /// gave notice of it), or `{"each_day": "09:00"}`: then it looks each day for all who are meant.
    #[schema(value_type = Object)]
    when: Value,
    /// Minutes between that and the message, up to a year; at once if left out. If it happens again meanwhile, they
    /// count anew.
    wait_minutes: Option<u32>,
    /// Up to 5 things that call it off while it waits: an `order`, an `event` or `tier_up`, written as in `when`.
    #[schema(value_type = Option<Vec<Object>>)]
    unless: Option<Vec<Value>>,
    /// Who is meant, asked when the wait is over: a criterion of segments. Everybody if neither this nor `segment` is
    /// there.
    #[schema(value_type = Option<Object>)]
    members: Option<Value>,
    /// Who is meant: the id of a saved segment.
    segment: Option<String>,
    /// 1 to 4 wordings; none if it only gives something.
    arms: Option<Vec<CampaignArm>>,
    /// What it gives, whether or not the member may hear of it.
    gives: Option<GivenShape>,
    /// Of whom webhooks get `message.due`: `never`, `unreachable` (who agreed and has the card in no wallet) or `always`;
    /// `never` if left out.
    webhook: Option<String>,
    /// Days for which a member is not meant again, up to 3,660. Nobody is meant twice on a day.
    again_after_days: Option<u16>,
    /// How many of a hundred members hear nothing and are given nothing, 0 to 50; 0 if left out.
    hold_out_percent: Option<u8>,
    /// Days that the message stays on the card, 1 to 365; 7 if left out.
    shown_days: Option<u16>,
}

/// What is to change of an automation; what is left out stays, null takes away what need not be there.
#[derive(ToSchema)]
#[expect(dead_code, reason = "stands for fields that an action reads")]
pub(super) struct AutomationPatch {
    /// What the staff call it.
    name: Option<String>,
    /// The purpose that members must have agreed to for its message.
    topic: Option<String>,
    /// What sets it off.
    #[schema(value_type = Option<Object>)]
    when: Option<Value>,
    /// Minutes between that and the message.
    wait_minutes: Option<u32>,
    /// What calls it off while it waits.
    #[schema(value_type = Option<Vec<Object>>)]
    unless: Option<Vec<Value>>,
    /// Who is meant: a criterion of segments.
    #[schema(value_type = Option<Object>)]
    members: Option<Value>,
    /// Who is meant: the id of a saved segment.
    segment: Option<String>,
    /// All wordings.
    arms: Option<Vec<CampaignArm>>,
    /// What it gives.
    gives: Option<GivenShape>,
    /// Of whom webhooks are told.
    webhook: Option<String>,
    /// Days for which a member is not meant again.
    again_after_days: Option<u16>,
    /// How many of a hundred members hear nothing and are given nothing.
    hold_out_percent: Option<u8>,
    /// Days that the message stays on the card.
    shown_days: Option<u16>,
}

/// An automation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Automation)]
pub(super) struct AutomationView {
    /// Its id.
    #[schema(value_type = String)]
    id: CampaignId,
    /// The program.
    #[schema(value_type = String)]
    program: ProgramId,
    /// `draft` until it is first started, `on`, `off` or `ended`.
    state: &'static str,
    /// Counts changes; send it as `If-Match`.
    version: i64,
    /// When it looks for members next, if it does so each day.
    #[schema(value_type = Option<String>, format = DateTime)]
    next_at: Option<Time>,
    /// Who wrote it.
    created_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    /// When it last changed.
    #[schema(value_type = String, format = DateTime)]
    updated_at: Time,
    /// What sets it off, and what it does.
    #[schema(value_type = Object)]
    #[serde(flatten)]
    body: Fields,
}

/// What an automation did.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AutomationResults)]
pub(super) struct ResultsView {
    /// The automation.
    automation: AutomationView,
    /// For how many members it waits, at most 10,000.
    waiting: i64,
    /// The days on which it did something, newest first, at most 100.
    runs: Vec<RunView>,
    /// What became of the first 50,000 members of these days, wording by wording.
    reactions: Vec<ReactionView>,
    /// Beside those who were held out; null where either group has fewer than 30 members.
    uplift: Option<UpliftView>,
}

impl AutomationView {
    fn new(row: Campaign) -> Result<Self, ActionError> {
        Ok(Self {
            body: serde_json::from_str(&row.body).map_err(ActionError::internal)?,
            state: match row.state.as_str() {
                DRAFT => "draft",
                CANCELLED => "ended",
                _ if is_on(&row) => "on",
                _ => "off",
            },
            id: row.id,
            program: row.program_id,
            version: row.version,
            next_at: row.next_at,
            created_by: row.created_by,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

impl ResultsView {
    fn new(found: CampaignResults, waiting: i64) -> Result<Self, ActionError> {
        Ok(Self {
            automation: AutomationView::new(found.campaign)?,
            waiting,
            runs: found.runs.into_iter().map(RunView::from).collect(),
            reactions: found.reactions.into_iter().map(ReactionView::from).collect(),
            uplift: found.uplift.map(UpliftView::from),
        })
    }
}

fn automation_id(id: &str) -> Result<CampaignId, ActionError> {
    id.parse().map_err(|_| ActionError::new(Code::NotFound))
}

/// A deed that changes one automation which is still at the version that was read.
type Change = fn(&mut Tx<'_>, &Deed, (&CampaignId, Option<i64>)) -> Result<Campaign, ActionError>;

async fn change_by(
    change: Change,
    state: &State,
    request: &HttpRequest,
    (id, mut caller): (&str, Caller),
) -> Result<HttpResponse, Problem> {
    caller.idempotency = idempotency_key(request, &caller, &[])?;
    let version = if_match(request.headers())?;
    let id = automation_id(id)?;
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| AutomationView::new(change(tx, deed, (&id, version))?);
    let render = |view: &AutomationView| answer(StatusCode::OK, view);
    Ok(respond(perform(&state.house, caller, deed, render).await?)?)
}

/// Writes an automation; it does nothing until it is started.
#[utoipa::path(post, path = "/v1/automations", tag = "automations", operation_id = "create_automation",
    request_body = AutomationInput,
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses((status = 201, description = "The automation", body = AutomationView)))]
pub(super) async fn create(state: Data<State>, posted: Posted<Fields>) -> Result<HttpResponse, Problem> {
    let Posted {
        caller,
        value: mut fields,
    } = posted;
    let named = fields.remove("program");
    let named: Option<ProgramId> = named.map_or(Ok(None), |value| parse_value(value, "/program"))?;
    let program = named.or_else(|| caller.program.clone());
    let program = program.ok_or_else(|| {
        ActionError::fault("/program", "missing", "Say of which program the automation is.")
    })?;
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| {
        AutomationView::new(create_automation(tx, deed, &program, fields)?)
    };
    let render = |view: &AutomationView| answer(StatusCode::CREATED, view);
    Ok(respond(perform(&state.house, caller, deed, render).await?)?)
}

/// Lists automations, ended ones too.
#[utoipa::path(get, path = "/v1/automations", tag = "automations", operation_id = "list_automations", params(Page),
    responses((status = 200, description = "Automations", body = List<AutomationView>)))]
pub(super) async fn list(state: Data<State>, who: Who, page: Query<Page>) -> Result<HttpResponse, Problem> {
    let (limit, after) = (page.limit()?, page.after::<CampaignId>()?);
    let program = who.0.program;
    let read = state.house.store.read(move |db| {
        let kind = (AUTOMATION, program.as_ref());
        Ok::<_, ActionError>(campaigns::list(db, kind, after.as_ref(), limit + 1)?)
    });
    let rows = List::of(read.await?, limit, |row: &Campaign| row.id.as_str(), |row| row);
    let views = rows.data.into_iter().map(AutomationView::new);
    let list = List {
        data: views.collect::<Result<Vec<_>, _>>()?,
        next_cursor: rows.next_cursor,
    };
    Ok(HttpResponse::Ok().json(list))
}

/// Shows an automation.
#[utoipa::path(get, path = "/v1/automations/{id}", tag = "automations", operation_id = "show_automation",
    params(("id" = String, Path, description = "The automation's id")),
    responses((status = 200, description = "The automation", body = AutomationView)))]
pub(super) async fn show(state: Data<State>, who: Who, id: Path<String>) -> Result<HttpResponse, Problem> {
    let id = automation_id(&id)?;
    let read = state.house.store.read(move |db| get_automation(db, &who.0, &id));
    Ok(HttpResponse::Ok().json(AutomationView::new(read.await?)?))
}

/// Changes an automation, on or off. Whoever waits already waits as long as was said then.
#[utoipa::path(patch, path = "/v1/automations/{id}", tag = "automations", operation_id = "change_automation",
    request_body = AutomationPatch,
    params(("id" = String, Path, description = "The automation's id"),
           ("If-Match" = Option<String>, Header, description = "The version that was read"),
           ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses((status = 200, description = "The automation", body = AutomationView)))]
pub(super) async fn change(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    posted: Posted<Fields>,
) -> Result<HttpResponse, Problem> {
    let Posted { caller, value } = posted;
    let version = if_match(request.headers())?;
    let id = automation_id(&id)?;
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| {
        AutomationView::new(change_automation(tx, deed, (&id, version), value)?)
    };
    let render = |view: &AutomationView| answer(StatusCode::OK, view);
    Ok(respond(perform(&state.house, caller, deed, render).await?)?)
}

/// Counts whom an automation would mean now, and who of them could hear it.
#[utoipa::path(get, path = "/v1/automations/{id}/estimate", tag = "automations", operation_id = "estimate_automation",
    params(("id" = String, Path, description = "The automation's id")),
    responses((status = 200, description = "The counts", body = EstimateView)))]
pub(super) async fn estimate(
    state: Data<State>,
    who: Who,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let (id, now) = (automation_id(&id)?, state.house.now());
    let read = move |db: &mut Db| {
        let automation = get_automation(db, &who.0, &id)?;
        read_written(db, &automation)
    };
    let store = &state.house.store;
    let estimate = foresee::estimate(store, store.read(read).await?, now).await?;
    Ok(HttpResponse::Ok().json(EstimateView::from(estimate)))
}

/// Puts a wording on one card for an hour, whatever its holder agreed to: for whoever writes it.
#[utoipa::path(post, path = "/v1/automations/{id}/test", tag = "automations", operation_id = "test_automation",
    request_body = CampaignTestInput,
    params(("id" = String, Path, description = "The automation's id"),
           ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses((status = 200, description = "The card", body = CampaignTestView)))]
pub(super) async fn test(
    state: Data<State>,
    id: Path<String>,
    posted: Posted<CampaignTestInput>,
) -> Result<HttpResponse, Problem> {
    let Posted { caller, value } = posted;
    let id = automation_id(&id)?;
    let code = CardCode::parse(&value.card).ok_or_else(|| ActionError::new(Code::UnknownCard))?;
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| {
        let automation = get_automation(tx, &deed.caller, &id)?;
        test_campaign(tx, deed, &automation, (code.as_str(), value.arm))
    };
    let render = |card: &Card| answer(StatusCode::OK, &CampaignTestView::from(card));
    let done = perform(&state.house, caller, deed, render).await?;
    state.house.bell.ring();
    Ok(respond(done)?)
}

/// Switches an automation on. What happened before does not set it off.
#[utoipa::path(post, path = "/v1/automations/{id}/start", tag = "automations", operation_id = "start_automation",
    params(("id" = String, Path, description = "The automation's id"),
           ("If-Match" = Option<String>, Header, description = "The version that was read"),
           ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses((status = 200, description = "The automation", body = AutomationView)))]
pub(super) async fn start(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    who: Who,
) -> Result<HttpResponse, Problem> {
    change_by(start_automation, &state, &request, (&id, who.0)).await
}

/// Switches an automation off; who is due meanwhile hears nothing.
#[utoipa::path(post, path = "/v1/automations/{id}/pause", tag = "automations", operation_id = "pause_automation",
    params(("id" = String, Path, description = "The automation's id"),
           ("If-Match" = Option<String>, Header, description = "The version that was read"),
           ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses((status = 200, description = "The automation", body = AutomationView)))]
pub(super) async fn pause(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    who: Who,
) -> Result<HttpResponse, Problem> {
    change_by(pause_automation, &state, &request, (&id, who.0)).await
}

/// Ends an automation for good, and takes its message from the cards; what it did stays to be seen.
#[utoipa::path(delete, path = "/v1/automations/{id}", tag = "automations", operation_id = "end_automation",
    params(("id" = String, Path, description = "The automation's id"),
           ("If-Match" = Option<String>, Header, description = "The version that was read"),
           ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses((status = 200, description = "The automation", body = AutomationView)))]
pub(super) async fn end(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    who: Who,
) -> Result<HttpResponse, Problem> {
    change_by(end_automation, &state, &request, (&id, who.0)).await
}

/// Shows what an automation did day by day, and what those who heard it did beside those who were held out.
#[utoipa::path(get, path = "/v1/automations/{id}/results", tag = "automations",
    operation_id = "show_automation_results",
    params(("id" = String, Path, description = "The automation's id"), ResultsQuery),
    responses((status = 200, description = "The results", body = ResultsView)))]
pub(super) async fn results(
    state: Data<State>,
    who: Who,
    id: Path<String>,
    query: Query<ResultsQuery>,
) -> Result<HttpResponse, Problem> {
    let (id, days) = (automation_id(&id)?, query.days()?);
    let read = move |db: &mut Db| {
        let automation = get_automation(db, &who.0, &id)?;
        let waiting = automation_waits::count(db, &id, WAITING_MAX)?;
        Ok::<_, ActionError>((read_results(db, automation, days)?, waiting))
    };
    let (found, waiting) = state.house.store.read(read).await?;
    Ok(HttpResponse::Ok().json(ResultsView::new(found, waiting)?))
}
