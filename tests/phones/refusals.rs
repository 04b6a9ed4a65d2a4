//! Passes that a phone does not take.

use billfold::apple::verify::{Trust, verify};
use billfold::simulator::authority::Authority;
use billfold::simulator::phones::AddError;

use crate::apple_package::faults::{package_faults, signing_faults};
use crate::apple_package::{HOUSE, Signing, now, package, sound_leaf};
use crate::issuer::{Issuer, MONDAY, SERIAL, Said, phone};

async fn added(issuer: &Issuer, bytes: Vec<u8>) -> Result<String, AddError> {
    issuer.says("GET", "/pass.pkpass", [Said::pass(bytes, MONDAY)]);
    phone().add(&issuer.link()).await
}

/// What a phone refuses a pass for: its errors, else that nobody known vouches for it.
fn reasons(bytes: &[u8]) -> Vec<String> {
    let report = verify(bytes, now(), Some(&[HOUSE.authority.root().clone()]));
    let errors = report.findings.iter().filter(|finding| finding.is_error());
    let errors: Vec<String> = errors.map(|finding| finding.code.to_owned()).collect();
    if errors.is_empty() && report.trust != Trust::GivenRoot {
        return vec!["chain_unknown".to_owned()];
    }
    errors
}

#[tokio::test]
async fn a_phone_refuses_every_fault_for_which_ios_refuses_a_pass() {
    let issuer = Issuer::start().await;
    let signed = signing_faults()
        .into_iter()
        .map(|(codes, signing)| (codes, package(&signing, issuer.json(|_| ()))));
    let mut refused_count = 0;
    for (codes, bytes) in package_faults().into_iter().chain(signed) {
        let reasons = reasons(&bytes);
        let outcome = added(&issuer, bytes).await;
        if reasons.is_empty() {
            assert!(outcome.is_ok(), "{codes:?} are warnings, yet: {outcome:?}");
            continue;
        }
        refused_count += 1;
        match outcome {
            Err(AddError::Refused(refused)) => assert_eq!(refused.0, reasons, "{codes:?}"),
            other => panic!("{codes:?}: {other:?}"),
        }
    }
    assert!(refused_count >= 30, "only {refused_count} faults were tried");
}

#[tokio::test]
async fn only_what_safari_hands_to_wallet_is_taken() {
    let issuer = Issuer::start().await;
    let sound = issuer.pass_of(240);
    let zip = Said::status(200)
        .with("content-type", "application/zip")
        .body(sound.clone());
    issuer.says("GET", "/pass.pkpass", [zip, Said::status(404)]);
    let outcome = phone().add(&issuer.link()).await;
    assert_eq!(outcome, Err(AddError::ContentType("application/zip".to_owned())));
    assert_eq!(phone().add(&issuer.link()).await, Err(AddError::Status(404)));
    assert!(issuer.asked("POST", "/registrations/").is_empty());
    assert_eq!(added(&issuer, sound).await.as_deref(), Ok(SERIAL));
}

#[tokio::test]
async fn an_update_with_a_broken_signature_is_refused_and_logged() {
    let issuer = Issuer::start().await;
    let phone = issuer.phone_with_pass().await;
    let stranger = Authority::new(now()).expect("an authority");
    let leaf = stranger.pass_certificate(&sound_leaf()).expect("a certificate");
    // Signed by a key that is not the certificate's.
    let forged = Signing {
        certificates: Signing::sound().certificates,
        signer: billfold::simulator::authority::Issued {
            certificate: HOUSE.leaf.certificate.clone(),
            key: leaf.key,
        },
        ..Signing::sound()
    };
    let forged = package(
        &forged,
        issuer.json(|json| {
            json["storeCard"]["headerFields"][0]["value"] = 999_999.into();
        }),
    );
    issuer.update(&phone, "tag", Said::pass(forged, MONDAY)).await;
    assert_eq!(phone.pass(SERIAL).expect("the old one").balance, Some(240));
    assert_eq!(phone.notices(), []);
    let line = &issuer.log_lines()[0];
    assert!(line.contains("serial number pss_01"), "{line}");
    assert!(
        line.ends_with("encountered error: Received invalid pass data (signature_invalid)"),
        "{line}"
    );
    assert_eq!(phone.violations().len(), 1, "{:?}", phone.violations());
}
