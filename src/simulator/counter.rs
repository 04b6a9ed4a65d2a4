//! A model shop counter: enrols people and rings up orders through the public API, as a till does.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use reqwest::{RequestBuilder, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::phones::Network;
use super::phones::receive;
use crate::types::{Currency, Language, Money, Secret, random_token};

/// Longest wait for an answer of the API.
const API_LIMIT: Duration = Duration::from_secs(10);

/// Why the counter did not do it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CounterError {
    /// The service did not answer.
    #[error("the service does not answer: {0}")]
    Unreachable(String),
    /// The service refused, in its own words.
    #[error("{detail}")]
    Refused {
        /// The status.
        status: u16,
        /// The problem's code.
        code: String,
        /// What, why, what next.
        detail: String,
    },
    /// The answer is not what the API promises.
    #[error("the service's answer cannot be read: {0}")]
    Unreadable(String),
}

/// A counter with a till.
pub struct Counter {
    network: Network,
    base: String,
    program: String,
    currency: Currency,
    key: Secret,
    till: String,
    orders: AtomicU64,
}

/// A card that was handed out.
#[derive(Debug, Clone, Deserialize)]
pub struct NewCard {
    /// What is scanned.
    pub code: String,
    /// The points on it.
    pub balance: i64,
    /// Its form in each wallet.
    pub passes: NewPasses,
}

/// Where a card's passes are.
#[derive(Debug, Clone, Deserialize)]
pub struct NewPasses {
    /// Apple Wallet, if it is set up.
    pub apple: Option<NewApplePass>,
    /// Google Wallet, if it is set up.
    pub google: Option<NewGooglePass>,
}

/// An Apple pass.
#[derive(Debug, Clone, Deserialize)]
pub struct NewApplePass {
    /// Where it is downloaded.
    pub url: String,
    /// Its serial number.
    pub serial: String,
    /// Whether a phone holds it.
    pub installed: bool,
}

/// A Google object.
#[derive(Debug, Clone, Deserialize)]
pub struct NewGooglePass {
    /// Where it is saved.
    pub save_url: Option<String>,
    /// Its id.
    pub object_id: String,
    /// Whether somebody has saved it.
    pub installed: bool,
}

/// What an order did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The card.
    pub code: String,
    /// What it earned.
    pub points: i64,
    /// The balance after it.
    pub balance: i64,
}

#[derive(Deserialize)]
struct Enrolled {
    card: NewCard,
}

#[derive(Deserialize)]
struct Recorded {
    entries: Vec<Moved>,
    card: NewCard,
}

#[derive(Deserialize)]
struct Moved {
    points: i64,
}

/// A problem answer (RFC 9457).
#[derive(Default, Deserialize)]
#[serde(default)]
struct Problem {
    code: String,
    detail: String,
}

impl Counter {
    /// A counter of a program (its id), with a key that may enrol and record orders.
    pub fn new(network: Network, base_url: &str, program: &str, currency: Currency, key: Secret) -> Self {
        Self {
            network,
            base: base_url.trim_end_matches('/').to_owned(),
            program: program.to_owned(),
            currency,
            key,
            till: format!("counter-{}", random_token(6)),
            orders: AtomicU64::new(0),
        }
    }

    /// The currency of its till.
    pub const fn currency(&self) -> Currency {
        self.currency
    }

    /// Enrols a person.
    pub async fn enrol(&self, first_name: &str, language: &Language) -> Result<NewCard, CounterError> {
        let body = json!({ "first_name": first_name, "language": language });
        let path = format!("/v1/programs/{}/members", self.program);
        let enrolled: Enrolled = self.post(&path, &body).await?;
        Ok(enrolled.card)
    }

    /// Looks a card up, as a till does that scanned it.
    pub async fn find_card(&self, code: &str) -> Result<NewCard, CounterError> {
        let mut url = self.address("/v1/cards")?;
        if let Ok(mut path) = url.path_segments_mut() {
            path.push(code);
        }
        let found: Enrolled = self.ask(self.network.http().get(url)).await?;
        Ok(found.card)
    }

    /// Rings up an order of so many minor units on a card.
    pub async fn check_out(&self, code: &str, total_minor: i64) -> Result<Receipt, CounterError> {
        let number = self.orders.fetch_add(1, Ordering::Relaxed) + 1;
        let body = json!({
            "external_id": format!("{}-{number:06}", self.till),
            "card": code,
            "total": { "amount": total_minor, "currency": self.currency },
            "channel": "till",
        });
        let recorded: Recorded = self.post("/v1/orders", &body).await?;
        Ok(Receipt {
            code: recorded.card.code,
            points: recorded.entries.iter().map(|entry| entry.points).sum(),
            balance: recorded.card.balance,
        })
    }

    /// What is in a till's amount field, in minor units: `12.50`, `12,5` or `12`.
    pub fn read_amount(&self, text: &str) -> Option<i64> {
        let (whole, part) = text.trim().split_once(['.', ',']).unwrap_or((text.trim(), ""));
        let digits = usize::try_from(self.currency.digits()).ok()?;
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || whole.len() > 9 || part.len() > digits || !is_number(whole) || !is_number(part)
        {
            return None;
        }
        let minor: i64 = format!("{whole}{part:0<digits$}").parse().ok()?;
        Money::new(minor, self.currency).ok().map(|money| money.minor)
    }

    async fn post<T: DeserializeOwned>(&self, path: &str, body: &Value) -> Result<T, CounterError> {
        let request = self.network.http().post(self.address(path)?);
        let request = request.header("idempotency-key", random_token(18)).json(body);
        self.ask(request).await
    }

    fn address(&self, path: &str) -> Result<Url, CounterError> {
        let url = format!("{}{path}", self.base);
        url.parse().map_err(|_| CounterError::Unreachable(url))
    }

    async fn ask<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, CounterError> {
        let request = request.timeout(API_LIMIT).bearer_auth(self.key.expose());
        let reply = receive(request).await.map_err(CounterError::Unreachable)?;
        if (200..300).contains(&reply.status) {
            let answer = serde_json::from_slice(&reply.body);
            return answer.map_err(|fault| CounterError::Unreadable(fault.to_string()));
        }
        let problem: Problem = serde_json::from_slice(&reply.body).unwrap_or_default();
        Err(CounterError::Refused {
            status: reply.status,
            code: problem.code,
            detail: problem.detail,
        })
    }
}
