//! The service as a process of its own over a crowd's database, so that its processor time is its own, and the
//! requests of phones on connections that stay open.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use billfold::types::{MasterKey, Secret};

use super::crowd::{self, PASS_TYPE};

const MASTER_KEY: &str = "a master key for benches, of 32 bytes at least";
/// Longest wait for the service to start.
const START_MAX: Duration = Duration::from_secs(20);
/// Largest answer that a phone reads here, in bytes.
const ANSWER_MAX: usize = 64 * 1024;

/// What a phone asks over HTTP.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Request {
    /// Whether the service lives: nothing but HTTP.
    Health,
    /// Which of its passes changed.
    List,
    /// Its pass, which has not changed.
    FetchUnchanged,
    /// To be registered under a new device id.
    Register,
}

/// A running service; killed when dropped.
pub(crate) struct Service {
    child: Child,
    address: SocketAddr,
    key: MasterKey,
}

impl Service {
    /// Starts the service over a database and waits until it takes requests.
    pub(crate) fn start(database_url: &str, folder: &std::path::Path) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = free.local_addr().expect("its address");
        drop(free);
        let child = Command::new(env!("CARGO_BIN_EXE_billfold"))
            .args(["serve", "--listen", &address.to_string()])
            .env("BILLFOLD_DATABASE_URL", database_url)
            .env("BILLFOLD_MASTER_KEY", MASTER_KEY)
            .env("BILLFOLD_LOG__LEVEL", "error")
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .expect("the service starts");
        let service = Self {
            child,
            address,
            key: MasterKey::new(&Secret::new(MASTER_KEY)).expect("a long key"),
        };
        let start = Instant::now();
        while TcpStream::connect(address).is_err() {
            assert!(start.elapsed() < START_MAX, "the service does not start");
            std::thread::park_timeout(Duration::from_millis(10));
        }
        service
    }

    /// Its process.
    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    /// A phone's connection.
    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).expect("a connection");
        stream.set_nodelay(true).expect("no delay");
        stream
    }

    /// What phone `number` sends.
    pub(crate) fn request(&self, asked: Request, number: u64) -> String {
        let (phone, serial) = (crowd::device_id(number), crowd::serial(number));
        let phone = phone.as_str();
        let token = self.key.derive_token("apple-pass", &[PASS_TYPE, &serial, "0"]);
        match asked {
            Request::Health => "GET /healthz HTTP/1.1\r\nHost: cafe\r\n\r\n".to_owned(),
            Request::List => {
                format!(
                    "GET /apple/v1/devices/{phone}/registrations/{PASS_TYPE} HTTP/1.1\r\nHost: cafe\r\n\r\n"
                )
            }
            Request::FetchUnchanged => format!(
                "GET /apple/v1/passes/{PASS_TYPE}/{serial} HTTP/1.1\r\nHost: cafe\r\n\
                 Authorization: ApplePass {token}\r\nIf-Modified-Since: Thu, 01 Jan 1970 00:00:00 GMT\r\n\r\n"
            ),
            Request::Register => {
                let device = format!("{:032x}", rand::random::<u128>());
                let body = format!("{{\"pushToken\":\"{device}{device}\"}}");
                format!(
                    "POST /apple/v1/devices/{device}/registrations/{PASS_TYPE}/{serial} HTTP/1.1\r\nHost: cafe\r\n\
                     Authorization: ApplePass {token}\r\nContent-Type: application/json\r\n\
                     Content-Length: {}\r\n\r\n{body}",
                    body.len()
                )
            }
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It may have ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Sends a request and reads its answer whole; gives the status.
pub(crate) fn ask(stream: &mut TcpStream, request: &str) -> u16 {
    stream.write_all(request.as_bytes()).expect("it is sent");
    let mut answer = Vec::with_capacity(1_024);
    let mut part = [0_u8; 4_096];
    loop {
        let count = stream.read(&mut part).expect("an answer");
        assert!(
            count > 0 && answer.len() < ANSWER_MAX,
            "the answer is cut or endless"
        );
        answer.extend_from_slice(part.get(..count).unwrap_or_default());
        if let Some(status) = whole(&answer) {
            return status;
        }
    }
}

/// The status, once all of the answer is there.
fn whole(answer: &[u8]) -> Option<u16> {
    let head_len = answer.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(answer.get(..head_len)?).expect("a head is text");
    let status: u16 = head.get(9..12)?.parse().ok()?;
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let is_length = name.eq_ignore_ascii_case("content-length");
        is_length.then(|| value.trim().parse::<usize>().expect("a length"))
    });
    let body_len = if status == 304 { 0 } else { length.unwrap_or(0) };
    (answer.len() >= head_len + body_len).then_some(status)
}
