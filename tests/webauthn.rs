//! Passkeys, judged: what an authenticator and a browser send, right, and with one thing wrong.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test ends at what it did not expect"
)]

#[path = "house/authenticator.rs"]
mod authenticator;

use authenticator::{Algorithm, Authenticator, Made, PRESENT, Shown, VERIFIED, write};
use billfold::webauthn::{
    Assertion, Known, NewCredential, Refusal, Registration, RelyingParty, verify_assertion,
    verify_registration,
};
use ciborium::Value as Cbor;
use serde_json::json;

const URL: &str = "https://cards.example";
const CHALLENGE: &[u8] = b"a challenge of at least 16 bytes";
const OWNER: &[u8] = b"stf_someone";

fn party() -> RelyingParty {
    RelyingParty::of(URL).expect("a party")
}

fn fresh(algorithm: Algorithm) -> Authenticator {
    let mut made = Authenticator::new(algorithm, "cards.example", URL);
    made.user_handle = Some(OWNER.to_vec());
    made
}

fn register(made: &Made) -> Result<NewCredential, Refusal> {
    let sent = Registration {
        id: &made.id,
        client_data: &made.client_data,
        attestation: &made.attestation,
    };
    verify_registration(&party(), CHALLENGE, sent)
}

fn show(shown: &Shown, kept: &NewCredential, counter: u32, is_expected: bool) -> Result<u32, Refusal> {
    let known = Known {
        id: &kept.id,
        public_key: &kept.public_key,
        counter,
        user_handle: OWNER,
        is_expected,
    };
    let sent = Assertion {
        id: &shown.id,
        client_data: &shown.client_data,
        authenticator_data: &shown.authenticator_data,
        signature: &shown.signature,
        user_handle: shown.user_handle.as_deref(),
    };
    verify_assertion(&party(), CHALLENGE, known, sent)
}

#[test]
fn a_credential_of_each_algorithm_is_made_and_shown() {
    for algorithm in [Algorithm::Es256, Algorithm::EdDsa, Algorithm::Rs256] {
        let mut key = fresh(algorithm);
        let kept = register(&key.make(CHALLENGE)).unwrap_or_else(|fault| panic!("{algorithm:?}: {fault}"));
        assert_eq!(
            (kept.id.as_slice(), kept.public_key.as_slice(), kept.counter),
            (key.id.as_slice(), key.cose().as_slice(), 0)
        );
        // One that does not count stays at nought.
        assert_eq!(
            show(&key.show(CHALLENGE), &kept, 0, false),
            Ok(0),
            "{algorithm:?}"
        );
        key.counter = 7;
        assert_eq!(
            show(&key.show(CHALLENGE), &kept, 6, false),
            Ok(7),
            "{algorithm:?}"
        );
        key.user_handle = None;
        assert_eq!(
            show(&key.show(CHALLENGE), &kept, 6, true),
            Ok(7),
            "who signs in is known already"
        );
    }
}

#[test]
fn a_backed_up_credential_and_extensions_nobody_asked_for_are_taken() {
    let mut key = fresh(Algorithm::Es256);
    key.flags |= 0x08 | 0x10 | 0x80;
    key.tail = write(&Cbor::Map(vec![(Cbor::from("credProtect"), Cbor::from(2))]));
    key.client_more =
        json!({ "tokenBinding": { "status": "supported" }, "new_keys_may_be_added_here": "do not compare" });
    let kept = register(&key.make(CHALLENGE)).expect("taken");
    assert_eq!(show(&key.show(CHALLENGE), &kept, 0, false), Ok(0));
}

#[test]
fn an_attestation_by_the_key_itself_is_judged() {
    let key = fresh(Algorithm::Es256);
    let attested = |number: i64, signer: &Authenticator| {
        key.make_attested(CHALLENGE, |data, client_data| {
            let statement = vec![
                (Cbor::from("alg"), Cbor::from(number)),
                (Cbor::from("sig"), Cbor::Bytes(signer.sign(data, client_data))),
            ];
            ("packed", Cbor::Map(statement))
        })
    };
    assert!(register(&attested(-7, &key)).is_ok());
    assert_eq!(register(&attested(-8, &key)), Err(Refusal::Algorithm));
    let other = fresh(Algorithm::Es256);
    assert_eq!(register(&attested(-7, &other)), Err(Refusal::Signature));
}

/// What one does wrong with an authenticator.
type Bend = fn(&mut Authenticator);
/// What one does wrong with what was made, and with what was shown.
type BendMade = fn(&mut Made);
type BendShown = fn(&mut Shown);

