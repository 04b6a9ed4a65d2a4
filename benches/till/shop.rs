//! A busy program with its members, made in bulk past the store, and the service over it.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use billfold::actions::CardCode;
use billfold::store::Store;
use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, SqliteConnection};
use serde_json::{Value, json};
use tempfile::TempDir;

pub(crate) const MEMBERS: usize = 100_000;
const MASTER_KEY: &str = "a master key for benches, of 32 bytes at least";
const PROGRAM: &str = "prg_00000000000000000000000001";
/// Longest wait for the service to start.
const START_MAX: Duration = Duration::from_secs(20);
/// Largest answer that a till reads here, in bytes.
const ANSWER_MAX: usize = 64 * 1024;
/// Members that come in with one statement.
const BATCH: usize = 1_000;

/// Thirty rules of every sort.
pub(crate) fn rules() -> Vec<Value> {
    let each = |number: i64| match number % 5 {
        0 => {
            json!({ "name": "Spend", "when": "order", "then": { "points": 1, "per": { "spend": 100 + number } } })
        }
        1 => {
            json!({ "name": "Category", "when": "order", "of": { "category": [format!("category-{}", number % 7)] },
                     "then": { "points": 5, "per": "item" }, "limits": [{ "times": 3, "within": "day" }] })
        }
        2 => json!({ "name": "Happy hour", "when": "order", "then": { "points": 10, "per": "time" },
                     "if": [{ "hours": { "from": "14:00", "to": "17:00" } }, { "weekday": ["mon", "tue"] },
                            { "minimum": 500 }] }),
        3 => {
            json!({ "name": "Review", "when": { "event": "review" }, "then": { "points": 20, "per": "time" } })
        }
        _ => {
            json!({ "name": "Tenth", "when": "order", "if": [{ "every_order": 10 }, { "channel": ["till", "web"] }],
                     "then": { "points": 50, "per": "time" }, "group": "visits" })
        }
    };
    (0..30).map(each).collect()
}

/// Two promotions that multiply and one that adds.
pub(crate) fn promotions() -> Vec<Value> {
    let of = |then: Value| {
        json!({ "name": "Autumn", "then": then, "if": [{ "location": ["corner", "station"] }],
                "from": "2026-01-01T00:00:00Z", "until": "2036-01-01T00:00:00Z" })
    };
    vec![
        of(json!({ "multiply": 200 })),
        of(json!({ "multiply": 150 })),
        of(json!({ "add": 5 })),
    ]
}

/// Five tiers that multiply.
pub(crate) fn tiers() -> Vec<Value> {
    let names = ["Start", "Bronze", "Silver", "Gold", "Platinum"];
    let each = |(place, name): (i64, &str)| json!({ "name": name, "threshold": 500 * place, "multiply": 110 + 10 * place });
    (0..).zip(names).map(each).collect()
}

fn rewards() -> Vec<Value> {
    let each =
        |number: i64| json!({ "name": format!("Reward {number}"), "gives": "product", "cost": 10 * number });
    (1..=20).map(each).collect()
}

/// A running service; killed when dropped.
pub(crate) struct Service {
    child: Child,
    address: SocketAddr,
    key: String,
    codes: Vec<String>,
    _folder: TempDir,
}

