//! The thin binary.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::sync::Arc;

use billfold::cli::{self, Outside};
use billfold::config::Disk;
use billfold::types::{SystemClock, ready_openssl};

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    ready_openssl();
    let mut out = io::BufWriter::new(io::stdout().lock());
    let mut err = io::stderr();
    let code = cli::run(
        std::env::args_os(),
        Outside {
            environment: environment(),
            files: &Disk,
            clock: Arc::new(SystemClock),
            out: &mut out,
            err: &mut err,
        },
    );
    match out.flush() {
        Err(fault) if fault.kind() != io::ErrorKind::BrokenPipe => ExitCode::from(3),
        _ => code,
    }
}

/// The variables of this process; one that is no Unicode is taken as well as can be.
fn environment() -> BTreeMap<String, String> {
    std::env::vars_os()
        .map(|(name, value)| {
            let text = |part: std::ffi::OsString| part.to_string_lossy().into_owned();
            (text(name), text(value))
        })
        .collect()
}
