//! Forms as browsers send them: `application/x-www-form-urlencoded`, read whole or refused.

use actix_web::web::Query;
use serde::de::DeserializeOwned;

use crate::actions::{ActionError, Code};

/// Reads a form; fields that it lacks are the form's own default.
pub(super) fn read_form<T: DeserializeOwned>(body: &[u8]) -> Result<T, ActionError> {
    let malformed = || ActionError::with(Code::MalformedBody, "The form did not arrive whole.");
    let text = std::str::from_utf8(body).map_err(|_| malformed())?;
    let form = Query::<T>::from_query(text).map_err(|_| malformed())?;
    Ok(form.into_inner())
}
