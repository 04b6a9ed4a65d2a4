//! What an iPhone asks its passes' web service, and what it makes of the answers.

use reqwest::{Method, Url};
use serde::Deserialize;
use serde_json::json;

use super::super::log_line::{Subject, unexpected};
use super::super::network::{Ask, Reply};
use super::super::notice::{Notice, change_text};
use super::super::pass::HeldPass;
use super::{Exchange, Phone, push_bounded};
use crate::apple::package::PASS_CONTENT_TYPE;
use crate::types::Time;

/// Most serial numbers that are read from one list.
const LIST_MAX: usize = 10_000;

/// What the list of changed passes says (Apple: "Get the List of Updatable Passes").
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ChangedList {
    last_updated: String,
    serial_numbers: Vec<String>,
}

impl Phone {
    pub(super) async fn register(&self, pass: &HeldPass) {
        let Some(mut ask) = self.ask_for_registration(pass, Method::POST) else {
            return;
        };
        ask.body = Some(json!({ "pushToken": self.0.push_token.as_str() }));
        let why = match self.ask(&ask).await {
            Ok(reply) if matches!(reply.status, 200 | 201) => {
                if !pass.is_registered && reply.status == 200 {
                    self.violation("a new registration was answered with 200, not 201".to_owned());
                }
                self.set_registered(pass);
                return;
            }
            Ok(reply) => {
                self.violation(format!("a registration was answered with {}", reply.status));
                unexpected(reply.status)
            }
            Err(why) => why,
        };
        self.log(pass, |subject| subject.registration(&why)).await;
    }

    fn set_registered(&self, pass: &HeldPass) {
        let key = (pass.pass_type.clone(), pass.serial.clone());
        if let Some(held) = self.state().passes.get_mut(&key) {
            held.is_registered = true;
        }
        self.0.network.changed();
    }

    pub(super) async fn unregister(&self, pass: &HeldPass) {
        let Some(ask) = self.ask_for_registration(pass, Method::DELETE) else {
            return;
        };
        let why = match self.ask(&ask).await {
            Ok(reply) if reply.status == 200 => return,
            Ok(reply) => {
                self.violation(format!("a removal was answered with {}", reply.status));
                unexpected(reply.status)
            }
            Err(why) => why,
        };
        self.log(pass, |subject| subject.removal(&why)).await;
    }

    /// Asks which passes changed and brings them. The tag counts as seen only once all of them are here.
    pub(super) async fn refresh(&self, pass_type: &str, service: &str) {
        let key = (service.to_owned(), pass_type.to_owned());
        let tag = self.state().tags.get(&key).cloned();
        let path = ["devices", self.0.device.as_str(), "registrations", pass_type];
        let Some(mut url) = address(service, &path) else {
            return;
        };
        if let Some(tag) = &tag {
            url.query_pairs_mut().append_pair("passesUpdatedSince", tag);
        }
        let ask = Ask {
            method: Method::GET,
            url,
            token: None,
            if_modified_since: None,
            body: None,
        };
        let why = match self.ask(&ask).await {
            Ok(reply) if reply.status == 204 => return,
            Ok(reply) if reply.status == 200 => match self.read_list(&reply) {
                Ok(list) => {
                    let mut has_all = true;
                    for serial in &list.serial_numbers {
                        has_all &= self.fetch(pass_type, serial).await;
                    }
                    if has_all {
                        self.state().tags.insert(key, list.last_updated);
                    }
                    return;
                }
                Err(why) => why,
            },
            Ok(reply) => {
                self.violation(format!(
                    "the list of changed passes was answered with {}",
                    reply.status
                ));
                unexpected(reply.status)
            }
            Err(why) => why,
        };
        let line = self.subject(pass_type, "", service).list(tag.as_deref(), &why);
        self.send_log(service, line).await;
    }

