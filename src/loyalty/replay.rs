//! Orders of the past judged again, as if the rules of now had held all that time.
//!
//! They are judged in the order in which they were paid. What limits, budgets and remainders are used up is counted
//! among them alone: nobody has used up anything before the first of them.

use std::collections::HashMap;

use super::rule::evaluate::{Active, Standing, Used, evaluate};
use super::rule::facts::{Facts, Happening, Member, Purchase};
use super::rule::{Limit, Unit};
use super::rulebook::Rulebook;
use crate::types::{Day, Points, PointsError, Time};

/// What rules and promotions would have given for some orders.
#[derive(Debug)]
pub struct Replay<'r> {
    rulebook: &'r Rulebook,
    /// Where each holder stands with each rule, by its place in the rulebook.
    standings: HashMap<(String, usize), Stand>,
    /// What all together were given, by the places of the rules.
    by_rules: Vec<i64>,
    /// The same by promotions.
    by_promotions: Vec<i64>,
}

/// Where a holder stands with a rule.
#[derive(Debug, Default)]
struct Stand {
    remainder: i64,
    /// The days on which it gave something, and what.
    given: Vec<(Day, i64)>,
}

impl Stand {
    fn used(&self, limit: &Limit, today: Day) -> Used {
        let first = limit.within.first_day(today);
        let counts = |day: Day| first.is_none_or(|first| first <= day) && day <= today;
        let own = self.given.iter().filter(|(day, _)| counts(*day));
        own.fold(Used::default(), |sum, (_, given)| Used {
            times: sum.times + 1,
            points: sum.points + given,
        })
    }
}

impl<'r> Replay<'r> {
    /// Begins before the first order.
    pub fn new(rulebook: &'r Rulebook) -> Self {
        Self {
            standings: HashMap::new(),
            by_rules: vec![0; rulebook.rules.len()],
            by_promotions: vec![0; rulebook.promotions.len()],
            rulebook,
        }
    }

    /// Judges the next order of somebody, and remembers what it used up. Points that cannot be counted are an error.
    pub fn judge(
        &mut self,
        holder: &str,
        member: &Member,
        purchase: &Purchase,
        at: Time,
    ) -> Result<Points, PointsError> {
        let local = self.rulebook.zone.local(at);
        let facts = Facts {
            happening: Happening::Order(purchase),
            at,
            local,
            member,
        };
        let rules = self.rulebook.rules.iter().enumerate();
        let active: Vec<Active<'_>> = rules
            .map(|(place, rule)| {
                let stand = self.standings.get(&(holder.to_owned(), place));
                let limits = rule.body.limits.iter();
                let used = |limit| stand.map_or_else(Used::default, |stand| stand.used(limit, local.day));
                Active {
                    rule: &rule.body,
                    standing: Standing {
                        remainder: stand.map_or(0, |stand| stand.remainder),
                        used: limits.map(used).collect(),
                        spent_budget: self.by_rules.get(place).copied().unwrap_or_default(),
                    },
                }
            })
            .collect();
        let promotions = self.rulebook.promotions.iter().zip(&self.by_promotions);
        let promotions: Vec<_> = promotions.map(|(one, given)| (&one.body, *given)).collect();
        let evaluation = evaluate(&active, &promotions, &facts)?;
        let outcomes = self.rulebook.rules.iter().zip(&evaluation.rules);
        for ((place, (rule, outcome)), given) in outcomes.enumerate().zip(&mut self.by_rules) {
            let stand = self.standings.entry((holder.to_owned(), place)).or_default();
            if matches!(rule.body.then.per, Unit::Spend(_)) {
                stand.remainder = outcome.remainder;
            }
            if !outcome.points.is_zero() {
                stand.given.push((local.day, outcome.points.get()));
            }
            *given = given.saturating_add(outcome.points.get());
        }
        for (outcome, given) in evaluation.promotions.iter().zip(&mut self.by_promotions) {
            *given = given.saturating_add(outcome.points.get());
        }
        Ok(evaluation.total)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::earning::BaseRule;
    use super::super::policy::Policy;
    use super::super::rulebook::{ActiveTerms, Listed};
    use super::*;
    use crate::types::Zone;

    fn rulebook(rule: Value) -> Rulebook {
        let listed = Listed {
            id: Some("rul_a".to_owned()),
            version: 1,
            body: serde_json::from_value(rule).expect("a rule"),
        };
        let terms = ActiveTerms {
            rules: vec![listed],
            ..ActiveTerms::default()
        };
        let base = BaseRule {
            points: 1,
            per_minor: 100,
        };
        Rulebook::new(base, 1, Zone::UTC, Policy::default(), terms)
    }

    /// The points of orders of one holder each, a day apart.
    fn points(rulebook: &Rulebook, orders: &[(&str, i64)]) -> Vec<i64> {
        let mut replay = Replay::new(rulebook);
        let mut days = 0;
        let judged = orders.iter().map(|(holder, minor)| {
            days += 1;
            let purchase = rulebook.purchase(*minor, Vec::new(), None, None);
            let at = Time::from_secs(1_795_000_000).plus_ms(days * 86_400_000);
            let given = replay.judge(holder, &Member::default(), &purchase, at);
            given.expect("countable").get()
        });
        judged.collect()
    }

    #[test]
    fn what_is_left_of_an_order_counts_for_the_holders_next_alone() {
        let none =
            json!({ "name": "a", "when": { "event": "review" }, "then": { "points": 5, "per": "time" } });
        let given = points(&rulebook(none), &[("a", 150), ("b", 150), ("a", 150)]);
        assert_eq!(given, [1, 1, 2]);
    }

    #[test]
    fn limits_and_budgets_are_used_up_by_the_orders_themselves() {
        let limited = json!({ "name": "a", "when": "order", "then": { "points": 5, "per": "time" },
            "limits": [{ "times": 1, "within": "ever" }] });
        let orders = [("a", 0), ("a", 0), ("b", 0)];
        assert_eq!(points(&rulebook(limited), &orders), [5, 0, 5]);
        let within_days = json!({ "name": "a", "when": "order", "then": { "points": 5, "per": "time" },
            "limits": [{ "points": 5, "within": { "days": 2 } }] });
        assert_eq!(
            points(&rulebook(within_days), &[("a", 0), ("a", 0), ("a", 0)]),
            [5, 0, 5]
        );
        let budget =
            json!({ "name": "a", "when": "order", "then": { "points": 5, "per": "time" }, "budget": 8 });
        assert_eq!(points(&rulebook(budget), &orders), [5, 3, 0]);
    }
}
