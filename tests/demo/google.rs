//! From an enrolment to the balance in Google Wallet.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::Value;

use crate::cafe::Cafe;
use crate::house::on_both_databases;
use crate::process::SOON;

async fn google_pass(cafe: &Cafe, code: &str) -> Value {
    let response = cafe
        .ask("cashier", Method::GET, &format!("/v1/cards/{code}"))
        .send()
        .await;
    let card: Value = response.expect("an answer").json().await.expect("JSON");
    card["card"]["passes"]["google"].clone()
}

/// What the stand-in noted of one kind about an object.
fn about<'a>(state: &'a Value, kind: &str, object: &str) -> Vec<&'a Value> {
    let all = state["google"][kind].as_array().expect("a list").iter();
    all.filter(|seen| seen["object_id"] == object).collect()
}

/// The requests to Google about an object, by method.
fn requests<'a>(state: &'a Value, method: &str, object: &str) -> Vec<&'a Value> {
    let all = state["google"]["requests"].as_array().expect("requests").iter();
    let path = format!("/loyaltyObject/{object}");
    all.filter(|seen| {
        seen["method"] == method && seen["path"].as_str().is_some_and(|seen| seen.ends_with(&path))
    })
    .collect()
}

on_both_databases! {
    /// A saved card is called back, counts as installed, and is patched with a notice after an order.
    async fn an_order_reaches_a_card_that_was_saved(database: Database) {
        let cafe = Cafe::open(Some(database.url())).await;
        let card = cafe.enrol("Omar").await;
        let code = card["code"].as_str().expect("a code");
        let object = card["passes"]["google"]["object_id"].as_str().expect("an object").to_owned();
        assert_eq!(google_pass(&cafe, code).await["installed"], false);

        let (status, saved) = cafe.act("welcome", &[("name", "Omar"), ("card", code), ("wallet", "google")]).await;
        assert_eq!(status, 200, "{saved}");
        let id = saved["phone"].as_str().expect("a phone").to_owned();
        let limit = Instant::now() + SOON;
        while google_pass(&cafe, code).await["installed"] != true {
            assert!(Instant::now() < limit, "the save was never called back");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        // The stand-in notes a callback when it was answered, so after it has worked.
        let state = cafe
            .state_until("a callback", |state| !about(state, "callbacks", &object).is_empty())
            .await;
        let own = about(&state, "callbacks", &object);
        assert_eq!(own.len(), 1, "{own:?}");
        assert_eq!(own[0]["outcome"], "Answered(200)");

        let card = cafe.order("till-1", code, 4_200).await;
        assert_eq!(card["balance"], 52);
        let phone = cafe.phone_until(&id, "the new balance", |phone| phone["cards"][0]["balance"] == 52).await;
        assert_eq!(phone["notices"][0]["text"], "Points: 52");
        let state = cafe
            .state_until("a patch", |state| !requests(state, "PATCH", &object).is_empty())
            .await;
        let patches = requests(&state, "PATCH", &object);
        assert_eq!(patches.len(), 1, "{patches:?}");
        assert_eq!(patches[0]["body"]["notifyPreference"], "NOTIFY_ON_UPDATE");
        assert_eq!(patches[0]["status"], 200);
        let writes = about(&state, "writes", &object);
        let told = writes.iter().filter(|write| write["notice"] == "Sent").count();
        assert_eq!(told, 1, "{writes:?}");

        let (status, _) = cafe.act("throw_away", &[("phone", &id)]).await;
        assert_eq!(status, 200);
        while google_pass(&cafe, code).await["installed"] != false {
            assert!(Instant::now() < limit, "the removal was never called back");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}
