//! Why what a browser sent of a passkey is not taken.

/// Why what a browser sent of a passkey is not taken. The name goes to the books.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The client data is no JSON of its form, or too long.
    #[error("client_data")]
    ClientData,
    /// It was made for another deed.
    #[error("type")]
    Type,
    /// It answers another challenge.
    #[error("challenge")]
    Challenge,
    /// It was made on a page of another site.
    #[error("origin")]
    Origin,
    /// It was made in a frame of another site's page.
    #[error("cross_origin")]
    CrossOrigin,
    /// It speaks of a token binding, which no connection of ours has.
    #[error("token_binding")]
    TokenBinding,
    /// The authenticator's data has another form, or more behind it.
    #[error("authenticator_data")]
    AuthenticatorData,
    /// It was made for another relying party.
    #[error("rp_id")]
    RpId,
    /// Nobody was there.
    #[error("user_presence")]
    UserPresence,
    /// Nobody showed who they are.
    #[error("user_verification")]
    UserVerification,
    /// It says that it is backed up, and that it cannot be.
    #[error("backup")]
    Backup,
    /// The attestation object has another form.
    #[error("attestation")]
    Attestation,
    /// It attests in a way that was not asked for.
    #[error("attestation_format")]
    AttestationFormat,
    /// The public key has another form, or is none.
    #[error("public_key")]
    PublicKey,
    /// The key is for an algorithm that was not asked for.
    #[error("algorithm")]
    Algorithm,
    /// The id is empty, too long, or not that of the credential.
    #[error("credential_id")]
    CredentialId,
    /// The credential is somebody else's.
    #[error("user_handle")]
    UserHandle,
    /// The signature is not of this key, or of something else.
    #[error("signature")]
    Signature,
    /// The counter did not grow: there may be a copy of the authenticator.
    #[error("counter")]
    Counter,
}
