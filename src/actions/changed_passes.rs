//! A phone asks which of its passes changed.
//!
//! The tag that it is handed carries what it saw: for each of its cards a hash of the serial and the version.
//! No clock and no sequence, so no change that commits late can hide behind it.

use std::collections::HashMap;

use crate::store::devices::CARDS_MAX;
use crate::store::{Db, StoreError, devices};
use crate::types::{Base64Url, DeviceId, sha256_hex};

/// Most cards that a tag tells of; a phone with more is told of all of them each time.
const TAG_CARDS_MAX: usize = 200;
/// What our tags begin with; whatever does not is no tag of ours, and everything is listed.
const PREFIX: &str = "s1.";
/// The tag that says nothing: everything is listed.
const ALL: &str = "s1.*";
/// Bytes of a serial's hash, and of one card in a tag.
const HASH_LEN: usize = 6;
const ENTRY_LEN: usize = HASH_LEN + 5;

/// The passes that changed, and the tag to come back with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedPasses {
    /// Their serial numbers.
    pub serials: Vec<String>,
    /// The tag.
    pub tag: String,
}

/// What changed on a phone since a tag; `None` if nothing did.
pub fn changed_passes(
    db: &mut Db,
    device: &DeviceId,
    pass_type: &str,
    since: Option<&str>,
) -> Result<Option<ChangedPasses>, StoreError> {
    let held = devices::list_versions(db, device, pass_type, CARDS_MAX)?;
    let seen = since.and_then(read_tag).unwrap_or_default();
    let tag = write_tag(&held);
    let serials: Vec<String> = held
        .into_iter()
        .filter(|(serial, version)| seen.get(&hash(serial)) != Some(version))
        .map(|(serial, _)| serial)
        .collect();
    Ok((!serials.is_empty()).then_some(ChangedPasses { serials, tag }))
}

fn hash(serial: &str) -> [u8; HASH_LEN] {
    let mut short = [0; HASH_LEN];
    if let Ok(bytes) = hex::decode(sha256_hex(serial.as_bytes())) {
        short.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
    }
    short
}

fn write_tag(held: &[(String, i64)]) -> String {
    if held.len() > TAG_CARDS_MAX {
        return ALL.to_owned();
    }
    let mut bytes = Vec::with_capacity(held.len() * ENTRY_LEN);
    for (serial, version) in held {
        bytes.extend_from_slice(&hash(serial));
        // Five bytes of a version last for a million million changes of one card.
        bytes.extend(version.to_be_bytes().iter().skip(8 - (ENTRY_LEN - HASH_LEN)));
    }
    format!("{PREFIX}{}", Base64Url::encode(bytes))
}

fn read_tag(tag: &str) -> Option<HashMap<[u8; HASH_LEN], i64>> {
    let bytes = Base64Url::decode(tag.strip_prefix(PREFIX)?)?;
    if bytes.len() % ENTRY_LEN != 0 || bytes.len() > TAG_CARDS_MAX * ENTRY_LEN {
        return None;
    }
    let read = |entry: &[u8]| {
        let (serial, version) = entry.split_at_checked(HASH_LEN)?;
        let version = version
            .iter()
            .fold(0_i64, |sum, byte| sum * 256 + i64::from(*byte));
        Some((serial.try_into().ok()?, version))
    };
    bytes.chunks(ENTRY_LEN).map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_comes_back_as_what_it_saw() {
        let held = vec![("pss_a".to_owned(), 1), ("pss_b".to_owned(), 70_000)];
        let seen = read_tag(&write_tag(&held)).expect("our own tag");
        assert_eq!(seen.get(&hash("pss_b")), Some(&70_000));
        assert_eq!(seen.len(), 2);
    }

    #[test]
    fn a_foreign_tag_says_nothing() {
        for tag in [
            "",
            "1700000000",
            "s1.",
            "s1.*",
            "s1.AAAA",
            "s1.%%%",
            "2026-11-21T00:00:00Z",
        ] {
            assert!(read_tag(tag).is_none_or(|seen| seen.is_empty()), "{tag}");
        }
    }
}
