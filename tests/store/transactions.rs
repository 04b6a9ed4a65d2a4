//! Transactions: each caller's own, kept or not kept as a whole, told only when they are on the disk.

use std::process::Command;
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use billfold::store::idempotency::{self, Kept};
use billfold::store::{Store, StoreError, StoreOptions, Tx};
use diesel::RunQueryDsl as _;
use futures_util::future::join_all;

use crate::house::{Database, on_both_databases};
use crate::shop::{NOW, PATIENCE, wait_for};

/// A row that is as good as any other.
fn row(key: &str, body: &str) -> Kept {
    Kept {
        scope: "test".to_owned(),
        key: key.to_owned(),
        fingerprint: String::new(),
        status: 0,
        body: body.to_owned(),
        expires_at: NOW,
    }
}

/// Stores a row under a key.
async fn put(store: &Store, key: &str) -> Result<bool, StoreError> {
    let row = row(key, "");
    store.write(move |tx| idempotency::claim(tx, &row)).await
}

/// Whether there is a row under a key.
async fn has(store: &Store, key: &str) -> bool {
    let key = key.to_owned();
    let found: Result<_, StoreError> = store.read(move |db| idempotency::find(db, "test", &key)).await;
    found.expect("the read succeeds").is_some()
}

on_both_databases! {
    /// Of many callers at once each gets what its own closure said, and only what was Ok is kept.
    async fn each_caller_gets_its_own_answer(database: Database) {
        let store = database.open();
        let answers = join_all((0..64).map(|number| {
            let store = store.clone();
            async move {
                store
                    .write(move |tx| {
                        idempotency::claim(tx, &row(&number.to_string(), ""))?;
                        match number % 3 {
                            0 => Err(StoreError::Broken(number.to_string())),
                            _ => Ok(number),
                        }
                    })
                    .await
            }
        }))
        .await;
        for (number, answer) in answers.into_iter().enumerate() {
            let refused = number % 3 == 0;
            let expected = if refused { Err(StoreError::Broken(number.to_string())) } else { Ok(number) };
            assert_eq!(answer, expected);
            assert_eq!(has(&store, &number.to_string()).await, !refused, "{number}");
        }
    }

    /// A panic is an error for the caller whose closure it was; nothing of it stays, the others go on.
    async fn a_panic_is_an_error_for_its_caller_only(database: Database) {
        // One connection, so that the next caller gets the very one that the panic left.
        let store = Store::open(&StoreOptions { connections: 1, ..database.options() }).unwrap();
        let (panicked, kept) = tokio::join!(
            store.write::<(), StoreError, _>(|tx| {
                idempotency::claim(tx, &row("panicked", ""))?;
                panic!("the test wants it so");
            }),
            put(&store, "beside"),
        );
        assert!(matches!(panicked, Err(StoreError::Broken(_))), "{panicked:?}");
        assert_eq!(kept, Ok(true));
        assert_eq!(put(&store, "after").await, Ok(true));
        assert!(has(&store, "beside").await && has(&store, "after").await);
        assert!(!has(&store, "panicked").await, "what a panicking closure wrote was kept");
    }

    /// At the moment of the answer another connection sees the row.
    async fn an_answer_means_that_the_row_is_there(database: Database) {
        let store = database.open();
        let other = Store::open_as_is(&database.options()).unwrap();
        join_all((0..64).map(|number| {
            let (store, other) = (&store, &other);
            async move {
                let key = number.to_string();
                assert_eq!(put(store, &key).await, Ok(true));
                assert!(has(other, &key).await, "answered before the commit");
            }
        }))
        .await;
    }

    /// A closure that passes over a failed statement is not told Ok unless its rows are kept: PostgreSQL
    /// gives such a transaction up, and says nothing when it is asked to commit it.
    async fn a_failed_statement_is_never_an_unkept_ok(database: Database) {
        let store = database.open();
        put(&store, "taken").await.unwrap();
        let answer: Result<(), StoreError> = store
            .write(|tx| {
                idempotency::claim(tx, &row("mine", ""))?;
                let clash = diesel::sql_query(
                    "INSERT INTO idempotency (scope, key, fingerprint, status, body, expires_at) \
                     VALUES ('test', 'taken', '', 0, '', 0)",
                )
                .execute(&mut **tx);
                assert!(clash.is_err());
                Ok(())
            })
            .await;
        assert_eq!(answer.is_ok(), has(&store, "mine").await, "{answer:?}");
    }

    /// Callers that go away while they wait harm nobody.
    async fn a_caller_that_goes_away_harms_nobody(database: Database) {
        let store = database.open();
        let waiting = join_all((0..32).map(|number| {
            let store = store.clone();
            async move { put(&store, &format!("gone {number}")).await }
        }));
        // Asked once, and dropped.
        let mut waiting = Box::pin(waiting);
        assert!(futures_util::poll!(&mut waiting).is_pending());
        drop(waiting);
        assert_eq!(put(&store, "stays").await, Ok(true));
        assert!(has(&store, "stays").await);
    }
}

