//! An import: what it will do, how far it is, what it came to.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::super::super::assets::script_address;
use super::super::super::desk::Desk;
use super::super::super::frame::{Frame, respond};
use super::super::members::confirm::Question;
use super::super::rail::{Rail, Room};
use super::list::name_of;
use super::words::{say_refusal, state_text};
use super::{address, find, plan};
use crate::actions::ActionError;
use crate::actions::judge_import::{Refusal, SHOWN_MAX, Summary, Why};
use crate::actions::start_import::summary_of;
use crate::http::{Problem, State};
use crate::store::imports::{self, ADDED, DONE, DRAFT, Import, ImportRow, KNOWN, LEFT, REFUSED, TAKEN_BACK};
use crate::store::members::{self, Member};
use crate::types::MemberId;

#[derive(Template)]
#[template(path = "pages/console/imports/import.html")]
pub(super) struct ImportPage {
    frame: Frame,
    rail: Rail,
    script: String,
    back: String,
    base: String,
    version: i64,
    name: String,
    state: &'static str,
    is_draft: bool,
    is_under_way: bool,
    is_done: bool,
    /// Whether it was changed by somebody else meanwhile.
    is_stale: bool,
    /// When the same file was imported before.
    before: Option<String>,
    /// Whether any row would be taken.
    can_begin: bool,
    figures: Vec<Figure>,
    known_by: Option<String>,
    sentence: String,
    done: i64,
    total: i64,
    refused: Vec<Line>,
    has_more_refused: bool,
    /// Members whom it brought, or of one that was taken back those who are left.
    members: Vec<Named>,
    has_more_members: bool,
    /// Whether it was taken back, or is about to be.
    is_undone: bool,
    question: Question,
}

/// A number with what it counts.
struct Figure {
    text: &'static str,
    value: String,
}

/// A row that is not taken.
struct Line {
    row: String,
    why: String,
}

struct Named {
    address: String,
    name: String,
    row: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    edit: Option<String>,
    not: Option<String>,
}

/// Rows of an import that a page shows.
#[derive(Default)]
struct Shown {
    refused: Vec<ImportRow>,
    members: Vec<ImportRow>,
    people: BTreeMap<String, Member>,
    left: i64,
    taken_back: i64,
    /// The newest import of the same file that was done.
    before: Option<Import>,
}

/// Shows an import as it is.
pub(super) async fn show(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    asked: Query<Asked>,
) -> Result<HttpResponse, Problem> {
    let desk = Desk::of(&state, &request).await?;
    let import = find(&desk, &id).await?;
    if import.state == DRAFT && (import.summary.is_empty() || asked.edit.is_some()) {
        return Ok(plan::show(&desk, &import).await?);
    }
    let page = draw(&desk, &import, asked.not.as_deref(), false).await?;
    Ok(respond(StatusCode::OK, &page)?)
}

/// Draws an import that was looked at row by row.
pub(super) async fn draw(
    desk: &Desk,
    import: &Import,
    not: Option<&str>,
    is_wrong: bool,
) -> Result<ImportPage, ActionError> {
    let locale = desk.locale;
    let summary = summary_of(import)?.unwrap_or_default();
    let shown = read_shown(desk, import).await?;
    let is_draft = import.state == DRAFT;
    let is_under_way = matches!(import.state.as_str(), imports::RUNNING | imports::UNDOING);
    let number = |count: i64| locale.language().write_number(count);
    let name = name_of(import);
    let refused: Vec<Line> = if is_draft {
        let lines = summary.first_refused.iter();
        lines.map(|(row, refusal)| line(desk, *row, refusal)).collect()
    } else {
        let refusal = |row: &ImportRow| serde_json::from_str(&row.why).unwrap_or(Refusal::plain(Why::Rules));
        let lines = shown.refused.iter();
        lines.map(|row| line(desk, row.number, &refusal(row))).collect()
    };
    let refused_count = if is_draft { summary.refused } else { import.refused };
    let done = if import.state == imports::UNDOING {
        shown.left + shown.taken_back
    } else {
        import.next_row
    };
    let total = if import.state == imports::UNDOING {
        import.added + import.known
    } else {
        import.total
    };
    let by = |(kind, count): (&String, &i64)| {
        let kind = locale.word(match kind.as_str() {
            "email" => "members-email",
            "phone" => "members-phone",
            "card_number" => "members-card-number",
            _ => "members-external-id",
        });
        format!("{kind}: {}", number(*count))
    };
    let known_by: Vec<String> = summary.known_by.iter().map(by).collect();
    let (before, after) = locale.around("imports-type", "word");
    Ok(ImportPage {
        frame: desk.console_frame(locale.title(&name, is_wrong)),
        rail: desk.rail(Room::Members).await?,
        script: script_address("designer.js"),
        back: desk.link("/console/import"),
        base: address(&import.id, ""),
        version: import.version,
        state: state_text(&import.state),
        is_draft,
        is_under_way,
        is_done: import.state == DONE,
        is_undone: matches!(import.state.as_str(), imports::UNDOING | imports::UNDONE),
        is_stale: not == Some("stale"),
        before: shown.before.as_ref().map(|before| {
            let date = desk.date(before.created_at);
            locale.say("imports-before", &[("date", date.into())])
        }),
        can_begin: summary.new + summary.known > 0,
        figures: figures(desk, import, &summary, &shown),
        known_by: (is_draft && !known_by.is_empty()).then(|| known_by.join(" · ")),
        sentence: locale.say(
            "imports-progress-of",
            &[("done", done.into()), ("total", total.into())],
        ),
        done,
        total,
        has_more_refused: usize::try_from(refused_count).is_ok_and(|count| count > refused.len()),
        refused,
        has_more_members: shown.members.len() == SHOWN_MAX,
        members: named(desk, &shown),
        question: Question {
            before,
            after,
            fault: is_wrong.then(|| {
                let values = [("word", name.as_str().into())];
                locale.say("imports-type-wrong", &values)
            }),
            word: name.clone(),
        },
        name,
    })
}

