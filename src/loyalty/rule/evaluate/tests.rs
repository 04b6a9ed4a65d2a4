//! Orders and events under rules, limits, groups and promotions.

use serde_json::{Value, json};

use super::*;
use crate::loyalty::rule::facts::{Act, Line, Member, Purchase};
use crate::types::{Day, LocalTime};

fn rule(text: Value) -> Rule {
    serde_json::from_value(text).expect("a rule")
}

fn promotion(text: Value) -> Promotion {
    serde_json::from_value(text).expect("a promotion")
}

fn at(text: &str) -> Time {
    Time::parse_rfc3339(text).expect("a time")
}

/// A shop's afternoon on a Monday.
struct Scene {
    purchase: Purchase,
    member: Member,
    local: LocalTime,
    at: Time,
}

impl Scene {
    fn order(total_minor: i64) -> Self {
        Self {
            purchase: Purchase {
                total_minor,
                ..Purchase::default()
            },
            member: Member::default(),
            local: LocalTime {
                day: Day::from_date(2026, 11, 23).expect("a Monday"),
                minute: 15 * 60,
            },
            at: at("2026-11-23T14:00:00Z"),
        }
    }

    fn facts(&self) -> Facts<'_> {
        Facts {
            happening: Happening::Order(&self.purchase),
            at: self.at,
            local: self.local,
            member: &self.member,
        }
    }

    fn run(&self, rules: &[Rule]) -> Evaluation {
        self.run_with(rules, &[])
    }

    fn run_with(&self, rules: &[Rule], promotions: &[Promotion]) -> Evaluation {
        let rules: Vec<Active<'_>> = rules.iter().map(fresh).collect();
        let promotions: Vec<_> = promotions.iter().map(|one| (one, 0)).collect();
        evaluate(&rules, &promotions, &self.facts()).expect("in range")
    }
}

fn fresh(rule: &Rule) -> Active<'_> {
    Active {
        rule,
        standing: Standing::default(),
    }
}

fn spend(points: i64, minor: i64) -> Rule {
    rule(json!({ "name": "spend", "when": "order", "then": { "points": points, "per": { "spend": minor } } }))
}

fn with_condition(condition: &Value) -> Rule {
    rule(json!({ "name": "if", "when": "order", "if": [condition], "then": { "points": 7, "per": "time" } }))
}

#[test]
fn thirty_and_twenty_count_as_fifty() {
    let halfway = spend(1, 5_000);
    let first = Scene::order(3_000).run(std::slice::from_ref(&halfway));
    assert_eq!(first.rules[0].reason, Some(Reason::TooLittle));
    let second = Active {
        rule: &halfway,
        standing: Standing {
            remainder: first.rules[0].remainder,
            ..Standing::default()
        },
    };
    let scene = Scene::order(2_000);
    let second = evaluate(&[second], &[], &scene.facts()).expect("in range");
    assert_eq!((second.total.get(), second.rules[0].remainder), (1, 0));
}

#[test]
fn eleven_bought_at_once_are_eleven_stamps() {
    let stamp = rule(
        json!({ "name": "stamp", "when": "order", "of": { "category": ["coffee"] },
        "then": { "points": 1, "per": "item" } }),
    );
    let mut scene = Scene::order(3_300);
    scene.purchase.lines = vec![Line {
        category: Some("coffee".to_owned()),
        quantity: 11,
        amount_minor: Some(3_300),
        ..Line::default()
    }];
    assert_eq!(scene.run(&[stamp]).total.get(), 11);
}

