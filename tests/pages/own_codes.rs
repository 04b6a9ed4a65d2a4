//! Codes as the second step of a sign-in, recovery codes, one's own password; and what an owner does for others.

use std::time::Duration;

use billfold::actions::change_codes::{CODE_DIGITS, code_key};
use billfold::actions::sign_in::{FREE_TRIES, HALF_MS};
use billfold::store::staff::Staff;
use billfold::store::{audit, programs, staff};
use billfold::types::{CODE_PERIOD_S, Clock as _, Role, StaffId, code_at, period_at, write_base_32};
use reqwest::StatusCode;

use crate::shop::{Page, Shop};
use crate::shop_settings::signed_in;
use crate::till::{Browser, PASSWORD, at_till, find_form, hire};

const NEW: &str = "another long word with spaces";

/// Lets so many seconds pass.
pub(crate) fn wait_secs(shop: &Shop, seconds: i64) {
    shop.clock
        .advance(Duration::from_secs(u64::try_from(seconds).expect("forward")));
}

pub(crate) async fn find(shop: &Shop, name: &str) -> Staff {
    let people = shop.act(|tx, _| Ok(staff::list(tx, None, None, 50)?)).await;
    people.into_iter().find(|one| one.name == name).expect("there")
}

/// The code that somebody's authenticator shows, from a seed.
fn code(shop: &Shop, id: &StaffId, seed: &str) -> String {
    let key = code_key(&shop.running.house, id, seed);
    code_at(&key, period_at(shop.clock.now()), CODE_DIGITS)
}

async fn code_of(shop: &Shop, name: &str) -> String {
    let row = find(shop, name).await;
    code(shop, &row.id, &row.code_seed.expect("codes are on"))
}

fn hidden(page: &Page, marker: &str, field: &str) -> String {
    let (_, fields) = find_form(&page.body, marker);
    let found = fields.into_iter().find(|(name, _)| name == field);
    found.expect("the field").1
}

/// Turns codes on in a browser; gives the recovery codes.
pub(crate) async fn turn_on(shop: &Shop, browser: &mut Browser<'_>, name: &str) -> Vec<String> {
    let page = browser.get("/console/me/codes").await;
    let seed = hidden(&page, "name=\"seed\"", "seed");
    let typed = code(shop, &find(shop, name).await.id, &seed);
    let fields = [("code", typed.as_str()), ("current", PASSWORD)];
    let on = browser.send(&page, "name=\"seed\"", &fields).await;
    on.assert_sound();
    assert_eq!(on.status, StatusCode::OK, "{}", on.body);
    recovery_codes(&on)
}

/// The codes that a page shows this once.
fn recovery_codes(page: &Page) -> Vec<String> {
    let (_, rest) = page.body.split_once("<ul class=\"secret codes\"").expect("codes");
    let list = rest.split("</ul>").next().expect("its end");
    let codes = list.split("<li>").skip(1);
    codes
        .map(|one| one.split('<').next().expect("its end").to_owned())
        .collect()
}

/// A browser in which somebody's password was taken.
pub(crate) async fn half_way<'s>(shop: &'s Shop, name: &str) -> Browser<'s> {
    let mut browser = Browser::new(shop);
    let email = format!("{name}@cafe.example");
    let fields = [
        ("email", email.as_str()),
        ("password", PASSWORD),
        ("next", "/console"),
    ];
    let page = browser.post("/sign-in", &fields).await;
    assert!(
        page.location().starts_with("/sign-in/code?next=/console"),
        "{}",
        page.location()
    );
    browser
}

async fn type_code(browser: &mut Browser<'_>, code: &str) -> Page {
    browser
        .post("/sign-in/code", &[("code", code), ("next", "/console")])
        .await
}