fn figures(desk: &Desk, import: &Import, summary: &Summary, shown: &Shown) -> Vec<Figure> {
    let number = |count: i64| desk.locale.language().write_number(count);
    let of = |text, value| Figure { text, value };
    if import.state == imports::UNDONE {
        return vec![
            of("imports-taken-back", number(shown.taken_back)),
            of("imports-left", number(shown.left)),
        ];
    }
    let (new, known, refused, points) = if import.state == DRAFT {
        (summary.new, summary.known, summary.refused, summary.points)
    } else {
        (import.added, import.known, import.refused, import.points)
    };
    let mut all = vec![
        of("imports-new", number(new)),
        of("imports-known-count", number(known)),
        of("imports-refused-count", number(refused)),
        of("imports-points", number(points)),
    ];
    if let (Some(minor), true) = (summary.value_minor, import.state == DRAFT) {
        all.push(of("imports-value", desk.money(minor)));
    }
    all
}

fn line(desk: &Desk, row: i64, refusal: &Refusal) -> Line {
    Line {
        row: desk.locale.say("imports-row", &[("row", row.into())]),
        why: say_refusal(desk.locale, refusal),
    }
}

fn named(desk: &Desk, shown: &Shown) -> Vec<Named> {
    let one = |row: &ImportRow| {
        let member = shown.people.get(&row.member_id)?;
        Some(Named {
            address: desk.link(&format!("/console/members/{}", row.member_id)),
            name: desk.name_of(member),
            row: desk.locale.say("imports-row", &[("row", row.number.into())]),
        })
    };
    shown.members.iter().filter_map(one).collect()
}

/// The rows that a page shows, with their members.
async fn read_shown(desk: &Desk, import: &Import) -> Result<Shown, ActionError> {
    let import = import.clone();
    let store = &desk.state.house.store;
    if import.state == DRAFT {
        let read = store.read(move |db| {
            Ok::<_, ActionError>(Shown {
                before: imports::find_begun(db, &import.program_id, &import.fingerprint)?,
                ..Shown::default()
            })
        });
        return read.await;
    }
    let read = store.read(move |db| {
        let limit = i64::try_from(SHOWN_MAX).map_err(ActionError::internal)?;
        let is_back = matches!(import.state.as_str(), imports::UNDOING | imports::UNDONE);
        let wanted: &[&str] = if is_back { &[LEFT] } else { &[ADDED, KNOWN] };
        let mut shown = Shown {
            refused: imports::list_rows(db, &import.id, &[REFUSED], 0, limit)?,
            members: imports::list_rows(db, &import.id, wanted, 0, limit)?,
            ..Shown::default()
        };
        if is_back {
            shown.left = imports::count_rows(db, &import.id, LEFT)?;
            shown.taken_back = imports::count_rows(db, &import.id, TAKEN_BACK)?;
        }
        for row in &shown.members {
            let id: MemberId = row.member_id.parse().map_err(ActionError::internal)?;
            let member = members::get(db, &id)?;
            // Who was erased is nobody's to see.
            if member.erased_at.is_none() {
                shown.people.insert(row.member_id.clone(), member);
            }
        }
        Ok::<_, ActionError>(shown)
    });
    read.await
}
