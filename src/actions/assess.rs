//! What an order or event earns: the program's rules are read, the member's standing with them, and both judged.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use super::change_location::placed;
use super::count_challenges::count_challenges;
use super::hear_automations::list_listeners;
use super::in_segments::{find_own, read_named};
use super::issue_reward::{Origin, is_unavailable, issue};
use super::ledger::{Cause, Ledger, Movement};
use super::{ActionError, Code, House};
use crate::loyalty::carry::Carried;
use crate::loyalty::earning::BaseRule;
use crate::loyalty::explain::{Explanation, Ground};
use crate::loyalty::line_refund::{Basket, Given, Measure};
use crate::loyalty::refunding::Counting;
use crate::loyalty::rule::evaluate::{
    ACTIVE_MAX, Active, Evaluation, Reason, RuleOutcome, Standing, Used, each, evaluate,
};
use crate::loyalty::rule::facts::{Facts, Happening, Member, Purchase};
use crate::loyalty::rule::{Extra, Limit, Lines, Promotion, Rule, Unit};
use crate::loyalty::rulebook::{ActiveTerms, Listed, Rulebook};
use crate::store::cards::Card;
use crate::store::programs::Program;
use crate::store::standings::{self, ALWAYS, TermUse};
use crate::store::{Db, StoreError, Tx, members, terms, webhook_endpoints};
use crate::types::{Day, RewardId, Time, sha256_hex};

/// An order or event, judged.
pub(super) struct Assessed {
    pub(super) evaluation: Evaluation,
    /// What counts towards each challenge, or why nothing does.
    pub(super) challenges: Vec<Result<i64, Reason>>,
    standings: Vec<Standing>,
    /// For each rule that counts values of a field apart: under which names this event is counted.
    names: Vec<Vec<String>>,
    pub(super) day: Day,
}

impl Assessed {
    /// What each rule that counts money counted, as it is kept with the order. A rule that a limit cut is not
    /// among them: what it gave goes back pro rata.
    pub(super) fn counted(&self, rulebook: &Rulebook) -> Result<String, ActionError> {
        let judged = rulebook
            .rules
            .iter()
            .zip(&self.evaluation.rules)
            .zip(&self.standings);
        let counting = judged.filter_map(|((rule, outcome), standing)| {
            let carries = outcome.remainder != standing.remainder;
            let has_counted =
                outcome.reason.is_none() || (outcome.reason == Some(Reason::TooLittle) && carries);
            match rule.body.then.per {
                Unit::Spend(per_minor) if has_counted && outcome.cut.is_zero() => Some(Counting {
                    term: rule.id.clone(),
                    each: each(&rule.body),
                    per_minor,
                    minor: outcome.counted.minor,
                    earned: outcome.points.get() + outcome.rewards,
                    gives_rewards: rule.body.then.reward.is_some(),
                }),
                _ => None,
            }
        });
        serde_json::to_string(&counting.collect::<Vec<_>>()).map_err(ActionError::internal)
    }

    /// What each rule and promotion gave for which lines, as it is kept with the order; empty without lines.
    pub(super) fn basket(&self, rulebook: &Rulebook, purchase: &Purchase) -> Result<String, ActionError> {
        if purchase.lines.is_empty() {
            return Ok(String::new());
        }
        let lines = purchase.lines.iter().enumerate();
        let excluded = lines.filter(|(_, line)| line.is_excluded).map(|(place, _)| place);
        let judged = rulebook
            .rules
            .iter()
            .zip(&self.evaluation.rules)
            .zip(&self.standings);
        let by_rules = judged.filter_map(|((rule, outcome), standing)| {
            let has_counted = outcome.reason.is_none() || outcome.remainder != standing.remainder;
            has_counted.then(|| Given {
                term: rule.id.clone(),
                points: outcome.points.get(),
                of: rule.body.of.clone(),
                by: match rule.body.then.per {
                    Unit::Item => Measure::Pieces,
                    Unit::Spend(_) | Unit::Time => Measure::Money,
                },
            })
        });
        let promoted = rulebook.promotions.iter().zip(&self.evaluation.promotions);
        let by_promotions =
            promoted
                .filter(|(_, outcome)| !outcome.points.is_zero())
                .map(|(promotion, outcome)| Given {
                    term: promotion.id.clone(),
                    points: outcome.points.get(),
                    of: Lines::default(),
                    by: match promotion.body.then {
                        Extra::Multiply(_) => Measure::Rules,
                        Extra::Add(_) => Measure::Order,
                    },
                });
        let basket = Basket {
            excluded: excluded.collect(),
            given: by_rules.chain(by_promotions).collect(),
        };
        serde_json::to_string(&basket).map_err(ActionError::internal)
    }

