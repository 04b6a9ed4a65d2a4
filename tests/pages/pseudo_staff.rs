//! The pages of those who work there in English in disguise: a text that nobody can translate is one that was not disguised.

use std::collections::BTreeMap;

use billfold::actions::TermKind;
use billfold::actions::publish_design::{check_design, publish_design};
use billfold::loyalty::design::Design;
use billfold::store::{designs, programs};
use billfold::types::Role;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::member::add_term;
use crate::members::{card_of, join, named, signed_in};
use crate::pseudo_locale::{DISGUISE, open, plain_words};
use crate::stand_ins::Google;
use crate::till::Browser;

/// Opens pages, and lists the plain words on them.
async fn look(browser: &mut Browser<'_>, paths: &[String]) -> Vec<String> {
    let mut plain = Vec::new();
    for path in paths {
        let mark = if path.contains('?') { '&' } else { '?' };
        let page = browser.get(&format!("{path}{mark}{DISGUISE}")).await;
        assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.body);
        plain.extend(plain_words(&page, path));
    }
    plain
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_console_and_the_till_have_no_text_that_cannot_be_translated() {
    let shop = open(Google::default()).await;
    let rule = json!({ "name": "Утро", "when": "order", "then": { "points": 25, "per": "time" },
        "if": [{ "minimum": 500 }, { "weekday": ["mon"] }, { "hours": { "from": "07:00", "to": "11:00" } }],
        "limits": [{ "times": 1, "within": "day" }] });
    add_term(&shop, TermKind::Rule, rule).await;
    let reward = json!({ "name": "Кофе", "gives": { "amount_off": 500 }, "cost": 5, "stock": 50 });
    let reward = add_term(&shop, TermKind::Reward, reward).await;
    let member = join(&shop, "cafe", named("Лина", "Хаддад")).await;
    let other = join(&shop, "cafe", named("Омар", "")).await;
    let code = card_of(&shop, &member).await.code;
    let mut owner = signed_in(&shop, "0001", Role::Owner).await;
    let of = |path: &str| format!("/console/members/{member}{path}");
    let paths = [
        "/console".to_owned(),
        "/console/insight?days=365".to_owned(),
        "/console/settings".to_owned(),
        "/console/staff".to_owned(),
        "/console/check-in".to_owned(),
        "/console/locations".to_owned(),
        "/console/me".to_owned(),
        "/console/me/codes".to_owned(),
        "/console/tills".to_owned(),
        "/console/keys".to_owned(),
        "/console/books".to_owned(),
        "/console/rules".to_owned(),
        format!("/console/rules/try?card={code}&amount=12.50"),
        "/console/rewards".to_owned(),
        format!("/console/rewards/{reward}"),
        "/console/members".to_owned(),
        "/console/members?q=x&since=2020-01-01".to_owned(),
        of(""),
        of("/card"),
        of("/phones"),
        of(&format!("/merge?from={other}")),
        of("/erase"),
        "/console/card/progress".to_owned(),
        "/console/card/versions".to_owned(),
        "/till".to_owned(),
        "/till/join".to_owned(),
        "/till/offline".to_owned(),
        format!("/till/card?code={code}"),
    ];
    let plain = look(&mut owner, &paths).await;
    assert!(plain.is_empty(), "{plain:#?}");
    shop.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn terms_webhooks_and_imports_have_no_text_that_cannot_be_translated() {
    let shop = open(Google::default()).await;
    let terms = [
        (
            TermKind::Rule,
            "rules",
            json!({ "name": "Утро", "when": "order", "then": { "points": 25, "per": "time" } }),
        ),
        (
            TermKind::Promotion,
            "promotions",
            json!({ "name": "Дважды", "then": { "multiply": 150 },
            "from": "2026-12-20T00:00:00Z", "until": "2026-12-25T00:00:00Z" }),
        ),
        (
            TermKind::Tier,
            "tiers",
            json!({ "name": "Золото", "threshold": 500 }),
        ),
        (
            TermKind::Challenge,
            "challenges",
            json!({ "name": "Три", "when": "order", "goal": { "times": 3 },
            "within": "month", "then": { "points": 25 } }),
        ),
    ];
    let mut paths = [
        "/console/tiers",
        "/console/challenges",
        "/console/webhooks",
        "/console/import",
    ]
    .map(str::to_owned)
    .to_vec();
    for (kind, list, body) in terms {
        let id = add_term(&shop, kind, body).await;
        paths.push(format!("/console/{list}/{id}"));
    }
    let mut owner = signed_in(&shop, "0001", Role::Owner).await;
    let plain = look(&mut owner, &paths).await;
    assert!(plain.is_empty(), "{plain:#?}");
    let page = owner.get("/console/webhooks").await;
    let fields = [("url", "http://127.0.0.1:9/"), ("order.recorded", "yes")];
    let made = owner.send(&page, "name=\"url\"", &fields).await;
    let (_, rest) = made
        .body
        .split_once("action=\"/console/webhooks/")
        .expect("its forms");
    let id = rest.split(['/', '?', '"']).next().expect("an id");
    let plain = look(&mut owner, &[format!("/console/webhooks/{id}")]).await;
    assert!(plain.is_empty(), "{plain:#?}");
    shop.running.stop().await;
}

/// A text without a letter of English; what stands in braces stays, for it names a value.
fn in_cyrillic(text: &str) -> String {
    let mut is_placeholder = false;
    let letter = |letter: char| {
        match letter {
            '{' => is_placeholder = true,
            '}' => is_placeholder = false,
            _ => {}
        }
        if letter.is_ascii_alphabetic() && !is_placeholder {
            'ж'
        } else {
            letter
        }
    };
    text.chars().map(letter).collect()
}

/// Puts every text that a design has in several languages into Cyrillic.
fn disguise_texts(value: &mut Value) {
    match value {
        Value::Object(members) if members.contains_key("en") => {
            for text in members.values_mut() {
                *text = json!(in_cyrillic(text.as_str().expect("a text")));
            }
        }
        Value::Object(members) => members.values_mut().for_each(disguise_texts),
        Value::Array(items) => items.iter_mut().for_each(disguise_texts),
        _ => {}
    }
}

fn disguised(design: &str) -> Design {
    let mut value = serde_json::from_str(design).expect("JSON");
    disguise_texts(&mut value);
    serde_json::from_value(value).expect("a design")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_designer_has_no_text_that_cannot_be_translated() {
    let shop = open(Google::default()).await;
    join(&shop, "cafe", named("Лина", "Хаддад")).await;
    let (program, design) = shop
        .act(|tx, _| {
            let program = programs::find_by_slug(tx, "cafe")?.expect("there");
            let id = program.design_id.clone().expect("its first look");
            Ok((program, designs::get(tx, &id)?.body))
        })
        .await;
    let design = disguised(&design);
    let checked = check_design(&shop.running.house, program.name, design, BTreeMap::new())
        .await
        .expect("sound");
    shop.act(move |tx, deed| publish_design(tx, deed, &program.id, None, &checked))
        .await;
    let mut owner = signed_in(&shop, "0001", Role::Owner).await;
    let paths = ["/console/card", "/console/card/languages"].map(str::to_owned);
    let plain = look(&mut owner, &paths).await;
    assert!(plain.is_empty(), "{plain:#?}");
    shop.running.stop().await;
}
