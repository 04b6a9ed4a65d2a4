//! The server process: started, waited for, ended in one way or another.

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Longest wait for a start on a busy machine; what is expected of it is checked where it is measured.
const START_MAX: Duration = Duration::from_mins(1);
/// How often a condition is looked at.
const LOOK: Duration = Duration::from_millis(5);
/// Lines of the log that a failed test shows.
const LINES_MAX: usize = 60;

/// A server process; killed when dropped.
pub(crate) struct Server {
    child: Child,
    started: Instant,
    url: String,
    log: Arc<Mutex<VecDeque<String>>>,
}

impl Server {
    /// Starts what will listen at an address.
    pub(crate) fn spawn(mut command: Command, url: String) -> Self {
        let started = Instant::now();
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let log = Arc::<Mutex<VecDeque<String>>>::default();
        let lines = BufReader::new(child.stderr.take().expect("its log")).lines();
        let kept = Arc::clone(&log);
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                if kept.len() >= LINES_MAX {
                    kept.pop_front();
                }
                kept.push_back(line);
            }
        });
        Self {
            child,
            started,
            url,
            log,
        }
    }

    /// Waits until it takes requests; how long that took from its start.
    pub(crate) async fn until_ready(&mut self, http: &reqwest::Client) -> Duration {
        let address = format!("{}/readyz", self.url);
        loop {
            let answer = http.get(&address).timeout(START_MAX).send().await;
            if answer.is_ok_and(|answer| answer.status() == 200) {
                return self.started.elapsed();
            }
            let ended = self.child.try_wait().expect("a status");
            assert!(ended.is_none(), "the server ended: {ended:?}");
            assert!(self.started.elapsed() < START_MAX, "the server is not ready");
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Kills it without a word.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("it is there to be killed");
        self.child.wait().expect("an end");
    }
}

impl Server {
    /// Its process.
    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to stop and waits until it has; how it ended, and how long that took.
    pub(crate) async fn stop(mut self) -> (ExitStatus, Duration) {
        signal(self.process(), "TERM");
        let told = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("a status") {
                return (status, told.elapsed());
            }
            assert!(told.elapsed() < START_MAX, "the server does not stop");
            tokio::time::sleep(LOOK).await;
        }
    }
}

/// Sends a signal by its name.
pub(crate) fn signal(process: u32, name: &str) {
    let told = Command::new("kill")
        .args([&format!("-{name}"), &process.to_string()])
        .status();
    assert!(told.expect("kill runs").success(), "{process} takes no {name}");
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            for line in self.log.lock().unwrap_or_else(PoisonError::into_inner).iter() {
                println!("server: {line}");
            }
        }
    }
}
