//! Static lists: whom the rows of a table lead to, and what becomes of a list whose members come and go.

use billfold::actions::enrol::{Enrolment, enrol};
use billfold::actions::erase_member::erase_member;
use billfold::actions::keep_list::{
    Brought, Found, Unfound, Why, create_list, delete_list, find_members, replace_list,
};
use billfold::actions::merge_members::merge_members;
use billfold::actions::{ActionError, Code};
use billfold::store::static_lists::{self, StaticList};
use billfold::types::{CardId, ProgramId};
use serde_json::{Value, json};

use crate::house::on_both_databases;
use crate::insight::mean;
use crate::shop::{Held, Shop};

async fn join(shop: &Shop, program: &ProgramId, enrolment: Enrolment) -> Held {
    let program = program.clone();
    let joined = shop
        .act(move |tx, deed| enrol(tx, deed, &program, &enrolment))
        .await;
    let sheet = joined.expect("they join").sheet;
    Held {
        member: sheet.card.member_id.clone(),
        card: sheet.card.id,
    }
}

fn by_email(email: &str) -> Enrolment {
    Enrolment {
        email: Some(email.to_owned()),
        ..Enrolment::default()
    }
}

async fn find(shop: &Shop, program: &ProgramId, table: &str) -> Found {
    let brought = Brought::read(table.as_bytes(), "49").expect("a table");
    let program = program.clone();
    let read = shop
        .house
        .store
        .read(move |db| find_members(db, &program, &brought));
    read.await.expect("they are looked for")
}

async fn create(
    shop: &Shop,
    program: &ProgramId,
    name: &str,
    found: &Found,
) -> Result<StaticList, ActionError> {
    let (program, name, found) = (program.clone(), name.to_owned(), found.clone());
    shop.act(move |tx, deed| create_list(tx, deed, &program, &name, &found))
        .await
}

async fn count(shop: &Shop, program: &ProgramId, list: &str) -> i64 {
    mean(shop, program, json!({ "list": [list] })).await
}

/// How many cards of a list are kept.
async fn kept(shop: &Shop, held: &Held) -> Vec<String> {
    let card: CardId = held.card.clone();
    shop.read(move |db| static_lists::list_names(db, &[card])).await
}

fn unfound(row: i64, why: Why, typed: &str) -> Unfound {
    let typed = typed.to_owned();
    Unfound { row, why, typed }
}

