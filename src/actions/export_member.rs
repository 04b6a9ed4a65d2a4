//! Everything that is kept of a person, in one piece, for them to have.

use std::collections::BTreeSet;

use serde_json::json;

use super::surviving::{find_survivor, list_joined};
use super::{ActionError, Answer, Caller, Code, Deed, House, perform};
use crate::store::challenges::{self, Win};
use crate::store::entries::{self, Entry};
use crate::store::events::{self, Event};
use crate::store::gift_accounts::{self, GiftAccount};
use crate::store::gift_entries::{self, GiftEntry};
use crate::store::members::{self, Consent, Identity, Member};
use crate::store::orders::{self, Order, Refund};
use crate::store::passes::Pass;
use crate::store::programs::{self, Program};
use crate::store::redemptions::{self, Redemption};
use crate::store::referrals;
use crate::store::replaced_codes::{self, ReplacedCode};
use crate::store::surveys::{self, SurveyAnswer};
use crate::store::{Db, LIST_MAX, StoreError, Tx, birthdays, cards, devices, passes, static_lists};
use crate::types::{CardId, Day, MemberId, Time};

/// Most rows of one kind in an export; a person who has more is told that it is not whole.
const ROWS_MAX: usize = 20_000;

/// Everything that is kept of a person.
#[derive(Debug, Clone)]
pub struct Export {
    /// The program.
    pub program: Program,
    /// When it was read.
    pub at: Time,
    /// Whether nothing was left out for being too much.
    pub is_whole: bool,
    /// The person: first as they are now, then as they were before members were joined.
    pub members: Vec<(Member, Option<Day>)>,
    /// What leads to them.
    pub identities: Vec<Identity>,
    /// What they agreed to and declined, newest first.
    pub consents: Vec<Consent>,
    /// How they came and whom they brought, in numbers.
    pub referral: Option<Invited>,
    /// Their cards.
    pub cards: Vec<ExportedCard>,
    /// What was moved, newest first.
    pub entries: Vec<Entry>,
    /// What they bought, newest first, and what was given back of it.
    pub orders: Vec<(Order, Vec<Refund>)>,
    /// What else happened, newest first.
    pub events: Vec<Event>,
    /// What they answered to surveys, newest first, each with what it was called.
    pub survey_answers: Vec<(SurveyAnswer, String)>,
    /// Rewards, newest first.
    pub redemptions: Vec<Redemption>,
    /// Challenges that they met, newest first.
    pub wins: Vec<Win>,
    /// Gift cards, newest first, and what was moved on each.
    pub gift_cards: Vec<(GiftAccount, Vec<GiftEntry>)>,
    /// The names of the lists that the shop put them on.
    pub lists: Vec<String>,
}

/// A card, what it was called before and where it is kept.
#[derive(Debug, Clone)]
pub struct ExportedCard {
    /// The card.
    pub card: cards::Card,
    /// Codes that it had before.
    pub earlier_codes: Vec<ReplacedCode>,
    /// Its form in each wallet.
    pub passes: Vec<Pass>,
    /// Since when phones hold it.
    pub phones: Vec<Time>,
}

/// How somebody came and whom they brought. Who the others are is not theirs to have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invited {
    /// What they tell friends.
    pub code: String,
    /// Whether a friend invited them.
    pub was_invited: bool,
    /// Friends who joined by the code.
    pub invited: i64,
    /// Those of them whose first order was paid for and kept.
    pub paid: i64,
}

/// Reads everything that is kept of a person, after it is in the books that somebody asked for it.
pub async fn export_member(house: &House, caller: Caller, id: MemberId) -> Result<Export, ActionError> {
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| {
        let member = find_survivor(tx, &id)?;
        deed.caller.check_sees(&member.program_id)?;
        if member.erased_at.is_some() {
            return Err(ActionError::new(Code::NotFound));
        }
        let program = Some(&member.program_id);
        deed.record(tx, program, "export_member", member.id.as_str(), &json!({}))?;
        Ok(member.id)
    };
    let render = |id: &MemberId| Answer {
        status: 200,
        body: id.to_string(),
        is_replay: false,
    };
    let caller = Caller {
        idempotency: None,
        ..caller
    };
    let noted = perform(house, caller, deed, render).await?;
    let id: MemberId = noted.body.parse().map_err(ActionError::internal)?;
    let now = house.now();
    house.store.read(move |db| read(db, &id, now)).await
}

