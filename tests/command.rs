//! The commands, as people and scripts use them: the real binary, its output, its exit code.
#![cfg(test)]

mod house;

#[path = "command/certificates.rs"]
mod certificates;
#[path = "command/doctor.rs"]
mod doctor;
#[path = "command/help.rs"]
mod help;
#[path = "command/keys.rs"]
mod keys;
#[path = "command/migrate.rs"]
mod migrate;
#[path = "command/passes.rs"]
mod passes;
#[path = "command/shell.rs"]
mod shell;
