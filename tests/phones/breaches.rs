//! Where a web service breaks the protocol, the phone notes it and logs what iOS logs.

use billfold::simulator::phones::Phone;

use crate::apple_package::PASS_TYPE;
use crate::issuer::{Issuer, MONDAY, SERIAL, Said, TUESDAY, phone};

fn has_noted(phone: &Phone, words: &str) -> bool {
    let noted = phone.violations();
    noted.len() == 1 && noted[0].contains(words)
}

#[tokio::test]
async fn a_listed_pass_that_did_not_change_is_logged_in_apples_words() {
    let issuer = Issuer::start().await;
    let phone = issuer.phone_with_pass().await;
    issuer.update(&phone, "tag 1", Said::status(304)).await;
    issuer
        .update(&phone, "tag 2", Said::pass(issuer.pass_of(240), MONDAY))
        .await;
    let lines = issuer.log_lines();
    assert_eq!(lines.len(), 2);
    for line in &lines {
        assert!(
            line.ends_with("Server requested update to serial number 'pss_01', but the pass was unchanged"),
            "{line}"
        );
    }
    assert_eq!(phone.log_lines(), lines);
    assert_eq!(phone.notices(), []);
    assert_eq!(phone.pass(SERIAL).expect("the pass").version, 1);
}

#[tokio::test]
async fn every_unexpected_status_is_logged_with_what_it_answered() {
    let issuer = Issuer::start().await;
    issuer.says("POST", "/registrations/", [Said::status(401)]);
    issuer.says("GET", "/pass.pkpass", [Said::pass(issuer.pass_of(240), MONDAY)]);
    let phone = phone();
    phone.add(&issuer.link()).await.expect("a sound pass");
    assert!(!phone.pass(SERIAL).expect("it stays").is_registered);
    assert!(has_noted(&phone, "registration was answered with 401"));

    let phone = issuer.phone_with_pass().await;
    issuer.says("GET", "/registrations/", [Said::status(400)]);
    phone.on_push(PASS_TYPE).await;
    assert!(has_noted(&phone, "list of changed passes was answered with 400"));

    let phone = issuer.phone_with_pass().await;
    issuer.update(&phone, "tag", Said::status(401)).await;
    assert!(has_noted(&phone, "pass was answered with 401"));

    let phone = issuer.phone_with_pass().await;
    issuer.says("DELETE", "/registrations/", [Said::status(204)]);
    phone.remove(SERIAL).await;
    assert!(has_noted(&phone, "removal was answered with 204"));

    let lines = issuer.log_lines();
    let starts = [
        "Register task",
        "Get serial #s task",
        "Get pass task",
        "Unregister task",
    ];
    let codes = [401, 400, 401, 204];
    assert_eq!(lines.len(), starts.len());
    for ((line, start), code) in lines.iter().zip(starts).zip(codes) {
        assert!(line.contains(&format!("] {start} (")), "{line}");
        assert!(line.contains(&format!("pass type {PASS_TYPE}")), "{line}");
        assert!(
            line.ends_with(&format!("error: Unexpected response code {code}")),
            "{line}"
        );
    }
}

#[tokio::test]
async fn a_new_registration_must_be_answered_with_201_and_a_known_one_may_be_with_200() {
    let issuer = Issuer::start().await;
    issuer.says("POST", "/registrations/", [Said::status(200)]);
    issuer.says("GET", "/pass.pkpass", [Said::pass(issuer.pass_of(240), MONDAY)]);
    let hasty = phone();
    hasty.add(&issuer.link()).await.expect("a sound pass");
    assert!(has_noted(&hasty, "200, not 201"));

    let phone = issuer.phone_with_pass().await;
    issuer.says("POST", "/registrations/", [Said::status(200)]);
    issuer.says("GET", "/pass.pkpass", [Said::pass(issuer.pass_of(240), MONDAY)]);
    phone.add(&issuer.link()).await.expect("a sound pass");
    assert_eq!(phone.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn a_list_that_apple_does_not_allow_is_noted() {
    let lists = [
        (Said::list("tag", &[]), "empty list was answered with 200"),
        (Said::list("", &[SERIAL]), "empty tag"),
        (Said::list("tag", &["pss_99"]), "never was on this phone"),
        (
            Said::status(200)
                .with("content-type", "application/json")
                .body("{}"),
            "cannot be read",
        ),
    ];
    for (list, words) in lists {
        let issuer = Issuer::start().await;
        let phone = issuer.phone_with_pass().await;
        issuer.says("GET", "/registrations/", [list]);
        issuer.says("GET", "/passes/", [Said::pass(issuer.pass_of(252), TUESDAY)]);
        phone.on_push(PASS_TYPE).await;
        assert!(has_noted(&phone, words), "{words}: {:?}", phone.violations());
    }
}

#[tokio::test]
async fn an_update_that_apple_does_not_allow_is_noted() {
    let issuer = Issuer::start().await;
    let other_token = issuer.pass(|json| json["authenticationToken"] = "fedcba9876543210".into());
    let other_serial = issuer.pass(|json| json["serialNumber"] = "pss_02".into());
    let undated = Said::status(200)
        .with("content-type", "application/vnd.apple.pkpass")
        .body(issuer.pass_of(252));
    let first = Said::pass(issuer.pass_of(252), TUESDAY);
    let updates = [
        (Said::pass(other_token, TUESDAY), "token of `pss_01` changed"),
        (
            Said::pass(other_serial, TUESDAY),
            "`pss_02` came instead of `pss_01`",
        ),
        (undated, "without a Last-Modified"),
    ];
    for (update, words) in updates {
        let phone = issuer.phone_with_pass().await;
        issuer.update(&phone, "tag", update).await;
        assert!(has_noted(&phone, words), "{words}: {:?}", phone.violations());
    }
    let phone = issuer.phone_with_pass().await;
    issuer.update(&phone, "tag 1", first).await;
    issuer
        .update(&phone, "tag 2", Said::pass(issuer.pass_of(264), TUESDAY))
        .await;
    assert!(has_noted(
        &phone,
        "two versions of `pss_01` have one Last-Modified"
    ));

    let phone = issuer.phone_with_pass().await;
    issuer
        .update(&phone, "tag 1", Said::pass(issuer.pass_of(252), TUESDAY))
        .await;
    issuer
        .update(&phone, "tag 2", Said::pass(issuer.pass_of(264), MONDAY))
        .await;
    assert!(has_noted(&phone, "Last-Modified of `pss_01` went back"));
}
