//! `billfold certs demo`: a complete set of make-believe certificates, and a configuration that uses it.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::cli::ending::{Ending, Failure, exit_codes};
use crate::cli::output::Output;
use crate::cli::session::Session;
use crate::config::master_key::owner_only;
use crate::simulator::authority::{Authority, Issued, KeyKind, PassLeaf, new_key};
use crate::simulator::google::{ACCOUNT, ISSUER};
use crate::simulator::kit::{self, APNS_PORT, GOOGLE_PORT};
use crate::types::Time;

/// Where it is written unless told otherwise.
pub(in crate::cli) const FOLDER: &str = "certs/demo";

/// Writes make-believe certificates and a configuration that uses them
///
/// They are good for the built-in stand-ins of Apple and Google, and for no real phone.
#[derive(clap::Args)]
#[command(after_help = concat!(
    "Example:\n  billfold certs demo certs/demo\n  billfold simulator certs/demo\n  billfold --config certs/demo/billfold.toml serve",
    exit_codes!()
))]
pub(super) struct Args {
    /// The folder to write to [default: certs/demo]
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
    /// The folder to write to, as an option
    #[arg(long, value_name = "DIR", conflicts_with = "folder")]
    out: Option<PathBuf>,
    /// The pass type that the certificate is for
    #[arg(long, value_name = "PASS_TYPE", default_value = "pass.com.example.billfold")]
    pass_type: String,
    /// The team that the certificate belongs to
    #[arg(long, value_name = "TEAM", default_value = "DEMOTEAM01")]
    team: String,
    /// Writes over files that are there
    #[arg(long)]
    force: bool,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

/// A file to be written.
pub(super) struct NewFile {
    pub(super) name: &'static str,
    pub(super) content: Vec<u8>,
    pub(super) is_private: bool,
}

pub(super) fn run(args: &Args, session: &Session<'_>, out: &mut Output<'_>) -> Result<Ending, Failure> {
    let folder = args.folder.as_ref().or(args.out.as_ref());
    let folder = folder.map_or(Path::new(FOLDER), PathBuf::as_path);
    let made = make(args, session.clock.now())
        .map_err(|fault| Failure::Service(format!("the certificates cannot be made: {fault}")))?;
    let taken = made
        .iter()
        .map(|file| folder.join(file.name))
        .find(|path| path.exists());
    if let Some(path) = taken.filter(|_| !args.force) {
        return Err(Failure::Configuration(format!(
            "{} is there already. Name another folder, or write over it with --force",
            path.display()
        )));
    }
    for file in &made {
        let path = folder.join(file.name);
        write(&path, file).map_err(|fault| {
            Failure::Configuration(format!("{} cannot be written: {fault}", path.display()))
        })?;
    }
    let config = folder.join(kit::CONFIGURATION);
    if args.json {
        let files: Vec<PathBuf> = made.iter().map(|file| folder.join(file.name)).collect();
        out.json(&json!({ "config": config, "files": files }))?;
        return Ok(Ending::Good);
    }
    for file in &made {
        let note = if file.is_private { "  (yours alone)" } else { "" };
        out.line(format!("{}{note}", folder.join(file.name).display()))?;
    }
    out.line(format!(
        "\nMake-believe: no real phone takes them. Next:\n  billfold simulator {}\n  billfold serve --config {}",
        folder.display(),
        config.display()
    ))?;
    Ok(Ending::Good)
}

fn make(args: &Args, now: Time) -> io::Result<Vec<NewFile>> {
    let authority = Authority::new(now)?;
    let pass = authority.pass_certificate(&PassLeaf::sound(&args.pass_type, &args.team, now))?;
    let server = authority.server_certificate()?;
    let public = |name, content| NewFile {
        name,
        content,
        is_private: false,
    };
    let private = |name, content| NewFile {
        name,
        content,
        is_private: true,
    };
    let key = |issued: &Issued| issued.key_pem().map(|pem| pem.expose().as_bytes().to_vec());
    let callback_root = new_key(KeyKind::P256)?.private_key_to_pem_pkcs8()?;
    Ok(vec![
        public(kit::ROOT, authority.root().to_pem()?),
        public(kit::WWDR, authority.wwdr().to_pem()?),
        public(kit::PASS_CERTIFICATE, pass.certificate.to_pem()?),
        private(kit::PASS_KEY, key(&pass)?),
        public(kit::SERVER_CERTIFICATE, server.certificate.to_pem()?),
        private(kit::SERVER_KEY, key(&server)?),
        private(kit::SERVICE_ACCOUNT, service_account()?),
        private(kit::CALLBACK_KEY, callback_root),
        public(kit::CONFIGURATION, configuration().into_bytes()),
    ])
}

fn service_account() -> io::Result<Vec<u8>> {
    let key = new_key(KeyKind::Rsa2048)?.private_key_to_pem_pkcs8()?;
    let content = json!({
        "type": "service_account",
        "project_id": "billfold-demo",
        "private_key_id": "0123456789abcdef0123456789abcdef01234567",
        "private_key": String::from_utf8_lossy(&key),
        "client_email": ACCOUNT,
        "client_id": "100000000000000000001",
        "token_uri": format!("https://127.0.0.1:{GOOGLE_PORT}/token"),
    });
    Ok(format!("{content:#}\n").into_bytes())
}

fn configuration() -> String {
    format!(
        "# Made by `billfold certs demo`: make-believe certificates, good for the stand-ins of `billfold simulator`.\n\
         # Paths start at this file's folder.\n\
         database_url = \"sqlite://billfold.db\"\n\
         \n\
         [apple]\n\
         certificate = \"{pass}\"\n\
         private_key = \"{key}\"\n\
         wwdr = \"{wwdr}\"\n\
         apns_url = \"https://127.0.0.1:{APNS_PORT}\"\n\
         apns_ca = \"{root}\"\n\
         \n\
         [google]\n\
         issuer_id = \"{ISSUER}\"\n\
         service_account = \"{account}\"\n\
         api_url = \"https://127.0.0.1:{GOOGLE_PORT}\"\n\
         save_url = \"https://127.0.0.1:{GOOGLE_PORT}/gp/v/save\"\n\
         keys_url = \"https://127.0.0.1:{GOOGLE_PORT}/gp/m/issuer/keys\"\n\
         ca = \"{root}\"\n",
        pass = kit::PASS_CERTIFICATE,
        key = kit::PASS_KEY,
        wwdr = kit::WWDR,
        root = kit::ROOT,
        account = kit::SERVICE_ACCOUNT,
    )
}

/// Writes a file anew: one that was there keeps neither content nor mode.
pub(super) fn write(path: &Path, file: &NewFile) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    match fs::remove_file(path) {
        Err(fault) if fault.kind() != io::ErrorKind::NotFound => return Err(fault),
        _ => (),
    }
    let mut options = if file.is_private {
        owner_only()
    } else {
        OpenOptions::new()
    };
    options
        .write(true)
        .create_new(true)
        .open(path)?
        .write_all(&file.content)
}
