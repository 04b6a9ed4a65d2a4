//! Where the code of the day leads: whoever has a card on this phone is checked in, others learn how to.

use actix_web::http::StatusCode;
use actix_web::http::header::HeaderName;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::frame::{Frame, respond};
use super::locale::{Locale, Reader};
use super::member_reward::frame;
use super::visitors::Visitors;
use super::way_back;
use crate::actions::check_in::{CheckedIn, Here, Place, check_in, read_place};
use crate::actions::{ActionError, Caller, Code, Deed, House};
use crate::http::{Problem, State};
use crate::store::Tx;
use crate::store::cards::Card;

/// By it a browser says that nobody has opened the page yet (Fetch, `Sec-Purpose`).
const PURPOSE: HeaderName = HeaderName::from_static("sec-purpose");

#[derive(Template)]
#[template(path = "pages/here.html")]
struct HerePage {
    frame: Frame,
    place: String,
    headline: String,
    next: String,
    /// The way to the member's own page, on the phone that has it.
    own: Option<String>,
    /// Where those join who have no card; `None` where nothing is left to explain.
    join: Option<String>,
}

/// What became of it.
enum Outcome {
    /// It was recorded now, or earlier that day.
    Done(Box<CheckedIn>),
    /// The card may not collect.
    Closed,
    /// Nothing on this phone tells whose it is.
    Unknown,
    /// The code is of another day.
    Over,
}

/// Checks in whoever opens the code on a phone that has their card. Opened again it changes nothing, and an image or a
/// frame on another site cannot open it: the cookie is only sent where the page itself is opened.
pub(super) async fn show(
    state: Data<State>,
    visitors: Data<Visitors>,
    request: HttpRequest,
    token: Path<String>,
) -> Result<HttpResponse, Problem> {
    let house = &state.house;
    let here = house
        .read_here(&token)
        .ok_or_else(|| ActionError::with(Code::NotFound, "This code is none of ours. Scan it again."))?;
    if request.headers().contains_key(PURPOSE) {
        return Ok(HttpResponse::NoContent().finish());
    }
    visitors.count(&request, house)?;
    let (wanted, now) = (here.clone(), house.now());
    let read = house.store.read(move |db| read_place(db, &wanted, now));
    let place = read.await?;
    let known = way_back::find(house, &request).await;
    let known = known.filter(|(card, _)| card.program_id == here.program);
    let outcome = match &known {
        _ if !place.is_good => Outcome::Over,
        None => Outcome::Unknown,
        Some((card, _)) => record(house, here, card).await?,
    };
    let locale = Reader::of(&request).locale(&place.program.language);
    let own = known.map(|(_, token)| format!("/card/{token}/member"));
    let page = draw(house, &place, &outcome, (locale, own)).await?;
    let status = if matches!(outcome, Outcome::Over) {
        StatusCode::GONE
    } else {
        StatusCode::OK
    };
    Ok(respond(status, &page)?)
}

async fn record(house: &House, here: Here, card: &Card) -> Result<Outcome, ActionError> {
    let caller = Caller {
        program: Some(here.program.clone()),
        ..Caller::local("customer", house.now())
    };
    let (deed, card) = (Deed::begin(house, caller), card.id.clone());
    let write = house
        .store
        .write(move |tx: &mut Tx<'_>| check_in(tx, &deed, &here, &card));
    match write.await {
        Ok(Some(done)) => {
            house.bell.ring();
            house.metrics.deed("check_in");
            Ok(Outcome::Done(Box::new(done)))
        }
        Ok(None) => Ok(Outcome::Over),
        Err(error) => match error.code {
            Code::MemberBlocked | Code::CardVoided | Code::UnknownMember => Ok(Outcome::Closed),
            _ => Err(error),
        },
    }
}

async fn draw(
    house: &House,
    place: &Place,
    outcome: &Outcome,
    (locale, own): (Locale, Option<String>),
) -> Result<HerePage, ActionError> {
    let program = &place.program;
    let name = program.name.get(&locale.language()).to_owned();
    let (headline, next) = words(place, outcome, locale);
    let has_way = matches!(outcome, Outcome::Unknown);
    Ok(HerePage {
        frame: frame(house, program, locale, headline.clone()).await?,
        place: match &place.location {
            Some(location) => format!("{name} · {}", location.name),
            None => name,
        },
        headline,
        next,
        own: own.map(|address| super::leading::with_language(&address, locale.tag())),
        join: has_way
            .then(|| super::leading::with_language(&format!("/join/{}", program.slug), locale.tag())),
    })
}

/// What the page says first, and what next.
fn words(place: &Place, outcome: &Outcome, locale: Locale) -> (String, String) {
    let points = |count: i64| locale.points(&place.program.point_name, count);
    let done = match outcome {
        Outcome::Done(done) => done,
        Outcome::Closed => return locale.word_and_next("here-closed"),
        Outcome::Unknown => return locale.word_and_next("here-unknown"),
        Outcome::Over => return locale.word_and_next("here-over"),
    };
    let balance = points(done.card.balance.get());
    let now = locale.say("here-now", &[("points", balance.into())]);
    let headline = if !done.is_new {
        locale.word("here-again")
    } else if done.earned.get() > 0 {
        locale.say("here-earned", &[("points", points(done.earned.get()).into())])
    } else if done.promised.get() > 0 {
        locale.say("here-promised", &[("points", points(done.promised.get()).into())])
    } else {
        locale.word("here-done")
    };
    (headline, now)
}
