//! A server of one page with the till's two scripts, under the till's own policies, which reads frames as the till does.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use billfold::scanner;
use serde_json::{Value, json};

use crate::browser::{Browser, Screen};

const SCANNER: &str = include_str!("../../templates/assets/scanner.js");
const WEDGE: &str = include_str!("../../templates/assets/wedge.js");
const PAGE: &str = r#"<!doctype html><title>till</title><video id="video" width="320"></video>
<button id="torch" hidden>light</button><select id="cameras" hidden></select>
<input id="field" value="by hand "><textarea id="area"></textarea><button id="button">press</button>
<script type="module" src="/page.js"></script>"#;
/// Notes what it is told, and every key that the scripts leave to the page.
const SCRIPT: &str = r"
import { startCamera } from '/assets/scanner.js';
import { listenForWedge } from '/assets/wedge.js';
const id = (name) => document.getElementById(name);
Object.assign(globalThis, { codes: [], states: [], typed: [], pressed: 0, submitted: 0, gaps: [] });
let last = 0;
addEventListener('keydown', (event) => { gaps.push(event.timeStamp - last); last = event.timeStamp; }, true);
id('button').addEventListener('click', () => { globalThis.pressed += 1; });
globalThis.stopWedge = listenForWedge((text) => typed.push(text));
globalThis.begin = () => {
  globalThis.camera = startCamera({
    video: id('video'), torch: id('torch'), cameras: id('cameras'),
    onCode: (text, symbology) => codes.push([text, symbology]),
    onState: (state, why) => states.push([state, why ?? null]),
  });
};
globalThis.isReady = true;
";
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; \
                      worker-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// How long a page may take for anything.
const PATIENCE: Duration = Duration::from_secs(40);
pub(crate) const SCREEN: Screen = Screen {
    width: 800,
    height: 600,
};

/// The server, for as long as the test's process lives.
#[derive(Debug, Clone)]
pub(crate) struct Stage {
    pub(crate) url: String,
    /// How many frames came.
    frames: Arc<AtomicUsize>,
}

impl Stage {
    pub(crate) fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let stage = Self {
            url: format!("http://{}/", listener.local_addr().expect("an address")),
            frames: Arc::default(),
        };
        let own = stage.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let own = own.clone();
                // A browser that goes away in the midst of an answer is no fault.
                std::thread::spawn(move || own.answer(stream).ok());
            }
        });
        stage
    }

    pub(crate) fn frames(&self) -> usize {
        self.frames.load(Ordering::Relaxed)
    }

    fn answer(&self, stream: TcpStream) -> std::io::Result<()> {
        let mut reader = BufReader::new(stream);
        let mut head = Vec::new();
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line)? == 0 || line.trim().is_empty() {
                break;
            }
            head.push(line.to_ascii_lowercase());
        }
        let length = head
            .iter()
            .find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
        let mut body = vec![0; length.unwrap_or(0)];
        reader.read_exact(&mut body)?;
        let path = head
            .first()
            .and_then(|line| line.split(' ').nth(1))
            .unwrap_or_default();
        let (kind, answer) = match path {
            "/" => ("text/html", PAGE.to_owned()),
            "/page.js" => ("text/javascript", SCRIPT.to_owned()),
            "/assets/scanner.js" => ("text/javascript", SCANNER.to_owned()),
            "/assets/wedge.js" => ("text/javascript", WEDGE.to_owned()),
            "/till/frames" => {
                self.frames.fetch_add(1, Ordering::Relaxed);
                let read = scanner::read(&body).expect("a browser's frame is one that is taken");
                let said =
                    read.map(|symbol| json!({ "text": symbol.text, "symbology": symbol.symbology.as_str() }));
                (
                    "application/json",
                    said.unwrap_or_else(|| json!({ "text": null })).to_string(),
                )
            }
            _ => ("text/plain", String::new()),
        };
        write!(
            reader.get_mut(),
            "HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\
             content-security-policy: {POLICY}\r\npermissions-policy: camera=(self)\r\n\r\n{answer}",
            answer.len()
        )
    }
}

/// Waits until an expression on the page is true.
pub(crate) async fn until(browser: &Browser, expression: &str) {
    let start = Instant::now();
    while browser.ask(expression).await != Value::Bool(true) {
        let states = browser.ask("JSON.stringify([states, codes, typed])").await;
        assert!(start.elapsed() < PATIENCE, "never: {expression}; {states}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
