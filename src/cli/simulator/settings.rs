//! The settings with which `billfold serve` uses stand-ins that run alone.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::Path;

use crate::config::master_key::owner_only;
use crate::simulator::apns::ApnsSimulator;
use crate::simulator::google::GoogleSimulator;
use crate::simulator::kit::{self, APNS_PORT, Kit};

/// Settings by name; files by their whole path.
pub(super) struct Settings {
    configuration: String,
    of_kit: BTreeMap<&'static str, String>,
    /// Those in which the kit's own configuration is wrong, since the stand-ins listen elsewhere.
    of_ports: BTreeMap<&'static str, String>,
    apns_url: String,
    google_url: String,
}

impl Settings {
    /// The settings of stand-ins that run from a kit. If Google's listens elsewhere than the kit's key file
    /// says, one that says where is written to `folder`.
    pub(super) fn of(
        kit: &Kit,
        apns: &ApnsSimulator,
        google: &GoogleSimulator,
        folder: &Path,
    ) -> io::Result<Self> {
        let home = kit.folder.canonicalize()?;
        let path = |name: &str| home.join(name).display().to_string();
        let (apns_url, google_url) = (format!("https://{}", apns.address()), google.api_url());
        let mut settings = Self {
            configuration: path(kit::CONFIGURATION),
            of_kit: BTreeMap::from([
                ("apple.certificate", path(kit::PASS_CERTIFICATE)),
                ("apple.private_key", path(kit::PASS_KEY)),
                ("apple.wwdr", path(kit::WWDR)),
                ("apple.apns_ca", path(kit::ROOT)),
                ("google.issuer_id", google.issuer_id().to_string()),
                ("google.ca", path(kit::ROOT)),
            ]),
            of_ports: BTreeMap::new(),
            apns_url,
            google_url,
        };
        settings.place_apple(apns);
        settings.place_google(kit, google, folder, path(kit::SERVICE_ACCOUNT))?;
        Ok(settings)
    }

    fn place_apple(&mut self, apns: &ApnsSimulator) {
        let place = if apns.address().port() == APNS_PORT {
            &mut self.of_kit
        } else {
            &mut self.of_ports
        };
        place.insert("apple.apns_url", self.apns_url.clone());
    }

    fn place_google(
        &mut self,
        kit: &Kit,
        google: &GoogleSimulator,
        folder: &Path,
        own_account: String,
    ) -> io::Result<()> {
        let is_own = kit.token_url == google.token_url();
        let (place, account) = if is_own {
            (&mut self.of_kit, own_account)
        } else {
            let file = folder.join("service-account.json");
            let content = google.service_account_json()?;
            let mut options = owner_only();
            options
                .write(true)
                .create_new(true)
                .open(&file)?
                .write_all(content.as_bytes())?;
            (&mut self.of_ports, file.display().to_string())
        };
        place.extend([
            ("google.service_account", account),
            ("google.api_url", self.google_url.clone()),
            ("google.save_url", google.save_url()),
            ("google.keys_url", google.keys_url()),
        ]);
        Ok(())
    }

    /// Where the stand-in for Apple's push service is.
    pub(super) fn apns_url(&self) -> &str {
        &self.apns_url
    }

    /// Where the stand-in for Google is.
    pub(super) fn google_url(&self) -> &str {
        &self.google_url
    }

    /// All of them, for programs.
    pub(super) fn all(&self) -> BTreeMap<&'static str, &str> {
        let all = self.of_kit.iter().chain(&self.of_ports);
        all.map(|(name, value)| (*name, value.as_str())).collect()
    }

    /// The command line of a service that uses them.
    pub(super) fn command(&self) -> String {
        let mut words = vec![format!("billfold serve --config {}", quoted(&self.configuration))];
        let set = |(name, value)| format!("--set {}", quoted(&format!("{name}={value}")));
        words.extend(self.of_ports.iter().map(set));
        words.join(" \\\n    ")
    }
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "/._-=:".contains(letter);
    if word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}