/// The deeds of the books, newest first, with their details.
pub(crate) async fn books(shop: &Shop) -> Vec<(String, String)> {
    let rows = shop
        .act(|tx, _| {
            let program = programs::find_by_slug(tx, "cafe")?.expect("there");
            Ok(audit::list(tx, &program.id, 200)?)
        })
        .await;
    rows.into_iter().map(|row| (row.deed, row.detail)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn codes_are_turned_on_after_a_right_one_and_the_password() {
    let shop = Shop::open().await;
    let mut olga = signed_in(&shop, "olga", Role::Owner).await;
    let own = olga.get("/console/me").await;
    own.assert_sound();
    assert!(own.body.contains("/console/me/codes?lang=en"), "{}", own.body);
    let page = olga.get("/console/me/codes").await;
    page.assert_sound();
    let id = find(&shop, "olga").await.id;
    let seed = hidden(&page, "name=\"seed\"", "seed");
    let key = write_base_32(&code_key(&shop.running.house, &id, &seed));
    assert!(
        page.body.replace(' ', "").contains(&key) && page.body.contains("<svg"),
        "{}",
        page.body
    );
    let right = code(&shop, &id, &seed);
    for (typed, current, shown) in [
        ("000000", PASSWORD, "not the code of now"),
        ("", PASSWORD, "not the code of now"),
        (right.as_str(), "not my password", "not your password"),
        (right.as_str(), "", "not your password"),
    ] {
        let fields = [("code", typed), ("current", current)];
        let refused = olga.send(&page, "name=\"seed\"", &fields).await;
        refused.assert_sound();
        assert_eq!(
            refused.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{typed} {current}"
        );
        assert!(refused.body.contains(shown), "{}", refused.body);
        // The key that was scanned stays, and the password is typed again.
        assert_eq!(hidden(&refused, "name=\"seed\"", "seed"), seed);
        assert!(!refused.body.contains("not my password"));
    }
    for bent in ["", "short", "\"><script>alert(1)</script>x"] {
        let fields = [("code", right.as_str()), ("current", PASSWORD), ("seed", bent)];
        let refused = olga.send(&page, "name=\"seed\"", &fields).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{bent}");
    }
    assert!(!find(&shop, "olga").await.has_second_step());

    let fields = [("code", right.as_str()), ("current", PASSWORD)];
    let on = olga.send(&page, "name=\"seed\"", &fields).await;
    on.assert_sound();
    let codes = recovery_codes(&on);
    assert_eq!(codes.len(), 8, "{codes:?}");
    let row = find(&shop, "olga").await;
    assert!(row.has_second_step() && row.code_seed.as_deref() == Some(seed.as_str()));
    // Shown once, and from now on there is nothing to turn on.
    let later = olga.get("/console/me").await;
    later.assert_sound();
    assert!(!later.body.contains(&codes[0]) && later.body.contains("8 recovery codes left"));
    assert!(
        olga.get("/console/me/codes")
            .await
            .location()
            .starts_with("/console/me?")
    );
    let again = olga.send(&page, "name=\"seed\"", &fields).await;
    again.assert_sound();
    assert_eq!(again.status, StatusCode::CONFLICT, "{}", again.body);
    assert!(again.body.contains("was changed meanwhile"), "{}", again.body);
    assert!(books(&shop).await.iter().any(|(deed, _)| deed == "turn_on_codes"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_is_asked_for_after_the_password_and_is_good_once() {
    let shop = Shop::open().await;
    let mut olga = signed_in(&shop, "olga", Role::Owner).await;
    turn_on(&shop, &mut olga, "olga").await;
    let used = code_of(&shop, "olga").await;

    let mut other = half_way(&shop, "olga").await;
    let asked = other.get("/sign-in/code?next=/console").await;
    asked.assert_sound();
    // The code that turned codes on was used then.
    let replayed = type_code(&mut other, &used).await;
    replayed.assert_sound();
    assert_eq!(replayed.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        replayed.body.contains("not right, or it was used"),
        "{}",
        replayed.body
    );

    wait_secs(&shop, 2 * CODE_PERIOD_S);
    let next = code_of(&shop, "olga").await;
    let local: String = next
        .chars()
        .map(|digit| char::from_u32(u32::from(digit) - 0x30 + 0x660).expect("a digit"))
        .collect();
    let entered = type_code(&mut other, &local).await;
    assert_eq!(entered.location(), "/console");
    assert_eq!(other.get("/console").await.status, StatusCode::OK);
    // The half session is over with it.
    assert_eq!(
        other.get("/sign-in/code?next=/console").await.location(),
        "/sign-in?next=/console"
    );

    let mut third = half_way(&shop, "olga").await;
    let replayed = type_code(&mut third, &next).await;
    assert_eq!(replayed.status, StatusCode::UNPROCESSABLE_ENTITY);
    // Nor is the one before it good any more.
    wait_secs(&shop, CODE_PERIOD_S);
    assert_eq!(
        type_code(&mut third, &next).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let now = code_of(&shop, "olga").await;
    assert_eq!(type_code(&mut third, &now).await.location(), "/console");
    let books = books(&shop).await;
    let by_code = books
        .iter()
        .filter(|(deed, detail)| deed == "sign_in" && detail.contains("\"by\":\"code\""));
    assert_eq!(by_code.count(), 2, "{books:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn half_a_sign_in_opens_nothing_and_is_soon_over() {
    let shop = Shop::open().await;
    let mut olga = signed_in(&shop, "olga", Role::Owner).await;
    turn_on(&shop, &mut olga, "olga").await;
    let mut half = half_way(&shop, "olga").await;
    let kept = half.cookie();
    assert!(
        kept.contains("billfold-half=") && !kept.contains("billfold-session="),
        "{kept}"
    );
    for path in ["/console", "/console/me", "/console/staff", "/console/me/codes"] {
        assert_eq!(
            half.get(path).await.location(),
            "/sign-in?next=/console",
            "{path}"
        );
    }
    assert_eq!(half.get("/till").await.location(), "/sign-in?next=/till");
    for path in [
        "/till/orders",
        "/console/me/password",
        "/console/settings",
        "/console/me/codes/off",
    ] {
        let sent = half.post(path, &[]).await;
        assert!(
            sent.location().ends_with("/till") || sent.location().contains("/sign-in"),
            "{path}"
        );
    }
    // Nor as what a session keeps.
    let secret = kept.split_once('=').expect("a pair").1.to_owned();
    let forged = format!("billfold-session={secret}");
    let page = shop
        .ask(
            reqwest::Method::GET,
            "/console",
            &[("cookie", forged.as_str())],
            None,
        )
        .await;
    assert_eq!(page.location(), "/sign-in?next=/console");
    // Another browser has none, and a code alone is nothing.
    wait_secs(&shop, 2 * CODE_PERIOD_S);
    let now = code_of(&shop, "olga").await;
    let mut foreign = Browser::new(&shop);
    assert_eq!(
        type_code(&mut foreign, &now).await.location(),
        "/sign-in?next=/console"
    );
    // Who wants in begins anew after a while.
    wait_secs(&shop, HALF_MS / 1_000);
    let now = code_of(&shop, "olga").await;
    assert_eq!(
        type_code(&mut half, &now).await.location(),
        "/sign-in?next=/console"
    );
    assert_eq!(half.get("/console").await.location(), "/sign-in?next=/console");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recovery_code_opens_once_in_the_place_of_a_code() {
    let shop = Shop::open().await;
    let mut olga = signed_in(&shop, "olga", Role::Owner).await;
    let codes = turn_on(&shop, &mut olga, "olga").await;
    let mut half = half_way(&shop, "olga").await;
    let typed = codes[0].to_lowercase().replace('-', " ");
    assert_eq!(type_code(&mut half, &typed).await.location(), "/console");
    let own = half.get("/console/me").await;
    assert!(own.body.contains("7 recovery codes left"), "{}", own.body);
    let mut again = half_way(&shop, "olga").await;
    assert_eq!(
        type_code(&mut again, &codes[0]).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(type_code(&mut again, &codes[1]).await.location(), "/console");
    let used = books(&shop).await;
    assert_eq!(
        used.iter()
            .filter(|(deed, _)| deed == "use_recovery_code")
            .count(),
        2
    );

    // New ones take their place.
    let page = olga.get("/console/me").await;
    let wrong = olga.send(&page, "codes/recovery", &[("current", "wrong")]).await;
    wrong.assert_sound();
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let renewed = olga.send(&page, "codes/recovery", &[("current", PASSWORD)]).await;
    renewed.assert_sound();
    let new = recovery_codes(&renewed);
    assert_eq!(new.len(), 8);
    let mut last = half_way(&shop, "olga").await;
    assert_eq!(
        type_code(&mut last, &codes[2]).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(type_code(&mut last, &new[2]).await.location(), "/console");
    // Nothing of them is stored as it is.
    let text = format!("{:?}", books(&shop).await);
    assert!(
        !new.iter().chain(&codes).any(|code| text.contains(code)),
        "{text}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_codes_lock_as_wrong_passwords_do_and_the_lock_tells_nothing() {
    let shop = Shop::open().await;
    let mut olga = signed_in(&shop, "olga", Role::Owner).await;
    turn_on(&shop, &mut olga, "olga").await;
    wait_secs(&shop, 2 * CODE_PERIOD_S);
    let mut half = half_way(&shop, "olga").await;
    for _ in 0..FREE_TRIES - 1 {
        let wrong = type_code(&mut half, "000000").await;
        assert!(wrong.body.contains("not right"), "{}", wrong.body);
    }
    // A right password between gives no new tries.
    let mut second = half_way(&shop, "olga").await;
    assert!(
        type_code(&mut second, "nonsense")
            .await
            .body
            .contains("not right")
    );
    let now = code_of(&shop, "olga").await;
    let locked = type_code(&mut half, &now).await;
    locked.assert_sound();
    assert_eq!(locked.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(locked.body.contains("Too many tries failed"), "{}", locked.body);
    // While it is locked the first page answers a right and a wrong password alike.
    let mut pages = Vec::new();
    for password in [PASSWORD, "a wrong one that is long"] {
        let fields = [("email", "olga@cafe.example"), ("password", password)];
        let page = Browser::new(&shop).post("/sign-in", &fields).await;
        assert!(page.header("set-cookie").is_empty());
        pages.push((page.status, page.body));
    }
    assert_eq!(pages[0], pages[1]);
    // One's own page counts the same.
    let own = olga.get("/console/me").await;
    let refused = olga
        .send(
            &own,
            "/console/me/password",
            &[("current", PASSWORD), ("password", NEW)],
        )
        .await;
    assert!(refused.body.contains("Too many tries failed"), "{}", refused.body);
    wait_secs(&shop, 60);
    let now = code_of(&shop, "olga").await;
    assert_eq!(type_code(&mut half, &now).await.location(), "/console");
    assert_eq!(find(&shop, "olga").await.failures, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn codes_are_turned_off_by_whoever_proves_it_and_other_sessions_end() {
    let shop = Shop::open().await;
    let mut olga = signed_in(&shop, "olga", Role::Owner).await;
    let codes = turn_on(&shop, &mut olga, "olga").await;
    let mut other = half_way(&shop, "olga").await;
    type_code(&mut other, &codes[0]).await;
    let mut waiting = half_way(&shop, "olga").await;
    let page = olga.get("/console/me").await;
    let wrong = olga.send(&page, "codes/off", &[("current", "wrong")]).await;
    wrong.assert_sound();
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(find(&shop, "olga").await.has_second_step());
    let off = olga.send(&page, "codes/off", &[("current", PASSWORD)]).await;
    let own = olga.follow(&off).await;
    own.assert_sound();
    assert!(own.body.contains("Codes are off"), "{}", own.body);
    assert_eq!(other.get("/console").await.location(), "/sign-in?next=/console");
    assert_eq!(
        type_code(&mut waiting, &codes[1]).await.location(),
        "/sign-in?next=/console"
    );
    let row = find(&shop, "olga").await;
    assert!(!row.has_second_step() && row.code_seed.is_none() && row.code_last.is_none());
    let stale = olga.send(&page, "codes/off", &[("current", PASSWORD)]).await;
    stale.assert_sound();
    assert_eq!(stale.status, StatusCode::CONFLICT);
    // The password alone is enough again.
    let fields = [
        ("email", "olga@cafe.example"),
        ("password", PASSWORD),
        ("next", "/console"),
    ];
    assert_eq!(
        Browser::new(&shop).post("/sign-in", &fields).await.location(),
        "/console"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ones_own_password_is_changed_with_the_one_before() {
    let shop = Shop::open().await;
    let mut mona = signed_in(&shop, "mona", Role::Marketer).await;
    let mut other = Browser::new(&shop);
    let fields = [
        ("email", "mona@cafe.example"),
        ("password", PASSWORD),
        ("next", "/console"),
    ];
    other.post("/sign-in", &fields).await;
    let page = mona.get("/console/me").await;
    page.assert_sound();
    for (current, new, shown) in [
        ("wrong", NEW, "not your password"),
        ("", NEW, "not your password"),
        (PASSWORD, "short", "10 to 200 characters"),
        (PASSWORD, "", "10 to 200 characters"),
    ] {
        let fields = [("current", current), ("password", new)];
        let refused = mona.send(&page, "/console/me/password", &fields).await;
        refused.assert_sound();
        assert_eq!(
            refused.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{current} {new}"
        );
        assert!(refused.body.contains(shown), "{}", refused.body);
    }
    assert_eq!(other.get("/console").await.status, StatusCode::OK);
    let fields = [("current", PASSWORD), ("password", NEW)];
    let changed = mona.send(&page, "/console/me/password", &fields).await;
    let own = mona.follow(&changed).await;
    assert!(own.body.contains("The password is changed"), "{}", own.body);
    assert_eq!(other.get("/console").await.location(), "/sign-in?next=/console");
    let fields = [("current", NEW), ("password", PASSWORD)];
    let stale = mona.send(&page, "/console/me/password", &fields).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    for (password, status) in [
        (PASSWORD, StatusCode::UNPROCESSABLE_ENTITY),
        (NEW, StatusCode::SEE_OTHER),
    ] {
        let fields = [
            ("email", "mona@cafe.example"),
            ("password", password),
            ("next", "/console"),
        ];
        assert_eq!(Browser::new(&shop).post("/sign-in", &fields).await.status, status);
    }
    assert!(
        books(&shop)
            .await
            .iter()
            .any(|(deed, _)| deed == "change_own_password")
    );
    // A form of another session, or without a token, changes nothing.
    let forged = mona.post(
        "/console/me/password",
        &[("version", "1"), ("current", NEW), ("password", PASSWORD)],
    );
    assert_eq!(forged.await.status, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_owner_turns_off_the_codes_of_somebody_who_lost_their_phone() {
    let shop = Shop::open().await;
    let mut mona = signed_in(&shop, "mona", Role::Manager).await;
    let mut olga = signed_in(&shop, "olga", Role::Owner).await;
    let mut mark = signed_in(&shop, "mark", Role::Manager).await;
    turn_on(&shop, &mut mona, "mona").await;
    let row = find(&shop, "mona").await;
    let address = format!("/console/staff/{}", row.id);
    // A manager sees it, and cannot.
    let seen = mark.get(&address).await;
    seen.assert_sound();
    assert!(
        seen.body.contains("Codes as a second step") && !seen.body.contains("/codes/off"),
        "{}",
        seen.body
    );
    let (_, fields) = find_form(&seen.body, "name=\"version\"");
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let forged = mark.post(&format!("{address}/codes/off"), &fields).await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);

    let page = olga.get(&address).await;
    page.assert_sound();
    let stale = olga.send(&page, "/codes/off", &[("version", "1")]).await;
    stale.assert_sound();
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert!(find(&shop, "mona").await.has_second_step());
    let off = olga.send(&page, "/codes/off", &[]).await;
    assert!(off.location().starts_with("/console/staff?done=changed"));
    assert!(!find(&shop, "mona").await.has_second_step());
    assert_eq!(mona.get("/console").await.location(), "/sign-in?next=/console");
    let books = books(&shop).await;
    assert!(
        books.iter().any(|(deed, _)| deed == "turn_off_codes"),
        "{books:?}"
    );
    // Somebody of all programs, or their own: each where it belongs.
    turn_on(&shop, &mut olga, "olga").await;
    let own = format!("/console/staff/{}", find(&shop, "olga").await.id);
    let page = olga.get(&own).await;
    page.assert_sound();
    assert!(
        !page.body.contains("/codes/off") && page.body.contains("/console/me?"),
        "{}",
        page.body
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ones_own_page_is_for_whoever_may_enter_the_console() {
    let shop = Shop::open().await;
    let mut anybody = Browser::new(&shop);
    for path in ["/console/me", "/console/me/codes"] {
        assert_eq!(
            anybody.get(path).await.location(),
            "/sign-in?next=/console",
            "{path}"
        );
    }
    let mut cashier = signed_in(&shop, "sam", Role::Cashier).await;
    assert_eq!(cashier.get("/console/me").await.status, StatusCode::FORBIDDEN);
    for (name, role) in [
        ("olga", Role::Owner),
        ("mona", Role::Manager),
        ("mark", Role::Marketer),
        ("ada", Role::Auditor),
    ] {
        let mut browser = signed_in(&shop, name, role).await;
        let page = browser.get("/console/me").await;
        page.assert_sound();
        assert_eq!(page.status, StatusCode::OK, "{name}");
        let console = browser.get("/console").await;
        assert!(
            console.body.contains("href=\"/console/me?lang=en\""),
            "{}",
            console.body
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pin_at_a_till_does_not_stand_for_the_second_step() {
    let shop = Shop::open().await;
    let mona = hire(&shop, "mona", Role::Manager).await;
    let mut till = at_till(&shop, &mona).await;
    assert_eq!(
        till.get("/console").await.status,
        StatusCode::OK,
        "no second step yet"
    );
    let mut browser = Browser::new(&shop);
    let fields = [
        ("email", "mona@cafe.example"),
        ("password", PASSWORD),
        ("next", "/console"),
    ];
    browser.post("/sign-in", &fields).await;
    turn_on(&shop, &mut browser, "mona").await;
    assert_eq!(till.get("/console").await.location(), "/sign-in?next=/console");
    assert_eq!(till.get("/console/me").await.location(), "/sign-in?next=/console");
    assert_eq!(
        till.get("/till").await.status,
        StatusCode::OK,
        "the counter goes on"
    );
}
