//! The demo's crowd, and what the books say of it.

use std::sync::Arc;
use std::time::Instant;

use billfold::actions::seed_crowd::{CrowdPlan, seed_crowd};
use billfold::actions::{Bell, Caller, Deed, Fetches, House, HouseParts, Shelf, Wallets};
use billfold::store::campaigns::{self, Run};
use billfold::store::{Db, Store, StoreError, crowds, programs};
use billfold::telemetry::Metrics;
use billfold::types::{CampaignId, Clock as _, MasterKey, ProgramId, Secret, SystemClock};
use diesel::{QueryableByName, RunQueryDsl as _, sql_query, sql_types::Text};

use super::installation::{MASTER_KEY, PASS_TYPE};
use super::phones::Holder;

/// Members who buy at the till.
const BUYERS: usize = 1_000;

/// Seeds so many members.
pub(crate) async fn fill(store: &Store, program: &str, members: u64) {
    let house = House::new(HouseParts {
        store: store.clone(),
        clock: Arc::new(SystemClock),
        master_key: MasterKey::new(&Secret::new(MASTER_KEY)).expect("a key"),
        public_url: "http://127.0.0.1:8080".to_owned(),
        wallets: Wallets::default(),
        shelf: Shelf::default(),
        bell: Bell::default(),
        fetches: Fetches::default(),
        metrics: Metrics::default(),
        draw_event: billfold::http::draw_event,
        private_webhooks: true,
    });
    let id: ProgramId = program.parse().expect("an id");
    let mut known = store
        .read(move |db| programs::get(db, &id))
        .await
        .expect("a program");
    known.apple_pass_type = Some(PASS_TYPE.to_owned());
    let began = Instant::now();
    let plan = CrowdPlan::make(&house, &known, members, 1).await.expect("a plan");
    let deed = Deed::begin(&house, Caller::local("bench", SystemClock.now()));
    let plan = Arc::new(plan.by(&deed));
    store.write(crowds::make_room).await.expect("room");
    let mut done = 0;
    while done < members {
        let crowd = plan.draw(done).expect("a crowd");
        done += u64::try_from(crowd.members.len()).expect("a count");
        let (plan, deed) = (
            Arc::clone(&plan),
            Deed::begin(&house, Caller::local("bench", SystemClock.now())),
        );
        let write = store.write(move |tx| seed_crowd(tx, &deed, &plan, &crowd));
        write.await.expect("they are seeded");
    }
    store.write(crowds::give_room_back).await.expect("no room");
    let took = began.elapsed();
    println!(
        "  seeded in {took:.0?}: {:.0} members a second",
        f64::from(u32::try_from(members).expect("two million at most")) / took.as_secs_f64()
    );
}

/// The cards on iPhones.
pub(crate) async fn list_holders(store: &Store) -> Vec<Holder> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        push_token: String,
        #[diesel(sql_type = Text)]
        device_id: String,
        #[diesel(sql_type = Text)]
        serial: String,
    }
    const HOLDERS: &str = "SELECT d.push_token, d.device_id, p.serial FROM registrations r \
        JOIN devices d ON d.device_id = r.device_id AND d.pass_type = r.pass_type JOIN passes p ON p.id = r.pass_id";
    let read = store.read(|db| {
        Ok::<_, StoreError>(match db {
            Db::Sqlite(conn) => sql_query(HOLDERS).load::<Row>(conn),
            Db::Postgres(conn) => sql_query(HOLDERS).load::<Row>(conn),
        }?)
    });
    let rows = read.await.expect("the phones").into_iter();
    rows.map(|row| Holder {
        token: row.push_token,
        device: row.device_id,
        pass_type: PASS_TYPE.to_owned(),
        serial: row.serial,
    })
    .collect()
}

/// Some members who buy. Their cards are on no phone, so that every push is the campaign's.
pub(crate) async fn list_members(store: &Store) -> Vec<String> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        id: String,
    }
    let query = format!("SELECT member_id AS id FROM cards WHERE phones = 0 ORDER BY id LIMIT {BUYERS}");
    let read = store.read(move |db| {
        Ok::<_, StoreError>(match db {
            Db::Sqlite(conn) => sql_query(query).load::<Row>(conn),
            Db::Postgres(conn) => sql_query(query).load::<Row>(conn),
        }?)
    });
    read.await
        .expect("members")
        .into_iter()
        .map(|row| row.id)
        .collect()
}

/// The campaign's books, once it has begun.
pub(crate) async fn read_run(store: &Store, campaign: &str) -> Option<Run> {
    let id: CampaignId = campaign.parse().expect("an id");
    let read = store.read(move |db| campaigns::list_runs(db, &id, 1));
    read.await.expect("its books").pop()
}
