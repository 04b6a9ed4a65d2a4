//! `billfold pass build`: a signed sample of a design, to look at on a phone.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use serde_json::json;

use crate::apple::credentials::PassCredentials;
use crate::apple::finding::Finding;
use crate::apple::image::inspect_png;
use crate::apple::limits::IMAGE_BYTES_MAX;
use crate::apple::package::{PassTemplate, TEMPLATE_FILES_MAX};
use crate::apple::pass::{PassIdentity, package_files, pass_json};
use crate::apple::validator::check_design;
use crate::cli::ending::{Ending, Failure, exit_codes};
use crate::cli::output::Output;
use crate::cli::session::Session;
use crate::config::Config;
use crate::loyalty::design::Design;
use crate::loyalty::face::{CardFace, CardFacts, Progress};
use crate::server::wiring;
use crate::types::{Language, Points, Secret, Text, Time, random_token, sha256_hex};

/// Most bytes of a design's file.
const DESIGN_BYTES_MAX: u64 = 1024 * 1024;
/// The code and serial number of the sample.
const SAMPLE_CODE: &str = "SAMPLE0001";
/// Random bytes of its token, which opens nothing.
const TOKEN_BYTES: usize = 24;

/// Makes a signed sample pass of a design, with make-believe values
///
/// The card is not in the database: it shows how the design looks, and is never updated.
#[derive(clap::Args)]
#[command(after_help = concat!(
    "Example:\n  billfold pass build --design templates/passes/cafe/design.json --out sample.pkpass",
    exit_codes!("the design has errors: a phone would refuse the pass")
))]
pub(super) struct Args {
    /// The design's file
    #[arg(long, value_name = "FILE")]
    design: PathBuf,
    /// The folder of its images, by the names that they have in a pass [default: the design's own]
    #[arg(long, value_name = "DIR")]
    images: Option<PathBuf>,
    /// The pass file to write
    #[arg(long, value_name = "FILE", default_value = "sample.pkpass")]
    out: PathBuf,
    /// The holder's language
    #[arg(long, value_name = "TAG", default_value = "en")]
    language: Language,
    /// The balance to show
    #[arg(long, value_name = "POINTS", default_value_t = 1_250)]
    balance: i64,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

/// What came of a design.
struct Built {
    findings: Vec<Finding>,
    /// The pass file, if the design has no errors.
    pass: Option<Bytes>,
}

pub(super) fn run(args: &Args, session: &Session<'_>, out: &mut Output<'_>) -> Result<Ending, Failure> {
    let config = session.load()?.config;
    let built = build(args, &config, session.clock.now())?;
    if let Some(pass) = &built.pass {
        fs::write(&args.out, pass).map_err(|fault| {
            Failure::Configuration(format!("{} cannot be written: {fault}", args.out.display()))
        })?;
    }
    print(args, &built, out)?;
    Ok(Ending::of(built.pass.is_some()))
}

fn build(args: &Args, config: &Config, now: Time) -> Result<Built, Failure> {
    let credentials = load_credentials(config, now)?;
    let folder = args
        .images
        .as_deref()
        .or(args.design.parent())
        .unwrap_or(Path::new(""));
    let mut design = read_design(&args.design)?;
    let images = read_images(folder).map_err(|fault| unreadable(folder, &fault))?;
    for (name, bytes) in &images {
        design.images.insert(name.clone(), sha256_hex(bytes));
    }
    let facts = images
        .iter()
        .map(|(name, bytes)| (name.clone(), inspect_png(bytes)))
        .collect();
    let findings = check_design(&design, &facts);
    if findings.iter().any(Finding::is_error) {
        return Ok(Built { findings, pass: None });
    }
    let address = format!("{}/apple", config.public_url);
    let token = Secret::new(random_token(TOKEN_BYTES));
    let identity = PassIdentity {
        pass_type: credentials.pass_type(),
        team: credentials.team(),
        serial: SAMPLE_CODE,
        authentication_token: &token,
        web_service_url: &address,
    };
    let sample = sample_facts(args, &design)?;
    let json = pass_json(&CardFace::draw(&design, &sample), &identity);
    let files = package_files(&design, |name| images.get(name).cloned()).map_err(bad)?;
    let template = PassTemplate::new(&files).map_err(bad)?;
    let signer = wiring::apple::issuer(&credentials)?.signer;
    let pass = template.build(&json, &signer, now).map_err(bad)?;
    Ok(Built {
        findings,
        pass: Some(pass.into_bytes()),
    })
}

fn load_credentials(config: &Config, now: Time) -> Result<PassCredentials, Failure> {
    let apple = config.apple.as_ref().ok_or_else(|| {
        Failure::Configuration(
            "a pass needs a certificate to be signed with, and none is set up. Set `apple.certificate`, or make one to \
             try out with `billfold certs demo`"
                .to_owned(),
        )
    })?;
    Ok(wiring::apple::load_credentials(apple, now)?)
}

fn print(args: &Args, built: &Built, out: &mut Output<'_>) -> io::Result<()> {
    let Built { findings, pass } = built;
    if args.json {
        let file = pass.as_ref().map(|_| &args.out);
        let bytes = pass.as_ref().map(Bytes::len);
        return out.json(&json!({ "file": file, "bytes": bytes, "findings": findings }));
    }
    for finding in findings {
        out.line(finding)?;
    }
    let Some(pass) = pass else {
        return out.line("No pass was made: mend the errors first.");
    };
    let file = args.out.display();
    out.line(format!(
        "{file} has {} bytes. Check it: billfold pass verify {file}",
        pass.len()
    ))
}

fn bad(fault: impl std::fmt::Display) -> Failure {
    Failure::Bad(fault.to_string())
}

fn unreadable(path: &Path, fault: &io::Error) -> Failure {
    Failure::Configuration(format!("{} cannot be read: {fault}", path.display()))
}

fn read_design(path: &Path) -> Result<Design, Failure> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(DESIGN_BYTES_MAX).read_to_end(&mut bytes))
        .map_err(|fault| unreadable(path, &fault))?;
    let mut reader = serde_json::Deserializer::from_slice(&bytes);
    serde_path_to_error::deserialize(&mut reader).map_err(|fault| {
        Failure::Bad(format!(
            "{} is not a design: at `{}`: {}",
            path.display(),
            fault.path(),
            fault.inner()
        ))
    })
}

