//! A small reader of DER (ITU-T X.690), for what OpenSSL's binding does not hand out.

/// One element: its tag and what is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Element<'a> {
    /// The tag's octet, class and form included.
    pub(super) tag: u8,
    /// The contents.
    pub(super) body: &'a [u8],
    /// The element with its tag and length.
    pub(super) whole: &'a [u8],
}

pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const SET: u8 = 0x31;
pub(super) const INTEGER: u8 = 0x02;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const OBJECT_ID: u8 = 0x06;
pub(super) const UTC_TIME: u8 = 0x17;
pub(super) const GENERALIZED_TIME: u8 = 0x18;
/// `[0]` with elements inside.
pub(super) const CONTEXT_0: u8 = 0xa0;
/// `[0]` with octets inside.
pub(super) const CONTEXT_0_PLAIN: u8 = 0x80;
/// `[3]` with elements inside.
pub(super) const CONTEXT_3: u8 = 0xa3;

impl<'a> Element<'a> {
    /// The first element of the bytes; `None` if they are not DER.
    pub(super) fn first(bytes: &'a [u8]) -> Option<Self> {
        Elements(bytes).next()
    }

    /// The elements inside.
    pub(super) fn children(self) -> Elements<'a> {
        Elements(self.body)
    }

    /// The first element inside that has the tag.
    pub(super) fn child(self, tag: u8) -> Option<Self> {
        self.children().find(|element| element.tag == tag)
    }
}

/// Elements one behind the other; ends where the bytes are no longer DER.
#[derive(Debug, Clone)]
pub(super) struct Elements<'a>(&'a [u8]);

impl<'a> Iterator for Elements<'a> {
    type Item = Element<'a>;

    fn next(&mut self) -> Option<Element<'a>> {
        let (tag, rest) = self.0.split_first()?;
        let (len, rest) = length(rest)?;
        let (body, behind) = rest.split_at_checked(len)?;
        let whole = self.0.get(..self.0.len() - behind.len())?;
        self.0 = behind;
        Some(Element {
            tag: *tag,
            body,
            whole,
        })
    }
}

/// A definite length of at most four octets, and what is behind it.
fn length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (first, rest) = bytes.split_first()?;
    let octets = usize::from(first & 0x7f);
    if first & 0x80 == 0 {
        return Some((octets, rest));
    }
    if !(1..=4).contains(&octets) {
        return None;
    }
    let (digits, rest) = rest.split_at_checked(octets)?;
    let len = digits
        .iter()
        .fold(0_usize, |len, digit| len << 8 | usize::from(*digit));
    Some((len, rest))
}

/// The contents of a certificate's extension, by the octets of its object id (RFC 5280, 4.1).
pub(super) fn extension<'a>(certificate: &'a [u8], oid: &[u8]) -> Option<&'a [u8]> {
    let to_be_signed = Element::first(certificate)?.child(SEQUENCE)?;
    let extensions = to_be_signed.child(CONTEXT_3)?.child(SEQUENCE)?;
    extensions
        .children()
        .find(|extension| extension.child(OBJECT_ID).is_some_and(|id| id.body == oid))?
        .child(OCTET_STRING)
        .map(|value| value.body)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn elements_are_read_one_behind_the_other() {
        let bytes = [0x30, 0x05, 0x02, 0x01, 0x07, 0x05, 0x00, 0x04, 0x81, 0x01, 0xff];
        let elements: Vec<_> = Elements(&bytes)
            .map(|element| (element.tag, element.body.len()))
            .collect();
        assert_eq!(elements, [(SEQUENCE, 5), (OCTET_STRING, 1)]);
        let inner: Vec<_> = Element::first(&bytes)
            .expect("one")
            .children()
            .map(|e| e.whole.to_vec())
            .collect();
        assert_eq!(inner, [vec![0x02, 0x01, 0x07], vec![0x05, 0x00]]);
        for torn in [
            &[][..],
            &[0x30],
            &[0x30, 0x02, 0x00],
            &[0x30, 0x80, 0x00, 0x00],
            &[0x30, 0x85, 1, 1, 1, 1, 1],
        ] {
            assert_eq!(Element::first(torn), None);
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_walked_without_a_crash(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let count = Elements(&bytes).map(|element| element.children().count()).sum::<usize>();
            prop_assert!(count <= bytes.len());
            prop_assert!(extension(&bytes, &[1]).is_none_or(|value| value.len() <= bytes.len()));
        }
    }
}
