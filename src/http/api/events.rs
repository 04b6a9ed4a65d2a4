//! Events: what members do besides buying.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::ledger_views::EntryView;
use super::orders::{PromisedView, WORD_MAX, check_holder, is_word};
use super::redemptions::RedemptionView;
use super::views::CardView;
use super::{answer, respond};
use crate::actions::record_event::{NewEvent, OWN, RecordedEvent, record_event};
use crate::actions::{ActionError, Deed, Fault, House, perform};
use crate::http::body::Posted;
use crate::http::router::Router;
use crate::http::{Problem, State};
use crate::loyalty::rule::check::TEXT_MAX;
use crate::store::Tx;
use crate::types::{EventId, MemberId, Points, Time};

/// Largest `data` of an event as JSON text, in bytes.
const DATA_MAX: usize = 16 * 1024;

pub(super) fn configure(router: &mut Router) {
    router.route("/v1/events", web::post().to(record));
}

/// Something that a member did.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EventInput {
    /// What: `review`, `check_in`, or a word of the program's own; 1 to 80 of a-z, 0-9, `_`, `.`, `-`.
    #[serde(rename = "type")]
    #[schema(example = "review")]
    kind: String,
    /// The caller's own id; the same one again earns nothing more.
    #[schema(example = "review-8812")]
    external_id: String,
    /// The code that was scanned or typed.
    card: Option<String>,
    /// Instead of a card: the member's id, or `external:` and the caller's own id.
    member: Option<String>,
    /// When it happened; now if left out.
    #[schema(value_type = Option<String>, format = DateTime)]
    happened_at: Option<Time>,
    /// What else is known; at most 16 KiB.
    #[serde(default)]
    #[schema(value_type = Object)]
    data: Map<String, Value>,
}

/// Something that a member did, as it was recorded.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Event)]
pub(super) struct EventView {
    /// Its id.
    #[schema(value_type = String)]
    id: EventId,
    /// What.
    #[serde(rename = "type")]
    kind: String,
    /// The caller's own id.
    external_id: String,
    /// Who.
    #[schema(value_type = String)]
    member: MemberId,
    /// What it earned, pending points too.
    #[schema(value_type = i64)]
    earned: Points,
    /// When it happened.
    #[schema(value_type = String, format = DateTime)]
    happened_at: Time,
    /// When it was recorded.
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
}

/// A recorded event.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RecordedEvent)]
pub(super) struct RecordedEventView {
    /// The event.
    event: EventView,
    /// What it moved now; nothing if it was recorded before.
    entries: Vec<EntryView>,
    /// What it promised for later.
    promised: Vec<PromisedView>,
    /// The rewards that it brought now.
    redemptions: Vec<RedemptionView>,
    /// The card after it.
    card: CardView,
}

impl RecordedEventView {
    /// What was recorded, as it is shown.
    pub(super) fn new(house: &House, recorded: &RecordedEvent) -> Self {
        let event = recorded.event.clone();
        let redemption = |one| RedemptionView::new(house, one);
        Self {
            event: EventView {
                id: event.id,
                kind: event.kind,
                external_id: event.external_id,
                member: event.member_id,
                earned: event.earned,
                happened_at: event.happened_at,
                created_at: event.created_at,
            },
            entries: recorded.entries.iter().cloned().map(EntryView::from).collect(),
            promised: recorded.promised.iter().map(PromisedView::new).collect(),
            redemptions: recorded.issued.iter().cloned().map(redemption).collect(),
            card: CardView::new(house, recorded.sheet.clone()),
        }
    }
}

/// Records an event: 201, or 200 if it was recorded before.
#[utoipa::path(post, path = "/v1/events", tag = "orders", request_body = EventInput,
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses((status = 201, description = "Recorded now", body = RecordedEventView),
              (status = 200, description = "Recorded before", body = RecordedEventView)))]
pub(super) async fn record(state: Data<State>, posted: Posted<EventInput>) -> Result<HttpResponse, Problem> {
    let Posted { caller, value } = posted;
    let new = check(value)?;
    let house = state.house.clone();
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| record_event(tx, deed, &new);
    let render = move |recorded: &RecordedEvent| {
        let status = if recorded.is_new {
            StatusCode::CREATED
        } else {
            StatusCode::OK
        };
        let view = RecordedEventView::new(&house, recorded);
        answer(status, &view)
    };
    let done = perform(&state.house, caller, deed, render).await?;
    state.house.metrics.deed("record_event");
    Ok(respond(done)?)
}

fn check(input: EventInput) -> Result<NewEvent, ActionError> {
    let mut faults = Vec::new();
    let is_type = |text: &str| {
        let is_plain =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_.-".contains(&byte);
        (1..=TEXT_MAX).contains(&text.len()) && text.bytes().all(is_plain)
    };
    if !is_type(&input.kind) {
        let detail = "A type has 1 to 80 of a-z, 0-9, `_`, `.` and `-`.";
        faults.push(Fault::new("/type", "bad_type", detail));
    } else if OWN.contains(&input.kind.as_str()) {
        let detail =
            "Enrolments, referrals and birthdays are recorded by the program itself, so that they pay once.";
        faults.push(Fault::new("/type", "reserved_type", detail));
    }
    if !is_word(&input.external_id) {
        let detail = format!("Write 1 to {WORD_MAX} characters without control characters.");
        faults.push(Fault::new("/external_id", "bad_text", detail));
    }
    let data = Value::Object(input.data);
    if data.to_string().len() > DATA_MAX {
        faults.push(Fault::new(
            "/data",
            "too_long",
            "`data` has at most 16 KiB as JSON.",
        ));
    }
    let holder = check_holder(input.card, input.member, &mut faults)?;
    match holder {
        Some(holder) if faults.is_empty() => Ok(NewEvent {
            source: "api".to_owned(),
            external_id: input.external_id.trim().to_owned(),
            holder,
            kind: input.kind,
            happened_at: input.happened_at,
            data,
        }),
        _ => Err(ActionError::invalid(faults)),
    }
}
