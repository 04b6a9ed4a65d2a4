//! `billfold migrate`: brings the database to this version, or says how far it is from it.

use serde_json::json;

use super::ending::{Ending, Failure, exit_codes};
use super::output::Output;
use super::session::Session;
use crate::store::{SchemaState, Store};

/// Brings the database's schema to this version of the program
#[derive(clap::Args)]
#[command(after_help = concat!(
    "Example:\n  billfold migrate\n  billfold migrate --status --url sqlite://billfold.db",
    exit_codes!("with --status: the schema is not this program's")
))]
pub(super) struct Args {
    /// Only says what was run and what is to be run
    #[arg(long)]
    status: bool,
    /// The database, instead of the configured one
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, session: &Session<'_>, out: &mut Output<'_>) -> Result<Ending, Failure> {
    let url = match &args.url {
        Some(url) => url.clone(),
        None => session.load()?.config.database_url.expose().to_owned(),
    };
    if !["sqlite://", "postgres://", "postgresql://"]
        .iter()
        .any(|scheme| url.starts_with(scheme))
    {
        return Err(Failure::Configuration(
            "the database's address must begin with sqlite:// or postgres://, such as sqlite://billfold.db"
                .to_owned(),
        ));
    }
    if args.status {
        return print_status(args, &Store::inspect(&url, false)?.schema, out);
    }
    let ran: Vec<String> = Store::migrate(&url)?
        .into_iter()
        .map(|applied| applied.0)
        .collect();
    if args.json {
        out.json(&json!({ "ran": ran }))?;
    } else if ran.is_empty() {
        out.line("Nothing to do: the database is at this version.")?;
    } else {
        out.line(format!("Migrated: {}", ran.join(", ")))?;
    }
    Ok(Ending::Good)
}

fn print_status(args: &Args, schema: &SchemaState, out: &mut Output<'_>) -> Result<Ending, Failure> {
    let SchemaState {
        applied,
        pending,
        unknown,
    } = schema;
    if args.json {
        out.json(&json!({ "applied": applied, "pending": pending, "unknown": unknown }))?;
    } else {
        for (word, list) in [("applied", applied), ("pending", pending), ("unknown", unknown)] {
            for name in list {
                out.line(format!("{word}  {name}"))?;
            }
        }
        if !unknown.is_empty() {
            out.line("A newer Billfold has been here: install that version or later.")?;
        } else if !pending.is_empty() {
            out.line("Run `billfold migrate`.")?;
        }
    }
    Ok(Ending::of(pending.is_empty() && unknown.is_empty()))
}
