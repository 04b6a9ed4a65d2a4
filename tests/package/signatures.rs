//! The detached CMS signature: strangers verify it, and it is exactly what OpenSSL would write.

use std::process::Command;

use billfold::apple::credentials::PassCredentials;
use billfold::apple::signature::{PassSigner, SignError};
use billfold::simulator::authority::{KeyKind, PassLeaf};
use billfold::types::{Clock as _, SystemClock, Time};
use openssl::cms::{CMSOptions, CmsContentInfo};
use openssl::stack::Stack;
use openssl::x509::X509;
use openssl::x509::store::X509StoreBuilder;
use proptest::prelude::*;

use super::house::{House, PASS_TYPE, TEAM, now, run, run_well, text};

const MANIFEST: &[u8] = b"{\"pass.json\":\"da39a3ee5e6b4b0d3255bfef95601890afd80709\"}\n\r\n";

fn sign_one(signer: &PassSigner, manifest: &[u8], time: Time) -> Vec<u8> {
    signer.sign(&[manifest], time).expect("a signature").remove(0)
}

/// The `openssl` command that checks a signature; the time of the check is the house's.
fn verification(house: &House, tool: &str, signature: &[u8], manifest: &[u8]) -> Command {
    let signature = house.write("signature", signature);
    let manifest = house.write("manifest.json", manifest);
    let out = house.directory.path().join("out");
    let mut command = Command::new("openssl");
    command.args([tool, "-verify", "-binary", "-inform", "DER", "-purpose", "any"]);
    command.args([
        "-in",
        text(&signature),
        "-content",
        text(&manifest),
        "-out",
        text(&out),
    ]);
    command.args([
        "-CAfile",
        text(&house.root_file()),
        "-attime",
        &house.now.secs().to_string(),
    ]);
    command
}

#[test]
fn the_openssl_command_verifies_signatures_of_both_kinds_of_key() {
    for key in [KeyKind::Rsa2048, KeyKind::P256] {
        let house = House::new(key);
        let signature = sign_one(&house.signer(), MANIFEST, house.now);
        for tool in ["cms", "smime"] {
            run_well(&mut verification(&house, tool, &signature, MANIFEST));
            let other = [MANIFEST, b" "].concat();
            let refused = run(&mut verification(&house, tool, &signature, &other));
            assert!(!refused.status.success(), "{key:?} {tool} took another manifest");
        }
    }
}

#[test]
fn a_signature_of_the_year_2055_verifies() {
    let house = House::at(
        Time::parse_rfc3339("2055-06-01T00:00:00Z").expect("a time"),
        KeyKind::Rsa2048,
    );
    let signature = sign_one(&house.signer(), MANIFEST, house.now);
    run_well(&mut verification(&house, "cms", &signature, MANIFEST));
    let mut print = Command::new("openssl");
    print.args(["cms", "-cmsout", "-print", "-noout", "-inform", "DER", "-in"]);
    let printed = run_well(print.arg(house.directory.path().join("signature")));
    assert!(
        printed.contains("GENERALIZEDTIME:Jun  1 00:00:00 2055 GMT"),
        "{printed}"
    );
}

#[test]
fn the_signature_is_byte_for_byte_what_openssl_writes() {
    // OpenSSL signs with the time of the machine, so the certificates must hold now.
    let house = House::at(SystemClock.now(), KeyKind::Rsa2048);
    let mut chain = Stack::new().expect("a stack");
    chain.push(house.authority.wwdr().clone()).expect("a place");
    let flags = CMSOptions::DETACHED | CMSOptions::BINARY | CMSOptions::NOSMIMECAP;
    let (certificate, key) = (&house.leaf.certificate, &house.leaf.key);
    let theirs = CmsContentInfo::sign(Some(certificate), Some(key), Some(&chain), Some(MANIFEST), flags)
        .and_then(|cms| cms.to_der())
        .expect("OpenSSL's signature");
    let ours = sign_one(&house.signer(), MANIFEST, utc_time_in(&theirs));
    assert_eq!(hex::encode(ours), hex::encode(theirs));
}

/// The `signingTime` of a signature in this century.
fn utc_time_in(cms: &[u8]) -> Time {
    let head = b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x05\x31\x0f\x17\x0d";
    let start = cms
        .windows(head.len())
        .position(|window| window == head)
        .expect("a time")
        + head.len();
    let digits = str::from_utf8(&cms[start..start + 12]).expect("digits");
    let part = |from: usize| &digits[from..from + 2];
    let text = format!(
        "20{}-{}-{}T{}:{}:{}Z",
        part(0),
        part(2),
        part(4),
        part(6),
        part(8),
        part(10)
    );
    Time::parse_rfc3339(&text).expect("a time")
}

