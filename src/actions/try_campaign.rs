//! Before a campaign begins: how it looks on one card.

use super::card_facts::read_facts;
use super::change_campaign::{check_place, read_audience, read_body};
use super::look_up_member::main_card;
use super::{ActionError, Code, Deed, Fault, House};
use crate::loyalty::campaign::words::fill_words;
use crate::loyalty::campaign::{Arm, Campaign as Body};
use crate::store::campaigns::Campaign;
use crate::store::card_messages::{self, Saying};
use crate::store::cards::{self, Card};
use crate::store::deliveries::{self, Lane};
use crate::store::members::{self, Member};
use crate::store::programs::Program;
use crate::store::segments::{self, Scope};
use crate::store::{Db, Tx, programs};
use crate::types::Time;

/// How long a test stays on the card.
const TEST_MS: i64 = 3_600_000;

/// Puts a wording of a campaign or automation on one card for an hour, at once and whatever its holder agreed to: for whoever writes
/// it and looks at their own phone. It counts as no message.
pub fn test_campaign(
    tx: &mut Tx<'_>,
    deed: &Deed,
    campaign: &Campaign,
    (code, arm): (&str, usize),
) -> Result<Card, ActionError> {
    let body = read_body(campaign)?;
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
        campaign: &campaign.id,
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
        campaign.id.as_str(),
        &said,
    )?;
    Ok(card)
}

/// How a campaign reads on one card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// The holder.
    pub member: Member,
    /// Each wording in the holder's language, with their values filled in.
    pub texts: Vec<String>,
}

/// Fills a campaign's wordings in for the card of a code, or for the first member whom it means; `None` if it means
/// nobody.
pub fn preview_campaign(
    db: &mut Db,
    house: &House,
    campaign: &Campaign,
    code: Option<&str>,
) -> Result<Option<Preview>, ActionError> {
    let body = read_body(campaign)?;
    let program = programs::get(db, &campaign.program_id)?;
    let card = match code {
        Some(code) => {
            let known = cards::find_by_code(db, code)?.filter(|card| card.program_id == program.id);
            Some(known.ok_or_else(|| ActionError::new(Code::UnknownCard))?)
        }
        None => find_first(db, &program, &body, house.now())?,
    };
    let Some(card) = card else {
        return Ok(None);
    };
    let member = members::get(db, &card.member_id)?;
    let facts = read_facts(db, house, &program, &member, &card)?;
    let fill = |arm: &Arm| fill_words(arm.text.get(&member.language), &facts);
    Ok(Some(Preview {
        texts: body.arms.iter().map(fill).collect(),
        member,
    }))
}

/// The card of the first member whom a campaign means.
fn find_first(db: &mut Db, program: &Program, body: &Body, now: Time) -> Result<Option<Card>, ActionError> {
    let criterion = read_audience(db, &program.id, body)?;
    let scope = Scope {
        program: &program.id,
        today: program.time_zone.local(now).day,
        zone: program.time_zone,
    };
    let found = segments::list(db, scope, &criterion, (None, 1))?;
    let Some(member) = found.first() else {
        return Ok(None);
    };
    let own = cards::list_by_member(db, member)?;
    Ok(main_card(own.iter()).cloned())
}
