//! What the stand-in Google holds, and what a write does to it.

use std::collections::{BTreeMap, HashSet, VecDeque};

use serde_json::{Value, json};

use super::ObjectChange;
use super::answer::Refusal;
use super::callbacks::{CallbackFault, SentCallback};
use super::faults::Faults;
use super::journal::{Allowance, Journal, JournalEntry, Push};
use super::rate::Rate;
use super::rules::{Fields, changed, check_class, check_object, merge, own_id, text, without_nulls};
use super::schema::{CLASS, Member, OBJECT, in_older_words};
use super::token::Tokens;
use crate::google::IssuerId;
use crate::types::Time;

/// Most requests whose bodies are kept.
const REQUESTS_MAX: usize = 1_000;

/// A class or an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    Class,
    Object,
}

impl Sort {
    pub(super) const fn members(self) -> &'static [Member] {
        match self {
            Self::Class => &CLASS,
            Self::Object => &OBJECT,
        }
    }

    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Class => "loyaltyClass",
            Self::Object => "loyaltyObject",
        }
    }
}

/// How a resource is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    Insert,
    Patch,
    Replace,
}

impl Verb {
    const fn word(self) -> &'static str {
        match self {
            Self::Insert => "POST",
            Self::Patch => "PATCH",
            Self::Replace => "PUT",
        }
    }
}

/// A request as it came and how it was answered.
#[derive(Debug, Clone, PartialEq)]
pub struct SeenRequest {
    /// Its method.
    pub method: String,
    /// Its path.
    pub path: String,
    /// Its body, if that is JSON.
    pub body: Value,
    /// The answer's status; 0 if the connection was broken.
    pub status: u16,
}

/// How many requests came.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// To the token endpoint.
    pub token: u64,
    /// To the REST API, those over the rate included.
    pub api: u64,
    /// Answered 429 because they were over the rate.
    pub over_rate: u64,
    /// To the list of callback keys.
    pub keys: u64,
}

/// An object, and whether somebody has it.
#[derive(Debug, Clone, Default)]
pub(super) struct Held {
    pub(super) fields: Fields,
    pub(super) has_users: bool,
}

/// Everything that changes.
#[derive(Debug)]
pub(super) struct World {
    pub(super) classes: BTreeMap<String, Fields>,
    pub(super) objects: BTreeMap<String, Held>,
    pub(super) journal: Journal,
    pub(super) tokens: Tokens,
    pub(super) images: HashSet<String>,
    pub(super) faults: Faults,
    pub(super) callback_faults: VecDeque<CallbackFault>,
    pub(super) callbacks: VecDeque<SentCallback>,
    pub(super) requests: VecDeque<SeenRequest>,
    pub(super) counts: Counts,
    pub(super) rate: Rate,
    pub(super) switches: Switches,
}

/// What the simulator's owner can turn on and off.
#[derive(Debug, Clone, Copy)]
pub(super) struct Switches {
    pub(super) has_older_words: bool,
    pub(super) is_console_user: bool,
    pub(super) refuses_field_quota: bool,
    pub(super) fetches_images: bool,
}

impl World {
    pub(super) fn new(requests_per_second: u32) -> Self {
        Self {
            classes: BTreeMap::new(),
            objects: BTreeMap::new(),
            journal: Journal::default(),
            tokens: Tokens::default(),
            images: HashSet::new(),
            faults: Faults::default(),
            callback_faults: VecDeque::new(),
            callbacks: VecDeque::new(),
            requests: VecDeque::new(),
            counts: Counts::default(),
            rate: Rate::per_second(requests_per_second),
            switches: Switches {
                has_older_words: false,
                is_console_user: true,
                refuses_field_quota: false,
                fetches_images: true,
            },
        }
    }

    pub(super) fn note(&mut self, request: SeenRequest) {
        if self.requests.len() >= REQUESTS_MAX {
            self.requests.pop_front();
        }
        self.requests.push_back(request);
    }

    pub(super) fn fields(&self, sort: Sort, id: &str) -> Option<&Fields> {
        match sort {
            Sort::Class => self.classes.get(id),
            Sort::Object => self.objects.get(id).map(|held| &held.fields),
        }
    }

