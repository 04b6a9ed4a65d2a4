//! Who may do what: every route with every role, other programs' things, keys that were taken back.

use billfold::http::routes::{Access, ROUTES};
use billfold::types::Role;
use reqwest::Method;
use serde_json::json;

use crate::house::Database;
use crate::shop::{Shop, read};

/// A path with something in every place of its pattern.
fn filled(pattern: &str) -> String {
    let mut path = String::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        path.push_str(before);
        path.push('x');
        rest = after.split_once('}').map_or("", |(_, tail)| tail);
    }
    path + rest
}

/// Each route that takes keys refuses no key, a made-up key and every role that the table does not name.
/// Shows SR-054 (each route by each role).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_route_refuses_every_role_that_the_table_does_not_name() {
    let shop = Shop::open(Database::sqlite()).await;
    let mut keys = Vec::new();
    for role in Role::ALL {
        keys.push((role, shop.key(role, None).await));
    }
    let mut tried = 0;
    for route in ROUTES {
        let Access::Keys(roles) = route.access else {
            continue;
        };
        let url = shop.url(&filled(route.path));
        let method: Method = route.method.parse().expect("a method");
        let call = |key: Option<String>| {
            let mut request = shop.http.request(method.clone(), &url).json(&json!({}));
            if let Some(key) = key {
                request = request.bearer_auth(key);
            }
            async move { request.send().await.expect("an answer").status().as_u16() }
        };
        assert_eq!(call(None).await, 401, "{} {}", route.method, route.path);
        assert_eq!(
            call(Some("bfk_madeup".to_owned())).await,
            401,
            "{} {}",
            route.method,
            route.path
        );
        for (role, key) in &keys {
            let status = call(Some(key.clone())).await;
            let is_refused = status == 403;
            assert_eq!(
                is_refused,
                !roles.contains(role),
                "{} {} as {role}: {status}",
                route.method,
                route.path
            );
            tried += 1;
        }
    }
    assert!(tried >= 100, "only {tried} pairs were tried");
    shop.running.stop().await;
}

/// A key of one program sees nothing of another, and cannot tell it from what does not exist.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_programs_things_are_not_there() {
    let shop = Shop::open(Database::sqlite()).await;
    let (_, other) = shop
        .post("/v1/programs", &json!({ "name": "Other", "currency": "EUR" }))
        .await;
    let stranger = shop.key(Role::Manager, other["id"].as_str()).await;
    let enrolled = shop.enrol("lina@example.com").await;
    let code = enrolled["card"]["code"].as_str().expect("a code");
    let member = enrolled["member"]["id"].as_str().expect("an id");
    let (_, order) = shop.order(code, "A", 500).await;
    let order = &order["order"]["id"].as_str().expect("an id").to_owned();
    let gets = [
        format!("/v1/programs/{}", shop.program),
        format!("/v1/programs/{}/design", shop.program),
        format!("/v1/programs/{}/design/preview", shop.program),
        format!("/v1/members/{member}"),
        format!("/v1/members/{member}/entries"),
        format!("/v1/members/{member}/diagnosis"),
        format!("/v1/members/{member}/export"),
        format!("/v1/cards/{code}"),
        format!("/v1/orders/{order}"),
    ];
    for path in gets {
        let answer = shop
            .http
            .get(shop.url(&path))
            .bearer_auth(&stranger)
            .send()
            .await
            .expect("an answer");
        assert_eq!(read(answer).await.0, 404, "{path}");
    }
    let posts = [
        (
            format!("/v1/programs/{}/members", shop.program),
            json!({ "email": "x@example.com" }),
            404,
        ),
        (
            format!("/v1/members/{member}/adjustments"),
            json!({ "points": 5, "reason": "gift" }),
            404,
        ),
        (format!("/v1/cards/{code}/void"), json!({}), 404),
        (format!("/v1/orders/{order}/refunds"), json!({}), 404),
        (
            "/v1/orders".to_owned(),
            json!({ "external_id": "B", "card": code, "total": 100 }),
            422,
        ),
    ];
    for (path, body, status) in posts {
        let request = shop.http.post(shop.url(&path)).bearer_auth(&stranger).json(&body);
        assert_eq!(
            read(request.send().await.expect("an answer")).await.0,
            status,
            "{path}"
        );
    }
    for method in [Method::PATCH, Method::DELETE] {
        let request = shop
            .http
            .request(method.clone(), shop.url(&format!("/v1/members/{member}")));
        let request = request.bearer_auth(&stranger).json(&json!({}));
        assert_eq!(request.send().await.expect("an answer").status(), 404, "{method}");
    }
    let list = shop
        .http
        .get(shop.url("/v1/members"))
        .bearer_auth(&stranger)
        .send()
        .await
        .expect("an answer");
    assert_eq!(read(list).await.1["data"], json!([]));
    shop.running.stop().await;
}

