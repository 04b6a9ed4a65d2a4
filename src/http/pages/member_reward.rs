//! Redeem ahead: the question, the one-time code, and the way to give it back.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::{Deserialize, Serialize};

use super::card::in_groups;
use super::frame::{Frame, respond};
use super::leading::lead;
use super::locale::{Locale, Reader};
use super::look::read_look;
use super::member::{admit, find, read_sheet};
use super::member_lines::Writing;
use super::qr::QrCode;
use super::visitors::Visitors;
use crate::actions::issue_reward::Handed;
use crate::actions::redeem_ahead::{can_give_back, give_back, redeem_ahead};
use crate::actions::show_member::show_redemption;
use crate::actions::{ActionError, Answer, Caller, Code, Deed, House, IdempotencyKey, perform};
use crate::http::body::{Body, Who};
use crate::http::{Problem, State};
use crate::store::programs::Program;
use crate::store::redemptions::{ISSUED, Redemption};
use crate::store::{Tx, members};
use crate::types::{CardId, RedemptionId, RewardId, random_token, sha256_hex};

/// Bytes of chance that tell one form from another.
const FORM_BYTES: usize = 12;

#[derive(Template)]
#[template(path = "pages/member_confirm.html")]
struct ConfirmPage {
    frame: Frame,
    title: String,
    picture: Option<String>,
    description: Option<String>,
    cost: String,
    action: String,
    form: String,
    back: String,
}

#[derive(Template)]
#[template(path = "pages/member_code.html")]
struct CodePage {
    frame: Frame,
    title: String,
    download: Option<String>,
    qr: Option<QrCode>,
    code: String,
    until: Option<String>,
    back: String,
    cancel: Option<Cancel>,
}

/// How a reward is given back, and what that does.
struct Cancel {
    action: String,
    what: String,
}

/// What tells a form that is sent twice from another one.
#[derive(Debug, Deserialize)]
struct RedeemForm {
    form: String,
}

/// What is kept of a redemption, to answer the same form again.
#[derive(Debug, Serialize, Deserialize)]
struct Redeemed {
    redemption: RedemptionId,
}

/// Asks whether a reward is really wanted.
pub(super) async fn ask(
    state: Data<State>,
    request: HttpRequest,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let house = &state.house;
    let (token, wanted) = path.into_inner();
    let reader = Reader::of(&request);
    let opened = find(house, &request, &token).await?;
    if let Some(over) = opened.over(reader)? {
        return Ok(over);
    }
    let sheet = read_sheet(house, opened.card).await?;
    let offers = &sheet.till.usable;
    let place = offers
        .iter()
        .position(|offer| offer.listed.id.as_deref() == Some(&wanted));
    let is_good = sheet.till.sheet.card.blocked_at.is_none() && sheet.till.sheet.card.voided_at.is_none();
    let Some(offer) = place.and_then(|place| offers.get(place)).filter(|_| is_good) else {
        return Ok(refuse(&token, "not_now", reader));
    };
    if place.and_then(|place| sheet.at_till.get(place)) == Some(&true) {
        return Ok(refuse(&token, "at_till", reader));
    }
    let locale = reader.locale(&sheet.till.member.language);
    let writing = Writing::new(locale, &sheet.program, &token);
    let reward = &offer.listed.body;
    let name = reward.name.get(&locale.language());
    let title = locale.say("member-confirm-title", &[("reward", name.into())]);
    let points = writing.points(reward.cost);
    let page = ConfirmPage {
        frame: frame(house, &sheet.program, locale, title.clone()).await?,
        title,
        picture: reward.picture.clone(),
        description: reward
            .description
            .as_ref()
            .map(|text| text.get(&locale.language()).to_owned()),
        cost: if reward.cost == 0 {
            locale.word("member-confirm-free")
        } else {
            locale.say("member-confirm-cost", &[("points", points.into())])
        },
        action: writing.own_link(&format!("/reward/{wanted}")),
        form: random_token(FORM_BYTES),
        back: writing.own_link(""),
    };
    Ok(respond(StatusCode::OK, &page)?)
}

