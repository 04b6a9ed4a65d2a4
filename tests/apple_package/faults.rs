//! Pass files with one fault each, and the codes that shall be found.

use std::io::{Cursor, Write as _};

use billfold::simulator::authority::{Authority, PassLeaf};
use serde_json::{Value, json};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::{
    DAY_MS, Files, HOUSE, Signing, manifest_of, now, pack, package, sign, sound_files, sound_leaf, sound_pass,
};

/// The codes of a fault.
pub(crate) type Codes = Vec<&'static str>;

/// One fault of the files or the archive each.
pub(crate) fn package_faults() -> Vec<(Codes, Vec<u8>)> {
    let odd = sound_pass().to_string().replace("}]}", "},]}");
    let no_icon = package(&Signing::sound(), |files| {
        files.retain(|name, _| !name.starts_with("icon"));
    });
    let mut faults = vec![
        (vec!["not_a_pass"], b"hello".to_vec()),
        (vec!["wrapping_folder"], wrapped()),
        (vec!["symlink"], linked()),
        (vec!["signature_invalid"], manifest_changed_after()),
        (vec!["manifest_hash_form"], manifest_with(&json!("00".repeat(32)))),
        (vec!["manifest_hash_form"], manifest_with(&json!(7))),
        (
            vec!["manifest_hash_mismatch"],
            manifest_with(&json!("00".repeat(20))),
        ),
        (vec!["image_icon_missing"], no_icon),
    ];
    // What is changed after it was signed.
    for (codes, name, bytes) in [
        (vec!["unsafe_name"], "../evil.png", Some(&b"x"[..])),
        (vec!["manifest_missing"], "manifest.json", None),
        (
            vec!["manifest_unreadable", "signature_invalid"],
            "manifest.json",
            Some(b"[]"),
        ),
        (vec!["manifest_hash_mismatch"], "ar.lproj/pass.strings", Some(b"")),
        (vec!["manifest_file_absent"], "icon@2x.png", None),
        (vec!["file_unlisted"], "__MACOSX/._icon.png", Some(b"x")),
        (vec!["signature_missing"], "signature", None),
        (
            vec!["signature_unreadable"],
            "signature",
            Some(b"-----BEGIN PKCS7-----"),
        ),
    ] {
        let mut files = sign(sound_files(), &Signing::sound());
        change(&mut files, name, bytes);
        faults.push((codes, pack(&files)));
    }
    // What is wrong and signed.
    for (code, name, bytes) in [
        ("image_undrawable", "logo.png", Some(&b"GIF89a"[..])),
        ("strings_unreadable", "de.lproj/pass.strings", Some(b"\"a\" = ")),
        ("pass_json_missing", "pass.json", None),
        ("pass_json_unreadable", "pass.json", Some(b"{")),
        ("pass_json_unreadable", "pass.json", Some(b"[]")),
        ("json_lenient", "pass.json", Some(odd.as_bytes())),
    ] {
        faults.push((
            vec![code],
            package(&Signing::sound(), |files| change(files, name, bytes)),
        ));
    }
    faults
}

fn change(files: &mut Files, name: &str, bytes: Option<&[u8]>) {
    files.remove(name);
    files.extend(bytes.map(|bytes| (name.to_owned(), bytes.to_vec())));
}

fn wrapped() -> Vec<u8> {
    let files = sign(sound_files(), &Signing::sound());
    pack(
        &files
            .into_iter()
            .map(|(name, bytes)| (format!("Card.pass/{name}"), bytes))
            .collect(),
    )
}

fn linked() -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default();
    for (name, bytes) in sign(sound_files(), &Signing::sound()) {
        writer.start_file(name, options).expect("a file");
        writer.write_all(&bytes).expect("bytes");
    }
    writer
        .add_symlink("logo.png", "/etc/passwd", options)
        .expect("a link");
    writer.finish().expect("an archive").into_inner()
}

/// A signed manifest that says this of the icon.
fn manifest_with(hash: &Value) -> Vec<u8> {
    let mut files = sound_files();
    let mut manifest = manifest_of(&files);
    manifest["icon.png"] = hash.clone();
    let manifest = manifest.to_string().into_bytes();
    files.insert("signature".to_owned(), Signing::sound().sign(&manifest));
    files.insert("manifest.json".to_owned(), manifest);
    pack(&files)
}

