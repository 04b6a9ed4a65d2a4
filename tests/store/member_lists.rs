//! Lists of members and what was done to them: by name, by state, from a place on.

use billfold::store::member_lists::{MemberFilter, NamePart, list_named, list_page};
use billfold::store::members::{self, Member};
use billfold::store::{Tx, audit, cards, devices};
use billfold::types::{DeviceId, MemberId, RequestId};

use crate::house::on_both_databases;
use crate::shop::{NOW, PASS_TYPE, Shop};

/// So many members who are called so, the oldest first.
async fn call(shop: &Shop, names: &[(&str, &str)]) -> Vec<MemberId> {
    let held = shop.cards(names.len()).await;
    let names: Vec<(String, String)> = names
        .iter()
        .map(|(first, last)| ((*first).to_owned(), (*last).to_owned()))
        .collect();
    let mut ids: Vec<MemberId> = held.into_iter().map(|card| card.member_id).collect();
    ids.sort();
    let all = ids.clone();
    shop.write(move |tx| {
        for (id, (first_name, last_name)) in all.iter().zip(names) {
            let old = members::get(tx, id)?;
            let member = Member {
                first_name,
                last_name,
                ..old
            };
            members::update(tx, &member, member.version)?;
        }
        Ok(())
    })
    .await;
    ids
}

async fn named(shop: &Shop, part: NamePart, begins: &'static str) -> Vec<MemberId> {
    let program = shop.program.clone();
    let mut found = shop.read(move |db| list_named(db, &program, part, begins)).await;
    found.sort();
    found
}

async fn page(shop: &Shop, filter: MemberFilter, limit: i64) -> Vec<MemberId> {
    let program = shop.program.clone();
    let found = shop.read(move |db| list_page(db, &program, &filter, limit)).await;
    found.into_iter().map(|member| member.id).collect()
}

