//! What a new program could be, from five answers: the template, its terms, and what it costs at most.

use serde::{Deserialize, Serialize};

use super::earning::BaseRule;
use crate::types::Currency;

/// Purchases at most so many units large are those of a shop where stamps are understood at once.
const SMALL_UNITS: i64 = 15;
/// Fewest and most stamps that a card has.
const STAMPS: std::ops::RangeInclusive<i64> = 5..=12;
/// Most that the highest tier's points come to, in hundredths of the others'.
pub const TOP_TIER: i64 = 150;
/// The same for the tier below.
pub const MIDDLE_TIER: i64 = 125;
/// A whole, in hundredths of a per cent.
const WHOLE: i64 = 10_000;

/// What the shop wants most.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Goal {
    /// Customers who come again soon.
    #[default]
    Return,
    /// Larger purchases.
    Spend,
    /// New customers.
    Grow,
    /// The best ones stay.
    Keep,
}

/// A kind of program that is made in one go.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Template {
    /// Points for money, and money for points.
    #[default]
    Money,
    /// So many bought, the next one free.
    Stamps,
    /// Points for money, more of them for the best customers.
    Tiers,
}

impl Template {
    /// Every one, the plainest first.
    pub const ALL: [Self; 3] = [Self::Money, Self::Stamps, Self::Tiers];
}

/// What was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answers {
    /// What is wanted most.
    pub goal: Goal,
    /// Customers in a month.
    pub customers: i64,
    /// How often one of them comes in a month.
    pub visits: i64,
    /// A usual purchase, in minor units.
    pub basket_minor: i64,
    /// What may go back to customers, in hundredths of a per cent of what they spend.
    pub budget: i64,
    /// The shop's currency.
    pub currency: Currency,
}

/// What a program could be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proposal {
    /// The template.
    pub template: Template,
    /// What an order earns; nothing where visits are counted.
    pub earning: BaseRule,
    /// What the first reward costs, in points or stamps.
    pub cost: i64,
    /// What it is worth, in minor units.
    pub worth_minor: i64,
    /// What comes back, in hundredths of a per cent of what was spent.
    pub back: i64,
    /// The same for whoever has the highest tier.
    pub back_most: i64,
    /// What it costs in a month if every point is used, in minor units.
    pub monthly_minor: i64,
}

impl Answers {
    /// The template that the answers speak for. Rewards of money worth are what most people like best; tiers are for
    /// those who ask for them.
    pub fn template(&self) -> Template {
        let is_small = self.basket_minor <= SMALL_UNITS.saturating_mul(self.currency.minor_per_unit());
        match self.goal {
            Goal::Return if is_small => Template::Stamps,
            Goal::Keep => Template::Tiers,
            Goal::Return | Goal::Spend | Goal::Grow => Template::Money,
        }
    }

    /// Proposes the terms of a template.
    pub fn propose(&self, template: Template) -> Proposal {
        let basket = self.basket_minor.max(1);
        let budget = self.budget.clamp(1, WHOLE);
        let (earning, cost, worth_minor) = match template {
            Template::Stamps => {
                let earning = BaseRule {
                    points: 0,
                    per_minor: self.currency.minor_per_unit(),
                };
                let stamps = round(WHOLE, budget).clamp(*STAMPS.start(), *STAMPS.end());
                (earning, stamps, basket)
            }
            Template::Money | Template::Tiers => {
                let per_minor = step(basket, self.currency);
                let worth = nice(basket / 2).max(self.currency.minor_per_unit());
                let spent = i128::from(worth) * i128::from(WHOLE) / i128::from(budget);
                let cost = (spent + i128::from(per_minor) - 1) / i128::from(per_minor);
                let cost = i64::try_from(cost)
                    .unwrap_or(BaseRule::MAX)
                    .clamp(1, BaseRule::MAX);
                (BaseRule { points: 1, per_minor }, tidy(cost), worth)
            }
        };
        self.weigh(template, earning, cost, worth_minor)
    }

    /// What terms come to that somebody chose.
    pub fn weigh(&self, template: Template, earning: BaseRule, cost: i64, worth_minor: i64) -> Proposal {
        let back = back(template, earning, cost, worth_minor, self.basket_minor);
        let back_most = match template {
            Template::Tiers => back.saturating_mul(TOP_TIER) / 100,
            Template::Money | Template::Stamps => back,
        };
        let spent = i128::from(self.customers.max(0))
            * i128::from(self.visits.max(0))
            * i128::from(self.basket_minor.max(0));
        let monthly = spent * i128::from(back_most) / i128::from(WHOLE);
        Proposal {
            template,
            earning,
            cost,
            worth_minor,
            back,
            back_most,
            monthly_minor: i64::try_from(monthly).unwrap_or(i64::MAX),
        }
    }
}

