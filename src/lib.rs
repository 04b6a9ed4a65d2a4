//! Billfold: Apple Wallet and Google Wallet loyalty cards from one binary.
//!
//! The floors, from the ground up, and what each is for, are in `ARCHITECTURE.md`;
//! `tests/tidy.rs` holds the code to them.

pub mod actions;
pub mod apple;
pub mod cli;
pub mod config;
pub mod delivery;
pub mod google;
pub mod http;
pub mod loyalty;
pub mod picture;
pub mod scanner;
pub mod server;
pub mod sheet;
pub mod simulator;
pub mod store;
pub mod telemetry;
pub mod types;
pub mod webauthn;
pub mod webhook;
