//! The till: whoever works at a counter scans a card, gives points, hands over rewards, and undoes what went wrong.

mod card;
mod connect;
mod counter;
mod deeds;
mod faults;
mod found;
mod frames;
mod home;
mod joining;
mod offline;
mod recover;
mod words;

use crate::http::router::Router;
use actix_web::web;

/// Adds the till's routes.
pub(super) fn configure(router: &mut Router) {
    router
        .route("/till", web::get().to(home::show))
        .route("/till/sign-in", web::post().to(home::sign_in_by_pin))
        .route("/till/connect/{link}", web::get().to(connect::ask))
        .route("/till/connect/{link}", web::post().to(connect::connect))
        .route("/till/join", web::get().to(joining::show))
        .route("/till/joined/{nonce}", web::get().to(joining::ask))
        .route("/till/worker.js", web::get().to(offline::worker))
        .route("/till/manifest.json", web::get().to(offline::manifest))
        .route("/till/offline", web::get().to(offline::show))
        .route("/till/recover/{token}", web::get().to(recover::show))
        .route("/till/recover/{token}", web::post().to(recover::allow))
        .route("/till/state", web::get().to(offline::state))
        .route("/till/card", web::get().to(card::show))
        .route("/till/preview", web::get().to(deeds::preview))
        .route("/till/frames", web::post().to(frames::read))
        .route("/till/orders", web::post().to(deeds::order))
        .route("/till/rewards", web::post().to(deeds::reward))
        .route("/till/undo", web::post().to(deeds::undo))
        .route("/till/training", web::post().to(deeds::train));
}
