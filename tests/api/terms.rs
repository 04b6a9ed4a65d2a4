//! Rules and promotions by the API: written, edited, paused, taken away, and what orders earn by them.

use billfold::actions::write_term::create_term;
use billfold::actions::{ActionError, Caller, Deed, TermKind};
use billfold::store::terms::{self, Term};
use billfold::store::{StoreError, audit};
use billfold::types::{ProgramId, Role};
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::house::on_both_databases;
use crate::shop::{Shop, read};

/// What a key sends and gets.
struct Desk<'a> {
    shop: &'a Shop,
    key: String,
}

impl<'a> Desk<'a> {
    fn owner(shop: &'a Shop) -> Self {
        let key = shop.owner.clone();
        Self { shop, key }
    }

    async fn of(shop: &'a Shop, role: Role, program: &str) -> Self {
        let key = shop.key(role, Some(program)).await;
        Self { shop, key }
    }

    async fn send(&self, method: Method, path: &str, version: Option<i64>, body: &Value) -> Response {
        let request = self.shop.http.request(method, self.shop.url(path));
        let mut request = request.bearer_auth(&self.key);
        if let Some(version) = version {
            request = request.header("If-Match", format!("\"{version}\""));
        }
        if !body.is_null() {
            request = request.json(body);
        }
        request.send().await.expect("an answer")
    }

    async fn call(&self, method: Method, path: &str, body: &Value) -> (u16, Value) {
        read(self.send(method, path, None, body).await).await
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        self.call(Method::GET, path, &Value::Null).await
    }

    /// Writes a term that is taken; gives it.
    async fn write(&self, path: &str, body: &Value) -> Value {
        let (status, term) = self.call(Method::POST, path, body).await;
        assert_eq!(status, 201, "{body} -> {term}");
        term
    }

    async fn change(&self, term: &Value, version: Option<i64>, patch: &Value) -> (u16, Value) {
        read(self.send(Method::PATCH, &path_of(term), version, patch).await).await
    }

    /// Takes a term away; gives the status.
    async fn archive(&self, term: &Value, version: Option<i64>) -> u16 {
        let answer = self
            .send(Method::DELETE, &path_of(term), version, &Value::Null)
            .await;
        answer.status().as_u16()
    }
}

/// Where a term is.
fn path_of(term: &Value) -> String {
    let id = term["id"].as_str().expect("an id");
    let kind = if id.starts_with("rul_") {
        "rules"
    } else {
        "promotions"
    };
    format!("/v1/{kind}/{id}")
}

/// Five points for each piece of cake.
fn cake(shop: &Shop) -> Value {
    json!({
        "program": shop.program, "name": "Cake", "when": "order",
        "of": { "category": ["cake"] }, "then": { "points": 5, "per": "item" },
    })
}

/// An order of 12.50 € with two cakes; the program's own rule gives 12 points for it.
async fn buy_cakes(shop: &Shop, code: &str, number: &str) -> Value {
    let (status, order) = shop
        .post(
            "/v1/orders",
            &json!({
                "external_id": number, "card": code, "total": 1_250,
                "lines": [
                    { "category": "cake", "quantity": 2, "amount": 800 },
                    { "category": "coffee", "quantity": 1, "amount": 450 },
                ],
            }),
        )
        .await;
    assert_eq!(status, 201, "{order}");
    order
}

/// A member's card code and id.
async fn enrol(shop: &Shop) -> (String, String) {
    let enrolled = shop.enrol("lina@example.com").await;
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    (text(&enrolled["card"]["code"]), text(&enrolled["member"]["id"]))
}

/// The points of an order's entries that a term gave, and in which version.
fn given(order: &Value, term: &Value) -> Vec<(i64, i64)> {
    let entries = order["entries"].as_array().expect("entries").iter();
    entries
        .filter(|entry| entry["term"] == term["id"])
        .map(|entry| {
            let number = |name: &str| entry[name].as_i64().expect("a number");
            (number("points"), number("term_version"))
        })
        .collect()
}

fn faults(problem: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let errors = problem["errors"].as_array().into_iter().flatten();
    errors
        .map(|fault| (text(&fault["pointer"]), text(&fault["code"])))
        .collect()
}

