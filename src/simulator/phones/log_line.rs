//! What a phone writes into the issuer's log, in the words that iOS uses.

use crate::types::Time;

/// Whom and what a line is about.
pub(super) struct Subject<'a> {
    pub(super) at: Time,
    pub(super) device: &'a str,
    pub(super) pass_type: &'a str,
    pub(super) serial: &'a str,
    pub(super) service: &'a str,
}

impl Subject<'_> {
    /// The registration did not go well.
    pub(super) fn registration(&self, why: &str) -> String {
        self.device_task("Register task", why)
    }

    /// The end of the registration did not go well.
    pub(super) fn removal(&self, why: &str) -> String {
        self.device_task("Unregister task", why)
    }

    /// The list of changed passes was not to be had.
    pub(super) fn list(&self, tag: Option<&str>, why: &str) -> String {
        format!(
            "[{}] Get serial #s task (for device {}, pass type {}, last updated ({}); with web service url {}) \
             encountered error: {why}",
            self.at,
            self.device,
            self.pass_type,
            tag.unwrap_or("null"),
            self.service
        )
    }

    /// A pass was not to be had.
    pub(super) fn fetch(&self, since: Option<&str>, why: &str) -> String {
        format!(
            "[{}] Get pass task (pass type {}, serial number {}, if-modified-since ({}); with web service url {}) \
             encountered error: {why}",
            self.at,
            self.pass_type,
            self.serial,
            since.unwrap_or("null"),
            self.service
        )
    }

    /// The pass is as it was, though it was listed.
    pub(super) fn unchanged(&self) -> String {
        format!(
            "[{}] Web service error for {} ({}): Server requested update to serial number '{}', but the pass was \
             unchanged",
            self.at, self.pass_type, self.service, self.serial
        )
    }

    fn device_task(&self, task: &str, why: &str) -> String {
        format!(
            "[{}] {task} (for device {}, pass type {}, serial number {}; with web service url {}) encountered \
             error: {why}",
            self.at, self.device, self.pass_type, self.serial, self.service
        )
    }
}

/// How iOS speaks of a status that it does not expect.
pub(super) fn unexpected(status: u16) -> String {
    format!("Unexpected response code {status}")
}
