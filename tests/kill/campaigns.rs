//! kill -9 while a campaign is on its way: each card hears it once, nobody is left out.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use billfold::simulator::apns::Outcome;
use billfold::store::{Db, Store, StoreError, StoreOptions, deliveries};
use diesel::connection::SimpleConnection as _;
use diesel::{QueryableByName, RunQueryDsl as _, sql_query, sql_types};
use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};

use crate::house::on_both_databases;
use crate::installation::Installation;
use crate::server::Server;

/// Members of a run that nobody asked to be longer; a campaign tells 30 a transaction.
const MEMBERS: usize = 2_000;
const KILLS: usize = 10;
/// How often progress is asked for.
const LOOK: Duration = Duration::from_millis(3);
/// Longest wait for anything that is sure to come; a dead server's leases alone are half a minute on PostgreSQL.
const SOON: Duration = Duration::from_hours(1);
/// Pushes that a killed server may have sent without having noted it: those of a tenth of a second, of two cores 25, or
/// as many as on any machine.
const IN_FLIGHT_MAX: usize = 100;

fn members() -> usize {
    match std::env::var("BILLFOLD_CAMPAIGN_MEMBERS") {
        Ok(text) => text.parse().expect("BILLFOLD_CAMPAIGN_MEMBERS is a number"),
        Err(_) => MEMBERS,
    }
}

/// What iPhones leave behind when they add a pass, for all passes at once; Google is out of it.
fn phones(db: &mut Db) -> Result<(), StoreError> {
    let token = match db {
        Db::Sqlite(_) => "lower(hex(serial))",
        Db::Postgres(_) => "encode(convert_to(serial, 'UTF8'), 'hex')",
    };
    let sql = format!(
        "DELETE FROM deliveries; DELETE FROM passes WHERE wallet = 'google'; \
         INSERT INTO devices (device_id, pass_type, push_token, registered_at) \
           SELECT 'phone-' || id, pass_type, {token}, 0 FROM passes; \
         INSERT INTO registrations (device_id, pass_type, pass_id, card_id, told_version, created_at) \
           SELECT 'phone-' || p.id, p.pass_type, p.id, p.card_id, c.version, 0 FROM passes p JOIN cards c ON c.id = p.card_id; \
         UPDATE passes SET state = 'installed', told_version = 1, fetched_version = 1; \
         UPDATE cards SET phones = 1, in_google = FALSE;"
    );
    match db {
        Db::Sqlite(conn) => conn.batch_execute(&sql),
        Db::Postgres(conn) => conn.batch_execute(&sql),
    }?;
    Ok(())
}

#[derive(Debug, PartialEq, Eq, QueryableByName)]
struct Heard {
    #[diesel(sql_type = sql_types::BigInt)]
    sends: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    members: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    messages: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    looked_at: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    sent: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    others: i64,
}

const HEARD: &str = "SELECT (SELECT count(*) FROM campaign_sends) AS sends, \
    (SELECT count(DISTINCT member_id) FROM campaign_sends) AS members, \
    (SELECT count(*) FROM card_messages m JOIN campaign_sends s ON s.card_id = m.card_id \
     AND s.campaign_id = m.campaign_id AND s.run = m.run) AS messages, \
    looked_at, sent, held_out + capped + unreachable + no_consent AS others FROM campaign_runs";

fn heard(db: &mut Db) -> Result<Vec<Heard>, StoreError> {
    Ok(match db {
        Db::Sqlite(conn) => sql_query(HEARD).load(conn),
        Db::Postgres(conn) => sql_query(HEARD).load(conn),
    }?)
}

/// A set-up server with a program whose members all agreed and have their cards on iPhones that never fetch.
struct Shop {
    installation: Installation,
    http: reqwest::Client,
    key: String,
    program: String,
}

impl Shop {
    async fn open(database_url: &str, members: usize) -> Self {
        let installation = Installation::new(database_url).await;
        let created = installation.run(&["keys", "create", "--role", "owner", "--json"]);
        let created: Value = serde_json::from_str(&created).expect("JSON");
        let mut shop = Self {
            installation,
            http: reqwest::Client::builder().no_proxy().build().expect("a client"),
            key: created["secret"].as_str().expect("a key").to_owned(),
            program: String::new(),
        };
        let mut server = shop.start();
        server.until_ready(&shop.http).await;
        let program = json!({ "name": "Café", "slug": "cafe", "currency": "EUR" });
        let program = shop.post("/v1/programs", &program).await;
        program["id"]
            .as_str()
            .expect("an id")
            .clone_into(&mut shop.program);
        let path = format!("/v1/programs/{}/members", shop.program);
        let body = json!({ "consents": [{ "purpose": "marketing", "granted": true }] });
        stream::iter(0..members)
            .for_each_concurrent(16, |_| async {
                shop.post(&path, &body).await;
            })
            .await;
        server.stop().await;
        let store = shop.books();
        store.write(|tx| phones(tx)).await.expect("the phones are there");
        shop.installation.apns.clear_journal();
        shop
    }

