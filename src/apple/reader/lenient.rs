//! JSON as Apple reads it: a byte order mark, UTF-16 and trailing commas are no obstacle.

use std::borrow::Cow;
use std::collections::BTreeMap;

use bytes::Bytes;
use serde::de::Error as _;
use serde_json::Value as Json;

use crate::apple::finding::Finding;
use crate::apple::limits::PASS_JSON_BYTES_MAX;

use super::codes;

/// What strict JSON does not allow but was read all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::apple) enum Oddity {
    ByteOrderMark,
    Utf16,
    NotUtf8,
    TrailingComma,
}

impl Oddity {
    const fn sentence(self) -> &'static str {
        match self {
            Self::ByteOrderMark => "it begins with a byte order mark",
            Self::Utf16 => "it is written in UTF-16",
            Self::NotUtf8 => "it holds bytes that are not UTF-8",
            Self::TrailingComma => "it holds a comma before a closing bracket",
        }
    }
}

/// The pass's own JSON, or `null` and a finding.
pub(super) fn read_pass_json(files: &BTreeMap<String, Bytes>, findings: &mut Vec<Finding>) -> Json {
    let Some(bytes) = files.get("pass.json") else {
        let message = "the archive has no pass.json, so it is not a pass; build it again";
        findings.push(Finding::new(codes::PASS_JSON_MISSING, "pass.json", message));
        return Json::Null;
    };
    match read_json(bytes) {
        Ok((json, oddities)) => {
            for oddity in oddities {
                let message = format!(
                    "{}; some readers refuse that, so write strict JSON in UTF-8",
                    oddity.sentence()
                );
                findings.push(Finding::new(codes::JSON_LENIENT, "pass.json", message));
            }
            json
        }
        Err(error) => {
            let message = format!("it cannot be read as JSON ({error}); mend it there");
            findings.push(Finding::new(codes::PASS_JSON_UNREADABLE, "pass.json", message));
            Json::Null
        }
    }
}

/// Reads JSON strictly, else leniently, and tells what was odd.
pub(in crate::apple) fn read_json(bytes: &[u8]) -> Result<(Json, Vec<Oddity>), serde_json::Error> {
    if bytes.len() > PASS_JSON_BYTES_MAX {
        let message = format!(
            "it has {} bytes, over the limit of {PASS_JSON_BYTES_MAX}",
            bytes.len()
        );
        return Err(serde_json::Error::custom(message));
    }
    if let Ok(json) = serde_json::from_slice(bytes) {
        return Ok((json, Vec::new()));
    }
    let (text, mut oddities) = decode(bytes);
    let (text, had_commas) = without_trailing_commas(&text);
    oddities.extend(had_commas.then_some(Oddity::TrailingComma));
    Ok((serde_json::from_str(&text)?, oddities))
}

/// The text in whatever Unicode form it is written.
pub(super) fn decode(bytes: &[u8]) -> (Cow<'_, str>, Vec<Oddity>) {
    let units = |body: &[u8], read: fn([u8; 2]) -> u16| -> String {
        let units: Vec<u16> = body.as_chunks::<2>().0.iter().map(|pair| read(*pair)).collect();
        String::from_utf16_lossy(&units)
    };
    match bytes {
        [0xef, 0xbb, 0xbf, body @ ..] => {
            let (text, mut oddities) = decode_utf8(body);
            oddities.insert(0, Oddity::ByteOrderMark);
            (text, oddities)
        }
        [0xff, 0xfe, body @ ..] => (units(body, u16::from_le_bytes).into(), vec![Oddity::Utf16]),
        [0xfe, 0xff, body @ ..] => (units(body, u16::from_be_bytes).into(), vec![Oddity::Utf16]),
        [0, low, ..] if *low != 0 => (units(bytes, u16::from_be_bytes).into(), vec![Oddity::Utf16]),
        [low, 0, ..] if *low != 0 => (units(bytes, u16::from_le_bytes).into(), vec![Oddity::Utf16]),
        _ => decode_utf8(bytes),
    }
}

