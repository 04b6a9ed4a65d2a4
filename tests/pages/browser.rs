//! A headless Chromium of one test's own, driven through chromedriver.

use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// A browser with one tab.
pub(crate) struct Browser {
    driver: Child,
    client: reqwest::Client,
    session: String,
}

/// Pixels of a screen, 96 to the inch.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Screen {
    pub(crate) width: u32,
    pub(crate) height: u32,
}

impl Browser {
    pub(crate) async fn open() -> Self {
        Self::open_with(&[]).await
    }

    /// A browser that is told more on its command line.
    pub(crate) async fn open_with(more: &[&str]) -> Self {
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .expect("chromedriver starts");
        let said = BufReader::new(driver.stdout.take().expect("piped"));
        let port = said
            .lines()
            .map_while(Result::ok)
            .find_map(|line| {
                let port = line
                    .split_once("started successfully on port ")?
                    .1
                    .trim_end_matches('.');
                port.parse::<u16>().ok()
            })
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
            .post("", &json!({ "capabilities": { "alwaysMatch": options } }))
            .await;
        let id = begun["sessionId"].as_str().expect("a session");
        browser.session = format!("{}/{id}", browser.session);
        browser
    }

    /// A command of the `WebDriver` protocol.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Value {
        let url = format!("{}{path}", self.session);
        let response = self.client.post(url).json(body).send().await.expect("an answer");
        let answer: Value = response.json().await.expect("JSON");
        assert!(answer["value"]["error"].is_null(), "{path} {body}: {answer}");
        answer["value"].clone()
    }

    /// A command of Chromium's own protocol.
    pub(crate) async fn run(&self, command: &str, parameters: Value) -> Value {
        let body = json!({ "cmd": command, "params": parameters });
        self.post("/goog/cdp/execute", &body).await
    }

    /// Opens an address on a screen, and waits until it is there.
    pub(crate) async fn visit(&self, url: &str, screen: Screen) {
        let metrics = json!({
            "width": screen.width, "height": screen.height, "deviceScaleFactor": 1, "mobile": false
        });
        self.run("Emulation.setDeviceMetricsOverride", metrics).await;
        self.post("/url", &json!({ "url": url })).await;
    }

    /// The value of an expression on the page.
    pub(crate) async fn ask(&self, expression: &str) -> Value {
        let parameters = json!({ "expression": expression, "returnByValue": true });
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

    /// The page as it is printed, on paper of the size that it names.
    pub(crate) async fn print(&self) -> Vec<u8> {
        let parameters = json!({ "preferCSSPageSize": true, "printBackground": false });
        decode(&self.run("Page.printToPDF", parameters).await)
    }

    /// Closes the browser.
    pub(crate) async fn close(self) {
        let closed = self.client.delete(&self.session).send().await;
        closed.expect("an answer");
    }
}

fn decode(answer: &Value) -> Vec<u8> {
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
