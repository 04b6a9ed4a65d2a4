//! A frame of the till's camera, for browsers that cannot read codes themselves. It is read and forgotten.

use std::sync::LazyLock;
use std::time::Duration;

use actix_web::http::header;
use actix_web::web::{self, Bytes};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use tokio::sync::Semaphore;

use crate::actions::{ActionError, Code};
use crate::http::Problem;
use crate::http::body::Body;
use crate::scanner::{self, ScanError, Symbol};

/// How many frames are read at once: more would only make each of them wait.
static READERS: LazyLock<Semaphore> = LazyLock::new(|| {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    Semaphore::new(cores)
});

/// What was read.
#[derive(Debug, Serialize)]
struct Reading {
    text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    symbology: Option<&'static str>,
}

impl From<Option<Symbol>> for Reading {
    fn from(symbol: Option<Symbol>) -> Self {
        Self {
            symbology: symbol.as_ref().map(|symbol| symbol.symbology.as_str()),
            text: symbol.map(|symbol| symbol.text),
        }
    }
}

/// Reads a frame; a browser whose frame is not taken sends a later one.
pub(super) async fn read(request: HttpRequest, body: Body) -> Result<HttpResponse, Problem> {
    let media_type = request.headers().get(header::CONTENT_TYPE);
    if media_type.is_none_or(|value| value != "image/jpeg") {
        return Err(ActionError::with(Code::BadFrame, "A frame is sent as image/jpeg.").into());
    }
    let reading = Reading::from(read_frame(&READERS, body.0).await?);
    Ok(HttpResponse::Ok().json(reading))
}

async fn read_frame(readers: &'static Semaphore, jpeg: Bytes) -> Result<Option<Symbol>, ActionError> {
    let Ok(reader) = readers.try_acquire() else {
        return Err(ActionError {
            retry_after: Some(Duration::from_secs(1)),
            ..ActionError::new(Code::TooMany)
        });
    };
    let reading = web::block(move || {
        let read = scanner::read(&jpeg);
        // Only now: a browser that went away does not end the reading.
        drop(reader);
        read
    });
    let read = reading.await.map_err(ActionError::internal)?;
    read.map_err(|fault| match fault {
        ScanError::TooLarge(_) => ActionError::with(Code::BodyTooLarge, fault.to_string()),
        ScanError::Sides(..) | ScanError::Unreadable(_) => {
            ActionError::with(Code::BadFrame, fault.to_string())
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn no_more_frames_are_read_at_once_than_there_are_readers() {
        static NONE: Semaphore = Semaphore::const_new(0);
        let refused = read_frame(&NONE, Bytes::new()).await.expect_err("no reader");
        assert_eq!(
            (refused.code, refused.retry_after),
            (Code::TooMany, Some(Duration::from_secs(1)))
        );
    }

    #[actix_web::test]
    async fn a_reader_is_free_again_whatever_it_read() {
        static ONE: Semaphore = Semaphore::const_new(1);
        for broken in ["", "no JPEG", "\u{ff}\u{d8}"] {
            let refused = read_frame(&ONE, Bytes::from_static(broken.as_bytes())).await;
            assert_eq!(refused.expect_err("no JPEG").code, Code::BadFrame);
        }
        let large = Bytes::from(vec![0; scanner::FRAME_BYTES_MAX + 1]);
        let refused = read_frame(&ONE, large).await.expect_err("too large");
        assert_eq!(refused.code, Code::BodyTooLarge);
    }

    #[test]
    fn a_frame_without_a_code_has_no_text() {
        let said = |symbol| serde_json::to_string(&Reading::from(symbol)).expect("JSON");
        assert_eq!(said(None), r#"{"text":null}"#);
        let symbol = Symbol {
            text: "A".to_owned(),
            symbology: scanner::Symbology::Code128,
        };
        assert_eq!(said(Some(symbol)), r#"{"text":"A","symbology":"code128"}"#);
    }
}
