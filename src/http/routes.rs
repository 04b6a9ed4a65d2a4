//! Every route of the service and who may use it. What is not in this table is refused.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::types::Role::{self, Auditor, Cashier, Integration, Manager, Marketer, Owner};

/// Largest body of most routes, in bytes.
pub const BODY_MAX: usize = 256 * 1024;
/// Largest body of a picture in base 64.
pub const IMAGE_BODY_MAX: usize = 4 * 1024 * 1024;
/// Largest body of a design with its images in base 64.
pub const DESIGN_BODY_MAX: usize = 64 * 1024 * 1024;

/// Largest body of a list of members: the file, and the form around it.
pub const LIST_BODY_MAX: usize = 11 * 1024 * 1024;

/// Who may use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Keys of these roles.
    Keys(&'static [Role]),
    /// Staff of these roles who are signed in in a browser.
    Staff(&'static [Role]),
    /// Anybody: pages, health, and what is guarded by a token of its own.
    Anybody,
}

/// What a route answers with, which decides what a browser may do with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surface {
    /// JSON, images, passes: nothing is run.
    Data,
    /// A page of ours.
    Page,
    /// A page at the counter, which may use the camera and starts without a network.
    Counter,
    /// The API's docs, whose script styles elements in place.
    Docs,
}

/// A route.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    /// The method.
    pub method: &'static str,
    /// The pattern as actix knows it.
    pub path: &'static str,
    /// Who may use it.
    pub access: Access,
    /// What it answers with.
    pub surface: Surface,
    /// Largest body, in bytes.
    pub body_max: usize,
}

const ALL: Access = Access::Keys(&[Owner, Manager, Marketer, Cashier, Integration, Auditor]);
const OWNER: Access = Access::Keys(&[Owner]);
const LOOK: Access = Access::Keys(&[Owner, Manager, Marketer]);
const RUN: Access = Access::Keys(&[Owner, Manager]);
const COUNTER: Access = Access::Keys(&[Owner, Manager, Cashier, Integration]);
const CARE: Access = Access::Keys(&[Owner, Manager, Integration]);
const PEOPLE: Access = Access::Keys(&[Owner, Manager, Marketer, Integration, Auditor]);

/// Whoever may see the codes of gift cards, which are as good as money.
const VALUE: Access = Access::Keys(&[Owner, Manager, Cashier, Integration, Auditor]);
/// Whoever may know how the program goes.
const FIGURES: Access = Access::Keys(&[Owner, Manager, Marketer, Auditor]);
const BOOKS: Access = Access::Keys(&[Owner, Manager, Integration, Auditor]);

/// Whoever works at a counter.
const TILL: Access = Access::Staff(&[Owner, Manager, Cashier]);

/// Whoever shapes the program: its terms, its look, its rewards.
const SHAPE: Access = Access::Staff(&[Owner, Manager, Marketer]);
/// Whoever leads the shop.
const LEAD: Access = Access::Staff(&[Owner, Manager]);
/// Whoever may read who did what.
const REVIEW: Access = Access::Staff(&[Owner, Manager, Auditor]);
/// Whoever begins a program, and gives its keys away.
const FOUND: Access = Access::Staff(&[Owner]);
/// Whoever sees how the program goes.
const SEE: Access = Access::Staff(&[Owner, Manager, Marketer, Auditor]);

/// Whoever cares for members.
const MEND: Access = Access::Staff(&[Owner, Manager]);

const fn route(method: &'static str, path: &'static str, access: Access) -> Route {
    Route {
        method,
        path,
        access,
        surface: Surface::Data,
        body_max: BODY_MAX,
    }
}

const fn page(method: &'static str, path: &'static str) -> Route {
    console(method, path, Access::Anybody)
}

/// A page for staff who are signed in.
const fn console(method: &'static str, path: &'static str, access: Access) -> Route {
    Route {
        surface: Surface::Page,
        ..route(method, path, access)
    }
}

/// A form for staff that may bring pictures with it.
const fn with_pictures(path: &'static str, access: Access) -> Route {
    Route {
        body_max: IMAGE_BODY_MAX,
        ..console("POST", path, access)
    }
}

/// A page at the counter.
const fn counter(method: &'static str, path: &'static str, access: Access) -> Route {
    Route {
        surface: Surface::Counter,
        ..route(method, path, access)
    }
}

