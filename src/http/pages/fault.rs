//! The page that a reader sees when something did not go: what, why, what next.

use actix_web::http::StatusCode;
use actix_web::http::header::ACCEPT;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::frame::{Frame, respond};
use super::leading::lead_to;
use super::locale::{Locale, Reader};
use crate::actions::{ActionError, Code, Kind};
use crate::http::routes::{Route, Surface};
use crate::types::Language;

#[derive(Template)]
#[template(path = "pages/fault.html")]
pub(super) struct FaultPage {
    frame: Frame,
    next: String,
    wait: Option<String>,
    refresh_s: Option<u32>,
    reference: Option<String>,
}

/// A reader who is to see a page and not JSON.
#[derive(Debug, Clone, Copy)]
pub(in crate::http) struct PageReader {
    reader: Reader,
    place: Place,
}

/// Which address did not go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Join,
    Card,
    Claim,
    Download,
    Till,
    Other,
}

impl PageReader {
    /// The reader behind a request, if it is a browser's and the address is of a page or of nothing.
    pub(in crate::http) fn of(request: &HttpRequest, route: Option<&Route>) -> Option<Self> {
        let accept = request.headers().get(ACCEPT)?.to_str().ok()?;
        let is_page = route.is_none_or(|route| matches!(route.surface, Surface::Page | Surface::Counter));
        let path = route.map_or("", |route| route.path);
        let place = if path.starts_with("/join/") {
            Place::Join
        } else if path.starts_with("/card/") || path.starts_with("/member/") {
            Place::Card
        } else if path.starts_with("/claim/") {
            Place::Claim
        } else if path.starts_with("/download/") {
            Place::Download
        } else if path.starts_with("/till") {
            Place::Till
        } else {
            Place::Other
        };
        (is_page && accept.contains("text/html")).then(|| Self {
            reader: Reader::of(request),
            place,
        })
    }

    /// The page for a failure; `None` if it cannot be drawn.
    pub(in crate::http) fn draw(
        self,
        status: StatusCode,
        error: &ActionError,
        request_id: &str,
    ) -> Option<HttpResponse> {
        if error.code == Code::NoSession {
            return Some(lead_to(if self.place == Place::Till {
                "/till"
            } else {
                "/sign-in?next=/console"
            }));
        }
        let locale = self.reader.locale(&Language::english());
        let (title, next) = locale.word_and_next(self.text(error));
        let is_ours = error.code.kind() == Kind::Internal;
        let page = FaultPage {
            frame: Frame::plain(locale, title),
            next,
            wait: error.retry_after.map(|wait| {
                let seconds = i64::try_from(wait.as_secs().max(1)).unwrap_or(i64::MAX);
                locale.say("fault-wait", &[("seconds", seconds.into())])
            }),
            refresh_s: None,
            reference: is_ours.then(|| request_id.to_owned()),
        };
        // A page that cannot be drawn is answered as JSON, which says the same.
        respond(status, &page).ok()
    }

    /// The text that says what happened, and what can be done.
    fn text(self, error: &ActionError) -> &'static str {
        match (error.code, error.code.kind()) {
            (Code::CardVoided, _) => "fault-voided",
            (Code::NoApple | Code::NoGoogle, _) => "fault-no-wallet",
            (Code::NoDesign, _) => "fault-no-program",
            (Code::BadParameter, _) => "fault-bad-address",
            (Code::WrongRole, _) => "fault-wrong-role",
            (Code::BadFormToken, _) => "fault-old-form",
            (_, Kind::Missing) => match self.place {
                Place::Join => "fault-no-program",
                Place::Card => "fault-no-card",
                Place::Claim => "fault-no-receipt",
                Place::Download => "fault-no-link",
                Place::Till | Place::Other => "fault-no-page",
            },
            (_, Kind::Gone) => "fault-link-over",
            (_, Kind::Forbidden | Kind::Unauthenticated) => "fault-cross-site",
            (_, Kind::Limited) => "fault-too-many",
            (_, Kind::Unavailable) => "fault-unavailable",
            (_, Kind::Malformed | Kind::TooLarge | Kind::Unprocessable | Kind::Conflict | Kind::Stale) => {
                "fault-not-understood"
            }
            (_, Kind::Internal) => "fault-internal",
        }
    }
}

/// The page that waits for Google, and asks again by itself.
pub(super) fn waiting_page(reader: Reader, refresh_s: u32) -> FaultPage {
    let locale: Locale = reader.locale(&Language::english());
    FaultPage {
        frame: Frame::plain(locale, locale.word("wallet-waiting")),
        next: locale.word("wallet-waiting-why"),
        wait: None,
        refresh_s: Some(refresh_s),
        reference: None,
    }
}