/// What a page of a member has around it, in the program's colours.
pub(super) async fn frame(
    house: &House,
    program: &Program,
    locale: Locale,
    title: String,
) -> Result<Frame, ActionError> {
    let design = program.design_id.as_ref();
    let design = design.ok_or_else(|| ActionError::new(Code::NoDesign))?;
    let look = read_look(house, design, locale).await?;
    Ok(Frame {
        is_private: true,
        ..Frame::of(locale, title, program, &look.ready.design)
    })
}

/// Leads back to the page, which says why not.
fn refuse(token: &str, why: &str, reader: Reader) -> HttpResponse {
    lead(&format!("/member/{token}?not={why}"), reader)
}

/// Issues the reward: its code next, or why not.
pub(super) async fn redeem(
    state: Data<State>,
    visitors: Data<Visitors>,
    request: HttpRequest,
    path: Path<(String, String)>,
    who: Who,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let house = &state.house;
    let (token, wanted) = path.into_inner();
    let reader = Reader::of(&request);
    let card = match admit(house, &visitors, &request, &token).await? {
        Ok(opened) => opened.card.id,
        Err(over) => return Ok(over),
    };
    let Ok(reward) = wanted.parse::<RewardId>() else {
        return Ok(refuse(&token, "not_now", reader));
    };
    let key = form_key(&card, &reward, &body.0)?;
    match issue(house, who.0, key, (card, reward)).await {
        Ok(id) => Ok(lead(&format!("/member/{token}/code/{id}"), reader)),
        Err(error) => match why_not(error.code) {
            Some(why) => Ok(refuse(&token, why, reader)),
            None => Err(error.into()),
        },
    }
}

/// The same form sent twice is one redemption.
fn form_key(card: &CardId, reward: &RewardId, body: &[u8]) -> Result<IdempotencyKey, ActionError> {
    let malformed = || ActionError::with(Code::MalformedBody, "The form did not arrive whole.");
    let text = std::str::from_utf8(body).map_err(|_| malformed())?;
    let sent = Query::<RedeemForm>::from_query(text).map_err(|_| malformed())?;
    if sent.form.is_empty() {
        return Err(malformed());
    }
    let key = sha256_hex(format!("{reward} {}", sent.form).as_bytes());
    Ok(IdempotencyKey {
        scope: format!("{card} POST /member/{{token}}/reward"),
        fingerprint: key.clone(),
        key,
    })
}

async fn issue(
    house: &House,
    caller: Caller,
    key: IdempotencyKey,
    (card, reward): (CardId, RewardId),
) -> Result<RedemptionId, ActionError> {
    let caller = Caller {
        actor: "customer".to_owned(),
        idempotency: Some(key),
        ..caller
    };
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| redeem_ahead(tx, deed, &card, &reward);
    let render = |handed: &Handed| Answer {
        status: StatusCode::SEE_OTHER.as_u16(),
        body: serde_json::json!(Redeemed {
            redemption: handed.redemption.id.clone(),
        })
        .to_string(),
        is_replay: false,
    };
    let answer = perform(house, caller, deed, render).await?;
    let kept: Redeemed = serde_json::from_str(&answer.body).map_err(ActionError::internal)?;
    Ok(kept.redemption)
}

/// The word for the page of why a reward is not had; `None` for what is no matter of the reward.
const fn why_not(code: Code) -> Option<&'static str> {
    match code {
        Code::InsufficientPoints => Some("no_points"),
        Code::RewardSoldOut => Some("sold_out"),
        Code::RewardNotAvailable
        | Code::NotEligible
        | Code::UnknownReward
        | Code::MemberBlocked
        | Code::CardVoided => Some("not_now"),
        Code::LimitReached => Some("limit"),
        Code::StaleCode => Some("at_till"),
        Code::NotFound | Code::RedemptionSettled | Code::RedemptionBegun | Code::RedemptionExpired => {
            Some("gone")
        }
        _ => None,
    }
}

