//! The shop behind the program: who works here, at which tills, which programs have keys, who
//! outside is told of what happens, what was done by whom.

mod books;
mod keys;
mod location;
mod locations;
mod person;
mod staff;
mod terms;
mod tills;
mod webhook;
mod webhooks;

use actix_web::web;

pub(super) use locations::list_active;

use super::super::desk::Desk;
use crate::actions::ActionError;
use crate::http::router::Router;

/// Adds the routes.
pub(super) fn configure(router: &mut Router) {
    router
        .route("/console/settings", web::get().to(terms::show))
        .route("/console/settings", web::post().to(terms::save))
        .route("/console/staff", web::get().to(staff::show))
        .route("/console/staff", web::post().to(staff::add))
        .route("/console/staff/{id}", web::get().to(person::show))
        .route("/console/staff/{id}", web::post().to(person::save))
        .route("/console/staff/{id}/leave", web::post().to(person::leave))
        .route("/console/locations", web::get().to(locations::show))
        .route("/console/locations", web::post().to(locations::add))
        .route("/console/locations/{id}", web::get().to(location::show))
        .route("/console/locations/{id}", web::post().to(location::save))
        .route(
            "/console/locations/{id}/state",
            web::post().to(location::set_state),
        )
        .route(
            "/console/staff/{id}/codes/off",
            web::post().to(person::turn_codes_off),
        )
        .route(
            "/console/staff/{id}/passkeys/remove",
            web::post().to(person::take_passkeys_away),
        )
        .route("/console/tills", web::get().to(tills::show))
        .route("/console/tills", web::post().to(tills::add))
        .route("/console/tills/{id}/revoke", web::post().to(tills::revoke))
        .route("/console/keys", web::get().to(keys::show))
        .route("/console/keys", web::post().to(keys::add))
        .route("/console/keys/{id}/revoke", web::post().to(keys::revoke))
        .route("/console/webhooks", web::get().to(webhooks::show))
        .route("/console/webhooks", web::post().to(webhooks::add))
        .route("/console/webhooks/{id}", web::get().to(webhook::show))
        .route("/console/webhooks/{id}", web::post().to(webhook::save))
        .route("/console/webhooks/{id}/state", web::post().to(webhook::set_state))
        .route("/console/webhooks/{id}/test", web::post().to(webhook::test))
        .route("/console/webhooks/{id}/rotate", web::post().to(webhook::rotate))
        .route("/console/webhooks/{id}/remove", web::post().to(webhook::remove))
        .route(
            "/console/webhooks/{id}/deliveries/{delivery}/resend",
            web::post().to(webhook::resend),
        )
        .route("/console/books", web::get().to(books::show));
}

/// A field with what was typed and the id of the text for what is wrong with it.
#[derive(Debug, Clone, Default)]
struct Typed {
    value: String,
    fault: Option<&'static str>,
}

impl Typed {
    fn new(value: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            fault: None,
        }
    }

    /// The same with the text for its fault, if the deed found one there.
    fn judged(self, error: Option<&ActionError>, pointer: &str, text: &'static str) -> Self {
        let is_meant = error.is_some_and(|error| error.faults.iter().any(|fault| fault.pointer == pointer));
        Self {
            fault: is_meant.then_some(text),
            ..self
        }
    }
}

/// A way to another part of the settings.
struct Door {
    name: &'static str,
    address: String,
    is_current: bool,
}

/// The parts of the settings that somebody may see.
fn doors(desk: &Desk, current: &str) -> Vec<Door> {
    use crate::types::Role::{Auditor, Manager, Marketer, Owner};
    let role = desk.signed_in.staff.role;
    let all = [
        ("shop-program", "/console/settings", true),
        ("shop-staff", "/console/staff", matches!(role, Owner | Manager)),
        ("shop-locations", "/console/locations", true),
        (
            "check-in",
            "/console/check-in",
            matches!(role, Owner | Manager | Marketer),
        ),
        ("shop-tills", "/console/tills", matches!(role, Owner | Manager)),
        ("shop-keys", "/console/keys", role == Owner),
        ("shop-hooks", "/console/webhooks", role == Owner),
        (
            "shop-books",
            "/console/books",
            matches!(role, Owner | Manager | Auditor),
        ),
    ];
    all.into_iter()
        .filter(|(.., is_open)| *is_open)
        .map(|(name, address, _)| Door {
            name,
            is_current: address == current,
            address: desk.link(address),
        })
        .collect()
}

/// Whether an address says that something was done.
fn is_done(request: &actix_web::HttpRequest, what: &str) -> bool {
    let said = format!("done={what}");
    request.query_string().split('&').any(|pair| pair == said)
}
