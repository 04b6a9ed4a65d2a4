//! A phone held before a camera: a symbol in white on a coloured pass, behind it a counter with things on it.

#![expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "light is clamped before it becomes a byte"
)]

use std::fmt::Write as _;

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};

use crate::symbols::{Bar, Drawn};

/// A grey picture, row by row.
#[derive(Debug, Clone)]
pub(crate) struct Grey {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) pixels: Vec<u8>,
}

/// How the phone is held, and what the camera makes of it. Lengths in pixels, angles in degrees, light of 255.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shot {
    pub(crate) frame: (u32, u32),
    /// How wide the symbol is, as a part of the frame's width.
    pub(crate) size: f64,
    /// Turned in the picture's plane.
    pub(crate) turn: f64,
    /// Turned out of it: about the upright axis, and about the level one.
    pub(crate) yaw: f64,
    pub(crate) pitch: f64,
    /// Standard deviation of what is out of focus.
    pub(crate) blur: f64,
    /// How far the phone moves while the shutter is open.
    pub(crate) motion: f64,
    /// How bright white is, and black.
    pub(crate) white: f64,
    pub(crate) black: f64,
    /// Standard deviation of the sensor's noise.
    pub(crate) noise: f64,
    /// Whether a lamp is mirrored on the glass.
    pub(crate) has_glare: bool,
}

/// A shot at ease.
pub(crate) const PLAIN: Shot = Shot {
    frame: (960, 720),
    size: 0.34,
    turn: 0.0,
    yaw: 0.0,
    pitch: 0.0,
    blur: 0.6,
    motion: 0.0,
    white: 225.0,
    black: 25.0,
    noise: 3.0,
    has_glare: false,
};

/// How far the eye is away, in widths of the symbol.
const DISTANCE: f64 = 2.6;

struct Place {
    shot: Shot,
    middle: (f64, f64),
}

impl Place {
    /// Where a point of the pass is seen.
    fn seen(&self, (x, y): (f64, f64)) -> (f64, f64) {
        let (turn, yaw, pitch) = (
            self.shot.turn.to_radians(),
            self.shot.yaw.to_radians(),
            self.shot.pitch.to_radians(),
        );
        let (x, z) = (x * yaw.cos(), x * yaw.sin());
        let (y, z) = (
            y * pitch.cos() - z * pitch.sin(),
            y * pitch.sin() + z * pitch.cos(),
        );
        let near = DISTANCE / (DISTANCE + z);
        let (x, y) = (x * near, y * near);
        let scale = self.shot.size * f64::from(self.shot.frame.0);
        (
            self.middle.0 + scale * (x * turn.cos() - y * turn.sin()),
            self.middle.1 + scale * (x * turn.sin() + y * turn.cos()),
        )
    }

    fn path(&self, bars: &[Bar]) -> String {
        let mut path = String::new();
        for bar in bars {
            let corners = [
                (bar.left, bar.top),
                (bar.right, bar.top),
                (bar.right, bar.bottom),
                (bar.left, bar.bottom),
            ];
            for (at, corner) in corners.into_iter().enumerate() {
                let (x, y) = self.seen(corner);
                let sign = if at == 0 { 'M' } else { 'L' };
                write!(path, "{sign}{x:.2} {y:.2}").expect("memory");
            }
            path.push('Z');
        }
        path
    }
}

/// The picture of a symbol, or of a counter without one; the same seed gives the same picture.
pub(crate) fn shoot(symbol: Option<&Drawn>, shot: Shot, seed: u64) -> Grey {
    let mut rng = StdRng::seed_from_u64(seed);
    let (width, height) = (f64::from(shot.frame.0), f64::from(shot.frame.1));
    let mut svg = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"><defs><filter id="f" filterUnits="userSpaceOnUse" x="0" y="0" width="{width}" height="{height}" color-interpolation-filters="sRGB"><feGaussianBlur stdDeviation="{}"/></filter><radialGradient id="g"><stop offset="0.55" stop-color="white"/><stop offset="1" stop-color="white" stop-opacity="0"/></radialGradient></defs><g filter="url(#f)">"#,
        shot.blur
    );
    draw_counter(&mut svg, (width, height), &mut rng);
    if let Some(symbol) = symbol {
        let slack = (width * 0.05, height * 0.05);
        let place = Place {
            shot,
            middle: (
                width / 2.0 + rng.random_range(-slack.0..slack.0),
                height / 2.0 + rng.random_range(-slack.1..slack.1),
            ),
        };
        draw_pass(&mut svg, symbol, &place, &mut rng);
    }
    svg.push_str("</g></svg>");
    let drawing = Tree::from_str(&svg, &Options::default()).expect("sound SVG");
    let mut canvas = Pixmap::new(shot.frame.0, shot.frame.1).expect("a size");
    resvg::render(&drawing, Transform::identity(), &mut canvas.as_mut());
    let light: Vec<u8> = canvas.data().chunks_exact(4).map(|pixel| pixel[1]).collect();
    let grey = Grey {
        width: usize::try_from(shot.frame.0).expect("small"),
        height: usize::try_from(shot.frame.1).expect("small"),
        pixels: light,
    };
    expose(&moved(grey, shot.motion, &mut rng), shot, &mut rng)
}

