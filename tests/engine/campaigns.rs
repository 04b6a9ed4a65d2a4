//! Campaigns: whom they reach, how often, when, and how they end.

use std::collections::BTreeMap;

use billfold::actions::change_campaign::{
    Start, cancel_campaign, create_campaign, get_campaign, pause_campaign, resume_campaign, schedule_campaign,
};
use billfold::actions::foresee::{estimate, read_written};
use billfold::actions::list_campaign_days::list_campaign_days;
use billfold::actions::run_campaign::{BATCH_CARDS, Runner, end_messages};
use billfold::actions::show_campaign::{CampaignResults, read_results};
use billfold::actions::try_campaign::test_campaign;
use billfold::actions::{ActionError, Caller, Code};
use billfold::store::campaigns::{self, Campaign, DONE, Run, SCHEDULED, SENDING};
use billfold::store::{deliveries, programs, redemptions};
use billfold::types::{CampaignId, ProgramId, RewardId, SegmentId};
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::house::on_both_databases;
use crate::listening::{fields, listener, listeners, message, open, say};
use crate::shop::{BEGIN, Held, Shop};

/// Instances that work on campaigns at once.
const INSTANCES: usize = 3;

fn hello() -> Value {
    json!({ "name": "Hello", "members": { "joined": { "at_least_days": 0 } },
        "arms": [{ "text": "Hi {first_name|friend}, {points} points wait" }] })
}

pub(crate) async fn write(shop: &Shop, program: &ProgramId, change: Value) -> CampaignId {
    let mut body = fields(hello());
    body.extend(fields(change));
    let program = program.clone();
    let made = shop
        .act(move |tx, deed| create_campaign(tx, deed, &program, body))
        .await;
    made.expect("a campaign").id
}

async fn schedule(shop: &Shop, id: &CampaignId, start: Start) -> Result<Campaign, ActionError> {
    let id = id.clone();
    shop.act(move |tx, deed| schedule_campaign(tx, deed, (&id, None), start))
        .await
}

/// Does all that is due; gives how many messages were put on cards.
pub(crate) async fn run(shop: &Shop) -> usize {
    let mut runner = Runner::default();
    let mut sent = 0;
    loop {
        let stepped = runner.step(&shop.house).await.expect("a step");
        sent += stepped.sent;
        if !stepped.is_busy {
            return sent;
        }
    }
}

async fn send_now(shop: &Shop, program: &ProgramId, change: Value) -> usize {
    let id = write(shop, program, change).await;
    schedule(shop, &id, Start::Now).await.expect("it is scheduled");
    run(shop).await
}

/// What the calendar shows of some days: each day, the campaign, its state, what it does.
async fn calendar(shop: &Shop, program: &ProgramId, from: &str, to: &str) -> Vec<String> {
    let span = (from.parse().expect("a day"), to.parse().expect("a day"));
    let (program, now) = (program.clone(), shop.house.now());
    let read = shop.house.store.read(move |db| {
        let program = programs::get(db, &program)?;
        list_campaign_days(db, &program, span, now)
    });
    let days = read.await.expect("a calendar");
    let lines = days.into_iter().flat_map(|(day, found)| {
        let of_day = found.campaigns.into_iter();
        of_day.map(move |one| format!("{day} {} {} {}", one.name, one.state, one.mark.name()))
    });
    lines.collect()
}

async fn get(shop: &Shop, id: &CampaignId) -> (Campaign, Vec<Run>) {
    let id = id.clone();
    shop.read(move |db| Ok((campaigns::get(db, &id)?, campaigns::list_runs(db, &id, 100)?)))
        .await
}

async fn results(shop: &Shop, id: &CampaignId) -> CampaignResults {
    let (id, caller) = (id.clone(), Caller::local("test", shop.house.now()));
    let read = shop.house.store.read(move |db| {
        let campaign = get_campaign(db, &caller, &id)?;
        read_results(db, campaign, 14)
    });
    read.await.expect("results")
}