    /// Days for which promotions are pending: what is given on top of pending points waits as long as they do.
    pub(super) fn delay(&self, rulebook: &Rulebook) -> u16 {
        let earning = rulebook.rules.iter().zip(&self.evaluation.rules);
        earning
            .filter(|(_, outcome)| !outcome.points.is_zero())
            .map(|(rule, _)| rule.body.pending_days)
            .max()
            .unwrap_or_default()
    }
}

/// The rules of a program as they hold now; read once for all until one of them changes.
pub(super) fn rulebook(db: &mut Db, house: &House, program: &Program) -> Result<Arc<Rulebook>, ActionError> {
    let key = (program.id.clone(), program.version, program.rulebook.clone());
    if let Some(known) = house.shelf.find_rulebook(&key) {
        return Ok(known);
    }
    let base = BaseRule {
        points: program.earn_points,
        per_minor: program.earn_per_minor,
    };
    let mut rulebook = Rulebook::new(
        base,
        program.version,
        program.time_zone,
        serde_json::from_str(&program.policy).map_err(ActionError::internal)?,
        ActiveTerms {
            rules: list(db, program, "rule")?,
            promotions: list(db, program, "promotion")?,
            rewards: list(db, program, "reward")?,
            tiers: list(db, program, "tier")?,
            challenges: list(db, program, "challenge")?,
        },
    );
    rulebook.is_heard = !webhook_endpoints::list_hearing(db, &program.id)?.is_empty();
    rulebook.places = placed(db, &program.id)?;
    rulebook.segments = read_named(db, program, &rulebook)?;
    rulebook.automations = list_listeners(db, &program.id)?;
    let rulebook = Arc::new(rulebook);
    house.shelf.keep_rulebook(key, &rulebook);
    Ok(rulebook)
}

fn list<T: serde::de::DeserializeOwned>(
    db: &mut Db,
    program: &Program,
    kind: &str,
) -> Result<Vec<Listed<T>>, ActionError> {
    let most = i64::try_from(ACTIVE_MAX).map_err(ActionError::internal)?;
    let active = terms::list_active(db, &program.id, kind, most)?;
    active
        .into_iter()
        .map(|term| {
            Ok(Listed {
                body: serde_json::from_str(&term.body).map_err(ActionError::internal)?,
                id: Some(term.id),
                version: term.version,
            })
        })
        .collect()
}

/// Locks the budgets of the rules and promotions until the transaction ends, so that no two spend the same points.
pub(super) fn lock_budgets(tx: &mut Tx<'_>, rulebook: &Rulebook) -> Result<(), StoreError> {
    let limited = with_budget(rulebook);
    if limited.is_empty() {
        return Ok(());
    }
    standings::lock_totals(tx, &limited)
}

fn with_budget(rulebook: &Rulebook) -> Vec<&str> {
    let rules = rulebook
        .rules
        .iter()
        .filter(|rule| rule.body.budget.is_some())
        .filter_map(|rule| rule.id.as_deref());
    let promotions = rulebook
        .promotions
        .iter()
        .filter(|one| one.body.budget.is_some())
        .filter_map(|one| one.id.as_deref());
    rules.chain(promotions).collect()
}

/// Judges what happened to a card's holder. Writes nothing.
pub(super) fn assess(
    db: &mut Db,
    rulebook: &Rulebook,
    card: &Card,
    happening: Happening<'_>,
    at: Time,
) -> Result<Assessed, ActionError> {
    let member = read_member(db, rulebook, card, at)?;
    let standings = read_standings(db, rulebook, card, (rulebook.zone.local(at).day, happening))?;
    judge(db, rulebook, (&member, standings), happening, at)
}