#[test]
fn each_condition_holds_and_fails_as_it_says() {
    let mut scene = Scene::order(1_250);
    scene.purchase.channel = Some("app".to_owned());
    scene.purchase.location = Some("loc_1".to_owned());
    scene.member.orders = 4;
    scene.member.tier = Some("gold".to_owned());
    scene.member.segments.insert("seg_1".to_owned());
    scene
        .member
        .attributes
        .insert("city".to_owned(), "Lyon".to_owned());
    scene.member.joined_at = at("2026-11-13T15:00:00Z");
    for (condition, is_held) in [
        (json!({ "channel": ["web", "app"] }), true),
        (json!({ "channel": ["web"] }), false),
        (json!({ "location": ["loc_1"] }), true),
        (json!({ "location": ["loc_2"] }), false),
        (json!({ "weekday": ["mon"] }), true),
        (json!({ "weekday": ["sat", "sun"] }), false),
        (json!({ "hours": { "from": "15:00", "to": "15:01" } }), true),
        (json!({ "hours": { "from": "14:00", "to": "15:00" } }), false),
        (json!({ "minimum": 1_250 }), true),
        (json!({ "minimum": 1_251 }), false),
        (json!({ "order_number": 5 }), true),
        (json!({ "order_number": 1 }), false),
        (json!({ "every_order": 5 }), true),
        (json!({ "every_order": 2 }), false),
        (json!({ "tier": ["gold"] }), true),
        (json!({ "tier": ["silver"] }), false),
        (json!({ "segment": ["seg_1"] }), true),
        (json!({ "segment": ["seg_2"] }), false),
        (
            json!({ "attribute": { "name": "city", "is": ["Paris", "Lyon"] } }),
            true,
        ),
        (
            json!({ "attribute": { "name": "country", "is": ["Lyon"] } }),
            false,
        ),
        (json!({ "member_days": 9 }), true),
        (json!({ "member_days": 10 }), false),
    ] {
        let outcome = scene.run(&[with_condition(&condition)]).rules[0];
        let expected = if is_held {
            (7, None)
        } else {
            (0, Some(Reason::Condition(0)))
        };
        assert_eq!((outcome.points.get(), outcome.reason), expected, "{condition}");
    }
}

#[test]
fn a_rule_counts_from_its_first_instant_to_before_its_end() {
    let timed = rule(
        json!({ "name": "timed", "when": "order", "from": "2026-11-23T14:00:00Z",
        "until": "2026-11-24T14:00:00Z", "then": { "points": 1, "per": "time" } }),
    );
    let mut scene = Scene::order(100);
    assert_eq!(scene.run(std::slice::from_ref(&timed)).total.get(), 1);
    scene.at = at("2026-11-23T13:59:59.999Z");
    assert_eq!(
        scene.run(std::slice::from_ref(&timed)).rules[0].reason,
        Some(Reason::NotYet)
    );
    scene.at = at("2026-11-24T14:00:00Z");
    assert_eq!(scene.run(&[timed]).rules[0].reason, Some(Reason::Over));
}

#[test]
fn an_event_earns_by_its_own_rules_alone() {
    let review = rule(
        json!({ "name": "review", "when": { "event": "review" }, "then": { "points": 50, "per": "time" } }),
    );
    let scene = Scene::order(100);
    let facts = Facts {
        happening: Happening::Event(Act::plain("review")),
        ..scene.facts()
    };
    let rules = [fresh(&review)];
    assert_eq!(evaluate(&rules, &[], &facts).expect("in range").total.get(), 50);
    let other = Facts {
        happening: Happening::Event(Act::plain("survey")),
        ..scene.facts()
    };
    let outcome = evaluate(&rules, &[], &other).expect("in range").rules[0];
    assert_eq!(outcome.reason, Some(Reason::OtherTrigger));
    assert_eq!(scene.run(&[review]).rules[0].reason, Some(Reason::OtherTrigger));
}

#[test]
fn limits_and_budget_cut_and_say_which() {
    let limited = rule(
        json!({ "name": "limited", "when": "order", "then": { "points": 10, "per": { "spend": 100 } },
        "limits": [{ "times": 2, "within": "day" }, { "points": 150, "within": { "days": 30 } }], "budget": 1_000 }),
    );
    let scene = Scene::order(1_000);
    let run = |day: Used, month: Used, spent_budget| {
        let active = Active {
            rule: &limited,
            standing: Standing {
                remainder: 0,
                used: vec![day, month],
                spent_budget,
            },
        };
        let outcome = evaluate(&[active], &[], &scene.facts()).expect("in range").rules[0];
        (outcome.points.get(), outcome.cut.get(), outcome.reason)
    };
    let used = |times, points| Used { times, points };
    assert_eq!(run(used(1, 50), used(1, 50), 50), (100, 0, None));
    assert_eq!(run(used(1, 100), used(1, 100), 100), (50, 50, None));
    assert_eq!(
        run(used(2, 20), used(2, 20), 20),
        (0, 100, Some(Reason::Limit(0)))
    );
    assert_eq!(
        run(used(0, 0), used(5, 150), 150),
        (0, 100, Some(Reason::Limit(1)))
    );
    assert_eq!(run(used(0, 0), used(0, 0), 970), (30, 70, None));
    assert_eq!(run(used(0, 0), used(0, 0), 1_000), (0, 100, Some(Reason::Budget)));
}

