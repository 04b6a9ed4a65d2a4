//! The page where customers enrol: the benefit first, two fields, one button.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::{Deserialize, Serialize};

use super::claim::claim_for;
use super::face::{Drawing, Face};
use super::forms::read_form;
use super::frame::{Frame, respond};
use super::leading::lead;
use super::locale::{Locale, Reader};
use super::look::read_look;
use super::settings::{MARKETING, MARKETING_TEXT};
use super::visitors::Visitors;
use super::way_back;
use crate::actions::at_till::join_at_till;
use crate::actions::enrol::{Enrolled, Enrolment, enrol};
use crate::actions::recover_card::Recovery;
use crate::actions::referral_code::{find_referrer, read_code};
use crate::actions::{ActionError, Answer, Caller, Code, Deed, House, IdempotencyKey, perform};
use crate::http::body::{Body, Who};
use crate::http::{Problem, State};
use crate::loyalty::face::{CardFace, CardFacts, Progress};
use crate::store::Tx;
use crate::store::programs::{self, Program};
use crate::types::{CardId, Money, Points, random_token, sha256_hex};

/// Random bytes that tell one form from the next.
const FORM_BYTES: usize = 12;

/// What was typed.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct JoinForm {
    #[serde(default)]
    first_name: String,
    /// An e-mail address or a phone number.
    #[serde(default, alias = "email", alias = "phone")]
    contact: String,
    /// There if the box was ticked.
    marketing: Option<String>,
    /// Tells one form from the next, so that a second click makes no second card.
    #[serde(default)]
    form: String,
    /// The code of who invited; empty if nobody did, or nobody who is known.
    #[serde(default, rename = "ref")]
    code: String,
    /// The token of a receipt that comes along; empty if none does.
    #[serde(default)]
    claim: String,
    /// The token of the till that shows the invitation; empty if none does.
    #[serde(default)]
    desk: String,
}

/// What is wrong with what was typed: the ids of the texts.
#[derive(Debug, Clone, Copy, Default)]
struct Faults {
    first_name: Option<&'static str>,
    contact: Option<&'static str>,
}

impl Faults {
    fn any(&self) -> bool {
        self.first_name.is_some() || self.contact.is_some()
    }
}

#[derive(Template)]
#[template(path = "pages/join.html")]
struct JoinPage {
    frame: Frame,
    face: Face,
    invitation: String,
    headline: String,
    earning: Option<String>,
    /// The text about the invitation or the receipt with which the reader came.
    notice: Option<&'static str>,
    action: String,
    form: JoinForm,
    faults: Faults,
}

/// Shows the empty form.
pub(super) async fn show(
    state: Data<State>,
    request: HttpRequest,
    slug: Path<String>,
) -> Result<HttpResponse, Problem> {
    let program = find_program(&state.house, &slug).await?;
    let named = find_value(&request, "ref=");
    let code = match &named {
        Some(code) => find_known(&state.house, &program, code).await?,
        None => None,
    };
    let is_unknown = named.is_some() && code.is_none();
    let form = JoinForm {
        form: random_token(FORM_BYTES),
        code: code.unwrap_or_default(),
        claim: find_value(&request, "claim=")
            .filter(|token| state.house.receipt_of_token(token).is_some())
            .unwrap_or_default(),
        desk: find_value(&request, "desk=")
            .filter(|token| state.house.read_desk(token).is_some())
            .unwrap_or_default(),
        ..JoinForm::default()
    };
    let locale = Reader::of(&request).locale(&program.language);
    let mut page = draw_page(&state.house, &program, locale, form, Faults::default()).await?;
    if is_unknown {
        page.notice = Some("join-not-invited");
    }
    Ok(respond(StatusCode::OK, &page)?)
}

/// What the address says under a name, whatever it is.
fn find_value(request: &HttpRequest, name: &str) -> Option<String> {
    let pairs = request.query_string().split('&');
    let mut named = pairs.filter_map(|pair| pair.strip_prefix(name));
    named.next().filter(|code| !code.is_empty()).map(str::to_owned)
}

/// A code as it is stored, if it is one of the program's.
async fn find_known(house: &House, program: &Program, code: &str) -> Result<Option<String>, ActionError> {
    let Some(code) = read_code(code) else {
        return Ok(None);
    };
    let (program, wanted) = (program.id.clone(), code.clone());
    let found = house
        .store
        .read(move |db| find_referrer(db, &program, &wanted))
        .await?;
    Ok(found.map(|_| code))
}

