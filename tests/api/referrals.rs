//! Referrals and birth dates through the API.

use reqwest::Method;
use serde_json::{Value, json};

use crate::house::{Database, on_both_databases};
use crate::shop::{Shop, read};

/// A shop that gives fifty to who invites and twenty to the friend, and its first member.
async fn open(database: Database) -> (Shop, Value) {
    let mut shop = Shop::open(database).await;
    let program = json!({
        "name": "Bring a friend", "slug": "friends", "currency": "EUR", "earning": { "points": 0, "per_minor": 100 },
        "policy": { "referral_minimum": 500 },
    });
    let (status, body) = shop.post("/v1/programs", &program).await;
    assert_eq!(status, 201, "{body}");
    assert_eq!(body["policy"]["referral_minimum"], 500);
    shop.program = text(&body["id"]);
    for (event, points) in [("referral", 50), ("referred", 20)] {
        let rule = json!({
            "program": shop.program, "name": event, "when": { "event": event },
            "then": { "points": points, "per": "time" },
        });
        let (status, body) = shop.post("/v1/rules", &rule).await;
        assert_eq!(status, 201, "{body}");
    }
    let lina = shop.enrol("lina@example.com").await;
    (shop, lina)
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

async fn enrol(shop: &Shop, body: &Value) -> (u16, Value) {
    shop.post(&format!("/v1/programs/{}/members", shop.program), body)
        .await
}

async fn join(shop: &Shop, email: &str, code: &Value) -> Value {
    let (status, body) = enrol(shop, &json!({ "email": email, "referral_code": code })).await;
    assert_eq!(status, 201, "{body}");
    body
}

async fn member(shop: &Shop, enrolled: &Value) -> Value {
    let (status, body) = shop
        .get(&format!("/v1/members/{}", text(&enrolled["member"]["id"])))
        .await;
    assert_eq!(status, 200, "{body}");
    body["member"].clone()
}

async fn patch(shop: &Shop, id: &str, body: &Value) -> (u16, Value) {
    let request = shop
        .request(Method::PATCH, &format!("/v1/members/{id}"))
        .json(body);
    read(request.send().await.expect("an answer")).await
}

on_both_databases! {
    /// Friend joins by the code, buys, both have their benefit, and the answers say so.
    ///
    /// Shows SR-016, SR-017, SR-124.
    async fn a_friend_joins_by_the_code_and_both_are_paid(database: Database) {
        let (shop, lina) = open(database).await;
        let own = &lina["member"]["referral"];
        let code = text(&own["code"]);
        assert!(code.len() == 7 && !code.contains(['0', 'O', '1', 'I']), "{code}");
        let url = format!("{}/join/friends?ref={code}", shop.running.house.public_url);
        assert_eq!(*own, json!({ "code": code, "url": url, "invited_by": null, "depth": 0, "invited": 0, "paid": 0 }));

        let omar = join(&shop, "omar@example.com", &own["code"]).await;
        assert_eq!(omar["member"]["referral"]["invited_by"], lina["member"]["id"]);
        assert_eq!(omar["member"]["referral"]["depth"], 1);
        assert_ne!(omar["member"]["referral"]["code"], own["code"], "a code of their own at once");
        let card = text(&omar["card"]["code"]);
        let (_, small) = shop.order(&card, "small", 499).await;
        assert_eq!(small["entries"], json!([]));
        let (status, bought) = shop.order(&card, "first", 500).await;
        assert_eq!(status, 201, "{bought}");
        assert_eq!((bought["entries"].as_array().map(Vec::len), bought["card"]["balance"].as_i64()), (Some(1), Some(20)));
        let (status, again) = shop.order(&card, "first", 500).await;
        assert_eq!((status, &again["entries"]), (200, &bought["entries"]));
        let path = format!("/v1/members/{}", text(&lina["member"]["id"]));
        let (_, shown) = shop.get(&path).await;
        assert_eq!(shown["cards"][0]["balance"], 50);
        assert_eq!((&shown["member"]["referral"]["invited"], &shown["member"]["referral"]["paid"]), (&json!(1), &json!(1)));

        let (status, list) = shop.get(&format!("{path}/referrals")).await;
        assert_eq!(status, 200, "{list}");
        let row = &list["data"][0];
        assert_eq!((&row["friend"], &row["state"], &row["order"]), (&omar["member"]["id"], &json!("paid"), &bought["order"]["id"]));
        let refund = format!("/v1/orders/{}/refunds", text(&bought["order"]["id"]));
        let (status, back) = shop.post(&refund, &json!({})).await;
        assert_eq!((status, back["card"]["balance"].as_i64()), (201, Some(0)), "{back}");
        let (_, list) = shop.get(&format!("{path}/referrals?state=taken_back")).await;
        assert_eq!(list["data"].as_array().map(Vec::len), Some(1));
        shop.running.stop().await;
    }

    /// The list goes on where it ended and can be narrowed to one state.
    async fn friends_are_listed_by_state_and_page_by_page(database: Database) {
        let (shop, lina) = open(database).await;
        let code = &lina["member"]["referral"]["code"];
        let mut friends = Vec::new();
        for number in 0..5 {
            friends.push(join(&shop, &format!("friend-{number}@example.com"), code).await);
        }
        shop.order(&text(&friends[2]["card"]["code"]), "A", 900).await;
        let path = format!("/v1/members/{}/referrals", text(&lina["member"]["id"]));
        let mut seen = Vec::new();
        let mut query = "?limit=2".to_owned();
        loop {
            let (status, page) = shop.get(&format!("{path}{query}")).await;
            assert_eq!(status, 200, "{page}");
            seen.extend(page["data"].as_array().expect("rows").iter().map(|row| text(&row["friend"])));
            let Some(next) = page["next_cursor"].as_str() else { break };
            query = format!("?limit=2&cursor={next}");
        }
        let joined: Vec<String> = friends.iter().rev().map(|one| text(&one["member"]["id"])).collect();
        assert_eq!(seen, joined, "newest first, each once");
        let (_, paid) = shop.get(&format!("{path}?state=paid")).await;
        assert_eq!(paid["data"][0]["friend"], friends[2]["member"]["id"]);
        assert_eq!(paid["data"].as_array().map(Vec::len), Some(1));
        for query in ["?state=gone", "?cursor=x", "?limit=0"] {
            assert_eq!(shop.get(&format!("{path}{query}")).await.0, 400, "{query}");
        }
        shop.running.stop().await;
    }

    /// A code that nobody has, or had, is told; the types of the program's own events are its own.
    async fn an_unknown_code_is_told_and_nobody_raises_a_referral_by_hand(database: Database) {
        let (shop, lina) = open(database).await;
        let code = lina["member"]["referral"]["code"].clone();
        let erased = shop.request(Method::DELETE, &format!("/v1/members/{}", text(&lina["member"]["id"])));
        assert_eq!(erased.send().await.expect("an answer").status(), 200);
        for wrong in [json!("ZZZZZZZ"), json!("not a code"), code] {
            let (status, body) = enrol(&shop, &json!({ "email": "omar@example.com", "referral_code": wrong })).await;
            assert_eq!((status, &body["errors"][0]["code"]), (422, &json!("unknown_referral_code")), "{body}");
            assert_eq!(body["errors"][0]["pointer"], "/referral_code");
        }
        let omar = shop.enrol("omar@example.com").await;
        for kind in ["referral", "referred", "birthday"] {
            let event = json!({ "type": kind, "external_id": kind, "card": omar["card"]["code"] });
            let (status, body) = shop.post("/v1/events", &event).await;
            assert_eq!((status, &body["errors"][0]["code"]), (422, &json!("reserved_type")), "{body}");
        }
        shop.running.stop().await;
    }

    /// A birth date is told at the enrolment or later, and one that cannot be is refused.
    async fn a_birth_date_is_kept_and_a_wrong_one_refused(database: Database) {
        let (shop, lina) = open(database).await;
        let id = text(&lina["member"]["id"]);
        assert_eq!(lina["member"]["birth_date"], Value::Null);
        let (status, changed) = patch(&shop, &id, &json!({ "birth_date": "2000-02-29" })).await;
        assert_eq!((status, &changed["member"]["birth_date"]), (200, &json!("2000-02-29")));
        assert_eq!(changed["member"]["version"], 2);
        let (_, same) = patch(&shop, &id, &json!({ "birth_date": "2000-02-29" })).await;
        assert_eq!(same["member"]["version"], 2, "what changes nothing is no change");
        for wrong in ["2999-01-01", "1890-01-01", "2001-02-29", "29.02.2000", ""] {
            let (status, body) = patch(&shop, &id, &json!({ "birth_date": wrong })).await;
            assert_eq!((status, &body["errors"][0]["code"]), (422, &json!("bad_birth_date")), "{wrong}: {body}");
            assert_eq!(body["errors"][0]["pointer"], "/birth_date");
        }
        assert_eq!(member(&shop, &lina).await["birth_date"], "2000-02-29");
        let (_, cleared) = patch(&shop, &id, &json!({ "birth_date": null })).await;
        assert_eq!(cleared["member"]["birth_date"], Value::Null);
        let (status, omar) = enrol(&shop, &json!({ "email": "omar@example.com", "birth_date": "1980-05-01" })).await;
        assert_eq!((status, &omar["member"]["birth_date"]), (201, &json!("1980-05-01")));
        let (status, refused) = enrol(&shop, &json!({ "email": "x@example.com", "birth_date": "2999-01-01" })).await;
        assert_eq!((status, &refused["errors"][0]["pointer"]), (422, &json!("/birth_date")));
        shop.running.stop().await;
    }
}
