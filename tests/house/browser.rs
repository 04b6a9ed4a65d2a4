//! A headless Chromium of one test's own, driven through chromedriver.

use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;

/// What to do about a browser that does not start.
const MISSING: &str = "Chromium and its driver are needed to try the pages: install the packages chromium and \
                       chromium-driver (Ubuntu: chromium-chromedriver), or run tests/run, which does so";

/// Drivers that are started until one of them has a port.
const DRIVER_TRIES: usize = 5;

/// A browser with one tab.
pub(crate) struct Browser {
    driver: Child,
    client: reqwest::Client,
    session: String,
    // What a browser that is ended leaves behind is removed with it.
    _folder: TempDir,
}

/// Pixels of a screen, 96 to the inch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Screen {
    pub(crate) width: u32,
    pub(crate) height: u32,
}

/// Starts a driver; `None` if it ended without a port. It takes one that is free for IPv4, and gives up if another
/// program has the same one for IPv6.
fn start_driver(folder: &Path) -> Option<(Child, u16)> {
    let started = Command::new("chromedriver")
        .arg("--port=0")
        .env("TMPDIR", folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn();
    let mut driver = started.unwrap_or_else(|fault| panic!("chromedriver: {fault}. {MISSING}."));
    let said = BufReader::new(driver.stdout.take().expect("piped"));
    let port = said.lines().map_while(Result::ok).find_map(|line| {
        let (_, port) = line.split_once("started successfully on port ")?;
        port.trim_end_matches('.').parse::<u16>().ok()
    });
    if port.is_none() {
        driver.wait().expect("its end");
    }
    Some((driver, port?))
}

impl Browser {
    pub(crate) async fn open() -> Self {
        Self::open_with(&[]).await
    }

    /// A browser that is told more on its command line.
    pub(crate) async fn open_with(more: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (driver, port) = (0..DRIVER_TRIES)
            .find_map(|_| start_driver(folder.path()))
            .expect("chromedriver says its port");
        let client = reqwest::Client::builder()
            .no_proxy()
            .timeout(Duration::from_mins(1))
            .build()
            .expect("a client");
        let mut browser = Self {
            driver,
            client,
            session: format!("http://127.0.0.1:{port}/session"),
            _folder: folder,
        };
        let own = [
            "--headless",
            "--no-sandbox",
            "--hide-scrollbars",
            "--disable-dev-shm-usage",
        ];
        let arguments = [&own[..], more].concat();
        let options = json!({ "goog:chromeOptions": { "args": arguments } });
        let begun = browser
            .send("", &json!({ "capabilities": { "alwaysMatch": options } }))
            .await;
        let id = begun["sessionId"].as_str();
        let id = id.unwrap_or_else(|| panic!("{begun}. {MISSING}."));
        browser.session = format!("{}/{id}", browser.session);
        browser
    }

    /// A command that may fail; what was answered.
    pub(crate) async fn send(&self, path: &str, body: &Value) -> Value {
        let url = format!("{}{path}", self.session);
        let response = self.client.post(url).json(body).send().await.expect("an answer");
        let answer: Value = response.json().await.expect("JSON");
        answer["value"].clone()
    }

    /// A command of the `WebDriver` protocol, below the session's own address.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Value {
        let value = self.send(path, body).await;
        assert!(value["error"].is_null(), "{path} {body}: {value}");
        value
    }

    /// A command of Chromium's own protocol.
    pub(crate) async fn run(&self, command: &str, parameters: Value) -> Value {
        let body = json!({ "cmd": command, "params": parameters });
        self.post("/goog/cdp/execute", &body).await
    }

    /// Makes the screen another.
    pub(crate) async fn resize(&self, screen: Screen) {
        let metrics = json!({
            "width": screen.width, "height": screen.height, "deviceScaleFactor": 1, "mobile": false
        });
        self.run("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    /// Opens an address on a screen, and waits until it is there.
    pub(crate) async fn visit(&self, url: &str, screen: Screen) {
        self.resize(screen).await;
        self.post("/url", &json!({ "url": url })).await;
    }

    /// The value of an expression on the page; of a promise, what it promised.
    pub(crate) async fn ask(&self, expression: &str) -> Value {
        let parameters = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let answer = self.run("Runtime.evaluate", parameters).await;
        assert!(answer["exceptionDetails"].is_null(), "{answer}");
        answer["result"]["value"].clone()
    }

    /// What the screen shows, so many times as large, as a PNG.
    pub(crate) async fn picture(&self, screen: Screen, scale: f64) -> Vec<u8> {
        let clip = json!({ "x": 0, "y": 0, "width": screen.width, "height": screen.height, "scale": scale });
        let shot = self
            .run("Page.captureScreenshot", json!({ "format": "png", "clip": clip }))
            .await;
        decode(&shot)
    }

    /// Closes the browser.
    pub(crate) async fn close(self) {
        let closed = self.client.delete(&self.session).send().await;
        closed.expect("an answer");
    }
}

/// The bytes that a command of Chromium's answers with.
pub(crate) fn decode(answer: &Value) -> Vec<u8> {
    let data = answer["data"].as_str().expect("data");
    STANDARD.decode(data).expect("base 64")
}

impl Drop for Browser {
    fn drop(&mut self) {
        // A browser that is gone already needs no ending, and a test that failed says so itself.
        let group = format!("-{}", self.driver.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
        let _ = self.driver.wait();
    }
}
