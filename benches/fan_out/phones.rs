//! iPhones that do what they do when they are told: ask what changed, and fetch it.

use std::collections::HashMap;
use std::io::{Cursor, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

use billfold::simulator::apns::ApnsSimulator;
use billfold::types::{MasterKey, Secret};
use serde_json::Value;
use tokio::task::JoinHandle;
use zip::ZipArchive;

/// What the campaign says.
pub(crate) const MESSAGE: &str = "A coffee on the house";
/// Phones that fetch at once.
const AT_ONCE: usize = 8;

/// A card on a phone.
#[derive(Debug, Clone)]
pub(crate) struct Holder {
    pub(crate) token: String,
    pub(crate) device: String,
    pub(crate) pass_type: String,
    pub(crate) serial: String,
}

/// All phones.
pub(crate) struct Phones {
    told: Sender<String>,
    fetched: Arc<AtomicU64>,
}

impl Phones {
    /// Phones that hold these cards and wait.
    pub(crate) fn new(address: &str, master_key: &str, holders: Vec<Holder>) -> Self {
        let key = Arc::new(MasterKey::new(&Secret::new(master_key)).expect("a long key"));
        let by_token = holders.into_iter().map(|holder| (holder.token.clone(), holder));
        let by_token: Arc<HashMap<String, Holder>> = Arc::new(by_token.collect());
        let (told, waiting) = channel();
        let waiting = Arc::new(Mutex::new(waiting));
        let fetched = Arc::new(AtomicU64::new(0));
        for _ in 0..AT_ONCE {
            let (waiting, by_token) = (Arc::clone(&waiting), Arc::clone(&by_token));
            let (key, fetched, address) = (Arc::clone(&key), Arc::clone(&fetched), address.to_owned());
            std::thread::spawn(move || {
                let mut line = None;
                while let Some(token) = next(&waiting) {
                    let line = line.get_or_insert_with(|| Line::open(&address));
                    let holder = by_token.get(&token).expect("one of ours");
                    fetch(line, &key, holder);
                    fetched.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        Self { told, fetched }
    }

    /// Hears from now on what Apple brings.
    pub(crate) fn listen(&self, apns: &ApnsSimulator) -> JoinHandle<()> {
        let (mut pushes, told) = (apns.subscribe(), self.told.clone());
        tokio::spawn(async move {
            loop {
                let push = pushes.recv().await.expect("no push is lost");
                told.send(push.token).expect("phones listen");
            }
        })
    }

    /// How often a phone fetched a card that shows the message.
    pub(crate) fn fetched(&self) -> u64 {
        self.fetched.load(Ordering::Relaxed)
    }
}

fn next(waiting: &Mutex<Receiver<String>>) -> Option<String> {
    let waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
    waiting.recv().ok()
}

/// Asks what changed, and fetches it.
fn fetch(line: &mut Line, key: &MasterKey, holder: &Holder) {
    let Holder {
        device,
        pass_type,
        serial,
        ..
    } = holder;
    let (status, list) = line.get(
        &format!("/apple/v1/devices/{device}/registrations/{pass_type}"),
        None,
    );
    assert_eq!(status, 200, "{}", String::from_utf8_lossy(&list));
    let list: Value = serde_json::from_slice(&list).expect("JSON");
    assert_eq!(list["serialNumbers"][0], serial.as_str());
    let token = key.derive_token("apple-pass", &[pass_type, serial, "0"]);
    let (status, package) = line.get(&format!("/apple/v1/passes/{pass_type}/{serial}"), Some(&token));
    assert_eq!(status, 200, "{}", String::from_utf8_lossy(&package));
    let mut archive = ZipArchive::new(Cursor::new(package)).expect("a package");
    let mut pass = String::new();
    let mut file = archive.by_name("pass.json").expect("a pass");
    file.read_to_string(&mut pass).expect("text");
    assert!(pass.contains(MESSAGE), "{serial} does not show the message");
}

/// A connection that stays open.
pub(crate) struct Line(TcpStream);

impl Line {
    pub(crate) fn open(address: &str) -> Self {
        let stream = TcpStream::connect(address).expect("a connection");
        stream.set_nodelay(true).expect("no delay");
        Self(stream)
    }

    fn get(&mut self, path: &str, token: Option<&str>) -> (u16, Vec<u8>) {
        let token = token.map_or_else(String::new, |token| {
            format!("Authorization: ApplePass {token}\r\n")
        });
        self.ask(&format!("GET {path} HTTP/1.1\r\nHost: cafe\r\n{token}\r\n"))
    }

    pub(crate) fn post(&mut self, path: &str, key: &str, body: &str) -> (u16, Vec<u8>) {
        self.ask(&format!(
            "POST {path} HTTP/1.1\r\nHost: cafe\r\nAuthorization: Bearer {key}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ))
    }

    /// Sends a request and reads its answer whole: status and body.
    fn ask(&mut self, request: &str) -> (u16, Vec<u8>) {
        self.0.write_all(request.as_bytes()).expect("it is sent");
        let mut answer = Vec::with_capacity(65_536);
        let mut part = [0_u8; 8_192];
        loop {
            let count = self.0.read(&mut part).expect("an answer");
            assert!(count > 0, "the answer is cut");
            answer.extend_from_slice(part.get(..count).unwrap_or_default());
            if let Some((status, body)) = whole(&answer) {
                return (status, body);
            }
        }
    }
}

/// Status and body, once all of the answer is there.
fn whole(answer: &[u8]) -> Option<(u16, Vec<u8>)> {
    let head_len = answer.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(answer.get(..head_len)?).expect("a head is text");
    let status: u16 = head.get(9..12)?.parse().ok()?;
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let is_length = name.eq_ignore_ascii_case("content-length");
        is_length.then(|| value.trim().parse::<usize>().expect("a length"))
    });
    let body = answer.get(head_len..head_len + length.unwrap_or(0))?;
    Some((status, body.to_vec()))
}
