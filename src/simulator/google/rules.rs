//! What Google refuses in a whole class or object, beyond names and types; and how a PATCH is
//! laid over what is there.

use serde_json::{Map, Value};

use super::answer::Refusal;
use crate::google::{IssuerId, ResourceId};
use crate::types::Time;

/// Most messages, and most places, of one class or object.
const LIST_MAX: usize = 10;

/// A class or object: its members.
pub(super) type Fields = Map<String, Value>;

/// Lays a PATCH over fields: objects are merged, arrays replaced, null deletes.
pub(super) fn merge(target: &mut Fields, patch: &Fields) {
    for (name, value) in patch {
        match (target.get_mut(name), value) {
            (_, Value::Null) => {
                target.remove(name);
            }
            (Some(Value::Object(inner)), Value::Object(change)) => merge(inner, change),
            _ => {
                target.insert(name.clone(), without_nulls(value));
            }
        }
    }
}

/// A value as it is stored: null means that a member is absent.
pub(super) fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| (name.clone(), without_nulls(value)))
            .collect::<Fields>()
            .into(),
        Value::Array(items) => items.iter().map(without_nulls).collect(),
        other => other.clone(),
    }
}

/// Names of top-level members that differ.
pub(super) fn changed(old: &Fields, new: &Fields) -> Vec<String> {
    let gone = old.keys().filter(|name| !new.contains_key(*name));
    let other = new
        .iter()
        .filter(|(name, value)| old.get(*name) != Some(*value))
        .map(|(name, _)| name);
    gone.chain(other).cloned().collect()
}

/// Reads an id and sees that it is of this issuer.
pub(super) fn own_id(text: &str, issuer: &IssuerId) -> Result<ResourceId, Refusal> {
    let id: ResourceId = text
        .parse()
        .map_err(|_| Refusal::invalid(format!("Invalid resource ID: {text}.")))?;
    if id.issuer() != issuer {
        return Err(Refusal::new(
            403,
            "insufficientPermissions",
            format!("Issuer {} is not yours.", id.issuer()),
        ));
    }
    Ok(id)
}

pub(super) fn text<'f>(fields: &'f Fields, name: &str) -> Option<&'f str> {
    fields.get(name).and_then(Value::as_str)
}

/// Checks a whole class.
pub(super) fn check_class(class: &Fields) -> Result<(), Refusal> {
    for name in ["id", "issuerName", "programName", "programLogo", "reviewStatus"] {
        required(class, name)?;
    }
    check_lists(class)?;
    if let Some(color) = text(class, "hexBackgroundColor") {
        let is_color = color.strip_prefix('#').is_some_and(|hex| {
            matches!(hex.len(), 3 | 6) && hex.bytes().all(|byte| byte.is_ascii_hexdigit())
        });
        if !is_color {
            return Err(Refusal::invalid(format!("Invalid hexBackgroundColor: {color}.")));
        }
    }
    let callback = class
        .get("callbackOptions")
        .and_then(|options| options.get("url"));
    if let Some(url) = callback.and_then(Value::as_str) {
        check_address(url, "callbackOptions.url")?;
    }
    Ok(())
}

/// Checks a whole object; its class is looked up by the caller.
pub(super) fn check_object(object: &Fields) -> Result<(), Refusal> {
    for name in ["id", "classId", "state"] {
        required(object, name)?;
    }
    check_lists(object)?;
    for name in ["loyaltyPoints", "secondaryLoyaltyPoints"] {
        let Some(points) = object.get(name) else { continue };
        let kinds = points
            .get("balance")
            .and_then(Value::as_object)
            .map_or(0, Map::len);
        if kinds != 1 {
            return Err(Refusal::invalid(format!(
                "{name}.balance must have exactly one of string, int, double and money, not {kinds}."
            )));
        }
    }
    if let Some(code) = object.get("barcode").and_then(Value::as_object) {
        check_barcode(code)?;
    }
    if let Some(code) = object.get("rotatingBarcode").and_then(Value::as_object) {
        check_rotating(code)?;
    }
    let date = |end: &str| object.get("validTimeInterval")?.get(end)?.get("date")?.as_str();
    for end in ["start", "end"] {
        if let Some(date) = date(end).filter(|date| Time::parse_rfc3339(date).is_err()) {
            return Err(Refusal::invalid(format!("Invalid date: {date}.")));
        }
    }
    Ok(())
}

fn check_barcode(code: &Fields) -> Result<(), Refusal> {
    required(code, "type")?;
    let is_qr = text(code, "type") == Some("QR_CODE");
    if code.contains_key("renderEncoding") && !is_qr {
        return Err(Refusal::invalid("renderEncoding is for QR_CODE only."));
    }
    if text(code, "type") == Some("TEXT_ONLY") && code.contains_key("alternateText") {
        return Err(Refusal::invalid("alternateText is not for TEXT_ONLY."));
    }
    Ok(())
}

