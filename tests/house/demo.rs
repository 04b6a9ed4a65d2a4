//! The real binary in one test, as a demo or as it is served: started on a free port, gone when the test ends.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

/// Longest wait for anything that is sure to come, on a busy machine.
pub(crate) const SOON: Duration = Duration::from_mins(1);

/// A running demo, or an installation that is served.
pub(crate) struct Demo {
    pub(crate) child: Child,
    /// What it said once everything was there.
    pub(crate) ready: Value,
    /// Where it keeps what it needs.
    pub(crate) temporary: TempDir,
}

// A test file need not use everything that the demo has.
const _: fn(&Demo) -> (&Child, &TempDir) = |demo| (&demo.child, &demo.temporary);
const _: fn(&Demo) -> &str = Demo::program;
const _: fn(&Demo, &str) -> String = Demo::key;
const _: fn(Command, TempDir) -> Waiting = Demo::start;

/// One that is on its way.
pub(crate) type Waiting = std::pin::Pin<Box<dyn Future<Output = Demo> + Send>>;

impl Drop for Demo {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Demo {
    /// A demo on a database of its own or on a given one.
    pub(crate) async fn open(database_url: Option<&str>) -> Self {
        let temporary = tempfile::tempdir().expect("a folder");
        let mut command = Command::new(env!("CARGO_BIN_EXE_billfold"));
        command
            .args(["demo", "--json", "--listen", "127.0.0.1:0"])
            .env("TMPDIR", temporary.path());
        if let Some(url) = database_url {
            command.args(["--database-url", url]);
        }
        Self::start(command, temporary).await
    }

    /// Runs a command that says what it is in one line of JSON, in a folder of its own.
    pub(crate) fn start(command: Command, temporary: TempDir) -> Waiting {
        Box::pin(Self::run(command, temporary))
    }

    async fn run(mut command: Command, temporary: TempDir) -> Self {
        command.stdout(Stdio::piped());
        let mut child = command.spawn().expect("the binary starts");
        let out = child.stdout.take().expect("its output");
        let (send, first_line) = mpsc::channel();
        std::thread::spawn(move || {
            let mut lines = BufReader::new(out).lines();
            // The test may have given up.
            let _ = send.send(lines.next());
        });
        let waiting = tokio::task::spawn_blocking(move || first_line.recv_timeout(SOON));
        let line = waiting.await.expect("a thread").expect("a line in time");
        let line = line.expect("a line").expect("text");
        Self {
            child,
            ready: serde_json::from_str(&line).expect("one line of JSON"),
            temporary,
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.ready["url"].as_str().expect("an address"))
    }

    pub(crate) fn program(&self) -> &str {
        self.ready["programs"][0]["id"].as_str().expect("a program")
    }

    /// The key of a role.
    pub(crate) fn key(&self, role: &str) -> String {
        self.ready["keys"][role].as_str().expect("a key").to_owned()
    }
}
