//! A member's card: as the phone shows it, the link and code that lead to it, told again, replaced, voided.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::super::super::card::in_groups;
use super::super::super::desk::Desk;
use super::super::super::face::{Drawing, Face};
use super::super::super::forms::guarded;
use super::super::super::frame::{Frame, respond};
use super::super::super::leading::lead_to;
use super::super::super::look::read_look;
use super::super::super::qr::QrCode;
use super::super::rail::{Rail, Room};
use super::confirm::{Question, is_meant};
use super::{Sent, act, faults, member_address, read_file, read_id, take};
use crate::actions::draw_card::read_card;
use crate::actions::draw_stamps::banner_path;
use crate::actions::look_up_member::{MemberFile, get_main_card, get_member};
use crate::actions::push_card::push_card;
use crate::actions::reissue_link::reissue_link;
use crate::actions::replace_card::replace_card;
use crate::actions::void_card::void_card;
use crate::actions::{ActionError, Code, Deed};
use crate::http::body::Body;
use crate::http::{Problem, State};
use crate::loyalty::face::{CardFace, CardFacts};
use crate::store::Tx;
use crate::store::cards::Card;
use crate::types::MemberId;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    done: String,
}

/// What is to be done to the card, and whom it is about, typed where it cannot be undone.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct CardForm {
    token: String,
    act: String,
    word: String,
}

guarded!(CardForm);

#[derive(Template)]
#[template(path = "pages/console/members/card.html")]
struct CardPage {
    frame: Frame,
    rail: Rail,
    base: String,
    back: String,
    name: String,
    notice: Option<&'static str>,
    fault: Option<String>,
    code: String,
    face: Option<Face>,
    /// Where the card's page is, and a code that leads there; nothing of a void card.
    link: Option<String>,
    qr: Option<QrCode>,
    question: Question,
    /// Which form was not taken, as it names itself.
    open: &'static str,
}

/// Shows the card.
pub(super) async fn show(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    asked: Query<Asked>,
) -> Result<HttpResponse, Problem> {
    let desk = Desk::of(&state, &request).await?;
    let id = read_id(&id)?;
    let page = draw(&desk, &id, Refusal::default(), notice(&asked.done)).await?;
    Ok(respond(StatusCode::OK, &page)?)
}

fn notice(done: &str) -> Option<&'static str> {
    Some(match done {
        "push" => "members-done-pushed",
        "link" => "members-done-linked",
        "replace" => "members-done-replaced",
        "void" => "members-done-voided",
        _ => return None,
    })
}

/// Why a form was not taken.
#[derive(Default)]
struct Refusal {
    fault: Option<String>,
    /// The form in which the wrong word was typed.
    wrong_word: Option<&'static str>,
}

async fn draw(
    desk: &Desk,
    id: &MemberId,
    refusal: Refusal,
    notice: Option<&'static str>,
) -> Result<CardPage, ActionError> {
    let file = read_file(desk, id).await?;
    let card = file
        .card
        .clone()
        .ok_or_else(|| ActionError::new(Code::NotFound))?;
    let house = &desk.state.house;
    let is_refused = refusal.fault.is_some() || refusal.wrong_word.is_some();
    let link = card.voided_at.is_none().then(|| {
        let token = house.link_token(&card.id, card.link_epoch);
        format!("{}/card/{token}", house.public_url)
    });
    let heading = desk.locale.word("members-card");
    let name = desk.name_of(&file.sheet.member);
    Ok(CardPage {
        frame: desk.console_frame(desk.locale.title(&format!("{heading} – {name}"), is_refused)),
        rail: desk.rail(Room::Members).await?,
        base: member_address(id, "/card"),
        back: desk.member_link(id, ""),
        name,
        notice,
        fault: refusal.fault,
        code: in_groups(&card.code),
        qr: link.as_deref().and_then(QrCode::draw),
        link,
        question: Question::of(desk, &file, refusal.wrong_word.is_some()),
        open: refusal.wrong_word.unwrap_or_default(),
        face: draw_face(desk, card).await?,
    })
}

