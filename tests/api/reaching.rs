//! Members who are meant, and what they are told: each operation once, as the document says.

use billfold::types::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::shop::{Shop, read};

/// A segment counted, written, edited, listed and taken away.
pub(crate) async fn mean_members(shop: &Shop) {
    let members =
        json!({ "any": [{ "orders": { "at_least": 1, "within_days": 90 } }, { "stage": ["new"] }] });
    let asked = json!({ "program": shop.program, "members": members, "topic": "news" });
    let (status, counted) = shop.post("/v1/segments/estimate", &asked).await;
    assert_eq!(status, 200, "{counted}");
    let segment = json!({ "program": shop.program, "name": "Newcomers", "members": members });
    let (status, written) = shop.post("/v1/segments", &segment).await;
    assert_eq!(status, 201, "{written}");
    let path = format!("/v1/segments/{}", written["id"].as_str().expect("an id"));
    let changed = shop
        .request(Method::PATCH, &path)
        .json(&json!({ "name": "New ones" }));
    assert_eq!(read(changed.send().await.expect("an answer")).await.0, 200);
    for path in [
        format!("/v1/segments?program={}", shop.program),
        path.clone(),
        format!("{path}/versions"),
        format!("{path}/members?limit=2"),
    ] {
        assert_eq!(shop.get(&path).await.0, 200, "{path}");
    }
    for taken in ["contacts", "hashed_emails"] {
        let asked = json!({ "reason": "A letter", "as": taken, "topic": "news" });
        let exported = shop.request(Method::POST, &format!("{path}/export")).json(&asked);
        assert_eq!(exported.send().await.expect("an answer").status(), 200);
    }
    let taken = shop
        .request(Method::DELETE, &path)
        .send()
        .await
        .expect("an answer");
    assert_eq!(taken.status(), 204);
}

/// A list made of a table, shown, asked for, filled anew and deleted.
pub(crate) async fn name_members(shop: &Shop, external_id: &str) {
    let table = format!("external_id,name\n{external_id},Lina\nnobody,Omar\n");
    let list = json!({ "program": shop.program, "name": "Fair", "csv": table });
    let (status, made) = shop.post("/v1/lists", &list).await;
    assert_eq!(status, 201, "{made}");
    assert_eq!(
        (&made["list"]["members"], &made["rows"], &made["unfound"]),
        (&json!(1), &json!(2), &json!(1))
    );
    assert_eq!(
        made["first_unfound"][0],
        json!({ "row": 3, "why": "no_member", "typed": "nobody" })
    );
    let path = format!("/v1/lists/{}", made["list"]["id"].as_str().expect("an id"));
    for path in [path.as_str(), "/v1/lists"] {
        assert_eq!(shop.get(path).await.0, 200, "{path}");
    }
    let asked = json!({ "program": shop.program, "members": { "list": ["Fair"] } });
    let (_, counted) = shop.post("/v1/segments/estimate", &asked).await;
    assert_eq!(counted["members"], json!(1), "{counted}");
    let put = async |body: Value| {
        let request = shop.request(Method::PUT, &path).json(&body);
        read(request.send().await.expect("an answer")).await
    };
    let (status, refused) = put(json!({ "csv": "points\n7\n" })).await;
    assert_eq!(
        (status, &refused["errors"][0]["pointer"]),
        (422, &json!("/csv")),
        "{refused}"
    );
    let (status, refused) = put(json!({ "csv": "phone\n030 1\n", "country": "0" })).await;
    assert_eq!(
        (status, &refused["errors"][0]["pointer"]),
        (422, &json!("/country")),
        "{refused}"
    );
    let (status, replaced) = put(json!({ "csv": "phone\n030 123456\n", "country": "44" })).await;
    assert_eq!(
        (status, &replaced["list"]["members"]),
        (200, &json!(0)),
        "{replaced}"
    );
    let deleted = shop.request(Method::DELETE, &path).send().await;
    assert_eq!(deleted.expect("an answer").status(), 204);
    assert_eq!(shop.get(&path).await.0, 404);
}

/// A campaign written, edited, tried on a card, begun, held up, let go on and ended.
pub(crate) async fn send_campaign(shop: &Shop, code: &str) {
    let campaign = json!({ "program": shop.program, "name": "Spring", "topic": "marketing",
        "members": { "all": [{ "points": { "at_least": 1 } }, { "not": { "stage": ["lapsed"] } }] },
        "arms": [{ "text": { "en": "Hi {first_name|friend}", "ar": "مرحبا" }, "weight": 2 }, { "text": "Hello" }],
        "hold_out_percent": 10, "shown_days": 3,
        "schedule": { "at": "2999-12-01T09:00", "repeats": "weekly", "until": "2999-12-31" } });
    let (status, written) = shop.post("/v1/campaigns", &campaign).await;
    assert_eq!(status, 201, "{written}");
    let path = format!("/v1/campaigns/{}", written["id"].as_str().expect("an id"));
    let changed = shop
        .request(Method::PATCH, &path)
        .json(&json!({ "name": "Spring news", "hold_out_percent": null }));
    assert_eq!(read(changed.send().await.expect("an answer")).await.0, 200);
    let (status, tried) = shop
        .post(&format!("{path}/test"), &json!({ "card": code, "arm": 1 }))
        .await;
    assert_eq!(status, 200, "{tried}");
    let (status, planned) = shop
        .post(&format!("{path}/schedule"), &json!({ "now": false }))
        .await;
    assert_eq!(status, 200, "{planned}");
    let calendar = format!("/v1/programs/{}/campaigns/calendar", shop.program);
    let (status, days) = shop
        .get(&format!("{calendar}?from=2999-12-01&to=2999-12-31"))
        .await;
    assert_eq!(status, 200, "{days}");
    let of_days = days["days"].as_array().expect("days");
    assert_eq!(of_days.len(), 6, "five times, and its last day: {days}");
    assert_eq!(of_days[0]["campaigns"][0]["does"], "sends", "{days}");
    for wrong in [
        "from=2999-12-01&to=2999-11-30",
        "from=2999-01-01&to=2999-04-11",
        "from=x&to=2999-01-01",
    ] {
        assert_eq!(shop.get(&format!("{calendar}?{wrong}")).await.0, 400, "{wrong}");
    }
    for deed in ["pause", "resume", "cancel"] {
        let (status, body) = shop.post(&format!("{path}/{deed}"), &Value::Null).await;
        assert_eq!(status, 200, "{deed}: {body}");
    }
    for path in [
        "/v1/campaigns".to_owned(),
        path.clone(),
        format!("{path}/estimate"),
        format!("{path}/results?days=7"),
    ] {
        assert_eq!(shop.get(&path).await.0, 200, "{path}");
    }
}

