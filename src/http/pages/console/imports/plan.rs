//! What the columns of a file mean, and what is done with its rows.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::super::super::desk::Desk;
use super::super::super::forms::read_version;
use super::super::super::frame::{Frame, respond};
use super::super::super::leading::lead_to;
use super::super::parts::Form;
use super::super::rail::{Rail, Room};
use super::deeds::lead_back;
use super::list::name_of;
use super::words::field_text;
use super::{address, find};
use crate::actions::import_plan::{ImportPlan, KnownPoints, PlanFault};
use crate::actions::judge_import::summarize;
use crate::actions::start_import::{plan_import, plan_of, read_table};
use crate::actions::{ActionError, Code};
use crate::http::body::Body;
use crate::http::{Problem, State};
use crate::sheet::{DateOrder, Encoding, Field, Sheet};
use crate::store::imports::Import;

/// Rows that are shown.
const SHOWN_ROWS: usize = 5;
/// Longest part of a cell that is shown, in characters.
const SHOWN_CELL: usize = 60;

#[derive(Template)]
#[template(path = "pages/console/imports/plan.html")]
struct PlanPage {
    frame: Frame,
    rail: Rail,
    back: String,
    base: String,
    version: i64,
    name: String,
    rows: String,
    fault: Option<String>,
    country_fault: bool,
    /// Whether the file was no UTF-8.
    is_old_text: bool,
    columns: Vec<Column>,
    plan: ImportPlan,
    is_add: bool,
    is_month_first: bool,
}

/// A column with what it can be taken for.
struct Column {
    id: String,
    name: String,
    choices: Vec<Choice>,
    cells: Vec<String>,
}

struct Choice {
    value: &'static str,
    text: &'static str,
    is_chosen: bool,
}

/// Shows what the columns seem to mean.
pub(super) async fn show(desk: &Desk, import: &Import) -> Result<HttpResponse, ActionError> {
    let sheet = read(desk, import).await?;
    let page = draw(desk, import, &sheet, (plan_of(import)?, None)).await?;
    respond(StatusCode::OK, &page)
}

/// The table of an import.
async fn read(desk: &Desk, import: &Import) -> Result<Sheet, ActionError> {
    let import = import.clone();
    let store = &desk.state.house.store;
    store.read(move |db| read_table(db, &import)).await
}

/// Keeps what the columns mean, and looks at every row.
pub(super) async fn keep(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (desk, form) = Desk::take_parts(&state, &request, &body.0).await?;
    let version = read_version(form.get("version"))?;
    let import = find(&desk, &id).await?;
    let plan = read_plan(&form, &plan_of(&import)?);
    if let Err(fault) = plan.check() {
        let sheet = read(&desk, &import).await?;
        let page = draw(&desk, &import, &sheet, (plan, Some(fault))).await?;
        return Ok(respond(StatusCode::UNPROCESSABLE_ENTITY, &page)?);
    }
    let kept = judge(&desk, &import, version, plan).await;
    match kept {
        Ok(import) => Ok(lead_to(&desk.link(&address(&import.id, "")))),
        Err(error) => Ok(lead_back(&desk, &import.id, error)?),
    }
}

async fn judge(desk: &Desk, import: &Import, version: i64, plan: ImportPlan) -> Result<Import, ActionError> {
    let (own, own_plan, program) = (import.clone(), plan.clone(), desk.program.clone());
    let house = desk.state.house.clone();
    let store = house.store.clone();
    let read = store.read(move |db| {
        if own.version != version {
            return Err(ActionError::new(Code::StaleEdit));
        }
        let sheet = read_table(db, &own)?;
        summarize(db, &house, &program, &own_plan, &sheet, house.now())
    });
    let summary = read.await?;
    let id = import.id.clone();
    desk.act(move |tx, deed| plan_import(tx, deed, (&id, version), &plan, Some(&summary)))
        .await
}

/// What a form says; a column that it lacks is as it was.
fn read_plan(form: &Form, before: &ImportPlan) -> ImportPlan {
    let column = |(place, before): (usize, &Option<Field>)| match form.find(&format!("column.{place}")) {
        Some(name) => Field::find(name),
        None => *before,
    };
    let country = crate::types::fold(form.get("country")).into_owned();
    ImportPlan {
        columns: before.columns.iter().enumerate().map(column).collect(),
        known: match form.get("known") {
            "add" => KnownPoints::Add,
            _ => KnownPoints::Keep,
        },
        pays_welcome: form.get("welcome") == "1",
        country: country.trim_start_matches(['+', '0']).trim().to_owned(),
        dates: match form.get("dates") {
            "month" => DateOrder::MonthFirst,
            _ => DateOrder::DayFirst,
        },
    }
}

async fn draw(
    desk: &Desk,
    import: &Import,
    sheet: &Sheet,
    (plan, fault): (ImportPlan, Option<PlanFault>),
) -> Result<PlanPage, ActionError> {
    let locale = desk.locale;
    let columns = sheet.header.iter().enumerate().map(|(place, name)| {
        let chosen = plan.columns.get(place).copied().flatten();
        let choice = |field: Field| Choice {
            value: field.name(),
            text: field_text(field),
            is_chosen: chosen == Some(field),
        };
        let number = i64::try_from(place).unwrap_or_default().saturating_add(1);
        let cell = |row: &crate::sheet::Row| row.cells.get(place).map(|cell| shorten(cell));
        Column {
            id: format!("column.{place}"),
            name: if name.is_empty() {
                locale.say("imports-column-unnamed", &[("number", number.into())])
            } else {
                shorten(name)
            },
            choices: Field::ALL.into_iter().map(choice).collect(),
            cells: sheet.rows.iter().take(SHOWN_ROWS).filter_map(cell).collect(),
        }
    });
    Ok(PlanPage {
        frame: desk.console_frame(desk.title("imports-columns", fault.is_some())),
        rail: desk.rail(Room::Members).await?,
        back: desk.link("/console/import"),
        base: address(&import.id, ""),
        version: import.version,
        name: name_of(import),
        rows: locale.language().write_number(import.total),
        fault: fault.map(|fault| match fault {
            PlanFault::NoIdentity => locale.word("imports-fault-identity"),
            PlanFault::Twice(field) => {
                let name = locale.word(field_text(field));
                locale.say("imports-fault-twice", &[("field", name.into())])
            }
            PlanFault::BadCountry => locale.word("imports-fault-country"),
        }),
        country_fault: fault == Some(PlanFault::BadCountry),
        is_old_text: sheet.encoding == Encoding::Windows1252,
        columns: columns.collect(),
        is_add: plan.known == KnownPoints::Add,
        is_month_first: plan.dates == DateOrder::MonthFirst,
        plan,
    })
}

/// The beginning of a cell.
fn shorten(cell: &str) -> String {
    match cell.char_indices().nth(SHOWN_CELL) {
        Some((end, _)) => format!("{}…", cell.get(..end).unwrap_or_default()),
        None => cell.to_owned(),
    }
}