/// Takes the form: the card's page next, or the form again with what is wrong.
pub(super) async fn submit(
    state: Data<State>,
    visitors: Data<Visitors>,
    request: HttpRequest,
    slug: Path<String>,
    who: Who,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let house = &state.house;
    visitors.admit(&request, house)?;
    let program = find_program(house, &slug).await?;
    let mut form: JoinForm = read_form(&body.0)?;
    // What cannot be a code is not carried on into another page.
    form.code = read_code(&form.code).unwrap_or_default();
    if house.receipt_of_token(&form.claim).is_none() {
        form.claim.clear();
    }
    let reader = Reader::of(&request);
    let locale = reader.locale(&program.language);
    let faults = find_faults(&form);
    if faults.any() {
        return show_again(house, &program, locale, form, faults).await;
    }
    let caller = Caller {
        actor: "customer".to_owned(),
        idempotency: form_key(&program, &form, &body.0),
        ..who.0
    };
    match join(house, caller.clone(), &program, locale, &form).await {
        Ok(joined) => {
            let token = &form.claim;
            let has_receipt = token.is_empty() || claim_for(house, caller, token, joined.card.clone()).await;
            if !has_receipt {
                // The page of the receipt says why it did not come along.
                return Ok(lead(&format!("/claim/{token}"), reader));
            }
            Ok(open_card(house, &joined, &request).await)
        }
        Err(error) if error.code == Code::Invalid => {
            let faults = name_faults(&error);
            show_again(house, &program, locale, form, faults).await
        }
        Err(error) => Err(error.into()),
    }
}

/// The program of an address.
pub(super) async fn find_program(house: &House, slug: &str) -> Result<Program, ActionError> {
    let slug = slug.to_owned();
    house
        .store
        .read(move |db| Ok::<_, ActionError>(programs::find_by_slug(db, &slug)?))
        .await?
        .ok_or_else(|| ActionError::new(Code::NotFound))
}

fn find_faults(form: &JoinForm) -> Faults {
    let contact = form.contact.trim();
    let is_contact = contact.is_empty() || contact.contains('@') || contact.chars().any(char::is_numeric);
    Faults {
        first_name: form.first_name.trim().is_empty().then_some("field-no-name"),
        contact: (!is_contact).then_some("field-bad-contact"),
    }
}

/// The faults that the deed found.
fn name_faults(error: &ActionError) -> Faults {
    let mut faults = Faults::default();
    for fault in &error.faults {
        match fault.pointer.as_str() {
            "/first_name" => faults.first_name = Some("field-bad-name"),
            "/email" => faults.contact = Some("field-bad-email"),
            "/phone" => faults.contact = Some("field-bad-phone"),
            _ => faults.contact = Some("field-bad-contact"),
        }
    }
    faults
}

/// The same form sent twice is one enrolment; another form, or one that was changed, is another.
fn form_key(program: &Program, form: &JoinForm, body: &[u8]) -> Option<IdempotencyKey> {
    let fingerprint = sha256_hex(body);
    (!form.form.is_empty()).then(|| IdempotencyKey {
        scope: format!("{} POST /join/{{slug}}", program.id),
        key: fingerprint.clone(),
        fingerprint,
    })
}

/// What is kept of an enrolment, to answer the same form again.
#[derive(Debug, Serialize, Deserialize)]
struct Joined {
    card: CardId,
    link_epoch: i64,
    is_new: bool,
}

async fn join(
    house: &House,
    caller: Caller,
    program: &Program,
    locale: Locale,
    form: &JoinForm,
) -> Result<Joined, ActionError> {
    let contact = Some(form.contact.trim().to_owned());
    let is_email = form.contact.contains('@');
    let enrolment = Enrolment {
        first_name: Some(form.first_name.clone()),
        email: contact.clone().filter(|_| is_email),
        phone: contact.filter(|_| !is_email),
        language: Some(locale.language()),
        consents: form
            .marketing
            .iter()
            .map(|_| (MARKETING.to_owned(), true))
            .collect(),
        consent_text: Some((MARKETING_TEXT.to_owned(), locale.language())),
        source: "join".to_owned(),
        referral_code: read_code(&form.code),
        ..Enrolment::default()
    };
    let (program, desk) = (program.id.clone(), form.desk.clone());
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| {
        let mut enrolment = enrolment;
        // An invitation that is not there any more keeps nobody from joining.
        if let Some(code) = &enrolment.referral_code
            && find_referrer(tx, &program, code)?.is_none()
        {
            enrolment.referral_code = None;
        }
        let enrolled = enrol(tx, deed, &program, &enrolment)?;
        join_at_till(tx, deed, &desk, &enrolled)?;
        Ok(enrolled)
    };
    let render = |enrolled: &Enrolled| Answer {
        status: StatusCode::SEE_OTHER.as_u16(),
        body: serde_json::json!(Joined {
            card: enrolled.sheet.card.id.clone(),
            link_epoch: enrolled.sheet.card.link_epoch,
            is_new: enrolled.is_new,
        })
        .to_string(),
        is_replay: false,
    };
    let answer = perform(house, caller, deed, render).await?;
    house.metrics.deed("enrol");
    serde_json::from_str(&answer.body).map_err(ActionError::internal)
}

