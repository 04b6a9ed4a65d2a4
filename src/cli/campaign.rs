//! `billfold campaign`: writes a campaign, says whom it would reach, begins it, watches it, and says what it did.

use std::fs;
use std::io::{self, IsTerminal as _, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::ending::{Ending, Failure, exit_codes};
use super::keys::resolve;
use super::output::{Output, columns};
use super::progress::bar;
use super::session::{Session, block_on};
use crate::actions::approve_campaign::{approve_campaign, refuse_campaign};
use crate::actions::change_campaign::{
    Start, cancel_campaign, create_campaign, get_campaign, pause_campaign, read_body, resume_campaign,
    schedule_campaign,
};
use crate::actions::foresee::{self, read_written};
use crate::actions::show_campaign::{CampaignResults, DAYS, DAYS_MAX, read_results};
use crate::actions::try_campaign::test_campaign;
use crate::actions::{ActionError, Caller, CardCode, Code, Deed, House};
use crate::store::campaign_sends::HELD_OUT;
use crate::store::campaigns::{Campaign, RUNNING, SCHEDULED, TAKING_BACK};
use crate::store::{Tx, cards, programs};
use crate::types::{CampaignId, ProgramId, Time};

/// How often `watch` looks again.
const LOOK: Duration = Duration::from_millis(500);
/// Largest file of a campaign, in bytes.
const FILE_MAX: u64 = 256 * 1024;

/// Writes campaigns, begins them, watches them and says what they did
#[derive(clap::Args)]
#[command(after_help = concat!(
    "Example:\n  billfold campaign create spring.json --program corner-cafe",
    "\n\nThe running service sends what is begun here.",
    exit_codes!()
))]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Keeps a campaign as a draft: the JSON that `POST /v1/campaigns` takes
    #[command(after_help = concat!("Example:\n  billfold campaign create spring.json --program corner-cafe",
        exit_codes!("it cannot be sent as it is written")))]
    Create {
        /// The file; - is standard input
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// The program, by id or slug; can be left out where there is but one
        #[arg(long, value_name = "PROGRAM")]
        program: Option<String>,
        /// Prints JSON
        #[arg(long)]
        json: bool,
    },
    /// Counts whom it would reach now
    #[command(after_help = concat!("Example:\n  billfold campaign estimate cmp_01k8ymh3n6e0rtqk2v9d4c5b7a",
        exit_codes!("there is no such campaign")))]
    Estimate(Named),
    /// Shows it on one card for an hour
    #[command(after_help = concat!("Example:\n  billfold campaign test cmp_01k8ymh3n6e0rtqk2v9d4c5b7a --card 7KD29QX4M1",
        exit_codes!("there is no such campaign or card")))]
    Test {
        #[command(flatten)]
        named: Named,
        /// The card's code
        #[arg(long, value_name = "CODE")]
        card: String,
        /// Which wording, from 0
        #[arg(long, value_name = "NUMBER", default_value_t = 0)]
        arm: usize,
    },
    /// Begins it, now or when it says
    #[command(after_help = concat!("Example:\n  billfold campaign start cmp_01k8ymh3n6e0rtqk2v9d4c5b7a --planned",
        exit_codes!("it was begun before, or cannot begin")))]
    Start {
        #[command(flatten)]
        named: Named,
        /// When its schedule says, not now
        #[arg(long)]
        planned: bool,
    },
    /// Lets it go on that waits for approval
    #[command(after_help = concat!("Example:\n  billfold campaign approve cmp_01k8ymh3n6e0rtqk2v9d4c5b7a",
        exit_codes!("it does not wait, or was begun at the command line too")))]
    Approve(Named),
    /// Makes it a draft again that waits for approval
    #[command(after_help = concat!("Example:\n  billfold campaign refuse cmp_01k8ymh3n6e0rtqk2v9d4c5b7a --reason 'Not in May'",
        exit_codes!("it does not wait")))]
    Refuse {
        #[command(flatten)]
        named: Named,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Says how far it is until it is over
    #[command(after_help = concat!("Example:\n  billfold campaign watch cmp_01k8ymh3n6e0rtqk2v9d4c5b7a",
        exit_codes!("there is no such campaign")))]
    Watch(Named),
    /// Holds it up
    #[command(after_help = concat!("Example:\n  billfold campaign pause cmp_01k8ymh3n6e0rtqk2v9d4c5b7a",
        exit_codes!("it is not on its way")))]
    Pause(Named),
    /// Lets it go on
    #[command(after_help = concat!("Example:\n  billfold campaign resume cmp_01k8ymh3n6e0rtqk2v9d4c5b7a",
        exit_codes!("it is over")))]
    Resume(Named),
    /// Ends it and takes it from the cards
    #[command(after_help = concat!("Example:\n  billfold campaign cancel cmp_01k8ymh3n6e0rtqk2v9d4c5b7a",
        exit_codes!("there is no such campaign")))]
    Cancel(Named),
    /// Says what those who heard it did, beside those who did not
    #[command(after_help = concat!("Example:\n  billfold campaign results cmp_01k8ymh3n6e0rtqk2v9d4c5b7a --days 30",
        exit_codes!("there is no such campaign")))]
    Results {
        #[command(flatten)]
        named: Named,
        /// Days that count, that of the message being the first, 1 to 90
        #[arg(long, value_name = "DAYS", default_value_t = DAYS, value_parser = clap::value_parser!(u16).range(1..=i64::from(DAYS_MAX)))]
        days: u16,
    },
}

