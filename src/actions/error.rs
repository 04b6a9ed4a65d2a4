//! Every way in which a deed can fail, each once: its name, its kind, its sentence.

use std::time::Duration;

use crate::store::audit;
use crate::store::{MigrationError, StoreError};

/// What sort of failure it is; the HTTP floor alone knows what status that is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The body is not what it says it is.
    Malformed,
    /// No key, or none that is good.
    Unauthenticated,
    /// The key may not do this.
    Forbidden,
    /// It is not there, or not for this key to see.
    Missing,
    /// It clashes with what is there.
    Conflict,
    /// Somebody else edited it meanwhile.
    Stale,
    /// It was there, and its time is over.
    Gone,
    /// The body is too large.
    TooLarge,
    /// The rules say no.
    Unprocessable,
    /// Too many; come back later.
    Limited,
    /// Not now; come back later.
    Unavailable,
    /// A defect of ours.
    Internal,
}

/// Declares the table: variant, name in answers, kind, sentence.
macro_rules! codes {
    ($($variant:ident $name:literal $kind:ident $title:literal;)*) => {
        /// A stable code of the API.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code {$(
            #[doc = $title]
            $variant,
        )*}

        impl Code {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Its name in answers.
            pub const fn name(self) -> &'static str {
                match self {$(Self::$variant => $name,)*}
            }

            /// What sort of failure it is.
            pub const fn kind(self) -> Kind {
                match self {$(Self::$variant => Kind::$kind,)*}
            }

            /// Its sentence.
            pub const fn title(self) -> &'static str {
                match self {$(Self::$variant => $title,)*}
            }
        }
    };
}

