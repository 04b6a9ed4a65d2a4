//! Whether the database answers, is this program's, keeps what it promised and has no work left lying.

use std::sync::Arc;
use std::time::Duration;

use super::report::{Report, number};
use crate::config::{Config, master_key};
use crate::server::wiring;
use crate::store::{
    Inspection, Store, StoreError, StoreOptions, cards, deliveries, devices, entries, gift_accounts,
};
use crate::types::{Clock, Time};

/// How long the database may take to answer the first question.
const ANSWER_LIMIT: Duration = Duration::from_secs(15);
/// How long reading the whole ledger may take.
const DEEP_LIMIT: Duration = Duration::from_mins(30);
/// From this age on a change should have left for the phones, in milliseconds.
const DELIVERY_AGE_MS: i64 = 60_000;
/// How far the database's clock may be from ours, in milliseconds.
const CLOCK_SKEW_MS: i64 = 5_000;
/// Most faults of one kind that are looked for.
const LISTED_MAX: i64 = 20;

pub(super) async fn check(config: &Config, is_deep: bool, clock: &Arc<dyn Clock>, report: &mut Report) {
    let Some(inspection) = inspect(config, is_deep, report).await else {
        return;
    };
    if !inspection.exists {
        let file = config.sqlite_file().unwrap_or_default();
        report.warn(
            "database",
            format!("there is no {} yet", file.display()),
            "It is made on the first start, or by `billfold migrate`",
        );
        return;
    }
    tell_settings(&inspection, clock.now(), report);
    if !tell_schema(&inspection, report) {
        return;
    }
    let store = match open(config).await {
        Ok(store) => store,
        Err(fault) => {
            report.fault_as_told("database", fault);
            return;
        }
    };
    let checked = async {
        check_master_key(config, &store, report).await?;
        check_deliveries(&store, clock.now(), report).await?;
        check_phones(&store, report).await
    };
    if let Err(fault) = checked.await {
        report.fault_as_told("database", fault);
        return;
    }
    if is_deep {
        match tokio::time::timeout(DEEP_LIMIT, check_ledger(&store, report)).await {
            Ok(Ok(())) => (),
            Ok(Err(fault)) => report.fault_as_told("ledger", fault),
            Err(_) => report.warn(
                "ledger",
                "reading it took too long",
                "Run `billfold doctor --deep` when less is going on",
            ),
        }
    }
}

async fn inspect(config: &Config, is_deep: bool, report: &mut Report) -> Option<Inspection> {
    let url = config.database_url.clone();
    let limit = if is_deep { DEEP_LIMIT } else { ANSWER_LIMIT };
    let looking = tokio::task::spawn_blocking(move || Store::inspect(url.expose(), is_deep));
    let mend = "Correct `database_url`, or start the database; the account must be allowed to write there";
    match tokio::time::timeout(limit, looking).await {
        Ok(Ok(Ok(inspection))) => return Some(inspection),
        Ok(Ok(Err(fault))) => report.fault("database", fault.to_string(), mend),
        Ok(Err(fault)) => report.fault("database", fault.to_string(), mend),
        Err(_) => report.fault(
            "database",
            format!("no answer within {} s", limit.as_secs()),
            mend,
        ),
    }
    None
}

async fn open(config: &Config) -> Result<Store, StoreError> {
    let options = StoreOptions::new(config.database_url.expose());
    match tokio::task::spawn_blocking(move || Store::open_as_is(&options)).await {
        Ok(opened) => opened,
        Err(fault) => Err(StoreError::Broken(fault.to_string())),
    }
}

fn tell_settings(inspection: &Inspection, now: Time, report: &mut Report) {
    let Inspection {
        server, durability, ..
    } = inspection;
    if inspection.is_durable {
        report.ok("database", format!("{server} answers ({durability})"));
    } else {
        report.fault(
            "database",
            format!("{server} ({durability}) may forget what it has promised when the power fails"),
            "Keep SQLite on a local disk, where its WAL works; with PostgreSQL set fsync and synchronous_commit to on",
        );
    }
    for fault in &inspection.faults {
        report.fault(
            "database",
            format!("the file is damaged: {fault}"),
            "Restore your newest backup",
        );
    }
    let skew = inspection
        .clock
        .map_or(0, |clock| clock.millis().saturating_sub(now.millis()));
    if skew.abs() > CLOCK_SKEW_MS {
        report.warn(
            "clock",
            format!("the database's clock is {} s from this machine's", skew / 1_000),
            "Set both clocks right (NTP)",
        );
    }
}

