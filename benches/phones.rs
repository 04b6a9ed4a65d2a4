//! Hot paths 2 and 3: what phones ask, with a hundred thousand and with a million of them.
//!
//! `cargo bench --bench phones`. Every call touches a constant number of rows, so a call with a million phones
//! is to cost at most half as much again as with a tenth of them. Rounds alternate between the two. The calls go
//! over HTTP to a service of its own process, whose processor time alone counts; what HTTP itself costs there is
//! measured beside, by a call that asks the database nothing.
#![expect(
    clippy::expect_used,
    reason = "a bench that cannot measure stops with the reason"
)]

#[path = "phones/crowd.rs"]
mod crowd;
#[path = "phones/installation.rs"]
mod installation;
mod measure;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use billfold::store::Store;
use installation::{Request, Service};
use measure::{Meter, Rate, judge, median, say, title};
use tempfile::TempDir;

const SIZES: [u64; 2] = [100_000, 1_000_000];
const ROUNDS: usize = 5;
const CALLERS: u32 = 64;
const CALLS_A_ROUND: u32 = 12_800;
/// Most that a call may cost more with the larger crowd.
const GROWTH_MAX: f64 = 1.5;

/// Most processor time of a request over HTTP with the smaller crowd, in microseconds.
const REQUEST_MAX_US: f64 = 60.0;

/// A crowd in a database of its own.
struct Crowd {
    phones: u64,
    url: String,
    folder: TempDir,
}

const REQUESTS: [(Request, &str, u16); 4] = [
    (Request::Health, "nothing but HTTP", 200),
    (Request::List, "which of my passes changed", 200),
    (Request::FetchUnchanged, "a pass that has not changed", 304),
    (Request::Register, "a new phone registers", 201),
];

/// Figures of one kind of call in one crowd, one a round.
#[derive(Default)]
struct Figures {
    per_second: Vec<f64>,
    processor_us: Vec<f64>,
    percentile_99_us: Vec<f64>,
}

impl Figures {
    fn note(&mut self, rate: Rate, times: Vec<Duration>) {
        self.per_second.push(rate.per_second);
        self.processor_us.push(rate.processor_us);
        self.percentile_99_us
            .push(percentile_99(times).as_secs_f64() * 1e6);
    }

    fn say(&self, phones: u64) {
        let with = format!("with {phones} phones");
        say(&with, &self.per_second, "a second");
        say(&format!("{with}, processor"), &self.processor_us, "us a call");
        say(&format!("{with}, 99 of 100 within"), &self.percentile_99_us, "us");
    }
}

fn main() -> ExitCode {
    // Cargo runs benches among the tests to see that they build.
    if std::env::args().any(|argument| argument == "--test") {
        return ExitCode::SUCCESS;
    }
    let crowds = SIZES.map(open);
    title(format!(
        "SQLite; {CALLERS} callers, {ROUNDS} rounds of {CALLS_A_ROUND} calls each"
    ));
    if measure(&crowds) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn open(phones: u64) -> Crowd {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = format!("sqlite://{}", folder.path().join("billfold.db").display());
    Store::migrate(&url).expect("the database is migrated");
    crowd::fill(&url, phones);
    Crowd { phones, url, folder }
}

/// Each call with both crowds in turn, after a round to warm up.
fn measure(crowds: &[Crowd; 2]) -> bool {
    let services = crowds
        .each_ref()
        .map(|crowd| Service::start(&crowd.url, crowd.folder.path()));
    let mut is_held = true;
    for (asked, name, status) in REQUESTS {
        let mut figures = [Figures::default(), Figures::default()];
        for round in 0..=ROUNDS {
            for ((crowd, service), figures) in crowds.iter().zip(&services).zip(&mut figures) {
                let meter = Meter::start(&service.process().to_string());
                let times = ask_often(service, crowd.phones, asked, status);
                let rate = meter.rate(CALLS_A_ROUND);
                if round > 0 {
                    figures.note(rate, times);
                }
            }
        }
        title(name);
        for (crowd, figures) in crowds.iter().zip(&figures) {
            figures.say(crowd.phones);
        }
        let [small, large] = &figures;
        if asked == Request::Health {
            continue;
        }
        let least = median(small.processor_us.clone());
        is_held &= judge(
            "processor, us a request, the smaller",
            least,
            least <= REQUEST_MAX_US,
            "at most 60",
        );
        let ratio = median(ratios(&large.processor_us, &small.processor_us));
        is_held &= judge(
            "processor, the larger to the smaller",
            ratio,
            ratio <= GROWTH_MAX,
            "at most 1.5",
        );
    }
    is_held
}

fn ask_often(service: &Service, phones: u64, asked: Request, status: u16) -> Vec<Duration> {
    let caller = || {
        let mut stream = service.connect();
        let mut times = Vec::new();
        for _ in 0..CALLS_A_ROUND / CALLERS {
            let request = service.request(asked, rand::random_range(0..phones));
            let start = Instant::now();
            let answered = installation::ask(&mut stream, &request);
            times.push(start.elapsed());
            assert_eq!(answered, status);
        }
        times
    };
    std::thread::scope(|scope| {
        let callers: Vec<_> = (0..CALLERS).map(|_| scope.spawn(caller)).collect();
        let times = callers
            .into_iter()
            .map(|caller| caller.join().expect("no caller fails"));
        times.flatten().collect()
    })
}

fn ratios(left: &[f64], right: &[f64]) -> Vec<f64> {
    left.iter().zip(right).map(|(left, right)| left / right).collect()
}

/// The time under which 99 of 100 stay.
fn percentile_99(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() * 99 / 100).copied().unwrap_or_default()
}
