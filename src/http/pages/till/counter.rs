//! Who stands at the till, of which program, in which language: what every page of the till is drawn with.

use actix_web::{HttpMessage as _, HttpRequest};

use super::super::frame::Frame;
use super::super::locale::{Locale, Reader};
use crate::actions::{ActionError, Caller, Code, Deed};
use crate::http::session::SignedIn;
use crate::http::{State, gate};
use crate::store::programs::{self, Program};
use crate::types::{Money, random_token};

/// Random bytes of a form's own id.
const FORM_BYTES: usize = 12;

/// Who stands at the till.
#[derive(Clone)]
pub(super) struct Counter {
    pub(super) state: State,
    pub(super) signed_in: SignedIn,
    pub(super) caller: Caller,
    pub(super) program: Program,
    pub(super) locale: Locale,
}

/// What every page of the till shows around its work.
#[derive(Debug, Clone)]
pub(super) struct Bar {
    /// Who is signed in.
    pub(super) staff: String,
    /// Where.
    pub(super) place: String,
    /// What its forms carry.
    pub(super) token: String,
    pub(super) is_training: bool,
}

impl Counter {
    /// Who sent a request that the gate let through.
    pub(super) async fn of(state: &State, request: &HttpRequest) -> Result<Self, ActionError> {
        let signed_in = request.extensions().get::<SignedIn>().cloned();
        let signed_in = signed_in.ok_or_else(|| ActionError::new(Code::NoSession))?;
        Self::new(state, request, signed_in, gate::caller(request)?).await
    }

    /// The counter of somebody who is signed in.
    pub(super) async fn new(
        state: &State,
        request: &HttpRequest,
        signed_in: SignedIn,
        mut caller: Caller,
    ) -> Result<Self, ActionError> {
        let wanted = caller.program.clone();
        let read = state.house.store.read(move |db| {
            let found = match wanted {
                Some(id) => Some(programs::get(db, &id)?),
                // Whoever works for all programs serves the first one where no till says another.
                None => programs::list(db, None, None, 1)?.into_iter().next(),
            };
            Ok::<_, ActionError>(found)
        });
        let none = || ActionError::with(Code::NotFound, "There is no program yet; make one first.");
        let program = read.await?.ok_or_else(none)?;
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

    /// A deed of whoever stands here.
    pub(super) fn deed(&self) -> Deed {
        Deed::begin(&self.state.house, self.caller.clone())
    }

    pub(super) fn bar(&self) -> Bar {
        let till = self.signed_in.till.as_ref();
        Bar {
            staff: self.signed_in.staff.name.clone(),
            place: till.map(|till| till.name.clone()).unwrap_or_default(),
            token: self.signed_in.form_token(&self.state.house),
            is_training: self.signed_in.session.is_training,
        }
    }

    /// Where the till stands, as orders name it.
    pub(super) fn location(&self) -> Option<String> {
        let of_till = self
            .signed_in
            .till
            .as_ref()
            .and_then(|till| till.location.clone());
        of_till.or_else(|| self.signed_in.staff.location.clone())
    }

    /// A page of the till in the program's colours.
    pub(super) fn frame(&self, title: String) -> Frame {
        Frame {
            is_private: true,
            ..Frame::of_till(self.locale, title, &self.program)
        }
    }

    /// So many points in the reader's words.
    pub(super) fn points(&self, count: i64) -> String {
        self.locale.points(&self.program.point_name, count)
    }

    /// An amount as it can be typed.
    pub(super) fn example(&self) -> String {
        let currency = self.program.currency;
        let minor = currency.minor_per_unit() * 25 / 2;
        self.locale.language().write_money(Money { minor, currency })
    }

    /// An address in the language of the page.
    pub(super) fn link(&self, address: &str) -> String {
        let mark = if address.contains('?') { '&' } else { '?' };
        format!("{address}{mark}lang={}", self.locale.tag())
    }
}

/// A form's own id, so that a deed that is sent twice is done once.
pub(super) fn new_form() -> String {
    random_token(FORM_BYTES)
}
