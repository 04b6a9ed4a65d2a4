//! The push to Apple, both ends: our client against the stand-in service, over real sockets.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use billfold::apple::apns::{
    ApnsClient, ApnsSettings, Credential, Limits, LocalTokens, ProviderKey, Push, PushService, Reason, Roots,
    TokenError, TokenSource, Verdict, sign_provider_token,
};
use billfold::simulator::apns::{ApnsSimulator, Faults, Mode, Options, Outcome, Refusal, Step};
use billfold::simulator::authority::{Authority, Issued, KeyKind, PassLeaf, new_key};
use billfold::simulator::listen::TlsListener;
use billfold::types::{Clock, ManualClock, PushToken, Secret, SystemClock, Time};
use bytes::Bytes;
use futures_util::future::join_all;
use openssl::pkey::{PKey, Public};
use uuid::Uuid;

const TOPIC: &str = "pass.com.example.coffee";
const TEAM: &str = "TEAM123456";
const KEY_ID: &str = "KEY1234567";
/// Longest wait for anything that is sure to come.
const SOON: Duration = Duration::from_secs(20);

/// A stand-in service and what a client needs to push to it.
struct House {
    authority: Authority,
    simulator: ApnsSimulator,
}

impl House {
    async fn new() -> Self {
        Self::with(|_| ()).await
    }

    async fn with(change: impl FnOnce(&mut Options)) -> Self {
        let authority = Authority::new(SystemClock.now()).expect("an authority");
        let mut options = Options::of_authority(&authority, Arc::new(SystemClock)).expect("options");
        change(&mut options);
        let simulator = ApnsSimulator::start(options).await.expect("a listener");
        Self { authority, simulator }
    }

    fn certificate(&self, change: impl FnOnce(&mut PassLeaf)) -> Credential {
        let mut leaf = PassLeaf::sound(TOPIC, TEAM, SystemClock.now());
        leaf.key = KeyKind::P256;
        change(&mut leaf);
        let Issued { certificate, key } = self.authority.pass_certificate(&leaf).expect("a certificate");
        Credential::Certificate {
            certificate,
            key,
            chain: vec![self.authority.wwdr().clone()],
        }
    }

    fn settings(&self) -> ApnsSettings {
        ApnsSettings {
            base_url: self.simulator.url(),
            roots: Roots::only(vec![self.authority.root().clone()]),
            credential: self.certificate(|_| ()),
            limits: limits(),
        }
    }

    fn client(&self) -> ApnsClient {
        client(self.settings())
    }
}

/// The client's limits, shortened so that faults are seen at once.
fn limits() -> Limits {
    Limits {
        connect_floor: Duration::from_millis(50),
        connect_ceiling: Duration::from_millis(400),
        ..Limits::default()
    }
}

fn client(settings: ApnsSettings) -> ApnsClient {
    ApnsClient::new(settings, Arc::new(SystemClock)).expect("a client")
}

fn token(number: usize) -> PushToken {
    format!("{number:064x}").parse().expect("a token")
}

fn push(number: usize) -> Push {
    Push {
        token: token(number),
        topic: TOPIC.to_owned(),
        id: Uuid::new_v4(),
        expires: None,
    }
}

fn retry(status: Option<u16>, reason: Reason) -> Verdict {
    Verdict::Retry {
        status,
        reason,
        retry_after: None,
    }
}

async fn push_all(client: &ApnsClient, pushes: &[Push]) -> Vec<Verdict> {
    join_all(pushes.iter().map(|push| client.push(push))).await
}

fn assert_all_accepted(verdicts: &[Verdict]) {
    for verdict in verdicts {
        assert!(matches!(verdict, Verdict::Accepted { .. }), "{verdict:?}");
    }
}

