//! The console's members: what happened with one over all channels, two who are one, and why a phone did not change.

use billfold::actions::TermKind;
use billfold::actions::issue_reward::issue_reward;
use billfold::actions::record_order::{Holder, NewOrder, record_order};
use billfold::actions::write_term::create_term;
use billfold::store::passes::{self, Pass};
use billfold::store::{device_logs, devices, programs};
use billfold::types::{MemberId, RewardId, Role, Wallet};
use reqwest::StatusCode;
use serde_json::json;

use crate::members::{assert_noted, card_of, join, lina, link_of, named, signed_in};
use crate::shop::Shop;

async fn order(shop: &Shop, member: &MemberId, name: &str, total_minor: i64) {
    let new = NewOrder {
        source: "till".to_owned(),
        external_id: name.to_owned(),
        holder: Holder::Member(member.clone()),
        total_minor,
        currency: None,
        paid_at: None,
        lines: Vec::new(),
        location: None,
        channel: None,
    };
    shop.act(move |tx, deed| record_order(tx, deed, &new)).await;
    shop.clock.advance(std::time::Duration::from_mins(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_that_happened_stands_in_one_list() {
    let shop = Shop::open().await;
    let id = lina(&shop).await;
    let reward = json!({ "name": { "en": "Coffee", "ar": "قهوة" }, "cost": 5, "gives": { "free_item": { "category": ["coffee"] } } });
    let fields = serde_json::from_value(reward).expect("fields");
    let reward = shop
        .act(move |tx, deed| {
            let program = programs::find_by_slug(tx, "cafe")?.expect("there");
            create_term(tx, deed, Some(program.id), TermKind::Reward, fields)
        })
        .await;
    let reward: RewardId = reward.id.parse().expect("an id");
    shop.clock.advance(std::time::Duration::from_mins(1));
    order(&shop, &id, "one", 1_250).await;
    order(&shop, &id, "two", 10).await;
    let member = id.clone();
    shop.act(move |tx, deed| issue_reward(tx, deed, &member, &reward))
        .await;
    let mut auditor = signed_in(&shop, "ada", Role::Auditor).await;
    let base = format!("/console/members/{id}");
    let all = auditor.get(&base).await;
    all.assert_sound();
    let place = |text: &str| {
        let found = all.body.find(text);
        found.unwrap_or_else(|| panic!("no `{text}` in {}", all.body))
    };
    let order_of_lines = [
        place("Got: Coffee"),
        place("Order · €0.10"),
        place("Order · €12.50"),
        place("Joined the program"),
    ];
    assert!(order_of_lines.is_sorted(), "{order_of_lines:?}");
    assert!(all.body.contains("It earned no points.") && all.body.contains("Not handed over yet."));
    for (kind, shown, hidden) in [
        ("points", "Welcome gift", "Joined the program"),
        ("orders", "Order · €0.10", "Welcome gift"),
        ("rewards", "Got: Coffee", "Order · "),
        ("deeds", "Joined the program", "Order · "),
    ] {
        let some = auditor.get(&format!("{base}?kind={kind}")).await;
        some.assert_sound();
        assert!(
            some.body.contains(shown) && !some.body.contains(hidden),
            "{kind}: {}",
            some.body
        );
    }
    let arabic = auditor.get(&format!("{base}?kind=rewards&lang=ar")).await;
    assert!(arabic.body.contains("قهوة"), "{}", arabic.body);

    // Page by page, each line once.
    for number in 0..60 {
        order(&shop, &id, &format!("more-{number}"), 100 * (number + 1)).await;
    }
    let mut page = auditor.get(&format!("{base}?kind=orders")).await;
    let mut seen = Vec::new();
    loop {
        let lines = page.body.split("<bdi>Order · ").skip(1);
        seen.extend(lines.map(|line| line.split('<').next().unwrap_or_default().to_owned()));
        if !page.body.contains(">Older</a>") {
            break;
        }
        let older = link_of(&page, "Older");
        page = auditor.get(older.trim_end_matches("#happened")).await;
    }
    assert_eq!(seen.len(), 62);
    assert_eq!((seen[0].as_str(), seen[61].as_str()), ("€60", "€12.50"));
    // What is no place is the beginning.
    let odd = auditor
        .get(&format!("{base}?before=99999999999999999.x&kind=nonsense"))
        .await;
    assert_eq!(odd.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_who_are_one_are_joined_after_a_look_and_parted_again() {
    let shop = Shop::open().await;
    let id = lina(&shop).await;
    shop.clock.advance(std::time::Duration::from_secs(1));
    let other = join(&shop, "cafe", named("Lina", "Hadad")).await;
    order(&shop, &other, "one", 2_000).await;
    let mut owner = signed_in(&shop, "olga", Role::Owner).await;
    let base = format!("/console/members/{id}");
    let search = owner.get(&format!("{base}/merge?q=lina")).await;
    search.assert_sound();
    assert!(search.body.contains("Lina Hadad"), "{}", search.body);
    let (_, rest) = search
        .body
        .split_once("<ol class=\"list people\">")
        .expect("a list");
    assert!(!rest.contains("Lina Haddad"));
    let preview = owner.get(&format!("{base}/merge?from={other}")).await;
    preview.assert_sound();
    let before = (
        card_of(&shop, &id).await.balance.get(),
        card_of(&shop, &other).await.balance.get(),
    );
    assert_eq!(before, (10, 30));
    for shown in ["<bdi>10</bdi>", "<bdi>30</bdi>", "<bdi>40</bdi>", "Hadad"] {
        assert!(preview.body.contains(shown), "{shown}: {}", preview.body);
    }
    let refused = owner.send(&preview, "name=\"from\"", &[("word", "Lina")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.body.contains("id=\"merge-word-fault\""),
        "{}",
        refused.body
    );
    assert_eq!(card_of(&shop, &id).await.balance.get(), 10);
    let fields = [("word", "lina hadad"), ("reason", "The same phone")];
    let done = owner.send(&preview, "name=\"from\"", &fields).await;
    let page = owner.follow(&done).await;
    page.assert_sound();
    assert!(page.body.contains("They are joined.") && page.body.contains("The same phone"));
    assert_eq!(card_of(&shop, &id).await.balance.get(), 40);
    let joined = owner.get(&format!("/console/members/{other}")).await;
    assert!(joined.body.contains("Joined with somebody") && !joined.body.contains("/points?"));
    let itself = owner.get(&format!("{base}/merge?from={id}")).await;
    assert_eq!(itself.status, StatusCode::UNPROCESSABLE_ENTITY);

    let undone = owner.send(&page, "/merge/undo?", &[]).await;
    let page = owner.follow(&undone).await;
    assert!(page.body.contains("They are parted again.") && !page.body.contains("/merge/undo?"));
    assert_eq!(card_of(&shop, &id).await.balance.get(), 10);
    assert_eq!(card_of(&shop, &other).await.balance.get(), 30);
    assert_noted(&shop, &["undo_merge", "merge_members"]).await;
}

async fn pass_of(shop: &Shop, id: &MemberId, wallet: Wallet) -> Pass {
    let card = card_of(shop, id).await;
    let store = &shop.running.house.store;
    let read = store.read(move |db| passes::list_by_card(db, &card.id));
    let all = read.await.expect("read");
    all.into_iter()
        .find(|pass| pass.wallet == wallet)
        .expect("a pass")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_of_phones_says_why_a_phone_did_not_change() {
    let shop = Shop::open().await;
    let id = lina(&shop).await;
    let mut auditor = signed_in(&shop, "ada", Role::Auditor).await;
    let path = format!("/console/members/{id}/phones");
    let page = auditor.get(&path).await;
    page.assert_sound();
    assert!(page.body.contains("No phone has the card."), "{}", page.body);
    let apple = pass_of(&shop, &id, Wallet::Apple).await;
    let card = card_of(&shop, &id).await;
    let now = shop.running.house.now();
    let (pass, held) = (apple.clone(), card.clone());
    shop.act(move |tx, _| {
        let device = devices::Device {
            device_id: "device-1234567890".parse().expect("an id"),
            pass_type: pass.pass_type.clone(),
            push_token: "ab12cd34".parse().expect("a token"),
            registered_at: now,
        };
        devices::put(tx, &device)?;
        let registration = devices::Registration {
            device_id: device.device_id,
            pass_type: pass.pass_type.clone(),
            pass_id: pass.id.clone(),
            card_id: held.id.clone(),
            told_version: 0,
            created_at: now,
        };
        devices::register(tx, &registration)?;
        device_logs::add(tx, Some(&pass.id), "Web service error <500>", now)?;
        Ok(())
    })
    .await;
    let page = auditor.get(&path).await;
    assert!(
        page.body.contains("was not yet told of the newest change"),
        "{}",
        page.body
    );
    assert!(page.body.contains("Web service error &#60;500&#62;"));
    // The phone itself is not named: what it calls itself is its secret.
    assert!(!page.body.contains("device-1234567890"));
    let (pass, version) = (apple.clone(), card.version);
    shop.act(move |tx, deed| {
        let at = passes::PassAt {
            id: pass.id.clone(),
            card_id: pass.card_id.clone(),
            version,
        };
        passes::record_fetched(tx, &[at], deed.now)?;
        Ok(())
    })
    .await;
    let page = auditor.get(&path).await;
    assert!(
        page.body.contains("The phone has the newest card."),
        "{}",
        page.body
    );
    shop.act(move |tx, _| Ok(passes::set_last_error(tx, &apple.id, Some("BadDeviceToken"))?))
        .await;
    let page = auditor.get(&path).await;
    assert!(
        page.body.contains("service refused the card: BadDeviceToken")
            && page.body.contains("billfold doctor"),
        "{}",
        page.body
    );
    let phones = auditor.get(&format!("/console/members/{id}?kind=phones")).await;
    assert!(
        phones.body.contains("A phone reported a problem"),
        "{}",
        phones.body
    );
}
