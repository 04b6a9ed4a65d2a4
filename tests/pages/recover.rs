//! Somebody joins with what is known already: no card for the typing of it, the card when somebody at the counter says so.

use std::time::Duration;

use billfold::actions::enrol::Enrolment;
use billfold::types::Role;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::members::{assert_noted, books};
use crate::shop::{Page, Shop};
use crate::till::{Browser, at_till, find_form, hire};

const QUARTER: Duration = Duration::from_mins(15);

/// A member whose phone number others know too; gives the path of the card's page.
async fn wilhelmina(shop: &Shop) -> String {
    shop.add_member(Enrolment {
        first_name: Some("Wilhelmina".to_owned()),
        phone: Some("+49 30 123456".to_owned()),
        source: "api".to_owned(),
        ..Enrolment::default()
    })
    .await
}

/// Joins with her number; gives the path of the question.
async fn ask(shop: &Shop) -> String {
    let sent = shop
        .join(&[("first_name", "Somebody"), ("contact", "0049 (30) 123456")])
        .await;
    let path = sent.location().to_owned();
    assert!(path.starts_with("/recover/crd_"), "{path}");
    path
}

async fn answer(shop: &Shop, path: &str) -> Value {
    let page = shop.get(&format!("{path}/answer")).await;
    let mut said: Value = serde_json::from_str(&page.body).expect("JSON");
    said["url"].take()
}

/// What the till shows of the code that a phone shows.
async fn scan(till: &mut Browser<'_>, shop: &Shop, path: &str) -> Page {
    let scanned = shop.url(path).replace(':', "%3A").replace('/', "%2F");
    let led = till.get(&format!("/till/card?code={scanned}")).await;
    assert!(led.location().starts_with("/till/recover/"), "{}", led.location());
    till.follow(&led).await
}

