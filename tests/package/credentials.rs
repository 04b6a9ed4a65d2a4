//! Certificate files: every form that is taken, and what the loaded certificate tells.

use std::path::PathBuf;

use billfold::apple::credentials::{CredentialError, CredentialFiles, PassCredentials};
use billfold::apple::signature::PassSigner;
use billfold::simulator::authority::{Issued, KeyKind};
use billfold::types::Secret;
use openssl::pkey::{PKey, Private};
use openssl::symm::Cipher;
use openssl::x509::X509;

use super::credential_faults::says;
use super::house::{House, PASS_TYPE, TEAM, now};

pub(crate) const PASSWORD: &str = "correct horse";
pub(crate) const DAY_MS: i64 = 86_400_000;

pub(crate) fn pem(certificate: &X509) -> Vec<u8> {
    certificate.to_pem().expect("PEM")
}

pub(crate) fn key_pem(issued: &Issued) -> Vec<u8> {
    issued.key.private_key_to_pem_pkcs8().expect("PEM")
}

/// Files of a house: the WWDR certificate in its place, the certificate as given.
pub(crate) fn files(house: &House, certificate: PathBuf) -> CredentialFiles {
    CredentialFiles {
        certificate,
        private_key: None,
        password: None,
        wwdr: house.write("wwdr.pem", pem(house.authority.wwdr())),
    }
}

pub(crate) fn with_key(files: CredentialFiles, key: PathBuf) -> CredentialFiles {
    CredentialFiles {
        private_key: Some(key),
        ..files
    }
}

pub(crate) fn with_password(files: CredentialFiles, password: &str) -> CredentialFiles {
    CredentialFiles {
        password: Some(Secret::new(password)),
        ..files
    }
}

pub(crate) fn load(files: &CredentialFiles) -> PassCredentials {
    PassCredentials::load(files, now()).unwrap_or_else(|fault| panic!("{files:?}: {fault}"))
}

/// The key as OpenSSL wrote it before PKCS#8, plain and encrypted.
fn traditional_pems(key: &PKey<Private>) -> (Vec<u8>, Vec<u8>) {
    let (cipher, password) = (Cipher::aes_256_cbc(), PASSWORD.as_bytes());
    let (plain, encrypted) = match (key.rsa(), key.ec_key()) {
        (Ok(rsa), _) => (
            rsa.private_key_to_pem(),
            rsa.private_key_to_pem_passphrase(cipher, password),
        ),
        (_, Ok(ec)) => (
            ec.private_key_to_pem(),
            ec.private_key_to_pem_passphrase(cipher, password),
        ),
        _ => panic!("a key of another kind"),
    };
    (plain.expect("PEM"), encrypted.expect("PEM"))
}

/// Certificate and key in two files, in every form.
fn two_files(house: &House) -> Vec<(&'static str, CredentialFiles)> {
    let Issued { certificate, key } = &house.leaf;
    let base = files(house, house.write("pass.pem", pem(certificate)));
    let cer = files(house, house.write("pass.cer", certificate.to_der().expect("DER")));
    let (old, old_locked) = traditional_pems(key);
    let locked = key.private_key_to_pem_pkcs8_passphrase(Cipher::aes_256_cbc(), PASSWORD.as_bytes());
    let p12 = house.leaf.pkcs12(PASSWORD, &[]).expect("PKCS#12");
    let plain = house.write("key.pem", key_pem(&house.leaf));
    let of = |name: &str, content: Vec<u8>| with_key(base.clone(), house.write(name, content));
    vec![
        ("PEM and PKCS#8", with_key(base.clone(), plain.clone())),
        ("DER and PKCS#8", with_key(cer, plain)),
        ("PEM and traditional PEM", of("old.pem", old)),
        (
            "PEM and DER",
            of("key.der", key.private_key_to_der().expect("DER")),
        ),
        (
            "PEM and encrypted PKCS#8",
            with_password(of("locked.pem", locked.expect("PEM")), PASSWORD),
        ),
        (
            "PEM and encrypted traditional PEM",
            with_password(of("old-locked.pem", old_locked), PASSWORD),
        ),
        ("PEM and PKCS#12", with_password(of("key.p12", p12), PASSWORD)),
    ]
}

