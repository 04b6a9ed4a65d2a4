//! The member's settings: their own data, what the shop may send, what they agreed to and when.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::frame::{Frame, respond};
use super::locale::{Locale, Reader};
use super::member::find;
use super::member_lines::Writing;
use super::member_reward::frame;
use crate::actions::{ActionError, House};
use crate::http::{Problem, State};
use crate::store::cards::Card;
use crate::store::members::{self, Consent, Identity, Member};
use crate::store::programs::{self, Program};

/// The purpose that the join form asks for.
pub(super) const MARKETING: &str = "marketing";
/// The text that asks for it. Another wording gets another number, and this one stays for those who agreed to it.
pub(super) const MARKETING_TEXT: &str = "consent-marketing-1";
/// Every text that ever asked for a consent.
const CONSENT_TEXTS: [&str; 1] = [MARKETING_TEXT];
/// What consents say that were given or withdrawn here.
pub(super) const SOURCE: &str = "member_page";

#[derive(Template)]
#[template(path = "pages/settings.html")]
struct SettingsPage {
    frame: Frame,
    /// Where forms go, without what stands for each.
    base: String,
    back: String,
    export: String,
    delete: String,
    /// The text for what became of what was done last.
    notice: Option<&'static str>,
    about: About,
    /// Languages of the card.
    languages: Vec<Choice>,
    contacts: Vec<Contact>,
    /// The text for what is wrong with the contact, and what was typed.
    contact_fault: Option<&'static str>,
    contact: String,
    gets_news: bool,
    /// Whether the card changes without a notice.
    is_quiet: bool,
    /// The text that is agreed to.
    news_text: &'static str,
    /// Other purposes that were agreed to.
    others: Vec<Other>,
    agreed: Vec<AgreedLine>,
}

/// What the member says of themselves, and the text for what is wrong with it.
#[derive(Debug, Clone, Default)]
pub(super) struct About {
    pub(super) first_name: String,
    pub(super) last_name: String,
    pub(super) first_name_fault: Option<&'static str>,
    pub(super) last_name_fault: Option<&'static str>,
}

/// A language that the card can be in; of one that pages are not written in the value is empty.
struct Choice {
    value: &'static str,
    name: String,
    is_chosen: bool,
}

/// An e-mail address or phone number.
struct Contact {
    /// Its kind, a colon and its value.
    name: String,
    shown: String,
}

/// A purpose of the shop's own that was agreed to.
struct Other {
    purpose: String,
    text: String,
}

/// A yes or no that was said.
struct AgreedLine {
    purpose: String,
    is_granted: bool,
    /// The text for where it was said.
    source: &'static str,
    words: Option<Words>,
    instant: String,
    date: String,
}

/// What was shown, in the language that it was shown in.
struct Words {
    text: String,
    locale: Locale,
}

/// What the database has of a member.
pub(super) struct Kept {
    pub(super) program: Program,
    pub(super) member: Member,
    identities: Vec<Identity>,
    /// Newest first.
    pub(super) consents: Vec<Consent>,
}

/// What the page says beside what is kept: of a form that was not taken.
#[derive(Default)]
pub(super) struct Said {
    pub(super) about: Option<About>,
    pub(super) contact: String,
    pub(super) contact_fault: Option<&'static str>,
}

impl Kept {
    /// The newest word on a purpose.
    pub(super) fn find_consent(&self, purpose: &str) -> Option<&Consent> {
        self.consents.iter().find(|consent| consent.purpose == purpose)
    }
}

/// Shows the settings to whoever has the page's link in time.
pub(super) async fn show(
    state: Data<State>,
    request: HttpRequest,
    token: Path<String>,
) -> Result<HttpResponse, Problem> {
    let house = &state.house;
    let reader = Reader::of(&request);
    let opened = find(house, &request, &token).await?;
    if let Some(over) = opened.over(reader)? {
        return Ok(over);
    }
    let kept = read_kept(house, &opened.card).await?;
    let place = (&request, token.as_str());
    Ok(draw(house, kept, place, Said::default(), StatusCode::OK).await?)
}

/// What is kept of the holder of a card.
pub(super) async fn read_kept(house: &House, card: &Card) -> Result<Kept, ActionError> {
    let (program, member) = (card.program_id.clone(), card.member_id.clone());
    let read = move |db: &mut crate::store::Db| {
        Ok::<_, ActionError>(Kept {
            program: programs::get(db, &program)?,
            identities: members::list_identities(db, &member)?,
            consents: members::list_consents(db, &member)?,
            member: members::get(db, &member)?,
        })
    };
    house.store.read(read).await
}

