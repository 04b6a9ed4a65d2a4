//! A stand-in Google Wallet on loopback: tokens, REST API, save page, callbacks and their keys.
//!
//! It is strict where Google is: unknown members, wrong types, foreign ids, reviews, the rate and
//! the allowance of notices are refused as Google refuses them.

mod answer;
mod api;
mod callbacks;
mod faults;
mod images;
mod journal;
mod jwt;
mod rate;
mod rules;
mod save_page;
mod schema;
mod server;
mod token;
mod world;

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use openssl::error::ErrorStack;
use openssl::pkey::{PKey, Private, Public};
use openssl::x509::X509;
use reqwest::Certificate;
use reqwest::redirect::Policy;
use serde_json::{Value, json};
use tokio::sync::broadcast;
use tokio::task::{JoinHandle, JoinSet};

pub use answer::{ErrorForm, Refusal};
pub use callbacks::{CallbackFault, CallbackOutcome, SentCallback};
pub use faults::{Fault, Route};
pub use journal::{JournalEntry, Push};
pub use world::{Counts, SeenRequest};

use self::callbacks::KeyRing;
use self::rate::Rate;
use self::world::{Sort, World};
use super::authority::{Authority, Issued, KeyKind, new_key};
use super::listen::TlsListener;
use crate::google::IssuerId;
use crate::types::Clock;

/// The issuer whose account the stand-in holds.
pub const ISSUER: &str = "3388000000022195611";
/// The service account of the issuer.
pub const ACCOUNT: &str = "billfold@billfold-demo.iam.gserviceaccount.com";
/// Google's published rate, in requests per second and project.
const REQUESTS_PER_SECOND: u32 = 20;
/// Most changes and events that a subscriber may lag behind.
const CHANGES_MAX: usize = 4_096;
const CONNECT_LIMIT: Duration = Duration::from_secs(5);

/// Why the stand-in does not start.
#[derive(Debug, thiserror::Error)]
pub enum GoogleSimulatorError {
    /// Its port cannot be had.
    #[error("the stand-in for Google cannot listen: {0}")]
    Listen(#[from] io::Error),
    /// Its keys cannot be made.
    #[error("the stand-in for Google has no keys: {0}")]
    Keys(#[from] ErrorStack),
    /// Its client for images and callbacks cannot be built.
    #[error("the stand-in for Google has no HTTP client: {0}")]
    Client(#[from] reqwest::Error),
    /// Its own issuer is no issuer.
    #[error(transparent)]
    Issuer(#[from] crate::google::WalletIdError),
}

/// Something happened to a class or object, for whoever watches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectChange {
    /// The class or object.
    pub id: String,
    /// Members that changed; `hasUsers` at a save or removal.
    pub what: Vec<String>,
    /// Whether a phone told its owner.
    pub is_notified: bool,
}

/// Something came in or went out.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A request, once it is answered.
    Request(SeenRequest),
    /// A callback, once it is sent or given up.
    Callback(SentCallback),
}

/// A service account of the issuer.
#[derive(Clone)]
pub struct Account {
    /// Its e-mail address.
    pub email: String,
    /// Its key.
    pub key: PKey<Private>,
}

/// How a stand-in is set up.
pub struct Options {
    /// Where it listens on loopback; 0 picks a free port.
    pub port: u16,
    /// Its certificate.
    pub identity: Issued,
    /// Whom it trusts when it fetches images and sends callbacks, beside the system's roots.
    pub root: X509,
    /// The account that may use it.
    pub account: Account,
    /// The root key behind its callbacks.
    pub callback_root: PKey<Private>,
    /// Its clock.
    pub clock: Arc<dyn Clock>,
}

impl Options {
    /// With a certificate of an authority, and keys of its own.
    pub fn of_authority(port: u16, authority: &Authority, clock: Arc<dyn Clock>) -> Result<Self, ErrorStack> {
        Self::of_account_key(port, authority, new_key(KeyKind::Rsa2048)?, clock)
    }

    /// The same with a service account's key that exists already.
    pub fn of_account_key(
        port: u16,
        authority: &Authority,
        key: PKey<Private>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, ErrorStack> {
        Ok(Self {
            port,
            identity: authority.server_certificate()?,
            root: authority.root().clone(),
            account: Account {
                email: ACCOUNT.to_owned(),
                key,
            },
            callback_root: new_key(KeyKind::P256)?,
            clock,
        })
    }
}

/// What all connections share.
struct Shared {
    issuer: IssuerId,
    account: Account,
    account_public: PKey<Public>,
    base: String,
    clock: Arc<dyn Clock>,
    http: reqwest::Client,
    world: Mutex<World>,
    keys: Mutex<KeyRing>,
    changes: broadcast::Sender<ObjectChange>,
    events: broadcast::Sender<Event>,
    tasks: Mutex<JoinSet<()>>,
}

impl Shared {
    fn token_url(&self) -> String {
        format!("{}/token", self.base)
    }

    fn tell(&self, change: ObjectChange) {
        // Without a subscriber nobody wants to know.
        let _ = self.changes.send(change);
    }

    fn tell_of(&self, event: impl FnOnce() -> Event) {
        if self.events.receiver_count() > 0 {
            // Whoever listened may have gone this moment.
            let _ = self.events.send(event());
        }
    }

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = lock(&self.tasks);
        while tasks.try_join_next().is_some() {}
        tasks.spawn(task);
    }
}

/// No holder of these locks can panic half way through a change.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A running stand-in; it stops when this is dropped.
pub struct GoogleSimulator {
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

impl std::fmt::Debug for GoogleSimulator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "GoogleSimulator({})", self.shared.base)
    }
}

