//! Lines of an order are given back: which they are, what money they are worth, and what they earned.

use std::collections::BTreeSet;

use super::{ActionError, Code, Fault};
use crate::loyalty::line_refund::{Basket, Bought, LineFault, LinesBack, Refunding, Returned, Wanted, join};
use crate::loyalty::mark::{self, Mark};
use crate::loyalty::refunding::Share;
use crate::loyalty::rule::facts::Line;
use crate::store::orders::Order;

/// Lines that go back.
pub(super) struct Back {
    /// What they are worth, in minor units.
    pub(super) minor: i64,
    /// Each of them.
    pub(super) lines: Vec<Returned>,
    /// With those that were given back before, a line each.
    all: Vec<Returned>,
}

impl Back {
    pub(super) fn as_json(&self) -> Result<String, ActionError> {
        serde_json::to_string(&self.lines).map_err(ActionError::internal)
    }

    pub(super) fn all_as_json(&self) -> Result<String, ActionError> {
        serde_json::to_string(&self.all).map_err(ActionError::internal)
    }
}

/// What a till said of an order's lines.
#[derive(serde::Deserialize)]
struct Detail {
    #[serde(default)]
    lines: Vec<Line>,
    #[serde(default)]
    channel: Option<String>,
    #[serde(default)]
    location: Option<String>,
}

/// The lines of a locked order that are asked for, if any are.
pub(super) fn return_lines(order: &Order, wanted: &[Wanted]) -> Result<Option<Back>, ActionError> {
    if wanted.is_empty() {
        return Ok(None);
    }
    if order.total_minor == 0 {
        let detail = "Nothing was paid for the order; give it back as a whole, without `lines`.";
        return Err(refused("/lines", detail));
    }
    let (bought, _) = read(order)?;
    let before = returned(order)?;
    let left = order.total_minor - order.refunded_minor;
    let lines = bought.give_back(&before, wanted, left).map_err(refuse)?;
    Ok(Some(Back {
        minor: lines.iter().map(|one| one.amount).sum(),
        all: join(&before, &lines),
        lines,
    }))
}

/// The parts in which what a locked order earned goes back with so much money.
pub(super) fn settle(order: &Order, minor: i64, back: Option<&Back>) -> Result<Refunding, ActionError> {
    let (before, after) = (order.refunded_minor, order.refunded_minor + minor);
    if order.total_minor == 0 {
        return Ok(Refunding::by_amount(Share::WHOLE));
    }
    if back.is_none() && order.returned.is_empty() {
        return Ok(Refunding::by_amount(Share::by_amount(
            before,
            after,
            order.total_minor,
        )));
    }
    let (bought, basket) = read(order)?;
    let gone = returned(order)?;
    let lines = LinesBack {
        bought,
        basket,
        after: back.map_or_else(|| gone.clone(), |back| back.all.clone()),
        before: gone,
    };
    Ok(Refunding::by_lines(lines, (before, after)))
}

fn read(order: &Order) -> Result<(Bought, Basket), ActionError> {
    let detail: Detail = serde_json::from_str(&order.detail).map_err(ActionError::internal)?;
    let basket: Basket = if order.basket.is_empty() {
        Basket::default()
    } else {
        serde_json::from_str(&order.basket).map_err(ActionError::internal)?
    };
    let bought = Bought::new(detail.lines, &basket.excluded, order.total_minor);
    Ok((bought, basket))
}

fn returned(order: &Order) -> Result<Vec<Returned>, ActionError> {
    if order.returned.is_empty() {
        return Ok(Vec::new());
    }
    serde_json::from_str(&order.returned).map_err(ActionError::internal)
}

/// What is said of an order by the lines that are left of it.
pub(super) fn marks_left(order: &Order) -> Result<BTreeSet<Mark>, ActionError> {
    let detail: Detail = serde_json::from_str(&order.detail).map_err(ActionError::internal)?;
    let gone = returned(order)?;
    let lines = detail.lines.iter().enumerate().map(|(place, line)| {
        let back = gone.iter().filter(|one| one.line == place);
        let back: i64 = back.map(|one| one.quantity).sum();
        (line, line.quantity - back)
    });
    Ok(mark::marks(
        lines,
        detail.channel.as_deref(),
        detail.location.as_deref(),
    ))
}

/// What was said of an order before something was given back, and is said of it no more.
pub(super) fn marks_gone(mut before: BTreeSet<Mark>, order: &Order) -> Result<BTreeSet<Mark>, ActionError> {
    if order.refunded_minor < order.total_minor {
        let left = marks_left(order)?;
        before.retain(|mark| !left.contains(mark));
    }
    Ok(before)
}

fn refuse(fault: LineFault) -> ActionError {
    let pointer = format!("/lines/{}", fault.place());
    if fault.is_too_much() {
        return refused(&pointer, &fault.to_string());
    }
    let code = match fault {
        LineFault::Unknown(_) => "unknown_line",
        LineFault::NoAmount(_) => "no_amount",
        _ => "not_positive",
    };
    ActionError::fault(&pointer, code, fault.to_string())
}

fn refused(pointer: &str, detail: &str) -> ActionError {
    ActionError {
        faults: vec![Fault::new(pointer, Code::NotRefundable.name(), detail)],
        ..ActionError::with(Code::NotRefundable, detail)
    }
}
