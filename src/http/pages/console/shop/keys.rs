//! The keys of the API: made, shown once, taken back.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::super::super::desk::Desk;
use super::super::super::forms::guarded;
use super::super::super::frame::{Frame, respond};
use super::super::super::leading::lead_to;
use super::super::rail::{Rail, Room, role_text};
use super::staff::RoleChoice;
use super::{Door, doors, is_done};
use crate::actions::create_key::{create_key, revoke_key};
use crate::actions::{ActionError, Code};
use crate::http::body::Body;
use crate::http::{Problem, State};
use crate::store::keys::{self, Key};
use crate::types::{KeyId, Role};

/// Most keys that are listed.
const KEYS_MAX: i64 = 500;
/// Longest name of a key, in characters.
const NAME_MAX: usize = 200;

#[derive(Template)]
#[template(path = "pages/console/shop/keys.html")]
struct KeysPage {
    frame: Frame,
    rail: Rail,
    doors: Vec<Door>,
    keys: Vec<KeyLine>,
    is_revoked: bool,
    /// The secret of one that was just made.
    made: Option<String>,
    roles: Vec<RoleChoice>,
    action: String,
}

struct KeyLine {
    name: String,
    role: &'static str,
    id: String,
    since: String,
    is_everywhere: bool,
    /// Where it is taken back, if whoever looks may do that.
    revoke: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct KeyForm {
    token: String,
    name: String,
    role: String,
}

guarded!(KeyForm);

pub(super) async fn show(state: Data<State>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let desk = Desk::of(&state, &request).await?;
    let mut page = draw(&desk, None).await?;
    page.is_revoked = is_done(&request, "revoked");
    Ok(respond(StatusCode::OK, &page)?)
}

/// Makes a key of the program; its secret is on the answer and nowhere else.
pub(super) async fn add(
    state: Data<State>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (desk, form): (Desk, KeyForm) = Desk::take(&state, &request, &body.0).await?;
    let role: Role = form
        .role
        .parse()
        .map_err(|_| ActionError::with(Code::MalformedBody, "The key has no role."))?;
    let name: String = form.name.trim().chars().take(NAME_MAX).collect();
    let program = Some(desk.program.id.clone());
    let (_, secret) = desk
        .act(move |tx, deed| create_key(tx, deed, &name, role, program))
        .await?;
    let page = draw(&desk, Some(secret.expose().to_owned())).await?;
    Ok(respond(StatusCode::CREATED, &page)?)
}

/// Takes a key back, at once.
pub(super) async fn revoke(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (desk, _): (Desk, KeyForm) = Desk::take(&state, &request, &body.0).await?;
    let id: KeyId = id.parse().map_err(|_| ActionError::new(Code::NotFound))?;
    desk.act_everywhere(move |tx, deed| revoke_key(tx, deed, &id))
        .await?;
    Ok(lead_to(&desk.link("/console/keys?done=revoked")))
}

async fn draw(desk: &Desk, made: Option<String>) -> Result<KeysPage, ActionError> {
    let own = desk.signed_in.staff.program_id.clone();
    let read = desk
        .state
        .house
        .store
        .read(move |db| keys::list(db, own.as_ref(), None, KEYS_MAX));
    let all: Vec<Key> = read.await?;
    let is_here = |key: &Key| key.program_id.as_ref().is_none_or(|own| *own == desk.program.id);
    let line = |key: Key| KeyLine {
        role: role_text(key.role),
        id: key.id.to_string(),
        since: desk.date(key.created_at),
        is_everywhere: key.program_id.is_none(),
        revoke: Some(desk.link(&format!("/console/keys/{}/revoke", key.id))),
        name: key.name,
    };
    let roles = [
        (Role::Integration, "shop-key-integration"),
        (Role::Cashier, "shop-key-cashier"),
        (Role::Marketer, "shop-role-marketer"),
        (Role::Manager, "shop-role-manager"),
        (Role::Auditor, "shop-role-auditor"),
        (Role::Owner, "shop-role-owner"),
    ];
    let choice = |(place, (role, how)): (usize, (Role, &'static str))| RoleChoice {
        value: role.as_str(),
        text: role_text(role),
        how,
        is_chosen: place == 0,
    };
    Ok(KeysPage {
        frame: desk.console_frame(desk.locale.word("shop-keys")),
        rail: desk.rail(Room::Settings).await?,
        doors: doors(desk, "/console/keys"),
        keys: all
            .into_iter()
            .filter(|key| key.revoked_at.is_none() && is_here(key))
            .map(line)
            .collect(),
        is_revoked: false,
        made,
        roles: roles.into_iter().enumerate().map(choice).collect(),
        action: desk.link("/console/keys"),
    })
}
