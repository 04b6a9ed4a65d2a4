//! Which members Google's loyalty classes and objects have, of which type, and with which words.
//!
//! After the discovery document of the Google Wallet API, revision 20260806. Members that only
//! Google writes are dropped from what a client sends; unknown ones are refused.

use serde_json::{Map, Value};

/// The type of a member.
pub(super) enum Kind {
    Text,
    Bool,
    /// A JSON number.
    Int32,
    /// Taken as number or text, answered as text.
    Int64,
    Double,
    /// One of these words, or its older spelling in camel case.
    Word(&'static [&'static str]),
    List(&'static Kind),
    Object(&'static [Member]),
    /// Not looked into.
    Any,
    /// Written by Google; dropped.
    ReadOnly,
}

pub(super) type Member = (&'static str, Kind);

use Kind::{Any, Bool, Double, Int32, Int64, List, Object, ReadOnly, Text, Word};

static STRING: [Member; 2] = [("language", Text), ("value", Text)];
static LOCALIZED: [Member; 2] = [
    ("defaultValue", Object(&STRING)),
    ("translatedValues", List(&Object(&STRING))),
];
static SOURCE: [Member; 1] = [("uri", Text)];
static IMAGE: [Member; 2] = [
    ("sourceUri", Object(&SOURCE)),
    ("contentDescription", Object(&LOCALIZED)),
];
static DATE: [Member; 1] = [("date", Text)];
static INTERVAL: [Member; 2] = [("start", Object(&DATE)), ("end", Object(&DATE))];
static MESSAGE: [Member; 7] = [
    ("id", Text),
    ("header", Text),
    ("body", Text),
    ("localizedHeader", Object(&LOCALIZED)),
    ("localizedBody", Object(&LOCALIZED)),
    ("displayInterval", Object(&INTERVAL)),
    (
        "messageType",
        Word(&["MESSAGE_TYPE_UNSPECIFIED", "TEXT", "TEXT_AND_NOTIFY"]),
    ),
];
static TEXT_MODULE: [Member; 5] = [
    ("id", Text),
    ("header", Text),
    ("body", Text),
    ("localizedHeader", Object(&LOCALIZED)),
    ("localizedBody", Object(&LOCALIZED)),
];
static LINK: [Member; 4] = [
    ("id", Text),
    ("uri", Text),
    ("description", Text),
    ("localizedDescription", Object(&LOCALIZED)),
];
static LINKS: [Member; 1] = [("uris", List(&Object(&LINK)))];
static PLACE: [Member; 2] = [("latitude", Double), ("longitude", Double)];
static CALLBACK: [Member; 2] = [("url", Text), ("updateRequestUrl", Text)];
static MONEY: [Member; 2] = [("currencyCode", Text), ("micros", Int64)];
static BALANCE: [Member; 4] = [
    ("string", Text),
    ("int", Int32),
    ("double", Double),
    ("money", Object(&MONEY)),
];
static POINTS: [Member; 3] = [
    ("label", Text),
    ("localizedLabel", Object(&LOCALIZED)),
    ("balance", Object(&BALANCE)),
];
static BARCODE: [Member; 5] = [
    (
        "type",
        Word(&[
            "AZTEC",
            "CODE_39",
            "CODE_128",
            "CODABAR",
            "DATA_MATRIX",
            "EAN_8",
            "EAN_13",
            "ITF_14",
            "PDF_417",
            "QR_CODE",
            "UPC_A",
            "TEXT_ONLY",
        ]),
    ),
    ("value", Text),
    ("alternateText", Text),
    ("showCodeText", Object(&LOCALIZED)),
    ("renderEncoding", Word(&["RENDER_ENCODING_UNSPECIFIED", "UTF_8"])),
];

static TOTP_PARAMETER: [Member; 2] = [("key", Text), ("valueLength", Int32)];
static TOTP: [Member; 3] = [
    ("algorithm", Word(&["TOTP_ALGORITHM_UNSPECIFIED", "TOTP_SHA1"])),
    ("periodMillis", Int64),
    ("parameters", List(&Object(&TOTP_PARAMETER))),
];
static ROTATING: [Member; 7] = [
    ("type", Word(&["QR_CODE", "PDF_417"])),
    ("valuePattern", Text),
    ("totpDetails", Object(&TOTP)),
    ("alternateText", Text),
    ("showCodeText", Object(&LOCALIZED)),
    ("renderEncoding", Word(&["RENDER_ENCODING_UNSPECIFIED", "UTF_8"])),
    ("initialRotatingBarcodeValues", Any),
];

const NOTIFY: Kind = Word(&[
    "NOTIFICATION_SETTINGS_FOR_UPDATES_UNSPECIFIED",
    "NOTIFY_ON_UPDATE",
]);

/// A loyalty class.
pub(super) static CLASS: [Member; 44] = [
    ("kind", ReadOnly),
    ("version", ReadOnly),
    ("review", ReadOnly),
    ("id", Text),
    ("issuerName", Text),
    ("localizedIssuerName", Object(&LOCALIZED)),
    ("programName", Text),
    ("localizedProgramName", Object(&LOCALIZED)),
    ("programLogo", Object(&IMAGE)),
    ("wideProgramLogo", Object(&IMAGE)),
    ("heroImage", Object(&IMAGE)),
    ("hexBackgroundColor", Text),
    ("accountNameLabel", Text),
    ("localizedAccountNameLabel", Object(&LOCALIZED)),
    ("accountIdLabel", Text),
    ("localizedAccountIdLabel", Object(&LOCALIZED)),
    ("rewardsTier", Text),
    ("localizedRewardsTier", Object(&LOCALIZED)),
    ("rewardsTierLabel", Text),
    ("localizedRewardsTierLabel", Object(&LOCALIZED)),
    ("secondaryRewardsTier", Text),
    ("localizedSecondaryRewardsTier", Object(&LOCALIZED)),
    ("secondaryRewardsTierLabel", Text),
    ("localizedSecondaryRewardsTierLabel", Object(&LOCALIZED)),
    (
        "reviewStatus",
        Word(&["UNDER_REVIEW", "APPROVED", "REJECTED", "DRAFT"]),
    ),
    ("messages", List(&Object(&MESSAGE))),
    ("textModulesData", List(&Object(&TEXT_MODULE))),
    ("imageModulesData", List(&Any)),
    ("linksModuleData", Object(&LINKS)),
    ("valueAddedModuleData", List(&Any)),
    ("merchantLocations", List(&Object(&PLACE))),
    ("callbackOptions", Object(&CALLBACK)),
    (
        "multipleDevicesAndHoldersAllowedStatus",
        Word(&["MULTIPLE_HOLDERS", "ONE_USER_ALL_DEVICES", "ONE_USER_ONE_DEVICE"]),
    ),
    (
        "viewUnlockRequirement",
        Word(&["UNLOCK_NOT_REQUIRED", "UNLOCK_REQUIRED_TO_VIEW"]),
    ),
    ("enableSmartTap", Bool),
    ("redemptionIssuers", List(&Int64)),
    ("notifyPreference", NOTIFY),
    ("securityAnimation", Any),
    ("countryCode", Text),
    ("homepageUri", Any),
    ("appLinkData", Any),
    ("classTemplateInfo", Any),
    ("discoverableProgram", Any),
    ("locations", Any),
];

/// A loyalty object.
pub(super) static OBJECT: [Member; 30] = [
    ("kind", ReadOnly),
    ("version", ReadOnly),
    ("hasUsers", ReadOnly),
    ("hasLinkedDevice", ReadOnly),
    ("id", Text),
    ("classId", Text),
    ("state", Word(&["ACTIVE", "COMPLETED", "EXPIRED", "INACTIVE"])),
    ("accountName", Text),
    ("accountId", Text),
    ("loyaltyPoints", Object(&POINTS)),
    ("secondaryLoyaltyPoints", Object(&POINTS)),
    ("barcode", Object(&BARCODE)),
    ("rotatingBarcode", Object(&ROTATING)),
    ("messages", List(&Object(&MESSAGE))),
    ("validTimeInterval", Object(&INTERVAL)),
    ("heroImage", Object(&IMAGE)),
    ("textModulesData", List(&Object(&TEXT_MODULE))),
    ("imageModulesData", List(&Any)),
    ("linksModuleData", Object(&LINKS)),
    ("valueAddedModuleData", List(&Any)),
    ("appLinkData", Any),
    ("merchantLocations", List(&Object(&PLACE))),
    ("groupingInfo", Any),
    ("linkedOfferIds", List(&Text)),
    ("linkedObjectIds", List(&Text)),
    ("passConstraints", Any),
    ("saveRestrictions", Any),
    ("smartTapRedemptionValue", Text),
    ("notifyPreference", NOTIFY),
    ("disableExpirationNotification", Bool),
];

/// A message on its way in.
pub(super) static MESSAGE_MEMBERS: &[Member] = &MESSAGE;

/// What was sent, in Google's newer spelling, or why it is refused. Null stays: it means
/// "delete" in a PATCH.
pub(super) fn normalise(members: &'static [Member], sent: &Value) -> Result<Map<String, Value>, String> {
    match normal(&Object(members), sent, "")? {
        Value::Object(fields) => Ok(fields),
        _ => Err("Invalid JSON payload received. Expected an object.".to_owned()),
    }
}

fn normal(kind: &Kind, value: &Value, path: &str) -> Result<Value, String> {
    let wrong = || {
        let shown: String = value.to_string().chars().take(80).collect();
        Err(format!("Invalid value at '{path}': {shown}"))
    };
    if value.is_null() {
        return Ok(Value::Null);
    }
    match kind {
        Any => Ok(value.clone()),
        Text if value.is_string() => Ok(value.clone()),
        Bool if value.is_boolean() => Ok(value.clone()),
        Double if value.is_number() => Ok(value.clone()),
        Int32 => match value.as_i64().map(i32::try_from) {
            Some(Ok(_)) => Ok(value.clone()),
            _ => wrong(),
        },
        Int64 => match value
            .as_i64()
            .map(|number| number.to_string())
            .or_else(|| decimal(value))
        {
            Some(text) => Ok(Value::String(text)),
            None => wrong(),
        },
        Word(words) => {
            let found = value
                .as_str()
                .and_then(|sent| words.iter().find(|word| **word == sent || camel(word) == sent));
            found.map_or_else(wrong, |word| Ok(Value::from(*word)))
        }
        List(inner) => match value.as_array() {
            Some(items) => items
                .iter()
                .enumerate()
                .map(|(index, item)| normal(inner, item, &format!("{path}[{index}]")))
                .collect(),
            None => wrong(),
        },
        Object(members) => match value.as_object() {
            Some(fields) => normal_object(members, fields, path),
            None => wrong(),
        },
        _ => wrong(),
    }
}

fn normal_object(members: &[Member], fields: &Map<String, Value>, path: &str) -> Result<Value, String> {
    let mut out = Map::new();
    for (name, value) in fields {
        let inner = format!("{path}.{name}");
        match members.iter().find(|(known, _)| known == name) {
            Some((_, ReadOnly)) => (),
            Some((_, kind)) => {
                out.insert(name.clone(), normal(kind, value, inner.trim_start_matches('.'))?);
            }
            None => {
                return Err(format!(
                    "Invalid JSON payload received. Unknown name \"{name}\" at '{path}': Cannot find field."
                ));
            }
        }
    }
    Ok(Value::Object(out))
}

fn decimal(value: &Value) -> Option<String> {
    let text = value.as_str()?;
    text.parse::<i64>().ok().map(|_| text.to_owned())
}

/// An answer in the older spelling: every known word in camel case.
pub(super) fn in_older_words(members: &'static [Member], fields: &Map<String, Value>) -> Value {
    older(&Object(members), &Value::Object(fields.clone()))
}

fn older(kind: &Kind, value: &Value) -> Value {
    match (kind, value) {
        (Word(_), Value::String(word)) => Value::String(camel(word)),
        (List(inner), Value::Array(items)) => items.iter().map(|item| older(inner, item)).collect(),
        (Object(members), Value::Object(fields)) => {
            let respelt = fields.iter().map(|(name, value)| {
                let kind = members
                    .iter()
                    .find(|(known, _)| known == name)
                    .map_or(&Any, |(_, kind)| kind);
                (name.clone(), older(kind, value))
            });
            Value::Object(respelt.collect())
        }
        _ => value.clone(),
    }
}

/// `UNDER_REVIEW` as `underReview`.
fn camel(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    let mut is_start = false;
    for letter in word.chars() {
        if letter == '_' {
            is_start = true;
        } else if is_start {
            out.push(letter);
            is_start = false;
        } else {
            out.push(letter.to_ascii_lowercase());
        }
    }
    out
}
