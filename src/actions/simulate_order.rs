//! What an order would earn, and why each rule and promotion would or would not count. Writes nothing.

use super::assess::{assess, explain, explain_extra, rulebook};
use super::count_challenges::{ChallengeJudged, foretell};
use super::record_order::{NewOrder, check_total, find_card, purchase_of};
use super::surviving::check_good;
use super::{ActionError, House};
use crate::loyalty::explain::Explanation;
use crate::loyalty::rule::evaluate::Reason;
use crate::loyalty::rule::facts::Happening;
use crate::store::cards::Card;
use crate::store::{Db, programs};
use crate::types::{Points, ProgramId, Time};

/// What would become of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Simulation {
    /// Each rule: the program's own first, then by age.
    pub rules: Vec<Judged>,
    /// Each promotion by age.
    pub promotions: Vec<Judged>,
    /// What the order would earn, pending points too.
    pub total: Points,
    /// Each challenge by age.
    pub challenges: Vec<ChallengeJudged>,
    /// The card as it is.
    pub card: Card,
}

/// What became of a rule or promotion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// Its id; `None` for the program's own rule.
    pub id: Option<String>,
    /// Its version.
    pub version: i64,
    /// What the staff call it.
    pub name: String,
    /// What it gives.
    pub points: Points,
    /// Days until that can be spent.
    pub pending_days: u16,
    /// Why it gives nothing.
    pub reason: Option<Reason>,
    /// Why it gives so much.
    pub explanation: Option<Explanation>,
}

/// Judges an order as [`super::record_order::record_order`] would.
pub fn simulate_order(
    db: &mut Db,
    house: &House,
    program: Option<&ProgramId>,
    new: &NewOrder,
    now: Time,
) -> Result<Simulation, ActionError> {
    let card = find_card(db, house, program, &new.holder)?;
    check_good(&card)?;
    let program = programs::get(db, &card.program_id)?;
    let total = check_total(new, &program)?;
    let rulebook = rulebook(db, house, &program)?;
    let purchase = purchase_of(&rulebook, new, total);
    let at = new.paid_at.unwrap_or(now);
    let assessed = assess(db, &rulebook, &card, Happening::Order(&purchase), at)?;
    let evaluation = &assessed.evaluation;
    let rules = rulebook.rules.iter().zip(&evaluation.rules);
    let promotions = rulebook.promotions.iter().zip(&evaluation.promotions);
    let gives = |points: Points| !points.is_zero();
    Ok(Simulation {
        rules: rules
            .map(|(rule, outcome)| Judged {
                id: rule.id.clone(),
                version: rule.version,
                name: rule.body.name.clone(),
                points: outcome.points,
                pending_days: rule.body.pending_days,
                reason: outcome.reason,
                explanation: gives(outcome.points).then(|| explain(&rule.body, outcome)),
            })
            .collect(),
        promotions: promotions
            .map(|(promotion, outcome)| Judged {
                id: promotion.id.clone(),
                version: promotion.version,
                name: promotion.body.name.clone(),
                points: outcome.points,
                pending_days: assessed.delay(&rulebook),
                reason: outcome.reason,
                explanation: gives(outcome.points).then(|| explain_extra(&promotion.body, evaluation)),
            })
            .collect(),
        total: evaluation.total,
        challenges: foretell(db, &rulebook, &card.id, &assessed, now)?,
        card,
    })
}
