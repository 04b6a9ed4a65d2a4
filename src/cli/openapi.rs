//! `billfold openapi`: prints the API's document.

use super::ending::{Ending, Failure, exit_codes};
use super::output::Output;
use crate::http::api::openapi::document;

/// Prints the OpenAPI document of the API
#[derive(clap::Args)]
#[command(after_help = concat!("Example:\n  billfold openapi > openapi.json", exit_codes!()))]
pub(super) struct Args {}

pub(super) fn run(_: &Args, out: &mut Output<'_>) -> Result<Ending, Failure> {
    out.json(&document())?;
    Ok(Ending::Good)
}
