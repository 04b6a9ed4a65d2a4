//! Takes certificates and keys out of a file, whatever form it has: PEM, DER or PKCS#12.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use openssl::error::ErrorStack;
use openssl::pkcs12::Pkcs12;
use openssl::pkey::{PKey, Private};
use openssl::x509::{X509, X509Req};

use super::error::{CredentialError, FileKind};
use crate::types::Secret;

/// Most bytes of a certificate or key file; real ones have 2 to 10 kB.
const FILE_MAX_BYTES: u64 = 256 * 1024;
/// Most blocks that are looked at in a PEM file.
const PEM_BLOCKS_MAX: usize = 32;

/// What a file held.
#[derive(Default)]
pub(super) struct Contents {
    /// Certificates, the signer's first if the format says which that is.
    pub(super) certificates: Vec<X509>,
    /// Private keys.
    pub(super) keys: Vec<PKey<Private>>,
    /// What else was found, to be named if nothing useful was.
    others: Vec<FileKind>,
}

impl Contents {
    /// What the file is, for the error when it is not what was needed.
    pub(super) fn kind(&self) -> FileKind {
        if !self.certificates.is_empty() {
            return FileKind::Certificate;
        }
        if !self.keys.is_empty() {
            return FileKind::PrivateKey;
        }
        self.others.first().copied().unwrap_or(FileKind::Unknown)
    }
}

/// Reads a file and takes it apart.
pub(super) fn read(path: &Path, password: Option<&Secret>) -> Result<Contents, CredentialError> {
    let file = path.display().to_string();
    let unreadable = |source| CredentialError::Unreadable {
        file: file.clone(),
        source,
    };
    let mut bytes = Vec::new();
    File::open(path)
        .map_err(unreadable)?
        .take(FILE_MAX_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > FILE_MAX_BYTES {
        return Err(CredentialError::TooLarge {
            file,
            max: FILE_MAX_BYTES,
        });
    }
    if password.is_some_and(|password| password.expose().contains('\0')) {
        // OpenSSL takes passwords as C strings.
        return Err(CredentialError::WrongPassword { file });
    }
    Opening {
        file: &file,
        password,
    }
    .open(&bytes)
}

/// A file that is being taken apart.
struct Opening<'a> {
    file: &'a str,
    password: Option<&'a Secret>,
}

