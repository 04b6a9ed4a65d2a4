//! The machine's clock, and the address under which people and phones find the service.

use super::report::Report;
use crate::config::{Loaded, is_loopback_url};
use crate::types::Time;

/// No clock that is right shows an earlier time: 2026-01-01, before the first version.
const FIRST_VERSION: Time = Time::from_secs(1_767_225_600);

pub(super) fn check_clock(now: Time, report: &mut Report) {
    if now < FIRST_VERSION {
        report.fault(
            "clock",
            format!("this machine says that it is {}", now.rfc3339_secs()),
            "Set the clock right (NTP): signatures of another time are refused by phones and by Google",
        );
    } else {
        report.ok("clock", now.rfc3339_secs());
    }
}

pub(super) fn check_public_url(loaded: &Loaded, report: &mut Report) {
    let url = &loaded.config.public_url;
    if !is_loopback_url(url) {
        report.ok("public_url", url);
        return;
    }
    let listen = loaded.config.listen;
    if listen.ip().is_loopback() {
        report.warn(
            "public_url",
            format!("{url} is reached from this machine only"),
            "For real phones set `public_url` to the https address of your reverse proxy",
        );
    } else {
        report.fault(
            "public_url",
            format!("the service listens on {listen} for others, but its cards say {url}"),
            "Set `public_url` to the https address by which others reach it",
        );
    }
}
