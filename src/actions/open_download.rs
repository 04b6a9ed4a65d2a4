//! The holder of a reward opens the download that it is: with the first time it is used, and it opens a few times more.

use serde_json::json;

use super::announce::{Happened, announce};
use super::assess::rulebook;
use super::ledger::Ledger;
use super::promise::read_promise;
use super::settle_redemption::lock;
use super::{ActionError, CardSheet, Code, Deed};
use crate::loyalty::reward::Gift;
use crate::store::redemptions::{self, COMPLETED, ISSUED, Redemption};
use crate::store::{Tx, programs};
use crate::types::RedemptionId;

/// Opens the download of a redemption whose token was checked; gives the address that it leads to. `download_over` if
/// its time is over, it was opened as often as it may be, or the reward was taken back.
pub fn open_download(tx: &mut Tx<'_>, deed: &Deed, id: &RedemptionId) -> Result<String, ActionError> {
    let seen = redemptions::get(tx, id)?;
    let (card, mut redemption) = lock(tx, &seen)?;
    let is_first = redemption.state == ISSUED;
    if !redemption.opens(deed.now) || (is_first && card.blocked_at.is_some()) {
        return Err(ActionError::new(Code::DownloadOver));
    }
    let program = programs::get(tx, &card.program_id)?;
    let rulebook = rulebook(tx, &deed.house, &program)?;
    let Gift::Download(download) = read_promise(tx, &rulebook, &redemption)?.gives else {
        return Err(ActionError::new(Code::NotFound));
    };
    redemption.opened += 1;
    if is_first {
        complete(&mut redemption, deed);
    }
    redemptions::settle(tx, &redemption)?;
    if is_first {
        // What the phone lists of the rewards in hand is one less.
        let mut ledger = Ledger::open(tx, deed, &rulebook, card)?;
        ledger.note_activity();
        ledger.note_change();
        let closed = ledger.close(tx)?;
        if rulebook.is_heard {
            let sheet = CardSheet::read(tx, closed.card)?;
            let happened = Happened::RewardCompleted(&redemption, &sheet);
            announce(tx, deed, &program.id, &happened)?;
        }
    }
    deed.record(
        tx,
        Some(&program.id),
        "open_download",
        id.as_str(),
        &json!({ "opened": redemption.opened }),
    )?;
    Ok(download.url)
}

fn complete(redemption: &mut Redemption, deed: &Deed) {
    COMPLETED.clone_into(&mut redemption.state);
    redemption.settled_at = Some(deed.now);
}
