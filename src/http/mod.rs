//! Requests in, answers out: the JSON API, the wallets' calls, the pages.

pub mod api;
mod body;
mod error;
mod gate;
mod guesses;
mod pages;
mod router;
pub mod routes;
mod session;
pub mod wallet;

use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer, dev, web};

use self::router::Router;
use crate::actions::{ActionError, Code, House};

pub use error::Problem;

/// Draws what those outside are told as the API shows it.
pub fn draw_event(house: &House, happened: &crate::actions::Happened<'_>) -> serde_json::Value {
    api::draw_event(house, happened)
}

/// What every handler works with.
#[derive(Clone)]
pub struct State {
    /// The house.
    pub house: House,
}

/// Workers, connections and times of the server.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Threads that answer.
    pub workers: usize,
    /// Most connections of each worker.
    pub connections_max: usize,
    /// How long a client may take to send a request's head.
    pub head_timeout: std::time::Duration,
    /// How long requests under way may take to end after the service was told to stop.
    pub drain_timeout_s: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            workers: std::thread::available_parallelism().map_or(2, std::num::NonZero::get),
            connections_max: 10_000,
            head_timeout: std::time::Duration::from_secs(10),
            drain_timeout_s: 15,
        }
    }
}

/// Starts the server on a listener that is bound already.
pub fn start(
    state: State,
    listener: std::net::TcpListener,
    limits: &Limits,
    extra: impl Fn(&mut web::ServiceConfig) + Clone + Send + 'static,
) -> std::io::Result<dev::Server> {
    // One for all workers: an address has its tries once, whichever of them it reaches.
    let visitors = web::Data::new(pages::Visitors::default());
    let guesses = web::Data::new(guesses::Guesses::default());
    let server = HttpServer::new(move || {
        let extra = extra.clone();
        App::new()
            .app_data(web::Data::new(state.clone()))
            .app_data(visitors.clone())
            .app_data(guesses.clone())
            .app_data(web::QueryConfig::default().error_handler(|error, _| bad_parameter(&error)))
            .app_data(web::PathConfig::default().error_handler(|error, _| bad_parameter(&error)))
            .wrap(from_fn(gate::pass))
            .configure(api::openapi::configure_docs)
            .configure(extra)
            .default_service(handlers())
    });
    Ok(server
        .workers(limits.workers)
        .max_connections(limits.connections_max)
        .client_request_timeout(limits.head_timeout)
        .shutdown_timeout(limits.drain_timeout_s)
        .disable_signals()
        .listen(listener)?
        .run())
}

fn bad_parameter(error: &dyn std::fmt::Display) -> actix_web::Error {
    Problem(ActionError::with(Code::BadParameter, format!("{error}."))).into()
}

/// The handlers of every route.
fn handlers() -> Router {
    let mut router = Router::default();
    router
        .configure(wallet::configure)
        .configure(api::configure)
        .configure(pages::configure);
    router
}
