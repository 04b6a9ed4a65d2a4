//! The console's members: the list, a member's page and its forms, the card, the end.

use billfold::actions::enrol::{Enrolment, enrol};
use billfold::store::audit::{self, Deed};
use billfold::store::cards::Card;
use billfold::store::entries::Entry;
use billfold::store::members::Member;
use billfold::store::{cards, entries, members, programs};
use billfold::types::{MemberId, Role};
use reqwest::StatusCode;

use crate::shop::{Page, Shop};
use crate::till::{Browser, PASSWORD, hire};

/// A browser in which somebody of a role is signed in.
pub(crate) async fn signed_in<'s>(shop: &'s Shop, name: &str, role: Role) -> Browser<'s> {
    let staff = hire(shop, name, role).await;
    let mut browser = Browser::new(shop);
    let email = staff.email.as_deref().expect("an address");
    let page = browser
        .post("/sign-in", &[("email", email), ("password", PASSWORD)])
        .await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
    browser
}

/// Somebody who joins the café.
pub(crate) async fn join(shop: &Shop, slug: &'static str, enrolment: Enrolment) -> MemberId {
    let enrolled = shop.act(move |tx, deed| {
        let program = programs::find_by_slug(tx, slug)?.expect("there");
        enrol(tx, deed, &program.id, &enrolment)
    });
    enrolled.await.member.id
}

pub(crate) fn named(first: &str, last: &str) -> Enrolment {
    Enrolment {
        first_name: Some(first.to_owned()),
        last_name: Some(last.to_owned()),
        ..Enrolment::default()
    }
}

pub(crate) async fn lina(shop: &Shop) -> MemberId {
    let enrolment = Enrolment {
        email: Some("lina@example.com".to_owned()),
        phone: Some("+49 30 901820".to_owned()),
        consents: vec![("marketing".to_owned(), true)],
        source: "join".to_owned(),
        ..named("Lina", "Haddad")
    };
    let member = join(shop, "cafe", enrolment).await;
    later(shop);
    member
}

/// What comes next comes after: of two things of one millisecond neither is the newer.
fn later(shop: &Shop) {
    shop.clock.advance(std::time::Duration::from_secs(1));
}

pub(crate) async fn card_of(shop: &Shop, id: &MemberId) -> Card {
    let id = id.clone();
    let store = &shop.running.house.store;
    let read = store.read(move |db| cards::list_by_member(db, &id));
    read.await.expect("read").pop().expect("a card")
}

async fn member_of(shop: &Shop, id: &MemberId) -> Member {
    let id = id.clone();
    let store = &shop.running.house.store;
    store.read(move |db| members::get(db, &id)).await.expect("there")
}

async fn entries_of(shop: &Shop, id: &MemberId) -> Vec<Entry> {
    let id = id.clone();
    let store = &shop.running.house.store;
    let read = store.read(move |db| entries::list_by_member(db, &id, None, 50));
    read.await.expect("read")
}

/// The newest lines of the books.
pub(crate) async fn books(shop: &Shop) -> Vec<Deed> {
    let store = &shop.running.house.store;
    let read = store.read(|db| {
        let program = programs::find_by_slug(db, "cafe")?.expect("there");
        audit::list(db, &program.id, 20)
    });
    read.await.expect("read")
}

/// Each deed is in the books once, by somebody of the staff.
pub(crate) async fn assert_noted(shop: &Shop, deeds: &[&str]) {
    let books = books(shop).await;
    for deed in deeds {
        let rows: Vec<&Deed> = books.iter().filter(|row| row.deed == *deed).collect();
        assert_eq!(rows.len(), 1, "{deed}: {books:?}");
        assert!(rows[0].actor.starts_with("staff:"), "{deed}");
    }
}

fn page_of(id: &MemberId) -> String {
    format!("/console/members/{id}")
}

/// The names of the members that a list shows, in its order.
fn listed(page: &Page) -> Vec<String> {
    let (_, list) = page
        .body
        .split_once("<ol class=\"list people\">")
        .unwrap_or_default();
    let names = list.split("<div><p><a href=").skip(1);
    let name = |rest: &str| {
        let (_, rest) = rest.split_once("<bdi>").expect("a name");
        rest.split('<').next().unwrap_or_default().to_owned()
    };
    names.map(name).collect()
}

