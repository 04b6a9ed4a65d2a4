//! How many passes a second, against the limit that the signature sets, in one run.
//!
//! Contenders take turns in short rounds, so that a busy machine slows them alike, and each is timed
//! by the CPU time of its own thread. A figure is the median of the rounds.

#![expect(clippy::print_stdout, reason = "a bench prints a table")]
#![expect(clippy::expect_used, reason = "a bench ends at what it did not expect")]

use std::collections::BTreeMap;
use std::fs;
use std::hint::black_box;
use std::io::{Cursor, Write as _};
use std::sync::Barrier;
use std::time::{Duration, Instant};

use billfold::apple::credentials::PassCredentials;
use billfold::apple::package::{PassTemplate, SignedPass};
use billfold::apple::signature::PassSigner;
use billfold::loyalty::design::Colors;
use billfold::loyalty::stamps::{StampPicture, Stamps};
use billfold::picture::{BANNER, STRIP, StampArt};
use billfold::simulator::authority::{Authority, Issued, KeyKind, PassLeaf};
use billfold::types::{Clock as _, SystemClock, Time};
use bytes::Bytes;
use openssl::cms::{CMSOptions, CmsContentInfo};
use openssl::hash::MessageDigest;
use openssl::sha::sha1;
use openssl::sign::Signer;
use openssl::stack::Stack;
use openssl::x509::X509;
use serde_json::{Value, json};
use zip::CompressionMethod;
use zip::write::SimpleFileOptions;

const ROUNDS: usize = 15;
const ROUND: Duration = Duration::from_millis(400);
const PASS_TYPE: &str = "pass.com.example.cafe";
const TEAM: &str = "A1B2C3D4E5";
/// Bytes of what is signed at last: the attributes of a signature.
const ATTRIBUTES_LEN: usize = 107;

fn main() {
    let now = SystemClock.now();
    let authority = Authority::new(now).expect("keys");
    let files = design_files();
    let design_len: usize = files.values().map(Bytes::len).sum();
    let rsa = Bench::new(&authority, &files, KeyKind::Rsa2048, now);
    let p256 = Bench::new(&authority, &files, KeyKind::P256, now);
    println!(
        "design {design_len} bytes in {} files, pass.json {} bytes, pass {} bytes",
        files.len(),
        rsa.pass_json(0).len(),
        rsa.build(0).byte_len()
    );
    println!("one thread:");
    let measured = take_turns(&[
        &|turn| rsa.sign(turn),
        &|turn| drop(black_box(rsa.build(turn))),
        &|turn| rsa.build_naively(turn, &files, CompressionMethod::Stored),
        &|turn| rsa.build_naively(turn, &files, CompressionMethod::Deflated),
        &|turn| drop(black_box(rsa.pass_json(turn))),
        &|turn| p256.sign(turn),
        &|turn| drop(black_box(p256.build(turn))),
    ]);
    let [bare, pass, stored, deflated, json, bare_p256, pass_p256] = measured.as_slice() else {
        return;
    };
    print_row("bare RSA-2048 signature", bare, bare);
    print_row("pass, RSA-2048", pass, bare);
    print_row("pass by zip crate, stored, all hashed anew", stored, bare);
    print_row("pass by zip crate, deflated, all hashed anew", deflated, bare);
    print_row("pass.json alone", json, &[]);
    print_row("bare P-256 signature", bare_p256, bare_p256);
    print_row("pass, P-256", pass_p256, bare_p256);

    draw_stamps(bare);

    println!("two threads, each timed by its own CPU, added up:");
    let (mut bare, mut pass) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        bare.push(on_two_threads(&|turn| rsa.sign(turn)));
        pass.push(on_two_threads(&|turn| drop(black_box(rsa.build(turn)))));
    }
    print_row("bare RSA-2048 signature", &bare, &bare);
    print_row("pass, RSA-2048", &pass, &bare);
}

/// Stamps of a state, drawn once for all who have as many.
fn draw_stamps(bare: &[f64]) {
    let art = StampArt::new(&Stamps::default(), &Colors::default()).expect("built in");
    let picture = |turn: u64| -> StampPicture { format!("{}-10", turn % 11).parse().expect("a picture") };
    let strips = |turn| {
        for scale in 1..=3 {
            let size = (STRIP.0 * scale, STRIP.1 * scale);
            black_box(art.draw(picture(turn), size).expect("a picture"));
        }
    };
    let banner = |turn| drop(black_box(art.draw(picture(turn), BANNER).expect("a picture")));
    let strip_len = art
        .draw(picture(3), (STRIP.0 * 3, STRIP.1 * 3))
        .expect("a picture")
        .len();
    println!("stamps, a state: the largest strip has {strip_len} bytes");
    let measured = take_turns(&[&strips, &banner]);
    for (name, rates) in ["three strips of 10 stamps", "a banner of 10 stamps"]
        .iter()
        .zip(&measured)
    {
        print_row(name, rates, bare);
    }
}

