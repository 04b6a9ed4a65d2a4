//! What every page of the till shows of where it is, and of who works there.

use super::super::desk::Desk;
use super::super::frame::Frame;
use crate::types::random_token;

/// Random bytes of a form's own id.
const FORM_BYTES: usize = 12;

/// What every page of the till shows around its work.
#[derive(Debug, Clone)]
pub(super) struct Bar {
    /// Who is signed in.
    pub(super) staff: String,
    /// Where.
    pub(super) place: String,
    /// What its forms carry.
    pub(super) token: String,
    pub(super) is_training: bool,
}

impl Desk {
    pub(super) fn bar(&self) -> Bar {
        let till = self.signed_in.till.as_ref();
        Bar {
            staff: self.signed_in.staff.name.clone(),
            place: till.map(|till| till.name.clone()).unwrap_or_default(),
            token: self.token(),
            is_training: self.signed_in.session.is_training,
        }
    }

    /// Where the till stands, as orders name it.
    pub(super) fn location(&self) -> Option<String> {
        let of_till = self
            .signed_in
            .till
            .as_ref()
            .and_then(|till| till.location.clone());
        of_till.or_else(|| self.signed_in.staff.location.clone())
    }

    /// A page of the till in the program's colours.
    pub(super) fn till_frame(&self, title: String) -> Frame {
        Frame {
            is_private: true,
            ..Frame::of_till(self.locale, title, &self.program)
        }
    }

    /// An amount as it can be typed.
    pub(super) fn example(&self) -> String {
        self.money(self.program.currency.minor_per_unit() * 25 / 2)
    }
}

/// A form's own id, so that a deed that is sent twice is done once.
pub(super) fn new_form() -> String {
    random_token(FORM_BYTES)
}