on_both_databases! {
    async fn a_table_leads_to_members_by_whatever_it_says_of_them(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|_| ()).await;
        let other = shop.program(|program| "other".clone_into(&mut program.slug)).await;
        let lina = join(&shop, &program, by_email("Lina@Example.com")).await;
        let omar = Enrolment { phone: Some("+49 30 123456".to_owned()), ..by_email("omar@example.com") };
        let omar = join(&shop, &program, omar).await;
        let plastic = Enrolment { card_number: Some("0017-1234".to_owned()), ..Enrolment::default() };
        let plastic = join(&shop, &program, plastic).await;
        let own = Enrolment { external_id: Some("C-17".to_owned()), ..Enrolment::default() };
        let own = join(&shop, &program, own).await;
        // Of another program, under the same address.
        join(&shop, &other, by_email("else@example.com")).await;

        let table = "Name;E-Mail;Telefon;Kartennummer;External ID\r\n\
            Lina;LINA@example.COM;;;\r\n\
            Omar;;030 123456;;\r\n\
            Omar again;omar@example.com;+49 30 123456;;\r\n\
            Plastic;;;00171234;\r\n\
            Own;;;;C-17\r\n\
            Nobody;;;;\r\n\
            Stranger;else@example.com;;;\r\n\
            Scribble;no address;;;\r\n\
            Half;no address;030/123456;;\r\n\
            Two;lina@example.com;030 123456;;\r\n";
        let found = find(&shop, &program, table).await;
        let cards = [&lina, &omar, &plastic, &own].map(|held| held.card.clone());
        assert_eq!(found.cards, cards.into());
        assert_eq!((found.rows, found.twice, found.unfound), (10, 2, 4));
        assert_eq!(found.first_unfound, [
            unfound(7, Why::Empty, ""),
            unfound(8, Why::NoMember, "else@example.com"),
            unfound(9, Why::Unreadable, "no address"),
            unfound(11, Why::SeveralMembers, "lina@example.com"),
        ]);

        let list = create(&shop, &program, " Fair ", &found).await.expect("a list");
        assert_eq!((list.name.as_str(), list.members, list.version), ("Fair", 4, 1));
        for name in ["Fair", list.id.as_str()] {
            assert_eq!(count(&shop, &program, name).await, 4, "{name}");
        }
        assert_eq!(mean(&shop, &program, json!({ "not": { "list": ["Fair"] } })).await, 0);
        let twice = create(&shop, &program, "Fair", &found).await.expect_err("it is there");
        assert_eq!(twice.faults[0].code, "named_twice");
        let nameless = create(&shop, &program, " ", &found).await.expect_err("no name");
        assert_eq!(nameless.faults[0].pointer, "/name");
        // Another program has no list of the name, and may have one.
        let found = find(&shop, &other, "email\nelse@example.com\nlina@example.com\n").await;
        assert_eq!((found.rows, found.unfound), (2, 1));
        assert_eq!(create(&shop, &other, "Fair", &found).await.expect("a list").members, 1);
        assert_eq!((count(&shop, &other, "Fair").await, count(&shop, &program, "Fair").await), (1, 4));
    }

    async fn who_is_on_a_list_is_replaced_joined_and_forgotten(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|_| ()).await;
        let lina = join(&shop, &program, by_email("lina@example.com")).await;
        let omar = join(&shop, &program, by_email("omar@example.com")).await;
        let zoe = join(&shop, &program, by_email("zoe@example.com")).await;
        let found = find(&shop, &program, "email\nlina@example.com\nomar@example.com\n").await;
        let list = create(&shop, &program, "Fair", &found).await.expect("a list");

        // Whoever stands for somebody on it is on it once.
        let (into, from) = (zoe.member.clone(), omar.member.clone());
        shop.act(move |tx, deed| merge_members(tx, deed, &into, &from, "one person")).await.expect("joined");
        assert_eq!(count(&shop, &program, "Fair").await, 2);
        let again = find(&shop, &program, "email\nomar@example.com\n").await;
        assert_eq!(again.cards, [zoe.card.clone()].into(), "it leads to whoever stands for both");

        let (id, everybody) = (list.id.clone(), find(&shop, &program, "email\nzoe@example.com\nlina@example.com\n").await);
        let (stale, gone) = (id.clone(), everybody.clone());
        let stale = shop.act(move |tx, deed| replace_list(tx, deed, (&stale, Some(7)), &gone)).await;
        assert_eq!(stale.expect_err("another version").code, Code::StaleEdit);
        let replaced = shop.act(move |tx, deed| replace_list(tx, deed, (&id, Some(1)), &everybody)).await;
        let replaced = replaced.expect("replaced");
        assert_eq!((replaced.members, replaced.version), (2, 2));
        assert_eq!((kept(&shop, &omar).await, kept(&shop, &lina).await), (vec![], vec!["Fair".to_owned()]));

        // A person who is erased is on no list any more, and cannot be put on one that was looked for before.
        let late = find(&shop, &program, "email\nlina@example.com\n").await;
        let gone = lina.member.clone();
        shop.act(move |tx, deed| erase_member(tx, deed, &gone, None)).await.expect("erased");
        assert_eq!((count(&shop, &program, "Fair").await, kept(&shop, &lina).await), (1, vec![]));
        assert_eq!(create(&shop, &program, "Late", &late).await.expect("a list").members, 0);
        assert_eq!(kept(&shop, &lina).await, Vec::<String>::new());
    }

    async fn a_list_that_a_segment_names_is_not_deleted(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|_| ()).await;
        join(&shop, &program, by_email("lina@example.com")).await;
        let found = find(&shop, &program, "email\nlina@example.com\n").await;
        let list = create(&shop, &program, "Fair", &found).await.expect("a list");
        let body = json!({ "name": "Guests", "members": { "not": { "list": ["Fair"] } } });
        shop.write_term(&program, "segment", &body).await;
        let delete = async || {
            let id = list.id.clone();
            shop.act(move |tx, deed| delete_list(tx, deed, (&id, None))).await
        };
        let refused = delete().await.expect_err("it is named");
        assert!(refused.code == Code::ListNamed && refused.detail.contains("`Guests`"), "{refused:?}");
        assert_eq!(count(&shop, &program, "Fair").await, 1);

        let other = shop.program(|program| "other".clone_into(&mut program.slug)).await;
        let foreign: Value = json!({ "list": [list.id] });
        let read = shop.house.store.read(move |db| {
            billfold::actions::look_at_segment::read_criterion(db, &other, foreign)
        });
        assert_eq!(read.await.expect_err("another program's").faults[0].code, "unknown_list");
        let own = program.clone();
        let segments = shop.read(move |db| billfold::store::terms::list_active(db, &own, "segment", 9)).await;
        let id = segments[0].id.clone();
        shop.edit_term(&id, &json!({ "name": "Guests", "members": { "points": { "at_least": 1 } } })).await;
        delete().await.expect("nothing names it");
        let own = program.clone();
        assert_eq!(shop.read(move |db| static_lists::list(db, &own, 9)).await, []);
    }
}

#[test]
fn what_is_no_table_of_members_is_refused() {
    let said = |table: &[u8], country: &str| {
        Brought::read(table, country)
            .map(|_| ())
            .expect_err("refused")
            .to_string()
    };
    assert_eq!(said(b"", ""), "the file is empty");
    assert_eq!(said(b"email\n", ""), "the file has a header and no rows below it");
    assert!(said(b"name,points\nLina,7\n", "").starts_with("no column is an e-mail address"));
    assert!(said(b"email\nlina@example.com\n", "x").starts_with("the calling code"));
}
