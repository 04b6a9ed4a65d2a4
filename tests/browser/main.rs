//! The pages in a real browser: who reads them by other means, small screens, hostile texts, a customer's way
//! through them, and pictures of them all.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "in a test what is not as expected is the finding, and figures are printed"
)]

#[path = "../house/browser.rs"]
mod browser;

mod access;
mod cafe;
mod console;
mod hands;
mod hostile;
mod journey;
mod marketer;
mod network;
mod pages;
mod passkey;
mod payloads;
mod pictures;
#[path = "../house/demo.rs"]
mod process;
mod till;
mod width;
