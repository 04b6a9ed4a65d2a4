//! What is done on a member's page: points given and taken, undone, names and notes changed, blocked, exported.

use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_DISPOSITION;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::super::super::amount::parse_number;
use super::super::super::desk::Desk;
use super::super::super::forms::guarded;
use super::super::super::leading::lead_to;
use super::super::super::locale::Locale;
use super::faults;
use super::member::{AboutSaid, Asked, PointsSaid, Said, draw};
use super::{Sent, act, read_file, take};
use crate::actions::adjust_points::adjust_points;
use crate::actions::block_member::{block_member, unblock_member};
use crate::actions::change_member::{Edit, MemberChange, change_member};
use crate::actions::export_member::export_member;
use crate::actions::look_up_member::get_member;
use crate::actions::reverse_entry::reverse_entry;
use crate::actions::surviving::list_joined;
use crate::actions::{ActionError, Code};
use crate::http::api::ExportView;
use crate::http::body::Body;
use crate::http::{Problem, State};
use crate::store::entries;
use crate::types::{EntryId, MemberId, sha256_hex};

/// What an exported file is called.
const FILE: &str = "attachment; filename=\"member.json\"";

/// Points that are given or taken.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct PointsForm {
    token: String,
    /// What makes it one of its own.
    form: String,
    way: String,
    points: String,
    reason: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ReverseForm {
    token: String,
    entry: String,
}

/// What is changed of a member.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct AboutForm {
    token: String,
    first_name: String,
    last_name: String,
    /// Empty to keep one that pages are not written in.
    language: String,
    note: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct BlockForm {
    token: String,
    block: String,
    reason: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct PlainForm {
    token: String,
}

guarded!(PointsForm, ReverseForm, AboutForm, BlockForm, PlainForm);

/// Leads back to the member's page, which says what became of it.
fn back(desk: &Desk, id: &MemberId, said: &str) -> HttpResponse {
    lead_to(&desk.member_link(id, &format!("?{said}")))
}

/// Draws the page again with what was wrong.
async fn refuse(desk: &Desk, id: &MemberId, said: Said) -> Result<HttpResponse, ActionError> {
    draw(
        desk,
        id,
        &Asked::default(),
        said,
        StatusCode::UNPROCESSABLE_ENTITY,
    )
    .await
}

/// Says above the page why a deed was not done; what is no fault of the deed is no page.
pub(super) async fn refuse_plainly(
    desk: &Desk,
    id: &MemberId,
    error: ActionError,
) -> Result<HttpResponse, ActionError> {
    let Some(fault) = faults::say(desk.locale, &error) else {
        return Err(error);
    };
    let said = Said {
        fault: Some(fault),
        ..Said::default()
    };
    refuse(desk, id, said).await
}

/// Gives or takes points, with a reason.
pub(super) async fn adjust(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let Sent { desk, form, id } = take::<PointsForm>(&state, &request, (&id, &body.0)).await?;
    let takes = form.way == "take";
    let number = parse_number(&form.points).filter(|number| *number > 0);
    let mut points = PointsSaid {
        points: form.points.clone(),
        takes,
        reason: form.reason.clone(),
        points_fault: number.is_none().then_some("members-fault-number"),
        reason_fault: form.reason.trim().is_empty().then_some("members-fault-no-reason"),
    };
    let (Some(number), None) = (number, points.reason_fault) else {
        let said = Said {
            points,
            ..Said::default()
        };
        return Ok(refuse(&desk, &id, said).await?);
    };
    let (member, reason) = (id.clone(), form.reason.clone());
    let key = (!form.form.is_empty()).then(|| {
        let way = if takes { '-' } else { '+' };
        // Hashed, since a reason may name a person, and what was answered is kept for a week.
        sha256_hex(format!("{}{way}{number} {}", form.form, reason.trim()).as_bytes())
    });
    let done = act(&desk, key, move |tx, deed| {
        get_member(tx, deed, &member)?;
        let change = if takes { -number } else { number };
        let moved = adjust_points(tx, deed, &member, change, &reason)?;
        Ok(moved.entry.id.to_string())
    });
    let error = match done.await {
        Ok(entry) => return Ok(back(&desk, &id, &format!("done=moved&entry={entry}"))),
        Err(error) => error,
    };
    let mut said = Said::default();
    match error.faults.first().map(|fault| fault.pointer.as_str()) {
        Some("/points") => points.points_fault = Some("members-fault-number"),
        Some("/reason") => points.reason_fault = Some("members-fault-long-reason"),
        _ if error.code == Code::InsufficientPoints => points.points_fault = Some("members-fault-points"),
        _ => said.fault = Some(faults::say(desk.locale, &error).ok_or(error)?),
    }
    said.points = points;
    Ok(refuse(&desk, &id, said).await?)
}

/// Undoes an entry by another one.
pub(super) async fn reverse(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let Sent { desk, form, id } = take::<ReverseForm>(&state, &request, (&id, &body.0)).await?;
    let entry: EntryId = form.entry.parse().map_err(|_| ActionError::new(Code::NotFound))?;
    let member = id.clone();
    let done = act(&desk, None, move |tx, deed| {
        get_member(tx, deed, &member)?;
        let known = entries::get(tx, &entry)?;
        if !list_joined(tx, &member)?.contains(&known.member_id) {
            return Err(ActionError::new(Code::NotFound));
        }
        Ok(reverse_entry(tx, deed, &entry)?.entry.id.to_string())
    });
    match done.await {
        Ok(_) => Ok(back(&desk, &id, "done=reversed")),
        Err(error) => Ok(refuse_plainly(&desk, &id, error).await?),
    }
}

/// Changes name, language of the card and note.
pub(super) async fn change(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let Sent { desk, form, id } = take::<AboutForm>(&state, &request, (&id, &body.0)).await?;
    let file = read_file(&desk, &id).await?;
    let wanted = Locale::ALL.into_iter().find(|one| one.tag() == form.language);
    // What is another name for the same is no change: `ar-EG` stays.
    let own = Locale::of_tag(file.sheet.member.language.as_str());
    let wanted = wanted.filter(|one| own != Some(*one));
    let change = MemberChange {
        first_name: Edit::Set(form.first_name.clone()),
        last_name: Edit::Set(form.last_name.clone()),
        language: wanted.map_or(Edit::Keep, |one| Edit::Set(one.language())),
        // Browsers send the ends of lines as two characters.
        note: Edit::Set(form.note.replace("\r\n", "\n")),
        ..MemberChange::default()
    };
    if form.note.contains('\0') {
        let said = AboutSaid {
            note_fault: Some("members-fault-note"),
            ..form.said()
        };
        return Ok(refuse(&desk, &id, Said::about(said)).await?);
    }
    let member = id.clone();
    let done = act(&desk, None, move |tx, deed| {
        change_member(tx, deed, &member, None, &change)?;
        Ok(String::new())
    });
    let error = match done.await {
        Ok(_) => return Ok(back(&desk, &id, "done=saved")),
        Err(error) if error.code == Code::Invalid => error,
        Err(error) => return Ok(refuse_plainly(&desk, &id, error).await?),
    };
    let fault = |pointer: &str, text: &'static str| {
        let is_meant = error.faults.iter().any(|fault| fault.pointer == pointer);
        is_meant.then_some(text)
    };
    let said = AboutSaid {
        first_name_fault: fault("/first_name", "field-bad-name"),
        last_name_fault: fault("/last_name", "field-bad-name"),
        note_fault: fault("/note", "members-fault-note"),
        ..form.said()
    };
    Ok(refuse(&desk, &id, Said::about(said)).await?)
}