/// What a contender does once; the number differs at every turn.
type Work<'a> = &'a (dyn Fn(u64) + Sync);

/// Rates (times a CPU second) of each contender by round.
fn take_turns(contenders: &[Work<'_>]) -> Vec<Vec<f64>> {
    let mut rates = vec![Vec::new(); contenders.len()];
    for _ in 0..ROUNDS {
        for (work, rates) in contenders.iter().zip(&mut rates) {
            rates.push(rate(work));
        }
    }
    rates
}

/// Works for one round; gives how often a second of this thread's CPU time.
fn rate(work: Work<'_>) -> f64 {
    let (start, clock) = (Instant::now(), CpuClock::start());
    let mut done = 0_u32;
    while start.elapsed() < ROUND {
        work(u64::from(done));
        done += 1;
    }
    f64::from(done) / clock.elapsed_secs()
}

fn on_two_threads(work: Work<'_>) -> f64 {
    let barrier = Barrier::new(2);
    let run = || {
        barrier.wait();
        rate(work)
    };
    std::thread::scope(|scope| {
        let other = scope.spawn(run);
        run() + other.join().expect("a thread that ends well")
    })
}

/// The CPU time of this thread, by Linux; elsewhere the wall's.
struct CpuClock {
    nanos: Option<f64>,
    start: Instant,
}

impl CpuClock {
    fn start() -> Self {
        Self {
            nanos: thread_nanos(),
            start: Instant::now(),
        }
    }

    fn elapsed_secs(&self) -> f64 {
        match (self.nanos, thread_nanos()) {
            (Some(before), Some(after)) => (after - before) / 1e9,
            _ => self.start.elapsed().as_secs_f64(),
        }
    }
}

fn thread_nanos() -> Option<f64> {
    let text = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split_whitespace().next()?.parse().ok()
}

/// Prints a rate and, unless there is no limit to hold it against, its share of the limit.
fn print_row(name: &str, rates: &[f64], limits: &[f64]) {
    let rate = median(rates.to_vec()).unwrap_or_default();
    let shares = rates.iter().zip(limits).map(|(rate, limit)| 100.0 * rate / limit);
    let share = median(shares.collect()).map(|share| format!("{share:6.1} % of the bare signature"));
    println!(
        "  {name:46} {rate:9.0}/s {:8.1} us {}",
        1e6 / rate,
        share.unwrap_or_default()
    );
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

/// One certificate with a design, and the ways to make a pass with them.
struct Bench {
    leaf: Issued,
    chain: Stack<X509>,
    signer: PassSigner,
    template: PassTemplate,
    document: Value,
    now: Time,
}

impl Bench {
    fn new(authority: &Authority, files: &BTreeMap<String, Bytes>, key: KeyKind, now: Time) -> Self {
        let leaf = PassLeaf {
            key,
            ..PassLeaf::sound(PASS_TYPE, TEAM, now)
        };
        let leaf = authority.pass_certificate(&leaf).expect("a certificate");
        let (certificate, private, wwdr) = (
            leaf.certificate.clone(),
            leaf.key.clone(),
            authority.wwdr().clone(),
        );
        let credentials = PassCredentials::from_parts(certificate, private, wwdr, now).expect("sound");
        let mut chain = Stack::new().expect("a stack");
        chain.push(authority.wwdr().clone()).expect("a place");
        Self {
            leaf,
            chain,
            signer: PassSigner::new(&credentials).expect("a signer"),
            template: PassTemplate::new(files).expect("a template"),
            document: document(),
            now,
        }
    }

    /// The bare signature over as many bytes as are signed for a pass.
    fn sign(&self, turn: u64) {
        let mut attributes = [0; ATTRIBUTES_LEN];
        for (place, byte) in attributes.iter_mut().zip(turn.to_be_bytes()) {
            *place = byte;
        }
        let mut signer = Signer::new(MessageDigest::sha256(), &self.leaf.key).expect("a signer");
        black_box(signer.sign_oneshot_to_vec(&attributes).expect("a signature"));
    }

    fn pass_json(&self, turn: u64) -> Vec<u8> {
        #[derive(serde::Serialize)]
        struct Pass<'a> {
            #[serde(rename = "serialNumber")]
            serial_number: u64,
            #[serde(flatten)]
            document: &'a Value,
        }
        let pass = Pass {
            serial_number: turn,
            document: &self.document,
        };
        serde_json::to_vec(&pass).expect("JSON")
    }

    fn build(&self, turn: u64) -> SignedPass {
        self.template
            .build(&self.pass_json(turn), &self.signer, self.now)
            .expect("a pass")
    }

    /// The pass as one would write it first: everything hashed, summed and written anew.
    fn build_naively(&self, turn: u64, files: &BTreeMap<String, Bytes>, method: CompressionMethod) {
        let json = self.pass_json(turn);
        let mut manifest: BTreeMap<&str, String> = files
            .iter()
            .map(|(name, content)| (name.as_str(), hex::encode(sha1(content))))
            .collect();
        manifest.insert("pass.json", hex::encode(sha1(&json)));
        let manifest = serde_json::to_vec(&manifest).expect("JSON");
        let flags = CMSOptions::DETACHED | CMSOptions::BINARY;
        let (certificate, key) = (Some(&*self.leaf.certificate), Some(&*self.leaf.key));
        let signature = CmsContentInfo::sign(certificate, key, Some(&self.chain), Some(&manifest), flags)
            .and_then(|cms| cms.to_der())
            .expect("a signature");
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().compression_method(method);
        let own: [(&str, &[u8]); 3] = [
            ("pass.json", &json),
            ("manifest.json", &manifest),
            ("signature", &signature),
        ];
        let shared = files
            .iter()
            .map(|(name, content)| (name.as_str(), content.as_ref()));
        for (name, content) in own.into_iter().chain(shared) {
            zip.start_file(name, options).expect("an entry");
            zip.write_all(content).expect("a content");
        }
        black_box(zip.finish().expect("an end"));
    }
}

/// 386 kB: three images in three sizes, texts in two languages. Random like compressed images.
fn design_files() -> BTreeMap<String, Bytes> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut noise = |len: usize| {
        let mut content = b"\x89PNG\r\n\x1a\n".to_vec();
        while content.len() < len {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            content.extend_from_slice(&state.to_le_bytes());
        }
        content.truncate(len);
        Bytes::from(content)
    };
    let images = [
        ("icon.png", 2_000),
        ("icon@2x.png", 5_000),
        ("icon@3x.png", 9_000),
        ("logo.png", 6_000),
        ("logo@2x.png", 15_000),
        ("logo@3x.png", 27_000),
        ("strip.png", 42_000),
        ("strip@2x.png", 104_000),
        ("strip@3x.png", 174_000),
    ];
    let mut files: BTreeMap<String, Bytes> = images
        .into_iter()
        .map(|(name, len)| (name.to_owned(), noise(len)))
        .collect();
    for language in ["ar", "en"] {
        let lines: Vec<String> = (0..20)
            .map(|line| format!("\"text{line}\" = \"{language} text {line} of the card\";\n"))
            .collect();
        files.insert(format!("{language}.lproj/pass.strings"), lines.concat().into());
    }
    files
}