on_both_databases! {
    /// What the rule gives comes on top of the program's own, and the entry says by which rule and why.
    /// Shows SR-046.
    async fn a_rule_that_was_written_earns_on_the_next_order(database: Database) {
        let shop = Shop::open(database).await;
        let (code, _) = enrol(&shop).await;
        let desk = Desk::owner(&shop);
        let rule = desk.write("/v1/rules", &cake(&shop)).await;
        assert_eq!((rule["version"].as_i64(), rule["active"].as_bool()), (Some(1), Some(true)), "{rule}");
        assert_eq!(rule["then"], json!({ "points": 5, "per": "item" }));
        assert_eq!(desk.get(&path_of(&rule)).await, (200, rule.clone()));
        let order = buy_cakes(&shop, &code, "A").await;
        assert_eq!(order["card"]["balance"], 10 + 12 + 5 * 2, "{order}");
        let entries = order["entries"].as_array().expect("entries");
        let entry = entries.iter().find(|entry| entry["term"] == rule["id"]).expect("an entry of the rule");
        assert_eq!((entry["kind"].as_str(), entry["term_version"].as_i64()), (Some("earn"), Some(1)));
        let explanation = json!({ "name": "Cake", "ground": { "items": { "points": 5, "pieces": 2 } } });
        assert_eq!(entry["explanation"], explanation);
        shop.running.stop().await;
    }

    /// An edit counts from the next order on; what was earned before keeps the version that earned it.
    async fn an_edited_rule_is_a_new_version_and_past_entries_keep_theirs(database: Database) {
        let shop = Shop::open(database).await;
        let (code, member) = enrol(&shop).await;
        let desk = Desk::owner(&shop);
        let rule = desk.write("/v1/rules", &cake(&shop)).await;
        assert_eq!(given(&buy_cakes(&shop, &code, "A").await, &rule), [(10, 1)]);

        let change = json!({ "then": { "points": 7, "per": "item" }, "budget": 1_000 });
        let answer = desk.send(Method::PATCH, &path_of(&rule), Some(1), &change).await;
        assert_eq!(answer.headers().get("etag").map(|tag| tag.to_str().expect("text")), Some("\"2\""));
        let (status, edited) = read(answer).await;
        assert_eq!(status, 200, "{edited}");
        assert_eq!((edited["version"].as_i64(), edited["budget"].as_i64()), (Some(2), Some(1_000)));
        assert_eq!((&edited["of"], &edited["name"]), (&rule["of"], &rule["name"]));
        assert_eq!(given(&buy_cakes(&shop, &code, "B").await, &rule), [(14, 2)]);

        let (_, entries) = desk.get(&format!("/v1/members/{member}/entries")).await;
        let past = json!({ "entries": entries["data"] });
        assert_eq!(given(&past, &rule), [(14, 2), (10, 1)]);

        // Null takes away; what changes nothing is no version.
        let (_, without) = desk.change(&rule, Some(2), &json!({ "budget": null })).await;
        assert_eq!((without["version"].as_i64(), without.get("budget")), (Some(3), None), "{without}");
        for nothing in [json!({}), json!({ "budget": null, "if": null, "active": true }), json!({ "name": "Cake" })] {
            assert_eq!(desk.change(&rule, None, &nothing).await, (200, without.clone()), "{nothing}");
        }

        let path = format!("{}/versions?limit=2", path_of(&rule));
        let (_, first) = desk.get(&path).await;
        let cursor = first["next_cursor"].as_str().expect("a cursor");
        let (_, last) = desk.get(&format!("{path}&cursor={cursor}")).await;
        assert_eq!(last["next_cursor"], Value::Null);
        let rows = [&first, &last].into_iter().flat_map(|page| page["data"].as_array().expect("rows"));
        let told: Vec<_> = rows.map(|row| (row["version"].as_i64(), row["then"]["points"].as_i64(), row["budget"].as_i64())).collect();
        assert_eq!(told, [(Some(3), Some(7), None), (Some(2), Some(7), Some(1_000)), (Some(1), Some(5), None)]);
        shop.running.stop().await;
    }

    /// Paused it earns nothing until it is active again; taken away it never does, and every deed is in the books.
    async fn a_paused_or_archived_rule_earns_nothing(database: Database) {
        let shop = Shop::open(database).await;
        let (code, _) = enrol(&shop).await;
        let desk = Desk::owner(&shop);
        let rule = desk.write("/v1/rules", &cake(&shop)).await;
        let (status, paused) = desk.change(&rule, Some(1), &json!({ "active": false })).await;
        assert_eq!((status, paused["version"].as_i64(), paused["active"].as_bool()), (200, Some(2), Some(false)));
        assert_eq!(given(&buy_cakes(&shop, &code, "A").await, &rule), []);
        desk.change(&rule, Some(2), &json!({ "active": true })).await;
        assert_eq!(given(&buy_cakes(&shop, &code, "B").await, &rule), [(10, 3)]);
        assert_eq!(desk.archive(&rule, Some(3)).await, 204);
        assert_eq!(given(&buy_cakes(&shop, &code, "C").await, &rule), []);

        let (status, gone) = desk.get(&path_of(&rule)).await;
        assert_eq!((status, gone["active"].as_bool(), gone["archived_at"].is_string()), (200, Some(false), true), "{gone}");
        assert_eq!(desk.archive(&rule, Some(3)).await, 204);
        assert_eq!(desk.get(&path_of(&rule)).await.1, gone);
        let (status, problem) = desk.change(&rule, None, &json!({ "active": true })).await;
        assert_eq!((status, problem["code"].as_str()), (409, Some("archived")));
        let (_, list) = desk.get(&format!("/v1/rules?program={}", shop.program)).await;
        assert_eq!(list["data"], json!([]));

        let program = shop.program.parse().expect("an id");
        let deeds = shop.running.house.store.read(move |db| audit::list(db, &program, 200)).await.expect("deeds");
        let mut deeds: Vec<_> = deeds.iter().filter(|deed| rule["id"] == deed.subject.as_str()).map(|deed| deed.deed.as_str()).collect();
        deeds.sort_unstable();
        assert_eq!(deeds, ["archive_rule", "change_rule", "change_rule", "create_rule"]);
        shop.running.stop().await;
    }

    /// Who has read an older version must read again.
    async fn a_stale_edit_changes_nothing(database: Database) {
        let shop = Shop::open(database).await;
        let desk = Desk::owner(&shop);
        let rule = desk.write("/v1/rules", &cake(&shop)).await;
        let (_, edited) = desk.change(&rule, Some(1), &json!({ "name": "Cakes" })).await;
        let (status, problem) = desk.change(&rule, Some(1), &json!({ "name": "Pies" })).await;
        assert_eq!((status, problem["code"].as_str()), (412, Some("stale_edit")));
        assert_eq!(desk.archive(&rule, Some(1)).await, 412);
        assert_eq!(desk.get(&path_of(&rule)).await, (200, edited));
        shop.running.stop().await;
    }

    /// Of edits that are based on the same version one is done, and the others are told.
    async fn of_eight_edits_of_one_version_one_wins(database: Database) {
        let shop = Shop::open(database).await;
        let desk = Desk::owner(&shop);
        let rule = desk.write("/v1/rules", &cake(&shop)).await;
        // The first round opens the connections on which the later ones arrive together.
        for version in 1..=6 {
            let edits = (0..8).map(|number| {
                let (desk, rule) = (&desk, &rule);
                let patch = json!({ "name": format!("Cake {version} {number}") });
                async move { desk.change(rule, Some(version), &patch).await }
            });
            let answers = futures_util::future::join_all(edits).await;
            let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(|(status, _)| *status == 200);
            assert_eq!(won.len(), 1, "{won:?}");
            assert!(lost.iter().all(|(status, _)| *status == 412), "{lost:?}");
            assert_eq!(desk.get(&path_of(&rule)).await.1, won[0].1);
        }
        let (_, versions) = desk.get(&format!("{}/versions", path_of(&rule))).await;
        assert_eq!(versions["data"].as_array().map(Vec::len), Some(7));
        shop.running.stop().await;
    }

    /// Each fault is told with its place; nothing is stored of a bad rule, and nothing changed by a bad edit.
    async fn each_fault_of_a_bad_rule_has_its_pointer(database: Database) {
        let shop = Shop::open(database).await;
        let desk = Desk::owner(&shop);
        let good = cake(&shop);
        let rule = desk.write("/v1/rules", &good).await;
        let cases = [
            (json!({ "then": { "points": 1.5, "per": "item" } }), "/then/points", "wrong_type"),
            (json!({ "then": { "points": 1e18, "per": "item" } }), "/then/points", "wrong_type"),
            (json!({ "then": { "points": 1_000_000_000_000_000_000_i64, "per": "item" } }), "/then/points", "out_of_range"),
            (json!({ "then": { "points": u64::MAX, "per": "item" } }), "/then/points", "invalid_value"),
            (json!({ "then": { "points": 5, "per": "item", "x/y": 1 } }), "/then/x~1y", "unknown_field"),
            (json!({ "bonus": 1 }), "/bonus", "unknown_field"),
            (json!({ "bonus": null }), "/bonus", "unknown_field"),
            (json!({ "name": null }), "/name", "required"),
            (json!({ "name": " " }), "/name", "empty"),
            (json!({ "when": "full_moon" }), "/when", "invalid_value"),
            (json!({ "if": [{ "mood": ["good"] }] }), "/if/0", "invalid_value"),
            (json!({ "if": [{ "minimum": 100 }, { "hours": { "from": "9", "to": "10:00" } }] }), "/if/1/hours", "invalid_value"),
            (json!({ "if": [{ "minimum": "100" }] }), "/if/0/minimum", "wrong_type"),
            (json!({ "if": [{ "channel": [] }] }), "/if/0/channel", "never_applies"),
            (json!({ "when": { "event": "review" }, "of": null }), "/then/per", "never_applies"),
            (json!({ "if": [{ "weekday": ["mon"] }, { "weekday": ["tue"] }] }), "/if/1", "contradiction"),
            (json!({ "if": [{ "tier": ["Gold"] }] }), "/if/0/tier/0", "unknown_tier"),
            (json!({ "if": [{ "minimum": 1 }, { "segment": ["Regulars"] }] }), "/if/1/segment/0", "unknown_segment"),
            (json!({ "from": "2026-02-01T00:00:00Z", "until": "2026-01-01T00:00:00Z" }), "/until", "never_applies"),
            (json!({ "budget": 0 }), "/budget", "out_of_range"),
            (json!({ "active": "yes" }), "/active", "wrong_type"),
            (json!({ "active": null }), "/active", "wrong_type"),
        ];
        for (part, pointer, code) in cases {
            let mut whole = good.clone();
            whole.as_object_mut().expect("an object").extend(part.as_object().expect("an object").clone());
            let expected = [(pointer.to_owned(), code.to_owned())];
            for (status, problem) in [desk.call(Method::POST, "/v1/rules", &whole).await, desk.change(&rule, Some(1), &part).await] {
                assert_eq!((status, problem["code"].as_str()), (422, Some("invalid")), "{part} -> {problem}");
                assert_eq!(faults(&problem), expected, "{part} -> {problem}");
            }
        }
        let (_, both) = desk.change(&rule, None, &json!({ "budget": 0, "pending_days": 731 })).await;
        assert_eq!(faults(&both).len(), 2, "{both}");
        for (body, pointer, code) in [
            (json!({ "program": null }), "/program", "required"),
            (json!({ "program": 7 }), "/program", "wrong_type"),
            (json!({ "program": "prg_nothing" }), "/program", "unknown_program"),
            (json!({ "program": shop.program }), "/name", "required"),
        ] {
            let (status, problem) = desk.call(Method::POST, "/v1/rules", &body).await;
            assert_eq!((status, faults(&problem)), (422, vec![(pointer.to_owned(), code.to_owned())]), "{body}");
        }
        let (_, problem) = desk.change(&rule, None, &json!({ "program": shop.program })).await;
        assert_eq!(faults(&problem), [("/program".to_owned(), "unknown_field".to_owned())]);
        let (_, list) = desk.get(&format!("/v1/rules?program={}", shop.program)).await;
        assert_eq!(list["data"], json!([rule]));
        shop.running.stop().await;
    }

    /// A tier may be named once the program has it.
    async fn a_rule_names_the_tiers_that_there_are(database: Database) {
        let shop = Shop::open(database).await;
        let desk = Desk::owner(&shop);
        let now = shop.running.house.now();
        let gold = Term {
            id: "tir_gold".to_owned(),
            program_id: shop.program.parse().expect("an id"),
            kind: "tier".to_owned(),
            version: 1,
            body: json!({ "name": "Gold", "threshold": 100 }).to_string(),
            is_active: true,
            created_at: now,
            updated_at: now,
            archived_at: None,
        };
        let mut paused = gold.clone();
        paused.is_active = false;
        let store = &shop.running.house.store;
        store.write(move |tx| terms::insert(tx, &gold, "test")).await.expect("a tier");
        let mut rule = cake(&shop);
        rule["if"] = json!([{ "tier": ["Gold", "Silver"] }]);
        let (_, problem) = desk.call(Method::POST, "/v1/rules", &rule).await;
        assert_eq!(faults(&problem), [("/if/0/tier/1".to_owned(), "unknown_tier".to_owned())]);
        rule["if"] = json!([{ "tier": ["Gold"] }]);
        let rule = desk.write("/v1/rules", &rule).await;
        // Without its tier it can still be paused, and not be edited into something that never applies.
        store.write(move |tx| terms::update(tx, &paused, false, "test")).await.expect("no tier");
        assert_eq!(desk.change(&rule, None, &json!({ "name": "Golden cake" })).await.0, 422);
        assert_eq!(desk.change(&rule, None, &json!({ "active": false })).await.0, 200);
        shop.running.stop().await;
    }

    /// What the rules give counts twice while the promotion lasts.
    async fn a_promotion_doubles(database: Database) {
        let shop = Shop::open(database).await;
        let (code, _) = enrol(&shop).await;
        let desk = Desk::owner(&shop);
        let body = json!({
            "program": shop.program, "name": "Double points", "then": { "multiply": 200 },
            "from": "2020-01-01T00:00:00Z", "until": "2120-01-01T00:00:00Z",
        });
        let promotion = desk.write("/v1/promotions", &body).await;
        let order = buy_cakes(&shop, &code, "A").await;
        assert_eq!(order["card"]["balance"], 10 + 12 * 2);
        assert_eq!(given(&order, &promotion), [(12, 1)]);
        let (status, problem) = desk.change(&promotion, None, &json!({ "then": { "multiply": 100 } })).await;
        assert_eq!((status, faults(&problem)), (422, vec![("/then/multiply".to_owned(), "out_of_range".to_owned())]));
        // It ends by an edit like a rule.
        let (_, ended) = desk.change(&promotion, Some(1), &json!({ "until": "2021-01-01T00:00:00Z" })).await;
        assert_eq!(ended["version"], 2);
        assert_eq!(given(&buy_cakes(&shop, &code, "B").await, &promotion), []);
        // A promotion is no rule.
        let id = promotion["id"].as_str().expect("an id");
        assert_eq!(desk.get(&format!("/v1/rules/{id}")).await.0, 404);
        shop.running.stop().await;
    }

    /// A key of one program writes for its own without naming it, and sees nothing of another.
    async fn another_programs_rules_are_not_there(database: Database) {
        let shop = Shop::open(database).await;
        let desk = Desk::owner(&shop);
        let rule = desk.write("/v1/rules", &cake(&shop)).await;
        let (_, other) = shop.post("/v1/programs", &json!({ "name": "Other", "currency": "EUR" })).await;
        let other = other["id"].as_str().expect("an id");
        let stranger = Desk::of(&shop, Role::Manager, other).await;
        for path in [path_of(&rule), format!("{}/versions", path_of(&rule)), format!("/v1/rules?program={}", shop.program), "/v1/rules/%00".to_owned()] {
            assert_eq!(stranger.get(&path).await.0, 404, "{path}");
        }
        assert_eq!(stranger.change(&rule, None, &json!({ "active": false })).await.0, 404);
        assert_eq!(stranger.archive(&rule, None).await, 404);
        let (status, problem) = stranger.call(Method::POST, "/v1/rules", &cake(&shop)).await;
        assert_eq!((status, faults(&problem)), (422, vec![("/program".to_owned(), "unknown_program".to_owned())]));
        let mut own = cake(&shop);
        own.as_object_mut().expect("an object").remove("program");
        let own = stranger.write("/v1/rules", &own).await;
        assert_eq!(own["program"], other);
        assert_eq!(stranger.get("/v1/rules").await.1["data"], json!([own]));
        assert_eq!(desk.get(&path_of(&rule)).await, (200, rule));
        shop.running.stop().await;
    }

    /// The till may know what earns, and may not change it.
    async fn a_cashier_reads_rules_and_writes_none(database: Database) {
        let shop = Shop::open(database).await;
        let rule = Desk::owner(&shop).write("/v1/rules", &cake(&shop)).await;
        let cashier = Desk::of(&shop, Role::Cashier, &shop.program).await;
        assert_eq!(cashier.get("/v1/rules").await.1["data"], json!([rule]));
        assert_eq!(cashier.get(&path_of(&rule)).await, (200, rule.clone()));
        let (status, problem) = cashier.call(Method::POST, "/v1/rules", &cake(&shop)).await;
        assert_eq!((status, problem["code"].as_str()), (403, Some("wrong_role")));
        assert_eq!(cashier.change(&rule, None, &json!({ "active": false })).await.0, 403);
        assert_eq!(cashier.archive(&rule, None).await, 403);
        let marketer = Desk::of(&shop, Role::Marketer, &shop.program).await;
        assert_eq!(marketer.change(&rule, None, &json!({ "active": false })).await.0, 200);
        shop.running.stop().await;
    }

    /// A lost answer and a second try write one rule.
    async fn a_repeated_rule_is_written_once(database: Database) {
        let shop = Shop::open(database).await;
        let send = async |body: &Value| {
            let request = shop.request(Method::POST, "/v1/rules").header("Idempotency-Key", "k1");
            let answer = request.json(body).send().await.expect("an answer");
            let header = |name: &str| answer.headers().get(name).map(|value| value.to_str().expect("text").to_owned());
            let (replayed, tag) = (header("idempotency-replayed"), header("etag"));
            (replayed, tag, read(answer).await)
        };
        let (first, again) = (send(&cake(&shop)).await, send(&cake(&shop)).await);
        assert_eq!((first.0.as_deref(), again.0.as_deref()), (None, Some("true")));
        assert_eq!((&first.1, &first.2), (&again.1, &again.2));
        assert_eq!(first.2.0, 201);
        let mut other = cake(&shop);
        other["name"] = json!("Pie");
        assert_eq!(send(&other).await.2.0, 422);
        let (_, list) = shop.get(&format!("/v1/rules?program={}", shop.program)).await;
        assert_eq!(list["data"], json!([first.2.1]));
        shop.running.stop().await;
    }

    /// Every rule once, oldest first, page by page; a key for all programs says whose.
    async fn a_list_of_rules_shows_each_once(database: Database) {
        let shop = Shop::open(database).await;
        let desk = Desk::owner(&shop);
        let mut written = Vec::new();
        for _ in 0..5 {
            written.push(desk.write("/v1/rules", &cake(&shop)).await);
        }
        let mut seen = Vec::new();
        let mut path = format!("/v1/rules?program={}&limit=2", shop.program);
        loop {
            let (status, page) = desk.get(&path).await;
            assert_eq!(status, 200, "{page}");
            seen.extend(page["data"].as_array().expect("rows").clone());
            let Some(cursor) = page["next_cursor"].as_str() else {
                break;
            };
            path = format!("/v1/rules?program={}&limit=2&cursor={cursor}", shop.program);
        }
        assert_eq!(seen, written);
        for query in ["", "?limit=2", "?program=x&limit=0", "?program=x&cursor=abc", "?program=x&cursor=cHJtXzE", "?page=2"] {
            let (status, problem) = desk.get(&format!("/v1/rules{query}")).await;
            assert_eq!(status, 400, "{query}: {problem}");
        }
        shop.running.stop().await;
    }

    /// An order looks at 200 rules at most, whoever writes at once; paused ones do not count.
    async fn the_201st_active_rule_is_refused(database: Database) {
        let shop = Shop::open(database).await;
        let desk = Desk::owner(&shop);
        let house = &shop.running.house;
        let deed = Deed::begin(house, Caller::local("test", house.now()));
        let program: ProgramId = shop.program.parse().expect("an id");
        let mut body = cake(&shop).as_object().expect("an object").clone();
        body.remove("program");
        let filled = house.store.write(move |tx| {
            for _ in 0..198 {
                create_term(tx, &deed, Some(program.clone()), TermKind::Rule, body.clone())?;
            }
            Ok::<_, ActionError>(())
        });
        filled.await.expect("198 rules");
        let rule = cake(&shop);
        let answers = futures_util::future::join_all((0..4).map(|_| desk.call(Method::POST, "/v1/rules", &rule))).await;
        let (written, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|(status, _)| *status == 201);
        assert_eq!((written.len(), refused.len()), (2, 2));
        for (status, problem) in refused {
            assert_eq!((status, problem["code"].as_str()), (422, Some("limit_reached")), "{problem}");
        }
        let mut paused = rule.clone();
        paused["active"] = json!(false);
        let paused = desk.write("/v1/rules", &paused).await;
        let activate = json!({ "active": true });
        assert_eq!(desk.change(&paused, None, &activate).await.0, 422);
        // An active one can still be edited, and one that goes makes room.
        assert_eq!(desk.change(&written[0].1, None, &json!({ "name": "Pie" })).await.0, 200);
        assert_eq!(desk.archive(&written[1].1, None).await, 204);
        assert_eq!(desk.change(&paused, None, &activate).await.0, 200);
        let program = shop.program.parse().expect("an id");
        let active = house.store.read(move |db| Ok::<_, StoreError>(terms::list_active(db, &program, "rule", 1_000)?.len()));
        assert_eq!(active.await.expect("counted"), 200);
        shop.running.stop().await;
    }
}
