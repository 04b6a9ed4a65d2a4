//! Pictures made smaller: one that a person has becomes the sizes that phones ask for.

use std::io::Cursor;

use png::{BitDepth, ColorType, Decoder, Encoder, Limits, Transformations};

/// Bytes that a picture may unpack to.
const UNPACKED_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Bytes of a pixel: red, green, blue and how much of it covers what is behind.
const PIXEL: usize = 4;

/// Why a picture could not be made smaller.
#[derive(Debug, thiserror::Error)]
pub enum ShrinkError {
    /// It is no PNG that can be drawn.
    #[error("the picture cannot be read as PNG: {0}")]
    Unreadable(#[from] png::DecodingError),
    /// It cannot be written.
    #[error("the picture cannot be written as PNG: {0}")]
    Unwritable(#[from] png::EncodingError),
    /// It would take too much memory.
    #[error("the picture unpacks to more than {UNPACKED_BYTES_MAX} bytes")]
    TooLarge,
}

/// A picture, unpacked.
#[derive(Debug, Clone)]
pub struct Raster {
    width: usize,
    height: usize,
    /// Red, green, blue and cover of each pixel, row by row.
    pixels: Vec<u8>,
}

impl Raster {
    /// Reads a PNG. It unpacks all of it, so it is not for an async worker.
    pub fn read(bytes: &[u8]) -> Result<Self, ShrinkError> {
        let limits = Limits {
            bytes: UNPACKED_BYTES_MAX,
        };
        let mut decoder = Decoder::new_with_limits(Cursor::new(bytes), limits);
        decoder.set_transformations(Transformations::normalize_to_color8() | Transformations::ALPHA);
        let mut reader = decoder.read_info()?;
        let size = reader.output_buffer_size();
        let size = size.filter(|size| *size <= UNPACKED_BYTES_MAX);
        let mut drawn = vec![0; size.ok_or(ShrinkError::TooLarge)?];
        let frame = reader.next_frame(&mut drawn)?;
        drawn.truncate(frame.buffer_size());
        let pixels = match frame.color_type {
            ColorType::GrayscaleAlpha => drawn
                .chunks_exact(2)
                .flat_map(|pixel| match pixel {
                    [gray, cover] => [*gray, *gray, *gray, *cover],
                    _ => [0; PIXEL],
                })
                .collect(),
            _ => drawn,
        };
        let whole = |number: u32| usize::try_from(number).map_err(|_| ShrinkError::TooLarge);
        Ok(Self {
            width: whole(frame.width)?,
            height: whole(frame.height)?,
            pixels,
        })
    }

    /// The largest size of its own shape within a box, at most its own.
    pub fn size_within(&self, (wide, high): (u32, u32)) -> (u32, u32) {
        let own = |side: usize| u64::try_from(side.max(1)).unwrap_or(1);
        let (width, height) = (own(self.width), own(self.height));
        let (wide, high) = (u64::from(wide).min(width), u64::from(high).min(height));
        let (across, down) = if wide * height <= high * width {
            (wide, (height * wide + width / 2) / width)
        } else {
            ((width * high + height / 2) / height, high)
        };
        let side = |length: u64| u32::try_from(length.max(1)).unwrap_or(1);
        (side(across), side(down))
    }

    /// The picture at a size, at most its own, as a PNG: each pixel the mean of those that it stands for.
    pub fn draw(&self, (width, height): (u32, u32)) -> Result<Vec<u8>, ShrinkError> {
        let whole = |number: u32| usize::try_from(number).map_err(|_| ShrinkError::TooLarge);
        let (across, down) = (whole(width)?.max(1), whole(height)?.max(1));
        let mut pixels = Vec::with_capacity(across * down * PIXEL);
        for row in 0..down {
            let rows = share(row, down, self.height);
            for column in 0..across {
                let columns = share(column, across, self.width);
                pixels.extend(self.mean(&rows, &columns));
            }
        }
        let mut out = Vec::new();
        let mut encoder = Encoder::new(&mut out, width.max(1), height.max(1));
        encoder.set_color(ColorType::Rgba);
        encoder.set_depth(BitDepth::Eight);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&pixels)?;
        writer.finish()?;
        Ok(out)
    }

    /// The mean of some pixels; what does not cover has no say in the colour.
    fn mean(&self, rows: &std::ops::Range<usize>, columns: &std::ops::Range<usize>) -> [u8; PIXEL] {
        let mut sums = [0_u64; PIXEL];
        let mut count = 0_u64;
        for row in rows.clone() {
            let start = (row * self.width + columns.start) * PIXEL;
            let end = (row * self.width + columns.end) * PIXEL;
            for pixel in self
                .pixels
                .get(start..end)
                .unwrap_or_default()
                .chunks_exact(PIXEL)
            {
                let [red, green, blue, cover] = pixel else {
                    continue;
                };
                let weight = u64::from(*cover);
                for (sum, value) in sums.iter_mut().zip([red, green, blue]) {
                    *sum += u64::from(*value) * weight;
                }
                count += 1;
                if let Some(cover) = sums.last_mut() {
                    *cover += weight;
                }
            }
        }
        let [red, green, blue, cover] = sums;
        let part = |sum: u64, of: u64| {
            let mean = (sum + of / 2).checked_div(of).unwrap_or(0);
            u8::try_from(mean).unwrap_or(u8::MAX)
        };
        [
            part(red, cover),
            part(green, cover),
            part(blue, cover),
            part(cover, count),
        ]
    }
}

/// Which of so many one of fewer stands for: at least one.
fn share(at: usize, of: usize, all: usize) -> std::ops::Range<usize> {
    let start = at * all / of;
    let end = ((at + 1) * all / of).max(start + 1);
    start..end.min(all.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png_of(width: u32, height: u32, color: ColorType, data: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        let mut encoder = Encoder::new(&mut out, width, height);
        encoder.set_color(color);
        encoder.set_depth(BitDepth::Eight);
        let mut writer = encoder.write_header().expect("a header");
        writer.write_image_data(data).expect("pixels");
        writer.finish().expect("an end");
        out
    }

    #[test]
    fn a_pixel_is_the_mean_of_those_it_stands_for() {
        let red_and_nothing = [200, 0, 0, 255, 0, 0, 0, 0, 200, 0, 0, 255, 0, 0, 0, 0];
        let two = Raster::read(&png_of(2, 2, ColorType::Rgba, &red_and_nothing)).expect("read");
        let one = Raster::read(&two.draw((1, 1)).expect("drawn")).expect("read");
        assert_eq!(one.pixels, [200, 0, 0, 128]);
        let grey = Raster::read(&png_of(2, 1, ColorType::Grayscale, &[10, 30])).expect("read");
        assert_eq!(grey.pixels, [10, 10, 10, 255, 30, 30, 30, 255]);
        let small = Raster::read(&grey.draw((1, 1)).expect("drawn")).expect("read");
        assert_eq!(small.pixels, [20, 20, 20, 255]);
    }

    #[test]
    fn a_picture_keeps_its_shape_and_never_grows() {
        let of = |width: usize, height: usize| Raster {
            width,
            height,
            pixels: Vec::new(),
        };
        assert_eq!(of(1_200, 600).size_within((480, 150)), (300, 150));
        assert_eq!(of(2_000, 500).size_within((480, 150)), (480, 120));
        assert_eq!(of(60, 60).size_within((480, 150)), (60, 60));
        assert_eq!(of(4_000, 1).size_within((480, 150)), (480, 1));
    }

    #[test]
    fn what_is_no_picture_is_not_read() {
        assert!(matches!(Raster::read(b"GIF89a"), Err(ShrinkError::Unreadable(_))));
    }
}
