//! Whether files that hold secrets are their owner's alone.

use std::path::{Path, PathBuf};

use super::report::Report;
use crate::config::master_key::{self, is_exposed};
use crate::config::{Loaded, Origin};

pub(super) fn check(loaded: &Loaded, report: &mut Report) {
    let exposed: Vec<(&str, PathBuf)> = secret_files(loaded)
        .into_iter()
        .filter(|(_, file)| is_readable_by_others(file))
        .collect();
    for (what, file) in &exposed {
        report.warn(
            "files",
            format!(
                "{}, {what}, can be read by other accounts of this machine",
                file.display()
            ),
            format!("chmod 600 {}", file.display()),
        );
    }
    if exposed.is_empty() {
        report.ok("files", "secrets are their owner's alone");
    }
    // Whether the key itself is in order, the database's check tells.
}

fn is_readable_by_others(file: &Path) -> bool {
    // A file that is not there is told by the check that needs it.
    std::fs::metadata(file).is_ok_and(|metadata| is_exposed(&metadata))
}

/// Files with something that opens something, and what that is. The master key is left out: one that others
/// can read is not even used.
fn secret_files(loaded: &Loaded) -> Vec<(&'static str, PathBuf)> {
    let mut files = Vec::new();
    if let Some(apple) = &loaded.config.apple {
        let key = apple.private_key.as_ref().unwrap_or(&apple.certificate);
        files.push(("the pass certificate's private key", key.clone()));
        files.extend(
            apple
                .apns_key
                .as_ref()
                .map(|key| ("the push key", key.file.clone())),
        );
    }
    if let Some(google) = &loaded.config.google {
        files.push(("the service account's key", google.service_account.clone()));
    }
    for setting in loaded.settings.iter().filter(|setting| setting.is_secret()) {
        match &setting.origin {
            Origin::SecretFile { file, .. } => files.push(("a secret", file.clone())),
            Origin::File { file, .. } if setting.shown().contains("***") => {
                files.push(("a configuration with a secret in it", file.clone()));
            }
            _ => (),
        }
    }
    files.retain(|(_, file)| Some(file) != master_key::file_of(&loaded.config).as_ref());
    files.sort_by(|left, right| left.1.cmp(&right.1));
    files.dedup_by(|left, right| left.1 == right.1);
    files
}
