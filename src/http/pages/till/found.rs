//! A name was typed: the members who have it, to be told apart and chosen.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use serde_json::json;

use super::super::assets::script_address;
use super::super::desk::Desk;
use super::super::frame::{Frame, respond};
use super::counter::Bar;
use crate::actions::ActionError;
use crate::actions::list_members::{MemberPage, MemberRow, Sought, list_members, tell_sought};
use crate::store::Tx;
use crate::store::member_lists::MemberFilter;

/// Most who are shown: more are not told apart at a glance.
const SHOWN: usize = 8;
/// Fewest letters of a name that is looked for.
const LETTERS_MIN: usize = 2;

#[derive(Template)]
#[template(path = "pages/till/found.html")]
struct FoundPage {
    frame: Frame,
    bar: Bar,
    people: Vec<Person>,
    is_more: bool,
    home: String,
    script: String,
}

/// Somebody who has the name.
struct Person {
    name: String,
    since: String,
    balance: String,
    address: String,
}

/// The members whose first or last name begins as a text does, drawn to choose from; `None` if the text is no name, or
/// nobody's. The books say that somebody searched by a name and how many it found, never for what name.
pub(super) async fn find_named(counter: &Desk, text: &str) -> Result<Option<HttpResponse>, ActionError> {
    let is_name = tell_sought(text) == Some(Sought::Name) && text.trim().chars().count() >= LETTERS_MIN;
    if !is_name || text.contains("://") {
        return Ok(None);
    }
    let (program, name) = (counter.program.clone(), text.to_owned());
    let found = counter
        .act(move |tx: &mut Tx<'_>, deed| {
            let named = (Some(name.as_str()), MemberFilter::default());
            let found = list_members(tx, &deed.house, &program, named)?;
            let said = json!({ "by": "name", "found": found.rows.len() });
            deed.record(tx, Some(&program.id), "search_member", "", &said)?;
            Ok(found)
        })
        .await?;
    if found.rows.is_empty() {
        return Ok(None);
    }
    respond(StatusCode::OK, &draw(counter, &found)).map(Some)
}

fn draw(counter: &Desk, found: &MemberPage) -> FoundPage {
    let with_card = |row: &MemberRow| Some((row.clone(), row.card.clone()?));
    let mut people: Vec<Person> = found
        .rows
        .iter()
        .filter_map(with_card)
        .map(|(row, card)| {
            let date = counter.date(row.member.created_at);
            Person {
                name: counter.name_of(&row.member),
                since: counter
                    .locale
                    .say("till-recover-since", &[("date", date.as_str().into())]),
                balance: counter.points(card.balance.get()),
                address: counter.link(&format!("/till/card?code={}", card.code)),
            }
        })
        .collect();
    let is_more = found.has_more || found.is_cut || people.len() > SHOWN;
    people.truncate(SHOWN);
    FoundPage {
        frame: counter.till_frame(counter.locale.word("till-found")),
        bar: counter.bar(),
        people,
        is_more,
        home: counter.link("/till"),
        script: script_address("till.js"),
    }
}
