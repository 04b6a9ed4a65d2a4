//! The till: connecting a browser, signing in, and what a cashier does there.

use std::time::Duration;

use billfold::actions::TermKind;
use billfold::actions::change_member::Edit;
use billfold::actions::change_staff::{StaffChange, create_staff, prepare_staff};
use billfold::actions::connect_till::{create_till, revoke_till};
use billfold::actions::enrol::{Enrolment, enrol};
use billfold::actions::write_term::create_term;
use billfold::http::routes::{Access, ROUTES};
use billfold::store::staff::Staff;
use billfold::store::tills::Till;
use billfold::store::{cards, programs};
use billfold::types::{Role, Secret};
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::shop::{Page, Shop, form};

pub(crate) const PASSWORD: &str = "a long word with spaces";
pub(crate) const PIN: &str = "4711";
const OURS: (&str, &str) = ("sec-fetch-site", "same-origin");

/// Somebody at a browser of theirs, with what it keeps.
pub(crate) struct Browser<'s> {
    shop: &'s Shop,
    cookies: Vec<(String, String)>,
}

impl<'s> Browser<'s> {
    pub(crate) const fn new(shop: &'s Shop) -> Self {
        Self {
            shop,
            cookies: Vec::new(),
        }
    }

    /// What it keeps, as it sends it.
    pub(crate) fn cookie(&self) -> String {
        let kept = self.cookies.iter().map(|(name, value)| format!("{name}={value}"));
        kept.collect::<Vec<_>>().join("; ")
    }

