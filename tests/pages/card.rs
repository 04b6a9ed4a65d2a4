//! The page of a card.

use billfold::actions::adjust_points::adjust_points;
use billfold::actions::enrol::Enrolment;
use billfold::actions::void_card::void_card;
use billfold::store::{cards, passes};
use billfold::types::Wallet;
use reqwest::StatusCode;

use crate::shop::{ANDROID, IPHONE, MAC, Shop, WINDOWS, find_member};
use crate::stand_ins::Google;

fn lina() -> Enrolment {
    named("Lina")
}

fn named(name: &str) -> Enrolment {
    Enrolment {
        first_name: Some(name.to_owned()),
        external_id: Some("C-1".to_owned()),
        source: "api".to_owned(),
        ..Enrolment::default()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_card_is_drawn_with_its_balance_its_code_and_its_movements() {
    let shop = Shop::open().await;
    let path = shop.add_member(lina()).await;
    let code = shop
        .act(|tx, deed| {
            let member = find_member(tx, "external_id", "C-1")?;
            adjust_points(tx, deed, &member, 1_230, "secret reason")?;
            adjust_points(tx, deed, &member, -6, "secret reason")?;
            Ok(cards::list_by_member(tx, &member)?.remove(0).code)
        })
        .await;
    let page = shop.get(&path).await;
    assert_eq!(page.status, StatusCode::OK);
    page.assert_sound();
    let html = &page.body;
    assert!(html.contains("<strong class=\"number\">1,234</strong>"), "{html}");
    assert!(
        html.contains(&format!("direction=\"ltr\">{code}</text>")),
        "{html}"
    );
    assert!(
        html.contains(">Café Aroma</text>") && html.contains(">Lina</text>"),
        "{html}"
    );
    assert!(
        html.contains("+1,230") && html.contains("\u{2212}6") && html.contains("Welcome gift"),
        "{html}"
    );
    assert!(
        html.contains("21 Nov 2026") && !html.contains("secret reason"),
        "{html}"
    );
    let strip = html.split("<image href=\"").nth(2).expect("two images");
    let image = shop.get(strip.split('"').next().expect("an address")).await;
    assert_eq!(
        (image.status, image.header("content-type")),
        (StatusCode::OK, "image/png")
    );
    let persian = shop.get_in(&path, "fa").await;
    assert!(
        persian.body.contains("۱٬۲۳۴") && persian.body.contains("۳۰ آبان ۱۴۰۵"),
        "{}",
        persian.body
    );
    assert!(persian.body.contains("direction=\"rtl\""), "{}", persian.body);
    shop.running.stop().await;
}

/// Shows SR-005.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_device_gets_its_own_button_and_a_desktop_both_and_a_code() {
    let shop = Shop::open().await;
    let path = shop.add_member(lina()).await;
    for (agent, apple, google, has_code) in [
        (IPHONE, Some(0), None, false),
        (ANDROID, None, Some(0), false),
        (MAC, Some(0), Some(1), true),
        (WINDOWS, Some(0), Some(1), true),
    ] {
        let page = shop.get_on(&path, agent).await;
        page.assert_sound();
        let links: Vec<_> = page.body.split("<a class=\"button").skip(1).collect();
        let place = |end: &str| {
            links
                .iter()
                .position(|link| link.contains(&format!("href=\"{path}/{end}\"")))
        };
        assert_eq!(place("pass.pkpass"), apple, "{agent}");
        assert_eq!(place("google"), google, "{agent}");
        assert_eq!(page.body.contains("class=\"phone\""), has_code, "{agent}");
    }
    let pass = shop.get_on(&format!("{path}/pass.pkpass"), IPHONE).await;
    assert_eq!(pass.header("content-type"), "application/vnd.apple.pkpass");
    shop.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_wallets_that_the_card_is_in_are_offered() {
    let shop = Shop::with(false, Google::default()).await;
    let path = shop.add_member(lina()).await;
    for agent in [IPHONE, ANDROID, WINDOWS] {
        let page = shop.get_on(&path, agent).await;
        assert!(
            page.body.contains("pass.pkpass") && !page.body.contains("/google\""),
            "{agent}"
        );
    }
    let refused = shop.get_on(&format!("{path}/google"), ANDROID).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.assert_sound();
    assert!(
        refused.body.contains("This wallet is not ready here"),
        "{}",
        refused.body
    );
    shop.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_google_button_waits_until_google_has_the_card() {
    let shop = Shop::open().await;
    let path = shop.add_member(lina()).await;
    // Asked at once: the object is inserted while the customer waits.
    let page = shop.get_on(&format!("{path}/google"), ANDROID).await;
    assert!(
        page.location()
            .starts_with("https://wallet.example/save/3388000000022222222.pss_"),
        "{page:?}"
    );
    shop.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_google_that_is_out_of_order_gets_a_page_that_tries_again() {
    let google = Google::default();
    google.set_out_of_order(true);
    let shop = Shop::with(true, google).await;
    let path = shop.add_member(lina()).await;
    let page = shop.get_on(&format!("{path}/google"), ANDROID).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    page.assert_sound();
    assert_eq!(page.header("retry-after"), "3");
    assert!(
        page.body.contains("<meta http-equiv=\"refresh\" content=\"3\">"),
        "{}",
        page.body
    );
    let state = shop
        .act(|tx, _| {
            let member = find_member(tx, "external_id", "C-1")?;
            let card = cards::list_by_member(tx, &member)?.remove(0);
            let passes = passes::list_by_card(tx, &card.id)?;
            Ok(passes
                .into_iter()
                .find(|pass| pass.wallet == Wallet::Google)
                .map(|pass| pass.state))
        })
        .await;
    assert_eq!(state.as_deref(), Some(passes::ISSUED));
    shop.running.stop().await;
}

/// Shows SR-113 (what a member typed is never markup for another).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_people_type_is_never_markup() {
    let shop = Shop::open().await;
    for (id, name) in [
        ("1", "<script>alert(1)</script>"),
        ("2", "\"><img src=x onerror=alert(1)>"),
        ("3", "</text></svg><b>"),
        ("4", "{{7*7}} & 'x'"),
    ] {
        let path = shop
            .add_member(Enrolment {
                external_id: Some(id.to_owned()),
                ..named(name)
            })
            .await;
        let page = shop.get(&path).await;
        page.assert_sound();
        let html = &page.body;
        assert!(
            !html.contains("<img") && !html.contains("<b>") && !html.contains(name),
            "{html}"
        );
        assert_eq!(
            html.matches("</svg>").count(),
            html.matches("<svg").count(),
            "{html}"
        );
        let first: String = name.chars().take(8).collect();
        let escaped = first
            .replace('&', "&#38;")
            .replace('<', "&#60;")
            .replace('>', "&#62;")
            .replace('"', "&#34;");
        assert!(html.contains(&escaped), "{escaped} in {html}");
        let typed = shop.join(&[("first_name", name), ("contact", "<i>nobody")]).await;
        assert_eq!(typed.status, StatusCode::UNPROCESSABLE_ENTITY);
        typed.assert_sound();
        assert!(
            !typed.body.contains("<img") && !typed.body.contains("<i>"),
            "{}",
            typed.body
        );
    }
    shop.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_voided_card_has_no_code_and_no_button() {
    let shop = Shop::open().await;
    let path = shop.add_member(lina()).await;
    shop.act(|tx, deed| {
        let member = find_member(tx, "external_id", "C-1")?;
        let card = cards::list_by_member(tx, &member)?.remove(0);
        void_card(tx, deed, &card.id)
    })
    .await;
    let page = shop.get_on(&path, IPHONE).await;
    page.assert_sound();
    assert!(page.body.contains("This card was closed."), "{}", page.body);
    assert!(
        !page.body.contains("class=\"button") && !page.body.contains("Card number"),
        "{}",
        page.body
    );
    shop.running.stop().await;
}