#[test]
fn the_best_of_a_group_counts_and_the_others_keep_their_remainders() {
    let of_group = |points, minor| {
        let mut one = spend(points, minor);
        one.group = Some("base".to_owned());
        one
    };
    let rules = [
        of_group(1, 300),
        of_group(3, 300),
        of_group(3, 300),
        spend(1, 100),
    ];
    let ran = Scene::order(1_000).run(&rules);
    let points: Vec<i64> = ran.rules.iter().map(|one| one.points.get()).collect();
    assert_eq!(points, [0, 10, 0, 10]);
    assert_eq!(ran.rules[0].reason, Some(Reason::Group(1)));
    assert_eq!((ran.rules[0].remainder, ran.rules[1].remainder), (0, 0));
    assert_eq!(ran.rules[2].reason, Some(Reason::Group(1)));
    assert_eq!(ran.total.get(), 20);
}

#[test]
fn a_group_whose_best_is_used_up_falls_to_the_next() {
    let mut best = spend(9, 100);
    best.group = Some("base".to_owned());
    best.budget = Some(0);
    let mut next = spend(1, 100);
    next.group = Some("base".to_owned());
    let ran = Scene::order(1_000).run(&[best, next]);
    assert_eq!(ran.rules[0].reason, Some(Reason::Budget));
    assert_eq!(ran.total.get(), 10);
}

#[test]
fn the_largest_multiplier_counts_and_additions_come_last() {
    let timed = |then: Value| {
        promotion(
            json!({ "name": "p", "then": then, "from": "2026-11-01T00:00:00Z", "until": "2026-12-01T00:00:00Z" }),
        )
    };
    let promotions = [
        timed(json!({ "multiply": 150 })),
        timed(json!({ "multiply": 200 })),
        timed(json!({ "add": 5 })),
        timed(json!({ "add": 6 })),
    ];
    let ran = Scene::order(1_100).run_with(&[spend(1, 100)], &promotions);
    let points: Vec<i64> = ran.promotions.iter().map(|one| one.points.get()).collect();
    assert_eq!(points, [0, 11, 5, 6]);
    assert_eq!(ran.promotions[0].reason, Some(Reason::LargerPromotion(1)));
    assert_eq!(ran.total.get(), 33);
    let half = Scene::order(300).run_with(&[spend(1, 100)], &promotions[..1]);
    assert_eq!(half.total.get(), 4, "half a point is not given");
}

#[test]
fn a_promotion_needs_its_time_its_conditions_and_something_to_multiply() {
    let mut double = promotion(
        json!({ "name": "p", "if": [{ "minimum": 500 }], "then": { "multiply": 200 },
        "from": "2026-11-01T00:00:00Z", "until": "2026-12-01T00:00:00Z", "budget": 8 }),
    );
    let rules = [spend(1, 100)];
    let reason = |total, promotion: &Promotion| {
        Scene::order(total)
            .run_with(&rules, std::slice::from_ref(promotion))
            .promotions[0]
    };
    assert_eq!(reason(400, &double).reason, Some(Reason::Condition(0)));
    assert_eq!(reason(600, &double).points.get(), 6);
    assert_eq!(reason(1_000, &double).points.get(), 8, "the budget's rest");
    double.conditions.clear();
    assert_eq!(reason(50, &double).reason, Some(Reason::NothingEarned));
    double.until = at("2026-11-02T00:00:00Z");
    assert_eq!(reason(600, &double).reason, Some(Reason::Over));
}

#[test]
fn what_does_not_fit_is_refused_whole() {
    let huge = spend(1_000_000, 1);
    let scene = Scene::order(crate::types::Money::MAX_MINOR);
    assert_eq!(evaluate(&[fresh(&huge)], &[], &scene.facts()), Err(PointsError));
}

/// Of a group one rule counts the money; another that it was too little for does not carry it on as well.
#[test]
fn of_a_group_one_rule_carries_what_was_counted() {
    let own = |points: i64, per: i64| {
        rule(
            json!({ "name": "one", "when": "order", "group": "g", "then": { "points": points, "per": { "spend": per } } }),
        )
    };
    let evaluation = Scene::order(6_050).run(&[own(1, 100), own(1, 10_000)]);
    let found: Vec<_> = evaluation
        .rules
        .iter()
        .map(|one| (one.points.get(), one.remainder))
        .collect();
    assert_eq!(found, [(60, 50), (0, 0)]);
}
