//! The till's eyes: codes in frames as cameras make them, and broken frames.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test ends at what it did not expect, and this one tells its figures"
)]

#[path = "broken.rs"]
mod broken;
#[path = "conditions.rs"]
mod conditions;
#[path = "jpeg.rs"]
mod jpeg;
#[path = "rates.rs"]
mod rates;
#[path = "scene.rs"]
mod scene;
#[path = "symbols.rs"]
mod symbols;
