//! What happens is told outside: a row for each endpoint that wants to know, in the transaction of the deed itself.
//!
//! A program that nobody listens to costs nothing: its rulebook, which every deed that moves points has in memory,
//! says so. Deeds without one (a card is voided, a member erased) ask the endpoints' index, two looks.

use serde_json::json;

use super::enrol::Enrolled;
use super::record_order::Recorded;
use super::refund_order::Refunded;
use super::{ActionError, CardSheet, Deed, House, MemberSheet};
use crate::store::cards::Card;
use crate::store::redemptions::Redemption;
use crate::store::webhook_deliveries::{self, DUE, WebhookDelivery};
use crate::store::{Tx, webhook_endpoints};
use crate::types::{
    CampaignId, MemberId, ProgramId, Time, WebhookDeliveryId, WebhookEndpointId, WebhookEventId,
};

/// The kinds of what is told outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventType {
    /// Somebody joined.
    MemberEnrolled,
    /// Somebody was erased.
    MemberErased,
    /// A card changed as its phones can see it.
    CardChanged,
    /// A card has reached another tier, or lost the one that it had.
    TierChanged,
    /// An order was recorded.
    OrderRecorded,
    /// An order was given back, whole or in part.
    OrderRefunded,
    /// A reward came into a member's hands.
    RewardIssued,
    /// A reward was handed over.
    RewardCompleted,
    /// An automation has a message for a member that may go by other channels.
    MessageDue,
    /// Somebody tries an endpoint; it gets this whatever it listens to.
    Test,
}

impl EventType {
    /// What an endpoint can listen to.
    pub const ALL: [Self; 9] = [
        Self::MemberEnrolled,
        Self::MemberErased,
        Self::CardChanged,
        Self::TierChanged,
        Self::OrderRecorded,
        Self::OrderRefunded,
        Self::RewardIssued,
        Self::RewardCompleted,
        Self::MessageDue,
    ];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::MemberEnrolled => "member.enrolled",
            Self::MemberErased => "member.erased",
            Self::CardChanged => "card.changed",
            Self::TierChanged => "tier.changed",
            Self::OrderRecorded => "order.recorded",
            Self::OrderRefunded => "order.refunded",
            Self::RewardIssued => "reward.issued",
            Self::RewardCompleted => "reward.completed",
            Self::MessageDue => "message.due",
            Self::Test => "webhook.test",
        }
    }

    /// The kind of a name that an endpoint can listen to.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }
}

