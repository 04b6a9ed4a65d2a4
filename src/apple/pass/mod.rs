//! `pass.json`: a card face written down as Apple Wallet reads it.

mod field;
mod strings;
mod wire;

use serde::ser::{Serialize, Serializer};

use crate::loyalty::face::CardFace;
use crate::types::Secret;

pub(in crate::apple) use strings::fixed_texts;
pub use strings::{MissingImage, package_files, pass_strings};

/// Who a pass is and where it asks for news. None of it may change in an update.
#[derive(Debug, Clone, Copy)]
pub struct PassIdentity<'a> {
    /// Apple's name of the kind of pass, such as `pass.com.example.card`.
    pub pass_type: &'a str,
    /// The team of the developer account: ten letters and digits.
    pub team: &'a str,
    /// Unique within the pass type.
    pub serial: &'a str,
    /// What the phone shows our web service; 16 characters or more.
    pub authentication_token: &'a Secret,
    /// Where the phone finds our web service, without `/v1`.
    pub web_service_url: &'a str,
}

/// The bytes of `pass.json`: strict JSON whose keys stand in one fixed order, so that the same
/// face and identity always give the same bytes.
#[expect(
    clippy::expect_used,
    reason = "text keys and a growing buffer: nothing here can refuse to be written"
)]
pub fn pass_json(face: &CardFace<'_>, identity: &PassIdentity<'_>) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(2_048);
    serde_json::to_writer(&mut bytes, &wire::Pass::new(face, identity)).expect("a pass is plain JSON");
    bytes
}

/// A JSON list that is written as it is walked, without being gathered first.
struct Each<F>(F);

impl<F, I> Serialize for Each<F>
where
    F: Fn() -> I,
    I: Iterator<Item: Serialize>,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((self.0)())
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes every field by reference"
)]
fn is_false(flag: &bool) -> bool {
    !flag
}
