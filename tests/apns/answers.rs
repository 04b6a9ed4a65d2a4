//! What each answer of the service means.

use std::time::{Duration, Instant};

use billfold::apple::apns::{PushService as _, Reason, Verdict};
use billfold::simulator::apns::{Refusal, Step};
use billfold::types::Time;

use crate::house::{House, SOON, client, push, retry};

/// When the service last knew a token, in the cases that say it.
const SINCE: Time = Time::from_millis(1_700_000_000_123);

fn of_lost_tokens() -> Vec<(Refusal, Verdict)> {
    let dated = |status, reason: &str| {
        let mut refusal = Refusal::new(status, reason);
        refusal.timestamp = Some(SINCE);
        refusal
    };
    let gone = Verdict::Gone { since: Some(SINCE) };
    let undated = Verdict::Gone { since: None };
    let mut cases = vec![
        (dated(410, "Unregistered"), gone.clone()),
        (dated(410, "ExpiredToken"), gone.clone()),
        (dated(410, "SomethingNew"), gone.clone()),
        (dated(400, "ExpiredToken"), gone),
        (Refusal::new(410, ""), undated.clone()),
        (Refusal::new(410, "Unregistered"), undated),
    ];
    for reason in ["BadDeviceToken", "DeviceTokenNotForTopic", "MissingDeviceToken"] {
        let verdict = Verdict::BadToken {
            reason: Reason::new(reason),
        };
        cases.push((Refusal::new(400, reason), verdict));
    }
    cases
}

fn of_faults_of_ours() -> Vec<(Refusal, Verdict)> {
    let misconfigured = [
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
    ];
    let misconfigured = misconfigured.map(|(status, word)| {
        let reason = Reason::new(word);
        (
            Refusal::new(status, word),
            Verdict::Misconfigured { status, reason },
        )
    });
    let refused = [
        "BadCertificate",
        "BadCertificateEnvironment",
        "ExpiredProviderToken",
        "InvalidProviderToken",
        "MissingProviderToken",
        "UnrelatedKeyIdInToken",
        "BadEnvironmentKeyIdInToken",
        "Forbidden",
        "SomethingNew",
    ];
    let refused = refused.map(|word| {
        let (status, reason) = (Some(403), Reason::new(word));
        (Refusal::new(403, word), Verdict::Refused { status, reason })
    });
    misconfigured.into_iter().chain(refused).collect()
}

fn of_bad_times() -> Vec<(Refusal, Verdict)> {
    let waiting = |status, reason: &str, wait: &str| {
        let mut refusal = Refusal::new(status, reason);
        refusal.retry_after = Some(wait.to_owned());
        refusal
    };
    let slow_down = |secs: u64| Verdict::SlowDown {
        retry_after: Some(Duration::from_secs(secs)),
    };
    let mut cases = vec![
        (
            Refusal::new(429, "TooManyRequests"),
            Verdict::SlowDown { retry_after: None },
        ),
        (waiting(429, "TooManyRequests", "7"), slow_down(7)),
        (waiting(429, "SomethingNew", "99999"), slow_down(3_600)),
        (
            waiting(503, "ServiceUnavailable", "0"),
            Verdict::Retry {
                status: Some(503),
                reason: Reason::SERVICE_UNAVAILABLE,
                retry_after: Some(Duration::from_secs(1)),
            },
        ),
    ];
    for (status, word) in [
        (400, "IdleTimeout"),
        (500, "InternalServerError"),
        (503, "ServiceUnavailable"),
        (503, "Shutdown"),
        (502, "SomethingNew"),
        (599, "Unregistered"),
    ] {
        cases.push((Refusal::new(status, word), retry(Some(status), Reason::new(word))));
    }
    cases
}

#[tokio::test]
async fn every_answer_of_the_service_has_its_verdict() {
    let house = House::new().await;
    let client = house.client();
    let cases = [of_lost_tokens(), of_faults_of_ours(), of_bad_times()].concat();
    for (number, (refusal, expected)) in cases.into_iter().enumerate() {
        let push = push(number);
        house
            .simulator
            .script(&push.token, [Step::Refuse(refusal.clone())]);
        assert_eq!(client.push(&push).await, expected, "{refusal:?}");
        let accepted = Verdict::Accepted { apns_id: push.id };
        assert_eq!(client.push(&push).await, accepted, "the script is over");
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
        assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
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
