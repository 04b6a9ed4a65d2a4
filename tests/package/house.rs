//! What these tests share: an authority, a sound certificate, a design, a directory, commands.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use ::bytes::Bytes;
use billfold::apple::credentials::PassCredentials;
use billfold::apple::package::PassTemplate;
use billfold::apple::signature::PassSigner;
use billfold::simulator::authority::{Authority, Issued, KeyKind, PassLeaf};
use billfold::types::Time;
use tempfile::TempDir;

use crate::keys;

pub(crate) const PASS_TYPE: &str = "pass.com.example.cafe";
pub(crate) const TEAM: &str = "A1B2C3D4E5";

/// When these tests play.
pub(crate) fn now() -> Time {
    Time::parse_rfc3339("2026-11-21T09:30:00Z").expect("a time")
}

/// An authority with one sound certificate, and a directory of its own.
pub(crate) struct House {
    pub(crate) authority: Authority,
    pub(crate) leaf: Issued,
    pub(crate) directory: TempDir,
    pub(crate) now: Time,
}

impl House {
    pub(crate) fn new(key: KeyKind) -> Self {
        Self::at(now(), key)
    }

    pub(crate) fn at(now: Time, key: KeyKind) -> Self {
        let authority = keys::authority(now);
        let leaf = PassLeaf {
            key,
            ..PassLeaf::sound(PASS_TYPE, TEAM, now)
        };
        let leaf = keys::pass_certificate(&authority, &leaf);
        let directory = tempfile::tempdir().expect("a directory");
        Self {
            authority,
            leaf,
            directory,
            now,
        }
    }

    pub(crate) fn credentials(&self) -> PassCredentials {
        let (certificate, key) = (self.leaf.certificate.clone(), self.leaf.key.clone());
        PassCredentials::from_parts(certificate, key, self.authority.wwdr().clone(), self.now).expect("sound")
    }

    pub(crate) fn signer(&self) -> PassSigner {
        PassSigner::new(&self.credentials()).expect("a signer")
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.directory.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        std::fs::write(&path, content).expect("a file");
        path
    }

    /// The authority's root as a file.
    pub(crate) fn root_file(&self) -> PathBuf {
        self.write("root.pem", self.authority.root().to_pem().expect("PEM"))
    }
}

/// Runs a command to its end; one that is not there fails the test with what to do.
pub(crate) fn run(command: &mut Command) -> Output {
    let name = command.get_program().to_string_lossy().into_owned();
    match command.output() {
        Ok(output) => output,
        Err(fault) => panic!("`{name}` does not run ({fault}). `tests/run` installs what the tests need."),
    }
}

/// Runs a command that must succeed, and gives what it printed.
pub(crate) fn run_well(command: &mut Command) -> String {
    let output = run(command);
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "{command:?} failed:\n{out}{err}");
    out.into_owned()
}

pub(crate) const ARABIC: &str = "\"card\" = \"بطاقة الولاء\";\n\"points\" = \"نقاط\";\n";
pub(crate) const ENGLISH: &str = "\"card\" = \"Loyalty card\";\n\"points\" = \"Points\";\n";

/// Files of a small design in two languages.
pub(crate) fn design_files() -> BTreeMap<String, Bytes> {
    [
        ("ar.lproj/pass.strings", ARABIC.as_bytes().to_vec()),
        ("ar.lproj/strip.png", png(5)),
        ("en.lproj/pass.strings", ENGLISH.as_bytes().to_vec()),
        ("icon.png", png(1)),
        ("icon@2x.png", png(2)),
        ("logo.png", png(3)),
        ("strip.png", png(4)),
    ]
    .into_iter()
    .map(|(name, content)| (name.to_owned(), Bytes::from(content)))
    .collect()
}

pub(crate) fn template() -> PassTemplate {
    PassTemplate::new(&design_files()).expect("a template")
}

/// A real image of 29 by 29 points in one colour.
fn png(shade: u8) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, 29, 29);
    encoder.set_color(png::ColorType::Grayscale);
    let mut writer = encoder.write_header().expect("a header");
    writer.write_image_data(&[shade; 29 * 29]).expect("an image");
    writer.finish().expect("an end");
    out
}

/// A store card as the rest of Billfold would write it.
pub(crate) fn pass_json(serial: &str) -> Vec<u8> {
    serde_json::to_vec(&serde_json::json!({
        "formatVersion": 1,
        "passTypeIdentifier": PASS_TYPE,
        "serialNumber": serial,
        "teamIdentifier": TEAM,
        "organizationName": "Café Lina",
        "description": "card",
        "logoText": "Café Lina",
        "backgroundColor": "rgb(31,58,52)",
        "foregroundColor": "rgb(255,255,255)",
        "labelColor": "rgb(207,227,218)",
        "webServiceURL": "https://cards.example.com/apple",
        "authenticationToken": "vxwxd7J8AlNNFPS8k0a0FfUFtq0ewzFdc",
        "barcodes": [
            {"format": "PKBarcodeFormatQR", "message": "4006381333931", "messageEncoding": "iso-8859-1", "altText": "4006 3813"}
        ],
        "storeCard": {
            "headerFields": [{"key": "balance", "label": "points", "value": 1250, "changeMessage": "%@"}],
            "secondaryFields": [
                {"key": "name", "label": "Name", "value": "Lina"},
                {"key": "kind", "label": "points", "value": "card"}
            ],
            "backFields": [{"key": "news", "label": "News", "value": "Two for one on Friday"}]
        }
    }))
    .expect("JSON")
}

/// A path as text for a command line.
pub(crate) fn text(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}
