//! One way for the forms of every kind of term: adding one, changing one in its version, taking one away.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::super::super::desk::Desk;
use super::super::super::forms::{Guarded, guarded, read_version};
use super::super::super::leading::lead_to;
use super::rewards::{refusals, without_nulls};
use super::rule_form::FieldFault;
use super::{fields, refused};
use crate::actions::write_term::{archive_term, change_term, create_term, get_term};
use crate::actions::{ActionError, Code, TermKind};
use crate::store::terms::Term;
use crate::types::fold;

/// A form that says what a term says.
pub(super) trait TermForm: Guarded + Default {
    /// What the term says.
    type Body: DeserializeOwned + Send + 'static;
    /// Which kind it is.
    const KIND: TermKind;
    /// Where the list of its kind is.
    const LIST: &'static str;

    /// The version that it was drawn from; empty in a form of a new term.
    fn version(&self) -> &str;

    /// The form with what a term says; `None` if that is more than the form can say.
    fn of(desk: &Desk, body: &Self::Body) -> Option<Self>;

    /// What the API takes, or what is wrong with the form. What was left empty is null.
    fn read(&self, desk: &Desk) -> Result<Value, Vec<FieldFault>>;
}

/// A form with what is to be said about it.
#[derive(Debug, Clone, Default)]
pub(super) struct Filled<F> {
    pub(super) form: F,
    /// The version that it is of; empty in a form of a new term.
    pub(super) version: String,
    pub(super) faults: Vec<FieldFault>,
    /// What the terms do not allow, in the API's words.
    pub(super) refusals: Vec<String>,
}

impl<F> Filled<F> {
    pub(super) fn has_fault(&self) -> bool {
        !self.faults.is_empty() || !self.refusals.is_empty()
    }

    /// The text for what is wrong with a field.
    pub(super) fn fault(&self, field: &str) -> Option<&'static str> {
        let found = self.faults.iter().find(|(known, _)| *known == field);
        found.map(|(_, text)| *text)
    }
}

/// What became of a form: a way on, or the form again with what is wrong with it.
pub(super) enum Outcome<F> {
    Done(HttpResponse),
    Again(StatusCode, Filled<F>),
}

/// A term that is there and what it says.
pub(super) struct Known<B> {
    pub(super) term: Term,
    pub(super) body: B,
}

/// Adds a term.
pub(super) async fn add<F: TermForm>(desk: &Desk, form: F) -> Result<Outcome<F>, ActionError> {
    let read = form.read(desk);
    let mut again = Filled {
        form,
        version: String::new(),
        faults: Vec::new(),
        refusals: Vec::new(),
    };
    match read {
        Err(faults) => again.faults = faults,
        Ok(body) => {
            let (body, program) = (fields(without_nulls(body))?, desk.program.id.clone());
            let written = desk
                .act(move |tx, deed| create_term(tx, deed, Some(program), F::KIND, body))
                .await;
            match written {
                Ok(_) => return Ok(Outcome::Done(lead_on::<F>(desk, "added"))),
                Err(error) if refused(&error).is_some() => again.refusals = refusals(&error),
                Err(error) => return Err(error),
            }
        }
    }
    Ok(Outcome::Again(StatusCode::UNPROCESSABLE_ENTITY, again))
}

/// The term of an address, or `not_found`; one that was taken away is not there.
pub(super) async fn find<F: TermForm>(desk: &Desk, id: String) -> Result<Known<F::Body>, ActionError> {
    let caller = desk.caller.clone();
    let read = desk.state.house.store.read(move |db| {
        let term = get_term(db, &caller, F::KIND, &id)?;
        if term.archived_at.is_some() {
            return Err(ActionError::new(Code::NotFound));
        }
        Ok(term)
    });
    let term = read.await?;
    let body = serde_json::from_str(&term.body).map_err(ActionError::internal)?;
    Ok(Known { term, body })
}

/// The form with what a term says now, if it can say that.
pub(super) fn fill<F: TermForm>(desk: &Desk, known: &Known<F::Body>) -> Option<Filled<F>> {
    let form = F::of(desk, &known.body)?;
    Some(Filled {
        form,
        version: known.term.version.to_string(),
        faults: Vec::new(),
        refusals: Vec::new(),
    })
}

/// Changes a term that is still at the version that the form was drawn from. Who is told that it is not keeps what
/// they typed, and may save it over what others wrote after they saw that.
pub(super) async fn save<F: TermForm>(
    desk: &Desk,
    form: F,
    known: &Known<F::Body>,
) -> Result<Outcome<F>, ActionError> {
    let version = read_version(form.version())?;
    let read = form.read(desk);
    let mut again = Filled {
        version: version.to_string(),
        form,
        faults: Vec::new(),
        refusals: Vec::new(),
    };
    let body = match read {
        Ok(body) => body,
        Err(faults) => {
            again.faults = faults;
            return Ok(Outcome::Again(StatusCode::UNPROCESSABLE_ENTITY, again));
        }
    };
    let (patch, id) = (fields(body)?, known.term.id.clone());
    let written = desk
        .act(move |tx, deed| change_term(tx, deed, F::KIND, &id, Some(version), patch))
        .await;
    match written {
        Ok(_) => Ok(Outcome::Done(lead_on::<F>(desk, "saved"))),
        Err(error) if error.code == Code::StaleEdit => {
            again.refusals = vec![desk.locale.word("shop-stale")];
            again.version = known.term.version.to_string();
            Ok(Outcome::Again(StatusCode::CONFLICT, again))
        }
        Err(error) if refused(&error).is_some() => {
            again.refusals = refusals(&error);
            Ok(Outcome::Again(StatusCode::UNPROCESSABLE_ENTITY, again))
        }
        Err(error) => Err(error),
    }
}

/// What was typed to take a term away.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct EndForm {
    token: String,
    /// The term's name.
    word: String,
}

guarded!(EndForm);

/// The end of a term as a page draws it: the name that is to be typed, and whether it was another.
pub(super) struct Ending {
    pub(super) before: String,
    pub(super) word: String,
    pub(super) after: String,
    pub(super) is_wrong: bool,
    pub(super) typed: String,
    pub(super) action: String,
}

impl Ending {
    /// `refused` is what was typed, if it was not the name.
    pub(super) fn new<F: TermForm>(desk: &Desk, term: &Term, name: &str, refused: Option<&EndForm>) -> Self {
        let (before, after) = desk.locale.around("terms-type", "word");
        Self {
            before,
            word: name.to_owned(),
            after,
            is_wrong: refused.is_some(),
            typed: refused.map(|form| form.word.clone()).unwrap_or_default(),
            action: desk.link(&format!("{}/{}/end", F::LIST, term.id)),
        }
    }
}

/// Takes a term away for good, if its name was typed; says whether it was.
pub(super) async fn take_away<F: TermForm>(
    desk: &Desk,
    form: &EndForm,
    (term, name): (&Term, &str),
) -> Result<Option<HttpResponse>, ActionError> {
    let evened = |text: &str| {
        let small = fold(text).to_lowercase();
        small.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    if evened(&form.word) != evened(name) {
        return Ok(None);
    }
    let id = term.id.clone();
    desk.act(move |tx, deed| archive_term(tx, deed, F::KIND, &id, None))
        .await?;
    Ok(Some(lead_on::<F>(desk, "gone")))
}

fn lead_on<F: TermForm>(desk: &Desk, said: &str) -> HttpResponse {
    lead_to(&desk.link(&format!("{}?done={said}", F::LIST)))
}
