//! The member's own page: opened from the card by a link that works for half an hour, without a password.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::frame::{Frame, respond};
use super::leading::lead;
use super::locale::{Locale, Reader};
use super::look::read_look;
use super::member_lines::{
    Bar, ChallengeLine, Gift, InvitationLine, MovedLine, SurveyLine, TierLine, Writing,
};
use super::visitors::Visitors;
use super::way_back;
use crate::actions::answer_survey::{OfferedSurvey, list_offered};
use crate::actions::show_member::{MemberPage as Sheet, show_member};
use crate::actions::surviving::find_shown;
use crate::actions::{ActionError, Code, House, MEMBER_LINK_MS};
use crate::http::wallet::card_of_link;
use crate::http::{Problem, State};
use crate::store::cards::{self, Card};
use crate::types::Language;

#[derive(Template)]
#[template(path = "pages/member.html")]
struct MemberPage {
    frame: Frame,
    program: String,
    greeting: String,
    balance: String,
    points_word: String,
    pending: Option<String>,
    expiring: Vec<String>,
    /// The text for what became of what was done last.
    notice: Option<&'static str>,
    /// The text for why nothing can be done with the card.
    closed: Option<&'static str>,
    held: Vec<Gift>,
    rewards: Vec<Gift>,
    /// The way to the next reward.
    next: Option<Bar>,
    tier: Option<TierLine>,
    challenges: Vec<ChallengeLine>,
    surveys: Vec<SurveyLine>,
    invitation: Option<InvitationLine>,
    moved: Vec<MovedLine>,
    settings: String,
    way_back: Option<String>,
}

#[derive(Template)]
#[template(path = "pages/member_over.html")]
pub(super) struct OverPage {
    pub(super) frame: Frame,
    pub(super) next: String,
    pub(super) way_back: Option<String>,
}

/// What a token of a member's page opens.
pub(super) struct Opened {
    /// The card that acts for the one of the link.
    pub(super) card: Card,
    /// Where the card's own page is, for a browser that came from there.
    pub(super) way_back: Option<String>,
    /// Whether the token's time is over.
    is_over: bool,
}

/// Leads from the card's page to the member's own, for half an hour.
pub(super) async fn open(
    state: Data<State>,
    request: HttpRequest,
    token: Path<String>,
) -> Result<HttpResponse, Problem> {
    let house = &state.house;
    let card = card_of_link(house, &token).await?;
    let member = house.member_token(&card.id, card.link_epoch, house.now());
    let mut response = lead(&format!("/member/{member}"), Reader::of(&request));
    way_back::keep(house, &mut response, &token)?;
    Ok(response)
}

/// The card that a token opens. Wrong, revoked and made-up tokens are one answer.
pub(super) async fn find(house: &House, request: &HttpRequest, token: &str) -> Result<Opened, ActionError> {
    let missing = || ActionError::with(Code::NotFound, "This link does not work.");
    let id = House::card_of_link(token).ok_or_else(missing)?;
    let card = house
        .store
        .read(move |db| Ok::<_, ActionError>(cards::get(db, &id)?))
        .await;
    let card = match card {
        Err(error) if error.code == Code::NotFound => return Err(missing()),
        other => other?,
    };
    let issued = house.member_token_issued(token, &card.id, card.link_epoch);
    let until = issued.ok_or_else(missing)?.plus_ms(MEMBER_LINK_MS);
    let way_back = way_back::find(house, request).await;
    let card = house
        .store
        .read(move |db| Ok::<_, ActionError>(find_shown(db, card)?))
        .await?;
    Ok(Opened {
        way_back: way_back
            .filter(|(own, _)| own.id == card.id)
            .map(|(_, token)| format!("/card/{token}")),
        card,
        is_over: until <= house.now(),
    })
}

/// Takes what a browser sent of a form of ours; answers what is to be answered at once.
pub(super) async fn admit(
    house: &House,
    visitors: &Visitors,
    request: &HttpRequest,
    token: &str,
) -> Result<Result<Opened, HttpResponse>, ActionError> {
    visitors.admit(request, house)?;
    let opened = find(house, request, token).await?;
    Ok(match opened.over(Reader::of(request))? {
        Some(over) => Err(over),
        None => Ok(opened),
    })
}

