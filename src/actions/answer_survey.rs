//! A member answers a survey: once, and the rules pay for it as for any event.

use serde_json::{Map, Value, json};

use super::assess::rulebook;
use super::change_survey::read_body;
use super::record_event::{NewEvent, RecordedEvent, record_event};
use super::record_order::Holder;
use super::scanned::find_meant;
use super::show_member::{Benefit, find_name, show_redemption};
use super::surviving::{check_good, list_joined, lock_shown};
use super::{ActionError, Code, Deed, Fault, House};
use crate::loyalty::rule::{Condition, Rule, Trigger, Unit};
use crate::loyalty::survey::{Questionnaire, Replies, Sum, read_replies, sum_up};
use crate::store::cards::Card;
use crate::store::programs::{self, Program};
use crate::store::surveys::{self, OPEN, Survey, SurveyAnswer};
use crate::store::{Db, Tx, events, members};
use crate::types::{Language, MemberId, RedemptionId, SurveyAnswerId, SurveyId, Text, Time};

/// The event.
pub const SURVEY_ANSWERED: &str = "survey_answered";
/// Where such events come from.
const SOURCE: &str = "survey";
/// What of the event's data names the survey.
const FIELD: &str = "survey";
/// Most open surveys that a member is shown.
pub const OFFERED_MAX: usize = 3;
/// Most open surveys, the newest, among which those are looked for that the member has not answered.
const LOOKED_AT_MAX: i64 = 20;
/// Most answers that are counted together, the newest.
pub const SUMMED_MAX: i64 = 20_000;

/// What somebody says of an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct NewAnswer {
    /// Of which survey.
    pub survey: SurveyId,
    /// Whose.
    pub holder: Holder,
    /// The language that the survey was read in; the program's own if nobody says.
    pub language: Option<Language>,
    /// What, by the question's id.
    pub said: Map<String, Value>,
}

/// A survey answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The answer.
    pub answer: SurveyAnswer,
    /// What it came to.
    pub recorded: RecordedEvent,
}

/// Keeps what a member answered, and lets the rules pay for it.
///
/// # Errors
/// [`Code::SurveyNotOpen`], [`Code::SurveyAnswered`] if the member or one who was joined with them has answered before.
pub fn answer_survey(tx: &mut Tx<'_>, deed: &Deed, new: &NewAnswer) -> Result<Answered, ActionError> {
    let survey = surveys::get(tx, &new.survey)?;
    deed.caller.check_sees(&survey.program_id)?;
    let (found, refusal) = find_meant(tx, deed, &new.holder)?;
    refusal.map_or(Ok(()), Err)?;
    if found.program_id != survey.program_id {
        return Err(ActionError::new(Code::NotFound));
    }
    // Of two who answer for one member at once, the second one waits here.
    let card = lock_shown(tx, &found.id)?;
    let all = list_joined(tx, &card.member_id)?;
    if surveys::is_answered(tx, &survey.id, &all)? {
        return Err(ActionError::new(Code::SurveyAnswered));
    }
    if survey.state != OPEN {
        return Err(ActionError::new(Code::SurveyNotOpen));
    }
    check_good(&card)?;
    let replies = read_replies(&read_body(&survey)?, &new.said).map_err(|wrong| {
        let faults = wrong.into_iter();
        let faults = faults.map(|(pointer, code, detail)| Fault::new(pointer, code, detail));
        ActionError::invalid(faults.collect())
    })?;
    let answer = keep(tx, deed, (&survey, &card), (new, &replies))?;
    let event = NewEvent {
        source: SOURCE.to_owned(),
        external_id: event_id(&survey.id, &card.member_id),
        holder: new.holder.clone(),
        kind: SURVEY_ANSWERED.to_owned(),
        happened_at: None,
        data: json!({ FIELD: survey.id }),
    };
    let recorded = record_event(tx, deed, &event)?;
    Ok(Answered { answer, recorded })
}

fn keep(
    tx: &mut Tx<'_>,
    deed: &Deed,
    (survey, card): (&Survey, &Card),
    (new, replies): (&NewAnswer, &Replies),
) -> Result<SurveyAnswer, ActionError> {
    let language = match &new.language {
        Some(language) => language.clone(),
        None => programs::get(tx, &survey.program_id)?.language,
    };
    let answer = SurveyAnswer {
        id: SurveyAnswerId::new(deed.now),
        program_id: survey.program_id.clone(),
        survey_id: survey.id.clone(),
        member_id: card.member_id.clone(),
        language,
        answers: serde_json::to_string(replies).map_err(ActionError::internal)?,
        created_at: deed.now,
    };
    if !surveys::claim_answer(tx, &answer)? {
        return Err(ActionError::new(Code::SurveyAnswered));
    }
    Ok(answer)
}

/// A survey that a member can answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferedSurvey {
    /// The survey.
    pub survey: Survey,
    /// What it asks.
    pub body: Questionnaire,
    /// What answering is sure to pay.
    pub worth: Benefit,
}

/// The open surveys that the holder of a card has not answered, newest first, at most [`OFFERED_MAX`].
pub fn list_offered(
    db: &mut Db,
    house: &House,
    program: &Program,
    card: &Card,
) -> Result<Vec<OfferedSurvey>, ActionError> {
    let open = surveys::list_open(db, &program.id, LOOKED_AT_MAX)?;
    if open.is_empty() || check_good(card).is_err() {
        return Ok(Vec::new());
    }
    let all = list_joined(db, &card.member_id)?;
    let mut offered = Vec::new();
    for survey in open {
        if offered.len() == OFFERED_MAX {
            break;
        }
        if !surveys::is_answered(db, &survey.id, &all)? {
            offered.push(OfferedSurvey {
                body: read_body(&survey)?,
                worth: worth(db, house, program, &survey.id)?.unwrap_or_default(),
                survey,
            });
        }
    }
    Ok(offered)
}

