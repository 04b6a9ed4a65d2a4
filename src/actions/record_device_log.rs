//! Phones say what they did not like; the lines are kept with the pass that they name.

use super::{ActionError, House};
use crate::store::{Tx, device_logs, passes};
use crate::types::Time;

/// Most lines taken from one call, and most characters of a line.
pub const LINES_MAX: usize = 20;
const LINE_MAX: usize = 1_000;

/// Keeps a phone's lines. They come from anybody, so they are bounded, and shown as text only.
pub fn record_device_log(
    tx: &mut Tx<'_>,
    house: &House,
    lines: &[String],
    now: Time,
) -> Result<(), ActionError> {
    for line in lines.iter().take(LINES_MAX) {
        let line: String = line
            .chars()
            .map(|letter| if letter.is_control() { ' ' } else { letter })
            .take(LINE_MAX)
            .collect();
        let pass = match named(&line, house) {
            Some((pass_type, serial)) => {
                passes::find_with_card(tx, pass_type, serial)?.map(|(pass, _)| pass.id)
            }
            None => None,
        };
        device_logs::add(tx, pass.as_ref(), &line, now)?;
    }
    Ok(())
}

/// The pass type and serial that a line names, in the words of iOS: "… pass type T, serial number S; with …".
fn named<'a>(line: &'a str, house: &House) -> Option<(&'a str, &'a str)> {
    let until = |text: &'a str| text.split([',', ';', ' ', ')', '\'']).next();
    let serial = line
        .split_once("serial number ")
        .and_then(|(_, rest)| until(rest.trim_start_matches('\'')))?;
    let pass_type = line.split_once("pass type ").and_then(|(_, rest)| until(rest));
    let named_type = || {
        house
            .wallets
            .apple
            .iter()
            .find_map(|issuer| line.matches(issuer.pass_type.as_str()).next())
    };
    let pass_type = pass_type.or_else(named_type)?;
    Some((pass_type, serial))
}