/// Every route.
pub const ROUTES: &[Route] = &[
    route("POST", "/v1/programs", OWNER),
    route("GET", "/v1/programs", ALL),
    route("GET", "/v1/programs/{id}", ALL),
    route("PATCH", "/v1/programs/{id}", LOOK),
    Route {
        body_max: DESIGN_BODY_MAX,
        ..route("PUT", "/v1/programs/{id}/design", LOOK)
    },
    route("GET", "/v1/programs/{id}/design", ALL),
    route("GET", "/v1/programs/{id}/design/preview", ALL),
    route("POST", "/v1/programs/{id}/members", COUNTER),
    route("GET", "/v1/members", PEOPLE),
    route("GET", "/v1/members/{id}", ALL),
    route("PATCH", "/v1/members/{id}", CARE),
    route("DELETE", "/v1/members/{id}", CARE),
    route("POST", "/v1/members/{id}/identities", COUNTER),
    route("DELETE", "/v1/members/{id}/identities/{identity}", CARE),
    route("GET", "/v1/members/{id}/entries", ALL),
    route("GET", "/v1/members/{id}/diagnosis", ALL),
    route("GET", "/v1/members/{id}/export", CARE),
    route("POST", "/v1/members/{id}/adjustments", RUN),
    route("POST", "/v1/members/{id}/block", RUN),
    route("POST", "/v1/members/{id}/unblock", RUN),
    route("POST", "/v1/members/{id}/transfers", COUNTER),
    route("POST", "/v1/members/{id}/merge", RUN),
    route("POST", "/v1/members/{id}/merge/preview", RUN),
    route("POST", "/v1/merges/{id}/undo", RUN),
    route("POST", "/v1/members/{id}/redemptions", COUNTER),
    route("GET", "/v1/members/{id}/redemptions", ALL),
    route("GET", "/v1/members/{id}/referrals", ALL),
    route("GET", "/v1/members/{id}/rewards", ALL),
    route("GET", "/v1/members/{id}/expiry-notices", ALL),
    Route {
        body_max: IMAGE_BODY_MAX,
        ..route("POST", "/v1/images", LOOK)
    },
    route("GET", "/v1/redemptions/{id}", ALL),
    route("POST", "/v1/redemptions/{id}/complete", COUNTER),
    route("POST", "/v1/redemptions/{id}/cancel", COUNTER),
    // Gift cards are sold and taken at the counter; value that nobody pays for the deed gives to fewer.
    route("POST", "/v1/gift-cards", COUNTER),
    route("GET", "/v1/gift-cards/{id}", VALUE),
    route("GET", "/v1/gift-cards/{id}/entries", VALUE),
    route("POST", "/v1/gift-cards/{id}/spend", COUNTER),
    route("POST", "/v1/gift-cards/{id}/top-up", COUNTER),
    route("POST", "/v1/gift-cards/{id}/transfer", CARE),
    route("POST", "/v1/gift-cards/{id}/void", RUN),
    route("POST", "/v1/gift-entries/{id}/reversal", COUNTER),
    route("GET", "/v1/members/{id}/gift-cards", VALUE),
    route("GET", "/v1/programs/{id}/liability", BOOKS),
    route("GET", "/v1/programs/{id}/insight", FIGURES),
    route("GET", "/v1/programs/{id}/insight.csv", FIGURES),
    route("GET", "/v1/cards/{code}", ALL),
    route("POST", "/v1/cards/{code}/void", RUN),
    route("POST", "/v1/cards/{code}/link", COUNTER),
    route("POST", "/v1/cards/{code}/replace", COUNTER),
    route("POST", "/v1/cards/{code}/refresh", COUNTER),
    route("POST", "/v1/orders", COUNTER),
    route("POST", "/v1/orders/simulate", ALL),
    route("GET", "/v1/orders/{id}", ALL),
    route("POST", "/v1/orders/{id}/refunds", COUNTER),
    route("POST", "/v1/entries/{id}/reversal", COUNTER),
    route("POST", "/v1/receipts", COUNTER),
    route("GET", "/v1/receipts/{id}", COUNTER),
    route("POST", "/v1/receipts/{id}/claim", COUNTER),
    route("POST", "/v1/receipts/{id}/void", COUNTER),
    route("POST", "/v1/events", COUNTER),
    route("POST", "/v1/rules", LOOK),
    route("GET", "/v1/rules", ALL),
    route("GET", "/v1/rules/{id}", ALL),
    route("PATCH", "/v1/rules/{id}", LOOK),
    route("DELETE", "/v1/rules/{id}", LOOK),
    route("GET", "/v1/rules/{id}/versions", ALL),
    route("POST", "/v1/promotions", LOOK),
    route("GET", "/v1/promotions", ALL),
    route("GET", "/v1/promotions/{id}", ALL),
    route("PATCH", "/v1/promotions/{id}", LOOK),
    route("DELETE", "/v1/promotions/{id}", LOOK),
    route("GET", "/v1/promotions/{id}/versions", ALL),
    route("POST", "/v1/rewards", LOOK),
    route("GET", "/v1/rewards", ALL),
    route("GET", "/v1/rewards/{id}", ALL),
    route("PATCH", "/v1/rewards/{id}", LOOK),
    route("DELETE", "/v1/rewards/{id}", LOOK),
    route("GET", "/v1/rewards/{id}/versions", ALL),
    route("POST", "/v1/tiers", LOOK),
    route("GET", "/v1/tiers", ALL),
    route("GET", "/v1/tiers/{id}", ALL),
    route("PATCH", "/v1/tiers/{id}", LOOK),
    route("DELETE", "/v1/tiers/{id}", LOOK),
    route("GET", "/v1/tiers/{id}/versions", ALL),
    route("POST", "/v1/challenges", LOOK),
    route("GET", "/v1/challenges", ALL),
    route("GET", "/v1/challenges/{id}", ALL),
    route("PATCH", "/v1/challenges/{id}", LOOK),
    route("DELETE", "/v1/challenges/{id}", LOOK),
    route("GET", "/v1/challenges/{id}/versions", ALL),
    route("POST", "/v1/locations", RUN),
    route("GET", "/v1/locations", ALL),
    route("GET", "/v1/locations/{id}", ALL),
    route("PATCH", "/v1/locations/{id}", RUN),
    route("DELETE", "/v1/locations/{id}", RUN),
    route("POST", "/v1/segments", LOOK),
    route("GET", "/v1/segments", PEOPLE),
    route("GET", "/v1/segments/{id}", PEOPLE),
    route("PATCH", "/v1/segments/{id}", LOOK),
    route("DELETE", "/v1/segments/{id}", LOOK),
    route("GET", "/v1/segments/{id}/versions", PEOPLE),
    route("POST", "/v1/segments/estimate", PEOPLE),
    route("GET", "/v1/segments/{id}/members", PEOPLE),
    route("POST", "/v1/segments/{id}/export", RUN),
    Route {
        body_max: LIST_BODY_MAX,
        ..route("POST", "/v1/lists", LOOK)
    },
    route("GET", "/v1/lists", PEOPLE),
    route("GET", "/v1/lists/{id}", PEOPLE),
    Route {
        body_max: LIST_BODY_MAX,
        ..route("PUT", "/v1/lists/{id}", LOOK)
    },
    route("DELETE", "/v1/lists/{id}", LOOK),
    route("POST", "/v1/campaigns", LOOK),
    route("GET", "/v1/campaigns", PEOPLE),
    route("GET", "/v1/campaigns/{id}", PEOPLE),
    route("PATCH", "/v1/campaigns/{id}", LOOK),
    route("GET", "/v1/campaigns/{id}/estimate", PEOPLE),
    route("POST", "/v1/campaigns/{id}/test", LOOK),
    route("POST", "/v1/campaigns/{id}/schedule", LOOK),
    route("POST", "/v1/campaigns/{id}/approve", LOOK),
    route("POST", "/v1/campaigns/{id}/refuse", LOOK),
    route("POST", "/v1/campaigns/{id}/pause", LOOK),
    route("POST", "/v1/campaigns/{id}/resume", LOOK),
    route("POST", "/v1/campaigns/{id}/cancel", LOOK),
    route("GET", "/v1/campaigns/{id}/results", PEOPLE),
    route("GET", "/v1/programs/{id}/campaigns/calendar", PEOPLE),
    route("POST", "/v1/automations", LOOK),
    route("GET", "/v1/automations", PEOPLE),
    route("GET", "/v1/automations/{id}", PEOPLE),
    route("PATCH", "/v1/automations/{id}", LOOK),
    route("DELETE", "/v1/automations/{id}", LOOK),
    route("GET", "/v1/automations/{id}/estimate", PEOPLE),
    route("POST", "/v1/automations/{id}/test", LOOK),
    route("POST", "/v1/automations/{id}/start", LOOK),
    route("POST", "/v1/automations/{id}/pause", LOOK),
    route("GET", "/v1/automations/{id}/results", PEOPLE),
    route("POST", "/v1/surveys", LOOK),
    route("GET", "/v1/surveys", ALL),
    route("GET", "/v1/surveys/{id}", ALL),
    route("PATCH", "/v1/surveys/{id}", LOOK),
    route("POST", "/v1/surveys/{id}/answers", COUNTER),
    route("GET", "/v1/surveys/{id}/answers", PEOPLE),
    route("GET", "/v1/surveys/{id}/summary", PEOPLE),
    route("POST", "/v1/staff", RUN),
    route("GET", "/v1/staff", RUN),
    route("GET", "/v1/staff/{id}", RUN),
    route("PATCH", "/v1/staff/{id}", RUN),
    route("DELETE", "/v1/staff/{id}", RUN),
    route("POST", "/v1/tills", RUN),
    route("GET", "/v1/tills", RUN),
    route("DELETE", "/v1/tills/{id}", RUN),
    route("POST", "/v1/keys", OWNER),
    route("GET", "/v1/keys", OWNER),
    route("PATCH", "/v1/keys/{id}", OWNER),
    route("DELETE", "/v1/keys/{id}", OWNER),
    // Whoever makes an endpoint has everybody's data sent there.
    route("POST", "/v1/webhook-endpoints", OWNER),
    route("GET", "/v1/webhook-endpoints", OWNER),
    route("GET", "/v1/webhook-endpoints/{id}", OWNER),
    route("PATCH", "/v1/webhook-endpoints/{id}", OWNER),
    route("DELETE", "/v1/webhook-endpoints/{id}", OWNER),
    route("POST", "/v1/webhook-endpoints/{id}/rotate", OWNER),
    route("POST", "/v1/webhook-endpoints/{id}/test", OWNER),
    route("GET", "/v1/webhook-endpoints/{id}/deliveries", OWNER),
    route(
        "POST",
        "/v1/webhook-endpoints/{id}/deliveries/{delivery}/resend",
        OWNER,
    ),
    route("GET", "/v1/openapi.json", Access::Anybody),
    Route {
        surface: Surface::Docs,
        ..route("GET", "/docs", Access::Anybody)
    },
    Route {
        surface: Surface::Docs,
        ..route("GET", "/docs/{_:.*}", Access::Anybody)
    },
    route("GET", "/healthz", Access::Anybody),
    route("GET", "/readyz", Access::Anybody),
    route("GET", "/metrics", Access::Anybody),
    route(
        "POST",
        "/apple/v1/devices/{device}/registrations/{pass_type}/{serial}",
        Access::Anybody,
    ),
    route(
        "DELETE",
        "/apple/v1/devices/{device}/registrations/{pass_type}/{serial}",
        Access::Anybody,
    ),
    route(
        "GET",
        "/apple/v1/devices/{device}/registrations/{pass_type}",
        Access::Anybody,
    ),
    route("GET", "/apple/v1/passes/{pass_type}/{serial}", Access::Anybody),
    route("HEAD", "/apple/v1/passes/{pass_type}/{serial}", Access::Anybody),
    route("POST", "/apple/v1/log", Access::Anybody),
    route("POST", "/google/callback", Access::Anybody),
    route("GET", "/robots.txt", Access::Anybody),
    route("GET", "/images/{file}", Access::Anybody),
    route("HEAD", "/images/{file}", Access::Anybody),
    route("GET", "/stamps/{design}/{file}", Access::Anybody),
    route("HEAD", "/stamps/{design}/{file}", Access::Anybody),
    page("GET", "/card/{token}/pass.pkpass"),
    route("HEAD", "/card/{token}/pass.pkpass", Access::Anybody),
    page("GET", "/card/{token}/google"),
    page("GET", "/card/{token}/member"),
    page("GET", "/card/{token}"),
    page("GET", "/member/{token}"),
    page("GET", "/member/{token}/reward/{reward}"),
    page("POST", "/member/{token}/reward/{reward}"),
    page("GET", "/member/{token}/code/{redemption}"),
    page("POST", "/member/{token}/code/{redemption}/cancel"),
    page("GET", "/member/{token}/survey/{id}"),
    page("POST", "/member/{token}/survey/{id}"),
    page("GET", "/member/{token}/settings"),
    page("POST", "/member/{token}/settings/about"),
    page("POST", "/member/{token}/settings/contact"),
    page("POST", "/member/{token}/settings/contact/remove"),
    page("POST", "/member/{token}/settings/consent"),
    page("POST", "/member/{token}/settings/quiet"),
    page("GET", "/member/{token}/settings/export"),
    page("GET", "/member/{token}/settings/delete"),
    page("POST", "/member/{token}/settings/delete"),
    page("GET", "/download/{token}"),
    page("GET", "/join/{slug}"),
    page("POST", "/join/{slug}"),
    page("GET", "/join/{slug}/poster"),
    page("GET", "/join/{slug}/poster.svg"),
    page("GET", "/here/{token}"),
    page("GET", "/survey/{id}"),
    page("GET", "/recover/{token}"),
    route("GET", "/recover/{token}/answer", Access::Anybody),
    page("GET", "/claim/{token}"),
    page("POST", "/claim/{token}"),
    route("GET", "/assets/{file}", Access::Anybody),
    route("GET", "/assets/{version}/{file}", Access::Anybody),
    page("GET", "/setup/{token}"),
    page("POST", "/setup/{token}"),
    page("GET", "/sign-in"),
    page("POST", "/sign-in"),
    // Open to whoever's password was right in this browser, or who has a passkey.
    page("GET", "/sign-in/code"),
    page("POST", "/sign-in/code"),
    route("GET", "/sign-in/passkey", Access::Anybody),
    page("POST", "/sign-in/passkey"),
    page("POST", "/sign-out"),
    // Whoever is not signed in sees who can be.
    counter("GET", "/till", Access::Anybody),
    counter("POST", "/till/sign-in", Access::Anybody),
    counter("GET", "/till/connect/{link}", Access::Anybody),
    counter("POST", "/till/connect/{link}", Access::Anybody),
    counter("GET", "/till/worker.js", Access::Anybody),
    route("GET", "/till/manifest.json", Access::Anybody),
    counter("GET", "/till/offline", Access::Anybody),
    route("GET", "/till/state", TILL),
    counter("GET", "/till/join", TILL),
    route("GET", "/till/joined/{nonce}", TILL),
    counter("GET", "/till/recover/{token}", TILL),
    counter("POST", "/till/recover/{token}", TILL),
    counter("GET", "/till/card", TILL),
    route("GET", "/till/preview", TILL),
    route("POST", "/till/frames", TILL),
    counter("POST", "/till/orders", TILL),
    counter("POST", "/till/rewards", TILL),
    counter("POST", "/till/undo", TILL),
    counter("POST", "/till/training", TILL),
    console("GET", "/console", SEE),
    console("POST", "/console/program", SEE),
    console("GET", "/console/settings", SEE),
    console("POST", "/console/settings", SHAPE),
    console("GET", "/console/staff", LEAD),
    console("POST", "/console/staff", LEAD),
    console("GET", "/console/staff/{id}", LEAD),
    console("POST", "/console/staff/{id}", LEAD),
    console("POST", "/console/staff/{id}/leave", LEAD),
    console("GET", "/console/check-in", SHAPE),
    console("GET", "/console/locations", SEE),
    console("POST", "/console/locations", LEAD),
    console("GET", "/console/locations/{id}", SEE),
    console("POST", "/console/locations/{id}", LEAD),
    console("POST", "/console/locations/{id}/state", LEAD),
    console("POST", "/console/staff/{id}/codes/off", FOUND),
    console("POST", "/console/staff/{id}/passkeys/remove", FOUND),
    console("GET", "/console/me", SEE),
    console("POST", "/console/me/password", SEE),
    console("GET", "/console/me/codes", SEE),
    console("POST", "/console/me/codes", SEE),
    console("POST", "/console/me/codes/off", SEE),
    console("POST", "/console/me/codes/recovery", SEE),
    route("GET", "/console/me/passkey", SEE),
    console("POST", "/console/me/passkeys", SEE),
    console("POST", "/console/me/passkeys/{id}/remove", SEE),
    console("GET", "/console/tills", LEAD),
    console("POST", "/console/tills", LEAD),
    console("POST", "/console/tills/{id}/revoke", LEAD),
    console("GET", "/console/keys", FOUND),
    console("POST", "/console/keys", FOUND),
    console("POST", "/console/keys/{id}/revoke", FOUND),
    console("GET", "/console/webhooks", FOUND),
    console("POST", "/console/webhooks", FOUND),
    console("GET", "/console/webhooks/{id}", FOUND),
    console("POST", "/console/webhooks/{id}", FOUND),
    console("POST", "/console/webhooks/{id}/state", FOUND),
    console("POST", "/console/webhooks/{id}/test", FOUND),
    console("POST", "/console/webhooks/{id}/rotate", FOUND),
    console("POST", "/console/webhooks/{id}/remove", FOUND),
    console(
        "POST",
        "/console/webhooks/{id}/deliveries/{delivery}/resend",
        FOUND,
    ),
    console("GET", "/console/books", REVIEW),
    console("GET", "/console/rules", SEE),
    console("POST", "/console/rules", SHAPE),
    console("POST", "/console/promotions", SHAPE),
    console("GET", "/console/rules/try", SEE),
    console("GET", "/console/rules/{id}", SEE),
    console("POST", "/console/rules/{id}", SHAPE),
    console("GET", "/console/promotions/{id}", SEE),
    console("POST", "/console/promotions/{id}", SHAPE),
    console("GET", "/console/campaigns", SEE),
    console("POST", "/console/campaigns", SHAPE),
    console("GET", "/console/campaigns/new", SHAPE),
    console("GET", "/console/campaigns/calendar", SEE),
    console("GET", "/console/campaigns/{id}", SEE),
    console("GET", "/console/campaigns/{id}/edit", SHAPE),
    console("POST", "/console/campaigns/{id}/edit", SHAPE),
    console("POST", "/console/campaigns/{id}/test", SHAPE),
    console("POST", "/console/campaigns/{id}/state", SHAPE),
    console("GET", "/console/automations", SEE),
    console("POST", "/console/automations", SHAPE),
    console("GET", "/console/automations/new", SHAPE),
    console("GET", "/console/automations/{id}", SEE),
    console("GET", "/console/automations/{id}/edit", SHAPE),
    console("POST", "/console/automations/{id}/edit", SHAPE),
    console("POST", "/console/automations/{id}/test", SHAPE),
    console("POST", "/console/automations/{id}/state", SHAPE),
    console("GET", "/console/segments", SEE),
    console("POST", "/console/segments", SHAPE),
    console("GET", "/console/lists", SEE),
    Route {
        body_max: LIST_BODY_MAX,
        ..console("POST", "/console/lists", SHAPE)
    },
    Route {
        body_max: LIST_BODY_MAX,
        ..console("POST", "/console/lists/{id}", SHAPE)
    },
    console("POST", "/console/lists/{id}/end", SHAPE),
    console("GET", "/console/segments/{id}", SEE),
    console("POST", "/console/segments/{id}", SHAPE),
    console("POST", "/console/segments/{id}/end", SHAPE),
    console("GET", "/console/tiers", SEE),
    console("POST", "/console/tiers", SHAPE),
    console("GET", "/console/tiers/{id}", SEE),
    console("POST", "/console/tiers/{id}", SHAPE),
    console("POST", "/console/tiers/{id}/end", SHAPE),
    console("GET", "/console/challenges", SEE),
    console("POST", "/console/challenges", SHAPE),
    console("GET", "/console/challenges/{id}", SEE),
    console("POST", "/console/challenges/{id}", SHAPE),
    console("POST", "/console/challenges/{id}/end", SHAPE),
    console("GET", "/console/surveys", SEE),
    console("POST", "/console/surveys", SHAPE),
    console("GET", "/console/surveys/new", SHAPE),
    console("GET", "/console/surveys/{id}", SEE),
    console("POST", "/console/surveys/{id}", SHAPE),
    console("POST", "/console/surveys/{id}/state", SHAPE),
    console("GET", "/console/surveys/{id}/results", SEE),
    console("GET", "/console/surveys/{id}/answers.csv", SEE),
    console("GET", "/console/rewards", SEE),
    with_pictures("/console/rewards", SHAPE),
    console("GET", "/console/rewards/{id}", SEE),
    with_pictures("/console/rewards/{id}", SHAPE),
    console("POST", "/console/terms/{id}", SHAPE),
    console("GET", "/console/start", FOUND),
    console("GET", "/console/start/plan", FOUND),
    console("POST", "/console/start", FOUND),
    console("GET", "/console/start/look", FOUND),
    console("POST", "/console/start/look", FOUND),
    console("GET", "/console/start/wallets", FOUND),
    console("GET", "/console/start/card", FOUND),
    console("GET", "/console/import", MEND),
    Route {
        body_max: LIST_BODY_MAX,
        ..console("POST", "/console/import", MEND)
    },
    console("GET", "/console/import/{id}", MEND),
    console("POST", "/console/import/{id}/plan", MEND),
    console("POST", "/console/import/{id}/begin", MEND),
    console("POST", "/console/import/{id}/drop", MEND),
    console("POST", "/console/import/{id}/undo", MEND),
    console("GET", "/console/import/{id}/refused.csv", MEND),
    console("GET", "/console/insight", SEE),
    console("GET", "/console/insight.csv", SEE),
    console("GET", "/console/members", SEE),
    console("GET", "/console/members/{id}", SEE),
    console("POST", "/console/members/{id}/points", MEND),
    console("POST", "/console/members/{id}/reverse", MEND),
    console("POST", "/console/members/{id}/about", MEND),
    console("POST", "/console/members/{id}/block", MEND),
    console("POST", "/console/members/{id}/export", MEND),
    console("GET", "/console/members/{id}/card", MEND),
    console("POST", "/console/members/{id}/card", MEND),
    console("GET", "/console/members/{id}/merge", MEND),
    console("POST", "/console/members/{id}/merge", MEND),
    console("POST", "/console/members/{id}/merge/undo", MEND),
    console("GET", "/console/members/{id}/phones", SEE),
    console("GET", "/console/members/{id}/erase", MEND),
    console("POST", "/console/members/{id}/erase", MEND),
    console("GET", "/console/card", SEE),
    with_pictures("/console/card", SHAPE),
    console("GET", "/console/card/preview", SEE),
    with_pictures("/console/card/preview", SHAPE),
    console("GET", "/console/card/ask", SEE),
    with_pictures("/console/card/ask", SHAPE),
    console("GET", "/console/card/progress", SEE),
    console("GET", "/console/card/versions", SEE),
    console("GET", "/console/card/languages", SEE),
    page("GET", "/simulator"),
    route("GET", "/simulator/app.css", Access::Anybody),
    route("GET", "/simulator/app.js", Access::Anybody),
    route("GET", "/simulator/state.json", Access::Anybody),
    route("GET", "/simulator/events", Access::Anybody),
    page("POST", "/simulator/{act}"),
];