impl AboutForm {
    fn said(self) -> AboutSaid {
        AboutSaid {
            first_name: self.first_name,
            last_name: self.last_name,
            language: self.language,
            note: self.note,
            ..AboutSaid::default()
        }
    }
}

impl Said {
    fn about(about: AboutSaid) -> Self {
        Self {
            about: Some(about),
            ..Self::default()
        }
    }
}

/// Blocks a member with a reason, or lets them in again.
pub(super) async fn block(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let Sent { desk, form, id } = take::<BlockForm>(&state, &request, (&id, &body.0)).await?;
    let blocks = form.block == "yes";
    let (member, reason) = (id.clone(), form.reason.clone());
    let done = act(&desk, None, move |tx, deed| {
        if blocks {
            block_member(tx, deed, &member, &reason)?;
        } else {
            unblock_member(tx, deed, &member)?;
        }
        Ok(String::new())
    });
    let error = match done.await {
        Ok(_) if blocks => return Ok(back(&desk, &id, "done=blocked")),
        Ok(_) => return Ok(back(&desk, &id, "done=unblocked")),
        Err(error) => error,
    };
    if error.faults.iter().all(|fault| fault.pointer != "/reason") {
        return Ok(refuse_plainly(&desk, &id, error).await?);
    }
    let said = Said {
        block_fault: Some(if form.reason.trim().is_empty() {
            "members-fault-no-reason"
        } else {
            "members-fault-long-reason"
        }),
        block_reason: form.reason,
        ..Said::default()
    };
    Ok(refuse(&desk, &id, said).await?)
}

/// Gives everything that is kept of a member, as a file.
pub(super) async fn export(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let Sent { desk, id, .. } = take::<PlainForm>(&state, &request, (&id, &body.0)).await?;
    let export = export_member(&state.house, desk.caller.clone(), id).await?;
    let body = serde_json::to_vec_pretty(&ExportView::from(export)).map_err(ActionError::internal)?;
    Ok(HttpResponse::Ok()
        .content_type("application/json")
        .insert_header((CONTENT_DISPOSITION, FILE))
        .body(body))
}
