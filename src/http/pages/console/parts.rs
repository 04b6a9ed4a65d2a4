//! A form as browsers send it: with files in parts (RFC 7578), or without as one line.

use std::collections::BTreeMap;

use actix_web::HttpRequest;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::Bytes;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::actions::ActionError;
use crate::http::State;
use crate::http::pages::desk::Desk;
use crate::http::pages::forms::{malformed, read_form};

/// Most parts of a form: a card of fifty fields in five languages has fewer.
const PARTS_MAX: usize = 2_000;
/// Most bytes of the lines above a part.
const HEAD_MAX: usize = 2_048;

/// A form: what was typed, and what was picked.
#[derive(Debug, Default)]
pub(in crate::http::pages::console) struct Form {
    values: BTreeMap<String, String>,
    files: BTreeMap<String, Bytes>,
    /// What the files are called, by their fields.
    names: BTreeMap<String, String>,
}

impl Form {
    /// Reads a form whole, or refuses it.
    fn read(request: &HttpRequest, body: &Bytes) -> Result<Self, ActionError> {
        let kind = request.headers().get(CONTENT_TYPE);
        let kind = kind.and_then(|value| value.to_str().ok()).unwrap_or_default();
        if let Some(boundary) = boundary_of(kind) {
            return read_parts(body, boundary).ok_or_else(malformed);
        }
        let pairs: Vec<(String, String)> = read_form(body)?;
        if pairs.len() > PARTS_MAX {
            return Err(malformed());
        }
        Ok(Self {
            values: pairs.into_iter().collect(),
            ..Self::default()
        })
    }

    /// What was typed in a field; nothing if it is not there.
    pub(in crate::http::pages::console) fn get(&self, name: &str) -> &str {
        self.find(name).unwrap_or_default()
    }

