//! `billfold import`: takes the members of another product in, from a CSV file.

use std::fs;
use std::io::{self, IsTerminal as _, Read as _, Write as _};
use std::path::{Path, PathBuf};

use serde_json::json;

use super::ending::{Ending, Failure, exit_codes};
use super::output::Output;
use super::session::{Session, block_on};
use crate::actions::import_plan::{ImportPlan, KnownPoints};
use crate::actions::judge_import::{Refusal, Summary, Why, list_refused, summarize};
use crate::actions::run_import::Runner;
use crate::actions::start_import::{
    NewImport, confirm_import, plan_import, plan_of, start_import, summary_of,
};
use crate::actions::{Caller, Deed, House};
use crate::sheet::{DateOrder, Field, Limits, Sheet, read_sheet, write_sheet};
use crate::store::imports::{self, Import, REFUSED, RUNNING};
use crate::store::programs::{self, Program};
use crate::types::ProgramId;

/// Refused rows that are printed one by one.
const PRINTED_MAX: usize = 20;
/// Most tries of a batch while the database is busy.
const TRIES_MAX: u32 = 5;

/// Takes the members of another product in, from a CSV file
#[derive(clap::Args)]
#[command(after_help = concat!(
    "Examples:\n  billfold import members.csv --program corner-cafe --dry-run\n  \
     billfold import members.csv --program corner-cafe --map 'Kundennr.=external_id' --map 'Notes=-' --country 49",
    "\n\nColumns are known by their names in English, Arabic, Persian and Chinese; --map says what another means:\n  \
     first_name last_name name email phone card_number external_id points stamps birth_date language consent\n  \
     consent_at joined_at, or - for nothing.",
    "\n\nWhoever is a member already is found by e-mail, phone, card number or id and is not made twice. The same file\n\
     is done once: run again after a stop it goes on, run again after its end it changes nothing. No phone is told.",
    exit_codes!("the file is no list, there is no such program, or rows were refused")
))]
pub(super) struct Args {
    /// The file; - is standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The program that the members join, by id or slug; can be left out where there is but one
    #[arg(long, value_name = "PROGRAM")]
    program: Option<String>,
    /// Takes a column for a field; may be repeated
    #[arg(long, value_name = "COLUMN=FIELD", value_parser = parse_map)]
    map: Vec<(String, Option<Field>)>,
    /// What becomes of the points of those who are members already: keep or add
    #[arg(long, value_name = "HOW", default_value = "keep", value_parser = parse_known)]
    known: KnownPoints,
    /// Gives new members what joining earns besides
    #[arg(long)]
    welcome: bool,
    /// The calling code of phone numbers that have none, such as 49
    #[arg(long, value_name = "CODE", default_value = "")]
    country: String,
    /// The order of days such as 3/4/1990: day-first or month-first [default: as the file seems to have it]
    #[arg(long, value_name = "ORDER", value_parser = parse_order)]
    dates: Option<DateOrder>,
    /// Judges every row and writes nothing
    #[arg(long)]
    dry_run: bool,
    /// Writes the rows that are refused, with the reason, to a CSV file
    #[arg(long, value_name = "FILE")]
    refused: Option<PathBuf>,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

fn parse_map(text: &str) -> Result<(String, Option<Field>), String> {
    let (column, field) = text
        .rsplit_once('=')
        .ok_or("write it as COLUMN=FIELD, such as Mail=email")?;
    if field.trim() == "-" {
        return Ok((column.trim().to_owned(), None));
    }
    let known = Field::find(field.trim()).ok_or_else(|| {
        let names: Vec<&str> = Field::ALL.into_iter().map(Field::name).collect();
        format!("there is no field `{field}`; the fields are {}", names.join(", "))
    })?;
    Ok((column.trim().to_owned(), Some(known)))
}

fn parse_known(text: &str) -> Result<KnownPoints, String> {
    match text {
        "keep" => Ok(KnownPoints::Keep),
        "add" => Ok(KnownPoints::Add),
        _ => Err("write keep or add".to_owned()),
    }
}

fn parse_order(text: &str) -> Result<DateOrder, String> {
    match text {
        "day-first" => Ok(DateOrder::DayFirst),
        "month-first" => Ok(DateOrder::MonthFirst),
        _ => Err("write day-first or month-first".to_owned()),
    }
}

/// What an import came to.
struct Outcome {
    import: Option<Import>,
    summary: Summary,
    refused: Vec<(i64, Refusal)>,
    /// Whether the same file was done before.
    is_repeat: bool,
}

pub(super) fn run(args: &Args, session: &Session<'_>, out: &mut Output<'_>) -> Result<Ending, Failure> {
    let (name, bytes) = read_file(&args.file)?;
    let bad = |fault: &dyn std::fmt::Display| Failure::Bad(format!("{}: {fault}", args.file.display()));
    let sheet = read_sheet(&bytes, Limits::COMMAND).map_err(|fault| bad(&fault))?;
    let mut new = NewImport::read(&name, bytes, Limits::COMMAND).map_err(|fault| bad(&fault))?;
    change_plan(args, &sheet, &mut new.plan)?;
    new.plan.check().map_err(|fault| bad(&fault))?;
    let config = session.load()?.config;
    let came = block_on(async {
        let house = session.house(&config).await?;
        let program = find_program(&house, args.program.as_deref()).await?;
        if args.dry_run {
            return judge(&house, program, new.plan, sheet.clone()).await;
        }
        import(&house, program, new, sheet.clone()).await
    })?;
    if let Some(path) = &args.refused {
        write_refused(path, &sheet, &came.refused)?;
    }
    print(args, &sheet, &came, out)?;
    Ok(Ending::of(came.refused.is_empty()))
}

fn read_file(path: &Path) -> Result<(String, Vec<u8>), Failure> {
    let limit = u64::try_from(Limits::COMMAND.bytes)
        .unwrap_or(u64::MAX)
        .saturating_add(1);
    let mut bytes = Vec::new();
    let read = if path.as_os_str() == "-" {
        io::stdin().lock().take(limit).read_to_end(&mut bytes)
    } else {
        fs::File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes))
    };
    read.map_err(|fault| Failure::Bad(format!("{} cannot be read: {fault}", path.display())))?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    Ok((name.unwrap_or_default(), bytes))
}

