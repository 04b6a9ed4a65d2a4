//! Symbols as they stand on a pass: which modules are dark, and how they lie.

use billfold::scanner::Symbology;
use fast_qr::ECL;
use fast_qr::qr::QRBuilder;
use rxing::{BarcodeFormat, EncodeHintValue, EncodeHints, MultiFormatWriter, Writer as _};

/// A dark rectangle, in units of a symbol's width, from the symbol's middle.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bar {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) right: f64,
    pub(crate) bottom: f64,
}

/// A symbol: one wide, and so high.
#[derive(Debug, Clone)]
pub(crate) struct Drawn {
    pub(crate) bars: Vec<Bar>,
    pub(crate) height: f64,
    /// The white that belongs to it on each side.
    pub(crate) quiet: f64,
}

/// Height of a Code 128 as a part of its width, about as Wallet shows it.
const LINEAR_HEIGHT: f64 = 0.26;

impl Drawn {
    /// QR by the crate that draws our own pages; the others by the writers of the crate that reads them.
    pub(crate) fn of(symbology: Symbology, text: &str) -> Self {
        match symbology {
            Symbology::Qr => {
                let code = QRBuilder::new(text).ecl(ECL::M).build().expect("it fits");
                let rows = (0..code.size).map(|y| (0..code.size).map(|x| code[y][x].value()).collect());
                Self::of_rows(&rows.collect::<Vec<_>>(), None, 4.0)
            }
            Symbology::Aztec => Self::of_rows(&written(BarcodeFormat::AZTEC, text), None, 2.0),
            Symbology::Pdf417 => Self::of_rows(&written(BarcodeFormat::PDF_417, text), None, 4.0),
            Symbology::Code128 => {
                Self::of_rows(&written(BarcodeFormat::CODE_128, text), Some(LINEAR_HEIGHT), 10.0)
            }
        }
    }

    fn of_rows(rows: &[Vec<bool>], height: Option<f64>, quiet_modules: f64) -> Self {
        let module = 1.0 / f64::from(u32::try_from(rows[0].len()).expect("small"));
        let count = f64::from(u32::try_from(rows.len()).expect("small"));
        let height = height.unwrap_or(count * module);
        let row_height = height / count;
        let place = |at: usize| f64::from(u32::try_from(at).expect("small"));
        let mut bars = Vec::new();
        let mut top = 0;
        // Equal rows are one row.
        for same in rows.chunk_by(|one, other| one == other) {
            let bottom = top + same.len();
            let mut left = 0;
            for run in same[0].chunk_by(|one, other| one == other) {
                let right = left + run.len();
                if run[0] {
                    bars.push(Bar {
                        left: place(left) * module - 0.5,
                        top: place(top) * row_height - height / 2.0,
                        right: place(right) * module - 0.5,
                        bottom: place(bottom) * row_height - height / 2.0,
                    });
                }
                left = right;
            }
            top = bottom;
        }
        Self {
            bars,
            height,
            quiet: quiet_modules * module,
        }
    }
}

/// The dark modules of a symbol without its margin.
fn written(format: BarcodeFormat, text: &str) -> Vec<Vec<bool>> {
    let hints = EncodeHints::default().with(EncodeHintValue::Margin("0".to_owned()));
    let matrix = MultiFormatWriter
        .encode_with_hints(text, &format, 0, 0, &hints)
        .expect("it fits");
    // The writer leaves white around a linear code all the same.
    let [left, top, width, height] = matrix.getEnclosingRectangle().expect("something dark");
    (top..top + height)
        .map(|y| (left..left + width).map(|x| matrix.get(x, y)).collect())
        .collect()
}
