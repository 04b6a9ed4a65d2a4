//! Every answer of Google's error table, and what the client makes of it.

use std::sync::Arc;
use std::time::Duration;

use billfold::google::{
    Attempt, Done, GoogleClient, GoogleConfig, GoogleError, GoogleWallet, Message, MessageTarget,
    ServiceAccount,
};
use billfold::simulator::google::{ErrorForm, Fault, Refusal, Route};
use serde_json::json;

use crate::house::{House, config};

fn words(reason: &str) -> (String, String) {
    (reason.to_owned(), "Because.".to_owned())
}

/// What a PATCH makes of one refusal.
async fn outcome(house: &House, refusal: Refusal) -> Result<Done, GoogleError> {
    house.google.fail_next(Route::Api, 1, &Fault::Refuse(refusal));
    let patch = json!({ "accountName": "Lina" });
    let id = house.id("card");
    house.client.patch_object(&id, &patch, &house.card(10)).await
}

#[tokio::test]
async fn each_refusal_of_googles_table_has_its_own_meaning() {
    let house = House::with_card().await;
    let refusal = |status, reason: &str| Refusal::new(status, reason, "Because.");
    let secs = Duration::from_secs;
    let (reason, message) = words("invalidResource");
    assert_eq!(
        outcome(&house, refusal(400, "invalidResource")).await,
        Err(GoogleError::Invalid { reason, message })
    );
    for status in [409, 412] {
        let message = "Because.".to_owned();
        assert_eq!(
            outcome(&house, refusal(status, "conflict")).await,
            Err(GoogleError::Conflict { message })
        );
    }
    let busy = refusal(429, "RESOURCE_EXHAUSTED").in_form(ErrorForm::Status);
    assert_eq!(
        outcome(&house, busy).await,
        Err(GoogleError::RateLimited {
            retry_after: None,
            message: "Because.".to_owned()
        })
    );
    for status in [408, 500, 502, 503, 504] {
        let page = refusal(status, "").in_form(ErrorForm::Text).retry_after(secs(30));
        assert_eq!(
            outcome(&house, page).await,
            Err(GoogleError::Unavailable {
                retry_after: Some(secs(30)),
                cause: format!("status {status}: Because.")
            })
        );
    }
    for (status, form, word) in [
        (418, ErrorForm::Reasons, "teapot"),
        (403, ErrorForm::Text, "unknown"),
        (302, ErrorForm::Text, "unknown"),
    ] {
        let (reason, message) = words(word);
        assert_eq!(
            outcome(&house, refusal(status, "teapot").in_form(form)).await,
            Err(GoogleError::Unexpected {
                status,
                reason,
                message
            })
        );
    }
    // After all that the next change goes through.
    let id = house.id("card");
    let patch = json!({ "accountName": "Noor" });
    assert_eq!(
        house.client.patch_object(&id, &patch, &house.card(10)).await,
        Ok(Done::Patched)
    );
}

#[tokio::test]
async fn the_three_meanings_of_403_are_told_apart_by_their_reasons() {
    let house = House::with_card().await;
    let refusal = |status, reason: &str| Refusal::new(status, reason, "Because.");
    let secs = Duration::from_secs;
    for (status, word, form) in [
        (403, "insufficientPermissions", ErrorForm::Reasons),
        (403, "PERMISSION_DENIED", ErrorForm::Status),
        (403, "PermissionDeniedException", ErrorForm::Reasons),
        (403, "accessNotConfigured", ErrorForm::Reasons),
    ] {
        let (reason, message) = words(word);
        let error = outcome(&house, refusal(status, word).in_form(form))
            .await
            .unwrap_err();
        assert!(error.is_of_credential());
        assert_eq!(error, GoogleError::PermissionDenied { reason, message });
    }
    for word in ["rateLimitExceeded", "userRateLimitExceeded"] {
        assert_eq!(
            outcome(&house, refusal(403, word).retry_after(secs(7))).await,
            Err(GoogleError::RateLimited {
                retry_after: Some(secs(7)),
                message: "Because.".to_owned()
            })
        );
    }
    assert_eq!(
        outcome(&house, refusal(403, "quotaExceeded")).await,
        Err(GoogleError::QuotaExceeded {
            message: "Because.".to_owned(),
            is_message_lost: false
        })
    );
    let told = "Quota exceeded for issuer 1 when adding.";
    let newer = Refusal::new(403, "PERMISSION_DENIED", told).in_form(ErrorForm::Status);
    assert!(matches!(
        outcome(&house, newer).await,
        Err(GoogleError::QuotaExceeded { .. })
    ));
    let (reason, message) = words("somethingNew");
    assert_eq!(
        outcome(&house, refusal(403, "somethingNew")).await,
        Err(GoogleError::Unexpected {
            status: 403,
            reason,
            message
        })
    );
}

