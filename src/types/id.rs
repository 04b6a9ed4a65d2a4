//! Prefixed ids that sort by the time they were made.

use std::fmt;
use std::str::FromStr;

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Text;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Time;

/// Crockford's base 32, lower case: the order of the text is the order of the bytes.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// 128 bits at five bits a character.
const BODY_LEN: usize = 26;

/// Why a text is not an id of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an id of the form `{prefix}…` with 26 letters and digits behind it")]
pub struct IdError {
    prefix: &'static str,
    text: String,
}

fn encode(prefix: &str, uuid: Uuid) -> String {
    let mut bits = uuid.as_u128();
    let mut body = [b'0'; BODY_LEN];
    for place in body.iter_mut().rev() {
        let index = usize::try_from(bits & 31).unwrap_or_default();
        *place = ALPHABET.get(index).copied().unwrap_or(b'0');
        bits >>= 5;
    }
    let mut text = String::with_capacity(prefix.len() + BODY_LEN);
    text.push_str(prefix);
    text.extend(body.iter().map(|byte| char::from(*byte)));
    text
}

fn check(prefix: &'static str, text: &str) -> Result<(), IdError> {
    let sound = text
        .strip_prefix(prefix)
        .is_some_and(|body| body.len() == BODY_LEN && body.bytes().all(|byte| ALPHABET.contains(&byte)));
    if sound {
        return Ok(());
    }
    Err(IdError {
        prefix,
        text: text.chars().take(64).collect(),
    })
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, AsExpression, FromSqlRow)]
        #[diesel(sql_type = Text)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// What every id of this kind begins with.
            pub const PREFIX: &'static str = $prefix;

            /// Makes a new id whose text sorts after those made at an earlier `now`.
            pub fn new(now: Time) -> Self {
                Self(encode($prefix, now.uuid_v7()))
            }

            /// The id of an instant whose chance was drawn already: the same for the same.
            pub fn drawn(now: Time, chance: u128) -> Self {
                Self(encode($prefix, now.uuid_drawn(chance)))
            }

            /// Sorts before every id that is made at `time` or later, and after those made before.
            pub fn first_at(time: Time) -> Self {
                Self(encode($prefix, time.uuid_floor()))
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                check($prefix, text)?;
                Ok(Self(text.to_owned()))
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                check($prefix, &text)?;
                Ok(Self(text))
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<DB: Backend> ToSql<Text, DB> for $name
        where
            str: ToSql<Text, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                self.0.as_str().to_sql(out)
            }
        }

        impl<DB: Backend> FromSql<Text, DB> for $name
        where
            String: FromSql<Text, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
                Ok(Self(String::from_sql(bytes)?))
            }
        }
    )*};
}

ids! {
    /// A loyalty scheme.
    ProgramId = "prg_";
    /// One version of the look of a program's passes.
    DesignId = "dsg_";
    /// A person in a program.
    MemberId = "mem_";
    /// The numbered thing that is scanned.
    CardId = "crd_";
    /// A card's form in one wallet.
    PassId = "pss_";
    /// One unchangeable movement of the ledger.
    EntryId = "ent_";
    /// A purchase.
    OrderId = "ord_";
    /// A sale without a card that a member may claim.
    ReceiptId = "rcp_";
    /// Money given back for an order.
    RefundId = "rfd_";
    /// An earning rule.
    RuleId = "rul_";
    /// A promotion.
    PromotionId = "prm_";
    /// A reward of the catalogue.
    RewardId = "rwd_";
    /// A tier.
    TierId = "tir_";
    /// A challenge.
    ChallengeId = "chl_";
    /// Points that have a date.
    BucketId = "bkt_";
    /// Something that happened, other than a purchase.
    EventId = "evt_";
    /// A member's use of a reward.
    RedemptionId = "rdm_";
    /// A gift card: stored value.
    GiftAccountId = "gft_";
    /// One unchangeable movement of stored value.
    GiftEntryId = "gfe_";
    /// Somebody who joined by a member's code.
    ReferralId = "ref_";
    /// Two members joined.
    MergeId = "mrg_";
    /// A key of the API.
    KeyId = "key_";
    /// A place of the shop.
    LocationId = "loc_";
    /// A saved choice of members.
    SegmentId = "seg_";
    /// A list of members that was brought.
    ListId = "lst_";
    /// A message to a segment.
    CampaignId = "cmp_";
    /// A survey.
    SurveyId = "srv_";
    /// What a member answered to a survey.
    SurveyAnswerId = "sva_";
    /// A person who works at the shop.
    StaffId = "stf_";
    /// A browser that stands at a counter.
    TillId = "til_";
    /// Something that was done at a till.
    TillDeedId = "tld_";
    /// A passkey of somebody who works at a shop.
    PasskeyId = "pky_";
    /// An address outside that is told of what happens.
    WebhookEndpointId = "whe_";
    /// One thing that happened, as those outside are told; the same at every endpoint.
    WebhookEventId = "wev_";
    /// One event on its way to one endpoint.
    WebhookDeliveryId = "dlv_";
    /// A list of members of another product.
    ImportId = "imp_";
    /// One request, for logs and problem answers.
    RequestId = "req_";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_the_time_they_were_made() {
        let early = CardId::new(Time::from_millis(1_000));
        let late = CardId::new(Time::from_millis(2_000));
        assert!(early < late);
        assert_eq!(early.as_str().len(), 30);
    }

    #[test]
    fn the_first_of_an_instant_parts_before_from_after() {
        let at = Time::from_millis(2_000);
        let first = CardId::first_at(at);
        assert!(CardId::new(Time::from_millis(1_999)) < first);
        assert!(first < CardId::new(at));
        assert!(first.as_str().parse::<CardId>().is_ok());
    }

    #[test]
    fn a_drawn_id_is_the_same_for_the_same_and_sorts_by_its_time() {
        let at = Time::from_millis(2_000);
        let drawn = CardId::drawn(at, u128::MAX);
        assert_eq!(drawn, CardId::drawn(at, u128::MAX));
        assert_ne!(drawn, CardId::drawn(at, 0));
        assert!(CardId::first_at(at) < CardId::drawn(at, 0));
        assert!(drawn < CardId::first_at(Time::from_millis(2_001)));
        assert!(drawn.as_str().parse::<CardId>().is_ok());
    }

    #[test]
    fn a_foreign_prefix_or_letter_is_refused() {
        let card = CardId::new(Time::from_millis(1)).to_string();
        assert!(card.parse::<CardId>().is_ok());
        assert!(card.parse::<MemberId>().is_err());
        assert!(card.to_uppercase().parse::<CardId>().is_err());
        assert!("crd_".parse::<CardId>().is_err());
        assert!(format!("{card}0").parse::<CardId>().is_err());
    }
}
