//! A phone that asks as an iPhone does: which passes changed since a tag, and for each of them the pass.

use std::collections::BTreeMap;

use billfold::apple::reader::PassFile;
use reqwest::Method;

use crate::counter::{Counter, Held};
use crate::shop::{PASS_TYPE, read};

/// A phone with its passes.
pub(crate) struct Phone {
    device: String,
    passes: BTreeMap<String, Shown>,
    tag: Option<String>,
}

/// A pass as the phone shows it.
struct Shown {
    secret: String,
    modified: Option<String>,
    balance: i64,
}

impl Phone {
    /// A phone that holds these passes and has fetched none of them yet.
    pub(crate) fn holding(all: &[Held]) -> Self {
        let shown = |held: &Held| Shown {
            secret: held.secret.clone(),
            modified: None,
            balance: -1,
        };
        let passes = all.iter().map(|held| (held.serial.clone(), shown(held)));
        Self {
            device: all.first().expect("a pass").device.as_str().to_owned(),
            passes: passes.collect(),
            tag: None,
        }
    }

    /// The balance that it shows.
    pub(crate) fn balance(&self, held: &Held) -> i64 {
        self.passes[&held.serial].balance
    }

    /// When the pass last changed, as the phone was told.
    pub(crate) fn modified(&self, held: &Held) -> &str {
        self.passes[&held.serial]
            .modified
            .as_deref()
            .expect("it has fetched")
    }

    /// Asks what changed since the last tag, and keeps the new tag.
    pub(crate) async fn list(&mut self, counter: &Counter) -> Vec<String> {
        let query = self
            .tag
            .as_ref()
            .map(|tag| format!("?passesUpdatedSince={tag}"))
            .unwrap_or_default();
        let path = format!(
            "/apple/v1/devices/{}/registrations/{PASS_TYPE}{query}",
            self.device
        );
        let request = counter.shop.http.get(counter.shop.url(&path));
        let (status, body) = read(request.send().await.expect("an answer")).await;
        if status == 204 {
            return Vec::new();
        }
        assert_eq!(status, 200, "{body}");
        self.tag = Some(body["lastUpdated"].as_str().expect("a tag").to_owned());
        let serials = body["serialNumbers"].as_array().expect("serial numbers");
        let serials = serials
            .iter()
            .map(|serial| serial.as_str().expect("a text").to_owned());
        serials.collect()
    }

    /// Fetches a pass; says whether it was new.
    pub(crate) async fn fetch(&mut self, counter: &Counter, serial: &str) -> bool {
        let shown = self.passes.get_mut(serial).expect("a pass of the phone's");
        let url = counter
            .shop
            .url(&format!("/apple/v1/passes/{PASS_TYPE}/{serial}"));
        let mut request = counter.shop.http.request(Method::GET, url);
        request = request.header("Authorization", format!("ApplePass {}", shown.secret));
        if let Some(modified) = &shown.modified {
            request = request.header("If-Modified-Since", modified);
        }
        let answer = request.send().await.expect("an answer");
        if answer.status() == 304 {
            return false;
        }
        assert_eq!(answer.status(), 200);
        let modified = answer.headers()["last-modified"]
            .to_str()
            .expect("a date")
            .to_owned();
        let body = answer.bytes().await.expect("a pass");
        let file = PassFile::open(&body).expect("a package");
        let balance = &file.pass_json()["storeCard"]["headerFields"][0]["value"];
        shown.balance = balance.as_i64().expect("a balance");
        shown.modified = Some(modified);
        true
    }

    /// What a push makes it do: the list, then each pass that it names.
    pub(crate) async fn refresh(&mut self, counter: &Counter) -> Vec<String> {
        let named = self.list(counter).await;
        for serial in &named {
            self.fetch(counter, serial).await;
        }
        named
    }
}
