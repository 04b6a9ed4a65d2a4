//! Reads `pass.strings`: lines of `"key" = "value";` with comments between them.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::str::Chars;

use crate::apple::limits::PASS_JSON_BYTES_MAX;

use super::lenient::decode;

/// The translations by key; `None` if the file is not of that form.
pub fn read_strings(bytes: &[u8]) -> Option<BTreeMap<String, String>> {
    if bytes.len() > PASS_JSON_BYTES_MAX {
        return None;
    }
    let (text, _) = decode(bytes);
    let mut letters = text.chars().peekable();
    let mut strings = BTreeMap::new();
    loop {
        skip_blank(&mut letters)?;
        if letters.peek().is_none() {
            return Some(strings);
        }
        let key = read_word(&mut letters)?;
        expect(&mut letters, '=')?;
        skip_blank(&mut letters)?;
        let value = read_word(&mut letters)?;
        expect(&mut letters, ';')?;
        strings.entry(key).or_insert(value);
    }
}

fn expect(letters: &mut Peekable<Chars<'_>>, wanted: char) -> Option<()> {
    skip_blank(letters)?;
    letters.next_if_eq(&wanted).map(|_| ())
}

/// Skips blanks and comments; `None` if a comment never ends.
fn skip_blank(letters: &mut Peekable<Chars<'_>>) -> Option<()> {
    loop {
        while letters.next_if(|letter| letter.is_whitespace()).is_some() {}
        if letters.next_if_eq(&'/').is_none() {
            return Some(());
        }
        match letters.next()? {
            '/' => while letters.next_if(|letter| *letter != '\n').is_some() {},
            '*' => {
                let mut last = ' ';
                loop {
                    let letter = letters.next()?;
                    if last == '*' && letter == '/' {
                        break;
                    }
                    last = letter;
                }
            }
            _ => return None,
        }
    }
}

/// A quoted text, or a bare word as old files have it.
fn read_word(letters: &mut Peekable<Chars<'_>>) -> Option<String> {
    let mut word = String::new();
    if letters.next_if_eq(&'"').is_none() {
        while let Some(letter) = letters.next_if(|letter| letter.is_alphanumeric() || "_-.".contains(*letter))
        {
            word.push(letter);
        }
        return (!word.is_empty()).then_some(word);
    }
    loop {
        match letters.next()? {
            '"' => return Some(word),
            '\\' => word.push(match letters.next()? {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'u' | 'U' => read_hex(letters)?,
                other => other,
            }),
            letter => word.push(letter),
        }
    }
}

fn read_hex(letters: &mut Peekable<Chars<'_>>) -> Option<char> {
    let mut number = 0;
    for _ in 0..4 {
        number = number * 16 + letters.next()?.to_digit(16)?;
    }
    Some(char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &str) -> Option<Vec<(String, String)>> {
        read_strings(text.as_bytes()).map(|strings| strings.into_iter().collect())
    }

    fn pair(key: &str, value: &str) -> (String, String) {
        (key.to_owned(), value.to_owned())
    }

    #[test]
    fn comments_escapes_and_bare_words_are_read() {
        let text = "/* a */ \"k\\n1\" = \"v \\\"q\\\" \\\\ \\u00e9\";\n// b\nbare-word = \"w\" ; ";
        assert_eq!(
            pairs(text),
            Some(vec![pair("bare-word", "w"), pair("k\n1", "v \"q\" \\ é")])
        );
        assert_eq!(pairs(""), Some(vec![]));
        assert_eq!(pairs("\"a\"=\"1\";\"a\"=\"2\";"), Some(vec![pair("a", "1")]));
    }

    #[test]
    fn utf16_is_read_too() {
        let utf16: Vec<u8> = "\u{feff}\"a\" = \"ب\";"
            .encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect();
        let strings = read_strings(&utf16).expect("strings");
        assert_eq!(strings.get("a").map(String::as_str), Some("ب"));
    }

    #[test]
    fn what_is_not_a_strings_file_is_refused() {
        for text in [
            "\"a\"",
            "\"a\" = ",
            "\"a\" = \"b\"",
            "/* x",
            "{}",
            "\"a\" = \"b\\",
            "\"a\" \"b\";",
            "/x",
        ] {
            assert_eq!(pairs(text), None, "{text}");
        }
    }
}
