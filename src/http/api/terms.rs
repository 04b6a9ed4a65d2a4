//! Terms of a program: rules, promotions, rewards, tiers, challenges and segments, each by the same six routes.

use actix_web::http::StatusCode;
use actix_web::http::header::{ETAG, HeaderValue};
use actix_web::web::{self, Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::IntoParams;

use super::lists::{List, Page};
use super::programs::find_program;
use super::term_shapes::{
    ChallengeInput, ChallengePatch, ChallengeShape, ChallengeVersion, PromotionInput, PromotionPatch,
    PromotionShape, PromotionVersion, RewardInput, RewardPatch, RewardShape, RewardVersion, RuleInput,
    RulePatch, RuleShape, RuleVersion, SegmentInput, SegmentPatch, SegmentShape, SegmentVersion, TierInput,
    TierPatch, TierShape, TierVersion,
};
use super::{answer, respond};
use crate::actions::write_term::{archive_term, change_term, create_term, get_term, unknown_program};
use crate::actions::{ActionError, Answer, Code, Deed, TermKind, perform};
use crate::http::body::{Posted, Who, if_match, parse_value};
use crate::http::router::Router;
use crate::http::{Problem, State};
use crate::store::terms::{self, Term, TermVersion};
use crate::store::{Db, Tx};
use crate::types::{ProgramId, Time};

pub(super) fn configure(router: &mut Router) {
    rules::configure(router);
    promotions::configure(router);
    rewards::configure(router);
    tiers::configure(router);
    challenges::configure(router);
    segments::configure(router);
}

/// The fields of a body as they come: the action reads them, since an edit needs those that are stored.
type Fields = Map<String, Value>;

/// Which terms, where their list begins and how long it is.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct TermPage {
    /// The program's id, or `external:` and the caller's own id; a key for one program need not name it.
    program: Option<String>,
    /// 1 to 200; 50 if left out.
    limit: Option<i64>,
    /// The `next_cursor` of the list before.
    cursor: Option<String>,
}

/// A term in its present version.
#[derive(Serialize)]
struct TermView {
    id: String,
    program: ProgramId,
    version: i64,
    active: bool,
    created_at: Time,
    updated_at: Time,
    archived_at: Option<Time>,
    #[serde(flatten)]
    body: Fields,
}

/// A version that a term has or had.
#[derive(Serialize)]
struct VersionView {
    version: i64,
    actor: String,
    created_at: Time,
    #[serde(flatten)]
    body: Fields,
}

impl From<Term> for TermView {
    fn from(term: Term) -> Self {
        Self {
            body: serde_json::from_str(&term.body).unwrap_or_default(),
            id: term.id,
            program: term.program_id,
            version: term.version,
            active: term.is_active,
            created_at: term.created_at,
            updated_at: term.updated_at,
            archived_at: term.archived_at,
        }
    }
}

impl From<TermVersion> for VersionView {
    fn from(version: TermVersion) -> Self {
        Self {
            body: serde_json::from_str(&version.body).unwrap_or_default(),
            version: version.version,
            actor: version.actor,
            created_at: version.created_at,
        }
    }
}

async fn create_term_of(
    kind: TermKind,
    state: &State,
    posted: Posted<Fields>,
) -> Result<HttpResponse, Problem> {
    let Posted {
        caller,
        value: mut fields,
    } = posted;
    let named = fields.remove("program");
    let named: Option<String> = named.map_or(Ok(None), |value| parse_value(value, "/program"))?;
    let who = caller.clone();
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| {
        let find = |named: String| find_program(tx, &who, &named).map(|program| program.id);
        let program = named.map(find).transpose().map_err(|error| match error.code {
            Code::NotFound => unknown_program(),
            _ => error,
        })?;
        create_term(tx, deed, program, kind, fields)
    };
    let render = |term: &Term| answer(StatusCode::CREATED, &TermView::from(term.clone()));
    Ok(with_version(perform(&state.house, caller, deed, render).await?)?)
}

async fn list_terms_of(
    kind: TermKind,
    state: &State,
    who: Who,
    page: TermPage,
) -> Result<HttpResponse, Problem> {
    let TermPage {
        program,
        limit,
        cursor,
    } = page;
    let page = Page { limit, cursor };
    let (limit, after) = (page.limit()?, page.after::<String>()?);
    if after.as_deref().is_some_and(|after| !kind.is_id(after)) {
        return Err(ActionError::new(Code::BadCursor).into());
    }
    let list = move |db: &mut Db| {
        let program = match (program, &who.0.program) {
            (Some(named), _) => find_program(db, &who.0, &named)?.id,
            (None, Some(own)) => own.clone(),
            (None, None) => {
                let detail = "The key is for all programs; name one as `program`.";
                return Err(ActionError::with(Code::BadParameter, detail));
            }
        };
        Ok(terms::list(
            db,
            &program,
            kind.name(),
            after.as_deref(),
            limit + 1,
        )?)
    };
    let rows = state.house.store.read(list).await?;
    let list = List::of(rows, limit, |term: &Term| &term.id, TermView::from);
    Ok(HttpResponse::Ok().json(list))
}

