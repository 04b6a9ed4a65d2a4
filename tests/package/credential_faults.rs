//! Certificate files that cannot be used: each fault by its variant and the sentence that mends it.

use std::path::{Path, PathBuf};
use std::process::Command;

use billfold::apple::credentials::{CredentialError, CredentialFiles, FileKind, PassCredentials};
use billfold::simulator::authority::{Authority, KeyKind, PassLeaf, new_key};
use billfold::types::Time;
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::symm::Cipher;
use openssl::x509::{X509, X509Req};

use super::credentials::{DAY_MS, PASSWORD, files, key_pem, load, pem, with_key, with_password};
use super::house::{House, PASS_TYPE, TEAM, now, run_well, text};

pub(crate) fn says(fault: &CredentialError, words: &[&str]) {
    let sentence = fault.to_string();
    for word in words {
        assert!(sentence.contains(word), "`{word}` is not in: {sentence}");
    }
}

/// Loads each line's files and holds the fault to the variant, and its sentence to the words.
macro_rules! assert_faults {
    ($($files:expr => $variant:ident $fields:tt, $words:expr;)+) => {$({
        let name = concat!(stringify!($files), " gives ", stringify!($variant));
        let fault = PassCredentials::load(&$files, now()).expect_err(name);
        assert!(matches!(fault, CredentialError::$variant $fields), "{name}: {fault:?}");
        says(&fault, &$words);
    })+};
}

/// A sound house on P-256, and ways to put one file of it in the wrong place.
struct Misplaced {
    house: House,
    certificate: PathBuf,
    key: PathBuf,
}

impl Misplaced {
    fn new() -> Self {
        let house = House::new(KeyKind::P256);
        let certificate = house.write("pass.pem", pem(&house.leaf.certificate));
        let key = house.write("key.pem", key_pem(&house.leaf));
        Self {
            house,
            certificate,
            key,
        }
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        self.house.write(name, content)
    }

    fn as_certificate(&self, path: &Path) -> CredentialFiles {
        with_key(files(&self.house, path.to_owned()), self.key.clone())
    }

    fn as_key(&self, path: &Path) -> CredentialFiles {
        with_key(files(&self.house, self.certificate.clone()), path.to_owned())
    }

    fn as_wwdr(&self, path: &Path) -> CredentialFiles {
        CredentialFiles {
            wwdr: path.to_owned(),
            ..self.as_key(&self.key)
        }
    }
}

#[test]
fn a_file_that_is_no_certificate_is_named_with_what_it_is() {
    let it = Misplaced::new();
    let leaf = &it.house.leaf;
    let request = request(&leaf.key);
    let csr = it.write("pass.certSigningRequest", request.to_pem().expect("PEM"));
    let csr_der = it.write("pass.csr", request.to_der().expect("DER"));
    let wwdr = it.write("AppleWWDR.cer", it.house.authority.wwdr().to_der().expect("DER"));
    let junk = it.write("notes.txt", "the password is on the fridge");
    let cut = it.write("cut.pem", &pem(&leaf.certificate)[40..]);
    let damaged = String::from_utf8(pem(&leaf.certificate)).expect("text");
    let damaged = it.write("damaged.pem", damaged.replace("MII", "AII"));
    let large = it.write("movie.p12", vec![0; 300 * 1024]);
    let folder = it.house.directory.path();
    let absent = folder.join("absent.pem");
    assert_faults! {
        it.as_certificate(&absent) => Unreadable { .. }, ["absent.pem", "No such file"];
        it.as_certificate(folder) => Unreadable { .. }, ["directory"];
        it.as_certificate(&large) => TooLarge { .. }, ["movie.p12", "right file"];
        it.as_certificate(&junk) => WrongKind { found: FileKind::Unknown, .. }, ["notes.txt", ".p12"];
        it.as_certificate(&cut) => WrongKind { found: FileKind::Unknown, .. }, ["cut.pem"];
        it.as_certificate(&damaged) => Damaged { .. }, ["damaged.pem", "Export it again"];
        it.as_certificate(&csr) => WrongKind { found: FileKind::Request, .. }, ["certSigningRequest", "Upload it"];
        it.as_certificate(&csr_der) => WrongKind { found: FileKind::Request, .. }, ["pass.csr", "Upload it"];
        it.as_certificate(&it.key) => WrongKind { found: FileKind::PrivateKey, .. }, ["key.pem", "as the private key"];
        it.as_certificate(&wwdr) => WrongKind { found: FileKind::Authority, .. }, ["AppleWWDR.cer", "as the WWDR"];
        files(&it.house, it.certificate.clone()) => NoPrivateKey { .. }, ["pass.pem", "apple.private_key", ".p12"];
    }
}