/// Boxes, cups and lines of print.
fn draw_counter(svg: &mut String, (width, height): (f64, f64), rng: &mut StdRng) {
    write!(
        svg,
        r##"<rect width="{width}" height="{height}" fill="#8a8078"/>"##
    )
    .expect("memory");
    for _ in 0..14 {
        let shade = rng.random_range(30..230_u8);
        let (x, y) = (rng.random_range(0.0..width), rng.random_range(0.0..height));
        let (wide, high) = (rng.random_range(20.0..260.0), rng.random_range(20.0..200.0));
        if rng.random_bool(0.5) {
            write!(
                svg,
                r#"<rect x="{x:.0}" y="{y:.0}" width="{wide:.0}" height="{high:.0}" fill="rgb({shade},{shade},{shade})" transform="rotate({} {x:.0} {y:.0})"/>"#,
                rng.random_range(-40..40)
            )
        } else {
            write!(
                svg,
                r#"<circle cx="{x:.0}" cy="{y:.0}" r="{:.0}" fill="rgb({shade},{shade},{shade})"/>"#,
                wide / 3.0
            )
        }
        .expect("memory");
    }
    // A printed price list: many short strokes, which a reader may take for bars.
    let (x, y) = (
        rng.random_range(0.0..width * 0.7),
        rng.random_range(0.0..height * 0.8),
    );
    for line in 0..7 {
        let mut at = x;
        while at < x + 210.0 {
            let wide = rng.random_range(2.0..9.0);
            let top = y + f64::from(line) * 15.0;
            write!(
                svg,
                r##"<rect x="{at:.1}" y="{top:.1}" width="{wide:.1}" height="9" fill="#222"/>"##
            )
            .expect("memory");
            at += wide + rng.random_range(2.0..6.0);
        }
    }
}

fn draw_pass(svg: &mut String, symbol: &Drawn, place: &Place, rng: &mut StdRng) {
    let (half, quiet) = (symbol.height / 2.0, symbol.quiet);
    let label = Bar {
        left: -0.5 - quiet,
        top: -half - quiet.min(0.08),
        right: 0.5 + quiet,
        // Below the symbol stands its code in letters.
        bottom: half + quiet.min(0.08) + 0.09,
    };
    let pass = Bar {
        left: label.left - 0.12,
        top: label.top - 0.5,
        right: label.right + 0.12,
        bottom: label.bottom + 0.12,
    };
    let letters: Vec<Bar> = (0..16)
        .map(|at| {
            let left = -0.26 + f64::from(at) * 0.033;
            Bar {
                left,
                top: half + quiet.min(0.08) + 0.02,
                right: left + 0.02,
                bottom: half + quiet.min(0.08) + 0.06,
            }
        })
        .collect();
    let shade = rng.random_range(40..150_u8);
    for (bars, fill) in [
        (&[pass][..], format!("rgb({shade},{shade},{shade})")),
        (&[label][..], "white".to_owned()),
        (&letters, "#555".to_owned()),
        (&symbol.bars, "black".to_owned()),
    ] {
        write!(svg, r#"<path d="{}" fill="{fill}"/>"#, place.path(bars)).expect("memory");
    }
    if place.shot.has_glare {
        // Over a corner that holds no pattern by which the symbol is found, and half a bar high.
        let (x, y) = place.seen((rng.random_range(0.02..0.14), half * 0.72));
        let radius = place.shot.size * f64::from(place.shot.frame.0) * 0.13 * (symbol.height.sqrt());
        write!(
            svg,
            r#"<ellipse cx="{x:.0}" cy="{y:.0}" rx="{radius:.0}" ry="{radius:.0}" fill="url(#g)"/>"#
        )
        .expect("memory");
    }
}

/// The mean of what passes each pixel while the shutter is open.
fn moved(grey: Grey, by: f64, rng: &mut StdRng) -> Grey {
    if by < 1.0 {
        return grey;
    }
    let angle: f64 = rng.random_range(0.0..std::f64::consts::PI);
    let taps = 6;
    let mut sums = vec![0_u16; grey.pixels.len()];
    for tap in 0..taps {
        let way = by * (f64::from(tap) / f64::from(taps - 1) - 0.5);
        let (across, down) = ((way * angle.cos()).round(), (way * angle.sin()).round());
        let step = down * f64::from(u32::try_from(grey.width).expect("small")) + across;
        let step = isize::try_from(i64::from(step as i32)).expect("small");
        let mut shifted = grey.pixels.clone();
        if step >= 0 {
            shifted.rotate_left(step.unsigned_abs());
        } else {
            shifted.rotate_right(step.unsigned_abs());
        }
        for (sum, pixel) in sums.iter_mut().zip(shifted) {
            *sum += u16::from(pixel);
        }
    }
    let pixels = sums
        .into_iter()
        .map(|sum| u8::try_from(sum / 6).expect("a mean"))
        .collect();
    Grey { pixels, ..grey }
}

/// What the sensor makes of the light: its range, light that falls off to one side, and noise.
fn expose(grey: &Grey, shot: Shot, rng: &mut StdRng) -> Grey {
    let falloff = rng.random_range(0.75..1.0);
    // The same noise over and over, at a step that fits no row.
    let noise: Vec<f64> = (0..65_537)
        .map(|_| {
            let sum: f64 = (0..4).map(|_| rng.random_range(-1.0..1.0)).sum();
            sum * shot.noise * 0.866
        })
        .collect();
    let start = rng.random_range(0..noise.len());
    let mut noise = noise.iter().cycle().skip(start);
    let width = f64::from(shot.frame.0);
    let columns: Vec<f64> = (0..shot.frame.0)
        .map(|x| 1.0 - (1.0 - falloff) * f64::from(x) / width)
        .collect();
    let mut pixels = Vec::with_capacity(grey.pixels.len());
    for row in grey.pixels.chunks_exact(grey.width) {
        for (light, fall) in row.iter().zip(&columns) {
            let seen = shot.black + (shot.white - shot.black) * f64::from(*light) / 255.0 * fall;
            let value = seen + noise.next().copied().unwrap_or_default();
            pixels.push(value.clamp(0.0, 255.0) as u8);
        }
    }
    Grey {
        width: grey.width,
        height: grey.height,
        pixels,
    }
}
