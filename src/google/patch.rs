//! The difference between what Google has of a card and what it shall have, as a PATCH.
//!
//! Google merges objects, replaces arrays as a whole and takes null for "delete". A changed
//! top-level field is sent whole, with null for each part that went: that is right whether
//! Google merges below the top level or replaces, and keeps a label beside its balance.

use serde_json::{Map, Value, json};

/// Fields of a loyalty object that we write. `messages` is absent: they come by `addMessage`
/// and a write must never touch them.
const OBJECT_FIELDS: [&str; 11] = [
    "classId",
    "state",
    "accountName",
    "accountId",
    "loyaltyPoints",
    "secondaryLoyaltyPoints",
    "barcode",
    "rotatingBarcode",
    "validTimeInterval",
    "textModulesData",
    "heroImage",
];

/// Fields of a loyalty class that we write.
const CLASS_FIELDS: [&str; 19] = [
    "issuerName",
    "localizedIssuerName",
    "programName",
    "localizedProgramName",
    "accountNameLabel",
    "localizedAccountNameLabel",
    "accountIdLabel",
    "localizedAccountIdLabel",
    "hexBackgroundColor",
    "multipleDevicesAndHoldersAllowedStatus",
    "countryCode",
    "programLogo",
    "wideProgramLogo",
    "heroImage",
    "merchantLocations",
    "textModulesData",
    "linksModuleData",
    "callbackOptions",
    "reviewStatus",
];

/// Changes of which Google tells the holder, if asked to (Google Wallet, "Trigger push
/// notifications for passes").
const NOTIFYING: [&str; 2] = ["/loyaltyPoints/balance", "/secondaryLoyaltyPoints/balance"];

/// What to send so that an object that was `old` becomes `new`; `None` if nothing changed.
/// With `old` unknown everything is sent, null for every field of ours that `new` lacks.
pub fn object_patch(old: Option<&Value>, new: &Value) -> Option<Value> {
    let mut patch = match old {
        Some(old) => changed_fields(old, new),
        None => whole(new, &OBJECT_FIELDS),
    };
    if patch.is_empty() {
        return None;
    }
    // Google sets the state of a card whose time ran out; a new end must bring it back.
    if patch.contains_key("validTimeInterval")
        && let Some(state) = new.get("state")
    {
        patch.insert("state".to_owned(), state.clone());
    }
    let is_told = |path: &str| old.is_none_or(|old| old.pointer(path) != new.pointer(path));
    if NOTIFYING.iter().any(|path| is_told(path)) {
        patch.insert("notifyPreference".to_owned(), json!("NOTIFY_ON_UPDATE"));
    }
    Some(Value::Object(patch))
}

/// Takes the wish for a notice on the phone out of a patch.
pub fn hush(mut patch: Value) -> Value {
    if let Some(fields) = patch.as_object_mut() {
        fields.remove("notifyPreference");
    }
    patch
}

/// What to send so that a class of any state becomes `new`, notices to holders excepted.
pub fn class_patch(new: &Value) -> Value {
    let mut patch = whole(new, &CLASS_FIELDS);
    patch.insert("reviewStatus".to_owned(), json!("UNDER_REVIEW"));
    Value::Object(patch)
}

/// What to send so that nothing of the holder is left in an object: Google deletes no objects.
pub fn blanked_object() -> Value {
    json!({
        "state": "INACTIVE",
        "accountName": null,
        "accountId": null,
        "loyaltyPoints": null,
        "secondaryLoyaltyPoints": null,
        "barcode": null,
        "rotatingBarcode": null,
        "smartTapRedemptionValue": null,
        "heroImage": null,
        "linksModuleData": null,
        "messages": [],
        "textModulesData": [],
        "imageModulesData": [],
    })
}

fn whole(new: &Value, fields: &[&str]) -> Map<String, Value> {
    fields
        .iter()
        .map(|name| ((*name).to_owned(), new.get(*name).cloned().unwrap_or(Value::Null)))
        .chain(
            entries(new)
                .filter(|(name, _)| *name != "id")
                .map(|(name, value)| (name.clone(), value.clone())),
        )
        .collect()
}

