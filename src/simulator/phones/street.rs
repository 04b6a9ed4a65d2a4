//! All phones of one process, woken by the stand-ins of Apple and Google.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinHandle;

use super::android::GooglePhone;
use super::iphone::Phone;
use super::network::Network;
use crate::simulator::apns::{ApnsSimulator, Delivered};
use crate::simulator::google::{GoogleSimulator, ObjectChange};
use crate::types::Language;

/// Most phones of each kind.
const PHONES_MAX: usize = 20_000;

/// Why there is no further phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PhonesError {
    /// There are enough.
    #[error("there are {PHONES_MAX} phones already")]
    TooMany,
    /// There is no Google to save cards with.
    #[error("no stand-in for Google runs here, so there are no Android phones")]
    NoGoogle,
}

/// Phones that hear their pushes. They sleep for ever once this is dropped.
pub struct Phones {
    network: Network,
    google: Option<Arc<GoogleSimulator>>,
    known: Arc<RwLock<Known>>,
    listening: Vec<JoinHandle<()>>,
}

#[derive(Default)]
struct Known {
    iphones: Vec<Phone>,
    by_token: HashMap<String, Phone>,
    androids: Vec<GooglePhone>,
}

impl Phones {
    /// No phones yet; those to come hear of pushes and changes from now on.
    pub fn start(network: Network, apns: &ApnsSimulator, google: Option<Arc<GoogleSimulator>>) -> Self {
        let known = Arc::<RwLock<Known>>::default();
        let mut listening = vec![tokio::spawn(wake_iphones(apns.subscribe(), Arc::clone(&known)))];
        if let Some(google) = &google {
            let changes = google.subscribe();
            listening.push(tokio::spawn(tell_androids(changes, Arc::clone(&known))));
        }
        Self {
            network,
            google,
            known,
            listening,
        }
    }

    /// The phones' way out.
    pub const fn network(&self) -> &Network {
        &self.network
    }

    /// A new iPhone.
    pub fn new_iphone(&self, name: &str, language: Language) -> Result<Phone, PhonesError> {
        let phone = Phone::new(name, language, &self.network);
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.iphones.len() >= PHONES_MAX {
            return Err(PhonesError::TooMany);
        }
        let token = phone.push_token().as_str().to_owned();
        known.by_token.insert(token, phone.clone());
        known.iphones.push(phone.clone());
        Ok(phone)
    }

    /// A new Android phone.
    pub fn new_android(&self, name: &str, language: Language) -> Result<GooglePhone, PhonesError> {
        let google = self.google.clone().ok_or(PhonesError::NoGoogle)?;
        let phone = GooglePhone::new(name, language, google, &self.network);
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.androids.len() >= PHONES_MAX {
            return Err(PhonesError::TooMany);
        }
        known.androids.push(phone.clone());
        Ok(phone)
    }

    /// All iPhones, oldest first.
    pub fn iphones(&self) -> Vec<Phone> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.iphones.clone()
    }

    /// All Android phones, oldest first.
    pub fn androids(&self) -> Vec<GooglePhone> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.androids.clone()
    }
}

impl Drop for Phones {
    fn drop(&mut self) {
        for task in &self.listening {
            task.abort();
        }
    }
}

async fn wake_iphones(mut pushes: Receiver<Delivered>, known: Arc<RwLock<Known>>) {
    loop {
        match pushes.recv().await {
            Ok(push) => {
                let known = known.read().unwrap_or_else(PoisonError::into_inner);
                if let Some(phone) = known.by_token.get(&push.token) {
                    phone.wake(&push.topic);
                }
            }
            // Who was meant is lost: everybody looks.
            Err(RecvError::Lagged(_)) => {
                let phones = {
                    let known = known.read().unwrap_or_else(PoisonError::into_inner);
                    known.iphones.clone()
                };
                for phone in phones {
                    for pass in phone.passes() {
                        phone.wake(&pass.pass_type);
                    }
                }
            }
            Err(RecvError::Closed) => return,
        }
    }
}

async fn tell_androids(mut changes: Receiver<ObjectChange>, known: Arc<RwLock<Known>>) {
    loop {
        match changes.recv().await {
            Ok(change) => {
                let phones = {
                    let known = known.read().unwrap_or_else(PoisonError::into_inner);
                    known.androids.clone()
                };
                for phone in phones {
                    phone.on_change(&change);
                }
            }
            // A card that was not looked at shows its next change.
            Err(RecvError::Lagged(missed)) => {
                tracing::warn!(missed, "Android phones missed changes of cards");
            }
            Err(RecvError::Closed) => return,
        }
    }
}