/// The page, with what is to be said of a form that was not taken.
pub(super) async fn draw(
    house: &House,
    kept: Kept,
    (request, token): (&HttpRequest, &str),
    said: Said,
    status: StatusCode,
) -> Result<HttpResponse, ActionError> {
    let locale = Reader::of(request).locale(&kept.member.language);
    let writing = Writing::new(locale, &kept.program, token);
    let is_refused = status != StatusCode::OK;
    let title = locale.title(&locale.word("settings-title"), is_refused);
    let about = said.about.unwrap_or_else(|| About {
        first_name: kept.member.first_name.clone(),
        last_name: kept.member.last_name.clone(),
        ..About::default()
    });
    let link = |path: &str| writing.own_link(&format!("/settings{path}"));
    let page = SettingsPage {
        frame: frame(house, &kept.program, locale, title).await?,
        base: format!("/member/{token}/settings"),
        back: writing.own_link(""),
        export: link("/export"),
        delete: link("/delete"),
        notice: notice(request).filter(|_| !is_refused),
        about,
        languages: choices(&kept.member, locale),
        contacts: kept.identities.iter().filter_map(Contact::of).collect(),
        contact_fault: said.contact_fault,
        contact: said.contact,
        gets_news: kept.find_consent(MARKETING).is_some_and(|last| last.granted),
        is_quiet: kept.member.is_quiet,
        news_text: MARKETING_TEXT,
        others: others(&kept, locale),
        agreed: kept
            .consents
            .iter()
            .map(|one| AgreedLine::of(one, locale))
            .collect(),
    };
    respond(status, &page)
}

fn choices(member: &Member, locale: Locale) -> Vec<Choice> {
    let own = Locale::of_tag(member.language.as_str());
    let mut choices: Vec<Choice> = Locale::ALL
        .into_iter()
        .map(|one| Choice {
            value: one.tag(),
            name: one.own_name().to_owned(),
            is_chosen: own == Some(one),
        })
        .collect();
    if own.is_none() {
        let values = [("language", member.language.as_str().into())];
        choices.push(Choice {
            value: "",
            name: locale.say("settings-language-own", &values),
            is_chosen: true,
        });
    }
    choices
}

/// The purposes of the shop's own to which the newest word is yes.
fn others(kept: &Kept, locale: Locale) -> Vec<Other> {
    let mut seen = vec![MARKETING];
    let mut others = Vec::new();
    for consent in &kept.consents {
        let purpose = consent.purpose.as_str();
        if seen.contains(&purpose) {
            continue;
        }
        seen.push(purpose);
        if consent.granted {
            others.push(Other {
                purpose: purpose.to_owned(),
                text: locale.say("settings-other", &[("purpose", purpose.into())]),
            });
        }
    }
    others
}

impl Contact {
    /// What the member may take away by themselves; the shop's own numbers stay the shop's.
    fn of(identity: &Identity) -> Option<Self> {
        matches!(identity.kind.as_str(), "email" | "phone").then(|| Self {
            name: format!("{}:{}", identity.kind, identity.value),
            shown: identity.shown().to_owned(),
        })
    }
}

impl AgreedLine {
    fn of(consent: &Consent, locale: Locale) -> Self {
        let text = CONSENT_TEXTS.iter().find(|id| **id == consent.text_version);
        let words = text.zip(Locale::of_tag(&consent.language));
        Self {
            purpose: if consent.purpose == MARKETING {
                locale.word("settings-news")
            } else {
                consent.purpose.clone()
            },
            is_granted: consent.granted,
            source: match consent.source.as_str() {
                "join" => "settings-source-join",
                SOURCE => "settings-source-page",
                _ => "settings-source-shop",
            },
            words: words.map(|(id, shown_in)| Words {
                text: shown_in.word(id),
                locale: shown_in,
            }),
            instant: consent.at.rfc3339_secs(),
            date: locale.language().write_date(consent.at),
        }
    }
}

/// What became of what was done last: `?done=` or `?not=` with one of few words.
fn notice(request: &HttpRequest) -> Option<&'static str> {
    let mut pairs = request.query_string().split('&');
    pairs.find_map(|pair| match pair {
        "done=saved" => Some("settings-done-saved"),
        "done=added" => Some("settings-done-added"),
        "done=removed" => Some("settings-done-removed"),
        "done=given" => Some("settings-done-given"),
        "done=stopped" => Some("settings-done-stopped"),
        "done=quiet" => Some("settings-done-quiet"),
        "done=heard" => Some("settings-done-heard"),
        "not=gone" => Some("settings-not-gone"),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::sha256_hex;

    #[test]
    fn what_was_agreed_to_is_never_worded_anew() {
        let all: String = Locale::ALL.map(|locale| locale.word(MARKETING_TEXT)).join("\n");
        assert_eq!(
            sha256_hex(all.as_bytes()).get(..16),
            Some("e8dd2bf1769ea802"),
            "{all}"
        );
    }
}
