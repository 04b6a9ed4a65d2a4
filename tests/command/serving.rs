//! `billfold serve`, `push` and `openapi`.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

use billfold::store::{Store, StoreOptions};

use crate::keys::make_program;
use crate::running::Running;
use crate::shell::Shell;

/// The status line and the rest of the answer of a service to a GET.
fn get(serving: &Running, path: &str) -> String {
    let url = serving.ready["url"].as_str().expect("an address");
    let address = url.strip_prefix("http://").expect("plain HTTP");
    let mut stream = TcpStream::connect(address).expect("it listens");
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"
    )
    .expect("a request");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
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
        let arguments = ["serve", "--listen", "127.0.0.1:0", "--json"].map(str::to_owned);
        let serving = Running::start(&shell, &arguments);
        assert_eq!(serving.ready["programs"][0]["id"], program.as_str());
        assert_eq!(serving.ready["programs"][0]["slug"], "corner-cafe");
        for (path, status) in [
            ("/healthz", "200"),
            ("/v1/openapi.json", "200"),
            ("/v1/programs", "401"),
        ] {
            let answer = get(&serving, path);
            assert!(
                answer.starts_with(&format!("HTTP/1.1 {status}")),
                "{path}: {answer}"
            );
        }
        serving.stop("TERM")
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
