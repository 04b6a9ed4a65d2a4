//! The console's rules and promotions, changed in place.

use billfold::actions::TermKind;
use billfold::actions::record_order::{Holder, NewOrder, record_order};
use billfold::actions::write_term::create_term;
use billfold::store::{entries, programs, terms};
use billfold::types::Role;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::shop::Shop;
use crate::shop_settings::signed_in;
use crate::till::member;

/// Writes a term as the API does; gives its id.
pub(crate) async fn write(shop: &Shop, kind: TermKind, body: Value) -> String {
    let term = shop
        .act(move |tx, deed| {
            let program = programs::find_by_slug(tx, "cafe")?.expect("there");
            let Value::Object(fields) = body else {
                panic!("{body} is no object")
            };
            create_term(tx, deed, Some(program.id), kind, fields)
        })
        .await;
    term.id
}

/// What a term says now, and its version.
pub(crate) async fn now_says(shop: &Shop, id: &str) -> (Value, i64) {
    let id = id.to_owned();
    let term = shop.act(move |tx, _| Ok(terms::get(tx, &id)?)).await;
    (serde_json::from_str(&term.body).expect("JSON"), term.version)
}

fn mornings() -> Value {
    json!({ "name": "Mornings", "when": "order", "if": [{ "minimum": 500 }, { "weekday": ["mon", "tue"] }],
        "of": { "category": ["coffee"] }, "then": { "points": 25, "per": { "spend": 250 } },
        "limits": [{ "times": 1, "within": "day" }] })
}

