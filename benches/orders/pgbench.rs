//! The same statements by pgbench, PostgreSQL's own load generator, which does nothing besides.

use std::process::Command;
use std::time::Duration;

use crate::shop::{ACTOR, BODY_LEN, CARDS, COUNTED, DEED_DETAIL, EXPLANATION, Numbers, ORDER_DETAIL, SCOPE};

/// More numbers than a round can use.
const NUMBERS_A_ROUND: u64 = 10_000_000;

/// Texts like ours, of the same length, with a number that no other transaction has.
const SCRIPT: &str = "
\\set n :n + 1
\\set number :n * 16 + :client_id
\\set card random(0, :cards - 1)
BEGIN;
INSERT INTO idempotency (scope, key, fingerprint, status, body, expires_at)
 VALUES (:scope, 'idk_' || lpad(:number::text, 26, '0'), :fingerprint, 0, '', :now::bigint + 604800000) ON CONFLICT DO NOTHING;
INSERT INTO orders (id, program_id, source, external_id, member_id, card_id, fingerprint, total_minor, currency,
 earned, refunded_minor, taken_back, detail, paid_at, created_at, counted)
 VALUES ('ord_' || lpad(:number::text, 26, '0'), 'prg_00000000000000000000000001', 'api',
 'till-' || lpad(:number::text, 26, '0'), 'mem_' || lpad(:card::text, 26, '0'), 'crd_' || lpad(:card::text, 26, '0'),
 :fingerprint, 1250, 'EUR', 12, 0, 0, :order_detail, :now, :now, :counted)
 ON CONFLICT (program_id, source, external_id) DO NOTHING;
SELECT id, program_id, member_id, code, balance, remainder, version, last_modified, link_epoch, voided_at, created_at,
 per_minor, orders, pending, active_at, due_at
 FROM cards WHERE id = 'crd_' || lpad(:card::text, 26, '0') LIMIT 1 FOR NO KEY UPDATE;
INSERT INTO entries (id, program_id, member_id, card_id, kind, points, order_id, refund_id, reverses, reason, actor,
 created_at, term_id, term_version, explanation)
 VALUES ('ent_' || lpad(:number::text, 26, '0'), 'prg_00000000000000000000000001',
 'mem_' || lpad(:card::text, 26, '0'), 'crd_' || lpad(:card::text, 26, '0'), 'earn', 12,
 'ord_' || lpad(:number::text, 26, '0'), NULL, NULL, 'Order till-' || lpad(:number::text, 26, '0'),
 :actor, :now, NULL, NULL, :explanation);
UPDATE cards SET balance = balance + 12, pending = pending + 0, remainder = 50, per_minor = 100, orders = orders + 1,
 active_at = :now, due_at = nullif(-1::bigint, -1), version = version + 1, last_modified = :now
 WHERE id = 'crd_' || lpad(:card::text, 26, '0') RETURNING *;
INSERT INTO deliveries (card_id, wallet, program_id, version, lane, state, due_at, changed_at, attempts, pushes,
 lease_owner, lease_until, fence, last_error)
 SELECT DISTINCT card_id, wallet, program_id, CAST(:n AS BIGINT), CAST(0 AS BIGINT), 'due', CAST(:now AS BIGINT),
 CAST(:now AS BIGINT), 0, 0, CAST(NULL AS TEXT), 0, 0, CAST(NULL AS TEXT)
 FROM passes WHERE card_id = 'crd_' || lpad(:card::text, 26, '0')
 AND (state = 'installed' OR (wallet = 'google' AND state <> 'removed'))
 ON CONFLICT (card_id, wallet) DO UPDATE SET version = excluded.version, state = 'due', pushes = 0,
 lane = CASE WHEN excluded.lane < deliveries.lane THEN excluded.lane ELSE deliveries.lane END,
 due_at = CASE WHEN excluded.due_at < deliveries.due_at THEN excluded.due_at ELSE deliveries.due_at END,
 changed_at = excluded.changed_at;
INSERT INTO audit (id, program_id, actor, deed, subject, detail, request_id, created_at)
 VALUES ('req_' || lpad(:number::text, 26, '0'), 'prg_00000000000000000000000001',
 :actor, 'record_order', 'ord_' || lpad(:number::text, 26, '0'),
 :deed_detail, 'req_00000000000000000000000001', :now);
UPDATE idempotency SET status = 201, body = :body
 WHERE scope = :scope AND key = 'idk_' || lpad(:number::text, 26, '0');
COMMIT;
";

/// Transactions a second of sixteen clients, as many as the store has connections.
pub(crate) fn run(url: &str, round: Duration, threads: u32, numbers: &Numbers) -> f64 {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let script = folder.path().join("order.sql");
    std::fs::write(&script, SCRIPT).expect("the script is written");
    let first = numbers.take(NUMBERS_A_ROUND) / 16;
    let output = Command::new("pgbench")
        .args(["-n", "-M", "prepared", "-c", "16"])
        .args(["-j", &threads.to_string()])
        .args(["-T", &round.as_secs().to_string()])
        .args(["-D", &format!("n={first}"), "-D", &format!("cards={CARDS}")])
        .args(["-D", "now=1795000000000", "-D", &format!("scope={SCOPE}")])
        .args(["-D", &format!("fingerprint={}", "f".repeat(64))])
        .args(["-D", &format!("actor={ACTOR}")])
        .args(["-D", &format!("order_detail={ORDER_DETAIL}")])
        .args(["-D", &format!("explanation={EXPLANATION}")])
        .args(["-D", &format!("counted={COUNTED}")])
        .args(["-D", &format!("deed_detail={DEED_DETAIL}")])
        .args(["-D", &format!("body={}", "b".repeat(BODY_LEN))])
        .arg("-f")
        .arg(&script)
        .arg(url)
        .output()
        .expect("pgbench runs; Debian has it in the package of the PostgreSQL server");
    let told = String::from_utf8_lossy(&output.stdout);
    let tps = told.lines().find_map(|line| {
        let rest = line.strip_prefix("tps = ")?;
        rest.split(' ').next()?.parse().ok()
    });
    tps.filter(|_| output.status.success())
        .unwrap_or_else(|| panic!("pgbench: {told}{}", String::from_utf8_lossy(&output.stderr)))
}
