//! The calls to Google Wallet's REST API that Billfold makes.
//!
//! No call is retried here but for a refused token, once: what is due is sent again by delivery,
//! which knows the newest state. Every write may be repeated without harm.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use reqwest::{Method, Url};
use serde_json::{Value, json};

use super::error::GoogleError;
use super::id::ResourceId;
use super::message::{Attempt, MESSAGES_MAX, Message, MessageTarget};
use super::patch::{class_patch, object_patch};
use super::permits::{LocalPermits, RatePermits};
use super::save_link::{SaveLinkError, save_link};
use super::service_account::ServiceAccount;
use super::stored::StoredObject;
use super::token::{AccessToken, TokenSource};
use super::wire::{self, Answer};
use crate::types::Clock;

pub use super::wire::WireConfigError as GoogleConfigError;

/// How a write went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// It was not there and is now.
    Inserted,
    /// It was there and is changed.
    Patched,
    /// It is changed, but the phone says nothing: its notices of today are used up.
    PatchedQuietly,
    /// The message is on the card.
    MessageAdded,
    /// An earlier attempt had put the message there.
    MessageAlreadyThere,
}

/// What Billfold asks of Google Wallet.
pub trait GoogleWallet: Send + Sync {
    /// Writes a class, whether it exists or not.
    fn upsert_class<'a>(&'a self, class: &'a Value) -> BoxFuture<'a, Result<Done, GoogleError>>;

    /// Inserts an object; one that exists is changed to be the same.
    fn insert_object<'a>(&'a self, object: &'a Value) -> BoxFuture<'a, Result<Done, GoogleError>>;

    /// Sends the difference that [`object_patch`] made; an object that is missing is inserted
    /// whole. `NotFound` then means that its class is missing.
    fn patch_object<'a>(
        &'a self,
        object_id: &'a ResourceId,
        patch: &'a Value,
        whole: &'a Value,
    ) -> BoxFuture<'a, Result<Done, GoogleError>>;

    /// Blanks an object for a holder who is erased; one that is missing is blank already.
    fn blank_object<'a>(&'a self, object_id: &'a ResourceId) -> BoxFuture<'a, Result<Done, GoogleError>>;

    /// What Google has of an object.
    fn get_object<'a>(
        &'a self,
        object_id: &'a ResourceId,
    ) -> BoxFuture<'a, Result<StoredObject, GoogleError>>;

    /// Adds a message to a card, or to all cards of a class.
    fn add_message<'a>(
        &'a self,
        target: MessageTarget<'a>,
        message: &'a Message,
        attempt: Attempt,
    ) -> BoxFuture<'a, Result<Done, GoogleError>>;

    /// The link that puts an inserted object into a wallet.
    fn save_link(&self, object_id: &ResourceId) -> Result<String, SaveLinkError>;
}

/// Where Google is and how hard it may be pressed.
#[derive(Debug, Clone)]
pub struct GoogleConfig {
    /// Base of the REST API.
    pub api_url: String,
    /// The token endpoint, if it is not the one in the key file.
    pub token_url: Option<String>,
    /// Base of the save link.
    pub save_url: String,
    /// Web origins named in save links; for pages with Google's own button script.
    pub origins: Vec<String>,
    /// Root certificates in PEM that are trusted beside the system's.
    pub ca_pem: Option<Vec<u8>>,
    /// Longest wait for the answer of one call.
    pub call_limit: Duration,
    /// Requests per second of one process, where no shared permits are given.
    pub requests_per_second: u32,
}

impl Default for GoogleConfig {
    fn default() -> Self {
        Self {
            api_url: "https://walletobjects.googleapis.com".to_owned(),
            token_url: None,
            save_url: "https://pay.google.com/gp/v/save".to_owned(),
            origins: Vec::new(),
            ca_pem: None,
            call_limit: wire::CALL_LIMIT,
            requests_per_second: 20,
        }
    }
}

/// A client for one service account. Clones share token and connections.
#[derive(Clone)]
pub struct GoogleClient {
    http: reqwest::Client,
    api: Url,
    save_url: String,
    origins: Vec<String>,
    account: Arc<ServiceAccount>,
    tokens: Arc<TokenSource>,
    clock: Arc<dyn Clock>,
    permits: Arc<dyn RatePermits>,
}

impl std::fmt::Debug for GoogleClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "GoogleClient({}, {})", self.api, self.account.email())
    }
}

