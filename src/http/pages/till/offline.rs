//! What lets the till start and work without a network: its worker, its manifest, the page for then, who is signed in.

use std::sync::LazyLock;

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde_json::json;

use super::super::assets::{icon_address, script_address, scripts, style_address, till_style_address};
use super::super::desk::Desk;
use super::super::frame::{Frame, respond};
use super::super::locale::Reader;
use crate::http::session::find_till;
use crate::http::{Problem, State};
use crate::store::programs;
use crate::types::{Language, sha256_hex};

const WORKER: &str = include_str!("../../../../templates/assets/worker.js");

/// What the worker keeps, and the name of it all.
static HEAD: LazyLock<String> = LazyLock::new(|| {
    let mut files = vec![style_address(), till_style_address(), icon_address()];
    files.extend(scripts().map(script_address));
    let list = serde_json::to_string(&files).unwrap_or_default();
    let version: String = sha256_hex(format!("{list}{WORKER}").as_bytes())
        .chars()
        .take(12)
        .collect();
    format!("const FILES = {list};\nconst VERSION = \"{version}\";\n")
});

#[derive(Template)]
#[template(path = "pages/till/offline.html")]
struct OfflinePage {
    frame: Frame,
    script: String,
    symbol: String,
}

/// The worker. It may serve the till's first address, which stands above its own.
pub(super) async fn worker() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/javascript; charset=utf-8")
        .insert_header(("service-worker-allowed", "/till"))
        .body(format!("{}{WORKER}", *HEAD))
}

/// What makes the till a thing to install.
pub(super) async fn manifest(request: HttpRequest) -> HttpResponse {
    let locale = Reader::of(&request).locale(&Language::english());
    let name = locale.word("till-title");
    let icon =
        json!({ "src": icon_address(), "sizes": "any", "type": "image/svg+xml", "purpose": "any maskable" });
    HttpResponse::Ok()
        .content_type("application/manifest+json")
        .json(json!({
            "id": "/till",
            "name": name,
            "short_name": name,
            "start_url": "/till",
            "scope": "/till",
            "display": "standalone",
            "lang": locale.tag(),
            "dir": locale.direction(),
            "background_color": "#fdfdfc",
            "theme_color": "#2b322f",
            "icons": [icon],
        }))
}

/// The page for when there is no network; it holds nothing of anybody.
pub(super) async fn show(state: Data<State>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let till = find_till(&state.house, &request).await?;
    let program = match till {
        Some(till) => {
            let read = state
                .house
                .store
                .read(move |db| programs::get(db, &till.program_id));
            Some(read.await?)
        }
        None => None,
    };
    let own = program
        .as_ref()
        .map_or_else(Language::english, |program| program.language.clone());
    let locale = Reader::of(&request).locale(&own);
    let title = locale.word("till-offline-title");
    let page = OfflinePage {
        frame: match &program {
            Some(program) => Frame::of_till(locale, title, program),
            None => Frame::of_staff(locale, title),
        },
        script: script_address("till.js"),
        symbol: program
            .map(|program| program.currency.to_string())
            .unwrap_or_default(),
    };
    Ok(respond(StatusCode::OK, &page)?)
}

/// Who is signed in, for purchases that were made without a network.
pub(super) async fn state(state: Data<State>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let counter = Desk::of(&state, &request).await?;
    let bar = counter.bar();
    // What is only tried is not sent.
    let token = (!bar.is_training).then_some(bar.token);
    Ok(HttpResponse::Ok().json(json!({ "token": token, "staff": bar.staff })))
}
