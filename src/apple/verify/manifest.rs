//! The manifest: the SHA-1 of every file, and of no other (Apple: "Building a pass").

use bytes::Bytes;
use serde_json::{Map, Value as Json};
use sha1::{Digest as _, Sha1};

use crate::apple::finding::Finding;
use crate::apple::reader::{PassFile, read_json};

use super::codes;

/// Files that are not in the manifest.
const OUTSIDE: [&str; 2] = ["manifest.json", "signature"];

pub(super) fn check(pass: &PassFile, findings: &mut Vec<Finding>) {
    let Some(manifest) = read(pass, findings) else {
        return;
    };
    for (name, hash) in &manifest {
        if let Some(bytes) = pass.file(name) {
            check_hash(name, hash, bytes, findings);
        } else {
            let message = "the manifest lists the file, but it is not in the package; build the pass again";
            findings.push(Finding::new(codes::MANIFEST_FILE_ABSENT, name, message));
        }
    }
    for name in pass.files().keys() {
        if !OUTSIDE.contains(&name.as_str()) && !manifest.contains_key(name) {
            findings.push(Finding::new(codes::FILE_UNLISTED, name, unlisted(name)));
        }
    }
}

fn unlisted(name: &str) -> &'static str {
    if name.starts_with("__MACOSX/") || name.ends_with(".DS_Store") {
        return "the archiver of macOS left this file, the manifest does not list it and phones refuse that; \
                zip without it (zip -X, or delete it first)";
    }
    "the manifest does not list the file, and phones refuse that; sign after the last file is in place"
}

fn read(pass: &PassFile, findings: &mut Vec<Finding>) -> Option<Map<String, Json>> {
    let Some(bytes) = pass.file("manifest.json") else {
        let message =
            "the archive has no manifest.json, so nothing in it is vouched for; build the pass again";
        findings.push(Finding::new(codes::MANIFEST_MISSING, "manifest.json", message));
        return None;
    };
    let Ok((Json::Object(manifest), _)) = read_json(bytes) else {
        let message = "it is not a JSON object of file names and hashes; build the pass again";
        findings.push(Finding::new(codes::MANIFEST_UNREADABLE, "manifest.json", message));
        return None;
    };
    Some(manifest)
}

fn check_hash(name: &str, hash: &Json, bytes: &Bytes, findings: &mut Vec<Finding>) {
    let wanted = hash.as_str().unwrap_or_default();
    if wanted.len() != 40 || !wanted.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        let message = "the hash is not the 40 hex digits of a SHA-1, the only kind that phones take; hash the \
                       file with SHA-1";
        findings.push(Finding::new(codes::MANIFEST_HASH_FORM, name, message));
    } else if !hex::encode(Sha1::digest(bytes)).eq_ignore_ascii_case(wanted) {
        let message = "the file is not the one that the manifest vouches for; sign after the last change";
        findings.push(Finding::new(codes::MANIFEST_HASH_MISMATCH, name, message));
    }
}
