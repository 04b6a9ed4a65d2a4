//! The kinds of terms: how their ids begin, how their bodies are read, and what must hold of them.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::known_names::find_unknown_name;
use super::parse::parse_value;
use super::{ActionError, Fault};
use crate::loyalty::challenge::{Challenge, check_challenge};
use crate::loyalty::reward::{Reward, check_reward};
use crate::loyalty::rule::check::{RuleFault, check_promotion, check_rule};
use crate::loyalty::rule::evaluate::ACTIVE_MAX;
use crate::loyalty::rule::{Condition, Promotion, Rule};
use crate::loyalty::segment::Segment;
use crate::loyalty::segment::check::check_segment;
use crate::loyalty::tier::{Tier, check_tier};
use crate::store::{Db, StoreError, designs, terms};
use crate::types::{ChallengeId, ProgramId, PromotionId, RewardId, RuleId, SegmentId, TierId, Time};

/// A kind of what a program's people write down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TermKind {
    /// What an order or event earns.
    Rule,
    /// What is given on top for a time.
    Promotion,
    /// What members get for their points.
    Reward,
    /// What members reach.
    Tier,
    /// What members are to do within a time.
    Challenge,
    /// Which members are meant.
    Segment,
}

/// A body that was read.
pub(super) struct Written {
    /// How it is kept: the same for bodies that say the same.
    pub(super) text: String,
    faults: Vec<RuleFault>,
    conditions: Vec<Condition>,
    /// The reward that a rule or challenge gives.
    gives: Option<RewardId>,
    tier: Option<Tier>,
    segment: Option<Segment>,
    /// The picture of a reward.
    picture: Option<String>,
}

impl TermKind {
    /// Its name in the database and in the books.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rule => "rule",
            Self::Promotion => "promotion",
            Self::Reward => "reward",
            Self::Tier => "tier",
            Self::Challenge => "challenge",
            Self::Segment => "segment",
        }
    }

    pub(super) fn new_id(self, now: Time) -> String {
        match self {
            Self::Rule => RuleId::new(now).into(),
            Self::Promotion => PromotionId::new(now).into(),
            Self::Reward => RewardId::new(now).into(),
            Self::Tier => TierId::new(now).into(),
            Self::Challenge => ChallengeId::new(now).into(),
            Self::Segment => SegmentId::new(now).into(),
        }
    }

    /// Whether a text is an id of this kind.
    pub fn is_id(self, text: &str) -> bool {
        match self {
            Self::Rule => text.parse::<RuleId>().is_ok(),
            Self::Promotion => text.parse::<PromotionId>().is_ok(),
            Self::Reward => text.parse::<RewardId>().is_ok(),
            Self::Tier => text.parse::<TierId>().is_ok(),
            Self::Challenge => text.parse::<ChallengeId>().is_ok(),
            Self::Segment => text.parse::<SegmentId>().is_ok(),
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
            Self::Reward => {
                let (mut written, reward) = read::<Reward>(body, check_reward)?;
                written.conditions = reward.conditions;
                written.picture = reward.picture;
                Ok(written)
            }
            Self::Tier => {
                let (mut written, tier) = read::<Tier>(body, check_tier)?;
                written.tier = Some(tier);
                Ok(written)
            }
            Self::Challenge => {
                let (mut written, challenge) = read::<Challenge>(body, check_challenge)?;
                written.conditions = challenge.conditions;
                written.gives = challenge.then.reward;
                Ok(written)
            }
            Self::Segment => {
                let (mut written, segment) = read::<Segment>(body, check_segment)?;
                written.segment = Some(segment);
                Ok(written)
            }
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
        tier: None,
        segment: None,
        picture: None,
    };
    Ok((written, read))
}

impl Written {
    /// Refuses a body that cannot do what it says, with a pointer to each fault; `own` is its id if it has one.
    pub(super) fn check(
        &self,
        db: &mut Db,
        program: &ProgramId,
        own: Option<&str>,
    ) -> Result<(), ActionError> {
        let mut faults: Vec<Fault> = self
            .faults
            .iter()
            .map(|fault| Fault::new(fault.pointer.as_str(), fault.code, format!("{}.", fault.detail)))
            .collect();
        faults.extend(check_references(db, program, &self.conditions)?);
        if let Some(reward) = &self.gives
            && !has_reward(db, program, reward)?
        {
            let detail = "The program has no such reward.";
            faults.push(Fault::new("/then/reward", "unknown_reward", detail));
        }
        if let Some(picture) = &self.picture
            && !designs::has_image(db, picture)?
        {
            let detail = "No image of that SHA-256 is stored; send it to `POST /v1/images` first.";
            faults.push(Fault::new("/picture", "unknown_image", detail));
        }
        if let Some(tier) = &self.tier {
            faults.extend(check_tier_alone(db, program, own, tier)?);
        }
        if let Some(segment) = &self.segment {
            faults.extend(check_segment_alone(db, program, own, segment)?);
        }
        if faults.is_empty() {
            Ok(())
        } else {
            Err(ActionError::invalid(faults))
        }
    }
}

