//! What the lock screen says.

use serde_json::{Value, json};

use crate::apple_package::{Signing, package};
use crate::issuer::{Issuer, MONDAY, Said, TUESDAY, phone_reading};

/// Two front fields and a back field; the last has no change message.
fn face(points: i64, tier: &str, note: &str) -> Value {
    json!({
        "headerFields": [{"key": "balance", "label": "Points", "value": points, "changeMessage": "Now %@"}],
        "secondaryFields": [{"key": "tier", "value": tier, "changeMessage": "Welcome to %@"}],
        "backFields": [{"key": "note", "value": note}]
    })
}

async fn notice_after(language: &str, change: Value) -> Vec<String> {
    let issuer = Issuer::start().await;
    let pass = |face: Value| {
        package(&Signing::sound(), |files| {
            issuer.json(|json| json["storeCard"] = face)(files);
            let strings = "\"Now %@\" = \"الآن %@\";\n\"Points\" = \"نقاط\";\n";
            files.insert("ar.lproj/pass.strings".to_owned(), strings.as_bytes().to_vec());
        })
    };
    let phone = phone_reading(language);
    issuer.says(
        "GET",
        "/pass.pkpass",
        [Said::pass(pass(face(240, "silver", "old")), MONDAY)],
    );
    phone.add(&issuer.link()).await.expect("a sound pass");
    issuer
        .update(&phone, "tag", Said::pass(pass(change), TUESDAY))
        .await;
    assert_eq!(phone.violations(), Vec::<String>::new());
    phone.notices().into_iter().map(|notice| notice.text).collect()
}

#[tokio::test]
async fn one_change_says_its_message_several_say_that_there_were_some() {
    let cases = [
        (face(252, "silver", "old"), vec!["Now 252"]),
        (face(240, "gold", "old"), vec!["Welcome to gold"]),
        (face(252, "gold", "old"), vec!["Café Aroma changed"]),
        (face(240, "silver", "new"), vec![]),
        (face(252, "silver", "new"), vec!["Now 252"]),
    ];
    for (change, said) in cases {
        assert_eq!(notice_after("en", change.clone()).await, said, "{change}");
    }
}

#[tokio::test]
async fn a_notice_is_in_the_language_of_the_phone() {
    assert_eq!(notice_after("ar", face(252, "silver", "old")).await, ["الآن 252"]);
    assert_eq!(
        notice_after("ar-EG", face(252, "silver", "old")).await,
        ["الآن 252"]
    );
    assert_eq!(notice_after("fa", face(252, "silver", "old")).await, ["Now 252"]);
}