/// Shows SR-008 (a known identity finds the same card).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_known_number_opens_the_card_when_somebody_at_the_counter_has_seen_who_asks() {
    let shop = Shop::open().await;
    let card = wilhelmina(&shop).await;
    let path = ask(&shop).await;
    let asked = shop.get(&path).await;
    asked.assert_sound();
    assert_eq!(asked.status, StatusCode::OK);
    let said = &asked.body;
    assert!(
        said.contains("You have a card here already") && said.contains("<svg"),
        "{said}"
    );
    for secret in ["Wilhelmina", "Somebody", "/card/", "points"] {
        assert!(!said.contains(secret), "{secret}: {said}");
    }
    assert_eq!(answer(&shop, &path).await, Value::Null);

    let cashier = hire(&shop, "Vera", Role::Cashier).await;
    let mut till = at_till(&shop, &cashier).await;
    let question = scan(&mut till, &shop, &path).await;
    question.assert_sound();
    assert!(question.body.contains("Wilhelmina"), "{}", question.body);
    assert_eq!(answer(&shop, &path).await, Value::Null, "to look is not to allow");
    let allowed = till.send(&question, "till/recover", &[]).await;
    let shown = till.follow(&allowed).await;
    assert!(
        shown.body.contains("has the card on the phone again"),
        "{}",
        shown.body
    );
    assert!(
        !shown.body.contains("action=\"/till/undo"),
        "it is not undone: {}",
        shown.body
    );
    // Pressed twice it is the same deed.
    let again = till.send(&question, "till/recover", &[]).await;
    assert_eq!(again.location(), allowed.location());

    assert_eq!(answer(&shop, &path).await, json!(path));
    assert_eq!(shop.get(&path).await.location(), card);
    assert!(shop.get(&card).await.body.contains("Wilhelmina"));
    assert_noted(&shop, &["recover_card"]).await;
    let noted = books(&shop).await;
    let noted: Vec<_> = noted.iter().filter(|row| row.deed == "recover_card").collect();
    assert_eq!(
        (noted.len(), noted[0].actor.as_str()),
        (1, format!("staff:{}", cashier.id).as_str())
    );
    // Whoever finds the link later finds nothing behind it.
    shop.clock.advance(QUARTER);
    let late = shop.get(&path).await;
    assert_eq!(late.status, StatusCode::GONE);
    assert_eq!(answer(&shop, &path).await, Value::Null);
    shop.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_for_a_card_lasts_a_quarter_of_an_hour() {
    let shop = Shop::open().await;
    wilhelmina(&shop).await;
    let path = ask(&shop).await;
    let cashier = hire(&shop, "Vera", Role::Cashier).await;
    let mut till = at_till(&shop, &cashier).await;
    shop.clock.advance(Duration::from_millis(15 * 60_000 - 1));
    let question = scan(&mut till, &shop, &path).await;
    assert_eq!(question.status, StatusCode::OK);
    shop.clock.advance(Duration::from_millis(1));
    let late = till.send(&question, "till/recover", &[]).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        late.body.contains("older than a quarter of an hour"),
        "{}",
        late.body
    );
    let seen = scan(&mut till, &shop, &path).await;
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        !seen.body.contains("/till/recover/"),
        "nothing to press: {}",
        seen.body
    );
    let over = shop.get(&path).await;
    over.assert_sound();
    assert!(
        over.status == StatusCode::GONE && over.body.contains("This code is too old"),
        "{}",
        over.body
    );
    assert!(over.body.contains("href=\"/join/cafe?lang=en\""), "{}", over.body);
    assert!(!books(&shop).await.iter().any(|row| row.deed == "recover_card"));
    shop.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_browser_that_has_the_card_has_it_again_and_no_other() {
    let shop = Shop::open().await;
    let fields = [("first_name", "Lina"), ("contact", "lina@example.com")];
    let (mut own, mut other) = (Browser::new(&shop), Browser::new(&shop));
    let joined = own.post("/join/cafe", &fields).await;
    let card = joined.location().to_owned();
    assert!(card.starts_with("/card/"), "{card}");
    assert_eq!(own.follow(&joined).await.status, StatusCode::OK);
    assert_eq!(own.post("/join/cafe", &fields).await.location(), card);
    let stranger = other.post("/join/cafe", &fields).await;
    assert!(
        stranger.location().starts_with("/recover/"),
        "{}",
        stranger.location()
    );
    // A card of one's own opens nobody else's.
    let joined = other.post("/join/cafe", &[("first_name", "Omar")]).await;
    other.follow(&joined).await;
    let stranger = other.post("/join/cafe", &fields).await;
    assert!(
        stranger.location().starts_with("/recover/"),
        "{}",
        stranger.location()
    );
    shop.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bent_questions_lead_nowhere() {
    let shop = Shop::open().await;
    wilhelmina(&shop).await;
    let path = ask(&shop).await;
    let cashier = hire(&shop, "Vera", Role::Cashier).await;
    let mut till = at_till(&shop, &cashier).await;
    let (head, mac) = path.rsplit_once('-').expect("a code");
    let (first, rest) = path.split_once('-').expect("an instant");
    let (_, nonce) = rest.split_once('-').expect("a nonce");
    for bent in [
        format!("{head}-{}x", &mac[..mac.len() - 1]),
        format!("{first}-9999999999999-{nonce}"),
        format!("{first}-x-{nonce}"),
        first.to_owned(),
        "/recover/nonsense".to_owned(),
    ] {
        assert_eq!(shop.get(&bent).await.status, StatusCode::NOT_FOUND, "{bent}");
        assert_eq!(
            shop.get(&format!("{bent}/answer")).await.status,
            StatusCode::NOT_FOUND,
            "{bent}"
        );
        let at_till = till.get(&format!("/till{bent}")).await;
        assert_eq!(at_till.status, StatusCode::NOT_FOUND, "{bent}");
        let scanned = till.get(&format!("/till/card?code={}", shop.url(&bent))).await;
        assert_eq!(scanned.status, StatusCode::UNPROCESSABLE_ENTITY, "{bent}");
    }
    // Whoever has no form of ours allows nothing.
    let forged = till.post(&format!("/till{path}"), &[("token", "forged")]).await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
    assert_eq!(answer(&shop, &path).await, Value::Null);
    let (action, _) = find_form(&scan(&mut till, &shop, &path).await.body, "till/recover");
    assert!(action.starts_with(&format!("/till{path}")), "{action}");
    shop.running.stop().await;
}