/// All of a pass.json but the serial number, about 1.5 kB.
fn document() -> Value {
    json!({
        "formatVersion": 1,
        "passTypeIdentifier": PASS_TYPE,
        "teamIdentifier": TEAM,
        "organizationName": "Café Lina",
        "description": "Loyalty card of Café Lina",
        "logoText": "Café Lina",
        "backgroundColor": "rgb(31,58,52)",
        "foregroundColor": "rgb(255,255,255)",
        "labelColor": "rgb(207,227,218)",
        "webServiceURL": "https://cards.example.com/apple",
        "authenticationToken": "vxwxd7J8AlNNFPS8k0a0FfUFtq0ewzFdcvxwxd7J8AlN",
        "barcodes": [{"format": "PKBarcodeFormatQR", "message": "4006381333931", "messageEncoding": "iso-8859-1", "altText": "4006 3813 3393 1"}],
        "locations": [
            {"latitude": 52.5200, "longitude": 13.4050, "relevantText": "Café Lina is round the corner"},
            {"latitude": 52.5301, "longitude": 13.3849, "relevantText": "Café Lina is round the corner"}
        ],
        "storeCard": {
            "headerFields": [{"key": "balance", "label": "points", "value": 1250, "changeMessage": "%@"}],
            "secondaryFields": [
                {"key": "name", "label": "name", "value": "Lina Haddad"},
                {"key": "tier", "label": "tier", "value": "Gold", "changeMessage": "%@"}
            ],
            "auxiliaryFields": [{"key": "next", "label": "next", "value": "250 to a free coffee"}],
            "backFields": [
                {"key": "news", "label": "news", "value": "Two for one on Friday, from eight to ten", "changeMessage": "%@"},
                {"key": "terms", "label": "terms", "value": "Points end two years after they were earned."},
                {"key": "site", "label": "site", "attributedValue": "<a href='https://cards.example.com'>cards.example.com</a>", "value": "cards.example.com"}
            ]
        }
    })
}