/// What is wrong the same way whether a credential is made or shown.
const BENT: &[(&str, Bend, Refusal)] = &[
    (
        "another deed",
        |key| key.kind = Some("payment.get"),
        Refusal::Type,
    ),
    (
        "another site",
        |key| "https://cards.example.evil.example".clone_into(&mut key.origin),
        Refusal::Origin,
    ),
    (
        "another scheme",
        |key| "http://cards.example".clone_into(&mut key.origin),
        Refusal::Origin,
    ),
    (
        "another port",
        |key| "https://cards.example:8443".clone_into(&mut key.origin),
        Refusal::Origin,
    ),
    (
        "a frame",
        |key| key.client_more = json!({ "crossOrigin": true }),
        Refusal::CrossOrigin,
    ),
    (
        "a token binding",
        |key| key.client_more = json!({ "tokenBinding": { "status": "present", "id": "x" } }),
        Refusal::TokenBinding,
    ),
    (
        "no challenge",
        |key| key.client_more = json!({ "challenge": "" }),
        Refusal::Challenge,
    ),
    (
        "a challenge that is no text of bytes",
        |key| key.client_more = json!({ "challenge": "*" }),
        Refusal::Challenge,
    ),
    (
        "a challenge that is no text",
        |key| key.client_more = json!({ "challenge": 7 }),
        Refusal::ClientData,
    ),
    (
        "a long client data",
        |key| key.client_more = json!({ "more": "x".repeat(5_000) }),
        Refusal::ClientData,
    ),
    (
        "another relying party",
        |key| "example".clone_into(&mut key.rp_id),
        Refusal::RpId,
    ),
    ("nobody there", |key| key.flags = VERIFIED, Refusal::UserPresence),
    (
        "nobody verified",
        |key| key.flags = PRESENT,
        Refusal::UserVerification,
    ),
    (
        "backed up and never to be",
        |key| key.flags |= 0x10,
        Refusal::Backup,
    ),
    (
        "bytes behind",
        |key| key.tail = vec![0xa0],
        Refusal::AuthenticatorData,
    ),
    (
        "extensions that are not there",
        |key| key.flags |= 0x80,
        Refusal::AuthenticatorData,
    ),
    (
        "extensions that are no map",
        |key| {
            key.flags |= 0x80;
            key.tail = vec![0x01];
        },
        Refusal::AuthenticatorData,
    ),
];

#[test]
fn what_is_bent_is_refused_both_ways() {
    let straight = fresh(Algorithm::Es256);
    let kept = register(&straight.make(CHALLENGE)).expect("taken");
    for (name, bend, wanted) in BENT {
        let mut key = fresh(Algorithm::Es256);
        let own = register(&key.make(CHALLENGE)).expect("taken");
        bend(&mut key);
        assert_eq!(register(&key.make(CHALLENGE)), Err(*wanted), "made: {name}");
        assert_eq!(
            show(&key.show(CHALLENGE), &own, 0, false),
            Err(*wanted),
            "shown: {name}"
        );
    }
    // What was not bent is still taken.
    assert_eq!(show(&straight.show(CHALLENGE), &kept, 0, false), Ok(0));
}

/// What is wrong with a credential that was made.
const BENT_MADE: &[(&str, BendMade, Refusal)] = &[
    (
        "shown, not made",
        |made| made.client_data = fresh(Algorithm::Es256).show(CHALLENGE).client_data,
        Refusal::Type,
    ),
    (
        "another challenge",
        |made| made.client_data = fresh(Algorithm::Es256).make(b"another one").client_data,
        Refusal::Challenge,
    ),
    (
        "no client data",
        |made| made.client_data.clear(),
        Refusal::ClientData,
    ),
    ("another id", |made| made.id[0] ^= 1, Refusal::CredentialId),
    ("no id", |made| made.id.clear(), Refusal::CredentialId),
    (
        "no attestation",
        |made| made.attestation.clear(),
        Refusal::Attestation,
    ),
    (
        "no map",
        |made| made.attestation = write(&Cbor::Array(Vec::new())),
        Refusal::Attestation,
    ),
    (
        "a cut one",
        |made| made.attestation.truncate(90),
        Refusal::Attestation,
    ),
    (
        "one with more behind",
        |made| made.attestation.push(0),
        Refusal::Attestation,
    ),
    (
        "a long one",
        |made| made.attestation = vec![0; 20_000],
        Refusal::Attestation,
    ),
    (
        "one that is deep",
        |made| made.attestation = vec![0x81; 10_000],
        Refusal::Attestation,
    ),
];

