//! What an order or event earns by the rules and promotions of a program.
//!
//! How rules and promotions come together is written once, in [`PRECEDENCE`].

use super::facts::{Counted, Facts, Happening};
use super::{Condition, Extra, Lines, Promotion, Rule, Trigger, Unit};
use crate::types::{Points, PointsError, Time};

/// The one precedence, from first to last.
pub const PRECEDENCE: [&str; 7] = [
    "A rule applies if it is set off, its time has come and is not over, and all its conditions hold.",
    "It earns for the lines that it counts; what is left of a `spend` unit is carried to the next order.",
    "Its limits and its budget cut what it earns; points that are cut are not made up for later.",
    "Of the rules of one group the one that earns most counts, the earlier one where two earn the same; the others \
     keep their remainders as they were.",
    "All other rules add up.",
    "Of the multiplying promotions that apply, and the member's tier if it multiplies, the largest counts, on the sum \
     of the rules, rounded down.",
    "Adding promotions are added last.",
];

/// Most rewards that a rule gives for one order or event.
const REWARDS_MAX: i64 = 20;
/// Most rules and most promotions that a program may have active at once.
pub const ACTIVE_MAX: usize = 200;

/// A rule that is active, and where the member stands with it.
#[derive(Debug, Clone)]
pub struct Active<'a> {
    /// The rule.
    pub rule: &'a Rule,
    /// Where the member stands.
    pub standing: Standing,
}

/// Where a member stands with a rule.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// Money times points that earlier orders left, always less than one `spend` unit.
    pub remainder: i64,
    /// For each of the rule's limits, in their order: what was used of it in its time.
    pub used: Vec<Used>,
    /// Points that all members together earned by it.
    pub spent_budget: i64,
}

/// What was used of a limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Used {
    /// Times.
    pub times: i64,
    /// Points.
    pub points: i64,
}

/// Why a rule or a promotion gave nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Something else sets it off.
    OtherTrigger,
    /// Its time has not come.
    NotYet,
    /// Its time is over.
    Over,
    /// The condition at this place does not hold.
    Condition(usize),
    /// The order holds nothing that it counts.
    NothingCounted,
    /// What it counts is not worth a point yet; the remainder is carried.
    TooLittle,
    /// The limit at this place is used up.
    Limit(usize),
    /// The budget is used up.
    Budget,
    /// The rule at this place earns more in the same group.
    Group(usize),
    /// There is nothing to multiply.
    NothingEarned,
    /// The promotion at this place multiplies by more.
    LargerPromotion(usize),
}

impl Reason {
    /// A stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::OtherTrigger => "other_trigger",
            Self::NotYet => "not_yet",
            Self::Over => "over",
            Self::Condition(_) => "condition",
            Self::NothingCounted => "nothing_counted",
            Self::TooLittle => "too_little",
            Self::Limit(_) => "limit",
            Self::Budget => "budget",
            Self::Group(_) => "group",
            Self::NothingEarned => "nothing_earned",
            Self::LargerPromotion(_) => "larger_promotion",
        }
    }

    /// Where in the rule it lies: the place of the condition or limit, or of the other rule or promotion.
    pub const fn place(self) -> Option<usize> {
        match self {
            Self::Condition(place)
            | Self::Limit(place)
            | Self::Group(place)
            | Self::LargerPromotion(place) => Some(place),
            _ => None,
        }
    }

    /// What a person reads.
    pub const fn words(self) -> &'static str {
        match self {
            Self::OtherTrigger => "Something else sets it off.",
            Self::NotYet => "Its time has not come.",
            Self::Over => "Its time is over.",
            Self::Condition(_) => "The condition at this place does not hold.",
            Self::NothingCounted => "The order holds nothing that it counts.",
            Self::TooLittle => "What it counts is not worth a point yet; it is carried to the next order.",
            Self::Limit(_) => "The member has used up the limit at this place.",
            Self::Budget => "All members together have used up its budget.",
            Self::Group(_) => "The rule at this place earns more, and of their group one counts.",
            Self::NothingEarned => "There is nothing to multiply.",
            Self::LargerPromotion(_) => "The promotion at this place multiplies by more.",
        }
    }
}

