//! What an iPhone says on its lock screen when several things change at once.

use std::sync::Arc;

use billfold::apple::reader::PassFile;
use billfold::simulator::phones::{Network, Phone};
use billfold::types::SystemClock;
use reqwest::Method;
use serde_json::{Value, json};

use crate::caller::{Caller, SOON, until};
use crate::house::on_both_databases;
use crate::shop::{Opening, PASS_TYPE, Shop, instance, read};
use crate::stamps::{publish, read_design};

/// A shop whose cards tell of the balance, the tier and the rewards.
async fn prepare(shop: &Shop) {
    let mut design = read_design(shop).await;
    let field = |key: &str, value: &str, says: &str| json!({ "key": key, "label": key, "value": value, "change_message": says });
    design["fields"] = json!({
        "header": [field("balance", "{balance}", "You now have %@ points.")],
        "auxiliary": [field("tier", "{tier}", "You are %@ now.")],
        "back": [field("rewards", "{rewards}", "Yours now: %@")],
    });
    let (status, body) = publish(shop, &design).await;
    assert_eq!(status, 200, "{body}");
    for (path, term) in [
        ("/v1/tiers", json!({ "name": "Silver", "threshold": 12 })),
        ("/v1/tiers", json!({ "name": "Gold", "threshold": 50 })),
        (
            "/v1/rewards",
            json!({ "name": "A coffee", "gives": "product", "cost": 50, "automatic": true }),
        ),
    ] {
        let mut body = term;
        body["program"] = json!(shop.program);
        let (status, body) = shop.post(path, &body).await;
        assert_eq!(status, 201, "{body}");
    }
}

/// The keys of the fields of a pass that carry a message.
fn telling(pass: &Value) -> Vec<String> {
    let groups = ["headerFields", "auxiliaryFields", "backFields"];
    let fields = groups
        .iter()
        .filter_map(|group| pass["storeCard"][*group].as_array());
    let telling = fields
        .flatten()
        .filter(|field| field.get("changeMessage").is_some());
    telling
        .map(|field| field["key"].as_str().expect("a key").to_owned())
        .collect()
}

async fn fetched_version(shop: &Shop, member: &str) -> (i64, bool) {
    let (_, diagnosis) = shop.get(&format!("/v1/members/{member}/diagnosis")).await;
    let passes = diagnosis["passes"].as_array().expect("passes");
    let apple = passes
        .iter()
        .find(|pass| pass["wallet"] == "apple")
        .expect("Apple's");
    (
        apple["fetched_version"].as_i64().expect("a version"),
        apple["delivery"].is_null(),
    )
}

