//! A design that uses everything that Google shows, in English and Arabic, and a card of it.

use billfold::loyalty::design::Design;
use billfold::loyalty::face::CardFacts;
use billfold::types::{Points, Text, Time};
use serde_json::json;

pub(crate) fn rich_design() -> Design {
    let hash = "0".repeat(64);
    serde_json::from_value(json!({
        "organization_name": { "en": "Café Aroma", "ar": "مقهى أروما" },
        "description": { "en": "Loyalty card", "ar": "بطاقة ولاء" },
        "colors": { "background": "#1F3A34", "foreground": "#ffffff", "label": "#cfe3da" },
        "images": { "icon.png": hash, "google/logo.png": hash, "google/wide.png": hash, "strip@2x.png": hash },
        "fields": {
            "header": [{ "key": "balance", "label": { "en": "Points", "ar": "نقاط" }, "value": "{balance}" }],
            "secondary": [
                { "key": "name", "label": { "en": "Member", "ar": "العضو" }, "value": "{name}" },
                { "key": "tier", "label": { "en": "Tier", "ar": "الفئة" }, "value": "{tier}" },
            ],
            "auxiliary": [{ "key": "code", "label": { "en": "Card", "ar": "البطاقة" }, "value": "{code}" }],
            "back": [
                { "key": "shop.terms", "label": { "en": "Terms", "ar": "الشروط" },
                  "value": { "en": "One point per euro.", "ar": "نقطة لكل يورو." } },
                { "key": "hello", "label": { "en": "For you", "ar": "لك" },
                  "value": { "en": "Hi {first_name}, you have {balance}.", "ar": "مرحبا {first_name}، لديك {balance}." } },
                { "key": "news", "label": "News", "value": "{message}" },
                { "key": "ends", "label": "Ends", "value": "{expires_at}" },
            ],
        },
        "barcode": { "formats": ["qr", "pdf417"], "message": "{code}", "alt_text": "{code}", "encoding": "utf-8" },
        "locations": [{ "latitude": 52.52, "longitude": 13.405, "relevant_text": "Near you" }],
        "google": {
            "wide_program_logo": "google/wide.png",
            "links": [
                { "id": "site", "uri": "https://aroma.example", "description": { "en": "Our shop", "ar": "متجرنا" } },
                { "id": "call", "uri": "tel:+4930123456", "description": "Call us" },
            ],
            "country_code": "DE",
        },
    }))
    .unwrap()
}

pub(crate) fn facts() -> CardFacts {
    CardFacts {
        code: "7KD2-94QF".to_owned(),
        balance: Points::new(240).unwrap(),
        first_name: "Lina".to_owned(),
        last_name: "Haddad".to_owned(),
        language: "ar".parse().unwrap(),
        program_name: Text::plain("Aroma Club"),
        point_name: serde_json::from_value(json!({ "en": "points", "ar": "نقطة" })).unwrap(),
        tier: "Gold".to_owned(),
        message: String::new(),
        expires_at: Some(Time::parse_rfc3339("2027-11-30T23:59:59Z").unwrap()),
        is_voided: false,
        is_quiet: false,
        progress: billfold::loyalty::face::Progress::default(),
    }
}
