//! A crowd of members with purchases, events, consents and passes, made in bulk past the store.

use billfold::types::{Clock as _, SystemClock, Zone};
use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, PgConnection, SqliteConnection};

pub(crate) const PROGRAM: &str = "prg_00000000000000000000000001";
const PASS_TYPE: &str = "pass.example.cafe";
const DAY_MS: i64 = 86_400_000;
/// Days on which each member bought something.
const VISITS: u32 = 8;

/// Fills a migrated database with so many members. Each in four has no consent, each in five no wallet.
pub(crate) fn fill(url: &str, members: u64) {
    let is_sqlite = url.starts_with("sqlite");
    let id = |prefix: &str, number: &str| {
        if is_sqlite {
            format!("printf('{prefix}%026d', {number})")
        } else {
            format!("'{prefix}' || lpad(CAST({number} AS TEXT), 26, '0')")
        }
    };
    let numbers = format!(
        "WITH RECURSIVE n (i) AS (SELECT CAST(0 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {members}) SELECT"
    );
    let visits: Vec<String> = (0..VISITS).map(|visit| format!("SELECT {visit} AS k")).collect();
    let visits = visits.join(" UNION ALL ");
    let now = SystemClock.now();
    let (now_ms, today) = (now.millis(), Zone::UTC.local(now).day.number());
    let (member, card, pass) = (id("mem_", "i"), id("crd_", "i"), id("pss_", "i"));
    let device = if is_sqlite {
        "printf('%032x', i)"
    } else {
        "lpad(to_hex(i), 32, '0')"
    };
    let joined = format!("{now_ms} - (i * 7919 % 730) * {DAY_MS}");
    let milk = "CASE i % 5 WHEN 0 THEN '{\"milk\":\"oat\"}' WHEN 1 THEN '{\"milk\":\"cow\"}' ELSE '{}' END";
    let sql = format!(
        "BEGIN;
         INSERT INTO programs (id, slug, name, point_name, language, currency, earn_points, earn_per_minor, signup_bonus,
           version, created_at, updated_at)
           VALUES ('{PROGRAM}', 'cafe', '\"Cafe\"', '\"Points\"', 'en', 'EUR', 1, 100, 0, 1, 0, 0);
         INSERT INTO members (id, program_id, first_name, last_name, language, version, created_at, updated_at, attributes)
           {numbers} {member}, '{PROGRAM}', 'Lina', 'Example', 'en', 1, {joined}, {joined}, {milk} FROM n;
         INSERT INTO cards (id, program_id, member_id, code, balance, remainder, version, last_modified, link_epoch,
           created_at, orders)
           {numbers} {card}, '{PROGRAM}', {member}, {code}, i * 31 % 1000, 0, 1, 0, 0, {joined}, {VISITS} FROM n;
         INSERT INTO consents (member_id, purpose, at, program_id, granted, source)
           {numbers} {member}, 'marketing', {joined}, '{PROGRAM}', i % 4 <> 0, 'api' FROM n;
         INSERT INTO birthdays (member_id, program_id, month_day, from_day)
           {numbers} {member}, '{PROGRAM}', 100 * (1 + i % 12) + 1 + i % 28, 0 FROM n WHERE i % 3 = 0;
         INSERT INTO activity_days (card_id, day, points, minor, orders)
           {numbers} {card}, {today} - CASE i % 4 WHEN 0 THEN 300 ELSE 0 END - (i * 31 + k * 89) % 700, 12, 1200 + i % 900, 1 FROM n, ({visits}) v
           WHERE i % 11 <> 0;
         INSERT INTO bought_days (card_id, kind, name, day, orders)
           SELECT card_id, 'category', CASE WHEN day % 20 = 0 THEN 'tea' WHEN day % 20 < 5 THEN 'cake'
             ELSE 'coffee' END, day, orders FROM activity_days;
         INSERT INTO events (id, program_id, source, external_id, member_id, card_id, kind, fingerprint, earned, data,
           happened_at, created_at)
           {numbers} {event}, '{PROGRAM}', 'api', CAST(i AS TEXT), {member}, {card},
           CASE i % 20 WHEN 0 THEN 'viewed_sofa' ELSE 'viewed_lamp' END, '', 0, '{{}}',
           {now_ms} - (i % 60) * {DAY_MS}, {now_ms} - (i % 60) * {DAY_MS} FROM n WHERE i % 10 = 0;
         INSERT INTO passes (id, program_id, card_id, wallet, pass_type, serial, epoch, state, told_version,
           fetched_version, created_at)
           {numbers} {pass}, '{PROGRAM}', {card}, CASE WHEN i % 5 < 3 THEN 'apple' ELSE 'google' END,
           '{PASS_TYPE}', {pass}, 0, 'installed', 1, 1, {joined} FROM n WHERE i % 5 < 4;
         INSERT INTO devices (device_id, pass_type, push_token, registered_at)
           {numbers} {device}, '{PASS_TYPE}', {device}, {joined} FROM n WHERE i % 5 < 3;
         INSERT INTO registrations (device_id, pass_type, pass_id, card_id, told_version, created_at)
           {numbers} {device}, '{PASS_TYPE}', {pass}, {card}, 1, {joined} FROM n WHERE i % 5 < 3;
         {recount}
         COMMIT;",
        recount = tallies(),
        code = id("C", "i"),
        event = id("evt_", "i"),
    );
    if is_sqlite {
        let path = url.strip_prefix("sqlite://").expect("an address of SQLite");
        let mut conn = SqliteConnection::establish(path).expect("the database opens");
        let around = format!(
            "PRAGMA synchronous = OFF; PRAGMA cache_size = -500000; {sql} PRAGMA wal_checkpoint(TRUNCATE); ANALYZE;"
        );
        conn.batch_execute(&around).expect("the crowd comes in");
    } else {
        let mut conn = PgConnection::establish(url).expect("the database opens");
        conn.batch_execute(&sql).expect("the crowd comes in");
        ["VACUUM FULL cards", "VACUUM ANALYZE"]
            .into_iter()
            .try_for_each(|text| conn.batch_execute(text))
            .expect("the crowd is looked through");
    }
}

/// Counts what is kept with cards, as the migration that brought it does.
fn tallies() -> &'static str {
    let migration = include_str!("../../migrations/sqlite/0031_counted_cards/up.sql");
    let begin = migration
        .find("UPDATE cards SET bought_orders")
        .expect("it counts");
    migration.get(begin..).expect("text")
}
