//! `billfold certs`: make-believe certificates, the request for real ones, and what the configured ones are.

pub(super) mod demo;
mod request;
mod show;

use super::ending::{Ending, Failure, exit_codes};
use super::output::Output;
use super::session::Session;

/// Makes make-believe certificates, asks for real ones, shows what certificates there are
#[derive(clap::Args)]
#[command(after_help = concat!("Example:\n  billfold certs demo\n  billfold certs request --name \"Corner Cafe\"\n  billfold certs show", exit_codes!()))]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    Demo(demo::Args),
    Request(request::Args),
    Show(show::Args),
}

pub(super) fn run(args: &Args, session: &Session<'_>, out: &mut Output<'_>) -> Result<Ending, Failure> {
    match &args.command {
        Command::Demo(args) => demo::run(args, session, out),
        Command::Request(args) => request::run(args, out),
        Command::Show(args) => show::run(args, session, out),
    }
}