/// A survey as the holder of a card sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownSurvey {
    /// The survey, and what it is worth.
    pub offered: OfferedSurvey,
    /// The program.
    pub program: Program,
    /// The member's language.
    pub language: Language,
    /// Whether it is answered; then what that earned.
    pub earned: Option<i64>,
    /// The rewards in the member's hands that were asked for by their ids.
    pub gifts: Vec<(RedemptionId, Text)>,
}

/// Reads a survey for the holder of a card, with what some of their redemptions promised.
pub fn show_survey(
    db: &mut Db,
    house: &House,
    card: &Card,
    (id, wanted): (&SurveyId, &[RedemptionId]),
) -> Result<ShownSurvey, ActionError> {
    let survey = surveys::get(db, id)?;
    if survey.program_id != card.program_id {
        return Err(ActionError::new(Code::NotFound));
    }
    let program = programs::get(db, &survey.program_id)?;
    let all = list_joined(db, &card.member_id)?;
    let earned = if surveys::is_answered(db, id, &all)? {
        Some(read_earned(db, &survey, &all)?)
    } else {
        None
    };
    let mut gifts = Vec::new();
    for redemption in wanted {
        match show_redemption(db, house, card, redemption) {
            Ok((_, redemption, reward)) => gifts.push((redemption.id, reward.name)),
            Err(error) if error.code == Code::NotFound => (),
            Err(error) => return Err(error),
        }
    }
    Ok(ShownSurvey {
        language: members::get(db, &card.member_id)?.language,
        offered: OfferedSurvey {
            body: read_body(&survey)?,
            worth: worth(db, house, &program, &survey.id)?.unwrap_or_default(),
            survey,
        },
        program,
        earned,
        gifts,
    })
}

/// What the answers of one person to a survey earned.
fn read_earned(db: &mut Db, survey: &Survey, of: &[MemberId]) -> Result<i64, ActionError> {
    let mut earned = 0;
    for member in of {
        let external_id = event_id(&survey.id, member);
        let event = events::find_by_external_id(db, &survey.program_id, SOURCE, &external_id)?;
        earned += event.map_or(0, |event| event.earned.get());
    }
    Ok(earned)
}

/// The id of the event of an answer, within its source: one for each survey and member.
fn event_id(survey: &SurveyId, member: &MemberId) -> String {
    format!("{survey}-{member}")
}

/// What answering a survey is sure to pay: what the rules in force give that ask for nothing else; `None` if there is no
/// rule for it at all.
pub fn worth(
    db: &mut Db,
    house: &House,
    program: &Program,
    survey: &SurveyId,
) -> Result<Option<Benefit>, ActionError> {
    let rulebook = rulebook(db, house, program)?;
    let rules = rulebook.rules.iter().map(|rule| &rule.body);
    let mut paying = rules
        .filter(|rule| matches!(&rule.when, Trigger::Event(kind) if kind == SURVEY_ANSWERED))
        .peekable();
    if paying.peek().is_none() {
        return Ok(None);
    }
    let now = house.now();
    let mut all = Benefit::default();
    for rule in paying.filter(|rule| is_sure(rule, survey, now)) {
        all.points = all.points.saturating_add(rule.then.points);
        let reward = rule.then.reward.as_ref();
        all.rewards
            .extend(reward.and_then(|id| find_name(&rulebook, id.as_str())));
    }
    Ok(Some(all))
}

/// Whether a rule pays for a survey whoever answers it: at most it asks for this very survey.
fn is_sure(rule: &Rule, survey: &SurveyId, now: Time) -> bool {
    let is_met = |condition: &Condition| match condition {
        Condition::Data(asked) => asked.name == FIELD && asked.is.iter().any(|id| id == survey.as_str()),
        _ => false,
    };
    rule.conditions.iter().all(is_met)
        && rule.then.per == Unit::Time
        && rule.from.is_none_or(|from| from <= now)
        && rule.until.is_none_or(|until| now < until)
}

/// What the answers to a survey come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Results {
    /// How many answers were counted.
    pub answers: i64,
    /// Whether all were; else the newest [`SUMMED_MAX`].
    pub is_whole: bool,
    /// What was answered to each question, in their order.
    pub sums: Vec<Sum>,
}

/// Counts the answers to a survey.
pub fn read_results(db: &mut Db, survey: &Survey) -> Result<Results, ActionError> {
    let rows = surveys::list_newest_answers(db, &survey.id, SUMMED_MAX)?;
    let mut all = Vec::with_capacity(rows.len());
    for row in &rows {
        all.push(read_answers(row)?);
    }
    let answers = i64::try_from(all.len()).map_err(ActionError::internal)?;
    Ok(Results {
        answers,
        is_whole: answers < SUMMED_MAX,
        sums: sum_up(&read_body(survey)?, &all),
    })
}

/// What a row says, by the question's id.
pub fn read_answers(row: &SurveyAnswer) -> Result<Replies, ActionError> {
    serde_json::from_str(&row.answers).map_err(ActionError::internal)
}