/// What Google asks of a rotating barcode: a known algorithm, a period, and a key in Base16 for each value that the
/// pattern names.
fn check_rotating(code: &Fields) -> Result<(), Refusal> {
    let refused = |why: String| Err(Refusal::invalid(format!("rotatingBarcode: {why}.")));
    required(code, "type")?;
    required(code, "valuePattern")?;
    if code.contains_key("initialRotatingBarcodeValues") {
        return refused("initialRotatingBarcodeValues is for transit passes only".to_owned());
    }
    let Some(details) = code.get("totpDetails").and_then(Value::as_object) else {
        return refused("totpDetails is required".to_owned());
    };
    if text(details, "algorithm") != Some("TOTP_SHA1") {
        return refused("the algorithm must be TOTP_SHA1".to_owned());
    }
    let period = text(details, "periodMillis").and_then(|text| text.parse::<i64>().ok());
    if period.is_none_or(|period| period <= 0) {
        return refused("periodMillis must be a number above 0".to_owned());
    }
    let parameters = details.get("parameters").and_then(Value::as_array);
    let parameters = parameters.map(Vec::as_slice).unwrap_or_default();
    for parameter in parameters {
        let key = parameter.get("key").and_then(Value::as_str).unwrap_or_default();
        let is_hex = key.bytes().all(|byte| byte.is_ascii_hexdigit());
        if key.is_empty() || key.len() % 2 != 0 || !is_hex {
            return refused("a key must be in Base16".to_owned());
        }
        let length = parameter.get("valueLength").and_then(Value::as_i64);
        if !length.is_some_and(|length| (1..=9).contains(&length)) {
            return refused("valueLength must be 1 to 9".to_owned());
        }
    }
    let mut rest = text(code, "valuePattern").unwrap_or_default();
    let mut values = 0;
    while let Some((_, after)) = rest.split_once('{') {
        let Some((name, tail)) = after.split_once('}') else {
            return refused("valuePattern has an open brace".to_owned());
        };
        let number = name.strip_prefix("totp_value_").map(str::parse::<usize>);
        match (name, number) {
            ("totp_timestamp_millis" | "totp_timestamp_seconds", _) => (),
            (_, Some(Ok(number))) if number < parameters.len() => values += 1,
            _ => return refused(format!("valuePattern names {{{name}}}, which is nothing")),
        }
        rest = tail;
    }
    if values == 0 {
        return refused("valuePattern names no value".to_owned());
    }
    Ok(())
}

fn check_lists(fields: &Fields) -> Result<(), Refusal> {
    for name in ["messages", "merchantLocations"] {
        let len = fields.get(name).and_then(Value::as_array).map_or(0, Vec::len);
        if len > LIST_MAX {
            return Err(Refusal::invalid(format!(
                "{name} has {len} entries, the maximum is {LIST_MAX}."
            )));
        }
    }
    let modules = fields.get("textModulesData").and_then(Value::as_array);
    for module in modules.into_iter().flatten() {
        let id = module.get("id").and_then(Value::as_str).unwrap_or_default();
        let is_safe = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        if !id.bytes().all(is_safe) {
            return Err(Refusal::invalid(format!("Invalid textModulesData id: {id}.")));
        }
    }
    Ok(())
}

fn required(fields: &Fields, name: &str) -> Result<(), Refusal> {
    let is_there = match fields.get(name) {
        Some(Value::String(text)) => !text.is_empty(),
        Some(_) => true,
        None => false,
    };
    if is_there {
        return Ok(());
    }
    Err(Refusal::invalid(format!("{name} is required.")))
}

/// https anywhere; http on this machine only, which Google itself would never take.
pub(super) fn check_address(url: &str, name: &str) -> Result<(), Refusal> {
    let parsed = reqwest::Url::parse(url).ok();
    let is_sound = parsed.is_some_and(|url| match url.scheme() {
        "https" => true,
        "http" => matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]")),
        _ => false,
    });
    if is_sound {
        return Ok(());
    }
    Err(Refusal::invalid(format!(
        "{name} must be an https address: {url}."
    )))
}

/// Addresses of all images in a class or object.
pub(super) fn image_addresses(fields: &Fields) -> Vec<String> {
    ["programLogo", "wideProgramLogo", "heroImage"]
        .iter()
        .filter_map(|name| fields.get(*name)?.get("sourceUri")?.get("uri")?.as_str())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_patch_merges_objects_replaces_arrays_and_deletes_at_null() {
        let fields = |value: Value| value.as_object().expect("an object").clone();
        let mut target = fields(json!({ "a": { "b": 1, "c": 2 }, "list": [1, 2], "gone": "x" }));
        let patch =
            fields(json!({ "a": { "b": null, "d": 3 }, "list": [9], "gone": null, "new": { "n": null } }));
        merge(&mut target, &patch);
        assert_eq!(
            Value::Object(target),
            json!({ "a": { "c": 2, "d": 3 }, "list": [9], "new": {} })
        );
    }
}
