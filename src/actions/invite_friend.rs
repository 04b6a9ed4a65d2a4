//! Somebody joins by a member's code: who invited whom is noted, or why it is no referral.

use serde_json::json;

use super::pay_referral::SAME_MEMBER;
use super::{ActionError, Deed};
use crate::store::Tx;
use crate::store::referrals::{self, PENDING, REFUSED, Referral};
use crate::types::{MemberId, ProgramId, ReferralId};

/// Notes that a new member came by another's code. It is the last that an enrolment does.
pub(super) fn note_invitation(
    tx: &mut Tx<'_>,
    deed: &Deed,
    program: &ProgramId,
    (referrer, friend): (&MemberId, &MemberId),
) -> Result<(), ActionError> {
    let came = referrals::find_by_friend(tx, referrer)?;
    let above = came.filter(|referral| referral.state != REFUSED);
    let referral = Referral {
        depth: above.map_or(0, |referral| referral.depth) + 1,
        ..referral(deed, program, (referrer, friend))
    };
    if referrals::claim(tx, &referral)? {
        let detail = json!({ "friend": friend, "depth": referral.depth });
        deed.record(
            tx,
            Some(program),
            "note_invitation",
            referral.id.as_str(),
            &detail,
        )?;
        referrals::count(tx, referrer, 1, 0)?;
    }
    Ok(())
}

/// Notes that a member, found again, named a code of their own. Their enrolment goes on.
pub(super) fn refuse_own_code(
    tx: &mut Tx<'_>,
    deed: &Deed,
    program: &ProgramId,
    member: &MemberId,
) -> Result<(), ActionError> {
    let referral = Referral {
        state: REFUSED.to_owned(),
        reason: Some(SAME_MEMBER.to_owned()),
        settled_at: Some(deed.now),
        ..referral(deed, program, (member, member))
    };
    if referrals::claim(tx, &referral)? {
        let detail = json!({ "reason": SAME_MEMBER });
        deed.record(
            tx,
            Some(program),
            "refuse_referral",
            referral.id.as_str(),
            &detail,
        )?;
    }
    Ok(())
}

fn referral(deed: &Deed, program: &ProgramId, (referrer, friend): (&MemberId, &MemberId)) -> Referral {
    Referral {
        id: ReferralId::new(deed.now),
        program_id: program.clone(),
        referrer_id: referrer.clone(),
        friend_id: friend.clone(),
        depth: 0,
        state: PENDING.to_owned(),
        reason: None,
        order_id: None,
        created_at: deed.now,
        settled_at: None,
    }
}
