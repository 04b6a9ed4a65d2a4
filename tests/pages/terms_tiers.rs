//! The console's tiers and challenges: made, changed, paused, taken away.

use billfold::actions::TermKind;
use billfold::actions::record_order::{Holder, NewOrder, record_order};
use billfold::store::{programs, terms};
use billfold::types::Role;
use reqwest::StatusCode;
use serde_json::json;

use crate::shop::Shop;
use crate::shop_settings::signed_in;
use crate::terms_edited::{now_says, write};
use crate::till::{Browser, member};

/// An order of a card at the till.
pub(crate) async fn order(shop: &Shop, code: &str, number: &str, total_minor: i64) {
    let order = NewOrder {
        source: "till".to_owned(),
        external_id: number.to_owned(),
        holder: Holder::Card(code.to_owned()),
        total_minor,
        currency: None,
        paid_at: None,
        lines: Vec::new(),
        location: None,
        channel: None,
    };
    shop.act(move |tx, deed| record_order(tx, deed, &order).map(|_| ()))
        .await;
}

/// The id of the only term of a kind.
async fn only(shop: &Shop, kind: &'static str) -> String {
    let all = shop
        .act(move |tx, _| {
            let program = programs::find_by_slug(tx, "cafe")?.expect("there");
            Ok(terms::list(tx, &program.id, kind, None, 10)?)
        })
        .await;
    assert_eq!(all.len(), 1, "{all:?}");
    all[0].id.clone()
}

