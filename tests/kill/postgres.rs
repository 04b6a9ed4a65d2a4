//! A PostgreSQL of one test's own, which can be stopped and started again.

use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

use diesel::{Connection as _, PgConnection, QueryableByName, RunQueryDsl as _, sql_query, sql_types};

use crate::cafe::{LOOK, SOON};
use crate::server::signal;

/// The server; gone with its data when dropped.
pub(crate) struct Postgres {
    script: Child,
    // The script ends when this is closed, also when the test is killed.
    input: Option<ChildStdin>,
    url: String,
    folder: PathBuf,
    command_line: Vec<String>,
    again: Option<Child>,
}

#[derive(QueryableByName)]
struct Folder {
    #[diesel(sql_type = sql_types::Text)]
    folder: String,
}

impl Postgres {
    /// Makes and starts one.
    pub(crate) fn start() -> Self {
        let mut script = Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/postgres"))
            .args(["sh", "-c", "echo $BILLFOLD_TEST_POSTGRES; exec cat"])
            .env_remove("BILLFOLD_TEST_POSTGRES")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("tests/postgres runs");
        let mut url = String::new();
        BufReader::new(script.stdout.take().expect("its output"))
            .read_line(&mut url)
            .expect("a line");
        let url = url.trim().to_owned();
        assert!(!url.is_empty(), "tests/postgres has no PostgreSQL to start");
        let mut conn = PgConnection::establish(&url).expect("it answers");
        let found: Folder = sql_query("SELECT current_setting('data_directory') AS folder")
            .get_result(&mut conn)
            .expect("it says where it is");
        let mut server = Self {
            input: script.stdin.take(),
            script,
            url,
            folder: found.folder.into(),
            command_line: Vec::new(),
            again: None,
        };
        let line = std::fs::read_to_string(format!("/proc/{}/cmdline", server.process())).expect("a process");
        let words = line.split('\0').map(str::to_owned);
        server.command_line = words.collect();
        // Behind the last word is a nought too.
        server.command_line.pop();
        server
    }

    /// Its address.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    fn process(&self) -> u32 {
        let file = std::fs::read_to_string(self.folder.join("postmaster.pid")).expect("it runs");
        let line = file.lines().next().expect("a line");
        line.parse().expect("a process")
    }

    /// Sends it a signal and waits until it is gone: INT ends every connection, QUIT is a crash.
    pub(crate) async fn stop(&mut self, name: &str) {
        let process = self.process();
        signal(process, name);
        let limit = Instant::now() + SOON;
        while is_there(process) {
            if let Some(child) = &mut self.again {
                child.try_wait().expect("a status");
            }
            assert!(Instant::now() < limit, "PostgreSQL does not stop");
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Starts it again on its data and waits until it answers.
    pub(crate) async fn start_again(&mut self) {
        let owner = std::fs::metadata(&self.folder).expect("its data");
        let mut command = Command::new("setpriv");
        // It refuses to run as root, and the kernel ends it with the test.
        if std::fs::metadata("/proc/self").expect("this process").uid() == 0 {
            command.args([
                &format!("--reuid={}", owner.uid()),
                &format!("--regid={}", owner.gid()),
                "--clear-groups",
            ]);
        }
        let again = command
            .args(["--pdeathsig", "INT", "--"])
            .args(&self.command_line)
            .current_dir("/")
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        self.again = Some(again.expect("setpriv runs"));
        let limit = Instant::now() + SOON;
        while PgConnection::establish(&self.url).is_err() {
            assert!(Instant::now() < limit, "PostgreSQL does not start again");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

/// Whether a process is there and has not ended.
fn is_there(process: u32) -> bool {
    let Ok(status) = std::fs::read_to_string(format!("/proc/{process}/stat")) else {
        return false;
    };
    // The state stands behind the name in parentheses; Z has ended and was not waited for.
    !status
        .rsplit(')')
        .next()
        .is_some_and(|rest| rest.trim_start().starts_with('Z'))
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if let Some(mut again) = self.again.take() {
            let stopped = Command::new("kill")
                .args(["-INT", &again.id().to_string()])
                .status();
            // One that does not run cannot be stopped, and need not be.
            let _ = stopped;
            let _ = again.wait();
        }
        self.input.take();
        // It removes the data; how it ends says how its first server ended.
        let _ = self.script.wait();
    }
}
