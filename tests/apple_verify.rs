//! What is said of foreign pass files: nothing of a good one, the right thing of a bad one, and no crash on any.
#![cfg(test)]

mod apple_package;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Write as _};
use std::sync::LazyLock;

use apple_package::faults::{manifest_changed_after, package_faults, signing_faults};
use apple_package::{
    DAY_MS, Files, HOUSE, PASS_TYPE, Signing, TEAM, manifest_of, now, pack, package, sign, sound_files,
    sound_leaf, sound_pass,
};
use billfold::apple::credentials::PassCredentials;
use billfold::apple::finding::Severity;
use billfold::apple::package::PassTemplate;
use billfold::apple::pass::{PassIdentity, package_files, pass_json, pass_strings};
use billfold::apple::reader::codes::READ_CODES;
use billfold::apple::reader::{PassFile, ReadError};
use billfold::apple::signature::PassSigner;
use billfold::apple::verify::codes::PASS_CODES;
use billfold::apple::verify::{Report, Trust, verify};
use billfold::loyalty::design::Design;
use billfold::loyalty::face::{CardFace, CardFacts};
use billfold::simulator::authority::{Authority, KeyKind, PassLeaf};
use billfold::types::{Points, Secret, Text};
use bytes::Bytes;
use openssl::cms::{CMSOptions, CmsContentInfo};
use openssl::stack::Stack;
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::{Value, json};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

fn checked(bytes: &[u8]) -> Report {
    verify(bytes, now(), Some(&[HOUSE.authority.root().clone()]))
}

fn codes_of(report: &Report) -> Vec<&'static str> {
    report.findings.iter().map(|finding| finding.code).collect()
}

static SIGNED: LazyLock<Files> = LazyLock::new(|| sign(sound_files(), &Signing::sound()));
static GOOD: LazyLock<Vec<u8>> = LazyLock::new(|| pack(&SIGNED));

#[test]
fn a_good_pass_is_valid_without_a_finding() {
    let report = checked(&GOOD);
    assert_eq!(report.findings, []);
    assert!(report.is_valid);
    assert_eq!(report.identity.pass_type.as_deref(), Some(PASS_TYPE));
    assert_eq!(report.identity.team.as_deref(), Some(TEAM));
    assert_eq!(report.identity.serial.as_deref(), Some("pss_01"));
    assert_eq!(report.style.as_deref(), Some("storeCard"));
    assert_eq!(report.signing_time, Some(now()));
    assert_eq!(report.trust, Trust::GivenRoot);
    assert_eq!(report.languages, ["ar"]);
    assert_eq!(report.entries.len(), 6);
    let signer = report.signed_by.expect("a signer");
    assert_eq!(signer.team.as_deref(), Some(TEAM));
    assert_eq!(signer.valid_until, Some(now().plus_ms(365 * DAY_MS)));
}

#[test]
fn our_own_pass_of_a_rich_design_is_valid_without_a_finding() {
    let mut design: Value = serde_json::from_str(include_str!("golden/rich.design.json")).expect("JSON");
    design["poster"] = json!({"footer": [{"key": "since", "value": "2024"}], "featured_actions": [
        {"identifier": "offers", "type": "viewOffersRewards", "url": "https://example.com/offers"}]});
    let design: Design = serde_json::from_value(design).expect("a design");
    let facts = CardFacts {
        code: "4006381333931".to_owned(),
        balance: Points::ZERO,
        first_name: String::new(),
        last_name: String::new(),
        language: "ar".parse().expect("a tag"),
        program_name: Text::plain("Aroma"),
        point_name: Text::plain("points"),
        tier: String::new(),
        message: String::new(),
        expires_at: None,
        is_voided: false,
        is_quiet: false,
        progress: billfold::loyalty::face::Progress::default(),
    };
    let token = Secret::new("0123456789abcdef");
    let identity = PassIdentity {
        pass_type: PASS_TYPE,
        team: TEAM,
        serial: "pss_01",
        authentication_token: &token,
        web_service_url: "http://127.0.0.1:8080/apple",
    };
    let png = sound_files()["icon.png"].clone();
    let fixed = package_files(&design, |_| Some(Bytes::from(png.clone()))).expect("all images");
    let credentials = PassCredentials::from_parts(
        HOUSE.leaf.certificate.clone(),
        HOUSE.leaf.key.clone(),
        HOUSE.authority.wwdr().clone(),
        now(),
    )
    .expect("credentials");
    let signer = PassSigner::new(&credentials).expect("a signer");
    let json = pass_json(&CardFace::draw(&design, &facts), &identity);
    let template = PassTemplate::new(&fixed).expect("a template");
    let pass = template
        .build(&json, &signer, now())
        .expect("a pass")
        .into_bytes();
    let report = checked(&pass);
    assert_eq!(report.findings, []);
    assert_eq!(report.languages, ["ar", "en"]);
    let opened = PassFile::open(&pass).expect("a pass");
    assert_eq!(opened.check_integrity(&[HOUSE.authority.root().clone()]), Ok(()));
}

