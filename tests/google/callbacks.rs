//! Callbacks: each step of the check refuses what it is there for; Google's own go through.

use std::sync::Arc;
use std::sync::LazyLock;
use std::time::Duration;

use billfold::google::callback::{CALLBACK_MAX, verify_with};
use billfold::google::{Callback, CallbackError, CallbackEvent, CallbackVerifier, HttpRootKeys, RootKeys};
use billfold::simulator::google::{CallbackFault, CallbackOutcome};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::forge::{Forge, issuer, new_key, now};
use crate::house::{House, until};

fn verify(forge: &Forge, body: &Value) -> Result<Callback, CallbackError> {
    verify_with(body.to_string().as_bytes(), &[issuer()], &forge.roots(), now())
}

/// What the check says of a callback with one thing bent.
fn bent(bend: impl FnOnce(&mut Forge)) -> CallbackError {
    let mut forge = Forge::sound();
    bend(&mut forge);
    verify(&forge, &forge.json()).unwrap_err()
}

/// The same with the finished body bent.
fn bent_body(bend: impl FnOnce(&Forge, &mut Value)) -> CallbackError {
    let forge = Forge::sound();
    let mut body = forge.json();
    bend(&forge, &mut body);
    verify(&forge, &body).unwrap_err()
}

#[test]
fn a_sound_callback_says_what_happened() {
    let mut forge = Forge::sound();
    let expected = Callback {
        class_id: "3388000000022195611.prg_1".parse().unwrap(),
        object_id: "3388000000022195611.crd_1".parse().unwrap(),
        event: CallbackEvent::Save,
        nonce: "c94ce8ff-9b5f-4ce3-ae46-6b5a3a5a0b1d".to_owned(),
        expires_at: now().plus_ms(500_000),
    };
    assert_eq!(verify(&forge, &forge.json()), Ok(expected.clone()));
    forge.message["eventType"] = json!("del");
    let event = CallbackEvent::Delete;
    assert_eq!(
        verify(&forge, &forge.json()),
        Ok(Callback {
            event,
            ..expected.clone()
        })
    );
    // Lengths count bytes: a text beyond ASCII shows whether they do.
    forge.message["note"] = json!("überall ☕");
    assert_eq!(verify(&forge, &forge.json()), Ok(Callback { event, ..expected }));
}

#[test]
fn one_good_signature_among_several_is_enough() {
    let forge = Forge::sound();
    let mut body = forge.json();
    let good = forge.key_signature(&forge.root);
    let bad = forge.key_signature(&new_key());
    body["intermediateSigningKey"]["signatures"] = json!([bad, "not base64", good]);
    assert!(verify(&forge, &body).is_ok());
    body["intermediateSigningKey"]["signatures"] = json!([bad, bad]);
    assert_eq!(verify(&forge, &body), Err(CallbackError::IntermediateSignature));
    body["intermediateSigningKey"]["signatures"] = json!([]);
    assert_eq!(verify(&forge, &body), Err(CallbackError::IntermediateSignature));
}

#[test]
fn a_key_with_a_wrong_signature_is_refused() {
    let refused = CallbackError::IntermediateSignature;
    assert_eq!(
        bent(|forge| forge.sender = "GoogleWalletPasses"),
        refused,
        "wrong sender"
    );
    assert_eq!(
        bent(|forge| forge.is_big_endian = true),
        refused,
        "big-endian lengths"
    );
    assert_eq!(
        bent(|forge| forge.root_ends = Some(now())),
        refused,
        "expired root"
    );
    assert_eq!(
        bent(|forge| forge.root_ends = None),
        refused,
        "root without an end"
    );
    assert_eq!(
        bent(|forge| forge.signed_key_signed = Some(forge.signed_key().replace("\\u003d", "="))),
        refused,
        "signed over the text after a second decoding"
    );
    assert_eq!(
        bent_body(|_, body| {
            let key = body["intermediateSigningKey"]["signedKey"].as_str().unwrap();
            body["intermediateSigningKey"]["signedKey"] = json!(key.replace("\\u003d", "="));
        }),
        refused,
        "changed signedKey"
    );
    let (forge, other) = (Forge::sound(), Forge::sound());
    assert_eq!(verify(&other, &forge.json()), Err(refused), "another root");
}

#[test]
fn a_root_key_that_ended_since_it_was_fetched_serves_no_more() {
    let forge = Forge::sound();
    let mut roots = forge.roots();
    roots[0].expires_at = now();
    let body = forge.json().to_string();
    assert_eq!(
        verify_with(body.as_bytes(), &[issuer()], &roots, now()),
        Err(CallbackError::IntermediateSignature)
    );
}

