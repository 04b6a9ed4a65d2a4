//! `billfold keys`: makes keys of the API, lists them, takes them back.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::ending::{Ending, Failure, exit_codes};
use super::output::{Output, columns};
use super::session::{Session, block_on};
use crate::actions::create_key::{create_key, revoke_key};
use crate::actions::{ActionError, Answer, Caller, House, perform};
use crate::store::keys::Key;
use crate::store::{LIST_MAX, StoreError, keys, programs};
use crate::types::{KeyId, ProgramId, Role, Secret, Time};

/// Makes keys of the API, lists them, takes them back
#[derive(clap::Args)]
#[command(after_help = concat!("Example:\n  billfold keys create --role cashier --program corner-cafe", exit_codes!()))]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Makes a key and shows it, this once
    #[command(after_help = concat!(
        "Example:\n  billfold keys create --role owner\n  \
         billfold keys create --role integration --program corner-cafe --name 'till 1' --json",
        exit_codes!("there is no such program")
    ))]
    Create {
        /// What the key may do: owner, manager, marketer, cashier, integration or auditor
        #[arg(long, value_name = "ROLE")]
        role: Role,
        /// The one program that it is for, by id or slug [default: all]
        #[arg(long, value_name = "PROGRAM")]
        program: Option<String>,
        /// What people call it
        #[arg(long, value_name = "NAME", default_value = "command line")]
        name: String,
        /// Prints JSON
        #[arg(long)]
        json: bool,
    },
    /// Lists the keys, without what opens anything
    #[command(after_help = concat!("Example:\n  billfold keys list --program corner-cafe", exit_codes!("there is no such program")))]
    List {
        /// Only keys of this program, by id or slug
        #[arg(long, value_name = "PROGRAM")]
        program: Option<String>,
        /// Prints JSON
        #[arg(long)]
        json: bool,
    },
    /// Takes a key back: it opens nothing from now on
    #[command(after_help = concat!("Example:\n  billfold keys revoke key_01k8ymh3n6e0rtqk2v9d4c5b7a", exit_codes!("there is no such key")))]
    Revoke {
        /// The key's id, as `keys list` shows it
        #[arg(value_name = "KEY_ID")]
        id: KeyId,
        /// Prints JSON
        #[arg(long)]
        json: bool,
    },
}

