//! Apple's web service for passes (Apple's documentation, "Adding a Web Service to Update Passes").

use actix_web::http::header::AUTHORIZATION;
use actix_web::web::{self, Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse, guard};
use serde::Deserialize;

use super::{if_modified_since, respond};
use crate::actions::changed_passes::changed_passes;
use crate::actions::issue_pass::issue_pass;
use crate::actions::record_device_log::record_device_log;
use crate::actions::register_device::{PassClaim, Registered, register_device, unregister_device};
use crate::actions::{ActionError, Caller, Code, Deed};
use crate::http::body::{Body, Who, parse};
use crate::http::router::Router;
use crate::http::{Problem, State};
use crate::types::{DeviceId, PushToken, Secret};

pub(super) fn configure(router: &mut Router) {
    let read = web::route().guard(guard::Any(guard::Get()).or(guard::Head()));
    let registrations = "/apple/v1/devices/{device}/registrations/{pass_type}";
    let registration = format!("{registrations}/{{serial}}");
    router
        .route(registrations, web::get().to(list))
        .route(&registration, web::post().to(register))
        .route(&registration, web::delete().to(unregister))
        .route("/apple/v1/passes/{pass_type}/{serial}", read.to(fetch))
        .route("/apple/v1/log", web::post().to(log));
}

/// The token of `Authorization: ApplePass …`; empty without one, which is no pass's token.
fn token(request: &HttpRequest) -> Secret {
    let value = request
        .headers()
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let token = value
        .split_once(' ')
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("ApplePass"));
    Secret::new(token.map_or("", |(_, token)| token.trim()))
}

fn phone(caller: Caller) -> Caller {
    Caller {
        actor: "phone".to_owned(),
        ..caller
    }
}

#[derive(Deserialize)]
struct RegistrationBody {
    #[serde(rename = "pushToken")]
    push_token: String,
}

/// 201 for a new registration, 200 for one that was there; a new push token replaces the old one.
async fn register(
    state: Data<State>,
    request: HttpRequest,
    who: Who,
    path: Path<(String, String, String)>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (device, pass_type, serial) = path.into_inner();
    let device: DeviceId = device
        .parse()
        .map_err(|error| ActionError::with(Code::BadParameter, format!("{error}.")))?;
    let body: RegistrationBody = parse(&body.0)?;
    let push_token: PushToken = body
        .push_token
        .parse()
        .map_err(|error| ActionError::fault("/pushToken", "bad_push_token", format!("{error}.")))?;
    let claim = PassClaim {
        pass_type,
        serial,
        token: token(&request),
    };
    let deed = Deed::begin(&state.house, phone(who.0));
    let registered = state
        .house
        .store
        .write(move |tx| register_device(tx, &deed, &claim, &device, &push_token))
        .await?;
    state.house.bell.ring();
    Ok(match registered {
        Registered::New => HttpResponse::Created().finish(),
        Registered::Known => HttpResponse::Ok().finish(),
    })
}

/// 200 whether it was registered or not.
async fn unregister(
    state: Data<State>,
    request: HttpRequest,
    who: Who,
    path: Path<(String, String, String)>,
) -> Result<HttpResponse, Problem> {
    let (device, pass_type, serial) = path.into_inner();
    let device: DeviceId = device
        .parse()
        .map_err(|error| ActionError::with(Code::BadParameter, format!("{error}.")))?;
    let claim = PassClaim {
        pass_type,
        serial,
        token: token(&request),
    };
    let deed = Deed::begin(&state.house, phone(who.0));
    state
        .house
        .store
        .write(move |tx| unregister_device(tx, &deed, &claim, &device))
        .await?;
    Ok(HttpResponse::Ok().finish())
}

#[derive(Deserialize)]
struct Since {
    #[serde(rename = "passesUpdatedSince")]
    tag: Option<String>,
}

/// 200 with what changed and the tag to come back with, 204 if nothing did.
async fn list(
    state: Data<State>,
    path: Path<(String, String)>,
    since: Query<Since>,
) -> Result<HttpResponse, Problem> {
    let (device, pass_type) = path.into_inner();
    // An id that no phone has is a phone that holds nothing.
    let Ok(device) = device.parse::<DeviceId>() else {
        return Ok(HttpResponse::NoContent().finish());
    };
    let changed = state
        .house
        .store
        .read(move |db| Ok::<_, ActionError>(changed_passes(db, &device, &pass_type, since.tag.as_deref())?))
        .await?;
    Ok(match changed {
        Some(changed) => HttpResponse::Ok()
            .json(serde_json::json!({ "lastUpdated": changed.tag, "serialNumbers": changed.serials })),
        None => HttpResponse::NoContent().finish(),
    })
}

/// The pass, or 304.
async fn fetch(
    state: Data<State>,
    request: HttpRequest,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (pass_type, serial) = path.into_inner();
    let claim = PassClaim {
        pass_type,
        serial,
        token: token(&request),
    };
    let issued = issue_pass(&state.house, claim, if_modified_since(&request)).await?;
    Ok(respond(
        &state.house,
        issued,
        request.method() == actix_web::http::Method::HEAD,
    ))
}

#[derive(Deserialize)]
struct LogBody {
    #[serde(default)]
    logs: Vec<String>,
}

/// 200 always, once the lines are JSON; they are bounded and kept with the pass that they name.
async fn log(state: Data<State>, body: Body) -> Result<HttpResponse, Problem> {
    let LogBody { logs } = parse(&body.0)?;
    let (house, now) = (state.house.clone(), state.house.now());
    state
        .house
        .store
        .write(move |tx| record_device_log(tx, &house, &logs, now))
        .await?;
    Ok(HttpResponse::Ok().finish())
}
