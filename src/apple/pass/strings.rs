//! The files of a pass that are the same on every card of a design: images and translations.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;

use crate::apple::groups::design_fields;
use crate::loyalty::design::Design;
use crate::loyalty::face::PLACEHOLDERS;
use crate::types::{Language, Text};

/// An image that the design names is not at hand, so no pass can be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the design's image `{name}` is not stored; upload it again and publish the design")]
pub struct MissingImage {
    /// The file name in the design.
    pub name: String,
}

/// Every file of the package that does not change from card to card, by name.
///
/// These are the images but those under `google/`, and the translations. `find_image` gives an
/// image's bytes by file name.
pub fn package_files(
    design: &Design,
    mut find_image: impl FnMut(&str) -> Option<Bytes>,
) -> Result<BTreeMap<String, Bytes>, MissingImage> {
    let mut files: BTreeMap<String, Bytes> = pass_strings(design)
        .into_iter()
        .map(|(name, bytes)| (name, Bytes::from(bytes)))
        .collect();
    for name in design.images.keys().filter(|name| !name.starts_with("google/")) {
        let bytes = find_image(name).ok_or_else(|| MissingImage { name: name.clone() })?;
        files.insert(name.clone(), bytes);
    }
    Ok(files)
}

/// The translations of a design as `ar.lproj/pass.strings` and so on.
///
/// The key of a text is its fallback wording, which is what `pass.json` says, so that a phone in
/// another language shows good text. Texts with placeholders are not here: they are written in
/// the holder's language on the card itself. Plain UTF-8 without a byte order mark and without a
/// comment, the form that both Apple's and KDE's readers take (measured 2026-11).
pub fn pass_strings(design: &Design) -> BTreeMap<String, Vec<u8>> {
    let texts = fixed_texts(design);
    let languages: BTreeSet<&Language> = texts
        .iter()
        .flat_map(|(_, text)| text.translations().keys())
        .collect();
    languages
        .into_iter()
        .map(|language| {
            let file = table(&texts, language);
            (format!("{language}.lproj/pass.strings"), file.into_bytes())
        })
        .collect()
}

/// One language's file: each translated text once, in the order of the design.
fn table(texts: &[(String, &Text)], language: &Language) -> String {
    let mut seen = BTreeSet::new();
    let mut file = String::new();
    for (_, text) in texts {
        let is_translated = !text.translations().is_empty() && !text.fallback().is_empty();
        if is_translated && seen.insert(text.fallback()) {
            push_line(&mut file, text.fallback(), &soften_quotes(text.get(language)));
        }
    }
    file
}

fn push_line(file: &mut String, key: &str, value: &str) {
    file.push('"');
    push_escaped(file, key);
    file.push_str("\" = \"");
    push_escaped(file, value);
    file.push_str("\";\n");
}

fn push_escaped(file: &mut String, text: &str) {
    for letter in text.chars() {
        match letter {
            '"' => file.push_str("\\\""),
            '\\' => file.push_str("\\\\"),
            '\n' => file.push_str("\\n"),
            '\r' => file.push_str("\\r"),
            '\t' => file.push_str("\\t"),
            other => file.push(other),
        }
    }
}

/// Curly quotes for pairs of straight ones, because KDE's reader shows the backslash of an
/// escaped quote. Markup (`href="..."`) and a lone mark of inches stay as they are.
fn soften_quotes(text: &str) -> String {
    let marks = text.matches('"').count();
    if marks == 0 || marks % 2 == 1 || text.contains("=\"") {
        return text.to_owned();
    }
    let mut is_open = false;
    text.chars()
        .map(|letter| {
            if letter != '"' {
                return letter;
            }
            is_open = !is_open;
            if is_open { '\u{201c}' } else { '\u{201d}' }
        })
        .collect()
}

/// Whether the text names nothing of the card, so that the phone may translate it.
fn is_fixed(text: &Text) -> bool {
    let names_something = |wording: &str| {
        wording.split('{').skip(1).any(|rest| {
            rest.split_once('}')
                .is_some_and(|(name, _)| PLACEHOLDERS.contains(&name))
        })
    };
    !names_something(text.fallback())
        && !text
            .translations()
            .values()
            .any(|wording| names_something(wording))
}

