//! The console's webhooks: made, shown once, paused, tried, sent again, taken away.

use billfold::store::webhook_deliveries;
use billfold::types::Role;
use reqwest::StatusCode;

use crate::shop::{Page, Shop};
use crate::shop_settings::signed_in;
use crate::till::Browser;

/// Nobody listens there, so that nothing leaves this machine and every try fails at once.
const NOBODY: &str = "http://127.0.0.1:9/hooks";

/// Makes an endpoint; gives the page that shows its secret, and its address.
async fn made(owner: &mut Browser<'_>) -> (Page, String) {
    let page = owner.get("/console/webhooks").await;
    page.assert_sound();
    let fields = [
        ("url", NOBODY),
        ("order.recorded", "yes"),
        ("card.changed", "yes"),
    ];
    let made = owner.send(&page, "name=\"url\"", &fields).await;
    made.assert_sound();
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    let (_, rest) = made
        .body
        .split_once("action=\"/console/webhooks/")
        .expect("its forms");
    let id = rest.split(['/', '?', '"']).next().expect("an id");
    let address = format!("/console/webhooks/{id}");
    (made, address)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_endpoint_is_made_and_its_secret_shown_once() {
    let shop = Shop::open().await;
    let mut owner = signed_in(&shop, "olga", Role::Owner).await;
    let (made, address) = made(&mut owner).await;
    assert!(made.body.contains("whsec_"), "{}", made.body);
    let later = owner.get(&address).await;
    later.assert_sound();
    assert!(
        later.body.contains(NOBODY) && !later.body.contains("whsec_"),
        "{}",
        later.body
    );
    let list = owner.get("/console/webhooks").await;
    list.assert_sound();
    assert!(
        list.body.contains(&address) && !list.body.contains("whsec_"),
        "{}",
        list.body
    );
    let turned = owner.send(&later, "/rotate", &[]).await;
    turned.assert_sound();
    assert!(turned.body.contains("whsec_"), "{}", turned.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_with_an_endpoint_is_said_and_nothing_typed_is_lost() {
    let shop = Shop::open().await;
    let mut owner = signed_in(&shop, "olga", Role::Owner).await;
    let page = owner.get("/console/webhooks").await;
    for (url, sentence) in [
        ("nowhere<script>", "Enter a whole address"),
        ("https://me:pw@example.com/", "Leave name and password out"),
        ("", "Enter a whole address"),
    ] {
        let refused = owner
            .send(&page, "name=\"url\"", &[("url", url), ("tier.changed", "yes")])
            .await;
        refused.assert_sound();
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains(sentence), "{}", refused.body);
        assert!(
            refused
                .body
                .contains("name=\"tier.changed\" value=\"yes\" checked"),
            "{}",
            refused.body
        );
        assert!(!refused.body.contains("<script>"), "{}", refused.body);
    }
    let refused = owner.send(&page, "name=\"url\"", &[("url", NOBODY)]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.body.contains("Choose at least one.")
            && refused.body.contains(&format!("value=\"{NOBODY}\"")),
        "{}",
        refused.body
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_endpoint_is_changed_paused_and_made_active_and_a_stale_edit_is_told() {
    let shop = Shop::open().await;
    let mut owner = signed_in(&shop, "olga", Role::Owner).await;
    let (_, address) = made(&mut owner).await;
    let first = owner.get(&address).await;
    let url = "http://127.0.0.1:9/other";
    let saved = owner
        .send(&first, "name=\"url\"", &[("url", url), ("order.recorded", "yes")])
        .await;
    let after = owner.follow(&saved).await;
    assert!(
        after.body.contains("Saved.") && after.body.contains(url),
        "{}",
        after.body
    );
    let stale = owner
        .send(
            &first,
            "name=\"url\"",
            &[("url", NOBODY), ("order.recorded", "yes")],
        )
        .await;
    stale.assert_sound();
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert!(
        stale.body.contains("Somebody changed this meanwhile")
            && stale.body.contains(&format!("value=\"{NOBODY}\"")),
        "{}",
        stale.body
    );
    let paused = owner.send(&after, "value=\"paused\"", &[]).await;
    let paused = owner.follow(&paused).await;
    paused.assert_sound();
    assert!(
        paused.body.contains("It is paused.") && !paused.body.contains("/test?"),
        "{}",
        paused.body
    );
    // A page from before still offers the test.
    let refused = owner.send(&after, "/test", &[]).await;
    refused.assert_sound();
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("role=\"alert\""), "{}", refused.body);
    let resumed = owner.send(&paused, "value=\"active\"", &[]).await;
    let resumed = owner.follow(&resumed).await;
    assert!(resumed.body.contains("It is active again."), "{}", resumed.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_test_is_sent_shown_and_sent_again() {
    let shop = Shop::open().await;
    let mut owner = signed_in(&shop, "olga", Role::Owner).await;
    let (_, address) = made(&mut owner).await;
    let page = owner.get(&address).await;
    assert!(page.body.contains("Nothing happened yet"), "{}", page.body);
    let sent = owner.send(&page, "/test", &[]).await;
    let mut shown = owner.follow(&sent).await;
    shown.assert_sound();
    assert!(shown.body.contains("webhook.test"), "{}", shown.body);
    for _ in 0..2_000 {
        if shown.body.contains("no connection") {
            break;
        }
        shown = owner.get(&address).await;
    }
    assert!(shown.body.contains("no connection"), "{}", shown.body);
    let again = owner.send(&shown, "/resend", &[]).await;
    let after = owner.follow(&again).await;
    after.assert_sound();
    assert!(after.body.contains("It is sent again."), "{}", after.body);
    let id = address.rsplit('/').next().expect("an id").parse().expect("an id");
    let kept = shop
        .act(move |tx, _| Ok(webhook_deliveries::list(tx, &id, None, 10)?))
        .await;
    assert_eq!(kept.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_endpoint_is_taken_away_by_who_types_its_host() {
    let shop = Shop::open().await;
    let mut owner = signed_in(&shop, "olga", Role::Owner).await;
    let (_, address) = made(&mut owner).await;
    let page = owner.get(&address).await;
    let kept = owner
        .send(&page, "name=\"host\"", &[("host", "example.com")])
        .await;
    kept.assert_sound();
    assert_eq!(kept.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(kept.body.contains("That is not its host"), "{}", kept.body);
    let gone = owner
        .send(&kept, "name=\"host\"", &[("host", "127.0.0.1:9")])
        .await;
    let list = owner.follow(&gone).await;
    list.assert_sound();
    assert!(
        list.body.contains("The endpoint was removed.") && !list.body.contains(&address),
        "{}",
        list.body
    );
    assert_eq!(owner.get(&address).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn none_but_owners_see_webhooks() {
    let shop = Shop::open().await;
    let mut owner = signed_in(&shop, "olga", Role::Owner).await;
    let (_, address) = made(&mut owner).await;
    for (name, role) in [
        ("mona", Role::Manager),
        ("max", Role::Marketer),
        ("ada", Role::Auditor),
    ] {
        let mut other = signed_in(&shop, name, role).await;
        for path in ["/console/webhooks", &address] {
            assert_eq!(
                other.get(path).await.status,
                StatusCode::FORBIDDEN,
                "{role} {path}"
            );
        }
        let settings = other.get("/console/settings").await;
        assert!(!settings.body.contains("/console/webhooks"), "{role}");
    }
}