impl GoogleClient {
    /// A client; without `permits` this process alone keeps to the configured rate.
    pub fn new(
        config: &GoogleConfig,
        account: Arc<ServiceAccount>,
        clock: Arc<dyn Clock>,
        permits: Option<Arc<dyn RatePermits>>,
    ) -> Result<Self, GoogleConfigError> {
        let api = wire::address("google.api_url", config.api_url.trim_end_matches('/'))?;
        let http = wire::client(&api, config.ca_pem.as_deref(), config.call_limit)?;
        wire::address("google.save_url", &config.save_url)?;
        let token_url = config.token_url.as_deref().unwrap_or_else(|| account.token_url());
        let token_url = wire::address("google.token_url", token_url)?;
        let tokens = TokenSource::new(account.clone(), token_url, http.clone(), clock.clone());
        let local =
            || -> Arc<dyn RatePermits> { Arc::new(LocalPermits::per_second(config.requests_per_second)) };
        Ok(Self {
            http,
            api,
            save_url: config.save_url.clone(),
            origins: config.origins.clone(),
            account,
            tokens: Arc::new(tokens),
            clock,
            permits: permits.unwrap_or_else(local),
        })
    }

    /// One call, and once more if the token was refused. `Ok` is an answer of status 2xx.
    async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Answer, GoogleError> {
        let token = self.tokens.token().await?;
        let answer = self.send(&method, path, body, &token).await?;
        let answer = if answer.status == 401 {
            let token = self.tokens.replace(&token).await?;
            self.send(&method, path, body, &token).await?
        } else {
            answer
        };
        if answer.is_success() {
            return Ok(answer);
        }
        Err(GoogleError::of(&answer))
    }

    async fn send(
        &self,
        method: &Method,
        path: &str,
        body: Option<&Value>,
        token: &AccessToken,
    ) -> Result<Answer, GoogleError> {
        self.permits.take(1).await;
        let url = format!(
            "{}/walletobjects/v1/{path}",
            self.api.as_str().trim_end_matches('/')
        );
        let mut request = self
            .http
            .request(method.clone(), url)
            .bearer_auth(token.text.expose());
        if let Some(body) = body {
            request = request.json(body);
        }
        Ok(wire::call(request, self.clock.now()).await?)
    }

    async fn get(&self, path: &str) -> Result<StoredObject, GoogleError> {
        let answer = self.call(Method::GET, path, None).await?;
        serde_json::from_slice(&answer.body)
            .map(StoredObject::new)
            .map_err(|_| GoogleError::Unavailable {
                retry_after: None,
                cause: "the answer is not JSON".to_owned(),
            })
    }

