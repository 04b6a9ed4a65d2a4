//! Facts about challenges without a database.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn day(number: i64) -> Day {
    Day::from_number(20_000 + number)
}

fn tally(days: &[(i64, i64)]) -> Tally {
    let mut tally = Tally::default();
    for (number, amount) in days {
        tally.add(day(*number), *amount);
    }
    tally
}

fn challenge(part: &Value) -> Challenge {
    let mut text = json!({ "name": "c", "when": "order", "goal": { "times": 3 }, "within": { "days": 14 },
        "then": { "points": 50 } });
    for (key, value) in part.as_object().expect("an object") {
        text[key] = value.clone();
    }
    serde_json::from_value(text).expect("a challenge")
}

/// Shows SR-034: 1/3, 2/3, done; what leaves the fourteen days counts no more.
#[test]
fn three_visits_in_fourteen_days_are_a_win_and_the_fifteenth_day_takes_the_first() {
    let challenge = challenge(&json!({}));
    let mut done = tally(&[(1, 1)]);
    assert_eq!(done.left(challenge.within, day(14)), 1);
    assert_eq!(done.left(challenge.within, day(15)), 0);
    done.add(day(2), 1);
    assert_eq!(done.left(challenge.within, day(14)), 2);
    assert!(!challenge.is_met(&done, 0, day(14)));
    done.add(day(14), 1);
    assert!(challenge.is_met(&done, 0, day(14)));
    assert!(!challenge.is_met(&done, 0, day(15)));
    assert!(!challenge.is_met(&done, 1, day(14)), "once is all");
    challenge.win(&mut done, day(14));
    assert_eq!(done.left(challenge.within, day(14)), 0);
}

#[test]
fn eleven_of_five_are_two_wins_and_one_is_left() {
    let challenge = challenge(&json!({ "goal": { "items": 5 }, "within": "ever", "wins": 9 }));
    let mut done = tally(&[(1, 4), (2, 7)]);
    let mut wins = 0;
    while challenge.is_met(&done, wins, day(2)) {
        challenge.win(&mut done, day(2));
        wins += 1;
    }
    assert_eq!((wins, done.left(challenge.within, day(2))), (2, 1));
}

#[test]
fn the_calendar_begins_anew() {
    // 20,000 days after 1970-01-01 is a Thursday, 2024-10-04 is a Friday.
    let done = tally(&[(0, 2)]);
    let monday = day(0).start_of_week().plus_days(7);
    assert_eq!(done.left(Period::Week, monday.plus_days(-1)), 2);
    assert_eq!(done.left(Period::Week, monday), 0);
    assert_eq!(Period::Week.left_on(day(0)), Some(monday));
    let next = day(0).start_of_month().plus_months(1);
    assert_eq!(
        (
            done.left(Period::Month, next.plus_days(-1)),
            done.left(Period::Month, next)
        ),
        (2, 0)
    );
}

#[test]
fn what_is_left_makes_up_for_a_refund_and_only_else_a_win_falls() {
    let challenge = challenge(&json!({}));
    let mut done = tally(&[(1, 1), (2, 1), (3, 1)]);
    challenge.win(&mut done, day(3));
    done.add(day(4), 1);
    let wins = [Standing { day: day(3), used: 3 }];
    assert_eq!(
        done.take_back(challenge.within, day(2), 1, &wins),
        Vec::<usize>::new()
    );
    assert_eq!(
        done.left(challenge.within, day(4)),
        0,
        "the fourth visit stands in"
    );
    assert_eq!(done.take_back(challenge.within, day(1), 1, &wins), [0]);
    assert_eq!(done.left(challenge.within, day(4)), 2);
}

