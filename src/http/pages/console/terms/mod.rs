//! What the program promises: rules and promotions as sentences, tried on an order; and the rewards.

mod challenge_form;
mod challenges;
mod edit;
mod one;
mod phrases;
mod picture;
mod promotion_form;
mod replay;
mod reward;
mod rewards;
mod rule;
mod rule_form;
mod rules;
mod segment_fields;
mod segment_form;
mod segment_phrases;
mod segment_said;
mod segments;
mod tier_form;
mod tiers;
mod tongues;
mod trial;

use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::{Map, Value, json};

pub(super) use self::challenges::{list_rewards, reward_name};
pub(super) use self::phrases::DAYS;
pub(super) use self::rewards::NameField;

pub(super) use self::segments::list_named;
pub(super) use self::tongues::Shown;

use self::challenge_form::ChallengeForm;
use self::promotion_form::PromotionForm;
use self::rule_form::RuleForm;
use self::segment_form::SegmentForm;
use self::tier_form::TierForm;
use super::super::desk::Desk;
use super::super::forms::{guarded, malformed};
use super::super::leading::lead_to;
use crate::actions::write_term::{archive_term, change_term};
use crate::actions::{ActionError, Code, TermKind};
use crate::http::body::Body;
use crate::http::router::Router;
use crate::http::{Problem, State};
use crate::store::terms::{self, Term};

/// Most terms of a kind that are listed.
const TERMS_MAX: i64 = 200;

/// Adds the routes.
pub(super) fn configure(router: &mut Router) {
    router
        .route("/console/rules", web::get().to(rules::show))
        .route("/console/rules", web::post().to(rules::add))
        .route("/console/promotions", web::post().to(rules::add_promotion))
        .route("/console/rules/try", web::get().to(trial::show))
        .route("/console/rules/{id}", web::get().to(one::show::<RuleForm>))
        .route("/console/rules/{id}", web::post().to(one::save::<RuleForm>))
        .route(
            "/console/promotions/{id}",
            web::get().to(one::show::<PromotionForm>),
        )
        .route(
            "/console/promotions/{id}",
            web::post().to(one::save::<PromotionForm>),
        )
        .route("/console/tiers", web::get().to(tiers::show))
        .route("/console/tiers", web::post().to(tiers::add))
        .route("/console/tiers/{id}", web::get().to(one::show::<TierForm>))
        .route("/console/tiers/{id}", web::post().to(one::save::<TierForm>))
        .route("/console/tiers/{id}/end", web::post().to(one::end::<TierForm>))
        .route("/console/challenges", web::get().to(challenges::show))
        .route("/console/challenges", web::post().to(challenges::add))
        .route(
            "/console/challenges/{id}",
            web::get().to(one::show::<ChallengeForm>),
        )
        .route(
            "/console/challenges/{id}",
            web::post().to(one::save::<ChallengeForm>),
        )
        .route(
            "/console/challenges/{id}/end",
            web::post().to(one::end::<ChallengeForm>),
        )
        .route("/console/rewards", web::get().to(rewards::show))
        .route("/console/rewards", web::post().to(rewards::add))
        .route("/console/rewards/{id}", web::get().to(reward::show))
        .route("/console/rewards/{id}", web::post().to(reward::save))
        .route("/console/segments", web::get().to(segments::show))
        .route("/console/segments", web::post().to(segments::add))
        .route("/console/segments/{id}", web::get().to(one::show::<SegmentForm>))
        .route("/console/segments/{id}", web::post().to(segments::save))
        .route(
            "/console/segments/{id}/end",
            web::post().to(one::end::<SegmentForm>),
        )
        .route("/console/terms/{id}", web::post().to(turn));
}

/// What becomes of a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Turn {
    Pause,
    Resume,
    Archive,
}

#[derive(Debug, Deserialize)]
struct TurnForm {
    #[serde(default)]
    token: String,
    turn: Turn,
}

guarded!(TurnForm);