/// The design's texts that a phone translates, each with its JSON pointer into the design, in
/// the order of the design.
pub(in crate::apple) fn fixed_texts(design: &Design) -> Vec<(String, &Text)> {
    let mut texts = vec![
        ("/organization_name".to_owned(), &design.organization_name),
        ("/description".to_owned(), &design.description),
    ];
    texts.extend(
        design
            .logo_text
            .as_ref()
            .map(|text| ("/logo_text".to_owned(), text)),
    );
    for (group, at, field) in design_fields(design) {
        let pointer = group.pointer(at);
        texts.extend(
            field
                .label
                .as_ref()
                .map(|text| (format!("{pointer}/label"), text)),
        );
        texts.push((format!("{pointer}/value"), &field.value));
        let change_message = field.change_message.as_ref();
        texts.extend(change_message.map(|text| (format!("{pointer}/change_message"), text)));
    }
    for (at, place) in design.locations.iter().enumerate() {
        let text = place.relevant_text.as_ref();
        texts.extend(text.map(|text| (format!("/locations/{at}/relevant_text"), text)));
    }
    for (at, beacon) in design.beacons.iter().enumerate() {
        let text = beacon.relevant_text.as_ref();
        texts.extend(text.map(|text| (format!("/beacons/{at}/relevant_text"), text)));
    }
    texts.retain(|(_, text)| is_fixed(text));
    texts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(json: &str) -> Text {
        serde_json::from_str(json).expect("a text")
    }

    fn design(description: &str) -> Design {
        serde_json::from_str(&format!(
            r#"{{"organization_name": "Aroma", "description": {description}}}"#
        ))
        .expect("a design")
    }

    fn file(description: &str, name: &str) -> String {
        let files = pass_strings(&design(description));
        String::from_utf8(files.get(name).expect("a file").clone()).expect("UTF-8")
    }

    #[test]
    fn quotes_backslashes_and_line_breaks_are_escaped_in_keys_and_softened_in_values() {
        let json = r#"{"en": "A \"b\" \\ c\nd", "de": "Die \"B\" \\ c\nd"}"#;
        assert_eq!(
            file(json, "de.lproj/pass.strings"),
            "\"A \\\"b\\\" \\\\ c\\nd\" = \"Die \u{201c}B\u{201d} \\\\ c\\nd\";\n"
        );
    }

    #[test]
    fn inches_and_markup_keep_their_quotes() {
        assert_eq!(soften_quotes(r#"a 12" pizza"#), r#"a 12" pizza"#);
        assert_eq!(soften_quotes(r#"<a href="x">y</a>"#), r#"<a href="x">y</a>"#);
        assert_eq!(soften_quotes("plain"), "plain");
    }

    #[test]
    fn every_language_has_a_file_without_mark_or_comment_and_plain_texts_are_in_none() {
        let files = pass_strings(&design(r#"{"en": "Points card", "ar": "بطاقة النقاط"}"#));
        let names: Vec<_> = files.keys().map(String::as_str).collect();
        assert_eq!(names, ["ar.lproj/pass.strings", "en.lproj/pass.strings"]);
        for bytes in files.values() {
            assert_eq!(bytes.first(), Some(&b'"'));
            assert!(!String::from_utf8_lossy(bytes).contains("Aroma"));
        }
        assert!(pass_strings(&design(r#""Points card""#)).is_empty());
    }

    #[test]
    fn texts_with_placeholders_are_left_to_the_card_itself() {
        assert!(pass_strings(&design(r#"{"en": "Hi {name}", "ar": "مرحبا {name}"}"#)).is_empty());
        assert!(is_fixed(&text(r#""a {lone brace""#)));
        assert!(is_fixed(&text(r#""{nothing}""#)));
        assert!(!is_fixed(&text(r#"{"en": "a", "ar": "{x{name}"}"#)));
    }

    #[test]
    fn the_package_holds_apples_images_and_says_which_is_missing() {
        let mut design = design(r#"{"en": "Card", "de": "Karte"}"#);
        for name in ["icon.png", "ar.lproj/strip.png", "google/logo.png"] {
            design.images.insert(name.to_owned(), "00".repeat(32));
        }
        let files = package_files(&design, |_| Some(Bytes::from_static(b"png"))).expect("all there");
        let names: Vec<_> = files.keys().map(String::as_str).collect();
        assert_eq!(
            names,
            [
                "ar.lproj/strip.png",
                "de.lproj/pass.strings",
                "en.lproj/pass.strings",
                "icon.png"
            ]
        );
        let missing = package_files(&design, |_| None).expect_err("none there");
        assert_eq!(missing.name, "ar.lproj/strip.png");
    }
}
