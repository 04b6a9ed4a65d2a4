//! Writes: only what changed, repeatable, within the rate, and the notices they cause.

use std::sync::Arc;
use std::time::Duration;

use billfold::google::{
    Attempt, Done, GoogleWallet, LocalPermits, MessageTarget, ObjectState, RatePermits, patch,
};
use billfold::simulator::google::{Fault, Push, Refusal, Route};
use futures_util::future::try_join_all;
use serde_json::{Value, json};

use crate::errors::message;
use crate::house::{House, client};

async fn change(house: &House, old: i64, new: i64) -> Done {
    let (old, new) = (house.card(old), house.card(new));
    let change = patch::object_patch(Some(&old), &new).unwrap();
    let id = house.id("card");
    house.client.patch_object(&id, &change, &new).await.unwrap()
}

#[tokio::test]
async fn a_changed_balance_sends_points_and_texts_of_it_and_notifies() {
    let house = House::with_card().await;
    house.google.save(house.id("card").as_str()).unwrap();
    let mut changes = house.google.subscribe();
    assert_eq!(change(&house, 10, 22).await, Done::Patched);
    let sent = house.last_body("PATCH");
    let names: Vec<&String> = sent.as_object().unwrap().keys().collect();
    // The design writes the balance into a text of the back, too.
    assert_eq!(names, ["loyaltyPoints", "notifyPreference", "textModulesData"]);
    assert_eq!(sent["notifyPreference"], "NOTIFY_ON_UPDATE");
    let stored = house.stored();
    assert_eq!(stored["loyaltyPoints"], house.card(22)["loyaltyPoints"]);
    assert_eq!(stored["accountName"], "Lina Haddad");
    assert!(stored.get("notifyPreference").is_none());
    assert!(changes.recv().await.unwrap().is_notified);
}

#[tokio::test]
async fn an_unchanged_card_is_not_sent_and_a_new_name_does_not_notify() {
    let house = House::with_card().await;
    house.google.save(house.id("card").as_str()).unwrap();
    let old = house.card(10);
    assert_eq!(patch::object_patch(Some(&old), &old), None);
    let mut new = old.clone();
    new["accountName"] = json!("Noor");
    let change = patch::object_patch(Some(&old), &new).unwrap();
    assert_eq!(change, json!({ "accountName": "Noor" }));
    house
        .client
        .patch_object(&house.id("card"), &change, &new)
        .await
        .unwrap();
    assert_eq!(house.google.journal().last().unwrap().push, Push::None);
}

#[tokio::test]
async fn a_balance_that_outgrows_int32_changes_its_kind_at_google() {
    let house = House::with_card().await;
    change(&house, 10, 3_000_000_000).await;
    assert_eq!(
        house.stored()["loyaltyPoints"]["balance"],
        json!({ "string": "3000000000" })
    );
    change(&house, 3_000_000_000, 7).await;
    assert_eq!(house.stored()["loyaltyPoints"]["balance"], json!({ "int": 7 }));
}

#[tokio::test]
async fn an_object_that_exists_is_changed_to_be_the_same() {
    let house = House::with_card().await;
    let id = house.id("card");
    let quiet = message(1).quiet();
    let target = MessageTarget::Object(&id);
    house
        .client
        .add_message(target, &quiet, Attempt::First)
        .await
        .unwrap();
    let mut bare = house.card(99);
    for name in ["secondaryLoyaltyPoints", "validTimeInterval"] {
        bare.as_object_mut().unwrap().remove(name);
    }
    assert_eq!(house.client.insert_object(&bare).await, Ok(Done::Patched));
    let mut stored = house.stored();
    assert_eq!(stored["messages"].as_array().unwrap().len(), 1, "messages stay");
    for name in [
        "messages",
        "kind",
        "hasUsers",
        "hasLinkedDevice",
        "classReference",
    ] {
        stored.as_object_mut().unwrap().remove(name);
    }
    assert_eq!(stored, bare);
}