#[test]
fn a_batch_gives_the_same_signatures_as_one_by_one() {
    let house = House::new(KeyKind::Rsa2048);
    let signer = house.signer();
    let manifests: [&[u8]; 3] = [b"one", b"two", b"three"];
    let one_by_one: Vec<Vec<u8>> = manifests
        .iter()
        .map(|manifest| sign_one(&signer, manifest, house.now))
        .collect();
    assert_eq!(
        signer.sign(&manifests, house.now).expect("signatures"),
        one_by_one
    );
    assert_eq!(
        signer.sign(&[], house.now).expect("nothing to sign"),
        Vec::<Vec<u8>>::new()
    );
}

#[test]
fn threads_share_one_signer() {
    let house = House::new(KeyKind::Rsa2048);
    let signer = house.signer();
    let expected = sign_one(&signer, MANIFEST, house.now);
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let signer = signer.clone();
            std::thread::spawn(move || {
                (0..50)
                    .map(|_| sign_one(&signer, MANIFEST, now()))
                    .collect::<Vec<_>>()
            })
        })
        .collect();
    for thread in threads {
        for signature in thread.join().expect("a thread that ends well") {
            assert_eq!(signature, expected);
        }
    }
}

#[test]
fn nothing_is_signed_outside_the_validity_of_the_certificates() {
    let house = House::new(KeyKind::P256);
    let signer = house.signer();
    let credentials = house.credentials();
    let last = credentials.not_after();
    assert!(signer.sign(&[MANIFEST], last).is_ok());
    let late = signer
        .sign(&[MANIFEST], last.plus_ms(1_000))
        .expect_err("the certificate has run out");
    assert!(matches!(late, SignError::Expired { since, .. } if since == last));
    let sentence = late.to_string();
    assert!(
        sentence.contains("2027-11-21T09:30:00") && sentence.contains(PASS_TYPE),
        "{sentence}"
    );
    let early = signer
        .sign(&[MANIFEST], credentials.not_before().plus_ms(-1))
        .expect_err("not yet");
    assert!(matches!(early, SignError::NotYetValid { from, .. } if from == credentials.not_before()));
}

#[test]
fn nothing_is_signed_after_the_intermediate_has_run_out() {
    let house = House::new(KeyKind::P256);
    let leaf = PassLeaf {
        not_after: now().plus_ms(20 * 365 * 86_400_000),
        ..PassLeaf::sound(PASS_TYPE, TEAM, now())
    };
    let leaf = house.authority.pass_certificate(&leaf).expect("a certificate");
    let wwdr = house.authority.wwdr().clone();
    let credentials = PassCredentials::from_parts(leaf.certificate, leaf.key, wwdr, now()).expect("sound");
    assert!(credentials.expires_at() < credentials.not_after());
    let signer = PassSigner::new(&credentials).expect("a signer");
    let fault = signer
        .sign(&[MANIFEST], credentials.expires_at().plus_ms(1_000))
        .expect_err("run out");
    assert!(fault.to_string().contains("WWDR"), "{fault}");
}

/// Whether OpenSSL takes the signature for the manifest; who may sign is not the question here.
fn holds(signature: &[u8], manifest: &[u8]) -> bool {
    let Ok(mut cms) = CmsContentInfo::from_der(signature) else {
        return false;
    };
    let flags = CMSOptions::BINARY | CMSOptions::NO_SIGNER_CERT_VERIFY;
    let none: Option<&Stack<X509>> = None;
    let store = X509StoreBuilder::new().expect("a store").build();
    cms.verify(
        none.map(|stack| &**stack),
        Some(&store),
        Some(manifest),
        None,
        flags,
    )
    .is_ok()
}

#[test]
fn every_manifest_verifies_and_none_with_a_flipped_bit() {
    for (key, signature_len) in [(KeyKind::Rsa2048, 256), (KeyKind::P256, 64)] {
        let house = House::new(key);
        let signer = house.signer();
        let manifests = proptest::collection::vec(any::<u8>(), 1..3_000);
        let config = ProptestConfig::with_cases(64);
        proptest!(config, |(manifest in manifests, place in any::<proptest::sample::Index>(), bit in 0..8_u8)| {
            let signature = sign_one(&signer, &manifest, house.now);
            prop_assert!(holds(&signature, &manifest));
            let mut other = manifest.clone();
            other[place.index(manifest.len())] ^= 1_u8 << bit;
            prop_assert!(!holds(&signature, &other));
            let mut forged = signature.clone();
            forged[signature.len() - 1 - place.index(signature_len)] ^= 1_u8 << bit;
            prop_assert!(!holds(&forged, &manifest));
        });
    }
}
