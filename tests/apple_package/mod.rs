//! Packs and signs pass files for tests, rightly or wrongly in every detail.

pub(crate) mod faults;
#[path = "../house/keys.rs"]
mod keys;

use std::collections::BTreeMap;
use std::io::{Cursor, Write as _};
use std::sync::LazyLock;

use billfold::simulator::authority::{Authority, Issued, PassLeaf};
use billfold::types::Time;
use openssl::asn1::Asn1Object;
use openssl::hash::{MessageDigest, hash};
use openssl::sign::Signer;
use openssl::x509::X509;
use serde_json::{Value, json};
use sha1::{Digest as _, Sha1};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

pub(crate) const PASS_TYPE: &str = "pass.com.example.card";
pub(crate) const TEAM: &str = "A1B2C3D4E5";
pub(crate) const DAY_MS: i64 = 86_400_000;

/// When all passes of these tests are signed.
pub(crate) fn now() -> Time {
    Time::parse_rfc3339("2026-11-21T09:30:00Z").expect("a time")
}

/// An authority and one sound pass certificate of it.
pub(crate) struct House {
    pub(crate) authority: Authority,
    pub(crate) leaf: Issued,
}

pub(crate) static HOUSE: LazyLock<House> = LazyLock::new(|| {
    let authority = keys::authority(now());
    let leaf = keys::pass_certificate(&authority, &sound_leaf());
    House { authority, leaf }
});

pub(crate) fn sound_leaf() -> PassLeaf {
    PassLeaf::sound(PASS_TYPE, TEAM, now())
}

/// How a manifest is signed; every part can be bent.
#[derive(Clone)]
pub(crate) struct Signing {
    pub(crate) signer: Issued,
    pub(crate) certificates: Vec<X509>,
    pub(crate) digest: &'static str,
    pub(crate) time: Option<Time>,
    pub(crate) content: Option<Vec<u8>>,
    pub(crate) by_key_id: bool,
}

impl Signing {
    /// As Apple wants it.
    pub(crate) fn sound() -> Self {
        Self::by(HOUSE.leaf.clone())
    }

    /// By another certificate of the authority.
    pub(crate) fn by(signer: Issued) -> Self {
        Self {
            certificates: vec![signer.certificate.clone(), HOUSE.authority.wwdr().clone()],
            signer,
            digest: "sha256",
            time: Some(now()),
            content: None,
            by_key_id: false,
        }
    }

    /// CMS `SignedData` over the manifest (RFC 5652, section 5).
    pub(crate) fn sign(&self, manifest: &[u8]) -> Vec<u8> {
        let (digest, digest_oid) = match self.digest {
            "sha1" => (MessageDigest::sha1(), "1.3.14.3.2.26"),
            "md5" => (MessageDigest::md5(), "1.2.840.113549.2.5"),
            _ => (MessageDigest::sha256(), "2.16.840.1.101.3.4.2.1"),
        };
        let digest_algorithm = sequence(&[oid(digest_oid), vec![5, 0]]);
        let attributes = self.attributes(&hash(digest, manifest).expect("a digest"));
        let mut signer = Signer::new(digest, &self.signer.key).expect("a signer");
        signer.update(&tlv(0x31, &attributes)).expect("signs");
        let signature = signer.sign_to_vec().expect("signs");
        let signer_info = sequence(&[
            vec![2, 1, if self.by_key_id { 3 } else { 1 }],
            self.signer_name(),
            digest_algorithm.clone(),
            tlv(0xa0, &attributes),
            sequence(&[oid("1.2.840.113549.1.1.1"), vec![5, 0]]),
            tlv(4, &signature),
        ]);
        let mut content = vec![oid("1.2.840.113549.1.7.1")];
        content.extend(self.content.as_ref().map(|bytes| tlv(0xa0, &tlv(4, bytes))));
        let certificates: Vec<u8> = self
            .certificates
            .iter()
            .flat_map(|certificate| certificate.to_der().expect("DER"))
            .collect();
        let signed_data = sequence(&[
            vec![2, 1, if self.by_key_id { 3 } else { 1 }],
            tlv(0x31, &digest_algorithm),
            sequence(&content),
            tlv(0xa0, &certificates),
            tlv(0x31, &signer_info),
        ]);
        sequence(&[oid("1.2.840.113549.1.7.2"), tlv(0xa0, &signed_data)])
    }

