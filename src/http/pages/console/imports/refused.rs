//! The rows that are not taken, as a file that can be mended and brought again.

use actix_web::http::header::CONTENT_DISPOSITION;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};

use super::super::super::desk::Desk;
use super::super::super::locale::Locale;
use super::find;
use super::words::say_refusal;
use crate::actions::judge_import::{Refusal, Why, list_refused};
use crate::actions::run_import::Leftover;
use crate::actions::start_import::{plan_of, read_table};
use crate::actions::{ActionError, Code};
use crate::http::{Problem, State};
use crate::sheet::write_sheet;
use crate::store::imports::{self, DRAFT, REFUSED, RUNNING};

/// What browsers call the file.
const FILE: &str = "attachment; filename=\"refused.csv\"";

/// Gives the rows that are not taken, each with its number and why.
pub(super) async fn download(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let desk = Desk::of(&state, &request).await?;
    let import = find(&desk, &id).await?;
    let (program, locale, now) = (desk.program.clone(), desk.locale, state.house.now());
    let read = state.house.store.read(move |db| {
        if import.state == DRAFT {
            let sheet = read_table(db, &import)?;
            let refused = list_refused(db, &program, &plan_of(&import)?, &sheet, now)?;
            let rows = sheet.rows.into_iter().map(|row| (row.number, row.cells));
            return Ok(write(locale, &sheet.header, rows, &refused));
        }
        let refusal = |why: &str| serde_json::from_str(why).unwrap_or(Refusal::plain(Why::Rules));
        let refused = imports::list_rows(db, &import.id, &[REFUSED], 0, import.total)?;
        let refused: Vec<_> = refused
            .iter()
            .map(|row| (row.number, refusal(&row.why)))
            .collect();
        if import.state == RUNNING {
            let sheet = read_table(db, &import)?;
            let rows = sheet.rows.into_iter().map(|row| (row.number, row.cells));
            return Ok(write(locale, &sheet.header, rows, &refused));
        }
        let bytes = imports::find_file(db, &import.id)?.ok_or_else(|| {
            ActionError::with(
                Code::NotFound,
                "The rows are kept for thirty days, and these are over.",
            )
        })?;
        let left: Leftover = serde_json::from_slice(&bytes).map_err(ActionError::internal)?;
        Ok::<_, ActionError>(write(locale, &left.header, left.rows.into_iter(), &refused))
    });
    let bytes = read.await?;
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((CONTENT_DISPOSITION, FILE))
        .body(bytes))
}

/// Writes those of the rows that are refused, with number and reason behind their own cells.
fn write(
    locale: Locale,
    header: &[String],
    rows: impl Iterator<Item = (i64, Vec<String>)>,
    refused: &[(i64, Refusal)],
) -> Vec<u8> {
    let why: std::collections::HashMap<i64, &Refusal> = refused
        .iter()
        .map(|(number, refusal)| (*number, refusal))
        .collect();
    let lines: Vec<Vec<String>> = std::iter::once({
        let mut line = header.to_vec();
        line.extend(["imports-csv-row", "imports-csv-why"].map(|id| locale.word(id)));
        line
    })
    .chain(rows.filter_map(|(number, mut cells)| {
        let refusal = why.get(&number)?;
        cells.push(number.to_string());
        cells.push(say_refusal(locale, refusal));
        Some(cells)
    }))
    .collect();
    write_sheet(lines.iter().map(|line| line.iter().map(String::as_str).collect()))
}
