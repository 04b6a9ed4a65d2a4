//! An authenticator and the browser before it, for tests: it makes credentials and shows them, and does wrong what it
//! is told to do wrong.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use billfold::types::random_token;
use ciborium::Value as Cbor;
use openssl::bn::{BigNum, BigNumContext};
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::sha::sha256;
use openssl::sign::Signer;
use serde_json::{Value, json};

/// Somebody was there, and showed who they are.
pub(crate) const PRESENT: u8 = 0x01;
pub(crate) const VERIFIED: u8 = 0x04;
const HAS_CREDENTIAL: u8 = 0x40;

// A test file need not use everything that the authenticator can.
const _: fn(&Made) -> String = Made::json;
const _: fn(&Shown) -> String = Shown::json;
const _: [Algorithm; 3] = [Algorithm::Es256, Algorithm::EdDsa, Algorithm::Rs256];

/// Bytes of a credential's id.
const ID_BYTES: usize = 24;

/// The algorithms that it knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Algorithm {
    Es256,
    EdDsa,
    Rs256,
}

/// One credential, and what is said when it is used. Every field may be bent before.
pub(crate) struct Authenticator {
    key: PKey<Private>,
    pub(crate) algorithm: Algorithm,
    pub(crate) id: Vec<u8>,
    pub(crate) rp_id: String,
    pub(crate) origin: String,
    pub(crate) user_handle: Option<Vec<u8>>,
    pub(crate) flags: u8,
    pub(crate) counter: u32,
    /// `None` is what belongs there.
    pub(crate) kind: Option<&'static str>,
    /// More of the client data.
    pub(crate) client_more: Value,
    /// What stands behind the authenticator's data.
    pub(crate) tail: Vec<u8>,
    /// The public key, if another one is to be sent.
    pub(crate) cose: Option<Vec<u8>>,
}

/// A credential that was made, in its parts.
#[derive(Debug, Clone)]
pub(crate) struct Made {
    pub(crate) id: Vec<u8>,
    pub(crate) client_data: Vec<u8>,
    pub(crate) attestation: Vec<u8>,
}

/// A credential that was shown, in its parts.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    pub(crate) id: Vec<u8>,
    pub(crate) client_data: Vec<u8>,
    pub(crate) authenticator_data: Vec<u8>,
    pub(crate) signature: Vec<u8>,
    pub(crate) user_handle: Option<Vec<u8>>,
}

fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// CBOR as bytes.
pub(crate) fn write(value: &Cbor) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).expect("memory");
    bytes
}