impl Service {
    /// Fills a database and starts the service over it.
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("billfold.db");
        let url = format!("sqlite://{}", file.display());
        Store::migrate(&url).expect("the database is migrated");
        let codes: Vec<String> = (0..MEMBERS)
            .map(|_| CardCode::random().as_str().to_owned())
            .collect();
        fill(&file.display().to_string(), &codes);
        let billfold = || {
            let mut command = Command::new(env!("CARGO_BIN_EXE_billfold"));
            command
                .env("BILLFOLD_DATABASE_URL", &url)
                .env("BILLFOLD_MASTER_KEY", MASTER_KEY)
                .env("BILLFOLD_LOG__LEVEL", "error")
                .current_dir(folder.path())
                .stdin(Stdio::null());
            command
        };
        let made = billfold()
            .args(["keys", "create", "--role", "cashier", "--json"])
            .output()
            .expect("a key");
        let made: Value = serde_json::from_slice(&made.stdout).expect("a key as JSON");
        let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = free.local_addr().expect("its address");
        drop(free);
        let child = billfold()
            .args(["serve", "--listen", &address.to_string()])
            .stdout(Stdio::null())
            .spawn()
            .expect("the service starts");
        let start = Instant::now();
        while TcpStream::connect(address).is_err() {
            assert!(start.elapsed() < START_MAX, "the service does not start");
            std::thread::park_timeout(Duration::from_millis(10));
        }
        Self {
            child,
            address,
            key: made
                .get("secret")
                .and_then(Value::as_str)
                .expect("the key's text")
                .to_owned(),
            codes,
            _folder: folder,
        }
    }

    /// Its process.
    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    /// A till's connection.
    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).expect("a connection");
        stream.set_nodelay(true).expect("no delay");
        stream
    }

    /// Asks for the card of some member.
    pub(crate) fn card_request(&self) -> String {
        let code = self.codes.get(rand::random_range(0..MEMBERS)).expect("a code");
        format!(
            "GET /v1/cards/{code} HTTP/1.1\r\nHost: cafe\r\nAuthorization: Bearer {}\r\n\r\n",
            self.key
        )
    }

    /// Asks whether the service lives.
    #[expect(clippy::unused_self, reason = "the two requests are asked for alike")]
    pub(crate) fn health_request(&self) -> String {
        "GET /healthz HTTP/1.1\r\nHost: cafe\r\n\r\n".to_owned()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It may have ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn fill(path: &str, codes: &[String]) {
    let mut conn = SqliteConnection::establish(path).expect("the database opens");
    let mut run = |sql: &str| conn.batch_execute(sql).expect("the shop is filled");
    run(&format!(
        "PRAGMA synchronous = OFF; PRAGMA cache_size = -500000; BEGIN;
         INSERT INTO programs (id, slug, name, point_name, language, currency, earn_points, earn_per_minor, signup_bonus,
           version, created_at, updated_at) VALUES ('{PROGRAM}', 'cafe', '\"Cafe\"', '\"Points\"', 'en', 'EUR', 1, 100, 0, 1, 0, 0);"
    ));
    let terms = [
        ("rule", "rul", rules()),
        ("promotion", "prm", promotions()),
        ("reward", "rwd", rewards()),
        ("tier", "tir", tiers()),
    ];
    for (kind, prefix, bodies) in terms {
        for (number, body) in bodies.iter().enumerate() {
            run(&format!(
                "INSERT INTO terms VALUES ('{prefix}_{number:026}', '{PROGRAM}', '{kind}', 1, '{body}', 1, 0, 0, NULL);"
            ));
        }
    }
    for (batch, codes) in codes.chunks(BATCH).enumerate() {
        let ids = || {
            codes
                .iter()
                .enumerate()
                .map(move |(place, code)| (batch * BATCH + place, code))
        };
        let rows = |row: &dyn Fn(usize, &str) -> String| {
            ids()
                .map(|(number, code)| row(number, code))
                .collect::<Vec<_>>()
                .join(",")
        };
        let members =
            rows(&|number, _| format!("('mem_{number:026}', '{PROGRAM}', 'Lina', 'Example', 'en', 1, 0, 0)"));
        let identities = rows(&|number, _| {
            format!("('{PROGRAM}', 'email', 'member-{number}@example.com', 'mem_{number:026}', 0)")
        });
        let cards = rows(&|number, code| {
            format!(
                "('crd_{number:026}', '{PROGRAM}', 'mem_{number:026}', '{code}', {}, 0, 1, 0, 0, 0)",
                number % 250
            )
        });
        let passes = rows(&|number, _| {
            format!(
                "('pss_{number:026}', '{PROGRAM}', 'crd_{number:026}', 'apple', 'pass.example.cafe', 'pss_{number:026}', \
                 0, 'installed', 1, 1, 0)"
            )
        });
        run(&format!(
            "INSERT INTO members (id, program_id, first_name, last_name, language, version, created_at, updated_at)
               VALUES {members};
             INSERT INTO identities (program_id, kind, value, member_id, created_at) VALUES {identities};
             INSERT INTO cards (id, program_id, member_id, code, balance, remainder, version, last_modified, link_epoch,
               created_at) VALUES {cards};
             INSERT INTO passes (id, program_id, card_id, wallet, pass_type, serial, epoch, state, told_version,
               fetched_version, created_at) VALUES {passes};"
        ));
    }
    run("COMMIT; PRAGMA wal_checkpoint(TRUNCATE); ANALYZE;");
}

/// Sends a request and reads its answer whole; gives the status.
pub(crate) fn ask(stream: &mut TcpStream, request: &str) -> u16 {
    stream.write_all(request.as_bytes()).expect("it is sent");
    let mut answer = Vec::with_capacity(8_192);
    let mut part = [0_u8; 8_192];
    loop {
        let count = stream.read(&mut part).expect("an answer");
        assert!(
            count > 0 && answer.len() < ANSWER_MAX,
            "the answer is cut or endless"
        );
        answer.extend_from_slice(part.get(..count).unwrap_or_default());
        if let Some(status) = whole(&answer) {
            return status;
        }
    }
}

/// The status, once all of the answer is there.
fn whole(answer: &[u8]) -> Option<u16> {
    let head_len = answer.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(answer.get(..head_len)?).expect("a head is text");
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let is_length = name.eq_ignore_ascii_case("content-length");
        is_length.then(|| value.trim().parse::<usize>().expect("a length"))
    });
    (answer.len() >= head_len + length.unwrap_or(0)).then(|| head.get(9..12)?.parse().ok())?
}