#[test]
fn a_key_that_ended_or_has_no_end_is_refused() {
    assert_eq!(
        bent(|forge| forge.intermediate_ends = Some(now())),
        CallbackError::IntermediateExpired(now())
    );
    assert_eq!(
        bent(|forge| forge.intermediate_ends = None),
        CallbackError::IntermediateKey
    );
}

#[test]
fn a_message_with_a_wrong_signature_is_refused() {
    let refused = CallbackError::MessageSignature;
    assert_eq!(
        bent(|forge| forge.recipient = "3388000000000000001".to_owned()),
        refused,
        "wrong recipient"
    );
    assert_eq!(
        bent_body(|_, body| {
            let message = body["signedMessage"].as_str().unwrap().replace("save", "del");
            body["signedMessage"] = json!(message);
        }),
        refused,
        "changed message"
    );
    assert_eq!(
        bent_body(|forge, body| body["signature"] = json!(forge.key_signature(&forge.intermediate))),
        refused,
        "a signature over something else"
    );
}

#[test]
fn an_old_foreign_or_unknown_message_is_refused() {
    assert_eq!(
        bent(|forge| forge.message["expTimeMillis"] = json!(now().millis())),
        CallbackError::Expired(now())
    );
    assert!(matches!(
        bent(|forge| {
            forge.message.as_object_mut().unwrap().remove("expTimeMillis");
        }),
        CallbackError::Message(_)
    ));
    for name in ["objectId", "classId"] {
        for foreign in [
            "3388000000000000001.x",
            "33880000000221956110.x",
            "3388000000022195611",
            "x",
        ] {
            assert_eq!(
                bent(|forge| forge.message[name] = json!(foreign)),
                CallbackError::ForeignId(foreign.to_owned())
            );
        }
    }
    assert_eq!(
        bent(|forge| forge.message["eventType"] = json!("renamed")),
        CallbackError::UnknownEvent("renamed".to_owned())
    );
    assert!(matches!(
        bent(|forge| forge.message["nonce"] = json!("")),
        CallbackError::Message(_)
    ));
}

#[test]
fn a_body_with_other_members_is_refused() {
    let is_malformed = |error: CallbackError| matches!(error, CallbackError::Malformed(_));
    assert!(
        is_malformed(bent_body(|_, body| body["extra"] = json!(1))),
        "extra member"
    );
    assert!(is_malformed(bent_body(
        |_, body| body["intermediateSigningKey"]["extra"] = json!(1)
    )));
    for name in [
        "signature",
        "intermediateSigningKey",
        "protocolVersion",
        "signedMessage",
    ] {
        let without = bent_body(|_, body| {
            body.as_object_mut().unwrap().remove(name);
        });
        assert!(is_malformed(without), "{name}");
    }
    assert_eq!(
        bent(|forge| forge.protocol = "ECv2"),
        CallbackError::Protocol("ECv2".to_owned())
    );
    let long = vec![b' '; CALLBACK_MAX + 1];
    assert!(is_malformed(
        verify_with(&long, &[issuer()], &[], now()).unwrap_err()
    ));
}

#[test]
fn each_of_our_issuers_is_tried_and_ids_are_of_the_one_that_fits() {
    let second = "3388000000099999999".parse().unwrap();
    let issuers = [second, issuer()];
    let mut forge = Forge::sound();
    let check = |forge: &Forge| {
        verify_with(
            forge.json().to_string().as_bytes(),
            &issuers,
            &forge.roots(),
            now(),
        )
    };
    assert!(check(&forge).is_ok());
    forge.recipient = issuers[0].as_str().to_owned();
    assert!(matches!(check(&forge), Err(CallbackError::ForeignId(_))));
}

static SOUND: LazyLock<(Forge, Vec<u8>)> = LazyLock::new(|| {
    let forge = Forge::sound();
    let body = forge.json().to_string().into_bytes();
    (forge, body)
});

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn no_flipped_bit_goes_through(place in any::<prop::sample::Index>(), bit in 0_u8..8) {
        let (forge, body) = &*SOUND;
        let mut body = body.clone();
        let place = place.index(body.len());
        body[place] ^= 1 << bit;
        prop_assert!(verify_with(&body, &[issuer()], &forge.roots(), now()).is_err());
    }

    #[test]
    fn no_bytes_make_the_check_panic(body in prop::collection::vec(any::<u8>(), 0..600)) {
        prop_assert!(verify_with(&body, &[issuer()], &SOUND.0.roots(), now()).is_err());
    }
}

fn verifier(house: &House) -> CallbackVerifier {
    let root = house.authority.root().to_pem().unwrap();
    let source = HttpRootKeys::new(&house.google.keys_url(), Some(&root)).unwrap();
    let keys = RootKeys::new(source, house.clock.clone());
    CallbackVerifier::new(
        vec![house.google.issuer_id().clone()],
        Arc::new(keys),
        house.clock.clone(),
    )
}

