//! The picture that comes with a reward's form: looked into, made as small as it is shown, stored.

use actix_web::web::Bytes;

use super::super::super::desk::Desk;
use crate::actions::store_image::{CheckedImage, check_image, store_image};
use crate::actions::{ActionError, Fault};
use crate::picture::Raster;

/// Fewest pixels of a side.
const LEAST: u32 = 64;
/// The box in pixels that a picture is made to fit: eight times what it is drawn in, for the sharpest screens.
const BOX: (u32, u32) = (512, 512);

/// Takes in a picture; gives its SHA-256, or the text for why it cannot be taken.
pub(super) async fn take_picture(
    desk: &Desk,
    bytes: Bytes,
) -> Result<Result<String, &'static str>, ActionError> {
    let made = tokio::task::spawn_blocking(move || make(&bytes));
    let image = match made.await.map_err(ActionError::internal)? {
        Ok(image) => image,
        Err(text) => return Ok(Err(text)),
    };
    let stored = desk.act(move |tx, deed| store_image(tx, deed, image)).await?;
    Ok(Ok(stored.sha256))
}

fn make(bytes: &Bytes) -> Result<CheckedImage, &'static str> {
    let no_png = "designer-image-no-png";
    let checked = check_image(bytes.to_vec()).map_err(|error| {
        let is_large = |fault: &Fault| fault.code == "too_large";
        if error.faults.iter().any(is_large) {
            "designer-image-too-large"
        } else {
            no_png
        }
    })?;
    let (width, height) = (checked.facts.width, checked.facts.height);
    if width < LEAST || height < LEAST {
        return Err("reward-picture-small");
    }
    if width <= BOX.0 && height <= BOX.1 {
        return Ok(checked);
    }
    let raster = Raster::read(bytes).map_err(|_| no_png)?;
    let drawn = raster.draw(raster.size_within(BOX)).map_err(|_| no_png)?;
    check_image(drawn).map_err(|_| "designer-image-too-large")
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOGO: &[u8] = include_bytes!("../../../../../templates/passes/cafe/logo@3x.png");
    const HERO: &[u8] = include_bytes!("../../../../../templates/passes/cafe/google/hero.png");
    const SMALL: &[u8] = include_bytes!("../../../../../templates/passes/cafe/logo.png");

    #[test]
    fn a_picture_is_made_as_small_as_it_is_shown_and_never_larger() {
        let large = make(&Bytes::from_static(HERO)).expect("made").facts;
        assert_eq!((large.width, large.height), (512, 167));
        let fits = make(&Bytes::from_static(LOGO)).expect("made").facts;
        assert_eq!((fits.width, fits.height), (150, 150));
        assert_eq!(make(&Bytes::from_static(SMALL)), Err("reward-picture-small"));
        assert_eq!(
            make(&Bytes::from_static(b"\xff\xd8\xff\xe0")),
            Err("designer-image-no-png")
        );
    }
}