/// The fields of the form as the page of [`mornings`] has them, which a browser sends along.
const MORNINGS: [(&str, &str); 10] = [
    ("name", "Mornings"),
    ("when", "order"),
    ("minimum", "5"),
    ("category", "coffee"),
    ("mon", "yes"),
    ("tue", "yes"),
    ("points", "25"),
    ("per", "spend"),
    ("money", "2.50"),
    ("times", "1"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rule_is_changed_in_place_and_what_was_earned_stays() {
    let shop = Shop::open().await;
    let code = member(&shop, "lina").await;
    let rule = json!({ "name": "Every order", "when": "order", "then": { "points": 7, "per": "time" } });
    let id = write(&shop, TermKind::Rule, rule).await;
    let order = NewOrder {
        source: "till".to_owned(),
        external_id: "o-1".to_owned(),
        holder: Holder::Card(code),
        total_minor: 500,
        currency: None,
        paid_at: None,
        lines: Vec::new(),
        location: None,
        channel: None,
    };
    let before = shop
        .act(move |tx, deed| record_order(tx, deed, &order).map(|done| done.entries))
        .await;
    let earned = before
        .iter()
        .find(|entry| entry.term_id.as_deref() == Some(id.as_str()));
    let earned = earned.expect("an entry of the rule").clone();

    let mut marketer = signed_in(&shop, "mara", Role::Marketer).await;
    let list = marketer.get("/console/rules").await;
    assert!(
        list.body.contains(&format!("href=\"/console/rules/{id}?")),
        "{}",
        list.body
    );
    let page = marketer.get(&format!("/console/rules/{id}")).await;
    page.assert_sound();
    assert!(
        page.body.contains("value=\"Every order\"") && page.body.contains("value=\"7\""),
        "{}",
        page.body
    );
    let fields = [
        ("name", "Every order"),
        ("when", "order"),
        ("points", "9"),
        ("per", "time"),
        ("within", "day"),
    ];
    let saved = marketer.send(&page, "name=\"minimum\"", &fields).await;
    let after = marketer.follow(&saved).await;
    after.assert_sound();
    assert!(
        after.body.contains("Saved.") && after.body.contains("9\u{a0}points"),
        "{}",
        after.body
    );
    let (body, version) = now_says(&shop, &id).await;
    assert_eq!((body["then"]["points"].as_i64(), version), (Some(9), 2));

    // The version of before is kept, and so is what it gave.
    let (term, entry) = (id.clone(), earned.id.clone());
    let (old, kept) = shop
        .act(move |tx, _| Ok((terms::get_version(tx, &term, 1)?, entries::get(tx, &entry)?)))
        .await;
    assert!(old.body.contains("\"points\":7"), "{}", old.body);
    assert_eq!(kept, earned);
    assert_eq!((kept.points.get(), kept.term_version), (7, Some(1)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rules_page_holds_all_that_it_says_and_what_is_emptied_goes() {
    let shop = Shop::open().await;
    let id = write(&shop, TermKind::Rule, mornings()).await;
    let mut marketer = signed_in(&shop, "mara", Role::Marketer).await;
    let path = format!("/console/rules/{id}");
    let page = marketer.get(&path).await;
    page.assert_sound();
    for part in [
        "name=\"minimum\" type=\"text\" inputmode=\"decimal\" autocomplete=\"off\" maxlength=\"20\" dir=\"ltr\" value=\"5\"",
        "name=\"mon\" value=\"yes\" checked",
        "name=\"tue\" value=\"yes\" checked",
        "dir=\"auto\" value=\"coffee\"",
        "value=\"2.50\"",
        "<option value=\"spend\" selected>",
        "<option value=\"day\" selected>",
    ] {
        assert!(page.body.contains(part), "{part}: {}", page.body);
    }
    assert!(
        !page.body.contains("name=\"wed\" value=\"yes\" checked"),
        "{}",
        page.body
    );
    // Saved as it is, nothing changes: no new version.
    let same = marketer
        .send(
            &page,
            "name=\"minimum\"",
            &[&MORNINGS[..], &[("within", "day")]].concat(),
        )
        .await;
    assert!(same.location().contains("done=saved"));
    assert_eq!(now_says(&shop, &id).await, (mornings(), 1));
    let fewer = [
        ("name", "Mornings"),
        ("when", "order"),
        ("points", "25"),
        ("per", "time"),
    ];
    let saved = marketer.send(&page, "name=\"minimum\"", &fewer).await;
    assert!(saved.location().contains("done=saved"));
    let bare = json!({ "name": "Mornings", "when": "order", "then": { "points": 25, "per": "time" } });
    assert_eq!(now_says(&shop, &id).await, (bare, 2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stale_edit_of_a_rule_is_told_and_loses_nothing_that_was_typed() {
    let shop = Shop::open().await;
    let id = write(&shop, TermKind::Rule, mornings()).await;
    let mut marketer = signed_in(&shop, "mara", Role::Marketer).await;
    let page = marketer.get(&format!("/console/rules/{id}?lang=ar")).await;
    page.assert_sound();
    let first = [
        ("name", "First"),
        ("when", "order"),
        ("points", "1"),
        ("per", "time"),
    ];
    assert!(
        marketer
            .send(&page, "name=\"minimum\"", &first)
            .await
            .location()
            .contains("done=saved")
    );
    let second = [
        ("name", "Second <b>&\"'"),
        ("when", "order"),
        ("points", "2"),
        ("per", "time"),
        ("from_hour", "07:00"),
        ("to_hour", "09:00"),
    ];
    let stale = marketer.send(&page, "name=\"minimum\"", &second).await;
    stale.assert_sound();
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert!(stale.body.contains("role=\"alert\""), "{}", stale.body);
    assert!(
        stale.body.contains("value=\"Second &#60;b&#62;&#38;&#34;&#39;\""),
        "{}",
        stale.body
    );
    assert!(stale.body.contains("value=\"07:00\""), "{}", stale.body);
    assert_eq!(now_says(&shop, &id).await.0["name"], "First");
    // Who has seen what others wrote may save theirs.
    let saved = marketer.send(&stale, "name=\"minimum\"", &second).await;
    assert!(saved.location().contains("done=saved"), "{}", saved.body);
    assert_eq!(now_says(&shop, &id).await.1, 3);

    let page = marketer.get(&format!("/console/rules/{id}")).await;
    let wrong = [
        ("name", ""),
        ("points", "0"),
        ("from_hour", "25:00"),
        ("times", "x"),
        ("category", "tea"),
    ];
    let refused = marketer.send(&page, "name=\"minimum\"", &wrong).await;
    refused.assert_sound();
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for field in ["name", "hours", "points", "times"] {
        assert!(
            refused.body.contains(&format!("id=\"{field}-fault\"")),
            "{field}: {}",
            refused.body
        );
    }
    assert!(refused.body.contains("value=\"tea\""), "{}", refused.body);
    let versionless = marketer
        .post(&format!("/console/rules/{id}"), &[("name", "x")])
        .await;
    assert_eq!(versionless.status, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rule_that_says_more_than_the_form_is_shown_as_its_sentence() {
    let shop = Shop::open().await;
    let mut body = mornings();
    body["budget"] = json!(5_000);
    let id = write(&shop, TermKind::Rule, body).await;
    let mut marketer = signed_in(&shop, "mara", Role::Marketer).await;
    let page = marketer.get(&format!("/console/rules/{id}")).await;
    page.assert_sound();
    assert!(page.body.contains("Change it by the API"), "{}", page.body);
    assert!(
        page.body.contains("at most for all together") && !page.body.contains("name=\"minimum\""),
        "{}",
        page.body
    );
    for path in [
        "/console/rules/rul_nonsense",
        "/console/rules/x",
        "/console/promotions/x",
    ] {
        assert_eq!(marketer.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    // A rule is no promotion.
    let other = marketer.get(&format!("/console/promotions/{id}")).await;
    assert_eq!(other.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_promotion_is_changed_in_place() {
    let shop = Shop::open().await;
    let body = json!({ "name": "Twice", "then": { "multiply": 150 },
        "from": "2026-12-20T00:00:00Z", "until": "2026-12-25T00:00:00Z" });
    let id = write(&shop, TermKind::Promotion, body).await;
    let mut marketer = signed_in(&shop, "mara", Role::Marketer).await;
    let page = marketer.get(&format!("/console/promotions/{id}")).await;
    page.assert_sound();
    for part in ["value=\"1.50\"", "value=\"2026-12-20\"", "value=\"2026-12-24\""] {
        assert!(page.body.contains(part), "{part}: {}", page.body);
    }
    let fields = [
        ("name", "Twice"),
        ("kind", "add"),
        ("amount", "5"),
        ("from", "2026-12-20"),
        ("until", "2026-12-31"),
    ];
    let saved = marketer.send(&page, "promotion-name", &fields).await;
    assert!(
        saved.location().contains("/console/rules?done=saved"),
        "{}",
        saved.body
    );
    let (says, version) = now_says(&shop, &id).await;
    assert_eq!(
        (says, version),
        (
            json!({ "name": "Twice", "then": { "add": 5 }, "from": "2026-12-20T00:00:00.000Z", "until": "2027-01-01T00:00:00.000Z" }),
            2
        )
    );
    let stale = marketer.send(&page, "promotion-name", &fields).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert!(stale.body.contains("value=\"2026-12-31\""), "{}", stale.body);
    let by_hour = json!({ "name": "Noon", "then": { "add": 5 }, "from": "2026-12-20T12:00:00Z", "until": "2026-12-25T00:00:00Z" });
    let id = write(&shop, TermKind::Promotion, by_hour).await;
    let page = marketer.get(&format!("/console/promotions/{id}")).await;
    assert!(page.body.contains("Change it by the API"), "{}", page.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_auditor_reads_a_rule_and_cannot_change_it() {
    let shop = Shop::open().await;
    let id = write(&shop, TermKind::Rule, mornings()).await;
    let mut auditor = signed_in(&shop, "adam", Role::Auditor).await;
    let path = format!("/console/rules/{id}");
    let page = auditor.get(&path).await;
    page.assert_sound();
    assert!(
        page.body.contains("You may look at this, not change it."),
        "{}",
        page.body
    );
    let refused = auditor.send(&page, "name=\"minimum\"", &MORNINGS).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let mut cashier = signed_in(&shop, "carl", Role::Cashier).await;
    assert_eq!(cashier.get(&path).await.status, StatusCode::FORBIDDEN);
}