/// A key as it is printed.
#[derive(Serialize, Deserialize)]
struct KeySheet {
    id: KeyId,
    name: String,
    role: Role,
    program: Option<ProgramId>,
    created_at: Time,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    revoked_at: Option<Time>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

impl KeySheet {
    fn of(key: &Key) -> Self {
        Self {
            id: key.id.clone(),
            name: key.name.clone(),
            role: key.role,
            program: key.program_id.clone(),
            created_at: key.created_at,
            revoked_at: key.revoked_at,
            secret: None,
        }
    }
}

pub(super) fn run(args: &Args, session: &Session<'_>, out: &mut Output<'_>) -> Result<Ending, Failure> {
    let config = session.load()?.config;
    block_on(async {
        let house = session.house(&config).await?;
        match &args.command {
            Command::Create {
                role,
                program,
                name,
                json,
            } => {
                let program = resolve(&house, program.as_deref()).await?;
                let sheet = create(&house, *role, program, name.clone()).await?;
                print_created(&sheet, *json, out)
            }
            Command::List { program, json } => {
                let program = resolve(&house, program.as_deref()).await?;
                print_list(&list(&house, program).await?, *json, out)
            }
            Command::Revoke { id, json } => {
                let sheet = revoke(&house, id.clone()).await?;
                if *json {
                    out.json(&sheet)?;
                } else {
                    out.line(format!("{} opens nothing any more.", sheet.id))?;
                }
                Ok(Ending::Good)
            }
        }
    })
}

/// The program of an id or a slug.
pub(super) async fn resolve(house: &House, program: Option<&str>) -> Result<Option<ProgramId>, Failure> {
    let Some(name) = program.map(str::to_owned) else {
        return Ok(None);
    };
    let sought = name.clone();
    let found = house.store.read(move |db| match sought.parse::<ProgramId>() {
        Ok(id) => programs::get(db, &id).map(Some).or_else(|error| match error {
            StoreError::NotFound => Ok(None),
            other => Err(other),
        }),
        Err(_) => programs::find_by_slug(db, &sought),
    });
    match found.await? {
        Some(program) => Ok(Some(program.id)),
        None => Err(Failure::Bad(format!(
            "there is no program `{name}`. Name it by its slug, or by its id (prg_..)"
        ))),
    }
}

async fn create(
    house: &House,
    role: Role,
    program: Option<ProgramId>,
    name: String,
) -> Result<KeySheet, Failure> {
    do_and_read(
        house,
        move |tx, deed| create_key(tx, deed, &name, role, program),
        |(key, secret): &(Key, Secret)| KeySheet {
            secret: Some(secret.expose().to_owned()),
            ..KeySheet::of(key)
        },
    )
    .await
}

async fn revoke(house: &House, id: KeyId) -> Result<KeySheet, Failure> {
    let name = id.clone();
    do_and_read(house, move |tx, deed| revoke_key(tx, deed, &id), KeySheet::of)
        .await
        .map_err(|failure| match failure {
            Failure::Bad(_) => Failure::Bad(format!(
                "there is no key {name}. `billfold keys list` shows them all"
            )),
            other => other,
        })
}

/// Does a deed as the person at the console and reads its answer.
async fn do_and_read<T, D>(
    house: &House,
    deed: D,
    sheet: impl FnOnce(&T) -> KeySheet + Send + 'static,
) -> Result<KeySheet, Failure>
where
    T: 'static,
    D: FnOnce(&mut crate::store::Tx<'_>, &crate::actions::Deed) -> Result<T, ActionError> + Send + 'static,
{
    let caller = Caller::local("cli", house.now());
    let answer = perform(house, caller, deed, move |done| Answer {
        status: 200,
        body: json!(sheet(done)).to_string(),
        is_replay: false,
    })
    .await?;
    serde_json::from_str(&answer.body).map_err(|fault| Failure::Service(fault.to_string()))
}

async fn list(house: &House, program: Option<ProgramId>) -> Result<Vec<KeySheet>, Failure> {
    let all = house.store.read(move |db| {
        let mut all: Vec<Key> = Vec::new();
        loop {
            let after = all.last().map(|key| key.id.clone());
            let page = keys::list(db, program.as_ref(), after.as_ref(), LIST_MAX)?;
            if page.is_empty() {
                return Ok::<_, StoreError>(all);
            }
            all.extend(page);
        }
    });
    Ok(all.await?.iter().map(KeySheet::of).collect())
}

fn print_created(sheet: &KeySheet, is_json: bool, out: &mut Output<'_>) -> Result<Ending, Failure> {
    if is_json {
        out.json(sheet)?;
        return Ok(Ending::Good);
    }
    let scope = sheet
        .program
        .as_ref()
        .map_or("all programs".to_owned(), ToString::to_string);
    out.line(format!("{}  {} for {scope}", sheet.id, sheet.role))?;
    out.line(sheet.secret.as_deref().unwrap_or_default())?;
    out.line("Keep it now: it is stored as a hash only and cannot be shown again.")?;
    Ok(Ending::Good)
}

fn print_list(sheets: &[KeySheet], is_json: bool, out: &mut Output<'_>) -> Result<Ending, Failure> {
    if is_json {
        out.json(&json!({ "data": sheets }))?;
        return Ok(Ending::Good);
    }
    let rows: Vec<Vec<String>> = sheets
        .iter()
        .map(|sheet| {
            vec![
                sheet.id.to_string(),
                sheet.role.to_string(),
                sheet
                    .program
                    .as_ref()
                    .map_or("all programs".to_owned(), ToString::to_string),
                sheet.created_at.rfc3339_secs(),
                match sheet.revoked_at {
                    Some(time) => format!("taken back {}", time.rfc3339_secs()),
                    None => "good".to_owned(),
                },
                sheet.name.clone(),
            ]
        })
        .collect();
    if rows.is_empty() {
        out.line("There are no keys yet. Make one: billfold keys create --role owner")?;
    }
    for line in columns(&rows) {
        out.line(line)?;
    }
    Ok(Ending::Good)
}
