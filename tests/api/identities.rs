//! What leads to a member: plastic cards, second addresses, codes however they are typed; cards that were lost; and
//! where attributes come from.

use billfold::store::members::{Identity, claim_identity};
use billfold::store::{StoreError, audit};
use billfold::types::{Role, Time};
use reqwest::Method;
use serde_json::{Value, json};

use crate::caller::{Caller, SOON};
use crate::erasure::columns_with;
use crate::house::{Database, on_both_databases};
use crate::shop::{Shop, read};

/// A shop with a key of its program, which is what tills have.
struct Counter {
    shop: Shop,
    till: String,
}

impl Counter {
    async fn open(database: Database) -> Self {
        let shop = Shop::open(database).await;
        let till = shop.key(Role::Integration, Some(&shop.program)).await;
        Self { shop, till }
    }

    async fn send(&self, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
        let mut request = self
            .shop
            .http
            .request(method, self.shop.url(path))
            .bearer_auth(&self.till);
        if let Some(body) = body {
            request = request.json(&body);
        }
        read(request.send().await.expect("an answer")).await
    }

    async fn enrol(&self, body: Value) -> (u16, Value) {
        let path = format!("/v1/programs/{}/members", self.shop.program);
        self.send(Method::POST, &path, Some(body)).await
    }

    async fn add(&self, who: &Value, kind: &str, value: &str) -> (u16, Value) {
        let path = format!("{}/identities", path(who));
        self.send(Method::POST, &path, Some(json!({ "type": kind, "value": value })))
            .await
    }

    async fn remove(&self, who: &Value, name: &str) -> (u16, Value) {
        let path = format!("{}/identities/{}", path(who), segment(name));
        self.send(Method::DELETE, &path, None).await
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        self.send(Method::GET, path, None).await
    }

    /// Asks for a card as it was scanned or typed; its id or the code of the refusal.
    async fn scan(&self, text: &str) -> (u16, Value) {
        let (status, answer) = self.get(&format!("/v1/cards/{}", segment(text))).await;
        let told = if status == 200 {
            &answer["card"]["id"]
        } else {
            &answer["code"]
        };
        (status, told.clone())
    }

    async fn buy(&self, card: &str, id: &str) -> (u16, Value) {
        let body = json!({ "external_id": id, "card": card, "total": 500 });
        self.send(Method::POST, "/v1/orders", Some(body)).await
    }

    async fn close(self) {
        self.shop.running.stop().await;
    }
}