/// The same for somebody who has no card yet, and has used up and carried nothing.
pub(super) fn assess_stranger(
    db: &mut Db,
    rulebook: &Rulebook,
    happening: Happening<'_>,
    at: Time,
) -> Result<Assessed, ActionError> {
    let member = Member {
        joined_at: at,
        ..Member::default()
    };
    let standings = rulebook.rules.iter().map(|rule| Standing {
        used: vec![Used::default(); rule.body.limits.len()],
        ..Standing::default()
    });
    judge(db, rulebook, (&member, standings.collect()), happening, at)
}

fn judge(
    db: &mut Db,
    rulebook: &Rulebook,
    (member, standings): (&Member, Vec<Standing>),
    happening: Happening<'_>,
    at: Time,
) -> Result<Assessed, ActionError> {
    let local = rulebook.zone.local(at);
    let facts = Facts {
        happening,
        at,
        local,
        member,
    };
    let totals = standings::list_totals(db, &with_budget(rulebook))?;
    let spent = |id: Option<&str>| {
        let total = totals.iter().find(|total| Some(total.term_id.as_str()) == id);
        total.map_or(0, |total| total.points)
    };
    let active: Vec<Active<'_>> = rulebook
        .rules
        .iter()
        .zip(&standings)
        .map(|(rule, standing)| Active {
            rule: &rule.body,
            standing: Standing {
                spent_budget: spent(rule.id.as_deref()),
                ..standing.clone()
            },
        })
        .collect();
    let promotions: Vec<_> = rulebook
        .promotions
        .iter()
        .map(|one| (&one.body, spent(one.id.as_deref())))
        .collect();
    let evaluation = evaluate(&active, &promotions, &facts)
        .map_err(|error| ActionError::with(Code::OutOfRange, error.to_string()))?;
    let challenges = rulebook.challenges.iter();
    Ok(Assessed {
        evaluation,
        challenges: challenges.map(|one| one.body.count(&facts)).collect(),
        standings,
        names: rulebook.rules.iter().map(|rule| names(rule, happening)).collect(),
        day: local.day,
    })
}

pub(super) fn read_member(
    db: &mut Db,
    rulebook: &Rulebook,
    card: &Card,
    now: Time,
) -> Result<Member, ActionError> {
    let asked = rulebook.asks_for_member();
    let known = asked.then(|| members::get(db, &card.member_id)).transpose()?;
    Ok(Member {
        segments: find_own(db, rulebook, card, now)?,
        ..member_facts(rulebook, card, known.as_ref())
    })
}

/// What conditions are told of a card's holder; without the member as much as the card knows by itself.
pub(super) fn member_facts(rulebook: &Rulebook, card: &Card, known: Option<&members::Member>) -> Member {
    let tier = rulebook.ladder.find(card.tier_id.as_deref());
    let mut facts = Member {
        orders: card.orders,
        tier: tier.map(|tier| tier.body.name.clone()),
        tier_id: tier.and_then(|tier| tier.id.clone()),
        ..Member::default()
    };
    if let Some(member) = known {
        facts.joined_at = member.created_at;
        let texts = member.attributes.texts();
        facts.attributes = texts.map(|(name, value)| (name.to_owned(), value)).collect();
    }
    facts
}

/// Under which name it stands in the books what was used of a limit: the rule's id, or one for each value of a field.
/// Case and spaces around a value make no other one; that the field is not there is a value too.
fn counted_as<'r>(id: &'r str, limit: &Limit, happening: Happening<'_>) -> Cow<'r, str> {
    match (limit.field(), happening) {
        (Some(field), Happening::Event(act)) => {
            let value = act.field(field).unwrap_or_default();
            let hash = sha256_hex(value.trim().to_lowercase().as_bytes());
            Cow::Owned(format!("{id}#{field}={}", hash.get(..32).unwrap_or_default()))
        }
        _ => Cow::Borrowed(id),
    }
}

