//! The demo: one command, no set-up. A service of its own with stand-ins for Apple, Google and phones,
//! a café with a year of history, and a page on which all of it can be seen and tried.

mod crowd;
mod page;
mod seed;
mod stand_ins;

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{AppleSetup, GoogleSetup, Running, Setup, StartError};
use crate::delivery::Options;
use crate::http::Limits;
use crate::simulator::apns::ApnsSimulator;
use crate::simulator::counter::Counter;
use crate::simulator::google::GoogleSimulator;
use crate::simulator::phones::{Network, Phones};
use crate::simulator::stage::{People, Stage, StageParts};
use crate::store::StoreOptions;
use crate::types::{Clock, MasterKey, ProgramId, Role, Secret, SystemClock, random_token};

pub use crate::actions::seed_crowd::MEMBERS_MAX;
pub use crowd::{CrowdOptions, Tell};
use seed::Seeded;
use stand_ins::StandIns;
pub use stand_ins::{PASS_TYPE, TEAM};

/// How the demo starts.
#[derive(Clone)]
pub struct DemoOptions {
    /// Where to listen; port 0 picks a free one.
    pub listen: SocketAddr,
    /// What phones and browsers reach; the loopback address and the port, if `None`.
    pub public_url: Option<String>,
    /// A database to use instead of a temporary SQLite file; it keeps what the demo writes.
    pub database_url: Option<String>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Whose phones are there from the start.
    pub people: Vec<People>,
    /// Further members of the café.
    pub crowd: CrowdOptions,
}

impl Default for DemoOptions {
    /// A free port of this machine, a temporary database, three people, no crowd.
    fn default() -> Self {
        Self {
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
            public_url: None,
            database_url: None,
            clock: Arc::new(SystemClock),
            people: People::usual(),
            crowd: CrowdOptions::default(),
        }
    }
}

/// The keys of the demo's three users.
#[derive(Debug, Clone)]
pub struct DemoKeys {
    /// Everything.
    pub owner: Secret,
    /// Looks, rules and messages.
    pub marketer: Secret,
    /// Cards and orders.
    pub cashier: Secret,
}

/// Somebody who works at the café, and what they sign in by.
#[derive(Debug, Clone)]
pub struct DemoStaff {
    /// What they are called.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// The address that they sign in with.
    pub email: String,
    /// Their password.
    pub password: Secret,
    /// Their PIN at the till.
    pub pin: Secret,
}

/// A running demo.
pub struct RunningDemo {
    /// The service.
    pub running: Running,
    /// The stand-in for Apple's push service.
    pub apns: Arc<ApnsSimulator>,
    /// The stand-in for Google Wallet.
    pub google: Arc<GoogleSimulator>,
    /// The phones.
    pub phones: Arc<Phones>,
    /// The counter.
    pub counter: Arc<Counter>,
    /// Where everything is reached, without a slash at its end.
    pub url: String,
    /// Its programs with their slugs.
    pub programs: Vec<(ProgramId, String)>,
    /// Its keys.
    pub keys: DemoKeys,
    /// Who works there.
    pub staff: Vec<DemoStaff>,
    /// The root that signed everything, as PEM text.
    pub root_pem: String,
    /// The pages that there are, by name.
    pub pages: BTreeMap<&'static str, String>,
    /// How many members were seeded beside the café's own, and how long the seeding of all took.
    pub crowd: (u64, Duration),
    stage: Arc<Stage>,
    // Removed with its database when the demo is dropped.
    _folder: TempDir,
}

