//! Enrolment by the form.

use std::time::Duration;

use billfold::store::{entries, members};
use billfold::types::Language;
use reqwest::{Method, StatusCode};

use crate::shop::{Shop, find_member, form};

/// Shows SR-121 (two fields).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_form_says_the_benefit_and_has_two_fields() {
    let shop = Shop::open().await;
    let page = shop.get("/join/cafe").await;
    assert_eq!(page.status, StatusCode::OK);
    page.assert_sound();
    let html = &page.body;
    assert!(html.contains("<html lang=\"en\" dir=\"ltr\">"), "{html}");
    assert!(html.contains("10\u{a0}points to start with"), "{html}");
    assert!(html.contains("Every €1 you spend brings 1\u{a0}point."), "{html}");
    assert_eq!(html.matches("type=\"text\"").count(), 2);
    assert_eq!(html.matches("type=\"checkbox\"").count(), 1);
    assert_eq!(html.matches(" required").count(), 1);
    assert!(!html.contains("checked"));
    for field in ["first_name", "contact"] {
        assert!(html.contains(&format!("<label for=\"{field}\">")), "{field}");
    }
    assert_eq!(page.header("referrer-policy"), "same-origin");
    shop.running.stop().await;
}

/// Shows SR-051 (joining), SR-122.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_customer_joins_and_the_card_has_the_bonus() {
    let shop = Shop::open().await;
    let sent = shop
        .join(&[
            ("first_name", "Lina"),
            ("contact", " Lina@Example.com "),
            ("marketing", "yes"),
        ])
        .await;
    let path = sent.location().to_owned();
    assert!(path.starts_with("/card/crd_") && !path.contains('?'), "{path}");
    let card = shop.get(&path).await;
    assert_eq!(card.status, StatusCode::OK);
    assert!(card.body.contains(">10</strong>"), "{}", card.body);
    let (member, consent, entry) = shop
        .act(|tx, _| {
            let id = find_member(tx, "email", "lina@example.com")?;
            let consents = members::list_consents(tx, &id)?;
            let entries = entries::list_by_member(tx, &id, None, 10)?;
            Ok((members::get(tx, &id)?, consents, entries))
        })
        .await;
    assert_eq!(member.first_name, "Lina");
    assert_eq!(
        (consent[0].purpose.as_str(), consent[0].granted),
        ("marketing", true)
    );
    assert_eq!(consent[0].source, "join");
    // Which words were agreed to, and in which language they stood there.
    assert_eq!(consent[0].text_version, "consent-marketing-1");
    assert_eq!(consent[0].language, "en");
    assert_eq!((entry.len(), entry[0].actor.as_str()), (1, "customer"));
    shop.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_first_name_alone_is_enough() {
    let shop = Shop::open().await;
    let one = shop.join(&[("first_name", "Lina")]).await;
    let other = shop.join(&[("first_name", "Lina")]).await;
    assert_ne!(one.location(), other.location());
    shop.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_form_sent_twice_makes_one_card() {
    let shop = Shop::open().await;
    let fields = [("first_name", "Lina"), ("contact", ""), ("form", "a1b2c3")];
    let one = shop.join(&fields).await;
    let same = shop.join(&fields).await;
    assert_eq!(one.location(), same.location());
    let changed = shop
        .join(&[("first_name", "Nora"), ("contact", ""), ("form", "a1b2c3")])
        .await;
    assert_ne!(one.location(), changed.location());
    shop.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_fault_is_said_at_its_field_and_nothing_typed_is_lost() {
    let shop = Shop::open().await;
    for (name, contact, at, sentence) in [
        ("", "lina@example.com", "first_name", "Tell us your first name"),
        ("  ", "", "first_name", "Tell us your first name"),
        ("Lina", "lina@", "contact", "is not complete"),
        ("Lina", "030 123456", "contact", "country code"),
        ("Lina", "nobody", "contact", "Write an e-mail address like"),
    ] {
        let page = shop
            .join(&[("first_name", name), ("contact", contact), ("marketing", "yes")])
            .await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{name} {contact}");
        page.assert_sound();
        let html = &page.body;
        assert!(
            html.contains(&format!("id=\"{at}-fault\">{sentence}")) || html.contains(sentence),
            "{html}"
        );
        assert_eq!(html.matches("aria-invalid").count(), 1, "{html}");
        assert_eq!(html.matches("autofocus").count(), 1, "{html}");
        assert!(html.contains(&format!("aria-describedby=\"{at}-fault")), "{html}");
        assert!(html.contains(&format!("value=\"{contact}\"")), "{html}");
        assert!(html.contains("checked"), "{html}");
    }
    let long = "x".repeat(201);
    let page = shop.join(&[("first_name", &long)]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.body.contains("too long for a card"), "{}", page.body);
    shop.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_of_another_site_is_refused() {
    let shop = Shop::open().await;
    let own = format!("http://{}", shop.running.address);
    for (headers, status) in [
        ([("sec-fetch-site", "cross-site")], StatusCode::FORBIDDEN),
        ([("sec-fetch-site", "same-site")], StatusCode::FORBIDDEN),
        ([("origin", "https://evil.example")], StatusCode::FORBIDDEN),
        ([("origin", "null")], StatusCode::FORBIDDEN),
        ([("origin", own.as_str())], StatusCode::SEE_OTHER),
    ] {
        let body = Some(form(&[("first_name", "Lina")]));
        let page = shop.ask(Method::POST, "/join/cafe", &headers, body).await;
        assert_eq!(page.status, status, "{headers:?}");
        if status == StatusCode::FORBIDDEN {
            page.assert_sound();
            assert!(page.body.contains("came from another site"), "{}", page.body);
        }
    }
    shop.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_that_sends_too_many_forms_waits() {
    let shop = Shop::open().await;
    for _ in 0..30 {
        assert_eq!(shop.join(&[]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let headers = [
        ("sec-fetch-site", "same-origin"),
        ("x-forwarded-for", "203.0.113.7"),
        ("accept-language", "ar"),
    ];
    let body = || Some(form(&[("first_name", "Lina")]));
    let refused = shop.ask(Method::POST, "/join/cafe", &headers, body()).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    refused.assert_sound();
    assert_eq!(refused.header("retry-after"), "2");
    assert!(refused.body.contains("بعد ثانيتين"), "{}", refused.body);
    assert_eq!(shop.get("/join/cafe").await.status, StatusCode::OK);
    shop.clock.advance(Duration::from_secs(2));
    let taken = shop.ask(Method::POST, "/join/cafe", &headers, body()).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER);
    shop.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_is_in_the_readers_language() {
    let shop = Shop::open().await;
    for (languages, query, tag, direction, words) in [
        ("ar-EG,en;q=0.5", "", "ar", "rtl", "10\u{a0}نقاط"),
        ("fa", "", "fa", "rtl", "۱۰\u{a0}امتیاز"),
        ("zh-CN", "", "zh-Hans", "ltr", "10\u{a0}积分"),
        ("zh-TW,zh;q=0.9", "", "zh-Hant", "ltr", "10\u{a0}點"),
        ("de,fr;q=0.9", "", "en", "ltr", "10\u{a0}points"),
        ("ar", "?lang=en", "en", "ltr", "10\u{a0}points"),
        ("en", "?lang=ar", "ar", "rtl", "10\u{a0}نقاط"),
        ("en", "?lang=%3Cscript%3E", "en", "ltr", "10\u{a0}points"),
    ] {
        let page = shop.get_in(&format!("/join/cafe{query}"), languages).await;
        page.assert_sound();
        let html = format!("<html lang=\"{tag}\" dir=\"{direction}\">");
        assert!(page.body.contains(&html), "{languages} {query}");
        assert!(page.body.contains(words), "{languages} {query}: {}", page.body);
    }
    shop.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_language_that_was_chosen_goes_with_the_customer() {
    let shop = Shop::open().await;
    let headers = [("sec-fetch-site", "same-origin"), ("accept-language", "en")];
    let body = form(&[("first_name", "لينا"), ("contact", "lina@example.com")]);
    let sent = shop
        .ask(Method::POST, "/join/cafe?lang=ar", &headers, Some(body))
        .await;
    assert!(sent.location().ends_with("?lang=ar"), "{}", sent.location());
    let card = shop.get_in(sent.location(), "en").await;
    assert!(
        card.body.contains("<html lang=\"ar\" dir=\"rtl\">"),
        "{}",
        card.body
    );
    let language = shop
        .act(|tx, _| {
            let id = find_member(tx, "email", "lina@example.com")?;
            Ok(members::get(tx, &id)?.language)
        })
        .await;
    assert_eq!(Ok(language), "ar".parse::<Language>());
    shop.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_without_a_bonus_promises_none() {
    let shop = Shop::open().await;
    shop.add_program("plain", "Plain <b>& Co", 0).await;
    let page = shop.get("/join/plain").await;
    page.assert_sound();
    assert!(
        page.body
            .contains("Your Plain &#60;b&#62;&#38; Co card, on your phone"),
        "{}",
        page.body
    );
    assert!(!page.body.contains("to start with"));
    shop.running.stop().await;
}