/// Under which names an event is counted by a rule that counts values of a field apart; none for other rules.
fn names(rule: &Listed<Rule>, happening: Happening<'_>) -> Vec<String> {
    let (limits, id) = (&rule.body.limits, rule.id.as_deref().unwrap_or_default());
    if limits.iter().all(|limit| limit.per.is_none()) {
        return Vec::new();
    }
    let each = limits
        .iter()
        .map(|limit| counted_as(id, limit, happening).into_owned());
    let mut names: Vec<String> = each.collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Notes that a rule was used by a card's holder, under each name that its limits count by.
fn count_use(
    tx: &mut Tx<'_>,
    card: &Card,
    (id, names): (&str, &[String]),
    day: Day,
    (times, points): (i64, i64),
) -> Result<(), StoreError> {
    if names.is_empty() {
        return standings::add_use(tx, &card.member_id, id, day.number(), times, points);
    }
    for name in names {
        standings::add_use(tx, &card.member_id, name, day.number(), times, points)?;
    }
    Ok(())
}

/// Where the member stands with each rule. Rules that carry and limit nothing cost no question.
fn read_standings(
    db: &mut Db,
    rulebook: &Rulebook,
    card: &Card,
    (today, happening): (Day, Happening<'_>),
) -> Result<Vec<Standing>, ActionError> {
    let carries = |rule: &Listed<Rule>| rule.id.is_some() && matches!(rule.body.then.per, Unit::Spend(_));
    let remainders = if rulebook.rules.iter().any(carries) {
        standings::list_remainders(db, &card.id)?
    } else {
        HashMap::new()
    };
    let limited: Vec<&Listed<Rule>> = rulebook
        .rules
        .iter()
        .filter(|rule| !rule.body.limits.is_empty())
        .collect();
    let uses = if limited.is_empty() {
        Vec::new()
    } else {
        let named = limited
            .iter()
            .filter_map(|rule| Some((rule.id.as_deref()?, rule)));
        let each = named.flat_map(|(id, rule)| {
            let limits = rule.body.limits.iter();
            limits.map(move |limit| counted_as(id, limit, happening))
        });
        let mut ids: Vec<Cow<'_, str>> = each.collect();
        ids.dedup();
        let ids: Vec<&str> = ids.iter().map(AsRef::as_ref).collect();
        let limits = limited.iter().flat_map(|rule| &rule.body.limits);
        let first = limits.filter_map(|limit| limit.within.first_day(today)).min();
        let first = first.map_or(i64::MAX, Day::number);
        standings::list_uses(db, &card.member_id, &ids, first)?
    };
    let standing = |rule: &Listed<Rule>| Standing {
        remainder: match (rule.body.then.per, rule.id.as_deref()) {
            (Unit::Spend(per_minor), None) => card.carried().in_steps(per_minor),
            (Unit::Spend(per_minor), Some(id)) => remainders
                .get(id)
                .map_or(0, |carried| carried.in_steps(per_minor)),
            _ => 0,
        },
        used: rule
            .body
            .limits
            .iter()
            .map(|limit| {
                let name = rule.id.as_deref().map(|id| counted_as(id, limit, happening));
                used(&uses, name.as_deref(), limit, today)
            })
            .collect(),
        spent_budget: 0,
    };
    Ok(rulebook.rules.iter().map(standing).collect())
}

pub(super) fn used(uses: &[TermUse], id: Option<&str>, limit: &Limit, today: Day) -> Used {
    let counts = |one: &TermUse| match limit.within.first_day(today) {
        // An order that was paid yesterday and comes late counts for its own day.
        Some(first) => one.day >= first.number() && one.day <= today.number(),
        None => one.day == ALWAYS,
    };
    let own = uses
        .iter()
        .filter(|one| Some(one.term_id.as_str()) == id && counts(one));
    own.fold(Used::default(), |sum, one| Used {
        times: sum.times + one.times,
        points: sum.points + one.points,
    })
}

/// Puts what was earned on the card and into the books of the rules.
pub(super) fn credit(
    tx: &mut Tx<'_>,
    ledger: &mut Ledger<'_>,
    rulebook: &Rulebook,
    card: &Card,
    assessed: &Assessed,
    (cause, reason): (&Cause, &str),
) -> Result<(), ActionError> {
    let evaluation = &assessed.evaluation;
    let judged = rulebook.rules.iter().zip(&evaluation.rules);
    let in_books = assessed.standings.iter().zip(&assessed.names);
    for ((rule, outcome), (standing, names)) in judged.zip(in_books) {
        if let Unit::Spend(per_minor) = rule.body.then.per {
            let carried = Carried {
                remainder: outcome.remainder,
                per_minor,
            };
            match &rule.id {
                None => ledger.carry(carried),
                Some(id) if outcome.remainder != standing.remainder => {
                    standings::set_remainder(tx, &card.id, id, carried)?;
                }
                Some(_) => (),
            }
        }
        if outcome.rewards > 0 {
            let given = give_rewards(tx, ledger, rulebook, card, (rule, outcome, cause))?;
            if let Some(id) = rule
                .id
                .as_deref()
                .filter(|_| given > 0 && !rule.body.limits.is_empty())
            {
                count_use(tx, card, (id, names), assessed.day, (given, 0))?;
            }
        }
        if outcome.points.is_zero() {
            continue;
        }
        let movement = Movement {
            kind: "earn",
            points: outcome.points,
            cause: Cause {
                term: rule.id.clone().map(|id| (id, rule.version)),
                ..cause.clone()
            },
            reason: reason.to_owned(),
            explanation: Some(explain(&rule.body, outcome)),
        };
        ledger.add(tx, movement, rule.body.pending_days)?;
        if let Some(id) = &rule.id {
            let points = outcome.points.get();
            if !rule.body.limits.is_empty() {
                count_use(tx, card, (id, names), assessed.day, (1, points))?;
            }
            if rule.body.budget.is_some() {
                standings::add_total(tx, id, 1, points)?;
            }
        }
    }
    for (promotion, outcome) in rulebook.promotions.iter().zip(&evaluation.promotions) {
        if outcome.points.is_zero() {
            continue;
        }
        let movement = Movement {
            kind: "promotion",
            points: outcome.points,
            cause: Cause {
                term: promotion.id.clone().map(|id| (id, promotion.version)),
                ..cause.clone()
            },
            reason: reason.to_owned(),
            explanation: Some(explain_extra(&promotion.body, evaluation)),
        };
        ledger.add(tx, movement, assessed.delay(rulebook))?;
        if let (Some(id), Some(_)) = (&promotion.id, promotion.body.budget) {
            standings::add_total(tx, id, 1, outcome.points.get())?;
        }
    }
    count_challenges(tx, ledger, rulebook, card, assessed, (cause, reason))
}

/// Why a promotion gave what it gave.
pub(super) fn explain_extra(promotion: &Promotion, evaluation: &Evaluation) -> Explanation {
    Explanation {
        name: promotion.name.clone(),
        ground: match promotion.then {
            Extra::Multiply(hundredths) => Ground::Multiplied {
                hundredths,
                of: evaluation.rules.iter().map(|outcome| outcome.points.get()).sum(),
            },
            Extra::Add(points) => Ground::Added { points },
        },
        cut: 0,
    }
}

/// Issues the rewards that a rule gives, and says how many. One that is sold out, not to be had any more or not for
/// the member is passed by.
fn give_rewards(
    tx: &mut Tx<'_>,
    ledger: &mut Ledger<'_>,
    rulebook: &Rulebook,
    card: &Card,
    (rule, outcome, cause): (&Listed<Rule>, &RuleOutcome, &Cause),
) -> Result<i64, ActionError> {
    let wanted = rule.body.then.reward.as_ref().map(RewardId::as_str);
    let listed = rulebook
        .rewards
        .iter()
        .find(|listed| listed.id.as_deref() == wanted);
    let (Some(listed), Some(by)) = (listed, rule.id.as_deref()) else {
        return Ok(0);
    };
    let origin = Origin {
        by,
        order: cause.order.as_ref(),
        event: cause.event.as_ref(),
    };
    let mut given = 0;
    for _ in 0..outcome.rewards {
        match issue(tx, ledger, card, rulebook, listed, &origin) {
            Ok(_) => given += 1,
            Err(error) if is_unavailable(&error) => break,
            Err(error) => return Err(error),
        }
    }
    Ok(given)
}

/// Why a rule gave what it gave.
pub(super) fn explain(rule: &Rule, outcome: &RuleOutcome) -> Explanation {
    let points = rule.then.points;
    Explanation {
        name: rule.name.clone(),
        ground: match rule.then.per {
            Unit::Spend(per_minor) => Ground::Spend {
                points,
                per_minor,
                minor: outcome.counted.minor,
            },
            Unit::Item => Ground::Items {
                points,
                pieces: outcome.counted.pieces,
            },
            Unit::Time => Ground::Once { points },
        },
        cut: outcome.cut.get(),
    }
}
