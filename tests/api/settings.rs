//! The member's settings and the export, on both databases: what changes, what is written down, what is given.

use std::sync::Arc;
use std::time::Duration;

use billfold::store::members::{self, Consent};
use billfold::store::{StoreError, audit, cards, entries};
use billfold::types::{CardId, ManualClock, MemberId, Time};
use reqwest::redirect::Policy;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::erasure::columns_with;
use crate::house::{Database, on_both_databases};
use crate::shop::{Opening, Shop};

/// A browser on a member's page.
struct Visit {
    shop: Shop,
    clock: Arc<ManualClock>,
    browser: reqwest::Client,
    enrolled: Value,
    /// The path of the settings.
    path: String,
}

/// What a browser was answered.
#[derive(Debug)]
struct Answer {
    status: StatusCode,
    location: String,
    body: String,
}

const SAME_SITE: &[(&str, &str)] = &[("sec-fetch-site", "same-origin")];

impl Visit {
    async fn open(database: Database, person: Value) -> Self {
        let clock = Arc::new(ManualClock::new(now()));
        let opening = Opening {
            clock: clock.clone(),
            ..Opening::default()
        };
        let shop = Shop::open_with(database, opening).await;
        let enrolled = enrol(&shop, person).await;
        let browser = reqwest::Client::builder()
            .no_proxy()
            .redirect(Policy::none())
            .build()
            .expect("a client");
        let mut visit = Self {
            path: String::new(),
            clock,
            browser,
            enrolled,
            shop,
        };
        visit.path = visit.enter(text(&visit.enrolled["card"]["id"])).await;
        visit
    }

    fn member(&self) -> MemberId {
        text(&self.enrolled["member"]["id"]).parse().expect("an id")
    }

    /// The path of the settings behind a card's link.
    async fn enter(&self, card: &str) -> String {
        let id: CardId = card.parse().expect("an id");
        let found = self
            .shop
            .running
            .house
            .store
            .read(move |db| cards::get(db, &id))
            .await
            .expect("a card");
        let house = &self.shop.running.house;
        let token = house.member_token(&found.id, found.link_epoch, house.now());
        format!("/member/{token}/settings")
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        fields: &[(&str, &str)],
    ) -> Answer {
        let mut url = reqwest::Url::parse("http://form.example").expect("an address");
        url.query_pairs_mut().extend_pairs(fields);
        let mut request = self
            .browser
            .request(method.clone(), self.shop.url(path))
            .header("accept", "text/html");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if method == Method::POST {
            request = request
                .header("content-type", "application/x-www-form-urlencoded")
                .body(url.query().unwrap_or_default().to_owned());
        }
        let response = request.send().await.expect("an answer");
        let location = response.headers().get("location");
        Answer {
            status: response.status(),
            location: location
                .and_then(|value| value.to_str().ok())
                .unwrap_or_default()
                .to_owned(),
            body: response.text().await.expect("a body"),
        }
    }

    async fn get(&self, below: &str) -> Answer {
        let path = format!("{}{below}", self.path);
        self.ask(Method::GET, &path, SAME_SITE, &[]).await
    }

    async fn send(&self, below: &str, fields: &[(&str, &str)]) -> Answer {
        let path = format!("{}{below}", self.path);
        self.ask(Method::POST, &path, SAME_SITE, fields).await
    }

    /// Sends a form that is taken; what the settings say then.
    async fn taken(&self, below: &str, fields: &[(&str, &str)], said: &str) -> Answer {
        let sent = self.send(below, fields).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
        assert!(sent.location.contains(said), "{} is not {said}", sent.location);
        let shown = self.ask(Method::GET, &sent.location, SAME_SITE, &[]).await;
        assert_eq!(shown.status, StatusCode::OK, "{}", shown.body);
        shown
    }

    /// The member's consents, the newest first.
    async fn consents(&self) -> Vec<Consent> {
        let id = self.member();
        let read = move |db: &mut billfold::store::Db| members::list_consents(db, &id);
        self.shop.running.house.store.read(read).await.expect("consents")
    }

