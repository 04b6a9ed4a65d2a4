//! Addresses that lead nowhere, and what pages load.

use billfold::actions::enrol::Enrolment;
use billfold::actions::reissue_link::reissue_link;
use billfold::store::cards;
use reqwest::header::ACCEPT;
use reqwest::{Method, StatusCode};

use crate::shop::{Shop, find_member};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_that_leads_nowhere_says_what_to_do_next() {
    let shop = Shop::open().await;
    let card = shop.add_member(Enrolment::default()).await;
    for (path, words) in [
        ("/join/nobody".to_owned(), "no such card to join"),
        ("/join/%3Cscript%3E".to_owned(), "no such card to join"),
        ("/card/nonsense".to_owned(), "This link does not work any more"),
        (format!("{card}x"), "This link does not work any more"),
        (format!("{card}x/google"), "This link does not work any more"),
        (format!("{card}x/pass.pkpass"), "This link does not work any more"),
        ("/nowhere".to_owned(), "nothing at this address"),
    ] {
        let page = shop.get(&path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        page.assert_sound();
        assert!(page.body.contains(words), "{path}: {}", page.body);
        let arabic = shop.get_in(&path, "ar").await;
        assert!(arabic.body.contains("dir=\"rtl\""), "{path}");
    }
    shop.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn programs_are_answered_in_json_and_people_in_html() {
    let shop = Shop::open().await;
    for (path, accept, content_type) in [
        ("/join/nobody", "application/json", "application/problem+json"),
        ("/join/nobody", "*/*", "application/problem+json"),
        ("/join/nobody", "text/html", "text/html; charset=utf-8"),
        ("/v1/programs", "text/html", "application/problem+json"),
        ("/images/none.png", "text/html", "application/problem+json"),
    ] {
        let headers = [(ACCEPT.as_str(), accept)];
        let answer = shop.ask(Method::GET, path, &headers, None).await;
        assert_eq!(answer.header("content-type"), content_type, "{path} {accept}");
    }
    shop.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_that_was_taken_back_opens_nothing() {
    let shop = Shop::open().await;
    let old = shop
        .add_member(Enrolment {
            external_id: Some("C-1".to_owned()),
            ..Enrolment::default()
        })
        .await;
    shop.act(|tx, deed| {
        let member = find_member(tx, "external_id", "C-1")?;
        let card = cards::list_by_member(tx, &member)?.remove(0);
        reissue_link(tx, deed, &card.id)
    })
    .await;
    assert_eq!(shop.get(&old).await.status, StatusCode::NOT_FOUND);
    shop.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_page_loads_is_ours_and_may_be_kept_for_ever() {
    let shop = Shop::open().await;
    let page = shop.get("/join/cafe").await;
    let loaded: Vec<&str> = page
        .body
        .split("href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .filter(|address| address.starts_with('/'))
        .collect();
    assert!(loaded.len() >= 5, "{loaded:?}");
    for address in loaded {
        let file = shop.get(address).await;
        assert_eq!(file.status, StatusCode::OK, "{address}");
        assert_eq!(
            file.header("cache-control"),
            "public, max-age=31536000, immutable",
            "{address}"
        );
        assert!(file.body.len() < 64 * 1024, "{address}");
        if address.contains("program-") {
            assert!(file.body.contains("--accent:rgb("), "{}", file.body);
            let id = address.rsplit_once('-').expect("a version").0;
            let stale = shop.get(&format!("{id}-9999.css")).await;
            assert_eq!(stale.header("cache-control"), "no-store");
        }
    }
    for missing in [
        "/assets/none.css",
        "/assets/program-x-1.css",
        "/assets/..%2fCargo.toml",
    ] {
        assert_eq!(shop.get(missing).await.status, StatusCode::NOT_FOUND, "{missing}");
    }
    shop.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_that_is_no_form_is_refused_kindly() {
    let shop = Shop::open().await;
    let headers = [("sec-fetch-site", "same-origin")];
    for (body, status) in [
        ("first_name=a&first_name=b".to_owned(), StatusCode::BAD_REQUEST),
        ("x".repeat(300_000), StatusCode::PAYLOAD_TOO_LARGE),
        ("first_name=%FF%FE".to_owned(), StatusCode::SEE_OTHER),
        (String::new(), StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let page = shop.ask(Method::POST, "/join/cafe", &headers, Some(body)).await;
        assert_eq!(page.status, status);
        if status.is_client_error() {
            page.assert_sound();
        }
    }
    shop.running.stop().await;
}
