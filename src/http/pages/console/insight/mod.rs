//! How the program goes: figures with their formulas, drawn and as tables, and all of it to take along.

mod chart;
mod page;
mod tables;
mod tiles;

use actix_web::web;

use crate::http::router::Router;

/// Adds the routes.
pub(super) fn configure(router: &mut Router) {
    router
        .route("/console/insight", web::get().to(page::show))
        .route("/console/insight.csv", web::get().to(page::download));
}