/// Where a link of a page leads whose text is known.
pub(crate) fn link_of(page: &Page, text: &str) -> String {
    let (before, _) = page
        .body
        .split_once(&format!("\">{text}</a>"))
        .unwrap_or_else(|| panic!("no link `{text}` in {}", page.body));
    let (_, address) = before.rsplit_once("href=\"").expect("an address");
    address.replace("&#38;", "&")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn members_are_listed_newest_first_and_page_by_page() {
    let shop = Shop::open().await;
    let mut owner = signed_in(&shop, "olga", Role::Owner).await;
    let empty = owner.get("/console/members").await;
    empty.assert_sound();
    assert!(empty.body.contains("Nobody has joined yet"), "{}", empty.body);
    for number in 0..53 {
        join(&shop, "cafe", named(&format!("Member {number:02}"), "")).await;
        shop.clock.advance(std::time::Duration::from_millis(5));
    }
    shop.add_program("bar", "The other bar", 0).await;
    join(&shop, "bar", named("Elsewhere", "")).await;

    let first = owner.get("/console/members").await;
    first.assert_sound();
    let names = listed(&first);
    assert_eq!((names.len(), names[0].as_str()), (50, "Member 52"));
    let next = owner.get(&link_of(&first, "Next page")).await;
    assert_eq!(listed(&next), ["Member 02", "Member 01", "Member 00"]);
    assert!(!next.body.contains("Next page"));
    let again = owner.get(&link_of(&next, "To the beginning")).await;
    assert_eq!(listed(&again), names);
    let oldest = owner.get("/console/members?order=oldest").await;
    assert_eq!(listed(&oldest)[0], "Member 00");
    let rest = owner.get(&link_of(&oldest, "Next page")).await;
    assert_eq!(listed(&rest), ["Member 50", "Member 51", "Member 52"]);

    // A day from which on nobody joined, and what is no day.
    let none = owner.get("/console/members?since=2099-01-01").await;
    assert!(listed(&none).is_empty() && none.body.contains("Show all members"));
    let wrong = owner.get("/console/members?since=yesterday").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("id=\"since-fault\"") && wrong.body.contains("aria-invalid"));
    // What is no place in the list is its beginning.
    assert_eq!(listed(&owner.get("/console/members?after=nonsense").await), names);
    // The same filters in another language.
    let arabic = owner.get("/console/members?order=oldest&lang=ar").await;
    arabic.assert_sound();
    assert!(
        arabic.body.contains("?order=oldest&#38;lang=fa"),
        "{}",
        arabic.body
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_member_is_found_by_a_name_or_by_what_leads_to_them() {
    let shop = Shop::open().await;
    let id = lina(&shop).await;
    join(&shop, "cafe", named("Émilie", "Linard")).await;
    join(&shop, "cafe", named("علي", "كريمي")).await;
    join(&shop, "cafe", named("Omar", "Said")).await;
    shop.add_program("bar", "The other bar", 0).await;
    let far = Enrolment {
        email: Some("far@example.com".to_owned()),
        ..named("Linus", "Far")
    };
    join(&shop, "bar", far).await;
    let mut auditor = signed_in(&shop, "ada", Role::Auditor).await;
    for (text, names) in [
        ("lin", vec!["Émilie Linard", "Lina Haddad"]),
        ("LINA", vec!["Émilie Linard", "Lina Haddad"]),
        ("lina had", vec!["Lina Haddad"]),
        ("Haddad Lina", vec!["Lina Haddad"]),
        ("ÉMI", vec!["Émilie Linard"]),
        ("émi", vec!["Émilie Linard"]),
        ("علی", vec!["علي كريمي"]),
        ("ina", vec![]),
        ("%", vec![]),
        ("lina@example.com", vec!["Lina Haddad"]),
        ("LINA@EXAMPLE.COM", vec!["Lina Haddad"]),
        ("+٤٩ ٣٠ ٩٠١٨٢٠", vec!["Lina Haddad"]),
        ("far@example.com", vec![]),
        (id.as_str(), vec!["Lina Haddad"]),
        (
            card_of(&shop, &id).await.code.to_lowercase().as_str(),
            vec!["Lina Haddad"],
        ),
    ] {
        let form = crate::shop::form(&[("q", text)]);
        let page = auditor.get(&format!("/console/members?{form}")).await;
        page.assert_sound();
        assert_eq!(listed(&page), names, "{text}");
    }
    // Who searched for a person by what leads to them is in the books, found or not; never for what.
    let books = books(&shop).await;
    let searched: Vec<&Deed> = books.iter().filter(|row| row.deed == "search_member").collect();
    assert_eq!(searched.len(), 4);
    assert_eq!(
        searched.iter().filter(|row| row.subject == id.as_str()).count(),
        3
    );
    assert!(
        searched
            .iter()
            .all(|row| row.actor.starts_with("staff:") && !row.detail.contains("example"))
    );
    // Whoever tries many is asked to wait.
    for number in 0..35 {
        let form = crate::shop::form(&[("q", &format!("nobody{number}@example.com"))]);
        let page = auditor.get(&format!("/console/members?{form}")).await;
        if page.status == StatusCode::TOO_MANY_REQUESTS {
            return;
        }
    }
    panic!("nobody stopped the search");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn points_are_given_with_a_reason_and_taken_back() {
    let shop = Shop::open().await;
    let id = lina(&shop).await;
    let mut owner = signed_in(&shop, "olga", Role::Owner).await;
    let page = owner.get(&page_of(&id)).await;
    page.assert_sound();
    for shown in [
        "Lina Haddad",
        "lina@example.com",
        "News and offers",
        "when they joined",
        "Joined the program",
    ] {
        assert!(page.body.contains(shown), "{shown}: {}", page.body);
    }
    let marker = "/points?";
    for (fields, fault) in [
        ([("points", "many"), ("reason", "Sorry")], "points-fault"),
        ([("points", "0"), ("reason", "Sorry")], "points-fault"),
        ([("points", "2,5"), ("reason", "Sorry")], "points-fault"),
        ([("points", "5"), ("reason", "  ")], "reason-fault"),
    ] {
        let refused = owner.send(&page, marker, &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        refused.assert_sound();
        assert!(
            refused.body.contains(&format!("id=\"{fault}\"")),
            "{}",
            refused.body
        );
        assert!(
            refused.body.contains("<title>Please look at the marked field."),
            "{fault}"
        );
        assert!(
            refused.body.contains(&format!("value=\"{}\"", fields[0].1)),
            "{fault}"
        );
    }
    let taken = [("points", "11"), ("reason", "Sorry"), ("way", "take")];
    let refused = owner.send(&page, marker, &taken).await;
    assert!(
        refused.body.contains("fewer points than that"),
        "{}",
        refused.body
    );
    assert_eq!(entries_of(&shop, &id).await.len(), 1);

    // Sent twice, it is done once.
    let given = [
        ("points", "۱٬۲۵۰"),
        ("reason", "Spilled <coffee>"),
        ("way", "give"),
    ];
    let done = owner.send(&page, marker, &given).await;
    let twice = owner.send(&page, marker, &given).await;
    assert_eq!(done.location(), twice.location());
    assert_eq!(card_of(&shop, &id).await.balance.get(), 1_260);
    let ledger = entries_of(&shop, &id).await;
    assert_eq!((ledger.len(), ledger[0].reason.as_str()), (2, "Spilled <coffee>"));
    assert!(ledger[0].actor.starts_with("staff:"));
    let after = owner.follow(&done).await;
    after.assert_sound();
    assert!(
        after.body.contains("Spilled &#60;coffee&#62;") && after.body.contains("1,260"),
        "{}",
        after.body
    );
    assert!(after.body.contains("olga"));

    later(&shop);
    let undone = owner.send(&after, "/reverse?", &[]).await;
    let page = owner.follow(&undone).await;
    assert!(page.body.contains("It is undone."), "{}", page.body);
    assert_eq!(card_of(&shop, &id).await.balance.get(), 10);
    let again = owner.send(&after, "/reverse?", &[]).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.body.contains("It was undone before."), "{}", again.body);
    assert_noted(&shop, &["reverse_entry", "adjust_points"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_member_is_renamed_noted_and_blocked() {
    let shop = Shop::open().await;
    let id = lina(&shop).await;
    let mut boss = signed_in(&shop, "max", Role::Manager).await;
    let page = boss.get(&page_of(&id)).await;
    let long = "x".repeat(201);
    let fields = [
        ("first_name", long.as_str()),
        ("last_name", "H"),
        ("language", "ar"),
        ("note", "n"),
    ];
    let refused = boss.send(&page, "/about?", &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("id=\"first_name-fault\"") && refused.body.contains(&long));
    let fields = [
        ("first_name", "Lina"),
        ("last_name", "Khoury"),
        ("language", "ar"),
        ("note", "Oat milk\r\nNo sugar"),
    ];
    let saved = boss.send(&page, "/about?", &fields).await;
    let after = boss.follow(&saved).await;
    assert!(after.body.contains("It is saved.") && after.body.contains("Lina Khoury"));
    let member = member_of(&shop, &id).await;
    assert_eq!(
        (member.language.as_str(), member.note.as_str()),
        ("ar", "Oat milk\nNo sugar")
    );

    let refused = boss.send(&after, "value=\"yes\"", &[("reason", "")]).await;
    assert!(refused.body.contains("id=\"block-fault\""), "{}", refused.body);
    let blocked = boss
        .send(&after, "value=\"yes\"", &[("reason", "Sold receipts")])
        .await;
    let after = boss.follow(&blocked).await;
    assert!(after.body.contains("The member is blocked.") && after.body.contains("Sold receipts"));
    let list = boss.get("/console/members?state=blocked").await;
    assert_eq!(listed(&list), ["Lina Khoury"]);
    assert!(list.body.contains("class=\"chip\">Blocked"));
    // Points can be taken from whoever is blocked, and not given.
    let given = [("points", "5"), ("reason", "Sorry"), ("way", "give")];
    let refused = boss.send(&after, "/points?", &given).await;
    assert!(refused.body.contains("role=\"alert\""), "{}", refused.body);
    let free = boss.send(&after, "value=\"no\"", &[]).await;
    assert!(boss.follow(&free).await.body.contains("let in again"));
    assert!(member_of(&shop, &id).await.blocked_at.is_none());
    let deeds = boss.get(&format!("{}?kind=deeds", page_of(&id))).await;
    for deed in [
        "Data were changed",
        "Blocked",
        "Let in again",
        "Joined the program",
    ] {
        assert!(deeds.body.contains(deed), "{deed}");
    }
    assert!(deeds.body.contains("max") && !deeds.body.contains("Welcome gift"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_card_is_told_again_relinked_replaced_and_voided() {
    let shop = Shop::open().await;
    let id = lina(&shop).await;
    let mut owner = signed_in(&shop, "olga", Role::Owner).await;
    let address = format!("{}/card", page_of(&id));
    let page = owner.get(&address).await;
    page.assert_sound();
    let before = card_of(&shop, &id).await;
    let token = shop.running.house.link_token(&before.id, before.link_epoch);
    assert!(page.body.contains(&format!("/card/{token}")) && page.body.contains("class=\"card\""));
    let pushed = owner.send(&page, "value=\"push\"", &[]).await;
    assert!(
        owner
            .follow(&pushed)
            .await
            .body
            .contains("The phones are told again.")
    );
    assert_eq!(card_of(&shop, &id).await.version, before.version + 1);
    let linked = owner.send(&page, "value=\"link\"", &[]).await;
    assert!(owner.follow(&linked).await.body.contains("There is a new link."));
    assert_eq!(
        shop.get(&format!("/card/{token}")).await.status,
        StatusCode::NOT_FOUND
    );

    for act in ["value=\"replace\"", "value=\"void\""] {
        let refused = owner.send(&page, act, &[("word", "Somebody else")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains("That is not it.") && refused.body.contains("-word-fault"));
    }
    assert_eq!(card_of(&shop, &id).await.code, before.code);
    let replaced = owner
        .send(&page, "value=\"replace\"", &[("word", " lina  HADDAD ")])
        .await;
    owner.follow(&replaced).await.assert_sound();
    let after = card_of(&shop, &id).await;
    assert_ne!(after.code, before.code);
    let code = after.code.to_lowercase();
    let voided = owner
        .send(&page, "value=\"void\"", &[("word", code.as_str())])
        .await;
    let end = owner.follow(&voided).await;
    assert!(end.body.contains("The card is void.") && !end.body.contains("value=\"push\""));
    let refused = owner.send(&page, "value=\"push\"", &[]).await;
    assert!(refused.body.contains("The card is void, so"), "{}", refused.body);
    assert_noted(&shop, &["void_card", "replace_card", "reissue_link", "push_card"]).await;
    let marker = owner.get(&page_of(&id)).await;
    assert!(marker.body.contains("The card got a new code") && marker.body.contains("Tills refuse it"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_member_is_exported_and_deleted_only_by_name() {
    let shop = Shop::open().await;
    let id = lina(&shop).await;
    let mut owner = signed_in(&shop, "olga", Role::Owner).await;
    let page = owner.get(&format!("{}/erase", page_of(&id))).await;
    page.assert_sound();
    let export = owner.send(&page, "/export?", &[]).await;
    assert_eq!(export.header("content-type"), "application/json");
    assert!(export.header("content-disposition").contains("attachment"));
    assert!(export.body.contains("lina@example.com"));
    let refused = owner.send(&page, "/erase?", &[("word", "")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("id=\"erase-word-fault\"") && refused.body.contains("<title>Please"));
    let gone = owner.send(&page, "/erase?", &[("word", "Lina Haddad")]).await;
    let list = owner.follow(&gone).await;
    assert!(list.body.contains("The member is deleted.") && listed(&list).is_empty());
    assert_eq!(owner.get(&page_of(&id)).await.status, StatusCode::NOT_FOUND);
    assert_noted(&shop, &["erase_member", "export_member"]).await;
}

/// Shows SR-024 (part).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_may_only_look_finds_no_form_and_no_door() {
    let shop = Shop::open().await;
    let id = lina(&shop).await;
    shop.add_program("bar", "The other bar", 0).await;
    let far = join(&shop, "bar", named("Far", "Away")).await;
    let paths = ["", "/card", "/merge", "/erase", "/phones"];
    let posts = [
        "/points",
        "/reverse",
        "/about",
        "/block",
        "/export",
        "/card",
        "/merge",
        "/merge/undo",
        "/erase",
    ];
    for (name, role) in [("mia", Role::Marketer), ("ada", Role::Auditor)] {
        let mut browser = signed_in(&shop, name, role).await;
        let page = browser.get(&page_of(&id)).await;
        page.assert_sound();
        let forms = page.body.matches("<form").count();
        // To sign out.
        assert_eq!(forms, 1, "{}", page.body);
        for path in paths {
            let page = browser.get(&format!("{}{path}", page_of(&id))).await;
            let may_see = matches!(path, "" | "/phones");
            assert_eq!(page.status == StatusCode::OK, may_see, "{path}");
            assert_eq!(page.status == StatusCode::FORBIDDEN, !may_see, "{path}");
        }
        for path in posts {
            let page = browser.post(&format!("{}{path}", page_of(&id)), &[]).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{path}");
        }
    }
    let mut cashier = signed_in(&shop, "sam", Role::Cashier).await;
    assert_eq!(
        cashier.get("/console/members").await.status,
        StatusCode::FORBIDDEN
    );
    let mut owner = signed_in(&shop, "olga", Role::Owner).await;
    let own = owner.get(&page_of(&id)).await;
    for path in paths {
        let page = owner.get(&format!("{}{path}", page_of(&far))).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
    }
    let (_, fields) = crate::till::find_form(&own.body, "/points?");
    let token = &fields
        .iter()
        .find(|(name, _)| name == "token")
        .expect("a token")
        .1;
    for path in posts {
        // Without the token of a form of ours nothing is done; with it, another program's member is not there.
        let page = owner.post(&format!("{}{path}", page_of(&id)), &[]).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{path}");
        let card = card_of(&shop, &far).await.code;
        let fields = [
            ("token", token.as_str()),
            ("points", "5"),
            ("reason", "why"),
            ("word", card.as_str()),
            ("act", "push"),
            ("block", "yes"),
            ("from", id.as_str()),
        ];
        let page = owner.post(&format!("{}{path}", page_of(&far)), &fields).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}: {}", page.body);
    }
    assert_eq!(entries_of(&shop, &far).await.len(), 0);
    assert_eq!(entries_of(&shop, &id).await.len(), 1);
}
