//! The checksum of zip entries (CRC-32, polynomial 0xEDB88320), eight bytes at a step.

const TABLES: [[u32; 256]; 8] = tables();

/// The checksum of these parts, taken as one.
pub(super) fn crc32<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> u32 {
    !parts.into_iter().fold(u32::MAX, with)
}

fn with(mut crc: u32, bytes: &[u8]) -> u32 {
    let (chunks, rest) = bytes.as_chunks::<8>();
    let [t0, t1, t2, t3, t4, t5, t6, t7] = &TABLES;
    for [b0, b1, b2, b3, b4, b5, b6, b7] in chunks {
        let [c0, c1, c2, c3] = (crc ^ u32::from_le_bytes([*b0, *b1, *b2, *b3])).to_le_bytes();
        crc = at(t7, c0) ^ at(t6, c1) ^ at(t5, c2) ^ at(t4, c3);
        crc ^= at(t3, *b4) ^ at(t2, *b5) ^ at(t1, *b6) ^ at(t0, *b7);
    }
    for byte in rest {
        let [low, ..] = crc.to_le_bytes();
        crc = (crc >> 8) ^ at(t0, low ^ byte);
    }
    crc
}

fn at(table: &[u32; 256], byte: u8) -> u32 {
    // The table has a place for every byte, so the compiler drops the check.
    table.get(usize::from(byte)).copied().unwrap_or_default()
}

/// The table at place `n` holds what each byte becomes when `n` zero bytes follow it.
#[expect(
    clippy::indexing_slicing,
    reason = "evaluated by the compiler, where a fault is an error"
)]
const fn tables() -> [[u32; 256]; 8] {
    let mut tables = [[0; 256]; 8];
    let mut zeros = 0;
    let mut bits = 8;
    while zeros < 8 {
        let mut byte = 0;
        let mut index = 0;
        while index < 256 {
            tables[zeros][index] = shift(byte, bits);
            byte += 1;
            index += 1;
        }
        zeros += 1;
        bits += 8;
    }
    tables
}

const fn shift(mut crc: u32, bits: u32) -> u32 {
    let mut done = 0;
    while done < bits {
        crc = (crc >> 1) ^ (0xedb8_8320 * (crc & 1));
        done += 1;
    }
    crc
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bit_by_bit(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(u32::MAX, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
                (crc >> 1) ^ (0xedb8_8320 * (crc & 1))
            })
        })
    }

    #[test]
    fn the_check_value_is_right() {
        assert_eq!(crc32([&b"123456789"[..]]), 0xcbf4_3926);
        assert_eq!(crc32([]), 0);
    }

    proptest! {
        #[test]
        fn eight_at_a_step_is_the_same_as_bit_by_bit(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            let (left, right) = bytes.split_at(bytes.len() / 3);
            prop_assert_eq!(crc32([left, right]), bit_by_bit(&bytes));
        }
    }
}
