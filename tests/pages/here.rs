//! The code of the day: shown to those who lead, opened by those who have a card and by those who have none.

use std::time::Duration;

use billfold::actions::TermKind;
use billfold::actions::block_member::block_member;
use billfold::actions::change_location::{LocationChange, NewLocation, change_location, create_location};
use billfold::actions::check_in::Here;
use billfold::actions::enrol::Enrolment;
use billfold::store::{events, locations, programs};
use billfold::types::{LocationId, Role};
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::browser::{Browser, Screen};
use crate::member::add_term;
use crate::poster::read_codes;
use crate::shop::{Page, Shop, find_member};
use crate::shop_settings::signed_in;

const DAY: Duration = Duration::from_hours(24);

/// The path of today's code.
pub(crate) async fn code(shop: &Shop, location: Option<LocationId>) -> String {
    let house = &shop.running.house;
    let program = shop
        .act(|tx, _| Ok(programs::find_by_slug(tx, "cafe")?.expect("there")))
        .await;
    let here = Here::today(&program, location, house.now());
    format!("/here/{}", house.here_token(&here))
}

/// A member with a card; gives the path of the card's page.
async fn lina(shop: &Shop) -> String {
    shop.add_member(Enrolment {
        first_name: Some("Lina".to_owned()),
        email: Some("lina@example.com".to_owned()),
        ..Enrolment::default()
    })
    .await
}

/// Opens a page on the phone that has a card.
pub(crate) async fn scan(shop: &Shop, path: &str, card: &str) -> Page {
    let cookie = format!("card={}", card.trim_start_matches("/card/"));
    shop.ask(Method::GET, path, &[("cookie", &cookie)], None).await
}

async fn pay_for_it(shop: &Shop) {
    let rule =
        json!({ "name": "Hello", "when": { "event": "check_in" }, "then": { "points": 10, "per": "time" } });
    add_term(shop, TermKind::Rule, rule).await;
}

async fn market(shop: &Shop) -> LocationId {
    shop.act(|tx, deed| {
        let program = programs::find_by_slug(tx, "cafe")?.expect("there");
        let new = NewLocation {
            code: "market".to_owned(),
            name: "The <market>".to_owned(),
            ..NewLocation::default()
        };
        Ok(create_location(tx, deed, &program.id, &new)?.id)
    })
    .await
}

