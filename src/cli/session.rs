//! What every command has at hand: the settings, the clock, a runtime, the house.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::ending::Failure;
use crate::actions::{House, Wallets};
use crate::config::{Config, Files, Flag, Loaded, Sources};
use crate::server::wiring;
use crate::telemetry::Metrics;
use crate::types::Clock;

/// What every command takes.
#[derive(clap::Args)]
pub(super) struct Global {
    /// The configuration file [default: that of `BILLFOLD_CONFIG`, else billfold.toml if it is there]
    #[arg(long, value_name = "FILE", global = true, help_heading = "Settings")]
    config: Option<PathBuf>,
    /// Sets one setting, above everything else; may be repeated
    #[arg(long, value_name = "KEY=VALUE", global = true, help_heading = "Settings", value_parser = parse_set)]
    set: Vec<(String, String)>,
}

fn parse_set(text: &str) -> Result<(String, String), String> {
    let (key, value) = text
        .split_once('=')
        .ok_or("write it as KEY=VALUE, such as listen=127.0.0.1:9000")?;
    Ok((key.trim().to_owned(), value.to_owned()))
}

/// A run of the program.
pub(super) struct Session<'a> {
    pub(super) global: Global,
    pub(super) environment: BTreeMap<String, String>,
    pub(super) files: &'a dyn Files,
    pub(super) clock: Arc<dyn Clock>,
}

impl Session<'_> {
    /// The configuration.
    pub(super) fn load(&self) -> Result<Loaded, crate::config::ConfigError> {
        let set = self.global.set.iter().map(|(key, value)| Flag {
            name: "--set".to_owned(),
            key: key.clone(),
            value: value.clone(),
        });
        Config::load(&Sources {
            flags: set.collect(),
            file: self.global.config.clone(),
            environment: self.environment.clone(),
            files: self.files,
        })
    }

    /// The house over the configured database, without wallets: for deeds that reach no phone.
    pub(super) async fn house(&self, config: &Config) -> Result<House, Failure> {
        let of = config.clone();
        let store = tokio::task::spawn_blocking(move || wiring::house::open_store(&of))
            .await
            .map_err(|fault| Failure::Service(fault.to_string()))??;
        let clock = Arc::clone(&self.clock);
        Ok(wiring::house::build(config, store, Wallets::default(), Metrics::default(), clock).await?)
    }
}

/// Runs the service to its end on a runtime with a thread for each core.
pub(super) fn run_service<T>(future: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|fault| Failure::Service(format!("no runtime can be started: {fault}")))?;
    runtime.block_on(future)
}

/// Runs a future to its end on a runtime of its own.
pub(super) fn block_on<T>(future: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|fault| Failure::Service(format!("no runtime can be started: {fault}")))?;
    let result = runtime.block_on(future);
    // What is still blocked, such as a server that does not answer, was given up already.
    runtime.shutdown_background();
    result
}
