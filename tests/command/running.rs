//! A command that runs until it is told to stop.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::shell::Shell;

/// Longest wait for anything that is sure to come, on a busy machine.
const SOON: Duration = Duration::from_mins(1);

/// A running command; killed if the test fails before it was told to stop.
pub(crate) struct Running {
    child: Child,
    lines: Receiver<String>,
    /// Its first line.
    pub(crate) ready: Value,
}

impl Running {
    /// Starts it and waits for its first line of JSON.
    pub(crate) fn start(shell: &Shell, arguments: &[String]) -> Self {
        let mut child = shell
            .command(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary runs");
        let out = child.stdout.take().expect("its output");
        let (send, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                // The test may be over; what the command prints is read all the same.
                let _ = send.send(line);
            }
        });
        let mut running = Self {
            child,
            lines,
            ready: Value::Null,
        };
        running.ready = running.next_line().expect("a first line in time");
        running
    }

    fn next_line(&self) -> Option<Value> {
        let line = self.lines.recv_timeout(SOON).ok()?;
        Some(serde_json::from_str(&line).unwrap_or_else(|fault| panic!("{fault}: {line}")))
    }

    /// Waits for a line that is as wanted.
    #[track_caller]
    pub(crate) fn wait_for(&self, what: &str, mut is_wanted: impl FnMut(&Value) -> bool) -> Value {
        let started = Instant::now();
        let mut seen = Vec::new();
        while started.elapsed() < SOON {
            match self.next_line() {
                Some(line) if is_wanted(&line) => return line,
                Some(line) => seen.push(line),
                None => break,
            }
        }
        panic!("{what} did not come: {seen:#?}");
    }

    /// Sends a signal and waits for the end.
    pub(crate) fn stop(mut self, signal: &str) -> ExitStatus {
        let told = Command::new("kill")
            .args(["-s", signal, &self.child.id().to_string()])
            .status();
        assert!(told.expect("kill runs").success());
        self.child.wait().expect("an end")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // One that has ended cannot be killed, and need not be.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
