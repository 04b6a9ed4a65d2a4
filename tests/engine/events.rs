//! Facts about what members earn by doing other things than buying, one test each.

use billfold::actions::ActionError;
use billfold::actions::merge_members::merge_members;
use billfold::actions::record_event::{NewEvent, record_event};
use billfold::actions::record_order::Holder;
use billfold::actions::undo_merge::undo_merge;
use billfold::types::random_token;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::house::on_both_databases;
use crate::shop::{Held, Shop};

/// Writers at once.
const WRITERS: usize = 64;

/// Something happens to a member of which more is known; the points that it earns.
async fn try_event(shop: &Shop, held: &Held, kind: &str, data: Value) -> Result<i64, ActionError> {
    let new = NewEvent {
        source: "test".to_owned(),
        external_id: random_token(9),
        holder: Holder::Member(held.member.clone()),
        kind: kind.to_owned(),
        happened_at: None,
        data,
    };
    let recorded = shop.act(move |tx, deed| record_event(tx, deed, &new)).await?;
    Ok(recorded.event.earned.get())
}

async fn event(shop: &Shop, held: &Held, kind: &str, data: Value) -> i64 {
    try_event(shop, held, kind, data).await.expect("an event")
}

/// A rule that gives so many points for an event.
fn rule(event: &str, points: i64, more: &Value) -> Value {
    let mut body =
        json!({ "name": event, "when": { "event": event }, "then": { "points": points, "per": "time" } });
    for (name, value) in more.as_object().expect("an object") {
        body[name] = value.clone();
    }
    body
}

