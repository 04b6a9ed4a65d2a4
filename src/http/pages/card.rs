//! The page of a card: its balance, its face with the code, the way into the phone's wallet.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::RETRY_AFTER;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::device::Device;
use super::face::{Drawing, Face};
use super::fault::waiting_page;
use super::frame::{Frame, respond};
use super::leading::lead_to;
use super::locale::{Locale, Reader};
use super::look::read_look;
use super::qr::QrCode;
use super::way_back;
use crate::actions::draw_card::{DrawnCard, read_card};
use crate::actions::draw_stamps::banner_path;
use crate::actions::enrol::complete_passes;
use crate::actions::{ActionError, Caller, CardSheet, Code, Deed, House};
use crate::http::api::save_url;
use crate::http::wallet::card_of_link;
use crate::http::{Problem, State};
use crate::loyalty::face::{CardFace, CardFacts};
use crate::store::cards::Card;
use crate::store::entries::{self, Entry};
use crate::store::passes::{self, ISSUED, Pass};
use crate::types::{CardId, Wallet};

/// Movements that are listed.
const ENTRIES_MAX: i64 = 10;
/// How long Google may take to be given the card while the customer waits: 50 looks, a tenth of a second apart.
const LOOKS_MAX: u32 = 50;
const LOOK_PAUSE: Duration = Duration::from_millis(100);
/// When the waiting page looks again, in seconds.
const REFRESH_S: u32 = 3;

#[derive(Template)]
#[template(path = "pages/card.html")]
struct CardPage {
    frame: Frame,
    face: Face,
    balance: String,
    points_word: String,
    buttons: Vec<Button>,
    /// Where the member's own page is opened.
    member: Option<String>,
    page_code: Option<QrCode>,
    code: String,
    entries: Vec<EntryLine>,
}

/// The way into one wallet.
struct Button {
    address: String,
    /// The id of its text.
    text: &'static str,
}

/// A movement of points.
struct EntryLine {
    /// The id of what it is called.
    label: &'static str,
    instant: String,
    date: String,
    change: String,
    is_gain: bool,
}

/// What the database has of a card.
struct Found {
    drawn: DrawnCard,
    passes: Vec<Pass>,
    entries: Vec<Entry>,
}

/// Shows a card to whoever has its link.
pub(super) async fn show(
    state: Data<State>,
    request: HttpRequest,
    token: Path<String>,
) -> Result<HttpResponse, Problem> {
    let house = &state.house;
    let card = card_of_link(house, &token).await?;
    let here = house.clone();
    let mut found = house.store.read(move |db| find(db, &here, card)).await?;
    if lacks_passes(house, &found) {
        found.passes = complete(house, &found.drawn.card.id).await?;
    }
    let locale = Reader::of(&request).locale(&found.drawn.member.language);
    let page = draw_page(house, &found, &request, locale, &token).await?;
    let mut response = respond(StatusCode::OK, &page)?;
    way_back::keep(house, &mut response, &token)?;
    Ok(response)
}

/// Whether a wallet is set up for which a card that is good has no pass.
fn lacks_passes(house: &House, found: &Found) -> bool {
    let has = |wallet| found.passes.iter().any(|pass| pass.wallet == wallet);
    let card = &found.drawn.card;
    let lacks_apple = !house.wallets.apple.is_empty() && !has(Wallet::Apple);
    let lacks_google = house.wallets.google.is_some() && !has(Wallet::Google);
    card.voided_at.is_none() && card.merged_into.is_none() && (lacks_apple || lacks_google)
}

/// Makes the passes that a card lacks: of a member who was moved in, before whom nobody opened it.
async fn complete(house: &House, card: &CardId) -> Result<Vec<Pass>, ActionError> {
    let deed = Deed::begin(house, Caller::local("customer", house.now()));
    let card = card.clone();
    let write = house.store.write(move |tx| complete_passes(tx, &deed, &card));
    let sheet = write.await?;
    house.bell.ring();
    Ok(sheet.passes)
}

fn find(db: &mut crate::store::Db, house: &House, card: Card) -> Result<Found, ActionError> {
    let CardSheet { card, passes } = CardSheet::read(db, card)?;
    let mut entries = entries::list_by_member(db, &card.member_id, None, ENTRIES_MAX)?;
    entries.retain(|entry| entry.card_id == card.id);
    Ok(Found {
        drawn: read_card(db, house, card)?,
        passes,
        entries,
    })
}