    /// What a write would lead to, or why it is refused; changes nothing.
    pub(super) fn prepare(&self, issuer: &IssuerId, write: &Write) -> Result<Prepared, Refusal> {
        let Write { sort, verb, id, sent } = write;
        let id = own_id(id, issuer)?.to_string();
        let old = self.fields(*sort, &id);
        let mut new = match (verb, old) {
            (Verb::Insert, Some(_)) => {
                let message = format!("An existing item {id} already exists.");
                return Err(Refusal::new(409, "alreadyExists", message));
            }
            (Verb::Patch | Verb::Replace, None) => {
                let what = if *sort == Sort::Class { "class" } else { "object" };
                return Err(Refusal::not_found(what, &id));
            }
            (Verb::Patch, Some(old)) => {
                let mut new = old.clone();
                merge(&mut new, sent);
                new
            }
            (Verb::Insert | Verb::Replace, _) => match without_nulls(&Value::Object(sent.clone())) {
                Value::Object(fields) => fields,
                _ => Fields::new(),
            },
        };
        if text(&new, "id").is_some_and(|sent| sent != id) {
            return Err(Refusal::invalid(format!("The id in the body is not {id}.")));
        }
        new.insert("id".to_owned(), json!(id));
        let wants_notice = text(sent, "notifyPreference") == Some("NOTIFY_ON_UPDATE");
        new.remove("notifyPreference");
        match sort {
            Sort::Class => {
                review(old, sent, &mut new)?;
                check_class(&new)?;
            }
            Sort::Object => {
                check_object(&new)?;
                self.check_class_of(&new, issuer)?;
            }
        }
        Ok(Prepared {
            sort: *sort,
            call: verb.word().to_owned(),
            id,
            changed: changed(old.unwrap_or(&Fields::new()), &new),
            is_told: wants_notice && old.is_some_and(|old| is_notifying(*sort, old, &new)),
            new,
        })
    }

    fn check_class_of(&self, object: &Fields, issuer: &IssuerId) -> Result<(), Refusal> {
        let class_id = text(object, "classId").unwrap_or_default();
        own_id(class_id, issuer)?;
        let class = self
            .classes
            .get(class_id)
            .ok_or_else(|| Refusal::not_found("class", class_id))?;
        if text(class, "reviewStatus") == Some("APPROVED") {
            return Ok(());
        }
        Err(Refusal::invalid(format!("Class {class_id} is not approved.")))
    }

    /// Carries a prepared write out.
    pub(super) fn commit(&mut self, write: Prepared, now: Time) -> Result<ObjectChange, Refusal> {
        let Prepared {
            sort,
            call,
            id,
            new,
            changed,
            is_told,
        } = write;
        let push = if is_told {
            self.push(sort, &id, Allowance::Field, now)
        } else {
            Push::None
        };
        if push == Push::OverQuota && self.switches.refuses_field_quota {
            let message = format!("Quota exceeded when updating {id} with a notification.");
            return Err(Refusal::new(403, "quotaExceeded", message));
        }
        match sort {
            Sort::Class => {
                self.classes.insert(id.clone(), new);
            }
            Sort::Object => self.objects.entry(id.clone()).or_default().fields = new,
        }
        Ok(self.journal_change(&call, &id, changed, push, now))
    }

    /// Adds a message; over the allowance of notices it is not added.
    pub(super) fn add_message(
        &mut self,
        sort: Sort,
        id: &str,
        message: Fields,
        now: Time,
    ) -> Result<Vec<ObjectChange>, Refusal> {
        let what = if sort == Sort::Class { "class" } else { "object" };
        let fields = self
            .fields(sort, id)
            .ok_or_else(|| Refusal::not_found(what, id))?;
        let mut messages = fields
            .get("messages")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        if messages.len() >= 10 {
            return Err(Refusal::invalid(format!("{what} {id} has 10 messages already.")));
        }
        let is_told = text(&message, "messageType") == Some("TEXT_AND_NOTIFY");
        let push = if is_told {
            self.push(sort, id, Allowance::Message, now)
        } else {
            Push::None
        };
        if push == Push::OverQuota {
            let message =
                format!("Quota exceeded for issuer when adding TEXT_AND_NOTIFY message to {what} {id}.");
            return Err(Refusal::new(403, "quotaExceeded", message));
        }
        messages.push(Value::Object(message));
        let target = match sort {
            Sort::Class => self.classes.get_mut(id),
            Sort::Object => self.objects.get_mut(id).map(|held| &mut held.fields),
        };
        if let Some(fields) = target {
            fields.insert("messages".to_owned(), messages.into());
        }
        let own = self.journal_change("addMessage", id, vec!["messages".to_owned()], push, now);
        Ok(match sort {
            Sort::Object => vec![own],
            Sort::Class => self.changes_of_class(id, push),
        })
    }

