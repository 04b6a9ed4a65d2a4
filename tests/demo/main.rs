//! The demo as a newcomer runs it: the real binary, and nothing but HTTP.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "in a test what is not as expected is the finding, and figures are printed"
)]

#[path = "../house/mod.rs"]
mod house;

mod apple;
mod cafe;
mod crowd;
mod google;
mod members;
mod page;
#[path = "../house/demo.rs"]
mod process;
mod start;
