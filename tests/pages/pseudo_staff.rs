//! The pages of those who work there in English in disguise: a text that nobody can translate is one that was not disguised.

use billfold::actions::TermKind;
use billfold::types::Role;
use reqwest::StatusCode;
use serde_json::json;

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
    // The designer and its table of languages are left out: nearly every word of theirs is the look's own, in all languages.
    let paths = [
        "/console".to_owned(),
        "/console/settings".to_owned(),
        "/console/staff".to_owned(),
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
