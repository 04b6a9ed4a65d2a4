//! Wallet services that answer as a test says, without a network.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};

use billfold::actions::GoogleIssuer;
use billfold::apple::apns::{Health, Push, PushService, Verdict};
use billfold::apple::credentials::PassCredentials;
use billfold::google::{
    Attempt, CallbackVerifier, Done, GoogleError, GoogleWallet, HttpRootKeys, IssuerId, Message,
    MessageTarget, ResourceId, RootKeys, SaveLinkError, StoredObject,
};
use billfold::simulator::authority::{Authority, Issued, PassLeaf};
use billfold::types::{Clock, Time};
use futures_util::future::BoxFuture;
use serde_json::Value;
use uuid::Uuid;

use crate::keys;

pub(crate) const PASS_TYPE: &str = "pass.com.example.cafe";

/// When all tests begin.
pub(crate) fn now() -> Time {
    Time::parse_rfc3339("2026-11-21T09:30:00Z").expect("a time")
}

static CERTIFICATE: LazyLock<(Authority, Issued)> = LazyLock::new(|| {
    let authority = keys::authority(now());
    let leaf = keys::pass_certificate(&authority, &PassLeaf::sound(PASS_TYPE, "A1B2C3D4E5", now()));
    (authority, leaf)
});

/// What signs passes, made once for all tests.
pub(crate) fn credentials() -> PassCredentials {
    let (authority, leaf) = &*CERTIFICATE;
    let (certificate, key) = (leaf.certificate.clone(), leaf.key.clone());
    PassCredentials::from_parts(certificate, key, authority.wwdr().clone(), now()).expect("sound")
}

/// A push service that takes everything.
pub(crate) struct Pushes;

impl PushService for Pushes {
    fn push<'a>(&'a self, _: &'a Push) -> BoxFuture<'a, Verdict> {
        Box::pin(async { Verdict::Accepted { apns_id: Uuid::nil() } })
    }

    fn describe(&self) -> Health {
        Health::default()
    }
}

/// A Google that takes everything, or nothing while it is out of order.
#[derive(Clone, Default)]
pub(crate) struct Google {
    is_out: Arc<AtomicBool>,
}

impl Google {
    pub(crate) fn set_out_of_order(&self, is_out: bool) {
        self.is_out.store(is_out, Ordering::SeqCst);
    }

    pub(crate) fn issuer(&self, clock: Arc<dyn Clock>) -> GoogleIssuer {
        let issuer: IssuerId = "3388000000022222222".parse().expect("an issuer");
        // No callback comes in these tests, so nobody asks for the keys.
        let source = HttpRootKeys::new("http://127.0.0.1:9/keys", None).expect("an address");
        let keys = Arc::new(RootKeys::new(source, Arc::clone(&clock)));
        GoogleIssuer {
            verifier: CallbackVerifier::new(vec![issuer.clone()], keys, clock),
            issuer,
            client: Arc::new(self.clone()),
        }
    }

    fn write(&self) -> BoxFuture<'_, Result<Done, GoogleError>> {
        let is_out = self.is_out.load(Ordering::SeqCst);
        Box::pin(async move {
            if is_out {
                Err(GoogleError::Unavailable {
                    retry_after: None,
                    cause: "out of order".to_owned(),
                })
            } else {
                Ok(Done::Inserted)
            }
        })
    }
}

impl GoogleWallet for Google {
    fn upsert_class<'a>(&'a self, _: &'a Value) -> BoxFuture<'a, Result<Done, GoogleError>> {
        self.write()
    }

    fn insert_object<'a>(&'a self, _: &'a Value) -> BoxFuture<'a, Result<Done, GoogleError>> {
        self.write()
    }

    fn patch_object<'a>(
        &'a self,
        _: &'a ResourceId,
        _: &'a Value,
        _: &'a Value,
    ) -> BoxFuture<'a, Result<Done, GoogleError>> {
        self.write()
    }

    fn blank_object<'a>(&'a self, _: &'a ResourceId) -> BoxFuture<'a, Result<Done, GoogleError>> {
        self.write()
    }

    fn get_object<'a>(&'a self, object: &'a ResourceId) -> BoxFuture<'a, Result<StoredObject, GoogleError>> {
        Box::pin(async move {
            Err(GoogleError::NotFound {
                reason: "none".to_owned(),
                message: object.to_string(),
            })
        })
    }

    fn add_message<'a>(
        &'a self,
        _: MessageTarget<'a>,
        _: &'a Message,
        _: Attempt,
    ) -> BoxFuture<'a, Result<Done, GoogleError>> {
        self.write()
    }

    fn save_link(&self, object: &ResourceId) -> Result<String, SaveLinkError> {
        Ok(format!("https://wallet.example/save/{object}"))
    }
}
