//! A member's page: who they are, what leads to them, what they agreed to, and everything that happened with them.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::super::super::card::in_groups;
use super::super::super::desk::Desk;
use super::super::super::frame::{Frame, respond};
use super::super::super::leading::kept;
use super::super::super::locale::Locale;
use super::super::rail::{Rail, Room};
use super::lines::{ConsentLine, IdentityLine, Line, SORTS, SortLink, Writing};
use super::{member_address, read_file, read_id};
use crate::actions::ActionError;
use crate::actions::list_happenings::{Happenings, Mark, Sort, list_happenings};
use crate::actions::look_up_member::MemberFile;
use crate::actions::surviving::list_joined;
use crate::http::{Problem, State};
use crate::store::entries;
use crate::types::{EntryId, MemberId, RequestId, Time};

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    kind: String,
    before: String,
    done: String,
    entry: String,
}

#[derive(Template)]
#[template(path = "pages/console/members/member.html")]
struct MemberPage {
    frame: Frame,
    rail: Rail,
    base: String,
    list: String,
    name: String,
    code: String,
    balance: String,
    points_word: String,
    pending: Option<String>,
    tier: Option<String>,
    instant: String,
    joined: String,
    state: Standing,
    /// The text for what became of what was done last, and the entry that undoes it.
    notice: Option<&'static str>,
    undo: Option<String>,
    note: String,
    identities: Vec<IdentityLine>,
    consents: Vec<ConsentLine>,
    partings: Vec<PartingLine>,
    can_mend: bool,
    said: Said,
    is_points_open: bool,
    is_about_open: bool,
    about: AboutSaid,
    languages: Vec<Choice>,
    /// What makes the form for points one of its own.
    form: String,
    card: String,
    phones: String,
    merge: String,
    erase: String,
    sorts: Vec<SortLink>,
    lines: Vec<Line>,
    older: Option<String>,
    newest: Option<String>,
}

/// What keeps a member or their card from earning.
struct Standing {
    /// Why they are blocked, and since when.
    blocked: Option<String>,
    block_reason: String,
    is_voided: bool,
    /// Who stands for them, and their page.
    survivor: Option<(String, String)>,
}

/// Somebody who was joined with the member and can be parted.
pub(super) struct PartingLine {
    pub(super) merge: String,
    pub(super) text: String,
}

/// A language that the card can be in.
struct Choice {
    value: String,
    name: String,
    is_chosen: bool,
}

/// What was typed into the page's forms, and what was wrong with it.
#[derive(Debug, Clone, Default)]
pub(super) struct Said {
    /// What is wrong with no single field.
    pub(super) fault: Option<String>,
    pub(super) points: PointsSaid,
    pub(super) about: Option<AboutSaid>,
    pub(super) block_reason: String,
    pub(super) block_fault: Option<&'static str>,
}

/// The form for points.
#[derive(Debug, Clone, Default)]
pub(super) struct PointsSaid {
    pub(super) points: String,
    pub(super) takes: bool,
    pub(super) reason: String,
    pub(super) points_fault: Option<&'static str>,
    pub(super) reason_fault: Option<&'static str>,
}

/// The form for name, language and note.
#[derive(Debug, Clone, Default)]
pub(super) struct AboutSaid {
    pub(super) first_name: String,
    pub(super) last_name: String,
    pub(super) language: String,
    pub(super) note: String,
    pub(super) first_name_fault: Option<&'static str>,
    pub(super) last_name_fault: Option<&'static str>,
    pub(super) note_fault: Option<&'static str>,
}

impl Said {
    /// Whether something is wrong.
    fn is_refused(&self) -> bool {
        self.fault.is_some() || self.is_points_open() || self.about.is_some() || self.block_fault.is_some()
    }

    fn is_points_open(&self) -> bool {
        self.points.points_fault.is_some()
            || self.points.reason_fault.is_some()
            || !self.points.points.is_empty()
    }
}

/// Shows the page.
pub(super) async fn show(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    asked: Query<Asked>,
) -> Result<HttpResponse, Problem> {
    let desk = Desk::of(&state, &request).await?;
    let id = read_id(&id)?;
    Ok(draw(&desk, &id, &asked, Said::default(), StatusCode::OK).await?)
}

