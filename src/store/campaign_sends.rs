//! Who heard a campaign, and what they did then.

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::dialect::json_rows;
use super::schema::campaign_sends;
use super::statement::Statement;
use super::{Db, StoreError, Tx};
use crate::types::{CampaignId, CardId, Day, MemberId, ProgramId, Time};

/// The arm of those who were held out.
pub const HELD_OUT: i64 = -1;
/// The arm of those who were given something without a message.
pub const SILENT: i64 = -2;

/// Somebody who heard a campaign, or was held out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Send {
    /// The card.
    pub card_id: CardId,
    /// The member.
    pub member_id: MemberId,
    /// Which wording, or [`HELD_OUT`].
    pub arm: i64,
    /// The card's version that shows it.
    pub card_version: i64,
}

/// Of which run sends are.
#[derive(Debug, Clone, Copy)]
pub struct Sender<'a> {
    /// The program.
    pub program: &'a ProgramId,
    /// The campaign.
    pub campaign: &'a CampaignId,
    /// Its run.
    pub run: i64,
}

/// Stores who heard it.
pub fn insert(
    tx: &mut Tx<'_>,
    of: Sender<'_>,
    list: &[Send],
    (today, now): (Day, Time),
) -> Result<(), StoreError> {
    let rows: Vec<_> = list
        .iter()
        .map(|one| {
            (
                one.card_id.as_str(),
                one.member_id.as_str(),
                one.arm,
                one.card_version,
            )
        })
        .collect();
    let rows = serde_json::to_string(&rows).map_err(|fault| StoreError::unreadable("sends", fault))?;
    let source = json_rows(tx);
    Statement::new(format!(
        "INSERT INTO campaign_sends (campaign_id, run, program_id, day, sent_at, card_id, member_id, arm, card_version) \
         SELECT ?, CAST(? AS BIGINT), ?, CAST(? AS BIGINT), CAST(? AS BIGINT), e.value ->> 0, e.value ->> 1, \
         CAST(e.value ->> 2 AS BIGINT), CAST(e.value ->> 3 AS BIGINT) FROM {source}"
    ))
    .text(of.campaign.as_str())
    .number(of.run)
    .text(of.program.as_str())
    .number(today.number())
    .number(now.millis())
    .text(&rows)
    .execute(tx)?;
    Ok(())
}

/// The next cards after one, in the order of their ids, that a run's message was put on.
pub fn list_told(
    db: &mut Db,
    (campaign, run): (&CampaignId, i64),
    after: &str,
    limit: usize,
) -> Result<Vec<CardId>, StoreError> {
    Ok(campaign_sends::table
        .filter(campaign_sends::campaign_id.eq(campaign))
        .filter(campaign_sends::run.eq(run))
        .filter(campaign_sends::arm.ge(0))
        .filter(campaign_sends::card_id.gt(after))
        .order(campaign_sends::card_id.asc())
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .select(campaign_sends::card_id)
        .load(db)?)
}

/// What became of those who heard an arm of a run, or were held out of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, QueryableByName)]
pub struct Reaction {
    /// The arm, or [`HELD_OUT`].
    #[diesel(sql_type = BigInt)]
    pub arm: i64,
    /// How many were looked at.
    #[diesel(sql_type = BigInt)]
    pub members: i64,
    /// Whose phone Apple took a notice for, of this version or a later one.
    #[diesel(sql_type = BigInt)]
    pub apple_told: i64,
    /// Whose phone came for the pass since.
    #[diesel(sql_type = BigInt)]
    pub apple_fetched: i64,
    /// Whose card Google was given.
    #[diesel(sql_type = BigInt)]
    pub google_given: i64,
    /// Who has taken the card out of the wallet since.
    #[diesel(sql_type = BigInt)]
    pub removed: i64,
    /// Whose pass the wallet's service refused for good.
    #[diesel(sql_type = BigInt)]
    pub refused: i64,
    /// Who bought something within the days that are counted.
    #[diesel(sql_type = BigInt)]
    pub buyers: i64,
    /// How many orders that were.
    #[diesel(sql_type = BigInt)]
    pub orders: i64,
    /// What they came to, in minor units.
    #[diesel(sql_type = BigInt)]
    pub minor: i64,
}

/// What became of the first `limit` members of the runs from one to another by card, arm by arm: within `days` days, that of the message
/// being the first.
pub fn list_reactions(
    db: &mut Db,
    (campaign, (first, last)): (&CampaignId, (i64, i64)),
    days: i64,
    limit: i64,
) -> Result<Vec<Reaction>, StoreError> {
    let has = |wallet: &str, condition: &str| {
        format!(
            "CASE WHEN EXISTS (SELECT 1 FROM passes p WHERE p.card_id = s.card_id AND p.wallet = '{wallet}' \
             AND {condition}) THEN 1 ELSE 0 END"
        )
    };
    let bought = |column: &str| {
        format!(
            "coalesce((SELECT CAST(sum(a.{column}) AS BIGINT) FROM activity_days a WHERE a.card_id = s.card_id \
             AND a.day >= s.day AND a.day < s.day + CAST(? AS BIGINT)), 0)"
        )
    };
    let sums = [
        "apple_told",
        "apple_fetched",
        "google_given",
        "removed",
        "refused",
        "orders",
        "minor",
    ];
    let sums: Vec<String> = sums
        .iter()
        .map(|name| format!("CAST(coalesce(sum({name}), 0) AS BIGINT) AS {name}"))
        .collect();
    Ok(Statement::new(format!(
        "WITH s AS MATERIALIZED (SELECT card_id, arm, card_version, day FROM campaign_sends WHERE campaign_id = ? \
         AND run >= ? AND run <= ? ORDER BY run, card_id LIMIT ?), \
         each_one AS (SELECT s.arm, {} AS apple_told, {} AS apple_fetched, {} AS google_given, \
         CASE WHEN EXISTS (SELECT 1 FROM passes p WHERE p.card_id = s.card_id AND p.state = 'removed') \
         THEN 1 ELSE 0 END AS removed, \
         CASE WHEN EXISTS (SELECT 1 FROM passes p WHERE p.card_id = s.card_id AND p.last_error IS NOT NULL) \
         THEN 1 ELSE 0 END AS refused, \
         {} AS orders, {} AS minor FROM s) \
         SELECT arm, count(*) AS members, CAST(sum(CASE WHEN orders > 0 THEN 1 ELSE 0 END) AS BIGINT) AS buyers, {} \
         FROM each_one GROUP BY arm ORDER BY arm",
        has("apple", "p.told_version >= s.card_version"),
        has("apple", "p.fetched_version >= s.card_version"),
        has(
            "google",
            "p.state NOT IN ('issued', 'inserted') AND p.fetched_version >= s.card_version"
        ),
        bought("orders"),
        bought("minor"),
        sums.join(", ")
    ))
    .text(campaign.as_str())
    .number(first)
    .number(last)
    .number(limit)
    .number(days)
    .number(days)
    .load(db)?)
}
