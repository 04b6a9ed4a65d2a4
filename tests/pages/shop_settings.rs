//! The console's settings: the program's terms, staff, tills, keys, the books.

use billfold::store::{audit, keys, programs, staff, tills};
use billfold::types::Role;
use reqwest::StatusCode;

use crate::shop::Shop;
use crate::till::{Browser, PASSWORD, hire};

/// A browser in which somebody of a role is signed in at the console.
pub(crate) async fn signed_in<'s>(shop: &'s Shop, name: &str, role: Role) -> Browser<'s> {
    let person = hire(shop, name, role).await;
    let mut browser = Browser::new(shop);
    let email = person.email.expect("one");
    let fields = [
        ("email", email.as_str()),
        ("password", PASSWORD),
        ("next", "/console"),
    ];
    let page = browser.post("/sign-in", &fields).await;
    assert_eq!(page.location(), "/console");
    browser
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_terms_are_changed_and_a_stale_edit_is_told() {
    let shop = Shop::open().await;
    let mut owner = signed_in(&shop, "olga", Role::Owner).await;
    let page = owner.get("/console/settings").await;
    page.assert_sound();
    let fields = [
        ("name", "Café Aroma"),
        ("points", "3"),
        ("per", "2.50"),
        ("bonus", "15"),
        ("language", "ar"),
        ("zone", "Asia/Riyadh"),
    ];
    let saved = owner.send(&page, "name=\"version\"", &fields).await;
    let after = owner.follow(&saved).await;
    assert!(after.body.contains("Saved."), "{}", after.body);
    let program = shop
        .act(|tx, _| Ok(programs::find_by_slug(tx, "cafe")?.expect("there")))
        .await;
    assert_eq!(
        (program.earn_points, program.earn_per_minor, program.signup_bonus),
        (3, 250, 15)
    );
    assert_eq!(
        (program.language.as_str(), program.time_zone.name()),
        ("ar", "Asia/Riyadh")
    );

    // The page of before is of a version that is no more.
    let stale = owner.send(&page, "name=\"version\"", &fields).await;
    stale.assert_sound();
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert!(
        stale.body.contains("Somebody changed this meanwhile"),
        "{}",
        stale.body
    );

    let wrong = [
        ("name", ""),
        ("points", "-1"),
        ("per", "0"),
        ("bonus", "x"),
        ("zone", "Mars"),
    ];
    let refused = owner.send(&after, "name=\"version\"", &wrong).await;
    refused.assert_sound();
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for id in ["name", "points", "per", "bonus", "zone"] {
        assert!(
            refused.body.contains(&format!("id=\"{id}-fault\"")),
            "{id}: {}",
            refused.body
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_begins_is_changed_and_leaves() {
    let shop = Shop::open().await;
    let mut owner = signed_in(&shop, "olga", Role::Owner).await;
    let page = owner.get("/console/staff").await;
    page.assert_sound();
    let fields = [
        ("name", "Sam"),
        ("role", "cashier"),
        ("location", "Main street"),
        ("pin", "1234"),
        ("email", "olga@cafe.example"),
        ("password", "short"),
    ];
    let weak = owner.send(&page, "name=\"location\"", &fields).await;
    weak.assert_sound();
    assert_eq!(weak.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        !weak.body.contains("1234") && !weak.body.contains("value=\"short\""),
        "secrets are typed again"
    );
    let fields = [
        ("name", "Sam"),
        ("role", "cashier"),
        ("location", "Main street"),
        ("pin", "4711"),
    ];
    let taken = [("email", "olga@cafe.example"), ("password", PASSWORD)];
    let taken = owner
        .send(&page, "name=\"location\"", &[&fields[..], &taken[..]].concat())
        .await;
    assert!(
        taken.body.contains("Somebody else signs in with this address"),
        "{}",
        taken.body
    );

    let added = owner.send(&page, "name=\"location\"", &fields).await;
    let list = owner.follow(&added).await;
    list.assert_sound();
    assert!(list.body.contains("<strong>Sam</strong>"), "{}", list.body);
    let people = shop.act(|tx, _| Ok(staff::list(tx, None, None, 10)?)).await;
    let sam = people.iter().find(|one| one.name == "Sam").expect("added");
    assert!(sam.pin_hash.is_some() && sam.password_hash.is_none() && sam.program_id.is_some());

    let address = format!("/console/staff/{}", sam.id);
    let page = owner.get(&address).await;
    page.assert_sound();
    for role in ["", "captain"] {
        let fields = [("name", "Sam C."), ("role", role)];
        let nothing = owner.send(&page, "name=\"version\"", &fields).await;
        nothing.assert_sound();
        assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            nothing.body.contains("Choose a role.") && nothing.body.contains("value=\"Sam C.\""),
            "{}",
            nothing.body
        );
    }
    let changed = [
        ("name", "Sam B."),
        ("role", "manager"),
        ("location", ""),
        ("no_pin", "yes"),
    ];
    let saved = owner.send(&page, "name=\"version\"", &changed).await;
    assert!(saved.location().starts_with("/console/staff?done=changed"));
    let stale = owner.send(&page, "name=\"version\"", &changed).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);

    let page = owner.get(&address).await;
    let kept = owner.send(&page, "/leave", &[("name", "Sam")]).await;
    kept.assert_sound();
    assert_eq!(
        kept.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "the whole name is typed"
    );
    let gone = owner.send(&page, "/leave", &[("name", "Sam B.")]).await;
    assert!(gone.location().starts_with("/console/staff?done=left"));
    assert_eq!(owner.get(&address).await.status, StatusCode::NOT_FOUND);
    let people = shop.act(|tx, _| Ok(staff::list(tx, None, None, 10)?)).await;
    let sam = people
        .iter()
        .find(|one| one.name == "Sam B.")
        .expect("kept in the books");
    assert!(sam.archived_at.is_some() && sam.role == Role::Manager && sam.pin_hash.is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_manager_reaches_no_owner_and_nobody_lets_themselves_go() {
    let shop = Shop::open().await;
    let olga = hire(&shop, "olga", Role::Owner).await;
    let mut manager = signed_in(&shop, "mona", Role::Manager).await;
    let list = manager.get("/console/staff").await;
    assert!(list.body.contains("olga") && !list.body.contains(&format!("/console/staff/{}", olga.id)));
    assert!(!list.body.contains("value=\"owner\""), "{}", list.body);
    let owner_page = manager.get(&format!("/console/staff/{}", olga.id)).await;
    assert_eq!(owner_page.status, StatusCode::FORBIDDEN);
    let forged = manager
        .send(
            &list,
            "name=\"location\"",
            &[("name", "X"), ("role", "owner"), ("pin", "4711")],
        )
        .await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN, "{}", forged.body);
    let people = shop.act(|tx, _| Ok(staff::list(tx, None, None, 10)?)).await;
    let own = people.iter().find(|one| one.name == "mona").expect("there");
    let own = manager.get(&format!("/console/staff/{}", own.id)).await;
    assert!(!own.body.contains("/leave"), "{}", own.body);
    for path in ["/console/keys", "/console/start"] {
        assert_eq!(manager.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tills_and_keys_are_shown_once_and_taken_back() {
    let shop = Shop::open().await;
    let mut owner = signed_in(&shop, "olga", Role::Owner).await;
    let page = owner.get("/console/tills").await;
    page.assert_sound();
    let made = owner
        .send(
            &page,
            "name=\"location\"",
            &[("name", "Counter 7"), ("location", "Main street")],
        )
        .await;
    made.assert_sound();
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    let (_, link) = made.body.split_once("/till/connect/").expect("a link");
    let link = format!("/till/connect/{}", link.split('<').next().expect("its end"));
    assert_eq!(Browser::new(&shop).get(&link).await.status, StatusCode::OK);
    let later = owner.get("/console/tills").await;
    assert!(later.body.contains("Counter 7") && !later.body.contains("/till/connect/"));
    let revoked = owner.send(&later, "/revoke", &[]).await;
    let list = owner.follow(&revoked).await;
    assert!(!list.body.contains("Counter 7"), "{}", list.body);
    let program = shop
        .act(|tx, _| Ok(programs::find_by_slug(tx, "cafe")?.expect("there").id))
        .await;
    let all = shop
        .act(move |tx, _| Ok(tills::list(tx, Some(&program), None, 10)?))
        .await;
    assert!(all.iter().all(|till| till.revoked_at.is_some()));

    let page = owner.get("/console/keys").await;
    page.assert_sound();
    let made = owner
        .send(
            &page,
            "name=\"role\"",
            &[("name", "Shop system"), ("role", "integration")],
        )
        .await;
    made.assert_sound();
    let (_, secret) = made.body.split_once("bfk_").expect("a key");
    let secret = format!("bfk_{}", secret.split('<').next().expect("its end"));
    let call = |secret: String| {
        let shop = &shop;
        async move {
            let bearer = format!("Bearer {secret}");
            let headers = [("authorization", bearer.as_str())];
            shop.ask(reqwest::Method::GET, "/v1/members", &headers, None)
                .await
                .status
        }
    };
    assert_eq!(call(secret.clone()).await, StatusCode::OK);
    let later = owner.get("/console/keys").await;
    assert!(later.body.contains("Shop system") && !later.body.contains("bfk_"));
    let revoked = owner.send(&later, "/revoke", &[]).await;
    assert!(revoked.location().starts_with("/console/keys?done=revoked"));
    assert_eq!(call(secret).await, StatusCode::UNAUTHORIZED);
    let all = shop.act(|tx, _| Ok(keys::list(tx, None, None, 10)?)).await;
    assert!(
        all.iter()
            .any(|key| key.name == "Shop system" && key.revoked_at.is_some())
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_books_are_read_page_by_page_and_by_name() {
    let shop = Shop::open().await;
    let mut owner = signed_in(&shop, "olga", Role::Owner).await;
    for number in 0..55 {
        let page = owner.get("/console/tills").await;
        let name = format!("Counter {number}");
        owner
            .send(&page, "name=\"location\"", &[("name", name.as_str())])
            .await;
    }
    let page = owner.get("/console/books").await;
    page.assert_sound();
    assert_eq!(page.body.matches("<time").count(), 50);
    assert!(
        page.body.contains("create_till") && page.body.contains("· <bdi>olga"),
        "{}",
        page.body
    );
    let (_, older) = page
        .body
        .split_once("<a class=\"button second\" href=\"")
        .expect("older ones");
    let older = older.split('"').next().expect("its end").replace("&#38;", "&");
    let next = owner.get(&older).await;
    next.assert_sound();
    let program = shop
        .act(|tx, _| Ok(programs::find_by_slug(tx, "cafe")?.expect("there").id))
        .await;
    let all = shop.act(move |tx, _| Ok(audit::list(tx, &program, 200)?)).await;
    assert_eq!(next.body.matches("<time").count(), all.len() - 50);
    let only = owner.get("/console/books?deed=create_staff").await;
    let lines = only.body.matches("<time").count();
    assert!(lines > 0 && lines < 5, "{}", only.body);
    assert!(!only.body.contains("<strong><bdi>create_till"), "{}", only.body);
}
