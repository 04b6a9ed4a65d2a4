//! The page where a receipt is claimed, and the way from it to a card.

use std::time::Duration;

use billfold::actions::claim_receipt::void_receipt;
use billfold::actions::enrol::Enrolment;
use billfold::actions::record_order::{Holder, NewOrder};
use billfold::actions::record_receipt::record_receipt;
use billfold::store::receipts::Receipt;
use billfold::store::{cards, programs, receipts};
use reqwest::{Method, StatusCode};

use crate::shop::{Page, Shop, find_member, form};

/// A receipt over so many cents; the path of its page.
pub(crate) async fn receipt(shop: &Shop, id: &'static str, minor: i64) -> (Receipt, String) {
    let recorded = shop
        .act(move |tx, deed| {
            let program = programs::find_by_slug(tx, "cafe")?.expect("there");
            let new = NewOrder {
                source: "api".to_owned(),
                external_id: id.to_owned(),
                holder: Holder::Card(String::new()),
                total_minor: minor,
                currency: None,
                paid_at: None,
                lines: Vec::new(),
                location: None,
                channel: None,
            };
            record_receipt(tx, deed, Some(&program.id), &new)
        })
        .await;
    let token = shop.running.house.receipt_token(&recorded.receipt.id);
    (recorded.receipt, format!("/claim/{token}"))
}

pub(crate) async fn claim(shop: &Shop, path: &str, code: &str) -> Page {
    let headers = [("sec-fetch-site", "same-origin")];
    let body = form(&[("code", code)]);
    shop.ask(Method::POST, path, &headers, Some(body)).await
}

/// The code and balance of a member's card.
async fn card(shop: &Shop, email: &'static str) -> (String, i64) {
    let card = shop.act(move |tx, _| {
        let member = find_member(tx, "email", email)?;
        Ok(cards::list_by_member(tx, &member)?.remove(0))
    });
    let card = card.await;
    (card.code, card.balance.get())
}

async fn add(shop: &Shop, email: &str) {
    let enrolment = Enrolment {
        email: Some(email.to_owned()),
        ..Enrolment::default()
    };
    shop.add_member(enrolment).await;
}

/// Shows SR-091 (the customer's page).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_customer_claims_a_receipt_with_the_number_of_their_card() {
    let shop = Shop::open().await;
    add(&shop, "lina@example.com").await;
    let (code, _) = card(&shop, "lina@example.com").await;
    let (_, path) = receipt(&shop, "sale-1", 1_250).await;
    let page = shop.get(&path).await;
    assert_eq!(page.status, StatusCode::OK);
    page.assert_sound();
    let html = &page.body;
    assert!(html.contains("12\u{a0}points for your receipt"), "{html}");
    assert!(
        html.contains("€12.50") && html.contains("name=\"robots\""),
        "{html}"
    );
    assert!(html.contains("<label for=\"code\">"), "{html}");
    for (language, words) in [
        ("ar", "مقابل إيصالك"),
        ("fa", "برای رسید شما"),
        ("zh-Hans", "您的小票可得"),
        ("zh-Hant", "您的收據可得"),
    ] {
        let page = shop.get_in(&path, language).await;
        page.assert_sound();
        assert!(page.body.contains(words), "{language}: {}", page.body);
    }
    let wrong = claim(&shop, &path, "ABCD").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.assert_sound();
    assert!(
        wrong.body.contains("do not know this card number") && wrong.body.contains("value=\"ABCD\""),
        "{}",
        wrong.body
    );
    let spaced = format!("{} {}", &code[..4], code[4..].to_lowercase());
    let sent = claim(&shop, &path, &spaced).await;
    assert_eq!(sent.location(), format!("{path}?done=1"));
    let done = shop.get(sent.location()).await;
    done.assert_sound();
    assert!(
        done.body.contains("12\u{a0}points are on your card"),
        "{}",
        done.body
    );
    assert!(
        !done.body.contains("<form") && !done.body.contains(&code),
        "{}",
        done.body
    );
    assert_eq!(card(&shop, "lina@example.com").await.1, 22);
    assert_eq!(
        claim(&shop, &path, &code).await.location(),
        format!("{path}?done=1")
    );
    assert_eq!(card(&shop, "lina@example.com").await.1, 22, "once");
    shop.running.stop().await;
}