async fn draw_page(
    house: &House,
    found: &Found,
    request: &HttpRequest,
    locale: Locale,
    token: &str,
) -> Result<CardPage, ActionError> {
    let language = locale.language();
    let Found { drawn, .. } = found;
    let look = read_look(house, &drawn.design_id, locale).await?;
    let program_name = drawn.program.name.get(&language);
    let point_name = &drawn.program.point_name;
    let balance = drawn.card.balance.get();
    let points = locale.points(point_name, balance);
    let facts = CardFacts {
        language: locale.language(),
        ..drawn.facts.clone()
    };
    let stamps = banner_path(&look.ready.design, &drawn.design_id, &facts);
    let mut name = locale.say(
        "card-picture",
        &[("program", program_name.into()), ("points", points.into())],
    );
    if let Some(count) = facts.progress.stamps.filter(|_| stamps.is_some()) {
        name = format!("{name} – {}", count.words(&language));
    }
    let face = Drawing {
        locale,
        name,
        logo_size: look.logo_size,
        has_code: !facts.is_voided,
        stamps,
        face: &CardFace::draw(&look.ready.design, &facts),
    }
    .draw();
    let title = locale.say("card-title", &[("program", program_name.into())]);
    let device = Device::of(request);
    let address = format!("{}/card/{token}", house.public_url);
    Ok(CardPage {
        frame: Frame {
            is_private: true,
            ..Frame::of(locale, title, &drawn.program, &look.ready.design)
        },
        face,
        balance: language.write_number(balance),
        points_word: locale.points_word(point_name, balance),
        buttons: buttons(house, found, device, token),
        member: (!facts.is_voided).then(|| format!("/card/{token}/member?lang={}", locale.tag())),
        page_code: device.is_desktop().then(|| QrCode::draw(&address)).flatten(),
        code: in_groups(&drawn.card.code),
        entries: found
            .entries
            .iter()
            .map(|entry| EntryLine::of(entry, locale))
            .collect(),
    })
}

/// The wallets that the card can be put into from this device.
fn buttons(house: &House, found: &Found, device: Device, token: &str) -> Vec<Button> {
    let can_open = |pass: &&Pass| match pass.wallet {
        Wallet::Apple => house.wallets.find_apple(&pass.pass_type).is_some(),
        Wallet::Google => house.wallets.google.is_some(),
    };
    let present: Vec<_> = found
        .passes
        .iter()
        .filter(can_open)
        .map(|pass| pass.wallet)
        .collect();
    device
        .offer(&present)
        .into_iter()
        .map(|wallet| match wallet {
            Wallet::Apple => Button {
                address: format!("/card/{token}/pass.pkpass"),
                text: "wallet-apple",
            },
            Wallet::Google => Button {
                address: format!("/card/{token}/google"),
                text: "wallet-google",
            },
        })
        .collect()
}

/// The code in groups of four, for eyes and for voices.
pub(super) fn in_groups(code: &str) -> String {
    let letters: Vec<char> = code.chars().collect();
    let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
    groups.join(" ")
}

impl EntryLine {
    fn of(entry: &Entry, locale: Locale) -> Self {
        let language = locale.language();
        Self {
            label: label(entry),
            instant: entry.created_at.rfc3339_secs(),
            date: language.write_date(entry.created_at),
            change: language.write_change(entry.points.get()),
            is_gain: entry.points.get() > 0,
        }
    }
}

/// The text for what a movement is called; the reason that a person wrote is for the shop.
pub(super) fn label(entry: &Entry) -> &'static str {
    match entry.kind.as_str() {
        "earn" if entry.event_id.is_some() => "entry-promotion",
        "earn" if entry.order_id.is_none() => "entry-welcome",
        "earn" => "entry-earn",
        "promotion" => "entry-promotion",
        "redeem" | "redeem_reversal" => "entry-redeem",
        "refund" => "entry-refund",
        "expire" => "entry-expire",
        "transfer_in" | "transfer_out" | "merge" => "entry-transfer",
        "import" => "entry-import",
        _ => "entry-adjust",
    }
}

/// Leads to Google's save page as soon as Google has the card, which is a moment after it was issued.
pub(super) async fn open_google(
    state: Data<State>,
    request: HttpRequest,
    token: Path<String>,
) -> Result<HttpResponse, Problem> {
    let house = &state.house;
    let card = card_of_link(house, &token).await?;
    for look in 0..LOOKS_MAX {
        if look > 0 {
            tokio::time::sleep(LOOK_PAUSE).await;
        }
        let pass = google_pass(house, card.id.clone()).await?;
        if pass.state != ISSUED {
            let address = save_url(house, &pass).ok_or_else(|| ActionError::new(Code::NoGoogle))?;
            return Ok(lead_to(&address));
        }
    }
    let page = waiting_page(Reader::of(&request), REFRESH_S);
    let mut response = respond(StatusCode::SERVICE_UNAVAILABLE, &page)?;
    response.headers_mut().insert(RETRY_AFTER, REFRESH_S.into());
    Ok(response)
}

async fn google_pass(house: &House, card: CardId) -> Result<Pass, ActionError> {
    let passes = house
        .store
        .read(move |db| Ok::<_, ActionError>(passes::list_by_card(db, &card)?))
        .await?;
    passes
        .into_iter()
        .find(|pass| pass.wallet == Wallet::Google && house.wallets.google.is_some())
        .ok_or_else(|| ActionError::new(Code::NoGoogle))
}
