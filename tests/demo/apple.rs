//! From an enrolment to the balance on an iPhone.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use billfold::apple::reader::PassFile;
use serde_json::Value;

use crate::cafe::Cafe;
use crate::house::on_both_databases;

/// Orders whose way to the phone is measured.
const ORDERS: i64 = 50;
/// What 95 of 100 keep to: a second, and ten times that in a debug build, which runs beside many other tests.
const SOON_ON_PHONE: Duration = Duration::from_secs(if cfg!(debug_assertions) { 10 } else { 1 });

on_both_databases! {
    /// The pass is sound to `openssl`, and each of fifty orders is on the phone soon; how soon is printed.
    /// Shows SR-002.
    async fn each_order_is_soon_on_the_phone(database: Database) {
        let cafe = Cafe::open(Some(database.url())).await;
        let card = cafe.enrol("Lina").await;
        let link = card["passes"]["apple"]["url"].as_str().expect("a link");
        let bytes = cafe.http.get(link).send().await.expect("an answer").bytes().await.expect("a pass");
        let root = cafe.state("").await["root_pem"].as_str().expect("a root").to_owned();
        assert_openssl_takes(&bytes, &root);

        let code = card["code"].as_str().expect("a code");
        let (status, added) = cafe.act("welcome", &[("name", "Lina"), ("card", code)]).await;
        assert_eq!(status, 200, "{added}");
        let id = added["phone"].as_str().expect("a phone").to_owned();

        let mut waits = Vec::new();
        for number in 1..=ORDERS {
            let card = cafe.order(&format!("till-{number}"), code, 100).await;
            let answered = Instant::now();
            let balance = card["balance"].clone();
            assert_eq!(balance, 10 + number);
            let phone = cafe
                .phone_until(&id, "the new balance", |phone| phone["passes"][0]["balance"] == balance)
                .await;
            waits.push(answered.elapsed());
            let said = &phone["notices"].as_array().expect("notices").last().expect("one")["text"];
            assert_eq!(*said, format!("You now have {balance} points."));
        }
        waits.sort();
        let (median, p95) = (waits[waits.len() / 2], waits[waits.len() * 95 / 100]);
        println!("order to phone: median {median:?}, p95 {p95:?}, most {:?}", waits[waits.len() - 1]);
        assert!(p95 < SOON_ON_PHONE, "p95 {p95:?}");

        let phone = cafe.phone(&id).await;
        assert_eq!(phone["violations"].as_array().map(Vec::len), Some(0), "{phone}");
        assert_eq!(phone["notices"].as_array().map(Vec::len), Some(50));
        let state = cafe.state("").await;
        let pushes = state["apple"]["pushes"].as_array().expect("pushes");
        let own: Vec<&Value> = pushes.iter().filter(|push| push["token"] == phone["push_token"]).collect();
        assert!(own.len() >= 50, "{} pushes for 50 orders", own.len());
        assert!(own.iter().all(|push| push["outcome"] == "accepted"), "{own:?}");

        let (status, _) = cafe.act("throw_away", &[("phone", &id)]).await;
        assert_eq!(status, 200);
        let path = format!("/v1/cards/{code}");
        let card = cafe.ask("cashier", reqwest::Method::GET, &path).send().await.expect("an answer");
        let card: Value = card.json().await.expect("JSON");
        assert_eq!(card["card"]["passes"]["apple"]["installed"], false, "{card}");
    }
}

/// Checks manifest and signature of a pass by the `openssl` command alone.
fn assert_openssl_takes(bytes: &[u8], root_pem: &str) {
    let file = PassFile::open(bytes).expect("a package");
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name.replace('/', "_"));
    for (name, bytes) in file.files() {
        std::fs::write(path(name), bytes).expect("a file");
    }
    std::fs::write(path("root.pem"), root_pem).expect("a file");
    let verified = openssl(
        folder.path(),
        "cms -verify -binary -inform DER -in signature -content manifest.json \
                                           -CAfile root.pem -purpose any -out verified.json",
    );
    assert!(verified.is_some(), "the signature does not hold");
    let manifest: Value =
        serde_json::from_slice(file.file("manifest.json").expect("a manifest")).expect("JSON");
    let listed = manifest.as_object().expect("names");
    assert_eq!(
        listed.len() + 2,
        file.files().len(),
        "every file but manifest and signature is listed"
    );
    for (name, sha1) in listed {
        let digest = openssl(
            folder.path(),
            &format!("dgst -sha1 -r {}", name.replace('/', "_")),
        );
        let digest = digest.expect("a digest");
        assert_eq!(digest.split_whitespace().next(), sha1.as_str(), "{name}");
    }
}

/// What the `openssl` command prints, if it says yes.
fn openssl(folder: &Path, arguments: &str) -> Option<String> {
    let ran = Command::new("openssl")
        .args(arguments.split_whitespace())
        .current_dir(folder)
        .output()
        .expect("the openssl command is there");
    ran.status
        .success()
        .then(|| String::from_utf8(ran.stdout).expect("text"))
}
