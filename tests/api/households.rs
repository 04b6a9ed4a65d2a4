//! People of one household, who hold one card together.

use std::sync::Arc;

use billfold::simulator::phones::{Network, Phone};
use billfold::types::{Role, SystemClock};
use serde_json::json;

use crate::house::on_both_databases;
use crate::shop::{PASS_TYPE, Shop, read};

on_both_databases! {
    /// Two people hold one card: each is found by an id of their own and has the card on their own phone, both phones tell
    /// of what either does, and what they have together is spent once.
    async fn a_household_holds_one_card_on_several_phones(database: Database) {
        let shop = Shop::open(database).await;
        let enrolled = shop.enrol("lina@example.com").await;
        let member = format!("/v1/members/{}", enrolled["member"]["id"].as_str().expect("an id"));
        for (kind, value) in [("email", "omar@example.com"), ("phone", "+49 30 123456"), ("card_number", "0017-1234")] {
            let identity = json!({ "type": kind, "value": value });
            assert_eq!(shop.post(&format!("{member}/identities"), &identity).await.0, 201, "{kind}");
        }
        // Whoever of them enrols again has the card that they have.
        let enrol = format!("/v1/programs/{}/members", shop.program);
        let (status, again) = shop.post(&enrol, &json!({ "first_name": "Omar", "email": "omar@example.com" })).await;
        assert_eq!((status, &again["card"]["id"]), (200, &enrolled["card"]["id"]), "{again}");

        let root = String::from_utf8(shop.authority.root().to_pem().expect("PEM")).expect("text");
        let network = Network::new(&root, Arc::new(SystemClock)).expect("a network");
        let url = enrolled["card"]["passes"]["apple"]["url"].as_str().expect("a link");
        let mut phones = Vec::new();
        for name in ["Lina's", "Omar's"] {
            let phone = Phone::new(name, "en".parse().expect("a tag"), &network);
            let serial = phone.add(url).await.expect("a pass");
            phones.push((phone, serial));
        }
        // The plastic card lies in the kitchen; who takes it along earns for all.
        let till = shop.key(Role::Cashier, Some(&shop.program)).await;
        let order = json!({ "external_id": "A", "card": "0017 1234", "total": { "amount": 9_000, "currency": "EUR" } });
        let order = shop.http.post(shop.url("/v1/orders")).bearer_auth(&till).json(&order);
        let (status, body) = read(order.send().await.expect("an answer")).await;
        assert_eq!((status, body["card"]["balance"].as_i64()), (201, Some(100)), "{body}");
        for (phone, serial) in &phones {
            phone.on_push(PASS_TYPE).await;
            let held = phone.pass(serial).expect("the pass");
            let shown = held.field("balance").expect("the balance");
            assert_eq!(shown.value, 100, "{held:?}");
            assert_eq!(phone.violations(), [""; 0]);
        }
        let reward = json!({ "program": shop.program, "name": "A cake", "gives": "product", "cost": 100 });
        let (_, reward) = shop.post("/v1/rewards", &reward).await;
        let wish = json!({ "reward": reward["id"] });
        let path = format!("{member}/redemptions");
        let (one, other) = futures_util::join!(shop.post(&path, &wish), shop.post(&path, &wish));
        let mut answers = [one.0, other.0];
        answers.sort_unstable();
        assert_eq!(answers, [201, 422], "{} {}", one.1, other.1);
        shop.running.stop().await;
    }
}
