//! A till that rings up two dozen orders a second, and notes how long each took.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::json;

use super::phones::Line;
use super::waits::Waits;

/// Between two orders.
const PAUSE: Duration = Duration::from_millis(40);

/// The till, while it rests.
pub(crate) struct Till {
    address: String,
    key: String,
    members: Vec<String>,
    orders: usize,
}

/// The till, while it rings up.
pub(crate) struct Busy {
    is_over: Arc<AtomicBool>,
    thread: JoinHandle<(Waits, Till)>,
}

impl Till {
    pub(crate) fn new(address: &str, key: &str, members: Vec<String>) -> Self {
        Self {
            address: address.to_owned(),
            key: key.to_owned(),
            members,
            orders: 0,
        }
    }

    /// Rings up until it is stopped.
    pub(crate) fn ring_up(mut self) -> Busy {
        let is_over = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&is_over);
        let thread = std::thread::spawn(move || {
            let mut line = Line::open(&self.address);
            let mut waits = Waits::default();
            while !told.load(Ordering::Relaxed) {
                let member = self.members.get(self.orders % self.members.len());
                let body = json!({ "external_id": format!("till-{}", self.orders), "member": member,
                    "total": { "amount": 1_200, "currency": "EUR" } });
                self.orders += 1;
                let began = Instant::now();
                let (status, answer) = line.post("/v1/orders", &self.key, &body.to_string());
                waits.note(began.elapsed());
                assert_eq!(status, 201, "{}", String::from_utf8_lossy(&answer));
                std::thread::park_timeout(PAUSE);
            }
            (waits, self)
        });
        Busy { is_over, thread }
    }
}

impl Busy {
    /// Stops; how long the orders took.
    pub(crate) fn stop(self) -> (Waits, Till) {
        self.is_over.store(true, Ordering::Relaxed);
        self.thread.join().expect("no order failed")
    }
}
