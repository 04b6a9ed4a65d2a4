//! How long root keys are kept, and what serves while they cannot be had.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use billfold::google::root_keys::{FetchedKeys, RootKeysError, read_keys};
use billfold::google::{RootKeySource, RootKeys};
use billfold::types::ManualClock;
use futures_util::future::BoxFuture;
use serde_json::{Value, json};

use crate::forge::{Forge, now};

/// A source that counts, and answers what it is told to.
#[derive(Clone)]
struct Scripted {
    fetches: Arc<AtomicUsize>,
    answer: Arc<Mutex<Result<FetchedKeys, RootKeysError>>>,
}

impl Scripted {
    fn new(body: Vec<u8>, max_age: Option<Duration>) -> Self {
        Self {
            fetches: Arc::default(),
            answer: Arc::new(Mutex::new(Ok(FetchedKeys { body, max_age }))),
        }
    }

    fn count(&self) -> usize {
        self.fetches.load(Ordering::SeqCst)
    }
}

impl RootKeySource for Scripted {
    fn fetch(&self) -> BoxFuture<'_, Result<FetchedKeys, RootKeysError>> {
        self.fetches.fetch_add(1, Ordering::SeqCst);
        let answer = self.answer.lock().unwrap().clone();
        Box::pin(async move { answer })
    }
}

fn down() -> RootKeysError {
    RootKeysError::Unavailable("status 503".to_owned())
}

#[tokio::test]
async fn keys_are_kept_as_long_as_the_answer_allows_and_old_ones_serve_in_need() {
    let clock = Arc::new(ManualClock::new(now()));
    let forge = Forge::sound();
    let source = Scripted::new(forge.key_list(), Some(Duration::from_mins(10)));
    let keys = RootKeys::new(source.clone(), clock.clone());
    for _ in 0..3 {
        assert_eq!(keys.keys().await.unwrap().len(), 1);
    }
    assert_eq!(source.count(), 1);
    clock.advance(Duration::from_mins(10));
    *source.answer.lock().unwrap() = Err(down());
    for _ in 0..3 {
        assert_eq!(keys.keys().await.unwrap().len(), 1, "the old ones serve");
    }
    assert_eq!(source.count(), 2, "asked once in that minute");
    clock.set(forge.root_ends.unwrap());
    assert_eq!(keys.keys().await.unwrap_err(), down(), "they have ended");
    assert_eq!(keys.keys().await.unwrap_err(), RootKeysError::TooSoon);
}

#[test]
fn only_keys_of_our_protocol_with_an_end_ahead_and_on_our_curve_are_taken() {
    let forge = Forge::sound();
    let list: Value = serde_json::from_slice(&forge.key_list()).unwrap();
    let good = list["keys"][0].clone();
    let bent = |name: &str, value: Value| {
        let mut key = good.clone();
        key[name] = value;
        key
    };
    let rsa = openssl::rsa::Rsa::generate(1024)
        .unwrap()
        .public_key_to_der()
        .unwrap();
    let body = json!({ "keys": [
        bent("protocolVersion", json!("ECv1")),
        bent("keyExpiration", json!(now().millis().to_string())),
        bent("keyValue", json!(base64::Engine::encode(&base64::engine::general_purpose::STANDARD, rsa))),
        bent("keyValue", json!("not base64")),
        { "keyValue": good["keyValue"], "protocolVersion": "ECv2SigningOnly" },
        bent("keyExpiration", json!(now().plus_ms(1).millis())),
    ] });
    assert_eq!(read_keys(body.to_string().as_bytes(), now()).unwrap().len(), 1);
    assert!(matches!(
        read_keys(b"[]", now()),
        Err(RootKeysError::Malformed(_))
    ));
}
