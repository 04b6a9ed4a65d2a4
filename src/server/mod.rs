//! Wiring: puts the house together, starts it, stops it in order.

pub mod demo;
mod serve;
pub mod wiring;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;

pub use serve::serve;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::actions::{AppleIssuer, Bell, Fetches, GoogleIssuer, House, HouseParts, Shelf, Wallets};
use crate::apple::apns::PushService;
use crate::apple::credentials::PassCredentials;
use crate::apple::signature::{PassSigner, SignError};
use crate::delivery::{Campaigner, Counter, Dispatcher, Importer, Options, Upkeep, Webhooks};
use crate::http::{self, State};
use crate::store::{Store, StoreError, StoreOptions};
use crate::telemetry::Metrics;
use crate::types::{Clock, MasterKey};

/// Everything that the service is made of.
pub struct Setup {
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The database.
    pub database: StoreOptions,
    /// Where to listen; port 0 picks a free one.
    pub listen: SocketAddr,
    /// What phones and customers reach; where it listens, if `None`.
    pub public_url: Option<String>,
    /// The installation's secret.
    pub master_key: MasterKey,
    /// Apple's pass types; the first is for programs that name none.
    pub apple: Vec<AppleSetup>,
    /// Google, if it is set up; made once the database is open, since instances share its rate.
    pub google: Option<GoogleSetup>,
    /// How deliveries are paced.
    pub delivery: Options,
    /// Workers, connections and times.
    pub limits: http::Limits,
}

/// A pass type with its certificate and the way to Apple's push service.
pub struct AppleSetup {
    /// The certificate that signs its passes.
    pub credentials: PassCredentials,
    /// The push service; made once the database is open, since instances share provider tokens.
    pub pushes: PushSetup,
}

/// Makes the way to Apple's push service.
pub type PushSetup = Box<dyn FnOnce(&Store) -> Result<Arc<dyn PushService>, StartError> + Send>;
/// The push service of each Apple pass type.
pub type Pushers = HashMap<String, Arc<dyn PushService>>;
/// Makes the way to Google.
pub type GoogleSetup = Box<dyn FnOnce(&Store) -> Result<GoogleIssuer, StartError> + Send>;

