//! Somebody's own password is changed.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::super::super::desk::Desk;
use super::super::super::forms::{guarded, read_version};
use super::super::super::leading::lead_to;
use super::page::Said;
use super::{prove, refuse};
use crate::actions::ActionError;
use crate::actions::change_own_password::{change_own_password, prepare_password};
use crate::http::body::Body;
use crate::http::{Problem, State};
use crate::types::Secret;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct PasswordForm {
    token: String,
    version: String,
    password: String,
    current: String,
    passkey: String,
}

guarded!(PasswordForm);

/// Changes it, and ends the person's other sessions.
pub(super) async fn change(
    state: Data<State>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (desk, form): (Desk, PasswordForm) = Desk::take(&state, &request, &body.0).await?;
    let version = read_version(&form.version)?;
    match act(&desk, version, form).await {
        Ok(()) => Ok(lead_to(&desk.link("/console/me?done=password"))),
        Err(error) => Ok(refuse(&desk, Said::of("password"), error).await?),
    }
}

async fn act(desk: &Desk, version: i64, form: PasswordForm) -> Result<(), ActionError> {
    prove(desk, &form.current, &form.passkey).await?;
    let id = desk.signed_in.staff.id.clone();
    let session = desk.signed_in.session.hash.clone();
    let new = Secret::new(form.password);
    let prepared = prepare_password(&desk.state.house, &id, &new).await?;
    desk.act_everywhere(move |tx, deed| {
        change_own_password(tx, deed, (&id, version), &prepared, &session).map(|_| ())
    })
    .await
}
