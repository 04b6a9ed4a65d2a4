//! A program's texts in every language side by side: what is missing, and what stands in for it.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::draft::Place;
use super::read_design;
use super::texts::{Wording, home, wordings};
use crate::http::pages::console::rail::{Rail, Room};
use crate::http::pages::desk::Desk;
use crate::http::pages::frame::{Frame, respond};
use crate::http::pages::locale::Locale;
use crate::http::{Problem, State};
use crate::loyalty::design::Design;
use crate::types::Text;

#[derive(Template)]
#[template(path = "pages/console/designer/languages.html")]
struct LanguagesPage {
    frame: Frame,
    rail: Rail,
    languages: Vec<Column>,
    rows: Vec<Row>,
}

/// A language, and how much is missing in it.
struct Column {
    locale: Locale,
    missing: String,
    is_whole: bool,
}

/// A text in every language.
struct Row {
    name: String,
    /// Whether it is the same in all of them, as it is meant.
    is_plain: bool,
    plain: String,
    wordings: Vec<Wording>,
}

/// Shows every text of the program and its card.
pub(super) async fn show(state: Data<State>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let desk = Desk::of(&state, &request).await?;
    let (_, design) = read_design(&desk, None).await?;
    let rows = read_rows(&desk, &design);
    let column = |(index, locale): (usize, Locale)| {
        let is_missing = |row: &&Row| {
            let own = row.wordings.get(index);
            !row.is_plain && own.is_some_and(|own| own.text.is_empty())
        };
        let count = rows.iter().filter(is_missing).count();
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        Column {
            locale,
            missing: desk.locale.say("designer-missing", &[("count", count.into())]),
            is_whole: count == 0,
        }
    };
    let page = LanguagesPage {
        frame: desk.console_frame(desk.locale.word("designer-languages")),
        rail: desk.rail(Room::Card).await?,
        languages: Locale::ALL.into_iter().enumerate().map(column).collect(),
        rows,
    };
    Ok(respond(StatusCode::OK, &page)?)
}

fn read_rows(desk: &Desk, design: &Design) -> Vec<Row> {
    let locale = desk.locale;
    let mut rows = Vec::new();
    let mut add = |name: String, text: Option<&Text>| {
        let Some(text) = text.filter(|text| !text.fallback().is_empty()) else {
            return;
        };
        rows.push(Row {
            name,
            is_plain: text.translations().is_empty(),
            plain: text.fallback().to_owned(),
            wordings: wordings(Some(text), home(&desk.program)),
        });
    };
    add(locale.word("designer-of-program"), Some(&desk.program.name));
    add(locale.word("designer-point-name"), Some(&desk.program.point_name));
    add(
        locale.word("designer-organization"),
        Some(&design.organization_name),
    );
    add(locale.word("designer-logo-text"), design.logo_text.as_ref());
    add(locale.word("designer-description"), Some(&design.description));
    for place in Place::ALL {
        for (number, field) in (1_i64..).zip(place.fields(&design.fields)) {
            let number = locale.language().write_number(number);
            let name = |part: &str| {
                let (place, part) = (locale.word(place.text()), locale.word(part));
                format!("{place} {number} · {part}")
            };
            add(name("designer-field-label"), field.label.as_ref());
            add(name("designer-field-value"), Some(&field.value));
            add(name("designer-field-notice"), field.change_message.as_ref());
        }
    }
    let google = &design.google;
    let name = |id: &str| format!("{} · {}", locale.word("designer-google"), locale.word(id));
    add(name("designer-issuer-name"), google.issuer_name.as_ref());
    add(name("designer-program-name"), google.program_name.as_ref());
    add(name("designer-points-label"), google.points_label.as_ref());
    for module in &google.text_modules {
        add(name("designer-field-label"), Some(&module.header));
        add(name("designer-field-value"), Some(&module.body));
    }
    rows
}
