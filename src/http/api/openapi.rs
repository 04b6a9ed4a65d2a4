//! The OpenAPI document, made from the handlers, and the page that shows it.

use actix_web::HttpResponse;
use actix_web::web;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, ResponseBuilder};
use utoipa::{Modify, OpenApi};
use utoipa_swagger_ui::{Config, SwaggerUi};

use super::{
    automations, blocks, campaign_days, campaigns, cards, events, expiry_notices, exports, gift_cards,
    gift_moves, identities, images, insight, keys, liability, locations, member_changes, members, merges,
    offers, orders, preview, programs, receipts, redemptions, referrals, segments, simulations, staff,
    static_lists, surveys, terms, tills, transfers, webhooks,
};
use crate::actions::{Code, Kind};
use crate::http::error::{ProblemView, status};
use crate::http::router::Router;

/// The document's parts.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Billfold",
        description = "Loyalty cards in Apple Wallet and Google Wallet. Every POST that changes something takes an \
                       `Idempotency-Key`; failures are problem details (RFC 9457) with a stable `code`.",
        license(name = "MIT OR Apache-2.0")
    ),
    paths(
        programs::create, programs::list, programs::show, programs::change, programs::publish, programs::show_design,
        preview::show,
        members::create, members::list, members::show, members::list_entries, members::adjust, members::diagnose,
        member_changes::change, member_changes::erase, exports::export, identities::add, identities::remove,
        blocks::block, blocks::unblock,
        merges::merge, merges::foresee, merges::undo, transfers::transfer,
        cards::show, cards::void, cards::link, cards::replace, cards::refresh,
        orders::record, simulations::simulate, orders::show, orders::refund, orders::reverse,
        events::record,
        receipts::record, receipts::show, receipts::claim, receipts::void,
        referrals::list,
        redemptions::issue, redemptions::list, redemptions::show, redemptions::complete, redemptions::cancel,
        offers::list, images::store, expiry_notices::list,
        gift_cards::issue, gift_cards::show, gift_cards::list_of_member, gift_cards::list_entries, gift_cards::void,
        gift_moves::spend, gift_moves::top_up, gift_moves::transfer, gift_moves::reverse,
        liability::show, insight::show, insight::download,
        terms::rules::create, terms::rules::list, terms::rules::show, terms::rules::change, terms::rules::archive,
        terms::rules::list_versions,
        terms::promotions::create, terms::promotions::list, terms::promotions::show, terms::promotions::change,
        terms::promotions::archive, terms::promotions::list_versions,
        terms::rewards::create, terms::rewards::list, terms::rewards::show, terms::rewards::change,
        terms::rewards::archive, terms::rewards::list_versions,
        terms::tiers::create, terms::tiers::list, terms::tiers::show, terms::tiers::change, terms::tiers::archive,
        terms::tiers::list_versions,
        terms::challenges::create, terms::challenges::list, terms::challenges::show, terms::challenges::change,
        terms::challenges::archive, terms::challenges::list_versions,
        terms::segments::create, terms::segments::list, terms::segments::show, terms::segments::change,
        terms::segments::archive, terms::segments::list_versions, segments::estimate, segments::list_members,
        segments::export,
        static_lists::create, static_lists::list, static_lists::show, static_lists::replace, static_lists::delete,
        locations::create, locations::list, locations::show, locations::change, locations::end,
        staff::create, staff::list, staff::show, staff::change, staff::archive,
        surveys::create, surveys::list, surveys::show, surveys::change, surveys::answer_it, surveys::list_answers,
        surveys::summarize,
        campaigns::create, campaigns::list, campaigns::show, campaigns::change, campaigns::estimate, campaigns::test,
        campaigns::schedule, campaigns::approve, campaigns::refuse, campaigns::pause, campaigns::resume, campaigns::cancel, campaigns::results,
        campaign_days::show,
        automations::create, automations::list, automations::show, automations::change, automations::estimate,
        automations::test, automations::start, automations::pause, automations::end, automations::results,
        tills::create, tills::list, tills::revoke,
        keys::create, keys::list, keys::change, keys::revoke,
        webhooks::create, webhooks::list, webhooks::show, webhooks::change, webhooks::remove, webhooks::rotate,
        webhooks::test, webhooks::list_deliveries, webhooks::resend,
    ),
    components(schemas(ProblemView)),
    tags(
        (name = "programs", description = "Loyalty schemes and their looks"),
        (name = "members", description = "People, their ledger, their phones"),
        (name = "cards", description = "What is scanned at the till"),
        (name = "orders", description = "Purchases, events, refunds and undo"),
        (name = "rewards", description = "What members get for their points"),
        (name = "gift cards", description = "Stored value: paid for, or earned"),
        (name = "rules", description = "What orders and events earn, and extras for a time"),
        (name = "tiers", description = "What members reach"),
        (name = "challenges", description = "What members are to do within a time"),
        (name = "locations", description = "The places of the shop, which orders, rules and cards name"),
        (name = "segments", description = "Members who are meant by what they did and what is known of them"),
        (name = "automations", description = "What members hear or are given when something happens to them"),
        (name = "campaigns", description = "Messages to the members of a segment, on the cards in their wallets"),
        (name = "surveys", description = "Short questions to members, each answered once"),
        (name = "staff", description = "Who works at the shops, and the tills they work at"),
        (name = "keys", description = "Keys of this API"),
        (name = "webhooks", description = "Endpoints of yours that are told of what happens. Each event is a POST of \
            `{\"id\", \"type\", \"created_at\", \"program\", \"data\"}`, where `data` is what this API answers: of \
            `member.enrolled` as enrolling, of `order.recorded` as recording an order, of `order.refunded` as a refund, of \
            `member.erased` as showing the member, of the others `card` and what changed. It is signed by \
            Standard Webhooks (`webhook-id`, `webhook-timestamp`, `webhook-signature`). Every answer of 200 to 299 takes it; \
            others are tried again for three days. At least once, in no promised order: `id` tells repeats."),
    ),
    modifiers(&Common)
)]
struct Document;

