//! Programs and their designs.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::http::header::{ETAG, HeaderValue};
use actix_web::web::{self, Bytes, Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::lists::{List, Page};
use super::shapes::{PolicyShape, TextShape};
use super::views::{Earning, ProgramView};
use super::{answer, respond};
use crate::actions::change_program::{ProgramChange, change_program};
use crate::actions::create_program::{NewProgram, create_program};
use crate::actions::publish_design::{check_design, publish_design};
use crate::actions::write_term::unknown_program;
use crate::actions::{ActionError, Caller, Code, Deed, Fault, House, perform};
use crate::http::body::{Body, Posted, Who, if_match, parse_value};
use crate::http::error::FaultView;
use crate::http::router::Router;
use crate::http::{Problem, State};
use crate::loyalty::design::Design;
use crate::loyalty::earning::BaseRule;
use crate::loyalty::policy::Policy;
use crate::store::programs::{self, Program};
use crate::store::{Db, Tx, designs};
use crate::types::{Currency, DesignId, Language, ProgramId, Text, Zone, sha256_hex};

pub(super) fn configure(router: &mut Router) {
    router
        .route("/v1/programs", web::post().to(create))
        .route("/v1/programs", web::get().to(list))
        .route("/v1/programs/{id}", web::get().to(show))
        .route("/v1/programs/{id}", web::patch().to(change))
        .route("/v1/programs/{id}/design", web::put().to(publish))
        .route("/v1/programs/{id}/design", web::get().to(show_design));
}

/// A new program.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProgramInput {
    /// Its name on cards: a text, or texts by language.
    #[schema(value_type = TextShape, example = "Café Aroma")]
    name: Text,
    /// Its name in addresses; made from the name if left out.
    slug: Option<String>,
    /// The caller's own id.
    external_id: Option<String>,
    /// What its points are called; `points` if left out.
    #[schema(value_type = Option<TextShape>)]
    point_name: Option<Text>,
    /// The language of members who name none; `en` if left out.
    #[schema(value_type = Option<String>)]
    language: Option<Language>,
    /// The currency of its orders.
    #[schema(value_type = String, example = "EUR")]
    currency: Currency,
    /// What an order earns; one point for each whole unit if left out.
    earning: Option<Earning>,
    /// Points for signing up, once.
    #[serde(default)]
    signup_bonus: i64,
    /// Where its days begin, by the IANA database; `UTC` if left out.
    #[schema(value_type = Option<String>, example = "Europe/Berlin")]
    time_zone: Option<Zone>,
    /// What earns nothing and how long points live; nothing and for ever if left out.
    #[serde(default)]
    #[schema(value_type = Option<PolicyShape>)]
    policy: Policy,
    /// Its own Apple pass type, if a certificate for it is configured.
    apple_pass_type: Option<String>,
}

/// What is to change of a program; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProgramPatch {
    /// Its name on cards.
    #[schema(value_type = Option<TextShape>)]
    name: Option<Text>,
    /// What its points are called.
    #[schema(value_type = Option<TextShape>)]
    point_name: Option<Text>,
    /// The language of members who name none.
    #[schema(value_type = Option<String>)]
    language: Option<Language>,
    /// What an order earns from now on.
    earning: Option<Earning>,
    /// Points for signing up.
    signup_bonus: Option<i64>,
    /// Where its days begin.
    #[schema(value_type = Option<String>)]
    time_zone: Option<Zone>,
    /// What earns nothing and how long points live from now on.
    #[schema(value_type = Option<PolicyShape>)]
    policy: Option<Policy>,
}

/// Creates a program, with a design of its own from the first moment.
#[utoipa::path(post, path = "/v1/programs", tag = "programs", request_body = ProgramInput,
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses((status = 201, description = "The program", body = ProgramView)))]
pub(super) async fn create(
    state: Data<State>,
    posted: Posted<ProgramInput>,
) -> Result<HttpResponse, Problem> {
    let Posted { caller, value: input } = posted;
    let new = NewProgram {
        external_id: input.external_id,
        slug: input.slug,
        name: input.name,
        point_name: input.point_name.unwrap_or_else(|| Text::plain("points")),
        language: input.language.unwrap_or_else(Language::english),
        earning: match input.earning {
            Some(earning) => earning.into(),
            None => BaseRule {
                points: 1,
                per_minor: input.currency.minor_per_unit(),
            },
        },
        currency: input.currency,
        signup_bonus: input.signup_bonus,
        time_zone: input.time_zone.unwrap_or(Zone::UTC),
        policy: input.policy,
        apple_pass_type: input.apple_pass_type,
    };
    let house = state.house.clone();
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| create_program(tx, deed, new);
    let render =
        move |program: &Program| answer(StatusCode::CREATED, &ProgramView::new(&house, program.clone()));
    Ok(respond(perform(&state.house, caller, deed, render).await?)?)
}

