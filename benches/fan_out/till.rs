//! A till that rings up two dozen orders a second, and notes how long each took.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::json;

use super::phones::Line;

/// Between two orders.
const PAUSE: Duration = Duration::from_millis(40);

/// How long orders took.
pub(crate) struct Waits(Vec<Duration>);

impl Waits {
    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// Of a hundred, 99 took no longer, in milliseconds.
    pub(crate) fn percentile_99(&self) -> f64 {
        let mut all = self.0.clone();
        all.sort();
        let place = all.len() * 99 / 100;
        all.get(place).map_or(f64::NAN, Duration::as_secs_f64) * 1e3
    }
}

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
            let mut waits = Vec::new();
            while !told.load(Ordering::Relaxed) {
                let member = self.members.get(self.orders % self.members.len());
                let body = json!({ "external_id": format!("till-{}", self.orders), "member": member,
                    "total": { "amount": 1_200, "currency": "EUR" } });
                self.orders += 1;
                let began = Instant::now();
                let (status, answer) = line.post("/v1/orders", &self.key, &body.to_string());
                waits.push(began.elapsed());
                assert_eq!(status, 201, "{}", String::from_utf8_lossy(&answer));
                std::thread::park_timeout(PAUSE);
            }
            (Waits(waits), self)
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