#[test]
fn a_signature_of_openssl_itself_is_valid() {
    for kind in [KeyKind::Rsa2048, KeyKind::P256] {
        let leaf = PassLeaf {
            key: kind,
            ..sound_leaf()
        };
        let issued = HOUSE.authority.pass_certificate(&leaf).expect("a certificate");
        let mut files = sound_files();
        let manifest = manifest_of(&files).to_string().into_bytes();
        let mut chain = Stack::new().expect("a stack");
        chain.push(HOUSE.authority.wwdr().clone()).expect("pushed");
        let flags = CMSOptions::DETACHED | CMSOptions::BINARY;
        let cms = CmsContentInfo::sign(
            Some(&issued.certificate),
            Some(&issued.key),
            Some(&chain),
            Some(&manifest),
            flags,
        )
        .expect("signs");
        files.insert("signature".to_owned(), cms.to_der().expect("DER"));
        files.insert("manifest.json".to_owned(), manifest);
        // OpenSSL signs at its own time, so the check is made of the parts that do not depend on it.
        let report = checked(&pack(&files));
        let codes: Vec<_> = codes_of(&report)
            .into_iter()
            .filter(|code| !matches!(*code, "certificate_not_valid_then" | "signed_in_future"))
            .collect();
        assert_eq!(codes, [""; 0], "{kind:?}");
        assert!(report.signing_time.is_some());
    }
}

/// One fault of `pass.json`: the patch that makes it, and what shall be found.
#[derive(Deserialize)]
struct Case {
    severity: Severity,
    code: String,
    pointer: String,
    patch: Value,
}

fn pass_faults() -> Vec<Case> {
    serde_json::from_str(include_str!("golden/pass_faults.json")).expect("a list of cases")
}

/// The second JSON laid over the first (RFC 7396).
fn lay_over(base: &mut Value, patch: &Value) {
    match patch {
        Value::Object(keys) if base.is_object() => {
            for (key, inner) in keys {
                if inner.is_null() {
                    base.as_object_mut().expect("an object").remove(key);
                } else {
                    lay_over(&mut base[key.as_str()], inner);
                }
            }
        }
        other => *base = other.clone(),
    }
}

#[test]
fn each_fault_of_a_package_is_found_with_its_codes() {
    for (codes, bytes) in package_faults() {
        assert_eq!(codes_of(&checked(&bytes)), codes);
    }
}

#[test]
fn each_fault_of_a_signature_is_found_with_its_codes() {
    for (codes, signing) in signing_faults() {
        let report = checked(&package(&signing, |_| ()));
        assert_eq!(codes_of(&report), codes, "{report}");
    }
}

#[test]
fn each_fault_of_pass_json_is_found_with_its_code_and_place() {
    for Case {
        severity,
        code,
        pointer,
        patch,
    } in pass_faults()
    {
        let mut pass = sound_pass();
        lay_over(&mut pass, &patch);
        let report = checked(&package(&Signing::sound(), |files| {
            files.insert("pass.json".to_owned(), pass.to_string().into_bytes());
        }));
        let seen: Vec<_> = report
            .findings
            .iter()
            .filter(|finding| !finding.code.starts_with("certificate_"))
            .map(|finding| (finding.severity, finding.code.to_owned(), finding.pointer.clone()))
            .collect();
        assert_eq!(seen, [(severity, code, pointer)], "{patch}");
    }
}

#[test]
fn every_code_has_a_case() {
    let packages = package_faults();
    let signings = signing_faults();
    let faults = pass_faults();
    let mut tried: BTreeSet<&str> = packages
        .iter()
        .flat_map(|(codes, _)| codes.iter().copied())
        .collect();
    tried.extend(signings.iter().flat_map(|(codes, _)| codes.clone()));
    tried.extend(faults.iter().map(|case| case.code.as_str()));
    // A file that cannot be unpacked has a test of its own.
    tried.insert("entry_unreadable");
    let listed: Vec<&str> = READ_CODES.iter().chain(PASS_CODES).copied().collect();
    let untried: Vec<_> = listed.iter().filter(|code| !tried.contains(**code)).collect();
    assert!(untried.is_empty(), "{untried:?}");
    assert_eq!(
        listed.iter().collect::<BTreeSet<_>>().len(),
        listed.len(),
        "a code is listed twice"
    );
}

