//! What happened with a member, each line in the reader's words.

use super::super::super::card::label;
use super::super::super::desk::Desk;
use super::super::super::settings::{MARKETING, SOURCE};
use crate::actions::ActionError;
use crate::actions::list_happenings::{Happening, Happenings, Sort, What};
use crate::loyalty::explain::Explanation;
use crate::store::entries::Entry;
use crate::store::members::{Consent, Identity};
use crate::store::orders::Order;
use crate::store::redemptions::{CANCELLED, COMPLETED, EXPIRED, ISSUED, Redemption};
use crate::types::{Text, Wallet};

/// A line of what happened.
pub(super) struct Line {
    pub(super) title: String,
    /// Why, and by whom.
    pub(super) why: Vec<String>,
    pub(super) instant: String,
    pub(super) time: String,
    /// What it moved.
    pub(super) change: String,
    pub(super) is_gain: bool,
    /// The entry, if it can be undone.
    pub(super) undo: Option<String>,
}

/// A way to one sort of happenings.
pub(super) struct SortLink {
    pub(super) name: String,
    pub(super) address: String,
    pub(super) is_current: bool,
}

/// What leads to the member.
pub(super) struct IdentityLine {
    pub(super) kind: &'static str,
    pub(super) shown: String,
}

/// A yes or no that was said.
pub(super) struct ConsentLine {
    pub(super) purpose: String,
    pub(super) is_granted: bool,
    pub(super) source: String,
    pub(super) instant: String,
    pub(super) time: String,
}

/// Every sort with its name in addresses and the text that names it; first all of them together.
pub(super) const SORTS: [(&str, &str, Option<Sort>); 6] = [
    ("", "members-sort-all", None),
    ("points", "members-sort-points", Some(Sort::Points)),
    ("orders", "members-sort-orders", Some(Sort::Orders)),
    ("rewards", "members-sort-rewards", Some(Sort::Rewards)),
    ("phones", "members-sort-phones", Some(Sort::Phones)),
    ("deeds", "members-sort-deeds", Some(Sort::Deeds)),
];

/// The text for a deed of the books, if it has one.
fn deed_text(deed: &str) -> Option<&'static str> {
    Some(match deed {
        "enrol" => "members-deed-enrol",
        "change_member" => "members-deed-change",
        "add_identity" => "members-deed-add-identity",
        "remove_identity" => "members-deed-remove-identity",
        "state_consent" => "members-deed-consent",
        "block_member" => "members-deed-block",
        "unblock_member" => "members-deed-unblock",
        "export_member" => "members-deed-export",
        "search_member" => "members-deed-search",
        "reissue_link" => "members-deed-link",
        "push_card" => "members-deed-push",
        "void_card" => "members-deed-void",
        "replace_card" => "members-deed-replace",
        "register_device" => "members-deed-register",
        "unregister_device" => "members-deed-unregister",
        _ => return None,
    })
}

const fn told_text(wallet: Wallet) -> &'static str {
    match wallet {
        Wallet::Apple => "members-told-apple",
        Wallet::Google => "members-told-google",
    }
}

/// Writes the lines of a page for whoever works at a desk.
pub(super) struct Writing<'a> {
    pub(super) desk: &'a Desk,
    pub(super) happenings: &'a Happenings,
    /// What points are called.
    pub(super) point_name: Text,
    /// Whether entries can be undone here.
    pub(super) can_undo: bool,
}

