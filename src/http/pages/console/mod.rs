//! The console: where whoever runs the program sees how it goes, cares for members, and sets things up.

mod automations;
mod campaigns;
mod check_in;
mod designer;
mod imports;
mod insight;
mod lists;
mod members;
mod overview;
mod own;
mod parts;
mod program;
mod rail;
mod shop;
mod start;
mod surveys;
mod terms;

use crate::http::router::Router;
use actix_web::web;

/// Adds the console's routes.
pub(super) fn configure(router: &mut Router) {
    router
        .route("/console", web::get().to(overview::show))
        .route("/console/program", web::post().to(program::choose))
        .route("/console/check-in", web::get().to(check_in::show));
    own::configure(router);
    shop::configure(router);
    start::configure(router);
    surveys::configure(router);
    campaigns::configure(router);
    automations::configure(router);
    terms::configure(router);
    lists::configure(router);
    members::configure(router);
    imports::configure(router);
    insight::configure(router);
    designer::configure(router);
}