on_both_databases! {
    /// A to Z in any case, other letters as they are; what an index of the database's own language would mix up.
    async fn a_name_is_found_by_its_beginning(database: Database) {
        let shop = Shop::open(&database).await;
        let ids = call(&shop, &[
            ("Lina", "Haddad"), ("LINUS", "van Dyk"), ("lin-da", "Ek"), ("Li Na", "Émile"), ("Élin", "100%"), ("李娜", "_"),
        ]).await;
        let pick = |places: &[usize]| places.iter().map(|place| ids[*place].clone()).collect::<Vec<_>>();
        for (part, begins, places) in [
            (NamePart::First, "lin", vec![0, 1, 2]),
            (NamePart::First, "lina", vec![0]),
            (NamePart::First, "li", vec![0, 1, 2, 3]),
            (NamePart::First, "Él", vec![4]),
            (NamePart::First, "李", vec![5]),
            (NamePart::First, "ina", vec![]),
            (NamePart::First, "%", vec![]),
            (NamePart::Last, "van d", vec![1]),
            (NamePart::Last, "100%", vec![4]),
            (NamePart::Last, "_", vec![5]),
        ] {
            assert_eq!(named(&shop, part, begins).await, pick(&places), "{begins}");
        }
    }

    /// From either end, a page after another, without those who are gone or joined.
    async fn a_list_goes_on_where_a_page_ended(database: Database) {
        let shop = Shop::open(&database).await;
        let ids = call(&shop, &[("a", ""), ("b", ""), ("c", ""), ("d", ""), ("e", ""), ("f", "")]).await;
        let (erased, joined, into, blocked) = (ids[1].clone(), ids[2].clone(), ids[3].clone(), ids[4].clone());
        shop.write(move |tx| {
            let change = |tx: &mut Tx<'_>, id: &MemberId, edit: &dyn Fn(Member) -> Member| {
                let member = edit(members::get(tx, id)?);
                members::update(tx, &member, member.version)
            };
            change(tx, &erased, &|member| Member { erased_at: Some(NOW), ..member })?;
            change(tx, &joined, &|member| Member { merged_into: Some(into.clone()), ..member })?;
            change(tx, &blocked, &|member| Member { blocked_at: Some(NOW), ..member })?;
            Ok(())
        }).await;
        let pick = |places: &[usize]| places.iter().map(|place| ids[*place].clone()).collect::<Vec<_>>();
        let all = MemberFilter::default();
        assert_eq!(page(&shop, all.clone(), 3).await, pick(&[5, 4, 3]));
        let rest = MemberFilter { after: Some(ids[3].clone()), ..all.clone() };
        assert_eq!(page(&shop, rest, 3).await, pick(&[0]));
        let oldest = MemberFilter { is_oldest_first: true, ..all.clone() };
        assert_eq!(page(&shop, oldest.clone(), 2).await, pick(&[0, 3]));
        let rest = MemberFilter { after: Some(ids[3].clone()), ..oldest };
        assert_eq!(page(&shop, rest, 2).await, pick(&[4, 5]));
        let since = MemberFilter { from: Some(ids[4].clone()), ..all.clone() };
        assert_eq!(page(&shop, since, 3).await, pick(&[5, 4]));
        let few = MemberFilter { of: Some(pick(&[0, 2, 4])), ..all.clone() };
        assert_eq!(page(&shop, few, 3).await, pick(&[4, 0]));
        assert_eq!(page(&shop, MemberFilter { of: Some(Vec::new()), ..all.clone() }, 3).await, pick(&[]));
        let blocked = MemberFilter { is_blocked: true, ..all.clone() };
        assert_eq!(page(&shop, blocked, 3).await, pick(&[4]));
        let on_phone = MemberFilter { is_on_phone: true, ..all };
        assert_eq!(page(&shop, on_phone.clone(), 3).await, pick(&[]));
        let id = ids[3].clone();
        let card = shop.read(move |db| cards::list_by_member(db, &id)).await.remove(0);
        let pass = shop.pass(&card).await;
        shop.write(move |tx| {
            let device: DeviceId = "phone-1".parse().expect("an id");
            devices::put(tx, &devices::Device {
                device_id: device.clone(),
                pass_type: PASS_TYPE.to_owned(),
                push_token: "ab12".parse().expect("a token"),
                registered_at: NOW,
            })?;
            devices::register(tx, &devices::Registration {
                device_id: device,
                pass_type: PASS_TYPE.to_owned(),
                pass_id: pass.id,
                card_id: card.id,
                told_version: 0,
                created_at: NOW,
            })
        }).await;
        assert_eq!(page(&shop, on_phone, 3).await, pick(&[3]));
    }

    /// Of members, cards and passes; what was done to orders is found by the orders.
    async fn the_books_are_read_by_whom_they_are_about(database: Database) {
        let shop = Shop::open(&database).await;
        let card = shop.card().await;
        let other = shop.card().await;
        let (member, program) = (card.member_id.clone(), shop.program.clone());
        let subjects = [member.to_string(), card.id.to_string(), other.id.to_string(), member.to_string()];
        shop.write(move |tx| {
            for (place, subject) in subjects.into_iter().enumerate() {
                audit::insert(tx, &audit::Deed {
                    id: RequestId::new(NOW.plus_ms(i64::try_from(place).expect("few"))),
                    program_id: Some(program.clone()),
                    actor: "test".to_owned(),
                    deed: format!("deed_{place}"),
                    subject,
                    detail: "{}".to_owned(),
                    request_id: "req".to_owned(),
                    created_at: NOW,
                })?;
            }
            Ok(())
        }).await;
        let deeds = async |before: i64| -> Vec<String> {
            let (member, card) = (card.member_id.clone(), card.id.clone());
            let found = shop.read(move |db| {
                audit::list_by_holders(db, &[member.as_str(), card.as_str()], &RequestId::first_at(NOW.plus_ms(before)))
            }).await;
            found.into_iter().map(|row| row.deed).collect()
        };
        assert_eq!(deeds(10).await, ["deed_3", "deed_1", "deed_0"]);
        assert_eq!(deeds(3).await, ["deed_1", "deed_0"]);
        assert!(deeds(0).await.is_empty());
    }
}