#[test]
fn each_fault_is_named_at_its_place() {
    for (part, pointer, code) in [
        (json!({ "name": "" }), "/name", "empty"),
        (json!({ "shown_as": " " }), "/shown_as", "bad_text"),
        (json!({ "goal": { "times": 0 } }), "/goal/times", "out_of_range"),
        (
            json!({ "when": { "event": "review" }, "goal": { "spend": 5 } }),
            "/goal/spend",
            "never_applies",
        ),
        (
            json!({ "when": { "event": "sign_up" } }),
            "/goal/times",
            "never_applies",
        ),
        (
            json!({ "when": { "event": "birthday" } }),
            "/goal/times",
            "never_applies",
        ),
        (
            json!({ "if": [{ "order_number": 2 }] }),
            "/goal/times",
            "never_applies",
        ),
        (json!({ "within": { "days": 0 } }), "/within/days", "out_of_range"),
        (json!({ "then": {} }), "/then/points", "out_of_range"),
        (json!({ "wins": 0 }), "/wins", "out_of_range"),
        (
            json!({ "if": [{ "weekday": ["mon"] }, { "weekday": ["tue"] }] }),
            "/if/1",
            "contradiction",
        ),
        (
            json!({ "from": "2026-02-01T00:00:00Z", "until": "2026-02-01T00:00:00Z" }),
            "/until",
            "never_applies",
        ),
    ] {
        let faults = check_challenge(&challenge(&part)).into_iter();
        let found: Vec<_> = faults.map(|fault| (fault.pointer, fault.code)).collect();
        assert_eq!(found, [(pointer.to_owned(), code)], "{part}");
    }
    assert_eq!(check_challenge(&challenge(&json!({}))), []);
    assert_eq!(
        check_challenge(&challenge(&json!({ "when": { "event": "review" } }))),
        []
    );
}

#[derive(Debug, Clone)]
enum Step {
    Do(i64, i64),
    TakeBack(usize),
}

fn periods() -> impl Strategy<Value = Period> {
    prop_oneof![
        (1_u16..20).prop_map(Period::Days),
        Just(Period::Day),
        Just(Period::Week),
        Just(Period::Month),
        Just(Period::Year),
        Just(Period::Ever),
    ]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => (0_i64..4, 1_i64..9).prop_map(|(wait, amount)| Step::Do(wait, amount)),
        1 => any::<usize>().prop_map(Step::TakeBack),
    ];
    proptest::collection::vec(step, 1..60)
}

proptest! {
    /// Whatever is done and taken back: wins rest on just what is used up, no day is used for more than it holds, and what
    /// is left is what a plain count gives. In the end everything can be taken back, and no win stands.
    #[test]
    fn wins_rest_on_what_is_used_up(within in periods(), goal in 1_i64..15, most in 1_i64..6, steps in steps()) {
        let challenge = Challenge {
            within,
            goal: Goal::Items(goal),
            wins: most,
            ..challenge(&json!({}))
        };
        let mut done = Tally::default();
        let mut wins: Vec<Standing> = Vec::new();
        let mut deeds: Vec<(Day, i64)> = Vec::new();
        let mut today = day(0);
        let undo = |done: &mut Tally, wins: &mut Vec<Standing>, (day, amount): (Day, i64)| {
            let mut fallen = done.take_back(within, day, amount, wins);
            fallen.sort_unstable();
            for place in fallen.into_iter().rev() {
                wins.remove(place);
            }
        };
        for step in steps {
            match step {
                Step::Do(wait, amount) => {
                    today = today.plus_days(wait);
                    deeds.push((today, amount));
                    done.add(today, amount);
                    while challenge.is_met(&done, i64::try_from(wins.len()).expect("few"), today) {
                        challenge.win(&mut done, today);
                        wins.insert(0, Standing { day: today, used: goal });
                    }
                }
                Step::TakeBack(place) if !deeds.is_empty() => {
                    let deed = deeds.remove(place % deeds.len());
                    undo(&mut done, &mut wins, deed);
                }
                Step::TakeBack(_) => (),
            }
            let used: i64 = done.days().iter().map(|one| one.used).sum();
            prop_assert_eq!(used, goal * i64::try_from(wins.len()).expect("few"));
            prop_assert!(done.days().iter().all(|one| (0..=one.amount).contains(&one.used)));
            let all: i64 = deeds.iter().map(|(_, amount)| amount).sum();
            prop_assert_eq!(done.days().iter().map(|one| one.amount).sum::<i64>(), all);
            let first = within.first_day(today);
            let counts = |one: &&DayCount| first.is_none_or(|first| one.day >= first);
            let plain: i64 = done.days().iter().filter(counts).map(|one| one.amount - one.used).sum();
            prop_assert_eq!(done.left(within, today), plain);
        }
        for deed in deeds {
            undo(&mut done, &mut wins, deed);
        }
        prop_assert_eq!(wins, []);
        prop_assert!(done.days().iter().all(|one| one.amount == 0 && one.used == 0));
    }
}
