//! Forms as browsers send them: `application/x-www-form-urlencoded`, read whole or refused.

use actix_web::web::Query;
use serde::de::DeserializeOwned;

use crate::actions::{ActionError, Code, House};
use crate::http::session::SignedIn;

/// A form of somebody who is signed in: it carries what shows that a page of ours made it.
pub(super) trait Guarded: DeserializeOwned {
    /// What it carries.
    fn token(&self) -> &str;
}

/// Says of forms that they carry their token in a field of that name.
macro_rules! guarded {
    ($($form:ty),+) => {$(
        impl $crate::http::pages::forms::Guarded for $form {
            fn token(&self) -> &str {
                &self.token
            }
        }
    )+};
}
pub(super) use guarded;

/// Reads a form; fields that it lacks are the form's own default.
pub(super) fn read_form<T: DeserializeOwned>(body: &[u8]) -> Result<T, ActionError> {
    let text = std::str::from_utf8(body).map_err(|_| malformed())?;
    let form = Query::<T>::from_query(text).map_err(|_| malformed())?;
    Ok(form.into_inner())
}

/// Reads a form that only a page of ours, drawn for whoever is signed in, can have sent.
pub(super) fn take_form<F: Guarded>(
    house: &House,
    signed_in: &SignedIn,
    body: &[u8],
) -> Result<F, ActionError> {
    let form: F = read_form(body)?;
    signed_in.check_form(house, form.token())?;
    Ok(form)
}

/// The version that a form was drawn from. A form without one is refused: it could write over what others changed.
pub(super) fn read_version(text: &str) -> Result<i64, ActionError> {
    text.parse().map_err(|_| malformed())
}

/// Refuses a form that lacks what a page of ours always sends.
pub(super) fn malformed() -> ActionError {
    ActionError::with(Code::MalformedBody, "The form did not arrive whole.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_without_the_version_that_it_was_drawn_from_is_refused() {
        assert_eq!(read_version("7").expect("a version"), 7);
        for text in ["", "x", "7 ", "1.5", "99999999999999999999"] {
            let error = read_version(text).expect_err(text);
            assert_eq!(error.code, Code::MalformedBody, "{text}");
        }
    }
}