fn path(who: &Value) -> String {
    format!("/v1/members/{}", text(&who["member"]["id"]))
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// A text as one segment of an address.
fn segment(text: &str) -> String {
    text.bytes()
        .fold(String::new(), |address, byte| format!("{address}%{byte:02X}"))
}

/// The same in Persian digits.
fn in_persian_digits(text: &str) -> String {
    let persian = |letter: char| match letter.to_digit(10) {
        Some(digit) => char::from_u32(0x6f0 + digit).expect("a digit"),
        None => letter,
    };
    text.chars().map(persian).collect()
}

/// The code with its first character wrong.
fn slipped(code: &str) -> String {
    let wrong = if code.starts_with('7') { '8' } else { '7' };
    format!("{wrong}{}", &code[1..])
}

on_both_databases! {
    /// The number of an old plastic card finds the member's card wherever a code does, and whoever enrols with it again
    /// gets the same member and card.
    ///
    /// Shows SR-008 (plastic numbers; enrolling again with an e-mail address, phone or plastic number).
    async fn an_old_plastic_number_scans_to_the_member(database: Database) {
        let counter = Counter::open(database).await;
        let (status, lina) = counter.enrol(json!({
            "first_name": "Lina", "email": "lina@example.com", "phone": "+49 30 1234567", "card_number": "0017-12 34 ab",
        })).await;
        assert_eq!(status, 201, "{lina}");
        let card = &lina["card"]["id"];
        for typed in ["0017-12 34 ab", "00171234AB", "00 17–12.34/aB", &in_persian_digits("00171234ab")] {
            assert_eq!(counter.scan(typed).await, (200, card.clone()), "{typed}");
        }
        let (status, bought) = counter.buy("0017 1234 AB", "o-1").await;
        assert_eq!((status, &bought["card"]["balance"]), (201, &json!(15)), "{bought}");
        let review = json!({ "type": "review", "external_id": "r-1", "card": "00171234AB" });
        assert_eq!(counter.send(Method::POST, "/v1/events", Some(review)).await.0, 201);
        for again in [
            json!({ "email": "LINA@example.com" }), json!({ "phone": "0049 (30) 1234567" }),
            json!({ "card_number": "0017 1234 AB" }),
        ] {
            let (status, found) = counter.enrol(again.clone()).await;
            assert_eq!((status, &found["member"]["id"], &found["card"]["id"]), (200, &lina["member"]["id"], card), "{again}");
            assert_eq!(found["card"]["balance"], 15);
        }
        let (status, problem) = counter.enrol(json!({ "card_number": "12 3" })).await;
        assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!("/card_number")), "{problem}");
        assert_eq!(counter.scan("00171234AC").await, (404, json!("not_found")));
        let (status, problem) = counter.buy("00171234AC", "o-2").await;
        assert_eq!((status, &problem["code"]), (422, &json!("unknown_card")));
        counter.close().await;
    }

    /// A member has several ids of a kind, each as it was typed, with who gave it and when; one that is taken away leads
    /// to nobody.
    async fn a_member_has_several_ids_of_a_kind(database: Database) {
        let counter = Counter::open(database).await;
        let (_, lina) = counter.enrol(json!({ "email": "lina@example.com" })).await;
        for (kind, value) in [
            ("email", "Lina.H@Example.org"), ("phone", "+49 30 1234567"), ("card_number", "0017-1234"),
            ("card_number", "0017-5678"), ("external_id", "C/17"),
        ] {
            let (status, member) = counter.add(&lina, kind, value).await;
            assert_eq!(status, 201, "{member}");
            let (status, again) = counter.add(&lina, kind, value).await;
            assert_eq!((status, again), (200, member), "it is there");
        }
        let (_, shown) = counter.get(&path(&lina)).await;
        let member = &shown["member"];
        assert_eq!(json!([member["email"], member["phone"], member["external_id"]]), json!(["lina@example.com", "+49301234567", "C/17"]));
        let listed = member["identities"].as_array().expect("identities");
        let told: Vec<_> = listed.iter().map(|one| (text(&one["type"]), text(&one["value"]), text(&one["shown_as"]))).collect();
        let named = |kind: &str, value: &str, shown: &str| (kind.to_owned(), value.to_owned(), shown.to_owned());
        assert_eq!(told, [
            named("card_number", "00171234", "0017-1234"), named("card_number", "00175678", "0017-5678"),
            named("email", "lina@example.com", "lina@example.com"), named("email", "lina.h@example.org", "Lina.H@Example.org"),
            named("external_id", "C/17", "C/17"), named("phone", "+49301234567", "+49 30 1234567"),
        ]);
        assert!(listed.iter().all(|one| text(&one["source"]).starts_with("key:key_") && one["created_at"].is_string()), "{listed:?}");
        assert_eq!(counter.get("/v1/members/external:C%2F17").await.0, 200);

        for name in ["email:LINA.H@example.org", "card_number:0017 1234", "external_id:C/17"] {
            let (status, left) = counter.remove(&lina, name).await;
            assert_eq!(status, 200, "{name}: {left}");
            assert_eq!(counter.remove(&lina, name).await.0, 404, "{name}");
        }
        for name in ["nonsense", "address:x", "phone:1"] {
            assert_eq!(counter.remove(&lina, name).await.0, 404, "{name}");
        }
        assert_eq!(counter.get("/v1/members/external:C%2F17").await.0, 404);
        assert_eq!(counter.scan("0017-1234").await.0, 404);
        assert_eq!(counter.scan("0017-5678").await, (200, lina["card"]["id"].clone()));
        let (status, other) = counter.enrol(json!({ "email": "lina.h@example.org", "external_id": "C/17" })).await;
        assert_eq!(status, 201, "{other}");
        counter.close().await;
    }

    /// What another member has is refused, and the answer does not say whose it is.
    async fn an_id_of_another_member_is_refused_without_saying_whose(database: Database) {
        let counter = Counter::open(database).await;
        let (_, zenobia) = counter.enrol(json!({
            "first_name": "Zenobia", "email": "zenobia@example.com", "card_number": "0017-1234", "external_id": "Q 4",
        })).await;
        let (_, lina) = counter.enrol(json!({ "first_name": "Lina", "email": "lina@example.com" })).await;
        let (_, before) = counter.get(&path(&lina)).await;
        for (kind, value) in [("email", "ZENOBIA@example.com"), ("card_number", "00171234"), ("external_id", "\u{200f}Q\u{a0}٤")] {
            let (status, problem) = counter.add(&lina, kind, value).await;
            assert_eq!((status, &problem["code"], &problem["errors"][0]["pointer"]), (409, &json!("identity_taken"), &json!("/value")));
            for secret in [text(&zenobia["member"]["id"]), "Zenobia".to_owned(), text(&zenobia["card"]["code"])] {
                assert!(!problem.to_string().contains(&secret), "{problem}");
            }
        }
        for (body, pointer) in [
            (json!({ "type": "email", "value": "nobody" }), "/value"), (json!({ "type": "card_number", "value": "1 2 3" }), "/value"),
            (json!({ "type": "card_number", "value": "12*34" }), "/value"), (json!({ "type": "address", "value": "x" }), "/type"),
            (json!({ "type": "email" }), "/value"), (json!({ "type": "email", "value": "a@b.de", "whose": 1 }), "/whose"),
        ] {
            let (status, problem) = counter.send(Method::POST, &format!("{}/identities", path(&lina)), Some(body.clone())).await;
            assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!(pointer)), "{body}: {problem}");
        }
        assert_eq!(counter.get(&path(&lina)).await.1, before);
        for number in 0..19 {
            assert_eq!(counter.add(&lina, "card_number", &format!("1000{number}")).await.0, 201);
        }
        let (status, problem) = counter.add(&lina, "card_number", "20001").await;
        assert_eq!((status, &problem["code"]), (422, &json!("limit_reached")), "{problem}");
        assert_eq!(counter.scan("20001").await.0, 404, "nothing of it is kept");
        counter.close().await;
    }

    /// Ids that were stored before texts were folded lead to whom they led.
    async fn ids_that_were_stored_before_still_lead_to_their_member(database: Database) {
        let counter = Counter::open(database).await;
        let (_, lina) = counter.enrol(json!({ "email": "lina@example.com" })).await;
        let (program, member) = (counter.shop.program.parse().expect("an id"), text(&lina["member"]["id"]).parse().expect("an id"));
        let stored = Identity {
            program_id: program, kind: "external_id".to_owned(), value: "كارت ٤".to_owned(), member_id: member,
            created_at: Time::from_secs(1), came_from: String::new(), shown: String::new(), source: String::new(),
        };
        let is_new = counter.shop.running.house.store.write(move |tx| claim_identity(tx, &stored)).await;
        assert_eq!(is_new, Ok::<_, StoreError>(true));
        let (status, found) = counter.get(&format!("/v1/members/external:{}", segment("كارت ٤"))).await;
        assert_eq!((status, &found["member"]["id"]), (200, &lina["member"]["id"]));
        let known = found["member"]["identities"].as_array().expect("identities").iter().find(|one| one["type"] == "external_id").expect("it");
        assert_eq!(json!([known["shown_as"], known["source"]]), json!(["كارت ٤", null]));
        let (status, again) = counter.enrol(json!({ "external_id": "كارت ٤" })).await;
        assert_eq!((status, &again["member"]["id"]), (200, &lina["member"]["id"]));
        let (_, omar) = counter.enrol(json!({ "email": "omar@example.com" })).await;
        assert_eq!(counter.add(&omar, "external_id", "كارت ٤").await.1["code"], "identity_taken");
        counter.close().await;
    }

    /// One card is found by scan, by hand in any digits and spacing, and by link; one wrong character is told as such.
    ///
    /// Shows SR-142 (scan, typed number with one slip, link).
    async fn a_code_is_found_by_scan_by_hand_and_by_link(database: Database) {
        let counter = Counter::open(database).await;
        let (_, lina) = counter.enrol(json!({ "email": "lina@example.com" })).await;
        let (code, url) = (text(&lina["card"]["code"]), text(&lina["card"]["url"]));
        let found = (200, lina["card"]["id"].clone());
        let grouped = format!("{} {}-{}", &code[..4], &code[4..8], &code[8..]);
        let token = url.rsplit('/').next().expect("a token");
        for typed in [
            code.clone(), code.to_lowercase(), grouped.clone(), format!("\u{200f}{}\u{a0}", in_persian_digits(&grouped)),
            url.clone(), format!("{url}?lang=ar"), format!("{url}/pass.pkpass"), format!("https://elsewhere.example/card/{token}"),
            token.to_owned(),
        ] {
            assert_eq!(counter.scan(&typed).await, found, "{typed}");
            let (status, bought) = counter.buy(&typed, &typed.chars().take(60).collect::<String>()).await;
            assert!(matches!(status, 200 | 201) && bought["card"]["id"] == found.1, "{typed}: {bought}");
        }
        let (status, problem) = counter.get(&format!("/v1/cards/{}", slipped(&code))).await;
        assert_eq!((status, &problem["code"]), (422, &json!("bad_check_digit")));
        assert!(text(&problem["detail"]).contains("look at the card again"), "{problem}");
        assert_eq!(counter.buy(&slipped(&code), "slip").await.1["code"], "bad_check_digit");
        for unknown in [&code[..15], "nonsense", &format!("{url}x"), &token[..token.len() - 1], "/card/", "crd_x-y"] {
            assert_eq!(counter.scan(unknown).await, (404, json!("not_found")), "{unknown}");
        }
        counter.close().await;
    }

    /// Somebody on the phone is found by address, phone or card number; the books say who searched by what and whom they
    /// found, and not for what.
    ///
    /// Shows SR-021 (the look-up), SR-142 (a search is in the audit trail).
    async fn a_search_by_phone_is_in_the_books(database: Database) {
        let counter = Counter::open(database).await;
        let (_, lina) = counter.enrol(json!({ "email": "lina@example.com", "phone": "+49301234567", "card_number": "0017-1234" })).await;
        for named in ["phone:+49 30 1234567", "email:LINA@example.com", "card_number:00171234"] {
            let (status, found) = counter.get(&format!("/v1/members/{}", segment(named))).await;
            assert_eq!((status, &found["member"]["id"], &found["cards"][0]["code"]), (200, &lina["member"]["id"], &lina["card"]["code"]));
        }
        for nobody in ["phone:+49301234568", "email:nonsense", "card_number:1"] {
            assert_eq!(counter.get(&format!("/v1/members/{nobody}")).await.0, 404, "{nobody}");
        }
        let (status, problem) = counter.shop.get("/v1/members/phone:+49301234567").await;
        assert_eq!((status, &problem["code"]), (400, &json!("bad_parameter")), "a key for all programs");
        let program = counter.shop.program.parse().expect("an id");
        let deeds = counter.shop.running.house.store.read(move |db| audit::list(db, &program, 100)).await.expect("the audit");
        let searches: Vec<_> = deeds.iter().rev().filter(|deed| deed.deed == "search_member").collect();
        let found = searches.iter().map(|deed| deed.subject.as_str()).filter(|subject| *subject == lina["member"]["id"]).count();
        assert_eq!((searches.len(), found), (6, 3));
        assert!(searches.iter().all(|deed| deed.actor.starts_with("key:key_")));
        let details: Vec<Value> = searches.iter().map(|deed| serde_json::from_str(&deed.detail).expect("JSON")).collect();
        assert_eq!(details[0], json!({ "by": "phone", "found": true }));
        assert_eq!(details[3], json!({ "by": "phone", "found": false }));
        counter.close().await;
    }

    /// Codes with a slip and numbers of no card count as guesses.
    async fn slips_and_unknown_numbers_are_guesses(database: Database) {
        let counter = Counter::open(database).await;
        let (_, lina) = counter.enrol(json!({ "email": "lina@example.com" })).await;
        let wrong = slipped(&text(&lina["card"]["code"]));
        let mut asked = 0;
        let last = loop {
            let (status, told) = match asked % 3 {
                0 => counter.scan(&wrong).await,
                1 => counter.scan("0017-9999").await,
                _ => {
                    let (status, answer) = counter.get("/v1/members/phone:+49301234568").await;
                    (status, answer["code"].clone())
                }
            };
            if status == 429 {
                break told;
            }
            asked += 1;
            assert!(asked < 1_000, "nobody stops it");
        };
        assert_eq!(last, "too_many_guesses");
        assert!(asked >= 30, "only {asked} were let through");
        assert_eq!(counter.get(&path(&lina)).await.0, 200, "by id is no search");
        counter.close().await;
    }

    /// A key for all programs is told which key finds plastic cards; a key of another program finds none of this one's.
    async fn a_plastic_number_counts_in_its_own_program(database: Database) {
        let counter = Counter::open(database).await;
        let (_, lina) = counter.enrol(json!({ "card_number": "0017-1234" })).await;
        let (status, problem) = counter.shop.get("/v1/cards/0017-1234").await;
        assert_eq!((status, &problem["code"]), (404, &json!("not_found")));
        assert!(text(&problem["detail"]).contains("a key of its program"), "{problem}");
        let (_, program) = counter.shop.post("/v1/programs", &json!({ "name": "Books", "slug": "books", "currency": "EUR" })).await;
        let other = counter.shop.key(Role::Cashier, Some(&text(&program["id"]))).await;
        let asked = counter.shop.http.request(Method::GET, counter.shop.url("/v1/cards/0017-1234")).bearer_auth(&other);
        assert_eq!(read(asked.send().await.expect("an answer")).await.0, 404);
        assert_eq!(counter.scan("0017-1234").await, (200, lina["card"]["id"].clone()));
        counter.close().await;
    }

    /// A lost card gets another code: the old one and its links stop working at once, the balance stays, and the pass
    /// shows the new code.
    ///
    /// Shows SR-008 (a lost card; the balance stays).
    async fn a_lost_card_gets_another_code_and_keeps_its_balance(database: Database) {
        let counter = Counter::open(database).await;
        let (_, lina) = counter.enrol(json!({ "email": "lina@example.com", "card_number": "0017-1234" })).await;
        let (code, url) = (text(&lina["card"]["code"]), text(&lina["card"]["url"]));
        let phone = Caller::add(&counter.shop, &lina["card"]).await;
        assert_eq!(counter.buy(&code, "o-0").await.0, 201);
        let review = json!({ "type": "review", "external_id": "r-0", "card": code });
        assert_eq!(counter.send(Method::POST, "/v1/events", Some(review.clone())).await.0, 201);
        let mut pushes = counter.shop.apns.subscribe();
        assert_eq!(phone.register("device-1", "a1b2").await, 201);
        let replace = format!("/v1/cards/{code}/replace");
        let send = || counter.shop.request(Method::POST, &replace).header("Idempotency-Key", "k1").send();
        let (status, fresh) = read(send().await.expect("an answer")).await;
        assert_eq!(status, 200, "{fresh}");
        assert_eq!((status, &fresh), (read(send().await.expect("an answer")).await.0, &fresh));
        assert_eq!((&fresh["id"], &fresh["balance"], &fresh["version"]), (&lina["card"]["id"], &json!(15), &json!(3)));
        let new = text(&fresh["code"]);
        assert_ne!(new, code);
        assert_eq!(counter.scan(&code).await, (422, json!("card_replaced")));
        assert_eq!(counter.buy(&code, "o-1").await.1["code"], "card_replaced");
        let (status, again) = counter.buy(&code, "o-0").await;
        assert_eq!((status, &again["entries"][0]["points"]), (200, &json!(5)), "a lost answer is given again: {again}");
        assert_eq!(counter.send(Method::POST, "/v1/events", Some(review)).await.0, 200);
        assert_eq!(counter.send(Method::POST, &replace, None).await.1["code"], "card_replaced");
        assert_eq!(counter.scan(&url).await.0, 404, "the link is taken back");
        for good in [new.as_str(), "0017-1234", &text(&fresh["url"])] {
            assert_eq!(counter.scan(good).await, (200, fresh["id"].clone()), "{good}");
        }
        assert_eq!(counter.buy(&new, "o-2").await.1["card"]["balance"], 20);
        let push = tokio::time::timeout(SOON, pushes.recv()).await.expect("in time").expect("a push");
        assert_eq!(push.token, "a1b2");
        let (_, _, bytes) = phone.fetch(None).await;
        let file = billfold::apple::reader::PassFile::open(&bytes).expect("a package");
        let pass = file.pass_json().to_string();
        assert!(pass.contains(&new) && !pass.contains(&code), "{pass}");
        let program = counter.shop.program.parse().expect("an id");
        let deeds = counter.shop.running.house.store.read(move |db| audit::list(db, &program, 100)).await.expect("the audit");
        let told: Vec<_> = deeds.iter().filter(|deed| deed.deed == "replace_card").collect();
        assert_eq!(told.len(), 1);
        assert!(!told[0].detail.contains(&new) && !told[0].detail.contains(&code), "codes are not in the books");
        assert_eq!(counter.shop.post(&format!("/v1/cards/{new}/void"), &Value::Null).await.0, 200);
        assert_eq!(counter.send(Method::POST, &format!("/v1/cards/{new}/replace"), None).await.1["code"], "card_voided");
        counter.close().await;
    }

    /// Each attribute says who set it and when; of two members who are joined the newer value stays, and parting them
    /// brings back what was.
    ///
    /// Shows SR-120 (provenance, the newest wins), SR-145 (attributes), SR-132 (ids of a joined member lead to the survivor).
    async fn attributes_say_where_they_come_from_and_the_newer_one_wins(database: Database) {
        let counter = Counter::open(database).await;
        let (_, lina) = counter.enrol(json!({ "email": "lina@example.com", "attributes": { "milk": "oat", "size": 42 } })).await;
        let first = lina["member"]["attribute_details"].clone();
        assert_eq!(first["milk"], first["size"]);
        assert!(text(&first["milk"]["source"]).starts_with("key:key_") && first["milk"]["at"].is_string(), "{first}");
        let (_, other) = counter.enrol(json!({
            "email": "zenobia@example.com", "card_number": "0017-1234", "attributes": { "milk": "soya", "size": 43, "street": "Palmyra" },
        })).await;
        let owner = counter.shop.request(Method::PATCH, &path(&lina)).json(&json!({ "attributes": { "size": 44 } }));
        let (_, edited) = read(owner.send().await.expect("an answer")).await;
        let details = &edited["member"]["attribute_details"];
        assert_eq!(details["milk"], first["milk"], "what was not named keeps its own");
        assert_ne!(details["size"]["source"], first["size"]["source"]);
        assert!(text(&details["size"]["at"]) > text(&first["size"]["at"]), "{details}");

        let body = json!({ "from": other["member"]["id"], "reason": "one person" });
        let (status, joined) = counter.shop.post(&format!("{}/merge", path(&lina)), &body).await;
        assert_eq!(status, 201, "{joined}");
        assert_eq!(joined["member"]["attributes"], json!({ "milk": "soya", "size": 44, "street": "Palmyra" }));
        let theirs = &other["member"]["attribute_details"];
        let after = &joined["member"]["attribute_details"];
        assert_eq!((&after["milk"], &after["size"], &after["street"]), (&theirs["milk"], &details["size"], &theirs["street"]));
        let clash = |name: &str| joined["clashes"].as_array().expect("clashes").iter().find(|one| one["name"] == name).cloned().expect("a clash");
        assert_eq!(clash("attributes/milk"), json!({ "name": "attributes/milk", "kept": "soya", "dropped": "oat" }));
        assert_eq!(clash("attributes/size"), json!({ "name": "attributes/size", "kept": "44", "dropped": "43" }));
        assert_eq!(counter.scan("0017-1234").await, (200, lina["card"]["id"].clone()));

        let (status, parted) = counter.shop.post(&format!("/v1/merges/{}/undo", text(&joined["merge"]["id"])), &Value::Null).await;
        assert_eq!(status, 200, "{parted}");
        for (who, before) in [(&lina, &edited["member"]), (&other, &other["member"])] {
            let (_, shown) = counter.get(&path(who)).await;
            for name in ["attributes", "attribute_details", "identities"] {
                assert_eq!(shown["member"][name], before[name], "{name}");
            }
        }
        assert_eq!(counter.scan("0017-1234").await, (200, other["card"]["id"].clone()));
        counter.close().await;
    }

    /// Nothing of a person is left in what identities and attributes keep.
    async fn what_was_typed_goes_with_the_person(database: Database) {
        let counter = Counter::open(database).await;
        let (_, lina) = counter.enrol(json!({ "email": "Zenobia@Example.com", "card_number": "Palmyra-17" })).await;
        assert_eq!(counter.add(&lina, "external_id", "Zenobia of Palmyra").await.0, 201);
        for word in ["Zenobia", "Palmyra", "PALMYRA17"] {
            assert_ne!(columns_with(&counter.shop.database, word), [""; 0], "{word}");
        }
        assert_eq!(counter.send(Method::DELETE, &path(&lina), None).await.0, 200);
        crate::caller::until("the database has nothing of the person", async || {
            ["Zenobia", "zenobia", "Palmyra", "PALMYRA17"].iter().all(|word| columns_with(&counter.shop.database, word).is_empty())
        }).await;
        assert_eq!(counter.scan("Palmyra-17").await.0, 404);
        counter.close().await;
    }
}
