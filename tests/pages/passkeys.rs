//! Passkeys: added on one's own page, signed in with, used to confirm changes, taken away.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use billfold::actions::challenge::CHALLENGE_MS;
use billfold::actions::keep_passkey::PASSKEYS_MAX;
use billfold::actions::sign_in::FREE_TRIES;
use billfold::store::passkeys::{self, Passkey};
use billfold::types::Role;
use reqwest::StatusCode;
use serde_json::Value;

use crate::authenticator::{Algorithm, Authenticator};
use crate::own_codes::{books, find, half_way, turn_on, wait_secs};
use crate::shop::{Page, Shop};
use crate::shop_settings::signed_in;
use crate::till::{Browser, PASSWORD, find_form};

const URL: &str = "https://cards.example";

/// What a page's script is told of a ceremony: its challenge and everything else.
async fn options(browser: &mut Browser<'_>, path: &str, ceremony: &str) -> (Vec<u8>, Value) {
    let page = browser.get(path).await;
    assert_eq!(page.header("content-type"), "application/json", "{}", page.body);
    let said: Value = serde_json::from_str(&page.body).expect("JSON");
    let said = said[ceremony].clone();
    let challenge = said["challenge"].as_str().expect("a challenge");
    (URL_SAFE_NO_PAD.decode(challenge).expect("base64url"), said)
}

async fn fresh(shop: &Shop, name: &str) -> Authenticator {
    let mut key = Authenticator::new(Algorithm::Es256, "cards.example", URL);
    key.user_handle = Some(find(shop, name).await.id.as_str().as_bytes().to_vec());
    key
}

/// Adds a passkey in a browser by the password.
async fn add(browser: &mut Browser<'_>, key: &Authenticator, name: &str) -> Page {
    let page = browser.get("/console/me").await;
    let (challenge, _) = options(browser, "/console/me/passkey", "create").await;
    let made = key.make(&challenge).json();
    let fields = [("name", name), ("made", made.as_str()), ("current", PASSWORD)];
    browser.send(&page, "id=\"passkey-new\"", &fields).await
}

async fn sign_in(browser: &mut Browser<'_>, key: &Authenticator) -> Page {
    let (challenge, _) = options(browser, "/sign-in/passkey", "get").await;
    let shown = key.show(&challenge).json();
    browser
        .post(
            "/sign-in/passkey",
            &[("passkey", shown.as_str()), ("next", "/console")],
        )
        .await
}

