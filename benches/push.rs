//! How fast pushes leave, beside a bare `h2` client against the same stand-in service in the same
//! run: `cargo bench --bench push`. The service runs in a process of its own; the two clients take
//! turns, so that a busy machine slows both. Fails if ours is under three quarters of bare `h2`.
//!
//! The crate `a2` is not in the table: 0.10 can reach no host and trust no root but Apple's
//! (`Endpoint` is a closed enum, the roots are compiled in, its client builder is private).

#![expect(clippy::print_stdout, reason = "a bench prints its table")]
#![expect(clippy::expect_used, reason = "a bench ends at what it did not expect")]
#![expect(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    reason = "figures for people"
)]

use std::io::{BufRead as _, BufReader, Read as _};
use std::pin::Pin;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use billfold::apple::apns::{
    ApnsClient, ApnsSettings, Credential, Limits, Push, PushService, Roots, Verdict,
};
use billfold::simulator::apns::{ApnsSimulator, Options};
use billfold::simulator::authority::{Authority, KeyKind, PassLeaf};
use billfold::types::{Clock as _, Secret, SystemClock};
use bytes::Bytes;
use futures_util::future::join_all;
use h2::client::SendRequest;
use http::{HeaderMap, HeaderValue, Method, Request, Uri};
use openssl::ssl::{SslConnector, SslMethod};
use serde::{Deserialize, Serialize};

const TOPIC: &str = "pass.com.example.coffee";
/// Set for the process that is the service.
const SERVICE: &str = "BILLFOLD_BENCH_SERVICE";
/// How many pushes are under way at once, and how many make a turn.
const LOADS: [(usize, usize); 2] = [(1, 8_000), (300, 60_000)];
const ROUNDS: usize = 9;
/// Least share of bare `h2`'s speed.
const GOAL: f64 = 0.75;

/// What a client needs to push.
#[derive(Clone, Serialize, Deserialize)]
struct Access {
    url: String,
    root: String,
    certificate: String,
    key: String,
}

/// One turn of one client.
#[derive(Clone, Copy)]
struct Turn {
    pushes_per_second: f64,
    cpu_us_per_push: f64,
}

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    if std::env::var_os(SERVICE).is_some() {
        runtime.block_on(be_the_service());
        return ExitCode::SUCCESS;
    }
    let (mut service, access) = start_service();
    let is_met = runtime.block_on(compare(&access));
    // Its end is the end of its standard input; it is waited for so that it leaves nothing behind.
    drop(service.stdin.take());
    service.wait().expect("the service's end");
    if is_met {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

async fn be_the_service() {
    let now = SystemClock.now();
    let authority = Authority::new(now).expect("an authority");
    let options = Options::of_authority(&authority, Arc::new(SystemClock)).expect("options");
    let simulator = ApnsSimulator::start(options).await.expect("a listener");
    let mut leaf = PassLeaf::sound(TOPIC, "TEAM123456", now);
    leaf.key = KeyKind::P256;
    let issued = authority.pass_certificate(&leaf).expect("a certificate");
    let pem = |bytes: Vec<u8>| String::from_utf8(bytes).expect("PEM");
    let access = Access {
        url: simulator.url(),
        root: pem(authority.root().to_pem().expect("PEM")),
        certificate: issued.certificate_pem().expect("PEM"),
        key: issued.key_pem().expect("PEM").expose().to_owned(),
    };
    println!("{}", serde_json::to_string(&access).expect("JSON"));
    let (ended, end) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        // Whatever ends the input ends the service.
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        let _ = ended.send(());
    });
    // An error is an end too.
    let _ = end.await;
}

fn start_service() -> (Child, Access) {
    let mut service = Command::new(std::env::current_exe().expect("this program"))
        .env(SERVICE, "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the service");
    let mut line = String::new();
    BufReader::new(service.stdout.take().expect("its output"))
        .read_line(&mut line)
        .expect("its address");
    (service, serde_json::from_str(&line).expect("its address"))
}

async fn compare(access: &Access) -> bool {
    let ours = Arc::new(our_client(access));
    let bare = bare_client(access).await;
    println!("pushes/s and CPU per push of the client; median of {ROUNDS} rounds, clients taking turns");
    println!("| in flight | client | pushes/s | CPU us/push | of bare h2, by pushes/s (rounds) |");
    println!("| --- | --- | --- | --- | --- |");
    let mut is_met = true;
    for (in_flight, pushes) in LOADS {
        push_ours(&ours, in_flight, pushes / 10).await;
        push_bare(&bare, in_flight, pushes / 10).await;
        let mut turns: Vec<(Turn, Turn)> = Vec::new();
        for round in 0..ROUNDS {
            let pair = if round % 2 == 0 {
                let first = measure(pushes, push_ours(&ours, in_flight, pushes)).await;
                (first, measure(pushes, push_bare(&bare, in_flight, pushes)).await)
            } else {
                let first = measure(pushes, push_bare(&bare, in_flight, pushes)).await;
                (measure(pushes, push_ours(&ours, in_flight, pushes)).await, first)
            };
            turns.push(pair);
        }
        is_met &= report(in_flight, &turns);
    }
    println!("| any | a2 0.10 | - | - | not measured: its hosts and its roots are fixed to Apple's |");
    println!("connections opened by ours: {}", ours.describe().opened);
    is_met
}

