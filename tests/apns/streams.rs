//! Streams and connections: bursts, limits, resets, losses, outages.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use billfold::apple::apns::{PushService as _, Reason, Verdict};
use billfold::simulator::apns::{Faults, Mode, Outcome, Step};
use uuid::Uuid;

use crate::house::{House, SOON, assert_all_accepted, client, push, push_all, retry, until};

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
    let tries = |push: &billfold::apple::apns::Push| {
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
    // Long enough for the others on a busy machine.
    settings.limits.request_timeout = Duration::from_millis(1_500);
    let client = client(settings);
    let dead = push(1);
    house.simulator.script(&dead.token, [Step::Dead]);
    let others: Vec<_> = (2..50).map(push).collect();
    let start = Instant::now();
    let (verdict, others) = tokio::join!(client.push(&dead), push_all(&client, &others));
    assert_eq!(verdict, retry(None, Reason::REQUEST_TIMEOUT));
    assert!(start.elapsed() < SOON);
    assert_all_accepted(&others);
    assert_eq!(house.simulator.counters().connections, 1);
}

#[tokio::test]
async fn a_frozen_connection_is_left_within_the_ping_timeout() {
    let house = House::new().await;
    let mut settings = house.settings();
    settings.limits.request_timeout = SOON * 2;
    settings.limits.ping_interval = Duration::from_millis(100);
    settings.limits.ping_timeout = Duration::from_secs(1);
    let client = client(settings);
    let frozen = push(1);
    house.simulator.script(&frozen.token, [Step::FreezeConnection]);
    let start = Instant::now();
    assert_eq!(client.push(&frozen).await, retry(None, Reason::CONNECTION_LOST));
    println!("left after {:?}", start.elapsed());
    assert!(start.elapsed() < SOON, "only the request's own time-out ended it");
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
    while verdicts < 300 || house.simulator.counters().attempts < 3 {
        assert!(start.elapsed() < SOON, "it gave up");
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
    settings.limits.connect_ceiling = Duration::from_hours(1);
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
        // The first ones are dropped while the connection is being opened.
        let dropped = tokio::time::timeout(Duration::from_millis(5), client.push(&push)).await;
        assert!(dropped.is_err(), "{dropped:?}");
    }
    assert_eq!(client.describe().in_flight, 0);
    let pushes: Vec<_> = (100..150).map(push).collect();
    assert_all_accepted(&push_all(&client, &pushes).await);
    assert_eq!(house.simulator.counters().attempts, 1);
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
        assert!(start.elapsed() < SOON * 3, "{} pushes are left", due.len());
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
