//! What a person told of themselves when they enrolled, checked as a whole.

use super::enrol::Enrolment;
use super::identity::{self, Known};
use super::{ActionError, Fault};
use crate::types::{AttributeError, Attributes, Day};

/// Most consents in one enrolment.
const CONSENTS_MAX: usize = 20;

/// What was told, in the form in which it is stored.
pub(super) struct Person {
    pub(super) first_name: String,
    pub(super) last_name: String,
    pub(super) identities: Vec<Known>,
    pub(super) attributes: Attributes,
    pub(super) birth_date: Option<Day>,
}

pub(super) fn check(enrolment: &Enrolment, today: Day) -> Result<Person, ActionError> {
    let mut faults = Vec::new();
    let mut keep = |result: Result<Known, Fault>, list: &mut Vec<Known>| match result {
        Ok(known) => list.push(known),
        Err(fault) => faults.push(fault),
    };
    let mut identities = Vec::new();
    let given = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
    if let Some(text) = given(&enrolment.email) {
        keep(identity::email(&text), &mut identities);
    }
    if let Some(text) = given(&enrolment.phone) {
        keep(identity::phone(&text), &mut identities);
    }
    if let Some(text) = given(&enrolment.external_id) {
        keep(identity::external_id(&text), &mut identities);
    }
    if let Some(text) = given(&enrolment.card_number) {
        keep(identity::card_number(&text), &mut identities);
    }
    let mut names = Vec::new();
    for (pointer, text) in [
        ("/first_name", &enrolment.first_name),
        ("/last_name", &enrolment.last_name),
    ] {
        match identity::name(pointer, text.as_deref().unwrap_or_default()) {
            Ok(name) => names.push(name),
            Err(fault) => faults.push(fault),
        }
    }
    let birth_date = given(&enrolment.birth_date).and_then(|text| {
        let read = identity::birth_date(&text, today);
        read.map_err(|fault| faults.push(fault)).ok()
    });
    let attributes = Attributes::default().edited(&enrolment.attributes);
    let attributes = attributes.unwrap_or_else(|list| {
        faults.extend(list.into_iter().map(attribute_fault));
        Attributes::default()
    });
    if enrolment.consents.len() > CONSENTS_MAX {
        faults.push(Fault::new(
            "/consents",
            "too_many",
            "At most 20 consents are taken at once.",
        ));
    }
    let word =
        |text: &str| (1..=60).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    for (index, (purpose, _)) in enrolment.consents.iter().enumerate() {
        if !word(purpose) {
            let pointer = format!("/consents/{index}/purpose");
            faults.push(Fault::new(
                pointer,
                "bad_purpose",
                "A purpose is a word of at most 60 characters.",
            ));
        }
    }
    if !faults.is_empty() {
        return Err(ActionError::invalid(faults));
    }
    let mut names = names.into_iter();
    Ok(Person {
        first_name: names.next().unwrap_or_default(),
        last_name: names.next().unwrap_or_default(),
        identities,
        attributes,
        birth_date,
    })
}

/// The fault of an attribute in a body.
pub(super) fn attribute_fault((name, error): (String, AttributeError)) -> Fault {
    let pointer = format!("/attributes/{}", name.replace('~', "~0").replace('/', "~1"));
    Fault::new(pointer, "bad_attribute", error.to_string())
}
