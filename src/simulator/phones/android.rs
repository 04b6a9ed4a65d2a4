//! An Android phone: opens save links, shows cards as Google Wallet draws them, tells of changes.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use reqwest::Method;
use serde::Serialize;
use serde_json::Value;

use super::network::{Ask, Network};
use super::notice::Notice;
use crate::simulator::google::{GoogleSimulator, ObjectChange, Refusal};
use crate::types::Language;

/// Most notices that a phone remembers; the oldest go first.
const NOTICES_MAX: usize = 1_000;
/// How often a person taps on a link whose card is not at Google yet.
const TAPS_MAX: u32 = 12;
/// The pause before the second tap; it grows by as much with each further one.
const TAP_PAUSE: Duration = Duration::from_millis(50);

/// Why a card was not saved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SaveError {
    /// The address is none.
    #[error("`{0}` is no address")]
    Address(String),
    /// Nobody answered.
    #[error("the link cannot be opened: {0}")]
    Unreachable(String),
    /// The page leads nowhere.
    #[error("the page was answered with status {0} and leads to no save link")]
    NoLink(u16),
    /// Google refused the link.
    #[error("{}", .0.message)]
    Refused(Refusal),
}

impl From<Refusal> for SaveError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// A card in Google Wallet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GoogleCard {
    /// The object.
    pub object_id: String,
    /// Who issues it.
    pub issuer: String,
    /// The program.
    pub program: String,
    /// The holder.
    pub holder: String,
    /// What is above the balance.
    pub label: String,
    /// The balance, as it is written.
    pub text: String,
    /// The balance, if it is a number.
    pub balance: Option<i64>,
    /// What its barcode holds.
    pub code: Option<String>,
    /// The colour behind it.
    pub color: Option<String>,
    /// Addresses of the logo and the banner.
    pub logo: Option<String>,
    /// The banner below.
    pub hero: Option<String>,
    /// `ACTIVE`, or why it is not.
    pub state: String,
    /// What is below the card, its own before its class's: a heading and a text, or a link's name and its address.
    pub details: Vec<(String, String)>,
}

/// An Android phone. Cheap to clone; clones are the same phone.
#[derive(Clone)]
pub struct GooglePhone(Arc<Inner>);

struct Inner {
    name: String,
    language: Language,
    google: Arc<GoogleSimulator>,
    network: Network,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    cards: BTreeMap<String, GoogleCard>,
    notices: VecDeque<Notice>,
    notices_count: u64,
}

impl GooglePhone {
    /// A new phone.
    pub fn new(name: &str, language: Language, google: Arc<GoogleSimulator>, network: &Network) -> Self {
        Self(Arc::new(Inner {
            name: name.to_owned(),
            language,
            google,
            network: network.clone(),
            state: Mutex::default(),
        }))
    }

    /// Whose it is.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The language that its owner reads.
    pub fn language(&self) -> &Language {
        &self.0.language
    }

    /// Its cards.
    pub fn cards(&self) -> Vec<GoogleCard> {
        self.state().cards.values().cloned().collect()
    }

    /// The lock screen, oldest first.
    pub fn notices(&self) -> Vec<Notice> {
        self.state().notices.iter().cloned().collect()
    }

    /// Opens a save link, or a page of ours that leads to one; gives the objects that are on the phone
    /// by it. A link that comes before its object is tried again for a few seconds, as people do.
    pub async fn save(&self, link: &str) -> Result<Vec<String>, SaveError> {
        let mut taps = 0;
        let ids = loop {
            taps += 1;
            match self.tap(link).await {
                Ok(ids) => break ids,
                Err(error) if taps >= TAPS_MAX => return Err(error),
                Err(_) => tokio::time::sleep(TAP_PAUSE * taps).await,
            }
        };
        for id in &ids {
            if let Some(card) = self.look_at(id) {
                self.state().cards.insert(id.clone(), card);
            }
        }
        self.0.network.changed();
        Ok(ids)
    }

    async fn tap(&self, link: &str) -> Result<Vec<String>, SaveError> {
        if link.starts_with(&self.0.google.save_url()) {
            return Ok(self.0.google.open_link(link)?);
        }
        let ask = Ask {
            method: Method::GET,
            url: link.parse().map_err(|_| SaveError::Address(link.to_owned()))?,
            token: None,
            if_modified_since: None,
            body: None,
        };
        let reply = self.0.network.send(&ask).await.map_err(SaveError::Unreachable)?;
        match reply.header("location") {
            Some(location) if (300..400).contains(&reply.status) => Ok(self.0.google.open_link(location)?),
            _ => Err(SaveError::NoLink(reply.status)),
        }
    }

    /// Takes a card off the phone.
    pub fn remove(&self, object_id: &str) -> Result<(), Refusal> {
        self.state().cards.remove(object_id);
        self.0.network.changed();
        self.0.google.remove(object_id)
    }

