//! A newcomer at the binary's demo: talks to it over HTTP, tells it to stop.

use std::process::{Command, ExitStatus};
use std::time::{Duration, Instant};

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::process::{Demo, SOON};

/// A running demo.
pub(crate) struct Cafe {
    pub(crate) demo: Demo,
    pub(crate) http: reqwest::Client,
}

impl Cafe {
    /// A demo on a free port, on a database of its own or on a given one.
    pub(crate) async fn open(database_url: Option<&str>) -> Self {
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(SOON)
            .build()
            .expect("a client");
        Self {
            demo: Demo::open(database_url).await,
            http,
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        self.demo.url(path)
    }

    pub(crate) fn program(&self) -> &str {
        self.demo.program()
    }

    /// A request with the key of a role.
    pub(crate) fn ask(&self, role: &str, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, self.url(path));
        request.bearer_auth(self.demo.key(role))
    }

    /// Enrols a person; the card.
    pub(crate) async fn enrol(&self, name: &str) -> Value {
        let path = format!("/v1/programs/{}/members", self.program());
        let request = self
            .ask("cashier", Method::POST, &path)
            .json(&json!({ "first_name": name }));
        let response = request.send().await.expect("an answer");
        assert_eq!(response.status(), 201);
        response.json::<Value>().await.expect("JSON")["card"].clone()
    }

    /// Records an order of so many cents; the card after it.
    pub(crate) async fn order(&self, external_id: &str, code: &str, cents: i64) -> Value {
        let order = json!({
            "external_id": external_id,
            "card": code,
            "total": { "amount": cents, "currency": "EUR" },
        });
        let request = self.ask("cashier", Method::POST, "/v1/orders").json(&order);
        let response = request.send().await.expect("an answer");
        assert_eq!(response.status(), 201);
        response.json::<Value>().await.expect("JSON")["card"].clone()
    }

    /// Does something on the simulator's page.
    pub(crate) async fn act(&self, act: &str, fields: &[(&str, &str)]) -> (u16, Value) {
        let request = self.http.post(self.url(&format!("/simulator/{act}")));
        let request = request.header("accept", "application/json").form(fields);
        let response = request.send().await.expect("an answer");
        (response.status().as_u16(), response.json().await.expect("JSON"))
    }

    /// What the stand-ins know; `phones` alone is quicker.
    pub(crate) async fn state(&self, only: &str) -> Value {
        let request = self
            .http
            .get(self.url(&format!("/simulator/state.json?only={only}")));
        let response = request.send().await.expect("an answer");
        response.json().await.expect("JSON")
    }

    /// Waits until the stand-ins know what they should.
    pub(crate) async fn state_until(&self, what: &str, holds: impl Fn(&Value) -> bool) -> Value {
        let limit = Instant::now() + SOON;
        loop {
            let state = self.state("").await;
            if holds(&state) {
                return state;
            }
            assert!(Instant::now() < limit, "never: {what}: {state}");
            tokio::time::sleep(Duration::from_millis(3)).await;
        }
    }

    /// A phone of the page by its id.
    pub(crate) async fn phone(&self, id: &str) -> Value {
        let state = self.state("phones").await;
        let mut phones = state["phones"].as_array().expect("phones").iter();
        let found = phones.find(|phone| phone["id"] == id);
        found.cloned().unwrap_or_else(|| panic!("no {id} in {state}"))
    }

    /// Waits until a phone is as it should be.
    pub(crate) async fn phone_until(&self, id: &str, what: &str, holds: impl Fn(&Value) -> bool) -> Value {
        let limit = Instant::now() + SOON;
        loop {
            let phone = self.phone(id).await;
            if holds(&phone) {
                return phone;
            }
            assert!(Instant::now() < limit, "never: {what}: {phone}");
            tokio::time::sleep(Duration::from_millis(3)).await;
        }
    }

    /// Asks the demo to stop and waits until it did.
    pub(crate) async fn close(&mut self, signal: &str) -> ExitStatus {
        let id = self.demo.child.id().to_string();
        let sent = Command::new("kill").args([&format!("-{signal}"), &id]).status();
        assert!(sent.expect("kill runs").success());
        let limit = Instant::now() + SOON;
        loop {
            if let Some(status) = self.demo.child.try_wait().expect("a status") {
                return status;
            }
            assert!(Instant::now() < limit, "the demo does not stop");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}
