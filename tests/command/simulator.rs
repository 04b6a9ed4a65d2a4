//! `billfold simulator`: the stand-ins alone, and a service that uses them by the settings that they print.

use std::net::TcpListener;

use billfold::apple::reader::PassFile;
use billfold::simulator::authority::{KeyKind, new_key};
use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::running::Running;
use crate::shell::Shell;

const PASS_TYPE: &str = "pass.com.example.billfold";

/// The simulator on free ports, and a service with the settings that it printed, whose database has a key.
struct Street {
    shell: Shell,
    simulator: Running,
    serving: Running,
    key: String,
    http: Client,
}

impl Street {
    fn open() -> Self {
        let mut shell = Shell::of_demo();
        std::fs::create_dir(shell.path("tmp")).expect("a folder");
        let temporary = shell.path("tmp");
        shell.set("TMPDIR", &temporary.display().to_string());
        let line = "simulator . --apns-port 0 --google-port 0 --json";
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        let simulator = Running::start(&shell, &words);
        let made = shell.say("keys create --role owner --json").succeeds().json();
        let mut words = ["serve", "--listen", "127.0.0.1:0", "--json"]
            .map(str::to_owned)
            .to_vec();
        for (name, value) in simulator.ready["settings"].as_object().expect("settings") {
            words.extend([
                "--set".to_owned(),
                format!("{name}={}", value.as_str().expect("text")),
            ]);
        }
        Self {
            simulator,
            serving: Running::start(&shell, &words),
            shell,
            key: made["secret"].as_str().expect("a key").to_owned(),
            http: Client::builder().no_proxy().build().expect("a client"),
        }
    }

    fn url(&self, path: &str) -> String {
        format!(
            "{}{path}",
            self.serving.ready["url"].as_str().expect("an address")
        )
    }

