//! JSON from outside: parsed with a pointer to every fault.

use serde::de::DeserializeOwned;
use serde_path_to_error::Segment;

use super::{ActionError, Code, Fault};

/// Parses a JSON body: what is not JSON is malformed, what is JSON of another shape is invalid, with a pointer.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ActionError> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        // A wrong value before a broken end: that it is no JSON at all is what the caller needs to hear.
        match serde_json::from_slice::<serde::de::IgnoredAny>(bytes) {
            Ok(_) => explain(&error),
            Err(broken) => malformed(&broken),
        }
    })?;
    reader.end().map_err(|error| {
        ActionError::with(
            Code::MalformedBody,
            format!("The body goes on after its JSON: {error}."),
        )
    })?;
    Ok(value)
}

/// The same for a value that is parsed already; `base` is where it stands in the body.
pub fn parse_value<T: DeserializeOwned>(value: serde_json::Value, base: &str) -> Result<T, ActionError> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let mut error = explain(&error);
        for fault in &mut error.faults {
            fault.pointer.insert_str(0, base);
        }
        error
    })
}

fn malformed(error: &serde_json::Error) -> ActionError {
    ActionError::with(Code::MalformedBody, format!("The body is not JSON: {error}."))
}

/// A name as a step of a JSON pointer (RFC 6901, section 3).
fn step(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

fn explain(error: &serde_path_to_error::Error<serde_json::Error>) -> ActionError {
    let inner = error.inner();
    let text = inner.to_string();
    if inner.is_syntax() || inner.is_eof() || inner.is_io() {
        return malformed(inner);
    }
    let mut pointer = String::new();
    for segment in error.path() {
        match segment {
            Segment::Seq { index } => pointer = format!("{pointer}/{index}"),
            // A choice with a value is written as an object of one field.
            Segment::Map { key } | Segment::Enum { variant: key } => {
                pointer = format!("{pointer}/{}", step(key));
            }
            Segment::Unknown => (),
        }
    }
    let named = step(text.split('`').nth(1).unwrap_or_default());
    let code = if text.starts_with("missing field") {
        pointer = format!("{pointer}/{named}");
        "required"
    } else if text.starts_with("unknown field") {
        if !pointer.ends_with(&format!("/{named}")) {
            pointer = format!("{pointer}/{named}");
        }
        "unknown_field"
    } else if text.starts_with("invalid type") {
        "wrong_type"
    } else {
        "invalid_value"
    };
    let sentence = text.split(" at line ").next().unwrap_or(&text);
    ActionError::invalid(vec![Fault::new(pointer, code, format!("{sentence}."))])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize, Debug)]
    #[serde(deny_unknown_fields)]
    struct Line {
        #[expect(dead_code, reason = "only parsed")]
        quantity: i64,
    }

    #[derive(serde::Deserialize, Debug)]
    #[serde(deny_unknown_fields)]
    struct Order {
        #[expect(dead_code, reason = "only parsed")]
        lines: Vec<Line>,
    }

    #[test]
    fn each_fault_has_its_pointer_and_code() {
        for (body, pointer, code) in [
            (
                r#"{"lines":[{"quantity":1},{"quantity":1.5}]}"#,
                "/lines/1/quantity",
                "wrong_type",
            ),
            (r#"{"lines":[{}]}"#, "/lines/0/quantity", "required"),
            (
                r#"{"lines":[{"quantity":1,"x/y":2}]}"#,
                "/lines/0/x~1y",
                "unknown_field",
            ),
            (r#"{"balance":5}"#, "/balance", "unknown_field"),
            ("{}", "/lines", "required"),
        ] {
            let error = parse::<Order>(body.as_bytes()).expect_err(body);
            assert_eq!(error.code, Code::Invalid, "{body}");
            assert_eq!(
                (error.faults[0].pointer.as_str(), error.faults[0].code.as_str()),
                (pointer, code),
                "{body}"
            );
        }
        for body in ["", "{", "nope", r#"{"lines":[]} x"#, "\u{0}"] {
            assert_eq!(
                parse::<Order>(body.as_bytes()).expect_err(body).code,
                Code::MalformedBody,
                "{body}"
            );
        }
    }

    #[derive(serde::Deserialize, Debug)]
    #[serde(rename_all = "snake_case")]
    enum Choice {
        #[expect(dead_code, reason = "only parsed")]
        Days(u16),
    }

    #[test]
    fn a_fault_in_a_choice_points_into_it() {
        let pointer = |body: &str| {
            let error = parse::<Vec<Choice>>(body.as_bytes()).expect_err(body);
            error.faults[0].pointer.clone()
        };
        assert_eq!(pointer(r#"[{"days":1},{"days":"2"}]"#), "/1/days");
        assert_eq!(pointer(r#"[{"weeks":1}]"#), "/0");
    }
}