/// Shows SR-091 (joining with a receipt).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receipt_comes_along_into_a_new_card() {
    let shop = Shop::open().await;
    let (_, path) = receipt(&shop, "sale-1", 1_250).await;
    let token = path.trim_start_matches("/claim/").to_owned();
    let page = shop.get_in(&path, "en").await;
    let join = format!("/join/cafe?claim={token}&#38;lang=en");
    assert!(page.body.contains(&format!("href=\"{join}\"")), "{}", page.body);
    let page = shop.get(&format!("/join/cafe?claim={token}")).await;
    page.assert_sound();
    let hidden = format!("<input type=\"hidden\" name=\"claim\" value=\"{token}\">");
    assert!(
        page.body.contains(&hidden) && page.body.contains("Your receipt comes with you"),
        "{}",
        page.body
    );
    assert!(
        page.body.contains(&format!("?claim={token}&#38;lang=ar")),
        "{}",
        page.body
    );
    let again = shop.join(&[("first_name", ""), ("claim", &token)]).await;
    assert!(again.body.contains(&hidden), "a form with a fault keeps it");
    let fields = [
        ("first_name", "Lina"),
        ("contact", "lina@example.com"),
        ("claim", &token),
    ];
    let sent = shop.join(&fields).await;
    assert!(sent.location().starts_with("/card/"), "{}", sent.location());
    assert_eq!(card(&shop, "lina@example.com").await.1, 22);
    let again = shop.join(&fields).await;
    assert!(
        again.location().starts_with("/recover/"),
        "they are known: {}",
        again.location()
    );
    assert_eq!(card(&shop, "lina@example.com").await.1, 22, "once");
    // Somebody else has their card all the same, and is told why it brings nothing.
    let fields = [
        ("first_name", "Omar"),
        ("contact", "omar@example.com"),
        ("claim", &token),
    ];
    assert_eq!(shop.join(&fields).await.location(), path);
    assert_eq!(card(&shop, "omar@example.com").await.1, 10);
    for bent in ["x", "rcp_", "\"><script>"] {
        let fields = [("first_name", "Nora"), ("claim", bent)];
        assert!(
            shop.join(&fields).await.location().starts_with("/card/"),
            "{bent}"
        );
        let page = shop.get(&format!("/join/cafe?claim={bent}")).await;
        page.assert_sound();
        assert!(!page.body.contains("name=\"claim\""), "{}", page.body);
    }
    shop.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receipt_that_does_not_count_says_why() {
    let shop = Shop::open().await;
    add(&shop, "lina@example.com").await;
    let (code, _) = card(&shop, "lina@example.com").await;
    let (taken, taken_path) = receipt(&shop, "sale-1", 1_250).await;
    let (voided, voided_path) = receipt(&shop, "sale-2", 1_250).await;
    let (_, late_path) = receipt(&shop, "sale-3", 1_250).await;
    let (_, free_path) = receipt(&shop, "sale-4", 20).await;
    assert_eq!(
        claim(&shop, &taken_path, &code).await.status,
        StatusCode::SEE_OTHER
    );
    let id = voided.id.clone();
    shop.act(move |tx, deed| void_receipt(tx, deed, &id)).await;
    assert!(
        shop.get(&free_path)
            .await
            .body
            .contains("Put your receipt on your card")
    );
    add(&shop, "omar@example.com").await;
    let (other, _) = card(&shop, "omar@example.com").await;
    assert_eq!(claim(&shop, &taken_path, &other).await.location(), taken_path);
    shop.clock.advance(Duration::from_hours(16 * 24));
    for (path, words) in [
        (&taken_path, "on a card already"),
        (&voided_path, "does not count any more"),
        (&late_path, "too old"),
    ] {
        let page = shop.get(path).await;
        assert_eq!(page.status, StatusCode::OK);
        page.assert_sound();
        assert!(
            page.body.contains(words) && !page.body.contains("<form"),
            "{}",
            page.body
        );
        assert_eq!(claim(&shop, path, &other).await.location(), path);
    }
    let taken = shop.act(move |tx, _| Ok(receipts::get(tx, &taken.id)?)).await;
    assert_eq!(taken.state(shop.running.house.now()), "claimed");
    for path in ["/claim/x", "/claim/rcp_00000000000000000000000000-abc"] {
        let page = shop.get(path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
        page.assert_sound();
        assert!(page.body.contains("do not know this receipt"), "{}", page.body);
    }
    shop.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_claim_from_another_site_is_not_taken_and_numbers_cannot_be_tried_out() {
    let shop = Shop::open().await;
    let (_, path) = receipt(&shop, "sale-1", 1_250).await;
    let headers = [("sec-fetch-site", "cross-site")];
    let body = form(&[("code", "ABCD")]);
    let sent = shop.ask(Method::POST, &path, &headers, Some(body)).await;
    assert_eq!(sent.status, StatusCode::FORBIDDEN);
    for tries in 0.. {
        let page = claim(&shop, &path, "ABCDEFGHJKMNPQRS").await;
        if page.status == StatusCode::TOO_MANY_REQUESTS {
            assert!(tries >= 30, "only {tries}");
            break;
        }
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(tries < 100, "nobody stops it");
    }
    shop.running.stop().await;
}
