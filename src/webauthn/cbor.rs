//! The few forms of CBOR (RFC 8949) that authenticators write: maps with short keys, and what is in them.

use ciborium::Value;

/// Deepest nesting that is read: an attestation's map holds a map of lists.
const DEPTH_MAX: usize = 8;

/// A map, each key once.
#[derive(Debug)]
pub(super) struct Map(Vec<(Value, Value)>);

impl Map {
    /// Reads one map from the beginning of some bytes, and gives what stands behind it.
    pub(super) fn read(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let mut rest = bytes;
        let value = ciborium::de::from_reader_with_recursion_limit(&mut rest, DEPTH_MAX).ok()?;
        Some((Self::of(value)?, rest))
    }

    fn of(value: Value) -> Option<Self> {
        let Value::Map(pairs) = value else {
            return None;
        };
        // A key that stands there twice would be read as one thing here and as another elsewhere.
        let is_twice = |at: usize, key: &Value| pairs.iter().skip(at + 1).any(|(other, _)| other == key);
        let is_unclear = pairs.iter().enumerate().any(|(at, (key, _))| is_twice(at, key));
        (!is_unclear).then_some(Self(pairs))
    }

    /// Whether there is nothing in it.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn find(&self, key: &Value) -> Option<&Value> {
        self.0
            .iter()
            .find(|(known, _)| known == key)
            .map(|(_, value)| value)
    }

    /// The whole number under a number.
    pub(super) fn number(&self, key: i64) -> Option<i64> {
        as_number(self.find(&Value::from(key))?)
    }

    /// The bytes under a number.
    pub(super) fn bytes(&self, key: i64) -> Option<&[u8]> {
        self.find(&Value::from(key))?.as_bytes().map(Vec::as_slice)
    }

    /// The text under a name.
    pub(super) fn text_of(&self, name: &str) -> Option<&str> {
        self.find(&Value::from(name))?.as_text()
    }

    /// The bytes under a name.
    pub(super) fn bytes_of(&self, name: &str) -> Option<&[u8]> {
        self.find(&Value::from(name))?.as_bytes().map(Vec::as_slice)
    }

    /// The whole number under a name.
    pub(super) fn number_of(&self, name: &str) -> Option<i64> {
        as_number(self.find(&Value::from(name))?)
    }

    /// The map under a name.
    pub(super) fn map_of(&self, name: &str) -> Option<Self> {
        Self::of(self.find(&Value::from(name))?.clone())
    }

    /// Whether there is something under a name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.find(&Value::from(name)).is_some()
    }
}

fn as_number(value: &Value) -> Option<i64> {
    i64::try_from(value.as_integer()?).ok()
}
