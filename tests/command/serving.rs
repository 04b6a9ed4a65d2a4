//! `billfold serve`, `push` and `openapi`.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, ExitStatus, Stdio};

use billfold::store::{Store, StoreOptions};
use serde_json::Value;

use crate::keys::make_program;
use crate::shell::Shell;

/// A running `billfold serve`; killed if the test fails before it was told to stop.
struct Serving {
    child: Child,
    ready: Value,
}

impl Serving {
    /// Starts it on a free port and waits until it says that it listens.
    fn start(shell: &Shell) -> Self {
        let mut child = shell
            .command(["serve", "--listen", "127.0.0.1:0", "--json"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary runs");
        let mut line = String::new();
        let out = child.stdout.take().expect("its output");
        BufReader::new(out).read_line(&mut line).expect("a line");
        let ready = serde_json::from_str(&line).unwrap_or_else(|fault| panic!("{fault}: {line}"));
        Self { child, ready }
    }

    fn address(&self) -> &str {
        let url = self.ready["url"].as_str().expect("an address");
        url.strip_prefix("http://").expect("plain HTTP")
    }

    /// The status line and the rest of the answer to a GET.
    fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(self.address()).expect("it listens");
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"
        )
        .expect("a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    }

    /// Sends SIGTERM and waits for the end.
    fn stop(mut self) -> ExitStatus {
        let told = Command::new("kill").arg(self.child.id().to_string()).status();
        assert!(told.expect("kill runs").success());
        self.child.wait().expect("an end")
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // One that has ended cannot be killed, and need not be.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_service_answers_once_it_says_so_and_stops_when_told() {
    let shell = Shell::of_demo();
    let store = Store::open(&StoreOptions::new(shell.database_url())).expect("a store");
    shell.say("keys list").succeeds();
    let key = std::fs::read_to_string(shell.path("billfold.db.master-key")).expect("a key");
    assert!(key.trim().len() >= 32);
    let program = make_program(store, "corner-cafe").await;
    let ended = tokio::task::spawn_blocking(move || {
        let serving = Serving::start(&shell);
        assert_eq!(serving.ready["programs"][0]["id"], program.as_str());
        assert_eq!(serving.ready["programs"][0]["slug"], "corner-cafe");
        for (path, status) in [
            ("/healthz", "200"),
            ("/v1/openapi.json", "200"),
            ("/v1/programs", "401"),
        ] {
            let answer = serving.get(path);
            assert!(
                answer.starts_with(&format!("HTTP/1.1 {status}")),
                "{path}: {answer}"
            );
        }
        serving.stop()
    });
    assert_eq!(ended.await.expect("no panic").code(), Some(0));
}

#[test]
fn an_address_that_is_taken_is_said_to_be_so() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let shell = Shell::new();
    shell
        .run(["serve", "--listen", &address])
        .ends_with(2)
        .complains_of(&["cannot listen on", &address, "--listen"]);
}

#[test]
fn a_card_that_is_not_there_cannot_be_pushed() {
    let shell = Shell::new();
    for card in ["nonsense", "7KD29QXM4T0WZ3HB"] {
        shell
            .run(["push", "--card", card])
            .ends_with(1)
            .complains_of(&[card]);
    }
}

#[test]
fn the_api_is_described_without_any_set_up() {
    let document = Shell::new().say("openapi").succeeds().json();
    assert!(
        document["openapi"]
            .as_str()
            .expect("a version")
            .starts_with("3.1")
    );
    assert!(document["paths"]["/v1/orders"]["post"].is_object());
}