async fn show_term_of(kind: TermKind, state: &State, who: Who, id: String) -> Result<HttpResponse, Problem> {
    let store = &state.house.store;
    let term = store.read(move |db| get_term(db, &who.0, kind, &id)).await?;
    Ok(with_version(answer(StatusCode::OK, &TermView::from(term)))?)
}

async fn change_term_of(
    kind: TermKind,
    state: &State,
    request: &HttpRequest,
    id: String,
    posted: Posted<Fields>,
) -> Result<HttpResponse, Problem> {
    let Posted { caller, value: patch } = posted;
    let version = if_match(request.headers())?;
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| change_term(tx, deed, kind, &id, version, patch);
    let render = |term: &Term| answer(StatusCode::OK, &TermView::from(term.clone()));
    Ok(with_version(perform(&state.house, caller, deed, render).await?)?)
}

/// Without an idempotency key: to take a thing away twice is to take it away.
async fn archive_term_of(
    kind: TermKind,
    state: &State,
    request: &HttpRequest,
    who: Who,
    id: String,
) -> Result<HttpResponse, Problem> {
    let version = if_match(request.headers())?;
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| archive_term(tx, deed, kind, &id, version);
    let render = |_: &Term| Answer {
        status: StatusCode::NO_CONTENT.as_u16(),
        body: String::new(),
        is_replay: false,
    };
    perform(&state.house, who.0, deed, render).await?;
    Ok(HttpResponse::NoContent().finish())
}

async fn list_versions_of(
    kind: TermKind,
    state: &State,
    who: Who,
    id: String,
    page: Page,
) -> Result<HttpResponse, Problem> {
    let (limit, before) = (page.limit()?, page.after::<i64>()?);
    let list = move |db: &mut Db| {
        let term = get_term(db, &who.0, kind, &id)?;
        Ok::<_, ActionError>(terms::list_versions(db, &term.id, before, limit + 1)?)
    };
    let versions = state.house.store.read(list).await?;
    let with_number = |version: TermVersion| (version.version.to_string(), version);
    let rows: Vec<_> = versions.into_iter().map(with_number).collect();
    let list = List::of(rows, limit, |row| &row.0, |row| VersionView::from(row.1));
    Ok(HttpResponse::Ok().json(list))
}

/// An answer with its version as a tag, to be sent back as `If-Match`.
fn with_version(answer: Answer) -> Result<HttpResponse, ActionError> {
    #[derive(Deserialize)]
    struct Versioned {
        version: i64,
    }
    let Versioned { version } = serde_json::from_str(&answer.body).map_err(ActionError::internal)?;
    let tag = HeaderValue::from_str(&format!("\"{version}\"")).map_err(ActionError::internal)?;
    let mut response = respond(answer)?;
    response.headers_mut().insert(ETAG, tag);
    Ok(response)
}

