//! A small JPEG encoder (ITU T.81, baseline, its example tables): frames as a browser's canvas makes them.

#![expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "an encoder packs numbers that it knows to be small"
)]

use crate::scene::Grey;

/// The order in which a block's coefficients are written (T.81, figure A.6).
const ZIGZAG: [usize; 64] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7,
    14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39,
    46, 53, 60, 61, 54, 47, 55, 62, 63,
];
/// Quantisation of luminance (T.81, table K.1).
const QUANTA: [u16; 64] = [
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17,
    22, 29, 51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78,
    87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
];
/// Codes of each length for the differences of means (table K.3), and what they stand for.
const DC_LENGTHS: [u8; 16] = [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0];
const DC_VALUES: [u8; 12] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
/// The same for the other coefficients (table K.5).
const AC_LENGTHS: [u8; 16] = [0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 0x7d];
const AC_VALUES: [u8; 162] = [
    0x01, 0x02, 0x03, 0x00, 0x04, 0x11, 0x05, 0x12, 0x21, 0x31, 0x41, 0x06, 0x13, 0x51, 0x61, 0x07, 0x22,
    0x71, 0x14, 0x32, 0x81, 0x91, 0xa1, 0x08, 0x23, 0x42, 0xb1, 0xc1, 0x15, 0x52, 0xd1, 0xf0, 0x24, 0x33,
    0x62, 0x72, 0x82, 0x09, 0x0a, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2a, 0x34,
    0x35, 0x36, 0x37, 0x38, 0x39, 0x3a, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4a, 0x53, 0x54, 0x55,
    0x56, 0x57, 0x58, 0x59, 0x5a, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x73, 0x74, 0x75, 0x76,
    0x77, 0x78, 0x79, 0x7a, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x92, 0x93, 0x94, 0x95, 0x96,
    0x97, 0x98, 0x99, 0x9a, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, 0xa8, 0xa9, 0xaa, 0xb2, 0xb3, 0xb4, 0xb5,
    0xb6, 0xb7, 0xb8, 0xb9, 0xba, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9, 0xca, 0xd2, 0xd3, 0xd4,
    0xd5, 0xd6, 0xd7, 0xd8, 0xd9, 0xda, 0xe1, 0xe2, 0xe3, 0xe4, 0xe5, 0xe6, 0xe7, 0xe8, 0xe9, 0xea, 0xf1,
    0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa,
];

/// Whether the frame is written with two planes of colour at half the size, as a canvas does, or in grey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Planes {
    Grey,
    Colour,
}

/// Code and length of each value of a Huffman table (T.81, annex C).
fn codes(lengths: &[u8; 16], values: &[u8]) -> [(u32, u32); 256] {
    let mut table = [(0, 0); 256];
    let (mut code, mut at) = (0, 0);
    for (length, count) in (1..).zip(lengths) {
        for _ in 0..*count {
            table[usize::from(values[at])] = (code, length);
            code += 1;
            at += 1;
        }
        code <<= 1;
    }
    table
}

/// The frame as a JPEG of a quality from 1 to 100, counted as libjpeg counts.
pub(crate) fn encode(grey: &Grey, quality: u16, planes: Planes) -> Vec<u8> {
    let scale = if quality < 50 {
        5_000 / quality
    } else {
        200 - 2 * quality
    };
    let quanta =
        QUANTA.map(|quantum| ((u32::from(quantum) * u32::from(scale) + 50) / 100).clamp(1, 255) as u8);
    let mut out = vec![0xff, 0xd8];
    let mut table = vec![0];
    table.extend(ZIGZAG.iter().map(|at| quanta[*at]));
    segment(&mut out, 0xdb, &table);
    let [high, low] = u16::try_from(grey.height).expect("small").to_be_bytes();
    let [wide, narrow] = u16::try_from(grey.width).expect("small").to_be_bytes();
    match planes {
        Planes::Grey => segment(&mut out, 0xc0, &[8, high, low, wide, narrow, 1, 1, 0x11, 0]),
        Planes::Colour => segment(
            &mut out,
            0xc0,
            &[8, high, low, wide, narrow, 3, 1, 0x22, 0, 2, 0x11, 0, 3, 0x11, 0],
        ),
    }
    for (class, lengths, values) in [
        (0, &DC_LENGTHS, &DC_VALUES[..]),
        (0x10, &AC_LENGTHS, &AC_VALUES[..]),
    ] {
        segment(&mut out, 0xc4, &[&[class], &lengths[..], values].concat());
    }
    match planes {
        Planes::Grey => segment(&mut out, 0xda, &[1, 1, 0, 0, 63, 0]),
        Planes::Colour => segment(&mut out, 0xda, &[3, 1, 0, 2, 0, 3, 0, 0, 63, 0]),
    }
    out.extend(Scan::new(grey, &quanta).write(planes));
    out.extend([0xff, 0xd9]);
    out
}

