//! Who is signed in in a browser: what it keeps, and what a form of ours carries.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};

use super::State;
use crate::actions::create_key::key_hash;
use crate::actions::sign_in::{HALF_MS, SESSION_MS};
use crate::actions::{ActionError, Caller, Code, House};
use crate::store::sessions::{self, Session};
use crate::store::staff::Staff;
use crate::store::tills::{self, Till};
use crate::types::{RequestId, Secret, constant_time_eq};

/// How long a browser stays a till unless it is taken back: as long as browsers keep anything (RFC 6265bis, 400 days).
const TILL_DAYS: i64 = 400;
/// Longest of what a browser keeps.
const SECRET_MAX: usize = 100;

/// What a browser keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    /// Who is signed in.
    Session,
    /// Whose password was right, while a code is still asked for.
    Half,
    /// Which till it is.
    Till,
}

/// Somebody who is signed in.
#[derive(Debug, Clone)]
pub(super) struct SignedIn {
    /// The session.
    pub(super) session: Session,
    /// Who it is.
    pub(super) staff: Staff,
    /// The till at which they are.
    pub(super) till: Option<Till>,
}

impl Kept {
    /// The cookie's name. Over TLS no other host and no plain page can set it (RFC 6265bis, `__Host-`).
    const fn name(self, is_https: bool) -> &'static str {
        match (self, is_https) {
            (Self::Session, true) => "__Host-billfold-session",
            (Self::Session, false) => "billfold-session",
            (Self::Half, true) => "__Host-billfold-half",
            (Self::Half, false) => "billfold-half",
            (Self::Till, true) => "__Host-billfold-till",
            (Self::Till, false) => "billfold-till",
        }
    }

    const fn age(self) -> Duration {
        match self {
            Self::Session => Duration::milliseconds(SESSION_MS),
            Self::Half => Duration::milliseconds(HALF_MS),
            Self::Till => Duration::days(TILL_DAYS),
        }
    }

    /// The cookie that keeps a secret.
    pub(super) fn keep(self, house: &House, secret: &Secret) -> Cookie<'static> {
        self.build(house, secret.expose().to_owned(), self.age())
    }

    /// The cookie that forgets it.
    pub(super) fn forget(self, house: &House) -> Cookie<'static> {
        self.build(house, String::new(), Duration::ZERO)
    }

    fn build(self, house: &House, value: String, age: Duration) -> Cookie<'static> {
        let is_https = is_https(house);
        Cookie::build(self.name(is_https), value)
            .path("/")
            .http_only(true)
            .secure(is_https)
            .same_site(SameSite::Lax)
            .max_age(age)
            .finish()
    }

    /// The hash of what a browser keeps, if it keeps anything.
    pub(super) fn hash(self, house: &House, request: &HttpRequest) -> Option<String> {
        let cookie = request.cookie(self.name(is_https(house)))?;
        let secret = cookie.value();
        (!secret.is_empty() && secret.len() <= SECRET_MAX).then(|| key_hash(secret))
    }
}

fn is_https(house: &House) -> bool {
    house.public_url.starts_with("https:")
}

impl SignedIn {
    /// Who sent a request, if they are signed in.
    pub(super) async fn find(state: &State, request: &HttpRequest) -> Result<Option<Self>, ActionError> {
        let Some(hash) = Kept::Session.hash(&state.house, request) else {
            return Ok(None);
        };
        let now = state.house.now();
        let read = state
            .house
            .store
            .read(move |db| Ok::<_, ActionError>(sessions::find(db, &hash, now)?));
        let found = read.await?;
        Ok(found.map(|(session, staff, till)| Self { session, staff, till }))
    }

    /// Whether they may come in at an address. A PIN at a till is worth something at the till alone, for whoever has
    /// taken a second step for the rest.
    pub(super) fn opens(&self, pattern: &str) -> bool {
        let is_by_pin = self.session.till_id.is_some();
        !(is_by_pin && self.staff.has_second_step() && pattern.starts_with("/console"))
    }

    /// Who acts, for the deeds.
    pub(super) fn caller(&self, state: &State) -> Caller {
        let of_till = self.till.as_ref().map(|till| till.program_id.clone());
        Caller {
            actor: format!("staff:{}", self.staff.id),
            role: Some(self.staff.role),
            program: self.staff.program_id.clone().or(of_till),
            member: self.staff.member_id.clone(),
            request_id: RequestId::new(state.house.now()),
            idempotency: None,
        }
    }

    /// What every form of the session carries, so that no other page can make one.
    pub(super) fn form_token(&self, house: &House) -> String {
        house.form_token(&self.session.hash)
    }

    /// Refuses a form that does not carry it.
    pub(super) fn check_form(&self, house: &House, token: &str) -> Result<(), ActionError> {
        if constant_time_eq(self.form_token(house).as_bytes(), token.as_bytes()) {
            return Ok(());
        }
        Err(ActionError::new(Code::BadFormToken))
    }
}

/// The till that a browser is, if it is one still.
pub(super) async fn find_till(house: &House, request: &HttpRequest) -> Result<Option<Till>, ActionError> {
    let Some(hash) = Kept::Till.hash(house, request) else {
        return Ok(None);
    };
    let read = house
        .store
        .read(move |db| Ok::<_, ActionError>(tills::find_by_hash(db, &hash)?));
    Ok(read
        .await?
        .filter(|till| till.revoked_at.is_none() && till.connected_at.is_some()))
}
