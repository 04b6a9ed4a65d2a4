//! How a program goes in a period: counted from its books, kept where counting takes long, and read by formulas.

use std::collections::BTreeMap;

use super::{ActionError, Code};
use crate::loyalty::insight::{
    COHORT_MONTHS, Counts, Figure, PERIOD_DAYS_MAX, Period, PointSums, Profit, RFM_DAYS, RewardUse, Warning,
    figures, list_warnings, offsets,
};
use crate::loyalty::liability::expected_minor;
use crate::loyalty::policy::Policy;
use crate::loyalty::reward::Reward;
use crate::store::insight::{self, Month, Span};
use crate::store::insight_snapshots::{self, Snapshot};
use crate::store::programs::{self, Program};
use crate::store::terms::{self, Term};
use crate::store::{Db, LIST_MAX, Store, StoreError, Tx, insight_uses};
use crate::types::{Day, Time};

/// Cards up to which a program is counted anew each time that somebody looks.
pub const SMALL_CARDS_MAX: i64 = 20_000;
/// How old kept counts may become before they are counted anew: an hour.
pub const FRESH_MS: i64 = 3_600_000;
/// For how long whoever counts anew has the counts to themselves: ten minutes.
const LEASE_MS: i64 = 600_000;
/// How long counts are kept that nobody looks at: a week.
const UNASKED_MS: i64 = 7 * 86_400_000;
/// How much later than the last time it is noted that somebody looked: an hour.
const ASKED_GRAIN_MS: i64 = 3_600_000;
/// How many days up to today are counted unless somebody says others.
const USUAL_DAYS_DEFAULT: i64 = 30;
/// How much of a sale is profit, in percent, unless somebody says another.
pub const MARGIN_PERCENT: i64 = 20;
/// For how many years a member is looked at, unless somebody says another.
pub const HORIZON_YEARS: i64 = 5;
/// Most years that can be asked for.
pub const HORIZON_MAX: i64 = 50;

/// What somebody wants to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish {
    /// Of which days.
    pub period: Period,
    /// How much of a sale is profit, in percent.
    pub margin_percent: i64,
    /// For how many years a member is looked at.
    pub horizon_years: i64,
}

/// How a program goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Insight {
    /// The first day.
    pub from: Day,
    /// The last day.
    pub to: Day,
    /// When it was counted.
    pub as_of: Time,
    /// What was counted.
    pub counts: Counts,
    /// With which margin and horizon.
    pub wish: Wish,
    /// The figures, in the order in which they are shown.
    pub figures: Vec<Figure>,
    /// What is worth a second look.
    pub warnings: Vec<Warning>,
}

/// Which days somebody means: from one day to another, or so many up to today; thirty, if nothing is said.
pub fn read_period(
    (from, to): (Option<&str>, Option<&str>),
    days: Option<i64>,
    today: Day,
) -> Result<Period, ActionError> {
    let bad = |what: &str| ActionError::with(Code::BadParameter, what);
    let day = |text: &str| text.parse::<Day>().map_err(|fault| bad(&fault.to_string()));
    match (from, to, days) {
        (None, None, days) => {
            let days = days.unwrap_or(USUAL_DAYS_DEFAULT);
            let is_period = (1..=PERIOD_DAYS_MAX).contains(&days);
            is_period
                .then_some(Period::Last(days))
                .ok_or_else(|| bad("`days` is 1 to 3,660."))
        }
        (Some(from), Some(to), None) => {
            let (from, to) = (day(from)?, day(to)?);
            if to > today {
                return Err(bad("`to` is today at the latest."));
            }
            let period = Period::between(from, to);
            period.ok_or_else(|| bad("`to` is not before `from`, and at most 3,660 days are counted."))
        }
        _ => Err(bad("Say both `from` and `to`, or `days`, or nothing.")),
    }
}

/// What somebody wants to know; refuses a margin or a horizon that is none.
pub fn read_wish(period: Period, margin: Option<i64>, horizon: Option<i64>) -> Result<Wish, ActionError> {
    let wish = Wish {
        period,
        margin_percent: margin.unwrap_or(MARGIN_PERCENT),
        horizon_years: horizon.unwrap_or(HORIZON_YEARS),
    };
    let bad = |what| Err(ActionError::with(Code::BadParameter, what));
    if !(0..=100).contains(&wish.margin_percent) {
        return bad("`margin` is a whole percentage, 0 to 100.");
    }
    if !(1..=HORIZON_MAX).contains(&wish.horizon_years) {
        return bad("`horizon` is 1 to 50 years.");
    }
    Ok(wish)
}

