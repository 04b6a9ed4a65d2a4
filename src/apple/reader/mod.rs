//! Reads anybody's pass file, however odd, without trusting it.

mod archive;
pub mod codes;
mod lenient;
mod strings;

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use serde_json::Value as Json;

use crate::apple::finding::Finding;

pub(super) use lenient::read_json;
pub use strings::read_strings;

/// Why a file cannot be read as a pass at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// More bytes than are read.
    #[error("the file has {bytes} bytes, over the limit of {limit}; a pass has less than a few million")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// Not a zip archive, or a torn one.
    #[error("the file is not a zip archive, so not a pass ({0}); fetch it again")]
    NotAnArchive(String),
    /// More files than are read.
    #[error("the archive holds {entries} files, over the limit of {limit}")]
    TooManyEntries {
        /// How many there are.
        entries: usize,
        /// The limit.
        limit: usize,
    },
    /// It would unpack to more than is read: by mistake, or a bomb.
    #[error(
        "the archive unpacks to more than {limit} bytes, or a file in it to more than 200 times its size"
    )]
    UnpacksTooLarge {
        /// The limit.
        limit: u64,
    },
    /// Two files of one name: readers would disagree about which one counts.
    #[error("the archive holds two files of one name, and readers disagree about which one counts")]
    TwoFilesOfOneName,
    /// A bundle of passes.
    #[error("this is a bundle of {0} passes (.pkpasses), not a pass; unpack it and take them one by one")]
    Bundle(usize),
}

/// A pass file taken apart.
#[derive(Debug, Clone)]
pub struct PassFile {
    files: BTreeMap<String, Bytes>,
    pass: Json,
    findings: Vec<Finding>,
}

impl PassFile {
    /// Takes a pass file apart.
    ///
    /// What iOS would not take but can still be read (a wrapping folder, trailing commas) is read
    /// and told in [`Self::findings`].
    pub fn open(bytes: &[u8]) -> Result<Self, ReadError> {
        let archive::Unpacked { files, mut findings } = archive::unpack(bytes)?;
        let pass = lenient::read_pass_json(&files, &mut findings);
        Ok(Self {
            files,
            pass,
            findings,
        })
    }

    /// The contents of `pass.json`; `null` if it is missing or cannot be read.
    pub fn pass_json(&self) -> &Json {
        &self.pass
    }

    /// The bytes of a file, by its name in the package.
    pub fn file(&self, name: &str) -> Option<&Bytes> {
        self.files.get(name)
    }

    /// Every file by name.
    pub fn files(&self) -> &BTreeMap<String, Bytes> {
        &self.files
    }

    /// What was odd about the archive and `pass.json`.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// A text of the pass's top level; numbers are read as text.
    pub fn text(&self, key: &str) -> Option<String> {
        match self.pass.get(key)? {
            Json::String(text) => Some(text.clone()),
            Json::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// The languages that have a folder in the package.
    pub fn languages(&self) -> Vec<String> {
        let folders: BTreeSet<&str> = self
            .files
            .keys()
            .filter_map(|name| Some(name.split_once(".lproj/")?.0))
            .collect();
        folders.into_iter().map(str::to_owned).collect()
    }

    /// The translations of a language, by the wording in `pass.json`.
    ///
    /// `None` if the package has none or they cannot be read.
    pub fn strings(&self, language: &str) -> Option<BTreeMap<String, String>> {
        read_strings(self.file(&format!("{language}.lproj/pass.strings"))?)
    }
}