codes! {
    MalformedBody       "malformed_body"       Malformed       "The body is not JSON.";
    WrongMediaType      "wrong_media_type"     Malformed       "The body must be sent as application/json.";
    BadCursor           "bad_cursor"           Malformed       "The cursor is not one that a list gave out.";
    BadParameter        "bad_parameter"        Malformed       "A parameter of the address is not what it should be.";
    BadIdempotencyKey   "bad_idempotency_key"  Malformed       "An idempotency key has 1 to 255 printable ASCII characters.";
    BadFrame            "bad_frame"            Malformed       "The frame is not a JPEG that can be read.";
    BadBarcode          "bad_barcode"          Malformed       "The scanned text is not a card code.";
    NoKey               "no_key"               Unauthenticated "Send a good key as `Authorization: Bearer …`.";
    NoSession           "no_session"           Unauthenticated "Sign in first.";
    WrongPassword       "wrong_password"       Unauthenticated "That is not right. Look at the address and try again.";
    WrongCode           "wrong_code"           Unauthenticated "That is not the code of now, or it was used; wait for the next one.";
    WrongPasskey        "wrong_passkey"        Unauthenticated "The passkey was not taken. Try again, or use the password.";
    WrongPassToken      "wrong_pass_token"     Unauthenticated "The pass is unknown or the token is not its own.";
    WrongRole           "wrong_role"           Forbidden       "The key's role may not do this.";
    CrossSite           "cross_site"           Forbidden       "The form was sent from another site.";
    BadFormToken        "bad_form_token"       Forbidden       "The form is from an earlier visit; open the page anew and send it again.";
    UndoNotOwn          "undo_not_own"         Forbidden       "A cashier may undo their own entries only; a manager can undo this one.";
    UndoTooLate         "undo_too_late"        Forbidden       "The time in which a cashier may undo it is over; a manager can.";
    OwnApproval         "own_approval"         Forbidden       "Nobody approves what they asked for; a colleague must.";
    OwnCard             "own_card"             Forbidden       "Nobody serves their own card; ask a colleague to do it.";
    NotFound            "not_found"            Missing         "There is nothing of that id here.";
    NoRoute             "no_route"             Missing         "There is no such address; GET /docs lists them all.";
    SlugTaken           "slug_taken"           Conflict        "Another program has that slug.";
    ExternalIdTaken     "external_id_taken"    Conflict        "The external id is taken.";
    IdentityConflict    "identity_conflict"    Conflict        "The identities belong to different members.";
    IdentityTaken       "identity_taken"       Conflict        "Another member of the program has it; find and join them, or leave it out.";
    OrderExists         "order_exists"         Conflict        "Another order was recorded under that external id.";
    EventExists         "event_exists"         Conflict        "Another event was recorded under that external id.";
    RedemptionSettled   "redemption_settled"   Conflict        "The redemption was completed, cancelled or expired before.";
    RefundExists        "refund_exists"        Conflict        "Another refund was recorded under that external id.";
    ReceiptExists       "receipt_exists"       Conflict        "Another receipt was recorded under that external id.";
    AlreadyClaimed      "already_claimed"      Conflict        "Another member has claimed the receipt.";
    AlreadyReversed     "already_reversed"     Conflict        "The entry was reversed before.";
    NotReversible       "not_reversible"       Conflict        "The entry cannot be reversed.";
    GiftEntryExists     "gift_entry_exists"    Conflict        "Another movement of stored value was recorded under that external id.";
    Archived            "archived"             Conflict        "It was taken away and cannot be edited any more.";
    MemberMerged        "member_merged"        Conflict        "The member was joined with another one, who stands for both.";
    PasskeyTaken        "passkey_taken"        Conflict        "The passkey is known already.";
    MergeNotLast        "merge_not_last"       Conflict        "The members were joined with others since; part those first.";
    MergeForgotten      "merge_forgotten"      Conflict        "One of the members was erased, so they cannot be parted.";
    SurveyAnswered      "survey_answered"      Conflict        "The member has answered the survey before; it is answered once.";
    CampaignBegun       "campaign_begun"       Conflict        "The campaign was scheduled or begun before.";
    CampaignOver        "campaign_over"        Conflict        "The campaign is a draft, is over, or was cancelled.";
    NotAwaiting         "not_awaiting"         Conflict        "The campaign does not wait for approval.";
    ListNamed           "list_named"           Conflict        "A segment names the list.";
    KeyInFlight         "key_in_flight"        Conflict        "A request with that idempotency key is still running.";
    StaleEdit           "stale_edit"           Stale           "It was changed since you read it; read it again.";
    SetUpOver           "set_up_over"          Gone            "Somebody works here already; sign in, or ask an owner for a login.";
    TillLinkOver        "till_link_over"       Gone            "The link has expired or was used; make a new one for the till.";
    DownloadOver        "download_over"        Gone            "The link has expired, or was opened as often as it may be.";
    BodyTooLarge        "body_too_large"       TooLarge        "The body is larger than this address takes.";
    Invalid             "invalid"              Unprocessable   "Some fields are not what they should be.";
        BadCallback         "bad_callback"         Unprocessable   "The callback was not signed by Google for us.";
    IdempotencyMismatch  "idempotency_mismatch" Unprocessable   "The idempotency key was used for another request.";
    UnknownCard         "unknown_card"         Unprocessable   "The card is unknown. Scan it again or search by phone.";
    BadCheckDigit       "bad_check_digit"      Unprocessable   "One character of the code is wrong; look at the card again.";
    CardReplaced        "card_replaced"        Unprocessable   "The code was replaced by a new one and is not good any more; ask for the new card.";
    UnknownMember       "unknown_member"       Unprocessable   "The member is unknown.";
    CardVoided          "card_voided"          Unprocessable   "The card was voided.";
    MemberBlocked       "member_blocked"       Unprocessable   "The member is blocked.";
    TransfersOff        "transfers_off"        Unprocessable   "Members of the program may not give points to each other.";
    MergeTooOld         "merge_too_old"        Unprocessable   "The time in which the members could be parted is over.";
    CurrencyMismatch    "currency_mismatch"    Unprocessable   "The program counts in another currency.";
    OutOfRange          "out_of_range"         Unprocessable   "The amount is out of range.";
    InsufficientPoints  "insufficient_points"  Unprocessable   "The card has too few points.";
    AlreadyRefunded     "already_refunded"     Unprocessable   "The order was refunded in whole.";
    NotRefundable       "not_refundable"       Unprocessable   "More would be refunded than was paid.";
    UnknownReward       "unknown_reward"       Unprocessable   "The program has no such reward, or it is not given at present.";
    RewardNotAvailable  "reward_not_available" Unprocessable   "The reward cannot be had at this time.";
    RewardSoldOut       "reward_sold_out"      Unprocessable   "There is none of the reward left.";
    NotEligible         "not_eligible"         Unprocessable   "The reward is not for this member.";
    RedemptionBegun     "redemption_begun"     Unprocessable   "It has begun, so the place can be given back no more.";
    LimitReached        "limit_reached"        Unprocessable   "There can be no more of it.";
    VelocityLimit       "velocity_limit"       Unprocessable   "There were too many orders in so short a time.";
    StaleCode           "stale_code"           Unprocessable   "Nothing shows that the card is here now.";
    ClaimExpired        "claim_expired"        Unprocessable   "The receipt was not claimed in time.";
    RecoveryOver        "recovery_over"        Unprocessable   "The code is older than a quarter of an hour; have the customer ask again.";
    ReceiptVoided       "receipt_voided"       Unprocessable   "The sale was taken back, so its receipt cannot be claimed.";
    RedemptionExpired   "redemption_expired"   Unprocessable   "The reward was not used in time.";
    InsufficientBalance "insufficient_balance" Unprocessable   "The gift card holds too little.";
    GiftCardVoided      "gift_card_voided"     Unprocessable   "The gift card was voided.";
    GiftCardExpired     "gift_card_expired"    Unprocessable   "The gift card has expired.";
    ValueMismatch       "value_mismatch"       Unprocessable   "Value that was paid for and value that was earned are never mixed.";
    SurveyNotOpen       "survey_not_open"      Unprocessable   "The survey is not open, so it takes no answers.";
    NoDesign            "no_design"            Unprocessable   "The program has no published design yet.";
    NoApple             "no_apple"             Unprocessable   "Apple Wallet is not set up here; see `billfold doctor`.";
    NoGoogle            "no_google"            Unprocessable   "Google Wallet is not set up here; see `billfold doctor`.";
    SignInLocked        "sign_in_locked"       Limited         "Too many tries failed; wait before the next one.";
    TooManyGuesses      "too_many_guesses"     Limited         "Too many unknown codes were asked for with this key; wait a moment.";
    TooMany             "too_many_requests"    Limited         "Too many requests; wait a moment.";
    Unavailable         "unavailable"          Unavailable     "The service cannot do this at the moment; try again soon.";
    Internal            "internal"             Internal        "Something is wrong on our side; the request id helps to find it.";
}