#[test]
fn a_torn_file_in_the_archive_is_said_and_the_rest_is_read() {
    let mut files = sign(sound_files(), &Signing::sound());
    files.insert("junk.bin".to_owned(), (0..=255).collect());
    let mut bytes = pack(&files);
    let at = bytes
        .windows(6)
        .position(|six| six == [9, 10, 11, 12, 13, 14])
        .expect("stored as it is");
    bytes[at] ^= 1;
    let report = checked(&bytes);
    assert_eq!(codes_of(&report), ["entry_unreadable"]);
    assert_eq!(report.identity.serial.as_deref(), Some("pss_01"));
}

#[test]
fn archives_that_would_do_harm_are_refused_whole() {
    let zeros = Files::from([("a".to_owned(), vec![0_u8; 3 * 1024 * 1024])]);
    let many: Files = (0..501).map(|at| (format!("{at}.png"), vec![])).collect();
    let bundle = Files::from([
        ("1.pkpass".to_owned(), GOOD.clone()),
        ("2.pkpass".to_owned(), GOOD.clone()),
    ]);
    // Three names for the same 18 MiB: little to send, too much to unpack.
    let mut large = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    large.start_file("0.bin", stored).expect("a file");
    large.write_all(&vec![7; 18 * 1024 * 1024]).expect("bytes");
    for copy in ["1.bin", "2.bin"] {
        large.shallow_copy_file("0.bin", copy).expect("a copy");
    }
    let large = large.finish().expect("an archive").into_inner();
    let mut twins = pack(&Files::from([
        ("aa.png".to_owned(), vec![1]),
        ("ab.png".to_owned(), vec![2]),
    ]));
    for at in 0..twins.len() - 6 {
        if twins[at..at + 6] == *b"ab.png" {
            twins[at + 1] = b'a';
        }
    }
    let error = |bytes: &[u8]| PassFile::open(bytes).expect_err("refused");
    assert!(matches!(error(&pack(&zeros)), ReadError::UnpacksTooLarge { .. }));
    assert!(matches!(error(&large), ReadError::UnpacksTooLarge { .. }));
    assert_eq!(
        error(&pack(&many)),
        ReadError::TooManyEntries {
            entries: 501,
            limit: 500
        }
    );
    assert_eq!(error(&pack(&bundle)), ReadError::Bundle(2));
    assert_eq!(error(&twins), ReadError::TwoFilesOfOneName);
    assert!(matches!(error(b"hello"), ReadError::NotAnArchive(_)));
    assert!(matches!(
        error(&vec![0; 51 * 1024 * 1024]),
        ReadError::TooLarge { .. }
    ));
}

#[test]
fn a_phone_takes_a_whole_pass_under_its_root_and_no_other() {
    let root = HOUSE.authority.root().clone();
    let good = PassFile::open(&GOOD).expect("a pass");
    assert_eq!(good.check_integrity(std::slice::from_ref(&root)), Ok(()));
    let refused = |pass: &PassFile, roots: &[_]| -> Vec<_> {
        pass.check_integrity(roots)
            .expect_err("refused")
            .into_iter()
            .map(|finding| finding.code)
            .collect()
    };
    assert_eq!(refused(&good, &[]), ["chain_unknown"]);
    let stranger = Authority::new(now()).expect("an authority");
    assert_eq!(refused(&good, &[stranger.root().clone()]), ["chain_unknown"]);
    let changed = PassFile::open(&manifest_changed_after()).expect("a pass");
    assert_eq!(refused(&changed, &[root]), ["signature_invalid"]);
}

#[test]
fn the_texts_of_a_package_are_read_back() {
    let pass = PassFile::open(&GOOD).expect("a pass");
    assert_eq!(pass.pass_json()["serialNumber"], "pss_01");
    assert_eq!(pass.text("serialNumber").as_deref(), Some("pss_01"));
    assert_eq!(pass.text("formatVersion").as_deref(), Some("1"));
    assert_eq!(pass.languages(), ["ar"]);
    let strings = pass.strings("ar").expect("strings");
    assert_eq!(
        strings,
        BTreeMap::from([("Points".to_owned(), "نقاط".to_owned())])
    );
    assert_eq!(pass.strings("de"), None);
    assert!(
        pass.file("icon.png")
            .is_some_and(|bytes| bytes.starts_with(b"\x89PNG"))
    );
}

