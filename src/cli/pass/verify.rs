//! `billfold pass verify`: each rule by which a phone would refuse a pass file.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::apple::credentials::inventory::read_certificates;
use crate::apple::limits::PASS_BYTES_MAX;
use crate::apple::verify::verify;
use crate::cli::ending::{Ending, Failure, exit_codes};
use crate::cli::output::Output;
use crate::cli::session::Session;

/// Checks a pass file by all the rules that iOS is known to apply
#[derive(clap::Args)]
#[command(after_help = concat!(
    "Example:\n  billfold pass verify card.pkpass\n  \
     curl -s https://cards.example.com/card/TOKEN.pkpass | billfold pass verify - --json",
    exit_codes!("the pass has errors: a phone would refuse it")
))]
pub(super) struct Args {
    /// The pass file; `-` is standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// A root certificate to trust besides Apple's, such as certs/demo/root.pem
    #[arg(long, value_name = "FILE")]
    trust: Option<PathBuf>,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, session: &Session<'_>, out: &mut Output<'_>) -> Result<Ending, Failure> {
    let bytes = read(&args.file).map_err(|fault| {
        Failure::Configuration(format!(
            "{} cannot be read: {fault}. Name the pass file, such as card.pkpass",
            args.file.display()
        ))
    })?;
    let roots = match &args.trust {
        Some(file) => {
            let roots = read_certificates(file, None);
            Some(roots.map_err(|fault| Failure::Configuration(fault.to_string()))?)
        }
        None => None,
    };
    let report = verify(&bytes, session.clock.now(), roots.as_deref());
    if args.json {
        out.json(&report)?;
    } else {
        out.line(report.to_string().trim_end())?;
    }
    Ok(Ending::of(report.is_valid))
}

/// Reads a file, up to one byte more than is checked.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    let limit = u64::try_from(PASS_BYTES_MAX)
        .unwrap_or(u64::MAX)
        .saturating_add(1);
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        io::stdin().lock().take(limit).read_to_end(&mut bytes)?;
    } else {
        File::open(path)?.take(limit).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}