    fn read_list(&self, reply: &Reply) -> Result<ChangedList, String> {
        if reply.media_type() != "application/json" {
            self.violation(format!("the list is of type `{}`", reply.media_type()));
        }
        let list: ChangedList = serde_json::from_slice(&reply.body).map_err(|fault| {
            self.violation(format!("the list cannot be read: {fault}"));
            format!("The data couldn't be read ({fault})")
        })?;
        if list.serial_numbers.is_empty() {
            self.violation("an empty list was answered with 200, not 204".to_owned());
        }
        if list.last_updated.is_empty() {
            self.violation("the list has an empty tag".to_owned());
        }
        if list.serial_numbers.len() > LIST_MAX {
            return Err(format!("the list has more than {LIST_MAX} serial numbers"));
        }
        Ok(list)
    }

    /// Brings a pass that was listed; whether the phone is done with it.
    async fn fetch(&self, pass_type: &str, serial: &str) -> bool {
        let key = (pass_type.to_owned(), serial.to_owned());
        let held = self.state().passes.get(&key).cloned();
        let Some(held) = held else {
            if !self.state().former.contains(&key) {
                self.violation(format!("`{serial}` was listed and never was on this phone"));
            }
            return true;
        };
        let Some(ask) = self.ask_for_pass(&held, Method::GET) else {
            return true;
        };
        let (is_done, why) = match self.ask(&ask).await {
            Ok(reply) if reply.status == 200 => match self.read(&reply).await {
                Ok(new) => {
                    if !self.replace(&held, new, &reply) {
                        self.log_unchanged(&held).await;
                    }
                    return true;
                }
                Err(refused) => {
                    self.violation(format!("the update of `{serial}` was refused: {refused}"));
                    (false, refused.to_string())
                }
            },
            Ok(reply) if reply.status == 304 => {
                self.log_unchanged(&held).await;
                return true;
            }
            Ok(reply) => {
                self.violation(format!("a pass was answered with {}", reply.status));
                (false, unexpected(reply.status))
            }
            Err(why) => (false, why),
        };
        let since = held.last_modified.as_deref();
        self.log(&held, |subject| subject.fetch(since, &why)).await;
        is_done
    }

    /// Puts a new version in place of the old one; whether it differs from it.
    fn replace(&self, held: &HeldPass, mut new: HeldPass, reply: &Reply) -> bool {
        let modified = reply.header("last-modified").map(str::to_owned);
        self.check_update(held, &new, reply, modified.as_deref());
        if (&new.pass_type, &new.serial) != (&held.pass_type, &held.serial) {
            return true;
        }
        let is_other = new.contents != held.contents;
        new.last_modified = modified;
        new.is_registered = held.is_registered;
        new.version = held.version + u64::from(is_other);
        let text = change_text(held, &new).filter(|_| is_other);
        {
            let mut state = self.state();
            if let Some(text) = text {
                state.notices_count += 1;
                let notice = Notice {
                    number: state.notices_count,
                    at: self.0.network.now(),
                    title: new.organization.clone(),
                    text,
                    card: new.serial.clone(),
                };
                push_bounded(&mut state.notices, notice);
            }
            let key = (new.pass_type.clone(), new.serial.clone());
            state.passes.insert(key, new);
        }
        self.0.network.changed();
        is_other
    }

    /// Notes what an update may not do.
    fn check_update(&self, held: &HeldPass, new: &HeldPass, reply: &Reply, modified: Option<&str>) {
        if reply.media_type() != PASS_CONTENT_TYPE {
            self.violation(format!("a pass came as `{}`", reply.media_type()));
        }
        if (&new.pass_type, &new.serial) != (&held.pass_type, &held.serial) {
            self.violation(format!("`{}` came instead of `{}`", new.serial, held.serial));
        }
        let token = |pass: &HeldPass| pass.token.as_ref().map(|token| token.expose().to_owned());
        if token(new) != token(held) {
            self.violation(format!("the token of `{}` changed in an update", held.serial));
        }
        let time = |text: Option<&str>| text.and_then(Time::parse_http_date);
        let Some(now) = time(modified) else {
            self.violation("a pass came without a Last-Modified that can be read".to_owned());
            return;
        };
        match time(held.last_modified.as_deref()) {
            Some(before) if now < before => {
                self.violation(format!("Last-Modified of `{}` went back", held.serial));
            }
            Some(before) if now == before && new.contents != held.contents => {
                self.violation(format!(
                    "two versions of `{}` have one Last-Modified",
                    held.serial
                ));
            }
            _ => (),
        }
    }

