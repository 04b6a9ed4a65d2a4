//! A crowd of phones with a pass each, made in bulk past the store: a million through it would take minutes.

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, SqliteConnection};

use billfold::types::DeviceId;

/// Apple's pass type here.
pub(crate) const PASS_TYPE: &str = "pass.example.cafe";
/// A prime above every crowd: multiplying by another number and taking the rest by it names each phone once,
/// in no order, as phones name themselves.
const PRIME: u64 = 1_000_003;
const SPREAD: u64 = 7_919;

/// What phone `number` calls itself.
pub(crate) fn device_id(number: u64) -> DeviceId {
    let text = format!("{:08x}{number:024x}", number * SPREAD % PRIME);
    text.parse().expect("a device id")
}

/// The serial number of pass `number`.
pub(crate) fn serial(number: u64) -> String {
    format!("pss_{number:026}")
}

/// Fills a migrated database with so many phones.
pub(crate) fn fill(url: &str, phones: u64) {
    let path = url.strip_prefix("sqlite://").expect("an address of SQLite");
    let mut conn = SqliteConnection::establish(path).expect("the database opens");
    let numbers = format!(
        "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {phones}) SELECT"
    );
    let device = format!("printf('%08x%024x', i * {SPREAD} % {PRIME}, i), '{PASS_TYPE}'");
    let sql = format!(
        "PRAGMA synchronous = OFF; PRAGMA cache_size = -500000; BEGIN;
         INSERT INTO programs VALUES ('prg_00000000000000000000000001', NULL, 'cafe', '\"Cafe\"', '\"Points\"', 'en',
           'EUR', 1, 100, 0, NULL, NULL, NULL, 1, 0, 0, 'UTC', '{{}}', '');
         INSERT INTO members (id, program_id, first_name, last_name, language, version, created_at, updated_at)
           {numbers} printf('mem_%026d', i), 'prg_00000000000000000000000001', 'Lina', 'Example', 'en', 1, 0, 0 FROM n;
         INSERT INTO cards (id, program_id, member_id, code, balance, remainder, version, last_modified, link_epoch,
           created_at)
           {numbers} printf('crd_%026d', i), 'prg_00000000000000000000000001', printf('mem_%026d', i),
           printf('%08x%08x', i * {SPREAD} % {PRIME}, i), 10, 0, 1, 0, 0, 0 FROM n;
         INSERT INTO passes (id, program_id, card_id, wallet, pass_type, serial, epoch, state, told_version,
           fetched_version, created_at)
           {numbers} printf('pss_%026d', i), 'prg_00000000000000000000000001', printf('crd_%026d', i), 'apple',
           '{PASS_TYPE}', printf('pss_%026d', i), 0, 'installed', 1, 1, 0 FROM n;
         INSERT INTO devices {numbers} {device}, printf('%08x%056x', i * {SPREAD} % {PRIME}, i), 0 FROM n;
         INSERT INTO registrations {numbers} {device}, printf('pss_%026d', i), printf('crd_%026d', i), 1, 0 FROM n;
         COMMIT; PRAGMA wal_checkpoint(TRUNCATE); ANALYZE;"
    );
    conn.batch_execute(&sql).expect("the crowd comes in");
}
