//! The look that a program's pages draw cards with.

use std::sync::Arc;

use super::face::find_image;
use super::locale::Locale;
use crate::actions::draw_card::ready_design;
use crate::actions::{ActionError, House, ReadyDesign};
use crate::store::designs;
use crate::types::DesignId;

/// A design, and what a page must know of its images.
pub(super) struct Look {
    pub(super) ready: Arc<ReadyDesign>,
    /// Pixels of the logo.
    pub(super) logo_size: Option<(u32, u32)>,
}

/// Reads a design.
pub(super) async fn read_look(house: &House, design: &DesignId, locale: Locale) -> Result<Look, ActionError> {
    let ready = ready_design(house, design).await?;
    let logo = find_image(&ready.design, "logo", locale);
    let logo_size = match logo {
        Some(sha256) => house
            .store
            .read(move |db| Ok::<_, ActionError>(designs::find_image(db, &sha256)?))
            .await?
            .and_then(|bytes| png_size(&bytes)),
        None => None,
    };
    Ok(Look { ready, logo_size })
}

/// Width and height of a PNG, from its first chunk (ISO/IEC 15948, section 11.2.2).
pub(super) fn png_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let number = |at: usize| {
        let four: [u8; 4] = bytes.get(at..at + 4)?.try_into().ok()?;
        Some(u32::from_be_bytes(four))
    };
    Some((number(16)?, number(20)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_of_a_png_is_read_from_its_head() {
        let logo = include_bytes!("../../../templates/passes/cafe/logo@3x.png");
        assert_eq!(png_size(logo), Some((150, 150)));
        assert_eq!(png_size(&logo[..20]), None);
    }
}
