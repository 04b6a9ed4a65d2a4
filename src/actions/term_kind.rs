//! The kinds of terms: how their ids begin, how their bodies are read, and what must hold of them.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::parse::parse_value;
use super::{ActionError, Fault};
use crate::loyalty::reward::{Reward, check_reward};
use crate::loyalty::rule::check::{RuleFault, check_promotion, check_rule};
use crate::loyalty::rule::evaluate::ACTIVE_MAX;
use crate::loyalty::rule::{Condition, Promotion, Rule};
use crate::store::{Db, StoreError, terms};
use crate::types::{ProgramId, PromotionId, RewardId, RuleId, Time};

/// A kind of what a program's people write down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TermKind {
    /// What an order or event earns.
    Rule,
    /// What is given on top for a time.
    Promotion,
    /// What members get for their points.
    Reward,
}

/// A body that was read.
pub(super) struct Written {
    /// How it is kept: the same for bodies that say the same.
    pub(super) text: String,
    faults: Vec<RuleFault>,
    conditions: Vec<Condition>,
    /// The reward that a rule gives.
    gives: Option<RewardId>,
}

impl TermKind {
    /// Its name in the database and in the books.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rule => "rule",
            Self::Promotion => "promotion",
            Self::Reward => "reward",
        }
    }

    pub(super) fn new_id(self, now: Time) -> String {
        match self {
            Self::Rule => RuleId::new(now).into(),
            Self::Promotion => PromotionId::new(now).into(),
            Self::Reward => RewardId::new(now).into(),
        }
    }

    /// Whether a text is an id of this kind.
    pub fn is_id(self, text: &str) -> bool {
        match self {
            Self::Rule => text.parse::<RuleId>().is_ok(),
            Self::Promotion => text.parse::<PromotionId>().is_ok(),
            Self::Reward => text.parse::<RewardId>().is_ok(),
        }
    }

    /// Reads a body; what is not in the language of the kind is refused with a pointer.
    pub(super) fn read(self, body: Map<String, Value>) -> Result<Written, ActionError> {
        match self {
            Self::Rule => {
                let (mut written, rule) = read::<Rule>(body, check_rule)?;
                written.conditions = rule.conditions;
                written.gives = rule.then.reward;
                Ok(written)
            }
            Self::Promotion => {
                let (mut written, promotion) = read::<Promotion>(body, check_promotion)?;
                written.conditions = promotion.conditions;
                Ok(written)
            }
            Self::Reward => Ok(read::<Reward>(body, check_reward)?.0),
        }
    }

    /// Puts the fields of `patch` into a body; null takes a field away.
    pub(super) fn edit(self, body: &mut Map<String, Value>, patch: Map<String, Value>) {
        for (name, value) in patch {
            if value.is_null() && self.has_field(&name) {
                body.remove(&name);
            } else {
                body.insert(name, value);
            }
        }
    }

    /// Whether bodies of the kind have a field of that name, which their reader alone knows.
    fn has_field(self, name: &str) -> bool {
        let alone = Map::from_iter([(name.to_owned(), Value::Null)]);
        match self.read(alone) {
            Ok(_) => true,
            Err(error) => error.faults.iter().all(|fault| fault.code != "unknown_field"),
        }
    }
}

fn read<T: Serialize + DeserializeOwned>(
    body: Map<String, Value>,
    check: fn(&T) -> Vec<RuleFault>,
) -> Result<(Written, T), ActionError> {
    let read: T = parse_value(Value::Object(body), "")?;
    let written = Written {
        text: serde_json::to_string(&read).map_err(ActionError::internal)?,
        faults: check(&read),
        conditions: Vec::new(),
        gives: None,
    };
    Ok((written, read))
}

impl Written {
    /// Refuses a body that cannot do what it says, with a pointer to each fault.
    pub(super) fn check(&self, db: &mut Db, program: &ProgramId) -> Result<(), ActionError> {
        let own = self.faults.iter();
        let mut faults: Vec<Fault> = own
            .map(|fault| Fault::new(fault.pointer.as_str(), fault.code, format!("{}.", fault.detail)))
            .collect();
        faults.extend(check_references(db, program, &self.conditions)?);
        if let Some(reward) = &self.gives
            && !has_reward(db, program, reward)?
        {
            let detail = "The program has no such reward.";
            faults.push(Fault::new("/then/reward", "unknown_reward", detail));
        }
        if faults.is_empty() {
            Ok(())
        } else {
            Err(ActionError::invalid(faults))
        }
    }
}

/// What conditions name that the program does not have. There are no segments yet, so each is unknown.
fn check_references(
    db: &mut Db,
    program: &ProgramId,
    conditions: &[Condition],
) -> Result<Vec<Fault>, ActionError> {
    let mut faults = Vec::new();
    for (place, condition) in conditions.iter().enumerate() {
        let (names, known, what) = match condition {
            Condition::Tier(names) => (names, list_tiers(db, program)?, "tier"),
            Condition::Segment(names) => (names, Vec::new(), "segment"),
            _ => continue,
        };
        for (number, name) in names.iter().enumerate() {
            if !known.contains(name) {
                let detail = format!("The program has no {what} of that name.");
                let pointer = format!("/if/{place}/{what}/{number}");
                faults.push(Fault::new(pointer, format!("unknown_{what}"), detail));
            }
        }
    }
    Ok(faults)
}

fn has_reward(db: &mut Db, program: &ProgramId, reward: &RewardId) -> Result<bool, ActionError> {
    match terms::get(db, reward.as_str()) {
        Ok(term) => Ok(term.program_id == *program && term.archived_at.is_none()),
        Err(StoreError::NotFound) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// The names of the program's active tiers.
fn list_tiers(db: &mut Db, program: &ProgramId) -> Result<Vec<String>, ActionError> {
    let most = i64::try_from(ACTIVE_MAX).map_err(ActionError::internal)?;
    let tiers = terms::list_active(db, program, "tier", most)?;
    let name = |body: &str| {
        let body: Map<String, Value> = serde_json::from_str(body).map_err(ActionError::internal)?;
        Ok(body.get("name").and_then(Value::as_str).map(str::to_owned))
    };
    tiers
        .iter()
        .filter_map(|tier| name(&tier.body).transpose())
        .collect()
}
