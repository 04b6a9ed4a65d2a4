//! What a configuration is read from: flags, variables and files, all passed in.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

/// Most bytes read of a configuration file or of a file with a secret.
const FILE_BYTES_MAX: u64 = 256 * 1024;

/// Reads files; the disk in the program, a map in tests.
pub trait Files {
    /// The whole text of a file.
    fn read(&self, path: &Path) -> io::Result<String>;

    /// Whether there is a file.
    fn exists(&self, path: &Path) -> bool;
}

/// The files of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct Disk;

impl Files for Disk {
    fn read(&self, path: &Path) -> io::Result<String> {
        let mut text = String::new();
        let read = File::open(path)?
            .take(FILE_BYTES_MAX + 1)
            .read_to_string(&mut text)?;
        if u64::try_from(read).unwrap_or(u64::MAX) > FILE_BYTES_MAX {
            return Err(io::Error::other(format!(
                "it is larger than {FILE_BYTES_MAX} bytes"
            )));
        }
        Ok(text)
    }

    fn exists(&self, path: &Path) -> bool {
        path.is_file()
    }
}

/// A setting that was given on the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flag {
    /// The flag as it was typed, such as `--listen`.
    pub name: String,
    /// The setting, such as `listen`.
    pub key: String,
    /// What it is set to.
    pub value: String,
}

/// Everything that a configuration is read from.
pub struct Sources<'a> {
    /// Settings from the command line; the last of a key counts.
    pub flags: Vec<Flag>,
    /// The configuration file of the command line.
    pub file: Option<PathBuf>,
    /// The environment; names that do not begin with `BILLFOLD_` are passed by.
    pub environment: BTreeMap<String, String>,
    /// The files.
    pub files: &'a dyn Files,
}
