//! The console's rules and rewards: as sentences, by forms, tried on an order.

use billfold::store::{programs, terms};
use billfold::types::Role;
use reqwest::StatusCode;

use crate::shop::Shop;
use crate::shop_settings::signed_in;
use crate::till::{hire, member};

async fn bodies(shop: &Shop, kind: &'static str) -> Vec<(serde_json::Value, bool)> {
    let all = shop
        .act(move |tx, _| {
            let program = programs::find_by_slug(tx, "cafe")?.expect("there");
            Ok(terms::list(tx, &program.id, kind, None, 50)?)
        })
        .await;
    all.into_iter()
        .map(|term| (serde_json::from_str(&term.body).expect("JSON"), term.is_active))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rule_is_made_read_tried_paused_and_taken_away() {
    let shop = Shop::open().await;
    let code = member(&shop, "lina").await;
    let mut marketer = signed_in(&shop, "mara", Role::Marketer).await;
    let page = marketer.get("/console/rules").await;
    page.assert_sound();
    let fields = [
        ("name", "Monday mornings"),
        ("when", "order"),
        ("minimum", "5"),
        ("mon", "yes"),
        ("from_hour", "07:00"),
        ("to_hour", "11:00"),
        ("points", "25"),
        ("per", "time"),
        ("times", "1"),
        ("within", "day"),
    ];
    let added = marketer.send(&page, "name=\"minimum\"", &fields).await;
    let list = marketer.follow(&added).await;
    list.assert_sound();
    assert!(list.body.contains("Added."), "{}", list.body);
    assert!(
        list.body
            .contains("When an order is paid, for at least €5, on Monday, from 07:00 to 11:00:"),
        "{}",
        list.body
    );
    assert!(list.body.contains("at most 1 × a day"), "{}", list.body);

    // A Monday at nine, and a Tuesday.
    let on_monday = format!("/console/rules/try?card={code}&amount=6&day=2026-11-23&clock=09:00");
    let tried = marketer.get(&on_monday).await;
    tried.assert_sound();
    assert!(tried.body.contains(">+25<"), "{}", tried.body);
    let on_tuesday = on_monday.replace("2026-11-23", "2026-11-24");
    let tried = marketer.get(&on_tuesday).await;
    assert!(
        tried.body.contains("A condition does not hold.") && !tried.body.contains(">+25<"),
        "{}",
        tried.body
    );

    let paused = marketer
        .send(&list, "value=\"pause\"", &[("turn", "pause")])
        .await;
    let list = marketer.follow(&paused).await;
    assert!(list.body.contains("paused"), "{}", list.body);
    assert!(!bodies(&shop, "rule").await[0].1);
    let resumed = marketer
        .send(&list, "value=\"resume\"", &[("turn", "resume")])
        .await;
    let list = marketer.follow(&resumed).await;
    assert!(bodies(&shop, "rule").await[0].1);
    let gone = marketer
        .send(&list, "value=\"archive\"", &[("turn", "archive")])
        .await;
    assert!(gone.location().contains("done=gone"));
    assert!(bodies(&shop, "rule").await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_with_a_rule_is_said_at_its_field_and_nothing_is_lost() {
    let shop = Shop::open().await;
    let mut marketer = signed_in(&shop, "mara", Role::Marketer).await;
    let page = marketer.get("/console/rules?lang=ar").await;
    page.assert_sound();
    let fields = [
        ("name", ""),
        ("minimum", "x"),
        ("from_hour", "09:00"),
        ("to_hour", "09:00"),
        ("points", "0"),
        ("per", "spend"),
        ("money", ""),
        ("times", "-1"),
        ("category", "coffee, tea"),
    ];
    let refused = marketer.send(&page, "name=\"minimum\"", &fields).await;
    refused.assert_sound();
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for field in ["name", "minimum", "hours", "points", "money", "times"] {
        let fault = format!("id=\"{field}-fault\"");
        assert!(refused.body.contains(&fault), "{field}: {}", refused.body);
    }
    assert!(refused.body.contains("value=\"coffee, tea\""), "{}", refused.body);
    let fields = [
        ("name", "Twice"),
        ("kind", "multiply"),
        ("amount", "2"),
        ("from", "2026-12-24"),
        ("until", "2026-12-20"),
    ];
    let refused = marketer.send(&page, "promotion-name", &fields).await;
    assert!(refused.body.contains("id=\"until-fault\""), "{}", refused.body);
    assert!(bodies(&shop, "rule").await.is_empty() && bodies(&shop, "promotion").await.is_empty());
    let wrong = marketer
        .get("/console/rules/try?card=nobody&amount=x&day=soon")
        .await;
    wrong.assert_sound();
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let unknown = marketer
        .get("/console/rules/try?card=7KD29QXM4T0WZ3HB&amount=5")
        .await;
    assert!(unknown.body.contains("id=\"card-fault\""), "{}", unknown.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn extra_points_for_a_time_end_with_their_last_day() {
    let shop = Shop::open().await;
    let code = member(&shop, "lina").await;
    let mut marketer = signed_in(&shop, "mara", Role::Marketer).await;
    let page = marketer.get("/console/rules").await;
    let fields = [
        ("name", "Twice before the holidays"),
        ("kind", "multiply"),
        ("amount", "2"),
        ("from", "2026-12-20"),
        ("until", "2026-12-24"),
    ];
    let added = marketer.send(&page, "promotion-name", &fields).await;
    let list = marketer.follow(&added).await;
    assert!(list.body.contains("points × 2"), "{}", list.body);
    let total = |day: &'static str| format!("/console/rules/try?card={code}&amount=10&day={day}&clock=23:30");
    let in_time = marketer.get(&total("2026-12-24")).await;
    assert!(in_time.body.contains(">20\u{a0}points<"), "{}", in_time.body);
    let after = marketer.get(&total("2026-12-25")).await;
    assert!(
        after.body.contains(">10\u{a0}points<") && after.body.contains("Its time is over."),
        "{}",
        after.body
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reward_is_made_in_two_languages_and_changed() {
    let shop = Shop::open().await;
    let mut marketer = signed_in(&shop, "mara", Role::Marketer).await;
    let page = marketer.get("/console/rewards").await;
    page.assert_sound();
    let wrong = [
        ("gives", "percent"),
        ("percent", "120"),
        ("cost", "x"),
        ("stock", "0"),
    ];
    let refused = marketer.send(&page, "name=\"name_en\"", &wrong).await;
    refused.assert_sound();
    for field in ["name_en", "percent", "cost", "stock"] {
        let fault = format!("id=\"{field}-fault\"");
        assert!(refused.body.contains(&fault), "{field}: {}", refused.body);
    }
    let fields = [
        ("name_en", "Five off"),
        ("name_ar", "خصم خمسة"),
        ("gives", "amount"),
        ("amount", "5"),
        ("cost", "100"),
        ("stock", "50"),
        ("times", "1"),
        ("within", "month"),
        ("valid_days", "30"),
    ];
    let added = marketer.send(&page, "name=\"name_en\"", &fields).await;
    let list = marketer.follow(&added).await;
    assert!(
        list.body.contains("Five off") && list.body.contains("€5 off"),
        "{}",
        list.body
    );
    let made = bodies(&shop, "reward").await;
    let made = &made.last().expect("one").0;
    assert_eq!(made["gives"], serde_json::json!({ "amount_off": 500 }));
    assert_eq!(
        made["limits"],
        serde_json::json!([{ "times": 1, "within": "month" }])
    );
    assert_eq!(made["name"]["ar"], "خصم خمسة");

    let (_, address) = list.body.split_once("href=\"/console/rewards/").expect("a way");
    let address = format!("/console/rewards/{}", address.split('?').next().expect("its id"));
    let one = marketer.get(&address).await;
    one.assert_sound();
    let changed = marketer
        .send(
            &one,
            "name=\"name_en\"",
            &[&fields[..4], &[("cost", "120"), ("stock", "")]].concat(),
        )
        .await;
    assert!(changed.location().contains("done=saved"), "{}", changed.body);
    let after = bodies(&shop, "reward").await;
    let after = &after.last().expect("one").0;
    assert_eq!((after["cost"].as_i64(), after.get("stock")), (Some(120), None));
    // The page of before is of a version that is no more.
    let stale = marketer.send(&one, "name=\"name_en\"", &fields).await;
    stale.assert_sound();
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert!(
        stale.body.contains("Somebody changed this meanwhile"),
        "{}",
        stale.body
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_auditor_reads_and_finds_no_form() {
    let shop = Shop::open().await;
    hire(&shop, "olga", Role::Owner).await;
    let mut auditor = signed_in(&shop, "adam", Role::Auditor).await;
    for path in ["/console/rules", "/console/rewards"] {
        let page = auditor.get(path).await;
        page.assert_sound();
        assert_eq!(page.status, StatusCode::OK);
        assert!(!page.body.contains(&format!("action=\"{path}")), "{}", page.body);
        let refused = auditor.post(path, &[("token", "x")]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
    }
}