#[derive(clap::Args)]
struct Named {
    /// The campaign's id, as `create` prints it
    #[arg(value_name = "CAMPAIGN_ID")]
    id: CampaignId,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

impl Command {
    /// Whether its answer is for programs.
    const fn is_json(&self) -> bool {
        match self {
            Self::Create { json, .. } => *json,
            Self::Estimate(named)
            | Self::Test { named, .. }
            | Self::Start { named, .. }
            | Self::Approve(named)
            | Self::Refuse { named, .. }
            | Self::Watch(named)
            | Self::Pause(named)
            | Self::Resume(named)
            | Self::Cancel(named)
            | Self::Results { named, .. } => named.json,
        }
    }
}

/// A campaign as it is printed.
#[derive(Serialize)]
struct CampaignSheet {
    id: CampaignId,
    name: String,
    state: String,
    next_at: Option<Time>,
}

/// A deed on one campaign.
type Turn = fn(&mut Tx<'_>, &Deed, (&CampaignId, Option<i64>)) -> Result<Campaign, ActionError>;

pub(super) fn run(args: &Args, session: &Session<'_>, out: &mut Output<'_>) -> Result<Ending, Failure> {
    let config = session.load()?.config;
    block_on(async {
        let house = session.house(&config).await?;
        let done = match &args.command {
            Command::Create { file, program, .. } => {
                let fields = read_fields(file)?;
                let program = find_program(&house, program.as_deref()).await?;
                act(&house, move |tx, deed| {
                    create_campaign(tx, deed, &program, fields)
                })
                .await
                .map(Done::Changed)
            }
            Command::Estimate(named) => estimate(&house, &named.id).await,
            Command::Test { named, card, arm } => test(&house, &named.id, (card, *arm)).await,
            Command::Start { named, planned } => {
                let start: Turn = if *planned {
                    |tx, deed, of| schedule_campaign(tx, deed, of, Start::AsWritten)
                } else {
                    |tx, deed, of| schedule_campaign(tx, deed, of, Start::Now)
                };
                turn(&house, &named.id, start).await
            }
            Command::Approve(named) => turn(&house, &named.id, approve_campaign).await,
            Command::Refuse { named, reason } => refuse(&house, &named.id, reason).await,
            Command::Watch(named) => watch(&house, &named.id).await,
            Command::Pause(named) => turn(&house, &named.id, pause_campaign).await,
            Command::Resume(named) => turn(&house, &named.id, resume_campaign).await,
            Command::Cancel(named) => turn(&house, &named.id, cancel_campaign).await,
            Command::Results { named, days } => results(&house, &named.id, *days).await,
        };
        print(&done.map_err(explain)?, args.command.is_json(), out)
    })
}

/// What a command did.
enum Done {
    Changed(Campaign),
    /// Figures with their names.
    Counted(Vec<(&'static str, i64)>),
    Tested(CampaignId),
    Results(Box<CampaignResults>),
}

/// A failure of the request, said with each fault.
fn explain(error: ActionError) -> Failure {
    if error.faults.is_empty() {
        return error.into();
    }
    let faults: Vec<String> = error
        .faults
        .iter()
        .map(|fault| format!("{}: {}", fault.pointer, fault.detail))
        .collect();
    Failure::Bad(faults.join("\n"))
}

fn read_fields(path: &Path) -> Result<Map<String, Value>, Failure> {
    let shown = path.display();
    let bad = |fault: &dyn std::fmt::Display| Failure::Bad(format!("{shown} cannot be read: {fault}"));
    let mut bytes = Vec::new();
    let read = if path == Path::new("-") {
        io::stdin().take(FILE_MAX + 1).read_to_end(&mut bytes)
    } else {
        fs::File::open(path).and_then(|file| file.take(FILE_MAX + 1).read_to_end(&mut bytes))
    };
    read.map_err(|fault| bad(&fault))?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > FILE_MAX {
        return Err(bad(&format!("it is larger than {FILE_MAX} bytes")));
    }
    let mut fields: Map<String, Value> =
        serde_json::from_slice(&bytes).map_err(|fault| bad(&format!("it is no JSON object: {fault}")))?;
    // The flag says it; a file that was sent to the API may say it too.
    fields.remove("program");
    Ok(fields)
}

async fn find_program(house: &House, named: Option<&str>) -> Result<ProgramId, Failure> {
    if let Some(program) = resolve(house, named).await? {
        return Ok(program);
    }
    let mut all = house
        .store
        .read(|db| programs::list(db, None, None, 2))
        .await?
        .into_iter();
    match (all.next(), all.next()) {
        (Some(only), None) => Ok(only.id),
        (None, _) => Err(Failure::Bad("there is no program yet".to_owned())),
        _ => Err(Failure::Bad(
            "there are several programs; say which by --program".to_owned(),
        )),
    }
}

/// Does a deed as the person at the command line.
async fn act<T: Send + 'static>(
    house: &House,
    doing: impl FnOnce(&mut Tx<'_>, &Deed) -> Result<T, ActionError> + Send + 'static,
) -> Result<T, ActionError> {
    let deed = Deed::begin(house, caller(house));
    house.store.write(move |tx: &mut Tx<'_>| doing(tx, &deed)).await
}

fn caller(house: &House) -> Caller {
    Caller::local("cli", house.now())
}

async fn turn(house: &House, id: &CampaignId, turn: Turn) -> Result<Done, ActionError> {
    let id = id.clone();
    Ok(Done::Changed(
        act(house, move |tx, deed| turn(tx, deed, (&id, None))).await?,
    ))
}

async fn refuse(house: &House, id: &CampaignId, reason: &str) -> Result<Done, ActionError> {
    let (id, reason) = (id.clone(), reason.to_owned());
    let refused = act(house, move |tx, deed| {
        refuse_campaign(tx, deed, (&id, None), &reason)
    });
    Ok(Done::Changed(refused.await?))
}

async fn estimate(house: &House, id: &CampaignId) -> Result<Done, ActionError> {
    let (caller, id, now) = (caller(house), id.clone(), house.now());
    let written = house
        .store
        .read(move |db| {
            let campaign = get_campaign(db, &caller, &id)?;
            read_written(db, &campaign)
        })
        .await?;
    let found = foresee::estimate(&house.store, written, now).await?;
    let foreseen = found.foreseen;
    Ok(Done::Counted(vec![
        ("members", foreseen.members),
        ("no_consent", foreseen.no_consent),
        ("unreachable", foreseen.unreachable),
        ("capped", foreseen.capped),
        ("held_out", found.held_out),
        ("apple", foreseen.apple),
        ("google", foreseen.google),
    ]))
}

async fn test(house: &House, id: &CampaignId, (card, arm): (&str, usize)) -> Result<Done, ActionError> {
    let code = CardCode::scan(card).ok_or_else(|| ActionError::new(Code::UnknownCard))?;
    let known = id.clone();
    act(house, move |tx, deed| {
        let campaign = get_campaign(tx, &deed.caller, &known)?;
        test_campaign(tx, deed, &campaign, (code.as_str(), arm))
    })
    .await?;
    Ok(Done::Tested(id.clone()))
}

async fn results(house: &House, id: &CampaignId, days: u16) -> Result<Done, ActionError> {
    let (caller, id) = (caller(house), id.clone());
    let found = house
        .store
        .read(move |db| {
            let campaign = get_campaign(db, &caller, &id)?;
            read_results(db, campaign, days)
        })
        .await?;
    Ok(Done::Results(Box::new(found)))
}

/// Looks again and again until the campaign rests, and says on a terminal how far it is.
async fn watch(house: &House, id: &CampaignId) -> Result<Done, ActionError> {
    let is_seen = io::stderr().is_terminal();
    let began = house.now();
    let mut first = None;
    loop {
        let (caller, known) = (caller(house), id.clone());
        let look = house.store.read(move |db| {
            let campaign = get_campaign(db, &caller, &known)?;
            let runs = crate::store::campaigns::list_runs(db, &known, 1)?;
            let all = cards::count(db, &campaign.program_id)?;
            Ok::<_, ActionError>((campaign, runs.into_iter().next(), all))
        });
        let (campaign, run, all) = look.await?;
        let now = house.now();
        let is_due = campaign.state == SCHEDULED && campaign.next_at.is_some_and(|next| next <= now);
        let under_way = run.filter(|run| [RUNNING, TAKING_BACK].contains(&run.state.as_str()));
        if let (Some(run), true) = (&under_way, is_seen) {
            let since = *first.get_or_insert(run.looked_at);
            let seconds = (now.millis() - began.millis()).max(1_000) / 1_000;
            let rate = (run.looked_at - since) / seconds;
            let left = (all - run.looked_at).max(0) / rate.max(1);
            let bar = bar(run.looked_at, all);
            // Whoever no longer looks misses nothing.
            let _ = write!(
                io::stderr(),
                "\r{bar} {} of {all} cards, {} told, {rate} a second, {left} s left   ",
                run.looked_at,
                run.sent
            );
        }
        if under_way.is_none() && !is_due {
            if is_seen && first.is_some() {
                // As above.
                let _ = writeln!(io::stderr());
            }
            return results(house, id, DAYS).await;
        }
        tokio::time::sleep(LOOK).await;
    }
}

fn print(done: &Done, is_json: bool, out: &mut Output<'_>) -> Result<Ending, Failure> {
    match done {
        Done::Changed(campaign) => {
            let sheet = sheet(campaign)?;
            if is_json {
                out.json(&sheet)?;
            } else {
                out.line(format!("{}  {}  {}", sheet.id, sheet.state, sheet.name))?;
            }
        }
        Done::Counted(figures) => {
            if is_json {
                let all: Map<String, Value> = figures
                    .iter()
                    .map(|(name, number)| ((*name).to_owned(), json!(number)))
                    .collect();
                out.json(&all)?;
            } else {
                let rows = figures
                    .iter()
                    .map(|(name, number)| vec![number.to_string(), (*name).to_owned()]);
                for line in columns(&rows.collect::<Vec<_>>()) {
                    out.line(line)?;
                }
            }
        }
        Done::Tested(id) if is_json => out.json(&json!({ "id": id, "tested": true }))?,
        Done::Tested(_) => out.line("The card shows it for an hour.")?,
        Done::Results(found) => print_results(found, is_json, out)?,
    }
    Ok(Ending::Good)
}

fn sheet(campaign: &Campaign) -> Result<CampaignSheet, Failure> {
    Ok(CampaignSheet {
        id: campaign.id.clone(),
        name: read_body(campaign)?.name,
        state: campaign.state.clone(),
        next_at: campaign.next_at,
    })
}

fn print_results(found: &CampaignResults, is_json: bool, out: &mut Output<'_>) -> Result<(), Failure> {
    let run = found.runs.first();
    if is_json {
        let reactions: Vec<Value> = found
            .reactions
            .iter()
            .map(|one| {
                json!({ "arm": (one.arm != HELD_OUT).then_some(one.arm), "members": one.members,
                    "apple_told": one.apple_told, "apple_fetched": one.apple_fetched,
                    "google_given": one.google_given, "removed": one.removed, "refused": one.refused,
                    "buyers": one.buyers, "orders": one.orders, "minor": one.minor })
            })
            .collect();
        let uplift = found
            .uplift
            .map(|uplift| json!({ "parts": uplift.parts, "low": uplift.low, "high": uplift.high }));
        out.json(&json!({
            "campaign": sheet(&found.campaign)?,
            "run": run.map(|run| json!({ "number": run.number, "state": run.state, "looked_at": run.looked_at,
                "sent": run.sent, "held_out": run.held_out, "capped": run.capped, "unreachable": run.unreachable,
                "no_consent": run.no_consent })),
            "reactions": reactions, "uplift": uplift,
        }))?;
        return Ok(());
    }
    let sheet = sheet(&found.campaign)?;
    out.line(format!("{}  {}  {}", sheet.id, sheet.state, sheet.name))?;
    if let Some(run) = run {
        out.line(format!(
            "{} heard it; {} held out, {} had heard enough, {} in no wallet, {} did not agree",
            run.sent, run.held_out, run.capped, run.unreachable, run.no_consent
        ))?;
    }
    let mut rows = vec![
        [
            "who", "members", "told", "fetched", "removed", "buyers", "orders", "minor",
        ]
        .map(str::to_owned)
        .to_vec(),
    ];
    rows.extend(found.reactions.iter().map(|one| {
        let name = if one.arm == HELD_OUT {
            "held out".to_owned()
        } else {
            format!("wording {}", one.arm)
        };
        let numbers = [
            one.members,
            one.apple_told + one.google_given,
            one.apple_fetched,
            one.removed,
            one.buyers,
            one.orders,
            one.minor,
        ];
        std::iter::once(name)
            .chain(numbers.map(|number| number.to_string()))
            .collect()
    }));
    for line in columns(&rows) {
        out.line(line)?;
    }
    if let Some(uplift) = found.uplift {
        out.line(format!(
            "bought more by {} of 10,000 than those held out (95 times of 100 between {} and {})",
            uplift.parts, uplift.low, uplift.high
        ))?;
    }
    Ok(())
}
