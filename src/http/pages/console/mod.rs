//! The console: where whoever runs the program sees how it goes, cares for members, and sets things up.

mod check_in;
mod designer;
mod imports;
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

use actix_web::web;

/// Adds the console's routes.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/console", web::get().to(overview::show))
        .route("/console/program", web::post().to(program::choose))
        .route("/console/check-in", web::get().to(check_in::show));
    own::configure(config);
    shop::configure(config);
    start::configure(config);
    surveys::configure(config);
    terms::configure(config);
    members::configure(config);
    imports::configure(config);
    designer::configure(config);
}
