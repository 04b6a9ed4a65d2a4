//! How a command ends: its exit code, and the sentence for people if it failed.

use std::io;
use std::process::ExitCode;

use crate::actions::{ActionError, Kind};
use crate::config::ConfigError;
use crate::server::wiring::WiringError;
use crate::store::StoreError;

/// What every command's help says of its exit code.
macro_rules! exit_codes {
    ($bad:literal) => {
        concat!(
            "\n\nExit code:\n  0  done\n  1  ",
            $bad,
            "\n  2  usage, configuration or credentials are wrong\n  3  the service or its database failed"
        )
    };
    () => {
        "\n\nExit code:\n  0  done\n  2  usage, configuration or credentials are wrong\n  3  the service or its database failed"
    };
}
pub(super) use exit_codes;

/// How a command that ran to its end ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// All is well.
    Good,
    /// What was asked about is bad; that was printed.
    Bad,
}

impl Ending {
    /// Good only if there is nothing bad.
    pub(super) const fn of(is_good: bool) -> Self {
        if is_good { Self::Good } else { Self::Bad }
    }
}

/// Why a command did not run to its end.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// What was asked for is wrong or is not there.
    #[error("{0}")]
    Bad(String),
    /// Usage, configuration or credentials.
    #[error("{0}")]
    Configuration(String),
    /// The service or its database.
    #[error("{0}")]
    Service(String),
    /// The output cannot be written.
    #[error("the output cannot be written: {0}")]
    Output(#[from] io::Error),
}

impl Failure {
    /// The exit code; a reader that went away is no failure.
    pub(super) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
            Self::Bad(_) => ExitCode::from(1),
            Self::Configuration(_) => ExitCode::from(2),
            Self::Service(_) | Self::Output(_) => ExitCode::from(3),
        }
    }

    /// Whether there is nobody left to be told.
    pub(super) fn is_silent(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::Configuration(error.to_string())
    }
}

impl From<WiringError> for Failure {
    fn from(error: WiringError) -> Self {
        if error.is_of_configuration() {
            return Self::Configuration(error.to_string());
        }
        Self::Service(error.to_string())
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Service(error.to_string())
    }
}

impl From<ActionError> for Failure {
    fn from(error: ActionError) -> Self {
        match error.code.kind() {
            Kind::Unavailable | Kind::Internal => Self::Service(error.detail),
            _ => Self::Bad(error.detail),
        }
    }
}
