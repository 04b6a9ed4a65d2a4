//! The stamps of one design, drawn in any number.

use resvg::tiny_skia::{Pixmap, PixmapPaint, Transform};

use super::built_in;
use super::svg::{Drawing, SvgFault};
use crate::loyalty::design::Colors;
use crate::loyalty::stamps::{PER_ROW, StampKind, StampPicture, Stamps};

/// Why a picture cannot be drawn.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// It would be too large.
    #[error("a picture of {0} by {1} pixels cannot be drawn")]
    Size(u32, u32),
    /// It cannot be written as PNG.
    #[error("a picture cannot be written as PNG: {0}")]
    Png(#[from] png::EncodingError),
}

/// What is wrong with a design's stamps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StampFault {
    /// Where in the design, as a JSON pointer (RFC 6901).
    pub pointer: &'static str,
    /// What.
    pub fault: SvgFault,
}

/// The stamps of one design, ready to be drawn.
#[derive(Debug, Clone)]
pub struct StampArt {
    ground: Drawing,
    background: Option<Drawing>,
    filled: Drawing,
    empty: Drawing,
    last: Drawing,
    per_row: Option<u8>,
}

impl StampArt {
    /// Reads a design's stamps, or says everything that is wrong with them.
    pub fn new(stamps: &Stamps, colors: &Colors) -> Result<Self, Vec<StampFault>> {
        let mut faults = Vec::new();
        if stamps.per_row.is_some_and(|count| !PER_ROW.contains(&count)) {
            let (least, most) = (PER_ROW.start(), PER_ROW.end());
            let fault = SvgFault {
                code: "out_of_range",
                detail: format!("Give between {least} and {most} stamps in a row, or leave it out."),
            };
            faults.push(StampFault {
                pointer: "/stamps/per_row",
                fault,
            });
        }
        let mut read = |pointer: &'static str, text: &str| match Drawing::read(text) {
            Ok(drawing) => Some(drawing),
            Err(fault) => {
                faults.push(StampFault { pointer, fault });
                None
            }
        };
        let ground = read("/colors/background", &built_in::ground(colors));
        let background = stamps
            .background
            .as_deref()
            .map(|text| read("/stamps/background", text));
        let filled = stamps.filled.clone().unwrap_or_else(|| built_in::filled(colors));
        let filled = read("/stamps/filled", &filled);
        let empty = match &stamps.empty {
            Some(own) => read("/stamps/empty", own),
            None => read("/stamps/empty", &built_in::empty(colors)),
        };
        let last = match (&stamps.last, &stamps.empty) {
            (Some(own), _) => read("/stamps/last", own),
            (None, Some(_)) => empty.clone(),
            (None, None) => read("/stamps/last", &built_in::last(colors)),
        };
        if filled.as_ref().is_some_and(Drawing::is_blank) {
            let detail = "Nothing of it would be seen, so nobody could tell how many stamps there are; draw something.";
            let fault = SvgFault {
                code: "svg_blank",
                detail: detail.to_owned(),
            };
            faults.push(StampFault {
                pointer: "/stamps/filled",
                fault,
            });
        }
        let (Some(ground), Some(filled), Some(empty), Some(last)) = (ground, filled, empty, last) else {
            return Err(faults);
        };
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Self {
            ground,
            background: background.flatten(),
            filled,
            empty,
            last,
            per_row: stamps.per_row,
        })
    }

    /// Draws a picture of so many pixels, as a PNG without transparency.
    pub fn draw(&self, picture: StampPicture, (width, height): (u32, u32)) -> Result<Vec<u8>, PictureError> {
        let blank = |width, height| Pixmap::new(width, height).ok_or(PictureError::Size(width, height));
        let mut canvas = blank(width, height)?;
        self.ground.cover(&mut canvas);
        if let Some(background) = &self.background {
            background.cover(&mut canvas);
        }
        let plan = picture.lay_out(self.per_row, width, height);
        // Each kind is drawn once and put down as often as it stands there.
        let tile = |drawing: &Drawing| {
            let mut tile = blank(plan.side, plan.side)?;
            drawing.fit_into(&mut tile);
            Ok::<_, PictureError>(tile)
        };
        let tiles = [tile(&self.filled)?, tile(&self.empty)?, tile(&self.last)?];
        let [filled, empty, last] = &tiles;
        for square in &plan.squares {
            let tile = match square.kind {
                StampKind::Filled => filled,
                StampKind::Empty => empty,
                StampKind::Last => last,
            };
            let place = |at| i32::try_from(at).unwrap_or(i32::MAX);
            canvas.draw_pixmap(
                place(square.x),
                place(square.y),
                tile.as_ref(),
                &PixmapPaint::default(),
                Transform::identity(),
                None,
            );
        }
        encode(&canvas)
    }
}

