//! Images of a pass: what a file name says, and what is in a PNG, without ever unpacking much.

use std::io::Cursor;

use serde::{Deserialize, Serialize};

use crate::apple::limits::{IMAGE_BYTES_MAX, IMAGE_SIDE_MAX, IMAGE_UNPACKED_BYTES_MAX};

/// What is known of an image file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageFacts {
    /// The size of the file in bytes.
    pub bytes_len: usize,
    /// Pixels across; 0 if the file does not say.
    pub width: u32,
    /// Pixels down; 0 if the file does not say.
    pub height: u32,
    /// Why the file cannot be drawn.
    pub problem: Option<String>,
}

impl ImageFacts {
    /// Whether the file or a side is beyond the limits, and was not looked into.
    pub fn is_too_large(&self) -> bool {
        self.bytes_len > IMAGE_BYTES_MAX || self.width > IMAGE_SIDE_MAX || self.height > IMAGE_SIDE_MAX
    }
}

/// Looks into a PNG.
///
/// The header comes first, so that a giant is refused before anything of it is unpacked; then
/// every row is, within 64 MiB, so that a torn or altered file is found.
pub fn inspect_png(bytes: &[u8]) -> ImageFacts {
    let mut facts = ImageFacts {
        bytes_len: bytes.len(),
        ..ImageFacts::default()
    };
    let limits = png::Limits {
        bytes: IMAGE_UNPACKED_BYTES_MAX,
    };
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), limits);
    let unpacked = match decoder.read_header_info() {
        Ok(info) => {
            (facts.width, facts.height) = (info.width, info.height);
            info.raw_bytes()
        }
        Err(error) => {
            facts.problem = Some(error.to_string());
            return facts;
        }
    };
    if facts.is_too_large() {
        return facts;
    }
    facts.problem = if unpacked > IMAGE_UNPACKED_BYTES_MAX {
        Some(format!(
            "it unpacks to {unpacked} bytes, more than {IMAGE_UNPACKED_BYTES_MAX}"
        ))
    } else {
        read_all(decoder).err().map(|error| error.to_string())
    };
    facts
}

fn read_all(decoder: png::Decoder<Cursor<&[u8]>>) -> Result<(), png::DecodingError> {
    let mut reader = decoder.read_info()?;
    while reader.next_interlaced_row()?.is_some() {}
    reader.finish()
}

/// What an image's file name says: `ar.lproj/strip@2x.png`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ImageName<'a> {
    /// The language of its folder.
    pub(super) language: Option<&'a str>,
    /// What it is, such as `strip`.
    pub(super) role: &'a str,
    /// Pixels a point.
    pub(super) scale: u32,
}

impl<'a> ImageName<'a> {
    /// Reads a file name; `None` if it is not of an image that Apple names.
    pub(super) fn parse(name: &'a str) -> Option<Self> {
        let (language, file) = match name.split_once(".lproj/") {
            Some((language, file)) => (Some(language), file),
            None => (None, name),
        };
        let stem = file.strip_suffix(".png")?;
        let (role, scale) = match stem.split_once('@') {
            Some((role, "2x")) => (role, 2),
            Some((role, "3x")) => (role, 3),
            Some(_) => return None,
            None => (stem, 1),
        };
        let is_sound = point_box(role).is_some() && !language.is_some_and(|tag| tag.contains('/'));
        is_sound.then_some(Self {
            language,
            role,
            scale,
        })
    }
}

/// The box of an image in points (Apple's pass-builder, `PassPackage`).
pub(super) fn point_box(role: &str) -> Option<(u32, u32)> {
    Some(match role {
        "icon" => (38, 38),
        "logo" => (160, 50),
        "strip" => (375, 144),
        "thumbnail" => (90, 90),
        "footer" => (286, 15),
        "background" => (345, 505),
        "artwork" => (358, 448),
        "primaryLogo" => (126, 30),
        "secondaryLogo" => (135, 12),
        "personalizationLogo" => (150, 40),
        _ => return None,
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A grey PNG of so many pixels.
    pub(in crate::apple) fn grey_png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, width, height);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_compression(png::Compression::Fast);
        let mut writer = encoder.write_header().expect("a header");
        let pixels = usize::try_from(width * height).expect("fits");
        let noise: Vec<u8> = (0..pixels).map(|at| (at * 31 % 251).to_le_bytes()[0]).collect();
        writer.write_image_data(&noise).expect("pixels");
        writer.finish().expect("an end");
        bytes
    }

    /// A PNG that claims to be larger than it is.
    fn claiming(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = grey_png(8, 8);
        bytes[16..20].copy_from_slice(&width.to_be_bytes());
        bytes[20..24].copy_from_slice(&height.to_be_bytes());
        let crc = crc32(&bytes[12..29]);
        bytes[29..33].copy_from_slice(&crc.to_be_bytes());
        bytes
    }

    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0_u32, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
                (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg())
            })
        })
    }

    #[test]
    fn a_sound_png_tells_its_size_and_has_no_problem() {
        let bytes = grey_png(29, 31);
        let facts = inspect_png(&bytes);
        let expected = ImageFacts {
            bytes_len: bytes.len(),
            width: 29,
            height: 31,
            problem: None,
        };
        assert_eq!(facts, expected);
    }

    #[test]
    fn a_torn_png_has_a_problem_wherever_it_is_torn() {
        let bytes = grey_png(40, 40);
        for len in 0..bytes.len() {
            assert!(
                inspect_png(&bytes[..len]).problem.is_some(),
                "{len} of {}",
                bytes.len()
            );
        }
    }

    #[test]
    fn a_flipped_bit_in_the_pixels_is_found() {
        let bytes = grey_png(40, 40);
        let start = bytes.windows(4).position(|four| four == b"IDAT").expect("pixels") + 4;
        for at in [start, start + 50, bytes.len() - 17] {
            let mut broken = bytes.clone();
            broken[at] ^= 0x10;
            assert!(inspect_png(&broken).problem.is_some(), "byte {at}");
        }
    }

    #[test]
    fn a_giant_is_known_by_its_header_alone() {
        let facts = inspect_png(&claiming(20_000, 20_000));
        assert_eq!(
            (facts.width, facts.height, facts.problem.clone()),
            (20_000, 20_000, None)
        );
        assert!(facts.is_too_large());
        let mut heavy = grey_png(8, 8);
        heavy.resize(30 * 1024 * 1024, 0);
        assert!(inspect_png(&heavy).is_too_large());
        // Within the sides, but it would unpack to 128 MiB at 16 bits and four channels.
        let mut deep = claiming(4_096, 4_096);
        deep[24..26].copy_from_slice(&[16, 6]);
        let crc = crc32(&deep[12..29]);
        deep[29..33].copy_from_slice(&crc.to_be_bytes());
        assert!(inspect_png(&deep).problem.expect("too deep").contains("unpacks"));
    }

    #[test]
    fn file_names_say_what_they_are() {
        let name = |text| ImageName::parse(text);
        assert_eq!(
            name("zh-Hans.lproj/strip@3x.png"),
            Some(ImageName {
                language: Some("zh-Hans"),
                role: "strip",
                scale: 3
            })
        );
        assert_eq!(
            name("icon.png"),
            Some(ImageName {
                language: None,
                role: "icon",
                scale: 1
            })
        );
        for text in [
            "icon",
            "icon.PNG",
            "icon@4x.png",
            "Icon.png",
            "x/icon.png",
            "a/b.lproj/icon.png",
            "hero.png",
        ] {
            assert_eq!(name(text), None, "{text}");
        }
    }
}