impl Authenticator {
    pub(crate) fn new(algorithm: Algorithm, rp_id: &str, origin: &str) -> Self {
        let key = match algorithm {
            Algorithm::Es256 => {
                let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).expect("a curve");
                PKey::from_ec_key(EcKey::generate(&group).expect("a key"))
            }
            Algorithm::EdDsa => PKey::generate_ed25519(),
            Algorithm::Rs256 => PKey::from_rsa(Rsa::generate(2_048).expect("a key")),
        };
        Self {
            key: key.expect("a key"),
            algorithm,
            id: random_token(ID_BYTES).into_bytes(),
            rp_id: rp_id.to_owned(),
            origin: origin.to_owned(),
            user_handle: None,
            flags: PRESENT | VERIFIED,
            counter: 0,
            kind: None,
            client_more: json!({}),
            tail: Vec::new(),
            cose: None,
        }
    }

    /// The public key as COSE.
    pub(crate) fn cose(&self) -> Vec<u8> {
        let number = |value: i64| Cbor::from(value);
        let bytes = |value: Vec<u8>| Cbor::Bytes(value);
        let pairs = match self.algorithm {
            Algorithm::Es256 => {
                let key = self.key.ec_key().expect("of a curve");
                let mut context = BigNumContext::new().expect("memory");
                let (mut x, mut y) = (BigNum::new().expect("memory"), BigNum::new().expect("memory"));
                key.public_key()
                    .affine_coordinates(key.group(), &mut x, &mut y, &mut context)
                    .expect("a point");
                let padded = |number: &BigNum| number.to_vec_padded(32).expect("32 bytes");
                vec![
                    (1, number(2)),
                    (3, number(-7)),
                    (-1, number(1)),
                    (-2, bytes(padded(&x))),
                    (-3, bytes(padded(&y))),
                ]
            }
            Algorithm::EdDsa => vec![
                (1, number(1)),
                (3, number(-8)),
                (-1, number(6)),
                (-2, bytes(self.key.raw_public_key().expect("a key"))),
            ],
            Algorithm::Rs256 => {
                let key = self.key.rsa().expect("of RSA");
                vec![
                    (1, number(3)),
                    (3, number(-257)),
                    (-1, bytes(key.n().to_vec())),
                    (-2, bytes(key.e().to_vec())),
                ]
            }
        };
        let pairs = pairs.into_iter().map(|(label, value)| (number(label), value));
        write(&Cbor::Map(pairs.collect()))
    }

    pub(crate) fn sign(&self, data: &[u8], client_data: &[u8]) -> Vec<u8> {
        let signed = [data, &sha256(client_data)].concat();
        let mut pen = match self.algorithm {
            Algorithm::EdDsa => Signer::new_without_digest(&self.key),
            _ => Signer::new(MessageDigest::sha256(), &self.key),
        }
        .expect("it signs");
        pen.sign_oneshot_to_vec(&signed).expect("signed")
    }

    fn client_data(&self, kind: &str, challenge: &[u8]) -> Vec<u8> {
        let mut data = json!({
            "type": self.kind.unwrap_or(kind), "challenge": text(challenge), "origin": self.origin, "crossOrigin": false,
        });
        let more = self.client_more.as_object().expect("an object").clone();
        data.as_object_mut().expect("an object").extend(more);
        data.to_string().into_bytes()
    }

    fn data(&self, flags: u8, credential: &[u8]) -> Vec<u8> {
        let mut data = sha256(self.rp_id.as_bytes()).to_vec();
        data.push(flags);
        data.extend(self.counter.to_be_bytes());
        data.extend(credential);
        data.extend(&self.tail);
        data
    }

    /// Makes the credential, and attests to it by nothing.
    pub(crate) fn make(&self, challenge: &[u8]) -> Made {
        self.make_attested(challenge, |_, _| ("none", Cbor::Map(Vec::new())))
    }

    /// Makes the credential, with an attestation of the authenticator's data and the client data.
    pub(crate) fn make_attested(
        &self,
        challenge: &[u8],
        attest: impl FnOnce(&[u8], &[u8]) -> (&'static str, Cbor),
    ) -> Made {
        let client_data = self.client_data("webauthn.create", challenge);
        let length = u16::try_from(self.id.len()).expect("short");
        let cose = self.cose.clone().unwrap_or_else(|| self.cose());
        let credential = [&[0; 16][..], &length.to_be_bytes(), &self.id, &cose].concat();
        let data = self.data(self.flags | HAS_CREDENTIAL, &credential);
        let (form, statement) = attest(&data, &client_data);
        let object = Cbor::Map(vec![
            (Cbor::from("fmt"), Cbor::from(form)),
            (Cbor::from("attStmt"), statement),
            (Cbor::from("authData"), Cbor::Bytes(data)),
        ]);
        Made {
            id: self.id.clone(),
            client_data,
            attestation: write(&object),
        }
    }

    /// Shows the credential.
    pub(crate) fn show(&self, challenge: &[u8]) -> Shown {
        let client_data = self.client_data("webauthn.get", challenge);
        let data = self.data(self.flags, &[]);
        Shown {
            id: self.id.clone(),
            signature: self.sign(&data, &client_data),
            client_data,
            authenticator_data: data,
            user_handle: self.user_handle.clone(),
        }
    }
}

impl Made {
    /// As a page sends it.
    pub(crate) fn json(&self) -> String {
        json!({ "id": text(&self.id), "client_data": text(&self.client_data), "attestation": text(&self.attestation) })
            .to_string()
    }
}

impl Shown {
    /// As a page sends it.
    pub(crate) fn json(&self) -> String {
        json!({
            "id": text(&self.id), "client_data": text(&self.client_data), "signature": text(&self.signature),
            "authenticator_data": text(&self.authenticator_data),
            "user_handle": self.user_handle.as_deref().map(text),
        })
        .to_string()
    }
}