/// A campaign that a colleague refuses, and approves once it is asked for anew.
pub(crate) async fn approve_campaign(shop: &Shop) {
    let program = format!("/v1/programs/{}", shop.program);
    let policy = shop.get(&program).await.1["policy"].clone();
    let settle = async |policy: &Value| {
        let request = shop
            .request(Method::PATCH, &program)
            .json(&json!({ "policy": policy }));
        let (status, body) = read(request.send().await.expect("an answer")).await;
        assert_eq!(status, 200, "{body}");
    };
    let mut strict = policy.clone();
    strict["campaign_approval"] = json!(true);
    settle(&strict).await;

    let campaign = json!({ "program": shop.program, "name": "Autumn", "arms": [{ "text": "Hello" }],
        "members": { "joined": { "at_least_days": 0 } }, "schedule": { "at": "2999-12-01T09:00" } });
    let path = shop.post("/v1/campaigns", &campaign).await.1["id"].clone();
    let path = format!("/v1/campaigns/{}", path.as_str().expect("an id"));
    let colleague = shop.key(Role::Marketer, None).await;
    let turn = async |key: &str, deed: &str, body: Value| {
        let request = shop
            .http
            .post(shop.url(&format!("{path}/{deed}")))
            .bearer_auth(key);
        let (status, body) = read(request.json(&body).send().await.expect("an answer")).await;
        (status, text(&body["state"]), text(&body["code"]))
    };
    let ask = async || turn(&shop.owner, "schedule", json!({ "now": false })).await;
    let said = |status: u16, state: &str, code: &str| (status, state.to_owned(), code.to_owned());
    assert_eq!(ask().await, said(200, "awaiting_approval", ""));
    let own = turn(&shop.owner, "approve", Value::Null).await;
    assert_eq!(own, said(403, "", "own_approval"));
    let refused = turn(&colleague, "refuse", json!({ "reason": "Not in May" })).await;
    assert_eq!(refused, said(200, "draft", ""));
    let (_, draft) = shop.get(&path).await;
    assert_eq!(draft["approval"]["reason"], json!("Not in May"), "{draft}");
    let late = turn(&colleague, "approve", Value::Null).await;
    assert_eq!(late, said(409, "", "not_awaiting"));
    assert_eq!(ask().await, said(200, "awaiting_approval", ""));
    let approved = turn(&colleague, "approve", Value::Null).await;
    assert_eq!(approved, said(200, "scheduled", ""));
    assert_eq!(shop.post(&format!("{path}/cancel"), &Value::Null).await.0, 200);
    settle(&policy).await;
}

/// The text, or nothing.
fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// An automation that is written, tried, switched on and off, and ended.
pub(crate) async fn run_automation(shop: &Shop, code: &str) {
    let automation = json!({ "program": shop.program, "name": "Cart", "when": { "event": "cart" },
        "wait_minutes": 120, "unless": [{ "order": { "number": 2, "of": { "category": ["sofas"] } } }],
        "members": { "points": { "at_least": 1 } }, "arms": [{ "text": "Still thinking?" }],
        "gives": { "points": 5 }, "webhook": "unreachable", "again_after_days": 30, "hold_out_percent": 10 });
    let (status, written) = shop.post("/v1/automations", &automation).await;
    assert_eq!(status, 201, "{written}");
    let path = format!("/v1/automations/{}", written["id"].as_str().expect("an id"));
    let changed = shop
        .request(Method::PATCH, &path)
        .json(&json!({ "wait_minutes": 60, "segment": null }));
    assert_eq!(read(changed.send().await.expect("an answer")).await.0, 200);
    let (status, tried) = shop.post(&format!("{path}/test"), &json!({ "card": code })).await;
    assert_eq!(status, 200, "{tried}");
    for deed in ["start", "pause"] {
        let (status, body) = shop.post(&format!("{path}/{deed}"), &Value::Null).await;
        assert_eq!(status, 200, "{deed}: {body}");
    }
    for path in [
        "/v1/automations".to_owned(),
        path.clone(),
        format!("{path}/estimate"),
        format!("{path}/results?days=7"),
    ] {
        assert_eq!(shop.get(&path).await.0, 200, "{path}");
    }
    let ended = shop.request(Method::DELETE, &path);
    assert_eq!(read(ended.send().await.expect("an answer")).await.0, 200);
}
