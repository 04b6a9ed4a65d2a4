//! What can be wrong with the files of a pass certificate, said so that the owner can mend it.

use std::fmt;
use std::io;

use openssl::error::ErrorStack;

use crate::types::Time;

/// Where Apple gives out its intermediate certificates (Apple PKI page).
pub const WWDR_G4_ADDRESS: &str = "https://www.apple.com/certificateauthority/AppleWWDRCAG4.cer";

/// What a file turned out to hold, or was to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// A certificate of a signer.
    Certificate,
    /// A certificate that signs other certificates, such as Apple's WWDR.
    Authority,
    /// A private key.
    PrivateKey,
    /// A public key.
    PublicKey,
    /// A certificate signing request.
    Request,
    /// Nothing that is known.
    Unknown,
}

impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Certificate => "a certificate",
            Self::Authority => "the certificate of an authority (such as Apple's WWDR)",
            Self::PrivateKey => "a private key",
            Self::PublicKey => "a public key",
            Self::Request => "a certificate signing request",
            Self::Unknown => "neither PEM, DER nor PKCS#12",
        })
    }
}

impl FileKind {
    /// What to do when a file holds `found` and this was wanted.
    const fn mend(self, found: Self) -> &'static str {
        match (self, found) {
            (Self::Certificate, Self::Request) => {
                "Upload it at Apple's developer site (Identifiers, Pass Type IDs); what comes back is the certificate"
            }
            (Self::Certificate, Self::Authority) => {
                "Give the certificate of your Pass Type ID here, and this one as the WWDR certificate"
            }
            (Self::Certificate, Self::PrivateKey) => {
                "Give the certificate of your Pass Type ID here, and this one as the private key"
            }
            (Self::PrivateKey, Self::Certificate | Self::Authority | Self::Request) => {
                "The private key was made together with the signing request and never leaves your side: give \
                 that file, or export certificate and key together as a .p12"
            }
            (Self::PrivateKey, Self::PublicKey) => "Give the private key that it was taken from",
            (Self::Authority, _) => {
                "Download Apple's `Worldwide Developer Relations - G4` from \
                 https://www.apple.com/certificateauthority/AppleWWDRCAG4.cer"
            }
            _ => "Give the .p12 that Keychain Access exports, or PEM files",
        }
    }
}

