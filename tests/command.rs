//! The commands, as people and scripts use them: the real binary, its output, its exit code.

mod house;

#[cfg(test)]
#[path = "command/campaign.rs"]
mod campaign;
#[cfg(test)]
#[path = "command/certificates.rs"]
mod certificates;
#[cfg(test)]
#[path = "command/doctor.rs"]
mod doctor;
#[cfg(test)]
#[path = "command/help.rs"]
mod help;
#[cfg(test)]
#[path = "command/import.rs"]
mod import;
#[cfg(test)]
#[path = "command/keys.rs"]
mod keys;
#[cfg(test)]
#[path = "command/migrate.rs"]
mod migrate;
#[cfg(test)]
#[path = "command/passes.rs"]
mod passes;
#[cfg(test)]
#[path = "command/running.rs"]
mod running;
#[cfg(test)]
#[path = "command/serving.rs"]
mod serving;
#[cfg(test)]
#[path = "command/shell.rs"]
mod shell;
#[cfg(test)]
#[path = "command/simulator.rs"]
mod simulator;
