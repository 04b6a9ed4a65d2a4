//! Automations: what sets them off, what calls them off, whom they reach, and what they give.

use billfold::actions::ActionError;
use billfold::actions::change_automation::{
    change_automation, create_automation, end_automation, pause_automation, start_automation,
};
use billfold::actions::change_campaign::{Start, create_campaign, schedule_campaign};
use billfold::actions::change_member::{Edit, MemberChange, change_member};
use billfold::actions::run_automations::step_automations;
use billfold::actions::run_campaign::{BATCH_CARDS, Runner, end_messages};
use billfold::actions::show_campaign::read_results;
use billfold::store::campaign_sends::HELD_OUT;
use billfold::store::campaigns::{self, Campaign, Run};
use billfold::store::{Tx, automation_waits, terms};
use billfold::types::{CampaignId, Clock as _, Day, ProgramId, Time, Zone};
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::house::on_both_databases;
use crate::listening::{fields, listener, listeners, message, open, open_with, put_in_wallet, say};
use crate::shop::{BEGIN, Held, Shop, line, order, zone};

/// Instances that work on automations at once.
const INSTANCES: usize = 3;

async fn write(shop: &Shop, program: &ProgramId, body: Value) -> CampaignId {
    let program = program.clone();
    let made = shop
        .act(move |tx, deed| create_automation(tx, deed, &program, fields(body)))
        .await;
    made.expect("an automation").id
}

async fn start(shop: &Shop, id: &CampaignId) -> Campaign {
    let id = id.clone();
    let started = shop
        .act(move |tx, deed| start_automation(tx, deed, (&id, None)))
        .await;
    started.expect("it is on")
}

/// An automation that is on.
pub(crate) async fn on(shop: &Shop, program: &ProgramId, body: Value) -> CampaignId {
    let id = write(shop, program, body).await;
    start(shop, &id).await;
    id
}

/// Does all that is due; gives how many messages were put on cards.
pub(crate) async fn run(shop: &Shop) -> usize {
    let mut runner = Runner::default();
    let mut sent = 0;
    loop {
        let is_over = end_messages(&shop.house).await.expect("a step");
        let automated = step_automations(&shop.house).await.expect("a step");
        let looked = runner.step(&shop.house).await.expect("a step");
        sent += automated.sent + looked.sent;
        if !is_over && !automated.is_busy && !looked.is_busy {
            return sent;
        }
    }
}

async fn runs(shop: &Shop, id: &CampaignId) -> Vec<Run> {
    let id = id.clone();
    shop.read(move |db| campaigns::list_runs(db, &id, 100)).await
}

async fn waiting(shop: &Shop, id: &CampaignId) -> i64 {
    let id = id.clone();
    shop.read(move |db| automation_waits::count(db, &id, 100)).await
}

pub(crate) fn says(text: &str, rest: Value) -> Value {
    let mut body = fields(json!({ "name": text, "arms": [{ "text": text }] }));
    body.extend(fields(rest));
    Value::Object(body)
}

/// Hours at which it is looked what is due, each day of the year.
const HOURS: [u16; 5] = [8, 9, 10, 12, 13];

/// What happens to the member in their year, as clocks in Berlin show it.
#[derive(Debug, Clone, Copy)]
enum Deed {
    Buy(i64),
    Cart,
    Agree(bool),
}

const YEAR: [(&str, Deed); 14] = [
    ("2026-11-20T10:00", Deed::Buy(3_000)),
    ("2026-12-10T14:00", Deed::Cart),
    ("2026-12-10T15:00", Deed::Buy(2_000)),
    ("2026-12-15T21:30", Deed::Cart),
    ("2027-01-10T12:00", Deed::Buy(3_500)),
    ("2027-01-10T18:00", Deed::Buy(4_000)),
    ("2027-02-01T12:00", Deed::Buy(6_000)),
    ("2027-03-10T10:00", Deed::Agree(false)),
    ("2027-03-11T10:00", Deed::Cart),
    ("2027-03-12T10:00", Deed::Agree(true)),
    ("2027-03-27T23:30", Deed::Cart),
    ("2027-08-10T12:00", Deed::Buy(1_000)),
    ("2027-09-20T10:00", Deed::Cart),
    ("2027-09-20T11:00", Deed::Cart),
];

