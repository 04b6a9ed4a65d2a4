//! Before a campaign begins: how many would hear it, and how it looks on one card.

use super::change_campaign::{check_place, get_campaign, read_audience, read_body};
use super::{ActionError, Caller, Code, Deed, Fault};
use crate::loyalty::campaign::Campaign as Body;
use crate::loyalty::campaign::reach::{DAY_MS, WEEK_MS};
use crate::loyalty::policy::Policy;
use crate::store::card_messages::{self, Saying};
use crate::store::cards::{self, Card};
use crate::store::deliveries::{self, Lane};
use crate::store::segments::{self, Caps, Foreseen, Scope};
use crate::store::{Db, Tx, programs};
use crate::types::{CampaignId, ProgramId, Time};

/// How long a test stays on the card.
const TEST_MS: i64 = 3_600_000;

/// How many would hear a campaign now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Estimate {
    /// Who is meant, and what keeps some from hearing it.
    pub foreseen: Foreseen,
    /// About so many of those who could hear it are held out.
    pub held_out: i64,
}

/// Counts who would hear a campaign if it were sent now. Reads every card of the program.
pub fn estimate_campaign(
    db: &mut Db,
    program: &ProgramId,
    body: &Body,
    now: Time,
) -> Result<Estimate, ActionError> {
    let program = programs::get(db, program)?;
    let policy: Policy = serde_json::from_str(&program.policy).map_err(ActionError::internal)?;
    let criterion = read_audience(db, &program.id, body)?;
    let scope = Scope {
        program: &program.id,
        today: program.time_zone.local(now).day,
        zone: program.time_zone,
    };
    let caps = Caps {
        day: (now.plus_ms(-DAY_MS), policy.messages.day_max()),
        week: (now.plus_ms(-WEEK_MS), policy.messages.week_max()),
    };
    let foreseen = segments::foresee(db, scope, (&criterion, &body.topic), caps)?;
    Ok(Estimate {
        foreseen,
        held_out: foreseen.free() * i64::from(body.hold_out_percent) / 100,
    })
}

/// The same of a campaign that is written.
pub fn estimate_written(
    db: &mut Db,
    caller: &Caller,
    id: &CampaignId,
    now: Time,
) -> Result<Estimate, ActionError> {
    let campaign = get_campaign(db, caller, id)?;
    estimate_campaign(db, &campaign.program_id, &read_body(&campaign)?, now)
}

/// Puts a wording of a campaign on one card for an hour, at once and whatever its holder agreed to: for whoever writes
/// it and looks at their own phone. It counts as no message.
pub fn test_campaign(
    tx: &mut Tx<'_>,
    deed: &Deed,
    id: &CampaignId,
    (code, arm): (&str, usize),
) -> Result<Card, ActionError> {
    let campaign = get_campaign(tx, &deed.caller, id)?;
    let body = read_body(&campaign)?;
    if arm >= body.arms.len() {
        let detail = format!("There are {} wordings, counted from 0.", body.arms.len());
        return Err(ActionError::invalid(vec![Fault::new(
            "/arm",
            "out_of_range",
            detail,
        )]));
    }
    let program = programs::get(tx, &campaign.program_id)?;
    check_place(tx, &program)?;
    let known = cards::find_by_code(tx, code)?.filter(|card| card.program_id == campaign.program_id);
    let known = known.ok_or_else(|| ActionError::new(Code::UnknownCard))?;
    let card = cards::lock(tx, &known.id)?;
    if card.voided_at.is_some() || card.merged_into.is_some() {
        return Err(ActionError::new(Code::CardVoided));
    }
    let saying = Saying {
        program: &campaign.program_id,
        campaign: id,
        run: 0,
        now: deed.now,
        ends_at: deed.now.plus_ms(TEST_MS),
    };
    let place = i64::try_from(arm).map_err(ActionError::internal)?;
    card_messages::put(tx, saying, &[(&card.id, place)])?;
    let card = cards::touch(tx, &card, deed.now)?;
    deliveries::mark(tx, &card.id, card.version, Lane::Instant, deed.now)?;
    let said = serde_json::json!({ "card": card.id, "arm": arm });
    deed.record(
        tx,
        Some(&campaign.program_id),
        "test_campaign",
        id.as_str(),
        &said,
    )?;
    Ok(card)
}
