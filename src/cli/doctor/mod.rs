//! `billfold doctor`: many small checks, each with what was found and how to mend it.

mod apple;
mod database;
mod files;
mod google;
mod report;
mod surroundings;

use std::sync::Arc;

use super::ending::{Ending, Failure, exit_codes};
use super::output::Output;
use super::session::{Session, block_on};
use crate::config::Loaded;
use report::Report;

/// Checks configuration, certificates, database, Apple and Google, and says what to do
#[derive(clap::Args)]
#[command(after_help = concat!(
    "Example:\n  billfold doctor\n  billfold doctor --deep --json | jq '.findings[] | select(.mark == \"fault\")'",
    exit_codes!("there are faults; warnings alone are 0")
))]
pub(super) struct Args {
    /// Also reads the whole ledger, and all of a SQLite file
    #[arg(long)]
    deep: bool,
    /// Asks neither Apple nor Google
    #[arg(long)]
    offline: bool,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, session: &Session<'_>, out: &mut Output<'_>) -> Result<Ending, Failure> {
    let mut report = Report::default();
    match session.load() {
        Ok(loaded) => {
            let file = loaded.settings.file.as_ref();
            let from = file.map_or("defaults and environment".to_owned(), |file| {
                file.display().to_string()
            });
            report.ok("configuration", format!("reads well ({from})"));
            block_on(examine(args, session, &loaded, &mut report))?;
        }
        Err(error) => {
            for fault in error.faults {
                report.fault(
                    "configuration",
                    fault.to_string(),
                    "Mend it, then run `billfold doctor` again",
                );
            }
        }
    }
    report.print(args.json, out)?;
    Ok(Ending::of(!report.has_faults()))
}

async fn examine(
    args: &Args,
    session: &Session<'_>,
    loaded: &Loaded,
    report: &mut Report,
) -> Result<(), Failure> {
    let config = &loaded.config;
    surroundings::check_clock(session.clock.now(), report);
    surroundings::check_public_url(loaded, report);
    files::check(loaded, report);
    database::check(config, args.deep, &session.clock, report).await;
    if config.apple.is_none() && config.google.is_none() {
        report.warn(
            "wallets",
            "neither Apple nor Google Wallet is set up, so that no card can be issued",
            "certs.example/README.md says how to get certificates; `billfold certs demo` makes some to try out",
        );
    }
    if let Some(apple) = &config.apple {
        apple::check(apple, args.offline, &session.clock, report).await;
    }
    if let Some(google) = &config.google {
        google::check(google, args.offline, Arc::clone(&session.clock), report).await;
    }
    Ok(())
}