    async fn ask(&mut self, method: Method, path: &str, more: &[(&str, &str)], body: Option<String>) -> Page {
        let kept = self.cookie();
        let mut headers = vec![("cookie", kept.as_str())];
        headers.extend_from_slice(more);
        let page = self.shop.ask(method, path, &headers, body).await;
        for set in page.headers.get_all("set-cookie") {
            let set = set.to_str().expect("text");
            let (name, value) = set
                .split(';')
                .next()
                .and_then(|pair| pair.split_once('='))
                .expect("a pair");
            self.cookies.retain(|(known, _)| known != name);
            if !value.is_empty() {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        page
    }

    pub(crate) async fn get(&mut self, path: &str) -> Page {
        self.ask(Method::GET, path, &[], None).await
    }

    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        self.ask(Method::POST, path, &[OURS], Some(form(fields))).await
    }

    /// Sends the form of a page that has a hidden field of a name, with some fields changed.
    pub(crate) async fn send(&mut self, page: &Page, marker: &str, changed: &[(&str, &str)]) -> Page {
        let (action, mut fields) = find_form(&page.body, marker);
        for (name, value) in changed {
            fields.retain(|(known, _)| known != name);
            fields.push(((*name).to_owned(), (*value).to_owned()));
        }
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        self.post(&action, &fields).await
    }

    /// Sends a form with a file.
    pub(crate) async fn post_file(
        &mut self,
        path: &str,
        fields: &[(String, String)],
        (field, name, content): (&str, &str, &[u8]),
    ) -> Page {
        let content = std::str::from_utf8(content).expect("text");
        let part = |head: &str, value: &str| {
            format!("--b0\r\nContent-Disposition: form-data; {head}\r\n\r\n{value}\r\n")
        };
        let parts = fields
            .iter()
            .map(|(name, value)| part(&format!("name=\"{name}\""), value));
        let file = part(&format!("name=\"{field}\"; filename=\"{name}\""), content);
        let body = format!("{}{file}--b0--\r\n", parts.collect::<String>());
        let kind = ("content-type", "multipart/form-data; boundary=b0");
        self.ask(Method::POST, path, &[OURS, kind], Some(body)).await
    }

    pub(crate) async fn follow(&mut self, page: &Page) -> Page {
        let to = page.location().to_owned();
        self.get(&to).await
    }
}

/// Action and hidden fields of the first form in which a marker stands.
pub(crate) fn find_form(html: &str, marker: &str) -> (String, Vec<(String, String)>) {
    let one = html
        .split("<form ")
        .skip(1)
        .map(|rest| rest.split("</form>").next().unwrap_or_default())
        .find(|one| one.contains(marker))
        .unwrap_or_else(|| panic!("no form with {marker} in {html}"));
    let value = |tag: &str, name: &str| {
        let (_, rest) = tag.split_once(&format!("{name}=\""))?;
        rest.split('"').next().map(|text| text.replace("&#38;", "&"))
    };
    let hidden = one.split("<input type=\"hidden\"").skip(1);
    let fields = hidden.filter_map(|tag| {
        let tag = tag.split('>').next()?;
        Some((value(tag, "name")?, value(tag, "value")?))
    });
    (value(one, "action").expect("an action"), fields.collect())
}

pub(crate) async fn hire(shop: &Shop, name: &str, role: Role) -> Staff {
    let house = &shop.running.house;
    let change = StaffChange {
        name: Some(name.to_owned()),
        role: Some(role),
        email: Edit::Set(format!("{name}@cafe.example")),
        password: Edit::Set(Secret::new(PASSWORD)),
        pin: Edit::Set(Secret::new(PIN)),
        ..StaffChange::default()
    };
    let prepared = prepare_staff(house, None, change).await.expect("sound");
    shop.act(move |tx, deed| {
        let program = programs::find_by_slug(tx, "cafe")?.expect("there");
        create_staff(tx, deed, Some(program.id), &prepared)
    })
    .await
}

pub(crate) async fn new_till(shop: &Shop) -> (Till, String) {
    let (till, link) = shop
        .act(|tx, deed| {
            let program = programs::find_by_slug(tx, "cafe")?.expect("there");
            create_till(tx, deed, &program.id, "Counter 1", Some("Main street".to_owned()))
        })
        .await;
    (till, format!("/till/connect/{}", link.expose()))
}

/// A browser that is a till, at which somebody has signed in with their PIN.
pub(crate) async fn at_till<'s>(shop: &'s Shop, staff: &Staff) -> Browser<'s> {
    let (_, path) = new_till(shop).await;
    let mut browser = Browser::new(shop);
    let asked = browser.get(&path).await;
    let connected = browser.send(&asked, "till/connect", &[]).await;
    assert_eq!(connected.location(), "/till");
    let fields = [("staff", staff.id.as_str()), ("pin", PIN)];
    let signed_in = browser.post("/till/sign-in", &fields).await;
    assert_eq!(signed_in.location(), "/till");
    browser
}

/// The code of a new member's card.
pub(crate) async fn member(shop: &Shop, name: &str) -> String {
    let enrolment = Enrolment {
        first_name: Some(name.to_owned()),
        email: Some(format!("{name}@example.com")),
        phone: Some("+49 30 901820".to_owned()),
        ..Enrolment::default()
    };
    let enrolled = shop
        .act(move |tx, deed| {
            let program = programs::find_by_slug(tx, "cafe")?.expect("there");
            enrol(tx, deed, &program.id, &enrolment)
        })
        .await;
    enrolled.sheet.card.code
}

async fn coffee(shop: &Shop, cost: i64) {
    let reward = json!({ "name": { "en": "Coffee", "ar": "قهوة" }, "cost": cost, "gives": { "free_item": { "category": ["coffee"] } } });
    let fields = serde_json::from_value(reward).expect("fields");
    shop.act(move |tx, deed| {
        let program = programs::find_by_slug(tx, "cafe")?.expect("there");
        create_term(tx, deed, Some(program.id), TermKind::Reward, fields)
    })
    .await;
}

async fn balance(shop: &Shop, code: &str) -> i64 {
    let code = code.to_owned();
    let read = shop
        .running
        .house
        .store
        .read(move |db| cards::find_by_code(db, &code));
    read.await.expect("read").expect("a card").balance.get()
}

