//! `billfold simulator`: the stand-ins for Apple's push service and Google Wallet, alone.

mod line;
mod settings;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;

use serde_json::json;
use tempfile::TempDir;
use tokio::sync::broadcast::error::RecvError;

use super::certs::demo::FOLDER;
use super::ending::{Ending, Failure, exit_codes};
use super::output::Output;
use super::session::{Session, run_service};
use crate::server::until_told_to_stop;
use crate::simulator::apns::{ApnsSimulator, Options as ApnsOptions};
use crate::simulator::google::{GoogleSimulator, GoogleSimulatorError, Options as GoogleOptions};
use crate::simulator::kit::{APNS_PORT, GOOGLE_PORT, Kit, KitError};
use crate::telemetry::{LogFormat, start_logging};
use crate::types::Clock;
use line::Line;
use settings::Settings;

/// Pushes that the stand-in for Apple takes at once on each connection, as many as Apple usually does.
const STREAMS_MAX: u32 = 1_000;

/// Runs stand-ins for Apple's push service and Google Wallet, on this machine only, until they are stopped
#[derive(clap::Args)]
#[command(after_help = concat!(
    "Examples:\n  billfold certs demo certs/demo && billfold simulator certs/demo\n  billfold serve --config certs/demo/billfold.toml\n  billfold simulator --apns-port 0 --google-port 0 --json",
    "\n\nPrints the settings with which `billfold serve` uses them, then a line for each push and each call to Google. \
     What they know ends with them: start the next ones with a new database.",
    exit_codes!()
))]
pub(super) struct Args {
    /// The folder that `billfold certs demo` wrote
    #[arg(value_name = "DIR", default_value = FOLDER)]
    folder: PathBuf,
    /// Where Apple's push service listens; 0 picks a free port
    #[arg(long, value_name = "PORT", default_value_t = APNS_PORT)]
    apns_port: u16,
    /// Where Google listens; 0 picks a free port
    #[arg(long, value_name = "PORT", default_value_t = GOOGLE_PORT)]
    google_port: u16,
    /// Prints a line of JSON once both listen, and one for each push and call
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, session: &Session<'_>, out: &mut Output<'_>) -> Result<Ending, Failure> {
    start_logging(LogFormat::Text, "warn");
    let kit = Kit::load(&args.folder)?;
    let clock = &session.clock;
    run_service(async {
        let mut told_to_stop = pin!(until_told_to_stop());
        // Signals are heard from the start, so that one that comes early leaves no folder behind.
        let stand_ins = tokio::select! {
            biased;
            told = &mut told_to_stop => return Ok(told.map(|()| Ending::Good)?),
            started = StandIns::start(args, kit, clock) => started?,
        };
        let mut pushes = stand_ins.apns.watch();
        let mut events = stand_ins.google.watch();
        stand_ins.announce(args, out)?;
        loop {
            let line = tokio::select! {
                biased;
                told = &mut told_to_stop => return Ok(told.map(|()| Ending::Good)?),
                push = pushes.recv() => push.map(Line::of_push),
                event = events.recv() => event.map(|event| Line::of_event(event, clock.now())),
            };
            match line.or_else(|error| missed(&error))? {
                line if args.json => out.json(&line)?,
                line => {
                    out.line(line)?;
                    out.flush()?;
                }
            }
        }
    })
}

/// A line for those that came faster than they could be printed.
fn missed(error: &RecvError) -> Result<Line, Failure> {
    match error {
        RecvError::Lagged(count) => Ok(Line::Missed { count: *count }),
        RecvError::Closed => Err(Failure::Service("a stand-in ended by itself".to_owned())),
    }
}

/// Both stand-ins, running.
struct StandIns {
    apns: ApnsSimulator,
    google: GoogleSimulator,
    settings: Settings,
    /// Holds what `settings` names beside the kit's own files; removed with it.
    _folder: TempDir,
}

impl StandIns {
    async fn start(args: &Args, kit: Kit, clock: &Arc<dyn Clock>) -> Result<Self, Failure> {
        let options = ApnsOptions {
            port: args.apns_port,
            identity: kit.server.clone(),
            client_authorities: vec![kit.root.clone(), kit.wwdr.clone()],
            max_streams: STREAMS_MAX,
            clock: Arc::clone(clock),
        };
        let apns = ApnsSimulator::start(options)
            .await
            .map_err(|fault| cannot_listen(args.apns_port, "--apns-port", &fault))?;
        let options = GoogleOptions {
            port: args.google_port,
            identity: kit.server.clone(),
            root: kit.root.clone(),
            account: kit.account.clone(),
            callback_root: kit.callback_root.clone(),
            clock: Arc::clone(clock),
        };
        let google = GoogleSimulator::start_with(options)
            .await
            .map_err(|error| match error {
                GoogleSimulatorError::Listen(fault) => {
                    cannot_listen(args.google_port, "--google-port", &fault)
                }
                other => Failure::Service(other.to_string()),
            })?;
        let folder = tempfile::tempdir()?;
        let settings = Settings::of(&kit, &apns, &google, folder.path())
            .map_err(|fault| Failure::Service(format!("the settings cannot be put together: {fault}")))?;
        Ok(Self {
            apns,
            google,
            settings,
            _folder: folder,
        })
    }

    fn announce(&self, args: &Args, out: &mut Output<'_>) -> Result<(), Failure> {
        let (apns, google) = (self.settings.apns_url(), self.settings.google_url());
        if args.json {
            let settings = self.settings.all();
            return Ok(out.json(&json!({ "apns": apns, "google": google, "settings": settings }))?);
        }
        out.line(format!("Apple's push service  {apns}"))?;
        out.line(format!("Google Wallet         {google}"))?;
        out.line("\nNothing leaves this machine; Ctrl-C ends them, and with them all that they know.")?;
        out.line(format!("To use them:\n  {}\n", self.settings.command()))?;
        Ok(out.flush()?)
    }
}

fn cannot_listen(port: u16, option: &str, fault: &io::Error) -> Failure {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    Failure::Configuration(format!(
        "cannot listen on {address}: {fault}. Is another simulator there? Choose another port with {option}"
    ))
}

impl From<KitError> for Failure {
    fn from(error: KitError) -> Self {
        Self::Configuration(error.to_string())
    }
}