/// What happened, with what the API shows of it.
#[derive(Debug)]
pub enum Happened<'a> {
    /// Somebody joined.
    MemberEnrolled(&'a Enrolled),
    /// Somebody was erased.
    MemberErased(&'a MemberSheet),
    /// A card changed.
    CardChanged(&'a CardSheet),
    /// A card is at another tier than the first one.
    TierChanged(&'a CardSheet, Option<&'a str>),
    /// An order was recorded.
    OrderRecorded(&'a Recorded),
    /// An order was given back.
    OrderRefunded(&'a Refunded),
    /// A reward was issued.
    RewardIssued(&'a Redemption, &'a CardSheet),
    /// A reward was handed over.
    RewardCompleted(&'a Redemption, &'a CardSheet),
    /// An automation has a message for a member.
    MessageDue(&'a MessageDue),
    /// Nothing but a test.
    Test,
}

/// A message that an automation has for a member who agreed to it.
#[derive(Debug)]
pub struct MessageDue {
    /// The automation.
    pub automation: CampaignId,
    /// What the staff call it.
    pub name: String,
    /// What it says, in the member's language, with their values filled in.
    pub text: String,
    /// The language.
    pub language: String,
    /// Whether the card says it too.
    pub is_on_card: bool,
    /// The card.
    pub sheet: CardSheet,
}

/// Draws what happened as the API shows it: the `data` of an event.
pub type DrawEvent = fn(&House, &Happened<'_>) -> serde_json::Value;

impl Happened<'_> {
    /// Its kind.
    pub const fn kind(&self) -> EventType {
        match self {
            Self::MemberEnrolled(_) => EventType::MemberEnrolled,
            Self::MemberErased(_) => EventType::MemberErased,
            Self::CardChanged(_) => EventType::CardChanged,
            Self::TierChanged(..) => EventType::TierChanged,
            Self::OrderRecorded(_) => EventType::OrderRecorded,
            Self::OrderRefunded(_) => EventType::OrderRefunded,
            Self::RewardIssued(..) => EventType::RewardIssued,
            Self::RewardCompleted(..) => EventType::RewardCompleted,
            Self::MessageDue(_) => EventType::MessageDue,
            Self::Test => EventType::Test,
        }
    }

    /// Whom it is about.
    const fn member(&self) -> Option<&MemberId> {
        match self {
            Self::MemberEnrolled(enrolled) => Some(&enrolled.member.id),
            Self::MemberErased(sheet) => Some(&sheet.member.id),
            Self::CardChanged(sheet) | Self::TierChanged(sheet, _) => Some(&sheet.card.member_id),
            Self::OrderRecorded(recorded) => Some(&recorded.sheet.card.member_id),
            Self::OrderRefunded(refunded) => Some(&refunded.sheet.card.member_id),
            Self::RewardIssued(redemption, _) | Self::RewardCompleted(redemption, _) => {
                Some(&redemption.member_id)
            }
            Self::MessageDue(due) => Some(&due.sheet.card.member_id),
            Self::Test => None,
        }
    }
}

/// Tells the endpoints of a program what happened; nothing if nobody listens to that.
pub(super) fn announce(
    tx: &mut Tx<'_>,
    deed: &Deed,
    program: &ProgramId,
    happened: &Happened<'_>,
) -> Result<(), ActionError> {
    let hearing = webhook_endpoints::list_hearing(tx, program)?;
    tell(tx, deed, program, (&hearing, happened))
}

/// Tells that a card changed, where no rulebook is at hand that could say whether anybody listens.
pub(super) fn announce_card(tx: &mut Tx<'_>, deed: &Deed, card: &Card) -> Result<(), ActionError> {
    let hearing = webhook_endpoints::list_hearing(tx, &card.program_id)?;
    if hearing.is_empty() {
        return Ok(());
    }
    let sheet = CardSheet::read(tx, card.clone())?;
    let happened = Happened::CardChanged(&sheet);
    tell(tx, deed, &card.program_id, (&hearing, &happened))
}

/// Tells what a ledger did to a card of a program that somebody listens to.
pub(super) fn announce_moved(
    tx: &mut Tx<'_>,
    deed: &Deed,
    (before, card): (&Card, &Card),
    (is_changed, handed): (bool, &[Redemption]),
) -> Result<(), ActionError> {
    let is_other_tier = before.tier_id != card.tier_id;
    if !is_changed && !is_other_tier && handed.is_empty() {
        return Ok(());
    }
    let hearing = webhook_endpoints::list_hearing(tx, &card.program_id)?;
    if hearing.is_empty() {
        return Ok(());
    }
    let sheet = CardSheet::read(tx, card.clone())?;
    let mut all = Vec::new();
    if is_changed {
        all.push(Happened::CardChanged(&sheet));
    }
    if is_other_tier {
        all.push(Happened::TierChanged(&sheet, before.tier_id.as_deref()));
    }
    all.extend(handed.iter().map(|one| Happened::RewardIssued(one, &sheet)));
    for happened in &all {
        tell(tx, deed, &card.program_id, (&hearing, happened))?;
    }
    Ok(())
}

fn tell(
    tx: &mut Tx<'_>,
    deed: &Deed,
    program: &ProgramId,
    (hearing, happened): (&[(WebhookEndpointId, String)], &Happened<'_>),
) -> Result<(), ActionError> {
    let name = happened.kind().name();
    let quoted = format!("\"{name}\"");
    let mut letter = None;
    for (endpoint, _) in hearing.iter().filter(|(_, types)| types.contains(&quoted)) {
        let letter = letter.get_or_insert_with(|| Letter::write(deed, Some(program), happened));
        letter.post(tx, endpoint, deed.now)?;
    }
    Ok(())
}

/// An event, written once for whoever gets it.
pub(super) struct Letter {
    event: WebhookEventId,
    program: Option<ProgramId>,
    member: Option<MemberId>,
    kind: EventType,
    body: String,
}

impl Letter {
    /// Writes what happened in a program.
    pub(super) fn write(deed: &Deed, program: Option<&ProgramId>, happened: &Happened<'_>) -> Self {
        let event = WebhookEventId::new(deed.now);
        let body = json!({
            "id": event,
            "type": happened.kind().name(),
            "created_at": deed.now,
            "program": program,
            "data": (deed.house.draw_event)(&deed.house, happened),
        });
        Self {
            event,
            program: program.cloned(),
            member: happened.member().cloned(),
            kind: happened.kind(),
            body: body.to_string(),
        }
    }

    /// Leaves it to be sent to an endpoint.
    pub(super) fn post(
        &self,
        tx: &mut Tx<'_>,
        endpoint: &WebhookEndpointId,
        now: Time,
    ) -> Result<WebhookDelivery, ActionError> {
        let delivery = WebhookDelivery {
            id: WebhookDeliveryId::new(now),
            endpoint_id: endpoint.clone(),
            program_id: self.program.clone(),
            member_id: self.member.clone(),
            event_id: self.event.clone(),
            event_type: self.kind.name().to_owned(),
            body: self.body.clone(),
            state: DUE.to_owned(),
            created_at: now,
            due_at: now,
            give_up_at: None,
            attempts: 0,
            lease_owner: None,
            lease_until: Time::from_millis(0),
            fence: 0,
            last_at: None,
            last_status: None,
            last_error: None,
            delivered_at: None,
        };
        webhook_deliveries::insert(tx, &delivery)?;
        Ok(delivery)
    }
}
