//! The stand-in itself: as strict as what it stands in for.

use billfold::apple::apns::Credential;
use billfold::simulator::apns::Step;
use billfold::types::PushToken;
use bytes::Bytes;

use crate::house::{House, TOPIC, push, push_all};

/// A bare HTTP/2 client that can send what ours never would.
async fn raw(house: &House, credential: Option<&Credential>) -> h2::client::SendRequest<Bytes> {
    use openssl::ssl::{SslConnector, SslMethod};
    let mut builder = SslConnector::builder(SslMethod::tls_client()).expect("TLS");
    builder.set_alpn_protos(b"\x02h2").expect("ALPN");
    builder
        .cert_store_mut()
        .add_cert(house.authority.root().clone())
        .expect("a root");
    if let Some(Credential::Certificate {
        certificate,
        key,
        chain,
    }) = credential
    {
        builder.set_certificate(certificate).expect("a certificate");
        builder.set_private_key(key).expect("a key");
        for link in chain {
            builder.add_extra_chain_cert(link.clone()).expect("a link");
        }
    }
    let tcp = tokio::net::TcpStream::connect(house.simulator.address())
        .await
        .expect("TCP");
    let ssl = builder
        .build()
        .configure()
        .and_then(|configuration| configuration.into_ssl("localhost"))
        .expect("TLS");
    let mut stream = tokio_openssl::SslStream::new(ssl, tcp).expect("TLS");
    std::pin::Pin::new(&mut stream)
        .connect()
        .await
        .expect("a handshake");
    let (send, connection) = h2::client::handshake(stream).await.expect("HTTP/2");
    tokio::spawn(connection);
    send
}

/// Sends a request and reads the status and the reason.
async fn ask(
    send: &h2::client::SendRequest<Bytes>,
    request: http::Request<()>,
    body: Bytes,
) -> (u16, String) {
    let mut send = send.clone().ready().await.expect("ready");
    let (response, mut stream) = send.send_request(request, false).expect("a stream");
    stream.send_data(body, true).expect("a body");
    let response = response.await.expect("an answer");
    let status = response.status().as_u16();
    let mut body = response.into_body();
    let mut bytes = Vec::new();
    while let Some(part) = body.data().await {
        bytes.extend(part.expect("a body"));
    }
    let reason = serde_json::from_slice::<serde_json::Value>(&bytes)
        .ok()
        .and_then(|fault| Some(fault.get("reason")?.as_str()?.to_owned()))
        .unwrap_or_default();
    (status, reason)
}

fn sound() -> http::request::Builder {
    http::Request::post("https://localhost/3/device/abcdef0123456789")
        .header("apns-push-type", "background")
        .header("apns-priority", "5")
        .header("apns-topic", TOPIC)
}

#[tokio::test]
async fn a_malformed_push_is_refused_in_apples_words() {
    let house = House::new().await;
    let credential = house.certificate(|_| ());
    let send = raw(&house, Some(&credential)).await;
    let at = |path: &str| sound().uri(format!("https://localhost{path}"));
    let without_type = || http::Request::post("https://localhost/3/device/ab").header("apns-priority", "5");
    let cases = [
        (sound(), 200, ""),
        (at("/"), 404, "BadPath"),
        (at("/3/devices/ab"), 404, "BadPath"),
        (sound().method("GET"), 405, "MethodNotAllowed"),
        (at("/3/device/"), 400, "MissingDeviceToken"),
        (at("/3/device/xyz"), 400, "BadDeviceToken"),
        (at("/3/device/ab%20"), 400, "BadDeviceToken"),
        (
            at(&format!("/3/device/{}", "a".repeat(201))),
            400,
            "BadDeviceToken",
        ),
        (
            sound().header("apns-topic", "pass.other"),
            400,
            "DuplicateHeaders",
        ),
        (sound().header("apns-id", "7"), 400, "BadMessageId"),
        (
            sound().header("apns-expiration", "soon"),
            400,
            "BadExpirationDate",
        ),
        (
            sound().header("apns-collapse-id", "x".repeat(65)),
            400,
            "BadCollapseId",
        ),
        (without_type(), 400, "InvalidPushType"),
        (
            without_type().header("apns-push-type", "loud"),
            400,
            "InvalidPushType",
        ),
        (
            http::Request::post("https://localhost/3/device/ab")
                .header("apns-push-type", "alert")
                .header("apns-priority", "7"),
            400,
            "BadPriority",
        ),
        (
            http::Request::post("https://localhost/3/device/ab")
                .header("apns-push-type", "background")
                .header("apns-priority", "10"),
            400,
            "BadPriority",
        ),
        (
            without_type()
                .header("apns-push-type", "background")
                .header("apns-topic", "pass.other"),
            400,
            "TopicDisallowed",
        ),
    ];
    for (request, status, reason) in cases {
        let request = request.body(()).expect("a request");
        let shown = format!("{request:?}");
        let answer = ask(&send, request, Bytes::from_static(b"{}")).await;
        assert_eq!(answer, (status, reason.to_owned()), "{shown}");
    }
    for (body, status, reason) in [
        (Bytes::new(), 400, "PayloadEmpty"),
        (Bytes::from_static(b"hello"), 400, "PayloadEmpty"),
        (Bytes::from_static(b"[]"), 400, "PayloadEmpty"),
        (Bytes::from(vec![b' '; 4_097]), 413, "PayloadTooLarge"),
        (Bytes::from_static(b"{\"aps\":{}}"), 200, ""),
    ] {
        let request = sound().body(()).expect("a request");
        assert_eq!(ask(&send, request, body).await, (status, reason.to_owned()));
    }
    let installed: PushToken = "ab".parse().expect("a token");
    house.simulator.install(&installed, "pass.other");
    let request = at("/3/device/ab").body(()).expect("a request");
    let answer = ask(&send, request, Bytes::from_static(b"{}")).await;
    assert_eq!(answer, (400, "DeviceTokenNotForTopic".to_owned()));
}

#[tokio::test]
async fn a_sender_without_a_credential_is_refused() {
    let house = House::new().await;
    let send = raw(&house, None).await;
    for (request, reason) in [
        (sound(), "MissingProviderToken"),
        (
            sound().header("authorization", "basic abc"),
            "MissingProviderToken",
        ),
        (
            sound().header("authorization", "bearer a.b.c"),
            "InvalidProviderToken",
        ),
    ] {
        let request = request.body(()).expect("a request");
        let answer = ask(&send, request, Bytes::from_static(b"{}")).await;
        assert_eq!(answer, (403, reason.to_owned()));
    }
}

#[tokio::test]
async fn phones_hear_of_the_pushes_that_were_taken_and_of_no_others() {
    let house = House::new().await;
    let client = house.client();
    let mut heard = house.simulator.subscribe();
    let (refused, taken) = (push(1), push(2));
    house
        .simulator
        .script(&refused.token, [Step::refuse(503, "Shutdown")]);
    push_all(&client, &[refused]).await;
    push_all(&client, std::slice::from_ref(&taken)).await;
    let delivered = heard.recv().await.expect("a push");
    assert_eq!(
        (delivered.token.as_str(), delivered.topic.as_str()),
        (taken.token.as_str(), TOPIC)
    );
    assert!(heard.try_recv().is_err());
}