/// The page, with what is to be said of a form that was not taken.
pub(super) async fn draw(
    desk: &Desk,
    id: &MemberId,
    asked: &Asked,
    said: Said,
    status: StatusCode,
) -> Result<HttpResponse, ActionError> {
    let file = read_file(desk, id).await?;
    let sort = SORTS.iter().find(|(name, ..)| *name == asked.kind);
    let sort = sort.and_then(|(.., sort)| *sort);
    let happenings = read_happenings(desk, id, (sort, read_mark(&asked.before))).await?;
    let undo = find_undo(desk, &file, asked).await?;
    let page = build(desk, &file, (asked, &happenings), (said, undo)).await?;
    respond(status, &page)
}

async fn read_happenings(
    desk: &Desk,
    id: &MemberId,
    (sort, before): (Option<Sort>, Option<Mark>),
) -> Result<Happenings, ActionError> {
    let (house, program, id) = (desk.state.house.clone(), desk.program.clone(), id.clone());
    let store = house.store.clone();
    let read = store.read(move |db| list_happenings(db, &house, &program, &id, (sort, before.as_ref())));
    read.await
}

/// Where a page ended: milliseconds, a point, and a key. What is none is the beginning.
fn read_mark(text: &str) -> Option<Mark> {
    let (at, key) = text.split_once('.')?;
    let ms: i64 = at.parse().ok()?;
    // Within what a time can be written as.
    (0..=253_402_300_799_999).contains(&ms).then(|| Mark {
        at: Time::from_millis(ms),
        key: key.to_owned(),
    })
}

/// The entry of the last deed, if it is the member's and can be undone.
async fn find_undo(desk: &Desk, file: &MemberFile, asked: &Asked) -> Result<Option<String>, ActionError> {
    let Ok(entry) = asked.entry.parse::<EntryId>() else {
        return Ok(None);
    };
    let member = file.sheet.member.id.clone();
    let read = desk.state.house.store.read(move |db| {
        let all = list_joined(db, &member)?;
        let is_undone = entries::find_reversal(db, &entry)?.is_some();
        let found = entries::find(db, &entry)?;
        let is_own = found.is_some_and(|found| all.contains(&found.member_id));
        Ok::<_, ActionError>((is_own && !is_undone).then(|| entry.to_string()))
    });
    Ok(read.await?.filter(|_| desk.can_mend()))
}

async fn build(
    desk: &Desk,
    file: &MemberFile,
    (asked, happenings): (&Asked, &Happenings),
    (said, undo): (Said, Option<String>),
) -> Result<MemberPage, ActionError> {
    let locale = desk.locale;
    let member = &file.sheet.member;
    let balance = file.card.as_ref().map_or(0, |card| card.balance.get());
    let pending = file.card.as_ref().map_or(0, |card| card.pending.get());
    let can_mend = desk.can_mend() && member.merged_into.is_none();
    let writing = Writing {
        desk,
        happenings,
        point_name: locale.point_name(&desk.program.point_name),
        can_undo: can_mend,
    };
    let is_refused = said.is_refused();
    let link = |path: &str| desk.member_link(&member.id, path);
    let name = desk.name_of(member);
    Ok(MemberPage {
        frame: Frame {
            kept: kept_sort(&asked.kind),
            ..desk.console_frame(locale.title(&name, is_refused))
        },
        rail: desk.rail(Room::Members).await?,
        base: member_address(&member.id, ""),
        list: desk.link("/console/members"),
        name,
        code: file
            .card
            .as_ref()
            .map(|card| in_groups(&card.code))
            .unwrap_or_default(),
        balance: locale.language().write_number(balance),
        points_word: locale.points_word(&desk.program.point_name, balance),
        pending: (pending != 0).then(|| {
            let points = desk.points(pending);
            locale.say("members-pending", &[("points", points.into())])
        }),
        tier: file
            .tier
            .as_ref()
            .map(|tier| tier.get(&locale.language()).to_owned()),
        instant: member.created_at.rfc3339_secs(),
        joined: desk.date(member.created_at),
        state: state_of(desk, file),
        notice: notice(&asked.done).filter(|_| !is_refused),
        undo,
        note: member.note.clone(),
        identities: file.sheet.identities.iter().map(IdentityLine::of).collect(),
        consents: file
            .consents
            .iter()
            .map(|one| ConsentLine::of(desk, one))
            .collect(),
        partings: if can_mend {
            partings(desk, file)
        } else {
            Vec::new()
        },
        can_mend,
        languages: languages(file, said.about.as_ref(), locale),
        is_points_open: said.is_points_open(),
        is_about_open: said.about.is_some(),
        about: said.about.clone().unwrap_or_else(|| AboutSaid::of(file)),
        said,
        form: RequestId::new(desk.state.house.now()).to_string(),
        card: link("/card"),
        phones: link("/phones"),
        merge: link("/merge"),
        erase: link("/erase"),
        sorts: SORTS
            .into_iter()
            .map(|(name, text, _)| SortLink {
                name: locale.word(text),
                address: list_link(desk, &member.id, name, None),
                is_current: name == asked.kind,
            })
            .collect(),
        lines: writing.lines()?,
        older: happenings
            .next
            .as_ref()
            .map(|mark| list_link(desk, &member.id, &asked.kind, Some(mark))),
        newest: (!asked.before.is_empty()).then(|| list_link(desk, &member.id, &asked.kind, None)),
    })
}

