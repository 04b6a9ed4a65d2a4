//! Staff and tills by the API: what is taken, what is refused, and that no secret comes back.

use billfold::actions::change_codes::{CODE_DIGITS, code_key, new_code_seed, turn_on_codes};
use billfold::actions::create_key::key_hash;
use billfold::actions::sign_in::{Credentials, Entry, sign_in};
use billfold::actions::sign_in_by_code::sign_in_by_code;
use billfold::actions::{ActionError, Caller, Code, Deed};
use billfold::store::passkeys::{self, Passkey};
use billfold::store::{StoreError, Tx, recovery_codes, spent_challenges, staff};
use billfold::types::{Clock as _, PasskeyId, Role, Secret, StaffId, SystemClock, code_at, period_at};
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

async fn act<T: Send + 'static>(
    shop: &Shop,
    doing: impl FnOnce(&mut Tx<'_>, &Deed) -> Result<T, ActionError> + Send + 'static,
) -> T {
    let house = &shop.running.house;
    let deed = Deed::begin(house, Caller::local("test", house.now()));
    house.store.write(move |tx| doing(tx, &deed)).await.expect("done")
}

/// A half sign-in of Sam; the hash of what the browser keeps.
async fn half_way(shop: &Shop) -> String {
    let house = &shop.running.house;
    let credentials = Credentials::Password("sam@cafe.example".to_owned(), Secret::new(PASSWORD));
    match sign_in(house, Caller::local("test", house.now()), credentials).await {
        Ok(Entry::Half(secret)) => key_hash(secret.expose()),
        other => panic!("{other:?}"),
    }
}

/// Types a code into two half sign-ins at once; how many came in.
async fn race(shop: &Shop, code: &str) -> usize {
    let house = &shop.running.house;
    let (one, other) = (half_way(shop).await, half_way(shop).await);
    let enter = |hash: String| {
        let code = Secret::new(code);
        async move { sign_in_by_code(house, Caller::local("test", house.now()), &hash, code).await }
    };
    let (one, other) = tokio::join!(enter(one), enter(other));
    for failed in [one.as_ref().err(), other.as_ref().err()].into_iter().flatten() {
        assert_eq!(failed.code, Code::WrongCode, "{failed}");
    }
    usize::from(one.is_ok()) + usize::from(other.is_ok())
}

on_both_databases! {
    async fn a_second_step_is_told_of_and_its_secrets_are_not(database: Database) {
        let shop = Shop::open(database).await;
        let (_, added) = shop.post("/v1/staff", &sam(&shop)).await;
        assert_eq!(added["has_second_step"], false, "{added}");
        let path = format!("/v1/staff/{}", added["id"].as_str().expect("an id"));
        let id: StaffId = added["id"].as_str().expect("an id").parse().expect("an id");
        let seed = new_code_seed();
        let key = code_key(&shop.running.house, &id, &seed);
        let now = period_at(SystemClock.now());
        let (named, sown) = (id.clone(), seed.clone());
        let codes = act(&shop, move |tx, deed| {
            let typed = Secret::new(code_at(&key, period_at(deed.now), CODE_DIGITS));
            turn_on_codes(tx, deed, (&named, 1), &sown, &typed)
        }).await;
        let (_, one) = shop.get(&path).await;
        let (_, list) = shop.get("/v1/staff").await;
        assert_eq!((&one["has_second_step"], &one["version"]), (&json!(true), &json!(2)), "{one}");
        let text = format!("{one}{list}");
        assert!(!text.contains(&seed) && !codes.iter().any(|code| text.contains(code.expose())), "{text}");

        // Of two at once one is too late, whichever sort of code it is.
        let next = code_at(&key, now + 1, CODE_DIGITS);
        assert_eq!(race(&shop, &next).await, 1);
        assert_eq!(race(&shop, codes[0].expose()).await, 1);
        assert_eq!(race(&shop, codes[1].expose()).await, 1);
        let named = id.clone();
        let left = act(&shop, move |tx, _| Ok(recovery_codes::count_unused(tx, &named)?)).await;
        assert_eq!(left, 6);

        // Whoever leaves takes it all with them.
        let named = id.clone();
        act(&shop, move |tx, deed| {
            let passkey = Passkey {
                id: PasskeyId::new(deed.now), staff_id: named, name: "Key".to_owned(), credential: "one".to_owned(),
                public_key: String::new(), counter: 3, created_at: deed.now, used_at: None,
            };
            Ok(passkeys::insert(tx, &passkey)?)
        }).await;
        assert_eq!(send(&shop, Method::DELETE, &path, &Value::Null).await.0, 200);
        let (row, keys, left) = act(&shop, move |tx, _| {
            Ok((staff::get(tx, &id)?, passkeys::list(tx, &id, 10)?, recovery_codes::count_unused(tx, &id)?))
        }).await;
        assert!(row.code_seed.is_none() && !row.has_second_step() && keys.is_empty() && left == 0, "{row:?}");
    }

    async fn a_passkey_is_one_persons_and_a_challenge_is_spent_once(database: Database) {
        let shop = Shop::open(database).await;
        let (_, added) = shop.post("/v1/staff", &sam(&shop)).await;
        let id: StaffId = added["id"].as_str().expect("an id").parse().expect("an id");
        act(&shop, move |tx, deed| {
            let passkey = |credential: &str| Passkey {
                id: PasskeyId::new(deed.now), staff_id: id.clone(), name: "Key".to_owned(),
                credential: credential.to_owned(), public_key: "x".repeat(700), counter: 3, created_at: deed.now,
                used_at: None,
            };
            let (one, longest) = (passkey("one"), passkey(&"c".repeat(1_364)));
            passkeys::insert(tx, &one)?;
            passkeys::insert(tx, &longest)?;
            let found = passkeys::find(tx, "one")?.expect("there");
            assert_eq!((&found.0, &found.1.id), (&one, &id));
            assert_eq!(passkeys::find(tx, "none")?, None);
            // Whoever judged an older counter judged another showing.
            assert!(!passkeys::note_use(tx, &Passkey { counter: 2, ..one.clone() }, 9, deed.now)?);
            assert!(passkeys::note_use(tx, &one, 4, deed.now)?);
            assert!(!passkeys::note_use(tx, &one, 5, deed.now)?);
            assert!(passkeys::remove(tx, &id, &one.id)? && !passkeys::remove(tx, &id, &one.id)?);

            let later = deed.now.plus_ms(1_000);
            assert!(spent_challenges::spend(tx, "a", later, deed.now)?);
            assert!(!spent_challenges::spend(tx, "a", later, deed.now)?);
            assert!(spent_challenges::spend(tx, "b", later.plus_ms(1), later)?, "those that are over are forgotten");
            Ok(())
        }).await;
        let house = &shop.running.house;
        let deed = Deed::begin(house, Caller::local("test", house.now()));
        let (_, other) = shop.post("/v1/staff", &json!({ "name": "Other", "role": "cashier", "pin": "4711" })).await;
        let other: StaffId = other["id"].as_str().expect("an id").parse().expect("an id");
        let twice = house.store.write(move |tx| {
            let same = Passkey {
                id: PasskeyId::new(deed.now), staff_id: other, name: "Key".to_owned(), credential: "c".repeat(1_364),
                public_key: String::new(), counter: 0, created_at: deed.now, used_at: None,
            };
            passkeys::insert(tx, &same)
        });
        assert!(matches!(twice.await, Err(StoreError::Duplicate(_))));
    }
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
