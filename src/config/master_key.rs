//! The master key: given in the configuration, or kept in a file beside the SQLite database.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use super::Config;
use crate::types::{MasterKey, Secret, random_token};

/// Random bytes of a key that is made here.
const KEY_BYTES: usize = 32;
/// Most bytes read of a key file.
const FILE_BYTES_MAX: u64 = 4_096;
/// What the key's file is called beside the database's.
const SUFFIX: &str = ".master-key";

/// Why there is no master key.
#[derive(Debug, thiserror::Error)]
pub enum MasterKeyError {
    /// Others may read the file.
    #[error(
        "the master key in {file} can be read by other accounts of this machine. Keep it to yourself: chmod 600 {file}"
    )]
    Exposed {
        /// The file.
        file: String,
    },
    /// The file does not hold a key.
    #[error(
        "{file} holds fewer than {} characters, so it is no master key. Put the right one back from your backup",
        MasterKey::MIN_LEN
    )]
    TooShort {
        /// The file.
        file: String,
    },
    /// The file cannot be read or written.
    #[error("the master key in {file} cannot be {deed}: {source}")]
    Unreachable {
        /// The file.
        file: String,
        /// `read` or `written`.
        deed: &'static str,
        /// The system's reason.
        source: io::Error,
    },
    /// PostgreSQL, and none is given.
    #[error("`master_key` must be given with PostgreSQL; set BILLFOLD_MASTER_KEY")]
    NotGiven,
}

/// Where the key is kept if it is not given; `None` with PostgreSQL.
pub fn file_of(config: &Config) -> Option<PathBuf> {
    let mut file = config.sqlite_file()?.into_os_string();
    file.push(SUFFIX);
    Some(PathBuf::from(file))
}

/// The key that is given or kept; `None` if none was made yet.
pub fn find(config: &Config) -> Result<Option<MasterKey>, MasterKeyError> {
    if let Some(given) = &config.master_key {
        return Ok(MasterKey::new(given));
    }
    let file = file_of(config).ok_or(MasterKeyError::NotGiven)?;
    match File::open(&file) {
        Ok(open) => read(&open, &file).map(Some),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unreachable(&file, "read", error)),
    }
}

/// The key that is given or kept; makes one if there is none. Only right while no card was issued:
/// with another key every installed card stops updating.
pub fn find_or_make(config: &Config) -> Result<MasterKey, MasterKeyError> {
    if let Some(key) = find(config)? {
        return Ok(key);
    }
    let file = file_of(config).ok_or(MasterKeyError::NotGiven)?;
    make(&file).map_err(|error| unreachable(&file, "written", error))?;
    // Another process may have been first; whoever was, its key is the one.
    find(config)?.ok_or_else(|| unreachable(&file, "read", io::ErrorKind::NotFound.into()))
}

fn unreachable(file: &Path, deed: &'static str, source: io::Error) -> MasterKeyError {
    MasterKeyError::Unreachable {
        file: file.display().to_string(),
        deed,
        source,
    }
}

fn read(mut open: &File, file: &Path) -> Result<MasterKey, MasterKeyError> {
    let metadata = open
        .metadata()
        .map_err(|error| unreachable(file, "read", error))?;
    if is_exposed(&metadata) {
        return Err(MasterKeyError::Exposed {
            file: file.display().to_string(),
        });
    }
    let mut text = String::new();
    (&mut open)
        .take(FILE_BYTES_MAX)
        .read_to_string(&mut text)
        .map_err(|error| unreachable(file, "read", error))?;
    MasterKey::new(&Secret::new(text)).ok_or_else(|| MasterKeyError::TooShort {
        file: file.display().to_string(),
    })
}

/// Writes a new key under another name, then links it to its own: nobody sees half a key, and of two who
/// make one at the same time one wins.
fn make(file: &Path) -> io::Result<()> {
    let mut name = file.as_os_str().to_owned();
    name.push(format!(".{}", random_token(6)));
    let unready = PathBuf::from(name);
    let written =
        write_new(&unready, &random_token(KEY_BYTES)).and_then(|()| match fs::hard_link(&unready, file) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            other => other,
        });
    let removed = fs::remove_file(&unready);
    written.and(removed)
}

fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let mut file = owner_only().write(true).create_new(true).open(path)?;
    file.write_all(text.as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()
}

/// Options that make a file that only its owner may read.
#[cfg(unix)]
pub fn owner_only() -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = OpenOptions::new();
    options.mode(0o600);
    options
}

/// Options that make a file; this system has no owner's mode.
#[cfg(not(unix))]
pub fn owner_only() -> OpenOptions {
    OpenOptions::new()
}

/// Whether others than the owner may read a file.
#[cfg(unix)]
pub fn is_exposed(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    metadata.mode() & 0o077 != 0
}

/// Whether others than the owner may read a file; this system does not say.
#[cfg(not(unix))]
pub fn is_exposed(_: &fs::Metadata) -> bool {
    false
}