on_both_databases! {
    /// Balance, tier and rewards change with one order: the phone tells of the reward, and of the next balance again.
    async fn of_several_changes_a_phone_tells_the_most_important(database: Database) {
        let shop = Shop::open(database).await;
        prepare(&shop).await;
        let enrolled = shop.enrol("lina@example.com").await;
        let member = enrolled["member"]["id"].as_str().expect("an id");
        let code = enrolled["card"]["code"].as_str().expect("a code");
        let root = String::from_utf8(shop.authority.root().to_pem().expect("PEM")).expect("text");
        let network = Network::new(&root, Arc::new(SystemClock)).expect("a network");
        let phone = Phone::new("Lina's", "en".parse().expect("a tag"), &network);
        let other = Caller::add(&shop, &enrolled["card"]).await;
        let url = enrolled["card"]["passes"]["apple"]["url"].as_str().expect("a link");
        let serial = phone.add(url).await.expect("a pass");
        let file = PassFile::open(&other.fetch(None).await.2).expect("a package");
        // A tier is left out until there is one; nothing else keeps quiet on a new pass.
        assert_eq!(telling(file.pass_json()), ["balance", "rewards"]);

        let mut version = 1;
        for (id, cents, wanted, text) in [
            // A phone tells of no field that it did not have, so the first tier does not stand in the balance's way.
            ("A", 1_500, vec!["balance", "rewards"], "You now have 25 points."),
            ("B", 6_000, vec!["rewards"], "Yours now: A coffee"),
            ("C", 200, vec!["balance", "tier", "rewards"], "You now have 37 points."),
        ] {
            let (status, body) = shop.order(code, id, cents).await;
            assert_eq!(status, 201, "{body}");
            version += 1;
            assert_eq!(body["card"]["version"], version, "{body}");
            phone.on_push(PASS_TYPE).await;
            let held = phone.pass(&serial).expect("the pass");
            let notices = phone.notices();
            assert_eq!(notices.last().map(|notice| notice.text.as_str()), Some(text), "{id}: {held:?}");
            let file = PassFile::open(&other.fetch(None).await.2).expect("a package");
            assert_eq!(telling(file.pass_json()), wanted, "{id}");
            until("the fetch is recorded", async || fetched_version(&shop, member).await == (version, true)).await;

            // Another instance makes the pass of this version anew, and it is the same.
            let address = Some(format!("http://{}", shop.running.address));
            let second = instance(&shop.database, &shop.authority, &shop.apns, &shop.google, Opening::default(), address).await;
            let path = format!("http://{}/apple/v1/passes/{PASS_TYPE}/{serial}", second.address);
            let asked = shop.http.get(path).header("Authorization", format!("ApplePass {}", other.token));
            let answer = tokio::time::timeout(SOON, asked.send()).await.expect("in time").expect("an answer");
            let again = PassFile::open(&answer.bytes().await.expect("a pass")).expect("a package");
            assert_eq!(again.pass_json(), file.pass_json(), "{id}");
            second.stop().await;
        }
        assert_eq!(phone.violations(), [""; 0]);
        shop.running.stop().await;
    }

    /// Whoever wants no notices gets the new balance without one in both wallets, until they want them again.
    async fn a_quiet_card_changes_without_a_notice(database: Database) {
        let shop = Shop::open(database).await;
        prepare(&shop).await;
        let enrolled = shop.enrol("lina@example.com").await;
        let member = enrolled["member"]["id"].as_str().expect("an id");
        assert_eq!(enrolled["member"]["is_quiet"], false);
        let code = enrolled["card"]["code"].as_str().expect("a code");
        let object = enrolled["card"]["passes"]["google"]["object_id"].as_str().expect("an object");
        let root = String::from_utf8(shop.authority.root().to_pem().expect("PEM")).expect("text");
        let network = Network::new(&root, Arc::new(SystemClock)).expect("a network");
        let phone = Phone::new("Lina's", "en".parse().expect("a tag"), &network);
        let url = enrolled["card"]["passes"]["apple"]["url"].as_str().expect("a link");
        phone.add(url).await.expect("a pass");
        until("the object", async || shop.google.object(object).is_some()).await;
        let balance_at_google = || shop.google.object(object).expect("an object")["loyaltyPoints"]["balance"]["int"].clone();
        let wishes = || -> Vec<bool> {
            let asked = shop.google.requests().into_iter();
            let patches = asked.filter(|seen| seen.method == "PATCH" && seen.path.ends_with(object));
            patches.map(|seen| seen.body.get("notifyPreference").is_some()).collect()
        };

        let mut told = 0;
        for (id, is_quiet, balance) in [("A", true, 15), ("B", true, 20), ("C", false, 25)] {
            let change = shop.request(Method::PATCH, &format!("/v1/members/{member}")).json(&json!({ "is_quiet": is_quiet }));
            let (status, body) = read(change.send().await.expect("an answer")).await;
            assert_eq!((status, &body["member"]["is_quiet"]), (200, &json!(is_quiet)), "{body}");
            // What says nothing new says nothing.
            phone.on_push(PASS_TYPE).await;
            assert_eq!(phone.notices().len(), told, "{id}");

            let (status, body) = shop.order(code, id, 500).await;
            assert_eq!((status, &body["card"]["balance"]), (201, &json!(balance)), "{body}");
            phone.on_push(PASS_TYPE).await;
            told += usize::from(!is_quiet);
            assert_eq!(phone.notices().len(), told, "{id}: {:?}", phone.notices());
            until("the balance at Google", async || balance_at_google() == balance).await;
            assert_eq!(wishes().last(), Some(&!is_quiet), "{id}");
        }
        assert_eq!(phone.violations(), [""; 0]);
        shop.running.stop().await;
    }
}