/// Opens a list and its page in every language that there is.
async fn assert_every_language(browser: &mut Browser<'_>, paths: &[&str]) {
    for path in paths {
        for language in ["en", "ar", "fa", "zh-Hans", "zh-Hant"] {
            let page = browser.get(&format!("{path}?lang={language}")).await;
            page.assert_sound();
            assert_eq!(page.status, StatusCode::OK, "{path} {language}");
            let direction = if matches!(language, "ar" | "fa") {
                "rtl"
            } else {
                "ltr"
            };
            assert!(
                page.body.contains(&format!("dir=\"{direction}\"")),
                "{path} {language}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tier_is_made_held_and_changed() {
    let shop = Shop::open().await;
    let code = member(&shop, "lina").await;
    let mut marketer = signed_in(&shop, "mara", Role::Marketer).await;
    let page = marketer.get("/console/tiers").await;
    page.assert_sound();
    assert!(
        page.body.contains("There is no tier yet.")
            && page
                .body
                .contains("Points that were earned count in the calendar year."),
        "{}",
        page.body
    );
    let fields = [
        ("name", "Gold"),
        ("threshold", "50"),
        ("multiply", "1.5"),
        ("shown_en", "Gold club"),
        ("shown_ar", "النادي الذهبي"),
        ("perks_en", "A free topping\r\nA seat"),
        ("perks_ar", "إضافة مجانية"),
    ];
    let added = marketer.send(&page, "name=\"threshold\"", &fields).await;
    let list = marketer.follow(&added).await;
    list.assert_sound();
    for part in [
        "Added.",
        "Reached with 50\u{a0}points",
        "points × 1.50",
        "A free topping",
        "Members on it: 0",
        "customers read “Gold club”",
    ] {
        assert!(list.body.contains(part), "{part}: {}", list.body);
    }
    let id = only(&shop, "tier").await;
    let (says, _) = now_says(&shop, &id).await;
    assert_eq!(
        says,
        json!({ "name": "Gold", "shown_as": { "en": "Gold club", "ar": "النادي الذهبي" }, "threshold": 50, "multiply": 150,
            "perks": [{ "en": "A free topping", "ar": "إضافة مجانية" }, { "en": "A seat" }] })
    );
    order(&shop, &code, "o-1", 6_000).await;
    let path = format!("/console/tiers/{id}");
    let list = marketer.get("/console/tiers").await;
    assert!(list.body.contains("Members on it: 1"), "{}", list.body);
    assert_every_language(&mut marketer, &["/console/tiers", &path]).await;

    let one = marketer.get(&path).await;
    for part in [
        "value=\"50\"",
        "value=\"1.50\"",
        "value=\"Gold club\"",
        "A free topping\nA seat</textarea>",
    ] {
        assert!(one.body.contains(part), "{part}: {}", one.body);
    }
    let fewer = [("name", "Gold"), ("threshold", "80"), ("perks_en", "A seat")];
    let saved = marketer.send(&one, "name=\"threshold\"", &fewer).await;
    assert!(saved.location().contains("done=saved"), "{}", saved.body);
    assert_eq!(
        now_says(&shop, &id).await,
        (
            json!({ "name": "Gold", "threshold": 80, "perks": [{ "en": "A seat" }] }),
            2
        )
    );
    let stale = marketer.send(&one, "name=\"threshold\"", &fields).await;
    stale.assert_sound();
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert!(
        stale.body.contains("value=\"Gold club\"") && stale.body.contains("A free topping"),
        "{}",
        stale.body
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tier_is_paused_and_taken_away_by_its_name() {
    let shop = Shop::open().await;
    let id = write(&shop, TermKind::Tier, json!({ "name": "Gold", "threshold": 80 })).await;
    let path = format!("/console/tiers/{id}");
    let mut marketer = signed_in(&shop, "mara", Role::Marketer).await;
    let list = marketer.get("/console/tiers").await;
    let paused = marketer
        .send(&list, "value=\"pause\"", &[("turn", "pause")])
        .await;
    assert!(paused.location().contains("/console/tiers?done=turned"));
    let again = json!({ "name": "Gold", "threshold": 10 });
    write(&shop, TermKind::Tier, again).await;
    let list = marketer.get("/console/tiers").await;
    let resumed = marketer
        .send(&list, "value=\"resume\"", &[("turn", "resume")])
        .await;
    let told = marketer.follow(&resumed).await;
    assert!(told.body.contains("It cannot go on as it is"), "{}", told.body);

    // Away only by its name; the short way of rules is shut for it.
    let short = marketer
        .send(&list, "value=\"resume\"", &[("turn", "archive")])
        .await;
    assert_eq!(short.status, StatusCode::BAD_REQUEST, "{}", short.body);
    let page = marketer.get(&path).await;
    let wrong = marketer.send(&page, "name=\"word\"", &[("word", "Silver")]).await;
    wrong.assert_sound();
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        wrong.body.contains("id=\"end-word-fault\"") && wrong.body.contains("value=\"Silver\""),
        "{}",
        wrong.body
    );
    let gone = marketer.send(&page, "name=\"word\"", &[("word", " gold ")]).await;
    assert!(
        gone.location().contains("/console/tiers?done=gone"),
        "{}",
        gone.body
    );
    assert_eq!(marketer.get(&path).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_with_a_tier_is_said_and_nothing_is_lost() {
    let shop = Shop::open().await;
    write(
        &shop,
        TermKind::Tier,
        json!({ "name": "Silver", "threshold": 50 }),
    )
    .await;
    let mut marketer = signed_in(&shop, "mara", Role::Marketer).await;
    let page = marketer.get("/console/tiers?lang=fa").await;
    let many = "x\n".repeat(11);
    let long = "n".repeat(81);
    let fields = [
        ("name", ""),
        ("shown_en", long.as_str()),
        ("threshold", "-1"),
        ("multiply", "1"),
        ("perks_en", many.as_str()),
        ("perks_ar", "</textarea><b>"),
    ];
    let refused = marketer.send(&page, "name=\"threshold\"", &fields).await;
    refused.assert_sound();
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for field in ["name", "shown_en", "threshold", "multiply", "perks_en"] {
        assert!(
            refused.body.contains(&format!("id=\"{field}-fault\"")),
            "{field}: {}",
            refused.body
        );
    }
    assert!(
        refused.body.contains("&#60;/textarea&#62;&#60;b&#62;"),
        "{}",
        refused.body
    );
    // What the terms do not allow is told too: two that could not be told apart.
    let clash = [("name", "Silver"), ("threshold", "50")];
    let refused = marketer.send(&page, "name=\"threshold\"", &clash).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.body.contains("role=\"alert\"") && refused.body.contains("value=\"Silver\""),
        "{}",
        refused.body
    );
    let german = json!({ "name": "Gold", "threshold": 90, "shown_as": { "de": "Gold" } });
    let id = write(&shop, TermKind::Tier, german).await;
    let page = marketer.get(&format!("/console/tiers/{id}")).await;
    assert!(
        page.body.contains("Change it by the API") && !page.body.contains("name=\"threshold\""),
        "{}",
        page.body
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_challenge_is_made_and_changed() {
    let shop = Shop::open().await;
    let reward = json!({ "name": { "en": "Coffee" }, "gives": "product", "cost": 90 });
    let reward = write(&shop, TermKind::Reward, reward).await;
    let mut marketer = signed_in(&shop, "mara", Role::Marketer).await;
    let page = marketer.get("/console/challenges").await;
    page.assert_sound();
    let fields = [
        ("name", "Three visits"),
        ("shown_ar", "٣ زيارات"),
        ("when", "order"),
        ("counts", "times"),
        ("goal", "3"),
        ("within", "days"),
        ("days", "14"),
        ("points", "50"),
        ("minimum", "5"),
        ("category", "coffee"),
        ("until", "2026-12-31"),
    ];
    let added = marketer.send(&page, "name=\"goal\"", &fields).await;
    let list = marketer.follow(&added).await;
    list.assert_sound();
    assert!(
        list.body.contains("50\u{a0}points for 3 × within 14 days"),
        "{}",
        list.body
    );
    assert!(
        list.body.contains("for at least €5") && list.body.contains("can be won once"),
        "{}",
        list.body
    );
    let id = only(&shop, "challenge").await;
    let path = format!("/console/challenges/{id}");
    let (says, _) = now_says(&shop, &id).await;
    assert_eq!(
        says,
        json!({ "name": "Three visits", "shown_as": { "ar": "٣ زيارات" }, "when": "order", "if": [{ "minimum": 500 }],
            "of": { "category": ["coffee"] }, "goal": { "times": 3 }, "within": { "days": 14 }, "then": { "points": 50 },
            "until": "2027-01-01T00:00:00.000Z" })
    );
    assert_every_language(&mut marketer, &["/console/challenges", &path]).await;

    let one = marketer.get(&path).await;
    for part in [
        "value=\"14\"",
        "value=\"2026-12-31\"",
        "value=\"coffee\"",
        "value=\"٣ زيارات\"",
    ] {
        assert!(one.body.contains(part), "{part}: {}", one.body);
    }
    let other = [
        ("name", "Big month"),
        ("when", "order"),
        ("counts", "spend"),
        ("goal", "150.50"),
        ("within", "month"),
        ("reward", reward.as_str()),
        ("wins", "3"),
    ];
    let saved = marketer.send(&one, "name=\"goal\"", &other).await;
    let list = marketer.follow(&saved).await;
    assert!(
        list.body.contains("Coffee for €150.50 within a month") && list.body.contains("can be won 3 times"),
        "{}",
        list.body
    );
    assert_eq!(
        now_says(&shop, &id).await,
        (
            json!({ "name": "Big month", "when": "order", "goal": { "spend": 15_050 }, "within": "month",
                "then": { "reward": reward }, "wins": 3 }),
            2
        )
    );
    let stale = marketer.send(&one, "name=\"goal\"", &fields).await;
    stale.assert_sound();
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert!(stale.body.contains("value=\"2026-12-31\""), "{}", stale.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_with_a_challenge_is_said_and_it_goes_by_its_name() {
    let shop = Shop::open().await;
    let reward = json!({ "name": { "en": "Coffee" }, "gives": "product", "cost": 90 });
    let reward = write(&shop, TermKind::Reward, reward).await;
    let month = json!({ "name": "Big month", "when": "order", "goal": { "spend": 15_050 }, "within": "month",
        "then": { "reward": reward } });
    let id = write(&shop, TermKind::Challenge, month).await;
    let path = format!("/console/challenges/{id}");
    let mut marketer = signed_in(&shop, "mara", Role::Marketer).await;
    let page = marketer.get(&path).await;
    let wrong = [
        ("name", ""),
        ("goal", "0"),
        ("days", "0"),
        ("within", "days"),
        ("points", "5"),
        ("reward", reward.as_str()),
        ("wins", "x"),
        ("from", "soon"),
    ];
    let refused = marketer.send(&page, "name=\"goal\"", &wrong).await;
    refused.assert_sound();
    for field in ["name", "goal", "days", "points", "wins", "from"] {
        assert!(
            refused.body.contains(&format!("id=\"{field}-fault\"")),
            "{field}: {}",
            refused.body
        );
    }
    // Pieces of an event can never be counted: the terms say so.
    let never = [
        ("name", "Reviews"),
        ("when", "review"),
        ("counts", "items"),
        ("goal", "2"),
        ("within", "week"),
        ("points", "5"),
    ];
    let refused = marketer.send(&page, "name=\"goal\"", &never).await;
    assert!(
        refused.body.contains("role=\"alert\"") && refused.body.contains("never be met"),
        "{}",
        refused.body
    );
    let gone = marketer
        .send(&page, "name=\"word\"", &[("word", "big  MONTH")])
        .await;
    assert!(
        gone.location().contains("/console/challenges?done=gone"),
        "{}",
        gone.body
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_auditor_reads_tiers_and_challenges_and_a_cashier_does_not() {
    let shop = Shop::open().await;
    let tier = write(&shop, TermKind::Tier, json!({ "name": "Gold", "threshold": 90 })).await;
    let mut auditor = signed_in(&shop, "adam", Role::Auditor).await;
    let mut cashier = signed_in(&shop, "carl", Role::Cashier).await;
    for path in [
        "/console/tiers",
        "/console/challenges",
        &format!("/console/tiers/{tier}"),
    ] {
        let page = auditor.get(path).await;
        page.assert_sound();
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(
            !page.body.contains("type=\"submit\">Save") && !page.body.contains("class=\"danger"),
            "{path}: {}",
            page.body
        );
        assert_eq!(
            auditor.post(path, &[("token", "x")]).await.status,
            StatusCode::FORBIDDEN,
            "{path}"
        );
        assert_eq!(cashier.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    let end = format!("/console/tiers/{tier}/end");
    assert_eq!(
        auditor.post(&end, &[("word", "Gold")]).await.status,
        StatusCode::FORBIDDEN
    );
}
