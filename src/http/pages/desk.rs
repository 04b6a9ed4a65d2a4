//! Where somebody of the shop works: who they are, for which program, in which language.

use actix_web::cookie::{Cookie, SameSite};
use actix_web::{HttpMessage as _, HttpRequest};

use super::forms::{Guarded, take_form};
use super::leading::with_language;
use super::locale::{Locale, Reader};
use crate::actions::{ActionError, Caller, Code, Deed, House};
use crate::http::session::SignedIn;
use crate::http::{State, gate};
use crate::store::Tx;
use crate::store::members::Member;
use crate::store::programs::{self, Program};
use crate::types::{Day, Language, Money, ProgramId, Time};

/// A day, in milliseconds.
const DAY_MS: i64 = 86_400_000;
/// The cookie in which whoever works for all programs keeps the one that they look at.
const CHOSEN: &str = "billfold-program";

/// Where somebody of the shop works.
#[derive(Clone)]
pub(super) struct Desk {
    pub(super) state: State,
    pub(super) signed_in: SignedIn,
    pub(super) caller: Caller,
    pub(super) program: Program,
    pub(super) locale: Locale,
}

impl Desk {
    /// Who sent a request that the gate let through.
    pub(super) async fn of(state: &State, request: &HttpRequest) -> Result<Self, ActionError> {
        let signed_in = request.extensions().get::<SignedIn>().cloned();
        let signed_in = signed_in.ok_or_else(|| ActionError::new(Code::NoSession))?;
        Self::new(state, request, signed_in, gate::caller(request)?).await
    }

    /// Who sent a form that a page of ours drew for them, and what it says.
    pub(super) async fn take<F: Guarded>(
        state: &State,
        request: &HttpRequest,
        body: &[u8],
    ) -> Result<(Self, F), ActionError> {
        let desk = Self::of(state, request).await?;
        let form = take_form(&state.house, &desk.signed_in, body)?;
        Ok((desk, form))
    }

    /// The desk of somebody who is signed in.
    pub(super) async fn new(
        state: &State,
        request: &HttpRequest,
        signed_in: SignedIn,
        mut caller: Caller,
    ) -> Result<Self, ActionError> {
        let program = find_program(state, request, &caller).await?;
        let none = || ActionError::with(Code::NotFound, "There is no program yet; make one first.");
        let program = program.ok_or_else(none)?;
        caller.program = Some(program.id.clone());
        let locale = Reader::of(request).locale(&program.language);
        Ok(Self {
            state: state.clone(),
            signed_in,
            caller,
            program,
            locale,
        })
    }

    /// Does a deed in one transaction, and has phones told of it.
    pub(super) async fn act<T: Send + 'static>(
        &self,
        doing: impl FnOnce(&mut Tx<'_>, &Deed) -> Result<T, ActionError> + Send + 'static,
    ) -> Result<T, ActionError> {
        let deed = self.deed();
        let house = &self.state.house;
        let write = house.store.write(move |tx: &mut Tx<'_>| doing(tx, &deed));
        let done = write.await?;
        house.bell.ring();
        Ok(done)
    }

    /// Who acts where it is not about the one program: staff and keys of those who work for all.
    pub(super) fn everywhere(&self) -> Caller {
        Caller {
            program: self.signed_in.staff.program_id.clone(),
            ..self.caller.clone()
        }
    }

    /// Does a deed that is not about the one program.
    pub(super) async fn act_everywhere<T: Send + 'static>(
        &self,
        doing: impl FnOnce(&mut Tx<'_>, &Deed) -> Result<T, ActionError> + Send + 'static,
    ) -> Result<T, ActionError> {
        let deed = Deed::begin(&self.state.house, self.everywhere());
        let write = self
            .state
            .house
            .store
            .write(move |tx: &mut Tx<'_>| doing(tx, &deed));
        write.await
    }

    /// A deed of whoever works here.
    pub(super) fn deed(&self) -> Deed {
        Deed::begin(&self.state.house, self.caller.clone())
    }

    /// What the forms of the page carry.
    pub(super) fn token(&self) -> String {
        self.signed_in.form_token(&self.state.house)
    }

    /// So many points in the reader's words.
    pub(super) fn points(&self, count: i64) -> String {
        self.locale.points(&self.program.point_name, count)
    }

    /// An amount of the program's currency, in the reader's words.
    pub(super) fn money(&self, minor: i64) -> String {
        let currency = self.program.currency;
        self.locale.language().write_money(Money { minor, currency })
    }

    /// The day of an instant where the shop is, in the reader's calendar.
    pub(super) fn date(&self, at: Time) -> String {
        self.day(self.program.time_zone.local(at).day)
    }

    /// A day, in the reader's calendar.
    pub(super) fn day(&self, day: Day) -> String {
        self.locale
            .language()
            .write_date(Time::from_millis(day.number() * DAY_MS))
    }

    /// The title of a page, by the id of its heading.
    pub(super) fn title(&self, heading: &str, has_fault: bool) -> String {
        self.locale.title(&self.locale.word(heading), has_fault)
    }

    /// What a member is called.
    pub(super) fn name_of(&self, member: &Member) -> String {
        match member.name().as_str() {
            "" => self.locale.word("till-nameless"),
            name => name.to_owned(),
        }
    }

    /// An address in the language of the page.
    pub(super) fn link(&self, address: &str) -> String {
        with_language(address, self.locale.tag())
    }
}

/// What a browser keeps of a choice.
pub(super) fn choice_cookie(house: &House, program: &ProgramId) -> Cookie<'static> {
    Cookie::build(CHOSEN, program.to_string())
        .path("/")
        .http_only(true)
        .secure(house.public_url.starts_with("https:"))
        .same_site(SameSite::Lax)
        .permanent()
        .finish()
}

/// The program that somebody works for: their own, the one that they chose, else the first one.
pub(super) async fn find_program(
    state: &State,
    request: &HttpRequest,
    caller: &Caller,
) -> Result<Option<Program>, ActionError> {
    let chosen: Option<ProgramId> = request
        .cookie(CHOSEN)
        .and_then(|cookie| cookie.value().parse().ok());
    let own = caller.program.clone();
    let read = state.house.store.read(move |db| {
        if let Some(own) = own {
            return Ok::<_, ActionError>(Some(programs::get(db, &own)?));
        }
        if let Some(chosen) = chosen
            && let Some(found) = programs::find(db, &chosen)?
        {
            return Ok(Some(found));
        }
        Ok(programs::list(db, None, None, 1)?.into_iter().next())
    });
    read.await
}

/// The language of a page that is of no program yet.
pub(super) fn plain_locale(request: &HttpRequest) -> Locale {
    Reader::of(request).locale(&Language::english())
}