impl Opening<'_> {
    fn open(&self, bytes: &[u8]) -> Result<Contents, CredentialError> {
        let blocks = pem_blocks(bytes);
        if blocks.is_empty() {
            return self.open_der(bytes);
        }
        let mut contents = Contents::default();
        for block in blocks {
            self.open_block(&block, &mut contents)?;
        }
        Ok(contents)
    }

    fn open_block(&self, block: &PemBlock<'_>, contents: &mut Contents) -> Result<(), CredentialError> {
        match block.label {
            "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE" => {
                let certificate = X509::from_pem(block.text).map_err(self.damaged(FileKind::Certificate))?;
                contents.certificates.push(certificate);
            }
            "CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST" => contents.others.push(FileKind::Request),
            label if label.ends_with("PUBLIC KEY") => contents.others.push(FileKind::PublicKey),
            label if label.ends_with("PRIVATE KEY") => contents.keys.push(self.open_key(block)?),
            _ => contents.others.push(FileKind::Unknown),
        }
        Ok(())
    }

    fn open_key(&self, block: &PemBlock<'_>) -> Result<PKey<Private>, CredentialError> {
        // Without a password OpenSSL would ask for one at the terminal.
        let password = match self.password {
            None if block.is_encrypted() => {
                return Err(CredentialError::PasswordMissing {
                    file: self.file.to_owned(),
                });
            }
            None => b"",
            Some(password) => password.expose().as_bytes(),
        };
        let read = PKey::private_key_from_pem_passphrase(block.text, password);
        if !block.is_encrypted() {
            return read.map_err(self.damaged(FileKind::PrivateKey));
        }
        read.map_err(|source| self.not_opened(&source, || {
            format!(
                "Decrypt it with `openssl pkey -provider legacy -provider default -in '{}' -out key.pem`, give the \
                 new file instead, and keep it readable to Billfold alone",
                self.file
            )
        }))
    }

    fn open_der(&self, bytes: &[u8]) -> Result<Contents, CredentialError> {
        let mut contents = Contents::default();
        if let Ok(bag) = Pkcs12::from_der(bytes) {
            return self.open_pkcs12(&bag);
        }
        if let Ok(certificate) = X509::from_der(bytes) {
            contents.certificates.push(certificate);
        } else if let Ok(key) = PKey::private_key_from_der(bytes) {
            contents.keys.push(key);
        } else if X509Req::from_der(bytes).is_ok() {
            contents.others.push(FileKind::Request);
        } else if PKey::public_key_from_der(bytes).is_ok() {
            contents.others.push(FileKind::PublicKey);
        }
        Ok(contents)
    }

    fn open_pkcs12(&self, bag: &Pkcs12) -> Result<Contents, CredentialError> {
        let password = self.password.map(Secret::expose).unwrap_or_default();
        let parsed = bag.parse2(password).map_err(|source| {
            self.not_opened(&source, || {
                format!(
                    "Convert it with `openssl pkcs12 -legacy -in '{}' -nodes -out pass.pem`, give pass.pem instead, \
                     and keep it readable to Billfold alone",
                    self.file
                )
            })
        })?;
        let chain = parsed.ca.into_iter().flatten();
        Ok(Contents {
            certificates: parsed.cert.into_iter().chain(chain).collect(),
            keys: parsed.pkey.into_iter().collect(),
            others: Vec::new(),
        })
    }

    /// Why an encrypted part did not open. A wrong password shows as a failed check, as bad padding
    /// or, one time in 256, as nonsense; an algorithm that was given up is always "unsupported".
    fn not_opened(&self, source: &ErrorStack, mend: impl Fn() -> String) -> CredentialError {
        let file = self.file.to_owned();
        let is_unsupported = |error: &openssl::error::Error| error.reason() == Some("unsupported");
        match self.password {
            _ if source.errors().iter().any(is_unsupported) => {
                CredentialError::LegacyEncryption { file, mend: mend() }
            }
            None => CredentialError::PasswordMissing { file },
            Some(_) => CredentialError::WrongPassword { file },
        }
    }

    fn damaged(&self, kind: FileKind) -> impl Fn(ErrorStack) -> CredentialError {
        let file = self.file.to_owned();
        move |source| CredentialError::Damaged {
            file: file.clone(),
            kind,
            source,
        }
    }
}

/// One block of a PEM file, from its first dash to its last.
struct PemBlock<'a> {
    label: &'a str,
    text: &'a [u8],
}

impl PemBlock<'_> {
    fn is_encrypted(&self) -> bool {
        self.label.starts_with("ENCRYPTED") || find(self.text, b"Proc-Type: 4,ENCRYPTED").is_some()
    }
}

/// The blocks of a PEM file. What stands between them (bag attributes) is passed over.
fn pem_blocks(bytes: &[u8]) -> Vec<PemBlock<'_>> {
    let mut blocks = Vec::new();
    let mut rest = bytes;
    while let Some((block, after)) = next_block(rest) {
        if blocks.len() == PEM_BLOCKS_MAX {
            break;
        }
        blocks.push(block);
        rest = after;
    }
    blocks
}

fn next_block(bytes: &[u8]) -> Option<(PemBlock<'_>, &[u8])> {
    const BEGIN: &[u8] = b"-----BEGIN ";
    const DASHES: &[u8] = b"-----";
    let text = bytes.get(find(bytes, BEGIN)?..)?;
    let after_begin = text.get(BEGIN.len()..)?;
    let label = str::from_utf8(after_begin.get(..find(after_begin, DASHES)?)?).ok()?;
    let end = format!("-----END {label}-----");
    let len = find(text, end.as_bytes())? + end.len();
    let (text, after) = text.split_at_checked(len)?;
    Some((PemBlock { label, text }, after))
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}
