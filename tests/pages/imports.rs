//! The console's imports: a file is brought, planned, looked at, done, and taken back.

use billfold::actions::enrol::Enrolment;
use billfold::store::imports;
use billfold::store::members as people;
use billfold::store::programs;
use billfold::types::Role;
use reqwest::{Method, StatusCode};

use crate::members::{assert_noted, join, lina, link_of, signed_in};
use crate::shop::{Page, Shop};
use crate::till::{Browser, find_form};

/// Most looks at a page that is to change by itself.
const LOOKS_MAX: u32 = 200;

const LIST: &str = "Name,E-mail,Punkte,Notes\r\n\
    Omar Aziz,omar@example.com,120,=1+1\r\n\
    Lina,LINA@example.com,7,\r\n\
    لينا <b>حدّاد</b>,leila@example.com,٣٠,\r\n\
    Nobody,,5,\"=HYPERLINK(\"\"http://x\"\")\"\r\n\
    Debt,debt@example.com,-5,\r\n";

/// Brings a file by the form of the page.
async fn bring(browser: &mut Browser<'_>, name: &str, content: &[u8]) -> Page {
    let page = browser.get("/console/import").await;
    page.assert_sound();
    let (action, fields) = find_form(&page.body, "type=\"file\"");
    browser.post_file(&action, &fields, ("file", name, content)).await
}

/// Brings the list and leads to what its columns mean.
async fn plan(browser: &mut Browser<'_>) -> Page {
    let brought = bring(browser, "old members.csv", LIST.as_bytes()).await;
    let page = browser.follow(&brought).await;
    page.assert_sound();
    page
}