/// Why the service cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database.
    #[error("the database cannot be opened: {0}")]
    Store(#[from] StoreError),
    /// The address.
    #[error("cannot listen on {0}: {1}. Is another program there? Choose another address with --listen")]
    Listen(SocketAddr, std::io::Error),
    /// The socket.
    #[error("the address cannot be listened on: {0}")]
    Socket(std::io::Error),
    /// The configuration does not make a running program.
    #[error(transparent)]
    Wiring(#[from] wiring::WiringError),
    /// A certificate cannot sign.
    #[error("the certificate of {0} cannot sign: {1}")]
    Signer(String, SignError),
    /// The way to Apple or Google.
    #[error("{0}")]
    Wallet(String),
    /// The thread that opens the database.
    #[error("the service could not be put together: {0}")]
    Broken(String),
}

/// The running service.
pub struct Running {
    /// The house.
    pub house: House,
    /// Where it listens.
    pub address: SocketAddr,
    stop: watch::Sender<bool>,
    server: actix_web::dev::ServerHandle,
    tasks: Vec<JoinHandle<()>>,
}

/// Opens the database, starts to listen and to deliver. `extra` adds routes, for the demo's simulator page.
pub async fn start(
    setup: Setup,
    extra: impl Fn(&mut actix_web::web::ServiceConfig) + Clone + Send + 'static,
) -> Result<Running, StartError> {
    let listener =
        std::net::TcpListener::bind(setup.listen).map_err(|fault| StartError::Listen(setup.listen, fault))?;
    start_on(setup, listener, extra).await
}

/// The same on a listener that is bound already; `setup.listen` is not looked at.
pub async fn start_on(
    setup: Setup,
    listener: std::net::TcpListener,
    extra: impl Fn(&mut actix_web::web::ServiceConfig) + Clone + Send + 'static,
) -> Result<Running, StartError> {
    let address = listener.local_addr().map_err(StartError::Socket)?;
    let options = setup.database;
    let opened = tokio::task::spawn_blocking(move || Store::open(&options)).await;
    let store = opened.map_err(|fault| StartError::Broken(fault.to_string()))??;
    let metrics = Metrics::default();
    let mut pushers = Pushers::new();
    let mut wallets = Wallets::default();
    for AppleSetup { credentials, pushes } in setup.apple {
        let pass_type = credentials.pass_type().to_owned();
        let signer =
            PassSigner::new(&credentials).map_err(|error| StartError::Signer(pass_type.clone(), error))?;
        metrics.certificate(&pass_type, credentials.expires_at().secs());
        pushers.insert(pass_type.clone(), pushes(&store)?);
        wallets.apple.push(AppleIssuer {
            pass_type,
            team: credentials.team().to_owned(),
            signer,
        });
    }
    if let Some(google) = setup.google {
        wallets.google = Some(google(&store)?);
    }
    let house = House::new(HouseParts {
        store,
        clock: setup.clock,
        master_key: setup.master_key,
        public_url: setup.public_url.unwrap_or_else(|| format!("http://{address}")),
        wallets,
        shelf: Shelf::default(),
        bell: Bell::default(),
        fetches: Fetches::default(),
        metrics,
        draw_event: http::draw_event,
        private_webhooks: setup.delivery.private_webhooks,
    });
    run(house, pushers, listener, &setup.delivery, &setup.limits, extra)
}

/// Starts to listen and to deliver for a house that is put together.
pub fn run(
    house: House,
    pushers: Pushers,
    listener: std::net::TcpListener,
    delivery: &Options,
    limits: &http::Limits,
    extra: impl Fn(&mut actix_web::web::ServiceConfig) + Clone + Send + 'static,
) -> Result<Running, StartError> {
    let address = listener.local_addr().map_err(StartError::Socket)?;
    let server =
        http::start(State { house: house.clone() }, listener, limits, extra).map_err(StartError::Socket)?;
    let handle = server.handle();
    let webhooks = Webhooks::new(house.clone(), delivery.webhook_limit).map_err(StartError::Wallet)?;
    let (stop, stopped) = watch::channel(false);
    let mut tasks = vec![
        tokio::spawn(Dispatcher::apple(house.clone(), pushers, delivery.clone()).run(stopped.clone())),
        tokio::spawn(Upkeep::new(house.clone()).run(stopped.clone())),
        tokio::spawn(Counter::new(house.clone()).run(stopped.clone())),
        tokio::spawn(webhooks.run(stopped.clone())),
        tokio::spawn(Campaigner::new(house.clone(), delivery.bulk_per_second).run(stopped.clone())),
        tokio::spawn(Importer::new(house.clone()).run(stopped.clone())),
    ];
    if house.wallets.google.is_some() {
        tasks.push(tokio::spawn(
            Dispatcher::google(house.clone(), delivery).run(stopped),
        ));
    }
    tasks.push(tokio::spawn(async move {
        if let Err(fault) = server.await {
            tracing::error!(%fault, "the server ended");
        }
    }));
    Ok(Running {
        house,
        address,
        stop,
        server: handle,
        tasks,
    })
}

/// Waits for SIGTERM or SIGINT.
pub async fn until_told_to_stop() -> Result<(), StartError> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut term = signal(SignalKind::terminate()).map_err(StartError::Socket)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(StartError::Socket)?;
    tokio::select! {
        _ = term.recv() => (),
        _ = interrupt.recv() => (),
    }
    tracing::info!("told to stop; draining");
    Ok(())
}

impl Running {
    /// Stops in order: no new requests, those under way are answered, deliveries under way are settled,
    /// leases given back.
    pub async fn stop(self) {
        self.server.stop(true).await;
        // Nobody listens if every loop has ended already.
        let _ = self.stop.send(true);
        for task in self.tasks {
            if let Err(fault) = task.await {
                tracing::error!(%fault, "a part of the service ended badly");
            }
        }
    }
}
