//! A full disk under the SQLite file.

use std::process::Command;
use std::time::Duration;

use billfold::store::Store;

use crate::books::Books;
use crate::cafe::{Cafe, SOON, until_none};
use crate::house::Database;
use crate::installation::Installation;
use crate::kills::seed;
use crate::tills::Tills;

/// How soon the server goes on once there is room again; the figure is printed.
const BACK_MAX: Duration = Duration::from_secs(30);
/// Orders that are put off before there is room again.
const PUT_OFF: usize = 100;
/// How often that many are put off while others still find room.
const FILLINGS_MAX: usize = 50;

/// Sets how large the files of a running process may become.
fn limit_files(process: u32, limit: &str) {
    let set = Command::new("prlimit")
        .args(["--pid", &process.to_string(), &format!("--fsize={limit}:")])
        .output()
        .expect("prlimit runs");
    assert!(set.status.success(), "{}", String::from_utf8_lossy(&set.stderr));
}

/// The size of the larger of the database's files.
fn largest_file(database: &Database) -> u64 {
    let file = database.url().strip_prefix("sqlite://").expect("a file");
    let size = |name: String| std::fs::metadata(name).expect("a size").len();
    size(file.to_owned()).max(size(format!("{file}-wal")))
}

/// Waits until no order finds room any more: a log that begins anew makes room for some.
async fn until_full(tills: &Tills) {
    for _ in 0..FILLINGS_MAX {
        let before = tills.acknowledged();
        tills.until_put_off(PUT_OFF).await;
        if tills.acknowledged() == before {
            return;
        }
    }
    panic!("the disk does not become full");
}

/// Orders are put off, not half stored; cards can be read; all goes on when there is room.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_puts_orders_off_and_loses_none() {
    let seed = seed();
    println!("BILLFOLD_SEED={seed}");
    let database = Database::sqlite();
    let installation = Installation::new(database.url()).await;
    let (cafe, service) = Cafe::open_with(installation, Installation::start_under_file_limit).await;
    let tills = Tills::open(&cafe, seed);
    // Not one byte more, then room for a few pages more, which some transactions find enough.
    let mut waits = Vec::new();
    for room in [0, 65_536] {
        tills.until_acknowledged(20).await;
        limit_files(service.process(), &(largest_file(&database) + room).to_string());
        until_full(&tills).await;
        assert_eq!(cafe.status_of("/healthz").await, 200);
        // Room that is too small for an order may be enough for the small write of this check, a few times.
        let checking = until_none(SOON, async || {
            let status = cafe.status_of("/readyz").await;
            (status != 503).then_some(status).into_iter().collect()
        });
        checking.await.expect("it is not ready");
        let card = format!("/v1/cards/{}", cafe.codes()[0]);
        assert_eq!(cafe.status_of(&card).await, 200);
        limit_files(service.process(), "unlimited");
        waits.push(tills.until_acknowledged(1).await);
        assert!(waits.iter().all(|wait| *wait < BACK_MAX), "{waits:?}");
        assert_eq!(cafe.status_of("/readyz").await, 200);
    }
    let journal = tills.close().await;
    assert_eq!(journal.unanswered, 0);
    let books = Books::open(&cafe);
    books.hold_exactly(&journal.orders).await;
    let settled = books.settle().await;
    assert_eq!(cafe.list_breaches(), Vec::<String>::new());
    let url = database.url().to_owned();
    let inspecting = tokio::task::spawn_blocking(move || Store::inspect(&url, true));
    let found = inspecting.await.expect("no panic").expect("it can be read");
    assert_eq!(found.faults, Vec::<String>::new());
    println!(
        "2 full disks: {} orders acknowledged, 0 lost, 0 doubled; {} put off; slowest answer {:?}; on again after \
         {waits:?}; settled after {settled:?}",
        journal.orders.len(),
        journal.put_off,
        journal.slowest,
    );
}
