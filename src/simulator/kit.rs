//! The files that the stand-ins run from when they run alone, as `billfold certs demo` writes them.

use std::path::{Path, PathBuf};

use openssl::pkey::{PKey, Private};
use openssl::x509::X509;
use serde::Deserialize;

use super::authority::Issued;
use super::google::Account;

/// Where the stand-in for Apple's push service listens unless told otherwise; Apple's own second port.
pub const APNS_PORT: u16 = 2_197;
/// Where the stand-in for Google listens unless told otherwise.
pub const GOOGLE_PORT: u16 = 2_198;

/// The root that signed everything.
pub const ROOT: &str = "root.pem";
/// The stand-in for Apple's intermediate.
pub const WWDR: &str = "apple/wwdr.pem";
/// The certificate that passes are signed with.
pub const PASS_CERTIFICATE: &str = "apple/pass.pem";
/// Its key.
pub const PASS_KEY: &str = "apple/pass.key";
/// The certificate of both stand-ins.
pub const SERVER_CERTIFICATE: &str = "server/server.pem";
/// Its key.
pub const SERVER_KEY: &str = "server/server.key";
/// The service account that the stand-in for Google knows.
pub const SERVICE_ACCOUNT: &str = "google/service-account.json";
/// The root key behind the callbacks of the stand-in for Google.
pub const CALLBACK_KEY: &str = "google/callback-root.key";
/// The settings with which `billfold serve` uses the stand-ins.
pub const CONFIGURATION: &str = "billfold.toml";

/// Why a folder does not hold what the stand-ins need. Each says which file and what to do.
#[derive(Debug, thiserror::Error)]
pub enum KitError {
    /// A file is not there, or may not be read.
    #[error(
        "{} cannot be read: {cause}. Name the folder that `billfold certs demo` wrote, or let it write one: \
         `billfold certs demo {}`", file.display(), folder.display()
    )]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// The folder that it should be in.
        folder: PathBuf,
        /// The system's reason.
        cause: std::io::Error,
    },
    /// A file holds something else.
    #[error(
        "{} is not {wanted}. Have all of them made anew: `billfold certs demo {} --force`",
        file.display(), folder.display()
    )]
    Unsound {
        /// The file.
        file: PathBuf,
        /// The folder that it is in.
        folder: PathBuf,
        /// What it should hold.
        wanted: &'static str,
    },
}

/// What the stand-ins are made of.
pub struct Kit {
    /// Where it was read from.
    pub folder: PathBuf,
    /// The certificate of both stand-ins, with its key.
    pub server: Issued,
    /// The root that signed everything.
    pub root: X509,
    /// The stand-in for Apple's intermediate.
    pub wwdr: X509,
    /// The service account that the stand-in for Google knows.
    pub account: Account,
    /// Where that account asks for its tokens.
    pub token_url: String,
    /// The root key behind callbacks.
    pub callback_root: PKey<Private>,
}

/// What counts here of a service account's key file.
#[derive(Deserialize)]
struct AccountFile {
    client_email: String,
    private_key: String,
    token_uri: String,
}

impl Kit {
    /// Reads a folder that `billfold certs demo` wrote.
    pub fn load(folder: &Path) -> Result<Self, KitError> {
        let reader = Reader { folder };
        let server = Issued {
            certificate: reader.certificate(SERVER_CERTIFICATE)?,
            key: reader.key(SERVER_KEY)?,
        };
        let own = server.certificate.public_key();
        if !own.is_ok_and(|own| own.public_eq(&server.key)) {
            return Err(reader.unsound(SERVER_KEY, "the key of server/server.pem"));
        }
        let wanted = "the key file of a service account";
        let file: AccountFile = serde_json::from_slice(&reader.bytes(SERVICE_ACCOUNT)?)
            .map_err(|_| reader.unsound(SERVICE_ACCOUNT, wanted))?;
        let key = PKey::private_key_from_pem(file.private_key.as_bytes())
            .map_err(|_| reader.unsound(SERVICE_ACCOUNT, wanted))?;
        Ok(Self {
            folder: folder.to_owned(),
            server,
            root: reader.certificate(ROOT)?,
            wwdr: reader.certificate(WWDR)?,
            account: Account {
                email: file.client_email,
                key,
            },
            token_url: file.token_uri,
            callback_root: reader.key(CALLBACK_KEY)?,
        })
    }
}

struct Reader<'a> {
    folder: &'a Path,
}

impl Reader<'_> {
    fn bytes(&self, name: &str) -> Result<Vec<u8>, KitError> {
        let file = self.folder.join(name);
        std::fs::read(&file).map_err(|cause| KitError::Unreadable {
            file,
            folder: self.folder.to_owned(),
            cause,
        })
    }

    fn certificate(&self, name: &str) -> Result<X509, KitError> {
        X509::from_pem(&self.bytes(name)?).map_err(|_| self.unsound(name, "a certificate in PEM"))
    }

    fn key(&self, name: &str) -> Result<PKey<Private>, KitError> {
        PKey::private_key_from_pem(&self.bytes(name)?).map_err(|_| self.unsound(name, "a private key in PEM"))
    }

    fn unsound(&self, name: &str, wanted: &'static str) -> KitError {
        KitError::Unsound {
            file: self.folder.join(name),
            folder: self.folder.to_owned(),
            wanted,
        }
    }
}