/// Why a pass certificate cannot be used. Every sentence names the file and the way out.
#[derive(Debug, thiserror::Error)]
pub enum CredentialError {
    /// The file cannot be read.
    #[error("cannot read {file}: {source}")]
    Unreadable {
        /// The file.
        file: String,
        /// The system's reason.
        source: io::Error,
    },
    /// The file is larger than any certificate.
    #[error("{file} is larger than {max} bytes, so it is no certificate or key; is it the right file?")]
    TooLarge {
        /// The file.
        file: String,
        /// Most bytes that are read.
        max: u64,
    },
    /// The file holds something else.
    #[error("{file} is {found}, but {wanted} is needed. {}", .wanted.mend(*.found))]
    WrongKind {
        /// The file.
        file: String,
        /// What is needed.
        wanted: FileKind,
        /// What it holds.
        found: FileKind,
    },
    /// The file is encrypted and no password is configured.
    #[error("{file} is encrypted. Set `apple.private_key_password` to its password")]
    PasswordMissing {
        /// The file.
        file: String,
    },
    /// The password does not open the file.
    #[error(
        "the password does not open {file}. Check `apple.private_key_password`, or export the file again"
    )]
    WrongPassword {
        /// The file.
        file: String,
    },
    /// The file is encrypted in a way that OpenSSL 3 has given up, such as RC2-40.
    #[error("{file} is encrypted with an old method that OpenSSL 3 no longer reads. {mend}")]
    LegacyEncryption {
        /// The file.
        file: String,
        /// The command that makes a readable file of it.
        mend: String,
    },
    /// A part of the file has the right label and unreadable content.
    #[error("{file} holds {kind} that OpenSSL cannot read ({source}); it may be cut short. Export it again")]
    Damaged {
        /// The file.
        file: String,
        /// What the part says it is.
        kind: FileKind,
        /// OpenSSL's reasons.
        source: ErrorStack,
    },
    /// Only the certificate is there.
    #[error(
        "{file} holds the certificate but not its private key. Set `apple.private_key` to the key that was made \
         with the signing request, or export certificate and key together as a .p12 from Keychain Access"
    )]
    NoPrivateKey {
        /// The file.
        file: String,
    },
    /// Certificate and key are not a pair.
    #[error(
        "the private key in {key} does not belong to the certificate in {file}. Use the key whose signing request \
         Apple answered with this certificate (an AuthKey_….p8 for push is a different key)"
    )]
    KeyMismatch {
        /// The certificate's file.
        file: String,
        /// The key's file.
        key: String,
    },
    /// The key is of a kind or size that is not taken.
    #[error(
        "the private key in {file} is {found}; passes are signed with RSA of 2048 to 8192 bits or with P-256"
    )]
    UnsupportedKey {
        /// The file.
        file: String,
        /// What it is.
        found: String,
    },
    /// The certificate has run out.
    #[error(
        "the certificate in {file} ran out on {since}. Renew it at Apple's developer site for the same Pass Type ID; \
         the passes that people hold stay valid"
    )]
    Expired {
        /// The file.
        file: String,
        /// The last instant of its validity.
        since: Time,
    },
    /// The certificate does not hold yet.
    #[error("the certificate in {file} holds only from {from}. Is this machine's clock right?")]
    NotYetValid {
        /// The file.
        file: String,
        /// The first instant of its validity.
        from: Time,
    },
    /// There is no intermediate certificate.
    #[error(
        "there is no WWDR certificate at {file}. Download Apple's `Worldwide Developer Relations - G4` from \
         {WWDR_G4_ADDRESS} and save it there"
    )]
    WwdrMissing {
        /// Where it was looked for.
        file: String,
    },
    /// The intermediate certificate has run out, as the one before G4 has.
    #[error(
        "the WWDR certificate in {file} ran out on {since}. Replace it by Apple's \
         `Worldwide Developer Relations - G4` from {WWDR_G4_ADDRESS}"
    )]
    WwdrExpired {
        /// The file.
        file: String,
        /// The last instant of its validity.
        since: Time,
    },
    /// The intermediate certificate does not hold yet.
    #[error("the WWDR certificate in {file} holds only from {from}. Is this machine's clock right?")]
    WwdrNotYetValid {
        /// The file.
        file: String,
        /// The first instant of its validity.
        from: Time,
    },
    /// Another authority signed the certificate.
    #[error(
        "the certificate in {file} was issued by `{issuer}`, but {wwdr} holds `{found}`. Download the one it was \
         issued by from https://www.apple.com/certificateauthority/ (for pass certificates of today: G4)"
    )]
    WrongIssuer {
        /// The certificate's file.
        file: String,
        /// Who signed the certificate.
        issuer: String,
        /// The intermediate's file.
        wwdr: String,
        /// Whose certificate that is.
        found: String,
    },
    /// The names match and the signature does not.
    #[error(
        "the certificate in {file} names {wwdr} as its issuer but does not bear its signature. One of the two files \
         is damaged or forged: download both again"
    )]
    BadIssuerSignature {
        /// The certificate's file.
        file: String,
        /// The intermediate's file.
        wwdr: String,
    },
    /// A certificate for something else.
    #[error(
        "the certificate `{name}` in {file} is not for passes (it lacks {lacks}). At Apple's developer site, make a \
         certificate under Identifiers, Pass Type IDs"
    )]
    NotForPasses {
        /// The file.
        file: String,
        /// The certificate's common name.
        name: String,
        /// What it lacks.
        lacks: &'static str,
    },
    /// The two places that name the pass type differ.
    #[error(
        "the certificate in {file} names the pass type `{uid}` in its subject and `{extension}` in Apple's extension; \
         iOS refuses such passes. Make a new certificate for the Pass Type ID"
    )]
    TwoPassTypes {
        /// The file.
        file: String,
        /// The subject's UID.
        uid: String,
        /// What the extension says.
        extension: String,
    },
    /// The certificate is for another pass type than the program's.
    #[error(
        "the certificate in {file} is for the pass type `{found}`, but the program issues `{wanted}`. Configure the \
         certificate of `{wanted}`, or change the program's pass type"
    )]
    OtherPassType {
        /// The file.
        file: String,
        /// The certificate's pass type.
        found: String,
        /// The program's pass type.
        wanted: String,
    },
    /// The certificate is of another team than the program's.
    #[error(
        "the certificate in {file} belongs to the team `{found}`, but the program names the team `{wanted}`. \
         Configure a certificate of `{wanted}`, or change the program's team"
    )]
    OtherTeam {
        /// The file.
        file: String,
        /// The certificate's team.
        found: String,
        /// The program's team.
        wanted: String,
    },
    /// OpenSSL failed for a reason of its own.
    #[error("OpenSSL could not work with {file}: {source}")]
    OpenSsl {
        /// The file.
        file: String,
        /// OpenSSL's reasons.
        source: ErrorStack,
    },
}