    /// How often a deed on the member is in the books, and by whom.
    async fn noted(&self, deed: &'static str) -> Vec<String> {
        let (id, program) = (self.member(), self.shop.program.parse().expect("an id"));
        let read = move |db: &mut billfold::store::Db| {
            let rows = audit::list(db, &program, 200)?;
            let of = rows
                .into_iter()
                .filter(|row| row.deed == deed && row.subject == id.as_str());
            Ok::<_, StoreError>(of.map(|row| row.actor).collect())
        };
        self.shop.running.house.store.read(read).await.expect("rows")
    }

    async fn close(self) {
        self.shop.running.stop().await;
    }
}

fn now() -> Time {
    Time::from_secs(1_795_341_600)
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

async fn enrol(shop: &Shop, person: Value) -> Value {
    let path = format!("/v1/programs/{}/members", shop.program);
    let (status, body) = shop.post(&path, &person).await;
    assert_eq!(status, 201, "{body}");
    body
}

fn lina() -> Value {
    json!({
        "first_name": "Lina", "last_name": "Haddad", "email": "lina@example.com", "phone": "+49301234567",
        "external_id": "C-17", "birth_date": "1990-02-28", "attributes": { "milk": "oat" },
    })
}

on_both_databases! {
    async fn a_member_corrects_what_is_known_of_them(database: Database) {
        let visit = Visit::open(database, lina()).await;
        enrol(&visit.shop, json!({ "first_name": "Omar", "email": "omar@example.com" })).await;
        let page = visit.get("").await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        for words in ["value=\"Lina\"", "value=\"Haddad\"", "lina@example.com", "+49301234567", "value=\"en\" selected"] {
            assert!(page.body.contains(words), "{words}: {}", page.body);
        }
        assert!(!page.body.contains("C-17"), "the shop's own number is the shop's");

        let about = [("first_name", " Leïla "), ("last_name", ""), ("language", "ar")];
        let shown = visit.taken("/about", &about, "done=saved&lang=ar").await;
        assert!(shown.body.contains("dir=\"rtl\"") && shown.body.contains("value=\"Leïla\""), "{}", shown.body);
        let long = "x".repeat(201);
        let refused = visit.send("/about", &[("first_name", &long), ("last_name", ""), ("language", "ar")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains("id=\"first_name-fault\"") && refused.body.contains(&long), "{}", refused.body);

        for (typed, status, words) in [
            ("omar@example.com", StatusCode::CONFLICT, "another card"),
            ("nobody@", StatusCode::UNPROCESSABLE_ENTITY, "not complete"),
            ("12", StatusCode::UNPROCESSABLE_ENTITY, "country code"),
            ("lina", StatusCode::UNPROCESSABLE_ENTITY, "an e-mail address like"),
        ] {
            let refused = visit.send("/contact?lang=en", &[("contact", typed)]).await;
            assert_eq!(refused.status, status, "{typed}: {}", refused.body);
            assert!(refused.body.contains(words), "{words}: {}", refused.body);
            assert!(refused.body.contains(&format!("value=\"{typed}\"")), "{typed} is not lost");
            assert!(!refused.body.contains("Omar"), "who has it is not told");
        }
        visit.taken("/contact", &[("contact", "leila@example.com")], "done=added").await;
        visit.taken("/contact", &[("contact", "leila@example.com")], "done=added").await;
        visit.taken("/contact/remove", &[("identity", "phone:+49301234567")], "done=removed").await;
        visit.taken("/contact/remove", &[("identity", "phone:+49301234567")], "not=gone").await;
        visit.taken("/contact/remove", &[("identity", "email:omar@example.com")], "not=gone").await;
        visit.taken("/contact/remove", &[("identity", "external_id:C-17")], "not=gone").await;
        let (_, kept) = visit.shop.get(&format!("/v1/members/{}", visit.member())).await;
        let mut identities: Vec<&str> = kept["member"]["identities"].as_array().expect("a list")
            .iter().map(|one| text(&one["value"])).collect();
        identities.sort_unstable();
        assert_eq!(identities, ["C-17", "leila@example.com", "lina@example.com"]);
        assert_eq!(json!([kept["member"]["first_name"], kept["member"]["last_name"], kept["member"]["language"]]),
            json!(["Leïla", "", "ar"]));
        assert_eq!(visit.noted("change_member").await, ["customer"]);
        visit.close().await;
    }

    /// One tap silences the card, another lets it be heard; anything else is refused.
    async fn a_card_is_silenced_with_one_tap(database: Database) {
        let visit = Visit::open(database, json!({ "first_name": "Lina" })).await;
        assert!(visit.get("").await.body.contains("Your phone tells you when your card changes"));
        for (answer, said, words) in [
            ("yes", "done=quiet", "Your card changes without a notice"),
            ("yes", "done=quiet", "Your card changes without a notice"),
            ("no", "done=heard", "Your phone tells you when your card changes"),
        ] {
            let shown = visit.taken("/quiet", &[("quiet", answer)], said).await;
            assert!(shown.body.contains(words), "{}", shown.body);
        }
        let refused = visit.send("/quiet", &[("quiet", "perhaps")]).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{}", refused.body);
        // What changes nothing is not written down.
        assert_eq!(visit.noted("change_member").await, ["customer", "customer"]);
        visit.close().await;
    }

    /// Shows SR-068 (consent log, of the member's own hand).
    async fn a_consent_is_given_and_withdrawn_with_one_tap_and_stays_written(database: Database) {
        let visit = Visit::open(database, json!({
            "first_name": "Lina", "consents": [{ "purpose": "birthday", "granted": true }],
        })).await;
        let page = visit.get("").await;
        for words in ["You get no news", "Send me news and offers. I can stop them", "You agreed to: birthday", "through the shop"] {
            assert!(page.body.contains(words), "{words}: {}", page.body);
        }
        visit.clock.advance(Duration::from_mins(1));
        let yes = [("purpose", "marketing"), ("granted", "yes")];
        let given = visit.taken("/consent?lang=ar", &yes, "done=given").await;
        assert!(given.body.contains("تصلك الأخبار والعروض."), "{}", given.body);
        let last = visit.consents().await.remove(0);
        assert_eq!((last.granted, last.purpose.as_str(), last.source.as_str()), (true, "marketing", "member_page"));
        assert_eq!((last.text_version.as_str(), last.language.as_str()), ("consent-marketing-1", "ar"));
        assert_eq!(last.at, now().plus_ms(60_000));

        // Twice is once; a no of the same instant is newer than the yes.
        visit.taken("/consent", &yes, "done=given").await;
        let no = [("purpose", "marketing"), ("granted", "no")];
        let stopped = visit.taken("/consent", &no, "done=stopped").await;
        visit.taken("/consent", &no, "done=stopped").await;
        assert!(stopped.body.contains("You get no news") && stopped.body.contains("on this page"), "{}", stopped.body);
        assert!(stopped.body.contains("<q lang=\"ar\" dir=\"rtl\">أرسلوا لي"), "{}", stopped.body);
        let said: Vec<(String, bool)> = visit.consents().await.into_iter().map(|one| (one.purpose, one.granted)).collect();
        let marketing: Vec<bool> = said.iter().filter(|one| one.0 == "marketing").map(|one| one.1).collect();
        assert_eq!(marketing, [false, true]);
        assert_eq!(visit.noted("state_consent").await, ["customer", "customer"]);

        // To a purpose without a text nobody agrees here, but whoever agreed takes it back.
        visit.taken("/consent", &[("purpose", "profiling"), ("granted", "yes")], "not=gone").await;
        visit.taken("/consent", &[("purpose", "profiling"), ("granted", "no")], "not=gone").await;
        let other = visit.taken("/consent", &[("purpose", "birthday"), ("granted", "no")], "done=stopped").await;
        assert!(!other.body.contains("You agreed to: birthday"), "{}", other.body);
        visit.taken("/consent", &[("purpose", "birthday"), ("granted", "yes")], "not=gone").await;
        assert_eq!(visit.consents().await.len(), 4);
        let odd = visit.send("/consent", &[("purpose", "marketing"), ("granted", "perhaps")]).await;
        assert_eq!(odd.status, StatusCode::BAD_REQUEST);
        visit.close().await;
    }

    /// Shows SR-068 (export).
    async fn the_export_holds_everything_of_the_member_and_nothing_of_others(database: Database) {
        let visit = Visit::open(database, lina()).await;
        let shop = &visit.shop;
        let (member, code) = (visit.member(), text(&visit.enrolled["card"]["code"]));
        let referral = text(&visit.enrolled["member"]["referral"]["code"]);
        let friend = enrol(shop, json!({ "first_name": "Zenobia", "email": "zenobia@example.com",
            "referral_code": referral })).await;
        let before = enrol(shop, json!({ "first_name": "Elina", "email": "elina@example.com",
            "consents": [{ "purpose": "marketing", "granted": true }] })).await;
        let (_, bought) = shop.order(code, "sale-1", 1_250).await;
        let nothing = shop.order(code, "sale-2", 10).await.1;
        assert_eq!(nothing["order"]["earned"], 0, "{nothing}");
        let order = text(&bought["order"]["id"]);
        let refund = json!({ "external_id": "back-1", "amount": { "amount": 250, "currency": "EUR" } });
        assert_eq!(shop.post(&format!("/v1/orders/{order}/refunds"), &refund).await.0, 201);
        shop.order(text(&friend["card"]["code"]), "sale-3", 4_400).await;
        let said = json!({ "type": "survey_answered", "external_id": "E-1", "card": code, "data": { "1": "I like rain" } });
        assert_eq!(shop.post("/v1/events", &said).await.0, 201);
        let gift = json!({ "program": shop.program, "amount": { "amount": 2_000, "currency": "EUR" }, "member": member,
            "external_id": "G-1", "reason": "sold" });
        let gift = shop.post("/v1/gift-cards", &gift).await;
        assert_eq!(gift.0, 201, "{}", gift.1);
        let merge = json!({ "from": before["member"]["id"], "reason": "came twice" });
        assert_eq!(shop.post(&format!("/v1/members/{member}/merge"), &merge).await.0, 201);

        let path = format!("/v1/members/{member}/export");
        let (status, export) = shop.get(&path).await;
        assert_eq!(status, 200, "{export}");
        let all = export.to_string();
        for words in ["Lina", "Haddad", "lina@example.com", "+49301234567", "C-17", "1990-02-28", "\"milk\":\"oat\"",
            "Elina", "elina@example.com", "sale-1", "sale-2", "back-1", "I like rain", code, referral,
            text(&gift.1["gift_card"]["code"])]
        {
            assert!(all.contains(words), "{words}: {export}");
        }
        assert_eq!(export["is_whole"], true);
        assert_eq!(export["orders"].as_array().map(Vec::len), Some(2));
        assert_eq!(export["consents"].as_array().map(Vec::len), Some(1), "what was copied is there once");
        assert_eq!(json!([export["referral"]["invited"], export["referral"]["was_invited"]]), json!([1, false]));
        let total: i64 = export["entries"].as_array().expect("a list").iter()
            .map(|one| one["points"].as_i64().expect("points")).sum();
        let (_, held) = shop.get(&format!("/v1/cards/{code}")).await;
        assert_eq!(Some(total), held["card"]["balance"].as_i64().map(|balance| balance + held["card"]["pending"].as_i64().unwrap_or(0)));
        for others in ["Zenobia", "zenobia@example.com", text(&friend["member"]["id"]), text(&friend["card"]["code"]),
            "sale-3", "token", "fingerprint", "secret", "bfk_", "key_"]
        {
            let mut shown = export.clone();
            // Who gave an identity is named by the key's id, which opens nothing.
            for one in shown["identities"].as_array_mut().expect("a list") { one["source"] = Value::Null; }
            assert!(!shown.to_string().contains(others), "{others}: {export}");
        }

        // The page gives the same, and both are in the books.
        let file = visit.get("/export").await;
        assert_eq!(file.status, StatusCode::OK, "{}", file.body);
        let mut own: Value = serde_json::from_str(&file.body).expect("JSON");
        own["exported_at"] = export["exported_at"].clone();
        assert_eq!(own, export);
        let noted = visit.noted("export_member").await;
        assert_eq!(noted.len(), 2, "{noted:?}");
        assert!(noted.iter().any(|actor| actor == "customer") && noted.iter().any(|actor| actor.starts_with("key:")));
        let joined = shop.get(&format!("/v1/members/{}/export", text(&before["member"]["id"]))).await;
        assert_eq!((joined.0, &joined.1["members"]), (200, &export["members"]), "the one who stands for both");
        let stranger = shop.get(&format!("/v1/members/{}/export", text(&friend["member"]["id"]))).await.1;
        assert!(!stranger.to_string().contains("Lina") && !stranger.to_string().contains("sale-1"), "{stranger}");
        visit.close().await;
    }

    /// Shows SR-068 (erasure by the member).
    async fn a_member_is_forgotten_once_the_word_is_typed(database: Database) {
        let visit = Visit::open(database, lina()).await;
        let ask = visit.get("/delete").await;
        assert_eq!(ask.status, StatusCode::OK, "{}", ask.body);
        for words in ["This stays, and why", "To go on, write “<bdi>DELETE</bdi>”", "/settings/export"] {
            assert!(ask.body.contains(words), "{words}: {}", ask.body);
        }
        for wrong in ["", "yes", "DELET", "حذف"] {
            let refused = visit.send("/delete?lang=en", &[("word", wrong)]).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
            assert!(refused.body.contains("Nothing was deleted"), "{}", refused.body);
        }
        assert_eq!(visit.get("").await.status, StatusCode::OK);
        let done = visit.send("/delete?lang=fa", &[("word", " حذف ")]).await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.body);
        assert!(done.body.contains("داده‌هایتان پاک شد") && !done.body.contains("Lina"), "{}", done.body);
        assert_eq!(visit.get("").await.status, StatusCode::NOT_FOUND, "the link leads nowhere");
        assert_eq!(visit.send("/delete", &[("word", "DELETE")]).await.status, StatusCode::NOT_FOUND);
        for word in ["Lina", "Haddad", "lina@example.com", "+49301234567", "C-17"] {
            assert_eq!(columns_with(&visit.shop.database, word), [""; 0], "{word}");
        }
        let (id, store) = (visit.member(), visit.shop.running.house.store.clone());
        let moved = store.read(move |db| entries::list_by_member(db, &id, None, 10)).await.expect("entries");
        assert_eq!(moved.len(), 1, "the books stay");
        assert_eq!(visit.noted("erase_member").await, ["customer"]);
        let gone = visit.shop.get(&format!("/v1/members/{}/export", visit.member())).await;
        assert_eq!(gone.0, 404, "{}", gone.1);
        visit.close().await;
    }

    async fn settings_are_for_whoever_has_a_link_of_now_and_come_from_our_own_pages(database: Database) {
        let visit = Visit::open(database, lina()).await;
        let yes = [("purpose", "marketing"), ("granted", "yes")];
        let forms: [(&str, &[(&str, &str)]); 5] = [
            ("/about", &[("first_name", "Eve"), ("last_name", ""), ("language", "en")]),
            ("/contact", &[("contact", "eve@example.com")]),
            ("/contact/remove", &[("identity", "email:lina@example.com")]),
            ("/consent", &yes),
            ("/delete", &[("word", "DELETE")]),
        ];
        let path = |below: &str| format!("{}{below}", visit.path);
        for headers in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
            for (below, fields) in forms {
                let refused = visit.ask(Method::POST, &path(below), &[headers], fields).await;
                assert_eq!(refused.status, StatusCode::FORBIDDEN, "{below}: {}", refused.body);
            }
        }
        let led = visit.ask(Method::GET, &path("/export"), &[("sec-fetch-site", "cross-site")], &[]).await;
        assert_eq!(led.status, StatusCode::FORBIDDEN, "another site starts no download");
        for (below, _) in forms {
            let bent = visit.path.replace("/settings", "x/settings") + below;
            let missing = visit.ask(Method::POST, &bent, SAME_SITE, &[]).await;
            assert_eq!(missing.status, StatusCode::NOT_FOUND, "{bent}");
        }
        let empty = visit.send("/about", &[]).await;
        assert_eq!(empty.status, StatusCode::BAD_REQUEST);
        visit.clock.advance(Duration::from_mins(30));
        for below in ["", "/export", "/delete"] {
            let over = visit.get(below).await;
            assert_eq!(over.status, StatusCode::GONE, "{below}");
            assert!(!over.body.contains("Lina"), "{}", over.body);
        }
        for (below, fields) in forms {
            assert_eq!(visit.send(below, fields).await.status, StatusCode::GONE, "{below}");
        }
        let (_, kept) = visit.shop.get(&format!("/v1/members/{}", visit.member())).await;
        assert_eq!(json!([kept["member"]["first_name"], kept["member"]["version"]]), json!(["Lina", 1]));
        assert!(visit.consents().await.is_empty());
        visit.close().await;
    }

    async fn blocked_and_joined_members_keep_their_rights(database: Database) {
        let visit = Visit::open(database, lina()).await;
        let path = format!("/v1/members/{}", visit.member());
        let (status, _) = visit.shop.post(&format!("{path}/block"), &json!({ "reason": "a test" })).await;
        assert_eq!(status, 200);
        let yes = [("purpose", "marketing"), ("granted", "yes")];
        visit.taken("/consent", &yes, "done=given").await;
        visit.taken("/consent", &[("purpose", "marketing"), ("granted", "no")], "done=stopped").await;
        assert_eq!(visit.get("/export").await.status, StatusCode::OK);
        assert_eq!(visit.shop.post(&format!("{path}/unblock"), &json!({ "reason": "over" })).await.0, 200);

        // The link of a card that was joined opens what stands for both.
        let other = enrol(&visit.shop, json!({ "first_name": "Elina", "email": "elina@example.com" })).await;
        let theirs = visit.enter(text(&other["card"]["id"])).await;
        let merge = json!({ "from": other["member"]["id"], "reason": "came twice" });
        assert_eq!(visit.shop.post(&format!("{path}/merge"), &merge).await.0, 201);
        let shown = visit.ask(Method::GET, &theirs, SAME_SITE, &[]).await;
        assert_eq!(shown.status, StatusCode::OK, "{}", shown.body);
        assert!(shown.body.contains("value=\"Lina\"") && shown.body.contains("elina@example.com"), "{}", shown.body);
        let given = visit.ask(Method::POST, &format!("{theirs}/consent"), SAME_SITE, &yes).await;
        assert_eq!(given.status, StatusCode::SEE_OTHER);
        assert_eq!(visit.consents().await.first().map(|last| last.granted), Some(true), "it is the survivor's word");
        let sent = visit.ask(Method::POST, &format!("{theirs}/delete"), SAME_SITE, &[("word", "delete")]).await;
        assert_eq!(sent.status, StatusCode::OK, "{}", sent.body);
        for word in ["Lina", "elina@example.com"] {
            assert_eq!(columns_with(&visit.shop.database, word), [""; 0], "{word}");
        }
        visit.close().await;
    }
}