async fn kept(shop: &Shop, name: &str) -> Vec<Passkey> {
    let id = find(shop, name).await.id;
    shop.act(move |tx, _| Ok(passkeys::list(tx, &id, 100)?)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_passkey_is_added_listed_and_signs_in_without_a_name() {
    let shop = Shop::at(URL).await;
    let mut olga = signed_in(&shop, "olga", Role::Owner).await;
    let mut key = fresh(&shop, "olga").await;
    let (_, asked) = options(&mut olga, "/console/me/passkey", "create").await;
    assert_eq!(
        (&asked["rp"]["id"], &asked["attestation"], &asked["user"]["name"]),
        (
            &"cards.example".into(),
            &"none".into(),
            &"olga@cafe.example".into()
        )
    );
    assert_eq!(asked["authenticatorSelection"]["userVerification"], "required");
    assert_eq!(asked["authenticatorSelection"]["residentKey"], "required");
    key.counter = 3;
    let added = add(&mut olga, &key, "My phone <b>").await;
    let own = olga.follow(&added).await;
    own.assert_sound();
    assert!(
        own.body.contains("My phone &#60;b&#62;") && own.body.contains("not used yet"),
        "{}",
        own.body
    );

    let mut other = Browser::new(&shop);
    let page = other.get("/sign-in?next=/console").await;
    page.assert_sound();
    assert!(
        page.body.contains("id=\"passkey\"") && page.body.contains("/passkey.js"),
        "{}",
        page.body
    );
    let (_, asked) = options(&mut other, "/sign-in/passkey", "get").await;
    assert_eq!(
        asked["allowCredentials"],
        serde_json::json!([]),
        "nobody is told who has any"
    );
    key.counter = 4;
    assert_eq!(sign_in(&mut other, &key).await.location(), "/console");
    assert!(
        other.cookie().contains("__Host-billfold-session="),
        "{}",
        other.cookie()
    );
    assert_eq!(other.get("/console").await.status, StatusCode::OK);
    let passkey = kept(&shop, "olga").await.remove(0);
    assert_eq!((passkey.counter, passkey.used_at.is_some()), (4, true));
    assert!(other.get("/console/me").await.body.contains("last used on"));
    let books = books(&shop).await;
    let by_passkey = |(deed, detail): &(String, String)| {
        deed == "sign_in" && detail.contains("\"by\":\"passkey\"") && detail.contains(passkey.id.as_str())
    };
    assert!(books.iter().any(by_passkey), "{books:?}");
    assert!(books.iter().any(|(deed, _)| deed == "add_passkey"));

    // A counter that does not grow is a copy's.
    let copied = sign_in(&mut Browser::new(&shop), &key).await;
    copied.assert_sound();
    assert_eq!(copied.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        copied.body.contains("The passkey was not taken"),
        "{}",
        copied.body
    );
    let refused = crate::own_codes::books(&shop).await;
    assert!(
        refused
            .iter()
            .any(|(deed, detail)| deed == "refuse_passkey" && detail.contains("counter"))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_answer_to_our_challenge_signs_nobody_in() {
    let shop = Shop::at(URL).await;
    let mut olga = signed_in(&shop, "olga", Role::Owner).await;
    let key = fresh(&shop, "olga").await;
    add(&mut olga, &key, "Key").await;
    let mut other = Browser::new(&shop);
    let send = async |browser: &mut Browser<'_>, shown: &str| {
        let page = browser
            .post("/sign-in/passkey", &[("passkey", shown), ("next", "/console")])
            .await;
        (page.status, page)
    };
    let refused = StatusCode::UNPROCESSABLE_ENTITY;
    // Answered twice.
    let (challenge, _) = options(&mut other, "/sign-in/passkey", "get").await;
    let shown = key.show(&challenge).json();
    assert_eq!(send(&mut other, &shown).await.0, StatusCode::SEE_OTHER);
    assert_eq!(
        send(&mut Browser::new(&shop), &shown).await.0,
        refused,
        "answered twice"
    );
    // Too late.
    let (challenge, _) = options(&mut other, "/sign-in/passkey", "get").await;
    let late = key.show(&challenge).json();
    wait_secs(&shop, CHALLENGE_MS / 1_000);
    assert_eq!(send(&mut other, &late).await.0, refused, "too late");
    // For another purpose, made up, or with a letter changed.
    let (confirm, _) = options(&mut olga, "/console/me/passkey", "get").await;
    assert_eq!(
        send(&mut other, &key.show(&confirm).json()).await.0,
        refused,
        "another purpose"
    );
    assert_eq!(
        send(&mut other, &key.show(b"a made up challenge").json()).await.0,
        refused,
        "made up"
    );
    let (mut bent, _) = options(&mut other, "/sign-in/passkey", "get").await;
    *bent.last_mut().expect("one") ^= 1;
    assert_eq!(send(&mut other, &key.show(&bent).json()).await.0, refused, "bent");
    // A key that nobody keeps; somebody else's name on it; nobody's name.
    let unknown = fresh(&shop, "olga").await;
    assert_eq!(sign_in(&mut other, &unknown).await.status, refused, "unknown");
    let mut foreign = fresh(&shop, "olga").await;
    add(&mut olga, &foreign, "Second").await;
    foreign.user_handle = Some(b"stf_another".to_vec());
    assert_eq!(sign_in(&mut other, &foreign).await.status, refused, "another's");
    foreign.user_handle = None;
    assert_eq!(sign_in(&mut other, &foreign).await.status, refused, "nobody's");
    // On another site, or without the owner's finger.
    let mut elsewhere = fresh(&shop, "olga").await;
    add(&mut olga, &elsewhere, "Third").await;
    "https://cards.evil.example".clone_into(&mut elsewhere.origin);
    assert_eq!(
        sign_in(&mut other, &elsewhere).await.status,
        refused,
        "another site"
    );
    URL.clone_into(&mut elsewhere.origin);
    elsewhere.flags = crate::authenticator::PRESENT;
    assert_eq!(
        sign_in(&mut other, &elsewhere).await.status,
        refused,
        "nobody verified"
    );
    elsewhere.flags |= crate::authenticator::VERIFIED;
    assert_eq!(
        sign_in(&mut other, &elsewhere).await.status,
        StatusCode::SEE_OTHER
    );
    for nonsense in ["", "{}", "[]", "null", "{\"id\":7}", "{\"id\":\"*\"}", "\u{0}"] {
        let (status, page) = send(&mut other, nonsense).await;
        assert_eq!(status, refused, "{nonsense}");
        page.assert_sound();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_passkey_is_both_steps_and_no_lock_keeps_its_owner_out() {
    let shop = Shop::at(URL).await;
    let mut olga = signed_in(&shop, "olga", Role::Owner).await;
    let mut mona = signed_in(&shop, "mona", Role::Manager).await;
    let (key, hers) = (fresh(&shop, "olga").await, fresh(&shop, "mona").await);
    add(&mut olga, &key, "Key").await;
    add(&mut mona, &hers, "Key").await;
    turn_on(&shop, &mut olga, "olga").await;
    assert_eq!(
        sign_in(&mut Browser::new(&shop), &key).await.location(),
        "/console"
    );

    // After the password it is asked for one of this person's, who need not be named then.
    let mut half = half_way(&shop, "olga").await;
    let page = half.get("/sign-in/code?next=/console").await;
    page.assert_sound();
    assert!(page.body.contains("id=\"passkey\""), "{}", page.body);
    let (_, asked) = options(&mut half, "/sign-in/passkey", "get").await;
    let own = URL_SAFE_NO_PAD.encode(&key.id);
    assert_eq!(asked["allowCredentials"][0]["id"], own.as_str());
    assert_eq!(asked["allowCredentials"].as_array().map(Vec::len), Some(1));
    let foreign = sign_in(&mut half, &hers).await;
    foreign.assert_sound();
    assert_eq!(
        foreign.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "somebody else's"
    );
    assert!(foreign.body.contains("name=\"code\""), "{}", foreign.body);
    let mut unnamed = key;
    unnamed.user_handle = None;
    assert_eq!(sign_in(&mut half, &unnamed).await.location(), "/console");
    assert!(!half.cookie().contains("billfold-half="), "{}", half.cookie());

    for _ in 0..FREE_TRIES {
        let fields = [
            ("email", "mona@cafe.example"),
            ("password", "a wrong one that is long"),
        ];
        Browser::new(&shop).post("/sign-in", &fields).await;
    }
    assert_eq!(
        sign_in(&mut Browser::new(&shop), &hers).await.location(),
        "/console"
    );
    assert_eq!(
        find(&shop, "mona").await.failures,
        FREE_TRIES,
        "guessing goes no further for it"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_passkey_is_judged_and_named_and_there_are_not_too_many() {
    let shop = Shop::at(URL).await;
    let mut olga = signed_in(&shop, "olga", Role::Owner).await;
    let key = fresh(&shop, "olga").await;
    let page = olga.get("/console/me").await;
    let refused = StatusCode::UNPROCESSABLE_ENTITY;
    let (challenge, _) = options(&mut olga, "/console/me/passkey", "create").await;
    let made = key.make(&challenge).json();
    for (name, made, current, shown) in [
        ("Key", made.as_str(), "wrong", "not your password"),
        ("", made.as_str(), PASSWORD, "1 to 80 characters"),
        ("K\u{7}", made.as_str(), PASSWORD, "1 to 80 characters"),
        ("Key", "", PASSWORD, "was not taken"),
        ("Key", "{}", PASSWORD, "was not taken"),
    ] {
        let fields = [("name", name), ("made", made), ("current", current)];
        let answer = olga.send(&page, "id=\"passkey-new\"", &fields).await;
        answer.assert_sound();
        assert_eq!(answer.status, refused, "{name} {current}");
        assert!(answer.body.contains(shown), "{}", answer.body);
        assert!(
            name != "Key" || answer.body.contains("value=\"Key\""),
            "what was typed stays"
        );
    }
    let mut unverified = fresh(&shop, "olga").await;
    unverified.flags = crate::authenticator::PRESENT;
    assert_eq!(add(&mut olga, &unverified, "Key").await.status, refused);
    let books = books(&shop).await;
    let why = books
        .iter()
        .find(|(deed, _)| deed == "refuse_new_passkey")
        .expect("noted");
    assert!(why.1.contains("user_verification"), "{why:?}");
    assert!(kept(&shop, "olga").await.is_empty());

    // The challenge of another session is none of this one.
    let mut other = Browser::new(&shop);
    let fields = [
        ("email", "olga@cafe.example"),
        ("password", PASSWORD),
        ("next", "/console"),
    ];
    other.post("/sign-in", &fields).await;
    let (foreign, _) = options(&mut other, "/console/me/passkey", "create").await;
    let foreign = key.make(&foreign).json();
    let fields = [("name", "Key"), ("made", foreign.as_str()), ("current", PASSWORD)];
    assert_eq!(
        olga.send(&page, "id=\"passkey-new\"", &fields).await.status,
        refused
    );

    assert!(
        add(&mut olga, &key, "Key")
            .await
            .location()
            .contains("done=passkey")
    );
    let (_, asked) = options(&mut olga, "/console/me/passkey", "create").await;
    assert_eq!(asked["excludeCredentials"].as_array().map(Vec::len), Some(1));
    // The same one again, also for somebody else.
    let twice = add(&mut olga, &key, "Key").await;
    twice.assert_sound();
    assert_eq!(twice.status, StatusCode::CONFLICT);
    assert!(twice.body.contains("known already"), "{}", twice.body);
    let mut mona = signed_in(&shop, "mona", Role::Manager).await;
    assert_eq!(add(&mut mona, &key, "Key").await.status, StatusCode::CONFLICT);
    // A stale page.
    let (challenge, _) = options(&mut olga, "/console/me/passkey", "create").await;
    let made = fresh(&shop, "olga").await.make(&challenge).json();
    let fields = [("name", "Key"), ("made", made.as_str()), ("current", PASSWORD)];
    let stale = olga.send(&page, "id=\"passkey-new\"", &fields).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert!(stale.body.contains("was changed meanwhile"), "{}", stale.body);

    let id = find(&shop, "olga").await.id;
    shop.act(move |tx, deed| {
        for number in 1..PASSKEYS_MAX {
            let more = Passkey {
                id: billfold::types::PasskeyId::new(deed.now),
                staff_id: id.clone(),
                name: format!("Key {number}"),
                credential: format!("credential-{number}"),
                public_key: String::new(),
                counter: 0,
                created_at: deed.now,
                used_at: None,
            };
            passkeys::insert(tx, &more)?;
        }
        Ok(())
    })
    .await;
    let full = olga.get("/console/me").await;
    full.assert_sound();
    assert!(full.body.contains("as many passkeys as there may be") && !full.body.contains("passkey-new"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_passkey_confirms_changes_and_one_that_is_removed_is_over() {
    let shop = Shop::at(URL).await;
    let mut olga = signed_in(&shop, "olga", Role::Owner).await;
    let (key, other_key) = (fresh(&shop, "olga").await, fresh(&shop, "olga").await);
    add(&mut olga, &key, "Phone").await;
    add(&mut olga, &other_key, "Laptop").await;
    let mut other = Browser::new(&shop);
    sign_in(&mut other, &other_key).await;
    assert_eq!(other.get("/console").await.status, StatusCode::OK);

    let page = olga.get("/console/me").await;
    let both = kept(&shop, "olga").await;
    let laptop = both.iter().find(|one| one.name == "Laptop").expect("two");
    let marker = format!("passkeys/{}/remove", laptop.id);
    // A challenge to sign in confirms nothing, nor does that of another session.
    let (wrong, _) = options(&mut olga, "/sign-in/passkey", "get").await;
    let (foreign, _) = options(&mut other, "/console/me/passkey", "get").await;
    for challenge in [wrong, foreign] {
        let shown = key.show(&challenge).json();
        let refused = olga.send(&page, &marker, &[("passkey", shown.as_str())]).await;
        refused.assert_sound();
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let (confirm, _) = options(&mut olga, "/console/me/passkey", "get").await;
    let shown = key.show(&confirm).json();
    let removed = olga.send(&page, &marker, &[("passkey", shown.as_str())]).await;
    let own = olga.follow(&removed).await;
    own.assert_sound();
    assert!(
        own.body.contains("The passkey is removed") && !own.body.contains("Laptop"),
        "{}",
        own.body
    );
    assert_eq!(other.get("/console").await.location(), "/sign-in?next=/console");
    let gone = sign_in(&mut Browser::new(&shop), &other_key).await;
    assert_eq!(gone.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = olga.get("/console/me").await;
    let replayed = olga.send(&page, "/remove", &[("passkey", shown.as_str())]).await;
    assert_eq!(
        replayed.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "confirmed twice"
    );
    assert_eq!(kept(&shop, "olga").await.len(), 1);
    assert!(
        books(&shop)
            .await
            .iter()
            .any(|(deed, _)| deed == "remove_passkey")
    );

    // Nobody takes away another's.
    let mut mona = signed_in(&shop, "mona", Role::Manager).await;
    let phone = kept(&shop, "olga").await.remove(0);
    let page = mona.get("/console/me").await;
    let (_, fields) = find_form(&page.body, "/console/me/password");
    let mut fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    fields.push(("current", PASSWORD));
    let path = format!("/console/me/passkeys/{}/remove", phone.id);
    assert_eq!(mona.post(&path, &fields).await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        mona.post("/console/me/passkeys/x/remove", &fields).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(kept(&shop, "olga").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_the_address_is_a_number_there_are_no_passkeys_and_it_says_so() {
    let shop = Shop::open().await;
    let mut olga = signed_in(&shop, "olga", Role::Owner).await;
    let own = olga.get("/console/me").await;
    own.assert_sound();
    assert!(
        own.body.contains("Set public_url") && !own.body.contains("passkey-new"),
        "{}",
        own.body
    );
    let page = Browser::new(&shop).get("/sign-in").await;
    assert!(!page.body.contains("passkey"), "{}", page.body);
    let key = fresh(&shop, "olga").await;
    let refused = sign_in(&mut Browser::new(&shop), &key).await;
    refused.assert_sound();
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_owner_takes_the_passkeys_of_somebody_who_lost_their_phone_away() {
    let shop = Shop::at(URL).await;
    let mut mona = signed_in(&shop, "mona", Role::Manager).await;
    let mut olga = signed_in(&shop, "olga", Role::Owner).await;
    let mut mark = signed_in(&shop, "mark", Role::Manager).await;
    let key = fresh(&shop, "mona").await;
    let address = format!("/console/staff/{}", find(&shop, "mona").await.id);
    let before = olga.get(&address).await;
    assert!(!before.body.contains("Passkeys"), "{}", before.body);
    add(&mut mona, &key, "Phone <b>").await;

    // A manager sees them, and cannot.
    let seen = mark.get(&address).await;
    seen.assert_sound();
    assert!(
        seen.body.contains("Passkeys") && !seen.body.contains("/passkeys/remove"),
        "{}",
        seen.body
    );
    let (_, fields) = find_form(&seen.body, "name=\"version\"");
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let forged = mark.post(&format!("{address}/passkeys/remove"), &fields).await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);

    let page = olga.get(&address).await;
    page.assert_sound();
    let stale = olga.send(&page, "/passkeys/remove", &[("version", "1")]).await;
    stale.assert_sound();
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert_eq!(kept(&shop, "mona").await.len(), 1);
    let gone = olga.send(&page, "/passkeys/remove", &[]).await;
    assert!(gone.location().starts_with("/console/staff?done=changed"));
    assert!(kept(&shop, "mona").await.is_empty());
    assert_eq!(mona.get("/console").await.location(), "/sign-in?next=/console");
    let refused = sign_in(&mut Browser::new(&shop), &key).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let books = books(&shop).await;
    assert!(
        books.iter().any(|(deed, _)| deed == "remove_passkeys"),
        "{books:?}"
    );
    assert_eq!(olga.get("/console").await.status, StatusCode::OK);
}