#[test]
fn what_was_made_and_is_bent_is_refused() {
    let key = fresh(Algorithm::Es256);
    let straight = key.make(CHALLENGE);
    let bent = |bend: &BendMade| {
        let mut made = straight.clone();
        bend(&mut made);
        register(&made)
    };
    for (name, bend, wanted) in BENT_MADE {
        assert_eq!(bent(bend), Err(*wanted), "{name}");
    }
}

#[test]
fn attestations_that_nobody_asked_for_are_refused() {
    let key = fresh(Algorithm::Es256);
    let signature = || (Cbor::from("sig"), Cbor::Bytes(vec![0; 64]));
    let number = || (Cbor::from("alg"), Cbor::from(-7));
    for (form, pairs, wanted) in [
        ("none", vec![signature()], Refusal::Attestation),
        ("fido-u2f", vec![signature()], Refusal::AttestationFormat),
        ("", vec![], Refusal::AttestationFormat),
        ("packed", vec![], Refusal::Algorithm),
        ("packed", vec![number()], Refusal::Attestation),
        ("packed", vec![number(), signature()], Refusal::Signature),
        (
            "packed",
            vec![number(), signature(), (Cbor::from("x5c"), Cbor::Array(vec![]))],
            Refusal::AttestationFormat,
        ),
        (
            "packed",
            vec![number(), number(), signature()],
            Refusal::Attestation,
        ),
    ] {
        let made = key.make_attested(CHALLENGE, |_, _| (form, Cbor::Map(pairs.clone())));
        assert_eq!(register(&made), Err(wanted), "{form} {pairs:?}");
    }
}

#[test]
fn keys_of_another_form_are_refused() {
    let number = |value: i64| Cbor::from(value);
    let bytes = |length: usize| Cbor::Bytes(vec![1; length]);
    let map = |pairs: &[(i64, Cbor)]| {
        let pairs = pairs.iter().map(|(key, value)| (number(*key), value.clone()));
        write(&Cbor::Map(pairs.collect()))
    };
    let p256 = |x: Cbor, y: Cbor| map(&[(1, number(2)), (3, number(-7)), (-1, number(1)), (-2, x), (-3, y)]);
    let rsa = |n: usize, e: Vec<u8>| {
        map(&[
            (1, number(3)),
            (3, number(-257)),
            (-1, bytes(n)),
            (-2, Cbor::Bytes(e)),
        ])
    };
    let own = fresh(Algorithm::Es256).cose();
    for (name, cose, wanted) in [
        ("no key", Vec::new(), Refusal::PublicKey),
        ("no map", vec![0x01], Refusal::PublicKey),
        ("an empty one", map(&[]), Refusal::PublicKey),
        (
            "a point off the curve",
            p256(bytes(32), bytes(32)),
            Refusal::PublicKey,
        ),
        (
            "a short coordinate",
            p256(bytes(31), bytes(32)),
            Refusal::PublicKey,
        ),
        (
            "a coordinate that is none",
            p256(Cbor::from(true), bytes(32)),
            Refusal::PublicKey,
        ),
        (
            "no point",
            map(&[(1, number(2)), (3, number(-7)), (-1, number(1))]),
            Refusal::PublicKey,
        ),
        (
            "another curve",
            map(&[(1, number(2)), (3, number(-7)), (-1, number(2))]),
            Refusal::PublicKey,
        ),
        (
            "another kind",
            map(&[(1, number(3)), (3, number(-7)), (-1, number(1))]),
            Refusal::PublicKey,
        ),
        (
            "another algorithm",
            map(&[(1, number(2)), (3, number(-35)), (-1, number(2))]),
            Refusal::Algorithm,
        ),
        ("a small modulus", rsa(128, vec![1, 0, 1]), Refusal::PublicKey),
        ("a large modulus", rsa(1_024, vec![1, 0, 1]), Refusal::PublicKey),
        ("an exponent of one", rsa(256, vec![1]), Refusal::PublicKey),
        ("an even exponent", rsa(256, vec![2]), Refusal::PublicKey),
        (
            "more behind",
            [&own[..], &[0]].concat(),
            Refusal::AuthenticatorData,
        ),
    ] {
        let mut key = fresh(Algorithm::Es256);
        key.cose = Some(cose);
        assert_eq!(register(&key.make(CHALLENGE)), Err(wanted), "{name}");
    }
}

