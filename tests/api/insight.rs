//! How a program goes: the same numbers by the API and as a table, and for whom they are.

use billfold::types::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::house::on_both_databases;
use crate::shop::{Shop, read};

/// The figures of the table: name, then part, divisor, value and unit as they are written.
fn figures_of(table: &str) -> Vec<Vec<String>> {
    let lines = table
        .lines()
        .filter_map(|line| line.strip_prefix("\"figures\",\""));
    lines
        .map(|line| {
            let mut cells = line.splitn(7, "\",\"");
            let name = cells.next().expect("a name").to_owned();
            std::iter::once(name)
                .chain(cells.skip(1).take(4).map(str::to_owned))
                .collect()
        })
        .collect()
}

on_both_databases! {
    /// Shows SR-061 (the same figures by the API and as CSV).
    async fn the_same_figures_come_by_the_api_and_as_a_table(database: Database) {
        let shop = Shop::open(database).await;
        let path = format!("/v1/programs/{}/insight", shop.program);
        let mut codes = Vec::new();
        for name in ["lina", "omar", "mei"] {
            let enrolled = shop.enrol(&format!("{name}@example.com")).await;
            codes.push(enrolled["card"]["code"].as_str().expect("a code").to_owned());
        }
        for (id, code, minor) in [("A", 0, 4_000), ("B", 0, 4_000), ("C", 1, 1_000)] {
            assert_eq!(shop.order(&codes[code], id, minor).await.0, 201);
        }
        let (status, insight) = shop.get(&format!("{path}?days=30&margin=20&horizon=5")).await;
        assert_eq!(status, 200, "{insight}");
        let figure = |name: &str| {
            let all = insight["figures"].as_array().expect("figures");
            all.iter().find(|one| one["name"] == name).unwrap_or_else(|| panic!("{name}: {all:?}")).clone()
        };
        assert_eq!((&figure("orders")["value"], &figure("revenue")["value"]), (&json!(3), &json!(9_000)));
        // Two of three bought, one of the two again.
        let participation = figure("participation");
        assert_eq!((&participation["part"], &participation["of"], &participation["value"]), (&json!(2), &json!(3), &json!(6_667)));

        let table = shop.request(Method::GET, &format!("{path}.csv?days=30&margin=20&horizon=5"));
        let table = table.send().await.expect("an answer").text().await.expect("a text");
        let cell = |value: &Value| value.as_i64().map_or_else(String::new, |number| number.to_string());
        let wanted: Vec<Vec<String>> = insight["figures"].as_array().expect("figures").iter().map(|one| {
            let text = |name: &str| one[name].as_str().expect("a text").to_owned();
            vec![text("name"), cell(&one["part"]), cell(&one["of"]), cell(&one["value"]), text("unit")]
        }).collect();
        assert!(wanted.len() > 10, "{wanted:?}");
        assert_eq!(figures_of(&table), wanted, "{table}");

        for wrong in ["days=0", "from=2026-01-01", "margin=101", "horizon=0", "from=2999-01-01&to=2999-01-02"] {
            let (status, body) = shop.get(&format!("{path}?{wrong}")).await;
            assert_eq!((status, &body["code"]), (400, &json!("bad_parameter")), "{wrong}: {body}");
        }
        let cashier = shop.key(Role::Cashier, None).await;
        let asked = shop.http.request(Method::GET, shop.url(&path)).bearer_auth(cashier);
        assert_eq!(read(asked.send().await.expect("an answer")).await.0, 403);
        shop.running.stop().await;
    }
}