/// A pass whose manifest was written again with other blanks after it was signed.
pub(crate) fn manifest_changed_after() -> Vec<u8> {
    let mut files = sign(sound_files(), &Signing::sound());
    let pretty = serde_json::to_vec_pretty(&manifest_of(&sound_files())).expect("JSON");
    files.insert("manifest.json".to_owned(), pretty);
    pack(&files)
}

/// One fault of the signature or the certificates each; the first three have none.
pub(crate) fn signing_faults() -> Vec<(Codes, Signing)> {
    let bent = |change: &dyn Fn(&mut Signing)| {
        let mut signing = Signing::sound();
        change(&mut signing);
        signing
    };
    let by = |change: &dyn Fn(&mut PassLeaf)| {
        let mut leaf = sound_leaf();
        change(&mut leaf);
        Signing::by(HOUSE.authority.pass_certificate(&leaf).expect("a certificate"))
    };
    let manifest = manifest_of(&sound_files()).to_string().into_bytes();
    let mut expired_since = by(&|leaf| leaf.not_after = now().plus_ms(-DAY_MS / 4));
    expired_since.time = Some(now().plus_ms(-DAY_MS / 2));
    vec![
        (vec![], Signing::sound()),
        (vec![], bent(&|signing| signing.certificates.reverse())),
        (
            vec![],
            bent(&|signing| signing.certificates.push(HOUSE.authority.root().clone())),
        ),
        (vec!["signature_sha1"], bent(&|signing| signing.digest = "sha1")),
        (vec!["signature_digest"], bent(&|signing| signing.digest = "md5")),
        (
            vec!["signature_attached"],
            bent(&|signing| signing.content = Some(manifest.clone())),
        ),
        (
            vec!["signature_attached", "signature_invalid"],
            bent(&|signing| signing.content = Some(b"{}".to_vec())),
        ),
        (vec!["signing_time_missing"], bent(&|signing| signing.time = None)),
        (
            vec!["signed_in_future"],
            bent(&|signing| signing.time = Some(now().plus_ms(DAY_MS))),
        ),
        (
            vec!["signer_certificate_missing"],
            bent(&|signing| drop(signing.certificates.remove(0))),
        ),
        (
            vec!["wwdr_missing"],
            bent(&|signing| drop(signing.certificates.remove(1))),
        ),
        (vec!["chain_unknown"], by_a_stranger()),
        (vec!["certificate_expired"], expired_since),
        (
            vec!["certificate_not_valid_then", "certificate_expired"],
            by(&|leaf| leaf.not_after = now().plus_ms(-DAY_MS / 4)),
        ),
        (
            vec!["certificate_not_valid_then"],
            by(&|leaf| leaf.not_before = now().plus_ms(DAY_MS)),
        ),
        (
            vec!["certificate_expires_soon"],
            by(&|leaf| leaf.not_after = now().plus_ms(89 * DAY_MS)),
        ),
        (
            vec!["certificate_pass_type"],
            by(&|leaf| "pass.com.example.other".clone_into(&mut leaf.uid)),
        ),
        (
            vec!["certificate_team"],
            by(&|leaf| "ZZZZZZZZZZ".clone_into(&mut leaf.team)),
        ),
        (
            vec!["certificate_extension"],
            by(&|leaf| leaf.extension = Some("Le Rendez Vous".to_owned())),
        ),
        (vec!["certificate_extension"], by(&|leaf| leaf.extension = None)),
        (vec!["certificate_purpose"], by(&|leaf| leaf.has_purposes = false)),
    ]
}

/// All in order, but under another authority.
fn by_a_stranger() -> Signing {
    let stranger = Authority::new(now()).expect("an authority");
    let mut signing = Signing::by(stranger.pass_certificate(&sound_leaf()).expect("a certificate"));
    signing.certificates = vec![signing.signer.certificate.clone(), stranger.wwdr().clone()];
    signing
}