/// Shows the code of a reward in hand.
pub(super) async fn show_code(
    state: Data<State>,
    request: HttpRequest,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let house = &state.house;
    let (token, id) = path.into_inner();
    let reader = Reader::of(&request);
    let opened = find(house, &request, &token).await?;
    if let Some(over) = opened.over(reader)? {
        return Ok(over);
    }
    let Ok(id) = id.parse::<RedemptionId>() else {
        return Ok(refuse(&token, "gone", reader));
    };
    let (here, card) = (house.clone(), opened.card);
    let read = move |db: &mut crate::store::Db| {
        let language = members::get(db, &card.member_id)?.language;
        Ok::<_, ActionError>((show_redemption(db, &here, &card, &id)?, language))
    };
    let ((program, redemption, reward), language) = match house.store.read(read).await {
        Err(error) if error.code == Code::NotFound => return Ok(refuse(&token, "gone", reader)),
        other => other?,
    };
    let now = house.now();
    let is_over = redemption.expires_at.is_some_and(|end| end <= now);
    if redemption.state != ISSUED && !redemption.opens(now) || is_over {
        return Ok(refuse(&token, "gone", reader));
    }
    let locale = reader.locale(&language);
    let name = reward.name.get(&locale.language()).to_owned();
    let page = draw_code(house, (&program, redemption, &name), locale, &token).await?;
    Ok(respond(StatusCode::OK, &page)?)
}

async fn draw_code(
    house: &House,
    (program, redemption, name): (&Program, Redemption, &str),
    locale: Locale,
    token: &str,
) -> Result<CodePage, ActionError> {
    let writing = Writing::new(locale, program, token);
    let title = locale.say("member-code-title", &[("reward", name.into())]);
    let until = redemption.expires_at.map(|end| writing.last_day(end));
    let is_open = redemption.state == ISSUED && can_give_back(&redemption);
    let points = writing.points(redemption.cost.get());
    Ok(CodePage {
        frame: frame(house, program, locale, title.clone()).await?,
        title,
        download: redemption
            .opens(house.now())
            .then(|| format!("/download/{}", house.download_token(&redemption.id))),
        qr: QrCode::draw(&redemption.code),
        code: in_groups(&redemption.code),
        until: until.map(|date| locale.say("member-code-until", &[("date", date.into())])),
        back: writing.own_link(""),
        cancel: is_open.then(|| Cancel {
            action: writing.own_link(&format!("/code/{}/cancel", redemption.id)),
            what: if redemption.cost.is_zero() {
                locale.word("member-cancel-free")
            } else {
                locale.say("member-cancel-points", &[("points", points.into())])
            },
        }),
    })
}

/// Gives a reward back.
pub(super) async fn cancel(
    state: Data<State>,
    visitors: Data<Visitors>,
    request: HttpRequest,
    path: Path<(String, String)>,
    who: Who,
) -> Result<HttpResponse, Problem> {
    let house = &state.house;
    let (token, id) = path.into_inner();
    let chosen = Reader::of(&request);
    let card = match admit(house, &visitors, &request, &token).await? {
        Ok(opened) => opened.card.id,
        Err(over) => return Ok(over),
    };
    let Ok(id) = id.parse::<RedemptionId>() else {
        return Ok(refuse(&token, "gone", chosen));
    };
    let caller = Caller {
        actor: "customer".to_owned(),
        idempotency: None,
        ..who.0
    };
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| give_back(tx, deed, &card, &id);
    let render = |_: &Handed| Answer {
        status: StatusCode::SEE_OTHER.as_u16(),
        body: String::new(),
        is_replay: false,
    };
    match perform(house, caller, deed, render).await {
        Ok(_) => Ok(lead(&format!("/member/{token}?done=given_back"), chosen)),
        Err(error) => match why_not(error.code) {
            Some(why) => Ok(refuse(&token, why, chosen)),
            None => Err(error.into()),
        },
    }
}
