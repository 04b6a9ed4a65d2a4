//! Tills that write an order down once it is acknowledged, and send it again until it is.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::cafe::{CARDS, Cafe};

/// Tills that are busy at once.
const TILLS: u64 = 4;
/// Longest that one order may stay without acknowledgement, however often it is sent.
const ORDER_MAX: Duration = Duration::from_mins(1);
/// Longest wait for one answer.
const ANSWER_MAX: Duration = Duration::from_secs(30);
/// The pause before an order is sent again.
const PAUSE: Duration = Duration::from_millis(20);

/// An order that the server acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Acknowledged {
    pub(crate) external_id: String,
    pub(crate) card: usize,
    pub(crate) points: i64,
}

/// What the tills saw.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    pub(crate) orders: Vec<Acknowledged>,
    /// Times that no whole answer came.
    pub(crate) unanswered: usize,
    /// Times that the server asked to come back later.
    pub(crate) put_off: usize,
    /// Orders whose first answer was lost though they were recorded.
    pub(crate) recorded_before: usize,
    /// The slowest answer, of whichever kind.
    pub(crate) slowest: Duration,
}

/// What the tills have seen so far.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    acknowledged: AtomicUsize,
    put_off: AtomicUsize,
}

/// Busy tills.
pub(crate) struct Tills {
    seen: Arc<Seen>,
    stop: watch::Sender<bool>,
    busy: Vec<JoinHandle<Journal>>,
}

/// An answer to an order.
#[derive(Debug)]
struct Reply {
    status: u16,
    /// Whether the order had been recorded before.
    was_known: bool,
    media_type: String,
    body: Value,
}

impl Acknowledged {
    /// What a till sends, given the codes of the cards.
    pub(crate) fn body(&self, codes: &[String]) -> Value {
        json!({
            "external_id": self.external_id,
            "card": codes[self.card],
            "total": { "amount": self.points * 100, "currency": "EUR" },
        })
    }
}

/// One till.
struct Till {
    http: reqwest::Client,
    url: String,
    key: String,
    codes: Vec<String>,
    number: u64,
    chance: StdRng,
    journal: Journal,
    seen: Arc<Seen>,
}

impl Tills {
    /// Opens the tills of a café.
    pub(crate) fn open(cafe: &Cafe, seed: u64) -> Self {
        let (stop, stopped) = watch::channel(false);
        let so_far = Arc::<Seen>::default();
        let busy = (0..TILLS).map(|number| {
            let till = Till {
                http: cafe.http.clone(),
                url: format!("{}/v1/orders", cafe.installation.url()),
                key: cafe.key.clone(),
                codes: cafe.codes(),
                number,
                chance: StdRng::seed_from_u64(seed ^ number),
                journal: Journal::default(),
                seen: Arc::clone(&so_far),
            };
            tokio::spawn(till.run(stopped.clone()))
        });
        Self {
            busy: busy.collect(),
            seen: so_far,
            stop,
        }
    }

    /// How many orders were acknowledged so far.
    pub(crate) fn acknowledged(&self) -> usize {
        self.seen.acknowledged.load(Ordering::SeqCst)
    }

    /// Waits until so many more orders were put off.
    pub(crate) async fn until_put_off(&self, more: usize) {
        let goal = self.seen.put_off.load(Ordering::SeqCst) + more;
        self.until(|seen| seen.put_off.load(Ordering::SeqCst) >= goal)
            .await;
    }

    /// Waits until so many more orders were acknowledged; how long that took.
    pub(crate) async fn until_acknowledged(&self, more: usize) -> Duration {
        let goal = self.acknowledged() + more;
        self.until(|seen| seen.acknowledged.load(Ordering::SeqCst) >= goal)
            .await
    }

    async fn until(&self, holds: impl Fn(&Seen) -> bool) -> Duration {
        let started = Instant::now();
        while !holds(&self.seen) {
            let may_wait = started.elapsed() < ORDER_MAX && !self.busy.iter().any(JoinHandle::is_finished);
            assert!(may_wait, "it does not come: {:?}", self.seen);
            tokio::time::sleep(PAUSE).await;
        }
        started.elapsed()
    }

    /// Closes them, once each has the acknowledgement of its last order.
    pub(crate) async fn close(self) -> Journal {
        self.stop.send(true).expect("the tills listen");
        let mut all = Journal::default();
        for till in self.busy {
            all.add(till.await.expect("a till saw what it should not"));
        }
        all
    }
}

impl Journal {
    fn add(&mut self, other: Self) {
        self.orders.extend(other.orders);
        self.unanswered += other.unanswered;
        self.put_off += other.put_off;
        self.recorded_before += other.recorded_before;
        self.slowest = self.slowest.max(other.slowest);
    }
}

impl Till {
    async fn run(mut self, stop: watch::Receiver<bool>) -> Journal {
        for order in 0_u64.. {
            if *stop.borrow() {
                break;
            }
            let order = Acknowledged {
                external_id: format!("till-{}-{order:06}", self.number),
                card: self.chance.random_range(0..CARDS),
                points: self.chance.random_range(1..=9),
            };
            self.record(order).await;
        }
        self.journal
    }

    /// Sends an order until it is acknowledged.
    async fn record(&mut self, order: Acknowledged) {
        let started = Instant::now();
        loop {
            let asked = Instant::now();
            let answer = self.send(&order).await;
            self.journal.slowest = self.journal.slowest.max(asked.elapsed());
            match answer {
                Ok(Reply {
                    status: 200 | 201,
                    was_known,
                    body,
                    ..
                }) => {
                    assert_eq!(body["order"]["external_id"], order.external_id.as_str());
                    assert_eq!(body["entries"][0]["points"], order.points, "{body}");
                    self.journal.recorded_before += usize::from(was_known);
                    self.journal.orders.push(order);
                    self.seen.acknowledged.fetch_add(1, Ordering::SeqCst);
                    return;
                }
                Ok(reply) => {
                    let is_problem = reply.media_type == "application/problem+json";
                    assert!(
                        reply.status == 503 && is_problem,
                        "{}: {reply:?}",
                        order.external_id
                    );
                    assert_eq!(reply.body["status"], 503, "{reply:?}");
                    self.journal.put_off += 1;
                    self.seen.put_off.fetch_add(1, Ordering::SeqCst);
                }
                Err(_) => self.journal.unanswered += 1,
            }
            assert!(
                started.elapsed() < ORDER_MAX,
                "{} is never taken",
                order.external_id
            );
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// One try.
    async fn send(&self, order: &Acknowledged) -> Result<Reply, reqwest::Error> {
        let mut request = self
            .http
            .post(&self.url)
            .bearer_auth(&self.key)
            .timeout(ANSWER_MAX)
            .json(&order.body(&self.codes));
        // Half of the tills trust the order's own id alone.
        if self.number.is_multiple_of(2) {
            request = request.header("idempotency-key", format!("key-{}", order.external_id));
        }
        let answer = request.send().await?;
        let status = answer.status().as_u16();
        let media_type = answer.headers()["content-type"]
            .to_str()
            .expect("text")
            .to_owned();
        Ok(Reply {
            status,
            was_known: status == 200 || answer.headers().contains_key("idempotency-replayed"),
            media_type,
            body: answer.json().await?,
        })
    }
}
