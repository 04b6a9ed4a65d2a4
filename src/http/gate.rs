//! What every request passes: the route table, the key, the limits; and what every answer gets: the request's
//! id, the headers that keep browsers safe, a place in the metrics.

use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, HttpRequest, web};

use super::error::render;
use super::guesses::{Guesses, is_unknown, takes_guesses};
use super::pages::PageReader;
use super::pages::check_same_site;
use super::routes::{self, Access, Route, Surface};
use super::session::SignedIn;
use super::{Problem, State};
use crate::actions::create_key::key_hash;
use crate::actions::{ActionError, Caller, Code};
use crate::store::keys;
use crate::types::{RequestId, Role};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Lets a request through, or answers why not.
pub(super) async fn pass(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let started = Instant::now();
    let Some(state) = request.app_data::<web::Data<State>>().cloned() else {
        return Err(Problem(ActionError::internal("the service has no state")).into());
    };
    let request_id = RequestId::new(state.house.now());
    let method = known_method(request.method());
    let route = routes::find(method, request.match_info().unprocessed());
    let outcome = match admit(&state, &request, route, &request_id).await {
        Ok(()) => next.call(request).await.map(ServiceResponse::map_into_boxed_body),
        Err(error) => {
            let response = Problem(error).error_response_of(&request);
            Ok(response)
        }
    };
    let mut response = outcome?;
    let guesses = guesses_of(response.request(), route);
    let failure = response.response().extensions().get::<ActionError>().cloned();
    let mut surface = route.map_or(Surface::Data, |route| route.surface);
    if let Some(error) = failure {
        if let (Some((guesses, actor)), true) = (&guesses, is_unknown(error.code)) {
            guesses.note(actor, state.house.now());
        }
        let reader = PageReader::of(response.request(), route);
        if reader.is_some() {
            surface = Surface::Page;
        }
        let rendered = render(error, request_id.as_str(), reader);
        response = response.into_response(rendered);
    }
    dress(
        response.headers_mut(),
        surface,
        request_id.as_str(),
        state.house.public_url.starts_with("https:"),
    );
    let label = route.map_or("none", |route| route.path);
    state
        .house
        .metrics
        .request(method, label, response.status().as_u16(), started.elapsed());
    Ok(response)
}

impl Problem {
    fn error_response_of(self, request: &ServiceRequest) -> ServiceResponse<BoxBody> {
        let response = actix_web::ResponseError::error_response(&self);
        ServiceResponse::new(request.request().clone(), response)
    }
}

/// The method as one of a closed set, for the table and the metrics.
fn known_method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        _ => "OTHER",
    }
}

async fn admit(
    state: &State,
    request: &ServiceRequest,
    route: Option<&'static Route>,
    request_id: &RequestId,
) -> Result<(), ActionError> {
    let route = route.ok_or_else(|| ActionError::new(Code::NoRoute))?;
    let announced = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse().ok());
    if announced.is_some_and(|length: usize| length > route.body_max) {
        let detail = format!("This address takes at most {} bytes.", route.body_max);
        return Err(ActionError::with(Code::BodyTooLarge, detail));
    }
    request.extensions_mut().insert(*route);
    let caller = match route.access {
        Access::Anybody => Caller::local("anybody", state.house.now()),
        Access::Keys(roles) => {
            let caller = find_key(state, request.headers()).await?;
            if !caller.role.is_some_and(|role| roles.contains(&role)) {
                let role = caller.role.map(Role::as_str).unwrap_or_default();
                return Err(ActionError::with(
                    Code::WrongRole,
                    format!("A key of the role `{role}` may not do this."),
                ));
            }
            caller
        }
        Access::Staff(roles) => find_staff(state, request, (route, roles)).await?,
    };
    request.extensions_mut().insert(Caller {
        request_id: request_id.clone(),
        ..caller
    });
    match guesses_of(request.request(), Some(route)) {
        Some((guesses, actor)) => guesses.check(&actor, state.house.now()),
        None => Ok(()),
    }
}

