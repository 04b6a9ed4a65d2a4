//! `billfold certs show`: what each configured certificate is, for whom, until when.

use std::path::Path;

use serde::Serialize;

use crate::apple::credentials::WARNING_DAYS;
use crate::apple::credentials::inventory::{CertificateFacts, list_certificates};
use crate::cli::ending::{Ending, Failure, exit_codes};
use crate::cli::output::Output;
use crate::cli::session::Session;
use crate::config::Config;
use crate::server::wiring;
use crate::types::{Secret, Time};

const DAY_SECS: i64 = 86_400;

/// Shows what each configured certificate is, for which pass type and team, and until when
#[derive(clap::Args)]
#[command(after_help = concat!("Example:\n  billfold certs show\n  billfold certs show --json | jq .certificates[].days_left", exit_codes!()))]
pub(super) struct Args {
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

/// All that is configured.
#[derive(Serialize, Default)]
struct Sheet {
    certificates: Vec<Certificate>,
    google: Option<Account>,
    #[serde(skip)]
    faults: Vec<String>,
}

/// One certificate of one file.
#[derive(Serialize)]
struct Certificate {
    setting: &'static str,
    file: String,
    subject: String,
    issuer: String,
    pass_type: Option<String>,
    team: Option<String>,
    not_before: Time,
    not_after: Time,
    days_left: i64,
    warnings: Vec<String>,
}

/// The service account.
#[derive(Serialize)]
struct Account {
    file: String,
    issuer_id: String,
    email: String,
    key_id: Option<String>,
}

pub(super) fn run(args: &Args, session: &Session<'_>, out: &mut Output<'_>) -> Result<Ending, Failure> {
    let config = session.load()?.config;
    let sheet = gather(&config, session.clock.now());
    if args.json {
        out.json(&sheet)?;
    } else {
        print(&sheet, out)?;
    }
    if sheet.faults.is_empty() {
        return Ok(Ending::Good);
    }
    Err(Failure::Configuration(sheet.faults.join("\n")))
}

fn gather(config: &Config, now: Time) -> Sheet {
    let mut sheet = Sheet::default();
    if let Some(apple) = &config.apple {
        let password = apple.private_key_password.as_ref();
        sheet.add("apple.certificate", &apple.certificate, password, now);
        // The certificate's file may hold the intermediate; whether it must be here is told below.
        if apple.wwdr.exists() {
            sheet.add("apple.wwdr", &apple.wwdr, None, now);
        }
        if let Some(ca) = &apple.apns_ca {
            sheet.add("apple.apns_ca", ca, None, now);
        }
        // What cannot be read at all was told above.
        let fault = wiring::apple::load_credentials(apple, now)
            .err()
            .map(|fault| fault.to_string());
        sheet.fault(fault);
        sheet.fault(
            wiring::apple::push_key(apple)
                .err()
                .map(|fault| fault.to_string()),
        );
    }
    if let Some(google) = &config.google {
        match wiring::google::load_account(google) {
            Ok(account) => {
                sheet.google = Some(Account {
                    file: google.service_account.display().to_string(),
                    issuer_id: google.issuer_id.clone(),
                    email: account.email().to_owned(),
                    key_id: account.key_id().map(str::to_owned),
                });
            }
            Err(fault) => sheet.fault(Some(fault.to_string())),
        }
        if let Some(ca) = &google.ca {
            sheet.add("google.ca", ca, None, now);
        }
    }
    sheet
}

impl Sheet {
    fn fault(&mut self, fault: Option<String>) {
        self.faults
            .extend(fault.filter(|fault| !self.faults.contains(fault)));
    }

    fn add(&mut self, setting: &'static str, file: &Path, password: Option<&Secret>, now: Time) {
        match list_certificates(file, password) {
            Ok(list) => {
                let sheets = list
                    .into_iter()
                    .map(|facts| Certificate::of(setting, file, facts, now));
                self.certificates.extend(sheets);
            }
            // The check of the whole tells the same of the pass certificate, with the setting's name.
            Err(_) if setting == "apple.certificate" || setting == "apple.wwdr" => (),
            Err(fault) => self.fault(Some(format!("`{setting}`: {fault}"))),
        }
    }
}

impl Certificate {
    fn of(setting: &'static str, file: &Path, facts: CertificateFacts, now: Time) -> Self {
        let days_left = (facts.not_after.secs() - now.secs()).div_euclid(DAY_SECS);
        let mut warnings = Vec::new();
        if days_left < 0 {
            warnings.push(format!("it ran out on {}", facts.not_after.rfc3339_secs()));
        } else if days_left <= WARNING_DAYS {
            warnings.push(format!("it runs out in {days_left} days: renew it"));
        }
        if facts.not_before > now {
            warnings.push("it does not hold yet: is this machine's clock right?".to_owned());
        }
        Self {
            setting,
            file: file.display().to_string(),
            subject: facts.subject,
            issuer: facts.issuer,
            pass_type: facts.pass_type,
            team: facts.team,
            not_before: facts.not_before,
            not_after: facts.not_after,
            days_left,
            warnings,
        }
    }
}

fn print(sheet: &Sheet, out: &mut Output<'_>) -> Result<(), Failure> {
    for certificate in &sheet.certificates {
        out.line(format!("{}  {}", certificate.setting, certificate.file))?;
        out.line(format!("  subject    {}", certificate.subject))?;
        out.line(format!("  issued by  {}", certificate.issuer))?;
        if let (Some(pass_type), Some(team)) = (&certificate.pass_type, &certificate.team) {
            out.line(format!("  pass type  {pass_type}"))?;
            out.line(format!("  team       {team}"))?;
        }
        let (until, days) = (certificate.not_after.rfc3339_secs(), certificate.days_left);
        out.line(format!("  until      {until} ({days} days left)"))?;
        for warning in &certificate.warnings {
            out.line(format!("  warning    {warning}"))?;
        }
    }
    if let Some(account) = &sheet.google {
        out.line(format!("google.service_account  {}", account.file))?;
        out.line(format!("  account    {}", account.email))?;
        out.line(format!(
            "  key        {}",
            account.key_id.as_deref().unwrap_or("without an id")
        ))?;
        out.line(format!("  issuer     {}", account.issuer_id))?;
    }
    if sheet.certificates.is_empty() && sheet.google.is_none() && sheet.faults.is_empty() {
        out.line("No wallet is set up. certs.example/README.md says how to get certificates; `billfold certs demo` makes some to try out.")?;
    }
    Ok(())
}