fn back(template: Template, earning: BaseRule, cost: i64, worth_minor: i64, basket_minor: i64) -> i64 {
    let cost = i128::from(cost.max(1));
    let share = match template {
        Template::Stamps => {
            i128::from(worth_minor) * i128::from(WHOLE) / (cost * i128::from(basket_minor.max(1)))
        }
        Template::Money | Template::Tiers => {
            i128::from(worth_minor) * i128::from(earning.points) * i128::from(WHOLE)
                / (cost * i128::from(earning.per_minor.max(1)))
        }
    };
    i64::try_from(share).unwrap_or(i64::MAX)
}

fn round(whole: i64, by: i64) -> i64 {
    (whole + by / 2) / by.max(1)
}

/// What one point is given for: a usual purchase gives five to fifty of them.
fn step(basket: i64, currency: Currency) -> i64 {
    let unit = currency.minor_per_unit();
    let mut step = unit;
    while step <= BaseRule::MAX / 10 && step.saturating_mul(10) <= basket / 5 {
        step *= 10;
    }
    step
}

/// The largest of 1, 2 and 5 with zeros behind it that is not above an amount.
fn nice(amount: i64) -> i64 {
    let mut power = 1_i64;
    while power.saturating_mul(10) <= amount {
        power *= 10;
    }
    match amount / power {
        0 | 1 => power,
        2..=4 => 2 * power,
        _ => 5 * power,
    }
}

/// A price that people remember: of two digits and zeros, never less.
fn tidy(cost: i64) -> i64 {
    let mut power = 1;
    while cost / power >= 100 {
        power *= 10;
    }
    let step = power * 5;
    if cost < 20 {
        return cost;
    }
    (cost + step - 1) / step * step
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(goal: Goal, basket_minor: i64, budget: i64, currency: &str) -> Answers {
        Answers {
            goal,
            customers: 400,
            visits: 3,
            basket_minor,
            budget,
            currency: currency.parse().expect("a currency"),
        }
    }

    /// Shows SR-104 (other answers, another proposal, with what it costs).
    #[test]
    fn what_is_proposed_depends_on_what_was_answered() {
        let coffee = answers(Goal::Return, 450, 1_000, "EUR");
        assert_eq!(coffee.template(), Template::Stamps);
        let stamps = coffee.propose(Template::Stamps);
        assert_eq!((stamps.cost, stamps.back, stamps.worth_minor), (10, 1_000, 450));
        // 400 customers, three times 4.50, a tenth of it.
        assert_eq!(stamps.monthly_minor, 54_000);

        let clothes = answers(Goal::Spend, 6_000, 500, "EUR");
        assert_eq!(clothes.template(), Template::Money);
        let money = clothes.propose(Template::Money);
        assert_eq!((money.earning.points, money.earning.per_minor), (1, 1_000));
        assert_eq!((money.worth_minor, money.cost, money.back), (2_000, 40, 500));

        let regulars = answers(Goal::Keep, 6_000, 500, "EUR");
        assert_eq!(regulars.template(), Template::Tiers);
        let tiers = regulars.propose(Template::Tiers);
        assert_eq!((tiers.back, tiers.back_most), (500, 750));
        assert!(tiers.monthly_minor > money.monthly_minor);
    }

    #[test]
    fn what_comes_back_is_never_more_than_was_allowed() {
        for currency in ["EUR", "JPY", "KWD"] {
            for basket in [1, 99, 450, 800, 12_345, 500_000, 90_000_000] {
                for budget in [1, 100, 333, 500, 1_000, 2_500] {
                    let one = answers(Goal::Spend, basket, budget, currency).propose(Template::Money);
                    assert!(one.back <= budget, "{currency} {basket} {budget} {one:?}");
                    assert!(one.cost >= 1 && one.worth_minor >= 1 && one.earning.per_minor <= BaseRule::MAX);
                }
            }
        }
    }

    /// Shows SR-012 (money is what is proposed first) and SR-013 (tiers only for those who want them).
    #[test]
    fn nobody_gets_tiers_who_did_not_ask_for_them() {
        for goal in [Goal::Return, Goal::Spend, Goal::Grow] {
            for basket in [100, 10_000] {
                assert_ne!(answers(goal, basket, 500, "EUR").template(), Template::Tiers);
            }
        }
        assert_eq!(Template::default(), Template::Money);
    }
}
