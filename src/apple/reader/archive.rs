//! Unpacks a zip archive within limits.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

use bytes::Bytes;
use zip::ZipArchive;
use zip::read::ZipFile;

use crate::apple::finding::Finding;
use crate::apple::limits::{PASS_BYTES_MAX, PASS_ENTRIES_MAX, PASS_RATIO_MAX, PASS_UNPACKED_BYTES_MAX};

use super::{ReadError, codes};

/// Below this a file may unpack to any multiple of its size: a few kilobytes of blanks do no harm.
const RATIO_FREE_BYTES: u64 = 1024 * 1024;
const TOO_MUCH: ReadError = ReadError::UnpacksTooLarge {
    limit: PASS_UNPACKED_BYTES_MAX,
};

pub(super) struct Unpacked {
    pub(super) files: BTreeMap<String, Bytes>,
    pub(super) findings: Vec<Finding>,
}

pub(super) fn unpack(bytes: &[u8]) -> Result<Unpacked, ReadError> {
    if bytes.len() > PASS_BYTES_MAX {
        return Err(ReadError::TooLarge {
            bytes: bytes.len(),
            limit: PASS_BYTES_MAX,
        });
    }
    let mut archive =
        ZipArchive::new(Cursor::new(bytes)).map_err(|error| ReadError::NotAnArchive(error.to_string()))?;
    if archive.len() > PASS_ENTRIES_MAX {
        return Err(ReadError::TooManyEntries {
            entries: archive.len(),
            limit: PASS_ENTRIES_MAX,
        });
    }
    if archive.has_duplicate_names() {
        return Err(ReadError::TwoFilesOfOneName);
    }
    let mut unpacked = Unpacked {
        files: BTreeMap::new(),
        findings: Vec::new(),
    };
    let mut left = PASS_UNPACKED_BYTES_MAX;
    for at in 0..archive.len() {
        match archive.by_index(at) {
            Ok(entry) => unpacked.take(entry, &mut left)?,
            Err(error) => unpacked.unreadable(&format!("#{at}"), &error.to_string()),
        }
    }
    unpacked.unwrap_folder();
    unpacked.refuse_bundle()?;
    Ok(unpacked)
}

impl Unpacked {
    fn take(&mut self, mut entry: ZipFile<'_, Cursor<&[u8]>>, left: &mut u64) -> Result<(), ReadError> {
        let name = match entry.name() {
            Ok(name) => name.into_owned(),
            Err(error) => {
                self.unreadable("?", &error.to_string());
                return Ok(());
            }
        };
        if entry.is_symlink() {
            let message = "a link to another file, which phones skip; put the file itself there";
            self.findings.push(Finding::new(codes::SYMLINK, name, message));
            return Ok(());
        }
        if !is_safe(&name) {
            let message =
                "the name leads out of the package or is not plain, so the file is left out; rename it";
            self.findings
                .push(Finding::new(codes::UNSAFE_NAME, name, message));
            return Ok(());
        }
        if entry.is_dir() {
            return Ok(());
        }
        let packed = entry.compressed_size();
        let most = (*left).min(packed.saturating_mul(PASS_RATIO_MAX).max(RATIO_FREE_BYTES));
        let mut content = Vec::new();
        // One byte more than allowed tells a file that is too large from one that just fits.
        let result = entry
            .by_ref()
            .take(most.saturating_add(1))
            .read_to_end(&mut content);
        let unpacked = u64::try_from(content.len()).unwrap_or(u64::MAX);
        *left = left
            .checked_sub(unpacked)
            .filter(|_| unpacked <= most)
            .ok_or(TOO_MUCH)?;
        match result {
            Ok(_) => {
                self.files.insert(name, Bytes::from(content));
            }
            Err(error) => self.unreadable(&name, &error.to_string()),
        }
        Ok(())
    }

    fn unreadable(&mut self, name: &str, reason: &str) {
        let message = format!("the file cannot be unpacked ({reason}); build the pass again");
        self.findings
            .push(Finding::new(codes::ENTRY_UNREADABLE, name, message));
    }

    /// Some archivers put everything into one folder; iOS refuses that, we look inside.
    fn unwrap_folder(&mut self) {
        if self.files.contains_key("pass.json") {
            return;
        }
        let folder = self.files.keys().find_map(|name| {
            let folder = name.strip_suffix("pass.json")?;
            (folder.matches('/').count() == 1 && folder != "__MACOSX/").then(|| folder.to_owned())
        });
        let Some(folder) = folder else {
            return;
        };
        let message = format!(
            "everything is in the folder `{folder}`, but phones look at the top of the archive and refuse the \
             pass; zip the files, not the folder"
        );
        self.findings
            .push(Finding::new(codes::WRAPPING_FOLDER, folder.as_str(), message));
        let files = std::mem::take(&mut self.files);
        for (name, bytes) in files {
            let bare = name
                .strip_prefix(&folder)
                .map_or_else(|| name.clone(), str::to_owned);
            self.files.insert(bare, bytes);
        }
    }

    fn refuse_bundle(&self) -> Result<(), ReadError> {
        let passes = self.files.keys().filter(|name| name.ends_with(".pkpass")).count();
        if passes > 0 && !self.files.contains_key("pass.json") {
            return Err(ReadError::Bundle(passes));
        }
        Ok(())
    }
}

/// Whether the name stays inside the package and means the same file on every system.
fn is_safe(name: &str) -> bool {
    let path = name.strip_suffix('/').unwrap_or(name);
    !path.is_empty()
        && path.split('/').all(|step| !matches!(step, "" | "." | ".."))
        && !path
            .chars()
            .any(|letter| letter == '\\' || letter == ':' || letter.is_control())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_lead_out_of_the_package_are_not_safe() {
        for name in [
            "icon.png",
            "ar.lproj/pass.strings",
            "ar.lproj/",
            "..a/b..c",
            "بطاقة.png",
        ] {
            assert!(is_safe(name), "{name}");
        }
        for name in [
            "",
            "/",
            "/etc/passwd",
            "../x",
            "a/../b",
            "a//b",
            "./a",
            "a\\b",
            "C:x",
            "a\nb",
            "a/./b",
        ] {
            assert!(!is_safe(name), "{name}");
        }
    }
}
