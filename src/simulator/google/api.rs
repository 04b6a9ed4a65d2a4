//! The stand-in for Google Wallet's REST API: loyalty classes and objects.
//!
//! Absent on purpose: `/batch` and `/walletobjects/v1/jwt`, which Billfold does not call.

use http::{HeaderMap, Method, header};
use serde_json::{Value, json};

use super::answer::{Answer, ErrorForm, Refusal, json_answer};
use super::images::fetch_images;
use super::rules::{Fields, image_addresses, own_id, text};
use super::schema::{MESSAGE_MEMBERS, normalise};
use super::world::{Sort, Verb, Write};
use super::{Shared, lock};

/// Where the API's paths begin.
pub(super) const BASE: &str = "/walletobjects/v1/";
/// Most entries of one page of a list.
const PAGE_MAX: usize = 1_000;

/// Answers a call.
pub(super) async fn answer(
    shared: &Shared,
    method: &Method,
    path: &str,
    query: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Answer {
    if let Err(refusal) = admit(shared, headers) {
        return refusal.answer();
    }
    match route(shared, method, path, query, body).await {
        Ok(value) => json_answer(200, &value),
        Err(refusal) => refusal.answer(),
    }
}

/// The rate, the token, and the account's place in the console.
fn admit(shared: &Shared, headers: &HeaderMap) -> Result<(), Refusal> {
    let mut world = lock(&shared.world);
    if !world.rate.take() {
        world.counts.over_rate += 1;
        let message = "Quota exceeded for quota metric 'Requests' and limit 'Requests per second'.";
        return Err(Refusal::new(429, "RESOURCE_EXHAUSTED", message).in_form(ErrorForm::Status));
    }
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "))
        .unwrap_or_default();
    if !world.tokens.is_good(token, shared.clock.now()) {
        let message = "Request had invalid authentication credentials. Expected OAuth 2 access token.";
        return Err(Refusal::new(401, "UNAUTHENTICATED", message).in_form(ErrorForm::Status));
    }
    if !world.switches.is_console_user {
        let message = "Permission denied for the requested resource.";
        return Err(Refusal::new(403, "PERMISSION_DENIED", message).in_form(ErrorForm::Status));
    }
    Ok(())
}

async fn route(
    shared: &Shared,
    method: &Method,
    path: &str,
    query: &str,
    body: &[u8],
) -> Result<Value, Refusal> {
    let unknown = || Refusal::new(404, "notFound", format!("No such method: {method} {path}"));
    let mut parts = path.strip_prefix(BASE).ok_or_else(unknown)?.split('/');
    let sort = match parts.next() {
        Some("loyaltyClass") => Sort::Class,
        Some("loyaltyObject") => Sort::Object,
        _ => return Err(unknown()),
    };
    match (method.as_str(), parts.next(), parts.next()) {
        ("POST", None, None) => write(shared, sort, Verb::Insert, None, body).await,
        ("GET", None, None) => list(shared, sort, query),
        ("GET", Some(id), None) => get(shared, sort, id),
        ("PATCH", Some(id), None) => write(shared, sort, Verb::Patch, Some(id), body).await,
        ("PUT", Some(id), None) => write(shared, sort, Verb::Replace, Some(id), body).await,
        ("POST", Some(id), Some("addMessage")) => add_message(shared, sort, id, body),
        _ => Err(unknown()),
    }
}

fn json_of(body: &[u8]) -> Result<Value, Refusal> {
    serde_json::from_slice(body)
        .map_err(|error| bad_request(&format!("Invalid JSON payload received. {error}")))
}

fn bad_request(message: &str) -> Refusal {
    Refusal::new(400, "INVALID_ARGUMENT", message).in_form(ErrorForm::Status)
}

/// Checks, fetches the images without holding the world, checks again and writes.
async fn write(
    shared: &Shared,
    sort: Sort,
    verb: Verb,
    id: Option<&str>,
    body: &[u8],
) -> Result<Value, Refusal> {
    let sent: Fields = normalise(sort.members(), &json_of(body)?).map_err(|fault| bad_request(&fault))?;
    let id = id
        .or_else(|| text(&sent, "id"))
        .ok_or_else(|| Refusal::invalid("id is required."))?
        .to_owned();
    let write = Write { sort, verb, id, sent };
    let (images, is_fetching) = {
        let world = lock(&shared.world);
        let prepared = world.prepare(&shared.issuer, &write)?;
        (image_addresses(&prepared.new), world.switches.fetches_images)
    };
    if is_fetching {
        fetch_images(shared, &images).await?;
    }
    let now = shared.clock.now();
    let mut world = lock(&shared.world);
    let prepared = world.prepare(&shared.issuer, &write)?;
    let change = world.commit(prepared, now)?;
    let shown = world.shown(sort, &write.id, now).unwrap_or_default();
    drop(world);
    shared.tell(change);
    Ok(shown)
}

fn get(shared: &Shared, sort: Sort, id: &str) -> Result<Value, Refusal> {
    let id = own_id(id, &shared.issuer)?;
    let what = if sort == Sort::Class { "class" } else { "object" };
    lock(&shared.world)
        .shown(sort, id.as_str(), shared.clock.now())
        .ok_or_else(|| Refusal::not_found(what, id.as_str()))
}

fn list(shared: &Shared, sort: Sort, query: &str) -> Result<Value, Refusal> {
    let now = shared.clock.now();
    let parameter = |name: &str| {
        let parsed = reqwest::Url::parse(&format!("http://list/?{query}")).ok()?;
        let found = parsed.query_pairs().find(|(key, _)| key == name)?;
        Some(found.1.into_owned())
    };
    let number = |name: &str| parameter(name).and_then(|text| text.parse::<usize>().ok());
    let world = lock(&shared.world);
    let ids: Vec<&String> = match sort {
        Sort::Class if parameter("issuerId").as_deref() == Some(shared.issuer.as_str()) => {
            world.classes.keys().collect()
        }
        Sort::Class => return Err(bad_request("issuerId is not yours.")),
        Sort::Object => {
            let class_id = parameter("classId").ok_or_else(|| bad_request("classId is required."))?;
            let is_of = |fields: &Fields| text(fields, "classId") == Some(class_id.as_str());
            let objects = world.objects.iter().filter(|(_, held)| is_of(&held.fields));
            objects.map(|(id, _)| id).collect()
        }
    };
    let start = number("token").unwrap_or(0);
    let len = number("maxResults").unwrap_or(PAGE_MAX).clamp(1, PAGE_MAX);
    let page: Vec<Value> = ids
        .iter()
        .skip(start)
        .take(len)
        .filter_map(|id| world.shown(sort, id, now))
        .collect();
    let end = start + page.len();
    let next = (end < ids.len()).then(|| end.to_string());
    Ok(json!({
        "pagination": { "resultsPerPage": page.len(), "nextPageToken": next },
        "resources": page,
    }))
}

fn add_message(shared: &Shared, sort: Sort, id: &str, body: &[u8]) -> Result<Value, Refusal> {
    let id = own_id(id, &shared.issuer)?;
    let sent = json_of(body)?;
    let message = sent
        .get("message")
        .ok_or_else(|| bad_request("message is required."))?;
    let message = normalise(MESSAGE_MEMBERS, message).map_err(|fault| bad_request(&fault))?;
    let now = shared.clock.now();
    let mut world = lock(&shared.world);
    let changes = world.add_message(sort, id.as_str(), message, now)?;
    let shown = world.shown(sort, id.as_str(), now).unwrap_or_default();
    drop(world);
    for change in changes {
        shared.tell(change);
    }
    Ok(json!({ "resource": shown }))
}