#[test]
fn the_report_reads_as_in_the_golden_file_and_cannot_steer_a_terminal() {
    let mut pass = sound_pass();
    pass["description"] = json!("Points\u{1b}[2J card\u{202e}");
    pass["authenticationToken"] = json!("short");
    pass["maxDistance"] = json!("100");
    let report = checked(&package(
        &Signing {
            digest: "sha1",
            ..Signing::sound()
        },
        |files| {
            files.insert("pass.json".to_owned(), pass.to_string().into_bytes());
            files.retain(|name, _| name != "icon@2x.png");
        },
    ));
    let text = report.to_string();
    let sized = text.lines().map(|line| {
        if line.contains(" bytes") {
            "  files         5"
        } else {
            line
        }
    });
    let text = sized.collect::<Vec<_>>().join("\n");
    assert_eq!(text, include_str!("golden/report.txt").trim_end());
    let json = serde_json::to_value(&report).expect("JSON");
    assert_eq!(json["is_valid"], false);
    assert_eq!(json["findings"][0]["code"], "signature_sha1");
    assert_eq!(json["trust"], "given_root");
}

#[test]
fn five_bytes_are_no_pass_and_no_crash() {
    for bytes in [
        &b""[..],
        b"PK\x05\x06\0",
        b"PK\x03\x04\0",
        b"{\"a\":",
        b"\0\0\0\0\0",
    ] {
        assert_eq!(codes_of(&checked(bytes)), ["not_a_pass"]);
    }
}

/// A cut, flipped or spliced copy of the bytes.
fn mutated(mut bytes: Vec<u8>, edits: &[(u8, usize, u8)]) -> Vec<u8> {
    for (kind, at, byte) in edits {
        let len = bytes.len().max(1);
        let at = at % len;
        match kind % 4 {
            0 => bytes.truncate(at),
            1 => bytes
                .iter_mut()
                .skip(at)
                .take(1)
                .for_each(|place| *place ^= byte | 1),
            2 => {
                let piece: Vec<u8> = bytes.iter().skip(at).take(usize::from(*byte)).copied().collect();
                let to = (at * 31) % len;
                bytes.splice(to.min(bytes.len())..to.min(bytes.len()), piece);
            }
            _ => drop(bytes.drain(at..(at + usize::from(*byte)).min(bytes.len()))),
        }
    }
    bytes
}

fn edits() -> impl Strategy<Value = Vec<(u8, usize, u8)>> {
    proptest::collection::vec((any::<u8>(), any::<usize>(), any::<u8>()), 1..6)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_never_crash_the_reader(head in 0..3_usize, bytes in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        let magic = [&b""[..], b"PK\x03\x04", b"PK\x05\x06"][head];
        prop_assert!(!checked(&[magic, &bytes].concat()).is_valid);
    }

    #[test]
    fn a_damaged_package_never_crashes_the_reader(edits in edits()) {
        let report = checked(&mutated(GOOD.clone(), &edits));
        prop_assert!(!report.to_string().is_empty());
    }

    #[test]
    fn damaged_files_in_a_sound_archive_never_crash_the_reader(name in 0..6_usize, edits in edits()) {
        let mut files = SIGNED.clone();
        let name = files.keys().nth(name).expect("six files").clone();
        let bytes = mutated(files[&name].clone(), &edits);
        let is_changed = bytes != files[&name];
        files.insert(name, bytes);
        prop_assert!(!is_changed || !checked(&pack(&files)).findings.is_empty());
    }

    #[test]
    fn any_translation_is_read_back_under_its_own_key(key in "\\PC{1,20}[\"\\\\\n]?", value in "[^\"]{1,20}") {
        let design = json!({"organization_name": "x", "description": {"en": key, "ar": value}});
        let design: Design = serde_json::from_value(design).expect("a design");
        let is_plain = |text: &str| !text.contains('{');
        prop_assume!(is_plain(&key) && is_plain(&value));
        let files = sound_files().into_iter().chain(pass_strings(&design)).collect();
        let pass = PassFile::open(&pack(&files)).expect("a pass");
        let strings = pass.strings("ar").expect("strings");
        prop_assert_eq!(strings.get(&key), Some(&value));
    }
}