    /// Inserts, or says that it is there already.
    async fn insert(&self, collection: &str, resource: &Value) -> Result<Option<Done>, GoogleError> {
        match self.call(Method::POST, collection, Some(resource)).await {
            Ok(_) => Ok(Some(Done::Inserted)),
            Err(GoogleError::Conflict { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Patches an object. Where the pass had its notices of today, the change goes without one.
    async fn patch(&self, path: &str, change: &Value) -> Result<Done, GoogleError> {
        match self.call(Method::PATCH, path, Some(change)).await {
            Ok(_) => Ok(Done::Patched),
            Err(GoogleError::QuotaExceeded { .. }) if change.get("notifyPreference").is_some() => {
                let mut quiet = change.clone();
                if let Some(fields) = quiet.as_object_mut() {
                    fields.remove("notifyPreference");
                }
                self.call(Method::PATCH, path, Some(&quiet)).await?;
                Ok(Done::PatchedQuietly)
            }
            Err(error) => Err(error),
        }
    }

    /// Classes change more often than they come, so the change is tried first.
    async fn write_class(&self, class: &Value) -> Result<Done, GoogleError> {
        let path = format!("loyaltyClass/{}", id_of(class)?);
        let change = class_patch(class);
        match self.call(Method::PATCH, &path, Some(&change)).await {
            Ok(_) => return Ok(Done::Patched),
            Err(GoogleError::NotFound { .. }) => (),
            Err(error) => return Err(error),
        }
        if let Some(done) = self.insert("loyaltyClass", class).await? {
            return Ok(done);
        }
        self.call(Method::PATCH, &path, Some(&change)).await?;
        Ok(Done::Patched)
    }

    async fn write_object(&self, object: &Value) -> Result<Done, GoogleError> {
        let path = format!("loyaltyObject/{}", id_of(object)?);
        if let Some(done) = self.insert("loyaltyObject", object).await? {
            return Ok(done);
        }
        match object_patch(None, object) {
            Some(change) => self.patch(&path, &change).await,
            None => Ok(Done::Patched),
        }
    }

    async fn write_message(
        &self,
        target: MessageTarget<'_>,
        message: &Message,
        attempt: Attempt,
    ) -> Result<Done, GoogleError> {
        let path = match target {
            MessageTarget::Object(id) => format!("loyaltyObject/{id}"),
            MessageTarget::Class(id) => format!("loyaltyClass/{id}"),
        };
        if attempt == Attempt::Again && self.get(&path).await?.has_message(&message.id) {
            return Ok(Done::MessageAlreadyThere);
        }
        match self.post_message(&path, message).await {
            Err(refused @ GoogleError::Invalid { .. }) => {
                if !self.make_room(target, &path).await? {
                    return Err(refused);
                }
                self.post_message(&path, message).await
            }
            other => other,
        }
    }

    async fn post_message(&self, path: &str, message: &Message) -> Result<Done, GoogleError> {
        let path = format!("{path}/addMessage");
        let body = json!({ "message": message.json() });
        match self.call(Method::POST, &path, Some(&body)).await {
            Ok(_) => Ok(Done::MessageAdded),
            Err(GoogleError::QuotaExceeded { message, .. }) => Err(GoogleError::QuotaExceeded {
                message,
                is_message_lost: true,
            }),
            Err(error) => Err(error),
        }
    }

    /// Takes the oldest message off a card that is full of them; `false` if it is not full.
    async fn make_room(&self, target: MessageTarget<'_>, path: &str) -> Result<bool, GoogleError> {
        let stored = self.get(path).await?;
        let messages = stored.messages();
        if messages.len() < MESSAGES_MAX {
            return Ok(false);
        }
        let newest: Vec<&Value> = messages.iter().skip(messages.len() + 1 - MESSAGES_MAX).collect();
        let mut change = json!({ "messages": newest });
        if let (MessageTarget::Class(_), Some(fields)) = (target, change.as_object_mut()) {
            fields.insert("reviewStatus".to_owned(), json!("UNDER_REVIEW"));
        }
        self.call(Method::PATCH, path, Some(&change)).await?;
        Ok(true)
    }
}

/// The id in a class or object of our own making, checked before it stands in an address.
fn id_of(resource: &Value) -> Result<ResourceId, GoogleError> {
    let id = resource.get("id").and_then(Value::as_str).unwrap_or_default();
    id.parse()
        .map_err(|error: super::id::WalletIdError| GoogleError::Invalid {
            reason: "invalidResource".to_owned(),
            message: error.to_string(),
        })
}

impl GoogleWallet for GoogleClient {
    fn upsert_class<'a>(&'a self, class: &'a Value) -> BoxFuture<'a, Result<Done, GoogleError>> {
        Box::pin(self.write_class(class))
    }

    fn insert_object<'a>(&'a self, object: &'a Value) -> BoxFuture<'a, Result<Done, GoogleError>> {
        Box::pin(self.write_object(object))
    }

    fn patch_object<'a>(
        &'a self,
        object_id: &'a ResourceId,
        patch: &'a Value,
        whole: &'a Value,
    ) -> BoxFuture<'a, Result<Done, GoogleError>> {
        Box::pin(async move {
            match self.patch(&format!("loyaltyObject/{object_id}"), patch).await {
                Err(GoogleError::NotFound { .. }) => self.write_object(whole).await,
                other => other,
            }
        })
    }

    fn blank_object<'a>(&'a self, object_id: &'a ResourceId) -> BoxFuture<'a, Result<Done, GoogleError>> {
        Box::pin(async move {
            let path = format!("loyaltyObject/{object_id}");
            match self.patch(&path, &super::patch::blanked_object()).await {
                Err(GoogleError::NotFound { .. }) => Ok(Done::Patched),
                other => other,
            }
        })
    }

    fn get_object<'a>(
        &'a self,
        object_id: &'a ResourceId,
    ) -> BoxFuture<'a, Result<StoredObject, GoogleError>> {
        Box::pin(async move { self.get(&format!("loyaltyObject/{object_id}")).await })
    }

    fn add_message<'a>(
        &'a self,
        target: MessageTarget<'a>,
        message: &'a Message,
        attempt: Attempt,
    ) -> BoxFuture<'a, Result<Done, GoogleError>> {
        Box::pin(self.write_message(target, message, attempt))
    }

    fn save_link(&self, object_id: &ResourceId) -> Result<String, SaveLinkError> {
        save_link(
            &self.account,
            &self.save_url,
            object_id,
            &self.origins,
            self.clock.now(),
        )
    }
}
