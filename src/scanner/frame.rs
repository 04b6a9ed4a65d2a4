//! A frame's light: decoded within limits, halved, turned upright.

use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::spots::Spot;
use super::{FRAME_BYTES_MAX, FRAME_SIDES_MAX};

/// Most scans of a progressive JPEG; encoders write ten. Each goes over the whole picture, and may be a few bytes.
const SCANS_MAX: usize = 12;
/// Fewest pixels of a side: no code is readable in less.
const SIDE_MIN: usize = 32;
/// Parts of a pixel in which places are counted.
const PARTS: i64 = 1 << 12;
/// Of 1,000 pixels, how many may be darker than black, and brighter than white.
const OUTLIERS: usize = 10;

/// Why a frame cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScanError {
    /// It is larger than a camera's frame needs to be.
    #[error(
        "The frame has {0} bytes, more than {FRAME_BYTES_MAX}; send it as a JPEG of lower quality or fewer pixels."
    )]
    TooLarge(usize),
    /// It has too many pixels, or too few.
    #[error("The frame is {0} by {1} pixels; send 32 by 32 to 1,280 by 960.")]
    Sides(usize, usize),
    /// It cannot be decoded.
    #[error("The frame is no JPEG that can be read: {0}.")]
    Unreadable(String),
}

/// A picture in grey, row by row, 0 for black.
#[derive(Debug, Clone)]
pub(super) struct Luma {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) pixels: Vec<u8>,
}

impl Luma {
    /// Decodes the light of a JPEG whose header keeps to the limits.
    pub(super) fn decode(jpeg: &[u8]) -> Result<Self, ScanError> {
        if jpeg.len() > FRAME_BYTES_MAX {
            return Err(ScanError::TooLarge(jpeg.len()));
        }
        let unreadable = |fault: &dyn std::fmt::Display| ScanError::Unreadable(fault.to_string());
        let options = DecoderOptions::default()
            .jpeg_set_out_colorspace(ColorSpace::Luma)
            .jpeg_set_max_scans(SCANS_MAX)
            // The limits below are ours, and say what to do.
            .set_max_width(usize::from(u16::MAX))
            .set_max_height(usize::from(u16::MAX));
        let mut decoder = JpegDecoder::new_with_options(ZCursor::new(jpeg), options);
        decoder.decode_headers().map_err(|fault| unreadable(&fault))?;
        let (width, height) = decoder
            .dimensions()
            .ok_or_else(|| unreadable(&"it has no size"))?;
        let (width_max, height_max) = FRAME_SIDES_MAX;
        let is_fitting = width <= width_max && height <= height_max;
        if !is_fitting || width.min(height) < SIDE_MIN {
            return Err(ScanError::Sides(width, height));
        }
        let pixels = decoder.decode().map_err(|fault| unreadable(&fault))?;
        if pixels.len() != width * height {
            return Err(unreadable(&"its light is not of its size"));
        }
        Ok(Self {
            width,
            height,
            pixels,
        })
    }

    /// The picture at half its size, each pixel the mean of four.
    pub(super) fn half(&self) -> Self {
        let (width, height) = (self.width / 2, self.height / 2);
        let mut pixels = Vec::with_capacity(width * height);
        for rows in self.pixels.chunks_exact(self.width * 2) {
            let (upper, lower) = rows.split_at(self.width);
            for (over, under) in upper.chunks_exact(2).zip(lower.chunks_exact(2)) {
                let sum: u16 = over.iter().chain(under).copied().map(u16::from).sum();
                // The mean of bytes is a byte.
                pixels.push(u8::try_from((sum + 2) / 4).unwrap_or(u8::MAX));
            }
        }
        Self {
            width,
            height,
            pixels,
        }
    }

    /// A part of the picture as it looks from straight before it, its darkest black and its brightest white.
    pub(super) fn upright(&self, spot: &Spot) -> Self {
        let (wide, high) = spot.sides;
        let (width, height) = (count(wide).max(SIDE_MIN), count(high).max(SIDE_MIN));
        let (row, column) = (spot.row, spot.column);
        let step = (parts(row.0), parts(row.1));
        let (left, top) = (-real(width) / 2.0, -real(height) / 2.0);
        let mut pixels = Vec::with_capacity(width * height);
        for line in 0..height {
            let down = top + real(line);
            let mut x = parts(spot.middle.0 + left * row.0 + down * column.0);
            let mut y = parts(spot.middle.1 + left * row.1 + down * column.1);
            for _ in 0..width {
                pixels.push(self.between(x, y));
                x += step.0;
                y += step.1;
            }
        }
        Self {
            width,
            height,
            pixels,
        }
        .stretched()
    }

    /// The light at a place in parts of a pixel, mixed of the four pixels around it; beyond the edge it goes on.
    fn between(&self, x: i64, y: i64) -> u8 {
        let at = |place: i64, count: usize| {
            let whole = usize::try_from(place.div_euclid(PARTS)).unwrap_or(0);
            whole.min(count.saturating_sub(2))
        };
        let start = at(y, self.height) * self.width + at(x, self.width);
        let light = |offset: usize| i64::from(self.pixels.get(start + offset).copied().unwrap_or(u8::MAX));
        let (across, down) = (x.rem_euclid(PARTS), y.rem_euclid(PARTS));
        let upper = light(0) * (PARTS - across) + light(1) * across;
        let lower = light(self.width) * (PARTS - across) + light(self.width + 1) * across;
        let mixed = (upper * (PARTS - down) + lower * down) / (PARTS * PARTS);
        u8::try_from(mixed).unwrap_or(u8::MAX)
    }

    /// The same with all of the range in use.
    fn stretched(self) -> Self {
        let mut counts = [0_usize; 256];
        for pixel in &self.pixels {
            if let Some(count) = counts.get_mut(usize::from(*pixel)) {
                *count += 1;
            }
        }
        let outliers = self.pixels.len() * OUTLIERS / 1_000;
        let black = level_after(outliers, (0..=u8::MAX).zip(&counts));
        let white = level_after(outliers, (0..=u8::MAX).rev().zip(counts.iter().rev()));
        let range = white.saturating_sub(black).max(1);
        let stretch = |light: u8| {
            let above = u32::from(u16::from(light).saturating_sub(black));
            u8::try_from((above * 255 / u32::from(range)).min(255)).unwrap_or(u8::MAX)
        };
        let mut levels = [0_u8; 256];
        for (light, level) in (0..=u8::MAX).zip(&mut levels) {
            *level = stretch(light);
        }
        let pixels = self
            .pixels
            .iter()
            .map(|light| levels.get(usize::from(*light)).copied().unwrap_or_default())
            .collect();
        Self { pixels, ..self }
    }
}

/// The level up to which more than so many pixels were counted.
fn level_after<'c>(outliers: usize, counts: impl Iterator<Item = (u8, &'c usize)>) -> u16 {
    let mut seen = 0;
    for (level, count) in counts {
        seen += count;
        if seen > outliers {
            return u16::from(level);
        }
    }
    0
}

/// A count as a number to reckon with.
pub(super) fn real(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "no other way leads from a float to an integer; it holds at the range's ends"
)]
fn parts(place: f64) -> i64 {
    (place * 4_096.0) as i64
}

/// The whole pixels of a length.
pub(super) fn count(length: f64) -> usize {
    usize::try_from(parts(length) / PARTS).unwrap_or(0)
}
