//! Somebody who is signed in shows once more who they are, before they change what they sign in by.

use super::challenge::Purpose;
use super::passwords::{Factor, verify};
use super::shown_passkey::{ShownPasskey, judge};
use super::sign_in::{By, check_wait, note_failure};
use super::{ActionError, Caller, Code, Deed, House};
use crate::store::staff::{self, Staff};
use crate::types::{Secret, StaffId};

/// By what somebody shows it.
#[derive(Debug, Clone)]
pub enum Proof {
    /// The password that they have.
    Password(Secret),
    /// A passkey that answers a challenge of their session.
    Passkey(Box<ShownPasskey>),
}

/// Refuses whoever is not who the session says. A wrong password counts as it does at the sign-in.
pub async fn prove_self(
    house: &House,
    caller: Caller,
    (id, session): (&StaffId, &str),
    proof: Proof,
) -> Result<(), ActionError> {
    let deed = Deed::begin(house, caller);
    match proof {
        Proof::Password(text) => by_password(house, deed, id.clone(), &text).await,
        Proof::Passkey(shown) => {
            let purpose = Purpose::Confirm(session.to_owned());
            let judged = judge(house, &purpose, Some(id), &shown).await?;
            let write = house.store.write(move |tx| judged.take(tx, &deed));
            if write.await? {
                return Ok(());
            }
            Err(ActionError::new(Code::WrongPasskey))
        }
    }
}

async fn by_password(house: &House, deed: Deed, id: StaffId, text: &Secret) -> Result<(), ActionError> {
    let named = id.clone();
    let read = house
        .store
        .read(move |db| Ok::<Staff, ActionError>(staff::get(db, &named)?));
    let row = read.await?;
    check_wait(&row, deed.now)?;
    let known = row.password_hash.as_deref().map(|hash| (&row.id, hash));
    if verify(house, Factor::Password, known, text).await? {
        return Ok(());
    }
    let write = house
        .store
        .write(move |tx| note_failure(tx, &deed, &id, &By::Password));
    write.await?;
    Err(ActionError::new(Code::WrongPassword))
}
