//! Memory of a process.

/// Memory of a process by its number, or `self`, in MiB, without the pages of files that are mapped into it, such as the
/// database's: these the system takes back when it needs them.
pub(crate) fn resident_mib(process: &str) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    kib.unwrap_or(f64::NAN) / 1_024.0
}