    async fn post(&self, path: &str, body: &Value) -> Value {
        let request = self.http.post(self.url(path)).bearer_auth(&self.key).json(body);
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), 201, "{path}");
        answer.json().await.expect("JSON")
    }

    /// Registers a phone for a card's Apple pass, as an iPhone does that added it.
    async fn register(&self, card: &Value, push_token: &str) {
        let url = card["passes"]["apple"]["url"].as_str().expect("a link");
        let answer = self.http.get(url).send().await.expect("an answer");
        let bytes = answer.bytes().await.expect("a pass");
        let file = PassFile::open(&bytes).expect("a package");
        let text = |key: &str| file.pass_json()[key].as_str().expect("a text").to_owned();
        let path = format!(
            "/apple/v1/devices/phone-1/registrations/{PASS_TYPE}/{}",
            text("serialNumber")
        );
        let request = self
            .http
            .request(Method::POST, self.url(&path))
            .header(
                "Authorization",
                format!("ApplePass {}", text("authenticationToken")),
            )
            .json(&json!({ "pushToken": push_token }));
        assert_eq!(request.send().await.expect("an answer").status(), 201);
    }

    fn wait_for_google(&self, method: &str, path: &str) {
        self.simulator.wait_for(&format!("{method} {path}"), |line| {
            line["kind"] == "google"
                && line["method"] == method
                && line["path"] == path
                && line["status"] == 200
        });
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_at_a_service_with_the_printed_settings_is_pushed_and_patched() {
    let street = tokio::task::spawn_blocking(Street::open).await.expect("a street");
    let program = street
        .post(
            "/v1/programs",
            &json!({ "name": "Corner Café", "currency": "EUR" }),
        )
        .await;
    let path = format!("/v1/programs/{}/members", program["id"].as_str().expect("an id"));
    let card = street.post(&path, &json!({ "first_name": "Lina" })).await["card"].clone();
    let object = card["passes"]["google"]["object_id"].as_str().expect("an id");
    street.wait_for_google("POST", "/walletobjects/v1/loyaltyObject");
    street.register(&card, "a1b2c3").await;
    let order = json!({ "external_id": "1", "card": card["code"], "total": 1_250 });
    street.post("/v1/orders", &order).await;
    // The two go out side by side, so that either may come first.
    let (mut is_pushed, mut is_patched) = (false, false);
    street.simulator.wait_for("a push and a patch", |line| {
        is_pushed |= line["kind"] == "push"
            && line["outcome"] == "accepted"
            && line["token"] == "a1b2c3"
            && line["topic"] == PASS_TYPE;
        is_patched |= line["method"] == "PATCH"
            && line["path"] == format!("/walletobjects/v1/loyaltyObject/{object}")
            && line["status"] == 200;
        is_pushed && is_patched
    });
    let Street {
        shell,
        simulator,
        serving,
        ..
    } = street;
    let ended = tokio::task::spawn_blocking(move || (serving.stop("TERM"), simulator.stop("INT")));
    let (serving, simulator) = ended.await.expect("no panic");
    assert_eq!((serving.code(), simulator.code()), (Some(0), Some(0)));
    let left = std::fs::read_dir(shell.path("tmp")).expect("a folder").count();
    assert_eq!(left, 0, "the simulator removes its key file");
}

#[test]
fn people_are_told_what_to_type_next() {
    let mut shell = Shell::of_demo();
    let temporary = shell.path(".");
    shell.set("TMPDIR", &temporary.display().to_string());
    let words = ["simulator", ".", "--apns-port", "0", "--google-port", "0"];
    let mut child = shell
        .command(words)
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let mut said = String::new();
    let out = std::io::BufReader::new(child.stdout.take().expect("its output"));
    for line in std::io::BufRead::lines(out).map_while(Result::ok) {
        let is_last = line.contains("google.service_account=");
        said.push_str(&line);
        if is_last {
            break;
        }
    }
    child.kill().expect("it runs");
    child.wait().expect("an end");
    for part in [
        "Apple's push service  https://127.0.0.1:",
        "billfold serve --config /",
        "--set apple.apns_url=https://127.0.0.1:",
        "--set google.api_url=https://127.0.0.1:",
    ] {
        assert!(said.contains(part), "`{part}` is missing in {said}");
    }
}

#[test]
fn each_fault_of_a_kit_is_a_sentence_with_file_and_mend_and_ends_with_two() {
    let shell = Shell::new();
    shell.say("certs demo kit").succeeds();
    let key = new_key(KeyKind::P256).expect("a key");
    let stranger = key.private_key_to_pem_pkcs8().expect("PEM");
    for (file, content, says) in [
        ("root.pem", None, "kit/root.pem cannot be read"),
        (
            "root.pem",
            Some(b"nonsense".to_vec()),
            "kit/root.pem is not a certificate",
        ),
        ("apple/wwdr.pem", None, "kit/apple/wwdr.pem cannot be read"),
        ("server/server.pem", None, "kit/server/server.pem cannot be read"),
        (
            "server/server.key",
            Some(b"nonsense".to_vec()),
            "kit/server/server.key is not a private key",
        ),
        (
            "server/server.key",
            Some(stranger),
            "kit/server/server.key is not the key of server/server.pem",
        ),
        (
            "google/service-account.json",
            Some(b"{}".to_vec()),
            "kit/google/service-account.json is not the key file",
        ),
        (
            "google/callback-root.key",
            None,
            "kit/google/callback-root.key cannot be read",
        ),
    ] {
        let path = shell.path("kit").join(file);
        let sound = std::fs::read(&path).expect("a file");
        match content {
            Some(content) => std::fs::write(&path, content).expect("a file"),
            None => std::fs::remove_file(&path).expect("a file"),
        }
        shell
            .say("simulator kit --apns-port 0 --google-port 0")
            .ends_with(2)
            .complains_of(&[says, "billfold certs demo kit"]);
        std::fs::write(&path, sound).expect("a file");
    }
    shell
        .say("simulator")
        .ends_with(2)
        .complains_of(&["certs/demo/", "`billfold certs demo certs/demo`"]);
}

#[test]
fn a_port_that_is_taken_is_said_to_be_so() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port().to_string();
    let shell = Shell::of_demo();
    for (option, other) in [("--apns-port", "--google-port"), ("--google-port", "--apns-port")] {
        shell
            .run(["simulator", ".", option, &port, other, "0"])
            .ends_with(2)
            .complains_of(&["cannot listen on", &port, option]);
    }
}
