//! A phone of the tests, call by call as an iPhone makes them.

use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::documented::Request;
use crate::shop::{PASS_TYPE, Shop};

/// Longest wait for anything that is sure to come, on a busy machine.
pub(crate) const SOON: Duration = Duration::from_mins(1);

/// A phone's calls for one pass.
pub(crate) struct Caller<'a> {
    pub(crate) shop: &'a Shop,
    pub(crate) serial: String,
    pub(crate) token: String,
}

impl<'a> Caller<'a> {
    pub(crate) async fn add(shop: &'a Shop, card: &Value) -> Self {
        let url = card["passes"]["apple"]["url"].as_str().expect("a link");
        let bytes = shop
            .http
            .get(url)
            .send()
            .await
            .expect("an answer")
            .bytes()
            .await
            .expect("a pass");
        let file = billfold::apple::reader::PassFile::open(&bytes).expect("a package");
        file.check_integrity(&[shop.authority.root().clone()])
            .expect("a sound pass");
        let text = |key: &str| file.pass_json()[key].as_str().expect("a text").to_owned();
        Self {
            shop,
            serial: text("serialNumber"),
            token: text("authenticationToken"),
        }
    }

    pub(crate) fn call(&self, method: Method, path: &str) -> Request {
        let request = self
            .shop
            .http
            .request(method, self.shop.url(&format!("/apple/v1/{path}")));
        request.header("Authorization", format!("ApplePass {}", self.token))
    }

    pub(crate) async fn register(&self, device: &str, push_token: &str) -> StatusCode {
        let path = format!("devices/{device}/registrations/{PASS_TYPE}/{}", self.serial);
        let request = self
            .call(Method::POST, &path)
            .json(&json!({ "pushToken": push_token }));
        request.send().await.expect("an answer").status()
    }

    pub(crate) async fn list(&self, device: &str, tag: Option<&str>) -> (u16, Value) {
        let query = tag
            .map(|tag| format!("?passesUpdatedSince={tag}"))
            .unwrap_or_default();
        let request = self.call(
            Method::GET,
            &format!("devices/{device}/registrations/{PASS_TYPE}{query}"),
        );
        crate::shop::read(request.send().await.expect("an answer")).await
    }

    pub(crate) async fn fetch(&self, since: Option<&str>) -> (StatusCode, Option<String>, Vec<u8>) {
        let mut request = self.call(Method::GET, &format!("passes/{PASS_TYPE}/{}", self.serial));
        if let Some(since) = since {
            request = request.header("If-Modified-Since", since);
        }
        let response = request.send().await.expect("an answer");
        let modified = response
            .headers()
            .get("last-modified")
            .map(|value| value.to_str().expect("text").to_owned());
        (
            response.status(),
            modified,
            response.bytes().await.expect("a body").to_vec(),
        )
    }
}

/// Waits until something holds, at most ten seconds.
pub(crate) async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let started = Instant::now();
    while !holds().await {
        assert!(started.elapsed() < SOON, "{what} did not come");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