#[test]
fn a_file_that_is_no_key_or_no_intermediate_is_named_with_what_it_is() {
    let it = Misplaced::new();
    let leaf = &it.house.leaf;
    let public = it.write("public.pem", leaf.key.public_key_to_pem().expect("PEM"));
    let public_der = it.write("public.der", leaf.key.public_key_to_der().expect("DER"));
    let csr = it.write("pass.csr", request(&leaf.key).to_pem().expect("PEM"));
    let damaged = String::from_utf8(key_pem(leaf))
        .expect("text")
        .replace("MI", "AI");
    let damaged = it.write("damaged.pem", damaged);
    let junk = it.write("notes.txt", "the password is on the fridge");
    let absent = it.house.directory.path().join("absent.pem");
    assert_faults! {
        it.as_key(&absent) => Unreadable { .. }, ["absent.pem"];
        it.as_key(&public) => WrongKind { found: FileKind::PublicKey, .. }, ["public.pem", "Give the private key"];
        it.as_key(&public_der) => WrongKind { found: FileKind::PublicKey, .. }, ["public.der"];
        it.as_key(&it.certificate) => WrongKind { found: FileKind::Certificate, .. }, ["pass.pem", "never leaves"];
        it.as_key(&csr) => WrongKind { found: FileKind::Request, .. }, ["pass.csr", "never leaves"];
        it.as_key(&damaged) => Damaged { kind: FileKind::PrivateKey, .. }, ["damaged.pem", "Export it again"];
        it.as_wwdr(&absent) => WwdrMissing { .. }, ["absent.pem", "AppleWWDRCAG4.cer"];
        it.as_wwdr(&it.certificate) => WrongKind { wanted: FileKind::Authority, .. }, ["pass.pem", "AppleWWDRCAG4"];
        it.as_wwdr(&junk) => WrongKind { wanted: FileKind::Authority, .. }, ["notes.txt", "AppleWWDRCAG4.cer"];
    }
}

fn request(key: &PKey<Private>) -> X509Req {
    let mut builder = X509Req::builder().expect("a builder");
    builder.set_pubkey(key).expect("a key");
    builder.sign(key, MessageDigest::sha256()).expect("a signature");
    builder.build()
}

#[test]
fn a_wrong_password_an_old_export_and_a_foreign_key_are_told_apart() {
    let house = House::new(KeyKind::Rsa2048);
    let leaf = &house.leaf;
    let p12 = house.write("pass.p12", leaf.pkcs12(PASSWORD, &[]).expect("p12"));
    let p12 = || files(&house, p12.clone());
    let certificate = house.write("pass.pem", pem(&leaf.certificate));
    let (aes, password) = (Cipher::aes_256_cbc(), PASSWORD.as_bytes());
    let locked = leaf
        .key
        .private_key_to_pem_pkcs8_passphrase(aes, password)
        .expect("PEM");
    let locked = house.write("locked.pem", locked);
    let locked = || with_key(files(&house, certificate.clone()), locked.clone());
    let old = legacy_pkcs12(&house);
    let old = || files(&house, old.clone());
    let foreign = new_key(KeyKind::P256).and_then(|key| key.private_key_to_pem_pkcs8());
    let foreign = house.write("AuthKey_ABC.p8", foreign.expect("PEM"));
    assert_faults! {
        p12() => PasswordMissing { .. }, ["pass.p12", "apple.private_key_password"];
        with_password(p12(), "wrong") => WrongPassword { .. }, ["pass.p12", "apple.private_key_password"];
        with_password(p12(), "a\0b") => WrongPassword { .. }, ["pass.p12"];
        locked() => PasswordMissing { .. }, ["locked.pem"];
        with_password(locked(), "wrong") => WrongPassword { .. }, ["locked.pem"];
        with_password(old(), PASSWORD) => LegacyEncryption { .. }, ["old.p12", "openssl pkcs12 -legacy -in", "-nodes"];
        with_password(old(), "wrong") => WrongPassword { .. }, ["old.p12"];
        with_key(p12(), foreign.clone()) => PasswordMissing { .. }, ["pass.p12"];
        with_key(files(&house, certificate.clone()), foreign.clone()) => KeyMismatch { .. },
            ["pass.pem", "AuthKey_ABC.p8", "for push"];
    }
}

/// A PKCS#12 file as old versions of Keychain Access export it: RC2-40 and a SHA-1 sum.
fn legacy_pkcs12(house: &House) -> PathBuf {
    let both = [pem(&house.leaf.certificate), key_pem(&house.leaf)].concat();
    let both = house.write("both.pem", both);
    let path = house.directory.path().join("old.p12");
    let mut export = Command::new("openssl");
    export.args([
        "pkcs12",
        "-export",
        "-legacy",
        "-in",
        text(&both),
        "-out",
        text(&path),
    ]);
    run_well(export.args(["-passout", &format!("pass:{PASSWORD}")]));
    path
}

