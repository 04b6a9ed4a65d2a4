//! Pictures that come with the designer's form: looked into, made into the sizes that phones ask for, stored.

use actix_web::web::Bytes;
use fluent_bundle::FluentValue;

use super::super::parts::Form;
use crate::actions::store_image::{CheckedImage, check_image, store_image};
use crate::actions::{ActionError, Answer, Deed, Fault, perform};
use crate::http::pages::desk::Desk;
use crate::http::pages::locale::Locale;
use crate::loyalty::design::Design;
use crate::picture::{Raster, SVG_BYTES_MAX};
use crate::store::Tx;

/// A picture of a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Logo,
    Icon,
    Strip,
    GoogleLogo,
    GoogleHero,
}

impl Role {
    pub(super) const ALL: [Self; 5] = [
        Self::Logo,
        Self::Icon,
        Self::Strip,
        Self::GoogleLogo,
        Self::GoogleHero,
    ];

    /// Its field in the form.
    pub(super) const fn field(self) -> &'static str {
        match self {
            Self::Logo => "image_logo",
            Self::Icon => "image_icon",
            Self::Strip => "image_strip",
            Self::GoogleLogo => "image_google_logo",
            Self::GoogleHero => "image_google_hero",
        }
    }

    /// The texts that name it and say what it should be.
    pub(super) const fn texts(self) -> (&'static str, &'static str) {
        match self {
            Self::Logo => ("designer-image-logo", "designer-image-logo-what"),
            Self::Icon => ("designer-image-icon", "designer-image-icon-what"),
            Self::Strip => ("designer-image-strip", "designer-image-strip-what"),
            Self::GoogleLogo => ("designer-image-google-logo", "designer-image-google-logo-what"),
            Self::GoogleHero => ("designer-image-google-hero", "designer-image-google-hero-what"),
        }
    }

    /// The names of its files, each with the box in pixels that it is drawn in, best first.
    const fn files(self) -> &'static [(&'static str, (u32, u32))] {
        match self {
            Self::Logo => &[
                ("logo@3x.png", (480, 150)),
                ("logo@2x.png", (320, 100)),
                ("logo.png", (160, 50)),
            ],
            Self::Icon => &[
                ("icon@3x.png", (114, 114)),
                ("icon@2x.png", (76, 76)),
                ("icon.png", (38, 38)),
            ],
            Self::Strip => &[
                ("strip@3x.png", (1_125, 432)),
                ("strip@2x.png", (750, 288)),
                ("strip.png", (375, 144)),
            ],
            Self::GoogleLogo => &[("google/logo.png", (1_320, 1_320))],
            Self::GoogleHero => &[("google/hero.png", (2_064, 1_344))],
        }
    }

    /// Fewest pixels across and down.
    const fn least(self) -> (u32, u32) {
        match self {
            Self::Logo => (50, 50),
            Self::Icon => (87, 87),
            Self::Strip => (375, 98),
            Self::GoogleLogo => (200, 200),
            Self::GoogleHero => (516, 100),
        }
    }

    const fn is_square(self) -> bool {
        matches!(self, Self::Icon | Self::GoogleLogo)
    }

    /// Whether a card can do without it.
    pub(super) const fn is_spare(self) -> bool {
        matches!(self, Self::Logo | Self::Strip | Self::GoogleHero)
    }

    /// The SHA-256 of its best file, with that file's name.
    pub(super) fn find(self, design: &Design) -> Option<(&'static str, String)> {
        let mut files = self.files().iter();
        files.find_map(|(name, _)| Some((*name, design.images.get(*name)?.clone())))
    }

    /// Takes it out, in every language that has its own.
    fn clear(self, design: &mut Design) {
        design.images.retain(|name, _| {
            let file = name.split_once(".lproj/").map_or(name.as_str(), |(_, file)| file);
            self.files().iter().all(|(own, _)| *own != file)
        });
        if self == Self::GoogleHero {
            design.google.hero = None;
        }
    }
}

/// Why a picture was not taken: its field in the form, and the sentence.
pub(super) type Refusal = (&'static str, String);

/// Takes in the pictures of a form and takes out those that it no longer wants; says which were refused.
pub(super) async fn take_images(
    desk: &Desk,
    form: &Form,
    design: &mut Design,
) -> Result<Vec<Refusal>, ActionError> {
    let mut refusals = Vec::new();
    for role in Role::ALL {
        if form.get("act").strip_prefix("drop.") == Some(role.field()) {
            role.clear(design);
        }
        let Some(file) = form.file(role.field()).cloned() else {
            continue;
        };
        let made = tokio::task::spawn_blocking(move || make_files(role, &file));
        match made.await.map_err(ActionError::internal)? {
            Ok(files) => {
                let stored = store_files(desk, files).await?;
                role.clear(design);
                for (name, sha256) in stored {
                    design.images.insert(name.to_owned(), sha256);
                }
                point_google_at(role, design);
            }
            Err(unfit) => refusals.push((role.field(), unfit.say(desk.locale))),
        }
    }
    Ok(refusals)
}

/// Google's pictures are named in the design, and may have had other names.
fn point_google_at(role: Role, design: &mut Design) {
    let google = &mut design.google;
    match role {
        Role::GoogleLogo => google.program_logo = Some("google/logo.png".to_owned()),
        Role::GoogleHero => google.hero = Some("google/hero.png".to_owned()),
        Role::Logo | Role::Icon | Role::Strip => (),
    }
}

/// Why a picture cannot stand where it was put.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Unfit {
    NoPng,
    TooLarge,
    TooSmall { is: (u32, u32), least: (u32, u32) },
    NotSquare { is: (u32, u32) },
}

