//! The page of what somebody signs in by.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::super::super::assets::script_address;
use super::super::super::desk::Desk;
use super::super::super::frame::{Frame, respond};
use super::super::super::passkey::has_passkeys;
use super::super::rail::{Rail, Room};
use super::PLACE;
use crate::actions::ActionError;
use crate::actions::keep_passkey::PASSKEYS_MAX;
use crate::http::{Problem, State};
use crate::store::passkeys::{self, Passkey};
use crate::store::{StoreError, recovery_codes, staff};
use crate::types::{Secret, Time};

/// What is said after a change, by the word in the address.
const SAID: [(&str, &str); 5] = [
    ("done=password", "own-password-changed"),
    ("done=codes-off", "own-codes-off-done"),
    ("done=passkey", "own-passkey-added"),
    ("done=passkey-removed", "own-passkey-removed"),
    ("done=codes-on", "own-codes-on-done"),
];

#[derive(Template)]
#[template(path = "pages/console/own/page.html")]
pub(super) struct OwnPage {
    frame: Frame,
    rail: Rail,
    said: Option<&'static str>,
    is_stale: bool,
    /// Recovery codes, shown this once.
    made: Vec<String>,
    own: Own,
    /// Which form something is wrong with.
    form: String,
    proof_fault: Option<String>,
    /// The ids of the texts for what is wrong with fields.
    password_fault: Option<&'static str>,
    name_fault: Option<&'static str>,
    name: String,
    version: i64,
    /// Since when codes are on, and how many recovery codes are left.
    since: Option<String>,
    turn_on: String,
    passkeys: Vec<OwnPasskey>,
    can_have: bool,
    may_add: bool,
    script: String,
    tail: String,
}

/// By what somebody can show who they are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Own {
    pub(super) has_password: bool,
    pub(super) has_passkeys: bool,
}

/// A passkey on the page.
struct OwnPasskey {
    id: String,
    name: String,
    made: String,
    used: String,
}

/// What is drawn beside what is stored.
#[derive(Default)]
pub(super) struct Said {
    /// Which form it is about.
    pub(super) form: String,
    pub(super) is_stale: bool,
    pub(super) is_taken: bool,
    pub(super) proof_fault: Option<String>,
    pub(super) error: Option<ActionError>,
    /// The name of a passkey, as it was typed.
    pub(super) name: String,
    pub(super) made: Vec<Secret>,
    pub(super) done: Option<&'static str>,
}

impl Said {
    /// Something about a form.
    pub(super) fn of(form: impl Into<String>) -> Self {
        Self {
            form: form.into(),
            ..Self::default()
        }
    }
}

impl OwnPage {
    /// What is wrong with how somebody showed in a form who they are.
    fn fault_of(&self, form: &str) -> Option<&str> {
        let fault = self.proof_fault.as_deref();
        fault.filter(|_| self.form == form)
    }
}

pub(super) async fn show(state: Data<State>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let desk = Desk::of(&state, &request).await?;
    let is_said = |word: &str| request.query_string().split('&').any(|pair| pair == word);
    let said = Said {
        done: SAID.into_iter().find(|(word, _)| is_said(word)).map(|(_, id)| id),
        ..Said::default()
    };
    let page = draw(&desk, said).await?;
    Ok(respond(StatusCode::OK, &page)?)
}

/// The page as things stand now.
pub(super) async fn draw(desk: &Desk, said: Said) -> Result<OwnPage, ActionError> {
    let id = desk.signed_in.staff.id.clone();
    let read = desk.state.house.store.read(move |db| {
        let row = staff::get(db, &id)?;
        let left = recovery_codes::count_unused(db, &id)?;
        let keys = passkeys::list(db, &id, PASSKEYS_MAX)?;
        Ok::<_, StoreError>((row, left, keys))
    });
    let (row, left, keys) = read.await?;
    let has = |pointer: &str| {
        let mut faults = said.error.iter().flat_map(|error| &error.faults);
        faults.any(|fault| fault.pointer == pointer)
    };
    let has_fault = said.error.is_some() || said.proof_fault.is_some() || said.is_stale;
    let count = i64::try_from(keys.len()).unwrap_or(PASSKEYS_MAX);
    let dated = |id: &str, at: Time| desk.locale.say(id, &[("date", desk.date(at).into())]);
    let since = row.code_since.map(|at| {
        let left = desk.locale.say("own-recovery-left", &[("count", left.into())]);
        format!("{} · {left}", dated("own-since", at))
    });
    let passkey = |one: Passkey| OwnPasskey {
        made: dated("own-passkey-made", one.created_at),
        used: one.used_at.map_or_else(
            || desk.locale.word("own-passkey-unused"),
            |at| dated("own-passkey-used", at),
        ),
        id: one.id.to_string(),
        name: one.name,
    };
    Ok(OwnPage {
        frame: desk.console_frame(desk.title("own-title", has_fault)),
        rail: desk.rail(Room::Own).await?,
        said: said.done,
        is_stale: said.is_stale,
        made: said.made.iter().map(|code| code.expose().to_owned()).collect(),
        own: Own {
            has_password: row.password_hash.is_some(),
            has_passkeys: count > 0,
        },
        password_fault: has("/password").then_some("setup-bad-password"),
        name_fault: has("/name").then_some("own-passkey-bad-name"),
        form: said.form,
        proof_fault: said.proof_fault,
        name: said.name,
        version: row.version,
        since,
        turn_on: desk.link(&format!("{PLACE}/codes")),
        passkeys: keys.into_iter().map(passkey).collect(),
        can_have: has_passkeys(&desk.state.house),
        may_add: count < PASSKEYS_MAX,
        script: script_address("passkey.js"),
        tail: format!("?lang={}", desk.locale.tag()),
    })
}
