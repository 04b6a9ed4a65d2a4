//! A whole shop for one test: the service on a free port, Apple's and Google's stand-ins, a program, keys.

use std::sync::Arc;

use billfold::actions::create_key::create_key;
use billfold::actions::{Caller, Deed, GoogleIssuer};
use billfold::apple::apns::{ApnsClient, ApnsSettings, Credential, Limits, PushService, Roots};
use billfold::apple::credentials::PassCredentials;
use billfold::delivery::Options;
use billfold::google::{
    CallbackVerifier, GoogleClient, GoogleConfig, HttpRootKeys, IssuerId, RootKeys, ServiceAccount,
};
use billfold::server::{AppleSetup, Running, Setup, StartError, start};
use billfold::simulator::apns::{ApnsSimulator, Options as ApnsOptions};
use billfold::simulator::authority::{Authority, PassLeaf};
use billfold::simulator::google::GoogleSimulator;
use billfold::types::{Clock, MasterKey, Role, Secret, SystemClock};
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::documented::{Http, Request};
use crate::house::Database;
use crate::keys;

/// The pass type of the shop's passes.
pub(crate) const PASS_TYPE: &str = "pass.test.billfold.card";
/// The team that it is of.
pub(crate) const TEAM: &str = "TEST123456";

/// The running shop.
pub(crate) struct Shop {
    pub(crate) database: Database,
    pub(crate) running: Running,
    pub(crate) authority: Authority,
    pub(crate) apns: Arc<ApnsSimulator>,
    pub(crate) google: Arc<GoogleSimulator>,
    pub(crate) owner: String,
    pub(crate) program: String,
    pub(crate) http: Http,
}

// A test file need not use everything that the shop has.
const _: fn(&Shop) -> &Database = |shop| &shop.database;
const _: fn(&Shop) -> (&Authority, &ApnsSimulator, &GoogleSimulator) =
    |shop| (&shop.authority, &shop.apns, &shop.google);
const _: () = {
    let _ = Shop::open;
    let _ = Shop::enrol;
    let _ = Shop::order;
};

/// How a shop is opened.
pub(crate) struct Opening {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) delivery: Options,
    pub(crate) push_limits: Limits,
}

impl Default for Opening {
    fn default() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            delivery: Options {
                // Nothing of a test leaves this machine.
                private_webhooks: true,
                ..Options::default()
            },
            push_limits: Limits::default(),
        }
    }
}

impl Shop {
    /// Opens a shop with a program that earns a point for each euro and gives ten for signing up.
    pub(crate) async fn open(database: Database) -> Self {
        Self::open_with(database, Opening::default()).await
    }

    /// The same, with another clock or pace.
    pub(crate) async fn open_with(database: Database, opening: Opening) -> Self {
        let clock = opening.clock.clone();
        let authority = keys::authority(clock.now());
        let options = ApnsOptions::of_authority(&authority, clock.clone()).expect("options");
        let apns = Arc::new(ApnsSimulator::start(options).await.expect("Apple's stand-in"));
        let google = keys::google(&authority, clock.clone()).await;
        google.set_requests_per_second(1_000);
        let google = Arc::new(google);
        let running = instance(&database, &authority, &apns, &google, opening, None).await;
        let mut shop = Self {
            database,
            running,
            authority,
            apns,
            google,
            owner: String::new(),
            program: String::new(),
            http: Http::new(),
        };
        shop.owner = shop.key(Role::Owner, None).await;
        let program = json!({ "name": "Café Aroma", "slug": "cafe", "currency": "EUR", "signup_bonus": 10 });
        let (status, body) = shop.post("/v1/programs", &program).await;
        assert_eq!(status, 201, "{body}");
        body["id"].as_str().expect("an id").clone_into(&mut shop.program);
        shop
    }

    /// Makes a key of a role.
    pub(crate) async fn key(&self, role: Role, program: Option<&str>) -> String {
        let deed = Deed::begin(
            &self.running.house,
            Caller::local("test", self.running.house.now()),
        );
        let program = program.map(|id| id.parse().expect("a program's id"));
        let made = self
            .running
            .house
            .store
            .write(move |tx| create_key(tx, &deed, "test", role, program))
            .await;
        made.expect("a key").1.expose().to_owned()
    }

