//! What a person does with the browser beside reading: a theme, a language, a press, a word typed.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::browser::Browser;
use crate::process::SOON;

/// The key under which `WebDriver` gives an element (W3C `WebDriver`, "Elements").
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Light or dark, as the system wishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Theme {
    Light,
    Dark,
}

impl Theme {
    pub(crate) const BOTH: [Self; 2] = [Self::Light, Self::Dark];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// What a page is read on, as far as a server is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Device {
    Iphone,
    Android,
    Desktop,
}

impl Device {
    const fn agent(self) -> &'static str {
        match self {
            Self::Iphone => {
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                 Version/26.0 Mobile/15E148 Safari/604.1"
            }
            Self::Android => {
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile \
                 Safari/537.36"
            }
            Self::Desktop => {
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 \
                 Safari/537.36"
            }
        }
    }
}

impl Browser {
    /// Asks for pages as a device does whose user reads a language.
    pub(crate) async fn hold(&self, device: Device, language: &str) {
        let parameters = json!({ "userAgent": device.agent(), "acceptLanguage": language });
        self.run("Emulation.setUserAgentOverride", parameters).await;
    }

    pub(crate) async fn reload(&self) {
        self.post("/refresh", &json!({})).await;
    }

    /// Types into the first element that a selector names.
    pub(crate) async fn write(&self, selector: &str, text: &str) {
        let element = self.find(selector).await;
        self.post(&format!("/element/{element}/value"), &json!({ "text": text }))
            .await;
    }

    /// Has the pages in a theme; without motion, so that nothing is measured halfway.
    pub(crate) async fn wear(&self, theme: Theme) {
        let features = json!([
            { "name": "prefers-color-scheme", "value": theme.name() },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ]);
        self.run("Emulation.setEmulatedMedia", json!({ "features": features }))
            .await;
    }

    /// Runs a script on every page from now on, before any of the page's own.
    pub(crate) async fn prepare(&self, script: &str) {
        self.run(
            "Page.addScriptToEvaluateOnNewDocument",
            json!({ "source": script }),
        )
        .await;
    }

    /// Keeps a cookie for an address.
    pub(crate) async fn keep_cookie(&self, url: &str, name: &str, value: &str) {
        let cookie = json!({ "url": url, "name": name, "value": value });
        self.run("Network.setCookie", cookie).await;
    }

    /// Reaches no address that one of the patterns meets, from now on.
    pub(crate) async fn cut_off(&self, patterns: &[&str]) {
        self.run("Network.enable", json!({})).await;
        self.run("Network.setBlockedURLs", json!({ "urls": patterns }))
            .await;
    }

    /// Presses the first element that a selector names, and waits until the page that follows is there.
    pub(crate) async fn press(&self, selector: &str) {
        let element = self.find(selector).await;
        self.ask("window.isLeft = true").await;
        self.post(&format!("/element/{element}/click"), &json!({})).await;
        let limit = Instant::now() + SOON;
        let expression = "!window.isLeft && document.readyState === 'complete'";
        let look = json!({ "cmd": "Runtime.evaluate", "params": { "expression": expression, "returnByValue": true } });
        // Between two pages there is none to ask.
        while self.send("/goog/cdp/execute", &look).await["result"]["value"] != true {
            assert!(Instant::now() < limit, "no page follows {selector}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Waits until an expression holds, on this page or on one that follows.
    pub(crate) async fn wait_until(&self, expression: &str) {
        let limit = Instant::now() + SOON;
        let parameters = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let look = json!({ "cmd": "Runtime.evaluate", "params": parameters });
        // Between two pages there is none to ask.
        while self.send("/goog/cdp/execute", &look).await["result"]["value"] != true {
            assert!(Instant::now() < limit, "never: {expression}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Presses keys one after the other as fast as a scanner does, wherever the focus is.
    pub(crate) async fn type_fast(&self, text: &str) {
        // One script types all of it at once: what passes between two commands of a driver, or between two turns of a busy
        // page, is longer than a scanner waits.
        let typing = format!(
            "(() => {{
              for (const key of [...{text:?}, 'Enter']) {{
                const code = key === 'Enter' ? 'Enter' : /[0-9]/.test(key) ? `Digit${{key}}` : `Key${{key.toUpperCase()}}`;
                const said = {{ key, code, bubbles: true, cancelable: true }};
                const isTaken = !document.activeElement.dispatchEvent(new KeyboardEvent('keydown', said));
                if (!isTaken && key !== 'Enter' && 'value' in document.activeElement) document.activeElement.value += key;
              }}
              return true;
            }})()"
        );
        assert_eq!(self.ask(&typing).await, true);
    }

    /// Waits until the page has an element that a selector names.
    pub(crate) async fn wait_for(&self, selector: &str) {
        let waiting = format!(
            "new Promise((done) => {{
              const look = () => document.querySelector({selector:?}) ? done(true) : requestAnimationFrame(look);
              look();
            }})"
        );
        assert_eq!(self.ask(&waiting).await, true);
    }

    async fn find(&self, selector: &str) -> String {
        let query = json!({ "using": "css selector", "value": selector });
        let found = self.post("/element", &query).await;
        found[ELEMENT].as_str().expect("an element").to_owned()
    }
}
