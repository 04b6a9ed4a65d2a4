//! Pictures: a design's vector images, checked when they come and drawn as PNG.
//!
//! A room of its own beside the wallets: both show these pictures and neither may know the other, and the one crate
//! that draws SVG stays behind one wall.

mod built_in;
mod shrink;
mod stamp_art;
mod svg;

pub use shrink::{Raster, ShrinkError};
pub use stamp_art::{PictureError, StampArt, StampFault};
pub use svg::{SVG_BYTES_MAX, SvgFault};

/// Pixels of a strip at one pixel a point (Apple's pass-builder: 375 by 144 points), and how many times as many at
/// most.
pub const STRIP: (u32, u32) = (375, 144);
/// Pixels of Google's banner (Google Wallet, "Brand guidelines": 1032 by 336).
pub const BANNER: (u32, u32) = (1_032, 336);