/// Everything stands on the ground, so that no pixel is transparent.
fn encode(canvas: &Pixmap) -> Result<Vec<u8>, PictureError> {
    let pixels = canvas.data().chunks_exact(4);
    let rgb: Vec<u8> = pixels.flat_map(|pixel| pixel.iter().take(3)).copied().collect();
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, canvas.width(), canvas.height());
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&rgb)?;
    writer.finish()?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::{BANNER, STRIP};

    fn square(color: &str) -> String {
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 8 8\"><rect width=\"8\" height=\"8\" fill=\"{color}\"/></svg>"
        )
    }

    /// Red stamps, green places, a blue last one.
    fn plain() -> StampArt {
        let stamps = Stamps {
            filled: Some(square("#f00")),
            empty: Some(square("#0f0")),
            last: Some(square("#00f")),
            ..Stamps::default()
        };
        StampArt::new(&stamps, &Colors::default()).expect("sound stamps")
    }

    /// Width, height and the pixels.
    fn pixels(png: &[u8]) -> (usize, usize, Vec<[u8; 3]>) {
        let mut reader = png::Decoder::new(std::io::Cursor::new(png))
            .read_info()
            .expect("a header");
        let mut bytes = vec![0; reader.output_buffer_size().expect("a size")];
        let info = reader.next_frame(&mut bytes).expect("pixels");
        assert_eq!(info.color_type, png::ColorType::Rgb);
        let all = bytes
            .chunks_exact(3)
            .map(|rgb| [rgb[0], rgb[1], rgb[2]])
            .collect();
        let side = |count: u32| usize::try_from(count).expect("fits");
        (side(info.width), side(info.height), all)
    }

    fn count(all: &[[u8; 3]], color: [u8; 3]) -> usize {
        all.iter().filter(|pixel| **pixel == color).count()
    }

    #[test]
    fn as_many_are_filled_as_the_card_has() {
        for (have, goal) in [(0, 5), (1, 5), (4, 5), (5, 5), (7, 12), (30, 30)] {
            let picture: StampPicture = format!("{have}-{goal}").parse().expect("a picture");
            for size in [STRIP, (1_125, 432), BANNER] {
                let side = usize::try_from(picture.lay_out(None, size.0, size.1).side).expect("fits");
                let (width, height, all) = pixels(&plain().draw(picture, size).expect("a picture"));
                assert_eq!(
                    (width, height),
                    (
                        usize::try_from(size.0).expect("fits"),
                        usize::try_from(size.1).expect("fits")
                    )
                );
                let last = usize::from(have < goal);
                assert_eq!(count(&all, [255, 0, 0]), have * side * side, "{picture} {size:?}");
                assert_eq!(count(&all, [0, 255, 0]), (goal - have - last) * side * side);
                assert_eq!(count(&all, [0, 0, 255]), last * side * side);
                assert_eq!(
                    count(&all, [0x1f, 0x3a, 0x34]),
                    width * height - goal * side * side,
                    "the ground"
                );
            }
        }
    }

    #[test]
    fn from_right_to_left_the_first_stamp_stands_at_the_right() {
        let first_red = |name: &str| {
            let picture = name.parse().expect("a picture");
            let (width, height, all) = pixels(&plain().draw(picture, STRIP).expect("a picture"));
            let middle = &all[height / 2 * width..(height / 2 + 1) * width];
            middle
                .iter()
                .position(|pixel| *pixel == [255, 0, 0])
                .expect("a stamp")
        };
        assert!(first_red("1-5") < 100 && first_red("1-5-rtl") > 275);
    }

    #[test]
    fn stamps_that_nobody_drew_are_of_the_designs_colours() {
        let art = StampArt::new(&Stamps::default(), &Colors::default()).expect("built in");
        let picture = "2-5".parse().expect("a picture");
        let (width, height, all) = pixels(&art.draw(picture, (1_125, 432)).expect("a picture"));
        let white = count(&all, [255, 255, 255]);
        assert!(white > 10_000 && white < width * height / 3, "{white}");
        assert!(count(&all, [0x1f, 0x3a, 0x34]) > width * height / 2);
        let fuller = "3-5".parse().expect("a picture");
        let (_, _, more) = pixels(&art.draw(fuller, (1_125, 432)).expect("a picture"));
        assert!(count(&more, [255, 255, 255]) > white);
    }

    #[test]
    fn a_background_covers_everything_and_an_own_place_is_also_the_last() {
        let stamps = Stamps {
            empty: Some(square("#0f0")),
            background: Some(square("#ff0")),
            ..Stamps::default()
        };
        let art = StampArt::new(&stamps, &Colors::default()).expect("sound stamps");
        let picture: StampPicture = "0-2".parse().expect("a picture");
        let side = usize::try_from(picture.lay_out(None, STRIP.0, STRIP.1).side).expect("fits");
        let (width, height, all) = pixels(&art.draw(picture, STRIP).expect("a picture"));
        assert_eq!(count(&all, [0, 255, 0]), 2 * side * side);
        assert_eq!(count(&all, [255, 255, 0]), width * height - 2 * side * side);
    }

    #[test]
    fn each_fault_is_told_where_it_is() {
        let text = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1 1\"><text/></svg>";
        let blank = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1 1\"/>";
        let stamps = Stamps {
            filled: Some(blank.to_owned()),
            empty: Some(text.to_owned()),
            last: Some("x".to_owned()),
            background: Some(text.to_owned()),
            per_row: Some(2),
        };
        let faults = StampArt::new(&stamps, &Colors::default()).expect_err("faults");
        let told: Vec<_> = faults.iter().map(|one| (one.pointer, one.fault.code)).collect();
        assert_eq!(
            told,
            [
                ("/stamps/per_row", "out_of_range"),
                ("/stamps/background", "svg_text"),
                ("/stamps/empty", "svg_text"),
                ("/stamps/last", "svg_unreadable"),
                ("/stamps/filled", "svg_blank"),
            ]
        );
    }
}