/// A key that was taken back opens nothing from that moment on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revoked_key_opens_nothing() {
    let shop = Shop::open(Database::sqlite()).await;
    let (status, made) = shop
        .post("/v1/keys", &json!({ "role": "cashier", "name": "till 1" }))
        .await;
    assert_eq!(status, 201, "{made}");
    let secret = made["secret"].as_str().expect("a secret");
    let call = || async {
        shop.http
            .get(shop.url("/v1/programs"))
            .bearer_auth(secret)
            .send()
            .await
            .expect("an answer")
            .status()
    };
    assert_eq!(call().await, 200);
    let path = format!("/v1/keys/{}", made["id"].as_str().expect("an id"));
    let gone = shop
        .request(Method::DELETE, &path)
        .send()
        .await
        .expect("an answer");
    assert_eq!(gone.status(), 200);
    assert_eq!(call().await, 401);
    let (_, list) = shop.get("/v1/keys").await;
    assert!(
        list["data"]
            .as_array()
            .expect("keys")
            .iter()
            .all(|key| key.get("secret").is_none())
    );
    shop.running.stop().await;
}

/// The document names every route that takes keys, and no other; every answer carries the safe headers.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_document_and_the_table_name_the_same_routes() {
    let shop = Shop::open(Database::sqlite()).await;
    let (status, document) = shop.get("/v1/openapi.json").await;
    assert_eq!(status, 200);
    assert_eq!(document["openapi"].as_str().map(|text| &text[..3]), Some("3.1"));
    let mut described: Vec<String> = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for method in item.as_object().expect("operations").keys() {
            described.push(format!("{} {path}", method.to_uppercase()));
        }
    }
    let mut tabled: Vec<String> = ROUTES
        .iter()
        .filter(|route| matches!(route.access, Access::Keys(_)))
        .map(|route| format!("{} {}", route.method, route.path))
        .collect();
    described.sort();
    tabled.sort();
    assert_eq!(described, tabled);
    for path in [
        "/healthz",
        "/readyz",
        "/metrics",
        "/docs/",
        "/nowhere",
        "/v1/programs",
        "/robots.txt",
    ] {
        let answer = shop.http.get(shop.url(path)).send().await.expect("an answer");
        for header in [
            "content-security-policy",
            "x-content-type-options",
            "referrer-policy",
            "x-request-id",
        ] {
            assert!(answer.headers().contains_key(header), "{path} lacks {header}");
        }
        let body = answer.text().await.expect("a body");
        assert!(
            !body.contains("https://unpkg") && !body.contains("cdn."),
            "{path} asks a foreign host"
        );
    }
    shop.running.stop().await;
}

/// Lists are stable under inserts: every member once, whatever is added between two pages.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_shows_every_row_once_while_others_are_added() {
    let shop = Shop::open(Database::sqlite()).await;
    for number in 0..7 {
        shop.enrol(&format!("m{number}@example.com")).await;
    }
    let mut seen = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let query = cursor
            .map(|cursor| format!("&cursor={cursor}"))
            .unwrap_or_default();
        let (status, page) = shop.get(&format!("/v1/members?limit=3{query}")).await;
        assert_eq!(status, 200, "{page}");
        seen.extend(
            page["data"]
                .as_array()
                .expect("rows")
                .iter()
                .map(|row| row["email"].as_str().expect("text").to_owned()),
        );
        if seen.len() == 3 {
            shop.enrol("late@example.com").await;
        }
        cursor = page["next_cursor"].as_str().map(str::to_owned);
        if cursor.is_none() {
            break;
        }
    }
    let mut once = seen.clone();
    once.dedup();
    assert_eq!((seen.len(), once.len()), (8, 8), "{seen:?}");
    for query in [
        "limit=0",
        "limit=201",
        "limit=x",
        "cursor=%00",
        "cursor=abc",
        "page=2",
    ] {
        let (status, problem) = shop.get(&format!("/v1/members?{query}")).await;
        assert_eq!(status, 400, "{query}: {problem}");
    }
    shop.running.stop().await;
}