/// Leads to the card's page. A card that was there before is opened for a browser that had it; for others, who only typed
/// what anybody can know, somebody at the counter opens it.
async fn open_card(house: &House, joined: &Joined, request: &HttpRequest) -> HttpResponse {
    let is_own = joined.is_new
        || way_back::find(house, request)
            .await
            .is_some_and(|(card, _)| card.id == joined.card);
    let reader = Reader::of(request);
    if is_own {
        let token = house.link_token(&joined.card, joined.link_epoch);
        return lead(&format!("/card/{token}"), reader);
    }
    let recovery = Recovery::new(joined.card.clone(), house.now(), &random_token(FORM_BYTES));
    lead(&format!("/recover/{}", house.recovery_token(&recovery)), reader)
}

async fn show_again(
    house: &House,
    program: &Program,
    locale: Locale,
    form: JoinForm,
    faults: Faults,
) -> Result<HttpResponse, Problem> {
    let page = draw_page(house, program, locale, form, faults).await?;
    Ok(respond(StatusCode::UNPROCESSABLE_ENTITY, &page)?)
}

async fn draw_page(
    house: &House,
    program: &Program,
    locale: Locale,
    form: JoinForm,
    faults: Faults,
) -> Result<JoinPage, ActionError> {
    let name = program.name.get(&locale.language());
    let design = program.design_id.as_ref();
    let design = design.ok_or_else(|| ActionError::new(Code::NoDesign))?;
    let look = read_look(house, design, locale).await?;
    let bonus = Points::new(program.signup_bonus).map_err(ActionError::internal)?;
    let facts = sample(program, locale, bonus);
    let face = Drawing {
        locale,
        name: locale.say("join-card", &[("program", name.into())]),
        logo_size: look.logo_size,
        has_code: false,
        stamps: None,
        face: &CardFace::draw(&look.ready.design, &facts),
    }
    .draw();
    let headline = headline(program, locale);
    let invitation = locale.say("join-title", &[("program", name.into())]);
    let title = locale.title(&invitation, faults.any());
    let named = [("ref", &form.code), ("claim", &form.claim), ("desk", &form.desk)];
    let named = named.iter().filter(|(_, value)| !value.is_empty());
    let kept = named.fold(String::new(), |kept, (name, value)| {
        kept + name + "=" + value.as_str() + "&"
    });
    let invited = (!form.code.is_empty()).then_some("join-invited");
    let with_receipt = (!form.claim.is_empty()).then_some("join-with-receipt");
    Ok(JoinPage {
        frame: Frame {
            kept,
            ..Frame::of(locale, title, program, &look.ready.design)
        },
        notice: with_receipt.or(invited),
        face,
        invitation,
        headline,
        earning: earning(program, locale),
        action: format!("/join/{}?lang={}", program.slug, locale.tag()),
        form,
        faults,
    })
}

/// What is in it for who joins.
pub(super) fn headline(program: &Program, locale: Locale) -> String {
    if program.signup_bonus > 0 {
        let points = locale.points(&program.point_name, program.signup_bonus);
        locale.say("join-bonus", &[("points", points.into())])
    } else {
        let name = program.name.get(&locale.language());
        locale.say("join-no-bonus", &[("program", name.into())])
    }
}

/// What an order earns, in a sentence; `None` if it earns nothing.
pub(super) fn earning(program: &Program, locale: Locale) -> Option<String> {
    let step = Money::new(program.earn_per_minor, program.currency).ok()?;
    let money = locale.language().write_money(step);
    let points = locale.points(&program.point_name, program.earn_points);
    let values = [("money", money.into()), ("points", points.into())];
    (program.earn_points > 0).then(|| locale.say("join-earning", &values))
}

/// The card as a new customer will have it.
pub(super) fn sample(program: &Program, locale: Locale, balance: Points) -> CardFacts {
    CardFacts {
        code: String::new(),
        balance,
        first_name: locale.word("join-sample-name"),
        last_name: String::new(),
        language: locale.language(),
        program_name: program.name.clone(),
        point_name: program.point_name.clone(),
        tier: String::new(),
        message: String::new(),
        expires_at: None,
        is_voided: false,
        is_quiet: false,
        progress: Progress::default(),
    }
}
