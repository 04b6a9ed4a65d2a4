//! Members: enrolment, what they have, why their phone did or did not change.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, Query};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ledger_views::EntryView;
use super::lists::{List, Page};
use super::programs::find_program;
use super::shapes::AttributeShape;
use super::views::{CardView, MemberAndCardView, MemberView};
use super::{answer, respond};
use crate::actions::adjust_points::{Moved, adjust_points};
use crate::actions::diagnose_card::{PassFacts, Verdict, diagnose_card};
use crate::actions::enrol::{Enrolled, Enrolment, enrol};
use crate::actions::referral_code::give_code;
use crate::actions::search_member::{read_search, search_member};
use crate::actions::surviving::list_joined;
use crate::actions::{
    ActionError, Caller, Code, Deed, House, MemberSheet, Profile, find_by_external_id, perform,
};
use crate::http::body::{Posted, Who};
use crate::http::router::Router;
use crate::http::{Problem, State};
use crate::store::entries::{self, Entry};
use crate::store::members::{self, Member};
use crate::store::{Db, Tx, cards};
use crate::types::{AttributeChanges, EntryId, Language, MemberId, PassId, Time, Wallet};

pub(super) fn configure(router: &mut Router) {
    router
        .route("/v1/programs/{id}/members", web::post().to(create))
        .route("/v1/members", web::get().to(list))
        .route("/v1/members/{id}", web::get().to(show))
        .route("/v1/members/{id}/entries", web::get().to(list_entries))
        .route("/v1/members/{id}/adjustments", web::post().to(adjust))
        .route("/v1/members/{id}/diagnosis", web::get().to(diagnose));
}

/// A person who joins.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MemberInput {
    /// First name.
    #[schema(example = "Lina")]
    first_name: Option<String>,
    /// Last name.
    last_name: Option<String>,
    /// E-mail address.
    #[schema(example = "lina@example.com")]
    email: Option<String>,
    /// Phone number with its country code.
    phone: Option<String>,
    /// The caller's own id.
    external_id: Option<String>,
    /// The number on a plastic card that they have, 4 to 40 letters and digits: it is scanned like the card's code.
    #[schema(example = "0017-1234")]
    card_number: Option<String>,
    /// Attributes of the shop's own: texts, whole numbers, true or false.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, AttributeShape>, example = json!({ "milk": "oat" }))]
    attributes: AttributeChanges,
    /// The language of the card; the program's if left out.
    #[schema(value_type = Option<String>, example = "ar")]
    language: Option<Language>,
    /// What the person agreed to, or not.
    #[serde(default)]
    consents: Vec<ConsentInput>,
    /// The code of the member who invited them. Who is a member already is not invited by it.
    #[schema(example = "7KD29QX")]
    referral_code: Option<String>,
    /// When they were born, if they tell.
    #[schema(format = Date, example = "1990-02-28")]
    birth_date: Option<String>,
}

/// A yes or no to a purpose.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ConsentInput {
    /// For what.
    #[schema(example = "marketing")]
    purpose: String,
    /// Yes or no.
    granted: bool,
}

/// Enrols a person: 201 if they are new, 200 with the same member and card if an identity is known.
#[utoipa::path(post, path = "/v1/programs/{id}/members", tag = "members", request_body = MemberInput,
    params(("id" = String, Path, description = "The program's id, or `external:` and the caller's own id"),
           ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses((status = 201, description = "They are new", body = MemberAndCardView),
              (status = 200, description = "They were known", body = MemberAndCardView)))]
pub(super) async fn create(
    state: Data<State>,
    id: Path<String>,
    posted: Posted<MemberInput>,
) -> Result<HttpResponse, Problem> {
    let Posted { caller, value: input } = posted;
    let enrolment = Enrolment {
        first_name: input.first_name,
        last_name: input.last_name,
        email: input.email,
        phone: input.phone,
        external_id: input.external_id,
        card_number: input.card_number,
        language: input.language,
        attributes: input.attributes,
        consents: input
            .consents
            .into_iter()
            .map(|consent| (consent.purpose, consent.granted))
            .collect(),
        consent_text: None,
        source: "api".to_owned(),
        birth_date: input.birth_date,
        referral_code: input.referral_code,
    };
    let house = state.house.clone();
    let who = caller.clone();
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| {
        let program = find_program(tx, &who, &id)?;
        enrol(tx, deed, &program.id, &enrolment)
    };
    let render = move |enrolled: &Enrolled| {
        let status = if enrolled.is_new {
            StatusCode::CREATED
        } else {
            StatusCode::OK
        };
        answer(status, &enrolled_view(&house, enrolled))
    };
    let done = perform(&state.house, caller, deed, render).await?;
    state.house.metrics.deed("enrol");
    Ok(respond(done)?)
}