fn kept_sort(kind: &str) -> String {
    let known = SORTS.iter().any(|(name, ..)| *name == kind && !name.is_empty());
    if known {
        format!("kind={kind}&")
    } else {
        String::new()
    }
}

/// The happenings of a sort from a place on.
fn list_link(desk: &Desk, id: &MemberId, kind: &str, before: Option<&Mark>) -> String {
    let mut path = format!("?{}", kept_sort(kind));
    if let Some(mark) = before {
        let place = format!("{}.{}", mark.at.millis(), mark.key);
        path += &kept([("before", place.as_str())]);
    }
    let path = path.trim_end_matches(['?', '&']);
    format!("{}#happened", desk.member_link(id, path))
}

fn state_of(desk: &Desk, file: &MemberFile) -> Standing {
    let member = &file.sheet.member;
    Standing {
        blocked: member.blocked_at.map(|at| {
            let date = desk.date(at);
            desk.locale.say("members-blocked-since", &[("date", date.into())])
        }),
        block_reason: member.block_reason.clone().unwrap_or_default(),
        is_voided: file.card.as_ref().is_some_and(|card| card.voided_at.is_some()),
        survivor: file
            .survivor
            .as_ref()
            .map(|other| (desk.name_of(other), desk.member_link(&other.id, ""))),
    }
}

fn partings(desk: &Desk, file: &MemberFile) -> Vec<PartingLine> {
    let able = file.joined.iter().filter(|one| one.can_part);
    able.map(|one| {
        let name = one.other.as_ref().map(|other| desk.name_of(other));
        let name = name.unwrap_or_else(|| desk.locale.word("till-nameless"));
        let values = [("name", name.into()), ("date", desk.date(one.until).into())];
        PartingLine {
            merge: one.merge.id.to_string(),
            text: desk.locale.say("members-can-part", &values),
        }
    })
    .collect()
}

fn languages(file: &MemberFile, typed: Option<&AboutSaid>, locale: Locale) -> Vec<Choice> {
    let own = file.sheet.member.language.as_str();
    let known = Locale::of_tag(own);
    let is_chosen = |one: Locale| match typed {
        Some(typed) => typed.language == one.tag(),
        None => known == Some(one),
    };
    let mut choices: Vec<Choice> = Locale::ALL
        .into_iter()
        .map(|one| Choice {
            value: one.tag().to_owned(),
            name: one.own_name().to_owned(),
            is_chosen: is_chosen(one),
        })
        .collect();
    if known.is_none() {
        choices.push(Choice {
            value: String::new(),
            name: locale.say("settings-language-own", &[("language", own.into())]),
            is_chosen: typed.is_none_or(|typed| typed.language.is_empty()),
        });
    }
    choices
}

impl AboutSaid {
    /// What is kept.
    fn of(file: &MemberFile) -> Self {
        let member = &file.sheet.member;
        Self {
            first_name: member.first_name.clone(),
            last_name: member.last_name.clone(),
            note: member.note.clone(),
            ..Self::default()
        }
    }
}

/// The text for what became of what was done last.
fn notice(done: &str) -> Option<&'static str> {
    Some(match done {
        "moved" => "members-done-moved",
        "reversed" => "members-done-reversed",
        "saved" => "members-done-saved",
        "blocked" => "members-done-blocked",
        "unblocked" => "members-done-unblocked",
        "merged" => "members-done-merged",
        "parted" => "members-done-parted",
        _ => return None,
    })
}
