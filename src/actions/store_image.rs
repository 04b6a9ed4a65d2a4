//! A picture for rewards is looked into and stored under the SHA-256 of its bytes.

use serde_json::json;

use super::{ActionError, Deed};
use crate::apple::image::{ImageFacts, inspect_png};
use crate::store::{Tx, designs};
use crate::types::sha256_hex;

/// A picture that browsers can draw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedImage {
    /// The SHA-256 of its bytes.
    pub sha256: String,
    /// Its size.
    pub facts: ImageFacts,
    bytes: Vec<u8>,
}

/// Looks into a picture: a whole PNG within the limits of size. Unpacks it, so it is not for an async worker.
pub fn check_image(bytes: Vec<u8>) -> Result<CheckedImage, ActionError> {
    let facts = inspect_png(&bytes);
    if facts.is_too_large() {
        let detail = "A picture has at most 2 MiB and 4,096 pixels a side; send a smaller one.";
        return Err(ActionError::fault("/data", "too_large", detail));
    }
    if let Some(problem) = &facts.problem {
        let detail = format!("The picture is no PNG that can be drawn: {problem}.");
        return Err(ActionError::fault("/data", "bad_image", detail));
    }
    Ok(CheckedImage {
        sha256: sha256_hex(&bytes),
        facts,
        bytes,
    })
}

/// Stores a picture; the same bytes are stored once.
pub fn store_image(tx: &mut Tx<'_>, deed: &Deed, image: CheckedImage) -> Result<CheckedImage, ActionError> {
    designs::put_image(tx, &image.sha256, &image.bytes, deed.now)?;
    let program = deed.caller.program.as_ref();
    let said = json!({ "bytes": image.facts.bytes_len });
    deed.record(tx, program, "store_image", &image.sha256, &said)?;
    Ok(image)
}