/// The messages of the year. What is not among them: at the second purchase of 10 January a reward is ready, but the
/// member heard something less than a day before; the cart of December was bought, and that of March fell into the days
/// without consent.
const HEARD: [(&str, &str); 12] = [
    ("2026-11-18T13:00", "Welcome"),
    ("2026-11-27T10:00", "Second"),
    // Half past eleven in the evening is quiet.
    ("2026-12-16T08:00", "Cart"),
    ("2027-01-10T12:00", "Near"),
    ("2027-02-01T12:00", "Tier"),
    // Born on 29 February.
    ("2027-02-28T09:00", "Birthday"),
    // Put in at half past eleven on the evening before the clocks went forward; quiet until eight of the new time.
    ("2027-03-28T08:00", "Cart"),
    ("2027-04-02T10:00", "Idle"),
    ("2027-07-01T10:00", "Idle"),
    ("2027-09-02T08:00", "Expiring"),
    // The second cart lets it wait anew.
    ("2027-09-20T13:00", "Cart"),
    ("2027-10-09T10:00", "Idle"),
];

/// The automations of the year, switched on.
async fn year_round(shop: &Shop, program: &ProgramId) {
    for body in [
        says("Welcome", json!({ "when": "joined", "wait_minutes": 10 })),
        says(
            "Second",
            json!({ "when": { "order": { "number": 1 } }, "wait_minutes": 7 * 24 * 60,
            "members": { "orders": { "at_least": 1, "at_most": 1 } } }),
        ),
        says(
            "Cart",
            json!({ "when": { "event": "cart" }, "wait_minutes": 120, "unless": [{ "order": {} }] }),
        ),
        says(
            "Near",
            json!({ "when": { "near_reward": 20 }, "again_after_days": 30 }),
        ),
        says("Ready", json!({ "when": "reward_ready", "again_after_days": 30 })),
        says("Tier", json!({ "when": "tier_up" })),
        says(
            "Birthday",
            json!({ "when": { "each_day": "09:00" }, "members": { "birthday_within": 0 },
            "again_after_days": 300, "gives": { "points": 50 } }),
        ),
        says(
            "Idle",
            json!({ "when": { "each_day": "10:00" }, "members": { "last_order": { "at_least_days": 60 } },
            "again_after_days": 90 }),
        ),
        says(
            "Expiring",
            json!({ "when": "points_expiring", "again_after_days": 200 }),
        ),
    ] {
        on(shop, program, body).await;
    }
}

/// An instant by its clock in Berlin.
fn local(text: &str, berlin: Zone) -> Time {
    let (day, clock) = text.split_once('T').expect("a day and a time");
    let (hours, minutes) = clock.split_once(':').expect("hours and minutes");
    let minute = hours.parse::<u16>().expect("hours") * 60 + minutes.parse::<u16>().expect("minutes");
    berlin.instant(day.parse::<Day>().expect("a day"), minute)
}

async fn do_deed(shop: &Shop, held: &Held, deed: Deed) {
    match deed {
        Deed::Buy(minor) => drop(shop.buy(held, minor).await),
        Deed::Cart => drop(shop.event(held, "cart").await),
        Deed::Agree(granted) => say(shop, held, granted).await,
    }
}

async fn change(shop: &Shop, id: &CampaignId, patch: Value) -> Result<Campaign, ActionError> {
    let id = id.clone();
    shop.act(move |tx, deed| change_automation(tx, deed, (&id, None), fields(patch)))
        .await
}

