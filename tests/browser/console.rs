//! An owner's way from an empty installation to the first card, and the card drawn while they type.

use std::process::Command;

use serde_json::json;

use crate::browser::{Browser, Screen};
use crate::hands::Device;
use crate::pages::PHONE;
use crate::process::Demo;

/// Most screens from the printed link to the first card.
const SCREENS_MAX: usize = 10;

/// An installation as it is on its first day.
async fn serve() -> Demo {
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_billfold"));
    command
        .args(["serve", "--json", "--listen", "127.0.0.1:0"])
        .current_dir(folder.path());
    // What a run of the tests is told is none of its settings.
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("BILLFOLD_") {
            command.env_remove(name);
        }
    }
    Demo::start(command, folder).await
}

/// Fills in fields and presses the page's last button; gives one screen more.
async fn fill(browser: &Browser, fields: &[(&str, &str)], screens: usize) -> usize {
    for (selector, text) in fields {
        browser
            .ask(&format!("document.querySelector({selector:?}).value = ''"))
            .await;
        browser.write(selector, text).await;
    }
    browser.press("main form button:not([formaction])").await;
    screens + 1
}

async fn walk(language: &str, direction: &str, digits: &str) {
    let house = serve().await;
    let browser = Browser::open().await;
    browser.hold(Device::Desktop, language).await;
    let setup = house.ready["setup"].as_str().expect("a link for the first owner");
    browser.visit(setup, PHONE).await;
    let mut screens = 1;
    let seen = browser
        .ask("[document.documentElement.lang, document.documentElement.dir]")
        .await;
    assert_eq!(seen, json!([language, direction]));
    let owner = [
        ("#name", "Olga"),
        ("#email", "olga@cafe.example"),
        ("#password", "a long word with spaces"),
    ];
    screens = fill(&browser, &owner, screens).await;
    let answers = [
        ("#basket", digits),
        ("#currency", "EUR"),
        ("#customers", "400"),
        ("#visits", "3"),
    ];
    screens = fill(&browser, &answers, screens).await;
    assert_eq!(
        browser
            .ask("document.querySelector('input[name=template]:checked').value")
            .await,
        "stamps"
    );
    let program = [("#reward", "Coffee"), ("#name", "Bean and Leaf")];
    screens = fill(&browser, &program, screens).await;
    browser.press("main p a.button").await;
    browser.press("main p a.button").await;
    screens += 2;
    assert_eq!(
        browser.ask("document.querySelectorAll('.once svg').length").await,
        1
    );
    // The first card, where the code leads.
    browser.press("main p a.button").await;
    screens += 1;
    browser.write("#first_name", "Olga").await;
    browser.press("main form button").await;
    screens += 1;
    assert_eq!(
        browser.ask("document.querySelectorAll('svg.card').length").await,
        1
    );
    assert_eq!(browser.ask("document.documentElement.dir").await, direction);
    println!("{language}: {screens} screens from the printed link to the first card");
    assert!(screens <= SCREENS_MAX, "{screens} screens");
    browser.close().await;
}

/// Shows SR-104 (in part: the wizard from answers to a card).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_owner_comes_from_nothing_to_the_first_card_in_english() {
    walk("en", "ltr", "4.50").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_owner_comes_from_nothing_to_the_first_card_in_arabic() {
    walk("ar", "rtl", "٤٫٥٠").await;
}

/// Shows SR-015 (in part: the preview follows what is typed).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_card_is_drawn_anew_while_one_types() {
    let cafe = crate::cafe::Cafe::open().await;
    let browser = Browser::open().await;
    let owner = cafe.sign_in("owner").await;
    browser
        .keep_cookie(&cafe.url("/"), "billfold-session", &owner)
        .await;
    let screen = Screen {
        width: 1_280,
        height: 900,
    };
    browser.visit(&cafe.url("/console/card?lang=en"), screen).await;
    let has = |text: &str| format!("document.getElementById('stage').textContent.includes({text:?})");
    assert_eq!(browser.ask(&has("Beans tonight")).await, false);
    let field = "input[name='logo_text.en']";
    browser
        .ask(&format!("document.querySelector({field:?}).value = ''"))
        .await;
    browser.write(field, "Beans tonight").await;
    browser.wait_until(&has("Beans tonight")).await;
    // What was typed stays, and nothing was published.
    assert_eq!(
        browser
            .ask(&format!("document.querySelector({field:?}).value"))
            .await,
        "Beans tonight"
    );
    let other = Browser::open().await;
    other
        .keep_cookie(&cafe.url("/"), "billfold-session", &owner)
        .await;
    other.visit(&cafe.url("/console/card?lang=en"), screen).await;
    assert_eq!(other.ask(&has("Beans tonight")).await, false);
    other.close().await;
    browser.close().await;
    cafe.close().await;
}