#[test]
fn the_command_named_for_an_old_export_mends_it() {
    let house = House::new(KeyKind::Rsa2048);
    let old = with_password(files(&house, legacy_pkcs12(&house)), PASSWORD);
    let sentence = PassCredentials::load(&old, now())
        .expect_err("an old export")
        .to_string();
    let command = sentence.split('`').nth(1).expect("a command between backticks");
    let mut shell = Command::new("sh");
    shell.current_dir(house.directory.path());
    run_well(shell.args(["-c", &format!("{command} -passin 'pass:{PASSWORD}'")]));
    load(&files(&house, house.directory.path().join("pass.pem")));
}

/// The files of a certificate that was bent.
fn bent(house: &House, name: &str, bend: impl FnOnce(&mut PassLeaf)) -> CredentialFiles {
    let mut leaf = PassLeaf::sound(PASS_TYPE, TEAM, now());
    bend(&mut leaf);
    certified(house, name, &leaf, new_key(KeyKind::P256).expect("a key"))
}

fn certified(house: &House, name: &str, leaf: &PassLeaf, key: PKey<Private>) -> CredentialFiles {
    let issued = house
        .authority
        .certify_pass_key(leaf, key)
        .expect("a certificate");
    let both = [pem(&issued.certificate), key_pem(&issued)].concat();
    files(house, house.write(name, both))
}

#[test]
fn a_certificate_that_ios_would_refuse_is_refused_first() {
    let house = House::new(KeyKind::P256);
    let bent = |name: &str, bend: fn(&mut PassLeaf)| bent(&house, name, bend);
    assert_faults! {
        bent("old.pem", |leaf| leaf.not_after = now().plus_ms(-1_000)) => Expired { .. },
            ["old.pem", "2026-11-21T09:29:59", "Renew"];
        bent("new.pem", |leaf| leaf.not_before = now().plus_ms(DAY_MS)) => NotYetValid { .. },
            ["new.pem", "2026-11-22T09:30:00", "clock"];
        bent("apns.pem", |leaf| leaf.has_purposes = false) => NotForPasses { .. }, ["apns.pem", "Pass Type IDs"];
        bent("plain.pem", |leaf| leaf.extension = None) => NotForPasses { .. }, ["plain.pem", "100.6.1.16"];
        bent("two.pem", |leaf| leaf.extension = Some("Le Rendez Vous".to_owned())) => TwoPassTypes { .. },
            ["two.pem", PASS_TYPE, "Le Rendez Vous"];
        bent("anonymous.pem", |leaf| leaf.uid.clear()) => NotForPasses { .. }, ["anonymous.pem", "UID"];
        bent("teamless.pem", |leaf| leaf.team.clear()) => NotForPasses { .. }, ["teamless.pem", "OU"];
    }
}

#[test]
fn a_key_that_is_weak_or_on_another_curve_is_refused() {
    let house = House::new(KeyKind::P256);
    let group = EcGroup::from_curve_name(Nid::SECP384R1).expect("a curve");
    let weak = || PKey::from_rsa(Rsa::generate(1024).expect("RSA")).expect("a key");
    let p384 = || PKey::from_ec_key(EcKey::generate(&group).expect("EC")).expect("a key");
    let edwards = || PKey::generate_ed25519().expect("a key");
    let with = |name: &str, key| certified(&house, name, &PassLeaf::sound(PASS_TYPE, TEAM, now()), key);
    assert_faults! {
        with("weak.pem", weak()) => UnsupportedKey { .. }, ["weak.pem", "RSA of 1024 bits", "P-256"];
        with("p384.pem", p384()) => UnsupportedKey { .. }, ["p384.pem", "secp384r1"];
        with("edwards.pem", edwards()) => UnsupportedKey { .. }, ["edwards.pem", "of another kind"];
    }
}

#[test]
fn an_intermediate_that_did_not_issue_the_certificate_is_refused() {
    let house = House::new(KeyKind::P256);
    let base = bent(&house, "pass.pem", |_| {});
    let with = |name: &str, certificate: &X509| CredentialFiles {
        wwdr: house.write(name, pem(certificate)),
        ..base.clone()
    };
    let at = |time: Time| Authority::new(time).expect("keys");
    let old = at(Time::parse_rfc3339("2013-02-08T00:00:00Z").expect("a time"));
    let future = at(now().plus_ms(30 * DAY_MS));
    let namesake = at(now());
    assert_faults! {
        with("AppleWWDRCA.cer", old.wwdr()) => WwdrExpired { .. },
            ["AppleWWDRCA.cer", "2023-02-06", "G4", "AppleWWDRCAG4.cer"];
        with("oldroot.cer", old.root()) => WwdrExpired { .. }, ["oldroot.cer"];
        with("future.cer", future.wwdr()) => WwdrNotYetValid { .. }, ["future.cer", "clock"];
        with("root.cer", house.authority.root()) => WrongIssuer { .. },
            ["pass.pem", "Worldwide Developer Relations (G4)", "root.cer", "Billfold Demo Root"];
        with("forged.cer", namesake.wwdr()) => BadIssuerSignature { .. },
            ["pass.pem", "forged.cer", "download both again"];
    }
}