/// Lists the programs that the key may see.
#[utoipa::path(get, path = "/v1/programs", tag = "programs", params(Page),
    responses((status = 200, description = "Programs", body = List<ProgramView>)))]
pub(super) async fn list(state: Data<State>, who: Who, page: Query<Page>) -> Result<HttpResponse, Problem> {
    let (limit, after) = (page.limit()?, page.after::<ProgramId>()?);
    let only = who.0.program;
    let rows = state
        .house
        .store
        .read(move |db| Ok::<_, ActionError>(programs::list(db, only.as_ref(), after.as_ref(), limit + 1)?))
        .await?;
    let view = |program| ProgramView::new(&state.house, program);
    Ok(HttpResponse::Ok().json(List::of(
        rows,
        limit,
        |program: &Program| program.id.as_str(),
        view,
    )))
}

/// Shows a program, by its id or as `external:…`.
#[utoipa::path(get, path = "/v1/programs/{id}", tag = "programs",
    params(("id" = String, Path, description = "The id, or `external:` and the caller's own id")),
    responses((status = 200, description = "The program", body = ProgramView)))]
pub(super) async fn show(state: Data<State>, who: Who, id: Path<String>) -> Result<HttpResponse, Problem> {
    let program = state
        .house
        .store
        .read(move |db| find_program(db, &who.0, &id))
        .await?;
    Ok(with_version(&state.house, program))
}

/// Changes a program's terms; entries made before stay as they are.
#[utoipa::path(patch, path = "/v1/programs/{id}", tag = "programs", request_body = ProgramPatch,
    params(("id" = String, Path, description = "The id, or `external:` and the caller's own id"),
           ("If-Match" = Option<String>, Header, description = "The version that the change is based on")),
    responses((status = 200, description = "The program", body = ProgramView)))]
pub(super) async fn change(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    posted: Posted<ProgramPatch>,
) -> Result<HttpResponse, Problem> {
    let Posted { caller, value } = posted;
    let version = if_match(request.headers())?;
    let change = ProgramChange {
        name: value.name,
        point_name: value.point_name,
        language: value.language,
        earning: value.earning.map(BaseRule::from),
        signup_bonus: value.signup_bonus,
        time_zone: value.time_zone,
        policy: value.policy,
    };
    let house = state.house.clone();
    let who = caller.clone();
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| {
        let program = find_program(tx, &who, &id)?;
        change_program(tx, deed, &program.id, version, change)
    };
    let render = move |program: &Program| answer(StatusCode::OK, &ProgramView::new(&house, program.clone()));
    Ok(respond(perform(&state.house, caller, deed, render).await?)?)
}

/// A published version of a look.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Design)]
pub(super) struct DesignView {
    /// Its id.
    #[schema(value_type = String)]
    id: DesignId,
    /// Counts the versions of the program from 1.
    number: i64,
    /// The design, its images as SHA-256.
    #[schema(value_type = Object)]
    design: Design,
    /// What a phone would drop or show badly.
    warnings: Vec<FaultView>,
}

/// Publishes a new version of the look. Images come as `{"data": base64}` or `{"sha256": …}`.
#[utoipa::path(put, path = "/v1/programs/{id}/design", tag = "programs", request_body = Object,
    params(("id" = String, Path, description = "The id, or `external:` and the caller's own id"),
           ("If-Match" = Option<String>, Header, description = "The program's version that this is based on")),
    responses((status = 200, description = "The published version", body = DesignView)))]
pub(super) async fn publish(
    state: Data<State>,
    request: HttpRequest,
    who: Who,
    id: Path<String>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let version = if_match(request.headers())?;
    let caller = who.0.clone();
    let program = state
        .house
        .store
        .read(move |db| find_program(db, &who.0, &id))
        .await?;
    let (design, uploads) = web::block(move || read_design(&body.0))
        .await
        .map_err(ActionError::internal)??;
    let checked = check_design(&state.house, program.name, design, uploads).await?;
    let id = program.id;
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| publish_design(tx, deed, &id, version, &checked);
    let render = |published: &crate::actions::publish_design::Published| {
        let warnings = published.warnings.iter().cloned().map(FaultView::from).collect();
        let view = DesignView {
            id: published.id.clone(),
            number: published.number,
            design: published.design.clone(),
            warnings,
        };
        answer(StatusCode::OK, &view)
    };
    Ok(respond(perform(&state.house, caller, deed, render).await?)?)
}