/// Somebody who enrolled, as it is answered.
pub(super) fn enrolled_view(house: &House, enrolled: &Enrolled) -> MemberAndCardView {
    let profile = enrolled.profile.clone();
    MemberAndCardView {
        member: MemberView::new(house, enrolled.member.clone(), &enrolled.identities, profile),
        card: CardView::new(house, enrolled.sheet.clone()),
    }
}

/// Lists members.
#[utoipa::path(get, path = "/v1/members", tag = "members", params(Page),
    responses((status = 200, description = "Members", body = List<MemberView>)))]
pub(super) async fn list(state: Data<State>, who: Who, page: Query<Page>) -> Result<HttpResponse, Problem> {
    let (limit, after) = (page.limit()?, page.after::<MemberId>()?);
    let program = who.0.program;
    let rows = state
        .house
        .store
        .read(move |db| {
            let rows = members::list(db, program.as_ref(), after.as_ref(), limit + 1)?;
            let with_identities = |member: Member| {
                let identities = members::list_identities(db, &member.id)?;
                let profile = Profile::read(db, &member)?;
                Ok::<_, ActionError>((member, identities, profile))
            };
            rows.into_iter()
                .map(with_identities)
                .collect::<Result<Vec<_>, _>>()
        })
        .await?;
    let list = List::of(
        rows,
        limit,
        |row| row.0.id.as_str(),
        |row| MemberView::new(&state.house, row.0, &row.1, row.2),
    );
    Ok(HttpResponse::Ok().json(list))
}

/// A member with all cards.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MemberAndCards)]
pub(super) struct MemberAndCardsView {
    /// The member.
    member: MemberView,
    /// Their cards, oldest first.
    cards: Vec<CardView>,
}

impl MemberAndCardsView {
    pub(super) fn new(house: &House, sheet: MemberSheet) -> Self {
        let cards = sheet.cards.into_iter();
        Self {
            member: MemberView::new(house, sheet.member, &sheet.identities, sheet.profile),
            cards: cards.map(|card| CardView::new(house, card)).collect(),
        }
    }
}

/// Shows a member with their cards, by id or as `external:…`; or searches one, with a key of the program, as `email:…`,
/// `phone:…` or `card_number:…`. Each search is noted in the audit trail, and those that find nobody count as guesses.
#[utoipa::path(get, path = "/v1/members/{id}", tag = "members",
    params(("id" = String, Path, description = "The id, `external:` and the caller's own id, or `email:`, `phone:` or \
                                                `card_number:` and that")),
    responses((status = 200, description = "The member", body = MemberAndCardsView)))]
pub(super) async fn show(state: Data<State>, who: Who, id: Path<String>) -> Result<HttpResponse, Problem> {
    if read_search(&id).is_some() {
        return search(&state, who.0, id.into_inner()).await;
    }
    let caller = who.0.clone();
    let mut sheet = state
        .house
        .store
        .read(move |db| {
            let member = find_member(db, &who.0, &id)?;
            MemberSheet::read(db, member)
        })
        .await?;
    if sheet.profile.referral.is_none() {
        // A member of before there were codes is asked for by themselves for the first time.
        let deed = Deed::begin(&state.house, caller);
        let member = sheet.member;
        sheet = state
            .house
            .store
            .write(move |tx| {
                give_code(tx, &deed, &member.program_id, &member.id)?;
                MemberSheet::read(tx, member)
            })
            .await?;
    }
    Ok(HttpResponse::Ok().json(MemberAndCardsView::new(&state.house, sheet)))
}

async fn search(state: &State, caller: Caller, address: String) -> Result<HttpResponse, Problem> {
    let deed = Deed::begin(&state.house, caller);
    let found = state.house.store.write(move |tx| {
        let named = read_search(&address).ok_or_else(|| ActionError::new(Code::NotFound))?;
        let found = search_member(tx, &deed, named)?;
        found.map(|member| MemberSheet::read(tx, member)).transpose()
    });
    // Nobody is no failure of the transaction: that it was searched stays in the books.
    let sheet = found.await?.ok_or_else(|| {
        let detail = "No member of the program has it. Look at it again, or ask for another.";
        ActionError::with(Code::NotFound, detail)
    })?;
    Ok(HttpResponse::Ok().json(MemberAndCardsView::new(&state.house, sheet)))
}