/// The six routes of a kind.
macro_rules! routes_of {
    (
        $(#[$doc:meta])* $module:ident: $kind:expr, $tag:literal, called $one:literal and $many:literal,
        at $all:literal $each:literal $versions:literal,
        shown as $input:ident $patch:ident $view:ident $version:ident
    ) => {
        $(#[$doc])*
        pub(super) mod $module {
            use super::*;

            pub(super) fn configure(router: &mut Router) {
                router
                    .route($all, web::post().to(create))
                    .route($all, web::get().to(list))
                    .route($each, web::get().to(show))
                    .route($each, web::patch().to(change))
                    .route($each, web::delete().to(archive))
                    .route($versions, web::get().to(list_versions));
            }

            #[utoipa::path(post, path = $all, tag = $tag, request_body = $input,
                summary = concat!("Writes a ", $one, "; it counts at once unless `active` is false."),
                params(("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
                responses((status = 201, description = "As it is kept", body = $view)))]
            pub(in crate::http::api) async fn create(
                state: Data<State>,
                posted: Posted<Fields>,
            ) -> Result<HttpResponse, Problem> {
                create_term_of($kind, &state, posted).await
            }

            #[utoipa::path(get, path = $all, tag = $tag, params(TermPage),
                summary = concat!("Lists the ", $many, " of a program, oldest first, without those that were taken away."),
                responses((status = 200, description = "A list", body = List<$view>)))]
            pub(in crate::http::api) async fn list(
                state: Data<State>,
                who: Who,
                page: Query<TermPage>,
            ) -> Result<HttpResponse, Problem> {
                list_terms_of($kind, &state, who, page.into_inner()).await
            }

            #[utoipa::path(get, path = $each, tag = $tag,
                summary = concat!("Shows a ", $one, ", also one that was taken away."),
                params(("id" = String, Path, description = "The id")),
                responses((status = 200, description = "The present version", body = $view)))]
            pub(in crate::http::api) async fn show(
                state: Data<State>,
                who: Who,
                id: Path<String>,
            ) -> Result<HttpResponse, Problem> {
                show_term_of($kind, &state, who, id.into_inner()).await
            }

            #[utoipa::path(patch, path = $each, tag = $tag, request_body = $patch,
                summary = concat!("Edits a ", $one, ": what is left out stays, null takes away what need not be there."),
                description = "Makes a new version, unless it changes nothing. Entries made before stay as they are.",
                params(("id" = String, Path, description = "The id"),
                       ("If-Match" = Option<String>, Header, description = "The version that the change is based on"),
                       ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
                responses((status = 200, description = "The present version", body = $view)))]
            pub(in crate::http::api) async fn change(
                state: Data<State>,
                request: HttpRequest,
                id: Path<String>,
                posted: Posted<Fields>,
            ) -> Result<HttpResponse, Problem> {
                change_term_of($kind, &state, &request, id.into_inner(), posted).await
            }

            #[utoipa::path(delete, path = $each, tag = $tag,
                summary = concat!("Takes a ", $one, " away for good; entries still name it."),
                params(("id" = String, Path, description = "The id"),
                       ("If-Match" = Option<String>, Header, description = "The version that was seen")),
                responses((status = 204, description = "It is taken away, or was before")))]
            pub(in crate::http::api) async fn archive(
                state: Data<State>,
                request: HttpRequest,
                who: Who,
                id: Path<String>,
            ) -> Result<HttpResponse, Problem> {
                archive_term_of($kind, &state, &request, who, id.into_inner()).await
            }

            #[utoipa::path(get, path = $versions, tag = $tag,
                summary = concat!("Lists the versions of a ", $one, ", newest first."),
                params(("id" = String, Path, description = "The id"), Page),
                responses((status = 200, description = "A list", body = List<$version>)))]
            pub(in crate::http::api) async fn list_versions(
                state: Data<State>,
                who: Who,
                id: Path<String>,
                page: Query<Page>,
            ) -> Result<HttpResponse, Problem> {
                list_versions_of($kind, &state, who, id.into_inner(), page.into_inner()).await
            }
        }
    };
}

routes_of! {
    /// What an order or event earns.
    rules: TermKind::Rule, "rules", called "rule" and "rules",
    at "/v1/rules" "/v1/rules/{id}" "/v1/rules/{id}/versions",
    shown as RuleInput RulePatch RuleShape RuleVersion
}

routes_of! {
    /// What is given on top for a time.
    promotions: TermKind::Promotion, "rules", called "promotion" and "promotions",
    at "/v1/promotions" "/v1/promotions/{id}" "/v1/promotions/{id}/versions",
    shown as PromotionInput PromotionPatch PromotionShape PromotionVersion
}

routes_of! {
    /// What members get for their points.
    rewards: TermKind::Reward, "rewards", called "reward" and "rewards",
    at "/v1/rewards" "/v1/rewards/{id}" "/v1/rewards/{id}/versions",
    shown as RewardInput RewardPatch RewardShape RewardVersion
}

routes_of! {
    /// What members reach.
    tiers: TermKind::Tier, "tiers", called "tier" and "tiers",
    at "/v1/tiers" "/v1/tiers/{id}" "/v1/tiers/{id}/versions",
    shown as TierInput TierPatch TierShape TierVersion
}

routes_of! {
    /// What members are to do within a time.
    challenges: TermKind::Challenge, "challenges", called "challenge" and "challenges",
    at "/v1/challenges" "/v1/challenges/{id}" "/v1/challenges/{id}/versions",
    shown as ChallengeInput ChallengePatch ChallengeShape ChallengeVersion
}

routes_of! {
    /// Which members are meant.
    segments: TermKind::Segment, "segments", called "segment" and "segments",
    at "/v1/segments" "/v1/segments/{id}" "/v1/segments/{id}/versions",
    shown as SegmentInput SegmentPatch SegmentShape SegmentVersion
}