/// Shows the published look.
#[utoipa::path(get, path = "/v1/programs/{id}/design", tag = "programs",
    params(("id" = String, Path, description = "The id, or `external:` and the caller's own id")),
    responses((status = 200, description = "The published version", body = DesignView)))]
pub(super) async fn show_design(
    state: Data<State>,
    who: Who,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let row = state
        .house
        .store
        .read(move |db| {
            let program = find_program(db, &who.0, &id)?;
            let design = program
                .design_id
                .ok_or_else(|| ActionError::new(Code::NoDesign))?;
            Ok::<_, ActionError>(designs::get(db, &design)?)
        })
        .await?;
    let design: Design = serde_json::from_str(&row.body).map_err(ActionError::internal)?;
    Ok(HttpResponse::Ok().json(DesignView {
        id: row.id,
        number: row.number,
        design,
        warnings: Vec::new(),
    }))
}

fn with_version(house: &House, program: Program) -> HttpResponse {
    let tag = HeaderValue::from_str(&format!("\"{}\"", program.version)).ok();
    let mut response = HttpResponse::Ok().json(ProgramView::new(house, program));
    if let Some(tag) = tag {
        response.headers_mut().insert(ETAG, tag);
    }
    response
}

/// The program that an address names and the caller may see.
pub(super) fn find_program(db: &mut Db, caller: &Caller, id: &str) -> Result<Program, ActionError> {
    let missing = || ActionError::new(Code::NotFound);
    let program = match id.strip_prefix("external:") {
        Some(external) => programs::find_by_external_id(db, external)?.ok_or_else(missing)?,
        None => programs::get(db, &id.parse::<ProgramId>().map_err(|_| missing())?)?,
    };
    caller.check_sees(&program.id)?;
    Ok(program)
}

/// The program that a body names, by its id or `external:` and the caller's own; the caller's, if it names none.
pub(super) fn find_named_program(
    db: &mut Db,
    caller: &Caller,
    named: Option<&str>,
) -> Result<Program, ActionError> {
    match (named, &caller.program) {
        (Some(named), _) => match find_program(db, caller, named) {
            Err(error) if error.code == Code::NotFound => Err(unknown_program()),
            found => found,
        },
        (None, Some(own)) => Ok(programs::get(db, own)?),
        (None, None) => Err(ActionError::fault("/program", "required", "Name the program.")),
    }
}

/// Most images of one design.
const IMAGES_MAX: usize = 120;

/// An image as it comes in a body.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ImageInput {
    data: Option<String>,
    sha256: Option<String>,
}

/// Reads a design whose images are bytes in base 64 or the SHA-256 of what is stored.
fn read_design(body: &[u8]) -> Result<(Design, BTreeMap<String, Bytes>), ActionError> {
    let mut whole: Map<String, Value> = crate::http::body::parse(body)?;
    let images: BTreeMap<String, Value> = match whole.remove("images") {
        Some(images) => parse_value(images, "/images")?,
        None => BTreeMap::new(),
    };
    if images.len() > IMAGES_MAX {
        return Err(ActionError::fault(
            "/images",
            "too_many",
            "A design has at most 120 images.",
        ));
    }
    let mut hashes = Map::new();
    let mut uploads = BTreeMap::new();
    let mut faults = Vec::new();
    for (name, value) in images {
        let pointer = format!("/images/{}", name.replace('~', "~0").replace('/', "~1"));
        match read_image(value, &pointer) {
            Ok((sha256, bytes)) => {
                hashes.insert(name, Value::String(sha256.clone()));
                if let Some(bytes) = bytes {
                    uploads.insert(sha256, bytes);
                }
            }
            Err(error) => faults.extend(error.faults),
        }
    }
    if !faults.is_empty() {
        return Err(ActionError::invalid(faults));
    }
    whole.insert("images".to_owned(), Value::Object(hashes));
    Ok((parse_value(Value::Object(whole), "")?, uploads))
}

fn read_image(value: Value, pointer: &str) -> Result<(String, Option<Bytes>), ActionError> {
    let input: ImageInput = parse_value(value, pointer)?;
    match (input.data, input.sha256) {
        (Some(data), None) => {
            let bytes = STANDARD.decode(data).map_err(|fault| {
                let detail = format!("The image's `data` is not base 64: {fault}.");
                ActionError::invalid(vec![Fault::new(format!("{pointer}/data"), "bad_base64", detail)])
            })?;
            Ok((sha256_hex(&bytes), Some(Bytes::from(bytes))))
        }
        (None, Some(sha256)) => Ok((sha256.to_lowercase(), None)),
        _ => Err(ActionError::fault(
            pointer,
            "one_of",
            "An image has either `data` or `sha256`.",
        )),
    }
}
