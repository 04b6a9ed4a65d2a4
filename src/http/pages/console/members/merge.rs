//! Two members who are one person: the other is searched, what would move is shown, they are joined, and can be parted.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::super::super::desk::Desk;
use super::super::super::forms::guarded;
use super::super::super::frame::{Frame, respond};
use super::super::super::leading::{kept, lead_to};
use super::super::rail::{Rail, Room};
use super::confirm::{Question, is_meant};
use super::deeds::refuse_plainly;
use super::list::{Row, search};
use super::{Sent, act, faults, member_address, read_file, read_id, take};
use crate::actions::look_up_member::{MemberFile, get_member};
use crate::actions::merge_members::{Joined, merge_members, preview_merge};
use crate::actions::surviving::list_joined;
use crate::actions::undo_merge::undo_merge;
use crate::actions::{ActionError, Code, Deed};
use crate::http::body::Body;
use crate::http::guesses::Guesses;
use crate::http::{Problem, State};
use crate::store::Tx;
use crate::store::member_lists::MemberFilter;
use crate::store::merges;
use crate::types::{MemberId, MergeId};

/// Members who are offered.
const OFFERED_MAX: usize = 10;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    q: String,
    from: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct MergeForm {
    token: String,
    from: String,
    reason: String,
    word: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct PartForm {
    token: String,
    merge: String,
}

guarded!(MergeForm, PartForm);

#[derive(Template)]
#[template(path = "pages/console/members/merge.html")]
struct MergePage {
    frame: Frame,
    rail: Rail,
    base: String,
    back: String,
    name: String,
    what: String,
    q: String,
    has_searched: bool,
    rows: Vec<Row>,
    fault: Option<String>,
    preview: Option<Preview>,
    reason: String,
}

/// What joining would come to.
struct Preview {
    from: String,
    other: String,
    lines: Vec<PreviewLine>,
    clashes: Vec<ClashLine>,
    rewards: Option<String>,
    until: String,
    question: Question,
    again: String,
}

/// What both have, and what there is after it.
struct PreviewLine {
    name: String,
    before: String,
    joined: String,
    after: String,
}

/// What both have and only one can keep.
struct ClashLine {
    name: String,
    kept: String,
    dropped: String,
}

/// What the page is drawn of, beside the member.
#[derive(Default)]
struct Said {
    q: String,
    rows: Vec<Row>,
    fault: Option<String>,
    from: Option<MemberId>,
    reason: String,
    is_wrong: bool,
}

/// Shows the search for the other one, or what joining with them would come to.
pub(super) async fn show(
    state: Data<State>,
    guesses: Data<Guesses>,
    request: HttpRequest,
    id: Path<String>,
    asked: Query<Asked>,
) -> Result<HttpResponse, Problem> {
    let desk = Desk::of(&state, &request).await?;
    let id = read_id(&id)?;
    let mut said = Said {
        q: asked.q.trim().to_owned(),
        from: asked.from.parse().ok(),
        ..Said::default()
    };
    if said.from.is_none() && !said.q.is_empty() {
        let found = search(&desk, &guesses, &said.q, MemberFilter::default()).await?;
        let (rows, ..) = found.into_parts();
        let others = rows.iter().filter(|row| row.member.id != id).take(OFFERED_MAX);
        let link = |from: &MemberId| {
            let from = from.to_string();
            let asked = kept([("from", from.as_str()), ("q", &said.q)]);
            desk.member_link(&id, &format!("/merge?{}", asked.trim_end_matches('&')))
        };
        said.rows = others.map(|row| Row::of(&desk, row, link)).collect();
    }
    Ok(draw(&desk, &id, said, StatusCode::OK).await?)
}

async fn draw(
    desk: &Desk,
    id: &MemberId,
    mut said: Said,
    status: StatusCode,
) -> Result<HttpResponse, ActionError> {
    let locale = desk.locale;
    let file = read_file(desk, id).await?;
    let mut status = status;
    let mut preview = None;
    if let Some(from) = said.from.clone() {
        match foresee(desk, &file, from, said.is_wrong).await {
            Ok(one) => preview = Some(one),
            Err(error) => {
                said.fault = Some(faults::say(locale, &error).ok_or(error)?);
                status = StatusCode::UNPROCESSABLE_ENTITY;
            }
        }
    }
    let name = desk.name_of(&file.sheet.member);
    let heading = locale.word("members-merge");
    let is_refused = status != StatusCode::OK;
    let page = MergePage {
        frame: Frame {
            kept: match &said.from {
                Some(from) => format!("from={from}&"),
                None if said.q.is_empty() => String::new(),
                None => kept([("q", said.q.as_str())]),
            },
            ..desk.console_frame(locale.title(&format!("{heading} – {name}"), is_refused))
        },
        rail: desk.rail(Room::Members).await?,
        base: member_address(id, "/merge"),
        back: desk.member_link(id, ""),
        what: locale.say("members-merge-what", &[("name", name.as_str().into())]),
        name,
        has_searched: !said.q.is_empty() && said.from.is_none(),
        q: said.q,
        rows: said.rows,
        fault: said.fault,
        preview,
        reason: said.reason,
    };
    respond(status, &page)
}

/// What joining would come to: done, looked at and taken back.
async fn foresee(
    desk: &Desk,
    file: &MemberFile,
    from: MemberId,
    is_wrong: bool,
) -> Result<Preview, ActionError> {
    let other = match read_file(desk, &from).await {
        Ok(other) => other,
        Err(error) if error.code == Code::NotFound => {
            let detail = desk.locale.word("members-none-found");
            return Err(ActionError::fault("/from", "unknown_member", detail));
        }
        Err(error) => return Err(error),
    };
    let into = file.sheet.member.id.clone();
    let (survivor, merged) = (into.clone(), from.clone());
    let join = move |tx: &mut Tx<'_>, deed: &Deed| merge_members(tx, deed, &survivor, &merged, "");
    let joined = preview_merge(&desk.state.house, desk.deed(), join).await?;
    let locale = desk.locale;
    let clashes = joined.clashes.iter().map(|clash| ClashLine {
        name: clash_name(desk, &clash.name),
        kept: clash.kept.clone(),
        dropped: clash.dropped.clone(),
    });
    let rewards = i64::try_from(joined.redemptions.len()).unwrap_or(i64::MAX);
    Ok(Preview {
        other: desk.name_of(&other.sheet.member),
        lines: lines(desk, &joined),
        clashes: clashes.collect(),
        rewards: (rewards > 0).then(|| locale.say("members-merge-rewards", &[("count", rewards.into())])),
        until: {
            let date = desk.date(joined.undo_until);
            locale.say("members-merge-until", &[("date", date.into())])
        },
        question: Question::of(desk, &other, is_wrong),
        again: desk.member_link(&into, "/merge"),
        from: from.to_string(),
    })
}

/// What a thing that both have is called; an attribute of the shop's own as the shop calls it.
fn clash_name(desk: &Desk, name: &str) -> String {
    match name {
        "first_name" => desk.locale.word("join-first-name"),
        "last_name" => desk.locale.word("settings-last-name"),
        "language" => desk.locale.word("members-language"),
        other => other.strip_prefix("attributes/").unwrap_or(other).to_owned(),
    }
}

fn lines(desk: &Desk, joined: &Joined) -> Vec<PreviewLine> {
    let all = [&joined.before, &joined.joined, &joined.after];
    let number = |value: i64| desk.locale.language().write_number(value);
    let line = |id: &str, values: [i64; 3]| {
        let [before, joined, after] = values.map(number);
        PreviewLine {
            name: desk.locale.word(id),
            before,
            joined,
            after,
        }
    };
    let mut lines = vec![line("members-merge-balance", all.map(|one| one.balance.get()))];
    if all.iter().any(|one| !one.pending.is_zero()) {
        lines.push(line("members-merge-pending", all.map(|one| one.pending.get())));
    }
    lines.push(line("members-merge-orders", all.map(|one| one.orders)));
    lines
}

/// Joins them, if the other one's name or code was typed.
pub(super) async fn join(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let Sent { desk, form, id } = take::<MergeForm>(&state, &request, (&id, &body.0)).await?;
    let from: MemberId = read_id(&form.from)?;
    let other = read_file(&desk, &from).await?;
    let mut said = Said {
        from: Some(from.clone()),
        reason: form.reason.clone(),
        ..Said::default()
    };
    if !is_meant(&other, &form.word) {
        said.is_wrong = true;
        return Ok(draw(&desk, &id, said, StatusCode::UNPROCESSABLE_ENTITY).await?);
    }
    let (into, reason) = (id.clone(), form.reason);
    let done = act(&desk, None, move |tx, deed| {
        get_member(tx, deed, &into)?;
        Ok(merge_members(tx, deed, &into, &from, &reason)?
            .merge
            .id
            .to_string())
    });
    match done.await {
        Ok(_) => Ok(lead_to(&desk.member_link(&id, "?done=merged"))),
        Err(error) => {
            said.fault = Some(faults::say(desk.locale, &error).ok_or(error)?);
            Ok(draw(&desk, &id, said, StatusCode::UNPROCESSABLE_ENTITY).await?)
        }
    }
}

/// Parts them again.
pub(super) async fn part(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let Sent { desk, form, id } = take::<PartForm>(&state, &request, (&id, &body.0)).await?;
    let merge: MergeId = form.merge.parse().map_err(|_| ActionError::new(Code::NotFound))?;
    let member = id.clone();
    let done = act(&desk, None, move |tx, deed| {
        get_member(tx, deed, &member)?;
        let known = merges::get(tx, &merge)?;
        if !list_joined(tx, &member)?.contains(&known.survivor_id) {
            return Err(ActionError::new(Code::NotFound));
        }
        Ok(undo_merge(tx, deed, &merge)?.merge.id.to_string())
    });
    match done.await {
        Ok(_) => Ok(lead_to(&desk.member_link(&id, "?done=parted"))),
        Err(error) => Ok(refuse_plainly(&desk, &id, error).await?),
    }
}