    /// An address of the shop.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.running.address)
    }

    /// A request with the owner's key.
    pub(crate) fn request(&self, method: Method, path: &str) -> Request {
        self.http.request(method, self.url(path)).bearer_auth(&self.owner)
    }

    /// Posts JSON with the owner's key.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        read(
            self.request(Method::POST, path)
                .json(body)
                .send()
                .await
                .expect("an answer"),
        )
        .await
    }

    /// Gets JSON with the owner's key.
    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        read(self.request(Method::GET, path).send().await.expect("an answer")).await
    }

    /// Enrols a person by e-mail; gives the answer.
    pub(crate) async fn enrol(&self, email: &str) -> Value {
        let path = format!("/v1/programs/{}/members", self.program);
        let (status, body) = self
            .post(&path, &json!({ "first_name": "Lina", "email": email }))
            .await;
        assert_eq!(status, 201, "{body}");
        body
    }

    /// Records an order of so many cents on a card.
    pub(crate) async fn order(&self, card: &str, external_id: &str, cents: i64) -> (u16, Value) {
        let total = json!({ "amount": cents, "currency": "EUR" });
        self.post(
            "/v1/orders",
            &json!({ "external_id": external_id, "card": card, "total": total }),
        )
        .await
    }
}

/// One more instance on a database.
pub(crate) async fn instance(
    database: &Database,
    authority: &Authority,
    apns: &ApnsSimulator,
    google: &GoogleSimulator,
    opening: Opening,
    public_url: Option<String>,
) -> Running {
    let now = opening.clock.now();
    let issued = keys::pass_certificate(authority, &PassLeaf::sound(PASS_TYPE, TEAM, now));
    let wwdr = authority.wwdr().clone();
    let credentials = PassCredentials::from_parts(issued.certificate.clone(), issued.key.clone(), wwdr, now)
        .expect("sound");
    let root_pem = String::from_utf8(authority.root().to_pem().expect("PEM")).expect("text");
    let settings = ApnsSettings {
        base_url: apns.url(),
        roots: Roots::only_pem(&root_pem).expect("a root"),
        credential: Credential::Certificate {
            certificate: issued.certificate,
            key: issued.key,
            chain: vec![authority.wwdr().clone()],
        },
        limits: opening.push_limits,
    };
    let clock = opening.clock.clone();
    let push_clock = clock.clone();
    let account = ServiceAccount::from_json(
        google.service_account_json().expect("a key file").as_bytes(),
        "simulator",
    )
    .expect("a key");
    let config = GoogleConfig {
        api_url: google.api_url(),
        save_url: google.save_url(),
        ca_pem: Some(root_pem.clone().into_bytes()),
        requests_per_second: 1_000,
        ..GoogleConfig::default()
    };
    let own_issuer: IssuerId = google.issuer_id().to_string().parse().expect("an issuer");
    let keys = HttpRootKeys::new(&google.keys_url(), Some(root_pem.as_bytes())).expect("a key source");
    let google_clock = clock.clone();
    let setup = Setup {
        clock: clock.clone(),
        database: database.options(),
        listen: "127.0.0.1:0".parse().expect("an address"),
        public_url,
        master_key: MasterKey::new(&Secret::new("a master key for tests, of 32 bytes at least"))
            .expect("long"),
        apple: vec![AppleSetup {
            credentials,
            pushes: Box::new(move |_| {
                let client = ApnsClient::new(settings, push_clock)
                    .map_err(|error| StartError::Wallet(error.to_string()))?;
                let service: Arc<dyn PushService> = Arc::new(client);
                Ok(service)
            }),
        }],
        google: Some(Box::new(move |_| {
            let client = GoogleClient::new(&config, Arc::new(account), google_clock.clone(), None)
                .map_err(|error| StartError::Wallet(error.to_string()))?;
            Ok(GoogleIssuer {
                issuer: own_issuer.clone(),
                client: Arc::new(client),
                verifier: CallbackVerifier::new(
                    vec![own_issuer],
                    Arc::new(RootKeys::new(keys, google_clock.clone())),
                    google_clock,
                ),
            })
        })),
        delivery: opening.delivery,
        limits: billfold::http::Limits::default(),
    };
    start(setup, |_| ()).await.expect("the shop opens")
}

/// An answer's status and JSON body; null if there is none.
pub(crate) async fn read(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let text = response.text().await.expect("a body");
    (status, serde_json::from_str(&text).unwrap_or(Value::Null))
}
