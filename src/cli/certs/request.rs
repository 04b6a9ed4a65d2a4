//! `billfold certs request`: the private key of a shop and what Apple signs of it.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::demo::{NewFile, write};
use crate::apple::request::SigningRequest;
use crate::cli::ending::{Ending, Failure, exit_codes};
use crate::cli::output::Output;

/// Where it is written unless told otherwise.
const FOLDER: &str = "certs/apple";
const KEY: &str = "pass.key";
const REQUEST: &str = "pass.csr";
/// Longest name, in characters (RFC 5280, `ub-common-name`).
const NAME_MAX: usize = 64;

/// Makes a private key and the request for Apple's Pass Type ID certificate
///
/// The key never leaves this machine and is never written over. Upload the request at developer.apple.com, and keep what comes
/// back beside it as pass.cer.
#[derive(clap::Args)]
#[command(after_help = concat!(
    "Example:\n  billfold certs request --name \"Corner Cafe\" --email owner@cafe.example",
    exit_codes!()
))]
pub(super) struct Args {
    /// Who asks: the shop's name
    #[arg(long, value_name = "NAME")]
    name: String,
    /// An e-mail address in the request
    #[arg(long, value_name = "EMAIL")]
    email: Option<String>,
    /// The folder to write to
    #[arg(value_name = "DIR", default_value = FOLDER)]
    folder: PathBuf,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, out: &mut Output<'_>) -> Result<Ending, Failure> {
    let name = args.name.trim();
    if name.is_empty() || name.chars().count() > NAME_MAX {
        return Err(Failure::Configuration(format!(
            "a name has 1 to {NAME_MAX} characters. Shorten `--name`"
        )));
    }
    let place = |file: &str| args.folder.join(file);
    if let Some(path) = [KEY, REQUEST].map(place).iter().find(|path| path.exists()) {
        return Err(Failure::Configuration(format!(
            "{} is there already, and a key that is lost is a certificate that is lost. Name another folder",
            path.display()
        )));
    }
    let made = SigningRequest::new(name, args.email.as_deref())
        .map_err(|fault| Failure::Service(format!("the request cannot be made: {fault}")))?;
    let files = [
        NewFile {
            name: KEY,
            content: made.key.expose().as_bytes().to_vec(),
            is_private: true,
        },
        NewFile {
            name: REQUEST,
            content: made.request.into_bytes(),
            is_private: false,
        },
    ];
    for file in &files {
        let path = place(file.name);
        write(&path, file).map_err(|fault| {
            Failure::Configuration(format!("{} cannot be written: {fault}", path.display()))
        })?;
    }
    say(args, &place(KEY), &place(REQUEST), out)
}

fn say(args: &Args, key: &Path, request: &Path, out: &mut Output<'_>) -> Result<Ending, Failure> {
    if args.json {
        out.json(&json!({ "private_key": key, "request": request }))?;
        return Ok(Ending::Good);
    }
    out.line(format!("{}  (yours alone; keep a copy)", key.display()))?;
    out.line(format!("{}", request.display()))?;
    out.line(format!(
        "\nNext: at developer.apple.com, Certificates, make a Pass Type ID Certificate from {}, and keep it as {}.",
        request.display(),
        args.folder.join("pass.cer").display()
    ))?;
    Ok(Ending::Good)
}
