//! RSA keys that are made once and kept in the build's own folder: to make four for each test took most of the
//! time of most tests. What is signed with them is made anew, and who shall be a stranger makes keys of their own.

use std::path::Path;
use std::sync::Arc;

use billfold::simulator::authority::{Authority, Issued, KeyKind, PassLeaf, new_key};
use billfold::simulator::google::{GoogleSimulator, Options};
use billfold::types::{Clock, Time};
use openssl::pkey::{PKey, Private};
use tempfile::NamedTempFile;

// A test file need not use all of them.
const _: fn(&Authority, &PassLeaf) -> Issued = pass_certificate;
const _: () = {
    let _ = google;
};

/// An authority with the kept keys.
pub(crate) fn authority(now: Time) -> Authority {
    Authority::of_keys(kept("root"), kept("wwdr"), now).expect("an authority")
}

/// A pass certificate for the kept key, if it is to be for RSA.
pub(crate) fn pass_certificate(authority: &Authority, leaf: &PassLeaf) -> Issued {
    let key = match leaf.key {
        KeyKind::Rsa2048 => kept("pass"),
        KeyKind::P256 => new_key(KeyKind::P256).expect("a key"),
    };
    authority.certify_pass_key(leaf, key).expect("a certificate")
}

/// Google's stand-in with the kept key for its service account.
pub(crate) async fn google(authority: &Authority, clock: Arc<dyn Clock>) -> GoogleSimulator {
    let options = Options::of_account_key(0, authority, kept("account"), clock).expect("options");
    GoogleSimulator::start_with(options)
        .await
        .expect("Google's stand-in")
}

/// The key of a name. Two tests that make it at once have one each, and the later one is kept.
fn kept(name: &str) -> PKey<Private> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let path = folder.join(format!("{name}.key"));
    let read = std::fs::read(&path).map(|pem| PKey::private_key_from_pem(&pem));
    if let Ok(Ok(key)) = read {
        return key;
    }
    let key = new_key(KeyKind::Rsa2048).expect("a key");
    std::fs::create_dir_all(folder).expect("the build's folder");
    let unready = NamedTempFile::new_in(folder).expect("a file");
    std::fs::write(&unready, key.private_key_to_pem_pkcs8().expect("PEM")).expect("a written key");
    unready.persist(path).expect("a kept key");
    key
}
