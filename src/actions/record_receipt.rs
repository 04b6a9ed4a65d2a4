//! A till records a sale without a card, which a member may claim later.

use serde_json::json;

use super::assess::{assess_stranger, rulebook};
use super::record_order::{NewOrder, check_total, purchase_of};
use super::{ActionError, Code, Deed};
use crate::loyalty::policy::Policy;
use crate::loyalty::rule::facts::Happening;
use crate::store::programs::Program;
use crate::store::receipts::{self, Receipt};
use crate::store::{Tx, orders, programs};
use crate::types::{Points, ProgramId, ReceiptId, sha256_hex};

/// A recorded receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedReceipt {
    /// The receipt.
    pub receipt: Receipt,
    /// Whether it was recorded now, not before.
    pub is_new: bool,
}

/// Records a receipt; `new` is the order that it becomes, of whomever. The same receipt again answers the same.
pub fn record_receipt(
    tx: &mut Tx<'_>,
    deed: &Deed,
    program: Option<&ProgramId>,
    new: &NewOrder,
) -> Result<RecordedReceipt, ActionError> {
    let program = find_program(tx, deed, program)?;
    let total = check_total(new, &program)?;
    let detail = json!({ "lines": new.lines, "location": new.location, "channel": new.channel }).to_string();
    let fingerprint = sha256_hex(json!([total, new.paid_at, detail]).to_string().as_bytes());
    let known = receipts::find_by_external_id(tx, &program.id, &new.source, &new.external_id)?;
    if let Some(known) = known {
        return answer_again(known, &fingerprint);
    }
    if orders::find_by_external_id(tx, &program.id, &new.source, &new.external_id)?.is_some() {
        return Err(ActionError::new(Code::OrderExists));
    }
    let zone = program.time_zone;
    let receipt = Receipt {
        id: ReceiptId::new(deed.now),
        source: new.source.clone(),
        external_id: new.external_id.clone(),
        fingerprint,
        total_minor: total.minor,
        currency: total.currency,
        detail,
        would_earn: foretell(tx, deed, &program, new)?,
        paid_at: new.paid_at.unwrap_or(deed.now),
        created_at: deed.now,
        expires_at: policy(&program)?.end_of_receipt(zone, zone.local(deed.now).day),
        voided_at: None,
        claimed_at: None,
        member_id: None,
        order_id: None,
        program_id: program.id,
    };
    if !receipts::insert(tx, &receipt)? {
        let known =
            receipts::find_by_external_id(tx, &receipt.program_id, &receipt.source, &receipt.external_id)?;
        let known = known.ok_or_else(|| ActionError::internal("a receipt that clashes is not there"))?;
        return answer_again(known, &receipt.fingerprint);
    }
    let said = json!({ "external_id": receipt.external_id, "would_earn": receipt.would_earn });
    deed.record(
        tx,
        Some(&receipt.program_id),
        "record_receipt",
        receipt.id.as_str(),
        &said,
    )?;
    Ok(RecordedReceipt {
        receipt,
        is_new: true,
    })
}

fn answer_again(known: Receipt, fingerprint: &str) -> Result<RecordedReceipt, ActionError> {
    if known.fingerprint != fingerprint {
        return Err(ActionError::new(Code::ReceiptExists));
    }
    Ok(RecordedReceipt {
        receipt: known,
        is_new: false,
    })
}

/// The program that is meant: the key's own, or the one that is named.
fn find_program(tx: &mut Tx<'_>, deed: &Deed, named: Option<&ProgramId>) -> Result<Program, ActionError> {
    let Some(id) = named.or(deed.caller.program.as_ref()) else {
        let detail = "A key for all programs must name the program.";
        return Err(ActionError::fault("/program", "missing", detail));
    };
    deed.caller.check_sees(id)?;
    Ok(programs::get(tx, id)?)
}

fn policy(program: &Program) -> Result<Policy, ActionError> {
    serde_json::from_str(&program.policy).map_err(ActionError::internal)
}

/// What somebody who has never bought here would earn.
fn foretell(tx: &mut Tx<'_>, deed: &Deed, program: &Program, new: &NewOrder) -> Result<Points, ActionError> {
    let rulebook = rulebook(tx, &deed.house, program)?;
    let total = check_total(new, program)?;
    let purchase = purchase_of(&rulebook, new, total);
    let at = new.paid_at.unwrap_or(deed.now);
    let assessed = assess_stranger(tx, &rulebook, Happening::Order(&purchase), at)?;
    Ok(assessed.evaluation.total)
}
