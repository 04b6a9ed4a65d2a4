//! A test's own Google, shop server, clock and client.

use std::sync::Arc;
use std::time::Duration;

use billfold::google::{
    ClassIdentity, GoogleClient, GoogleConfig, GoogleWallet, LocalPermits, ObjectIdentity, RatePermits,
    ResourceId, ServiceAccount, look,
};
use billfold::loyalty::face::{CardFace, CardFacts};
use billfold::simulator::authority::Authority;
use billfold::simulator::google::GoogleSimulator;
use billfold::types::{Clock, ManualClock, Points, Text, Time};
use serde_json::Value;

use crate::design::{facts, rich_design};
use crate::keys;
use crate::receiver::Receiver;

/// Everything a test needs.
pub(crate) struct House {
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) google: GoogleSimulator,
    pub(crate) client: GoogleClient,
    pub(crate) receiver: Receiver,
    pub(crate) authority: Authority,
}

impl House {
    /// A house where the rate limits of both sides are out of the way.
    pub(crate) async fn new() -> Self {
        let clock = Arc::new(ManualClock::new(
            Time::parse_rfc3339("2026-11-21T09:30:00Z").unwrap(),
        ));
        let authority = keys::authority(clock.now());
        let google = keys::google(&authority, clock.clone()).await;
        google.set_requests_per_second(10_000);
        let receiver = Receiver::start().await;
        let client = client(
            &google,
            &authority,
            clock.clone(),
            Arc::new(LocalPermits::per_second(5_000)),
        );
        Self {
            clock,
            google,
            client,
            receiver,
            authority,
        }
    }

    /// The same with the class written.
    pub(crate) async fn with_class() -> Self {
        let house = Self::new().await;
        house.client.upsert_class(&house.class()).await.unwrap();
        house
    }

    /// The same with the card `card` inserted.
    pub(crate) async fn with_card() -> Self {
        let house = Self::with_class().await;
        house.client.insert_object(&house.card(10)).await.unwrap();
        house
    }

    pub(crate) fn id(&self, suffix: &str) -> ResourceId {
        ResourceId::new(self.google.issuer_id(), suffix).unwrap()
    }

    pub(crate) fn class(&self) -> Value {
        let image_url = |name: &str| Some(self.receiver.url(&format!("/images/{}", name.replace('/', "-"))));
        let class_id = self.id("program");
        let callback_url = self.receiver.url("/google/callback");
        let identity = ClassIdentity {
            class_id: &class_id,
            callback_url: Some(&callback_url),
        };
        look::class_json(&rich_design(), &Text::plain("Aroma Club"), &identity, &image_url)
    }

    /// The card `card` with a balance.
    pub(crate) fn card(&self, balance: i64) -> Value {
        self.card_named("card", balance)
    }

    pub(crate) fn card_named(&self, suffix: &str, balance: i64) -> Value {
        let facts = CardFacts {
            balance: Points::new(balance).unwrap(),
            ..facts()
        };
        let design = rich_design();
        let (object_id, class_id) = (self.id(suffix), self.id("program"));
        let identity = ObjectIdentity {
            object_id: &object_id,
            class_id: &class_id,
        };
        look::object_json(&CardFace::draw(&design, &facts), &identity, self.clock.now())
    }

    pub(crate) fn stored(&self) -> Value {
        self.google.object(self.id("card").as_str()).unwrap()
    }

    /// The last request of a method to the API.
    pub(crate) fn last_body(&self, method: &str) -> Value {
        let seen = self.google.requests();
        let of_method = seen
            .iter()
            .rev()
            .find(|seen| seen.method == method && seen.path.starts_with("/walletobjects"));
        of_method.unwrap().body.clone()
    }
}

/// A client for a stand-in.
pub(crate) fn client(
    google: &GoogleSimulator,
    authority: &Authority,
    clock: Arc<dyn Clock>,
    permits: Arc<dyn RatePermits>,
) -> GoogleClient {
    let config = config(google, authority);
    let key = google.service_account_json().unwrap();
    let account = ServiceAccount::from_json(key.as_bytes(), "key.json").unwrap();
    GoogleClient::new(&config, Arc::new(account), clock, Some(permits)).unwrap()
}

/// The settings of a client for a stand-in.
pub(crate) fn config(google: &GoogleSimulator, authority: &Authority) -> GoogleConfig {
    GoogleConfig {
        api_url: google.api_url(),
        save_url: google.save_url(),
        ca_pem: Some(authority.root().to_pem().unwrap()),
        ..GoogleConfig::default()
    }
}

/// Waits until something holds, ten seconds at most.
pub(crate) async fn until(what: &str, holds: impl Fn() -> bool) {
    let limit = tokio::time::Instant::now() + Duration::from_mins(1);
    while !holds() {
        assert!(tokio::time::Instant::now() < limit, "never: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