fn changed_fields(old: &Value, new: &Value) -> Map<String, Value> {
    let gone = entries(old)
        .filter(|(name, _)| new.get(name.as_str()).is_none())
        .map(|(name, _)| (name.clone(), Value::Null));
    let changed = entries(new)
        .filter(|(name, value)| old.get(name.as_str()) != Some(*value))
        .map(|(name, value)| (name.clone(), with_nulls(old.get(name.as_str()), value)));
    gone.chain(changed).filter(|(name, _)| name != "id").collect()
}

/// The new value, with null for every part that only the old one has.
fn with_nulls(old: Option<&Value>, new: &Value) -> Value {
    let (Some(Value::Object(old)), Value::Object(new)) = (old, new) else {
        return new.clone();
    };
    let gone = old
        .keys()
        .filter(|name| !new.contains_key(*name))
        .map(|name| (name.clone(), Value::Null));
    let kept = new
        .iter()
        .map(|(name, value)| (name.clone(), with_nulls(old.get(name), value)));
    Value::Object(gone.chain(kept).collect())
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card(balance: &Value) -> Value {
        json!({
            "id": "33.card", "classId": "33.class", "state": "ACTIVE", "accountName": "Lina",
            "loyaltyPoints": { "label": "Points", "balance": balance },
            "textModulesData": [{ "id": "a", "body": "one" }, { "id": "b", "body": "two" }],
        })
    }

    #[test]
    fn a_changed_balance_sends_the_points_and_nothing_else() {
        let (old, new) = (card(&json!({ "int": 10 })), card(&json!({ "int": 22 })));
        assert_eq!(
            object_patch(Some(&old), &new),
            Some(json!({
                "loyaltyPoints": { "label": "Points", "balance": { "int": 22 } },
                "notifyPreference": "NOTIFY_ON_UPDATE",
            }))
        );
        assert_eq!(object_patch(Some(&new), &new), None);
    }

    #[test]
    fn a_balance_of_another_kind_deletes_the_old_kind() {
        let old = card(&json!({ "int": 10 }));
        let new = card(&json!({ "string": "3000000000" }));
        let patch = object_patch(Some(&old), &new).expect("changed");
        assert_eq!(
            patch.pointer("/loyaltyPoints/balance"),
            Some(&json!({ "int": null, "string": "3000000000" }))
        );
    }

    #[test]
    fn arrays_go_whole_gone_fields_as_null_and_neither_notifies() {
        let old = card(&json!({ "int": 10 }));
        let mut new = old.clone();
        new["textModulesData"][1]["body"] = json!("three");
        new.as_object_mut().expect("an object").remove("accountName");
        assert_eq!(
            object_patch(Some(&old), &new),
            Some(json!({
                "accountName": null,
                "textModulesData": [{ "id": "a", "body": "one" }, { "id": "b", "body": "three" }],
            }))
        );
    }

    #[test]
    fn a_label_alone_does_not_notify_and_goes_with_its_balance() {
        let old = card(&json!({ "int": 10 }));
        let mut new = old.clone();
        new["loyaltyPoints"]["label"] = json!("Beans");
        assert_eq!(
            object_patch(Some(&old), &new),
            Some(json!({ "loyaltyPoints": { "label": "Beans", "balance": { "int": 10 } } }))
        );
    }

    #[test]
    fn a_new_end_sends_the_state_again() {
        let old = card(&json!({ "int": 10 }));
        let mut new = old.clone();
        new["validTimeInterval"] = json!({ "end": { "date": "2027-01-01T00:00:00Z" } });
        let patch = object_patch(Some(&old), &new).expect("changed");
        assert_eq!(patch["state"], "ACTIVE");
    }

    #[test]
    fn an_unknown_old_state_is_overwritten_field_by_field_but_messages_stay() {
        let patch = object_patch(None, &card(&json!({ "int": 10 }))).expect("all of it");
        for name in OBJECT_FIELDS {
            assert!(patch.get(name).is_some(), "{name}");
        }
        assert_eq!(patch["barcode"], Value::Null);
        assert_eq!(patch["notifyPreference"], "NOTIFY_ON_UPDATE");
        assert!(patch.get("messages").is_none());
        assert!(patch.get("id").is_none());
    }
}
