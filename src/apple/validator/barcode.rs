//! The barcode of a design: drawn on every phone, and readable by scanners.

use crate::apple::barcode::misfit;
use crate::apple::finding::Finding;
use crate::loyalty::design::{Barcode, BarcodeFormat};

use super::codes;

pub(super) fn check(barcode: &Barcode, findings: &mut Vec<Finding>) {
    check_formats(&barcode.formats, findings);
    check_message(barcode, findings);
    if barcode.encoding.trim().is_empty() {
        let message = "the encoding is empty, and phones refuse a barcode without one; iso-8859-1 is usual";
        findings.push(Finding::new(
            codes::BARCODE_ENCODING_EMPTY,
            "/barcode/encoding",
            message,
        ));
    }
}

fn check_formats(formats: &[BarcodeFormat], findings: &mut Vec<Finding>) {
    let pointer = "/barcode/formats";
    if formats.is_empty() {
        let message = "the card has no barcode, so tills cannot scan it; add qr";
        findings.push(Finding::new(codes::BARCODE_MISSING, pointer, message));
        return;
    }
    let Some(first_classic) = formats.iter().position(|format| format.is_classic()) else {
        let message = "phones before iOS 27 draw none of these formats; add qr or code128 behind them";
        findings.push(Finding::new(codes::BARCODE_WITHOUT_FALLBACK, pointer, message));
        return;
    };
    for (at, format) in formats.iter().enumerate().skip(first_classic) {
        if !format.is_classic() {
            let message = "a phone draws the first format that it knows, and every phone knows one before this; \
                           put this one first";
            findings.push(Finding::new(
                codes::BARCODE_NEVER_DRAWN,
                format!("{pointer}/{at}"),
                message,
            ));
        }
    }
    let on_watch = |format: &&BarcodeFormat| format.is_classic() && **format != BarcodeFormat::Code128;
    if formats.iter().find(on_watch).is_none() {
        let message = "watches do not draw code128; add qr behind it";
        findings.push(Finding::new(codes::BARCODE_NOT_ON_WATCH, pointer, message));
    }
}

fn check_message(barcode: &Barcode, findings: &mut Vec<Finding>) {
    let (message, pointer) = (barcode.message.as_str(), "/barcode/message");
    if message.trim().is_empty() {
        let text = "the barcode holds nothing, and phones refuse it; {code} is the card's own number";
        findings.push(Finding::new(codes::BARCODE_MESSAGE_EMPTY, pointer, text));
        return;
    }
    if !message.is_ascii() {
        let text = "scanners guess the encoding of letters beyond ASCII and read them wrong; use plain ones";
        findings.push(Finding::new(codes::BARCODE_MESSAGE_NOT_ASCII, pointer, text));
    }
    let is_per_card = message.contains('{');
    for format in &barcode.formats {
        let holds_anything = misfit(*format, "aA{é").is_none();
        if is_per_card && !holds_anything && !matches!(format, BarcodeFormat::Code128) {
            let text = format!(
                "{format:?} holds few characters, and the message differs from card to card; make sure that \
                 every card's code fits, or phones draw the next format"
            );
            findings.push(Finding::new(codes::BARCODE_MESSAGE_PER_CARD, pointer, text));
        } else if let Some(why) = misfit(*format, message).filter(|_| !is_per_card) {
            let text = format!("{why}, and `{message}` is not such; change the message or the format");
            findings.push(Finding::new(codes::BARCODE_MESSAGE_UNFIT, pointer, text));
        }
    }
}
