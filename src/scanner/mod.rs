//! The till's eyes: reads the code in a camera's frame, for browsers that cannot do it themselves.
//!
//! Only the four symbologies that Wallet shows are looked for: `PKBarcodeFormat` of Apple's documentation of passes.
//! Nothing of a frame is kept.

mod bars;
mod frame;
mod spots;
mod symbols;

use frame::Luma;
use spots::Spot;

pub use frame::ScanError;

/// Most bytes of a frame.
pub const FRAME_BYTES_MAX: usize = 256 * 1024;
/// Most pixels of a frame across and down.
pub const FRAME_SIDES_MAX: (usize, usize) = (1_280, 960);
/// Most bytes of a text that is given on: no code of a card is longer.
pub const TEXT_BYTES_MAX: usize = 512;

/// Kinds of codes that passes show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Symbology {
    /// QR code (ISO/IEC 18004).
    Qr,
    /// Aztec code (ISO/IEC 24778).
    Aztec,
    /// PDF417 (ISO/IEC 15438).
    Pdf417,
    /// Code 128 (ISO/IEC 15417).
    Code128,
}

impl Symbology {
    /// Its name on the wire, as the browsers' Barcode Detection API has it, without underlines.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Qr => "qr",
            Self::Aztec => "aztec",
            Self::Pdf417 => "pdf417",
            Self::Code128 => "code128",
        }
    }
}

/// What was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Symbol {
    /// The text, as it stands in the code.
    pub text: String,
    /// The kind of code.
    pub symbology: Symbology,
}

/// Reads the code in a JPEG frame; `None` if none is seen, or only one that is no card's: too long, or with control
/// characters. Takes tens of milliseconds of a processor: not for a thread that serves.
pub fn read(jpeg: &[u8]) -> Result<Option<Symbol>, ScanError> {
    let frame = Luma::decode(jpeg)?;
    Ok(look(&frame).filter(|symbol| is_plain(&symbol.text)))
}

/// Half the size first: noise averages out, and it is four times less to look at.
fn look(frame: &Luma) -> Option<Symbol> {
    let half = frame.half();
    symbols::read_qr(&half)
        .or_else(|| {
            spots::find(&half)
                .iter()
                .find_map(|spot| look_at(&half, frame, spot))
        })
        .or_else(|| symbols::read_qr(frame))
}

/// Turns a part of the frame upright, and reads it by what it looks like.
fn look_at(half: &Luma, frame: &Luma, spot: &Spot) -> Option<Symbol> {
    let whole = frame.upright(&spot.doubled());
    if spot.is_striped
        && let Some(symbol) = bars::read(&whole)
    {
        return Some(symbol);
    }
    let small = half.upright(spot);
    symbols::read_aztec(&small)
        .or_else(|| symbols::read_pdf417(&small))
        .or_else(|| symbols::read_pdf417(&whole))
        .or_else(|| symbols::read_aztec(&whole))
        .or_else(|| symbols::read_qr(&whole))
}

fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.len() <= TEXT_BYTES_MAX && !text.chars().any(char::is_control)
}
