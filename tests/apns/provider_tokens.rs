//! Provider tokens in place of a certificate.

use std::sync::Arc;
use std::time::Duration;

use billfold::apple::apns::{
    ApnsClient, Credential, LocalTokens, ProviderKey, PushService as _, Reason, TokenError, TokenSource as _,
    Verdict, sign_provider_token,
};
use billfold::simulator::authority::{KeyKind, new_key};
use billfold::types::{Base64Url, Clock as _, ManualClock, Secret, SystemClock, Time};
use openssl::pkey::{PKey, Public};

use crate::house::{House, KEY_ID, TEAM, TOPIC, assert_all_accepted, client, push, push_all};

struct TokenHouse {
    house: House,
    /// The service's clock.
    theirs: Arc<ManualClock>,
    /// The client's clock.
    ours: Arc<ManualClock>,
    key: ProviderKey,
}

impl TokenHouse {
    async fn new() -> Self {
        let now = SystemClock.now();
        let theirs = Arc::new(ManualClock::new(now));
        let clock = theirs.clone();
        let house = House::with(|options| options.clock = clock).await;
        let key = new_key(KeyKind::P256).expect("a key");
        let public: PKey<Public> =
            PKey::public_key_from_der(&key.public_key_to_der().expect("DER")).expect("a key");
        house.simulator.add_key(KEY_ID, TEAM, public, &[TOPIC]);
        Self {
            house,
            theirs,
            ours: Arc::new(ManualClock::new(now)),
            key: ProviderKey::new(key, KEY_ID, TEAM).expect("a push key"),
        }
    }

    fn client(&self) -> ApnsClient {
        let mut settings = self.house.settings();
        let tokens = LocalTokens::new(self.key.clone(), self.ours.clone());
        settings.credential = Credential::Token(Arc::new(tokens));
        client(settings)
    }
}

#[tokio::test]
async fn a_provider_token_takes_the_place_of_a_certificate() {
    let tokens = TokenHouse::new().await;
    let client = tokens.client();
    let pushes: Vec<_> = (0..50).map(push).collect();
    assert_all_accepted(&push_all(&client, &pushes).await);
    assert_eq!(tokens.house.simulator.provider_tokens(TEAM), 1);
    let mut stray = push(1);
    stray.topic = "pass.com.example.other".to_owned();
    let expected = Verdict::Misconfigured {
        status: 400,
        reason: Reason::TOPIC_DISALLOWED,
    };
    assert_eq!(client.push(&stray).await, expected);
}

#[tokio::test]
async fn forty_pushes_with_an_expired_token_renew_it_once() {
    let tokens = TokenHouse::new().await;
    let client = tokens.client();
    assert_all_accepted(&push_all(&client, &[push(0)]).await);
    // Our clock goes too slowly: to us the token is of half an hour, to the service of over one.
    tokens.ours.advance(Duration::from_mins(30));
    tokens.theirs.advance(Duration::from_mins(61));
    let pushes: Vec<_> = (1..41).map(push).collect();
    assert_all_accepted(&push_all(&client, &pushes).await);
    assert_eq!(tokens.house.simulator.provider_tokens(TEAM), 2);
}

#[tokio::test]
async fn a_fresh_token_that_is_refused_pauses_the_credential() {
    let tokens = TokenHouse::new().await;
    // Our clock is two hours behind: whatever we sign is expired.
    tokens.theirs.advance(Duration::from_hours(2));
    let client = tokens.client();
    let expected = Verdict::Refused {
        status: None,
        reason: Reason::EXPIRED_PROVIDER_TOKEN,
    };
    assert_eq!(client.push(&push(1)).await, expected);
    let error = client.describe().last_error.expect("an error");
    assert!(error.contains("clock"), "{error}");
}

#[tokio::test]
async fn a_token_of_a_stranger_pauses_the_credential() {
    let mut tokens = TokenHouse::new().await;
    let expected = Verdict::Refused {
        status: Some(403),
        reason: Reason::INVALID_PROVIDER_TOKEN,
    };
    for (key_id, team) in [(KEY_ID, TEAM), ("OTHERKEY12", TEAM), (KEY_ID, "OTHERTEAM1")] {
        let key = new_key(KeyKind::P256).expect("a key");
        tokens.key = ProviderKey::new(key, key_id, team).expect("a push key");
        assert_eq!(tokens.client().push(&push(1)).await, expected);
    }
    assert_eq!(tokens.house.simulator.provider_tokens(TEAM), 0);
}

#[tokio::test]
async fn a_new_token_within_twenty_minutes_is_refused_by_the_service() {
    let tokens = TokenHouse::new().await;
    assert_all_accepted(&push_all(&tokens.client(), &[push(1)]).await);
    tokens.ours.advance(Duration::from_mins(19));
    tokens.theirs.advance(Duration::from_mins(19));
    // Another instance that shares nothing signs its own.
    assert_eq!(tokens.client().push(&push(2)).await.as_str(), "token_churn");
    tokens.ours.advance(Duration::from_mins(1));
    tokens.theirs.advance(Duration::from_mins(1));
    assert_all_accepted(&push_all(&tokens.client(), &[push(3)]).await);
    assert_eq!(tokens.house.simulator.provider_tokens(TEAM), 2);
}

