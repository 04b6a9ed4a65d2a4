//! Settings as values of their own types; whatever does not fit becomes a fault.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;

use super::fault::ConfigFault;
use super::layers::{Origin, Setting, Settings};
use crate::types::Secret;

/// Reads settings and gathers faults.
pub(super) struct Reading<'s> {
    settings: &'s Settings,
    faults: RefCell<Vec<ConfigFault>>,
    read: RefCell<BTreeSet<String>>,
}

impl<'s> Reading<'s> {
    pub(super) fn new(settings: &'s Settings, faults: Vec<ConfigFault>) -> Self {
        Self {
            settings,
            faults: RefCell::new(faults),
            read: RefCell::default(),
        }
    }

    /// The faults that were found, and the settings that nobody asked for.
    pub(super) fn finish(self) -> (Vec<ConfigFault>, Vec<String>) {
        let read = self.read.into_inner();
        let keys = self.settings.iter().map(|setting| setting.key.clone());
        (
            self.faults.into_inner(),
            keys.filter(|key| !read.contains(key)).collect(),
        )
    }

    /// A fault of one setting; `why` goes on from its name: "must be ..".
    pub(super) fn refuse(&self, key: &str, why: impl Into<String>) {
        self.faults.borrow_mut().push(ConfigFault::BadValue {
            key: key.to_owned(),
            origin: self.setting(key).origin.clone(),
            why: why.into(),
        });
    }

    /// A fault of settings that do not go together.
    pub(super) fn clash(&self, sentence: impl Into<String>) {
        self.faults.borrow_mut().push(ConfigFault::Clash(sentence.into()));
    }

    #[expect(
        clippy::expect_used,
        reason = "a test reads every setting from the default file"
    )]
    fn setting(&self, key: &str) -> &'s Setting {
        self.read.borrow_mut().insert(key.to_owned());
        self.settings
            .find(key)
            .expect("the default file names every setting")
    }

    /// Whether anybody but the default file has set it, to something.
    pub(super) fn is_given(&self, key: &str) -> bool {
        let setting = self.setting(key);
        setting.origin != Origin::Default && !setting.value.expose().trim().is_empty()
    }

    /// The text; may be empty.
    pub(super) fn text(&self, key: &str) -> &'s str {
        self.setting(key).value.expose().trim()
    }

    /// The text, or `None` if it is empty.
    pub(super) fn optional_text(&self, key: &str) -> Option<String> {
        Some(self.text(key))
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    }

    /// The secret, or `None` if it is empty. Blanks at its ends are kept: they may belong to a password.
    pub(super) fn optional_secret(&self, key: &str) -> Option<Secret> {
        let secret = &self.setting(key).value;
        (!secret.expose().is_empty()).then(|| secret.clone())
    }

    /// A value of a type of its own; the default stands in for one that does not fit.
    pub(super) fn parsed<T: FromStr>(&self, key: &str, stand_in: T, wanted: &str) -> T {
        self.text(key).parse().unwrap_or_else(|_| {
            self.refuse(key, format!("must be {wanted}, not `{}`", cut(self.text(key))));
            stand_in
        })
    }

    /// A whole number within a range.
    pub(super) fn number(&self, key: &str, range: RangeInclusive<u32>) -> u32 {
        let (least, most) = (*range.start(), *range.end());
        match self.text(key).parse() {
            Ok(number) if range.contains(&number) => number,
            _ => {
                let found = cut(self.text(key));
                self.refuse(
                    key,
                    format!("must be a whole number from {least} to {most}, not `{found}`"),
                );
                least
            }
        }
    }

    /// A path; empty if there is none.
    pub(super) fn path(&self, key: &str) -> PathBuf {
        PathBuf::from(self.text(key))
    }

    /// A path, or `None` if it is empty.
    pub(super) fn optional_path(&self, key: &str) -> Option<PathBuf> {
        (!self.text(key).is_empty()).then(|| self.path(key))
    }
}

/// A value short enough to stand in a sentence.
pub(super) fn cut(text: &str) -> String {
    text.chars().take(80).collect()
}
