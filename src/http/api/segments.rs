//! Segments: how many they mean before anybody is written to, and who is in them. They are written as the other terms.

use actix_web::HttpResponse;
use actix_web::http::header::CONTENT_DISPOSITION;
use actix_web::web::{self, Data, Path, Query};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::lists::{List, Page};
use super::programs::find_named_program;
use super::views::MemberView;
use crate::actions::export_segment::{Taken, export_segment};
use crate::actions::foresee::{Audience, foresee};
use crate::actions::look_at_segment::{list_segment_members, read_criterion, read_segment};
use crate::actions::write_term::get_term;
use crate::actions::{ActionError, Code, Deed, Profile, TermKind};
use crate::http::body::{Posted, Who};
use crate::http::router::Router;
use crate::http::{Problem, State};
use crate::loyalty::campaign::MARKETING;
use crate::store::members::{self, Identity, Member};
use crate::store::segments::Foreseen;
use crate::store::{Db, Tx};
use crate::types::MemberId;

pub(super) fn configure(router: &mut Router) {
    router
        .route("/v1/segments/estimate", web::post().to(estimate))
        .route("/v1/segments/{id}/members", web::get().to(list_members))
        .route("/v1/segments/{id}/export", web::post().to(export));
}

/// Who is to be counted: a criterion that is written here, or a saved segment.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SegmentEstimateInput {
    /// The program's id, or `external:` and the caller's own id; a key for one program need not name it.
    program: Option<String>,
    /// Who is meant: a criterion. Either this or `segment`.
    #[schema(value_type = Option<Object>)]
    members: Option<Value>,
    /// Who is meant: the id of a saved segment.
    segment: Option<String>,
    /// What a message to them would be about: the purpose that they must have agreed to; `marketing` if left out.
    topic: Option<String>,
}

/// How many members a segment means, and what would become of a message to them now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SegmentEstimate)]
pub(super) struct SegmentEstimateView {
    /// Who is meant.
    members: i64,
    /// Of them, who did not agree to the topic.
    no_consent: i64,
    /// Of the others, whose card is in no wallet.
    unreachable: i64,
    /// Of the others, who heard enough lately.
    capped: i64,
    /// Of those who could hear it, whose card is in Apple Wallet.
    apple: i64,
    /// Of those who could hear it, whose card is in Google Wallet.
    google: i64,
}

impl From<Foreseen> for SegmentEstimateView {
    fn from(foreseen: Foreseen) -> Self {
        Self {
            members: foreseen.members,
            no_consent: foreseen.no_consent,
            unreachable: foreseen.unreachable,
            capped: foreseen.capped,
            apple: foreseen.apple,
            google: foreseen.google,
        }
    }
}

/// What is taken along of a segment's members, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SegmentExportInput {
    /// What it is for, 1 to 500 characters; it is kept in the audit trail.
    reason: String,
    /// `hashed_emails` (SHA-256 of each address, trimmed and in lower case, as advertisers match it) or `contacts`.
    #[serde(rename = "as")]
    taken: ExportKind,
    /// The purpose that members must have agreed to; `marketing` if left out.
    topic: Option<String>,
}

/// What is taken along.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum ExportKind {
    /// SHA-256 of the e-mail addresses.
    HashedEmails,
    /// Id, names, e-mail address.
    Contacts,
}

/// Writes the members of a segment who agreed as CSV, at most 200,000. Who did it and why is kept.
#[utoipa::path(post, path = "/v1/segments/{id}/export", tag = "segments", operation_id = "export_segment",
    request_body = SegmentExportInput,
    params(("id" = String, Path, description = "The segment's id")),
    responses((status = 200, description = "The table", body = String, content_type = "text/csv")))]
pub(super) async fn export(
    state: Data<State>,
    id: Path<String>,
    posted: Posted<SegmentExportInput>,
) -> Result<HttpResponse, Problem> {
    let Posted { caller, value: input } = posted;
    let deed = Deed::begin(&state.house, caller);
    let taken = match input.taken {
        ExportKind::HashedEmails => Taken::HashedEmails,
        ExportKind::Contacts => Taken::Contacts,
    };
    let write = state.house.store.write(move |tx: &mut Tx<'_>| {
        let topic = input.topic.as_deref().unwrap_or(MARKETING);
        export_segment(tx, &deed, &id, (taken, topic, &input.reason))
    });
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"segment.csv\""))
        .body(write.await?))
}

/// Counts whom a segment means before it is saved, and how many of them a message would reach now.
#[utoipa::path(post, path = "/v1/segments/estimate", tag = "segments", operation_id = "estimate_segment",
    request_body = SegmentEstimateInput,
    responses((status = 200, description = "The counts", body = SegmentEstimateView)))]
pub(super) async fn estimate(
    state: Data<State>,
    posted: Posted<SegmentEstimateInput>,
) -> Result<HttpResponse, Problem> {
    let Posted { caller, value: input } = posted;
    let now = state.house.now();
    let read = move |db: &mut Db| {
        let program = find_named_program(db, &caller, input.program.as_deref())?.id;
        let criterion = match (input.members, input.segment) {
            (Some(members), None) => read_criterion(db, &program, members)?,
            (None, Some(id)) => match get_term(db, &caller, TermKind::Segment, &id) {
                Ok(term) if term.program_id == program => read_segment(db, &term)?,
                Ok(_) => return Err(unknown_segment()),
                Err(error) if error.code == Code::NotFound => return Err(unknown_segment()),
                Err(error) => return Err(error),
            },
            _ => {
                let detail = "Give either `members` or `segment`.";
                return Err(ActionError::fault("/members", "required", detail));
            }
        };
        let topic = input.topic.unwrap_or_else(|| MARKETING.to_owned());
        Ok(Audience {
            program,
            criterion,
            topic,
        })
    };
    let store = &state.house.store;
    let foreseen = foresee(store, store.read(read).await?, now).await?;
    Ok(HttpResponse::Ok().json(SegmentEstimateView::from(foreseen)))
}

fn unknown_segment() -> ActionError {
    ActionError::fault("/segment", "unknown_segment", "The program has no such segment.")
}

/// Lists who is in a segment now.
#[utoipa::path(get, path = "/v1/segments/{id}/members", tag = "segments", operation_id = "list_segment_members",
    params(("id" = String, Path, description = "The segment's id"), Page),
    responses((status = 200, description = "Members", body = List<MemberView>)))]
pub(super) async fn list_members(
    state: Data<State>,
    who: Who,
    id: Path<String>,
    page: Query<Page>,
) -> Result<HttpResponse, Problem> {
    let (limit, after) = (page.limit()?, page.after::<MemberId>()?);
    let now = state.house.now();
    let read = move |db: &mut Db| {
        let found = list_segment_members(db, &who.0, &id, (after.as_ref(), limit + 1), now)?;
        let with_identities = |member: Member| {
            let identities = members::list_identities(db, &member.id)?;
            let profile = Profile::read(db, &member)?;
            Ok::<(Member, Vec<Identity>, Profile), ActionError>((member, identities, profile))
        };
        found
            .into_iter()
            .map(with_identities)
            .collect::<Result<Vec<_>, _>>()
    };
    let rows = state.house.store.read(read).await?;
    let list = List::of(
        rows,
        limit,
        |row| row.0.id.as_str(),
        |row| MemberView::new(&state.house, row.0, &row.1, row.2),
    );
    Ok(HttpResponse::Ok().json(list))
}
