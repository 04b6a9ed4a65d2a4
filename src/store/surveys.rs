//! Surveys, and what members answered.

use diesel::prelude::*;

use super::dialect::{locked, on_both};
use super::schema::{survey_answers, surveys};
use super::{Db, StoreError, Tx};
use crate::types::{Language, MemberId, ProgramId, SurveyAnswerId, SurveyId, Time};

/// Nobody is asked yet.
pub const DRAFT: &str = "draft";
/// Members answer it.
pub const OPEN: &str = "open";
/// Nobody is asked any more; what was answered stays.
pub const CLOSED: &str = "closed";

/// A survey.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = surveys)]
pub struct Survey {
    /// Its id.
    pub id: SurveyId,
    /// The program.
    pub program_id: ProgramId,
    /// What the shop calls it.
    pub name: String,
    /// [`DRAFT`], [`OPEN`] or [`CLOSED`].
    pub state: String,
    /// Texts and questions, as JSON.
    pub body: String,
    /// Counts edits, for `If-Match`.
    pub version: i64,
    /// When it was made.
    pub created_at: Time,
    /// When it was last edited.
    pub updated_at: Time,
}

/// What a member answered.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = survey_answers)]
pub struct SurveyAnswer {
    /// Its id.
    pub id: SurveyAnswerId,
    /// The program.
    pub program_id: ProgramId,
    /// The survey.
    pub survey_id: SurveyId,
    /// Who.
    pub member_id: MemberId,
    /// In which language the survey was read.
    pub language: Language,
    /// What, as JSON by the question's id.
    pub answers: String,
    /// When.
    pub created_at: Time,
}

/// Stores a survey.
pub fn insert(tx: &mut Tx<'_>, survey: &Survey) -> Result<(), StoreError> {
    diesel::insert_into(surveys::table)
        .values(survey.clone())
        .execute(&mut **tx)?;
    Ok(())
}

/// The survey, or `NotFound`.
pub fn get(db: &mut Db, id: &SurveyId) -> Result<Survey, StoreError> {
    Ok(surveys::table
        .find(id)
        .select(Survey::as_select())
        .get_result(db)?)
}

/// The survey, locked until the transaction ends, or `NotFound`.
pub fn lock(tx: &mut Tx<'_>, id: &SurveyId) -> Result<Survey, StoreError> {
    Ok(locked!(
        tx,
        surveys::table.find(id).select(Survey::as_select()),
        get_result
    )?)
}

/// Stores a locked survey that was edited.
pub fn update(tx: &mut Tx<'_>, survey: &Survey) -> Result<(), StoreError> {
    let target = surveys::table.find(&survey.id);
    on_both!(tx, conn => diesel::update(target).set(survey.clone()).execute(conn))?;
    Ok(())
}

/// Surveys in the order of their ids, after `after`; only those of a program if it is given.
pub fn list(
    db: &mut Db,
    program: Option<&ProgramId>,
    after: Option<&SurveyId>,
    limit: i64,
) -> Result<Vec<Survey>, StoreError> {
    let mut query = surveys::table
        .select(Survey::as_select())
        .order(surveys::id.asc())
        .limit(limit)
        .into_boxed();
    if let Some(program) = program {
        query = query.filter(surveys::program_id.eq(program));
    }
    if let Some(after) = after {
        query = query.filter(surveys::id.gt(after));
    }
    Ok(query.load(db)?)
}

/// The open surveys of a program, newest first, at most `limit`.
pub fn list_open(db: &mut Db, program: &ProgramId, limit: i64) -> Result<Vec<Survey>, StoreError> {
    Ok(surveys::table
        .filter(surveys::program_id.eq(program))
        .filter(surveys::state.eq(OPEN))
        .select(Survey::as_select())
        .order(surveys::id.desc())
        .limit(limit)
        .load(db)?)
}

/// How many surveys a program has, closed ones too.
pub fn count(db: &mut Db, program: &ProgramId) -> Result<i64, StoreError> {
    Ok(surveys::table
        .filter(surveys::program_id.eq(program))
        .count()
        .get_result(db)?)
}

/// Stores an answer unless the member has answered the survey; says whether it was stored.
pub fn claim_answer(tx: &mut Tx<'_>, answer: &SurveyAnswer) -> Result<bool, StoreError> {
    let inserted = on_both!(tx, conn => diesel::insert_into(survey_answers::table)
        .values(answer)
        .on_conflict((survey_answers::survey_id, survey_answers::member_id))
        .do_nothing()
        .execute(conn))?;
    Ok(inserted == 1)
}

/// Whether one of some members has answered a survey.
pub fn is_answered(db: &mut Db, survey: &SurveyId, by: &[MemberId]) -> Result<bool, StoreError> {
    let found: Vec<SurveyAnswerId> = survey_answers::table
        .filter(survey_answers::survey_id.eq(survey))
        .filter(survey_answers::member_id.eq_any(by))
        .select(survey_answers::id)
        .limit(1)
        .load(db)?;
    Ok(!found.is_empty())
}

/// Whether a survey has any answer.
pub fn has_answers(db: &mut Db, survey: &SurveyId) -> Result<bool, StoreError> {
    Ok(!list_answers(db, survey, None, 1)?.is_empty())
}

/// The answers to a survey in the order of their ids, after `after`.
pub fn list_answers(
    db: &mut Db,
    survey: &SurveyId,
    after: Option<&SurveyAnswerId>,
    limit: i64,
) -> Result<Vec<SurveyAnswer>, StoreError> {
    let mut query = survey_answers::table
        .filter(survey_answers::survey_id.eq(survey))
        .select(SurveyAnswer::as_select())
        .order(survey_answers::id.asc())
        .limit(limit)
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(survey_answers::id.gt(after));
    }
    Ok(query.load(db)?)
}

/// The answers to a survey, newest first, at most `limit`.
pub fn list_newest_answers(
    db: &mut Db,
    survey: &SurveyId,
    limit: i64,
) -> Result<Vec<SurveyAnswer>, StoreError> {
    Ok(survey_answers::table
        .filter(survey_answers::survey_id.eq(survey))
        .select(SurveyAnswer::as_select())
        .order(survey_answers::id.desc())
        .limit(limit)
        .load(db)?)
}

/// What some members answered, newest first, before `before`.
pub fn list_by_members(
    db: &mut Db,
    of: &[MemberId],
    before: Option<&SurveyAnswerId>,
    limit: i64,
) -> Result<Vec<SurveyAnswer>, StoreError> {
    let mut query = survey_answers::table
        .filter(survey_answers::member_id.eq_any(of))
        .select(SurveyAnswer::as_select())
        .order(survey_answers::id.desc())
        .limit(limit)
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(survey_answers::id.lt(before));
    }
    Ok(query.load(db)?)
}

/// Drops what a member answered.
pub fn forget(tx: &mut Tx<'_>, member: &MemberId) -> Result<(), StoreError> {
    diesel::delete(survey_answers::table.filter(survey_answers::member_id.eq(member))).execute(&mut **tx)?;
    Ok(())
}
