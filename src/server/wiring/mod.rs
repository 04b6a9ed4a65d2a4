//! Makes of the configuration what the rooms take: credentials, clients, the house.

pub mod apple;
pub mod google;
pub mod house;

use std::path::{Path, PathBuf};

use crate::apple::apns::{SettingsError, TokenError};
use crate::apple::credentials::CredentialError;
use crate::apple::signature::SignError;
use crate::config::master_key::MasterKeyError;
use crate::google::{GoogleConfigError, ServiceAccountError, WalletIdError};
use crate::store::StoreError;

/// Why the configuration does not make a running program.
#[derive(Debug, thiserror::Error)]
pub enum WiringError {
    /// A file that a setting names cannot be read.
    #[error(
        "`{key}` names {file}, which cannot be read: {cause}. Correct the path, or let this account read it"
    )]
    Unreadable {
        /// The setting.
        key: &'static str,
        /// The file.
        file: String,
        /// The system's reason.
        cause: String,
    },
    /// The pass certificate cannot be used.
    #[error(transparent)]
    Credentials(#[from] CredentialError),
    /// The pass certificate cannot sign.
    #[error(transparent)]
    Signer(#[from] SignError),
    /// The push client cannot be set up.
    #[error("pushing to Apple: {0}")]
    Push(#[from] SettingsError),
    /// The push key cannot be used.
    #[error("the push key {file} of `apple.apns_key` cannot be used: {cause}")]
    PushKey {
        /// The file.
        file: String,
        /// What is wrong with it.
        cause: TokenError,
    },
    /// The service account's key file cannot be used.
    #[error(transparent)]
    ServiceAccount(#[from] ServiceAccountError),
    /// The Google client cannot be set up.
    #[error(transparent)]
    Google(#[from] GoogleConfigError),
    /// The issuer is none.
    #[error("`google.issuer_id`: {0}")]
    Issuer(#[from] WalletIdError),
    /// There is no usable master key.
    #[error(transparent)]
    MasterKey(#[from] MasterKeyError),
    /// The database holds programs and the key is gone.
    #[error(
        "the database {database} is in use, but its master key {file} is missing. With another key no installed card \
         could be updated: put the file back from your backup, or set BILLFOLD_MASTER_KEY to what it held"
    )]
    MasterKeyLost {
        /// The database.
        database: String,
        /// Where the key was.
        file: String,
    },
    /// The key is not the one that the database's cards were made with.
    #[error(
        "the master key is not the one that this database's cards were made with, so that no installed card could be \
         updated. Set BILLFOLD_MASTER_KEY to the right one, the same for every instance"
    )]
    OtherMasterKey,
    /// The database does not answer or is not ours.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl WiringError {
    /// Whether the configuration is at fault, and not the moment.
    pub const fn is_of_configuration(&self) -> bool {
        !matches!(self, Self::Store(_))
    }
}

fn read_file(key: &'static str, file: &Path) -> Result<Vec<u8>, WiringError> {
    std::fs::read(file).map_err(|error| WiringError::Unreadable {
        key,
        file: file.display().to_string(),
        cause: error.to_string(),
    })
}

fn read_optional(key: &'static str, file: Option<&PathBuf>) -> Result<Option<Vec<u8>>, WiringError> {
    file.map(|file| read_file(key, file)).transpose()
}