/// Lists a member's ledger, newest first, with that of members who were joined with them.
#[utoipa::path(get, path = "/v1/members/{id}/entries", tag = "members",
    params(("id" = String, Path, description = "The id, or `external:` and the caller's own id"), Page),
    responses((status = 200, description = "Entries", body = List<EntryView>)))]
pub(super) async fn list_entries(
    state: Data<State>,
    who: Who,
    id: Path<String>,
    page: Query<Page>,
) -> Result<HttpResponse, Problem> {
    let (limit, before) = (page.limit()?, page.after::<EntryId>()?);
    let rows = state
        .house
        .store
        .read(move |db| {
            let member = find_member(db, &who.0, &id)?;
            let all = list_joined(db, &member.id)?;
            Ok::<_, ActionError>(entries::list_by_members(db, &all, before.as_ref(), limit + 1)?)
        })
        .await?;
    Ok(HttpResponse::Ok().json(List::of(
        rows,
        limit,
        |entry: &Entry| entry.id.as_str(),
        EntryView::from,
    )))
}

/// Points given or taken by hand.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AdjustmentInput {
    /// How many; negative takes away.
    #[schema(example = -5)]
    points: i64,
    /// Why, in 1 to 500 characters.
    reason: String,
}

/// An entry and the card after it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Movement)]
pub(super) struct MovementView {
    /// The entry.
    entry: EntryView,
    /// The card after it.
    card: CardView,
}

impl MovementView {
    pub(super) fn new(house: &House, moved: &Moved) -> Self {
        Self {
            entry: moved.entry.clone().into(),
            card: CardView::new(house, moved.sheet.clone()),
        }
    }
}

/// Gives or takes points by hand.
#[utoipa::path(post, path = "/v1/members/{id}/adjustments", tag = "members", request_body = AdjustmentInput,
    params(("id" = String, Path, description = "The id, or `external:` and the caller's own id"),
           ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat")),
    responses((status = 201, description = "The entry and the card after it", body = MovementView)))]
pub(super) async fn adjust(
    state: Data<State>,
    id: Path<String>,
    posted: Posted<AdjustmentInput>,
) -> Result<HttpResponse, Problem> {
    let Posted { caller, value } = posted;
    let house = state.house.clone();
    let who = caller.clone();
    let deed = move |tx: &mut Tx<'_>, deed: &Deed| {
        let member = find_member(tx, &who, &id)?;
        adjust_points(tx, deed, &member.id, value.points, &value.reason)
    };
    let render = move |moved: &Moved| answer(StatusCode::CREATED, &MovementView::new(&house, moved));
    Ok(respond(perform(&state.house, caller, deed, render).await?)?)
}

/// The member that an address names and the caller may see; one who was erased is not there.
pub(super) fn find_member(db: &mut Db, caller: &Caller, id: &str) -> Result<Member, ActionError> {
    let missing = || ActionError::new(Code::NotFound);
    let id = match (id.strip_prefix("external:"), &caller.program) {
        (Some(external), Some(program)) => find_by_external_id(db, program, external)?.ok_or_else(missing)?,
        (Some(_), None) => {
            let detail = "A key for all programs must name the member by id.";
            return Err(ActionError::with(Code::BadParameter, detail));
        }
        (None, _) => id.parse().map_err(|_| missing())?,
    };
    let member = members::get(db, &id)?;
    caller.check_sees(&member.program_id)?;
    if member.erased_at.is_some() {
        return Err(missing());
    }
    Ok(member)
}

/// Why a member's phone did or did not change.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Diagnosis)]
pub(super) struct DiagnosisView {
    /// One for each pass.
    passes: Vec<PassDiagnosis>,
}