#[test]
fn an_id_has_one_to_1023_bytes() {
    for (length, is_taken) in [(0, false), (1, true), (1_023, true), (1_024, false)] {
        let mut key = fresh(Algorithm::Es256);
        key.id = vec![7; length];
        let refused = register(&key.make(CHALLENGE)).err();
        assert_eq!(refused, (!is_taken).then_some(Refusal::CredentialId), "{length}");
    }
}

/// What is wrong with a credential that was shown.
const BENT_SHOWN: &[(&str, BendShown, Refusal)] = &[
    ("another id", |shown| shown.id[0] ^= 1, Refusal::CredentialId),
    ("nobody's", |shown| shown.user_handle = None, Refusal::UserHandle),
    (
        "somebody else's",
        |shown| shown.user_handle = Some(b"stf_another".to_vec()),
        Refusal::UserHandle,
    ),
    (
        "a byte of the signature",
        |shown| *shown.signature.last_mut().expect("one") ^= 1,
        Refusal::Signature,
    ),
    (
        "no signature",
        |shown| shown.signature.clear(),
        Refusal::Signature,
    ),
    (
        "a signature that is no text of DER",
        |shown| shown.signature = vec![0; 64],
        Refusal::Signature,
    ),
    (
        "a byte of the relying party",
        |shown| shown.authenticator_data[0] ^= 1,
        Refusal::RpId,
    ),
    (
        "a flag that was set later",
        |shown| shown.authenticator_data[32] ^= 0x08,
        Refusal::Signature,
    ),
    (
        "a counter that was set later",
        |shown| shown.authenticator_data[36] ^= 0x40,
        Refusal::Signature,
    ),
    (
        "no data",
        |shown| shown.authenticator_data.clear(),
        Refusal::AuthenticatorData,
    ),
    (
        "cut data",
        |shown| shown.authenticator_data.truncate(36),
        Refusal::AuthenticatorData,
    ),
    (
        "long data",
        |shown| shown.authenticator_data = vec![0; 10_000],
        Refusal::AuthenticatorData,
    ),
    (
        "a space in the client data",
        |shown| shown.client_data.push(b' '),
        Refusal::Signature,
    ),
    (
        "made, not shown",
        |shown| shown.client_data = fresh(Algorithm::Es256).make(CHALLENGE).client_data,
        Refusal::Type,
    ),
    (
        "another challenge",
        |shown| shown.client_data = fresh(Algorithm::Es256).show(b"another one").client_data,
        Refusal::Challenge,
    ),
];

#[test]
fn what_was_shown_and_is_bent_is_refused() {
    let mut key = fresh(Algorithm::Es256);
    key.counter = 5;
    let kept = register(&key.make(CHALLENGE)).expect("taken");
    let straight = key.show(CHALLENGE);
    let bent = |bend: &BendShown| {
        let mut shown = straight.clone();
        bend(&mut shown);
        show(&shown, &kept, 4, false)
    };
    for (name, bend, wanted) in BENT_SHOWN {
        assert_eq!(bent(bend), Err(*wanted), "{name}");
    }
    // Somebody else's is refused too where it is known who signs in.
    let mut other = straight.clone();
    other.user_handle = Some(b"stf_another".to_vec());
    assert_eq!(show(&other, &kept, 4, true), Err(Refusal::UserHandle));
    // Another key under the same id.
    let mut copy = fresh(Algorithm::Es256);
    (copy.id, copy.counter) = (key.id.clone(), 5);
    assert_eq!(
        show(&copy.show(CHALLENGE), &kept, 4, false),
        Err(Refusal::Signature)
    );
}

#[test]
fn a_counter_that_does_not_grow_is_a_copys() {
    let mut key = fresh(Algorithm::Es256);
    let kept = register(&key.make(CHALLENGE)).expect("taken");
    for (said, known, wanted) in [
        (0, 0, Ok(0)),
        (1, 0, Ok(1)),
        (8, 7, Ok(8)),
        (u32::MAX, 7, Ok(u32::MAX)),
        (7, 7, Err(Refusal::Counter)),
        (6, 7, Err(Refusal::Counter)),
        (0, 7, Err(Refusal::Counter)),
    ] {
        key.counter = said;
        assert_eq!(
            show(&key.show(CHALLENGE), &kept, known, false),
            wanted,
            "{said} after {known}"
        );
    }
}