fn segment(out: &mut Vec<u8>, marker: u8, body: &[u8]) {
    let length = u16::try_from(body.len() + 2).expect("small");
    out.extend([0xff, marker]);
    out.extend(length.to_be_bytes());
    out.extend(body);
}

struct Scan<'g> {
    grey: &'g Grey,
    quanta: &'g [u8; 64],
    cosines: [[f32; 8]; 8],
    dc: [(u32, u32); 256],
    ac: [(u32, u32); 256],
    bits: u64,
    held: u32,
    out: Vec<u8>,
}

impl<'g> Scan<'g> {
    fn new(grey: &'g Grey, quanta: &'g [u8; 64]) -> Self {
        let mut cosines = [[0.0; 8]; 8];
        for (frequency, row) in cosines.iter_mut().enumerate() {
            for (at, cosine) in row.iter_mut().enumerate() {
                let angle = (2.0 * at as f32 + 1.0) * frequency as f32 * std::f32::consts::PI / 16.0;
                let norm = if frequency == 0 { 0.5_f32.sqrt() } else { 1.0 };
                *cosine = angle.cos() * norm * 0.5;
            }
        }
        Self {
            grey,
            quanta,
            cosines,
            dc: codes(&DC_LENGTHS, &DC_VALUES),
            ac: codes(&AC_LENGTHS, &AC_VALUES),
            bits: 0,
            held: 0,
            out: Vec::new(),
        }
    }

    fn write(mut self, planes: Planes) -> Vec<u8> {
        let side = if planes == Planes::Grey { 8 } else { 16 };
        let mut mean = 0;
        for top in (0..self.grey.height).step_by(side) {
            for left in (0..self.grey.width).step_by(side) {
                for down in (0..side).step_by(8) {
                    for across in (0..side).step_by(8) {
                        mean = self.block(left + across, top + down, mean);
                    }
                }
                if planes == Planes::Colour {
                    // No colour: of each plane a block whose mean does not change and which has nothing else.
                    for _ in 0..2 {
                        self.put(self.dc[0]);
                        self.put(self.ac[0]);
                    }
                }
            }
        }
        // The last byte is filled with ones.
        self.put((0x7f, 7));
        self.out
    }

    /// Writes a block and gives its mean, from which the next one's is told.
    fn block(&mut self, left: usize, top: usize, mean: i32) -> i32 {
        let mut across = [[0_f32; 8]; 8];
        for (y, line) in across.iter_mut().enumerate() {
            let row = (top + y).min(self.grey.height - 1) * self.grey.width;
            let mut light = [0_f32; 8];
            for (x, value) in light.iter_mut().enumerate() {
                *value = f32::from(self.grey.pixels[row + (left + x).min(self.grey.width - 1)]) - 128.0;
            }
            for (sum, cosines) in line.iter_mut().zip(&self.cosines) {
                *sum = cosines
                    .iter()
                    .zip(&light)
                    .map(|(cosine, light)| cosine * light)
                    .sum();
            }
        }
        let mut levels = [0_i32; 64];
        for (at, level) in levels.iter_mut().enumerate() {
            let (v, u) = (at / 8, at % 8);
            let sum: f32 = (0..8).map(|y| self.cosines[v][y] * across[y][u]).sum();
            *level = (sum / f32::from(self.quanta[at])).round() as i32;
        }
        self.level(true, 0, levels[0] - mean);
        let mut zeros = 0;
        for at in &ZIGZAG[1..] {
            if levels[*at] == 0 {
                zeros += 1;
                continue;
            }
            while zeros > 15 {
                self.put(self.ac[0xf0]);
                zeros -= 16;
            }
            self.level(false, zeros, levels[*at]);
            zeros = 0;
        }
        if zeros > 0 {
            self.put(self.ac[0]);
        }
        levels[0]
    }

    /// Writes a level after so many zeros, by the table of means or by that of the others.
    fn level(&mut self, is_mean: bool, zeros: usize, level: i32) {
        let size = 32 - level.unsigned_abs().leading_zeros();
        let table = if is_mean { &self.dc } else { &self.ac };
        self.put(table[zeros * 16 + size as usize]);
        let bits = if level < 0 { level - 1 } else { level };
        self.put((bits as u32 & ((1 << size) - 1), size));
    }

    fn put(&mut self, (code, length): (u32, u32)) {
        self.bits = (self.bits << length) | u64::from(code);
        self.held += length;
        while self.held >= 8 {
            self.held -= 8;
            let byte = (self.bits >> self.held) as u8;
            self.out.push(byte);
            // A byte of ones in the data is told from a marker by a zero after it.
            if byte == 0xff {
                self.out.push(0);
            }
        }
    }
}
