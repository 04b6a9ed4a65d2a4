//! What can go wrong with the database.

use std::any::Any;

use diesel::result::{DatabaseErrorKind, Error as DieselError};

use super::migration::MigrationError;

/// Why the database did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The row is not there.
    #[error("there is no such row")]
    NotFound,
    /// A unique key is taken; the name of the key or of its columns.
    #[error("the key {0} is taken")]
    Duplicate(String),
    /// The database is busy, full or gone; the same call may succeed later.
    #[error("the database cannot be used at the moment: {0}")]
    Unavailable(String),
    /// A row holds what the program cannot read, or a statement is wrong.
    #[error("the database answered what it should not: {0}")]
    Broken(String),
    /// The schema is not this program's.
    #[error(transparent)]
    Schema(#[from] MigrationError),
}

/// Parts of messages of SQLite and PostgreSQL that mean "not now".
const PASSING: [&str; 20] = [
    "database is locked",
    "database or disk is full",
    "disk I/O error",
    "readonly database",
    "read-only transaction",
    "unable to open database",
    "no space left",
    "could not extend",
    "server closed the connection",
    "terminating connection",
    "the database system is",
    "connection to server",
    "no connection to the server",
    "could not connect",
    "could not receive data",
    "could not send data",
    "lock timeout",
    "statement timeout",
    "deadlock detected",
    "remaining connection slots",
];

impl StoreError {
    /// Whether the same call may succeed later.
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }

    /// A value in a row that the program cannot read.
    pub fn unreadable(what: &str, fault: impl std::fmt::Display) -> Self {
        Self::Broken(format!("{what}: {fault}"))
    }

    /// A closure that panicked, with the panic's message.
    pub(super) fn panicked(panic: &(dyn Any + Send)) -> Self {
        let message = panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| panic.downcast_ref::<&str>().copied())
            .unwrap_or("without a message");
        Self::Broken(format!("a transaction panicked: {message}"))
    }
}

impl From<DieselError> for StoreError {
    fn from(error: DieselError) -> Self {
        match error {
            DieselError::NotFound => Self::NotFound,
            DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, info) => Self::Duplicate(
                info.constraint_name()
                    .unwrap_or_else(|| info.message())
                    .to_owned(),
            ),
            DieselError::DatabaseError(
                DatabaseErrorKind::ClosedConnection
                | DatabaseErrorKind::SerializationFailure
                | DatabaseErrorKind::ReadOnlyTransaction,
                info,
            ) => Self::Unavailable(info.message().to_owned()),
            other => {
                let text = other.to_string();
                if PASSING.iter().any(|part| text.contains(part)) || is_broken_transaction(&other) {
                    return Self::Unavailable(text);
                }
                Self::Broken(text)
            }
        }
    }
}

fn is_broken_transaction(error: &DieselError) -> bool {
    matches!(
        error,
        DieselError::BrokenTransactionManager | DieselError::RollbackErrorOnCommit { .. }
    )
}
