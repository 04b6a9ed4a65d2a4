//! `billfold config show`: every setting in force, and where it came from.

use serde_json::json;

use super::ending::{Ending, Failure, exit_codes};
use super::output::{Output, columns};
use super::session::Session;
use crate::config::variable_of;

/// Shows the settings in force
#[derive(clap::Args)]
#[command(after_help = concat!("Example:\n  billfold config show", exit_codes!()))]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Lists every setting with its value and where that came from; secrets are blanked out
    #[command(after_help = concat!(
        "Example:\n  billfold config show\n  BILLFOLD_LISTEN=127.0.0.1:9000 billfold config show --json",
        exit_codes!()
    ))]
    Show {
        /// Prints JSON
        #[arg(long)]
        json: bool,
    },
}

pub(super) fn run(args: &Args, session: &Session<'_>, out: &mut Output<'_>) -> Result<Ending, Failure> {
    let Command::Show { json } = args.command;
    let settings = session.load()?.settings;
    if json {
        let list: Vec<_> = settings
            .iter()
            .map(|setting| {
                json!({
                    "key": setting.key,
                    "value": setting.shown(),
                    "is_secret": setting.is_secret(),
                    "origin": setting.origin,
                    "variable": variable_of(&setting.key),
                })
            })
            .collect();
        out.json(&json!({ "file": settings.file, "settings": list }))?;
        return Ok(Ending::Good);
    }
    let rows: Vec<Vec<String>> = settings
        .iter()
        .map(|setting| {
            let value = match setting.shown() {
                empty if empty.is_empty() => "(not set)".to_owned(),
                value => value,
            };
            vec![setting.key.clone(), value, setting.origin.to_string()]
        })
        .collect();
    for line in columns(&rows) {
        out.line(line)?;
    }
    Ok(Ending::Good)
}
