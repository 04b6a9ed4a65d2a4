//! A passkey that a browser shows: whose it is, and whether it is right.

use serde_json::json;

use super::challenge::{self, Answered, Purpose, read_challenge};
use super::{ActionError, Code, Deed, House};
use crate::store::Tx;
use crate::store::passkeys::{self, Passkey};
use crate::store::staff::Staff;
use crate::types::{Base64Url, StaffId};
use crate::webauthn::{Assertion, Known, Refusal, RelyingParty, verify_assertion};

/// What a browser sends of a passkey that it shows.
#[derive(Debug, Clone)]
pub struct ShownPasskey {
    /// The credential's id.
    pub id: Vec<u8>,
    /// The client data.
    pub client_data: Vec<u8>,
    /// The authenticator's data.
    pub authenticator_data: Vec<u8>,
    /// The signature.
    pub signature: Vec<u8>,
    /// Whose it is, as the authenticator says.
    pub user_handle: Option<Vec<u8>>,
}

/// A passkey that is known, and what is to be said of how it was shown.
pub(super) struct Judged {
    pub(super) staff: Staff,
    passkey: Passkey,
    answered: Answered,
    outcome: Result<u32, Refusal>,
}

impl Judged {
    /// Takes what was judged, in the transaction of what it is for: spends the challenge, and notes the use, or in the
    /// books why it is refused. Says whether it is taken.
    pub(super) fn take(&self, tx: &mut Tx<'_>, deed: &Deed) -> Result<bool, ActionError> {
        let is_fresh = challenge::spend(tx, deed, &self.answered)?;
        let refused = match self.outcome {
            _ if !is_fresh => "spent".to_owned(),
            Err(refusal) => refusal.to_string(),
            Ok(counter) => {
                // Somebody may have shown it or taken it away meanwhile.
                if passkeys::note_use(tx, &self.passkey, counter.into(), deed.now)? {
                    return Ok(true);
                }
                "changed".to_owned()
            }
        };
        let detail = json!({ "passkey": self.passkey.id, "because": refused });
        let program = self.staff.program_id.as_ref();
        deed.record(tx, program, "refuse_passkey", self.staff.id.as_str(), &detail)?;
        Ok(false)
    }

    /// The passkey's id, for the books.
    pub(super) const fn passkey(&self) -> &Passkey {
        &self.passkey
    }
}

/// Judges a passkey. Whoever is expected is known by other means already; nobody else's is taken then.
pub(super) async fn judge(
    house: &House,
    purpose: &Purpose,
    expected: Option<&StaffId>,
    shown: &ShownPasskey,
) -> Result<Judged, ActionError> {
    let wrong = || ActionError::new(Code::WrongPasskey);
    let party = RelyingParty::of(&house.public_url).ok_or_else(wrong)?;
    let answered = read_challenge(house, purpose, &shown.client_data).ok_or_else(wrong)?;
    let credential = Base64Url::encode(&shown.id);
    let found = house.store.read(move |db| passkeys::find(db, &credential));
    let (passkey, staff) = found.await?.ok_or_else(wrong)?;
    if expected.is_some_and(|expected| *expected != staff.id) {
        return Err(wrong());
    }
    let public_key = Base64Url::decode(&passkey.public_key).unwrap_or_default();
    let known = Known {
        id: &shown.id,
        public_key: &public_key,
        counter: u32::try_from(passkey.counter).unwrap_or(u32::MAX),
        user_handle: staff.id.as_str().as_bytes(),
        is_expected: expected.is_some(),
    };
    let sent = Assertion {
        id: &shown.id,
        client_data: &shown.client_data,
        authenticator_data: &shown.authenticator_data,
        signature: &shown.signature,
        user_handle: shown.user_handle.as_deref(),
    };
    let outcome = verify_assertion(&party, &answered.bytes, known, sent);
    Ok(Judged {
        staff,
        passkey,
        answered,
        outcome,
    })
}
