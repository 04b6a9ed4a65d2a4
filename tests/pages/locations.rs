//! The console's locations: made, changed, ended, and chosen where a till or a rule is made.

use billfold::store::{locations, programs, terms, tills};
use billfold::types::Role;
use reqwest::StatusCode;

use crate::shop::Shop;
use crate::shop_settings::signed_in;
use crate::till::{Browser, member};

/// Makes a location; gives the page of it.
async fn made(browser: &mut Browser<'_>) -> String {
    let page = browser.get("/console/locations").await;
    page.assert_sound();
    let fields = [
        ("code", "market"),
        ("name", "The market"),
        ("address", "Market square 1"),
        ("position", "٥٢٫٥٢، ١٣٫٤"),
        ("shown_en", "Coffee at the market?"),
    ];
    let added = browser.send(&page, "name=\"code\"", &fields).await;
    let list = browser.follow(&added).await;
    list.assert_sound();
    assert!(
        list.body.contains("Added.") && list.body.contains("on cards"),
        "{}",
        list.body
    );
    let (_, rest) = list.body.split_once("/console/locations/loc_").expect("its page");
    format!(
        "/console/locations/loc_{}",
        rest.split(['?', '"']).next().expect("an id")
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_location_is_made_changed_ended_and_opened_again() {
    let shop = Shop::open().await;
    let mut manager = signed_in(&shop, "mona", Role::Manager).await;
    let address = made(&mut manager).await;
    let first = manager.get(&address).await;
    first.assert_sound();
    assert!(first.body.contains("value=\"52.52, 13.4\""), "{}", first.body);
    let fields = [
        ("name", "The old market"),
        ("address", ""),
        ("position", ""),
        ("shown_en", ""),
    ];
    let saved = manager.send(&first, "name=\"position\"", &fields).await;
    let after = manager.follow(&saved).await;
    after.assert_sound();
    assert!(
        after.body.contains("Saved.") && after.body.contains("The old market"),
        "{}",
        after.body
    );
    let stale = manager
        .send(&first, "name=\"position\"", &[("name", "Mine <b>")])
        .await;
    stale.assert_sound();
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert!(
        stale.body.contains("Somebody changed this meanwhile")
            && stale.body.contains("value=\"Mine &#60;b&#62;\""),
        "{}",
        stale.body
    );
    let ended = manager.send(&after, "value=\"ended\"", &[]).await;
    let ended = manager.follow(&ended).await;
    ended.assert_sound();
    assert!(ended.body.contains("It is ended."), "{}", ended.body);
    let late = manager.send(&after, "value=\"ended\"", &[]).await;
    late.assert_sound();
    assert_eq!(late.status, StatusCode::CONFLICT);
    let opened = manager.send(&ended, "value=\"active\"", &[]).await;
    let opened = manager.follow(&opened).await;
    assert!(opened.body.contains("It is active again."), "{}", opened.body);
    let kept = shop
        .act(|tx, _| {
            let program = programs::find_by_slug(tx, "cafe")?.expect("there");
            Ok(locations::find_by_code(tx, &program.id, "market")?)
        })
        .await;
    let kept = kept.expect("there");
    assert_eq!(
        (kept.name.as_str(), kept.latitude_micro, kept.relevant_text),
        ("The old market", None, None)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_with_a_location_is_said_and_nothing_typed_is_lost() {
    let shop = Shop::open().await;
    let mut owner = signed_in(&shop, "olga", Role::Owner).await;
    made(&mut owner).await;
    let page = owner.get("/console/locations").await;
    let good = [
        ("code", "mill"),
        ("name", "The <script> mill"),
        ("position", "1, 2"),
    ];
    for (field, value, sentence) in [
        ("code", "market", "Another location has this code."),
        ("code", "", "Use 1 to 64 characters"),
        ("name", "a\u{7}b", "Use 1 to 80 characters"),
        ("position", "52.5", "Enter degrees north and east"),
        ("position", "91, 0", "Enter degrees north and east"),
    ] {
        let mut fields: Vec<(&str, &str)> = good.iter().copied().filter(|(name, _)| *name != field).collect();
        fields.push((field, value));
        let refused = owner.send(&page, "name=\"code\"", &fields).await;
        refused.assert_sound();
        assert_eq!(
            refused.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{field} {value}"
        );
        assert!(
            refused.body.contains(sentence),
            "{field} {value}: {}",
            refused.body
        );
        let is_kept = field == "name" || refused.body.contains("value=\"The &#60;script&#62; mill\"");
        assert!(is_kept, "{}", refused.body);
    }
    let long = "x".repeat(101);
    let fields = [("code", "mill"), ("name", "Mill"), ("shown_fa", long.as_str())];
    let refused = owner.send(&page, "name=\"code\"", &fields).await;
    refused.assert_sound();
    assert!(
        refused.body.contains("Use up to 100 characters") && refused.body.contains(&long),
        "{}",
        refused.body
    );
    assert_eq!(
        owner.get("/console/locations/nonsense").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_till_and_a_rule_choose_among_the_locations() {
    let shop = Shop::open().await;
    let mut owner = signed_in(&shop, "olga", Role::Owner).await;
    let address = made(&mut owner).await;
    let tills_page = owner.get("/console/tills").await;
    tills_page.assert_sound();
    assert!(
        tills_page
            .body
            .contains("<option value=\"market\">The market</option>"),
        "{}",
        tills_page.body
    );
    let fields = [("name", "Counter 7"), ("location", "market")];
    owner.send(&tills_page, "name=\"name\"", &fields).await;
    let kept = shop
        .act(|tx, _| {
            let program = programs::find_by_slug(tx, "cafe")?.expect("there");
            Ok(tills::list(tx, Some(&program.id), None, 10)?)
        })
        .await;
    assert!(
        kept.iter()
            .any(|till| till.name == "Counter 7" && till.location.as_deref() == Some("market"))
    );
    let rules = owner.get("/console/rules").await;
    let fields = [
        ("name", "At the market"),
        ("when", "order"),
        ("points", "5"),
        ("per", "time"),
        ("location", "market"),
    ];
    let added = owner.send(&rules, "name=\"minimum\"", &fields).await;
    let list = owner.follow(&added).await;
    list.assert_sound();
    let rule = shop
        .act(|tx, _| {
            let program = programs::find_by_slug(tx, "cafe")?.expect("there");
            Ok(terms::list(tx, &program.id, "rule", None, 50)?)
        })
        .await;
    let rule = rule.last().expect("the rule");
    assert!(rule.body.contains("{\"location\":[\"market\"]}"), "{}", rule.body);
    let code = member(&shop, "lina").await;
    for (place, pays) in [("market", true), ("", false)] {
        let tried = owner
            .get(&format!(
                "/console/rules/try?card={code}&amount=6&location={place}"
            ))
            .await;
        tried.assert_sound();
        assert_eq!(tried.body.contains(">+5<"), pays, "{place}: {}", tried.body);
    }
    // The rule keeps the place that is no more to be chosen.
    let page = owner.get(&address).await;
    owner.send(&page, "value=\"ended\"", &[]).await;
    let page = owner.get(&format!("/console/rules/{}", rule.id)).await;
    page.assert_sound();
    assert!(
        page.body
            .contains("<option value=\"market\" selected>market</option>"),
        "{}",
        page.body
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn locations_are_seen_by_those_who_see_the_console_and_changed_by_those_who_lead() {
    let shop = Shop::open().await;
    let mut owner = signed_in(&shop, "olga", Role::Owner).await;
    let address = made(&mut owner).await;
    for (name, role) in [("max", Role::Marketer), ("ada", Role::Auditor)] {
        let mut other = signed_in(&shop, name, role).await;
        for path in ["/console/locations", &address] {
            let page = other.get(path).await;
            page.assert_sound();
            assert!(
                page.body.contains("You may look at this, not change it."),
                "{role} {path}: {}",
                page.body
            );
        }
        let refused = other.post(&address, &[("name", "Mine")]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{role}");
    }
}