    /// Looks at a card again after it changed, and tells of it if Google said so.
    pub(super) fn on_change(&self, change: &ObjectChange) {
        let before = self.state().cards.get(&change.id).cloned();
        let (Some(before), Some(after)) = (before, self.look_at(&change.id)) else {
            return;
        };
        {
            let mut state = self.state();
            if change.is_notified {
                state.notices_count += 1;
                let notice = Notice {
                    number: state.notices_count,
                    at: self.0.network.now(),
                    title: after.program.clone(),
                    text: self.notice_text(&before, &after, change),
                    card: change.id.clone(),
                };
                if state.notices.len() >= NOTICES_MAX {
                    state.notices.pop_front();
                }
                state.notices.push_back(notice);
            }
            state.cards.insert(change.id.clone(), after);
        }
        self.0.network.changed();
    }

    /// What Google Wallet says: a message as it is, else the value that changed.
    fn notice_text(&self, before: &GoogleCard, after: &GoogleCard, change: &ObjectChange) -> String {
        if change.what.iter().any(|member| member == "messages")
            && let Some(message) = self.last_message(&change.id)
        {
            return message;
        }
        if before.text == after.text {
            return "Your card was updated".to_owned();
        }
        format!("{}: {}", after.label, after.text)
    }

    fn last_message(&self, object_id: &str) -> Option<String> {
        let object = self.0.google.object(object_id)?;
        let of = |path: &str| object.pointer(path)?.as_array()?.last().cloned();
        let message = of("/messages").or_else(|| of("/classReference/messages"))?;
        let part = |name: &str| message.get(name)?.as_str().map(str::to_owned);
        let parts: Vec<String> = [part("header"), part("body")].into_iter().flatten().collect();
        Some(parts.join(": "))
    }

    fn look_at(&self, object_id: &str) -> Option<GoogleCard> {
        let object = self.0.google.object(object_id)?;
        Some(read_card(object_id, &object, &self.0.language))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // No holder of this lock can panic half way through a change.
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read_card(object_id: &str, object: &Value, language: &Language) -> GoogleCard {
    let text = |path: &str| object.pointer(path)?.as_str().map(str::to_owned);
    let said = |path: &str, name: &str| localized(object, path, name, language).unwrap_or_default();
    let points = object.pointer("/loyaltyPoints/balance");
    let balance = points
        .and_then(|balance| balance.get("int")?.as_i64())
        .or_else(|| points?.get("string")?.as_str()?.parse().ok());
    let written = points.and_then(|balance| balance.get("string")?.as_str().map(str::to_owned));
    GoogleCard {
        object_id: object_id.to_owned(),
        issuer: said("/classReference", "issuerName"),
        program: said("/classReference", "programName"),
        holder: text("/accountName").unwrap_or_default(),
        label: said("/loyaltyPoints", "label"),
        text: written
            .or_else(|| balance.map(|number| number.to_string()))
            .unwrap_or_default(),
        balance,
        code: text("/barcode/value"),
        color: text("/classReference/hexBackgroundColor"),
        logo: text("/classReference/programLogo/sourceUri/uri"),
        // A card's own banner goes before its class's.
        hero: text("/heroImage/sourceUri/uri").or_else(|| text("/classReference/heroImage/sourceUri/uri")),
        state: text("/state").unwrap_or_default(),
        details: read_details(object, language),
    }
}

/// The text modules and links of a card and its class.
fn read_details(object: &Value, language: &Language) -> Vec<(String, String)> {
    let listed = |path: &str, heading: &'static str, text: &'static str| {
        let list = object.pointer(path).and_then(Value::as_array);
        let rows: Vec<(String, String)> = list
            .into_iter()
            .flatten()
            .map(|one| {
                let said = |name: &str| localized(one, "", name, language).unwrap_or_default();
                (said(heading), said(text))
            })
            .collect();
        rows
    };
    let mut details = listed("/textModulesData", "header", "body");
    details.extend(listed("/classReference/textModulesData", "header", "body"));
    details.extend(listed("/linksModuleData/uris", "description", "uri"));
    details.extend(listed(
        "/classReference/linksModuleData/uris",
        "description",
        "uri",
    ));
    details
}

/// A text in the phone's language: `localizedX` has the translations of `x` (Google: `LocalizedString`).
fn localized(object: &Value, path: &str, name: &str, language: &Language) -> Option<String> {
    let holder = object.pointer(path)?;
    let mut letters = name.chars();
    let first = letters.next()?.to_ascii_uppercase();
    let translations = holder.get(format!("localized{first}{}", letters.as_str()));
    let values = translations.and_then(|texts| texts.get("translatedValues")?.as_array());
    let in_language = values.into_iter().flatten().find(|value| {
        value
            .get("language")
            .and_then(Value::as_str)
            .is_some_and(|tag| tag.eq_ignore_ascii_case(language.as_str()))
    });
    let default = translations.and_then(|texts| texts.get("defaultValue"));
    let plain = || holder.get(name)?.as_str().map(str::to_owned);
    in_language
        .or(default)
        .and_then(|value| value.get("value")?.as_str().map(str::to_owned))
        .or_else(plain)
}
