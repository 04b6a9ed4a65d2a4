//! The simulator's page: people with phones, a till, and what each phone shows.

mod back;
mod card;
mod drawing;
mod view;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};
use tokio::sync::watch;

use super::apns::{ApnsSimulator, Outcome};
use super::counter::{Counter, CounterError, NewCard, Receipt};
use super::google::GoogleSimulator;
use super::phones::{AddError, GooglePhone, Phone, Phones, PhonesError, SaveError};
use crate::types::{Language, Wallet};

/// The page's style.
pub const STYLE: &str = include_str!("../../../templates/pages/simulator/app.css");
/// The page's script.
pub const SCRIPT: &str = include_str!("../../../templates/pages/simulator/app.js");

/// Most phones on the page.
const PEOPLE_MAX: usize = 24;
/// Longest name of a person, in characters.
const NAME_MAX: usize = 40;
/// Most entries of each stand-in's journal that are shown.
const SHOWN_MAX: usize = 500;

/// A person who shall have a phone with a card.
#[derive(Debug, Clone)]
pub struct People {
    /// First name.
    pub name: String,
    /// What they read.
    pub language: Language,
    /// Whose phone it is.
    pub wallet: Wallet,
}

impl People {
    /// Three to begin with: two iPhones, one of them in Arabic, and an Android phone.
    pub fn usual() -> Vec<Self> {
        let arabic = "ar".parse().unwrap_or_else(|_| Language::english());
        [
            ("Lina", Language::english(), Wallet::Apple),
            ("Omar", Language::english(), Wallet::Google),
            ("نور", arabic, Wallet::Apple),
        ]
        .map(|(name, language, wallet)| Self {
            name: name.to_owned(),
            language,
            wallet,
        })
        .into()
    }
}