/// Tells where the schema stands; says whether it is this program's.
fn tell_schema(inspection: &Inspection, report: &mut Report) -> bool {
    let schema = &inspection.schema;
    if !schema.unknown.is_empty() {
        report.fault(
            "schema",
            format!(
                "a newer Billfold has migrated it (to {})",
                schema.unknown.join(", ")
            ),
            "Install that version or later, or restore a backup from before it",
        );
        return false;
    }
    if !schema.pending.is_empty() {
        report.fault(
            "schema",
            format!(
                "{} to be run: {}",
                number(schema.pending.len(), "migration"),
                schema.pending.join(", ")
            ),
            "Run `billfold migrate`",
        );
        return false;
    }
    report.ok(
        "schema",
        format!("{} applied", number(schema.applied.len(), "migration")),
    );
    true
}

async fn check_master_key(config: &Config, store: &Store, report: &mut Report) -> Result<(), StoreError> {
    match master_key::find(config) {
        Ok(Some(key)) if wiring::house::is_own_key(store, &key).await? => {
            report.ok("master_key", "is the one of this database");
        }
        Ok(Some(_)) => report.fault(
            "master_key",
            "is not the one that this database's cards were made with",
            "Set BILLFOLD_MASTER_KEY to the right one, the same for every instance",
        ),
        Ok(None) if wiring::house::has_programs(store).await? => report.fault(
            "master_key",
            "its file is gone, and with another key no installed card can be updated",
            "Put the file back from your backup",
        ),
        Ok(None) => report.ok("master_key", "is made on the first start"),
        Err(fault) => report.fault_as_told("master_key", fault),
    }
    Ok(())
}

async fn check_deliveries(store: &Store, now: Time, report: &mut Report) -> Result<(), StoreError> {
    let backlog = store.read(deliveries::backlog).await?;
    let age_ms = backlog
        .oldest_changed_at
        .map_or(0, |oldest| now.millis().saturating_sub(oldest.millis()));
    if age_ms > DELIVERY_AGE_MS {
        report.warn(
            "deliveries",
            format!("{} wait, the oldest for {} s", backlog.due, age_ms / 1_000),
            "Is `billfold serve` running, and are its certificates good? Its log and /metrics say why",
        );
    } else {
        report.ok(
            "deliveries",
            format!("{} due, {} told", backlog.due, backlog.told),
        );
    }
    Ok(())
}

/// A phone that was not told of its card's version, with nothing in the queue that would tell it.
async fn check_phones(store: &Store, report: &mut Report) -> Result<(), StoreError> {
    let (untold, code) = store
        .read(|db| {
            let untold = devices::list_untold(db, LISTED_MAX)?;
            let code = match untold.first() {
                Some((_, card, ..)) if deliveries::backlog(db)?.due == 0 => Some(cards::get(db, card)?.code),
                _ => None,
            };
            Ok::<_, StoreError>((untold, code))
        })
        .await?;
    match code {
        Some(code) => report.fault(
            "phones",
            format!(
                "{} not told of the newest version of its card, such as {code}",
                number(untold.len(), "phone")
            ),
            format!("Tell them again: billfold push --card {code}"),
        ),
        None => report.ok(
            "phones",
            "every phone was told of its cards' newest versions, or is about to be",
        ),
    }
    Ok(())
}

async fn check_ledger(store: &Store, report: &mut Report) -> Result<(), StoreError> {
    let wrong = store.read(|db| entries::list_imbalances(db, LISTED_MAX)).await?;
    for (card, balance, sum) in &wrong {
        report.fault(
            "ledger",
            format!("the balance of {card} is {balance}, but its entries sum up to {sum}"),
            "Somebody has changed the database by hand. Restore a backup, or correct the balance to the sum",
        );
    }
    let wrong_gifts = store
        .read(|db| gift_accounts::list_imbalances(db, LISTED_MAX))
        .await?;
    for (account, balance, sum) in &wrong_gifts {
        report.fault(
            "ledger",
            format!("the gift card {account} holds {balance}, but its entries sum up to {sum}"),
            "Somebody has changed the database by hand. Restore a backup, or correct the balance to the sum",
        );
    }
    if wrong.is_empty() && wrong_gifts.is_empty() {
        report.ok("ledger", "every balance is the sum of its entries");
    }
    Ok(())
}
