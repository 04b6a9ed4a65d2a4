//! `billfold serve`: runs the service until it is told to stop.

use std::collections::BTreeMap;
use std::io::IsTerminal as _;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use fast_qr::qr::QRBuilder;
use serde::Serialize;

use super::ending::{Ending, Failure, exit_codes};
use super::output::Output;
use super::session::{Session, run_service};

use crate::server::{Running, StartError, serve, until_told_to_stop};
use crate::store::{LIST_MAX, StoreError, programs, staff};
use crate::telemetry::start_logging;
use crate::types::ProgramId;

/// Runs the service until it is told to stop
#[derive(clap::Args)]
#[command(after_help = concat!(
    "Examples:\n  billfold serve\n  billfold serve --listen 127.0.0.1:0 --json | jq -r .url",
    "\n\nSIGTERM and SIGINT drain: requests under way are answered, deliveries settled, leases given back.",
    exit_codes!()
))]
pub(super) struct Args {
    /// Where to listen; port 0 picks a free one
    #[arg(long, value_name = "ADDRESS")]
    pub(super) listen: Option<SocketAddr>,
    /// Prints one line of JSON once it listens
    #[arg(long)]
    json: bool,
}

/// What scripts read once the service listens.
#[derive(Serialize)]
pub(super) struct Ready {
    url: String,
    /// Where it listens, behind whatever proxy `url` leads to.
    address: String,
    programs: Vec<ReadyProgram>,
    pages: BTreeMap<&'static str, String>,
    /// Where the first owner makes their login, as long as nobody works here.
    #[serde(skip_serializing_if = "Option::is_none")]
    setup: Option<String>,
}

/// A program by its two names.
#[derive(Serialize)]
struct ReadyProgram {
    id: ProgramId,
    slug: String,
}

pub(super) fn run(args: &Args, session: &Session<'_>, out: &mut Output<'_>) -> Result<Ending, Failure> {
    let loaded = session.load()?;
    let has_own_url = !loaded.settings.is_default("public_url");
    let mut config = loaded.config;
    if let Some(listen) = args.listen {
        config.listen = listen;
    }
    start_logging(config.log.format, &config.log.level);
    let listener = bind(config.listen)?;
    if !has_own_url {
        // Nobody said how the service is reached: where it listens, which may be a port that was just picked.
        config.public_url = format!("http://{}", listener.local_addr()?);
    }
    let clock = Arc::clone(&session.clock);
    run_service(async {
        let running = serve(&config, listener, clock).await?;
        announce(args, &running, out).await?;
        until_told_to_stop().await?;
        running.stop().await;
        Ok(Ending::Good)
    })
}

fn bind(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).map_err(|fault| StartError::Listen(address, fault).into())
}

async fn announce(args: &Args, running: &Running, out: &mut Output<'_>) -> Result<(), Failure> {
    let ready = ready(running).await?;
    if args.json {
        return Ok(out.json(&ready)?);
    }
    out.line(format!(
        "Billfold listens on {} and is reached at {}",
        running.address, ready.url
    ))?;
    for (page, address) in &ready.pages {
        out.line(format!("  {page:<8} {address}"))?;
    }
    for program in &ready.programs {
        out.line(format!("  join     {}/join/{}", ready.url, program.slug))?;
    }
    if let Some(setup) = &ready.setup {
        out.line("Nobody works here yet. Make the owner's login; this link works once:")?;
        out.line(format!("  {setup}"))?;
        if std::io::stdout().is_terminal()
            && let Ok(code) = QRBuilder::new(setup.as_str()).build()
        {
            out.line(code.to_str())?;
        }
    } else if ready.programs.is_empty() {
        out.line("There is no program yet: an owner makes one on the page `console`,")?;
        out.line("or with a key and POST /v1/programs; the page `docs` shows how.")?;
    }
    Ok(out.flush()?)
}

/// What a service that listens says of itself.
pub(super) async fn ready(running: &Running) -> Result<Ready, StoreError> {
    let house = &running.house;
    let (programs, is_new) = house
        .store
        .read(|db| Ok::<_, StoreError>((programs::list(db, None, None, LIST_MAX)?, !staff::is_any(db)?)))
        .await?;
    let url = house.public_url.clone();
    Ok(Ready {
        address: format!("http://{}", running.address),
        pages: BTreeMap::from([
            ("console", format!("{url}/console")),
            ("docs", format!("{url}/docs/")),
            ("till", format!("{url}/till")),
        ]),
        setup: is_new.then(|| format!("{url}/setup/{}", house.set_up_token())),
        programs: programs
            .into_iter()
            .map(|program| ReadyProgram {
                id: program.id,
                slug: program.slug,
            })
            .collect(),
        url,
    })
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        match error {
            StartError::Wiring(error) => error.into(),
            StartError::Listen(..) | StartError::Signer(..) | StartError::Wallet(_) => {
                Self::Configuration(error.to_string())
            }
            other => Self::Service(other.to_string()),
        }
    }
}
