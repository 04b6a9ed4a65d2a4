//! Why a card's phones did or did not change: what is known of each of its passes, and what follows from it.

use super::ActionError;
use crate::store::cards::Card;
use crate::store::deliveries::{self, Delivery};
use crate::store::devices::{self, Device, Registration};
use crate::store::passes::{self, Pass};
use crate::store::{Db, device_logs};
use crate::types::{Time, Wallet};

/// What is known of a pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassFacts {
    /// The pass.
    pub pass: Pass,
    /// The card's version.
    pub card_version: i64,
    /// What is still to be delivered.
    pub delivery: Option<Delivery>,
    /// The phones that hold it.
    pub phones: Vec<(Registration, Device)>,
    /// What phones complained of, newest first.
    pub log: Vec<(Time, String)>,
}

/// What follows from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The wallet's service refused it for good.
    Refused(String),
    /// The wallet has the newest version.
    UpToDate,
    /// No phone holds it.
    NoPhone,
    /// The last notice failed, and there will be another.
    Failing {
        /// What was said.
        error: String,
        /// When it is tried next.
        next: Time,
    },
    /// The phone was told so many times and has not fetched.
    Told(i64),
    /// A notice is about to be sent.
    AboutToBeTold,
    /// The phone was told as often as it may be, and did not fetch.
    GivenUp,
}

/// What is known of each pass of a card.
pub fn diagnose_card(db: &mut Db, card: &Card) -> Result<Vec<PassFacts>, ActionError> {
    let deliveries = deliveries::list_by_card(db, &card.id)?;
    let phones = devices::list_by_card(db, &card.id)?;
    let mut all = Vec::new();
    for pass in passes::list_by_card(db, &card.id)? {
        let holds = |phone: &&(Registration, Device)| phone.0.pass_id == pass.id;
        all.push(PassFacts {
            card_version: card.version,
            delivery: deliveries.iter().find(|one| one.wallet == pass.wallet).cloned(),
            phones: phones.iter().filter(holds).cloned().collect(),
            log: device_logs::list(db, &pass.id)?,
            pass,
        });
    }
    Ok(all)
}

impl PassFacts {
    /// What follows from what is known.
    pub fn verdict(&self) -> Verdict {
        if let Some(error) = &self.pass.last_error {
            return Verdict::Refused(error.clone());
        }
        if self.pass.fetched_version >= self.card_version {
            return Verdict::UpToDate;
        }
        if self.pass.wallet == Wallet::Apple && self.phones.is_empty() {
            return Verdict::NoPhone;
        }
        match &self.delivery {
            Some(Delivery {
                last_error: Some(error),
                due_at,
                ..
            }) => Verdict::Failing {
                error: error.clone(),
                next: *due_at,
            },
            Some(one) if one.state == deliveries::TOLD => Verdict::Told(one.pushes),
            Some(_) => Verdict::AboutToBeTold,
            None => Verdict::GivenUp,
        }
    }
}