on_both_databases! {
    /// Shows SR-147 (a member's year gives exactly the expected messages), SR-022 (an order in between calls a reminder
    /// off), SR-029 (the offer after the first order), SR-149 (a week after it).
    async fn a_members_year_is_the_expected_list_of_messages(database: Database) {
        let shop = Shop::open(database);
        let policy = json!({ "messages": { "a_day": 1, "a_week": 3, "quiet": { "from": "21:00", "to": "08:00" } },
            "expiry": { "days": 300 }, "expiry_notice_days": [14], "tiers": { "within": "ever" } });
        let program = open_with(&shop, &policy).await;
        shop.write_term(&program, "tier", &json!({ "name": "Silver", "threshold": 150 })).await;
        shop.write_reward(&program, &json!({ "name": "Coffee", "cost": 100, "gives": "product" })).await;
        year_round(&shop, &program).await;
        let held = listener(&shop, &program).await;
        let (member, born) = (held.member.clone(), Edit::Set("2000-02-29".to_owned()));
        let edit = MemberChange { birth_date: born, ..MemberChange::default() };
        shop.act(move |tx, deed| change_member(tx, deed, &member, None, &edit)).await.expect("a birth date");
        let berlin = zone("Europe/Berlin");
        let mut deeds = YEAR.iter().map(|(at, deed)| (local(at, berlin), *deed)).peekable();
        let mut heard = Vec::new();
        let first = "2026-11-18".parse::<Day>().expect("a day");
        let moments = (0..365).flat_map(|day| HOURS.map(|hour| berlin.instant(first.plus_days(day), hour * 60)));
        for now in moments.filter(|now| *now > BEGIN) {
            while let Some((at, deed)) = deeds.next_if(|(at, _)| *at <= now) {
                shop.clock.set(at);
                do_deed(&shop, &held, deed).await;
            }
            shop.clock.set(now);
            shop.settle(&held).await;
            let count = run(&shop).await;
            assert!(count <= 1, "one message at most: {now:?}");
            if count == 1 {
                heard.push((now, message(&shop, &held).await));
            }
        }
        let wanted = HEARD.map(|(at, text)| (local(at, berlin), text.to_owned()));
        assert_eq!(heard, wanted);
        assert!(deeds.next().is_none(), "all of the year was done");
    }

    /// Shows SR-089 (three a day and four a week, over campaigns and automations together).
    async fn campaigns_and_automations_share_one_cap(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop, &json!({ "a_day": 3, "a_week": 4 })).await;
        let held = listener(&shop, &program).await;
        let names = ["a", "b", "c"];
        for name in names {
            on(&shop, &program, says(name, json!({ "when": { "event": name } }))).await;
        }
        let campaign = async || {
            let body = json!({ "name": "News", "members": { "joined": { "at_least_days": 0 } }, "arms": [{ "text": "News" }] });
            let of = program.clone();
            let made = shop.act(move |tx, deed| create_campaign(tx, deed, &of, fields(body))).await.expect("a campaign");
            let begun = shop.act(move |tx, deed| schedule_campaign(tx, deed, (&made.id, None), Start::Now)).await;
            begun.expect("it begins");
            run(&shop).await
        };
        let event = async |name: &str| {
            shop.event(&held, name).await;
            run(&shop).await
        };
        let mut heard = vec![event("a").await, campaign().await, event("b").await, campaign().await, event("c").await];
        shop.wait_hours(25);
        heard.extend([campaign().await, event("a").await, campaign().await]);
        shop.wait_hours(24 * 7);
        heard.push(event("a").await);
        assert_eq!(heard, [1, 1, 1, 0, 0, 1, 0, 0, 1]);
    }

    async fn what_is_on_is_done_once_whichever_of_three_instances_works(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop, &json!({})).await;
        let id = on(&shop, &program, says("Welcome", json!({ "when": "joined" }))).await;
        let held = listeners(&shop, &program, BATCH_CARDS + 7).await;
        assert!(waiting(&shop, &id).await > 0);
        let sent: usize = join_all((0..INSTANCES).map(|_| run(&shop))).await.into_iter().sum();
        assert_eq!(sent, held.len());
        for one in &held {
            assert_eq!(message(&shop, one).await, "Welcome");
        }
        let [day] = runs(&shop, &id).await.try_into().expect("a day is a run");
        let count = i64::try_from(held.len()).expect("few");
        assert_eq!((day.sent, day.looked_at, waiting(&shop, &id).await), (count, count, 0));
        assert_eq!(run(&shop).await, 0, "it is over");
    }

    /// Three instances look each day for the same members: each hears it once.
    async fn what_looks_each_day_does_so_once_whichever_of_three_instances_works(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop, &json!({})).await;
        let held = listeners(&shop, &program, 9).await;
        let body = says("Idle", json!({ "when": { "each_day": "14:00" }, "members": { "orders": { "at_most": 0 } },
            "again_after_days": 2 }));
        let id = on(&shop, &program, body).await;
        assert_eq!(run(&shop).await, 0, "it is not two yet");
        for (at, wanted) in [
            ("2026-11-18T13:00:00Z", held.len()),
            ("2026-11-19T13:00:00Z", 0),
            ("2026-11-20T13:00:00Z", held.len()),
        ] {
            shop.set_clock(at);
            let sent: usize = join_all((0..INSTANCES).map(|_| run(&shop))).await.into_iter().sum();
            assert_eq!(sent, wanted, "{at}");
        }
        let days = runs(&shop, &id).await;
        assert_eq!(days.iter().map(|day| day.sent).collect::<Vec<_>>(), [9, 0, 9]);
    }

    /// Points go to everybody who is meant but those who are held out, once, also to who may not hear of them.
    async fn what_is_given_is_given_once(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop, &json!({})).await;
        let reward = shop.write_reward(&program, &json!({ "name": "Cake", "cost": 500, "gives": "product" })).await;
        let gift = json!({ "when": { "order": { "number": 1 } }, "gives": { "points": 50, "reward": reward },
            "hold_out_percent": 50 });
        let id = on(&shop, &program, says("A gift", gift)).await;
        let mut held = listeners(&shop, &program, 20).await;
        let silent = shop.cards(&program, 20).await;
        held.extend(silent.iter().cloned());
        for one in &held {
            shop.buy(one, 1_000).await;
        }
        let sent = run(&shop).await;
        for one in &held {
            shop.buy(one, 1_000).await;
        }
        assert_eq!(run(&shop).await, 0, "only the first purchase");
        let [day] = runs(&shop, &id).await.try_into().expect("one day");
        let mut given = 0;
        for one in &held {
            let (points, _) = shop.points(one).await;
            assert!([20, 70].contains(&points), "{points}");
            given += i64::from(points == 70);
        }
        assert_eq!((day.given, day.given + day.held_out), (given, 40));
        assert_eq!((day.sent, day.no_consent), (i64::try_from(sent).expect("few"), given - day.sent));
        assert!(given > 8 && day.held_out > 8, "half of them, by chance: {day:?}");
        let automation = shop.read({ let id = id.clone(); move |db| campaigns::get(db, &id) }).await;
        let read = shop.house.store.read(move |db| read_results(db, automation, 14));
        let found = read.await.expect("results");
        let of = |arm: i64| found.reactions.iter().find(|one| one.arm == arm).map_or(0, |one| one.members);
        assert_eq!((of(0), of(HELD_OUT)), (day.sent, day.held_out));
        shop.check(&held).await;
    }

    async fn a_purchase_of_certain_things_sets_it_off_and_others_call_it_off(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop, &json!({})).await;
        let body = says("And a filter?", json!({ "when": { "order": { "of": { "category": ["machines"] } } },
            "wait_minutes": 60, "unless": [{ "order": { "of": { "category": ["filters"] } } }] }));
        on(&shop, &program, body).await;
        let (both, one, other) = (listener(&shop, &program).await, listener(&shop, &program).await,
            listener(&shop, &program).await);
        for (held, name, categories) in [(&both, "1", vec!["machines"]), (&both, "2", vec!["filters"]),
            (&one, "3", vec!["beans", "machines"]), (&one, "4", vec!["beans"]), (&other, "5", vec!["beans"])] {
            let mut new = order(held, name, 1_000);
            new.lines = categories.iter().map(|category| line(category, 1, 100)).collect();
            shop.try_order(new).await.expect("an order");
        }
        shop.wait_hours(1);
        assert_eq!(run(&shop).await, 1);
        assert_eq!(message(&shop, &one).await, "And a filter?");
    }

    /// While it is off nothing sets it off, and who is due meanwhile hears nothing; ended, it is taken from the cards.
    async fn it_is_switched_off_and_on_and_ended(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop, &json!({})).await;
        let id = on(&shop, &program, says("Hello", json!({ "when": { "event": "visit" }, "wait_minutes": 60 }))).await;
        let (early, late) = (listener(&shop, &program).await, listener(&shop, &program).await);
        shop.event(&early, "visit").await;
        let named = id.clone();
        shop.act(move |tx, deed| pause_automation(tx, deed, (&named, None))).await.expect("it is off");
        shop.event(&late, "visit").await;
        shop.wait_hours(2);
        assert_eq!((run(&shop).await, waiting(&shop, &id).await), (0, 0));
        start(&shop, &id).await;
        assert_eq!(run(&shop).await, 0);
        shop.event(&late, "visit").await;
        change(&shop, &id, json!({ "arms": [{ "text": "Hello again" }] })).await.expect("it is edited while it is on");
        shop.wait_hours(1);
        assert_eq!((run(&shop).await, message(&shop, &late).await.as_str()), (1, "Hello again"));
        let named = id.clone();
        shop.act(move |tx, deed| end_automation(tx, deed, (&named, None))).await.expect("it is ended");
        run(&shop).await;
        assert_eq!(message(&shop, &late).await, "");
        change(&shop, &id, json!({ "wait_minutes": 5 })).await.expect_err("it is over");
        shop.event(&late, "visit").await;
        assert_eq!(waiting(&shop, &id).await, 0);
    }

    /// A tier that was taken away means nobody: neither its automation nor its campaign holds the others up.
    async fn what_names_a_tier_that_is_gone_holds_nobody_up(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop, &json!({})).await;
        let silver = shop.write_term(&program, "tier", &json!({ "name": "Silver", "threshold": 100 })).await;
        let to_silver = json!({ "when": { "event": "visit" }, "members": { "tier": ["Silver"] } });
        let gone = on(&shop, &program, says("Silver", to_silver)).await;
        let daily = json!({ "when": { "each_day": "14:00" }, "members": { "tier": ["Silver"] }, "again_after_days": 1 });
        let looks = on(&shop, &program, says("Silver daily", daily)).await;
        on(&shop, &program, says("Hello", json!({ "when": { "event": "visit" } }))).await;
        let held = listener(&shop, &program).await;
        let now = shop.clock.now();
        let archive = move |tx: &mut Tx<'_>| {
            let mut term = terms::lock(tx, &silver)?;
            term.version += 1;
            (term.is_active, term.archived_at) = (false, Some(now));
            terms::update(tx, &term, true, "test")
        };
        shop.write(archive).await;
        shop.event(&held, "visit").await;
        shop.set_clock("2026-11-18T13:00:00Z");
        assert_eq!((run(&shop).await, message(&shop, &held).await.as_str()), (1, "Hello"));
        assert_eq!((waiting(&shop, &gone).await, runs(&shop, &looks).await[0].sent), (0, 0));
    }

    /// Who joined another member while it waited hears it on the card that is left.
    async fn it_is_heard_on_the_card_that_is_left(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop, &json!({})).await;
        on(&shop, &program, says("Hello", json!({ "when": { "event": "visit" }, "wait_minutes": 60 }))).await;
        let (left, gone) = (listener(&shop, &program).await, shop.card(&program).await);
        put_in_wallet(&shop, &program, &gone).await;
        shop.event(&gone, "visit").await;
        let (into, from) = (left.member.clone(), gone.member.clone());
        shop.act(move |tx, deed| billfold::actions::merge_members::merge_members(tx, deed, &into, &from, "the same person"))
            .await
            .expect("they are one");
        shop.wait_hours(1);
        assert_eq!((run(&shop).await, message(&shop, &left).await.as_str()), (1, "Hello"));
    }
}