/// What became of one rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleOutcome {
    /// What it earns.
    pub points: Points,
    /// Why nothing, if it is nothing.
    pub reason: Option<Reason>,
    /// What it counted.
    pub counted: Counted,
    /// The remainder from now on.
    pub remainder: i64,
    /// Points that a limit or the budget cut off.
    pub cut: Points,
    /// How many rewards it gives.
    pub rewards: i64,
}

/// What became of one promotion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PromotionOutcome {
    /// What it adds.
    pub points: Points,
    /// Why nothing, if it is nothing.
    pub reason: Option<Reason>,
}

/// What an order or event earns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evaluation {
    /// One outcome for each rule, in the order of the rules.
    pub rules: Vec<RuleOutcome>,
    /// One for each promotion, in their order.
    pub promotions: Vec<PromotionOutcome>,
    /// All of it.
    pub total: Points,
}

/// What the rules and promotions give for what happened. Pure: the same always gives the same.
pub fn evaluate(
    rules: &[Active<'_>],
    promotions: &[(&Promotion, i64)],
    facts: &Facts<'_>,
) -> Result<Evaluation, PointsError> {
    let mut outcomes = Vec::with_capacity(rules.len());
    for active in rules {
        outcomes.push(apply(active, facts)?);
    }
    settle_groups(rules, &mut outcomes);
    let mut earned = Points::ZERO;
    for outcome in &outcomes {
        earned = earned.plus(outcome.points)?;
    }
    let extras = promote(promotions, facts, earned)?;
    let mut total = earned;
    for extra in &extras {
        total = total.plus(extra.points)?;
    }
    Ok(Evaluation {
        rules: outcomes,
        promotions: extras,
        total,
    })
}

fn apply(active: &Active<'_>, facts: &Facts<'_>) -> Result<RuleOutcome, PointsError> {
    let Active { rule, standing } = active;
    let mut outcome = RuleOutcome {
        points: Points::ZERO,
        reason: None,
        counted: Counted::default(),
        remainder: standing.remainder,
        cut: Points::ZERO,
        rewards: 0,
    };
    let (counted, reason) = judge(
        &Cases {
            when: &rule.when,
            conditions: &rule.conditions,
            of: &rule.of,
            span: (rule.from, rule.until),
        },
        facts,
    );
    outcome.counted = counted;
    outcome.reason = reason;
    if outcome.reason.is_some() {
        return Ok(outcome);
    }
    let (points, remainder) = earn(rule, outcome.counted, standing.remainder)?;
    outcome.remainder = remainder;
    if rule.then.reward.is_some() {
        let (left, reason) = room(rule, standing);
        outcome.rewards = points.get().min(left).min(REWARDS_MAX);
        if outcome.rewards == 0 {
            outcome.reason = reason.filter(|_| !points.is_zero()).or(Some(Reason::TooLittle));
        }
        return Ok(outcome);
    }
    if points.is_zero() {
        outcome.reason = Some(Reason::TooLittle);
        return Ok(outcome);
    }
    let (left, reason) = room(rule, standing);
    let kept = points.get().min(left);
    outcome.points = Points::new(kept)?;
    outcome.cut = Points::new(points.get() - kept)?;
    if kept == 0 {
        outcome.reason = reason;
    }
    Ok(outcome)
}

/// To which cases something applies.
pub(in crate::loyalty) struct Cases<'a> {
    pub(in crate::loyalty) when: &'a Trigger,
    pub(in crate::loyalty) conditions: &'a [Condition],
    pub(in crate::loyalty) of: &'a Lines,
    pub(in crate::loyalty) span: (Option<Time>, Option<Time>),
}

