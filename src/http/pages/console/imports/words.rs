//! The texts of fields, of states, and of why a row or a file is not taken.

use super::super::super::locale::Locale;
use crate::actions::judge_import::{Refusal, Why};
use crate::sheet::{Field, FileFault};
use crate::store::imports;

/// The text that names a field.
pub(super) const fn field_text(field: Field) -> &'static str {
    match field {
        Field::FirstName => "imports-field-first-name",
        Field::LastName => "imports-field-last-name",
        Field::Name => "imports-field-name",
        Field::Email => "imports-field-email",
        Field::Phone => "imports-field-phone",
        Field::CardNumber => "imports-field-card-number",
        Field::ExternalId => "imports-field-external-id",
        Field::Points => "imports-field-points",
        Field::BirthDate => "imports-field-birth-date",
        Field::Language => "imports-field-language",
        Field::Consent => "imports-field-consent",
        Field::ConsentAt => "imports-field-consent-at",
        Field::JoinedAt => "imports-field-joined-at",
    }
}

/// The text that says how far an import is.
pub(super) fn state_text(state: &str) -> &'static str {
    match state {
        imports::DRAFT => "imports-state-draft",
        imports::RUNNING => "imports-state-running",
        imports::UNDOING => "imports-state-undoing",
        imports::UNDONE => "imports-state-undone",
        _ => "imports-state-done",
    }
}

/// What is wrong with a file, and what can be done.
pub(in crate::http::pages::console) const fn file_text(fault: FileFault) -> &'static str {
    match fault {
        FileFault::Empty => "imports-file-empty",
        FileFault::Workbook => "imports-file-workbook",
        FileFault::NoText => "imports-file-no-text",
        FileFault::TooLarge(_) => "imports-file-large",
        FileFault::TooManyRows(_) => "imports-file-rows",
        FileFault::TooManyColumns => "imports-file-columns",
        FileFault::NoRows => "imports-file-no-rows",
    }
}

/// Why a row is not taken, and what can be done.
pub(super) fn say_refusal(locale: Locale, refusal: &Refusal) -> String {
    if let Some(first) = refusal.first {
        return locale.say("imports-why-double", &[("row", first.into())]);
    }
    locale.word(why_text(refusal.why))
}

/// The text for why rows are not taken.
pub(super) const fn why_text(why: Why) -> &'static str {
    match why {
        Why::TooManyCells => "imports-why-cells",
        Why::TooLong => "imports-why-long",
        Why::NoIdentity => "imports-why-identity",
        Why::BadEmail => "imports-why-email",
        Why::BadPhone => "imports-why-phone",
        Why::BadCardNumber => "imports-why-card-number",
        Why::BadExternalId => "imports-why-external-id",
        Why::BadName => "imports-why-name",
        Why::BadBirthDate => "imports-why-birth-date",
        Why::BadPoints => "imports-why-points",
        Why::NegativePoints => "imports-why-negative",
        Why::TooManyPoints => "imports-why-too-many",
        Why::BadConsent => "imports-why-consent",
        Why::BadDay => "imports-why-day",
        Why::Double => "imports-why-doubles",
        Why::SeveralMembers => "imports-why-several",
        Why::Blocked => "imports-why-blocked",
        Why::CardVoided => "imports-why-voided",
        Why::Rules => "imports-why-rules",
    }
}
