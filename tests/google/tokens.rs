//! Access tokens: one request under way, one new token after a refusal, and plain words.

use std::sync::Arc;
use std::time::Duration;

use billfold::google::{GoogleClient, GoogleError, GoogleWallet, LocalPermits, ServiceAccount};
use billfold::simulator::authority::{KeyKind, new_key};
use billfold::simulator::google::{ErrorForm, Fault, Refusal, Route};
use billfold::types::{Clock, ManualClock};
use futures_util::future::join_all;

use crate::house::{House, client, config};

async fn forty_calls(house: &House) -> Vec<Result<(), GoogleError>> {
    let id = house.id("card");
    let calls = (0..40).map(|_| async { house.client.get_object(&id).await.map(|_| ()) });
    join_all(calls).await
}

#[tokio::test]
async fn forty_calls_at_the_end_of_a_token_ask_for_one_new_token() {
    let house = House::with_card().await;
    assert_eq!(house.google.counts().token, 1);
    house.clock.advance(Duration::from_secs(3_538));
    assert!(forty_calls(&house).await.iter().all(Result::is_ok));
    assert_eq!(house.google.counts().token, 1, "a minute and a second are left");
    house.clock.advance(Duration::from_secs(1));
    assert!(forty_calls(&house).await.iter().all(Result::is_ok));
    assert_eq!(house.google.counts().token, 2);
}

#[tokio::test]
async fn forty_calls_with_a_revoked_token_ask_for_one_new_token() {
    let house = House::with_card().await;
    house.google.revoke_tokens();
    assert!(forty_calls(&house).await.iter().all(Result::is_ok));
    assert_eq!(house.google.counts().token, 2);
}

#[tokio::test]
async fn forty_calls_at_a_dead_token_endpoint_ask_it_once() {
    let house = House::with_card().await;
    house.clock.advance(Duration::from_hours(2));
    let down = Refusal::new(503, "backendError", "Down.").retry_after(Duration::from_secs(9));
    house.google.fail_next(Route::Token, 100, &Fault::Refuse(down));
    for result in forty_calls(&house).await {
        let error = result.unwrap_err();
        assert_eq!(error.retry_after(), Some(Duration::from_secs(9)), "{error}");
    }
    assert_eq!(house.google.counts().token, 2);
}

#[tokio::test]
async fn a_refused_token_is_replaced_once_and_no_more() {
    let house = House::with_card().await;
    let refused = Refusal::new(401, "UNAUTHENTICATED", "No.").in_form(ErrorForm::Status);
    let id = house.id("card");
    house
        .google
        .fail_next(Route::Api, 1, &Fault::Refuse(refused.clone()));
    assert!(house.client.get_object(&id).await.is_ok());
    let before = house.google.counts();
    house.google.fail_next(Route::Api, 2, &Fault::Refuse(refused));
    let error = house.client.get_object(&id).await.unwrap_err();
    assert!(matches!(error, GoogleError::Unauthorized { .. }), "{error}");
    let after = house.google.counts();
    assert_eq!((after.api - before.api, after.token - before.token), (2, 1));
}

#[tokio::test]
async fn a_wrong_clock_and_a_deleted_key_are_told_apart() {
    let house = House::with_card().await;
    let ahead = Arc::new(ManualClock::new(house.clock.now().plus(Duration::from_hours(1))));
    let permits = Arc::new(LocalPermits::per_second(100));
    let skewed = client(&house.google, &house.authority, ahead, permits);
    let error = skewed.get_object(&house.id("card")).await.unwrap_err();
    assert!(error.is_of_credential());
    assert!(
        error.to_string().contains("3600 seconds ahead of Google's"),
        "{error}"
    );

    let mut key: serde_json::Value =
        serde_json::from_str(&house.google.service_account_json().unwrap()).unwrap();
    let foreign = new_key(KeyKind::Rsa2048)
        .unwrap()
        .private_key_to_pem_pkcs8()
        .unwrap();
    key["private_key"] = String::from_utf8(foreign).unwrap().into();
    let account = ServiceAccount::from_json(key.to_string().as_bytes(), "key.json").unwrap();
    let config = config(&house.google, &house.authority);
    let client = GoogleClient::new(&config, Arc::new(account), house.clock.clone(), None).unwrap();
    let error = client.get_object(&house.id("card")).await.unwrap_err();
    assert!(error.to_string().contains("was probably deleted"), "{error}");
}
