//! Words that every floor may use: ids, time, points, money, secrets, languages.

mod attributes;
mod codec;
mod folding;
mod id;
mod language;
mod mac;
mod money;
mod one_time;
mod persian;
mod plural;
mod points;
mod provenance;
mod role;
mod secret;
mod sql;
mod time;
mod wallet;
mod writing;
mod zone;

pub use attributes::{Attribute, AttributeChanges, AttributeError, Attributes};
pub use codec::{Base64Url, sha256_hex};
pub use folding::{fold, fold_email};
pub use id::{
    BucketId, CampaignId, CardId, ChallengeId, DesignId, EntryId, EventId, GiftAccountId, GiftEntryId,
    IdError, ImportId, KeyId, ListId, LocationId, MemberId, MergeId, OrderId, PassId, PasskeyId, ProgramId,
    PromotionId, ReceiptId, RedemptionId, ReferralId, RefundId, RequestId, RewardId, RuleId, SegmentId,
    StaffId, SurveyAnswerId, SurveyId, TierId, TillDeedId, TillId, WebhookDeliveryId, WebhookEndpointId,
    WebhookEventId,
};
pub use language::{Language, LanguageError, Text};
pub use mac::{hmac_sha1, hmac_sha256};
pub use money::{Currency, Money, MoneyError};
pub use one_time::{CODE_PERIOD_S, CODE_SKEW, code_at, find_period, period_at, write_base_32};
pub use plural::PluralForm;
pub use points::{Points, PointsError};
pub use provenance::{Attributed, Displaced, Provenance, Provenances, TakenAttributes};
pub use role::Role;
pub use secret::{MasterKey, Secret, constant_time_eq, random_token, ready_openssl};
pub use time::{Clock, ManualClock, SystemClock, Time, TimeError};
pub use wallet::{DeviceId, PushToken, Wallet, WalletWordError};
pub use zone::{Day, DayError, LocalTime, Weekday, Zone, ZoneError};
