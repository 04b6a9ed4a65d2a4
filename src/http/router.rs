//! Leads a request to its handler.
//!
//! actix holds a path against its patterns one after the other, and every worker keeps a regular expression for each of
//! them: with some hundred routes that is microseconds a request and megabytes a worker. Here the gate has found the
//! route in one tree, and a pattern is only read for its parameters, once a request has come to it.

use std::cell::OnceCell;
use std::collections::HashMap;

use actix_web::dev::{ResourceDef, Service, ServiceFactory, ServiceRequest, ServiceResponse, always_ready};
use actix_web::{Error, HttpMessage as _, Route};
use futures_util::FutureExt as _;
use futures_util::future::{LocalBoxFuture, ready, try_join_all};

use super::Problem;
use super::routes;
use crate::actions::{ActionError, Code};

type Handler = <Route as ServiceFactory<ServiceRequest>>::Service;

/// The handlers of the service while they are gathered.
#[derive(Default)]
pub(super) struct Router(Vec<(String, Route)>);

impl Router {
    /// Adds a handler of a pattern of the route table.
    pub(super) fn route(&mut self, path: &str, route: Route) -> &mut Self {
        self.0.push((path.to_owned(), route));
        self
    }

    /// Adds the handlers that a function knows.
    pub(super) fn configure(&mut self, add: impl FnOnce(&mut Self)) -> &mut Self {
        add(self);
        self
    }
}

impl ServiceFactory<ServiceRequest> for Router {
    type Response = ServiceResponse;
    type Error = Error;
    type Config = ();
    type Service = Handlers;
    type InitError = ();
    type Future = LocalBoxFuture<'static, Result<Handlers, ()>>;

    fn new_service(&self, (): ()) -> Self::Future {
        let made = self.0.iter().map(|(path, route)| {
            let path = path.clone();
            route
                .new_service(())
                .map(move |made| made.map(|handler| (path, handler)))
        });
        let made = try_join_all(made);
        Box::pin(async move {
            let mut handlers = Handlers::default();
            for (path, handler) in made.await? {
                handlers.0.entry(path).or_default().handlers.push(handler);
            }
            Ok(handlers)
        })
    }
}

/// The handlers of one pattern.
#[derive(Default)]
struct Pattern {
    /// Reads the parameters.
    definition: OnceCell<ResourceDef>,
    /// Each for methods of its own.
    handlers: Vec<Handler>,
}

/// The handlers of one worker, by pattern.
#[derive(Default)]
pub(super) struct Handlers(HashMap<String, Pattern>);

impl Handlers {
    /// The handler of the route that the gate found, with the parameters read into the request.
    fn find(&self, request: &mut ServiceRequest) -> Option<&Handler> {
        let route = *request.extensions().get::<routes::Route>()?;
        let pattern = self.0.get(route.path)?;
        let definition = pattern.definition.get_or_init(|| ResourceDef::new(route.path));
        if !definition.capture_match_info(request.match_info_mut()) {
            return None;
        }
        pattern.handlers.iter().find(|handler| handler.check(request))
    }
}

impl Service<ServiceRequest> for Handlers {
    type Response = ServiceResponse;
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<ServiceResponse, Error>>;

    always_ready!();

    fn call(&self, mut request: ServiceRequest) -> Self::Future {
        if let Some(handler) = self.find(&mut request) {
            return handler.call(request);
        }
        let refused = request.error_response(Problem(ActionError::new(Code::NoRoute)));
        Box::pin(ready(Ok(refused)))
    }
}
