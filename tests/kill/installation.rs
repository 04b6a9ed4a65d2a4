//! A folder with the server's configuration, and Apple and Google to which it leads.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use billfold::simulator::apns::{ApnsSimulator, Options};
use billfold::simulator::authority::{Authority, PassLeaf};
use billfold::simulator::google::GoogleSimulator;
use billfold::types::{Clock, SystemClock};
use rand::Rng as _;
use tempfile::TempDir;

use crate::keys;
use crate::server::Server;

pub(crate) const PASS_TYPE: &str = "pass.test.billfold.card";
const TEAM: &str = "TEST123456";
pub(crate) const MASTER_KEY: &str = "0123456789abcdef0123456789abcdef";
/// Seconds after which a phone that did not fetch is told again; the shortest that may be configured.
const REFETCH_AFTER_S: u32 = 5;

/// A set-up server, which does not run yet.
pub(crate) struct Installation {
    folder: TempDir,
    database_url: String,
    pub(crate) apns: Arc<ApnsSimulator>,
    pub(crate) google: Arc<GoogleSimulator>,
    pub(crate) root_pem: String,
    address: String,
}

impl Installation {
    /// Starts the stand-ins and writes the configuration that leads to them.
    pub(crate) async fn new(database_url: &str) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let authority = keys::authority(clock.now());
        let options = Options::of_authority(&authority, Arc::clone(&clock)).expect("options");
        let apns = ApnsSimulator::start(options).await.expect("Apple's stand-in");
        let google = keys::google(&authority, Arc::clone(&clock)).await;
        let root_pem = String::from_utf8(authority.root().to_pem().expect("PEM")).expect("text");
        let installation = Self {
            folder: tempfile::tempdir().expect("a folder"),
            database_url: database_url.to_owned(),
            apns: Arc::new(apns),
            google: Arc::new(google),
            root_pem,
            address: format!("127.0.0.1:{}", find_port()),
        };
        installation.write_certificates(&authority, clock.as_ref());
        installation.write("billfold.toml", installation.configuration());
        installation
    }

    fn write_certificates(&self, authority: &Authority, clock: &dyn Clock) {
        let leaf = PassLeaf::sound(PASS_TYPE, TEAM, clock.now());
        let pass = keys::pass_certificate(authority, &leaf);
        self.write("root.pem", &self.root_pem);
        self.write("wwdr.pem", authority.wwdr().to_pem().expect("PEM"));
        self.write("pass.pem", pass.certificate_pem().expect("PEM"));
        self.write_private("pass.key", pass.key_pem().expect("PEM").expose());
        let account = self.google.service_account_json().expect("a key file");
        self.write_private("account.json", &account);
    }

    fn configuration(&self) -> String {
        format!(
            "listen = \"{address}\"\n\
             [apple]\ncertificate = \"pass.pem\"\nprivate_key = \"pass.key\"\nwwdr = \"wwdr.pem\"\n\
             apns_url = \"{apns}\"\napns_ca = \"root.pem\"\n\
             [google]\nissuer_id = \"{issuer}\"\nservice_account = \"account.json\"\napi_url = \"{api}\"\n\
             save_url = \"{save}\"\nkeys_url = \"{keys}\"\nca = \"root.pem\"\n\
             [delivery]\nrefetch_after_s = {REFETCH_AFTER_S}\n",
            address = self.address,
            apns = self.apns.url(),
            issuer = self.google.issuer_id(),
            api = self.google.api_url(),
            save = self.google.save_url(),
            keys = self.google.keys_url(),
        )
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.folder.path().join(name), content).expect("a file");
    }

    /// A file that only its owner may read: the server refuses others' eyes on its keys.
    fn write_private(&self, name: &str, content: &str) {
        use std::os::unix::fs::PermissionsExt as _;
        self.write(name, content);
        let only_owner = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(self.folder.path().join(name), only_owner).expect("a mode");
    }

    /// Where the server is reached.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where the server listens.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// The database's address.
    pub(crate) fn database_url(&self) -> &str {
        &self.database_url
    }

    /// A command with this set-up and no environment but its own.
    pub(crate) fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        command
            .env_clear()
            .env("BILLFOLD_DATABASE_URL", &self.database_url)
            .env("BILLFOLD_MASTER_KEY", MASTER_KEY)
            .current_dir(self.folder.path());
        command
    }

    /// Runs the binary to its end; what it printed.
    pub(crate) fn run(&self, arguments: &[&str]) -> String {
        let ran = self
            .command(env!("CARGO_BIN_EXE_billfold"))
            .args(arguments)
            .output()
            .expect("it runs");
        let said = String::from_utf8_lossy(&ran.stderr).into_owned();
        assert!(ran.status.success(), "{arguments:?}: {said}");
        String::from_utf8(ran.stdout).expect("text")
    }

    /// Starts the server.
    pub(crate) fn start(&self) -> Server {
        let mut command = self.command(env!("CARGO_BIN_EXE_billfold"));
        command.args(["serve", "--json"]);
        Server::spawn(command, self.url())
    }

    /// Starts the server so that a write past the file size limit fails, as one to a full disk does, and does
    /// not end the process.
    pub(crate) fn start_under_file_limit(&self) -> Server {
        let mut command = self.command("/bin/bash");
        command
            .args(["-c", "trap '' XFSZ; exec \"$0\" serve --json"])
            .arg(env!("CARGO_BIN_EXE_billfold"));
        Server::spawn(command, self.url())
    }
}

/// A free port below those that the kernel hands out for outgoing connections, so that it stays free while
/// the server is dead.
fn find_port() -> u16 {
    loop {
        let port = rand::rng().random_range(10_000..20_000);
        if std::net::TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