#[tokio::test]
async fn provider_tokens_are_never_made_more_often_than_every_twenty_minutes() {
    let start = SystemClock.now();
    let clock = Arc::new(ManualClock::new(start));
    let key = new_key(KeyKind::P256).expect("a key");
    let tokens = LocalTokens::new(
        ProviderKey::new(key, KEY_ID, TEAM).expect("a push key"),
        clock.clone(),
    );
    let mut made: Vec<(String, Time)> = Vec::new();
    for minute in 0..600 {
        let token = tokens.current().await.expect("a token");
        // Every third minute somebody says that Apple refuses it.
        let token = if minute % 3 == 0 {
            match tokens.renew(&token).await {
                Ok(token) => token,
                Err(TokenError::TooSoon { wait }) => {
                    assert!(wait <= Duration::from_mins(20));
                    token
                }
                Err(other) => panic!("{other}"),
            }
        } else {
            token
        };
        if made.last().is_none_or(|(last, _)| last != token.expose()) {
            made.push((token.expose().to_owned(), clock.now()));
        }
        clock.advance(Duration::from_mins(1));
    }
    for pair in made.windows(2) {
        let gap = pair[1].1.since(pair[0].1);
        assert!(gap >= Duration::from_mins(20), "{gap:?}");
        assert!(gap <= Duration::from_mins(50), "{gap:?}");
    }
    assert!(made.len() > 20, "{} tokens in ten hours", made.len());
}

#[tokio::test]
async fn a_provider_token_is_used_for_fifty_minutes() {
    let clock = Arc::new(ManualClock::new(SystemClock.now()));
    let key = new_key(KeyKind::P256).expect("a key");
    let key = ProviderKey::new(key, KEY_ID, TEAM).expect("a push key");
    let tokens = LocalTokens::new(key, clock.clone());
    let first = tokens.current().await.expect("a token");
    clock.advance(Duration::from_mins(49));
    let at_49 = tokens.current().await.expect("a token");
    clock.advance(Duration::from_mins(1));
    let at_50 = tokens.current().await.expect("a token");
    assert_eq!(first.expose(), at_49.expose());
    assert_ne!(first.expose(), at_50.expose());
}

#[tokio::test]
async fn a_clock_that_is_set_back_does_not_block_a_renewal() {
    let start = SystemClock.now();
    let clock = Arc::new(ManualClock::new(start));
    let key = new_key(KeyKind::P256).expect("a key");
    let tokens = LocalTokens::new(
        ProviderKey::new(key, KEY_ID, TEAM).expect("a push key"),
        clock.clone(),
    );
    let wrong = tokens.current().await.expect("a token");
    clock.set(start.plus_ms(-7_200_000));
    let right = tokens.renew(&wrong).await.expect("a token");
    assert_ne!(wrong.expose(), right.expose());
    assert!(matches!(
        tokens.renew(&right).await,
        Err(TokenError::TooSoon { .. })
    ));
}

#[test]
fn a_provider_token_has_the_form_of_jose() {
    let key = new_key(KeyKind::P256).expect("a key");
    let now = Time::parse_rfc3339("2026-11-21T09:30:00Z").expect("a time");
    for _ in 0..200 {
        let token = sign_provider_token(&key, KEY_ID, TEAM, now).expect("a token");
        let parts: Vec<_> = token.expose().split('.').collect();
        let [header, claims, signature] = parts[..] else {
            panic!("{} parts", parts.len());
        };
        let decode = |part| Base64Url::decode(part).expect("base64url");
        let json = |part| serde_json::from_slice::<serde_json::Value>(&decode(part)).expect("JSON");
        assert_eq!(json(header), serde_json::json!({ "alg": "ES256", "kid": KEY_ID }));
        assert_eq!(
            json(claims),
            serde_json::json!({ "iss": TEAM, "iat": 1_795_253_400 })
        );
        // Short numbers are padded: one signature in 128 would be shorter without.
        assert_eq!(decode(signature).len(), 64);
    }
}

#[test]
fn what_is_no_push_key_is_refused() {
    let rsa = new_key(KeyKind::Rsa2048).expect("a key");
    assert!(matches!(
        ProviderKey::new(rsa, KEY_ID, TEAM),
        Err(TokenError::NotAPushKey)
    ));
    let text = Secret::new("-----BEGIN PRIVATE KEY-----\nMIGH\n-----END PRIVATE KEY-----");
    assert!(matches!(
        ProviderKey::from_pem(&text, KEY_ID, TEAM),
        Err(TokenError::NotAPushKey)
    ));
}