/// Why something on the page did not happen.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    /// The page is full.
    #[error("The page shows {PEOPLE_MAX} phones at most. Start the demo again for new ones.")]
    Full,
    /// The amount is none.
    #[error("`{0}` is not an amount. Write it like 12.50.")]
    Amount(String),
    /// The language is none.
    #[error("`{0}` is not a language. Write a tag such as en or ar.")]
    Language(String),
    /// There is no such phone.
    #[error("There is no such phone. Choose one that is on the page.")]
    UnknownPhone,
    /// The card has no pass for this kind of phone.
    #[error("The card has no pass for this kind of phone.")]
    NoPass,
    /// The service refused or does not answer.
    #[error(transparent)]
    Counter(#[from] CounterError),
    /// The phone does not take the pass.
    #[error("The phone does not take the pass: {0}.")]
    Add(#[from] AddError),
    /// The card does not get into Google Wallet.
    #[error("The card does not get into Google Wallet: {0}.")]
    Save(#[from] SaveError),
    /// No further phone can be had.
    #[error(transparent)]
    Phones(#[from] PhonesError),
}

/// A phone on the page.
#[derive(Clone)]
struct Actor {
    id: String,
    code: String,
    device: Device,
}

#[derive(Clone)]
enum Device {
    Iphone(Phone),
    Android(GooglePhone),
}

/// What a stage is made of.
pub struct StageParts {
    /// The program's name.
    pub program: String,
    /// The phones.
    pub phones: Arc<Phones>,
    /// The counter.
    pub counter: Arc<Counter>,
    /// The stand-in for Apple's push service.
    pub apns: Arc<ApnsSimulator>,
    /// The stand-in for Google Wallet.
    pub google: Arc<GoogleSimulator>,
    /// Addresses of the other pages, by name.
    pub pages: BTreeMap<&'static str, String>,
    /// The root that signed everything, as PEM text.
    pub root_pem: String,
}

/// Everything that the page shows.
pub struct Stage {
    parts: StageParts,
    actors: Mutex<Vec<Actor>>,
    actors_count: AtomicU64,
    said: Mutex<String>,
    closed: watch::Sender<bool>,
}

impl Stage {
    /// An empty stage.
    pub fn new(parts: StageParts) -> Self {
        Self {
            parts,
            actors: Mutex::default(),
            actors_count: AtomicU64::new(0),
            said: Mutex::default(),
            closed: watch::Sender::new(false),
        }
    }

    /// Enrols a person and puts the card on a new phone; gives the phone's id and the card's code.
    pub async fn welcome(&self, people: &People) -> Result<(String, String), StageError> {
        self.check_room()?;
        let card = self.parts.counter.enrol(&people.name, &people.language).await?;
        self.hand_over(people, card).await
    }

    /// Puts a card that exists on a new phone.
    pub async fn welcome_with_card(
        &self,
        people: &People,
        code: &str,
    ) -> Result<(String, String), StageError> {
        self.check_room()?;
        let card = self.parts.counter.find_card(code).await?;
        self.hand_over(people, card).await
    }

    /// Rings up what a till's amount field says.
    pub async fn check_out(&self, code: &str, amount: &str) -> Result<Receipt, StageError> {
        let minor = self
            .parts
            .counter
            .read_amount(amount)
            .ok_or_else(|| StageError::Amount(amount.chars().take(20).collect()))?;
        Ok(self.parts.counter.check_out(code, minor).await?)
    }

    /// Throws the cards of a phone away.
    pub async fn throw_away(&self, id: &str) -> Result<(), StageError> {
        let actor = self.actors().iter().find(|actor| actor.id == id).cloned();
        match actor.ok_or(StageError::UnknownPhone)?.device {
            Device::Iphone(phone) => {
                for pass in phone.passes() {
                    phone.remove(&pass.serial).await;
                }
            }
            Device::Android(phone) => {
                for card in phone.cards() {
                    phone.remove(&card.object_id).map_err(SaveError::from)?;
                }
            }
        }
        Ok(())
    }

    /// What was done last, for pages without a script.
    pub fn say(&self, sentence: &str) {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        sentence.clone_into(&mut said);
    }

    /// Hears of every change on a phone.
    pub fn listen(&self) -> watch::Receiver<u64> {
        self.parts.phones.network().listen()
    }

    /// Ends every stream to a browser.
    pub fn close(&self) {
        self.closed.send_replace(true);
    }

    /// Turns true when the stage closes.
    pub fn closing(&self) -> watch::Receiver<bool> {
        self.closed.subscribe()
    }

    /// What the phones hold, for programs.
    pub fn phones_state(&self) -> Vec<Value> {
        self.actors().iter().map(Actor::state).collect()
    }

    /// Everything that phones and stand-ins know, for programs.
    pub fn state(&self) -> Value {
        let pushes: Vec<Value> = last(self.parts.apns.journal())
            .map(|entry| {
                let outcome = match entry.outcome {
                    Outcome::Accepted => "accepted".to_owned(),
                    other => format!("{other:?}"),
                };
                json!({ "at": entry.at, "token": entry.token, "topic": entry.topic, "outcome": outcome })
            })
            .collect();
        let writes: Vec<Value> = last(self.parts.google.journal())
            .map(|entry| {
                json!({
                    "at": entry.at,
                    "call": entry.call,
                    "object_id": entry.id,
                    "changed": entry.changed,
                    "notice": format!("{:?}", entry.push),
                })
            })
            .collect();
        let requests: Vec<Value> = last(self.parts.google.requests())
            .map(|seen| {
                json!({ "method": seen.method, "path": seen.path, "body": seen.body, "status": seen.status })
            })
            .collect();
        let callbacks: Vec<Value> = last(self.parts.google.callbacks())
            .map(|sent| {
                json!({
                    "object_id": sent.object_id,
                    "event": format!("{:?}", sent.event),
                    "outcome": format!("{:?}", sent.outcome),
                })
            })
            .collect();
        json!({
            "root_pem": self.parts.root_pem,
            "phones": self.phones_state(),
            "apple": { "pushes": pushes },
            "google": { "writes": writes, "requests": requests, "callbacks": callbacks },
        })
    }

    fn check_room(&self) -> Result<(), StageError> {
        if self.actors().len() >= PEOPLE_MAX {
            return Err(StageError::Full);
        }
        Ok(())
    }

    async fn hand_over(&self, people: &People, card: NewCard) -> Result<(String, String), StageError> {
        let name: String = people.name.chars().take(NAME_MAX).collect();
        let device = match people.wallet {
            Wallet::Apple => {
                let pass = card.passes.apple.ok_or(StageError::NoPass)?;
                let phone = self.parts.phones.new_iphone(&name, people.language.clone())?;
                phone.add(&pass.url).await?;
                Device::Iphone(phone)
            }
            Wallet::Google => {
                let pass = card.passes.google.ok_or(StageError::NoPass)?;
                let link = pass.save_url.ok_or(StageError::NoPass)?;
                let phone = self.parts.phones.new_android(&name, people.language.clone())?;
                phone.save(&link).await?;
                Device::Android(phone)
            }
        };
        let number = self.actors_count.fetch_add(1, Ordering::Relaxed) + 1;
        let actor = Actor {
            id: format!("phone-{number}"),
            code: card.code,
            device,
        };
        let handed = (actor.id.clone(), actor.code.clone());
        self.actors().push(actor);
        self.parts.phones.network().changed();
        Ok(handed)
    }

    fn actors(&self) -> MutexGuard<'_, Vec<Actor>> {
        // No holder of this lock can panic half way through a change.
        self.actors.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Actor {
    fn name(&self) -> &str {
        match &self.device {
            Device::Iphone(phone) => phone.name(),
            Device::Android(phone) => phone.name(),
        }
    }

    fn language(&self) -> &Language {
        match &self.device {
            Device::Iphone(phone) => phone.language(),
            Device::Android(phone) => phone.language(),
        }
    }

    fn state(&self) -> Value {
        match &self.device {
            Device::Iphone(phone) => json!({
                "id": self.id,
                "kind": "iphone",
                "name": phone.name(),
                "card": self.code,
                "push_token": phone.push_token().as_str(),
                "device_id": phone.device_id().as_str(),
                "passes": phone.passes(),
                "notices": phone.notices(),
                "journal": phone.journal(),
                "log_lines": phone.log_lines(),
                "violations": phone.violations(),
            }),
            Device::Android(phone) => json!({
                "id": self.id,
                "kind": "android",
                "name": phone.name(),
                "card": self.code,
                "cards": phone.cards(),
                "notices": phone.notices(),
            }),
        }
    }
}

/// The newest entries of a journal, oldest first.
fn last<T>(journal: Vec<T>) -> impl Iterator<Item = T> {
    let skipped = journal.len().saturating_sub(SHOWN_MAX);
    journal.into_iter().skip(skipped)
}
