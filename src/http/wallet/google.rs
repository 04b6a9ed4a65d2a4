//! Google's save and delete callbacks.

use actix_web::HttpResponse;
use actix_web::web::{self, Data};

use crate::actions::take_google_callback::take_google_callback;
use crate::actions::{ActionError, Caller, Code, Deed};
use crate::http::body::{Body, Who};
use crate::http::router::Router;
use crate::http::{Problem, State};

pub(super) fn configure(router: &mut Router) {
    router
        .route("/google/callback", web::post().to(callback))
        .route("/robots.txt", web::get().to(robots));
}

/// 200 for every callback that Google signed for us, also for one that came before.
async fn callback(state: Data<State>, who: Who, body: Body) -> Result<HttpResponse, Problem> {
    let google = state
        .house
        .wallets
        .google
        .as_ref()
        .ok_or_else(|| ActionError::new(Code::NoRoute))?;
    let callback = google.verifier.verify(&body.0).await.map_err(|error| {
        tracing::warn!(%error, "a callback was refused");
        ActionError::with(Code::BadCallback, format!("{error}."))
    })?;
    let deed = Deed::begin(
        &state.house,
        Caller {
            actor: "google".to_owned(),
            ..who.0
        },
    );
    let is_new = state
        .house
        .store
        .write(move |tx| take_google_callback(tx, &deed, &callback))
        .await?;
    if is_new {
        state.house.bell.ring();
    }
    Ok(HttpResponse::Ok().finish())
}

/// Google calls back only where robots may go (Google Wallet, "Use callbacks for saves and deletions").
async fn robots() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .body("User-agent: *\nAllow: /google/callback\nAllow: /images/\nAllow: /stamps/\nDisallow: /\n")
}