#[tokio::test]
async fn a_write_whose_answer_is_lost_is_repeated_without_a_double() {
    let house = House::with_class().await;
    let lost = Fault::DoneButAnswer(Refusal::new(503, "backendError", "Lost."));
    for fault in [lost, Fault::DoneButDisconnect] {
        house.google.fail_next(Route::Api, 1, &fault);
        let card = house.card_named(
            if fault == Fault::DoneButDisconnect {
                "b"
            } else {
                "a"
            },
            10,
        );
        assert!(house.client.insert_object(&card).await.is_err());
        assert_eq!(house.client.insert_object(&card).await, Ok(Done::Patched));
    }
    assert_eq!(house.google.object_ids().len(), 2);

    let id = house.id("a");
    house.google.save(id.as_str()).unwrap();
    house.google.fail_next(Route::Api, 1, &Fault::DoneButDisconnect);
    let target = MessageTarget::Object(&id);
    let sent = message(1);
    assert!(
        house
            .client
            .add_message(target, &sent, Attempt::First)
            .await
            .is_err()
    );
    assert_eq!(
        house.client.add_message(target, &sent, Attempt::Again).await,
        Ok(Done::MessageAlreadyThere)
    );
    house.google.fail_next(Route::Api, 1, &Fault::Disconnect);
    let other = message(2);
    assert!(
        house
            .client
            .add_message(target, &other, Attempt::First)
            .await
            .is_err()
    );
    assert_eq!(
        house.client.add_message(target, &other, Attempt::Again).await,
        Ok(Done::MessageAdded)
    );
    let stored = house.google.object(id.as_str()).unwrap();
    let ids: Vec<&Value> = stored["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["id"])
        .collect();
    assert_eq!(ids, ["cmp_1", "cmp_2"]);
}

#[tokio::test]
async fn the_eleventh_message_takes_the_place_of_the_oldest() {
    let house = House::with_card().await;
    let (id, class_id) = (house.id("card"), house.id("program"));
    for target in [MessageTarget::Object(&id), MessageTarget::Class(&class_id)] {
        for number in 0..12 {
            let sent = house
                .client
                .add_message(target, &message(number).quiet(), Attempt::First)
                .await;
            assert_eq!(sent, Ok(Done::MessageAdded), "{number}");
        }
    }
    for stored in [house.stored(), house.google.class(class_id.as_str()).unwrap()] {
        let ids: Vec<&Value> = stored["messages"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| &one["id"])
            .collect();
        assert_eq!(ids.len(), 10);
        assert_eq!((ids[0], ids[9]), (&json!("cmp_2"), &json!("cmp_11")));
    }
}

#[tokio::test]
async fn every_class_write_is_under_review_and_clears_what_went() {
    let house = House::with_class().await;
    let mut class = house.class();
    class.as_object_mut().unwrap().remove("linksModuleData");
    class["programName"] = json!("Aroma Friends");
    // Even an echo of what Google answered is written as it wants it.
    class["reviewStatus"] = json!("APPROVED");
    assert_eq!(house.client.upsert_class(&class).await, Ok(Done::Patched));
    let writes: Vec<Value> = house
        .google
        .requests()
        .into_iter()
        .filter(|seen| seen.path.contains("loyaltyClass") && seen.method != "GET")
        .map(|seen| seen.body["reviewStatus"].clone())
        .collect();
    assert_eq!(writes, ["UNDER_REVIEW"; 3]);
    let stored = house.google.class(house.id("program").as_str()).unwrap();
    assert_eq!(stored["reviewStatus"], "APPROVED");
    assert_eq!(stored["programName"], "Aroma Friends");
    assert!(stored.get("linksModuleData").is_none());
    assert_eq!(stored["textModulesData"], house.class()["textModulesData"]);
}

#[tokio::test]
async fn over_the_allowance_the_balance_still_lands_whichever_way_google_says_it() {
    for is_refused in [false, true] {
        let house = House::with_card().await;
        house.google.set_field_quota_refused(is_refused);
        house.google.save(house.id("card").as_str()).unwrap();
        for balance in 10..13 {
            assert_eq!(change(&house, balance, balance + 1).await, Done::Patched);
        }
        let fourth = change(&house, 13, 14).await;
        assert_eq!(
            fourth,
            if is_refused {
                Done::PatchedQuietly
            } else {
                Done::Patched
            }
        );
        assert_eq!(house.stored()["loyaltyPoints"]["balance"], json!({ "int": 14 }));
        let pushes: Vec<Push> = house
            .google
            .journal()
            .iter()
            .skip(3)
            .map(|entry| entry.push)
            .collect();
        let last = if is_refused { Push::None } else { Push::OverQuota };
        assert_eq!(pushes, [Push::Sent, Push::Sent, Push::Sent, last]);
        house.clock.advance(Duration::from_hours(24));
        change(&house, 14, 15).await;
        assert_eq!(house.google.journal().last().unwrap().push, Push::Sent);
    }
}

#[tokio::test]
async fn answers_in_googles_older_words_are_understood() {
    let house = House::with_card().await;
    house.google.set_older_words(true);
    let stored = house.client.get_object(&house.id("card")).await.unwrap();
    assert_eq!(stored.json()["state"], "active");
    assert_eq!(stored.state(), ObjectState::Active);
    assert_eq!(stored.json()["barcode"]["type"], "qrCode");
    assert!(!stored.has_users());
    assert_eq!(stored.class_id(), Some(house.id("program").as_str()));
}

#[tokio::test]
async fn four_clients_with_shared_permits_stay_below_twenty_a_second() {
    let house = House::with_card().await;
    house.google.set_requests_per_second(20);
    let permits: Arc<dyn RatePermits> = Arc::new(LocalPermits::per_second(20));
    let clients: Vec<_> = (0..4)
        .map(|_| {
            client(
                &house.google,
                &house.authority,
                house.clock.clone(),
                permits.clone(),
            )
        })
        .collect();
    let id = house.id("card");
    // Everybody has a connection and a token before the count begins: they come late with those on a busy machine,
    // and then many requests at once.
    try_join_all(clients.iter().map(|client| client.get_object(&id)))
        .await
        .unwrap();
    let before = house.google.counts().api;
    let start = tokio::time::Instant::now();
    try_join_all((0..60).map(|number| clients[number % 4].get_object(&id)))
        .await
        .unwrap();
    let counts = house.google.counts();
    assert_eq!((counts.api - before, counts.over_rate), (60, 0));
    let took = start.elapsed();
    assert!(took >= Duration::from_millis(2_400), "{took:?}");
}

/// Shows SR-068 (the erasure).
#[tokio::test]
async fn an_erased_holder_leaves_nothing_behind() {
    let house = House::with_card().await;
    let id = house.id("card");
    house
        .client
        .add_message(MessageTarget::Object(&id), &message(1).quiet(), Attempt::First)
        .await
        .unwrap();
    assert_eq!(house.client.blank_object(&id).await, Ok(Done::Patched));
    assert_eq!(
        house.client.blank_object(&house.id("never")).await,
        Ok(Done::Patched)
    );
    let mut stored = house.stored();
    stored.as_object_mut().unwrap().remove("classReference");
    let text = stored.to_string();
    for word in ["Lina", "7KD2", "Double", "Gold"] {
        assert!(!text.contains(word), "{word} in {text}");
    }
    assert_eq!(stored["state"], "INACTIVE");
}