impl Opened {
    /// The page that says that the time is over; `None` while it is not.
    pub(super) fn over(&self, reader: Reader) -> Result<Option<HttpResponse>, ActionError> {
        if !self.is_over {
            return Ok(None);
        }
        let locale = reader.locale(&Language::english());
        let (title, next) = locale.word_and_next("member-over");
        let page = OverPage {
            frame: Frame::plain(locale, title),
            next,
            way_back: self.way_back.clone(),
        };
        respond(StatusCode::GONE, &page).map(Some)
    }
}

/// Shows the page to whoever has its link in time.
pub(super) async fn show(
    state: Data<State>,
    request: HttpRequest,
    token: Path<String>,
) -> Result<HttpResponse, Problem> {
    let house = &state.house;
    let opened = find(house, &request, &token).await?;
    let reader = Reader::of(&request);
    if let Some(over) = opened.over(reader)? {
        return Ok(over);
    }
    let sheet = read_sheet(house, opened.card.clone()).await?;
    let locale = reader.locale(&sheet.till.member.language);
    let page = draw(house, sheet, locale, (&token, opened.way_back, &request)).await?;
    Ok(respond(StatusCode::OK, &page)?)
}

pub(super) async fn read_sheet(house: &House, card: Card) -> Result<Sheet, ActionError> {
    let (here, now) = (house.clone(), house.now());
    house
        .store
        .read(move |db| show_member(db, &here, card, now))
        .await
}

async fn read_surveys(house: &House, sheet: &Sheet) -> Result<Vec<OfferedSurvey>, ActionError> {
    let (here, program) = (house.clone(), sheet.program.clone());
    let card = sheet.till.sheet.card.clone();
    house
        .store
        .read(move |db| list_offered(db, &here, &program, &card))
        .await
}

async fn draw(
    house: &House,
    sheet: Sheet,
    locale: Locale,
    (token, way_back, request): (&str, Option<String>, &HttpRequest),
) -> Result<MemberPage, ActionError> {
    let card = &sheet.till.sheet.card;
    let writing = Writing::new(locale, &sheet.program, token);
    let design = sheet.program.design_id.as_ref();
    let design = design.ok_or_else(|| ActionError::new(Code::NoDesign))?;
    let look = read_look(house, design, locale).await?;
    let surveys = read_surveys(house, &sheet).await?;
    let title = sheet.program.name.get(&locale.language()).to_owned();
    let name = sheet.till.member.first_name.trim();
    let closed = if card.voided_at.is_some() {
        Some("card-voided")
    } else {
        card.blocked_at.map(|_| "member-blocked")
    };
    Ok(MemberPage {
        frame: Frame {
            is_private: true,
            ..Frame::of(locale, title.clone(), &sheet.program, &look.ready.design)
        },
        program: title,
        greeting: if name.is_empty() {
            locale.word("member-hello-nameless")
        } else {
            locale.say("member-hello", &[("name", name.into())])
        },
        balance: locale.language().write_number(card.balance.get()),
        points_word: locale.points_word(&sheet.program.point_name, card.balance.get()),
        pending: (!card.pending.is_zero()).then(|| {
            let points = writing.points(card.pending.get());
            locale.say("member-pending", &[("points", points.into())])
        }),
        expiring: sheet.expiring.iter().map(|one| writing.expiring(one)).collect(),
        notice: notice(request),
        closed,
        held: writing.held(&sheet),
        rewards: writing.rewards(&sheet),
        next: writing.next_reward(&sheet),
        tier: writing.tier(&sheet),
        challenges: writing.challenges(&sheet),
        surveys: writing.surveys(&surveys),
        invitation: sheet.invitation.as_ref().map(|one| writing.invitation(one)),
        moved: writing.moved(&sheet)?,
        settings: writing.own_link("/settings"),
        way_back: way_back.map(|address| writing.link(&address)),
    })
}

/// What became of what was done last: `?done=` or `?not=` with one of few words.
fn notice(request: &HttpRequest) -> Option<&'static str> {
    let mut pairs = request.query_string().split('&');
    pairs.find_map(|pair| match pair {
        "done=given_back" => Some("member-given-back"),
        "not=gone" => Some("member-gone"),
        "not=no_points" => Some("member-no-points"),
        "not=sold_out" => Some("member-sold-out"),
        "not=not_now" => Some("member-not-now"),
        "not=limit" => Some("member-limit"),
        "not=at_till" => Some("member-at-till"),
        _ => None,
    })
}
