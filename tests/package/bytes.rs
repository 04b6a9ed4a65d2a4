//! The bytes of a package: layout, sharing, determinism, limits.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

use ::bytes::Bytes;
use billfold::apple::package::{
    Archive, BUNDLE_BYTES_MAX, PASS_JSON_BYTES_MAX, PackageError, PassTemplate, SignedPass,
    TEMPLATE_BYTES_MAX, TEMPLATE_FILES_MAX, bundle,
};
use billfold::simulator::authority::KeyKind;
use proptest::prelude::*;
use zip::{CompressionMethod, ZipArchive};

use super::house::{House, design_files, pass_json, template};

/// Names and contents in the order of the file, read by the `zip` crate, which checks the sums.
fn entries_of(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).expect("a zip file");
    (0..archive.len())
        .map(|index| {
            let mut file = archive.by_index(index).expect("an entry");
            assert_eq!(file.compression(), CompressionMethod::Stored);
            assert_eq!(file.unix_mode(), Some(0o100_644));
            let mut content = Vec::new();
            file.read_to_end(&mut content).expect("a content with its sum");
            (file.name().expect("a name in UTF-8").into_owned(), content)
        })
        .collect()
}

fn len_of(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).expect("a length")
}

#[test]
fn the_package_holds_what_went_in_with_pass_json_first() {
    let house = House::new(KeyKind::Rsa2048);
    let json = pass_json("1");
    let pass = template()
        .build(&json, &house.signer(), house.now)
        .expect("a pass");
    assert_eq!(pass.byte_len(), len_of(&pass.clone().into_bytes()));
    assert_eq!(
        pass.parts().map(|part| len_of(part)).sum::<u64>(),
        pass.byte_len()
    );
    let entries = entries_of(&pass.into_bytes());
    let names: Vec<&str> = entries.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "pass.json",
            "manifest.json",
            "signature",
            "ar.lproj/pass.strings",
            "ar.lproj/strip.png",
            "en.lproj/pass.strings",
            "icon.png",
            "icon@2x.png",
            "logo.png",
            "strip.png"
        ]
    );
    assert_eq!(entries[0].1, json);
    for (name, content) in &entries[3..] {
        assert_eq!(&design_files()[name], content, "{name}");
    }
}

#[test]
fn the_manifest_names_every_other_file_but_the_signature() {
    let house = House::new(KeyKind::P256);
    let pass = template()
        .build(&pass_json("1"), &house.signer(), house.now)
        .expect("a pass");
    let mut entries: BTreeMap<String, Vec<u8>> = entries_of(&pass.into_bytes()).into_iter().collect();
    let manifest = entries.remove("manifest.json").expect("a manifest");
    entries.remove("signature").expect("a signature");
    let manifest: BTreeMap<String, String> = serde_json::from_slice(&manifest).expect("JSON");
    let expected: BTreeMap<String, String> = entries
        .into_iter()
        .map(|(name, content)| (name, hex::encode(openssl::sha::sha1(&content))))
        .collect();
    assert_eq!(manifest, expected);
}

#[test]
fn the_same_pass_gives_the_same_bytes() {
    let house = House::new(KeyKind::Rsa2048);
    let build = || {
        let signer = house.signer();
        template()
            .build(&pass_json("1"), &signer, house.now)
            .expect("a pass")
            .into_bytes()
    };
    assert_eq!(build(), build());
}

#[test]
fn passes_of_a_design_share_its_images() {
    let house = House::new(KeyKind::P256);
    let (template, signer) = (template(), house.signer());
    let shared = |serial| {
        let pass = template
            .build(&pass_json(serial), &signer, house.now)
            .expect("a pass");
        let parts: Vec<Bytes> = pass.parts().cloned().collect();
        assert_eq!(parts.len(), 3);
        (parts[1].as_ptr(), parts[1].len())
    };
    assert_eq!(shared("1"), shared("2"));
    assert_eq!(shared("1").1, template.byte_len());
}

#[test]
fn more_files_come_beside_those_that_are_there() {
    let house = House::new(KeyKind::Rsa2048);
    let signer = house.signer();
    let all = design_files();
    let is_strip = |(name, _): &(String, Bytes)| name.ends_with("strip.png");
    let (strips, others): (BTreeMap<_, _>, BTreeMap<_, _>) = all.clone().into_iter().partition(is_strip);
    let bare = PassTemplate::new(&others).expect("a template");
    let whole = bare.with_files(&strips).expect("a template");
    let build = |template: &PassTemplate| {
        let pass = template.build(&pass_json("1"), &signer, house.now);
        pass.expect("a pass")
    };
    let second = |template: &PassTemplate| build(template).parts().nth(1).expect("a part").as_ptr();
    assert_eq!(second(&bare), second(&whole), "shared, not copied");
    assert_eq!(whole.byte_len(), template().byte_len());
    let entries: BTreeMap<_, _> = entries_of(&build(&whole).into_bytes()).into_iter().collect();
    let manifest: BTreeMap<String, String> = serde_json::from_slice(&entries["manifest.json"]).expect("JSON");
    assert_eq!(manifest.len(), all.len() + 1);
    for (name, content) in &all {
        assert_eq!(entries[name], content.to_vec(), "{name}");
        assert_eq!(manifest[name], hex::encode(openssl::sha::sha1(content)), "{name}");
    }
    let refused = whole.with_files(&strips).expect_err("they are there");
    assert!(refused.to_string().contains("there is one already"), "{refused}");
}

