//! Zip files whose contents are shared slices: entries are stored, nothing is copied twice.
//!
//! The `zip` crate reads and checks these files in the tests. It does not write them, because it
//! writes into one buffer, and so would copy every image of a design into every pass; here a design's
//! images are one slice that all its passes share.

use bytes::Bytes;

use super::crc32::crc32;

/// 1980-01-01 in the form of MS-DOS, the earliest that zip knows: the same input gives the same bytes.
const DOS_DATE: u16 = 0x0021;
const DOS_TIME: u16 = 0;
/// Version 1.0 of the format is enough to read stored entries.
const NEEDED: u16 = 10;
/// Written as by a Unix system (3) with version 2.0, so that the file mode counts.
const MADE_BY: u16 = 0x0314;
/// A plain file, mode 0644, in the upper half of the external attributes.
const MODE: u32 = 0o100_644 << 16;

/// A zip file as a list of slices, some of them shared with other files.
#[derive(Debug, Clone)]
pub struct Archive {
    parts: Vec<Bytes>,
    byte_len: u64,
}

impl Archive {
    /// The file that these slices make. Empty ones are left out: sent as a chunk of HTTP, one would
    /// end the body.
    pub(super) fn new(mut parts: Vec<Bytes>) -> Self {
        parts.retain(|part| !part.is_empty());
        let byte_len = parts
            .iter()
            .map(|part| u64::try_from(part.len()).unwrap_or(u64::MAX))
            .sum();
        Self { parts, byte_len }
    }

    /// The slices in their order; together they are the file.
    pub fn parts(&self) -> impl ExactSizeIterator<Item = &Bytes> {
        self.parts.iter()
    }

    /// The slices, given away.
    pub fn into_parts(self) -> Vec<Bytes> {
        self.parts
    }

    /// Length of the file in bytes.
    pub fn byte_len(&self) -> u64 {
        self.byte_len
    }

    /// The file in one piece; this copies.
    pub fn into_bytes(self) -> Bytes {
        self.parts.concat().into()
    }
}

/// One stored file of an archive, and what its two headers say of it.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    name: String,
    crc: u32,
    size: u32,
}

impl Entry {
    /// The entry of a content. Callers keep contents under 4 GiB.
    pub(super) fn of(name: &str, content: &[u8]) -> Self {
        Self::with_crc(name, crc32([content]), size(content.len()))
    }

    /// The entry of a content whose checksum is known.
    pub(super) fn with_crc(name: &str, crc: u32, size: u32) -> Self {
        Self {
            name: name.to_owned(),
            crc,
            size,
        }
    }

    /// The file's name.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Writes the header that stands before the content.
    pub(super) fn put_local_header(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"PK\x03\x04");
        self.put_shared_fields(out);
        out.extend_from_slice(self.name.as_bytes());
    }

    /// Writes the line of the directory at the end; `offset` is where the local header stands.
    fn put_directory_line(&self, out: &mut Vec<u8>, offset: u32) {
        out.extend_from_slice(b"PK\x01\x02");
        put_u16(out, MADE_BY);
        self.put_shared_fields(out);
        // No comment, disk 0, no internal attributes.
        out.extend_from_slice(&[0; 6]);
        put_u32(out, MODE);
        put_u32(out, offset);
        out.extend_from_slice(self.name.as_bytes());
    }

    /// What both headers say: no flags, method 0 (stored), date, checksum, sizes, no extra field.
    fn put_shared_fields(&self, out: &mut Vec<u8>) {
        for field in [NEEDED, 0, 0, DOS_TIME, DOS_DATE] {
            put_u16(out, field);
        }
        for field in [self.crc, self.size, self.size] {
            put_u32(out, field);
        }
        put_u16(out, u16::try_from(self.name.len()).unwrap_or(u16::MAX));
        put_u16(out, 0);
    }
}

/// The directory at the end of an archive.
#[derive(Debug, Default)]
pub(super) struct Directory {
    bytes: Vec<u8>,
    count: u16,
}

impl Directory {
    /// An empty directory with room for so many bytes.
    pub(super) fn with_capacity(bytes: usize) -> Self {
        Self {
            bytes: Vec::with_capacity(bytes),
            count: 0,
        }
    }

    /// Adds an entry whose local header stands at `offset`.
    pub(super) fn add(&mut self, entry: &Entry, offset: u32) {
        entry.put_directory_line(&mut self.bytes, offset);
        self.count += 1;
    }

    /// The directory and the record that ends the file; `offset` is where the directory begins.
    pub(super) fn end(mut self, offset: u32) -> Vec<u8> {
        let len = size(self.bytes.len());
        let out = &mut self.bytes;
        out.extend_from_slice(b"PK\x05\x06");
        for field in [0, 0, self.count, self.count] {
            put_u16(out, field);
        }
        put_u32(out, len);
        put_u32(out, offset);
        put_u16(out, 0);
        self.bytes
    }
}

/// A length in the four bytes that zip gives it. Every archive is kept far below that limit.
pub(super) fn size(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

fn put_u16(out: &mut Vec<u8>, value: u16) {
    out.extend_from_slice(&value.to_le_bytes());
}

fn put_u32(out: &mut Vec<u8>, value: u32) {
    out.extend_from_slice(&value.to_le_bytes());
}
