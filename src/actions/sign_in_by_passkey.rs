//! Somebody signs in with a passkey, which stands for both steps: it was there, and its owner showed who they are.

use super::challenge::Purpose;
use super::shown_passkey::{ShownPasskey, judge};
use super::sign_in::{By, SignedIn, open_session};
use super::{ActionError, Caller, Code, Deed, House};
use crate::store::{half_sessions, staff};
use crate::types::StaffId;

/// Signs somebody in with a passkey; whoever's password was right before is expected, and nobody else. There is nothing
/// to guess in a passkey, so that too many wrong passwords of others do not keep its owner out.
pub async fn sign_in_by_passkey(
    house: &House,
    caller: Caller,
    expected: Option<(&StaffId, &str)>,
    shown: &ShownPasskey,
) -> Result<SignedIn, ActionError> {
    let deed = Deed::begin(house, caller);
    let judged = judge(house, &Purpose::SignIn, expected.map(|(id, _)| id), shown).await?;
    let half = expected.map(|(_, hash)| hash.to_owned());
    let write = house.store.write(move |tx| {
        let row = staff::lock(tx, &judged.staff.id)?;
        if row.archived_at.is_some() || !judged.take(tx, &deed)? {
            return Ok(None);
        }
        if let Some(hash) = half {
            half_sessions::remove(tx, &hash)?;
        }
        let by = By::Passkey(judged.passkey().id.clone());
        open_session(tx, &deed, row, None, &by).map(Some)
    });
    write.await?.ok_or_else(|| ActionError::new(Code::WrongPasskey))
}