/// Tells how a program goes. What is kept is told as it was counted; a program of up to 20,000 cards, and a period of
/// which nothing is kept, is counted now. Counting reads all of the program's cards and their days.
pub async fn measure_program(
    store: &Store,
    program: &Program,
    wish: Wish,
    now: Time,
) -> Result<Insight, ActionError> {
    measure_beyond(store, program, wish, (now, SMALL_CARDS_MAX)).await
}

/// The same, with another number of cards up to which a program is small.
pub async fn measure_beyond(
    store: &Store,
    program: &Program,
    wish: Wish,
    (now, small_cards_max): (Time, i64),
) -> Result<Insight, ActionError> {
    let (of, period) = (program.clone(), wish.period);
    let (counted, is_large) = store
        .read(move |db| {
            let is_large = insight::is_large(db, &of.id, small_cards_max)?;
            let kept = if is_large {
                insight_snapshots::find(db, &of.id, &period.to_string())?
            } else {
                None
            };
            let kept = kept.filter(Snapshot::is_counted);
            if let Some(kept) = kept {
                return Ok::<_, ActionError>((Counted::Kept(kept), is_large));
            }
            let counts = count(db, &of, period, now)?;
            Ok((Counted::Now(Box::new(counts)), is_large))
        })
        .await?;
    let (counts, as_of) = match counted {
        Counted::Kept(kept) => {
            if kept.asked_at.plus_ms(ASKED_GRAIN_MS) <= now {
                let (id, period) = (program.id.clone(), kept.period.clone());
                let noted = store.write(move |tx| insight_snapshots::ask(tx, &id, &period, now));
                noted.await?;
            }
            let counts = serde_json::from_str(&kept.counts).map_err(ActionError::internal)?;
            (counts, kept.as_of)
        }
        Counted::Now(counts) => {
            if is_large {
                let kept = snapshot(program, period, &counts, now)?;
                let keeping = store.write(move |tx| insight_snapshots::keep(tx, &kept));
                keeping.await?;
            }
            (*counts, now)
        }
    };
    read(program, wish, counts, as_of)
}

/// Tells how a program goes, for somebody who waits: `None` if a large program's period was never counted. It is then
/// noted that it is wanted, and upkeep counts it.
pub async fn look_at_program(
    store: &Store,
    program: &Program,
    wish: Wish,
    now: Time,
) -> Result<Option<Insight>, ActionError> {
    look_beyond(store, program, wish, (now, SMALL_CARDS_MAX)).await
}

/// The same, with another number of cards up to which a program is small.
pub async fn look_beyond(
    store: &Store,
    program: &Program,
    wish: Wish,
    (now, small_cards_max): (Time, i64),
) -> Result<Option<Insight>, ActionError> {
    let (id, period) = (program.id.clone(), wish.period.to_string());
    let (of, named) = (id.clone(), period.clone());
    let (is_large, kept) = store
        .read(move |db| {
            let is_large = insight::is_large(db, &of, small_cards_max)?;
            Ok::<_, StoreError>((is_large, insight_snapshots::find(db, &of, &named)?))
        })
        .await?;
    if !is_large || kept.as_ref().is_some_and(Snapshot::is_counted) {
        let told = measure_beyond(store, program, wish, (now, small_cards_max)).await?;
        return Ok(Some(told));
    }
    if kept.is_none() {
        let noted = store.write(move |tx| insight_snapshots::want(tx, &id, &period, now));
        noted.await?;
    }
    Ok(None)
}

/// Where counts come from.
enum Counted {
    Kept(Snapshot),
    Now(Box<Counts>),
}

fn snapshot(program: &Program, period: Period, counts: &Counts, now: Time) -> Result<Snapshot, ActionError> {
    Ok(Snapshot {
        program_id: program.id.clone(),
        period: period.to_string(),
        counts: serde_json::to_string(counts).map_err(ActionError::internal)?,
        as_of: now,
        asked_at: now,
    })
}

