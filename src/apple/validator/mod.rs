//! What is wrong with a design before any pass is made of it.

mod barcode;
pub mod codes;
mod fields;
mod images;
mod look;
mod places;
mod poster;
mod web_service;
mod wordings;

use std::collections::BTreeMap;

use crate::apple::image::ImageFacts;
use crate::loyalty::design::Design;

pub use crate::apple::finding::{Finding, Severity};
pub use crate::apple::image::inspect_png;
pub(super) use places::{is_on_earth, is_p256_key, is_uuid};
pub(super) use poster::ACTION_KINDS;
pub use web_service::check_web_service_url;

/// Everything that a phone would refuse, drop or show badly.
///
/// `images` tells of each image of the design, by file name, what [`inspect_png`] saw in it.
/// Pointers lead into the design. No errors: a pass of this design is taken by phones.
pub fn check_design(design: &Design, images: &BTreeMap<String, ImageFacts>) -> Vec<Finding> {
    let mut findings = Vec::new();
    wordings::check(design, &mut findings);
    look::check(design, &mut findings);
    images::check(design, images, &mut findings);
    fields::check(design, &mut findings);
    barcode::check(&design.barcode, &mut findings);
    places::check(design, &mut findings);
    poster::check(design, &mut findings);
    findings
}
