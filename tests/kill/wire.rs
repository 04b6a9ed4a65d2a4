//! A connection to the server on which nothing is hidden: what of an answer came, and how it ended.

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// How a request ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// Nobody listened.
    Refused,
    /// The whole answer came: its status.
    Answered(u16),
    /// The connection ended before the first byte of an answer.
    Unanswered,
    /// The connection ended within the answer: what came of it.
    Cut(String),
}

/// A client with at most one connection.
pub(crate) struct Wire {
    address: String,
    key: String,
    stream: Option<TcpStream>,
    keeps_alive: bool,
}

impl Wire {
    /// A client that keeps its connection from one request to the next, or does not.
    pub(crate) fn new(address: &str, key: &str, keeps_alive: bool) -> Self {
        Self {
            address: address.to_owned(),
            key: key.to_owned(),
            stream: None,
            keeps_alive,
        }
    }

    /// Posts JSON.
    pub(crate) async fn post(&mut self, path: &str, body: &Value) -> Ended {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => match TcpStream::connect(&self.address).await {
                Ok(stream) => stream,
                Err(_) => return Ended::Refused,
            },
        };
        let body = body.to_string();
        let connection = if self.keeps_alive { "keep-alive" } else { "close" };
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\nConnection: {connection}\r\n\r\n{body}",
            self.key,
            body.len()
        );
        if stream.write_all(request.as_bytes()).await.is_err() {
            return Ended::Unanswered;
        }
        let mut answer = Vec::new();
        let mut part = [0; 4_096];
        loop {
            match stream.read(&mut part).await {
                Ok(count) if count > 0 => answer.extend_from_slice(&part[..count]),
                _ if answer.is_empty() => return Ended::Unanswered,
                _ => return Ended::Cut(String::from_utf8_lossy(&answer).into_owned()),
            }
            if let Some((status, closes)) = read_whole(&answer) {
                if self.keeps_alive && !closes {
                    self.stream = Some(stream);
                }
                return Ended::Answered(status);
            }
        }
    }
}

/// The status of an answer that is there as a whole, and whether its connection ends with it.
fn read_whole(answer: &[u8]) -> Option<(u16, bool)> {
    let text = std::str::from_utf8(answer).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    let head = head.to_ascii_lowercase();
    let length = head.split("content-length: ").nth(1).expect("a length");
    let length: usize = length.lines().next()?.parse().expect("a number");
    let status = head.split_whitespace().nth(1)?.parse().expect("a status");
    (body.len() >= length).then(|| (status, head.contains("connection: close")))
}
