//! How the service is: alive, ready, in numbers.

use actix_web::HttpResponse;
use actix_web::web::{self, Data};
use serde_json::json;

use crate::actions::ActionError;
use crate::http::router::Router;
use crate::http::{Problem, State};
use crate::store::{deliveries, settings};

/// Under this name the database keeps when it last proved that it takes writes.
const WRITE_CHECK: &str = "write_check";

pub(super) fn configure(router: &mut Router) {
    router
        .route("/healthz", web::get().to(alive))
        .route("/readyz", web::get().to(ready))
        .route("/metrics", web::get().to(metrics));
}

/// Answers as long as the process does.
async fn alive() -> HttpResponse {
    HttpResponse::Ok().json(json!({ "status": "ok" }))
}

/// Answers whether requests can be served: the database is there and takes writes. It is made to take one,
/// since a transaction without any goes well on a full disk.
async fn ready(state: Data<State>) -> Result<HttpResponse, Problem> {
    let now = state.house.now();
    state
        .house
        .store
        .write(move |tx| {
            settings::lock(tx, WRITE_CHECK, "", now)?;
            Ok::<_, ActionError>(settings::set(tx, WRITE_CHECK, "", now)?)
        })
        .await?;
    let backlog = state
        .house
        .store
        .read(|db| Ok::<_, ActionError>(deliveries::backlog(db)?))
        .await?;
    Ok(HttpResponse::Ok().json(json!({ "status": "ok", "deliveries_due": backlog.due })))
}

/// Everything that is counted, in the `OpenMetrics` text format.
async fn metrics(state: Data<State>) -> Result<HttpResponse, Problem> {
    let backlog = state
        .house
        .store
        .read(|db| Ok::<_, ActionError>(deliveries::backlog(db)?))
        .await?;
    let oldest = backlog
        .oldest_changed_at
        .map(|at| state.house.now().since(at))
        .unwrap_or_default();
    state.house.metrics.backlog(backlog.due, backlog.told, oldest);
    Ok(HttpResponse::Ok()
        .content_type("application/openmetrics-text; version=1.0.0; charset=utf-8")
        .body(state.house.metrics.text()))
}
