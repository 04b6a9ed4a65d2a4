//! What a phone asks, in order, when all goes well, and how it tries again when it does not.

use serde_json::{Value, json};

use crate::apple_package::PASS_TYPE;
use crate::issuer::{Issuer, MONDAY, SERIAL, Said, TUESDAY, phone};

#[tokio::test]
async fn a_phone_adds_registers_and_updates_a_pass() {
    let issuer = Issuer::start().await;
    let phone = issuer.phone_with_pass().await;
    let device = phone.device_id().as_str();

    let registered = &issuer.asked("POST", "/registrations/")[0];
    assert_eq!(
        registered.path,
        format!("/apple/v1/devices/{device}/registrations/{PASS_TYPE}/{SERIAL}")
    );
    assert_eq!(
        registered.authorization.as_deref(),
        Some("ApplePass 0123456789abcdef")
    );
    let body: Value = serde_json::from_slice(&registered.body).expect("JSON");
    assert_eq!(body, json!({ "pushToken": phone.push_token().as_str() }));

    issuer
        .update(&phone, "tag 1", Said::pass(issuer.pass_of(252), MONDAY))
        .await;
    issuer
        .update(&phone, "tag 2", Said::pass(issuer.pass_of(264), TUESDAY))
        .await;
    phone.on_push(PASS_TYPE).await;

    let lists = issuer.asked("GET", "/registrations/");
    let queries: Vec<_> = lists.iter().map(|list| list.query.as_deref()).collect();
    assert_eq!(
        queries,
        [
            None,
            Some("passesUpdatedSince=tag+1"),
            Some("passesUpdatedSince=tag+2")
        ]
    );
    assert!(lists.iter().all(|list| list.authorization.is_none()));
    let fetches = issuer.asked("GET", "/passes/");
    let since: Vec<_> = fetches.iter().map(|fetch| fetch.since.as_deref()).collect();
    assert_eq!(since, [None, Some(MONDAY)]);
    assert_eq!(fetches[0].path, format!("/apple/v1/passes/{PASS_TYPE}/{SERIAL}"));

    let held = phone.pass(SERIAL).expect("the pass");
    assert_eq!((held.balance, held.version), (Some(264), 3));
    assert_eq!(held.last_modified.as_deref(), Some(TUESDAY));
    let texts: Vec<_> = phone.notices().into_iter().map(|notice| notice.text).collect();
    assert_eq!(texts, ["Now 252", "Now 264"]);
    assert_eq!(phone.violations(), Vec::<String>::new());
    assert_eq!(issuer.log_lines(), Vec::<String>::new());
}

#[tokio::test]
async fn a_pass_that_is_thrown_away_is_unregistered() {
    let issuer = Issuer::start().await;
    let phone = issuer.phone_with_pass().await;
    assert!(phone.remove(SERIAL).await);
    assert!(!phone.remove(SERIAL).await, "it is gone already");
    assert!(phone.passes().is_empty());
    let removals = issuer.asked("DELETE", "/registrations/");
    assert_eq!(removals.len(), 1);
    assert_eq!(
        removals[0].authorization.as_deref(),
        Some("ApplePass 0123456789abcdef")
    );
    // A push that was under way finds nothing to ask about.
    phone.on_push(PASS_TYPE).await;
    assert_eq!(issuer.asked("GET", "/registrations/").len(), 0);
}

#[tokio::test]
async fn a_phone_can_ask_for_the_headers_alone() {
    let issuer = Issuer::start().await;
    let phone = issuer.phone_with_pass().await;
    issuer.says("HEAD", "/passes/", [Said::status(200), Said::status(304)]);
    assert_eq!(phone.peek(SERIAL).await, Some(200));
    assert_eq!(phone.peek(SERIAL).await, Some(304));
    assert_eq!(phone.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn an_outage_is_waited_out_with_growing_pauses() {
    let issuer = Issuer::start().await;
    let phone = issuer.phone_with_pass().await;
    issuer.says("GET", "/registrations/", [Said::status(503), Said::status(429)]);
    let started = tokio::time::Instant::now();
    issuer
        .update(&phone, "tag", Said::pass(issuer.pass_of(252), MONDAY))
        .await;
    assert!(started.elapsed().as_millis() >= 30, "10 ms and 20 ms");
    assert_eq!(phone.pass(SERIAL).expect("the pass").balance, Some(252));
    let statuses: Vec<_> = phone.journal().iter().map(|exchange| exchange.status).collect();
    let expected = [200, 201, 503, 429, 200, 200];
    assert_eq!(statuses, expected.map(Some));
    assert_eq!(phone.violations(), Vec::<String>::new(), "an outage is no breach");
}

#[tokio::test]
async fn a_call_is_dropped_when_patience_ends_and_made_again_after_the_next_push() {
    let issuer = Issuer::start().await;
    let phone = issuer.phone_with_pass().await;
    let out = [Said::status(503), Said::status(503), Said::status(503)];
    issuer.says("GET", "/passes/", out);
    issuer
        .update(&phone, "tag", Said::pass(issuer.pass_of(252), MONDAY))
        .await;
    assert_eq!(phone.pass(SERIAL).expect("the pass").balance, Some(240));
    assert_eq!(issuer.asked("GET", "/passes/").len(), 3);
    assert!(
        issuer.log_lines()[0].ends_with("encountered error: Unexpected response code 503"),
        "{:?}",
        issuer.log_lines()
    );
    // The tag was not taken as seen.
    issuer.says("GET", "/registrations/", [Said::list("tag", &[SERIAL])]);
    phone.on_push(PASS_TYPE).await;
    let lists = issuer.asked("GET", "/registrations/");
    assert_eq!(lists[1].query, None);
    assert_eq!(phone.pass(SERIAL).expect("the pass").balance, Some(252));
}

#[tokio::test]
async fn pushes_that_come_together_are_answered_once() {
    let issuer = Issuer::start().await;
    let phone = issuer.phone_with_pass().await;
    issuer.says("GET", "/registrations/", [Said::list("tag", &[SERIAL])]);
    issuer.says("GET", "/passes/", [Said::pass(issuer.pass_of(252), MONDAY)]);
    for _ in 0..20 {
        phone.wake(PASS_TYPE);
    }
    let limit = tokio::time::Instant::now() + std::time::Duration::from_mins(1);
    while phone.notices().is_empty() {
        assert!(tokio::time::Instant::now() < limit, "no notice came");
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    let lists = issuer.asked("GET", "/registrations/").len();
    assert!(lists <= 2, "{lists} lists for pushes that came at once");
}

#[tokio::test]
async fn a_phone_stays_on_this_machine() {
    let phone = phone();
    let refused = phone.add("https://cards.example.com/card/x/pass.pkpass").await;
    let error = refused.expect_err("it leads out").to_string();
    assert!(error.contains("out of this machine"), "{error}");
}