fn report(in_flight: usize, turns: &[(Turn, Turn)]) -> bool {
    let of = |pick: fn(&(Turn, Turn)) -> f64| median(turns.iter().map(pick).collect());
    let ratios: Vec<f64> = turns
        .iter()
        .map(|(ours, bare)| ours.pushes_per_second / bare.pushes_per_second)
        .collect();
    let ratio = median(ratios.clone());
    let low = ratios.iter().copied().fold(f64::INFINITY, f64::min);
    let high = ratios.iter().copied().fold(0.0, f64::max);
    println!(
        "| {in_flight} | bare h2 | {:.0} | {:.2} | 100 % |",
        of(|turn| turn.1.pushes_per_second),
        of(|turn| turn.1.cpu_us_per_push),
    );
    println!(
        "| {in_flight} | ours | {:.0} | {:.2} | {:.0} % ({:.0} to {:.0} %), goal {:.0} %: {} |",
        of(|turn| turn.0.pushes_per_second),
        of(|turn| turn.0.cpu_us_per_push),
        ratio * 100.0,
        low * 100.0,
        high * 100.0,
        GOAL * 100.0,
        if ratio >= GOAL { "met" } else { "missed" },
    );
    ratio >= GOAL
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}

async fn measure(pushes: usize, work: impl Future<Output = ()>) -> Turn {
    let (start, cpu) = (Instant::now(), cpu_time());
    work.await;
    let (wall, cpu) = (start.elapsed(), cpu_time().saturating_sub(cpu));
    Turn {
        pushes_per_second: pushes as f64 / wall.as_secs_f64(),
        cpu_us_per_push: cpu.as_secs_f64() * 1e6 / pushes as f64,
    }
}

/// The time that all threads of this process have run, by Linux's own count; zero elsewhere.
fn cpu_time() -> Duration {
    let threads = std::fs::read_dir("/proc/self/task")
        .into_iter()
        .flatten()
        .flatten();
    let run = threads.filter_map(|thread| {
        let text = std::fs::read_to_string(thread.path().join("schedstat")).ok()?;
        text.split(char::is_whitespace).next()?.parse::<u64>().ok()
    });
    Duration::from_nanos(run.sum())
}

fn our_client(access: &Access) -> ApnsClient {
    let key = Secret::new(access.key.clone());
    let settings = ApnsSettings {
        base_url: access.url.clone(),
        roots: Roots::only_pem(&access.root).expect("a root"),
        credential: Credential::from_pem(&access.certificate, &key, None).expect("a credential"),
        limits: Limits::default(),
    };
    ApnsClient::new(settings, Arc::new(SystemClock)).expect("a client")
}

async fn push_ours(client: &Arc<ApnsClient>, in_flight: usize, pushes: usize) {
    let worker = |number: usize| {
        let client = client.clone();
        tokio::spawn(async move {
            let push = Push {
                token: format!("{number:064x}").parse().expect("a token"),
                topic: TOPIC.to_owned(),
                id: uuid::Uuid::new_v4(),
                expires: None,
            };
            for _ in 0..pushes / in_flight {
                let verdict = client.push(&push).await;
                assert!(matches!(verdict, Verdict::Accepted { .. }), "{verdict:?}");
            }
        })
    };
    for ended in join_all((0..in_flight).map(worker)).await {
        ended.expect("a worker");
    }
}

/// As bare as can be: the same bytes on the wire, but no time-outs, no second tries, no reading of
/// answers, and every request a copy of one made before.
async fn bare_client(access: &Access) -> SendRequest<Bytes> {
    let mut builder = SslConnector::builder(SslMethod::tls_client()).expect("TLS");
    builder.set_alpn_protos(b"\x02h2").expect("ALPN");
    let root = openssl::x509::X509::from_pem(access.root.as_bytes()).expect("a root");
    builder.cert_store_mut().add_cert(root).expect("a root");
    let certificate = openssl::x509::X509::from_pem(access.certificate.as_bytes()).expect("PEM");
    let key = openssl::pkey::PKey::private_key_from_pem(access.key.as_bytes()).expect("PEM");
    builder.set_certificate(&certificate).expect("a certificate");
    builder.set_private_key(&key).expect("a key");
    let address = access.url.trim_start_matches("https://");
    let tcp = tokio::net::TcpStream::connect(address).await.expect("TCP");
    tcp.set_nodelay(true).expect("TCP");
    let ssl = builder
        .build()
        .configure()
        .and_then(|configuration| configuration.into_ssl("localhost"))
        .expect("TLS");
    let mut stream = tokio_openssl::SslStream::new(ssl, tcp).expect("TLS");
    Pin::new(&mut stream).connect().await.expect("a handshake");
    let (send, connection) = h2::client::handshake(stream).await.expect("HTTP/2");
    tokio::spawn(connection);
    send
}

async fn push_bare(send: &SendRequest<Bytes>, in_flight: usize, pushes: usize) {
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("apns-topic", TOPIC),
        ("apns-push-type", "background"),
        ("apns-priority", "5"),
        ("apns-expiration", "0"),
        ("apns-id", "0190a000-0000-7000-8000-000000000000"),
    ] {
        let mut value = HeaderValue::from_static(value);
        // Ours keeps what differs each time out of the header table.
        value.set_sensitive(name == "apns-id");
        headers.insert(name, value);
    }
    let worker = |number: usize| {
        let (send, headers) = (send.clone(), headers.clone());
        let uri: Uri = format!("https://localhost/3/device/{number:064x}")
            .parse()
            .expect("an address");
        tokio::spawn(async move {
            for _ in 0..pushes / in_flight {
                let mut request = Request::new(());
                *request.method_mut() = Method::POST;
                *request.uri_mut() = uri.clone();
                *request.headers_mut() = headers.clone();
                let mut send = send.clone().ready().await.expect("a stream");
                let (response, mut body) = send.send_request(request, false).expect("a stream");
                body.send_data(Bytes::from_static(b"{}"), true).expect("a body");
                assert_eq!(response.await.expect("an answer").status(), 200);
            }
        })
    };
    for ended in join_all((0..in_flight).map(worker)).await {
        ended.expect("a worker");
    }
}
