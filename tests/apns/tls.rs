//! Whom we push to, and who may push.

use std::sync::Arc;
use std::time::{Duration, Instant};

use billfold::apple::apns::{
    ApnsClient, Credential, PushService as _, Reason, Roots, SettingsError, Verdict,
};
use billfold::simulator::authority::{Authority, Issued, KeyKind, PassLeaf, new_key};
use billfold::simulator::listen::TlsListener;
use billfold::types::{Clock as _, Secret, SystemClock};
use openssl::asn1::Asn1Time;
use openssl::hash::MessageDigest;
use openssl::symm::Cipher;
use openssl::x509::X509;
use openssl::x509::extension::SubjectAlternativeName;

use crate::house::{House, SOON, TEAM, TOPIC, assert_all_accepted, client, push, push_all, until};

#[tokio::test]
async fn a_certificate_that_has_expired_pauses_the_credential() {
    let house = House::new().await;
    let mut settings = house.settings();
    settings.credential = house.certificate(|leaf| {
        leaf.not_after = SystemClock.now().plus_ms(-60_000);
    });
    let client = client(settings);
    let expected = Verdict::Refused {
        status: None,
        reason: Reason::TLS_CERTIFICATE_EXPIRED,
    };
    for number in 0..5 {
        assert_eq!(client.push(&push(number)).await, expected);
    }
    let error = client.probe().await.expect_err("no connection");
    assert!(error.contains("TlsCertificateExpired"), "{error}");
    assert!(house.simulator.journal().is_empty());
}

#[tokio::test]
async fn a_certificate_of_a_stranger_pauses_the_credential() {
    // An issuer that the service does not know, and one that only claims a known name.
    let unknowing = House::with(|options| {
        options.client_authorities = vec![options.identity.certificate.clone()];
    })
    .await;
    let house = House::new().await;
    // Of the house's kind of key: to another kind no issuer of the name would even be tried.
    let [root_key, wwdr_key] = [(); 2].map(|()| new_key(KeyKind::Rsa2048).expect("a key"));
    let stranger = Authority::of_keys(root_key, wwdr_key, SystemClock.now()).expect("an authority");
    let mut claiming = house.settings();
    let leaf = PassLeaf::sound(TOPIC, TEAM, SystemClock.now());
    let Issued { certificate, key } = stranger.pass_certificate(&leaf).expect("a certificate");
    let chain = vec![stranger.wwdr().clone()];
    claiming.credential = Credential::Certificate {
        certificate,
        key,
        chain,
    };
    for (settings, reason) in [
        (unknowing.settings(), Reason::TLS_UNKNOWN_CA),
        (claiming, Reason::TLS_BAD_CERTIFICATE),
    ] {
        let verdict = client(settings).push(&push(1)).await;
        assert_eq!(verdict, Verdict::Refused { status: None, reason });
    }
}

#[tokio::test]
async fn a_service_of_a_stranger_is_not_pushed_to() {
    let house = House::new().await;
    let stranger = Authority::new(SystemClock.now()).expect("an authority");
    let mut settings = house.settings();
    settings.roots = Roots::only(vec![stranger.root().clone()]);
    let client = client(settings);
    let Verdict::Retry { reason, .. } = client.push(&push(1)).await else {
        panic!("not left to a retry");
    };
    assert_eq!(reason, Reason::NOT_CONNECTED);
    let error = client.describe().last_error.expect("an error");
    assert!(error.contains("certificate verify failed"), "{error}");
    assert_eq!(house.simulator.counters().connections, 0);
}

/// A certificate that trusts itself, for a server of this name.
fn self_signed(host: &str) -> Issued {
    let key = new_key(KeyKind::P256).expect("a key");
    let mut builder = X509::builder().expect("a certificate");
    builder.set_version(2).expect("a version");
    builder.set_pubkey(&key).expect("a key");
    let now = SystemClock.now().secs();
    let from = Asn1Time::from_unix(now - 60).expect("a time");
    let to = Asn1Time::from_unix(now + 3_600).expect("a time");
    builder.set_not_before(&from).expect("a time");
    builder.set_not_after(&to).expect("a time");
    let names = SubjectAlternativeName::new()
        .dns(host)
        .build(&builder.x509v3_context(None, None))
        .expect("names");
    builder.append_extension(names).expect("names");
    builder.sign(&key, MessageDigest::sha256()).expect("a signature");
    Issued {
        certificate: builder.build(),
        key,
    }
}

