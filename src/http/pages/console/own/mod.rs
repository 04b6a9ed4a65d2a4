//! What somebody signs in by, in their own hands: password, codes as a second step, passkeys. Each change asks who they
//! are once more.

mod codes;
mod page;
mod passkeys;
mod password;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web;

use self::page::{Said, draw};
use super::super::desk::Desk;
use super::super::frame::respond;
use super::super::passkey::read_proof;
use super::super::sign_in::say_fault;
use crate::actions::prove_self::prove_self;
use crate::actions::{ActionError, Code};
use crate::http::router::Router;

/// Where it is.
const PLACE: &str = "/console/me";

/// Adds the routes.
pub(super) fn configure(router: &mut Router) {
    router
        .route("/console/me", web::get().to(page::show))
        .route("/console/me/password", web::post().to(password::change))
        .route("/console/me/codes", web::get().to(codes::show))
        .route("/console/me/codes", web::post().to(codes::turn_on))
        .route("/console/me/codes/off", web::post().to(codes::turn_off))
        .route("/console/me/codes/recovery", web::post().to(codes::renew))
        .route("/console/me/passkey", web::get().to(passkeys::options))
        .route("/console/me/passkeys", web::post().to(passkeys::add))
        .route(
            "/console/me/passkeys/{id}/remove",
            web::post().to(passkeys::remove),
        );
}

/// Refuses whoever does not show by a form that they are who is signed in.
async fn prove(desk: &Desk, current: &str, passkey: &str) -> Result<(), ActionError> {
    let signed_in = &desk.signed_in;
    let proof = read_proof(current, passkey)?;
    let own = (&signed_in.staff.id, signed_in.session.hash.as_str());
    prove_self(&desk.state.house, desk.everywhere(), own, proof).await
}

/// What is said where somebody did not show who they are; `None` if it failed otherwise.
fn proof_fault(desk: &Desk, error: &ActionError) -> Option<String> {
    let wrong = if error.code == Code::WrongPasskey {
        "sign-in-passkey-wrong"
    } else {
        "own-wrong-password"
    };
    say_fault(desk.locale, error, wrong)
}

/// The page once more, with what was wrong with one of its forms.
async fn refuse(desk: &Desk, said: Said, error: ActionError) -> Result<HttpResponse, ActionError> {
    let said = match error.code {
        Code::StaleEdit => Said {
            is_stale: true,
            ..said
        },
        Code::PasskeyTaken => Said {
            proof_fault: Some(desk.locale.word("passkey-known")),
            ..said
        },
        Code::Invalid => Said {
            error: Some(error),
            ..said
        },
        _ => Said {
            proof_fault: Some(proof_fault(desk, &error).ok_or(error)?),
            ..said
        },
    };
    let status = if said.is_stale || said.is_taken {
        StatusCode::CONFLICT
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let page = draw(desk, said).await?;
    respond(status, &page)
}
