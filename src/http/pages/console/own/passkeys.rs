//! One's own passkeys: added and taken away.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::json;

use super::super::super::desk::Desk;
use super::super::super::forms::{guarded, read_version};
use super::super::super::leading::lead_to;
use super::super::super::passkey::{create_options, get_options, read_made};
use super::page::Said;
use super::{prove, refuse};
use crate::actions::challenge::{Purpose, make_challenge};
use crate::actions::keep_passkey::{PASSKEYS_MAX, add_passkey, remove_passkey};
use crate::actions::{ActionError, Code};
use crate::http::body::Body;
use crate::http::{Problem, State};
use crate::store::passkeys;
use crate::types::PasskeyId;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct AddForm {
    token: String,
    version: String,
    name: String,
    made: String,
    current: String,
    passkey: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RemoveForm {
    token: String,
    version: String,
    current: String,
    passkey: String,
}

guarded!(AddForm, RemoveForm);

/// What a script passes on to the browser to have a passkey shown or made.
pub(super) async fn options(state: Data<State>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let desk = Desk::of(&state, &request).await?;
    let house = &state.house;
    let staff = desk.signed_in.staff.clone();
    let session = desk.signed_in.session.hash.clone();
    let id = staff.id.clone();
    let read = house.store.read(move |db| passkeys::list(db, &id, PASSKEYS_MAX));
    let credentials: Vec<String> = read.await?.into_iter().map(|one| one.credential).collect();
    let confirm = make_challenge(house, &Purpose::Confirm(session.clone()));
    let register = make_challenge(house, &Purpose::Register(session));
    let name = desk.program.name.get(&desk.locale.language());
    Ok(HttpResponse::Ok().json(json!({
        "get": get_options(house, &confirm, &credentials),
        "create": create_options(house, &register, (&staff, name), &credentials),
    })))
}

/// Adds a passkey that the browser made.
pub(super) async fn add(
    state: Data<State>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (desk, form): (Desk, AddForm) = Desk::take(&state, &request, &body.0).await?;
    let version = read_version(&form.version)?;
    match keep(&desk, version, &form).await {
        Ok(()) => Ok(lead_to(&desk.link("/console/me?done=passkey"))),
        Err(error) => {
            let said = Said {
                name: form.name,
                is_taken: error.code == Code::PasskeyTaken,
                ..Said::of("new")
            };
            Ok(refuse(&desk, said, error).await?)
        }
    }
}

async fn keep(desk: &Desk, version: i64, form: &AddForm) -> Result<(), ActionError> {
    prove(desk, &form.current, &form.passkey).await?;
    let made = read_made(&form.made)?;
    let id = desk.signed_in.staff.id.clone();
    let session = desk.signed_in.session.hash.clone();
    let name = form.name.clone();
    let added =
        desk.act_everywhere(move |tx, deed| add_passkey(tx, deed, (&id, version), &session, (&name, &made)));
    match added.await? {
        Some(_) => Ok(()),
        None => Err(ActionError::new(Code::WrongPasskey)),
    }
}

/// Takes a passkey away.
pub(super) async fn remove(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (desk, form): (Desk, RemoveForm) = Desk::take(&state, &request, &body.0).await?;
    let version = read_version(&form.version)?;
    let passkey: PasskeyId = id.parse().map_err(|_| ActionError::new(Code::NotFound))?;
    let removed = match prove(&desk, &form.current, &form.passkey).await {
        Ok(()) => {
            let staff = desk.signed_in.staff.id.clone();
            let session = desk.signed_in.session.hash.clone();
            let named = passkey.clone();
            desk.act_everywhere(move |tx, deed| remove_passkey(tx, deed, (&staff, version), &named, &session))
                .await
        }
        Err(error) => Err(error),
    };
    match removed {
        Ok(()) => Ok(lead_to(&desk.link("/console/me?done=passkey-removed"))),
        Err(error) => Ok(refuse(&desk, Said::of(passkey.as_str()), error).await?),
    }
}
