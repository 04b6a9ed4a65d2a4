//! What instances share through the database: Apple's provider token, Google's requests a second.

use std::sync::Arc;
use std::time::{Duration, Instant};

use billfold::apple::apns::{
    ApnsClient, ApnsSettings, Credential, ProviderKey, Push, PushService as _, Roots, Verdict,
};
use billfold::delivery::shared::{SharedPermits, SharedTokens};
use billfold::google::RatePermits as _;
use billfold::simulator::apns::{ApnsSimulator, Options};
use billfold::simulator::authority::{KeyKind, new_key};
use billfold::store::Store;
use billfold::types::{Clock, ManualClock, SystemClock};
use futures_util::future::join_all;
use openssl::pkey::{PKey, Public};
use uuid::Uuid;

use crate::counter::{limits, token};
use crate::house::on_both_databases;
use crate::shop::{PASS_TYPE, TEAM};

const KEY_ID: &str = "KEY1234567";
const MINUTE: Duration = Duration::from_mins(1);

/// Two instances that push with one team's key, and the service's clock and theirs.
struct Team {
    apns: ApnsSimulator,
    theirs: Arc<ManualClock>,
    /// The instances' clocks.
    ours: [Arc<ManualClock>; 2],
    clients: [ApnsClient; 2],
}

impl Team {
    async fn new(store: &Store) -> Self {
        let now = SystemClock.now();
        let clock = || Arc::new(ManualClock::new(now));
        let (theirs, ours) = (clock(), [clock(), clock()]);
        let authority = crate::keys::authority(now);
        let options = Options::of_authority(&authority, theirs.clone()).expect("options");
        let apns = ApnsSimulator::start(options).await.expect("Apple's stand-in");
        let key = new_key(KeyKind::P256).expect("a key");
        let public: PKey<Public> =
            PKey::public_key_from_der(&key.public_key_to_der().expect("DER")).expect("a key");
        apns.add_key(KEY_ID, TEAM, public, &[PASS_TYPE]);
        let clients = ours.clone().map(|clock| {
            let key = ProviderKey::new(key.clone(), KEY_ID, TEAM).expect("a push key");
            let tokens = SharedTokens::new(store.clone(), clock.clone(), key, TEAM);
            let settings = ApnsSettings {
                base_url: apns.url(),
                roots: Roots::only(vec![authority.root().clone()]),
                credential: Credential::Token(Arc::new(tokens)),
                limits: limits(),
            };
            ApnsClient::new(settings, clock).expect("a client")
        });
        Self {
            apns,
            theirs,
            ours,
            clients,
        }
    }

    fn advance(&self, span: Duration) {
        self.theirs.advance(span);
        self.ours.iter().for_each(|clock| clock.advance(span));
    }

    /// Pushes so often from both instances at once; every push must be taken.
    async fn push(&self, count: usize) {
        let pushes: Vec<Push> = (0..count)
            .map(|number| Push {
                token: token(&number.to_string()),
                topic: PASS_TYPE.to_owned(),
                id: Uuid::new_v4(),
                expires: None,
            })
            .collect();
        let [left, right] = &self.clients;
        let left = join_all(pushes.iter().map(|push| left.push(push)));
        let right = join_all(pushes.iter().map(|push| right.push(push)));
        let (left, right) = tokio::join!(left, right);
        for verdict in left.iter().chain(&right) {
            assert!(matches!(verdict, Verdict::Accepted { .. }), "{verdict:?}");
        }
    }
}

on_both_databases! {
    /// Two instances push for three hours: Apple sees one new provider token in 50 minutes, never two in 20.
    async fn two_instances_share_one_provider_token(database: Database) {
        let team = Team::new(&database.open()).await;
        for _ in 0..18 {
            team.push(20).await;
            team.advance(10 * MINUTE);
        }
        let tokens = team.apns.provider_tokens(TEAM);
        assert!((3..=4).contains(&tokens), "{tokens} provider tokens in three hours");
    }

    /// The instances' clocks differ by ten seconds, either way: still one token.
    async fn clocks_that_differ_make_no_second_token(database: Database) {
        let team = Team::new(&database.open()).await;
        team.ours[0].advance(Duration::from_secs(10));
        for _ in 0..5 {
            team.push(5).await;
            team.advance(Duration::from_secs(61));
        }
        assert_eq!(team.apns.provider_tokens(TEAM), 1);
    }

    /// Apple calls the token expired at 40 pushes of two instances at once: one new token for all.
    async fn an_expired_token_is_renewed_once_for_all(database: Database) {
        let team = Team::new(&database.open()).await;
        team.push(3).await;
        // Our clocks go too slowly: to us the token is of 25 minutes, to the service of over an hour.
        team.theirs.advance(36 * MINUTE);
        team.advance(25 * MINUTE);
        team.push(20).await;
        assert_eq!(team.apns.provider_tokens(TEAM), 2);
    }

    /// A thousand pushes do not wait for a thousand transactions.
    async fn pushes_do_not_each_ask_the_database(database: Database) {
        let store = database.open();
        let team = Team::new(&store).await;
        team.push(1).await;
        // Nobody can write for now.
        let (began, has_begun) = std::sync::mpsc::channel();
        let (release, released) = std::sync::mpsc::channel::<()>();
        let other = store.clone();
        let held = tokio::spawn(async move {
            other.write(move |tx| {
                billfold::store::settings::lock(tx, &format!("apns_token:{TEAM}"), "{}", SystemClock.now())?;
                began.send(()).expect("the test waits");
                released.recv().expect("the test releases");
                Ok::<_, billfold::store::StoreError>(())
            }).await.expect("the lock is given back");
        });
        tokio::task::spawn_blocking(move || has_begun.recv().expect("it begins")).await.expect("it begins");
        let start = Instant::now();
        team.push(500).await;
        println!("1,000 pushes in {:?}", start.elapsed());
        release.send(()).expect("it waits");
        held.await.expect("it ends");
    }

    /// Two instances that ask for all they can stay under the rate together, and use most of it.
    async fn two_instances_share_googles_rate(database: Database) {
        const RATE: u32 = 20;
        let store = database.open();
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let permits = [0, 1].map(|_| Arc::new(SharedPermits::new(store.clone(), clock.clone(), RATE)));
        let start = Instant::now();
        let asks = (0..60).map(|number| {
            let permits = permits[number % 2].clone();
            async move {
                permits.take(1).await;
                start.elapsed()
            }
        });
        let mut taken = join_all(asks).await;
        taken.sort();
        // A tenth of a second's share in each tenth of a second, never before its time; a busy machine makes it later.
        for (number, at) in (0_u32..).zip(&taken) {
            let slot = Duration::from_millis(100) * (number / (RATE / 10));
            assert!(*at + Duration::from_millis(10) >= slot, "permit {number} after {at:?}");
        }
        let took = taken.last().expect("the last").as_secs_f64();
        println!("60 permits in {took:.2} s");
        assert!((2.7..30.0).contains(&took), "60 permits in {took} s");
    }
}