on_both_databases! {
    /// What is written down for each way of earning without buying, and what each deed then earns.
    /// Shows SR-110, SR-123 (once for each network), SR-125 (once a day), SR-126 (once for each survey).
    async fn each_way_of_earning_without_buying_counts_as_often_as_it_may(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program_with_policy("Europe/Berlin", &json!({})).await;
        let once = |per: &str| json!({ "limits": [{ "times": 1, "within": "ever", "per": per }] });
        for body in [
            rule("survey.answered", 50, &once("data.survey")),
            rule("social.linked", 20, &once("data.network")),
            rule("check_in", 5, &json!({ "limits": [{ "times": 1, "within": "day" }] })),
            rule("newsletter_signup", 10, &json!({ "limits": [{ "times": 1, "within": "ever" }] })),
            rule("review", 15, &json!({})),
        ] {
            shop.write_term(&program, "rule", &body).await;
        }
        let held = shop.card(&program).await;
        let survey = |name: &str| json!({ "survey": name, "answers": [1, 2, 3, 4, 5] });
        let network = |name: &str| json!({ "network": name });
        for (at, kind, data, earned) in [
            ("2026-11-18T11:00:00Z", "survey.answered", survey("autumn"), 50),
            ("2026-11-18T11:00:01Z", "survey.answered", survey("autumn"), 0),
            ("2026-11-18T11:00:02Z", "survey.answered", survey("winter"), 50),
            ("2026-11-18T12:00:00Z", "social.linked", network("photos"), 20),
            ("2026-11-18T12:00:01Z", "social.linked", network("clips"), 20),
            ("2026-11-18T12:00:02Z", "social.linked", network(" Photos "), 0),
            // A link to a network that is not named is one too, and counts once.
            ("2026-11-18T12:00:03Z", "social.linked", json!({}), 20),
            ("2026-11-18T12:00:04Z", "social.linked", Value::Null, 0),
            ("2026-11-18T13:00:00Z", "check_in", json!({}), 5),
            ("2026-11-18T22:59:59Z", "check_in", json!({}), 0),
            // Midnight in Berlin.
            ("2026-11-18T23:00:00Z", "check_in", json!({}), 5),
            ("2026-11-19T08:00:00Z", "newsletter_signup", json!({}), 10),
            ("2026-11-20T08:00:00Z", "newsletter_signup", json!({}), 0),
            ("2027-11-20T08:00:00Z", "survey.answered", survey("autumn"), 0),
            ("2027-11-20T08:00:00Z", "social.linked", network("photos"), 0),
        ] {
            shop.set_clock(at);
            assert_eq!(event(&shop, &held, kind, data.clone()).await, earned, "{at} {kind} {data}");
        }
        let other = shop.card(&program).await;
        assert_eq!(event(&shop, &other, "social.linked", network("photos")).await, 20, "each member for themselves");
        shop.check(&[held, other]).await;
    }

    /// A review earns for being written: one star as much as five.
    /// Shows SR-026 (the same points whatever it says).
    async fn a_review_earns_the_same_whatever_it_says(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|_| ()).await;
        shop.write_term(&program, "rule", &rule("review", 15, &json!({}))).await;
        let held = shop.card(&program).await;
        for stars in 1..=5 {
            assert_eq!(event(&shop, &held, "review", json!({ "stars": stars })).await, 15, "{stars} stars");
        }
    }

    /// Sixty-four times the same network at once is one link.
    async fn a_network_that_is_linked_by_many_at_once_counts_once(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|_| ()).await;
        let limits = json!({ "limits": [{ "times": 1, "within": "ever", "per": "data.network" }] });
        shop.write_term(&program, "rule", &rule("social.linked", 20, &limits)).await;
        let held = shop.card(&program).await;
        let earned = join_all((0..WRITERS).map(|_| event(&shop, &held, "social.linked", json!({ "network": "photos" })))).await;
        assert_eq!(earned.iter().sum::<i64>(), 20);
        assert_eq!(shop.points(&held).await, (20, 0));
        shop.check(&[held]).await;
    }

    /// Two members who turn out to be one have linked what either linked; parted, each has linked their own.
    async fn what_is_counted_apart_is_joined_and_parted_with_members(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|_| ()).await;
        let limits = json!({ "limits": [{ "times": 1, "within": "ever", "per": "data.network" }] });
        shop.write_term(&program, "rule", &rule("social.linked", 20, &limits)).await;
        let (lina, other) = (shop.card(&program).await, shop.card(&program).await);
        let photos = || json!({ "network": "photos" });
        assert_eq!(event(&shop, &other, "social.linked", photos()).await, 20);
        let (into, from) = (lina.member.clone(), other.member.clone());
        let joined = shop.act(move |tx, deed| merge_members(tx, deed, &into, &from, "one person")).await.expect("a merge");
        assert_eq!(event(&shop, &lina, "social.linked", photos()).await, 0);
        let merge = joined.merge.id.clone();
        shop.act(move |tx, deed| undo_merge(tx, deed, &merge)).await.expect("they are parted");
        assert_eq!(event(&shop, &lina, "social.linked", photos()).await, 20);
        assert_eq!(event(&shop, &other, "social.linked", photos()).await, 0);
        shop.check(&[lina, other]).await;
    }

    /// One rule for each thing that can be asked of a member, an event or the moment: it earns where that holds, and
    /// nowhere else.
    /// Shows SR-067 (each criterion by itself).
    async fn each_criterion_lets_through_what_it_says_and_nothing_else(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program_with_policy("Europe/Berlin", &json!({ "tiers": { "within": "ever" } })).await;
        let gold = shop.write_term(&program, "tier", &json!({ "name": "Gold", "threshold": 100 })).await;
        let only = |condition: Value| json!({ "if": [condition] });
        for (name, more) in [
            ("tier", only(json!({ "tier": ["Gold"] }))),
            ("tier_by_id", only(json!({ "tier": [gold] }))),
            ("attribute", only(json!({ "attribute": { "name": "city", "is": ["Lyon"] } }))),
            ("data", only(json!({ "data": { "name": "stars", "is": ["4", "5"] } }))),
            ("weekday", only(json!({ "weekday": ["fri"] }))),
            ("hours", only(json!({ "hours": { "from": "14:00", "to": "17:00" } }))),
            ("days", only(json!({ "member_days": 2 }))),
            ("span", json!({ "from": "2026-11-20T13:30:00Z", "until": "2026-11-20T14:30:00Z" })),
            ("limit", json!({ "limits": [{ "times": 1, "within": "day" }] })),
            ("delay", json!({ "pending_days": 14 })),
        ] {
            shop.write_term(&program, "rule", &rule(name, 7, &more)).await;
        }
        let plain = shop.card(&program).await;
        let golden = shop.card(&program).await;
        shop.buy(&golden, 10_000).await;
        let before = shop.points(&golden).await.0;
        let (stars, few) = (json!({ "stars": 5 }), json!({ "stars": 3 }));
        for (at, kind, held, data, earned) in [
            ("2026-11-18T12:00:00Z", "tier", &plain, &few, 0),
            ("2026-11-18T12:00:00Z", "tier", &golden, &few, 7),
            ("2026-11-18T12:00:00Z", "tier_by_id", &plain, &few, 0),
            ("2026-11-18T12:00:00Z", "tier_by_id", &golden, &few, 7),
            ("2026-11-18T12:00:00Z", "attribute", &plain, &few, 0),
            ("2026-11-18T12:00:00Z", "data", &plain, &few, 0),
            ("2026-11-18T12:00:00Z", "data", &plain, &stars, 7),
            ("2026-11-18T12:00:00Z", "days", &plain, &few, 0),
            ("2026-11-18T12:00:00Z", "limit", &plain, &few, 7),
            ("2026-11-18T12:00:01Z", "limit", &plain, &few, 0),
            ("2026-11-19T22:59:59Z", "weekday", &plain, &few, 0),
            ("2026-11-19T23:00:00Z", "weekday", &plain, &few, 7),
            ("2026-11-20T12:59:59Z", "hours", &plain, &few, 0),
            ("2026-11-20T13:00:00Z", "hours", &plain, &few, 7),
            ("2026-11-20T13:29:59Z", "span", &plain, &few, 0),
            ("2026-11-20T13:30:00Z", "span", &plain, &few, 7),
            ("2026-11-20T14:30:00Z", "span", &plain, &few, 0),
            ("2026-11-20T16:00:00Z", "hours", &plain, &few, 0),
            ("2026-11-20T16:00:00Z", "days", &plain, &few, 7),
            ("2026-11-20T16:00:00Z", "limit", &plain, &few, 7),
            ("2026-11-20T16:00:00Z", "delay", &golden, &few, 7),
        ] {
            shop.set_clock(at);
            assert_eq!(event(&shop, held, kind, data.clone()).await, earned, "{at} {kind} {data}");
        }
        assert_eq!(shop.points(&golden).await, (before + 14, 7), "what is delayed is promised");
        shop.check(&[plain, golden]).await;
    }
}
