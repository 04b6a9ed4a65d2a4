//! Which of the programs the console shows, for whoever works for all.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::super::desk::{Desk, choice_cookie};
use super::super::forms::guarded;
use super::super::leading::lead_to;
use crate::actions::{ActionError, Code};
use crate::http::body::Body;
use crate::http::{Problem, State};
use crate::store::programs;
use crate::types::ProgramId;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ChoiceForm {
    token: String,
    program: String,
}

guarded!(ChoiceForm);

/// Keeps which program is to be shown.
pub(super) async fn choose(
    state: Data<State>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (desk, form): (Desk, ChoiceForm) = Desk::take(&state, &request, &body.0).await?;
    let house = &state.house;
    let id: ProgramId = form
        .program
        .parse()
        .map_err(|_| ActionError::new(Code::NotFound))?;
    let known = id.clone();
    let read = house.store.read(move |db| programs::get(db, &known));
    read.await?;
    let cookie = choice_cookie(house, &id);
    let mut response = lead_to(&desk.link("/console"));
    response.add_cookie(&cookie).map_err(ActionError::internal)?;
    Ok(response)
}