/// Counts the oldest of what is kept anew, if it is older than an hour and nobody else does; says whether there was any.
/// What nobody looked at for a week is dropped.
pub async fn renew_oldest(store: &Store, now: Time) -> Result<bool, ActionError> {
    renew(store, now.plus_ms(-FRESH_MS), now).await
}

/// Counts what somebody waits for and was never counted, unless somebody else does; says whether there was any.
pub async fn count_wanted(store: &Store, now: Time) -> Result<bool, ActionError> {
    renew(store, Time::from_millis(1), now).await
}

/// Counts anew the oldest that was counted before an instant.
async fn renew(store: &Store, before: Time, now: Time) -> Result<bool, ActionError> {
    let found = store
        .read(move |db| insight_snapshots::find_old(db, before, now))
        .await;
    let Some(old) = found? else {
        return Ok(false);
    };
    let leased = store
        .write(move |tx| {
            let dropped = insight_snapshots::drop_unasked(tx, now.plus_ms(-UNASKED_MS))?;
            let is_ours = insight_snapshots::lease(tx, &old, now, now.plus_ms(LEASE_MS))?;
            tracing::debug!(dropped, is_ours, "counts are renewed");
            Ok::<_, StoreError>(is_ours.then_some(old))
        })
        .await?;
    // Somebody was faster, or nobody wants it any more; there may be another.
    let Some(old) = leased else {
        return Ok(true);
    };
    let Ok(period) = old.period.parse::<Period>() else {
        let dropping = store.write(move |tx| insight_snapshots::remove(tx, &old.program_id, &old.period));
        dropping.await?;
        return Ok(true);
    };
    let renewed = store
        .read(move |db| {
            let program = programs::get(db, &old.program_id)?;
            let counts = count(db, &program, period, now)?;
            snapshot(&program, period, &counts, now)
        })
        .await?;
    store
        .write(move |tx: &mut Tx<'_>| insight_snapshots::keep(tx, &renewed))
        .await?;
    Ok(true)
}

/// Reads the figures from what was counted.
fn read(program: &Program, wish: Wish, counts: Counts, as_of: Time) -> Result<Insight, ActionError> {
    let policy: Policy = serde_json::from_str(&program.policy).map_err(ActionError::internal)?;
    let (from, to) = wish.period.days(program.time_zone.local(as_of).day);
    let profit = Profit {
        margin_percent: wish.margin_percent,
        horizon_years: wish.horizon_years,
        reward_cost_minor: expected_minor(counts.points.issued, &policy),
    };
    let figures = figures(&counts, profit);
    let warnings = list_warnings(&counts, &figures);
    Ok(Insight {
        from,
        to,
        as_of,
        counts,
        wish,
        figures,
        warnings,
    })
}

/// Counts a period of a program, all at one moment.
fn count(db: &mut Db, program: &Program, period: Period, now: Time) -> Result<Counts, ActionError> {
    let zone = program.time_zone;
    let (from, to) = period.days(zone.local(now).day);
    let span = Span {
        program: program.id.clone(),
        from,
        to,
        start: zone.start_of(from),
        end: zone.start_of(to.plus_days(1)),
    };
    let (mut counts, rewards) = insight::at_one_moment(db, |db| {
        let mut counts = count_people(db, program, &span)?;
        let months = list_months(program, to);
        counts.cohorts = insight::list_cohorts(db, &span, &months)?;
        counts.passes = insight_uses::list_passes(db, &span, &months)?;
        counts.rfm = insight::list_rfm(db, &span, to.plus_days(1 - RFM_DAYS))?;
        counts.friends = insight_uses::count_friends(db, &span)?;
        counts.points = count_points(db, &span)?;
        counts.rewards = count_rewards(db, &span)?;
        let rewards = terms::list_active(db, &span.program, "reward", LIST_MAX)?;
        Ok((counts, rewards))
    })?;
    name_rewards(db, &mut counts.rewards, rewards)?;
    Ok(counts)
}

fn count_people(db: &mut Db, program: &Program, span: &Span) -> Result<Counts, StoreError> {
    let mut counts = Counts {
        days: span.to.number() - span.from.number() + 1,
        ..Counts::default()
    };
    insight::count_members(db, span, &mut counts)?;
    insight::count_orders(db, span, &mut counts)?;
    insight::count_top(db, span, &mut counts)?;
    insight::count_missed(db, span, &mut counts)?;
    let gaps = insight::list_gaps(db, span)?;
    counts.first_buyers = gaps.iter().map(|(_, members)| members).sum();
    let second: Vec<(i64, i64)> = gaps
        .into_iter()
        .filter_map(|(gap, members)| Some((gap?, members)))
        .collect();
    counts.second_buyers = second.iter().map(|(_, members)| members).sum();
    counts.second_half_days = median_halves(&second);
    if let Some(first) = insight::first_joined(db, &span.program)? {
        let offsets = offsets(program.time_zone, first, span.to);
        counts.kept = insight::list_kept(db, span, &offsets)?;
    }
    Ok(counts)
}

/// The median of numbers, each with how often it is there and in ascending order, in halves.
fn median_halves(counted: &[(i64, i64)]) -> Option<i64> {
    let whole: i64 = counted.iter().map(|(_, times)| times).sum();
    let at = |place: i64| {
        let mut before = 0;
        counted.iter().find_map(|(number, times)| {
            before += times;
            (place < before).then_some(*number)
        })
    };
    Some(at((whole - 1) / 2)? + at(whole / 2)?)
}

/// The months up to that of a day, the oldest first.
fn list_months(program: &Program, to: Day) -> Vec<Month> {
    let mut first = to.start_of_month();
    let mut months = Vec::with_capacity(COHORT_MONTHS);
    for _ in 0..COHORT_MONTHS {
        let (year, month, _) = first.parts();
        months.push(Month {
            name: format!("{year:04}-{month:02}"),
            first,
            start: program.time_zone.start_of(first),
        });
        first = first.plus_days(-1).start_of_month();
    }
    months.reverse();
    months
}

fn count_points(db: &mut Db, span: &Span) -> Result<PointSums, StoreError> {
    let mut sums = PointSums::default();
    for (kind, undoes, adds, points) in insight::list_moved(db, span)? {
        sums.net += points;
        match kind.as_str() {
            "redeem" | "redeem_reversal" => sums.spent -= points,
            "expire" => sums.expired -= points,
            "transfer_in" | "transfer_out" | "merge" => sums.moved += points,
            _ if undoes || !adds || kind == "refund" => sums.reversed -= points,
            _ => sums.issued += points,
        }
    }
    let (held_now, since_start) = insight::sum_held(db, &span.program, span.start)?;
    sums.held_before = held_now - since_start;
    sums.held = sums.held_before + sums.net;
    Ok(sums)
}

fn count_rewards(db: &mut Db, span: &Span) -> Result<Vec<RewardUse>, StoreError> {
    let mut used: BTreeMap<String, RewardUse> = BTreeMap::new();
    for one in insight_uses::list_rewards(db, span)? {
        used.insert(one.id.clone(), one);
    }
    for (id, points) in insight_uses::list_burnt(db, span)? {
        let one = used.entry(id.clone()).or_insert_with(|| RewardUse {
            id,
            ..RewardUse::default()
        });
        one.points = points;
    }
    Ok(used.into_values().collect())
}

/// Adds the rewards that can be had and that nobody wanted, names all, and puts the most wanted first. One that can be had
/// no more and that was not used in the period is left out.
fn name_rewards(db: &mut Db, used: &mut Vec<RewardUse>, active: Vec<Term>) -> Result<(), ActionError> {
    let is_used = |one: &RewardUse| one.issued != 0 || one.fulfilled != 0 || one.points != 0;
    used.retain(|one| is_used(one) || active.iter().any(|term| term.id == one.id));
    for term in active {
        if !used.iter().any(|one| one.id == term.id) {
            used.push(RewardUse {
                id: term.id,
                ..RewardUse::default()
            });
        }
    }
    for one in used.iter_mut().filter(|one| !one.id.is_empty()) {
        let reward: Reward =
            serde_json::from_str(&terms::get(db, &one.id)?.body).map_err(ActionError::internal)?;
        one.name = Some(reward.name);
    }
    used.sort_by(|left, right| {
        let wanted = |one: &RewardUse| (one.issued, one.points);
        wanted(right)
            .cmp(&wanted(left))
            .then_with(|| left.id.cmp(&right.id))
    });
    Ok(())
}
