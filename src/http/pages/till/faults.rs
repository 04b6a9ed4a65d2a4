//! What is said at the till when something did not go: what, and what next.

use super::super::locale::Locale;
use crate::actions::{ActionError, Code, Kind};

/// The sentence for a failure; `None` of one that is no fault of the deed.
pub(super) fn say(locale: Locale, error: &ActionError) -> Option<String> {
    if matches!(
        error.code.kind(),
        Kind::Internal | Kind::Unavailable | Kind::Unauthenticated
    ) {
        return None;
    }
    Some(match error.code {
        Code::UnknownCard | Code::NotFound | Code::UnknownMember => locale.word("till-fault-unknown"),
        Code::BadCheckDigit => locale.word("till-fault-check-digit"),
        Code::CardReplaced => locale.word("till-fault-replaced"),
        Code::CardVoided => locale.word("till-fault-voided"),
        Code::MemberBlocked => locale.word("till-fault-blocked"),
        Code::InsufficientPoints => locale.word("till-fault-points"),
        Code::RewardSoldOut => locale.word("till-fault-sold-out"),
        Code::UnknownReward | Code::RewardNotAvailable | Code::NotEligible => {
            locale.word("till-fault-reward")
        }
        Code::LimitReached => locale.word("till-fault-limit"),
        Code::VelocityLimit => locale.word("till-fault-velocity"),
        Code::RecoveryOver => locale.word("till-recover-over"),
        Code::StaleCode => locale.word("till-fault-stale"),
        Code::OwnCard => locale.word("till-fault-own"),
        Code::UndoNotOwn => locale.word("till-fault-not-own"),
        Code::UndoTooLate => locale.word("till-fault-too-late"),
        Code::RedemptionSettled | Code::AlreadyRefunded => locale.word("till-fault-settled"),
        Code::RedemptionExpired => locale.word("till-fault-expired"),
        Code::BadFormToken => locale.word("till-fault-form"),
        Code::WrongRole => locale.word("till-fault-role"),
        Code::TooManyGuesses => locale.word("till-fault-guesses"),
        _ => {
            // What has no sentence of its own is said as the API says it.
            let detail = error.faults.first().map_or(&error.detail, |fault| &fault.detail);
            locale.say("till-fault-other", &[("detail", detail.as_str().into())])
        }
    })
}
