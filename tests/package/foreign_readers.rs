//! Readers that are not ours open a built pass and find in it what was put in.

use std::path::{Path, PathBuf};
use std::process::Command;

use billfold::apple::package::{Archive, bundle};
use billfold::simulator::authority::KeyKind;
use billfold::types::Time;

use super::house::{ARABIC, House, PASS_TYPE, pass_json, run, run_well, template, text};

const PYTHON_READER: &str = "
import hashlib, json, sys, zipfile
package = zipfile.ZipFile(sys.argv[1])
assert package.testzip() is None
names = package.namelist()
manifest = json.loads(package.read('manifest.json'))
assert len(names) == len(set(names)), names
assert set(names) == set(manifest) | {'manifest.json', 'signature'}, names
for name, digest in manifest.items():
    assert hashlib.sha1(package.read(name)).hexdigest() == digest, name
for entry in package.infolist():
    assert entry.date_time == (1980, 1, 1, 0, 0, 0), entry
print(json.loads(package.read('pass.json'))['serialNumber'], len(names))
";

/// A house with a built pass in the file `card.pkpass`.
fn house_with_pass(key: KeyKind) -> (House, PathBuf) {
    let house = House::new(key);
    let pass = template().build(&pass_json("L-17"), &house.signer(), house.now);
    let path = house.write("card.pkpass", pass.expect("a pass").into_bytes());
    (house, path)
}

fn unpack(path: &Path, directory: &Path) {
    run_well(Command::new("unzip").args(["-q", text(path), "-d", text(directory)]));
}

#[test]
fn unzip_and_python_read_a_pass_and_its_manifest_holds() {
    let (_house, pass) = house_with_pass(KeyKind::Rsa2048);
    let tested = run_well(Command::new("unzip").args(["-t", text(&pass)]));
    assert!(tested.contains("No errors detected"), "{tested}");
    let mut python = Command::new("python3");
    assert_eq!(
        run_well(python.args(["-c", PYTHON_READER, text(&pass)])),
        "L-17 10\n"
    );
}

#[test]
fn unzip_reads_a_bundle_and_the_passes_in_it() {
    let house = House::new(KeyKind::P256);
    let signer = house.signer();
    let build = |serial| {
        template()
            .build(&pass_json(serial), &signer, house.now)
            .expect("a pass")
    };
    let archive: Archive = bundle(&[build("1"), build("2")]).expect("a bundle");
    let path = house.write("cards.pkpasses", archive.into_bytes());
    let folder = house.directory.path().join("cards");
    unpack(&path, &folder);
    for (file, printed) in [("pass-1.pkpass", "1 10\n"), ("pass-2.pkpass", "2 10\n")] {
        let mut python = Command::new("python3");
        assert_eq!(
            run_well(python.args(["-c", PYTHON_READER, text(&folder.join(file))])),
            printed
        );
    }
}

#[test]
fn the_openssl_command_verifies_the_signature_of_an_unpacked_pass() {
    for key in [KeyKind::Rsa2048, KeyKind::P256] {
        let (house, pass) = house_with_pass(key);
        let folder = house.directory.path().join("unpacked");
        unpack(&pass, &folder);
        let verify = || openssl_verify(&house, &folder, house.now);
        run_well(&mut verify());
        house.write("unpacked/manifest.json", "{}");
        let refused = run(&mut verify());
        assert!(!refused.status.success(), "another manifest was taken");
    }
}

fn openssl_verify(house: &House, folder: &Path, now: Time) -> Command {
    let mut command = Command::new("openssl");
    command.args(["cms", "-verify", "-binary", "-inform", "DER", "-purpose", "any"]);
    command.args(["-in", text(&folder.join("signature"))]);
    command.args(["-content", text(&folder.join("manifest.json"))]);
    command.args([
        "-CAfile",
        text(&house.root_file()),
        "-attime",
        &now.secs().to_string(),
    ]);
    command.args(["-out", text(&house.directory.path().join("verified"))]);
    command
}

/// The release of KDE's reader that is installed: where its headers are, and what it links.
struct PassReader {
    headers: &'static str,
    library: &'static str,
    qt: &'static str,
}

const PASS_READERS: [PassReader; 2] = [
    PassReader {
        headers: "/usr/include/KPim6",
        library: "-lKPim6PkPass",
        qt: "Qt6Gui",
    },
    PassReader {
        headers: "/usr/include/KPim",
        library: "-lKPimPkPass",
        qt: "Qt5Gui",
    },
];

/// Compiles the little program around KDE's reader.
fn compile_reader(house: &House) -> PathBuf {
    let reader = PASS_READERS
        .iter()
        .find(|reader| Path::new(reader.headers).join("KPkPass").exists())
        .expect("KDE's KPkPass is not installed (Debian: libkpimpkpass-dev); `tests/run` installs it");
    let flags = run_well(Command::new("pkg-config").args(["--cflags", "--libs", reader.qt]));
    let program = house.directory.path().join("reader");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kpkpass/reader.cpp");
    let mut compiler = Command::new("g++");
    compiler.args([
        "-std=c++17",
        "-fPIC",
        "-I",
        reader.headers,
        "-o",
        text(&program),
        text(&source),
    ]);
    run_well(compiler.arg(reader.library).args(flags.split_whitespace()));
    program
}

/// What KDE's reader prints of a pass for someone who reads this language.
fn read_as(program: &Path, pass: &Path, language: &str) -> String {
    let mut command = Command::new(program);
    command.args([text(pass), language]);
    command
        .env("LC_ALL", "C.UTF-8")
        .env("LANGUAGE", language)
        .env("QT_QPA_PLATFORM", "offscreen");
    run_well(&mut command)
}

/// The facts that are the same in every language.
fn facts() -> Vec<String> {
    vec![
        "store card: 1".to_owned(),
        format!("type: {PASS_TYPE}"),
        "serial: L-17".to_owned(),
        "organisation: Café Lina".to_owned(),
        // KDE's reader looks up only labels and values in the strings, and shows the base images.
        "description: card".to_owned(),
        "strip grey: 4".to_owned(),
        "logo text: Café Lina".to_owned(),
        "background: #1f3a34".to_owned(),
        format!("update: https://cards.example.com/apple/v1/passes/{PASS_TYPE}/L-17"),
        "icon: 29 by 29".to_owned(),
        "barcode: QR 1 4006381333931 / 4006 3813".to_owned(),
        "field: name | Name | Lina".to_owned(),
        "field: news | News | Two for one on Friday".to_owned(),
    ]
}

#[test]
fn kde_reads_a_pass_in_both_languages() {
    let (house, pass) = house_with_pass(KeyKind::Rsa2048);
    let program = compile_reader(&house);
    let (card, points) = ("بطاقة الولاء", "نقاط");
    assert!(ARABIC.contains(card) && ARABIC.contains(points));
    for (language, card, points) in [("ar", card, points), ("en", "Loyalty card", "Points")] {
        let printed = read_as(&program, &pass, language);
        let lines: Vec<&str> = printed.lines().collect();
        let in_this_language = format!("field: kind | {points} | {card}");
        for fact in facts().iter().chain([&in_this_language]) {
            let is_there = lines.contains(&fact.as_str());
            assert!(is_there, "{language}: `{fact}` is not in\n{printed}");
        }
    }
}
