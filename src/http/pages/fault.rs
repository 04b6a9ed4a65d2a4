//! The page that a reader sees when something did not go: what, why, what next.

use actix_web::http::StatusCode;
use actix_web::http::header::ACCEPT;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::frame::{Frame, respond};
use super::locale::{Locale, Reader};
use super::sign_in::lead;
use super::texts::{Fault, FaultTexts, Texts};
use crate::actions::{ActionError, Code, Kind};
use crate::http::routes::{Route, Surface};
use crate::types::Language;

#[derive(Template)]
#[template(path = "pages/fault.html")]
pub(super) struct FaultPage {
    frame: Frame,
    texts: &'static Texts,
    next: &'static str,
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
            return Some(lead(if self.place == Place::Till {
                "/till"
            } else {
                "/sign-in?next=/console"
            }));
        }
        let locale = self.reader.locale(&Language::english());
        let texts = locale.texts();
        let Fault { title, next } = self.words(error, &texts.faults);
        let is_ours = error.code.kind() == Kind::Internal;
        let page = FaultPage {
            frame: Frame::plain(locale, title.clone()),
            texts,
            next,
            wait: error.retry_after.map(|wait| {
                let seconds = i64::try_from(wait.as_secs().max(1)).unwrap_or(i64::MAX);
                locale.wait(seconds)
            }),
            refresh_s: None,
            reference: is_ours.then(|| request_id.to_owned()),
        };
        // A page that cannot be drawn is answered as JSON, which says the same.
        respond(status, &page).ok()
    }

    fn words(self, error: &ActionError, texts: &'static FaultTexts) -> &'static Fault {
        match (error.code, error.code.kind()) {
            (Code::CardVoided, _) => &texts.voided,
            (Code::NoApple | Code::NoGoogle, _) => &texts.no_wallet,
            (Code::NoDesign, _) => &texts.no_program,
            (Code::BadParameter, _) => &texts.bad_address,
            (_, Kind::Missing) => match self.place {
                Place::Join => &texts.no_program,
                Place::Card => &texts.no_card,
                Place::Claim => &texts.no_receipt,
                Place::Download => &texts.no_link,
                Place::Till | Place::Other => &texts.no_page,
            },
            (_, Kind::Gone) => &texts.link_over,
            (_, Kind::Forbidden | Kind::Unauthenticated) => &texts.cross_site,
            (_, Kind::Limited) => &texts.too_many,
            (_, Kind::Unavailable) => &texts.unavailable,
            (_, Kind::Malformed | Kind::TooLarge | Kind::Unprocessable | Kind::Conflict | Kind::Stale) => {
                &texts.not_understood
            }
            (_, Kind::Internal) => &texts.internal,
        }
    }
}

/// The page that waits for Google, and asks again by itself.
pub(super) fn waiting_page(reader: Reader, refresh_s: u32) -> FaultPage {
    let locale: Locale = reader.locale(&Language::english());
    let texts = locale.texts();
    FaultPage {
        frame: Frame::plain(locale, texts.wallet.waiting.clone()),
        texts,
        next: &texts.wallet.waiting_why,
        wait: None,
        refresh_s: Some(refresh_s),
        reference: None,
    }
}