on_both_databases! {
    async fn the_calendar_shows_what_was_sent_what_comes_and_what_ends_on_local_days(database: Database) {
        let shop = Shop::open(database);
        shop.set_clock("2026-10-20T12:00:00Z");
        let program = open(&shop, &json!({})).await;
        // Half past midnight in Berlin is the day before in UTC, before and after clocks go back on 25 October.
        let weekly = json!({ "name": "Weekly",
            "schedule": { "at": "2026-10-25T00:30", "repeats": "weekly", "until": "2026-11-15" } });
        let weekly = write(&shop, &program, weekly).await;
        schedule(&shop, &weekly, Start::AsWritten).await.expect("it is scheduled");
        write(&shop, &program, json!({ "name": "Draft", "schedule": { "at": "2026-10-30T09:00" } })).await;
        let offer = json!({ "name": "Offer", "shown_until": "2026-10-31", "schedule": { "at": "2026-10-31T09:00" } });
        let offer = write(&shop, &program, offer).await;
        schedule(&shop, &offer, Start::AsWritten).await.expect("it is scheduled");
        let november = [
            "2026-11-01 Weekly scheduled sends",
            "2026-11-08 Weekly scheduled sends",
            "2026-11-15 Weekly scheduled sends",
            "2026-11-15 Weekly scheduled repeats_until",
        ];
        assert_eq!(calendar(&shop, &program, "2026-11-01", "2026-11-30").await, november);
        assert_eq!(
            calendar(&shop, &program, "2026-10-01", "2026-10-31").await,
            ["2026-10-25 Weekly scheduled sends", "2026-10-31 Offer scheduled sends", "2026-10-31 Offer scheduled shown_until"]
        );
        shop.set_clock("2026-10-24T22:30:00Z");
        run(&shop).await;
        assert_eq!(calendar(&shop, &program, "2026-10-25", "2026-10-25").await, ["2026-10-25 Weekly scheduled sent"]);
        let id = weekly.clone();
        shop.act(move |tx, deed| pause_campaign(tx, deed, (&id, None))).await.expect("it is held up");
        assert_eq!(calendar(&shop, &program, "2026-11-02", "2026-11-14").await, ["2026-11-08 Weekly paused sends"]);
        shop.act(move |tx, deed| cancel_campaign(tx, deed, (&weekly, None))).await.expect("it is ended");
        assert_eq!(calendar(&shop, &program, "2026-11-01", "2026-11-30").await, [""; 0]);
        assert_eq!(calendar(&shop, &program, "2026-10-25", "2026-10-25").await, ["2026-10-25 Weekly cancelled sent"]);
    }

    /// Shows SR-004 (three instances fire it once, at the local time).
    async fn each_member_hears_it_once_whichever_of_three_instances_works(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop, &json!({})).await;
        let held = listeners(&shop, &program, BATCH_CARDS * 2 + 7).await;
        let before: BTreeMap<_, _> = {
            let mut versions = BTreeMap::new();
            for one in &held {
                versions.insert(one.card.clone(), shop.get(one).await.version);
            }
            versions
        };
        let id = write(&shop, &program, json!({ "schedule": { "at": "2026-11-19T09:00" } })).await;
        schedule(&shop, &id, Start::AsWritten).await.expect("it is scheduled");
        assert_eq!(run(&shop).await, 0, "it is not nine yet");
        shop.set_clock("2026-11-19T08:00:00Z");
        let instances = (0..INSTANCES).map(|_| run(&shop));
        let sent: usize = join_all(instances).await.into_iter().sum();
        assert_eq!(sent, held.len());
        for one in &held {
            assert_eq!(shop.get(one).await.version, before[&one.card] + 1, "once each");
            assert_eq!(message(&shop, one).await, "Hi friend, 0 points wait");
        }
        let (campaign, runs) = get(&shop, &id).await;
        assert_eq!(campaign.state, DONE);
        let [only] = runs.as_slice() else { panic!("one run: {runs:?}") };
        let count = i64::try_from(held.len()).expect("few");
        assert_eq!((only.sent, only.looked_at, only.state.as_str()), (count, count, DONE));
        let waiting = shop.read(deliveries::backlog).await;
        assert_eq!(waiting.due, count, "each card is to be brought to its wallet");
        assert_eq!(run(&shop).await, 0, "it is over");
    }

    /// Who takes their consent back between the plan and the sending hears nothing. Shows SR-111 (to opt out acts at
    /// once), SR-139 (who cannot be reached is counted apart).
    async fn only_those_who_agreed_and_can_be_reached_hear_it(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop, &json!({})).await;
        let glad = listener(&shop, &program).await;
        let left = listener(&shop, &program).await;
        let _silent = shop.card(&program).await;
        let elsewhere = shop.card(&program).await;
        say(&shop, &elsewhere, true).await;
        let id = write(&shop, &program, json!({})).await;
        schedule(&shop, &id, Start::Now).await.expect("it is scheduled");
        // Between the plan and the sending somebody changes their mind.
        say(&shop, &left, false).await;
        let (here, own, now) = (id.clone(), Caller::local("test", shop.house.now()), shop.house.now());
        let foreseen = shop.house.store.read(move |db| {
            let campaign = get_campaign(db, &own, &here)?;
            read_written(db, &campaign)
        });
        let written = foreseen.await.expect("it is written");
        let estimate = estimate(&shop.house.store, written, now).await;
        let foreseen = estimate.expect("an estimate").foreseen;
        assert_eq!((foreseen.members, foreseen.no_consent, foreseen.unreachable), (4, 2, 1));
        assert_eq!((foreseen.free(), foreseen.apple, foreseen.google), (1, 0, 1));
        assert_eq!(run(&shop).await, 1);
        let (_, runs) = get(&shop, &id).await;
        assert_eq!((runs[0].sent, runs[0].no_consent, runs[0].unreachable), (1, 2, 1));
        assert_eq!(message(&shop, &glad).await, "Hi friend, 0 points wait");
        assert_eq!(message(&shop, &left).await, "");
    }

    async fn nobody_hears_more_than_the_cap(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop, &json!({ "a_day": 1, "a_week": 3 })).await;
        listener(&shop, &program).await;
        let mut heard = Vec::new();
        for _ in 0..10 {
            heard.push(send_now(&shop, &program, json!({})).await);
            shop.wait_hours(12);
        }
        // Every twelve hours: one a day, three a week.
        assert_eq!(heard, [1, 0, 1, 0, 1, 0, 0, 0, 0, 0]);
        shop.wait_hours(24 * 7);
        assert_eq!(send_now(&shop, &program, json!({})).await, 1);
    }

    /// Shows SR-111 (quiet hours by the shop's clocks).
    async fn what_begins_in_quiet_hours_waits_for_the_morning(database: Database) {
        let shop = Shop::open(database);
        let quiet = json!({ "quiet": { "from": "21:00", "to": "08:00" } });
        let program = open(&shop, &quiet).await;
        listener(&shop, &program).await;
        shop.set_clock("2026-11-18T20:30:00Z");
        assert_eq!(send_now(&shop, &program, json!({})).await, 0, "it is half past nine in Berlin");
        shop.set_clock("2026-11-19T06:59:59Z");
        assert_eq!(run(&shop).await, 0);
        shop.set_clock("2026-11-19T07:00:00Z");
        assert_eq!(run(&shop).await, 1);
    }

    async fn who_left_the_segment_before_it_is_sent_does_not_hear_it(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop, &json!({})).await;
        let (keen, idle) = (listener(&shop, &program).await, listener(&shop, &program).await);
        let never = json!({ "members": { "orders": { "at_most": 0 } }, "schedule": { "at": "2026-11-18T14:00" } });
        let id = write(&shop, &program, never).await;
        schedule(&shop, &id, Start::AsWritten).await.expect("it is scheduled");
        shop.buy(&keen, 1_000).await;
        shop.set_clock("2026-11-18T13:01:00Z");
        assert_eq!(run(&shop).await, 1);
        assert_eq!(message(&shop, &keen).await, "");
        assert_eq!(message(&shop, &idle).await, "Hi friend, 0 points wait");
    }

    async fn a_campaign_is_held_up_goes_on_and_is_taken_back(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop, &json!({})).await;
        let held = listeners(&shop, &program, BATCH_CARDS + 5).await;
        let id = write(&shop, &program, json!({})).await;
        schedule(&shop, &id, Start::Now).await.expect("it is scheduled");
        let mut runner = Runner::default();
        let mut sent = 0;
        while sent == 0 {
            sent += runner.step(&shop.house).await.expect("a step").sent;
        }
        assert_eq!((sent, get(&shop, &id).await.0.state.as_str()), (BATCH_CARDS, SENDING));
        let named = id.clone();
        shop.act(move |tx, deed| pause_campaign(tx, deed, (&named, None))).await.expect("it rests");
        // Whoever had looked already does not go on either.
        assert_eq!(runner.step(&shop.house).await.expect("a step").sent, 0);
        assert_eq!(run(&shop).await, 0);
        let named = id.clone();
        shop.act(move |tx, deed| resume_campaign(tx, deed, (&named, None))).await.expect("it goes on");
        assert_eq!(run(&shop).await, 5);
        let named = id.clone();
        shop.act(move |tx, deed| cancel_campaign(tx, deed, (&named, None))).await.expect("it ends");
        let before = shop.get(&held[0]).await.version;
        run(&shop).await;
        for one in &held {
            assert_eq!(message(&shop, one).await, "", "it is taken from every card");
        }
        assert_eq!(shop.get(&held[0]).await.version, before + 1, "whose phones are told");
        let again = schedule(&shop, &id, Start::Now).await.expect_err("it is over");
        assert_eq!(again.code, Code::CampaignBegun);
    }

    async fn a_message_goes_when_its_days_are_over_and_a_newer_one_takes_its_place(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop, &json!({ "a_day": 5, "a_week": 5 })).await;
        let held = listener(&shop, &program).await;
        send_now(&shop, &program, json!({ "shown_days": 2 })).await;
        let other = json!({ "shown_days": 5, "arms": [{ "text": { "en": "{points} {point_name}", "ar": "{points}" } }] });
        send_now(&shop, &program, other).await;
        shop.buy(&held, 123_400).await;
        assert_eq!(message(&shop, &held).await, "1,234 points");
        shop.wait_hours(2 * 24);
        assert!(!end_messages(&shop.house).await.expect("a look"), "only the newer one stands");
        shop.wait_hours(3 * 24);
        let version = shop.get(&held).await.version;
        assert_eq!(message(&shop, &held).await, "", "it is over to the minute");
        assert!(end_messages(&shop.house).await.expect("a look"));
        assert!(!end_messages(&shop.house).await.expect("a look"));
        assert_eq!(shop.get(&held).await.version, version + 1, "its phone is told");
    }

    /// Shows SR-011 (an offer reaches only its segment, and is shown on their cards until its last day).
    async fn an_offer_is_given_to_those_who_hear_it_and_is_shown_until_its_last_day(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop, &json!({ "a_day": 5, "a_week": 5 })).await;
        let reward = shop
            .write_reward(&program, &json!({ "name": "Concert", "cost": 500, "gives": "product", "stock": 3 }))
            .await;
        let mut guests = listeners(&shop, &program, 4).await;
        for one in &guests {
            shop.buy(one, 1_000).await;
        }
        let (outside, silent) = (listener(&shop, &program).await, shop.card(&program).await);
        shop.buy(&silent, 1_000).await;
        let id = write(&shop, &program, json!({ "members": { "orders": { "at_least": 1 } },
            "gives": { "points": 5, "reward": reward }, "shown_days": 30, "shown_until": "2026-11-20" })).await;
        schedule(&shop, &id, Start::Now).await.expect("it is scheduled");
        let instances = (0..INSTANCES).map(|_| run(&shop));
        let sent: usize = join_all(instances).await.into_iter().sum();
        assert_eq!(sent, 4);
        let (_, runs) = get(&shop, &id).await;
        assert_eq!((runs[0].sent, runs[0].given, runs[0].no_consent), (4, 4, 1));
        let mut tickets = 0;
        for one in &guests {
            assert_eq!(message(&shop, one).await, "Hi friend, 15 points wait");
            let card = one.card.clone();
            tickets += shop.read(move |db| redemptions::list_issued(db, &card)).await.len();
        }
        assert_eq!(tickets, 3, "there are three; who comes last has the points alone");
        assert_eq!((shop.points(&outside).await, shop.points(&silent).await), ((0, 0), (10, 0)));
        assert_eq!(message(&shop, &outside).await, "");
        // It is gone when the day is over in Berlin.
        shop.set_clock("2026-11-20T22:59:59Z");
        assert!(!end_messages(&shop.house).await.expect("a step"));
        shop.set_clock("2026-11-20T23:00:00Z");
        while end_messages(&shop.house).await.expect("a step") {}
        for one in &guests {
            assert_eq!(message(&shop, one).await, "");
        }
        guests.extend([outside, silent]);
        shop.check(&guests).await;
    }

    async fn what_was_held_up_until_its_last_day_was_over_tells_and_gives_nothing(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop, &json!({})).await;
        let held = listener(&shop, &program).await;
        let id = write(&shop, &program, json!({ "gives": { "points": 5 }, "shown_until": "2026-11-20" })).await;
        schedule(&shop, &id, Start::Now).await.expect("it is scheduled");
        let own = id.clone();
        shop.act(move |tx, deed| pause_campaign(tx, deed, (&own, None))).await.expect("it rests");
        shop.set_clock("2026-11-21T09:00:00Z");
        let own = id.clone();
        shop.act(move |tx, deed| resume_campaign(tx, deed, (&own, None))).await.expect("it goes on");
        assert_eq!(run(&shop).await, 0);
        let (campaign, runs) = get(&shop, &id).await;
        assert_eq!((campaign.state.as_str(), runs[0].sent, runs[0].given), (DONE, 0, 0));
        assert_eq!((shop.points(&held).await, message(&shop, &held).await), ((0, 0), String::new()));
    }

    async fn what_comes_again_comes_at_its_hour_and_never_twice(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop, &json!({ "a_day": 2, "a_week": 9 })).await;
        listener(&shop, &program).await;
        // Clocks go forward on 28 March 2027.
        shop.set_clock("2027-03-26T12:00:00Z");
        let daily = json!({ "at": "2027-03-27T09:00", "repeats": "daily", "until": "2027-03-29" });
        let id = write(&shop, &program, json!({ "schedule": daily })).await;
        schedule(&shop, &id, Start::AsWritten).await.expect("it is scheduled");
        let mut sent = Vec::new();
        for at in ["27T07:59:59", "27T08:00:00", "27T20:00:00", "28T06:59:59", "28T07:00:00", "29T06:59:59", "29T07:00:00", "30T08:00:00"] {
            shop.set_clock(&format!("2027-03-{at}Z"));
            sent.push(run(&shop).await);
        }
        assert_eq!(sent, [0, 1, 0, 0, 1, 0, 1, 0]);
        let (campaign, runs) = get(&shop, &id).await;
        assert_eq!((campaign.state.as_str(), runs.len(), campaign.next_at), (DONE, 3, None));
    }

    async fn arms_and_those_held_out_are_counted_apart(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop, &json!({})).await;
        let held = listeners(&shop, &program, 120).await;
        let arms = json!([{ "text": "One" }, { "text": "Two" }]);
        let id = write(&shop, &program, json!({ "arms": arms, "hold_out_percent": 40 })).await;
        schedule(&shop, &id, Start::Now).await.expect("it is scheduled");
        let sent = run(&shop).await;
        let mut said: BTreeMap<String, Vec<Held>> = BTreeMap::new();
        for one in held {
            said.entry(message(&shop, &one).await).or_default().push(one);
        }
        assert_eq!(said.values().map(Vec::len).sum::<usize>(), 120);
        assert_eq!(sent, said["One"].len() + said["Two"].len());
        // All who heard the first buy twice, none of the others.
        for one in &said["One"] {
            shop.buy(one, 300).await;
            shop.buy(one, 200).await;
        }
        let found = results(&shop, &id).await;
        let of = |arm: i64| found.reactions.iter().find(|one| one.arm == arm).copied().expect("the arm");
        for (arm, text, buyers) in [(0, "One", said["One"].len()), (1, "Two", 0), (-1, "", 0)] {
            let count = |number: usize| i64::try_from(number).expect("few");
            let reaction = of(arm);
            assert_eq!((reaction.members, reaction.buyers), (count(said[text].len()), count(buyers)), "{text}");
            assert_eq!((reaction.orders, reaction.minor), (count(buyers) * 2, count(buyers) * 500), "{text}");
        }
        let run = &found.runs[0];
        assert_eq!((run.sent, run.held_out), (of(0).members + of(1).members, of(-1).members));
        let uplift = found.uplift.expect("large enough");
        assert_eq!(uplift.parts, of(0).members * 10_000 / (of(0).members + of(1).members));
        assert!(uplift.low > 0, "{uplift:?}");
    }

    async fn a_test_is_seen_on_one_card_and_counts_as_no_message(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop, &json!({ "a_day": 1 })).await;
        let (own, other) = (listener(&shop, &program).await, listener(&shop, &program).await);
        let id = write(&shop, &program, json!({})).await;
        let (named, code) = (id.clone(), shop.get(&own).await.code);
        let test = shop.act(move |tx, deed| {
            let campaign = get_campaign(tx, &deed.caller, &named)?;
            test_campaign(tx, deed, &campaign, (&code, 0))
        });
        test.await.expect("a test");
        assert_eq!(message(&shop, &own).await, "Hi friend, 0 points wait");
        assert_eq!(message(&shop, &other).await, "");
        schedule(&shop, &id, Start::Now).await.expect("it is scheduled");
        assert_eq!(run(&shop).await, 2, "the test is not counted");
    }

    async fn a_tier_is_meant_by_its_name_as_by_its_id(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop, &json!({ "a_day": 9, "a_week": 9 })).await;
        let tier = json!({ "name": "Gold", "threshold": 100 });
        let id = shop.write_term(&program, "tier", &tier).await;
        let (gold, _other) = (listener(&shop, &program).await, listener(&shop, &program).await);
        shop.buy(&gold, 20_000).await;
        let of = |tier: &str| json!({ "members": { "all": [{ "tier": [tier] }] } });
        let not = json!({ "members": { "not": { "tier": ["Gold"] } } });
        for (who, wanted) in [(of("Gold"), 1), (of(&id), 1), (not, 1)] {
            assert_eq!(send_now(&shop, &program, who.clone()).await, wanted, "{who}");
        }
        let mut body = fields(hello());
        body.extend(fields(of("Silver")));
        let made = shop.act(move |tx, deed| create_campaign(tx, deed, &program, body)).await;
        assert_eq!(made.expect_err("a refusal").faults[0].code, "unknown_tier");
    }

    async fn what_cannot_be_sent_is_refused_with_its_reason(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop, &json!({})).await;
        let make = async |body: Value| {
            let program = program.clone();
            let made = shop.act(move |tx, deed| create_campaign(tx, deed, &program, fields(body))).await;
            let error = made.expect_err("a refusal");
            (error.faults[0].pointer.clone(), error.faults[0].code.clone())
        };
        let mut unknown = hello();
        unknown["members"] = Value::Null;
        unknown["segment"] = json!(SegmentId::new(BEGIN));
        assert_eq!(make(unknown).await, ("/segment".to_owned(), "unknown_segment".to_owned()));
        let mut brace = hello();
        brace["arms"][0]["text"] = json!("{first_name}");
        assert_eq!(make(brace).await, ("/arms/0/text".to_owned(), "no_fallback".to_owned()));
        let mut reward = hello();
        reward["gives"] = json!({ "reward": RewardId::new(BEGIN) });
        assert_eq!(make(reward).await, ("/gives/reward".to_owned(), "unknown_reward".to_owned()));
        let over = write(&shop, &program, json!({ "shown_until": "2020-01-01" })).await;
        let error = schedule(&shop, &over, Start::Now).await.expect_err("it is past");
        assert_eq!((error.faults[0].pointer.as_str(), error.faults[0].code.as_ref()), ("/shown_until", "is_past"));
        let past = write(&shop, &program, json!({ "schedule": { "at": "2020-01-01T09:00" } })).await;
        let error = schedule(&shop, &past, Start::AsWritten).await.expect_err("it is past");
        assert_eq!(error.faults[0].code, "is_past");
        let unsaid = write(&shop, &program, json!({})).await;
        let error = schedule(&shop, &unsaid, Start::AsWritten).await.expect_err("no time");
        assert_eq!(error.faults[0].pointer, "/schedule");
        assert_eq!(get(&shop, &unsaid).await.0.state, "draft");
        let bare = shop.program_with_policy("UTC", &json!({})).await;
        let nowhere = write(&shop, &bare, json!({})).await;
        let error = schedule(&shop, &nowhere, Start::Now).await.expect_err("no card");
        assert_eq!(error.code, Code::NoDesign);
        assert_ne!(get(&shop, &nowhere).await.0.state, SCHEDULED);
    }
}