    fn changes_of_class(&self, class_id: &str, push: Push) -> Vec<ObjectChange> {
        self.objects
            .iter()
            .filter(|(_, held)| text(&held.fields, "classId") == Some(class_id))
            .map(|(id, held)| ObjectChange {
                id: id.clone(),
                what: vec!["messages".to_owned()],
                is_notified: push == Push::Sent && held.has_users,
            })
            .collect()
    }

    fn push(&mut self, sort: Sort, id: &str, allowance: Allowance, now: Time) -> Push {
        let is_saved = match sort {
            Sort::Object => self.objects.get(id).is_some_and(|held| held.has_users),
            Sort::Class => true,
        };
        if !self.journal.has_allowance(id, allowance, now) {
            return Push::OverQuota;
        }
        if !is_saved {
            return Push::Unsaved;
        }
        self.journal.spend(id, allowance, now);
        Push::Sent
    }

    /// Writes the journal and tells what subscribers are told.
    pub(super) fn journal_change(
        &mut self,
        call: &str,
        id: &str,
        changed: Vec<String>,
        push: Push,
        now: Time,
    ) -> ObjectChange {
        self.journal.write(JournalEntry {
            at: now,
            call: call.to_owned(),
            id: id.to_owned(),
            changed: changed.clone(),
            push,
        });
        ObjectChange {
            id: id.to_owned(),
            what: changed,
            is_notified: push == Push::Sent,
        }
    }

    /// A resource as Google answers it.
    pub(super) fn shown(&self, sort: Sort, id: &str, now: Time) -> Option<Value> {
        let mut fields = self.fields(sort, id)?.clone();
        fields.insert("kind".to_owned(), json!(format!("walletobjects#{}", sort.word())));
        if let (Sort::Object, Some(held)) = (sort, self.objects.get(id)) {
            fields.insert("hasUsers".to_owned(), json!(held.has_users));
            fields.insert("hasLinkedDevice".to_owned(), json!(false));
            if has_ended(&fields, now) && text(&fields, "state") == Some("ACTIVE") {
                fields.insert("state".to_owned(), json!("EXPIRED"));
            }
            if let Some(class) = text(&fields, "classId").and_then(|class| self.classes.get(class)) {
                let class = self.spelt(Sort::Class, class);
                fields.insert("classReference".to_owned(), class);
            }
        }
        Some(self.spelt(sort, &fields))
    }

    fn spelt(&self, sort: Sort, fields: &Fields) -> Value {
        if self.switches.has_older_words {
            return in_older_words(sort.members(), fields);
        }
        Value::Object(fields.clone())
    }
}

/// A write as it was asked for.
#[derive(Debug, Clone)]
pub(super) struct Write {
    pub(super) sort: Sort,
    pub(super) verb: Verb,
    pub(super) id: String,
    pub(super) sent: Fields,
}

/// A write that may be carried out.
#[derive(Debug)]
pub(super) struct Prepared {
    sort: Sort,
    call: String,
    id: String,
    pub(super) new: Fields,
    changed: Vec<String>,
    is_told: bool,
}

/// A client may send `UNDER_REVIEW`, or `DRAFT` before that; the answer is `APPROVED` at once.
fn review(old: Option<&Fields>, sent: &Fields, new: &mut Fields) -> Result<(), Refusal> {
    let was_approved = old.is_some_and(|old| text(old, "reviewStatus") == Some("APPROVED"));
    match text(sent, "reviewStatus") {
        Some("UNDER_REVIEW") => {
            new.insert("reviewStatus".to_owned(), json!("APPROVED"));
            Ok(())
        }
        Some("DRAFT") | None if !was_approved => Ok(()),
        status => Err(Refusal::invalid(format!(
            "Invalid review status: {}. Approved classes must be set to UNDER_REVIEW with every change.",
            status.unwrap_or("unset")
        ))),
    }
}

/// Whether a change is one that Google tells of, if asked to.
fn is_notifying(sort: Sort, old: &Fields, new: &Fields) -> bool {
    let balance =
        |fields: &Fields, name: &str| fields.get(name).and_then(|points| points.get("balance")).cloned();
    match sort {
        Sort::Object => ["loyaltyPoints", "secondaryLoyaltyPoints"]
            .iter()
            .any(|name| balance(old, name) != balance(new, name)),
        Sort::Class => ["programName", "rewardsTier", "secondaryRewardsTier"]
            .iter()
            .any(|name| old.get(*name) != new.get(*name)),
    }
}

fn has_ended(object: &Fields, now: Time) -> bool {
    object
        .get("validTimeInterval")
        .and_then(|interval| interval.get("end")?.get("date")?.as_str())
        .and_then(|date| Time::parse_rfc3339(date).ok())
        .is_some_and(|end| end <= now)
}
