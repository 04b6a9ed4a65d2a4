//! The first steps of a program: a few questions, a proposal, the look, the wallets, the first card.

mod ending;
mod look;
mod plan;
mod questions;

use actix_web::{HttpRequest, web};

use super::super::assets::console_style_address;
use super::super::desk::{Desk, plain_locale};
use super::super::frame::Frame;
use super::super::leading::with_language;
use super::super::locale::Locale;
use crate::actions::{ActionError, Code};
use crate::http::State;
use crate::http::router::Router;
use crate::http::session::SignedIn;

/// Adds the routes.
pub(super) fn configure(router: &mut Router) {
    router
        .route("/console/start", web::get().to(questions::show))
        .route("/console/start/plan", web::get().to(plan::show))
        .route("/console/start", web::post().to(plan::begin))
        .route("/console/start/look", web::get().to(look::show))
        .route("/console/start/look", web::post().to(look::save))
        .route("/console/start/wallets", web::get().to(ending::show_wallets))
        .route("/console/start/card", web::get().to(ending::show_card));
}

/// Which step of how many a page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Step(usize);

impl Step {
    const QUESTIONS: Self = Self(1);
    const PLAN: Self = Self(2);
    const LOOK: Self = Self(3);
    const WALLETS: Self = Self(4);
    const CARD: Self = Self(5);

    /// Each step, and whether it is reached.
    fn marks(self) -> Vec<bool> {
        (1..=Self::CARD.0).map(|step| step <= self.0).collect()
    }

    /// Where it is, in words.
    fn words(self, locale: Locale) -> String {
        let number = |step: usize| i64::try_from(step).unwrap_or_default();
        let values = [
            ("step", number(self.0).into()),
            ("of", number(Self::CARD.0).into()),
        ];
        locale.say("start-step", &values)
    }
}

/// Somebody who begins a program that is not there yet.
struct Founder {
    locale: Locale,
    signed_in: SignedIn,
    token: String,
}

impl Founder {
    fn of(state: &State, request: &HttpRequest) -> Result<Self, ActionError> {
        use actix_web::HttpMessage as _;
        let signed_in = request.extensions().get::<SignedIn>().cloned();
        let signed_in = signed_in.ok_or_else(|| ActionError::new(Code::NoSession))?;
        if signed_in.staff.program_id.is_some() {
            let detail = "Whoever works for one program begins no other.";
            return Err(ActionError::with(Code::NotFound, detail));
        }
        Ok(Self {
            locale: plain_locale(request),
            token: signed_in.form_token(&state.house),
            signed_in,
        })
    }

    fn link(&self, address: &str) -> String {
        with_language(address, self.locale.tag())
    }
}

/// A page of the first steps.
fn frame(locale: Locale, title: String) -> Frame {
    Frame {
        more_style: Some(console_style_address()),
        ..Frame::plain(locale, title)
    }
}

impl Desk {
    fn start_frame(&self, title: String) -> Frame {
        frame(self.locale, title)
    }
}
