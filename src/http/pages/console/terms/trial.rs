//! An order tried on the rules: what each of them would give and why, and nothing is written.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::super::super::amount::parse;
use super::super::super::desk::Desk;
use super::super::super::frame::{Frame, respond};
use super::super::super::leading::kept;
use super::super::rail::{Rail, Room};
use super::replay::{Replay, replay};
use super::rule_form::{locations, read_day};
use crate::actions::record_order::{Holder, NewOrder};
use crate::actions::replay_orders::ORDERS_MAX;
use crate::actions::simulate_order::{Judged, Simulation, simulate_order};
use crate::actions::{ActionError, Code};
use crate::http::{Problem, State};
use crate::loyalty::rule::evaluate::Reason;
use crate::types::Time;

/// Longest that is looked up.
const TEXT_MAX: usize = 200;
/// A minute, in milliseconds.
const MINUTE_MS: i64 = 60_000;

/// The order that is tried.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Tried {
    card: String,
    amount: String,
    day: String,
    clock: String,
    /// The code of a location; empty is none.
    location: String,
    /// `yes`, if the orders of the past are to be judged again.
    past: String,
}

#[derive(Template)]
#[template(path = "pages/console/terms/trial.html")]
struct TrialPage {
    frame: Frame,
    rail: Rail,
    tried: Tried,
    symbol: String,
    /// Code, name, and whether it is chosen.
    locations: Vec<(String, String, bool)>,
    card_fault: Option<&'static str>,
    amount_fault: Option<&'static str>,
    day_fault: Option<&'static str>,
    outcome: Option<Outcome>,
    replay: Option<Replay>,
    replay_how: String,
    way_back: String,
}

/// What the order would earn.
struct Outcome {
    total: String,
    rules: Vec<JudgedLine>,
    promotions: Vec<JudgedLine>,
}

struct JudgedLine {
    name: String,
    points: String,
    gives: bool,
    why: String,
}