/// The route of a method and a path.
pub fn find(method: &str, path: &str) -> Option<&'static Route> {
    let methods = TREE.at(path).ok()?.value;
    methods.iter().find(|route| route.method == method).copied()
}

/// The routes by pattern, those of one pattern together.
static TREE: LazyLock<matchit::Router<Vec<&'static Route>>> = LazyLock::new(|| {
    let mut by_pattern: BTreeMap<&str, Vec<&Route>> = BTreeMap::new();
    for route in ROUTES {
        by_pattern.entry(route.path).or_default().push(route);
    }
    let mut tree = matchit::Router::new();
    for (pattern, methods) in by_pattern {
        // What actix calls `{_:.*}` may be empty, which the tree's rest of a path may not.
        if let Some(start) = pattern.strip_suffix("{_:.*}") {
            insert(&mut tree, start.to_owned(), methods.clone());
            insert(&mut tree, format!("{start}{{*rest}}"), methods);
        } else {
            insert(&mut tree, pattern.to_owned(), methods);
        }
    }
    tree
});

#[expect(
    clippy::expect_used,
    reason = "the table is part of the program, and every request reads it"
)]
fn insert(tree: &mut matchit::Router<Vec<&'static Route>>, pattern: String, methods: Vec<&'static Route>) {
    tree.insert(pattern, methods)
        .expect("two patterns of the route table cannot be told apart");
}
