//! What people see: the customers' pages, the till, the console. Plain HTML that needs no script.

mod amount;
mod assets;
mod card;
mod claim;
mod console;
mod desk;
mod device;
mod download;
mod face;
mod fault;
mod forms;
mod frame;
mod here;
mod join;
mod leading;
mod locale;
mod look;
mod measure;
mod member;
mod member_lines;
mod member_reward;
mod origin;
mod paper;
mod passkey;
mod point_names;
mod poster;
#[cfg(debug_assertions)]
mod pseudo;
mod qr;
mod recover;
mod settings;
mod settings_end;
mod settings_forms;
mod setup;
mod sheet;
mod sign_in;
mod sign_in_step;
mod survey;
mod survey_form;
mod theme;
mod till;
mod visitors;
mod way_back;
mod words;

use crate::http::router::Router;
use actix_web::web;

pub(super) use fault::PageReader;
pub(super) use origin::check_same_site;
pub(super) use visitors::Visitors;

/// Adds the pages' routes.
pub(super) fn configure(router: &mut Router) {
    router
        .route("/join/{slug}", web::get().to(join::show))
        .route("/join/{slug}", web::post().to(join::submit))
        .route("/join/{slug}/poster", web::get().to(poster::show))
        .route("/join/{slug}/poster.svg", web::get().to(poster::draw))
        .route("/claim/{token}", web::get().to(claim::show))
        .route("/claim/{token}", web::post().to(claim::submit))
        .route("/here/{token}", web::get().to(here::show))
        .route("/survey/{id}", web::get().to(survey::open))
        .route("/recover/{token}", web::get().to(recover::show))
        .route("/recover/{token}/answer", web::get().to(recover::answer))
        .route("/card/{token}", web::get().to(card::show))
        .route("/card/{token}/google", web::get().to(card::open_google))
        .route("/card/{token}/member", web::get().to(member::open))
        .route("/member/{token}", web::get().to(member::show))
        .route(
            "/member/{token}/reward/{reward}",
            web::get().to(member_reward::ask),
        )
        .route(
            "/member/{token}/reward/{reward}",
            web::post().to(member_reward::redeem),
        )
        .route(
            "/member/{token}/code/{redemption}",
            web::get().to(member_reward::show_code),
        )
        .route(
            "/member/{token}/code/{redemption}/cancel",
            web::post().to(member_reward::cancel),
        )
        .route("/member/{token}/survey/{id}", web::get().to(survey::show))
        .route("/member/{token}/survey/{id}", web::post().to(survey::submit))
        .configure(configure_settings)
        .route("/download/{token}", web::get().to(download::open))
        .route("/setup/{token}", web::get().to(setup::show))
        .route("/setup/{token}", web::post().to(setup::submit))
        .route("/sign-in", web::get().to(sign_in::show))
        .route("/sign-in", web::post().to(sign_in::submit))
        .route("/sign-in/code", web::get().to(sign_in_step::show))
        .route("/sign-in/code", web::post().to(sign_in_step::submit))
        .route("/sign-in/passkey", web::get().to(sign_in_step::options))
        .route("/sign-in/passkey", web::post().to(sign_in_step::submit_passkey))
        .route("/sign-out", web::post().to(sign_in::leave))
        .route("/assets/{file}", web::get().to(assets::asset))
        .route("/assets/{version}/{file}", web::get().to(assets::script));
    till::configure(router);
    console::configure(router);
}

fn configure_settings(router: &mut Router) {
    let own = |path: &str| format!("/member/{{token}}/settings{path}");
    router
        .route(&own(""), web::get().to(settings::show))
        .route(&own("/about"), web::post().to(settings_forms::save_about))
        .route(&own("/contact"), web::post().to(settings_forms::add_contact))
        .route(
            &own("/contact/remove"),
            web::post().to(settings_forms::remove_contact),
        )
        .route(&own("/consent"), web::post().to(settings_forms::consent))
        .route(&own("/quiet"), web::post().to(settings_forms::quiet))
        .route(&own("/export"), web::get().to(settings_end::export))
        .route(&own("/delete"), web::get().to(settings_end::ask))
        .route(&own("/delete"), web::post().to(settings_end::delete));
}