/// Certificate and key in one file, in every form.
fn one_file(house: &House) -> Vec<(&'static str, CredentialFiles)> {
    let leaf = &house.leaf;
    let wwdr = house.authority.wwdr();
    let note = b"Bag Attributes\n    friendlyName: Lina\n".to_vec();
    let both = [note, pem(&leaf.certificate), key_pem(leaf)].concat();
    let windows = String::from_utf8(both.clone())
        .expect("text")
        .replace('\n', "\r\n");
    let key_first = [key_pem(leaf), pem(wwdr), pem(&leaf.certificate)].concat();
    let locked = leaf.pkcs12(PASSWORD, &[wwdr]).expect("PKCS#12");
    let open = leaf.pkcs12("", &[]).expect("PKCS#12");
    let of = |name: &str, content: Vec<u8>| files(house, house.write(name, content));
    vec![
        ("one PEM", of("both.pem", both)),
        ("one PEM from Windows", of("windows.pem", windows.into_bytes())),
        ("one PEM, key first, chain within", of("first.pem", key_first)),
        ("PKCS#12", with_password(of("pass.p12", locked), PASSWORD)),
        ("PKCS#12 without password", of("open.p12", open)),
    ]
}

#[test]
fn every_form_of_certificate_and_key_is_taken() {
    for kind in [KeyKind::Rsa2048, KeyKind::P256] {
        let house = House::new(kind);
        for (form, files) in two_files(&house).into_iter().chain(one_file(&house)) {
            let credentials = load(&files);
            assert_eq!(
                (credentials.pass_type(), credentials.team()),
                (PASS_TYPE, TEAM),
                "{form}"
            );
            let signer = PassSigner::new(&credentials).expect("a signer");
            assert!(signer.sign(&[b"{}"], now()).is_ok(), "{kind:?} {form}");
        }
    }
}

#[test]
fn the_intermediate_is_taken_as_der_and_from_the_chain_of_the_certificate() {
    let house = House::new(KeyKind::P256);
    let base = files(
        &house,
        house.write(
            "pass.p12",
            house.leaf.pkcs12("", &[house.authority.wwdr()]).expect("p12"),
        ),
    );
    let der = house.write("wwdr.cer", house.authority.wwdr().to_der().expect("DER"));
    let absent = house.directory.path().join("absent.cer");
    let several = house.write(
        "several.pem",
        [pem(house.authority.root()), pem(house.authority.wwdr())].concat(),
    );
    for wwdr in [der, absent, several] {
        let credentials = load(&CredentialFiles { wwdr, ..base.clone() });
        assert_eq!(
            credentials.wwdr().to_der().ok(),
            house.authority.wwdr().to_der().ok()
        );
    }
}

#[test]
fn days_left_count_down_and_warn_from_ninety_on() {
    let house = House::new(KeyKind::P256);
    let credentials = house.credentials();
    assert_eq!(credentials.days_left(now()), 365);
    for (day, left, warns) in [(274, 91, false), (275, 90, true), (365, 0, true), (366, -1, true)] {
        let at = now().plus_ms(day * DAY_MS);
        assert_eq!(
            (credentials.days_left(at), credentials.warns(at)),
            (left, warns),
            "day {day}"
        );
    }
}

#[test]
fn a_program_of_another_type_or_team_is_told_both() {
    let credentials = House::new(KeyKind::P256).credentials();
    assert!(credentials.check_for(PASS_TYPE, TEAM).is_ok());
    let fault = credentials
        .check_for("pass.com.example.bar", TEAM)
        .expect_err("another type");
    assert!(matches!(fault, CredentialError::OtherPassType { .. }));
    says(&fault, &["pass.com.example.bar", PASS_TYPE]);
    let fault = credentials
        .check_for(PASS_TYPE, "ZZZZZZZZZZ")
        .expect_err("another team");
    assert!(matches!(fault, CredentialError::OtherTeam { .. }));
    says(&fault, &["ZZZZZZZZZZ", TEAM]);
}

#[test]
fn keys_are_not_printed() {
    let credentials = House::new(KeyKind::P256).credentials();
    let printed = format!(
        "{credentials:?} {:?}",
        PassSigner::new(&credentials).expect("a signer")
    );
    assert!(
        printed.contains(PASS_TYPE) && !printed.to_lowercase().contains("key"),
        "{printed}"
    );
}

#[test]
fn credentials_and_signers_may_go_to_any_thread() {
    fn goes_anywhere<T: Send + Sync + Clone + 'static>() {}
    goes_anywhere::<PassCredentials>();
    goes_anywhere::<PassSigner>();
}