/// What conditions name that the program does not have.
fn check_references(
    db: &mut Db,
    program: &ProgramId,
    conditions: &[Condition],
) -> Result<Vec<Fault>, ActionError> {
    let mut faults = Vec::new();
    for (place, condition) in conditions.iter().enumerate() {
        let (names, known, what) = match condition {
            Condition::Tier(names) => (names, tier_names_and_ids(db, program)?, "tier"),
            Condition::Segment(names) => (names, segment_names_and_ids(db, program)?, "segment"),
            _ => continue,
        };
        for (number, name) in names.iter().enumerate() {
            if !known.contains(name) {
                let detail = format!("The program has no such {what}.");
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

/// Two tiers of one name or one threshold could not be told apart.
fn check_tier_alone(
    db: &mut Db,
    program: &ProgramId,
    own: Option<&str>,
    tier: &Tier,
) -> Result<Vec<Fault>, ActionError> {
    let mut faults = Vec::new();
    for (id, other) in list_tiers(db, program)? {
        if own == Some(id.as_str()) {
            continue;
        }
        if other.name == tier.name {
            let detail = "Another tier of the program has that name.";
            faults.push(Fault::new("/name", "named_twice", detail));
        }
        if other.threshold == tier.threshold {
            let detail = format!(
                "`{}` is reached by as much; members can be on one of them only.",
                other.name
            );
            faults.push(Fault::new("/threshold", "contradiction", detail));
        }
    }
    Ok(faults)
}

/// Two segments of one name could not be told apart, and a tier or list that is not there holds nobody.
fn check_segment_alone(
    db: &mut Db,
    program: &ProgramId,
    own: Option<&str>,
    segment: &Segment,
) -> Result<Vec<Fault>, ActionError> {
    let mut faults = Vec::new();
    let others = list_segments(db, program)?;
    let is_other = |id: &str| own != Some(id);
    if others
        .iter()
        .any(|(id, other)| is_other(id) && other.name == segment.name)
    {
        let detail = "Another segment of the program has that name.";
        faults.push(Fault::new("/name", "named_twice", detail));
    }
    faults.extend(find_unknown_name(db, program, &mut segment.members.clone())?);
    Ok(faults)
}

fn segment_names_and_ids(db: &mut Db, program: &ProgramId) -> Result<Vec<String>, ActionError> {
    let segments = list_segments(db, program)?.into_iter();
    Ok(segments.flat_map(|(id, segment)| [segment.name, id]).collect())
}

/// The program's active segments with their ids.
pub(super) fn list_segments(db: &mut Db, program: &ProgramId) -> Result<Vec<(String, Segment)>, ActionError> {
    list_bodies(db, program, TermKind::Segment)
}

fn tier_names_and_ids(db: &mut Db, program: &ProgramId) -> Result<Vec<String>, ActionError> {
    let tiers = list_tiers(db, program)?.into_iter();
    Ok(tiers.flat_map(|(id, tier)| [tier.name, id]).collect())
}

/// The program's active tiers with their ids.
pub(super) fn list_tiers(db: &mut Db, program: &ProgramId) -> Result<Vec<(String, Tier)>, ActionError> {
    list_bodies(db, program, TermKind::Tier)
}

fn list_bodies<T: DeserializeOwned>(
    db: &mut Db,
    program: &ProgramId,
    kind: TermKind,
) -> Result<Vec<(String, T)>, ActionError> {
    let most = i64::try_from(ACTIVE_MAX).map_err(ActionError::internal)?;
    let active = terms::list_active(db, program, kind.name(), most)?;
    let read = |term: terms::Term| {
        let body = serde_json::from_str(&term.body).map_err(ActionError::internal)?;
        Ok((term.id, body))
    };
    active.into_iter().map(read).collect()
}