/// Where the guesses of a request's key are counted, if a code can be guessed at its address.
fn guesses_of(request: &HttpRequest, route: Option<&'static Route>) -> Option<(web::Data<Guesses>, String)> {
    route.filter(|route| takes_guesses(route.path, request.path()))?;
    let guesses = request.app_data::<web::Data<Guesses>>().cloned()?;
    let actor = request
        .extensions()
        .get::<Caller>()
        .map(|caller| caller.actor.clone())?;
    Some((guesses, actor))
}

/// Who is signed in in the browser that sent a request, which a page of another site may not have made it send.
async fn find_staff(
    state: &State,
    request: &ServiceRequest,
    (route, roles): (&Route, &[Role]),
) -> Result<Caller, ActionError> {
    let signed_in = SignedIn::find(state, request.request()).await?;
    let signed_in = signed_in.filter(|signed_in| signed_in.opens(route.path));
    let signed_in = signed_in.ok_or_else(|| ActionError::new(Code::NoSession))?;
    if !request.method().is_safe() {
        check_same_site(request.request(), &state.house.public_url)?;
    }
    if !roles.contains(&signed_in.staff.role) {
        let detail = format!("The role `{}` may not do this.", signed_in.staff.role);
        return Err(ActionError::with(Code::WrongRole, detail));
    }
    let caller = signed_in.caller(state);
    request.extensions_mut().insert(signed_in);
    Ok(caller)
}

/// Whose key came with the request. Unknown, malformed and revoked keys are one answer.
async fn find_key(state: &State, headers: &HeaderMap) -> Result<Caller, ActionError> {
    let no_key = || ActionError::new(Code::NoKey);
    let value = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .ok_or_else(no_key)?;
    let (scheme, secret) = value.split_once(' ').ok_or_else(no_key)?;
    if !scheme.eq_ignore_ascii_case("bearer") || secret.len() > 200 {
        return Err(no_key());
    }
    let hash = key_hash(secret.trim());
    let key = state
        .house
        .store
        .read(move |db| Ok::<_, ActionError>(keys::find_by_hash(db, &hash)?))
        .await?;
    let key = key.filter(|key| key.revoked_at.is_none()).ok_or_else(no_key)?;
    Ok(Caller {
        actor: format!("key:{}", key.id),
        role: Some(key.role),
        program: key.program_id,
        member: key.member_id,
        request_id: RequestId::new(state.house.now()),
        idempotency: None,
    })
}

/// The caller of a request that the gate let through.
pub(super) fn caller(request: &HttpRequest) -> Result<Caller, ActionError> {
    let caller = request.extensions().get::<Caller>().cloned();
    caller.ok_or_else(|| ActionError::internal("a request came past the gate"))
}

/// Sets what every answer carries.
fn dress(headers: &mut HeaderMap, surface: Surface, request_id: &str, is_https: bool) {
    let mut set = |name: HeaderName, value: &'static str| {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    };
    let policy = match surface {
        Surface::Data => "default-src 'none'; frame-ancestors 'none'",
        Surface::Page => {
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; \
             form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        }
        // Its worker and its manifest let it start without a network.
        Surface::Counter => {
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; \
             worker-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        }
        Surface::Docs => {
            "default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self'; img-src 'self' data:; \
             connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"
        }
    };
    set(header::CONTENT_SECURITY_POLICY, policy);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    // A browser that may name no referrer sends a form with the origin `null`, even to its own site.
    let referrer = match surface {
        Surface::Page | Surface::Counter => "same-origin",
        Surface::Data | Surface::Docs => "no-referrer",
    };
    set(header::REFERRER_POLICY, referrer);
    set(
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    );
    let permissions = match surface {
        Surface::Counter => "camera=(self), microphone=(), geolocation=()",
        _ => "camera=(), microphone=(), geolocation=()",
    };
    set(HeaderName::from_static("permissions-policy"), permissions);
    set(header::CACHE_CONTROL, "no-store");
    if is_https {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    if let Ok(value) = HeaderValue::from_str(request_id) {
        headers.insert(REQUEST_ID, value);
    }
}