/// What all operations have in common: the key, and the failures.
struct Common;

impl Modify for Common {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("key", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
        document.security = Some(vec![utoipa::openapi::SecurityRequirement::new(
            "key",
            Vec::<String>::new(),
        )]);
        for item in document.paths.paths.values_mut() {
            let operations = [
                &mut item.get,
                &mut item.post,
                &mut item.put,
                &mut item.patch,
                &mut item.delete,
            ];
            for operation in operations.into_iter().flatten() {
                for (kind, words) in FAILURES {
                    let codes: Vec<&str> = Code::ALL
                        .iter()
                        .filter(|code| code.kind() == *kind)
                        .map(|code| code.name())
                        .collect();
                    let response = ResponseBuilder::new()
                        .description(format!("{words} Codes: {}.", codes.join(", ")))
                        .content(
                            "application/problem+json",
                            ContentBuilder::new()
                                .schema(Some(Ref::from_schema_name("Problem")))
                                .build(),
                        )
                        .build();
                    operation
                        .responses
                        .responses
                        .insert(status(*kind).as_str().to_owned(), RefOr::T(response));
                }
            }
        }
    }
}

const FAILURES: &[(Kind, &str)] = &[
    (Kind::Malformed, "The request is not what it says it is."),
    (Kind::Unauthenticated, "There is no good key."),
    (Kind::Forbidden, "The key may not do this."),
    (Kind::Missing, "It is not there, or not for this key."),
    (Kind::Conflict, "It clashes with what is there."),
    (Kind::Stale, "It was edited meanwhile."),
    (Kind::Gone, "It was there, and its time is over."),
    (Kind::TooLarge, "The body is too large."),
    (Kind::Unprocessable, "The rules say no."),
    (Kind::Limited, "Too many requests."),
    (Kind::Unavailable, "Not now; come back later."),
    (Kind::Internal, "A defect of ours."),
];

/// The whole document.
pub fn document() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

pub(super) fn configure(router: &mut Router) {
    router.route("/v1/openapi.json", web::get().to(show));
}

/// Adds the document as people read it, which brings its own way of serving files.
pub(in crate::http) fn configure_docs(config: &mut web::ServiceConfig) {
    config
        .service(web::redirect("/docs", "/docs/"))
        .service(SwaggerUi::new("/docs/{_:.*}").config(Config::new(["/v1/openapi.json"])));
}

async fn show() -> HttpResponse {
    HttpResponse::Ok().json(document())
}