/// Takes up what was said about columns and rows.
fn change_plan(args: &Args, sheet: &Sheet, plan: &mut ImportPlan) -> Result<(), Failure> {
    for (column, field) in &args.map {
        let is_meant = |name: &String| name.eq_ignore_ascii_case(column);
        let Some(place) = sheet.header.iter().position(is_meant) else {
            let names = sheet.header.join(", ");
            return Err(Failure::Bad(format!(
                "there is no column `{column}`; the columns are {names}"
            )));
        };
        // What was guessed gives way to what was said.
        for other in plan
            .columns
            .iter_mut()
            .filter(|other| field.is_some() && *other == field)
        {
            *other = None;
        }
        if let Some(one) = plan.columns.get_mut(place) {
            *one = *field;
        }
    }
    plan.known = args.known;
    plan.pays_welcome = args.welcome;
    args.country
        .trim_start_matches(['+', '0'])
        .clone_into(&mut plan.country);
    plan.dates = args.dates.unwrap_or(plan.dates);
    Ok(())
}

/// The program that is named, or the only one.
async fn find_program(house: &House, named: Option<&str>) -> Result<Program, Failure> {
    let named = named.map(str::to_owned);
    let read = house.store.read(move |db| {
        let Some(name) = &named else {
            let mut all = programs::list(db, None, None, 2)?;
            return Ok(match (all.pop(), all.pop()) {
                (Some(one), None) => Ok(one),
                (None, _) => Err("there is no program yet; make one first".to_owned()),
                _ => Err("there are several programs: name one with --program".to_owned()),
            });
        };
        let found = match name.parse::<ProgramId>() {
            Ok(id) => programs::find(db, &id)?,
            Err(_) => programs::find_by_slug(db, name)?,
        };
        let none = || format!("there is no program `{name}`. Name it by its slug, or by its id (prg_..)");
        Ok::<_, crate::store::StoreError>(found.ok_or_else(none))
    });
    read.await?.map_err(Failure::Bad)
}

async fn judge(house: &House, program: Program, plan: ImportPlan, sheet: Sheet) -> Result<Outcome, Failure> {
    let (here, now) = (house.clone(), house.now());
    let read = house.store.read(move |db| {
        let summary = summarize(db, &here, &program, &plan, &sheet, now)?;
        let refused = list_refused(db, &program, &plan, &sheet, now)?;
        Ok::<_, crate::actions::ActionError>((summary, refused))
    });
    let (summary, refused) = read.await?;
    Ok(Outcome {
        import: None,
        summary,
        refused,
        is_repeat: false,
    })
}

async fn import(house: &House, program: Program, new: NewImport, sheet: Sheet) -> Result<Outcome, Failure> {
    let (id, fingerprint) = (program.id.clone(), new.fingerprint());
    let begun = house
        .store
        .read(move |db| imports::find_begun(db, &id, &fingerprint))
        .await?;
    let begun = match begun {
        Some(begun) if plan_of(&begun)? == new.plan => Some(begun),
        _ => None,
    };
    let is_repeat = begun.as_ref().is_some_and(|begun| begun.state != RUNNING);
    let import = match begun {
        Some(begun) => begun,
        None => begin(house, &program, new, sheet).await?,
    };
    let import = if import.state == RUNNING {
        go_on(house, &import).await?
    } else {
        import
    };
    let id = import.id.clone();
    let rows = house
        .store
        .read(move |db| imports::list_rows(db, &id, &[REFUSED], 0, i64::MAX))
        .await?;
    let refusal = |why: &str| serde_json::from_str(why).unwrap_or(Refusal::plain(Why::Rules));
    Ok(Outcome {
        summary: summary_of(&import)?.unwrap_or_default(),
        refused: rows.iter().map(|row| (row.number, refusal(&row.why))).collect(),
        import: Some(import),
        is_repeat,
    })
}