/// Pauses a term, lets it go on, or takes it away for good.
async fn turn(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (desk, form): (Desk, TurnForm) = Desk::take(&state, &request, &body.0).await?;
    let id = id.into_inner();
    let known = [
        TermKind::Rule,
        TermKind::Promotion,
        TermKind::Reward,
        TermKind::Tier,
        TermKind::Challenge,
    ];
    let kind = known.into_iter().find(|kind| kind.is_id(&id));
    let kind = kind.ok_or_else(|| ActionError::new(Code::NotFound))?;
    if form.turn == Turn::Archive && matches!(kind, TermKind::Tier | TermKind::Challenge) {
        return Err(malformed().into());
    }
    let turned = desk
        .act(move |tx, deed| match form.turn {
            Turn::Archive => archive_term(tx, deed, kind, &id, None),
            turn => {
                let patch = fields(json!({ "active": turn == Turn::Resume }))?;
                change_term(tx, deed, kind, &id, None, patch)
            }
        })
        .await;
    let said = match turned {
        Ok(_) if form.turn == Turn::Archive => "gone",
        Ok(_) => "turned",
        // Another one took its place meanwhile, or what it names is gone.
        Err(error) if form.turn == Turn::Resume && refused(&error).is_some() => "not-turned",
        Err(error) => return Err(error.into()),
    };
    let room = match kind {
        TermKind::Reward => "rewards",
        TermKind::Tier => "tiers",
        TermKind::Challenge => "challenges",
        TermKind::Rule | TermKind::Promotion => "rules",
        TermKind::Segment => "segments",
    };
    Ok(lead_to(&desk.link(&format!("/console/{room}?done={said}"))))
}

/// An object's fields.
fn fields(body: Value) -> Result<Map<String, Value>, ActionError> {
    match body {
        Value::Object(fields) => Ok(fields),
        _ => Err(ActionError::internal("a term is not an object")),
    }
}

/// The program's terms of a kind, oldest first.
async fn list(desk: &Desk, kind: TermKind) -> Result<Vec<Term>, ActionError> {
    let program = desk.program.id.clone();
    let read = desk
        .state
        .house
        .store
        .read(move |db| terms::list(db, &program, kind.name(), None, TERMS_MAX));
    Ok(read.await?)
}

/// A way to another part of what the program promises.
struct Door {
    name: &'static str,
    address: String,
    is_current: bool,
}

/// What the program promises, beside the rewards.
fn doors(desk: &Desk, current: &str) -> Vec<Door> {
    let all = [
        ("console-rules", "/console/rules"),
        ("tiers", "/console/tiers"),
        ("challenges", "/console/challenges"),
        ("surveys-title", "/console/surveys"),
    ];
    all.into_iter()
        .map(|(name, address)| Door {
            name,
            is_current: address == current,
            address: desk.link(address),
        })
        .collect()
}

/// Whether whoever looks may write.
pub(super) fn may_write(desk: &Desk) -> bool {
    use crate::types::Role::{Manager, Marketer, Owner};
    matches!(desk.signed_in.staff.role, Owner | Manager | Marketer)
}

/// What was done last, as the address says.
fn done(request: &HttpRequest) -> Option<&'static str> {
    let said = request
        .query_string()
        .split('&')
        .find_map(|pair| pair.strip_prefix("done="))?;
    match said {
        "added" => Some("terms-added"),
        "saved" => Some("terms-saved"),
        "gone" => Some("terms-gone"),
        "turned" => Some("terms-turned"),
        "not-turned" => Some("terms-not-turned"),
        _ => None,
    }
}

/// The status of a page that is drawn again for a deed that the terms do not allow, if that is what it is.
fn refused(error: &ActionError) -> Option<StatusCode> {
    let is_theirs = matches!(error.code, Code::Invalid | Code::LimitReached | Code::StaleEdit);
    is_theirs.then_some(StatusCode::UNPROCESSABLE_ENTITY)
}
