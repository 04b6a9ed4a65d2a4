//! A program is begun from a proposal: its terms, its first reward and, where it has them, its stamps or tiers.

use serde_json::{Map, Value, json};

use super::create_program::{NewProgram, create_program};
use super::publish_design::{first_stamp_design, publish_design};
use super::write_term::create_term;
use super::{ActionError, Deed, TermKind};
use crate::loyalty::proposal::{MIDDLE_TIER, Proposal, TOP_TIER, Template};
use crate::store::Tx;
use crate::store::programs::Program;
use crate::types::{ProgramId, Text};

/// What a program is begun with.
#[derive(Debug, Clone)]
pub struct Start {
    /// The program.
    pub new: NewProgram,
    /// What it is to be like.
    pub proposal: Proposal,
    /// What the first reward is called.
    pub reward: Text,
    /// What the tiers are called, the lower one first.
    pub tiers: [Text; 2],
    /// Points in a year that lead to the lower tier; twice as many lead to the other.
    pub tier_points: i64,
}

/// Begins a program; all of it, or nothing.
pub fn start_program(tx: &mut Tx<'_>, deed: &Deed, start: Start) -> Result<Program, ActionError> {
    let Start {
        new,
        proposal,
        reward,
        tiers,
        tier_points,
    } = start;
    let mut program = create_program(tx, deed, new)?;
    let gives = match proposal.template {
        Template::Stamps => json!("product"),
        Template::Money | Template::Tiers => json!({ "amount_off": proposal.worth_minor }),
    };
    let mut body = json!({ "name": reward, "gives": gives, "cost": proposal.cost });
    if proposal.template == Template::Stamps {
        // Whoever has a full card need not ask for what it is for.
        if let Some(fields) = body.as_object_mut() {
            fields.insert("automatic".to_owned(), Value::Bool(true));
        }
        let rule = json!({ "name": "A stamp for each purchase", "when": "order", "then": { "points": 1, "per": "time" } });
        add(tx, deed, &program.id, TermKind::Rule, rule)?;
        program = publish_design(tx, deed, &program.id, None, &first_stamp_design()?)?.program;
    }
    add(tx, deed, &program.id, TermKind::Reward, body)?;
    if proposal.template == Template::Tiers {
        for (place, title) in tiers.into_iter().enumerate() {
            let (threshold, multiply) = if place == 0 {
                (tier_points, MIDDLE_TIER)
            } else {
                (tier_points.saturating_mul(2), TOP_TIER)
            };
            let tier = json!({ "name": title.fallback(), "shown_as": title, "threshold": threshold,
                "multiply": multiply });
            add(tx, deed, &program.id, TermKind::Tier, tier)?;
        }
    }
    Ok(program)
}

fn add(
    tx: &mut Tx<'_>,
    deed: &Deed,
    program: &ProgramId,
    kind: TermKind,
    body: Value,
) -> Result<(), ActionError> {
    let fields: Map<String, Value> = match body {
        Value::Object(fields) => fields,
        _ => return Err(ActionError::internal("a term is not an object")),
    };
    create_term(tx, deed, Some(program.clone()), kind, fields)?;
    Ok(())
}
