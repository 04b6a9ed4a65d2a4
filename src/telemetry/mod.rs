//! Logs, and metrics with a closed set of names.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// Upper bounds of latencies, in seconds.
const SECONDS: [f64; 14] = [
    0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 30.0, 120.0, 600.0,
];

/// A request's route and outcome.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    method: &'static str,
    route: String,
    status: u16,
}

/// A delivery's wallet and outcome.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OutcomeLabels {
    wallet: &'static str,
    outcome: &'static str,
}

/// A wallet.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct WalletLabels {
    wallet: &'static str,
}

/// A pass type or an issuer.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CredentialLabels {
    credential: String,
}

/// What is counted. Cheap to clone.
#[derive(Clone)]
pub struct Metrics(Arc<Parts>);

struct Parts {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    request_seconds: Histogram,
    deeds: Family<DeedLabels, Counter>,
    outcomes: Family<OutcomeLabels, Counter>,
    accepted_seconds: Family<WalletLabels, Histogram>,
    fetched_seconds: Histogram,
    signed: Counter,
    due: Gauge,
    told: Gauge,
    oldest_due_seconds: Gauge<f64, AtomicU64>,
    circuits: Family<CredentialLabels, Gauge>,
    certificate_ends: Family<CredentialLabels, Gauge>,
}

/// A deed of the shop.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DeedLabels {
    deed: &'static str,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("billfold");
        let latency = || Histogram::new(SECONDS);
        let parts = Parts {
            requests: Family::default(),
            request_seconds: latency(),
            deeds: Family::default(),
            outcomes: Family::default(),
            accepted_seconds: Family::new_with_constructor(|| Histogram::new(SECONDS)),
            fetched_seconds: latency(),
            signed: Counter::default(),
            due: Gauge::default(),
            told: Gauge::default(),
            oldest_due_seconds: Gauge::default(),
            circuits: Family::default(),
            certificate_ends: Family::default(),
            registry: Registry::default(),
        };
        registry.register(
            "http_requests",
            "Requests by route and status",
            parts.requests.clone(),
        );
        registry.register(
            "http_request_seconds",
            "Time to answer",
            parts.request_seconds.clone(),
        );
        registry.register("deeds", "Deeds done, by name", parts.deeds.clone());
        registry.register(
            "delivery_outcomes",
            "What wallets' services answered",
            parts.outcomes.clone(),
        );
        registry.register(
            "delivery_accepted_seconds",
            "From the change of a card to the wallet's service accepting the notice",
            parts.accepted_seconds.clone(),
        );
        registry.register(
            "delivery_fetched_seconds",
            "From the change of a card to the first phone fetching it",
            parts.fetched_seconds.clone(),
        );
        registry.register("passes_signed", "Apple passes signed", parts.signed.clone());
        registry.register("deliveries_due", "Deliveries to be sent", parts.due.clone());
        registry.register(
            "deliveries_told",
            "Deliveries waiting for a phone to fetch",
            parts.told.clone(),
        );
        registry.register(
            "delivery_oldest_due_seconds",
            "Age of the oldest delivery to be sent",
            parts.oldest_due_seconds.clone(),
        );
        registry.register(
            "circuit_open",
            "1 while a credential is refused",
            parts.circuits.clone(),
        );
        registry.register(
            "certificate_not_after_timestamp_seconds",
            "When a signing certificate ends",
            parts.certificate_ends.clone(),
        );
        Self(Arc::new(Parts { registry, ..parts }))
    }
}

impl Metrics {
    /// Counts an answered request.
    pub fn request(&self, method: &'static str, route: &str, status: u16, took: Duration) {
        self.0
            .requests
            .get_or_create(&RequestLabels {
                method,
                route: route.to_owned(),
                status,
            })
            .inc();
        self.0.request_seconds.observe(took.as_secs_f64());
    }

    /// Counts a deed.
    pub fn deed(&self, deed: &'static str) {
        self.0.deeds.get_or_create(&DeedLabels { deed }).inc();
    }

    /// Counts what a wallet's service answered; `outcome` is a word of a closed set.
    pub fn outcome(&self, wallet: &'static str, outcome: &'static str) {
        self.0
            .outcomes
            .get_or_create(&OutcomeLabels { wallet, outcome })
            .inc();
    }

    /// Notes how long after its change a card's notice was accepted.
    pub fn accepted(&self, wallet: &'static str, after: Duration) {
        self.0
            .accepted_seconds
            .get_or_create(&WalletLabels { wallet })
            .observe(after.as_secs_f64());
    }

    /// Notes how long after its change a card was fetched.
    pub fn fetched(&self, after: Duration) {
        self.0.fetched_seconds.observe(after.as_secs_f64());
    }

    /// Counts a signed pass.
    pub fn signed(&self) {
        self.0.signed.inc();
    }

    /// Notes what waits for delivery.
    pub fn backlog(&self, due: i64, told: i64, oldest: Duration) {
        self.0.due.set(due);
        self.0.told.set(told);
        self.0.oldest_due_seconds.set(oldest.as_secs_f64());
    }

    /// Notes whether a credential is refused.
    pub fn circuit(&self, credential: &str, is_open: bool) {
        let labels = CredentialLabels {
            credential: credential.to_owned(),
        };
        self.0.circuits.get_or_create(&labels).set(i64::from(is_open));
    }

    /// Notes when a certificate ends, in seconds since 1970.
    pub fn certificate(&self, pass_type: &str, not_after: i64) {
        let labels = CredentialLabels {
            credential: pass_type.to_owned(),
        };
        self.0.certificate_ends.get_or_create(&labels).set(not_after);
    }

    /// Everything in the `OpenMetrics` text format.
    pub fn text(&self) -> String {
        let mut text = String::new();
        if encode(&mut text, &self.0.registry).is_err() {
            // Writing to a text cannot fail; if it ever does, the scraper sees an empty answer.
            text.clear();
            let _ = writeln!(text, "# EOF");
        }
        text
    }
}

/// How logs are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines, a JSON object a line.
    Json,
}

/// Starts logging to standard error; `filter` is such as `info` or `billfold=debug`. Does nothing if it was
/// started before.
pub fn start_logging(format: LogFormat, filter: &str) {
    let filter = tracing_subscriber::EnvFilter::try_new(filter)
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    // A second start in one process (as tests do) keeps the first.
    let _ = match format {
        LogFormat::Text => builder.try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_is_in_the_text() {
        let metrics = Metrics::default();
        metrics.request("GET", "/healthz", 200, Duration::from_millis(3));
        metrics.accepted("apple", Duration::from_millis(40));
        metrics.circuit("pass.com.example", true);
        let text = metrics.text();
        for line in [
            r#"billfold_http_requests_total{method="GET",route="/healthz",status="200"} 1"#,
            r#"billfold_delivery_accepted_seconds_count{wallet="apple"} 1"#,
            r#"billfold_circuit_open{credential="pass.com.example"} 1"#,
            "# EOF",
        ] {
            assert!(text.contains(line), "{line} is missing in\n{text}");
        }
    }
}