/// What is known of one pass.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PassDiagnosis {
    /// Its id.
    #[schema(value_type = String)]
    id: PassId,
    /// `apple` or `google`.
    #[schema(value_type = String)]
    wallet: Wallet,
    /// Apple's serial number or Google's object id.
    serial: String,
    /// `issued`, `inserted`, `installed`, `in_doubt` or `removed`.
    state: String,
    /// The card's version.
    card_version: i64,
    /// The version that the wallet's service last accepted a notice of.
    told_version: i64,
    /// When.
    #[schema(value_type = Option<String>, format = DateTime)]
    told_at: Option<Time>,
    /// The newest version that was fetched.
    fetched_version: i64,
    /// When.
    #[schema(value_type = Option<String>, format = DateTime)]
    fetched_at: Option<Time>,
    /// What is still to be delivered.
    delivery: Option<DeliveryDiagnosis>,
    /// The phones that hold it.
    registrations: Vec<RegistrationDiagnosis>,
    /// What phones complained of, newest first.
    log: Vec<LogLine>,
    /// Why the wallet's service refused it for good, if it did.
    last_error: Option<String>,
    /// One sentence for a person.
    summary: String,
}

/// A delivery that is not done.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DeliveryDiagnosis {
    /// `due` or `told`.
    state: String,
    /// When it is looked at next.
    #[schema(value_type = String, format = DateTime)]
    due_at: Time,
    /// Failures in a row.
    attempts: i64,
    /// Notices sent without a fetch.
    pushes: i64,
    /// What went wrong last.
    last_error: Option<String>,
}

/// A phone that holds a pass.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RegistrationDiagnosis {
    /// The first characters of what the phone calls itself; the whole is its secret.
    device: String,
    /// The version that it was last told of.
    told_version: i64,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    registered_at: Time,
}

/// A line of a phone.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LogLine {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Time,
    /// What it said.
    line: String,
}

/// Says why a member's phone did or did not change.
#[utoipa::path(get, path = "/v1/members/{id}/diagnosis", tag = "members",
    params(("id" = String, Path, description = "The id, or `external:` and the caller's own id")),
    responses((status = 200, description = "What is known of each pass", body = DiagnosisView)))]
pub(super) async fn diagnose(
    state: Data<State>,
    who: Who,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let passes = state
        .house
        .store
        .read(move |db| {
            let member = find_member(db, &who.0, &id)?;
            let mut all = Vec::new();
            for card in cards::list_by_member(db, &member.id)? {
                all.extend(diagnose_card(db, &card)?);
            }
            Ok::<_, ActionError>(all)
        })
        .await?;
    let passes = passes.into_iter().map(PassDiagnosis::from).collect();
    Ok(HttpResponse::Ok().json(DiagnosisView { passes }))
}

impl From<PassFacts> for PassDiagnosis {
    fn from(facts: PassFacts) -> Self {
        let summary = summary(facts.verdict());
        let registrations = facts.phones.into_iter().map(|(registration, device)| {
            let id = device.device_id.as_str();
            RegistrationDiagnosis {
                device: format!("{}…", id.get(..6).unwrap_or_default()),
                told_version: registration.told_version,
                registered_at: device.registered_at,
            }
        });
        let log = facts.log.into_iter().map(|(at, line)| LogLine { at, line });
        let delivery = facts.delivery.map(|one| DeliveryDiagnosis {
            state: one.state,
            due_at: one.due_at,
            attempts: one.attempts,
            pushes: one.pushes,
            last_error: one.last_error,
        });
        Self {
            card_version: facts.card_version,
            delivery,
            registrations: registrations.collect(),
            log: log.collect(),
            summary,
            id: facts.pass.id,
            wallet: facts.pass.wallet,
            serial: facts.pass.serial,
            state: facts.pass.state,
            told_version: facts.pass.told_version,
            told_at: facts.pass.told_at,
            fetched_version: facts.pass.fetched_version,
            fetched_at: facts.pass.fetched_at,
            last_error: facts.pass.last_error,
        }
    }
}

fn summary(verdict: Verdict) -> String {
    match verdict {
        Verdict::Refused(error) => format!("The wallet's service refused it: {error}"),
        Verdict::UpToDate => "The wallet has the newest version.".to_owned(),
        Verdict::NoPhone => {
            "No phone is registered for it: it was never added, removed, or its automatic updates are off."
                .to_owned()
        }
        Verdict::Failing { error, next } => {
            format!("The last notice failed ({error}); the next try is at {next}.")
        }
        Verdict::Told(times) => {
            format!("The phone was told {times} times and has not fetched yet; it may be off.")
        }
        Verdict::AboutToBeTold => "A notice is about to be sent.".to_owned(),
        Verdict::GivenUp => {
            "The phone was told as often as allowed and did not fetch; ask to open the card.".to_owned()
        }
    }
}