/// A caller that waits.
type Caller<'a, T> = std::pin::Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// Holds the writer with a closure until every future of `callers` waits for it, so that they share a group.
async fn as_one_group<F: Future>(store: &Store, callers: Vec<F>) -> Vec<F::Output> {
    let (begun, begins) = tokio::sync::oneshot::channel();
    let (go, gate) = mpsc::channel();
    let holder = store.write::<_, StoreError, _>(move |_| {
        begun.send(()).expect("the test waits");
        wait_for(&gate);
        Ok(())
    });
    let group = async {
        begins.await.expect("the writer begins");
        let mut callers = Box::pin(join_all(callers));
        assert!(futures_util::poll!(&mut callers).is_pending());
        go.send(()).expect("the writer waits");
        callers.await
    };
    let (held, answers) = tokio::join!(holder, group);
    held.expect("the holder succeeds");
    answers
}

/// One closure of a group waits for another's caller to be answered, which must not happen: neither a success
/// nor a failure, which may rest on what another of the group wrote, is told before the commit.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_of_a_group_is_answered_before_its_commit() {
    let database = Database::sqlite();
    let store = database.open();
    for refused in [false, true] {
        let (answered, answer) = mpsc::channel();
        let first = async {
            let result = store
                .write(move |_| {
                    if refused {
                        Err(StoreError::NotFound)
                    } else {
                        Ok(())
                    }
                })
                .await;
            // The other has given up waiting by now, as it should.
            let _ = answered.send(());
            result
        };
        let second = async {
            store
                .write(move |_| Ok::<_, StoreError>(answer.recv_timeout(Duration::from_millis(300))))
                .await
                .map(|early| assert!(early.is_err(), "answered while the group was open"))
        };
        let callers: Vec<std::pin::Pin<Box<dyn Future<Output = _> + Send>>> =
            vec![Box::pin(first), Box::pin(second)];
        let answers = as_one_group(&store, callers).await;
        let own = if refused {
            Err(StoreError::NotFound)
        } else {
            Ok(())
        };
        assert_eq!(answers, [own, Ok(())]);
    }
}

/// More callers than a group holds are all served, in whatever groups.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn groups_of_any_size_serve_everybody() {
    for group_max in [1, 2, 64] {
        let database = Database::sqlite();
        let store = Store::open(&StoreOptions {
            group_max,
            ..database.options()
        })
        .unwrap();
        let keys: Vec<String> = (0..150).map(|number| number.to_string()).collect();
        let answers = as_one_group(&store, keys.iter().map(|key| put(&store, key)).collect()).await;
        assert!(answers.iter().all(|answer| *answer == Ok(true)));
        for key in &keys {
            assert!(has(&store, key).await);
        }
    }
}