    /// What was typed in a field.
    pub(in crate::http::pages::console) fn find(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// The form as another that has a field of text for each name, and a default for those that are not there.
    pub(in crate::http::pages::console) fn typed<T: DeserializeOwned>(&self) -> Result<T, ActionError> {
        let values = self.values.iter();
        let values = values.map(|(name, text)| (name.clone(), Value::from(text.as_str())));
        serde_json::from_value(Value::Object(values.collect())).map_err(|_| malformed())
    }

    /// The file that was picked in a field.
    pub(in crate::http::pages::console) fn file(&self, name: &str) -> Option<&Bytes> {
        self.files.get(name)
    }

    /// What the file of a field is called where it was picked; nothing if no file was.
    pub(in crate::http::pages::console) fn file_name(&self, name: &str) -> &str {
        self.names.get(name).map(String::as_str).unwrap_or_default()
    }
}

impl Desk {
    /// Who sent a form that a page of ours drew for them, and what it says and brings.
    pub(in crate::http::pages::console) async fn take_parts(
        state: &State,
        request: &HttpRequest,
        body: &Bytes,
    ) -> Result<(Self, Form), ActionError> {
        let desk = Self::of(state, request).await?;
        let form = Form::read(request, body)?;
        desk.signed_in.check_form(&state.house, form.get("token"))?;
        Ok((desk, form))
    }
}

/// What stands between the parts, if the body has parts.
fn boundary_of(kind: &str) -> Option<&str> {
    let (essence, rest) = kind.split_once(';')?;
    if !essence.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let boundary = rest
        .split(';')
        .find_map(|one| one.trim().strip_prefix("boundary="))?;
    let boundary = boundary.trim_matches('"');
    (1..=70).contains(&boundary.len()).then_some(boundary)
}

/// The parts of a body; `None` if it is not whole.
fn read_parts(body: &Bytes, boundary: &str) -> Option<Form> {
    let mark = format!("\r\n--{boundary}");
    let mut form = Form::default();
    let mut at = body
        .starts_with(mark.get(2..)?.as_bytes())
        .then_some(mark.len() - 2)?;
    for _ in 0..PARTS_MAX {
        let rest = body.get(at..)?;
        if rest.starts_with(b"--") {
            return Some(form);
        }
        let head_from = at + rest.starts_with(b"\r\n").then_some(2)?;
        let head_end = head_from + find(body.get(head_from..)?, b"\r\n\r\n", HEAD_MAX)?;
        let from = head_end + 4;
        let end = from + find(body.get(from..)?, mark.as_bytes(), usize::MAX)?;
        let head = std::str::from_utf8(body.get(head_from..head_end)?).ok()?;
        let (name, file) = named(head)?;
        match file {
            None => {
                let text = std::str::from_utf8(body.get(from..end)?).ok()?;
                form.values.insert(name, text.to_owned());
            }
            // A field in which nothing was picked is sent as an empty file without a name.
            Some(file) if end > from || !file.is_empty() => {
                form.files.insert(name.clone(), body.slice(from..end));
                form.names.insert(name, file);
            }
            Some(_) => (),
        }
        at = end + mark.len();
    }
    None
}

/// Where some bytes first stand, if that is before a limit.
fn find(body: &[u8], wanted: &[u8], limit: usize) -> Option<usize> {
    let first = wanted.first()?;
    let mut at = 0;
    loop {
        let rest = body.get(at..)?;
        at += rest.iter().position(|byte| byte == first)?;
        if at > limit {
            return None;
        }
        if body.get(at..)?.starts_with(wanted) {
            return Some(at);
        }
        at += 1;
    }
}

/// The name of a part, and of a file what it is called.
fn named(head: &str) -> Option<(String, Option<String>)> {
    let line = head.split("\r\n").find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.trim()
            .eq_ignore_ascii_case("content-disposition")
            .then_some(value)
    })?;
    let name = line.split("; name=\"").nth(1)?.split('"').next()?;
    let file = line.split_once("; filename=").map(|(_, rest)| {
        let quoted = rest.strip_prefix('"').and_then(|rest| rest.split('"').next());
        quoted.unwrap_or_default().to_owned()
    });
    Some((name.to_owned(), file))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<Form> {
        read_parts(&Bytes::from(text.replace('\n', "\r\n")), "X")
    }

    #[test]
    fn texts_and_files_are_told_apart() {
        let form = read(
            "--X\nContent-Disposition: form-data; name=\"a.en\"\n\nPo\u{ee}nts\n--X\nContent-Disposition: form-data; \
             name=\"logo\"; filename=\"l--X.png\"\nContent-Type: image/png\n\n\u{1}\n--Y\n--X\nContent-Disposition: \
             form-data; name=\"none\"; filename=\"\"\n\n\n--X--\n",
        )
        .expect("a form");
        assert_eq!(form.get("a.en"), "Po\u{ee}nts");
        assert_eq!(
            form.file("logo").map(AsRef::as_ref),
            Some("\u{1}\r\n--Y".as_bytes())
        );
        assert!(form.file("none").is_none() && form.find("logo").is_none());
    }

    #[test]
    fn what_is_not_whole_is_refused() {
        for text in [
            "",
            "--X",
            "--X\n",
            "--X\nContent-Disposition: form-data; name=\"a\"\n\nx",
            "--X\nContent-Disposition: form-data; name=\"a\"\n\nx\n--Y--",
            "--X\nContent-Disposition: form-data\n\nx\n--X--",
            "x--X--",
        ] {
            assert!(read(text).is_none(), "{text}");
        }
        assert!(read("--X--\n").is_some());
    }

    #[test]
    fn only_a_form_in_parts_has_a_boundary() {
        assert_eq!(boundary_of("multipart/form-data; boundary=X"), Some("X"));
        assert_eq!(
            boundary_of("Multipart/Form-Data; charset=utf-8; boundary=\"a b\""),
            Some("a b")
        );
        assert_eq!(boundary_of("application/x-www-form-urlencoded; boundary=X"), None);
        assert_eq!(boundary_of("multipart/form-data; boundary="), None);
    }
}