/// Waits until an import is no longer under way.
async fn wait(browser: &mut Browser<'_>, address: &str) -> Page {
    for _ in 0..LOOKS_MAX {
        let page = browser.get(address).await;
        if page.body.contains("data-over") {
            return page;
        }
        page.assert_sound();
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the import does not end");
}

/// The number that a page shows for what it counts.
fn figure(page: &Page, name: &str) -> String {
    let (_, rest) = page
        .body
        .split_once(&format!("<dt>{name}</dt><dd class=\"number\">"))
        .unwrap_or_else(|| panic!("no {name} in {}", page.body));
    rest.split('<').next().unwrap_or_default().to_owned()
}

/// Chooses columns that will not do, and is told why.
async fn refuse_columns(owner: &mut Browser<'_>, page: &Page) {
    // Without a column that leads to members nothing goes on, and what was chosen stands.
    let refused = owner
        .send(
            page,
            "/plan",
            &[("column.1", ""), ("country", "49"), ("known", "add")],
        )
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.assert_sound();
    assert!(refused.body.contains("No column leads to a member") && refused.body.contains("value=\"49\""));
    let twice = owner.send(page, "/plan", &[("column.3", "email")]).await;
    assert!(
        twice.body.contains("Two columns are taken for “E-mail”"),
        "{}",
        twice.body
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_is_brought_looked_at_done_and_taken_back() {
    let shop = Shop::open().await;
    lina(&shop).await;
    let mut owner = signed_in(&shop, "olga", Role::Owner).await;
    let list = owner.get("/console/members").await;
    assert!(link_of(&list, "Import members").starts_with("/console/import"));

    let page = plan(&mut owner).await;
    assert!(
        page.body.contains("old members.csv") && page.body.contains("=1+1"),
        "{}",
        page.body
    );
    assert!(page.body.contains("لينا &#60;b&#62;حدّاد"), "{}", page.body);
    let chosen = ["name", "email", "points"].map(|field| format!("<option value=\"{field}\" selected>"));
    for one in &chosen {
        assert!(page.body.contains(one), "{one}");
    }
    refuse_columns(&mut owner, &page).await;

    let looked = owner.send(&page, "/plan", &[("known", "keep")]).await;
    let address = looked.location().to_owned();
    let looked = owner.get(&address).await;
    looked.assert_sound();
    let numbers =
        ["New members", "Members already", "Rows not taken", "Points"].map(|name| figure(&looked, name));
    assert_eq!(numbers, ["2", "1", "2", "150"]);
    for said in [
        "e-mail: 1",
        "Row 5",
        "Nothing in it leads to a member",
        "Row 6",
        "below zero",
    ] {
        assert!(looked.body.contains(said), "{said}: {}", looked.body);
    }
    assert_eq!(count(&shop).await, 1, "nothing is written yet");
    // What is refused comes as a file in which nothing is a formula.
    let file = owner.get(&link_of_download(&looked)).await;
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    assert!(file.header("content-disposition").contains("refused.csv"));
    assert!(
        file.body
            .contains("\"Nobody\",\"\",\"5\",\"'=HYPERLINK(\"\"http://x\"\")\",\"5\""),
        "{}",
        file.body
    );
    assert!(
        file.body.contains("\"'-5\"") && !file.body.contains("Omar"),
        "{}",
        file.body
    );

    let begun = owner.send(&looked, "/begin", &[]).await;
    assert_eq!(begun.location(), address);
    let again = owner.send(&looked, "/begin", &[]).await;
    let stale = owner.follow(&again).await;
    assert!(stale.body.contains("changed meanwhile"), "{}", stale.body);
    let done = wait(&mut owner, &address).await;
    done.assert_sound();
    let numbers =
        ["New members", "Members already", "Rows not taken", "Points"].map(|name| figure(&done, name));
    assert_eq!(numbers, ["2", "1", "2", "150"]);
    assert_noted(&shop, &["import_members", "import_ended"]).await;
    let file = owner.get(&link_of_download(&done)).await;
    assert!(
        file.body.contains("\"'-5\"") && !file.body.contains("omar"),
        "{}",
        file.body
    );
    let omar = owner.get(&link_of(&done, "<bdi>Omar Aziz</bdi>")).await;
    for said in ["<strong class=\"number\">120</strong>", "Brought over"] {
        assert!(omar.body.contains(said), "{said}: {}", omar.body);
    }

    let wrong = owner.send(&done, "/undo", &[("word", "no")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.assert_sound();
    shop.clock.advance(std::time::Duration::from_secs(1));
    let undone = owner.send(&done, "/undo", &[("word", "Old members.CSV")]).await;
    assert_eq!(undone.location(), address);
    let undone = wait(&mut owner, &address).await;
    undone.assert_sound();
    assert_eq!(
        [figure(&undone, "Rows taken back"), figure(&undone, "Rows left")],
        ["3", "0"]
    );
    assert_eq!(count(&shop).await, 1);
    let list = owner.get("/console/import").await;
    list.assert_sound();
    assert!(
        list.body.contains("old members.csv") && list.body.contains("Taken back"),
        "{}",
        list.body
    );
}

fn link_of_download(page: &Page) -> String {
    let (before, _) = page.body.split_once("/refused.csv").expect("a file");
    let (_, base) = before.rsplit_once("href=\"").expect("an address");
    format!("{base}/refused.csv?lang=en")
}

async fn count(shop: &Shop) -> usize {
    let read = shop.running.house.store.read(|db| {
        let program = programs::find_by_slug(db, "cafe")?.expect("there");
        people::list(db, Some(&program.id), None, 200)
    });
    read.await.expect("read").len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_no_list_is_told_why() {
    let shop = Shop::open().await;
    let mut owner = signed_in(&shop, "olga", Role::Owner).await;
    for (content, said) in [
        (&b"PK\x03\x04rest"[..], "workbook"),
        (b"", "The file is empty"),
        (b"a,b\n", "nothing below the names"),
        (b"a\0b\n1\n", "no text that can be read"),
    ] {
        let page = bring(&mut owner, "x.csv", content).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{said}");
        page.assert_sound();
        assert!(page.body.contains(said), "{said}: {}", page.body);
    }
    let rows = format!("e-mail\n{}", "a@example.com\n".repeat(50_001));
    let page = bring(&mut owner, "x.csv", rows.as_bytes()).await;
    assert!(page.body.contains("more than 50,000 rows"), "{}", page.body);
    let none = bring(&mut owner, "", b"").await;
    assert!(none.body.contains("No file was chosen"), "{}", none.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_can_be_thrown_away_and_is_nobody_elses_to_see() {
    let shop = Shop::open().await;
    let mut owner = signed_in(&shop, "olga", Role::Owner).await;
    let brought = bring(&mut owner, "members.csv", LIST.as_bytes()).await;
    let address = brought.location().to_owned();
    let page = owner.get(&address).await;
    let mut manager = signed_in(&shop, "maria", Role::Manager).await;
    assert_eq!(manager.get(&address).await.status, StatusCode::OK);
    for (name, role) in [("mark", Role::Marketer), ("anna", Role::Auditor)] {
        let mut other = signed_in(&shop, name, role).await;
        for path in [
            "/console/import",
            address.as_str(),
            &format!("{address}/refused.csv"),
        ] {
            assert_eq!(
                other.get(path).await.status,
                StatusCode::FORBIDDEN,
                "{role:?} {path}"
            );
        }
        let list = other.get("/console/members").await;
        assert!(!list.body.contains("/console/import"), "{role:?}");
    }
    // A form of another page's token is refused; so is the program next door's.
    let (action, _) = find_form(&page.body, "/plan");
    let forged = owner
        .post(&action, &[("token", "forged"), ("version", "1")])
        .await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN, "{}", forged.body);
    for id in ["imp_nonsense", "imp_00000000000000000000000000"] {
        assert_eq!(
            owner.get(&format!("/console/import/{id}")).await.status,
            StatusCode::NOT_FOUND
        );
    }
    let stale = owner.send(&page, "/plan", &[("version", "7")]).await;
    assert!(stale.location().contains("not=stale"));
    let dropped = owner
        .post(&action.replace("/plan", "/drop"), &fields(&page))
        .await;
    let list = owner.follow(&dropped).await;
    assert!(
        list.body.contains("thrown away") && !list.body.contains("members.csv"),
        "{}",
        list.body
    );
    assert_eq!(owner.get(&address).await.status, StatusCode::NOT_FOUND);
    let left = shop.running.house.store.read(|db| {
        let program = programs::find_by_slug(db, "cafe")?.expect("there");
        imports::list(db, &program.id, 10)
    });
    assert!(left.await.expect("read").is_empty());
}

/// What a page's forms carry.
fn fields(page: &Page) -> Vec<(&'static str, &str)> {
    let value = |name: &str| {
        let (_, rest) = page
            .body
            .split_once(&format!("name=\"{name}\" value=\""))
            .expect("a field");
        rest.split('"').next().unwrap_or_default()
    };
    vec![("token", value("token")), ("version", value("version"))]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_card_of_a_member_who_came_over_gets_its_passes_when_it_is_opened() {
    let shop = Shop::open().await;
    let mut owner = signed_in(&shop, "olga", Role::Owner).await;
    let page = plan(&mut owner).await;
    let looked = owner.send(&page, "/plan", &[]).await;
    let address = looked.location().to_owned();
    let looked = owner.get(&address).await;
    owner.send(&looked, "/begin", &[]).await;
    wait(&mut owner, &address).await;
    let again = Enrolment {
        email: Some("omar@example.com".to_owned()),
        ..Enrolment::default()
    };
    // Whoever joins with the same address gets the card that came over, without a second welcome.
    let id = join(&shop, "cafe", again).await;
    let card = crate::members::card_of(&shop, &id).await;
    assert_eq!(card.balance.get(), 120);
    let leila = shop.running.house.store.read(|db| {
        let program = programs::find_by_slug(db, "cafe")?.expect("there");
        people::find_by_identity(db, &program.id, "email", "leila@example.com")
    });
    let leila = leila.await.expect("read").expect("there");
    let card = crate::members::card_of(&shop, &leila).await;
    let token = shop.running.house.link_token(&card.id, card.link_epoch);
    let page = shop
        .ask(
            Method::GET,
            &format!("/card/{token}"),
            &[("user-agent", crate::shop::IPHONE)],
            None,
        )
        .await;
    page.assert_sound();
    assert!(page.body.contains("pass.pkpass"), "{}", page.body);
}