/// What stands behind goes after those who wait already, though it came first; but of many it has its turn after eight
/// commits, so that it never waits for a pause that does not come.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_stands_behind_lets_others_go_first_and_has_its_turn() {
    let database = Database::sqlite();
    let store = Store::open(&StoreOptions {
        group_max: 2,
        ..database.options()
    })
    .unwrap();
    for (others, place) in [(0, 0), (3, 3), (40, 16)] {
        let order = Arc::new(Mutex::new(Vec::new()));
        let run = |number: usize| {
            let order = Arc::clone(&order);
            move |_: &mut Tx<'_>| {
                order.lock().expect("no panic").push(number);
                Ok::<_, StoreError>(number)
            }
        };
        let behind: Caller<'_, usize> = Box::pin(store.write_behind(run(usize::MAX)));
        let mut callers = vec![behind];
        for number in 0..others {
            callers.push(Box::pin(store.write(run(number))));
        }
        let answers = as_one_group(&store, callers).await;
        let expected = std::iter::once(usize::MAX).chain(0..others).map(Ok);
        assert!(answers.into_iter().eq(expected), "each has its own answer");
        let order = order.lock().expect("no panic");
        assert_eq!(
            order.iter().position(|one| *one == usize::MAX),
            Some(place),
            "{order:?}"
        );
    }
}

/// A closure handed to `read` cannot write, even if it tries past the store's own functions.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_through_read_is_refused() {
    let database = Database::sqlite();
    let store = database.open();
    put(&store, "stays").await.unwrap();
    let refused: Result<usize, StoreError> = store
        .read(|db| Ok(diesel::sql_query("DELETE FROM idempotency").execute(db)?))
        .await;
    assert!(
        matches!(&refused, Err(StoreError::Unavailable(why)) if why.contains("readonly")),
        "{refused:?}"
    );
    assert!(has(&store, "stays").await);
}

/// In the child process: that it is the child.
const SMALL_DISK: &str = "BILLFOLD_TEST_SMALL_DISK";
/// Bytes that a file may have on the child's disk, near enough.
const SMALL_DISK_BYTES: usize = 2_000_000;

/// When a commit fails for want of room, everyone who shared it is told so and nothing of it is kept; when
/// there is room again the next write succeeds. The small disk is a limit on the size of files, under which
/// the test runs itself once more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_told_to_the_whole_group() {
    if std::env::var_os(SMALL_DISK).is_some() {
        return fill_the_disk().await;
    }
    let own = std::env::current_exe().expect("the test knows its file");
    let name = std::thread::current().name().unwrap_or_default().to_owned();
    let name = if name.contains("full_disk") {
        name
    } else {
        "transactions::a_full_disk_is_told_to_the_whole_group".to_owned()
    };
    let blocks = SMALL_DISK_BYTES / 512;
    // Without the trap the kernel would end the process instead of refusing the write.
    let script = format!("trap '' XFSZ; ulimit -S -f {blocks}; exec \"$0\" --exact \"$1\" --nocapture");
    let output = Command::new("sh")
        .args(["-c", &script])
        .arg(own)
        .arg(name)
        .env(SMALL_DISK, "1")
        .output()
        .expect("sh runs");
    let told = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(output.status.success() && told.contains("1 passed"), "{told}");
}

async fn fill_the_disk() {
    let database = Database::sqlite();
    let store = database.open();
    put(&store, "before").await.unwrap();
    let large = "x".repeat(4 * SMALL_DISK_BYTES / 32);
    let callers = (0..32).map(|number| {
        let row = row(&format!("large {number}"), &large);
        store.write::<_, StoreError, _>(move |tx| idempotency::claim(tx, &row))
    });
    let answers = as_one_group(&store, callers.collect()).await;
    for answer in answers {
        assert!(matches!(answer, Err(StoreError::Unavailable(_))), "{answer:?}");
    }
    for number in 0..32 {
        assert!(
            !has(&store, &format!("large {number}")).await,
            "kept, though it was told to have failed"
        );
    }
    assert!(has(&store, "before").await);
    let more_room = Command::new("prlimit")
        .args(["--fsize=unlimited", "--pid", &std::process::id().to_string()])
        .status();
    assert!(more_room.expect("prlimit of util-linux runs").success());
    let written = tokio::time::timeout(PATIENCE, put(&store, "after")).await;
    assert_eq!(written, Ok(Ok(true)));
    assert!(has(&store, "after").await);
}
