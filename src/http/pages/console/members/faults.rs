//! What is said when something about a member did not go: what, and what next.

use super::super::super::locale::Locale;
use crate::actions::{ActionError, Code, Kind};

/// The sentence for a failure; `None` of one that is no fault of the deed.
pub(super) fn say(locale: Locale, error: &ActionError) -> Option<String> {
    if matches!(
        error.code.kind(),
        Kind::Internal | Kind::Unavailable | Kind::Unauthenticated | Kind::Missing
    ) {
        return None;
    }
    Some(match error.code {
        Code::InsufficientPoints => locale.word("members-fault-points"),
        Code::CardVoided => locale.word("members-fault-voided"),
        Code::MemberBlocked => locale.word("members-fault-blocked"),
        Code::MemberMerged => locale.word("members-fault-merged"),
        Code::AlreadyReversed => locale.word("members-fault-reversed"),
        Code::OwnCard => locale.word("members-fault-own"),
        Code::MergeTooOld => locale.word("members-fault-too-old"),
        Code::MergeNotLast => locale.word("members-fault-not-last"),
        Code::MergeForgotten => locale.word("members-fault-forgotten"),
        Code::CardReplaced => locale.word("members-fault-replaced"),
        _ => {
            // What has no sentence of its own is said as the API says it.
            let detail = error.faults.first().map_or(&error.detail, |fault| &fault.detail);
            locale.say("members-fault-other", &[("detail", detail.as_str().into())])
        }
    })
}