#[tokio::test]
async fn a_save_and_a_removal_reach_us_signed() {
    let house = House::with_card().await;
    let verifier = verifier(&house);
    let id = house.id("card");
    let link = billfold::google::GoogleWallet::save_link(&house.client, &id).unwrap();
    house.google.open_link(&link).unwrap();
    until("a callback", || house.receiver.callbacks().len() == 1).await;
    let saved = verifier.verify(&house.receiver.callbacks()[0]).await.unwrap();
    assert_eq!((saved.event, &saved.object_id), (CallbackEvent::Save, &id));
    house.google.remove(id.as_str()).unwrap();
    until("another", || house.receiver.callbacks().len() == 2).await;
    let removed = verifier.verify(&house.receiver.callbacks()[1]).await.unwrap();
    assert_eq!(removed.event, CallbackEvent::Delete);
    assert_ne!(saved.nonce, removed.nonce);
    until("both told", || house.google.callbacks().len() == 2).await;
    assert_eq!(
        house.google.callbacks()[1].outcome,
        CallbackOutcome::Answered(200)
    );
    assert_eq!(house.google.counts().keys, 1);
}

#[tokio::test]
async fn callbacks_with_faults_are_seen_for_what_they_are() {
    let house = House::with_card().await;
    let verifier = verifier(&house);
    let id = house.id("card");
    let mut seen = 0;
    for (fault, expected) in [
        (CallbackFault::WrongIssuer, Some(CallbackError::MessageSignature)),
        (CallbackFault::Tampered, Some(CallbackError::MessageSignature)),
        (
            CallbackFault::Expired,
            Some(CallbackError::Expired(
                billfold::types::Clock::now(&*house.clock).plus_ms(-1),
            )),
        ),
        (CallbackFault::Delayed(Duration::from_millis(20)), None),
    ] {
        house.google.fail_callback(fault);
        house.google.save(id.as_str()).unwrap();
        seen += 1;
        until("a callback", || house.receiver.callbacks().len() == seen).await;
        let outcome = verifier.verify(house.receiver.callbacks().last().unwrap()).await;
        assert_eq!(outcome.err(), expected, "{fault:?}");
    }
    house.google.fail_callback(CallbackFault::Duplicate);
    house.google.save(id.as_str()).unwrap();
    until("two copies", || house.receiver.callbacks().len() == seen + 2).await;
    let callbacks = house.receiver.callbacks();
    let first = verifier.verify(&callbacks[seen]).await.unwrap();
    let copy = verifier.verify(&callbacks[seen + 1]).await.unwrap();
    assert_eq!(first.nonce, copy.nonce);
    // The second copy is in the receiver's hands before the sender has noted its answer.
    until("five told", || house.google.callbacks().len() == 5).await;

    house.google.fail_callback(CallbackFault::Lost);
    house.google.save(id.as_str()).unwrap();
    until("six told", || house.google.callbacks().len() == 6).await;
    house.receiver.set_robots("User-agent: *\nDisallow: /google/\n");
    house.google.save(id.as_str()).unwrap();
    until("seven told", || house.google.callbacks().len() == 7).await;
    let outcomes: Vec<CallbackOutcome> = house
        .google
        .callbacks()
        .into_iter()
        .skip(5)
        .map(|sent| sent.outcome)
        .collect();
    assert_eq!(
        outcomes,
        [CallbackOutcome::Lost, CallbackOutcome::ForbiddenByRobots]
    );
    assert_eq!(house.receiver.callbacks().len(), seen + 2);
}

#[tokio::test]
async fn new_root_keys_are_fetched_after_a_minute_and_not_before() {
    let house = House::with_card().await;
    let verifier = verifier(&house);
    let id = house.id("card");
    house.google.save(id.as_str()).unwrap();
    until("a callback", || house.receiver.callbacks().len() == 1).await;
    assert!(verifier.verify(&house.receiver.callbacks()[0]).await.is_ok());
    house.google.rotate_keys().unwrap();
    house.google.save(id.as_str()).unwrap();
    until("another", || house.receiver.callbacks().len() == 2).await;
    let newer = house.receiver.callbacks().pop().unwrap();
    for _ in 0..50 {
        assert_eq!(
            verifier.verify(&newer).await,
            Err(CallbackError::IntermediateSignature)
        );
    }
    house.clock.advance(Duration::from_millis(59_999));
    assert!(verifier.verify(&newer).await.is_err());
    assert_eq!(house.google.counts().keys, 1);
    house.clock.advance(Duration::from_millis(1));
    assert!(verifier.verify(&newer).await.is_ok());
    assert_eq!(house.google.counts().keys, 2);
}