fn read(db: &mut Db, id: &MemberId, at: Time) -> Result<Export, ActionError> {
    let all = list_joined(db, id)?;
    let mut people = Vec::new();
    let mut identities = Vec::new();
    let mut consents = Vec::new();
    let mut own_cards = Vec::new();
    for one in &all {
        people.push((members::get(db, one)?, birthdays::find(db, one)?));
        identities.extend(members::list_identities(db, one)?);
        consents.extend(members::list_consents(db, one)?);
        for card in cards::list_by_member(db, one)? {
            own_cards.push(read_card(db, card)?);
        }
    }
    // What a survivor took over of a joined member is there twice.
    consents.sort_by(|one, other| (other.at, &other.purpose).cmp(&(one.at, &one.purpose)));
    consents.dedup_by(|one, other| (one.at, &one.purpose) == (other.at, &other.purpose));
    let ids: Vec<CardId> = own_cards.iter().map(|one| one.card.id.clone()).collect();
    let moved = collect(|last: Option<&Entry>| {
        entries::list_by_members(db, &all, last.map(|one| &one.id), LIST_MAX)
    })?;
    let happened =
        collect(|last: Option<&Event>| events::list_by_members(db, &all, last.map(|one| &one.id), LIST_MAX))?;
    let answered = read_survey_answers(db, &all)?;
    let redeemed = collect(|last: Option<&Redemption>| {
        redemptions::list_by_cards(db, &ids, last.map(|one| &one.id), LIST_MAX)
    })?;
    let bought = read_orders(db, &all, &moved)?;
    let gifts = read_gifts(db, &all)?;
    let mut wins = Vec::new();
    for card in own_cards.iter().filter(|one| one.card.merged_into.is_none()) {
        wins.extend(challenges::list_wins(db, &card.card.id)?);
    }
    let full = |len: usize| len >= ROWS_MAX;
    let sizes = [
        answered.len(),
        moved.len(),
        happened.len(),
        redeemed.len(),
        bought.len(),
    ];
    let member = people.first().map(|(member, _)| member.program_id.clone());
    let program = member.ok_or_else(|| ActionError::internal("nobody was exported"))?;
    Ok(Export {
        program: programs::get(db, &program)?,
        at,
        is_whole: !sizes.into_iter().any(full),
        members: people,
        identities,
        consents,
        referral: read_referral(db, id)?,
        cards: own_cards,
        entries: moved,
        orders: bought,
        events: happened,
        survey_answers: answered,
        redemptions: redeemed,
        wins,
        gift_cards: gifts,
        lists: static_lists::list_names(db, &ids)?,
    })
}

/// Reads a list page by page, up to the maximum.
fn collect<T>(mut page: impl FnMut(Option<&T>) -> Result<Vec<T>, StoreError>) -> Result<Vec<T>, StoreError> {
    let mut all: Vec<T> = Vec::new();
    loop {
        let next = page(all.last())?;
        let is_last = next.is_empty();
        all.extend(next);
        if is_last || all.len() >= ROWS_MAX {
            all.truncate(ROWS_MAX);
            return Ok(all);
        }
    }
}

fn read_card(db: &mut Db, card: cards::Card) -> Result<ExportedCard, StoreError> {
    let phones = devices::list_by_card(db, &card.id)?;
    Ok(ExportedCard {
        earlier_codes: replaced_codes::list_by_card(db, &card.id)?,
        passes: passes::list_by_card(db, &card.id)?,
        phones: phones.into_iter().map(|(held, _)| held.created_at).collect(),
        card,
    })
}

/// What they answered, each with the name of the survey.
fn read_survey_answers(db: &mut Db, of: &[MemberId]) -> Result<Vec<(SurveyAnswer, String)>, StoreError> {
    let rows = collect(|last: Option<&SurveyAnswer>| {
        surveys::list_by_members(db, of, last.map(|one| &one.id), LIST_MAX)
    })?;
    rows.into_iter()
        .map(|row| {
            let name = surveys::get(db, &row.survey_id)?.name;
            Ok((row, name))
        })
        .collect()
}

/// Orders that earned are named by their entries; the others have an index of their own.
fn read_orders(
    db: &mut Db,
    of: &[MemberId],
    moved: &[Entry],
) -> Result<Vec<(Order, Vec<Refund>)>, StoreError> {
    let mut ids: BTreeSet<_> = moved.iter().filter_map(|entry| entry.order_id.clone()).collect();
    ids.extend(orders::list_unearned(
        db,
        of,
        i64::try_from(ROWS_MAX).unwrap_or(i64::MAX),
    )?);
    let mut all = Vec::new();
    for id in ids.iter().rev().take(ROWS_MAX) {
        let order = orders::get(db, id)?;
        // An entry can name the order of a friend who was invited.
        if of.contains(&order.member_id) {
            let refunds = orders::list_refunds(db, id)?;
            all.push((order, refunds));
        }
    }
    Ok(all)
}

fn read_gifts(db: &mut Db, of: &[MemberId]) -> Result<Vec<(GiftAccount, Vec<GiftEntry>)>, StoreError> {
    let mut all = Vec::new();
    for member in of {
        let accounts = collect(|last: Option<&GiftAccount>| {
            gift_accounts::list_by_member(db, member, last.map(|one| &one.id), LIST_MAX)
        })?;
        for account in accounts {
            let moved = collect(|last: Option<&GiftEntry>| {
                gift_entries::list_by_account(db, &account.id, last.map(|one| &one.id), LIST_MAX)
            })?;
            all.push((account, moved));
        }
    }
    Ok(all)
}

fn read_referral(db: &mut Db, id: &MemberId) -> Result<Option<Invited>, StoreError> {
    let Some(code) = referrals::find_code(db, id)? else {
        return Ok(None);
    };
    Ok(Some(Invited {
        code: code.code,
        was_invited: referrals::find_by_friend(db, id)?.is_some(),
        invited: code.invited,
        paid: code.paid,
    }))
}
