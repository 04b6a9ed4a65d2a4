//! What a program owes its members.

use actix_web::HttpResponse;
use actix_web::web::{self, Data, Path};
use serde::Serialize;
use utoipa::ToSchema;

use super::ledger_views::MoneyView;
use super::programs::find_program;
use crate::actions::ActionError;
use crate::actions::measure_liability::{Liability, measure_liability};
use crate::http::body::Who;
use crate::http::router::Router;
use crate::http::{Problem, State};
use crate::types::{Money, ProgramId, Time};

pub(super) fn configure(router: &mut Router) {
    router.route("/v1/programs/{id}/liability", web::get().to(show));
}

/// What a program owes its members.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Liability)]
pub(super) struct LiabilityView {
    /// The program.
    #[schema(value_type = String)]
    program: ProgramId,
    /// When it was measured.
    #[schema(value_type = String, format = DateTime)]
    as_of: Time,
    /// Points.
    points: PointLiabilityView,
    /// Stored value.
    gift_cards: GiftLiabilityView,
    /// How many of a hundred points members are expected to use, as the policy says.
    expected_use_percent: u8,
    /// What a point is worth in thousandths of the minor unit, if the policy says so.
    point_value_minor_thousandths: Option<i64>,
    /// What the outstanding points are expected to cost, rounded down; null if the policy does not say what one is worth.
    expected_value: Option<MoneyView>,
}

/// Points that members hold.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PointLiability)]
pub(super) struct PointLiabilityView {
    /// What members can spend: the sum of the positive balances.
    outstanding: i64,
    /// What members owe: the sum of the negative balances, 0 or less.
    owed: i64,
    /// What was promised and cannot be spent yet.
    pending: i64,
    /// What lies on voided cards, where nobody can spend it; in none of the other sums.
    on_voided_cards: i64,
    /// What expires by itself, by the last month in which it can be spent.
    by_expiry_month: Vec<MonthView>,
    /// What is outstanding and has no date.
    no_date: i64,
}

/// Points that expire in a month.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ExpiryMonth)]
pub(super) struct MonthView {
    /// The month in the program's time zone.
    #[schema(example = "2026-12")]
    month: String,
    /// How many.
    points: i64,
}

/// Stored value by where it comes from.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GiftLiability)]
pub(super) struct GiftLiabilityView {
    /// Paid for.
    paid: GiftSumView,
    /// Given by the shop.
    earned: GiftSumView,
}

/// A sum over gift cards.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GiftSum)]
pub(super) struct GiftSumView {
    /// What they hold together.
    balance: MoneyView,
    /// How many hold anything.
    cards: i64,
}

impl From<(Money, i64)> for GiftSumView {
    fn from((sum, cards): (Money, i64)) -> Self {
        Self {
            balance: sum.into(),
            cards,
        }
    }
}

impl LiabilityView {
    fn new(program: ProgramId, owed: Liability) -> Self {
        let months = owed.by_month.into_iter();
        Self {
            program,
            as_of: owed.as_of,
            points: PointLiabilityView {
                outstanding: owed.points.outstanding,
                owed: owed.points.owed,
                pending: owed.points.pending,
                on_voided_cards: owed.points.on_voided_cards,
                by_expiry_month: months
                    .map(|(month, points)| MonthView { month, points })
                    .collect(),
                no_date: owed.undated,
            },
            gift_cards: GiftLiabilityView {
                paid: owed.paid.into(),
                earned: owed.earned.into(),
            },
            expected_use_percent: owed.policy.expected_use(),
            point_value_minor_thousandths: owed.policy.point_value_minor_thousandths,
            expected_value: owed.expected.map(MoneyView::from),
        }
    }
}

/// Measures what a program owes its members. It reads all cards of the program: ask it for the books, now and then, and
/// not from a till.
#[utoipa::path(get, path = "/v1/programs/{id}/liability", tag = "programs", operation_id = "show_liability",
    params(("id" = String, Path, description = "The id, or `external:` and the caller's own id")),
    responses((status = 200, description = "What is owed", body = LiabilityView)))]
pub(super) async fn show(state: Data<State>, who: Who, id: Path<String>) -> Result<HttpResponse, Problem> {
    let house = state.house.clone();
    let (program, owed) = state
        .house
        .store
        .read(move |db| {
            let program = find_program(db, &who.0, &id)?;
            let owed = measure_liability(db, &program, house.now())?;
            Ok::<_, ActionError>((program.id, owed))
        })
        .await?;
    Ok(HttpResponse::Ok().json(LiabilityView::new(program, owed)))
}