/// Shows SR-024 (part).
/// What the forms of a till's page carry.
fn token_of(page: &str) -> String {
    let (_, fields) = find_form(page, "/till/training");
    let token = fields.into_iter().find(|(name, _)| name == "token");
    token.expect("a token").1
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_becomes_a_till_once_and_staff_sign_in_there_with_a_pin() {
    let shop = Shop::open().await;
    let sam = hire(&shop, "sam", Role::Cashier).await;
    let (till, path) = new_till(&shop).await;
    let mut browser = Browser::new(&shop);
    assert_eq!(browser.get("/till").await.location(), "/sign-in?next=/till");
    let asked = browser.get(&path).await;
    assert_eq!(asked.status, StatusCode::OK, "{}", asked.body);
    asked.assert_sound();
    // To look at a link does not use it up.
    browser.get(&path).await;
    let connected = browser.send(&asked, "till/connect", &[]).await;
    assert_eq!(connected.location(), "/till");
    let mut other = Browser::new(&shop);
    let over = other.post(&path, &[]).await;
    assert_eq!(over.status, StatusCode::GONE);
    assert!(other.cookies.is_empty());

    let pad = browser.get("/till").await;
    pad.assert_sound();
    assert!(
        pad.body.contains("sam") && pad.body.contains("Counter 1"),
        "{}",
        pad.body
    );
    let wrong = browser
        .post("/till/sign-in", &[("staff", sam.id.as_str()), ("pin", "4712")])
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("The PIN is not right"), "{}", wrong.body);
    // In the digits of any keyboard.
    let right = browser
        .post("/till/sign-in", &[("staff", sam.id.as_str()), ("pin", "۴۷۱۱")])
        .await;
    assert_eq!(right.location(), "/till");
    let home = browser.get("/till").await;
    home.assert_sound();
    assert!(
        home.body.contains("name=\"code\"") && home.body.contains("sam"),
        "{}",
        home.body
    );
    assert_eq!(
        home.header("permissions-policy"),
        "camera=(self), microphone=(), geolocation=()"
    );

    // Whoever has no business at a till is told so, and not asked to sign in again.
    let mia = hire(&shop, "mia", Role::Marketer).await;
    let mut own = Browser::new(&shop);
    let email = mia.email.as_deref().expect("an address");
    own.post("/sign-in", &[("email", email), ("password", PASSWORD)])
        .await;
    let refused = own.get("/till").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(
        refused.body.contains("Your role may not do this"),
        "{}",
        refused.body
    );

    shop.act(move |tx, deed| revoke_till(tx, deed, &till.id)).await;
    assert_eq!(browser.get("/till").await.location(), "/sign-in?next=/till");
    assert_eq!(browser.get("/till/card?code=x").await.location(), "/till");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_opens_a_session_that_signing_out_ends() {
    let shop = Shop::open().await;
    hire(&shop, "mona", Role::Manager).await;
    let mut browser = Browser::new(&shop);
    let asked = browser.get("/sign-in?next=/till").await;
    asked.assert_sound();
    for (email, password) in [
        ("mona@cafe.example", "a long word with space"),
        ("nobody@cafe.example", PASSWORD),
        ("", ""),
    ] {
        let fields = [("email", email), ("password", password), ("next", "/till")];
        let wrong = browser.post("/sign-in", &fields).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{email}");
        assert!(
            wrong.body.contains("E-mail or password is not right"),
            "{}",
            wrong.body
        );
        assert!(!wrong.body.contains(PASSWORD), "{}", wrong.body);
    }
    let fields = [
        ("email", "MONA@cafe.example "),
        ("password", PASSWORD),
        ("next", "https://evil.example"),
    ];
    let right = browser.post("/sign-in", &fields).await;
    assert_eq!(right.location(), "/console", "no address of others is followed");
    let set = right.header("set-cookie");
    assert!(
        set.contains("HttpOnly") && set.contains("SameSite=Lax") && set.contains("Path=/"),
        "{set}"
    );
    let home = browser.get("/till").await;
    assert_eq!(home.status, StatusCode::OK);

    let kept = browser.cookies.clone();
    let forged = browser.post("/sign-out", &[("token", "x")]).await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
    let out = browser.send(&home, "/sign-out", &[]).await;
    assert_eq!(out.location(), "/till");
    assert!(browser.cookies.is_empty());
    // What the browser kept opens nothing any more.
    browser.cookies = kept;
    assert_eq!(browser.get("/till").await.location(), "/sign-in?next=/till");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_signs_in_is_led_to_where_their_role_works_or_where_they_asked() {
    let shop = Shop::open().await;
    for (name, role, place) in [
        ("olga", Role::Owner, "/console"),
        ("mona", Role::Manager, "/console"),
        ("mia", Role::Marketer, "/console"),
        ("adam", Role::Auditor, "/console"),
        ("sam", Role::Cashier, "/till"),
    ] {
        let email = hire(&shop, name, role).await.email.expect("an address");
        let mut browser = Browser::new(&shop);
        let page = browser.get("/sign-in").await;
        page.assert_sound();
        let fields = [("email", email.as_str()), ("password", PASSWORD)];
        let led = browser.send(&page, "name=\"password\"", &fields).await;
        assert_eq!(led.location(), place, "{name}");
        let asked = [&fields[..], &[("next", "/till")]].concat();
        assert_eq!(
            browser.post("/sign-in", &asked).await.location(),
            "/till",
            "{name}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_guesses_waits_longer_each_time_and_the_right_one_comes_in_after_it() {
    let shop = Shop::open().await;
    hire(&shop, "mona", Role::Manager).await;
    let mut browser = Browser::new(&shop);
    let wrong = [("email", "mona@cafe.example"), ("password", "not the password")];
    let right = [("email", "mona@cafe.example"), ("password", PASSWORD)];
    for _ in 0..5 {
        let page = browser.post("/sign-in", &wrong).await;
        assert!(page.body.contains("is not right"), "{}", page.body);
    }
    let locked = browser.post("/sign-in", &right).await;
    assert_eq!(locked.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(locked.body.contains("Wait a minute"), "{}", locked.body);
    shop.clock.advance(Duration::from_secs(31));
    browser.post("/sign-in", &wrong).await;
    shop.clock.advance(Duration::from_secs(31));
    let locked = browser.post("/sign-in", &right).await;
    assert!(locked.body.contains("Wait a minute"), "{}", locked.body);
    shop.clock.advance(Duration::from_secs(30));
    let open = browser.post("/sign-in", &right).await;
    assert_eq!(open.location(), "/console");
    // It begins anew.
    let page = Browser::new(&shop).post("/sign-in", &wrong).await;
    assert!(page.body.contains("is not right"), "{}", page.body);
}

/// Shows SR-023 (part), SR-025 (part).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cashier_scans_gives_points_and_undoes_it() {
    let shop = Shop::open().await;
    let sam = hire(&shop, "sam", Role::Cashier).await;
    let code = member(&shop, "Lina").await;
    let mut till = at_till(&shop, &sam).await;
    let card = till.get(&format!("/till/card?code={code}")).await;
    assert_eq!(card.status, StatusCode::OK, "{}", card.body);
    card.assert_sound();
    assert!(card.body.contains("<h1>Lina</h1>"), "{}", card.body);

    let given = till.send(&card, "/till/orders", &[("amount", "12,50")]).await;
    let done = till.follow(&given).await;
    assert!(
        done.body
            .contains("12\u{a0}points added. Lina now has 22\u{a0}points."),
        "{}",
        done.body
    );
    assert_eq!(balance(&shop, &code).await, 22);
    // The same form again is the same purchase.
    let again = till.send(&card, "/till/orders", &[("amount", "12,50")]).await;
    assert_eq!(again.location(), given.location());
    assert_eq!(balance(&shop, &code).await, 22);

    let undone = till.send(&done, "/till/undo", &[]).await;
    let done = till.follow(&undone).await;
    assert!(done.body.contains("Undone. Lina has again"), "{}", done.body);
    assert_eq!(balance(&shop, &code).await, 10);
    let home = till.get("/till").await;
    assert!(home.body.contains("(undone)"), "{}", home.body);

    for (amount, said) in [
        ("", "That is no amount"),
        ("12.5.5", "That is no amount"),
        ("-3", "That is no amount"),
    ] {
        let refused = till
            .send(&card, "/till/orders", &[("amount", amount), ("form", "another")])
            .await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains(said), "{}", refused.body);
    }
}

/// Shows SR-026 (part).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reward_is_handed_over_in_two_taps_and_can_be_undone() {
    let shop = Shop::open().await;
    let sam = hire(&shop, "sam", Role::Cashier).await;
    coffee(&shop, 8).await;
    let code = member(&shop, "Omar").await;
    let mut till = at_till(&shop, &sam).await;
    let card = till.get(&format!("/till/card?code={code}")).await;
    assert!(
        card.body.contains("8\u{a0}points go, 2\u{a0}points stay."),
        "{}",
        card.body
    );
    let handed = till.send(&card, "name=\"reward\"", &[]).await;
    let done = till.follow(&handed).await;
    assert!(
        done.body
            .contains("Hand over: Coffee. Omar now has 2\u{a0}points."),
        "{}",
        done.body
    );
    let again = till.send(&card, "name=\"reward\"", &[]).await;
    assert_eq!(again.location(), handed.location());
    assert_eq!(balance(&shop, &code).await, 2);
    let undone = till.send(&done, "/till/undo", &[]).await;
    till.follow(&undone).await;
    assert_eq!(balance(&shop, &code).await, 10);
    let arabic = till.get(&format!("/till/card?code={code}&lang=ar")).await;
    assert!(
        arabic.body.contains("قهوة") && arabic.body.contains("dir=\"rtl\""),
        "{}",
        arabic.body
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn training_shows_everything_and_writes_nothing() {
    let shop = Shop::open().await;
    let sam = hire(&shop, "sam", Role::Cashier).await;
    coffee(&shop, 8).await;
    let code = member(&shop, "Lina").await;
    let mut till = at_till(&shop, &sam).await;
    let home = till.get("/till").await;
    till.send(&home, "/till/training", &[]).await;
    let home = till.get("/till").await;
    assert!(
        home.body.contains("Training. Nothing is written"),
        "{}",
        home.body
    );
    let card = till.get(&format!("/till/card?code={code}")).await;
    let tried = till.send(&card, "/till/orders", &[("amount", "5")]).await;
    assert_eq!(tried.status, StatusCode::OK);
    assert!(
        tried.body.contains("Lina would now have 15\u{a0}points"),
        "{}",
        tried.body
    );
    let tried = till.send(&card, "name=\"reward\"", &[]).await;
    assert!(
        tried.body.contains("Lina would now have 2\u{a0}points"),
        "{}",
        tried.body
    );
    assert_eq!(balance(&shop, &code).await, 10);
    till.send(&home, "/till/training", &[]).await;
    let home = till.get("/till").await;
    assert!(home.body.contains("Nothing yet."), "{}", home.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_member_is_found_by_phone_or_email_and_the_books_say_who_searched() {
    let shop = Shop::open().await;
    let sam = hire(&shop, "sam", Role::Cashier).await;
    member(&shop, "Lina").await;
    let mut till = at_till(&shop, &sam).await;
    for text in ["%2B4930901820", "lina%40example.com", "phone%3A%2B4930901820"] {
        let found = till.get(&format!("/till/card?code={text}")).await;
        assert_eq!(found.status, StatusCode::OK, "{text}");
        assert!(found.body.contains("<h1>Lina</h1>"), "{}", found.body);
    }
    let none = till.get("/till/card?code=omar%40example.com").await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        none.body.contains("The card is unknown") && none.body.contains("omar@example.com"),
        "{}",
        none.body
    );
    let actor = format!("staff:{}", sam.id);
    let searches = shop
        .act(move |tx, _| {
            let program = programs::find_by_slug(tx, "cafe")?.expect("there");
            let all = billfold::store::audit::list(tx, &program.id, 50)?;
            let own = all.iter().filter(|row| row.actor == actor);
            Ok(own.filter(|row| row.deed == "search_member").count())
        })
        .await;
    assert_eq!(searches, 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deeds_of_another_site_without_a_token_or_of_the_wrong_role_are_refused() {
    let shop = Shop::open().await;
    let sam = hire(&shop, "sam", Role::Cashier).await;
    let code = member(&shop, "Lina").await;
    let mut till = at_till(&shop, &sam).await;
    let card = till.get(&format!("/till/card?code={code}")).await;
    let (action, fields) = find_form(&card.body, "/till/orders");
    let all: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .chain([("amount", "5")])
        .collect();
    let foreign = till
        .ask(
            Method::POST,
            &action,
            &[("sec-fetch-site", "cross-site")],
            Some(form(&all)),
        )
        .await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
    let without: Vec<(&str, &str)> = all.iter().copied().filter(|(name, _)| *name != "token").collect();
    let refused = till.post(&action, &without).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let nobody = Browser::new(&shop).post(&action, &all).await;
    assert_eq!(nobody.location(), "/till");
    assert_eq!(balance(&shop, &code).await, 10);

    // Whose role changes loses it at once.
    let house = shop.running.house.clone();
    let change = StaffChange {
        role: Some(Role::Auditor),
        ..StaffChange::default()
    };
    let prepared = prepare_staff(&house, Some(sam.id.clone()), change)
        .await
        .expect("sound");
    shop.act(move |tx, deed| billfold::actions::change_staff::change_staff(tx, deed, None, &prepared, None))
        .await;
    assert_eq!(till.post(&action, &all).await.location(), "/till");
    assert_eq!(balance(&shop, &code).await, 10);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cashier_undoes_their_own_deeds_for_a_while_and_a_manager_any() {
    let shop = Shop::open().await;
    let (sam, eve) = (
        hire(&shop, "sam", Role::Cashier).await,
        hire(&shop, "eve", Role::Cashier).await,
    );
    let mona = hire(&shop, "mona", Role::Manager).await;
    let code = member(&shop, "Lina").await;
    let mut till = at_till(&shop, &sam).await;
    let card = till.get(&format!("/till/card?code={code}")).await;
    let given = till.send(&card, "/till/orders", &[("amount", "12")]).await;
    let done = till.follow(&given).await;
    let (_, fields) = find_form(&done.body, "/till/undo");
    let deed = &fields.iter().find(|(name, _)| name == "deed").expect("a deed").1;

    let mut other = at_till(&shop, &eve).await;
    let home = other.get("/till").await;
    let token = token_of(&home.body);
    let refused = other
        .post("/till/undo", &[("token", &token), ("deed", deed)])
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("A colleague did this"), "{}", refused.body);

    shop.clock.advance(Duration::from_hours(2));
    let late = till.send(&done, "/till/undo", &[]).await;
    assert!(
        late.body.contains("The time for undoing is over"),
        "{}",
        late.body
    );
    assert_eq!(balance(&shop, &code).await, 22);

    let mut manager = at_till(&shop, &mona).await;
    let home = manager.get("/till").await;
    let token = token_of(&home.body);
    let undone = manager
        .post("/till/undo", &[("token", &token), ("deed", deed)])
        .await;
    assert_eq!(undone.status, StatusCode::SEE_OTHER, "{}", undone.body);
    assert_eq!(balance(&shop, &code).await, 10);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_joins_by_the_tills_invitation_is_opened_there() {
    let shop = Shop::open().await;
    let sam = hire(&shop, "sam", Role::Cashier).await;
    let mut till = at_till(&shop, &sam).await;
    let shown = till.get("/till/join").await;
    shown.assert_sound();
    let (_, rest) = shown.body.split_once("data-ask=\"").expect("where to ask");
    let ask = rest.split('"').next().expect("an address").replace("&#38;", "&");
    let nonce = ask.split(['/', '?']).nth(3).expect("a nonce").to_owned();
    assert_eq!(till.get(&ask).await.body, r#"{"url":null}"#);
    let desk = shop.running.house.desk_token(&sam.id, &nonce);

    let mut customer = Browser::new(&shop);
    let page = customer.get(&format!("/join/cafe?desk={desk}")).await;
    let joined = customer
        .send(&page, "first_name", &[("first_name", "Noor")])
        .await;
    assert_eq!(joined.status, StatusCode::SEE_OTHER, "{}", joined.body);
    let answer: serde_json::Value = serde_json::from_str(&till.get(&ask).await.body).expect("JSON");
    let card = till.get(answer["url"].as_str().expect("an address")).await;
    assert!(
        card.body.contains("Noor has joined and has 10\u{a0}points."),
        "{}",
        card.body
    );
    assert!(!card.body.contains("/till/undo"), "{}", card.body);
    // A mark that was made up is left out.
    let page = customer.get("/join/cafe?desk=stf_x-1-2").await;
    assert!(!page.body.contains("name=\"desk\""), "{}", page.body);
}

/// Each route for staff refuses a browser without a session, one that is made up, and every role that the table does not
/// name. Shows SR-054 (each route by each role).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_route_for_staff_refuses_every_role_that_the_table_does_not_name() {
    let shop = Shop::open().await;
    let roles = [
        Role::Owner,
        Role::Manager,
        Role::Marketer,
        Role::Cashier,
        Role::Auditor,
    ];
    let mut browsers = Vec::new();
    for role in roles {
        hire(&shop, role.as_str(), role).await;
        let mut browser = Browser::new(&shop);
        let email = format!("{role}@cafe.example");
        let page = browser
            .post("/sign-in", &[("email", &email), ("password", PASSWORD)])
            .await;
        assert_eq!(page.status, StatusCode::SEE_OTHER);
        browsers.push((role, browser));
    }
    let mut stranger = Browser::new(&shop);
    stranger
        .cookies
        .push(("billfold-session".to_owned(), "made-up".to_owned()));
    let json = ("accept", "application/json");
    let mut tried = 0;
    for route in ROUTES {
        let Access::Staff(allowed) = route.access else {
            continue;
        };
        let method: Method = route.method.parse().expect("a method");
        let path: String = route
            .path
            .split('/')
            .map(|part| if part.starts_with('{') { "x" } else { part })
            .collect::<Vec<_>>()
            .join("/");
        let body = (method != Method::GET).then(String::new);
        for browser in [&mut Browser::new(&shop), &mut stranger] {
            let page = browser
                .ask(method.clone(), &path, &[json, OURS], body.clone())
                .await;
            assert_eq!(
                page.status,
                StatusCode::UNAUTHORIZED,
                "{} {}",
                route.method,
                route.path
            );
        }
        for (role, browser) in &mut browsers {
            let page = browser
                .ask(method.clone(), &path, &[json, OURS], body.clone())
                .await;
            // A form without its token is refused as well, and says so.
            let is_refused = page.body.contains("wrong_role");
            assert_eq!(
                is_refused,
                !allowed.contains(role),
                "{} {} as {role}: {}",
                route.method,
                route.path,
                page.body
            );
            tried += 1;
        }
    }
    assert!(tried >= 45, "only {tried} pairs were tried");
}
