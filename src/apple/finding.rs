//! What a check found: how bad, a stable code, where, and a sentence for people.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// A phone refuses the pass, or shows something wrong.
    Error,
    /// The pass works, but not everywhere or not as meant.
    Warning,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

/// One fault of a design or a pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// A word that never changes, for programs.
    pub code: &'static str,
    /// Where: a JSON pointer (RFC 6901) into the design or `pass.json`, or a file.
    pub pointer: String,
    /// What is wrong, why it matters and what to do.
    pub message: String,
}

impl Finding {
    /// A finding of a known kind.
    pub(super) fn new(code: Code, pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            severity: code.severity,
            code: code.name,
            pointer: plain(&pointer.into()),
            message: plain(&message.into()),
        }
    }

    /// Whether a phone would refuse the pass for it.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            severity,
            code,
            pointer,
            message,
        } = self;
        if pointer.is_empty() {
            return write!(f, "{severity} {code}: {message}");
        }
        write!(f, "{severity} {code} at {pointer}: {message}")
    }
}

/// A kind of finding. Only the tables of codes make one, so that every code is listed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Code {
    name: &'static str,
    severity: Severity,
}

impl Code {
    pub(super) const fn error(name: &'static str) -> Self {
        Self {
            name,
            severity: Severity::Error,
        }
    }

    pub(super) const fn warning(name: &'static str) -> Self {
        Self {
            name,
            severity: Severity::Warning,
        }
    }

    pub(super) const fn name(self) -> &'static str {
        self.name
    }
}

/// Makes a constant for each code and the list of all of them.
macro_rules! codes {
    ($(#[$doc:meta])* $list:ident: $($name:ident = $severity:ident $word:literal;)*) => {
        $(pub(in crate::apple) const $name: $crate::apple::finding::Code =
            $crate::apple::finding::Code::$severity($word);)*
        $(#[$doc])*
        pub const $list: &[&str] = &[$($name.name()),*];
    };
}
pub(super) use codes;

/// A name as one step of a JSON pointer (RFC 6901, section 3).
pub(super) fn pointer_step(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// The text without what could steer a terminal or turn a line around: passes are anybody's.
pub(super) fn plain(text: &str) -> String {
    let is_steering = |letter: char| {
        letter.is_control() || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars()
        .map(|letter| {
            if is_steering(letter) {
                char::REPLACEMENT_CHARACTER
            } else {
                letter
            }
        })
        .collect()
}
