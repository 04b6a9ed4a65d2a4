//! The readers of the symbologies that are not lines alone.

use rxing::aztec::AztecReader;
use rxing::common::HybridBinarizer;
use rxing::pdf417::PDF417Reader;
use rxing::qrcode::cpp_port::QrReader;
use rxing::{BinaryBitmap, DecodeHints, Luma8Source, Reader};

use super::frame::Luma;
use super::{Symbol, Symbology};

type Bitmap<'l> = BinaryBitmap<HybridBinarizer<Luma8Source<'l>>>;

/// Reads a QR code, wherever it is and however it is turned. The crate has a second reader, which weighs every three of
/// the corners that noise makes up: seconds for one frame.
pub(super) fn read_qr(picture: &Luma) -> Option<Symbol> {
    read(QrReader, Symbology::Qr, picture)
}

/// Reads an Aztec code that is upright in the picture's middle.
pub(super) fn read_aztec(picture: &Luma) -> Option<Symbol> {
    read(AztecReader, Symbology::Aztec, picture)
}

/// Reads a PDF417 that is upright, or turned by a right angle.
pub(super) fn read_pdf417(picture: &Luma) -> Option<Symbol> {
    read(PDF417Reader, Symbology::Pdf417, picture)
}

fn read(mut reader: impl Reader, symbology: Symbology, picture: &Luma) -> Option<Symbol> {
    let hints = DecodeHints {
        TryHarder: Some(true),
        ..DecodeHints::default()
    };
    let mut bitmap = bitmap(picture)?;
    // That there is no code is no fault: most frames have none.
    let found = reader.decode_with_hints(&mut bitmap, &hints).ok()?;
    Some(Symbol {
        text: found.getText().to_owned(),
        symbology,
    })
}

fn bitmap(picture: &Luma) -> Option<Bitmap<'_>> {
    let width = u32::try_from(picture.width).ok()?;
    let height = u32::try_from(picture.height).ok()?;
    // A picture whose pixels are not of its size has nothing to read.
    let source = Luma8Source::new_with_slice(&picture.pixels, width, height).ok()?;
    Some(BinaryBitmap::new(HybridBinarizer::new(source)))
}
