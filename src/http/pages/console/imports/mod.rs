//! Members of another product: a file is brought, understood, looked at row by row, taken in, and taken back.

mod deeds;
mod import;
mod list;
mod plan;
mod refused;
mod words;

use actix_web::web;

pub(super) use self::words::file_text;

use super::super::desk::Desk;
use crate::actions::start_import::get_import;
use crate::actions::{ActionError, Code};
use crate::http::router::Router;
use crate::store::imports::Import;
use crate::types::ImportId;

/// Adds the routes of imports.
pub(super) fn configure(router: &mut Router) {
    let of = |path: &str| format!("/console/import/{{id}}{path}");
    router
        .route("/console/import", web::get().to(list::show))
        .route("/console/import", web::post().to(list::take_file))
        .route(&of(""), web::get().to(import::show))
        .route(&of("/plan"), web::post().to(plan::keep))
        .route(&of("/begin"), web::post().to(deeds::begin))
        .route(&of("/drop"), web::post().to(deeds::throw_away))
        .route(&of("/undo"), web::post().to(deeds::undo))
        .route(&of("/refused.csv"), web::get().to(refused::download));
}

/// The import of an address, if it is of the program that is looked at.
async fn find(desk: &Desk, id: &str) -> Result<Import, ActionError> {
    let id: ImportId = id.parse().map_err(|_| ActionError::new(Code::NotFound))?;
    let deed = desk.deed();
    let store = &desk.state.house.store;
    store.read(move |db| get_import(db, &deed, &id)).await
}

fn address(id: &ImportId, path: &str) -> String {
    format!("/console/import/{id}{path}")
}