#[tokio::test]
async fn a_broken_or_silent_connection_is_unavailable() {
    let house = House::with_card().await;
    let id = house.id("card");
    let hasty = GoogleConfig {
        call_limit: Duration::from_millis(500),
        ..config(&house.google, &house.authority)
    };
    let key = house.google.service_account_json().unwrap();
    let account = Arc::new(ServiceAccount::from_json(key.as_bytes(), "key.json").unwrap());
    let client = GoogleClient::new(&hasty, account, house.clock.clone(), None).unwrap();
    for fault in [Fault::Disconnect, Fault::Slow(Duration::from_mins(1))] {
        house.google.fail_next(Route::Api, 1, &fault);
        let error = client.get_object(&id).await.unwrap_err();
        assert!(
            matches!(error, GoogleError::Unavailable { .. }),
            "{fault:?}: {error}"
        );
        assert!(!error.to_string().contains("127.0.0.1"), "{error}");
    }
}

#[tokio::test]
async fn a_missing_object_is_inserted_and_a_missing_class_is_told() {
    let house = House::new().await;
    let (id, whole) = (house.id("card"), house.card(10));
    let patch = json!({ "accountName": "Lina" });
    let error = house.client.patch_object(&id, &patch, &whole).await.unwrap_err();
    assert!(
        matches!(&error, GoogleError::NotFound { reason, .. } if reason == "classNotFound"),
        "{error}"
    );
    house.client.upsert_class(&house.class()).await.unwrap();
    assert_eq!(
        house.client.patch_object(&id, &patch, &whole).await,
        Ok(Done::Inserted)
    );
    assert!(matches!(
        house.client.get_object(&house.id("other")).await,
        Err(GoogleError::NotFound { .. })
    ));
}

#[tokio::test]
async fn an_account_that_is_no_console_user_is_told_what_to_do() {
    let house = House::with_card().await;
    house.google.set_console_user(false);
    let error = house.client.get_object(&house.id("card")).await.unwrap_err();
    assert!(error.is_of_credential());
    assert!(error.to_string().contains("Invite its e-mail address"), "{error}");
}

#[tokio::test]
async fn a_message_over_the_allowance_is_lost_and_goes_through_quietly() {
    let house = House::with_card().await;
    let (id, class_id) = (house.id("card"), house.id("program"));
    house.google.save(id.as_str()).unwrap();
    for target in [MessageTarget::Object(&id), MessageTarget::Class(&class_id)] {
        for number in 0..3 {
            let sent = house
                .client
                .add_message(target, &message(number), Attempt::First)
                .await;
            assert_eq!(sent, Ok(Done::MessageAdded));
        }
        let fourth = message(3);
        let error = house
            .client
            .add_message(target, &fourth, Attempt::First)
            .await
            .unwrap_err();
        assert!(
            matches!(
                error,
                GoogleError::QuotaExceeded {
                    is_message_lost: true,
                    ..
                }
            ),
            "{error}"
        );
        let sent = house
            .client
            .add_message(target, &fourth.quiet(), Attempt::First)
            .await;
        assert_eq!(sent, Ok(Done::MessageAdded));
    }
    assert_eq!(house.stored()["messages"].as_array().unwrap().len(), 4);
    house.clock.advance(Duration::from_hours(24));
    let sent = house
        .client
        .add_message(MessageTarget::Object(&id), &message(9), Attempt::First)
        .await;
    assert_eq!(sent, Ok(Done::MessageAdded));
}

pub(crate) fn message(number: usize) -> Message {
    Message {
        id: format!("cmp_{number}"),
        header: "Double points".into(),
        body: "All day today.".into(),
        is_notified: true,
        ends_at: None,
    }
}
