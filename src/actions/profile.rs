//! What is known of a member beside name and identities: when they were born, how they came, whom they brought.

use super::ActionError;
use crate::store::members::Member;
use crate::store::referrals::{self, REFUSED};
use crate::store::{Db, birthdays, programs};
use crate::types::{Day, MemberId};

/// What else is known of a member.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Profile {
    /// When they were born.
    pub birth_date: Option<Day>,
    /// How they came and whom they brought; `None` until they have a code.
    pub referral: Option<ReferralSheet>,
}

/// How a member came, and whom they brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferralSheet {
    /// What they tell their friends.
    pub code: String,
    /// The program's name in addresses.
    pub slug: String,
    /// Who invited them.
    pub invited_by: Option<MemberId>,
    /// How many invited one another before them; 0 if nobody did.
    pub depth: i64,
    /// Friends who joined by their code and were not refused.
    pub invited: i64,
    /// Those of them whose first order was paid for and kept.
    pub paid: i64,
}

impl Profile {
    /// Reads it.
    pub fn read(db: &mut Db, member: &Member) -> Result<Self, ActionError> {
        if member.erased_at.is_some() {
            return Ok(Self::default());
        }
        Ok(Self {
            birth_date: birthdays::find(db, &member.id)?,
            referral: ReferralSheet::read(db, member)?,
        })
    }
}

impl ReferralSheet {
    fn read(db: &mut Db, member: &Member) -> Result<Option<Self>, ActionError> {
        let Some(code) = referrals::find_code(db, &member.id)? else {
            return Ok(None);
        };
        let came = referrals::find_by_friend(db, &member.id)?;
        let came = came.filter(|referral| referral.state != REFUSED);
        Ok(Some(Self {
            slug: programs::get(db, &member.program_id)?.slug,
            depth: came.as_ref().map_or(0, |referral| referral.depth),
            invited_by: came.map(|referral| referral.referrer_id),
            code: code.code,
            invited: code.invited,
            paid: code.paid,
        }))
    }
}