/// Starts the demo; everything is there and listening when this returns.
pub async fn demo(options: DemoOptions) -> Result<RunningDemo, StartError> {
    crowd::check(&options.crowd)?;
    let folder = tempfile::tempdir().map_err(|fault| {
        StartError::Broken(format!("no temporary folder can be made for the demo: {fault}"))
    })?;
    let stand_ins = StandIns::start(&options.clock).await?;
    let StandIns { apns, google, .. } = &stand_ins;
    let (apns, google) = (Arc::clone(apns), Arc::clone(google));
    let listener = std::net::TcpListener::bind(options.listen)
        .map_err(|fault| StartError::Listen(options.listen, fault))?;
    let address = listener.local_addr().map_err(StartError::Socket)?;
    let url = options
        .public_url
        .clone()
        .unwrap_or_else(|| format!("http://{}", reachable(address)));
    let root_pem = stand_ins.root_pem()?;
    let place = Arc::new(OnceLock::new());
    let setup = Setup {
        clock: Arc::clone(&options.clock),
        database: StoreOptions::new(
            options
                .database_url
                .clone()
                .unwrap_or_else(|| format!("sqlite://{}", folder.path().join("billfold.db").display())),
        ),
        listen: address,
        public_url: Some(url.clone()),
        master_key: new_master_key()?,
        apple: vec![stand_ins.apple(&options.clock)?],
        google: Some(stand_ins.google_setup(&options.clock)?),
        delivery: Options {
            private_webhooks: true,
            ..Options::default()
        },
        limits: Limits::default(),
    };
    let running = super::start_on(setup, listener, page::routes(Arc::clone(&place))).await?;
    let began = options.clock.now();
    let seeded = seed::seed(&running.house).await.map_err(broken)?;
    crowd::seed(&running.house, &seeded.program, &options.crowd).await?;
    let crowd = (options.crowd.members, options.clock.now().since(began));
    running.house.bell.ring();
    let network = Network::new(&root_pem, Arc::clone(&options.clock)).map_err(broken)?;
    let phones = Arc::new(Phones::start(network.clone(), &apns, Some(Arc::clone(&google))));
    let counter = Arc::new(Counter::new(
        network.clone(),
        &url,
        seeded.program.id.as_str(),
        seeded.program.currency,
        seeded.keys.cashier.clone(),
    ));
    let pages = existing_pages(&network, &url, &seeded).await;
    let stage = Arc::new(Stage::new(StageParts {
        program: seeded.program.name.fallback().to_owned(),
        phones: Arc::clone(&phones),
        counter: Arc::clone(&counter),
        apns: Arc::clone(&apns),
        google: Arc::clone(&google),
        pages: pages.clone(),
        root_pem: root_pem.clone(),
    }));
    for people in &options.people {
        if let Err(error) = stage.welcome(people).await {
            tracing::warn!(%error, "one of the demo's people has no card");
        }
    }
    // Nobody else fills the place.
    let _ = place.set(Arc::clone(&stage));
    Ok(RunningDemo {
        running,
        apns,
        google,
        phones,
        counter,
        url,
        programs: vec![(seeded.program.id, seeded.program.slug)],
        keys: seeded.keys,
        staff: seeded.staff,
        root_pem,
        pages,
        crowd,
        stage,
        _folder: folder,
    })
}

impl RunningDemo {
    /// What scripts read once the demo listens, on one line.
    pub fn ready_line(&self) -> String {
        self.ready().to_string()
    }

    /// What scripts read once the demo listens: addresses, programs and keys.
    pub fn ready(&self) -> Value {
        let programs: Vec<Value> = self
            .programs
            .iter()
            .map(|(id, slug)| json!({ "id": id, "slug": slug }))
            .collect();
        let staff = self.staff.iter().map(|one| {
            json!({
                "name": one.name,
                "role": one.role,
                "email": one.email,
                "password": one.password.expose(),
                "pin": one.pin.expose(),
            })
        });
        let staff: Vec<Value> = staff.collect();
        json!({
            "url": self.url,
            "programs": programs,
            "keys": {
                "owner": self.keys.owner.expose(),
                "marketer": self.keys.marketer.expose(),
                "cashier": self.keys.cashier.expose(),
            },
            "staff": staff,
            "pages": self.pages,
            "members": self.crowd.0,
            "seconds": self.crowd.1.as_secs_f64(),
        })
    }

    /// Ends the demo in order and removes what it left.
    pub async fn stop(self) {
        self.stage.close();
        self.running.stop().await;
    }
}

/// Where an address that may mean every interface is reached on this machine.
fn reachable(address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        return SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), address.port());
    }
    address
}

/// The pages that answer, by the name that the contract gives them.
async fn existing_pages(network: &Network, url: &str, seeded: &Seeded) -> BTreeMap<&'static str, String> {
    let mut pages = BTreeMap::new();
    let slug = &seeded.program.slug;
    for (name, path) in [
        ("join", format!("/join/{slug}")),
        ("poster", format!("/join/{slug}/poster")),
        ("till", format!("/till/connect/{}", seeded.till_link.expose())),
        ("console", "/console".to_owned()),
        ("docs", "/docs/".to_owned()),
    ] {
        let address = format!("{url}{path}");
        if network
            .status_of(&address)
            .await
            .is_some_and(|status| status < 404)
        {
            pages.insert(name, address);
        }
    }
    pages.insert("simulator", format!("{url}/simulator"));
    pages
}

fn new_master_key() -> Result<MasterKey, StartError> {
    MasterKey::new(&Secret::new(random_token(48)))
        .ok_or_else(|| StartError::Broken("no master key can be made".to_owned()))
}

fn broken(cause: impl std::fmt::Display) -> StartError {
    StartError::Broken(cause.to_string())
}