/// The PNG files of a folder and of its folders, by the names that they have in a pass.
fn read_images(folder: &Path) -> io::Result<BTreeMap<String, Bytes>> {
    let mut images = BTreeMap::new();
    let top = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    gather(top, "", &mut images)?;
    Ok(images)
}

fn gather(folder: &Path, prefix: &str, images: &mut BTreeMap<String, Bytes>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        let path = entry.path();
        let is_inner = prefix.is_empty() && (name == "google" || has_extension(&path, "lproj"));
        if is_inner && path.is_dir() {
            gather(&path, &format!("{name}/"), images)?;
        } else if has_extension(&path, "png") && path.is_file() && images.len() < TEMPLATE_FILES_MAX {
            // One byte more than is taken, so that a larger one is told to be so.
            let limit = u64::try_from(IMAGE_BYTES_MAX)
                .unwrap_or(u64::MAX)
                .saturating_add(1);
            let mut bytes = Vec::new();
            File::open(&path)?.take(limit).read_to_end(&mut bytes)?;
            images.insert(name, Bytes::from(bytes));
        }
    }
    Ok(())
}

/// Whether a file's name ends so; passes tell small letters from capitals.
fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|found| found == extension)
}

/// What the sample says of itself.
fn sample_facts(args: &Args, design: &Design) -> Result<CardFacts, Failure> {
    Ok(CardFacts {
        code: SAMPLE_CODE.to_owned(),
        balance: Points::new(args.balance).map_err(bad)?,
        first_name: "Lina".to_owned(),
        last_name: "Sample".to_owned(),
        language: args.language.clone(),
        program_name: design.organization_name.clone(),
        point_name: Text::plain("points"),
        tier: "Gold".to_owned(),
        message: "A word from the shop".to_owned(),
        expires_at: None::<Time>,
        is_voided: false,
        is_quiet: false,
        progress: Progress {
            pending: Points::new(12).map_err(bad)?,
            next_tier: "Platinum".to_owned(),
            tier_missing: "160".to_owned(),
            next_reward: "A cake".to_owned(),
            reward_missing: "40".to_owned(),
            rewards: "A coffee".to_owned(),
            history: "2026-11-22: +40".to_owned(),
            challenge: "Three visits".to_owned(),
            challenge_done: "2".to_owned(),
            challenge_goal: "3".to_owned(),
            stamps: None,
            referral_code: "7KD29QX".to_owned(),
            referral_link: "https://cards.example.com/join/cafe?ref=7KD29QX".to_owned(),
            member_link: "https://cards.example.com/card/crd_sample".to_owned(),
            expiring: "120 points expire on 3 Dec 2026".to_owned(),
            expiring_points: "120".to_owned(),
            expires_on: "3 Dec 2026".to_owned(),
            places: Vec::new(),
        },
    })
}
