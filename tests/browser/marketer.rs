//! A marketer's way from a segment to what the campaign did.

use std::collections::BTreeSet;

use serde_json::json;

use crate::browser::{Browser, Screen};
use crate::cafe::Cafe;
use crate::hands::Device;

/// Most screens from the segment to the result.
const SCREENS_MAX: usize = 5;
const DESKTOP: Screen = Screen {
    width: 1_280,
    height: 900,
};

/// The screens that were seen, each by its address without ids.
#[derive(Default)]
struct Seen(BTreeSet<String>);

impl Seen {
    async fn look(&mut self, browser: &Browser) {
        let path = browser.ask("location.pathname").await;
        let path = path.as_str().expect("a path");
        let parts = path
            .split('/')
            .map(|part| if part.contains('_') { "{id}" } else { part });
        self.0.insert(parts.collect::<Vec<_>>().join("/"));
    }
}

async fn walk(language: &str, direction: &str) {
    let cafe = Cafe::open().await;
    let person = json!({ "first_name": "Lina", "consents": [{ "purpose": "marketing", "granted": true }] });
    let lina = cafe.enrol(&cafe.program(), &person).await;
    let browser = Browser::open().await;
    browser.hold(Device::Desktop, language).await;
    let marketer = cafe.sign_in("owner").await;
    browser
        .keep_cookie(&cafe.url("/"), "billfold-session", &marketer)
        .await;
    let mut seen = Seen::default();

    // The segment, counted before it is kept.
    browser.visit(&cafe.url("/console/segments"), DESKTOP).await;
    assert_eq!(browser.ask("document.documentElement.dir").await, direction);
    browser.write("#name", "Newcomers").await;
    browser.write("#orders_most", "1000").await;
    browser.press("button[value=count]").await;
    seen.look(&browser).await;
    let members = browser
        .ask("document.querySelectorAll('dl.figures dd').length")
        .await;
    assert_eq!(members, 7);
    browser
        .press("main section form button[type=submit]:not([name])")
        .await;
    seen.look(&browser).await;

    // The message, to them.
    browser.press("main ul.list .row a:last-child").await;
    seen.look(&browser).await;
    let chosen = browser
        .ask("document.getElementById('segment').selectedOptions[0].text")
        .await;
    assert_eq!(chosen, "Newcomers");
    browser.write("#name", "Spring").await;
    browser
        .write("#text_en", "Hi {first_name|friend}, {points} points wait.")
        .await;
    browser
        .write("#text_ar", "مرحبا {first_name|صديقنا}، لديك {points} نقطة.")
        .await;
    browser.press("main form button[type=submit]").await;
    seen.look(&browser).await;

    // How it reads for her, on her phone, and then for all of them.
    browser.write("#card", &lina.code).await;
    browser.press("button[formmethod=get]").await;
    seen.look(&browser).await;
    let read = browser
        .ask("document.querySelector('blockquote').textContent")
        .await;
    assert!(read.as_str().expect("a text").contains("Lina"), "{read}");
    browser
        .press("form[action*='/test'] button:not([formmethod])")
        .await;
    assert_eq!(
        browser
            .ask("document.querySelectorAll('.outcome.good').length")
            .await,
        1
    );
    browser.press("button[value=now]").await;
    seen.look(&browser).await;
    let is_over = "document.querySelector('#rollout[data-over], #rollout .chip.good') !== null";
    browser.wait_until(is_over).await;
    browser.reload().await;
    seen.look(&browser).await;
    let figures = browser
        .ask("document.querySelectorAll('#rollout dl.figures dd').length")
        .await;
    assert_eq!(figures, 5);
    println!(
        "{language}: {} screens from the segment to the result: {:?}",
        seen.0.len(),
        seen.0
    );
    assert!(seen.0.len() <= SCREENS_MAX, "{:?}", seen.0);
    browser.close().await;
    cafe.close().await;
}

/// Shows SR-060 (a campaign is sent in at most five screens), SR-112 (a segment, its estimate, a preview, a test, and
/// progress before a result).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_marketer_comes_from_a_segment_to_the_result_in_english() {
    walk("en", "ltr").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_marketer_comes_from_a_segment_to_the_result_in_arabic() {
    walk("ar", "rtl").await;
}
