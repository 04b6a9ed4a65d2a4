//! Orders of the past judged again by the rules of now.

use serde_json::json;

use crate::house::on_both_databases;
use crate::shop::Shop;
use billfold::actions::replay_orders::{Replayed, replay_orders};
use billfold::store::programs;

async fn replay(shop: &Shop) -> Replayed {
    let (house, program) = (shop.running.house.clone(), shop.program.parse().expect("an id"));
    let here = house.clone();
    let read = house.store.read(move |db| {
        let program = programs::get(db, &program)?;
        replay_orders(db, &here, &program)
    });
    read.await.expect("judged")
}

on_both_databases! {
    /// Each order is judged with its own number and lines; what a member used up is counted among the orders alone.
    async fn the_newest_orders_are_judged_again_and_nothing_moves(database: Database) {
        let shop = Shop::open(database).await;
        let nobody = replay(&shop).await;
        assert_eq!((nobody.orders, nobody.would, nobody.gave, nobody.worth), (0, 0, 0, None));
        let enrolled = shop.enrol("lina@example.com").await;
        let code = enrolled["card"]["code"].as_str().expect("a code").to_owned();
        let other = shop.enrol("omar@example.com").await;
        let other = other["card"]["code"].as_str().expect("a code").to_owned();
        for (card, number, cents) in [(&code, "a-1", 150), (&code, "a-2", 150), (&other, "b-1", 150)] {
            assert_eq!(shop.order(card, number, cents).await.0, 201);
        }
        let cake = json!({ "external_id": "b-2", "card": other, "total": 900, "channel": "web",
            "lines": [{ "sku": "C-1", "category": "cake", "quantity": 2, "amount": 900 }] });
        assert_eq!(shop.post("/v1/orders", &cake).await.0, 201);
        let same = replay(&shop).await;
        assert_eq!((same.orders, same.would, same.gave), (4, 13, 13), "{same:?}");
        assert!(same.largest.is_empty(), "{same:?}");

        for rule in [
            json!({ "name": "Second order", "when": "order", "if": [{ "order_number": 2 }], "then": { "points": 100, "per": "time" } }),
            json!({ "name": "Cake", "when": "order", "of": { "category": ["cake"] }, "if": [{ "channel": ["web"] }],
                "then": { "points": 7, "per": "item" } }),
        ] {
            let mut rule = rule;
            rule["program"] = json!(shop.program);
            assert_eq!(shop.post("/v1/rules", &rule).await.0, 201);
        }
        let (_, before) = shop.get(&format!("/v1/cards/{code}")).await;
        let judged = replay(&shop).await;
        assert_eq!((judged.orders, judged.would, judged.gave), (4, 13 + 200 + 14, 13), "{judged:?}");
        let told: Vec<(&str, i64)> = judged
            .largest
            .iter()
            .map(|one| (one.order.external_id.as_str(), one.difference()))
            .collect();
        assert_eq!(told, [("b-2", 114), ("a-2", 100)]);
        assert_eq!(shop.get(&format!("/v1/cards/{code}")).await.1, before);
        shop.running.stop().await;
    }
}