/// Keeps the file and says that it is to be done.
async fn begin(house: &House, program: &Program, new: NewImport, sheet: Sheet) -> Result<Import, Failure> {
    let plan = new.plan.clone();
    let summary = judge(house, program.clone(), plan.clone(), sheet).await?.summary;
    let deed = Deed::begin(house, Caller::local("cli", house.now()));
    let program = program.clone();
    let write = house.store.write(move |tx| {
        let draft = start_import(tx, &deed, &program.id, &new)?;
        let draft = plan_import(tx, &deed, (&draft.id, draft.version), &plan, Some(&summary))?;
        confirm_import(tx, &deed, &program, (&draft.id, draft.version))
    });
    Ok(write.await?)
}

/// Does what is left of an import, and says on a terminal how far it is.
async fn go_on(house: &House, import: &Import) -> Result<Import, Failure> {
    let runner = Runner::ready(house, import).await?;
    let is_seen = io::stderr().is_terminal();
    let mut tries = 0;
    loop {
        let progress = match runner.step(house).await {
            Ok(progress) => progress,
            Err(error) if tries < TRIES_MAX => {
                tries += 1;
                tracing::warn!(%error, "a batch is tried again");
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        tries = 0;
        if is_seen {
            let done = progress.import.next_row;
            // Whoever no longer looks misses nothing.
            let _ = write!(io::stderr(), "\r{done} of {} rows", progress.import.total);
        }
        if progress.is_over {
            if is_seen {
                // As above.
                let _ = writeln!(io::stderr());
            }
            return Ok(progress.import);
        }
    }
}

fn write_refused(path: &Path, sheet: &Sheet, refused: &[(i64, Refusal)]) -> Result<(), Failure> {
    let by_number: std::collections::HashMap<i64, &Refusal> = refused
        .iter()
        .map(|(number, refusal)| (*number, refusal))
        .collect();
    let mut header = vec!["row", "why"];
    header.extend(sheet.header.iter().map(String::as_str));
    let found = sheet
        .rows
        .iter()
        .filter_map(|row| Some((row, by_number.get(&row.number)?)));
    let lines: Vec<(String, &str, &[String])> = found
        .map(|(row, refusal)| (row.number.to_string(), refusal.sentence(), row.cells.as_slice()))
        .collect();
    let rows = lines.iter().map(|(number, why, cells)| {
        let mut line = vec![number.as_str(), *why];
        line.extend(cells.iter().map(String::as_str));
        line
    });
    let bytes = write_sheet(std::iter::once(header).chain(rows));
    fs::write(path, bytes)
        .map_err(|fault| Failure::Bad(format!("{} cannot be written: {fault}", path.display())))
}

fn print(args: &Args, sheet: &Sheet, came: &Outcome, out: &mut Output<'_>) -> Result<(), Failure> {
    let Outcome {
        import,
        summary,
        refused,
        is_repeat,
    } = came;
    let numbers = import
        .as_ref()
        .map_or((summary.new, summary.known, summary.points), |import| {
            (import.added, import.known, import.points)
        });
    let (added, known, points) = numbers;
    if args.json {
        let rows: Vec<_> = refused
            .iter()
            .map(|(row, refusal)| json!({ "row": row, "why": refusal.why, "field": refusal.field, "first": refusal.first }))
            .collect();
        out.json(&json!({
            "import": import.as_ref().map(|import| &import.id), "dry_run": args.dry_run, "repeated": is_repeat,
            "rows": sheet.rows.len(), "added": added, "known": known, "points": points,
            "value_minor": summary.value_minor, "refused": rows,
        }))?;
        return Ok(());
    }
    let what = match (args.dry_run, is_repeat) {
        (true, _) => "Nothing was written. It would come to",
        (false, true) => "This file was imported before; nothing changed. It came to",
        (false, false) => "Imported",
    };
    out.line(format!(
        "{what}: {added} new members, {known} known, {points} points, {} rows refused.",
        refused.len()
    ))?;
    for (row, refusal) in refused.iter().take(PRINTED_MAX) {
        let first = refusal
            .first
            .map(|first| format!(" (row {first})"))
            .unwrap_or_default();
        out.line(format!("row {row}: {}{first}", refusal.sentence()))?;
    }
    if refused.len() > PRINTED_MAX {
        let rest = refused.len() - PRINTED_MAX;
        out.line(format!("and {rest} more: --refused FILE writes them all"))?;
    }
    Ok(())
}
