//! A passkey in a real browser, with Chromium's own stand-in for an authenticator: added, and signed in with.

use billfold::server::demo::{DemoOptions, demo};
use serde_json::json;

use crate::browser::Browser;
use crate::pages::{DESKTOP, PHONE};

/// A name that browsers trust without a certificate, led to this machine by the browser itself.
const URL: &str = "http://shop.localhost";

/// Fills in a field.
async fn fill(browser: &Browser, selector: &str, text: &str) {
    browser
        .ask(&format!("document.querySelector({selector:?}).value = ''"))
        .await;
    browser.write(selector, text).await;
}

/// Whether the page is in sight of an address.
async fn is_at(browser: &Browser, path: &str) -> bool {
    browser.ask(&format!("location.pathname === {path:?}")).await == true
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_passkey_is_added_and_signs_in_without_a_password() {
    let options = DemoOptions {
        people: Vec::new(),
        public_url: Some(URL.to_owned()),
        ..DemoOptions::default()
    };
    let cafe = demo(options).await.expect("a demo");
    let rules = format!(
        "--host-resolver-rules=MAP shop.localhost {}",
        cafe.running.address
    );
    let browser = Browser::open_with(&[&rules]).await;
    let authenticator = json!({
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": true, "hasUserVerification": true,
        "isUserConsenting": true, "isUserVerified": true,
    });
    browser.post("/webauthn/authenticator", &authenticator).await;

    let mut people = cafe.staff.iter();
    let owner = people.find(|one| one.role.as_str() == "owner").expect("an owner");
    browser
        .visit(&format!("{URL}/sign-in?next=/console&lang=en"), DESKTOP)
        .await;
    fill(&browser, "#email", &owner.email).await;
    fill(&browser, "#password", owner.password.expose()).await;
    browser.press("main form button").await;
    assert!(is_at(&browser, "/console").await);

    browser.visit(&format!("{URL}/console/me?lang=en"), DESKTOP).await;
    browser.wait_for("#passkey-new:not([hidden])").await;
    // What is wrong is said, and the page is there to try again.
    fill(&browser, "#name", "This browser").await;
    fill(&browser, "#new-current", "a wrong one that is long").await;
    browser.press("#passkey-new button[type=submit]").await;
    browser.wait_for("#new-fault").await;
    assert_eq!(
        browser.ask("document.querySelector('#name').value").await,
        "This browser"
    );
    fill(&browser, "#new-current", owner.password.expose()).await;
    browser.press("#passkey-new button[type=submit]").await;
    let listed =
        "document.querySelector('[aria-labelledby=passkeys] .list').textContent.includes('This browser')";
    assert_eq!(browser.ask(listed).await, true);

    // Signed out, and in again without a name and a password.
    browser.press(".self form button").await;
    browser.visit(&format!("{URL}/console"), PHONE).await;
    assert!(is_at(&browser, "/sign-in").await);
    browser.wait_for("#passkey:not([hidden])").await;
    browser.press("#passkey button").await;
    assert!(is_at(&browser, "/console").await);
    browser.visit(&format!("{URL}/console/me?lang=ar"), PHONE).await;
    assert_eq!(
        browser
            .ask("document.querySelectorAll('[data-prove]:not([hidden])').length > 0")
            .await,
        true
    );

    // It confirms a change in the place of the password.
    fill(&browser, "#password", "another long word with spaces").await;
    browser.press("form[action*='me/password'] [data-prove]").await;
    assert_eq!(
        browser.ask("location.search.includes('done=password')").await,
        true
    );

    // Where the browser has none that fits, the page says so.
    browser.visit(&format!("{URL}/console/me?lang=en"), DESKTOP).await;
    browser
        .ask("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        .await;
    browser.press("form[action*='/remove'] [data-prove]").await;
    assert_eq!(
        browser
            .ask("location.search.includes('done=passkey-removed')")
            .await,
        true
    );
    browser.press(".self form button").await;
    browser.visit(&format!("{URL}/sign-in?lang=en"), DESKTOP).await;
    browser.wait_for("#passkey:not([hidden])").await;
    browser
        .ask("document.querySelector('#passkey button').click()")
        .await;
    browser
        .wait_until("!document.querySelector('#passkey [data-fault]').hidden || document.querySelector('#fault') !== null")
        .await;
    assert!(!is_at(&browser, "/console").await);
    browser.close().await;
    cafe.stop().await;
}