/// What counts of what happened, and why nothing does if it does not apply.
pub(in crate::loyalty) fn judge(cases: &Cases<'_>, facts: &Facts<'_>) -> (Counted, Option<Reason>) {
    let is_set_off = match (cases.when, facts.happening) {
        (Trigger::Order, Happening::Order(_)) => true,
        (Trigger::Event(of), Happening::Event(happened)) => of == happened.kind,
        _ => false,
    };
    if !is_set_off {
        return (Counted::default(), Some(Reason::OtherTrigger));
    }
    let counted = match facts.happening {
        Happening::Order(purchase) => purchase.count(cases.of),
        Happening::Event(_) => Counted {
            minor: 0,
            pieces: 1,
            is_any: true,
        },
    };
    let (from, until) = cases.span;
    let reason = within(from, until, facts.at).or_else(|| {
        if !counted.is_any {
            return Some(Reason::NothingCounted);
        }
        failing(cases.conditions, facts, counted).map(Reason::Condition)
    });
    (counted, reason)
}

fn within(from: Option<Time>, until: Option<Time>, at: Time) -> Option<Reason> {
    if from.is_some_and(|from| at < from) {
        return Some(Reason::NotYet);
    }
    until.is_some_and(|until| at >= until).then_some(Reason::Over)
}

/// The place of the first condition that does not hold.
fn failing(conditions: &[Condition], facts: &Facts<'_>, counted: Counted) -> Option<usize> {
    conditions
        .iter()
        .position(|condition| !holds(condition, facts, counted))
}

/// Whether one condition holds.
pub(in crate::loyalty) fn holds(condition: &Condition, facts: &Facts<'_>, counted: Counted) -> bool {
    let member = facts.member;
    let (purchase, act) = match facts.happening {
        Happening::Order(purchase) => (Some(purchase), None),
        Happening::Event(act) => (None, Some(act)),
    };
    let is_one_of = |list: &[String], text: Option<&String>| text.is_some_and(|text| list.contains(text));
    match condition {
        Condition::Channel(list) => is_one_of(list, purchase.and_then(|one| one.channel.as_ref())),
        Condition::Location(list) => is_one_of(list, purchase.and_then(|one| one.location.as_ref())),
        Condition::Weekday(days) => days.contains(&facts.local.day.weekday()),
        Condition::Hours(hours) => hours.hold(facts.local.minute),
        Condition::Minimum(minor) => counted.minor >= *minor,
        Condition::OrderNumber(number) => purchase.is_some() && member.orders + 1 == *number,
        Condition::EveryOrder(number) => purchase.is_some() && (member.orders + 1) % (*number).max(1) == 0,
        Condition::Tier(list) => {
            is_one_of(list, member.tier.as_ref()) || is_one_of(list, member.tier_id.as_ref())
        }
        Condition::Segment(list) => list.iter().any(|segment| member.segments.contains(segment)),
        Condition::Attribute(attribute) => is_one_of(&attribute.is, member.attributes.get(&attribute.name)),
        Condition::MemberDays(days) => {
            let millis = i64::try_from(facts.at.since(member.joined_at).as_millis()).unwrap_or(i64::MAX);
            millis / DAY_MS >= *days
        }
        Condition::Data(field) => is_one_of(&field.is, act.and_then(|act| act.field(&field.name)).as_ref()),
    }
}

const DAY_MS: i64 = 86_400_000;

/// Points, or rewards, for each unit.
pub const fn each(rule: &Rule) -> i64 {
    if rule.then.reward.is_some() {
        1
    } else {
        rule.then.points
    }
}

/// The points, or rewards, and the remainder from then on.
fn earn(rule: &Rule, counted: Counted, remainder: i64) -> Result<(Points, i64), PointsError> {
    let each = i128::from(each(rule));
    let (points, rest) = match rule.then.per {
        Unit::Time => (each, i128::from(remainder)),
        Unit::Item => (each * i128::from(counted.pieces), i128::from(remainder)),
        Unit::Spend(minor) => {
            let per = i128::from(minor.max(1));
            let worth = i128::from(counted.minor) * each + i128::from(remainder);
            // Below zero after a refund of what had helped other orders to a point: made up for first.
            if worth < 0 {
                (0, worth)
            } else {
                (worth / per, worth % per)
            }
        }
    };
    let points = i64::try_from(points).map_err(|_| PointsError)?;
    Ok((
        Points::new(points)?,
        i64::try_from(rest).map_err(|_| PointsError)?,
    ))
}

