//! The page behind "Add to Google Wallet", and taking a card out again.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::answer::{Answer, Refusal, text_answer};
use super::callbacks::announce;
use super::journal::Push;
use super::jwt::verified_claims;
use super::rules::{own_id, text};
use super::schema::normalise;
use super::world::{Sort, Verb, Write};
use super::{Shared, lock};
use crate::google::CallbackEvent;

/// Seconds by which a link's clock may be ahead.
const AHEAD_SECS: i64 = 300;

/// Opens a save link: verifies it, creates what is not there, and saves the objects it names.
pub(super) fn open(shared: &Arc<Shared>, token: &str) -> Answer {
    match save_all(shared, token) {
        Ok(ids) => {
            let cards: String = ids.iter().map(|id| card(shared, id)).collect();
            page(200, "Added to Google Wallet", &cards)
        }
        // Ordinary users see the heading only; the stand-in says why.
        Err(refusal) => page(
            refusal.status,
            "Something went wrong",
            &format!("<p>{}</p>", escape(&refusal.message)),
        ),
    }
}

/// Saves the objects of a link and returns their ids.
pub(super) fn save_all(shared: &Arc<Shared>, token: &str) -> Result<Vec<String>, Refusal> {
    let claims = checked_claims(shared, token).map_err(Refusal::invalid)?;
    let payload = claims.get("payload").and_then(Value::as_object);
    let entries = |name: &str| {
        let entries = payload.and_then(|payload| payload.get(name)?.as_array());
        entries.cloned().unwrap_or_default()
    };
    for class in entries("loyaltyClasses") {
        create_if_absent(shared, Sort::Class, &class)?;
    }
    let objects = entries("loyaltyObjects");
    if objects.is_empty() {
        return Err(Refusal::invalid("The link names no loyalty object."));
    }
    let ids: Result<Vec<String>, Refusal> = objects
        .iter()
        .map(|object| create_if_absent(shared, Sort::Object, object))
        .collect();
    let ids = ids?;
    for id in &ids {
        save(shared, id)?;
    }
    Ok(ids)
}

fn checked_claims(shared: &Shared, token: &str) -> Result<Value, String> {
    let claims = verified_claims(token, &shared.account_public)
        .map_err(|why| format!("The link is not valid: {why}."))?;
    let has = |name: &str, value: &str| claims.get(name).and_then(Value::as_str) == Some(value);
    if !has("iss", &shared.account.email) {
        return Err("iss is not a registered service account.".to_owned());
    }
    if !has("aud", "google") || !has("typ", "savetowallet") {
        return Err("aud must be google and typ must be savetowallet.".to_owned());
    }
    let now = shared.clock.now().secs();
    match claims.get("iat").and_then(Value::as_i64) {
        Some(iat) if iat <= now + AHEAD_SECS => Ok(claims),
        _ => Err("iat must be whole seconds, and not ahead of time.".to_owned()),
    }
}

/// The id of a class or object in a link, after it was created if it was not there. One that is
/// there stays as it is: the first save wins.
fn create_if_absent(shared: &Shared, sort: Sort, entry: &Value) -> Result<String, Refusal> {
    let sent: Map<String, Value> = normalise(sort.members(), entry).map_err(Refusal::invalid)?;
    let id = own_id(text(&sent, "id").unwrap_or_default(), &shared.issuer)?.to_string();
    let mut world = lock(&shared.world);
    if world.fields(sort, &id).is_some() {
        return Ok(id);
    }
    let verb = Verb::Insert;
    let write = Write { sort, verb, id, sent };
    let prepared = world.prepare(&shared.issuer, &write)?;
    let change = world.commit(prepared, shared.clock.now())?;
    drop(world);
    shared.tell(change);
    Ok(write.id)
}

/// Puts an object into the demo wallet and tells the issuer.
pub(super) fn save(shared: &Arc<Shared>, id: &str) -> Result<(), Refusal> {
    set_users(shared, id, CallbackEvent::Save)
}

/// Takes an object out of the demo wallet and tells the issuer.
pub(super) fn remove(shared: &Arc<Shared>, id: &str) -> Result<(), Refusal> {
    set_users(shared, id, CallbackEvent::Delete)
}

fn set_users(shared: &Arc<Shared>, id: &str, event: CallbackEvent) -> Result<(), Refusal> {
    let is_saved = event == CallbackEvent::Save;
    let change = {
        let mut world = lock(&shared.world);
        let held = world
            .objects
            .get_mut(id)
            .ok_or_else(|| Refusal::not_found("object", id))?;
        held.has_users = is_saved;
        let call = if is_saved { "save" } else { "remove" };
        let changed = vec!["hasUsers".to_owned()];
        world.journal_change(call, id, changed, Push::None, shared.clock.now())
    };
    shared.tell(change);
    announce(shared, id, event);
    Ok(())
}

/// Answers the form of the page's remove button.
pub(super) fn answer_remove(shared: &Arc<Shared>, body: &[u8]) -> Answer {
    let form = String::from_utf8_lossy(body);
    let id = reqwest::Url::parse(&format!("http://form/?{form}"))
        .ok()
        .and_then(|form| {
            let found = form.query_pairs().find(|(key, _)| key == "objectId")?;
            Some(found.1.into_owned())
        })
        .unwrap_or_default();
    match remove(shared, &id) {
        Ok(()) => page(200, "Removed from Google Wallet", ""),
        Err(refusal) => page(
            refusal.status,
            "Something went wrong",
            &format!("<p>{}</p>", escape(&refusal.message)),
        ),
    }
}

fn card(shared: &Shared, id: &str) -> String {
    let shown = lock(&shared.world)
        .shown(Sort::Object, id, shared.clock.now())
        .unwrap_or_default();
    let at = |path: &str| match shown.pointer(path) {
        Some(Value::String(text)) => escape(text),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    let balance = at("/loyaltyPoints/balance/int") + &at("/loyaltyPoints/balance/string");
    format!(
        "<article style=\"background:{color}\"><h2>{program}</h2><p>{holder}</p><p>{label}: <b>{balance}</b></p>\
         <form method=\"post\" action=\"/gp/v/remove\"><input type=\"hidden\" name=\"objectId\" value=\"{id}\">\
         <button>Remove</button></form></article>",
        color = at("/classReference/hexBackgroundColor"),
        program = at("/classReference/programName"),
        holder = at("/accountName"),
        label = at("/loyaltyPoints/label"),
        id = escape(id),
    )
}

fn page(status: u16, title: &str, body: &str) -> Answer {
    text_answer(
        status,
        "text/html; charset=utf-8",
        format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>\
             <style>body{{font:1rem system-ui;margin:3rem auto;max-width:26rem}}\
             article{{color:#fff;border-radius:1rem;padding:1rem}}</style></head>\
             <body><h1>{title}</h1>{body}<p><small>A stand-in for Google Wallet: nothing leaves this machine.</small></p></body></html>"
        ),
    )
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}