/// One fault of a body: where, which, why and what next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// A JSON pointer (RFC 6901) to the field.
    pub pointer: String,
    /// A stable code.
    pub code: String,
    /// The sentence.
    pub detail: String,
}

impl Fault {
    /// A fault at a pointer.
    pub fn new(pointer: impl Into<String>, code: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            pointer: pointer.into(),
            code: code.into(),
            detail: detail.into(),
        }
    }
}

/// Why a deed was not done. Nothing of it is stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {detail}", code.name())]
pub struct ActionError {
    /// The code.
    pub code: Code,
    /// What happened here, for the caller; for [`Kind::Internal`] only for the log.
    pub detail: String,
    /// The single faults of a body.
    pub faults: Vec<Fault>,
    /// When to come back.
    pub retry_after: Option<Duration>,
    /// What the books are to say of it, though nothing else of the deed is stored.
    pub refusal: Option<Box<audit::Deed>>,
}

impl ActionError {
    /// A failure with the table's own sentence.
    pub fn new(code: Code) -> Self {
        Self {
            code,
            detail: code.title().to_owned(),
            faults: Vec::new(),
            retry_after: None,
            refusal: None,
        }
    }

    /// The failure with a line for the books.
    #[must_use]
    pub fn noted(mut self, row: audit::Deed) -> Self {
        self.refusal = Some(Box::new(row));
        self
    }

    /// A failure with more to say.
    pub fn with(code: Code, detail: impl Into<String>) -> Self {
        Self {
            detail: detail.into(),
            ..Self::new(code)
        }
    }

    /// A body with faults.
    pub fn invalid(faults: Vec<Fault>) -> Self {
        let detail = faults
            .first()
            .map_or_else(|| Code::Invalid.title().to_owned(), |fault| fault.detail.clone());
        Self {
            faults,
            ..Self::with(Code::Invalid, detail)
        }
    }

    /// A body with one fault.
    pub fn fault(pointer: &str, code: &str, detail: impl Into<String>) -> Self {
        Self::invalid(vec![Fault::new(pointer, code, detail)])
    }

    /// A defect of ours; the text goes to the log only.
    pub fn internal(detail: impl std::fmt::Display) -> Self {
        Self::with(Code::Internal, detail.to_string())
    }
}

impl From<StoreError> for ActionError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::new(Code::NotFound),
            StoreError::Unavailable(why) => {
                tracing::warn!(%why, "the database cannot be used");
                Self {
                    retry_after: Some(Duration::from_secs(2)),
                    ..Self::new(Code::Unavailable)
                }
            }
            StoreError::Schema(MigrationError::Newer { .. }) => Self {
                retry_after: Some(Duration::from_mins(1)),
                ..Self::new(Code::Unavailable)
            },
            other => Self::internal(other),
        }
    }
}