    fn attributes(&self, digest: &[u8]) -> Vec<u8> {
        let attribute = |id: &str, value: Vec<u8>| sequence(&[oid(id), tlv(0x31, &value)]);
        let mut attributes = vec![
            attribute("1.2.840.113549.1.9.3", oid("1.2.840.113549.1.7.1")),
            attribute("1.2.840.113549.1.9.4", tlv(4, digest)),
        ];
        attributes.extend(self.time.map(|time| {
            let text = time.rfc3339_secs().replace(['-', ':', 'T'], "");
            attribute("1.2.840.113549.1.9.5", tlv(0x17, &text.as_bytes()[2..]))
        }));
        attributes.sort();
        attributes.concat()
    }

    fn signer_name(&self) -> Vec<u8> {
        let certificate = &self.signer.certificate;
        if self.by_key_id {
            return tlv(0x80, certificate.subject_key_id().expect("a key id").as_slice());
        }
        let mut serial = certificate.serial_number().to_bn().expect("a number").to_vec();
        if serial.first().is_none_or(|byte| *byte >= 0x80) {
            serial.insert(0, 0);
        }
        sequence(&[certificate.issuer_name().to_der().expect("DER"), tlv(2, &serial)])
    }
}

fn tlv(tag: u8, body: &[u8]) -> Vec<u8> {
    let len = body.len().to_be_bytes();
    let digits: Vec<u8> = len.into_iter().skip_while(|byte| *byte == 0).collect();
    let mut out = vec![tag];
    if body.len() < 0x80 {
        out.push(len[len.len() - 1]);
    } else {
        out.push(0x80 | u8::try_from(digits.len()).expect("few"));
        out.extend(digits);
    }
    out.extend(body);
    out
}

fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    tlv(0x30, &parts.concat())
}

fn oid(dotted: &str) -> Vec<u8> {
    tlv(6, Asn1Object::from_str(dotted).expect("an object id").as_slice())
}

/// Files of a package by name.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

/// A pass that has nothing wrong with it, as JSON.
pub(crate) fn sound_pass() -> Value {
    json!({
        "formatVersion": 1,
        "passTypeIdentifier": PASS_TYPE,
        "teamIdentifier": TEAM,
        "serialNumber": "pss_01",
        "organizationName": "Café Aroma",
        "description": "Points card",
        "webServiceURL": "https://cards.example.com/apple",
        "authenticationToken": "0123456789abcdef",
        "backgroundColor": "rgb(31, 58, 52)",
        "storeCard": {
            "headerFields": [{"key": "balance", "label": "Points", "value": 240, "changeMessage": "Now %@"}],
            "backFields": [{"key": "until", "value": "2027-01-01T00:00+01:00", "dateStyle": "PKDateStyleShort"}]
        },
        "barcodes": [{"format": "PKBarcodeFormatQR", "message": "7KD2", "messageEncoding": "iso-8859-1"}],
        "relevantDates": [{"startDate": "2026-12-24T08:00Z", "endDate": "2026-12-24T20:00Z"}],
        "locations": [{"latitude": 52.5, "longitude": 13.4}],
        "maxDistance": 100
    })
}

/// The files of such a pass, without manifest and signature.
pub(crate) fn sound_files() -> Files {
    let mut png = Vec::new();
    let mut writer = png::Encoder::new(&mut png, 2, 2)
        .write_header()
        .expect("a header");
    writer.write_image_data(&[0, 80, 160, 240]).expect("pixels");
    writer.finish().expect("an end");
    [
        ("pass.json", sound_pass().to_string().into_bytes()),
        ("icon.png", png.clone()),
        ("icon@2x.png", png),
        (
            "ar.lproj/pass.strings",
            "\"Points\" = \"نقاط\";\n".as_bytes().to_vec(),
        ),
    ]
    .into_iter()
    .map(|(name, bytes)| (name.to_owned(), bytes))
    .collect()
}

/// The manifest of the files.
pub(crate) fn manifest_of(files: &Files) -> Value {
    files
        .iter()
        .map(|(name, bytes)| (name.clone(), Value::from(hex::encode(Sha1::digest(bytes)))))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

/// Adds manifest and signature.
pub(crate) fn sign(mut files: Files, signing: &Signing) -> Files {
    let manifest = manifest_of(&files).to_string().into_bytes();
    files.insert("signature".to_owned(), signing.sign(&manifest));
    files.insert("manifest.json".to_owned(), manifest);
    files
}

/// Packs the files.
pub(crate) fn pack(files: &Files) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer
            .start_file(name.as_str(), SimpleFileOptions::default())
            .expect("a file");
        writer.write_all(bytes).expect("bytes");
    }
    writer.finish().expect("an archive").into_inner()
}

/// A package of sound files, changed by `change` before it is signed.
pub(crate) fn package(signing: &Signing, change: impl FnOnce(&mut Files)) -> Vec<u8> {
    let mut files = sound_files();
    change(&mut files);
    pack(&sign(files, signing))
}
