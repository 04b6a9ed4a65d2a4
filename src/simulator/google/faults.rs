//! Faults on demand: the next calls of a kind go wrong in a chosen way.

use std::collections::VecDeque;
use std::time::Duration;

use super::answer::Refusal;

/// Which calls a fault is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// The token endpoint.
    Token,
    /// The REST API.
    Api,
    /// The list of callback keys.
    Keys,
}

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Nothing is done, and this is answered.
    Refuse(Refusal),
    /// The call is carried out, and this is answered all the same.
    DoneButAnswer(Refusal),
    /// The connection breaks before anything is done.
    Disconnect,
    /// The call is carried out, and the connection breaks.
    DoneButDisconnect,
    /// The call takes so long.
    Slow(Duration),
}

/// Faults that are still to happen, in order.
#[derive(Debug, Default)]
pub(super) struct Faults(VecDeque<(Route, Fault)>);

impl Faults {
    pub(super) fn add(&mut self, route: Route, times: usize, fault: &Fault) {
        self.0.extend(std::iter::repeat_n((route, fault.clone()), times));
    }

    pub(super) fn next(&mut self, route: Route) -> Option<Fault> {
        let place = self.0.iter().position(|(of, _)| *of == route)?;
        self.0.remove(place).map(|(_, fault)| fault)
    }
}
