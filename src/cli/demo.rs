//! `billfold demo`: everything on this machine, ready to be tried.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;

use super::ending::{Ending, Failure, exit_codes};
use super::output::Output;
use super::progress::Progress;
use super::session::{Session, run_service};
use crate::server::demo::{CrowdOptions, DemoOptions, MEMBERS_MAX, RunningDemo, demo};
use crate::server::until_told_to_stop;
use crate::telemetry::{LogFormat, start_logging};

/// Runs a café with stand-ins for Apple, Google and phones, on this machine only, until it is stopped
#[derive(clap::Args)]
#[command(after_help = concat!(
    "Example:\n  billfold demo\n  billfold demo --json --listen 127.0.0.1:0\n  billfold demo --members 100000",
    exit_codes!()
))]
pub(super) struct Args {
    /// Where to listen; port 0 picks a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// The address that phones and browsers reach, if it is another
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// A database to use instead of a temporary SQLite file; what the demo writes stays there
    #[arg(long, value_name = "URL")]
    database_url: Option<String>,
    /// Seeds so many further members with cards, passes and two years of purchases, up to 2,000,000
    #[arg(long, value_name = "NUMBER", default_value_t = 0, value_parser = clap::value_parser!(u64).range(..=MEMBERS_MAX))]
    members: u64,
    /// What the chance of these members is made of: the same seed, the same members
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
    /// Prints one line of JSON once everything is there
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, session: &Session<'_>, out: &mut Output<'_>) -> Result<Ending, Failure> {
    start_logging(LogFormat::Text, "warn");
    run_service(async {
        let progress = Progress::begin("members");
        let starting = demo(DemoOptions {
            listen: args.listen,
            public_url: args
                .public_url
                .as_ref()
                .map(|url| url.trim_end_matches('/').to_owned()),
            database_url: args.database_url.clone(),
            clock: Arc::clone(&session.clock),
            crowd: CrowdOptions {
                members: args.members,
                seed: args.seed,
                tell: Arc::new(move |done, all| progress.tell(done, all)),
            },
            ..DemoOptions::default()
        });
        let mut told_to_stop = pin!(until_told_to_stop());
        // Signals are heard from the start, so that one that comes early leaves no folder behind.
        let running = tokio::select! {
            biased;
            told = &mut told_to_stop => return Ok(told.map(|()| Ending::Good)?),
            running = starting => running?,
        };
        print(args, &running, out)?;
        told_to_stop.await?;
        running.stop().await;
        Ok(Ending::Good)
    })
}

fn print(args: &Args, running: &RunningDemo, out: &mut Output<'_>) -> Result<(), Failure> {
    if args.json {
        return Ok(out.json(&running.ready())?);
    }
    out.line("The café is open. Nothing leaves this machine; Ctrl-C ends it and removes it.")?;
    out.line("")?;
    let pages = running.pages.iter().map(|(name, url)| (*name, url.as_str()));
    for (name, url) in pages {
        out.line(format!("  {name:<10} {url}"))?;
    }
    out.line("")?;
    let keys = &running.keys;
    for (name, key) in [
        ("owner", &keys.owner),
        ("marketer", &keys.marketer),
        ("cashier", &keys.cashier),
    ] {
        out.line(format!("  {name:<10} {}", key.expose()))?;
    }
    out.line("")?;
    for one in &running.staff {
        let (name, role) = (&one.name, one.role);
        let (email, password, pin) = (&one.email, one.password.expose(), one.pin.expose());
        out.line(format!("  {name:<10} {role:<8} PIN {pin}   {email}   {password}"))?;
    }
    out.line("")?;
    out.line("Open the simulator, ring up an order and watch the phone.")?;
    Ok(out.flush()?)
}