impl Drop for GoogleSimulator {
    fn drop(&mut self) {
        self.server.abort();
        lock(&self.shared.tasks).abort_all();
    }
}

impl GoogleSimulator {
    /// Starts on `127.0.0.1:port` (0 picks a free one) over TLS, with a certificate of the authority.
    pub async fn start(
        port: u16,
        authority: &Authority,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, GoogleSimulatorError> {
        Self::start_with(Options::of_authority(port, authority, clock)?).await
    }

    /// Starts over TLS as it is told.
    pub async fn start_with(options: Options) -> Result<Self, GoogleSimulatorError> {
        let listener = TlsListener::bind(options.port, &options.identity, server::PROTOCOLS, &[]).await?;
        let base = format!("https://127.0.0.1:{}", listener.address()?.port());
        let account_public = PKey::public_key_from_der(&options.account.key.public_key_to_der()?)?;
        let root = Certificate::from_pem(&options.root.to_pem()?)?;
        let clock = options.clock;
        let http = reqwest::Client::builder()
            .connect_timeout(CONNECT_LIMIT)
            .redirect(Policy::none())
            .no_proxy()
            .user_agent("Mozilla/5.0 (compatible; Googlebot/2.1; billfold simulator)")
            .tls_certs_only([root])
            .build()?;
        let shared = Arc::new(Shared {
            issuer: ISSUER.parse()?,
            account: options.account,
            account_public,
            base,
            http,
            world: Mutex::new(World::new(REQUESTS_PER_SECOND)),
            keys: Mutex::new(KeyRing::new(options.callback_root, clock.now())?),
            clock,
            changes: broadcast::channel(CHANGES_MAX).0,
            events: broadcast::channel(CHANGES_MAX).0,
            tasks: Mutex::new(JoinSet::new()),
        });
        let server = tokio::spawn(server::run(listener, shared.clone()));
        Ok(Self { shared, server })
    }

    /// Base of the REST API, for `google.api_url`.
    pub fn api_url(&self) -> String {
        self.shared.base.clone()
    }

    /// The token endpoint; also in the key file.
    pub fn token_url(&self) -> String {
        self.shared.token_url()
    }

    /// Base of save links, for `google.save_url`.
    pub fn save_url(&self) -> String {
        format!("{}/gp/v/save", self.shared.base)
    }

    /// The callback keys, for `google.keys_url`.
    pub fn keys_url(&self) -> String {
        format!("{}/gp/m/issuer/keys", self.shared.base)
    }

    /// The issuer, for `google.issuer_id`.
    pub fn issuer_id(&self) -> &IssuerId {
        &self.shared.issuer
    }

    /// A key file for the registered service account.
    pub fn service_account_json(&self) -> Result<String, ErrorStack> {
        let pem = self.shared.account.key.private_key_to_pem_pkcs8()?;
        Ok(json!({
            "type": "service_account",
            "project_id": "billfold-demo",
            "private_key_id": "0123456789abcdef0123456789abcdef01234567",
            "private_key": String::from_utf8_lossy(&pem),
            "client_email": self.shared.account.email,
            "client_id": "100000000000000000001",
            "token_uri": self.token_url(),
        })
        .to_string())
    }

    /// A class as it stands, if it exists.
    pub fn class(&self, id: &str) -> Option<Value> {
        lock(&self.shared.world).shown(Sort::Class, id, self.shared.clock.now())
    }

    /// An object as it stands, if it exists; with `hasUsers` and `classReference`.
    pub fn object(&self, id: &str) -> Option<Value> {
        lock(&self.shared.world).shown(Sort::Object, id, self.shared.clock.now())
    }

    /// Ids of all objects.
    pub fn object_ids(&self) -> Vec<String> {
        lock(&self.shared.world).objects.keys().cloned().collect()
    }

    /// All writes and what they did to phones, oldest first.
    pub fn journal(&self) -> Vec<JournalEntry> {
        lock(&self.shared.world).journal.entries()
    }

    /// The last 1,000 requests, oldest first.
    pub fn requests(&self) -> Vec<SeenRequest> {
        lock(&self.shared.world).requests.iter().cloned().collect()
    }

    /// How many requests came.
    pub fn counts(&self) -> Counts {
        lock(&self.shared.world).counts
    }

    /// Callbacks that were sent, or tried.
    pub fn callbacks(&self) -> Vec<SentCallback> {
        lock(&self.shared.world).callbacks.iter().cloned().collect()
    }

    /// Tells of every change from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<ObjectChange> {
        self.shared.changes.subscribe()
    }

