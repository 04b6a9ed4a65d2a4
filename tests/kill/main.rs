//! What becomes of the real server process when it dies, drains, or loses its disk or its database.
//!
//! Apple, Google, the phones and the tills run in the test; the server is the binary, and has to come through
//! with every acknowledged order counted once and every phone on its last balance. `BILLFOLD_KILLS=200` makes
//! the runs long, `BILLFOLD_SEED` repeats one.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "in a test what is not as expected is the finding, and figures are printed"
)]

#[path = "../house/mod.rs"]
mod house;
#[path = "../house/keys.rs"]
mod keys;

mod books;
mod cafe;
mod campaigns;
mod disk;
mod drains;
mod installation;
mod kills;
mod outages;
mod postgres;
mod server;
mod tills;
mod wire;