fn decode_utf8(bytes: &[u8]) -> (Cow<'_, str>, Vec<Oddity>) {
    let text = String::from_utf8_lossy(bytes);
    let is_lossy = matches!(text, Cow::Owned(_));
    (text, is_lossy.then_some(Oddity::NotUtf8).into_iter().collect())
}

/// The text without the commas that stand right before a closing bracket, and whether there were any.
fn without_trailing_commas(text: &str) -> (String, bool) {
    let mut out = String::with_capacity(text.len());
    let (mut in_text, mut is_escaped, mut had_any) = (false, false, false);
    // Where a comma stands in `out` behind which only blanks came so far.
    let mut comma = None;
    for letter in text.chars() {
        if in_text {
            in_text = letter != '"' || is_escaped;
            is_escaped = letter == '\\' && !is_escaped;
            out.push(letter);
            continue;
        }
        match letter {
            '"' => (in_text, comma) = (true, None),
            ',' => comma = Some(out.len()),
            ']' | '}' => {
                if let Some(at) = comma.take() {
                    out.remove(at);
                    had_any = true;
                }
            }
            blank if blank.is_whitespace() => (),
            _ => comma = None,
        }
        out.push(letter);
    }
    (out, had_any)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn odd_json_is_read_and_what_was_odd_is_told() {
        let text = r#"{"a": [1, 2,], "b": ",}",}"#;
        let value = json!({"a": [1, 2], "b": ",}"});
        let utf16 = |read: fn(u16) -> [u8; 2]| -> Vec<u8> { text.encode_utf16().flat_map(read).collect() };
        let marked = |mark: &[u8], body: Vec<u8>| [mark, &body].concat();
        for (bytes, first) in [
            (text.as_bytes().to_vec(), Oddity::TrailingComma),
            (
                marked(&[0xef, 0xbb, 0xbf], text.as_bytes().to_vec()),
                Oddity::ByteOrderMark,
            ),
            (marked(&[0xff, 0xfe], utf16(u16::to_le_bytes)), Oddity::Utf16),
            (marked(&[0xfe, 0xff], utf16(u16::to_be_bytes)), Oddity::Utf16),
            (utf16(u16::to_le_bytes), Oddity::Utf16),
            (utf16(u16::to_be_bytes), Oddity::Utf16),
        ] {
            let (read, oddities) = read_json(&bytes).expect("JSON");
            assert_eq!(read, value);
            assert_eq!(oddities.first(), Some(&first));
        }
        let latin = read_json(b"{\"a\": \"caf\xe9\"}").expect("JSON");
        assert_eq!(latin, (json!({"a": "caf\u{fffd}"}), vec![Oddity::NotUtf8]));
        assert_eq!(read_json(b"[1]").expect("JSON").1, []);
    }

    #[test]
    fn only_commas_before_closing_brackets_go() {
        for (text, kept) in [
            ("[1, \n ]", "[1 \n ]"),
            (r#"["a\",]", 1,]"#, r#"["a\",]", 1]"#),
            (r#"["\\",]"#, r#"["\\"]"#),
            ("[,,]", "[,]"),
            ("{,}", "{}"),
            ("[1,2]", "[1,2]"),
        ] {
            assert_eq!(without_trailing_commas(text).0, kept, "{text}");
        }
    }

    #[test]
    fn deep_and_broken_json_is_an_error_and_no_crash() {
        assert!(read_json(&b"[".repeat(100_000)).is_err());
        assert!(read_json(b"").is_err());
        assert!(read_json(b"{\"a\": 1e999}").is_err());
        assert!(read_json(&[0xff, 0xfe, b'{']).is_err());
        assert!(read_json(&b" ".repeat(PASS_JSON_BYTES_MAX + 1)).is_err());
    }
}
