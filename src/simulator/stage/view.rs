//! The page and its parts as HTML.

use std::sync::PoisonError;

use askama::Template;

use super::back::{self, BackRow};
use super::card::{AppleDrawing, GoogleDrawing};
use super::{Actor, Device, Stage};
use crate::simulator::phones::{GoogleCard, HeldPass, Notice};

/// Notices that a lock screen shows.
const NOTICES_MAX: usize = 3;

/// The page.
#[derive(Template)]
#[template(path = "pages/simulator/page.html")]
struct PageView<'a> {
    program: &'a str,
    said: String,
    currency: String,
    links: Vec<(&'static str, &'a str)>,
    phones: Vec<PhoneView>,
}

/// One phone.
#[derive(Template)]
#[template(path = "pages/simulator/phone.html")]
struct PhoneView {
    id: String,
    name: String,
    kind: &'static str,
    kind_name: &'static str,
    wallet: &'static str,
    language: String,
    direction: &'static str,
    code: String,
    notices: Vec<NoticeView>,
    cards: Vec<CardView>,
    facts: String,
    problems: Vec<String>,
}

/// A card: its drawing, and what is on its back.
struct CardView {
    drawing: String,
    back: Vec<BackRow>,
}

struct NoticeView {
    number: u64,
    at: String,
    clock: String,
    title: String,
    text: String,
}

impl NoticeView {
    fn of(notice: &Notice) -> Self {
        let at = notice.at.rfc3339_secs();
        Self {
            number: notice.number,
            clock: at.get(11..19).unwrap_or_default().to_owned(),
            at,
            title: notice.title.clone(),
            text: notice.text.clone(),
        }
    }
}

impl Stage {
    /// The whole page.
    pub fn page_html(&self) -> Result<String, askama::Error> {
        let links = self.parts.pages.iter().filter(|(name, _)| **name != "simulator");
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let actors = self.actors().clone();
        let phones: Result<Vec<PhoneView>, askama::Error> = actors.iter().map(PhoneView::of).collect();
        PageView {
            program: &self.parts.program,
            said,
            currency: self.parts.counter.currency().code().to_owned(),
            links: links.map(|(name, url)| (*name, url.as_str())).collect(),
            phones: phones?,
        }
        .render()
    }

    /// Each phone's id and its part of the page.
    pub fn phones_html(&self) -> Result<Vec<(String, String)>, askama::Error> {
        let actors = self.actors().clone();
        actors
            .iter()
            .map(|actor| Ok((actor.id.clone(), PhoneView::of(actor)?.render()?)))
            .collect()
    }
}

impl PhoneView {
    fn of(actor: &Actor) -> Result<Self, askama::Error> {
        let is_rtl = actor.language().is_rtl();
        let (notices, cards, facts, problems) = match &actor.device {
            Device::Iphone(phone) => {
                let passes = phone.passes();
                let drawn = |pass: &HeldPass| {
                    Ok(CardView {
                        drawing: AppleDrawing::of(pass, is_rtl).render()?,
                        back: back::of_pass(pass),
                    })
                };
                let drawings: Result<Vec<CardView>, askama::Error> = passes.iter().map(drawn).collect();
                let fetches = phone
                    .journal()
                    .iter()
                    .filter(|exchange| exchange.path.contains("/v1/passes/"))
                    .count();
                let version = passes.iter().map(|pass| pass.version).max().unwrap_or(0);
                let facts = match fetches {
                    0 => "The pass as it was added".to_owned(),
                    1 => format!("Version {version} of the pass, fetched after a push"),
                    _ => format!("Version {version} of the pass, {fetches} fetched after pushes"),
                };
                (phone.notices(), drawings?, facts, phone.violations())
            }
            Device::Android(phone) => {
                let cards = phone.cards();
                let drawn = |card: &GoogleCard| {
                    Ok(CardView {
                        drawing: GoogleDrawing::of(card, &actor.id, is_rtl).render()?,
                        back: back::of_google(card),
                    })
                };
                let drawings: Result<Vec<CardView>, askama::Error> = cards.iter().map(drawn).collect();
                let facts = "Google tells of three changes a day".to_owned();
                (phone.notices(), drawings?, facts, Vec::new())
            }
        };
        let (kind, kind_name, wallet) = match &actor.device {
            Device::Iphone(_) => ("iphone", "iPhone", "Apple Wallet"),
            Device::Android(_) => ("android", "Android", "Google Wallet"),
        };
        Ok(Self {
            id: actor.id.clone(),
            name: actor.name().to_owned(),
            kind,
            kind_name,
            wallet,
            language: actor.language().to_string(),
            direction: if is_rtl { "rtl" } else { "ltr" },
            code: actor.code.clone(),
            notices: notices
                .iter()
                .rev()
                .take(NOTICES_MAX)
                .map(NoticeView::of)
                .collect(),
            cards,
            facts,
            problems,
        })
    }
}