#[test]
fn a_batch_gives_the_same_passes_as_one_by_one() {
    let house = House::new(KeyKind::Rsa2048);
    let (template, signer) = (template(), house.signer());
    let jsons: Vec<Vec<u8>> = (0..5).map(|serial| pass_json(&serial.to_string())).collect();
    let slices: Vec<&[u8]> = jsons.iter().map(Vec::as_slice).collect();
    let batch = template.build_many(&slices, &signer, house.now).expect("passes");
    assert_eq!(batch.len(), 5);
    for (json, pass) in jsons.iter().zip(batch) {
        let alone = template.build(json, &signer, house.now).expect("a pass");
        assert_eq!(pass.into_bytes(), alone.into_bytes());
    }
}

#[test]
fn a_design_without_files_makes_a_readable_package() {
    let house = House::new(KeyKind::P256);
    let template = PassTemplate::new(&BTreeMap::new()).expect("a template");
    let pass = template.build(b"{}", &house.signer(), house.now).expect("a pass");
    assert!(pass.parts().all(|part| !part.is_empty()));
    assert_eq!(entries_of(&pass.into_bytes()).len(), 3);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn any_contents_come_back(
        files in proptest::collection::btree_map("[a-z]{1,12}@[23]x\\.png", proptest::collection::vec(any::<u8>(), 0..2_000), 0..12),
        json in proptest::collection::vec(any::<u8>(), 0..4_000),
    ) {
        let house = house_of_this_thread();
        let shared = files.iter().map(|(name, content)| (name.clone(), Bytes::from(content.clone()))).collect();
        let pass = PassTemplate::new(&shared).expect("a template").build(&json, &house.1, house.0).expect("a pass");
        let entries = entries_of(&pass.into_bytes());
        prop_assert_eq!(&entries[0].1, &json);
        prop_assert_eq!(entries.into_iter().skip(3).collect::<BTreeMap<_, _>>(), files);
    }
}

fn house_of_this_thread() -> (billfold::types::Time, billfold::apple::signature::PassSigner) {
    thread_local! {
        static HOUSE: House = House::new(KeyKind::P256);
    }
    HOUSE.with(|house| (house.now, house.signer()))
}

fn one_file(name: &str, len: usize) -> BTreeMap<String, Bytes> {
    BTreeMap::from([(name.to_owned(), Bytes::from(vec![0; len]))])
}

#[test]
fn what_is_too_much_or_misnamed_is_refused() {
    let refusal = |files: &BTreeMap<String, Bytes>| PassTemplate::new(files).expect_err("a refusal");
    let name = refusal(&one_file("../icon.png", 1));
    assert!(matches!(&name, PackageError::Name { name, .. } if name == "../icon.png"));
    assert!(name.to_string().contains("`../icon.png`"), "{name}");
    assert!(matches!(
        refusal(&one_file("signature", 1)),
        PackageError::Name { .. }
    ));

    let large = refusal(&one_file("icon.png", TEMPLATE_BYTES_MAX + 1));
    assert!(matches!(large, PackageError::TooLarge { bytes } if bytes == TEMPLATE_BYTES_MAX + 1));
    let many = (0..=TEMPLATE_FILES_MAX)
        .map(|index| (format!("{index}.png"), Bytes::new()))
        .collect();
    assert!(
        matches!(refusal(&many), PackageError::TooManyFiles { count } if count == TEMPLATE_FILES_MAX + 1)
    );

    let house = House::new(KeyKind::P256);
    let json = vec![b' '; PASS_JSON_BYTES_MAX + 1];
    let fault = template()
        .build(&json, &house.signer(), house.now)
        .expect_err("a refusal");
    assert!(matches!(fault, PackageError::PassJsonTooLarge { bytes } if bytes == json.len()));
}

#[test]
fn an_expired_certificate_builds_no_pass() {
    let house = House::new(KeyKind::P256);
    let late = house.credentials().not_after().plus_ms(1_000);
    let fault = template()
        .build(&pass_json("1"), &house.signer(), late)
        .expect_err("a refusal");
    assert!(matches!(fault, PackageError::Signature(_)));
    assert!(fault.to_string().contains("ran out on 2027-11-21"), "{fault}");
}

fn passes(template: &PassTemplate, count: usize) -> Vec<SignedPass> {
    let house = House::new(KeyKind::P256);
    let signer = house.signer();
    (0..count)
        .map(|serial| {
            template
                .build(&pass_json(&serial.to_string()), &signer, house.now)
                .expect("a pass")
        })
        .collect()
}

#[test]
fn a_bundle_holds_its_passes() {
    let passes = passes(&template(), 3);
    let archive: Archive = bundle(&passes).expect("a bundle");
    let byte_len = archive.byte_len();
    let bytes = archive.into_bytes();
    assert_eq!(len_of(&bytes), byte_len);
    let entries = entries_of(&bytes);
    let names: Vec<&str> = entries.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["pass-1.pkpass", "pass-2.pkpass", "pass-3.pkpass"]);
    for ((_, content), pass) in entries.iter().zip(passes) {
        assert_eq!(&pass.into_bytes(), content);
    }
}

#[test]
fn a_bundle_has_one_to_ten_passes_and_at_most_150_megabytes() {
    let eleven = passes(&template(), 11);
    assert!(matches!(bundle(&[]), Err(PackageError::BundleEmpty)));
    assert!(bundle(&eleven[..10]).is_ok());
    assert!(matches!(
        bundle(&eleven),
        Err(PackageError::BundleTooMany { count: 11 })
    ));

    let heavy = PassTemplate::new(&one_file("strip.png", TEMPLATE_BYTES_MAX)).expect("a template");
    let five = passes(&heavy, 5);
    assert!(matches!(bundle(&five), Err(PackageError::BundleTooLarge { bytes }) if bytes > BUNDLE_BYTES_MAX));
}
