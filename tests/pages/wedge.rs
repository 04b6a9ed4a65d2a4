//! `wedge.js` in a browser: a scanner that types, and a person who does.

use serde_json::{Value, json};

use crate::browser::Browser;
use crate::stage::{SCREEN, Stage, until};

const CODE: &str = "7Q2M9XK4TD8WPZ3A";
const ENTER: char = '\u{e007}';
const TAB: char = '\u{e004}';
const ESCAPE: char = '\u{e00c}';
/// Where the focus may be: nowhere, in a field, in a text, on a button.
const PLACES: [&str; 4] = ["body", "#field", "#area", "#button"];

async fn browse() -> Browser {
    let stage = Stage::open();
    let browser = Browser::open_with(&[]).await;
    browser.visit(&stage.url, SCREEN).await;
    until(&browser, "globalThis.isReady === true").await;
    browser
}

async fn focus(browser: &Browser, place: &str) {
    let way = format!(
        "document.activeElement.blur(); document.getElementById('field').value = 'by hand '; \
         document.getElementById('area').value = ''; Object.assign(globalThis, {{ pressed: 0 }}); typed.length = 0; \
         gaps.length = 0; document.querySelector('{place}').focus(); \
         document.activeElement.setSelectionRange?.(99, 99)"
    );
    browser.ask(&way).await;
}

/// Types keys with so many milliseconds between them.
async fn type_keys(browser: &Browser, keys: &str, pause: u32) {
    let steps: Vec<Value> = keys
        .chars()
        .flat_map(|key| {
            [
                json!({ "type": "keyDown", "value": key }),
                json!({ "type": "keyUp", "value": key }),
                json!({ "type": "pause", "duration": pause }),
            ]
        })
        .collect();
    let keyboard = json!({ "type": "key", "id": "keyboard", "actions": steps });
    browser.post("/actions", &json!({ "actions": [keyboard] })).await;
}

/// Types as fast as a scanner; on a machine that is too busy for that, again.
async fn scan(browser: &Browser, place: &str, keys: &str) {
    for _ in 0..40 {
        // What came of a try that was too slow ends here.
        type_keys(browser, &ESCAPE.to_string(), 0).await;
        focus(browser, place).await;
        type_keys(browser, keys, 0).await;
        let widest = browser.ask("Math.max(...gaps.slice(1))").await;
        if widest.as_f64().is_some_and(|gap| gap < 35.0) {
            return;
        }
    }
    panic!("the machine is too busy to type like a scanner");
}

/// What a scanner types is taken from any focus, whatever it ends with, and leaves nothing in the field; no button is
/// pressed, no focus moved.
#[tokio::test]
async fn a_scanner_is_heard_from_any_focus() {
    let browser = browse().await;
    for place in PLACES {
        for end in [Some(ENTER), Some(TAB), None] {
            let keys: String = CODE.chars().chain(end).collect();
            scan(&browser, place, &keys).await;
            until(&browser, "typed.length > 0").await;
            let left = browser
                .ask("[typed, document.getElementById('field').value, document.getElementById('area').value, pressed]")
                .await;
            assert_eq!(left, json!([[CODE], "by hand ", "", 0]), "{place} {end:?}");
            let is_there = format!("document.activeElement === document.querySelector('{place}')");
            assert_eq!(browser.ask(&is_there).await, json!(true), "{place} {end:?}");
        }
    }
    browser.close().await;
}

/// What a person types stays where it is, and Enter does what it does.
#[tokio::test]
async fn what_a_person_types_is_theirs() {
    let browser = browse().await;
    focus(&browser, "#field").await;
    type_keys(&browser, CODE, 60).await;
    focus_kept(&browser, &format!("by hand {CODE}")).await;
    focus(&browser, "#button").await;
    type_keys(&browser, &ENTER.to_string(), 60).await;
    until(&browser, "pressed === 1").await;
    // Few keys, however fast: two fingers that roll.
    focus(&browser, "#field").await;
    type_keys(&browser, "abcd", 0).await;
    type_keys(&browser, "e", 150).await;
    focus_kept(&browser, "by hand abcde").await;
    browser.close().await;
}

async fn focus_kept(browser: &Browser, value: &str) {
    let left = browser
        .ask("[typed, document.getElementById('field').value]")
        .await;
    assert_eq!(left, json!([[], value]));
}
