//! The newest orders judged again: what the rules of now would have given, beside what was given.

use super::super::super::desk::Desk;
use crate::actions::ActionError;
use crate::actions::replay_orders::{Judged, Replayed, replay_orders};

/// What a page says of it.
pub(super) struct Replay {
    /// The sentence that says how many orders there are.
    pub(super) counted: String,
    pub(super) is_empty: bool,
    pub(super) would: String,
    pub(super) gave: String,
    pub(super) change: String,
    /// What the two cost, if the program says what a point is worth.
    pub(super) worth: Option<(String, String)>,
    pub(super) largest: Vec<ReplayedLine>,
}

/// An order with a large difference.
pub(super) struct ReplayedLine {
    /// The till's own number.
    pub(super) number: String,
    pub(super) about: String,
    pub(super) member: String,
    pub(super) gave: String,
    pub(super) would: String,
    pub(super) change: String,
    pub(super) is_more: bool,
}

/// Judges the newest orders of the program again.
pub(super) async fn replay(desk: &Desk) -> Result<Replay, ActionError> {
    let (house, program) = (desk.state.house.clone(), desk.program.clone());
    let read = desk
        .state
        .house
        .store
        .read(move |db| replay_orders(db, &house, &program));
    Ok(say(desk, read.await?))
}

fn say(desk: &Desk, replayed: Replayed) -> Replay {
    let language = desk.locale.language();
    let count = i64::try_from(replayed.orders).unwrap_or(i64::MAX);
    let line = |judged: Judged| ReplayedLine {
        number: judged.order.external_id.clone(),
        about: {
            let (money, date) = (
                desk.money(judged.order.total_minor),
                desk.date(judged.order.paid_at),
            );
            format!("{money} · {date}")
        },
        member: desk.link(&format!("/console/members/{}", judged.order.member_id)),
        gave: desk.points(judged.order.earned.get()),
        would: desk.points(judged.would),
        change: language.write_change(judged.difference()),
        is_more: judged.difference() > 0,
    };
    Replay {
        counted: desk.locale.say("replay-counted", &[("count", count.into())]),
        is_empty: replayed.orders == 0,
        would: desk.points(replayed.would),
        gave: desk.points(replayed.gave),
        change: language.write_change(replayed.would - replayed.gave),
        worth: replayed
            .worth
            .map(|(would, gave)| (language.write_money(would), language.write_money(gave))),
        largest: replayed.largest.into_iter().map(line).collect(),
    }
}
