//! The simulator's page: live, without a script, and shut to other sites.

use futures_util::StreamExt as _;
use serde_json::Value;

use crate::cafe::Cafe;

/// The events of a stream that end the wait.
async fn wait_for(response: &mut reqwest::Response, seen: &mut String, words: &str) {
    let reading = async {
        while !seen.contains(words) {
            let chunk = response
                .chunk()
                .await
                .expect("a piece")
                .expect("the stream goes on");
            seen.push_str(std::str::from_utf8(&chunk).expect("text"));
        }
    };
    let waited = tokio::time::timeout(crate::process::SOON, reading).await;
    assert!(waited.is_ok(), "never saw {words} in {seen}");
}

#[tokio::test]
async fn a_notice_is_on_the_page_without_being_asked_for() {
    let cafe = Cafe::open(None).await;
    let state = cafe.state("phones").await;
    let phones = state["phones"].as_array().expect("phones");
    let names: Vec<&Value> = phones.iter().map(|phone| &phone["name"]).collect();
    assert_eq!(names, ["Lina", "Omar", "نور"]);

    let mut events = cafe
        .http
        .get(cafe.url("/simulator/events"))
        .send()
        .await
        .expect("a stream");
    assert_eq!(events.headers()["content-type"], "text/event-stream");
    let mut seen = String::new();
    for phone in phones {
        let id = phone["id"].as_str().expect("an id");
        wait_for(&mut events, &mut seen, &format!("\"id\":\"{id}\"")).await;
    }
    let code = phones[0]["card"].as_str().expect("a card");
    let (status, said) = cafe
        .act("check_out", &[("card", code), ("amount", "42.00")])
        .await;
    assert_eq!(
        (status, said["said"].as_str()),
        (200, Some("42 points earned, 52 on the card."))
    );
    wait_for(&mut events, &mut seen, "You now have 52 points.").await;

    let arabic = phones[2]["card"].as_str().expect("a card");
    cafe.act("check_out", &[("card", arabic), ("amount", "42")]).await;
    wait_for(&mut events, &mut seen, "لديك الآن 52 نقطة.").await;
}

#[tokio::test]
async fn a_page_without_scripts_shows_the_notice_after_the_form() {
    let cafe = Cafe::open(None).await;
    let code = cafe.phone("phone-1").await["card"]
        .as_str()
        .expect("a card")
        .to_owned();
    let form = cafe.http.post(cafe.url("/simulator/check_out"));
    let answer = form
        .form(&[("card", code.as_str()), ("amount", "42,00")])
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.status(), 303);
    assert_eq!(answer.headers()["location"], "/simulator");
    cafe.phone_until("phone-1", "a notice", |phone| {
        phone["notices"][0]["text"].is_string()
    })
    .await;

    let page = cafe
        .http
        .get(cafe.url("/simulator"))
        .send()
        .await
        .expect("a page");
    let policy = page.headers()["content-security-policy"]
        .to_str()
        .expect("text")
        .to_owned();
    assert!(policy.contains("style-src 'self'; script-src 'self'"), "{policy}");
    let html = page.text().await.expect("a page");
    assert!(html.contains("You now have 52 points."), "{html}");
    assert!(html.contains("42 points earned, 52 on the card."));
    for banned in [
        " style=",
        "<style",
        " onclick",
        "<script>",
        "src=\"http",
        "url(http",
    ] {
        assert!(!html.contains(banned), "{banned} breaks the page's own policy");
    }
}

#[tokio::test]
async fn bad_input_is_answered_with_what_to_do() {
    let cafe = Cafe::open(None).await;
    let code = cafe.phone("phone-1").await["card"]
        .as_str()
        .expect("a card")
        .to_owned();
    for (act, fields, status) in [
        (
            "check_out",
            vec![("card", code.as_str()), ("amount", "much")],
            422,
        ),
        (
            "check_out",
            vec![("card", "0000000000000000"), ("amount", "1")],
            422,
        ),
        ("welcome", vec![("language", "?")], 422),
        ("throw_away", vec![("phone", "phone-99")], 404),
    ] {
        let (answered, body) = cafe.act(act, &fields).await;
        assert_eq!(answered, status, "{act} {fields:?}: {body}");
        assert!(
            body["said"].as_str().is_some_and(|said| said.len() > 10),
            "{body}"
        );
    }
    let foreign = cafe
        .http
        .post(cafe.url("/simulator/welcome"))
        .header("sec-fetch-site", "cross-site");
    let answer = foreign.form(&[("name", "Mia")]).send().await.expect("an answer");
    assert_eq!(answer.status(), 403);
    assert_eq!(
        cafe.state("phones").await["phones"].as_array().map(Vec::len),
        Some(3)
    );
}

#[tokio::test]
async fn the_page_takes_a_bounded_number_of_lookers_on() {
    let cafe = Cafe::open(None).await;
    let open = |_| async {
        cafe.http
            .get(cafe.url("/simulator/events"))
            .send()
            .await
            .expect("an answer")
    };
    let streams: Vec<_> = futures_util::stream::iter(0..64).then(open).collect().await;
    assert!(streams.iter().all(|stream| stream.status() == 200));
    assert_eq!(open(64).await.status(), 503);
}
