//! The commands: what can be typed, what each prints, and how it ends.

mod campaign;
mod certs;
mod config;
mod demo;
mod doctor;
mod ending;
mod import;
mod keys;
mod migrate;
mod openapi;
mod output;
mod pass;
mod progress;
mod push;
mod serve;
mod session;
mod simulator;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{CommandFactory as _, Parser, Subcommand};

use crate::config::Files;
use crate::types::Clock;
use ending::{Ending, Failure};
use output::Output;
use session::{Global, Session};

/// Loyalty cards in Apple Wallet and Google Wallet, from one binary.
#[derive(Parser)]
#[command(
    name = "billfold",
    version,
    arg_required_else_help = true,
    after_help = concat!(
        "Examples:\n  billfold demo\n  billfold certs demo && billfold --config certs/demo/billfold.toml doctor\n  billfold keys create --role owner",
        "\n\nSettings come from flags, else the environment (BILLFOLD_APPLE__WWDR), else billfold.toml, else the defaults:\n\
         `billfold config show` lists them all.",
        ending::exit_codes!("what was asked about is bad: `pass verify` found errors, `doctor` found faults")
    )
)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Demo(demo::Args),
    Serve(serve::Args),
    Migrate(migrate::Args),
    Doctor(doctor::Args),
    Import(import::Args),
    Campaign(campaign::Args),
    Keys(keys::Args),
    Certs(certs::Args),
    Pass(pass::Args),
    Push(push::Args),
    Config(config::Args),
    Simulator(simulator::Args),
    Openapi(openapi::Args),
}

/// The world around the program, passed in.
pub struct Outside<'a> {
    /// The environment.
    pub environment: BTreeMap<String, String>,
    /// The configuration's files.
    pub files: &'a dyn Files,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Where results go.
    pub out: &'a mut dyn Write,
    /// Where sentences about failures go.
    pub err: &'a mut dyn Write,
}

/// The definition of all commands, for completions and for tests.
pub fn definition() -> clap::Command {
    Cli::command()
}

/// Does what the command line says.
pub fn run(arguments: impl IntoIterator<Item = OsString>, outside: Outside<'_>) -> ExitCode {
    let Outside {
        environment,
        files,
        clock,
        out,
        err,
    } = outside;
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(usage) => {
            let (to, code) = if usage.use_stderr() { (err, 2) } else { (out, 0) };
            // With nobody there to read the usage, the exit code has to do.
            let _ = write!(to, "{}", usage.render());
            return ExitCode::from(code);
        }
    };
    let session = Session {
        global: cli.global,
        environment,
        files,
        clock,
    };
    let mut output = Output::new(out);
    match dispatch(&cli.command, &session, &mut output) {
        Ok(Ending::Good) => ExitCode::SUCCESS,
        Ok(Ending::Bad) => ExitCode::from(1),
        Err(failure) => {
            if !failure.is_silent() {
                // With nobody there to read the sentence, the exit code has to do.
                let _ = writeln!(err, "billfold: {failure}");
            }
            failure.exit_code()
        }
    }
}

fn dispatch(command: &Command, session: &Session<'_>, out: &mut Output<'_>) -> Result<Ending, Failure> {
    match command {
        Command::Demo(args) => demo::run(args, session, out),
        Command::Serve(args) => serve::run(args, session, out),
        Command::Migrate(args) => migrate::run(args, session, out),
        Command::Doctor(args) => doctor::run(args, session, out),
        Command::Import(args) => import::run(args, session, out),
        Command::Campaign(args) => campaign::run(args, session, out),
        Command::Keys(args) => keys::run(args, session, out),
        Command::Certs(args) => certs::run(args, session, out),
        Command::Pass(args) => pass::run(args, session, out),
        Command::Config(args) => config::run(args, session, out),
        Command::Push(args) => push::run(args, session, out),
        Command::Simulator(args) => simulator::run(args, session, out),
        Command::Openapi(args) => openapi::run(args, out),
    }
}
