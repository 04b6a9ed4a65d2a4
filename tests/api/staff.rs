//! Staff and tills by the API: what is taken, what is refused, and that no secret comes back.

use billfold::types::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::house::{Database, on_both_databases};
use crate::shop::{Shop, read};

const PASSWORD: &str = "a long word with spaces";

fn sam(shop: &Shop) -> Value {
    json!({ "name": "Sam", "role": "cashier", "program": shop.program, "email": "Sam@Cafe.example",
            "password": PASSWORD, "pin": "4711" })
}

async fn send(shop: &Shop, method: Method, path: &str, body: &Value) -> (u16, Value) {
    read(
        shop.request(method, path)
            .json(body)
            .send()
            .await
            .expect("an answer"),
    )
    .await
}

on_both_databases! {
    async fn staff_are_added_changed_and_let_go_and_no_secret_comes_back(database: Database) {
        let shop = Shop::open(database).await;
        let (status, added) = shop.post("/v1/staff", &sam(&shop)).await;
        assert_eq!(status, 201, "{added}");
        assert_eq!((&added["email"], &added["has_password"], &added["has_pin"]),
                   (&json!("sam@cafe.example"), &json!(true), &json!(true)));
        let path = format!("/v1/staff/{}", added["id"].as_str().expect("an id"));
        let (_, list) = shop.get("/v1/staff").await;
        let text = format!("{added}{list}");
        assert!(!text.contains(PASSWORD) && !text.contains("argon2") && !text.contains("4711"), "{text}");

        let mut twin = sam(&shop);
        twin["email"] = json!("sam@cafe.example ");
        let (status, taken) = shop.post("/v1/staff", &twin).await;
        assert_eq!((status, &taken["errors"][0]["code"]), (422, &json!("email_taken")), "{taken}");

        let (status, changed) = send(&shop, Method::PATCH, &path, &json!({ "pin": null, "location": "Main street" })).await;
        assert_eq!(status, 200, "{changed}");
        assert_eq!((&changed["has_pin"], &changed["location"], &changed["version"]),
                   (&json!(false), &json!("Main street"), &json!(2)));
        let (status, lone) = send(&shop, Method::PATCH, &path, &json!({ "email": null })).await;
        assert_eq!((status, &lone["errors"][0]["pointer"]), (422, &json!("/email")), "{lone}");

        let (status, gone) = send(&shop, Method::DELETE, &path, &Value::Null).await;
        assert_eq!(status, 200);
        assert!(gone["archived_at"].is_string() && gone["email"].is_null(), "{gone}");
        let (status, late) = send(&shop, Method::PATCH, &path, &json!({ "name": "Samuel" })).await;
        assert_eq!((status, &late["code"]), (409, &json!("archived")), "{late}");
        // The address is free for whoever comes next.
        assert_eq!(shop.post("/v1/staff", &sam(&shop)).await.0, 201);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_is_refused_with_where_and_why() {
    let shop = Shop::open(Database::sqlite()).await;
    for (field, value, code) in [
        ("name", json!(" "), "bad_text"),
        ("name", json!("a\nb"), "bad_text"),
        ("role", json!("integration"), "bad_role"),
        ("email", json!("no address"), ""),
        ("password", json!("too short"), "bad_length"),
        ("password", json!("x".repeat(201)), "bad_length"),
        ("pin", json!("12a4"), "bad_pin"),
        ("pin", json!("1234"), "weak_pin"),
        (
            "member",
            json!("mem_00000000000000000000000000"),
            "unknown_member",
        ),
    ] {
        let mut body = sam(&shop);
        body[field] = value.clone();
        let (status, refused) = shop.post("/v1/staff", &body).await;
        assert_eq!(status, 422, "{field} {value}: {refused}");
        let fault = &refused["errors"][0];
        assert_eq!(fault["pointer"], format!("/{field}"), "{refused}");
        assert!(code.is_empty() || fault["code"] == code, "{refused}");
        assert!(!refused.to_string().contains(PASSWORD), "{refused}");
    }
    let (_, list) = shop.get("/v1/staff").await;
    assert_eq!(list["data"], json!([]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_manager_reaches_no_owner_and_nobody_of_another_program() {
    let shop = Shop::open(Database::sqlite()).await;
    let manager = shop.key(Role::Manager, Some(&shop.program)).await;
    let ask = |method: Method, path: String, body: Value| {
        let request = shop
            .http
            .request(method, shop.url(&path))
            .bearer_auth(&manager)
            .json(&body);
        async move { read(request.send().await.expect("an answer")).await }
    };
    let mut owner = sam(&shop);
    owner["role"] = json!("owner");
    assert_eq!(
        ask(Method::POST, "/v1/staff".to_owned(), owner.clone()).await.0,
        403
    );
    let (_, known) = shop.post("/v1/staff", &owner).await;
    let path = format!("/v1/staff/{}", known["id"].as_str().expect("an id"));
    for (method, body) in [
        (Method::GET, json!(null)),
        (Method::PATCH, json!({ "role": "cashier" })),
        (Method::DELETE, json!(null)),
    ] {
        assert_eq!(ask(method.clone(), path.clone(), body).await.0, 403, "{method}");
    }
    let mut other = sam(&shop);
    other["email"] = json!("eve@other.example");
    other["program"] = Value::Null;
    let (_, other) = shop.post("/v1/staff", &other).await;
    let path = format!("/v1/staff/{}", other["id"].as_str().expect("an id"));
    for (method, body) in [
        (Method::GET, json!(null)),
        (Method::PATCH, json!({ "name": "Eva" })),
        (Method::DELETE, json!(null)),
    ] {
        assert_eq!(ask(method.clone(), path.clone(), body).await.0, 404, "{method}");
    }
    let (_, own) = ask(Method::GET, "/v1/staff".to_owned(), Value::Null).await;
    assert_eq!(own["data"].as_array().map(Vec::len), Some(1), "{own}");
}