/// The most that limits and budget leave, and which of them leaves that.
fn room(rule: &Rule, standing: &Standing) -> (i64, Option<Reason>) {
    let mut room = (Points::MAX, None);
    let mut cut = |left: i64, reason| {
        if left < room.0 {
            room = (left.max(0), Some(reason));
        }
    };
    for (place, limit) in rule.limits.iter().enumerate() {
        let used = standing.used.get(place).copied().unwrap_or_default();
        if limit.times.is_some_and(|times| used.times >= times) {
            cut(0, Reason::Limit(place));
        }
        if let Some(points) = limit.points {
            cut(points.saturating_sub(used.points), Reason::Limit(place));
        }
    }
    if let Some(budget) = rule.budget {
        cut(budget.saturating_sub(standing.spent_budget), Reason::Budget);
    }
    room
}

/// Leaves one rule of each group.
fn settle_groups(rules: &[Active<'_>], outcomes: &mut [RuleOutcome]) {
    for place in 0..rules.len() {
        let Some(group) = rules.get(place).and_then(|active| active.rule.group.as_ref()) else {
            continue;
        };
        let mut best = None::<(usize, Points)>;
        for (at, (active, outcome)) in rules.iter().zip(outcomes.iter()).enumerate() {
            let is_better = best.is_none_or(|(_, points)| outcome.points > points);
            if active.rule.group.as_ref() == Some(group) && outcome.reason.is_none() && is_better {
                best = Some((at, outcome.points));
            }
        }
        let (Some((winner, _)), Some(outcome), Some(active)) =
            (best, outcomes.get_mut(place), rules.get(place))
        else {
            continue;
        };
        if winner != place {
            // What another rule of the group counted is not carried on by this one as well.
            outcome.remainder = active.standing.remainder;
            if outcome.reason.is_none() {
                outcome.points = Points::ZERO;
                outcome.cut = Points::ZERO;
                outcome.reason = Some(Reason::Group(winner));
            }
        }
    }
}

fn promote(
    promotions: &[(&Promotion, i64)],
    facts: &Facts<'_>,
    earned: Points,
) -> Result<Vec<PromotionOutcome>, PointsError> {
    let counted = match facts.happening {
        Happening::Order(purchase) => purchase.count(&Lines::default()),
        Happening::Event(_) => Counted::default(),
    };
    let is_order = matches!(facts.happening, Happening::Order(_));
    let mut outcomes = Vec::with_capacity(promotions.len());
    let mut largest = None::<(usize, i64)>;
    for (place, (promotion, spent)) in promotions.iter().enumerate() {
        let reason = if is_order {
            within(Some(promotion.from), Some(promotion.until), facts.at)
                .or_else(|| failing(&promotion.conditions, facts, counted).map(Reason::Condition))
        } else {
            Some(Reason::OtherTrigger)
        };
        let left = promotion
            .budget
            .map_or(Points::MAX, |budget| budget.saturating_sub(*spent));
        let reason = reason.or_else(|| (left <= 0).then_some(Reason::Budget));
        let wanted = match promotion.then {
            Extra::Add(points) => points,
            Extra::Multiply(hundredths) => {
                let more = i128::from(earned.get()) * i128::from(hundredths.saturating_sub(100)) / 100;
                i64::try_from(more).map_err(|_| PointsError)?
            }
        };
        let reason = reason.or_else(|| (wanted == 0).then_some(Reason::NothingEarned));
        let points = if reason.is_none() { wanted.min(left) } else { 0 };
        if reason.is_none()
            && matches!(promotion.then, Extra::Multiply(_))
            && largest.is_none_or(|(_, most)| points > most)
        {
            largest = Some((place, points));
        }
        outcomes.push(PromotionOutcome {
            points: Points::new(points)?,
            reason,
        });
    }
    for (place, ((promotion, _), outcome)) in promotions.iter().zip(&mut outcomes).enumerate() {
        if let (Extra::Multiply(_), None, Some((winner, _))) = (promotion.then, outcome.reason, largest)
            && winner != place
        {
            outcome.points = Points::ZERO;
            outcome.reason = Some(Reason::LargerPromotion(winner));
        }
    }
    Ok(outcomes)
}

#[cfg(test)]
mod tests;