    /// Starts the server; phones that do not fetch are not told again while the test lasts.
    fn start(&self) -> Server {
        let mut command = self.installation.command(env!("CARGO_BIN_EXE_billfold"));
        command
            .args(["serve", "--json"])
            .env("BILLFOLD_DELIVERY__REFETCH_AFTER_S", "3600");
        Server::spawn(command, self.installation.url())
    }

    /// Opens the books; not while the server is to be killed.
    fn books(&self) -> Store {
        let options = StoreOptions::new(self.installation.database_url());
        Store::open_as_is(&options).expect("the books open")
    }

    async fn post(&self, path: &str, body: &Value) -> Value {
        let address = format!("{}{path}", self.installation.url());
        let request = self.http.post(address).bearer_auth(&self.key).json(body);
        let answer = request.send().await.expect("an answer");
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.json().await.expect("JSON")
    }

    /// How far the campaign is: its state, and how many cards it has looked at.
    async fn progress(&self, campaign: &str) -> (String, usize) {
        let address = format!("{}/v1/campaigns/{campaign}/results", self.installation.url());
        let answer = self.http.get(address).bearer_auth(&self.key).send().await;
        let found: Value = answer.expect("an answer").json().await.expect("JSON");
        let looked_at = found["runs"][0]["looked_at"].as_u64().unwrap_or_default();
        let state = found["campaign"]["state"].as_str().unwrap_or_default();
        (state.to_owned(), usize::try_from(looked_at).expect("a count"))
    }

    /// Pushes that Apple took, by phone.
    fn pushes(&self) -> HashMap<String, usize> {
        let mut pushes = HashMap::new();
        for entry in self.installation.apns.journal() {
            if entry.outcome == Outcome::Accepted {
                *pushes.entry(entry.token).or_default() += 1;
            }
        }
        pushes
    }
}

on_both_databases! {
    /// Ten times in the midst of it: half of them when so many cards were looked at, half when so many pushes were taken.
    /// Shows SR-003 (2,000 cards, ten kills: each hears it once; a push under way may come again).
    async fn a_campaign_whose_server_is_killed_tells_each_card_once(database: Database) {
        let members = members();
        let shop = Shop::open(database.url(), members).await;
        let mut server = shop.start();
        server.until_ready(&shop.http).await;
        let body = json!({ "program": shop.program, "name": "All", "members": { "joined": { "at_least_days": 0 } },
            "arms": [{ "text": "Hello" }] });
        let campaign = shop.post("/v1/campaigns", &body).await;
        let campaign = campaign["id"].as_str().expect("an id").to_owned();
        shop.post(&format!("/v1/campaigns/{campaign}/schedule"), &json!({ "now": true })).await;
        let began = Instant::now();
        let mut killed_at = Vec::new();
        for kill in 1..=KILLS {
            let point = members * kill / (KILLS * 2);
            loop {
                let (state, looked_at) = shop.progress(&campaign).await;
                let pushed = shop.installation.apns.journal().len();
                let reached = if kill % 2 == 0 { pushed.max(looked_at.saturating_sub(members / 6)) } else { looked_at };
                if reached >= point {
                    assert_ne!(state, "done", "the campaign was over before kill {kill}");
                    killed_at.push((looked_at, pushed));
                    break;
                }
                assert!(began.elapsed() < SOON, "kill {kill}: {looked_at} of {members}, {pushed} pushes");
                tokio::time::sleep(LOOK).await;
            }
            server.kill();
            server = shop.start();
            server.until_ready(&shop.http).await;
        }
        while shop.progress(&campaign).await.0 != "done" {
            assert!(began.elapsed() < SOON, "the campaign does not end");
            tokio::time::sleep(LOOK).await;
        }
        while shop.pushes().len() < members {
            assert!(began.elapsed() < SOON, "{} of {members} were pushed to", shop.pushes().len());
            tokio::time::sleep(LOOK).await;
        }
        let books = shop.books();
        loop {
            let backlog = books.read(deliveries::backlog).await.expect("a backlog");
            let leased = books.read(deliveries::count_leased).await.expect("a count");
            if (backlog.due, leased) == (0, 0) {
                break;
            }
            assert!(began.elapsed() < SOON, "{} deliveries are due, {leased} leased", backlog.due);
            tokio::time::sleep(LOOK).await;
        }
        let took = began.elapsed();
        server.stop().await;
        let all = i64::try_from(members).expect("a count");
        let expected = Heard { sends: all, members: all, messages: all, looked_at: all, sent: all, others: 0 };
        assert_eq!(books.read(heard).await.expect("the books"), [expected]);
        let pushes = shop.pushes();
        let taken: usize = pushes.values().sum();
        let (twice, most) = (taken - members, pushes.values().max().copied().unwrap_or_default());
        println!(
            "{KILLS} kills at (looked at, pushed) {killed_at:?}: {members} members, each one send and one message; {taken} \
             pushes, {twice} of them again ({:.3} %), {most} at most to a phone; {took:?}",
            100.0 * f64::from(u32::try_from(twice).expect("a count")) / f64::from(u32::try_from(members).expect("a count")),
        );
        assert_eq!(pushes.len(), members, "each phone is pushed to");
        assert!(most <= KILLS + 1 && twice <= KILLS * IN_FLIGHT_MAX, "{twice} pushes came again");
    }
}