pub(super) async fn show(
    state: Data<State>,
    request: HttpRequest,
    tried: Query<Tried>,
) -> Result<HttpResponse, Problem> {
    let desk = Desk::of(&state, &request).await?;
    let tried = tried.into_inner();
    let mut page = TrialPage {
        frame: desk.console_frame(desk.locale.word("terms-try")),
        rail: desk.rail(Room::Rules).await?,
        symbol: desk.program.currency.to_string(),
        locations: locations(&desk, &tried.location).await?,
        card_fault: None,
        amount_fault: None,
        day_fault: None,
        outcome: None,
        replay: None,
        replay_how: desk.locale.say("replay-how", &[("count", ORDERS_MAX.into())]),
        way_back: desk.link("/console/rules"),
        tried,
    };
    if page.tried.past == "yes" {
        page.replay = Some(replay(&desk).await?);
        page.frame.kept = kept([("past", "yes")]);
    }
    if page.tried.card.is_empty() && page.tried.amount.is_empty() {
        return Ok(respond(StatusCode::OK, &page)?);
    }
    let total = parse(&page.tried.amount, desk.program.currency);
    let at = read_time(&desk, &page.tried);
    page.amount_fault = total.is_none().then_some("start-bad-basket");
    page.day_fault = at.is_err().then_some("terms-bad-date");
    if let (Some(total_minor), Ok(paid_at)) = (total, at) {
        match judge(&desk, &page.tried, total_minor, paid_at).await {
            Ok(simulation) => page.outcome = Some(outcome(&desk, simulation)),
            Err(error) if is_of_card(error.code) => page.card_fault = Some("terms-bad-card"),
            Err(error) => return Err(error.into()),
        }
    }
    let has_fault = page.card_fault.or(page.amount_fault).or(page.day_fault).is_some();
    page.frame.title = desk.locale.title(&page.frame.title, has_fault);
    let tried = &page.tried;
    page.frame.kept = kept([
        ("card", tried.card.as_str()),
        ("amount", &tried.amount),
        ("day", &tried.day),
        ("clock", &tried.clock),
        ("location", &tried.location),
    ]);
    let status = if has_fault {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    Ok(respond(status, &page)?)
}

const fn is_of_card(code: Code) -> bool {
    matches!(
        code,
        Code::UnknownCard
            | Code::UnknownMember
            | Code::BadCheckDigit
            | Code::CardVoided
            | Code::MemberBlocked
            | Code::CardReplaced
            | Code::NotFound
    )
}

/// When the order is paid: now, or on the day and at the time that were typed.
fn read_time(desk: &Desk, tried: &Tried) -> Result<Option<Time>, ()> {
    if tried.day.trim().is_empty() {
        return Ok(None);
    }
    let day = read_day(&tried.day).ok_or(())?;
    let minute = match tried.clock.trim() {
        "" => 12 * 60,
        clock => {
            let (hours, minutes) = clock.split_once(':').ok_or(())?;
            let (hours, minutes): (i64, i64) =
                (hours.parse().map_err(|_| ())?, minutes.parse().map_err(|_| ())?);
            if !(0..24).contains(&hours) || !(0..60).contains(&minutes) {
                return Err(());
            }
            hours * 60 + minutes
        }
    };
    Ok(Some(
        desk.program.time_zone.start_of(day).plus_ms(minute * MINUTE_MS),
    ))
}

async fn judge(
    desk: &Desk,
    tried: &Tried,
    total_minor: i64,
    paid_at: Option<Time>,
) -> Result<Simulation, ActionError> {
    let house = desk.state.house.clone();
    let program = desk.program.id.clone();
    let cut = |text: &str| text.trim().chars().take(TEXT_MAX).collect::<String>();
    let location = cut(&tried.location);
    let order = NewOrder {
        source: "console".to_owned(),
        external_id: "tried".to_owned(),
        holder: Holder::Card(cut(&tried.card)),
        total_minor,
        currency: None,
        paid_at,
        lines: Vec::new(),
        location: Some(location).filter(|code| !code.is_empty()),
        channel: None,
    };
    let now = house.now();
    let here = house.clone();
    let read = house
        .store
        .read(move |db| simulate_order(db, &here, Some(&program), &order, now));
    read.await
}

fn outcome(desk: &Desk, simulation: Simulation) -> Outcome {
    let own = desk.locale.word("terms-own-rule");
    let line = |judged: Judged| JudgedLine {
        name: if judged.id.is_none() {
            own.clone()
        } else {
            judged.name
        },
        points: desk.locale.language().write_change(judged.points.get()),
        gives: !judged.points.is_zero(),
        why: match (judged.reason, judged.explanation) {
            (Some(reason), _) => desk.locale.word(reason_text(reason)),
            (None, Some(explanation)) => {
                let names = desk.locale.point_name(&desk.program.point_name);
                explanation.words(&desk.locale.language(), desk.program.currency, &names)
            }
            (None, None) => String::new(),
        },
    };
    Outcome {
        total: desk.points(simulation.total.get()),
        rules: simulation.rules.into_iter().map(line).collect(),
        promotions: simulation.promotions.into_iter().map(line).collect(),
    }
}

/// The text for why a rule gives nothing.
const fn reason_text(reason: Reason) -> &'static str {
    match reason {
        Reason::OtherTrigger => "reason-other-trigger",
        Reason::NotYet => "reason-not-yet",
        Reason::Over => "reason-over",
        Reason::Condition(_) => "reason-condition",
        Reason::NothingCounted => "reason-nothing-counted",
        Reason::TooLittle => "reason-too-little",
        Reason::Limit(_) => "reason-limit",
        Reason::Budget => "reason-budget",
        Reason::Group(_) => "reason-group",
        Reason::NothingEarned => "reason-nothing-earned",
        Reason::LargerPromotion(_) => "reason-larger",
    }
}