#[tokio::test]
async fn a_service_under_another_name_is_not_pushed_to() {
    for (host, is_pushed_to) in [("localhost", true), ("push.example", false)] {
        let identity = self_signed(host);
        let root = identity.certificate.clone();
        let house = House::with(|options| options.identity = identity).await;
        let mut settings = house.settings();
        settings.roots = Roots::only(vec![root]);
        let client = client(settings);
        let verdict = client.push(&push(1)).await;
        assert_eq!(
            matches!(verdict, Verdict::Accepted { .. }),
            is_pushed_to,
            "{verdict:?}"
        );
        assert_eq!(house.simulator.journal().len(), usize::from(is_pushed_to));
        if !is_pushed_to {
            let error = client.describe().last_error.expect("an error");
            assert!(error.contains("hostname mismatch"), "{error}");
        }
    }
}

#[tokio::test]
async fn a_service_without_http2_is_not_pushed_to() {
    let house = House::new().await;
    let identity = house.authority.server_certificate().expect("a certificate");
    let listener = TlsListener::bind(0, &identity, &[b"http/1.1"], &[])
        .await
        .expect("a listener");
    let port = listener.address().expect("an address").port();
    let accepting = tokio::spawn(async move {
        while let Ok(tcp) = listener.accept().await {
            assert!(listener.handshake(tcp).await.is_err());
        }
    });
    let mut settings = house.settings();
    settings.base_url = format!("https://localhost:{port}");
    let client = client(settings);
    let verdict = client.push(&push(1)).await;
    assert!(
        matches!(&verdict, Verdict::Retry { reason, .. } if *reason == Reason::NOT_CONNECTED),
        "{verdict:?}"
    );
    accepting.abort();
}

#[tokio::test]
async fn a_listener_that_says_nothing_is_left_in_time() {
    let house = House::new().await;
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a listener");
    let mut settings = house.settings();
    let port = silent.local_addr().expect("an address").port();
    settings.base_url = format!("https://localhost:{port}");
    settings.limits.connect_timeout = Duration::from_millis(150);
    let client = client(settings);
    let start = Instant::now();
    let verdict = client.push(&push(1)).await;
    assert!(
        matches!(&verdict, Verdict::Retry { reason, .. } if *reason == Reason::NOT_CONNECTED),
        "{verdict:?}"
    );
    assert!(start.elapsed() < SOON);
}

#[tokio::test]
async fn a_probe_says_what_the_handshake_agreed_on() {
    let house = House::with(|options| options.max_streams = 321).await;
    let client = house.client();
    let facts = client.probe().await.expect("a connection");
    assert_eq!(
        (
            facts.version.as_str(),
            facts.alpn.as_str(),
            facts.server.as_str(),
            facts.stream_limit
        ),
        ("TLSv1.3", "h2", "localhost", 321)
    );
    until("the probe's end", || house.simulator.counters().open == 0).await;
    assert!(!client.describe().is_connected);
}

#[tokio::test]
async fn a_key_of_another_certificate_is_refused_at_the_start() {
    let house = House::new().await;
    let mut settings = house.settings();
    if let Credential::Certificate { key, .. } = &mut settings.credential {
        *key = new_key(KeyKind::P256).expect("a key");
    }
    let error = ApnsClient::new(settings, Arc::new(SystemClock)).expect_err("set up");
    assert!(matches!(error, SettingsError::KeyMismatch), "{error}");
}

#[tokio::test]
async fn a_credential_in_pem_pushes() {
    let house = House::new().await;
    let leaf = PassLeaf::sound(TOPIC, TEAM, SystemClock.now());
    let issued = house.authority.pass_certificate(&leaf).expect("a certificate");
    let cipher = Cipher::aes_256_cbc();
    let pem = issued
        .key
        .private_key_to_pem_pkcs8_passphrase(cipher, b"open sesame");
    let key = Secret::new(String::from_utf8(pem.expect("PEM")).expect("text"));
    let chain = house.authority.wwdr().to_pem().expect("PEM");
    let certificates = issued.certificate_pem().expect("PEM") + &String::from_utf8(chain).expect("text");
    for wrong in [None, Some(Secret::new("guess"))] {
        let refused = Credential::from_pem(&certificates, &key, wrong.as_ref());
        assert!(matches!(refused, Err(SettingsError::Key)), "{refused:?}");
    }
    let mut settings = house.settings();
    let password = Secret::new("open sesame");
    settings.credential = Credential::from_pem(&certificates, &key, Some(&password)).expect("a credential");
    assert_all_accepted(&push_all(&client(settings), &[push(1)]).await);
}