    /// Hears of every request and callback from now on.
    pub fn watch(&self) -> broadcast::Receiver<Event> {
        self.shared.events.subscribe()
    }

    /// Puts an object into the demo wallet, as the save page does.
    pub fn save(&self, object_id: &str) -> Result<(), Refusal> {
        save_page::save(&self.shared, object_id)
    }

    /// Opens a save link without a browser; the ids of the objects that are saved by it.
    pub fn open_link(&self, link: &str) -> Result<Vec<String>, Refusal> {
        let token = link.rsplit('/').next().unwrap_or_default();
        save_page::save_all(&self.shared, token)
    }

    /// Takes an object out of the demo wallet.
    pub fn remove(&self, object_id: &str) -> Result<(), Refusal> {
        save_page::remove(&self.shared, object_id)
    }

    /// Lets the next calls of a kind go wrong.
    pub fn fail_next(&self, route: Route, times: usize, fault: &Fault) {
        lock(&self.shared.world).faults.add(route, times, fault);
    }

    /// Lets the next callback go wrong.
    pub fn fail_callback(&self, fault: CallbackFault) {
        lock(&self.shared.world).callback_faults.push_back(fault);
    }

    /// Ends every token that is out.
    pub fn revoke_tokens(&self) {
        lock(&self.shared.world).tokens.revoke_all();
    }

    /// Makes new callback keys; callbacks signed by the old ones fail from then on.
    pub fn rotate_keys(&self) -> Result<(), ErrorStack> {
        *lock(&self.shared.keys) = KeyRing::new(new_key(KeyKind::P256)?, self.shared.clock.now())?;
        Ok(())
    }

    /// Sets the rate; 20 a second at the start.
    pub fn set_requests_per_second(&self, rate: u32) {
        lock(&self.shared.world).rate = Rate::per_second(rate);
    }

    /// Whether answers spell words as of old (`active`).
    pub fn set_older_words(&self, is_on: bool) {
        lock(&self.shared.world).switches.has_older_words = is_on;
    }

    /// Whether the service account is a user of the console; it is at the start.
    pub fn set_console_user(&self, is_on: bool) {
        lock(&self.shared.world).switches.is_console_user = is_on;
    }

    /// Whether a field update over the allowance of notices is refused, not just silent.
    pub fn set_field_quota_refused(&self, is_on: bool) {
        lock(&self.shared.world).switches.refuses_field_quota = is_on;
    }

    /// Whether images are fetched when a class or object is written; they are at the start.
    pub fn set_image_fetching(&self, is_on: bool) {
        lock(&self.shared.world).switches.fetches_images = is_on;
    }
}