    fn ask_for_registration<'a>(&self, pass: &'a HeldPass, method: Method) -> Option<Ask<'a>> {
        let path = [
            "devices",
            self.0.device.as_str(),
            "registrations",
            &pass.pass_type,
            &pass.serial,
        ];
        Some(Ask {
            method,
            url: address(pass.service.as_deref()?, &path)?,
            token: pass.token.as_ref(),
            if_modified_since: None,
            body: None,
        })
    }

    #[expect(clippy::unused_self, reason = "what a phone asks stands with the phone")]
    pub(super) fn ask_for_pass<'a>(&self, pass: &'a HeldPass, method: Method) -> Option<Ask<'a>> {
        Some(Ask {
            method,
            url: address(
                pass.service.as_deref()?,
                &["passes", &pass.pass_type, &pass.serial],
            )?,
            token: pass.token.as_ref(),
            if_modified_since: pass.last_modified.as_deref(),
            body: None,
        })
    }

    /// Asks until something other than an outage comes back, or patience ends; then says why.
    pub(super) async fn ask(&self, ask: &Ask<'_>) -> Result<Reply, String> {
        let patience = self.0.network.patience();
        let mut pause = patience.first_pause;
        let mut why = String::new();
        for attempt in 0..patience.tries.max(1) {
            if attempt > 0 {
                tokio::time::sleep(pause).await;
                pause *= 2;
            }
            let outcome = self.0.network.send(ask).await;
            let exchange = Exchange {
                at: self.0.network.now(),
                method: ask.method.to_string(),
                path: ask.url.path().to_owned(),
                status: outcome.as_ref().ok().map(|reply| reply.status),
            };
            push_bounded(&mut self.state().journal, exchange);
            why = match outcome {
                Ok(reply) if !is_outage(reply.status) => return Ok(reply),
                Ok(reply) => unexpected(reply.status),
                Err(fault) => fault,
            };
        }
        Err(why)
    }

    fn subject<'a>(&'a self, pass_type: &'a str, serial: &'a str, service: &'a str) -> Subject<'a> {
        Subject {
            at: self.0.network.now(),
            device: self.0.device.as_str(),
            pass_type,
            serial,
            service,
        }
    }

    async fn log_unchanged(&self, pass: &HeldPass) {
        if let Some(service) = &pass.service {
            let line = self.subject(&pass.pass_type, &pass.serial, service).unchanged();
            self.send_log(service, line).await;
        }
    }

    async fn log(&self, pass: &HeldPass, line: impl FnOnce(&Subject<'_>) -> String) {
        if let Some(service) = &pass.service {
            let line = line(&self.subject(&pass.pass_type, &pass.serial, service));
            self.send_log(service, line).await;
        }
    }

    /// Writes a line into the issuer's log; a log that cannot be reached has no further log.
    async fn send_log(&self, service: &str, line: String) {
        push_bounded(&mut self.state().log_lines, line.clone());
        let Some(url) = address(service, &["log"]) else {
            return;
        };
        let ask = Ask {
            method: Method::POST,
            url,
            token: None,
            if_modified_since: None,
            body: Some(json!({ "logs": [line] })),
        };
        if let Ok(reply) = self.ask(&ask).await
            && reply.status != 200
        {
            self.violation(format!("the log was answered with {}", reply.status));
        }
    }
}

/// Statuses that pass by themselves.
const fn is_outage(status: u16) -> bool {
    status == 429 || status >= 500
}

/// The address of a call: the pass's web service, `/v1`, and the path.
fn address(service: &str, path: &[&str]) -> Option<Url> {
    let mut url: Url = service.parse().ok()?;
    url.path_segments_mut()
        .ok()?
        .pop_if_empty()
        .push("v1")
        .extend(path);
    Some(url)
}
