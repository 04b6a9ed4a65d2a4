//! The till in a browser with a camera: a card is held before it, and its page opens.

use std::time::{Duration, Instant};

use billfold::scanner::Symbology;
use billfold::types::Role;
use serde_json::{Value, json};

use crate::browser::{Browser, Screen};
use crate::film::film;
use crate::shop::Shop;
use crate::till::{PIN, hire, member, new_till};

const SCREEN: Screen = Screen {
    width: 390,
    height: 844,
};
/// How long the card may take to come up, on a machine that does other things.
const PATIENCE: Duration = Duration::from_mins(1);

/// The value of a promise.
async fn settle(browser: &Browser, expression: &str) -> Value {
    let asked = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
    browser.run("Runtime.evaluate", asked).await["result"]["value"].clone()
}

/// Where the browser is; asked of the browser, since a page that is just left cannot answer.
async fn address(browser: &Browser) -> String {
    let history = browser.run("Page.getNavigationHistory", json!({})).await;
    let current = history["currentIndex"]
        .as_u64()
        .and_then(|at| usize::try_from(at).ok());
    let entry = &history["entries"][current.expect("an entry")];
    entry["url"].as_str().expect("an address").to_owned()
}

/// A browser without a detector of its own sends frames; the card that they show opens by itself. Shows SR-001 (part).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_tills_camera_opens_the_card_that_it_sees() {
    let shop = Shop::open().await;
    let sam = hire(&shop, "sam", Role::Cashier).await;
    let code = member(&shop, "Lena").await;
    let shown = film(&[(Symbology::Qr, &code)], 4);
    let file = format!("--use-file-for-fake-video-capture={}", shown.path().display());
    let browser = Browser::open_with(&[
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        &file,
    ])
    .await;

    let (_, link) = new_till(&shop).await;
    browser.visit(&shop.url(&link), SCREEN).await;
    let signing_in = format!(
        "fetch(location.pathname, {{ method: 'POST' }}).then(() => fetch('/till/sign-in', {{ method: 'POST', \
         body: new URLSearchParams({{ staff: '{}', pin: '{PIN}' }}) }})).then((answer) => answer.status)",
        sam.id
    );
    assert_eq!(settle(&browser, &signing_in).await, json!(200));

    browser.visit(&shop.url("/till"), SCREEN).await;
    let start = Instant::now();
    while !address(&browser).await.contains("/till/card") {
        assert!(start.elapsed() < PATIENCE, "still at {}", address(&browser).await);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let card = address(&browser).await;
    assert!(card.contains(&code), "{card}");
    // Asked for anew, so that it is there when it is looked at.
    browser.visit(&card, SCREEN).await;
    let heading = browser.ask("document.querySelector('h1').textContent").await;
    assert_eq!(heading, json!("Lena"));
    browser.close().await;
}
