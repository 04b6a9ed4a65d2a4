//! `billfold pass`: checks anybody's pass file, makes a sample of a design.

mod build;
mod verify;

use super::ending::{Ending, Failure, exit_codes};
use super::output::Output;
use super::session::Session;

/// Checks a pass file, makes a sample pass of a design
#[derive(clap::Args)]
#[command(after_help = concat!("Example:\n  billfold pass verify card.pkpass", exit_codes!("a phone would refuse the pass")))]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    Verify(verify::Args),
    Build(build::Args),
}

pub(super) fn run(args: &Args, session: &Session<'_>, out: &mut Output<'_>) -> Result<Ending, Failure> {
    match &args.command {
        Command::Verify(args) => verify::run(args, session, out),
        Command::Build(args) => build::run(args, session, out),
    }
}
