//! What the checks found, for people and for programs.

use std::io;

use serde::Serialize;
use serde_json::json;

use crate::cli::output::Output;

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Mark {
    Ok,
    Warn,
    Fault,
}

/// One check.
#[derive(Debug, Serialize)]
struct Finding {
    check: &'static str,
    mark: Mark,
    text: String,
    mend: Option<String>,
}

/// All checks, in their order.
#[derive(Debug, Default)]
pub(super) struct Report {
    findings: Vec<Finding>,
}

impl Report {
    /// All is well.
    pub(super) fn ok(&mut self, check: &'static str, text: impl Into<String>) {
        self.add(check, Mark::Ok, text.into(), None);
    }

    /// It works, but not as well or not for ever.
    pub(super) fn warn(&mut self, check: &'static str, text: impl Into<String>, mend: impl Into<String>) {
        self.add(check, Mark::Warn, text.into(), Some(mend.into()));
    }

    /// It does not work.
    pub(super) fn fault(&mut self, check: &'static str, text: impl Into<String>, mend: impl Into<String>) {
        self.add(check, Mark::Fault, text.into(), Some(mend.into()));
    }

    /// It does not work, and the sentence says the mend itself.
    pub(super) fn fault_as_told(&mut self, check: &'static str, fault: impl std::fmt::Display) {
        self.add(check, Mark::Fault, fault.to_string(), None);
    }

    fn add(&mut self, check: &'static str, mark: Mark, text: String, mend: Option<String>) {
        self.findings.push(Finding {
            check,
            mark,
            text,
            mend,
        });
    }

    pub(super) fn has_faults(&self) -> bool {
        self.count(Mark::Fault) > 0
    }

    fn count(&self, mark: Mark) -> usize {
        self.findings
            .iter()
            .filter(|finding| finding.mark == mark)
            .count()
    }

    pub(super) fn print(&self, is_json: bool, out: &mut Output<'_>) -> io::Result<()> {
        let (faults, warnings) = (self.count(Mark::Fault), self.count(Mark::Warn));
        if is_json {
            return out.json(&json!({ "faults": faults, "warnings": warnings, "findings": self.findings }));
        }
        for finding in &self.findings {
            let mark = match finding.mark {
                Mark::Ok => "ok   ",
                Mark::Warn => "warn ",
                Mark::Fault => "FAULT",
            };
            out.line(format!("{mark}  {}: {}", finding.check, finding.text))?;
            if let Some(mend) = &finding.mend {
                out.line(format!("       -> {mend}"))?;
            }
        }
        out.line(format!(
            "{}, {}",
            number(faults, "fault"),
            number(warnings, "warning")
        ))
    }
}

/// A number with its noun.
pub(super) fn number(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}