/// Waits until something holds.
async fn until(what: &str, holds: impl Fn() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < SOON, "{what} did not come within {SOON:?}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

// --- answers -------------------------------------------------------------------------------

#[tokio::test]
async fn every_answer_of_the_service_has_its_verdict() {
    let house = House::new().await;
    let client = house.client();
    let since = Time::from_millis(1_700_000_000_123);
    let gone = Verdict::Gone { since: Some(since) };
    let dated = |status, reason: &str| {
        let mut refusal = Refusal::new(status, reason);
        refusal.timestamp = Some(since);
        refusal
    };
    let waiting = |status, reason: &str, wait: &str| {
        let mut refusal = Refusal::new(status, reason);
        refusal.retry_after = Some(wait.to_owned());
        refusal
    };
    let mut cases: Vec<(Refusal, Verdict)> = vec![
        (dated(410, "Unregistered"), gone.clone()),
        (dated(410, "ExpiredToken"), gone.clone()),
        (dated(410, "SomethingNew"), gone.clone()),
        (dated(400, "ExpiredToken"), gone),
        (Refusal::new(410, ""), Verdict::Gone { since: None }),
        (Refusal::new(410, "Unregistered"), Verdict::Gone { since: None }),
        (
            Refusal::new(429, "TooManyRequests"),
            Verdict::SlowDown { retry_after: None },
        ),
        (
            waiting(429, "TooManyRequests", "7"),
            Verdict::SlowDown {
                retry_after: Some(Duration::from_secs(7)),
            },
        ),
        (
            waiting(429, "SomethingNew", "99999"),
            Verdict::SlowDown {
                retry_after: Some(Duration::from_secs(3_600)),
            },
        ),
        (
            waiting(503, "ServiceUnavailable", "0"),
            Verdict::Retry {
                status: Some(503),
                reason: Reason::SERVICE_UNAVAILABLE,
                retry_after: Some(Duration::from_secs(1)),
            },
        ),
    ];
    for reason in ["BadDeviceToken", "DeviceTokenNotForTopic", "MissingDeviceToken"] {
        let verdict = Verdict::BadToken {
            reason: Reason::new(reason),
        };
        cases.push((Refusal::new(400, reason), verdict));
    }
    for (status, reason) in [
        (400, "BadTopic"),
        (400, "MissingTopic"),
        (400, "TopicDisallowed"),
        (400, "InvalidPushType"),
        (400, "BadPriority"),
        (400, "BadExpirationDate"),
        (400, "BadMessageId"),
        (400, "BadCollapseId"),
        (400, "DuplicateHeaders"),
        (400, "PayloadEmpty"),
        (400, "SomethingNew"),
        (404, "BadPath"),
        (405, "MethodNotAllowed"),
        (413, "PayloadTooLarge"),
        (418, "SomethingNew"),
        // The status decides before the reason does.
        (404, "BadDeviceToken"),
        (418, "ServiceUnavailable"),
        (301, "SomethingNew"),
    ] {
        let reason_read = Reason::new(reason);
        let verdict = Verdict::Misconfigured {
            status,
            reason: reason_read,
        };
        cases.push((Refusal::new(status, reason), verdict));
    }
    for reason in [
        "BadCertificate",
        "BadCertificateEnvironment",
        "ExpiredProviderToken",
        "InvalidProviderToken",
        "MissingProviderToken",
        "UnrelatedKeyIdInToken",
        "BadEnvironmentKeyIdInToken",
        "Forbidden",
        "SomethingNew",
    ] {
        let verdict = Verdict::Refused {
            status: Some(403),
            reason: Reason::new(reason),
        };
        cases.push((Refusal::new(403, reason), verdict));
    }
    for (status, reason) in [
        (400, "IdleTimeout"),
        (500, "InternalServerError"),
        (503, "ServiceUnavailable"),
        (503, "Shutdown"),
        (502, "SomethingNew"),
        (599, "Unregistered"),
    ] {
        cases.push((
            Refusal::new(status, reason),
            retry(Some(status), Reason::new(reason)),
        ));
    }
    for (number, (refusal, expected)) in cases.into_iter().enumerate() {
        let push = push(number);
        house
            .simulator
            .script(&push.token, [Step::Refuse(refusal.clone())]);
        assert_eq!(client.push(&push).await, expected, "{refusal:?}");
        let again = client.push(&push).await;
        assert_eq!(
            again,
            Verdict::Accepted { apns_id: push.id },
            "the script is over"
        );
    }
    // All of it over one connection: no answer costs the connection.
    assert_eq!(house.simulator.counters().connections, 1);
}

#[tokio::test]
async fn too_many_provider_tokens_let_all_pushes_rest() {
    let house = House::new().await;
    let client = house.client();
    let first = push(1);
    let mut refusal = Refusal::new(429, "TooManyProviderTokenUpdates");
    refusal.retry_after = Some("30".to_owned());
    house.simulator.script(&first.token, [Step::Refuse(refusal)]);
    let rest = Duration::from_secs(30);
    assert_eq!(
        client.push(&first).await,
        Verdict::TokenChurn { retry_after: rest }
    );
    let Verdict::TokenChurn { retry_after } = client.push(&push(2)).await else {
        panic!("pushes do not rest");
    };
    assert!(retry_after <= rest && retry_after > rest / 2);
    assert_eq!(
        house.simulator.journal().len(),
        1,
        "the second push stayed at home"
    );
}

#[tokio::test]
async fn a_slow_body_takes_neither_the_status_nor_much_time() {
    let house = House::new().await;
    let mut settings = house.settings();
    settings.limits.body_timeout = Duration::from_millis(100);
    let client = client(settings);
    let pause = Duration::from_millis(60);
    for (status, expected) in [
        (410, Verdict::Gone { since: None }),
        (400, retry(Some(400), Reason::ANSWER_CUT_SHORT)),
        (503, retry(Some(503), Reason::ANSWER_CUT_SHORT)),
    ] {
        let push = push(usize::from(status));
        let refusal = Refusal::new(status, "Unregistered");
        house
            .simulator
            .script(&push.token, [Step::SlowBody(refusal, pause)]);
        let start = Instant::now();
        assert_eq!(client.push(&push).await, expected);
        assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    }
    // A body as long as a page is not read to its end.
    let push = push(1);
    let long = Refusal::new(410, &"x".repeat(100_000));
    house.simulator.script(&push.token, [Step::Refuse(long)]);
    assert_eq!(client.push(&push).await, Verdict::Gone { since: None });
    assert_eq!(
        house.simulator.counters().connections,
        1,
        "the connection lives on"
    );
}

// --- streams and connections ---------------------------------------------------------------

#[tokio::test]
async fn a_first_burst_over_one_stream_loses_nothing() {
    let house = House::with(|options| options.max_streams = 1).await;
    let client = house.client();
    let pushes: Vec<_> = (0..300).map(push).collect();
    assert_all_accepted(&push_all(&client, &pushes).await);
    let counters = house.simulator.counters();
    assert_eq!(
        (counters.accepted, counters.peak_streams, counters.connections),
        (300, 1, 1)
    );
    let health = client.describe();
    assert_eq!(
        (health.stream_limit, health.sent_again, health.in_flight),
        (Some(1), 0, 0)
    );
}

#[tokio::test]
async fn a_changed_stream_limit_is_obeyed_on_the_open_connection() {
    let house = House::with(|options| options.max_streams = 100).await;
    let client = house.client();
    assert_all_accepted(&push_all(&client, &[push(0)]).await);
    house.simulator.set_max_streams(3);
    until("the new limit", || client.describe().stream_limit == Some(3)).await;
    let pushes: Vec<_> = (1..60).map(push).collect();
    for push in &pushes {
        house
            .simulator
            .script(&push.token, [Step::Slow(Duration::from_millis(2))]);
    }
    assert_all_accepted(&push_all(&client, &pushes).await);
    let counters = house.simulator.counters();
    assert_eq!((counters.peak_streams, counters.connections), (3, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_burst_with_a_goaway_in_the_middle_is_taken_exactly_once() {
    let house = House::new().await;
    let client = house.client();
    let pushes: Vec<_> = (0..2_000).map(push).collect();
    house.simulator.script(&pushes[700].token, [Step::GoAway]);
    house.simulator.script(&pushes[1_400].token, [Step::GoAway]);
    assert_all_accepted(&push_all(&client, &pushes).await);

    let mut taken: HashMap<Uuid, u32> = HashMap::new();
    let mut untouched = 0;
    for entry in house.simulator.journal() {
        match entry.outcome {
            Outcome::Accepted => *taken.entry(entry.apns_id.expect("an id")).or_default() += 1,
            Outcome::Untouched => untouched += 1,
            Outcome::Dropped(step) => assert_eq!(step, Step::GoAway),
            Outcome::Refused(status, reason) => panic!("{status} {reason}"),
        }
    }
    assert_eq!(taken.len(), 2_000);
    assert!(taken.values().all(|times| *times == 1));
    assert!(untouched > 0, "the GOAWAY met nobody on the way");
    assert_eq!(house.simulator.counters().connections, 3);
    assert!(client.describe().sent_again >= 2);
}

#[tokio::test]
async fn a_refused_stream_is_sent_again_at_once_and_not_for_ever() {
    let house = House::new().await;
    let client = house.client();
    let (lucky, unlucky) = (push(1), push(2));
    house
        .simulator
        .script(&lucky.token, [Step::RefusedStream, Step::RefusedStream]);
    house
        .simulator
        .script(&unlucky.token, vec![Step::RefusedStream; 50]);
    assert_all_accepted(&push_all(&client, std::slice::from_ref(&lucky)).await);
    assert_eq!(client.push(&unlucky).await, retry(None, Reason::STREAM_REFUSED));
    let tries = |push: &Push| {
        let journal = house.simulator.journal();
        journal
            .iter()
            .filter(|entry| entry.token == push.token.as_str())
            .count()
    };
    assert_eq!((tries(&lucky), tries(&unlucky)), (3, 4));
    assert_eq!(house.simulator.counters().connections, 1);
}

#[tokio::test]
async fn a_reset_stream_is_left_to_a_later_retry() {
    let house = House::new().await;
    let client = house.client();
    // INTERNAL_ERROR, CANCEL and ENHANCE_YOUR_CALM: the service may have taken the push.
    for (number, code) in [2, 8, 11].into_iter().enumerate() {
        let push = push(number);
        house.simulator.script(&push.token, [Step::Reset(code)]);
        assert_eq!(client.push(&push).await, retry(None, Reason::STREAM_RESET));
    }
    assert_eq!(house.simulator.journal().len(), 3);
    assert_eq!(house.simulator.counters().connections, 1);
}

#[tokio::test]
async fn a_closed_connection_costs_one_retry() {
    let house = House::new().await;
    let client = house.client();
    let push = push(1);
    house.simulator.script(&push.token, [Step::CloseConnection]);
    assert_eq!(client.push(&push).await, retry(None, Reason::CONNECTION_LOST));
    assert_all_accepted(&push_all(&client, &[push]).await);
    assert_eq!(house.simulator.counters().connections, 2);
}

#[tokio::test]
async fn a_push_that_is_never_answered_ends_in_time_and_harms_no_other() {
    let house = House::new().await;
    let mut settings = house.settings();
    settings.limits.request_timeout = Duration::from_millis(300);
    let client = client(settings);
    let dead = push(1);
    house.simulator.script(&dead.token, [Step::Dead]);
    let others: Vec<_> = (2..50).map(push).collect();
    let start = Instant::now();
    let (verdict, others) = tokio::join!(client.push(&dead), push_all(&client, &others));
    assert_eq!(verdict, retry(None, Reason::REQUEST_TIMEOUT));
    assert!(start.elapsed() < Duration::from_secs(3));
    assert_all_accepted(&others);
    assert_eq!(house.simulator.counters().connections, 1);
}

#[tokio::test]
async fn a_frozen_connection_is_left_within_the_ping_timeout() {
    let house = House::new().await;
    let mut settings = house.settings();
    settings.limits.ping_interval = Duration::from_millis(100);
    settings.limits.ping_timeout = Duration::from_millis(150);
    let client = client(settings);
    let frozen = push(1);
    house.simulator.script(&frozen.token, [Step::FreezeConnection]);
    let start = Instant::now();
    assert_eq!(client.push(&frozen).await, retry(None, Reason::CONNECTION_LOST));
    // An interval, the patience after the PING, and room for a busy machine.
    assert!(
        start.elapsed() < Duration::from_millis(250 + 1_000),
        "{:?}",
        start.elapsed()
    );
    assert_all_accepted(&push_all(&client, &[frozen]).await);
    assert_eq!(house.simulator.counters().connections, 2);
    let last_error = client.describe().last_error.expect("an error");
    assert!(last_error.contains("PING"), "{last_error}");
}

#[tokio::test]
async fn an_idle_connection_is_kept() {
    let house = House::new().await;
    let mut settings = house.settings();
    settings.limits.ping_interval = Duration::from_millis(10);
    settings.limits.ping_timeout = SOON;
    let client = client(settings);
    assert_all_accepted(&push_all(&client, &[push(1)]).await);
    // Some thirty PINGs.
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_all_accepted(&push_all(&client, &[push(2)]).await);
    assert_eq!(house.simulator.counters().connections, 1);
}

#[tokio::test]
async fn no_connect_storm_when_all_is_down() {
    let house = House::new().await;
    house.simulator.set_mode(Mode {
        refuses_connections: true,
        ..Mode::default()
    });
    let mut settings = house.settings();
    settings.limits.connect_floor = Duration::from_millis(200);
    settings.limits.connect_ceiling = Duration::from_millis(200);
    let client = client(settings);
    let start = Instant::now();
    let mut verdicts = 0;
    while start.elapsed() < Duration::from_secs(2) {
        let pushes: Vec<_> = (0..100).map(push).collect();
        for verdict in push_all(&client, &pushes).await {
            let Verdict::Retry { reason, .. } = &verdict else {
                panic!("{verdict:?}");
            };
            assert_eq!(*reason, Reason::NOT_CONNECTED);
            verdicts += 1;
        }
    }
    let attempts = house.simulator.counters().attempts;
    let allowed = start.elapsed().as_millis() / 200 + 1;
    assert!(
        u128::from(attempts) <= allowed,
        "{attempts} attempts, {allowed} allowed"
    );
    assert!(attempts >= 3, "{attempts} attempts: it gave up");
    assert!(verdicts >= 300);

    house.simulator.set_mode(Mode::default());
    assert_all_accepted(&push_all(&client, &[push(1)]).await);
}

#[tokio::test]
async fn a_back_off_answers_at_once_and_says_how_long() {
    let house = House::new().await;
    house.simulator.set_mode(Mode {
        refuses_connections: true,
        ..Mode::default()
    });
    let mut settings = house.settings();
    settings.limits.connect_floor = Duration::from_millis(10);
    settings.limits.connect_ceiling = Duration::from_secs(3_600);
    let client = client(settings);
    let mut waits = Vec::new();
    for number in 0..12 {
        if let Verdict::Retry {
            retry_after: Some(wait),
            ..
        } = client.push(&push(number)).await
        {
            waits.push(wait);
        }
    }
    let longest = waits.iter().max().expect("waits");
    assert!(*longest > Duration::from_millis(15), "{waits:?}");
    assert!(house.simulator.counters().attempts < 12);
}

#[tokio::test]
async fn a_push_that_its_caller_drops_gives_its_place_back() {
    let house = House::new().await;
    let mut settings = house.settings();
    settings.limits.in_flight_max = 2;
    let client = client(settings);
    for number in 0..10 {
        let push = push(number);
        house.simulator.script(&push.token, [Step::Dead]);
        let dropped = tokio::time::timeout(Duration::from_millis(20), client.push(&push)).await;
        assert!(dropped.is_err());
    }
    assert_eq!(client.describe().in_flight, 0);
    let pushes: Vec<_> = (100..150).map(push).collect();
    assert_all_accepted(&push_all(&client, &pushes).await);
}

#[tokio::test]
async fn several_connections_share_the_pushes() {
    let house = House::new().await;
    let mut settings = house.settings();
    settings.limits.connections = 3;
    let client = client(settings);
    let pushes: Vec<_> = (0..90).map(push).collect();
    assert_all_accepted(&push_all(&client, &pushes).await);
    let mut by_connection: HashMap<u64, u32> = HashMap::new();
    for entry in house.simulator.journal() {
        *by_connection.entry(entry.connection).or_default() += 1;
    }
    let mut shares: Vec<_> = by_connection.into_values().collect();
    shares.sort_unstable();
    assert_eq!(shares, [30, 30, 30]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_third_of_failures_still_delivers_everything() {
    let house = House::new().await;
    house.simulator.set_mode(Mode {
        faults: Some(Faults::of_all_kinds(0.3, 20_261_121)),
        ..Mode::default()
    });
    let mut settings = house.settings();
    settings.limits.connect_floor = Duration::from_millis(5);
    let client = client(settings);
    let mut due: Vec<_> = (0..2_000).map(push).collect();
    let mut tries = 0_usize;
    let start = Instant::now();
    while !due.is_empty() {
        assert!(start.elapsed() < SOON * 2, "{} pushes are left", due.len());
        tries += due.len();
        let mut left = Vec::new();
        // Like the dispatcher: in batches, not all at once.
        for batch in due.chunks(200) {
            let verdicts = push_all(&client, batch).await;
            for (push, verdict) in batch.iter().zip(verdicts) {
                match verdict {
                    Verdict::Accepted { .. } => {}
                    Verdict::Retry { .. } | Verdict::SlowDown { .. } => left.push(push.clone()),
                    other => panic!("{other:?}"),
                }
            }
        }
        due = left;
    }
    println!("{tries} tries for 2,000 pushes in {:?}", start.elapsed());
    assert!(tries <= 4_000, "{tries} tries for 2,000 pushes");
}

// --- TLS -----------------------------------------------------------------------------------

#[tokio::test]
async fn a_certificate_that_has_expired_pauses_the_credential() {
    let house = House::new().await;
    let mut settings = house.settings();
    settings.credential = house.certificate(|leaf| {
        leaf.not_after = SystemClock.now().plus_ms(-60_000);
    });
    let client = client(settings);
    let expected = Verdict::Refused {
        status: None,
        reason: Reason::TLS_CERTIFICATE_EXPIRED,
    };
    for number in 0..5 {
        assert_eq!(client.push(&push(number)).await, expected);
    }
    let error = client.probe().await.expect_err("no connection");
    assert!(error.contains("TlsCertificateExpired"), "{error}");
    assert!(house.simulator.journal().is_empty());
}

#[tokio::test]
async fn a_certificate_of_a_stranger_pauses_the_credential() {
    // An issuer that the service does not know, and one that only claims a known name.
    let unknowing = House::with(|options| {
        options.client_authorities = vec![options.identity.certificate.clone()];
    })
    .await;
    let house = House::new().await;
    let stranger = Authority::new(SystemClock.now()).expect("an authority");
    let mut claiming = house.settings();
    let leaf = PassLeaf::sound(TOPIC, TEAM, SystemClock.now());
    let Issued { certificate, key } = stranger.pass_certificate(&leaf).expect("a certificate");
    let chain = vec![stranger.wwdr().clone()];
    claiming.credential = Credential::Certificate {
        certificate,
        key,
        chain,
    };
    for (settings, reason) in [
        (unknowing.settings(), Reason::TLS_UNKNOWN_CA),
        (claiming, Reason::TLS_BAD_CERTIFICATE),
    ] {
        let verdict = client(settings).push(&push(1)).await;
        assert_eq!(verdict, Verdict::Refused { status: None, reason });
    }
}

#[tokio::test]
async fn a_service_of_a_stranger_is_not_pushed_to() {
    let house = House::new().await;
    let stranger = Authority::new(SystemClock.now()).expect("an authority");
    let mut settings = house.settings();
    settings.roots = Roots::only(vec![stranger.root().clone()]);
    let client = client(settings);
    let Verdict::Retry { reason, .. } = client.push(&push(1)).await else {
        panic!("not left to a retry");
    };
    assert_eq!(reason, Reason::NOT_CONNECTED);
    let error = client.describe().last_error.expect("an error");
    assert!(error.contains("certificate verify failed"), "{error}");
    assert_eq!(house.simulator.counters().connections, 0);
}

#[tokio::test]
async fn a_service_under_another_name_is_not_pushed_to() {
    let house = House::new().await;
    let mut settings = house.settings();
    // Reaches the same listener, but the certificate does not speak of it.
    settings.base_url = format!("https://127.0.0.2:{}", house.simulator.address().port());
    settings.base_url = settings.base_url.replace("127.0.0.2", "localhost.localdomain");
    let client = client(settings);
    let verdict = client.push(&push(1)).await;
    assert!(
        matches!(&verdict, Verdict::Retry { reason, .. } if *reason == Reason::NOT_CONNECTED),
        "{verdict:?}"
    );
    assert!(house.simulator.journal().is_empty());
}

#[tokio::test]
async fn a_service_without_http2_is_not_pushed_to() {
    let house = House::new().await;
    let identity = house.authority.server_certificate().expect("a certificate");
    let listener = TlsListener::bind(0, &identity, &[b"http/1.1"], &[])
        .await
        .expect("a listener");
    let port = listener.address().expect("an address").port();
    let accepting = tokio::spawn(async move {
        while let Ok(tcp) = listener.accept().await {
            assert!(listener.handshake(tcp).await.is_err());
        }
    });
    let mut settings = house.settings();
    settings.base_url = format!("https://localhost:{port}");
    let client = client(settings);
    let verdict = client.push(&push(1)).await;
    assert!(
        matches!(&verdict, Verdict::Retry { reason, .. } if *reason == Reason::NOT_CONNECTED),
        "{verdict:?}"
    );
    accepting.abort();
}

#[tokio::test]
async fn a_listener_that_says_nothing_is_left_in_time() {
    let house = House::new().await;
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a listener");
    let mut settings = house.settings();
    let port = silent.local_addr().expect("an address").port();
    settings.base_url = format!("https://localhost:{port}");
    settings.limits.connect_timeout = Duration::from_millis(150);
    let client = client(settings);
    let start = Instant::now();
    let verdict = client.push(&push(1)).await;
    assert!(
        matches!(&verdict, Verdict::Retry { reason, .. } if *reason == Reason::NOT_CONNECTED),
        "{verdict:?}"
    );
    assert!(start.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn a_probe_says_what_the_handshake_agreed_on() {
    let house = House::with(|options| options.max_streams = 321).await;
    let client = house.client();
    let facts = client.probe().await.expect("a connection");
    assert_eq!(
        (
            facts.version.as_str(),
            facts.alpn.as_str(),
            facts.server.as_str(),
            facts.stream_limit
        ),
        ("TLSv1.3", "h2", "localhost", 321)
    );
    until("the probe's end", || house.simulator.counters().open == 0).await;
    assert!(!client.describe().is_connected);
}

// --- provider tokens -----------------------------------------------------------------------

struct TokenHouse {
    house: House,
    /// The service's clock.
    theirs: Arc<ManualClock>,
    /// The client's clock.
    ours: Arc<ManualClock>,
    key: ProviderKey,
}

impl TokenHouse {
    async fn new() -> Self {
        let now = SystemClock.now();
        let theirs = Arc::new(ManualClock::new(now));
        let clock = theirs.clone();
        let house = House::with(|options| options.clock = clock).await;
        let key = new_key(KeyKind::P256).expect("a key");
        let public: PKey<Public> =
            PKey::public_key_from_der(&key.public_key_to_der().expect("DER")).expect("a key");
        house.simulator.add_key(KEY_ID, TEAM, public, &[TOPIC]);
        Self {
            house,
            theirs,
            ours: Arc::new(ManualClock::new(now)),
            key: ProviderKey::new(key, KEY_ID, TEAM).expect("a push key"),
        }
    }

    fn client(&self) -> ApnsClient {
        let mut settings = self.house.settings();
        let tokens = LocalTokens::new(self.key.clone(), self.ours.clone());
        settings.credential = Credential::Token(Arc::new(tokens));
        client(settings)
    }
}

#[tokio::test]
async fn a_provider_token_takes_the_place_of_a_certificate() {
    let tokens = TokenHouse::new().await;
    let client = tokens.client();
    let pushes: Vec<_> = (0..50).map(push).collect();
    assert_all_accepted(&push_all(&client, &pushes).await);
    assert_eq!(tokens.house.simulator.provider_tokens(TEAM), 1);
    let mut stray = push(1);
    stray.topic = "pass.com.example.other".to_owned();
    let expected = Verdict::Misconfigured {
        status: 400,
        reason: Reason::TOPIC_DISALLOWED,
    };
    assert_eq!(client.push(&stray).await, expected);
}

#[tokio::test]
async fn forty_pushes_with_an_expired_token_renew_it_once() {
    let tokens = TokenHouse::new().await;
    let client = tokens.client();
    assert_all_accepted(&push_all(&client, &[push(0)]).await);
    // Our clock goes too slowly: to us the token is of half an hour, to the service of over one.
    tokens.ours.advance(Duration::from_mins(30));
    tokens.theirs.advance(Duration::from_mins(61));
    let pushes: Vec<_> = (1..41).map(push).collect();
    assert_all_accepted(&push_all(&client, &pushes).await);
    assert_eq!(tokens.house.simulator.provider_tokens(TEAM), 2);
}

#[tokio::test]
async fn a_fresh_token_that_is_refused_pauses_the_credential() {
    let tokens = TokenHouse::new().await;
    // Our clock is two hours behind: whatever we sign is expired.
    tokens.theirs.advance(Duration::from_mins(120));
    let client = tokens.client();
    let expected = Verdict::Refused {
        status: None,
        reason: Reason::EXPIRED_PROVIDER_TOKEN,
    };
    assert_eq!(client.push(&push(1)).await, expected);
    let error = client.describe().last_error.expect("an error");
    assert!(error.contains("clock"), "{error}");
}

#[tokio::test]
async fn a_token_of_a_stranger_pauses_the_credential() {
    let mut tokens = TokenHouse::new().await;
    let expected = Verdict::Refused {
        status: Some(403),
        reason: Reason::INVALID_PROVIDER_TOKEN,
    };
    for (key_id, team) in [(KEY_ID, TEAM), ("OTHERKEY12", TEAM), (KEY_ID, "OTHERTEAM1")] {
        let key = new_key(KeyKind::P256).expect("a key");
        tokens.key = ProviderKey::new(key, key_id, team).expect("a push key");
        assert_eq!(tokens.client().push(&push(1)).await, expected);
    }
    assert_eq!(tokens.house.simulator.provider_tokens(TEAM), 0);
}

#[tokio::test]
async fn a_new_token_within_twenty_minutes_is_refused_by_the_service() {
    let tokens = TokenHouse::new().await;
    assert_all_accepted(&push_all(&tokens.client(), &[push(1)]).await);
    tokens.ours.advance(Duration::from_mins(19));
    tokens.theirs.advance(Duration::from_mins(19));
    // Another instance that shares nothing signs its own.
    assert_eq!(tokens.client().push(&push(2)).await.as_str(), "token_churn");
    tokens.ours.advance(Duration::from_mins(1));
    tokens.theirs.advance(Duration::from_mins(1));
    assert_all_accepted(&push_all(&tokens.client(), &[push(3)]).await);
    assert_eq!(tokens.house.simulator.provider_tokens(TEAM), 2);
}

#[tokio::test]
async fn provider_tokens_are_never_made_more_often_than_every_twenty_minutes() {
    let start = SystemClock.now();
    let clock = Arc::new(ManualClock::new(start));
    let key = new_key(KeyKind::P256).expect("a key");
    let tokens = LocalTokens::new(
        ProviderKey::new(key, KEY_ID, TEAM).expect("a push key"),
        clock.clone(),
    );
    let mut made: Vec<(String, Time)> = Vec::new();
    for minute in 0..600 {
        let token = tokens.current().await.expect("a token");
        // Every third minute somebody says that Apple refuses it.
        let token = if minute % 3 == 0 {
            match tokens.renew(&token).await {
                Ok(token) => token,
                Err(TokenError::TooSoon { wait }) => {
                    assert!(wait <= Duration::from_mins(20));
                    token
                }
                Err(other) => panic!("{other}"),
            }
        } else {
            token
        };
        if made.last().is_none_or(|(last, _)| last != token.expose()) {
            made.push((token.expose().to_owned(), clock.now()));
        }
        clock.advance(Duration::from_mins(1));
    }
    for pair in made.windows(2) {
        let gap = pair[1].1.since(pair[0].1);
        assert!(gap >= Duration::from_mins(20), "{gap:?}");
        assert!(gap <= Duration::from_mins(50), "{gap:?}");
    }
    assert!(made.len() > 20, "{} tokens in ten hours", made.len());
    // Left alone, each is used for 50 minutes.
    let before = tokens.current().await.expect("a token");
    clock.advance(Duration::from_mins(49));
    let at_49 = tokens.current().await.expect("a token");
    clock.advance(Duration::from_mins(1));
    let at_50 = tokens.current().await.expect("a token");
    let is_same = |other: &Secret| before.expose() == other.expose();
    assert!(is_same(&at_49) || made.len() > 20);
    assert!(!is_same(&at_50));
}

#[tokio::test]
async fn a_clock_that_is_set_back_does_not_block_a_renewal() {
    let start = SystemClock.now();
    let clock = Arc::new(ManualClock::new(start));
    let key = new_key(KeyKind::P256).expect("a key");
    let tokens = LocalTokens::new(
        ProviderKey::new(key, KEY_ID, TEAM).expect("a push key"),
        clock.clone(),
    );
    let wrong = tokens.current().await.expect("a token");
    clock.set(start.plus_ms(-7_200_000));
    let right = tokens.renew(&wrong).await.expect("a token");
    assert_ne!(wrong.expose(), right.expose());
    assert!(matches!(
        tokens.renew(&right).await,
        Err(TokenError::TooSoon { .. })
    ));
}

#[test]
fn a_provider_token_has_the_form_of_jose() {
    let key = new_key(KeyKind::P256).expect("a key");
    let now = Time::parse_rfc3339("2026-11-21T09:30:00Z").expect("a time");
    for _ in 0..200 {
        let token = sign_provider_token(&key, KEY_ID, TEAM, now).expect("a token");
        let parts: Vec<_> = token.expose().split('.').collect();
        let [header, claims, signature] = parts[..] else {
            panic!("{} parts", parts.len());
        };
        let decode = |part| billfold::types::Base64Url::decode(part).expect("base64url");
        let json = |part| serde_json::from_slice::<serde_json::Value>(&decode(part)).expect("JSON");
        assert_eq!(json(header), serde_json::json!({ "alg": "ES256", "kid": KEY_ID }));
        assert_eq!(
            json(claims),
            serde_json::json!({ "iss": TEAM, "iat": 1_795_253_400 })
        );
        // Short numbers are padded: one signature in 128 would be shorter without.
        assert_eq!(decode(signature).len(), 64);
    }
}

#[test]
fn what_is_no_push_key_is_refused() {
    let rsa = new_key(KeyKind::Rsa2048).expect("a key");
    assert!(matches!(
        ProviderKey::new(rsa, KEY_ID, TEAM),
        Err(TokenError::NotAPushKey)
    ));
    let text = Secret::new("-----BEGIN PRIVATE KEY-----\nMIGH\n-----END PRIVATE KEY-----");
    assert!(matches!(
        ProviderKey::from_pem(&text, KEY_ID, TEAM),
        Err(TokenError::NotAPushKey)
    ));
}

// --- the stand-in itself -------------------------------------------------------------------

/// A bare HTTP/2 client that can send what ours never would.
async fn raw(house: &House, credential: Option<&Credential>) -> h2::client::SendRequest<Bytes> {
    use openssl::ssl::{SslConnector, SslMethod};
    let mut builder = SslConnector::builder(SslMethod::tls_client()).expect("TLS");
    builder.set_alpn_protos(b"\x02h2").expect("ALPN");
    builder
        .cert_store_mut()
        .add_cert(house.authority.root().clone())
        .expect("a root");
    if let Some(Credential::Certificate {
        certificate,
        key,
        chain,
    }) = credential
    {
        builder.set_certificate(certificate).expect("a certificate");
        builder.set_private_key(key).expect("a key");
        for link in chain {
            builder.add_extra_chain_cert(link.clone()).expect("a link");
        }
    }
    let tcp = tokio::net::TcpStream::connect(house.simulator.address())
        .await
        .expect("TCP");
    let ssl = builder
        .build()
        .configure()
        .and_then(|configuration| configuration.into_ssl("localhost"))
        .expect("TLS");
    let mut stream = tokio_openssl::SslStream::new(ssl, tcp).expect("TLS");
    std::pin::Pin::new(&mut stream)
        .connect()
        .await
        .expect("a handshake");
    let (send, connection) = h2::client::handshake(stream).await.expect("HTTP/2");
    tokio::spawn(connection);
    send
}

/// Sends a request and reads the status and the reason.
async fn ask(
    send: &h2::client::SendRequest<Bytes>,
    request: http::Request<()>,
    body: Bytes,
) -> (u16, String) {
    let mut send = send.clone().ready().await.expect("ready");
    let (response, mut stream) = send.send_request(request, false).expect("a stream");
    stream.send_data(body, true).expect("a body");
    let response = response.await.expect("an answer");
    let status = response.status().as_u16();
    let mut body = response.into_body();
    let mut bytes = Vec::new();
    while let Some(part) = body.data().await {
        bytes.extend(part.expect("a body"));
    }
    let reason = serde_json::from_slice::<serde_json::Value>(&bytes)
        .ok()
        .and_then(|fault| Some(fault.get("reason")?.as_str()?.to_owned()))
        .unwrap_or_default();
    (status, reason)
}

fn sound() -> http::request::Builder {
    http::Request::post("https://localhost/3/device/abcdef0123456789")
        .header("apns-push-type", "background")
        .header("apns-priority", "5")
        .header("apns-topic", TOPIC)
}

#[tokio::test]
async fn a_malformed_push_is_refused_in_apples_words() {
    let house = House::new().await;
    let credential = house.certificate(|_| ());
    let send = raw(&house, Some(&credential)).await;
    let at = |path: &str| sound().uri(format!("https://localhost{path}"));
    let without_type = || http::Request::post("https://localhost/3/device/ab").header("apns-priority", "5");
    let cases = [
        (sound(), 200, ""),
        (at("/"), 404, "BadPath"),
        (at("/3/devices/ab"), 404, "BadPath"),
        (sound().method("GET"), 405, "MethodNotAllowed"),
        (at("/3/device/"), 400, "MissingDeviceToken"),
        (at("/3/device/xyz"), 400, "BadDeviceToken"),
        (at("/3/device/ab%20"), 400, "BadDeviceToken"),
        (
            at(&format!("/3/device/{}", "a".repeat(201))),
            400,
            "BadDeviceToken",
        ),
        (
            sound().header("apns-topic", "pass.other"),
            400,
            "DuplicateHeaders",
        ),
        (sound().header("apns-id", "7"), 400, "BadMessageId"),
        (
            sound().header("apns-expiration", "soon"),
            400,
            "BadExpirationDate",
        ),
        (
            sound().header("apns-collapse-id", "x".repeat(65)),
            400,
            "BadCollapseId",
        ),
        (without_type(), 400, "InvalidPushType"),
        (
            without_type().header("apns-push-type", "loud"),
            400,
            "InvalidPushType",
        ),
        (
            http::Request::post("https://localhost/3/device/ab")
                .header("apns-push-type", "alert")
                .header("apns-priority", "7"),
            400,
            "BadPriority",
        ),
        (
            http::Request::post("https://localhost/3/device/ab")
                .header("apns-push-type", "background")
                .header("apns-priority", "10"),
            400,
            "BadPriority",
        ),
        (
            without_type()
                .header("apns-push-type", "background")
                .header("apns-topic", "pass.other"),
            400,
            "TopicDisallowed",
        ),
    ];
    for (request, status, reason) in cases {
        let request = request.body(()).expect("a request");
        let shown = format!("{request:?}");
        let answer = ask(&send, request, Bytes::from_static(b"{}")).await;
        assert_eq!(answer, (status, reason.to_owned()), "{shown}");
    }
    for (body, status, reason) in [
        (Bytes::new(), 400, "PayloadEmpty"),
        (Bytes::from_static(b"hello"), 400, "PayloadEmpty"),
        (Bytes::from_static(b"[]"), 400, "PayloadEmpty"),
        (Bytes::from(vec![b' '; 4_097]), 413, "PayloadTooLarge"),
        (Bytes::from_static(b"{\"aps\":{}}"), 200, ""),
    ] {
        let request = sound().body(()).expect("a request");
        assert_eq!(ask(&send, request, body).await, (status, reason.to_owned()));
    }
    let installed: PushToken = "ab".parse().expect("a token");
    house.simulator.install(&installed, "pass.other");
    let request = at("/3/device/ab").body(()).expect("a request");
    let answer = ask(&send, request, Bytes::from_static(b"{}")).await;
    assert_eq!(answer, (400, "DeviceTokenNotForTopic".to_owned()));
}

#[tokio::test]
async fn a_sender_without_a_credential_is_refused() {
    let house = House::new().await;
    let send = raw(&house, None).await;
    for (request, reason) in [
        (sound(), "MissingProviderToken"),
        (
            sound().header("authorization", "basic abc"),
            "MissingProviderToken",
        ),
        (
            sound().header("authorization", "bearer a.b.c"),
            "InvalidProviderToken",
        ),
    ] {
        let request = request.body(()).expect("a request");
        let answer = ask(&send, request, Bytes::from_static(b"{}")).await;
        assert_eq!(answer, (403, reason.to_owned()));
    }
}

#[tokio::test]
async fn phones_hear_of_the_pushes_that_were_taken_and_of_no_others() {
    let house = House::new().await;
    let client = house.client();
    let mut heard = house.simulator.subscribe();
    let (refused, taken) = (push(1), push(2));
    house
        .simulator
        .script(&refused.token, [Step::refuse(503, "Shutdown")]);
    push_all(&client, &[refused]).await;
    push_all(&client, std::slice::from_ref(&taken)).await;
    let delivered = heard.recv().await.expect("a push");
    assert_eq!(
        (delivered.token.as_str(), delivered.topic.as_str()),
        (taken.token.as_str(), TOPIC)
    );
    assert!(heard.try_recv().is_err());
}
