//! The little DER (ITU-T X.690) that a signature is written in and a certificate is read by.

/// `OCTET STRING`.
pub(crate) const OCTET_STRING: u8 = 0x04;
/// `SEQUENCE`.
pub(crate) const SEQUENCE: u8 = 0x30;
/// `SET`.
pub(crate) const SET: u8 = 0x31;
/// `[0]`, constructed.
pub(crate) const CONTEXT_0: u8 = 0xa0;
/// `[3]`, constructed.
pub(crate) const CONTEXT_3: u8 = 0xa3;

/// Writes the tag and the length that come before a content of so many bytes.
pub(crate) fn put_header(out: &mut Vec<u8>, tag: u8, content_len: usize) {
    out.push(tag);
    match u8::try_from(content_len) {
        Ok(len) if len < 0x80 => out.push(len),
        _ => {
            let bytes = content_len.to_be_bytes();
            let significant = bytes.iter().skip_while(|byte| **byte == 0);
            let count = u8::try_from(significant.clone().count()).unwrap_or_default();
            out.push(0x80 | count);
            out.extend(significant);
        }
    }
}

/// How many bytes an element with a content of so many bytes takes.
pub(crate) const fn element_len(content_len: usize) -> usize {
    let mut header = 2;
    let mut rest = if content_len < 0x80 { 0 } else { content_len };
    while rest > 0 {
        header += 1;
        rest >>= 8;
    }
    header + content_len
}

/// An element whose content is these parts, one after the other.
pub(crate) fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let len = parts.iter().map(|part| part.len()).sum();
    let mut out = Vec::with_capacity(element_len(len));
    put_header(&mut out, tag, len);
    for part in parts {
        out.extend_from_slice(part);
    }
    out
}

/// One element as it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Element<'a> {
    /// Its tag byte.
    pub(crate) tag: u8,
    /// Tag, length and content.
    pub(crate) whole: &'a [u8],
    /// The content alone.
    pub(crate) content: &'a [u8],
}

/// Reads the elements of a content in turn; it ends at the first that is not sound.
#[derive(Debug, Clone)]
pub(crate) struct Elements<'a>(&'a [u8]);

impl<'a> Elements<'a> {
    /// The elements of these bytes.
    pub(crate) fn of(content: &'a [u8]) -> Self {
        Self(content)
    }

    /// The elements within the next one, if it has this tag; otherwise stays where it was.
    pub(crate) fn within(&mut self, tag: u8) -> Option<Self> {
        let mut ahead = self.clone();
        let found = ahead.next().filter(|element| element.tag == tag)?;
        *self = ahead;
        Some(Self(found.content))
    }
}

impl<'a> Iterator for Elements<'a> {
    type Item = Element<'a>;

    fn next(&mut self) -> Option<Element<'a>> {
        let (tag, rest) = self.0.split_first()?;
        let (first, rest) = rest.split_first()?;
        let (len, rest) = match first.checked_sub(0x80) {
            None => (usize::from(*first), rest),
            Some(count) => {
                let (digits, rest) = rest.split_at_checked(usize::from(count))?;
                (big_endian(digits)?, rest)
            }
        };
        let (content, after) = rest.split_at_checked(len)?;
        let (whole, _) = self.0.split_at_checked(self.0.len() - after.len())?;
        self.0 = after;
        Some(Element {
            tag: *tag,
            whole,
            content,
        })
    }
}

/// One to four digits of base 256; the indefinite length (none) is not DER.
fn big_endian(digits: &[u8]) -> Option<usize> {
    if !(1..=4).contains(&digits.len()) {
        return None;
    }
    let mut padded = [0_u8; 4];
    for (place, digit) in padded.iter_mut().rev().zip(digits.iter().rev()) {
        *place = *digit;
    }
    usize::try_from(u32::from_be_bytes(padded)).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lengths_take_as_few_bytes_as_they_can() {
        for (len, header) in [
            (0, vec![0x04, 0x00]),
            (127, vec![0x04, 0x7f]),
            (128, vec![0x04, 0x81, 0x80]),
            (255, vec![0x04, 0x81, 0xff]),
            (256, vec![0x04, 0x82, 0x01, 0x00]),
            (65_536, vec![0x04, 0x83, 0x01, 0x00, 0x00]),
        ] {
            let der = element(OCTET_STRING, &[&vec![7; len]]);
            assert_eq!(der[..header.len()], header);
            assert_eq!(der.len(), element_len(len));
        }
    }

    proptest! {
        #[test]
        fn what_was_written_is_read_back(parts in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..400), 0..5)) {
            let inner: Vec<Vec<u8>> = parts.iter().map(|part| element(OCTET_STRING, &[part])).collect();
            let slices: Vec<&[u8]> = inner.iter().map(Vec::as_slice).collect();
            let outer = element(SEQUENCE, &slices);
            let mut elements = Elements::of(&outer);
            let read: Vec<Vec<u8>> = elements.within(SEQUENCE).expect("a sequence").map(|found| found.content.to_vec()).collect();
            prop_assert_eq!(read, parts);
            prop_assert!(elements.next().is_none());
        }

        #[test]
        fn no_bytes_make_the_reader_fall(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            for element in Elements::of(&bytes) {
                prop_assert!(element.whole.len() >= 2 + element.content.len());
            }
        }
    }
}
