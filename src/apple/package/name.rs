//! Which file names a design may bring into a pass.

/// Longest file name in bytes, folder included.
const NAME_MAX_BYTES: usize = 120;
const LANGUAGE_FOLDER: &str = ".lproj";
/// What Billfold writes itself.
const OWN: [&str; 3] = ["pass.json", "manifest.json", "signature"];

/// Why a name is refused, as the end of a sentence; `None` if it may be used.
pub(super) fn refusal(name: &str) -> Option<&'static str> {
    if name.len() > NAME_MAX_BYTES {
        return Some("the name is longer than 120 bytes");
    }
    let (folder, file) = match name.split_once('/') {
        Some((folder, file)) => (Some(folder), file),
        None => (None, name),
    };
    if folder.is_some_and(|folder| !is_language_folder(folder)) {
        return Some("the only folders of a pass are those of languages, such as `ar.lproj`");
    }
    if file.contains('/') {
        return Some("a language's folder holds files only");
    }
    if folder.is_none() && OWN.iter().any(|own| own.eq_ignore_ascii_case(file)) {
        return Some("Billfold writes this file itself");
    }
    if file.is_empty() || file.starts_with('.') || !file.bytes().all(is_plain) {
        return Some("a name has letters, digits, `@`, `-`, `_` and `.` only, and does not begin with `.`");
    }
    None
}

fn is_language_folder(folder: &str) -> bool {
    folder.strip_suffix(LANGUAGE_FOLDER).is_some_and(|language| {
        !language.is_empty()
            && language
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    })
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'@' | b'-' | b'_' | b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_a_pass_are_taken() {
        for name in [
            "icon.png",
            "strip@3x.png",
            "ar.lproj/pass.strings",
            "zh-Hans.lproj/logo@2x.png",
            "personalization.json",
        ] {
            assert_eq!(refusal(name), None, "{name}");
        }
    }

    #[test]
    fn names_that_lead_elsewhere_or_are_ours_are_refused() {
        let long = format!("{}.png", "a".repeat(120));
        for name in [
            "",
            "..",
            ".",
            ".DS_Store",
            "../icon.png",
            "/icon.png",
            "icon.png/",
            "a/icon.png",
            "en.lproj/../icon.png",
            "en.lproj/",
            ".lproj/icon.png",
            "..lproj/icon.png",
            "en.lproj/a/b.png",
            "__MACOSX/icon.png",
            "ic\\on.png",
            "icon\0.png",
            "ïcon.png",
            "pass.json",
            "Manifest.json",
            "signature",
            &long,
        ] {
            assert!(refusal(name).is_some(), "{name}");
        }
    }
}
