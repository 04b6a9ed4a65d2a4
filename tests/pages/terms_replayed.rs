//! The rules tried on the orders of the past.

use billfold::actions::TermKind;
use billfold::actions::change_program::{ProgramChange, change_program};
use billfold::loyalty::policy::Policy;
use billfold::store::{orders, programs};
use billfold::types::Role;
use reqwest::StatusCode;
use serde_json::json;

use crate::shop::Shop;
use crate::shop_settings::signed_in;
use crate::terms_edited::write;
use crate::terms_tiers::order;
use crate::till::member;

const PAST: &str = "/console/rules/try?past=yes";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn past_orders_are_judged_by_the_rules_of_now_and_nothing_is_written() {
    let shop = Shop::open().await;
    let code = member(&shop, "lina").await;
    let mut marketer = signed_in(&shop, "mara", Role::Marketer).await;
    let page = marketer.get(PAST).await;
    page.assert_sound();
    assert!(
        page.body.contains("Orders judged: 0") && !page.body.contains("Would have given"),
        "{}",
        page.body
    );

    for number in 1..=12 {
        order(&shop, &code, &format!("o-{number}"), number * 100).await;
    }
    let page = marketer.get(PAST).await;
    assert!(
        page.body.contains("Every order would have earned the same."),
        "{}",
        page.body
    );

    // Fifty on top of orders of five euros and more, to be had eight times.
    let rule = json!({ "name": "Large", "when": "order", "if": [{ "minimum": 500 }], "then": { "points": 50, "per": "time" },
        "budget": 375 });
    write(&shop, TermKind::Rule, rule).await;
    let page = marketer.get(PAST).await;
    page.assert_sound();
    for part in [
        "Orders judged: 12",
        ">453\u{a0}points<",
        ">78\u{a0}points<",
        "<bdi>+375</bdi>",
        "does not say what a point is worth",
        "<bdi>o-5</bdi>",
        "<bdi>+25</bdi>",
    ] {
        assert!(page.body.contains(part), "{part}: {}", page.body);
    }
    assert!(!page.body.contains("<bdi>o-4</bdi>"), "{}", page.body);
    let (lines, balance) = shop
        .act(|tx, _| {
            let program = programs::find_by_slug(tx, "cafe")?.expect("there");
            let all = orders::list_newest(tx, &program.id, 100)?;
            let card = billfold::store::cards::get(tx, &all[0].card_id)?;
            Ok((all.len(), card.balance.get()))
        })
        .await;
    assert_eq!((lines, balance), (12, 10 + 78));

    // Where a point is worth a cent, of which four in five are used.
    shop.act(|tx, deed| {
        let program = programs::find_by_slug(tx, "cafe")?.expect("there");
        let policy = Policy {
            expected_use_percent: Some(80),
            point_value_minor_thousandths: Some(1_000),
            ..Policy::default()
        };
        let change = ProgramChange {
            policy: Some(policy),
            ..ProgramChange::default()
        };
        change_program(tx, deed, &program.id, None, change)
    })
    .await;
    for language in ["en", "ar", "fa", "zh-Hans", "zh-Hant"] {
        let page = marketer.get(&format!("{PAST}&lang={language}")).await;
        page.assert_sound();
        assert_eq!(page.status, StatusCode::OK);
        assert!(
            page.body.contains("?past=yes&#38;lang=fa") || page.body.contains("?past=yes&amp;lang=fa"),
            "{}",
            page.body
        );
    }
    let page = marketer.get(PAST).await;
    assert!(
        page.body.contains(">€3.62<") && page.body.contains(">€0.62<"),
        "{}",
        page.body
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_auditor_may_try_past_orders_and_a_cashier_may_not() {
    let shop = Shop::open().await;
    let mut auditor = signed_in(&shop, "adam", Role::Auditor).await;
    assert_eq!(auditor.get(PAST).await.status, StatusCode::OK);
    let mut cashier = signed_in(&shop, "carl", Role::Cashier).await;
    assert_eq!(cashier.get(PAST).await.status, StatusCode::FORBIDDEN);
}