impl Writing<'_> {
    /// The lines, newest first.
    pub(super) fn lines(&self) -> Result<Vec<Line>, ActionError> {
        self.happenings.list.iter().map(|one| self.line(one)).collect()
    }

    fn line(&self, one: &Happening) -> Result<Line, ActionError> {
        let locale = self.desk.locale;
        let mut line = Line {
            title: String::new(),
            why: Vec::new(),
            instant: one.at.rfc3339_secs(),
            time: self.desk.moment(one.at),
            change: String::new(),
            is_gain: false,
            undo: None,
        };
        match &one.what {
            What::Moved {
                entry,
                order,
                reward,
                can_reverse,
            } => {
                self.moved(&mut line, entry, order.as_deref())?;
                line.why.extend(reward.as_ref().map(|reward| self.text(reward)));
                line.why.extend(self.by(&entry.actor));
                line.undo = (*can_reverse && self.can_undo).then(|| entry.id.to_string());
            }
            What::Bought(order) => {
                line.title = self.purchase(order);
                line.why.push(locale.word("members-earned-nothing"));
            }
            What::Issued(redemption, name) => self.issued(&mut line, redemption, name),
            What::Settled(redemption, name) => {
                let id = match redemption.state.as_str() {
                    COMPLETED => "members-reward-completed",
                    CANCELLED => "members-reward-cancelled",
                    EXPIRED => "members-reward-expired",
                    _ => "members-reward-issued",
                };
                line.title = locale.say(id, &[("reward", self.text(name).into())]);
            }
            What::Warned(points) => {
                let points = self.desk.points(points.get());
                line.title = locale.say("members-warned", &[("points", points.into())]);
            }
            What::Told(wallet) => line.title = locale.word(told_text(*wallet)),
            What::Fetched => line.title = locale.word("members-fetched"),
            What::Complained(said) => {
                line.title = locale.word("members-complained");
                line.why.push(said.clone());
            }
            What::Joined(merge, other) => {
                line.title = self.of_other("members-joined-with", other);
                line.why
                    .extend(Some(merge.reason.clone()).filter(|why| !why.is_empty()));
                line.why.extend(self.by(&merge.actor));
            }
            What::Parted(_, other) => line.title = self.of_other("members-parted-from", other),
            What::Done { deed, actor } => {
                line.title = match deed_text(deed) {
                    Some(id) => locale.word(id),
                    None => locale.say("members-deed-other", &[("deed", deed.as_str().into())]),
                };
                line.why.extend(self.by(actor));
            }
        }
        Ok(line)
    }

    fn text(&self, text: &Text) -> String {
        text.get(&self.desk.locale.language()).to_owned()
    }

    fn of_other(&self, id: &str, other: &str) -> String {
        let name = if other.is_empty() {
            self.desk.locale.word("till-nameless")
        } else {
            other.to_owned()
        };
        self.desk.locale.say(id, &[("name", name.into())])
    }

    fn purchase(&self, order: &Order) -> String {
        let money = self.desk.money(order.total_minor);
        self.desk
            .locale
            .say("members-purchase", &[("money", money.into())])
    }

    fn moved(&self, line: &mut Line, entry: &Entry, order: Option<&Order>) -> Result<(), ActionError> {
        let language = self.desk.locale.language();
        line.change = language.write_change(entry.points.get());
        line.is_gain = entry.points.get() > 0;
        let name = if entry.reverses.is_some() {
            self.desk.locale.word("members-undone")
        } else {
            self.desk.locale.word(label(entry))
        };
        line.title = match order {
            Some(order) => format!("{name} · {}", self.desk.money(order.total_minor)),
            None => name,
        };
        match &entry.explanation {
            Some(kept) => {
                let explanation: Explanation = serde_json::from_str(kept).map_err(ActionError::internal)?;
                let currency = self.desk.program.currency;
                line.why
                    .push(explanation.words(&language, currency, &self.point_name));
            }
            // What a person wrote; what the program writes of itself is in the title.
            None if entry.kind == "adjust" && entry.reverses.is_none() => line.why.push(entry.reason.clone()),
            None => (),
        }
        Ok(())
    }

    fn issued(&self, line: &mut Line, redemption: &Redemption, name: &Text) {
        let locale = self.desk.locale;
        let values = [("reward", self.text(name).into())];
        line.title = locale.say("members-reward-issued", &values);
        let cost = redemption.cost.get();
        if cost != 0 {
            line.change = locale.language().write_change(-cost);
        }
        if redemption.state == ISSUED {
            line.why.push(locale.word("members-reward-held"));
        }
    }

    /// By whom, as far as that is told.
    fn by(&self, actor: &str) -> Option<String> {
        let by_customer = || (actor == "customer").then(|| self.desk.locale.word("members-by-customer"));
        self.happenings.actors.get(actor).cloned().or_else(by_customer)
    }
}

impl IdentityLine {
    pub(super) fn of(identity: &Identity) -> Self {
        Self {
            kind: match identity.kind.as_str() {
                "email" => "members-email",
                "phone" => "members-phone",
                "card_number" => "members-card-number",
                _ => "members-external-id",
            },
            shown: identity.shown().to_owned(),
        }
    }
}

impl ConsentLine {
    pub(super) fn of(desk: &Desk, consent: &Consent) -> Self {
        let locale = desk.locale;
        Self {
            purpose: if consent.purpose == MARKETING {
                locale.word("members-news")
            } else {
                consent.purpose.clone()
            },
            is_granted: consent.granted,
            source: match consent.source.as_str() {
                "join" => locale.word("members-source-join"),
                SOURCE => locale.word("members-source-page"),
                "import" => locale.word("imports-source"),
                other => locale.say("members-source-other", &[("source", other.into())]),
            },
            instant: consent.at.rfc3339_secs(),
            time: desk.moment(consent.at),
        }
    }
}