/// The card as the phone shows it; nothing before a design is published.
async fn draw_face(desk: &Desk, card: Card) -> Result<Option<Face>, ActionError> {
    let house = &desk.state.house;
    let here = house.clone();
    let drawn = match house.store.read(move |db| read_card(db, &here, card)).await {
        Ok(drawn) => drawn,
        Err(error) if error.code == Code::NoDesign => return Ok(None),
        Err(error) => return Err(error),
    };
    let locale = desk.locale;
    let look = read_look(house, &drawn.design_id, locale).await?;
    let facts = CardFacts {
        language: locale.language(),
        ..drawn.facts.clone()
    };
    let program = drawn.program.name.get(&locale.language());
    let points = desk.points(drawn.card.balance.get());
    let name = locale.say(
        "card-picture",
        &[("program", program.into()), ("points", points.into())],
    );
    let drawing = Drawing {
        locale,
        name,
        logo_size: look.logo_size,
        has_code: !facts.is_voided,
        stamps: banner_path(&look.ready.design, &drawn.design_id, &facts),
        face: &CardFace::draw(&look.ready.design, &facts),
    };
    Ok(Some(drawing.draw()))
}

/// A deed on a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CardDeed {
    Push,
    Link,
    Replace,
    Void,
}

impl CardDeed {
    const ALL: [Self; 4] = [Self::Push, Self::Link, Self::Replace, Self::Void];

    /// What its form calls it.
    const fn name(self) -> &'static str {
        match self {
            Self::Push => "push",
            Self::Link => "link",
            Self::Replace => "replace",
            Self::Void => "void",
        }
    }

    /// Whether nothing brings back what was.
    const fn is_final(self) -> bool {
        matches!(self, Self::Replace | Self::Void)
    }

    fn run(self, tx: &mut Tx<'_>, deed: &Deed, card: &Card) -> Result<(), ActionError> {
        if card.voided_at.is_some() {
            return Err(ActionError::new(Code::CardVoided));
        }
        match self {
            Self::Push => push_card(tx, deed, card).map(|_| ()),
            Self::Link => reissue_link(tx, deed, &card.id).map(|_| ()),
            Self::Replace => replace_card(tx, deed, card).map(|_| ()),
            Self::Void => void_card(tx, deed, &card.id).map(|_| ()),
        }
    }
}

/// Does something to the card.
pub(super) async fn act_on(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let Sent { desk, form, id } = take::<CardForm>(&state, &request, (&id, &body.0)).await?;
    let wanted = CardDeed::ALL.into_iter().find(|one| one.name() == form.act);
    let wanted = wanted.ok_or_else(|| ActionError::new(Code::NotFound))?;
    if wanted.is_final() {
        let file: MemberFile = read_file(&desk, &id).await?;
        if !is_meant(&file, &form.word) {
            let refusal = Refusal {
                wrong_word: Some(wanted.name()),
                ..Refusal::default()
            };
            let page = draw(&desk, &id, refusal, None).await?;
            return Ok(respond(StatusCode::UNPROCESSABLE_ENTITY, &page)?);
        }
    }
    let member = id.clone();
    let done = act(&desk, None, move |tx, deed| {
        get_member(tx, deed, &member)?;
        let card = get_main_card(tx, &member)?;
        wanted.run(tx, deed, &card)?;
        Ok(String::new())
    });
    let Err(error) = done.await else {
        let said = format!("/card?done={}", wanted.name());
        return Ok(lead_to(&desk.member_link(&id, &said)));
    };
    let refusal = Refusal {
        fault: Some(faults::say(desk.locale, &error).ok_or(error)?),
        ..Refusal::default()
    };
    let page = draw(&desk, &id, refusal, None).await?;
    Ok(respond(StatusCode::UNPROCESSABLE_ENTITY, &page)?)
}