impl Unfit {
    fn say(&self, locale: Locale) -> String {
        let side = |pixels: u32| FluentValue::from(i64::from(pixels));
        match self {
            Self::NoPng => locale.word("designer-image-no-png"),
            Self::TooLarge => locale.word("designer-image-too-large"),
            Self::TooSmall { is, least } => locale.say(
                "designer-image-too-small",
                &[
                    ("width", side(is.0)),
                    ("height", side(is.1)),
                    ("across", side(least.0)),
                    ("down", side(least.1)),
                ],
            ),
            Self::NotSquare { is } => locale.say(
                "designer-image-not-square",
                &[("width", side(is.0)), ("height", side(is.1))],
            ),
        }
    }
}

/// A picture in each size that a phone asks for, by file name.
type Files = Vec<(&'static str, CheckedImage)>;

fn make_files(role: Role, bytes: &Bytes) -> Result<Files, Unfit> {
    let checked = check_image(bytes.to_vec()).map_err(|error| {
        let is_large = |fault: &Fault| fault.code == "too_large";
        if error.faults.iter().any(is_large) {
            Unfit::TooLarge
        } else {
            Unfit::NoPng
        }
    })?;
    let (is, least) = ((checked.facts.width, checked.facts.height), role.least());
    if is.0 < least.0 || is.1 < least.1 {
        return Err(Unfit::TooSmall { is, least });
    }
    // A hand's breadth off is a slip of whoever cut it, which nobody sees.
    if role.is_square() && is.0.abs_diff(is.1) > is.0 / 50 {
        return Err(Unfit::NotSquare { is });
    }
    let raster = Raster::read(bytes).map_err(|_| Unfit::NoPng)?;
    let Some((_, largest)) = role.files().first() else {
        return Ok(Vec::new());
    };
    let best = raster.size_within(*largest);
    let parts = u32::try_from(role.files().len()).unwrap_or(1);
    let mut files = Vec::new();
    for ((name, _), scale) in role.files().iter().zip((1..=parts).rev()) {
        let size = ((best.0 * scale).div_ceil(parts), (best.1 * scale).div_ceil(parts));
        let drawn = raster.draw(size).map_err(|_| Unfit::NoPng)?;
        let drawn = check_image(drawn).map_err(|_| Unfit::TooLarge)?;
        files.push((*name, drawn));
    }
    Ok(files)
}

async fn store_files(desk: &Desk, files: Files) -> Result<Vec<(&'static str, String)>, ActionError> {
    let named: Vec<_> = files
        .iter()
        .map(|(name, image)| (*name, image.sha256.clone()))
        .collect();
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| {
        for (_, image) in files {
            store_image(tx, deed, image)?;
        }
        Ok::<_, ActionError>(())
    };
    let render = |(): &()| Answer {
        status: 200,
        body: String::new(),
        is_replay: false,
    };
    perform(&desk.state.house, desk.caller.clone(), deed, render).await?;
    Ok(named)
}

/// The stamps' drawings that are too long to be looked into, which are not kept.
pub(super) fn drop_long_art(desk: &Desk, design: &mut Design) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    if let Some(stamps) = &mut design.stamps {
        for (name, art) in [
            ("stamp_filled", &mut stamps.filled),
            ("stamp_empty", &mut stamps.empty),
            ("stamp_last", &mut stamps.last),
        ] {
            if art.as_ref().is_some_and(|text| text.len() > SVG_BYTES_MAX) {
                *art = None;
                refusals.push((name, desk.locale.word("designer-stamp-too-large")));
            }
        }
    }
    refusals
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOGO: &[u8] = include_bytes!("../../../../../templates/passes/cafe/logo@3x.png");
    const HERO: &[u8] = include_bytes!("../../../../../templates/passes/cafe/google/hero.png");

    #[test]
    fn a_new_picture_leaves_no_language_with_the_old_one() {
        let mut design: Design =
            serde_json::from_str(include_str!("../../../../../templates/passes/cafe/design.json"))
                .expect("ours");
        for name in [
            "logo.png",
            "ar.lproj/logo.png",
            "strip.png",
            "strip@3x.png",
            "ar.lproj/strip@3x.png",
        ] {
            design.images.insert(name.to_owned(), String::new());
        }
        Role::Strip.clear(&mut design);
        let left: Vec<&String> = design.images.keys().collect();
        assert_eq!(left, ["ar.lproj/logo.png", "logo.png"]);
    }

    #[test]
    fn one_picture_becomes_three_sizes_of_the_same_shape() {
        let files = make_files(Role::Logo, &Bytes::from_static(HERO)).expect("made");
        let sizes: Vec<_> = files
            .iter()
            .map(|(name, image)| (*name, image.facts.width, image.facts.height))
            .collect();
        assert_eq!(
            sizes,
            [
                ("logo@3x.png", 461, 150),
                ("logo@2x.png", 308, 100),
                ("logo.png", 154, 50)
            ]
        );
    }

    #[test]
    fn a_picture_that_does_not_fit_is_refused_with_its_size() {
        let make = |role, bytes| make_files(role, &Bytes::from_static(bytes)).err();
        assert_eq!(make(Role::Icon, b"\xff\xd8\xff\xe0"), Some(Unfit::NoPng));
        assert_eq!(
            make(Role::Icon, HERO),
            Some(Unfit::NotSquare { is: (1_032, 336) })
        );
        let is_small = matches!(
            make(Role::GoogleLogo, LOGO),
            Some(Unfit::TooSmall { is: (150, 150), .. })
        );
        assert!(is_small);
        assert_eq!(make(Role::Icon, LOGO), None);
    }
}