/// Shows SR-125 (by the code at the door).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_member_checks_in_once_a_day_and_hears_what_it_brought() {
    let shop = Shop::open().await;
    pay_for_it(&shop).await;
    let card = lina(&shop).await;
    // The card's own page is where the phone gets what it is known by.
    let opened = shop.get(&card).await;
    let kept = opened.headers.get_all("set-cookie").iter();
    let mut kept = kept.map(|cookie| cookie.to_str().expect("text"));
    assert!(kept.any(|cookie| cookie.contains("Path=/here") && cookie.contains("HttpOnly")));
    let path = code(&shop, None).await;
    let first = scan(&shop, &path, &card).await;
    assert_eq!(first.status, StatusCode::OK);
    first.assert_sound();
    assert!(
        first.body.contains("10\u{a0}points for checking in")
            && first.body.contains("You have 20\u{a0}points now."),
        "{}",
        first.body
    );
    assert!(first.body.contains("name=\"robots\""), "{}", first.body);
    // At another place of the shop it is the same day.
    let market = market(&shop).await;
    for path in [path.clone(), code(&shop, Some(market.clone())).await] {
        let again = scan(&shop, &path, &card).await;
        again.assert_sound();
        assert!(
            again.body.contains("You are checked in for today already")
                && again.body.contains("You have 20\u{a0}points now."),
            "{}",
            again.body
        );
    }
    shop.clock.advance(DAY);
    let over = scan(&shop, &path, &card).await;
    assert_eq!(over.status, StatusCode::GONE);
    over.assert_sound();
    assert!(over.body.contains("This code is not today’s"), "{}", over.body);
    let at_market = scan(&shop, &code(&shop, Some(market)).await, &card).await;
    at_market.assert_sound();
    assert!(
        at_market.body.contains("You have 30\u{a0}points now.")
            && at_market.body.contains("The &#60;market&#62;"),
        "{}",
        at_market.body
    );
    for (language, words) in [
        ("ar", "سبق تسجيل"),
        ("fa", "پیش‌تر ثبت"),
        ("zh-Hans", "已经签到"),
        ("zh-Hant", "已經簽到"),
    ] {
        let path = format!("{}?lang={language}", code(&shop, None).await);
        let page = scan(&shop, &path, &card).await;
        page.assert_sound();
        assert!(page.body.contains(words), "{language}: {}", page.body);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_rule_the_visit_is_recorded_and_no_points_are_promised() {
    let shop = Shop::open().await;
    let card = lina(&shop).await;
    let page = scan(&shop, &code(&shop, None).await, &card).await;
    page.assert_sound();
    assert!(
        page.body.contains("<h1>You are checked in</h1>") && page.body.contains("10\u{a0}points now"),
        "{}",
        page.body
    );
    let known = shop
        .act(|tx, _| {
            let member = find_member(tx, "email", "lina@example.com")?;
            Ok(events::list_by_members(tx, &[member], None, 10)?)
        })
        .await;
    assert!(
        known
            .iter()
            .any(|event| event.kind == "check_in" && event.source == "here"),
        "{known:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_has_no_card_here_learns_how_to_check_in() {
    let shop = Shop::open().await;
    pay_for_it(&shop).await;
    let path = code(&shop, None).await;
    for cookie in ["", "card=crd_nonsense-x"] {
        let page = shop.ask(Method::GET, &path, &[("cookie", cookie)], None).await;
        assert_eq!(page.status, StatusCode::OK);
        page.assert_sound();
        assert!(
            page.body.contains("turn it over and tap the link") && page.body.contains("/join/cafe?lang=en"),
            "{}",
            page.body
        );
    }
    // The card of another program is no card here.
    shop.add_program("other", "Other", 0).await;
    let card = lina(&shop).await;
    let other = shop
        .act(|tx, _| Ok(programs::find_by_slug(tx, "other")?.expect("there")))
        .await;
    let house = &shop.running.house;
    let here = Here::today(&other, None, house.now());
    let page = scan(&shop, &format!("/here/{}", house.here_token(&here)), &card).await;
    assert!(page.body.contains("/join/other"), "{}", page.body);
    // A browser that only looks ahead checks nobody in.
    let cookie = format!("card={}", card.trim_start_matches("/card/"));
    let ahead = [("cookie", cookie.as_str()), ("sec-purpose", "prefetch")];
    assert_eq!(
        shop.ask(Method::GET, &path, &ahead, None).await.status,
        StatusCode::NO_CONTENT
    );
    let first = scan(&shop, &path, &card).await;
    assert!(
        first.body.contains("10\u{a0}points for checking in"),
        "{}",
        first.body
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn made_up_codes_closed_cards_and_ended_places_check_nobody_in() {
    let shop = Shop::open().await;
    let card = lina(&shop).await;
    let good = code(&shop, None).await;
    let tomorrow = good.replacen("..", "..1", 1);
    for path in [
        "/here/nonsense",
        "/here/%3Cscript%3E",
        "/here/prg_x..20780-x",
        &format!("{good}x"),
        &tomorrow,
    ] {
        let page = scan(&shop, path, &card).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        page.assert_sound();
    }
    let market = market(&shop).await;
    let at_market = code(&shop, Some(market.clone())).await;
    shop.act(move |tx, deed| {
        let change = LocationChange {
            state: Some(locations::ENDED.to_owned()),
            ..LocationChange::default()
        };
        change_location(tx, deed, (&market, None), &change)
    })
    .await;
    assert_eq!(
        scan(&shop, &at_market, &card).await.status,
        StatusCode::GONE,
        "an ended place"
    );
    shop.act(|tx, deed| {
        let member = find_member(tx, "email", "lina@example.com")?;
        block_member(tx, deed, &member, "receipts of others")
    })
    .await;
    let closed = scan(&shop, &good, &card).await;
    closed.assert_sound();
    assert!(
        closed.body.contains("This card collects nothing at present"),
        "{}",
        closed.body
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_code_is_shown_to_those_who_lead_and_comes_anew_at_midnight() {
    let shop = Shop::open().await;
    market(&shop).await;
    let mut mara = signed_in(&shop, "mara", Role::Marketer).await;
    let page = mara.get("/console/check-in").await;
    page.assert_sound();
    assert!(
        page.body.contains("No rule pays for a check-in yet"),
        "{}",
        page.body
    );
    let now = shop.running.house.now().secs();
    let wait: i64 = page.header("refresh").parse().expect("seconds");
    assert_eq!((now + wait) % 86_400, 2, "just after midnight");
    pay_for_it(&shop).await;
    let paid = mara.get("/console/check-in?size=a5&location=market").await;
    paid.assert_sound();
    assert!(
        paid.body.contains("checking in")
            && paid.body.contains("<option value=\"market\" selected>")
            && !paid.body.contains("No rule pays"),
        "{}",
        paid.body
    );
    for path in ["?location=nowhere", "?location=%3Cb%3E"] {
        let missing = mara.get(&format!("/console/check-in{path}")).await;
        assert_eq!(missing.status, StatusCode::NOT_FOUND, "{path}");
        missing.assert_sound();
    }
    let bad = mara.get("/console/check-in?size=b4").await;
    assert_eq!(bad.status, StatusCode::BAD_REQUEST);
    let mut ada = signed_in(&shop, "ada", Role::Auditor).await;
    assert_eq!(ada.get("/console/check-in").await.status, StatusCode::FORBIDDEN);
    let settings = ada.get("/console/settings").await;
    assert!(!settings.body.contains("/console/check-in"), "{}", settings.body);
}

/// What is on the paper leads where members check in, and to nowhere else. Shows SR-125 (the code on paper).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_printed_code_is_todays_in_every_size() {
    let shop = Shop::open().await;
    pay_for_it(&shop).await;
    let at_market = market(&shop).await;
    let mona = signed_in(&shop, "mona", Role::Manager).await;
    let (everywhere, at_market) = (code(&shop, None).await, code(&shop, Some(at_market)).await);
    let browser = Browser::open().await;
    for pair in mona.cookie().split("; ") {
        let (name, value) = pair.split_once('=').expect("a pair");
        let cookie = json!({ "url": shop.url("/"), "name": name, "value": value });
        browser.run("Network.setCookie", cookie).await;
    }
    browser
        .run("Emulation.setEmulatedMedia", json!({ "media": "print" }))
        .await;
    for (size, width, height, faces) in [
        ("a4", 794, 1_123, 1),
        ("a5", 559, 794, 1),
        ("tent", 794, 1_123, 2),
    ] {
        for (language, location, wanted) in [("en", "", &everywhere), ("ar", "market", &at_market)] {
            let screen = Screen { width, height };
            let path = format!("/console/check-in?size={size}&lang={language}&location={location}");
            browser.visit(&shop.url(&path), screen).await;
            let codes = read_codes(&browser.picture(screen, 2.0).await);
            assert_eq!(codes, vec![shop.url(wanted); faces], "{size} {language}");
        }
    }
    browser.close().await;
    shop.running.stop().await;
}
