//! How a program goes: its figures, each with its formula, as JSON and as a table.

use actix_web::HttpResponse;
use actix_web::http::header::CONTENT_DISPOSITION;
use actix_web::web::{self, Data, Path, Query};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::programs::find_program;
use super::shapes::TextShape;
use crate::actions::measure_program::{Insight, measure_program, read_period, read_wish};
use crate::actions::write_insight::write_insight;
use crate::http::body::Who;
use crate::http::router::Router;
use crate::http::{Problem, State};
use crate::loyalty::insight::{Cohort, Figure, Passes, RewardUse, RfmCell, Warning};
use crate::store::programs::Program;
use crate::types::{Currency, ProgramId, Text, Time};

pub(super) fn configure(router: &mut Router) {
    router
        .route("/v1/programs/{id}/insight", web::get().to(show))
        .route("/v1/programs/{id}/insight.csv", web::get().to(download));
}

/// Of which days, and what nobody's books say.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct InsightQuery {
    /// The first day, such as `2026-01-01`; with `to`.
    from: Option<String>,
    /// The last day, today at the latest; with `from`.
    to: Option<String>,
    /// Instead of both: so many days up to today, 1 to 3,660; 30 if left out.
    days: Option<i64>,
    /// How much of a sale is profit, in whole percent; 20 if left out.
    margin: Option<i64>,
    /// For how many years a member is looked at, 1 to 50; 5 if left out.
    horizon: Option<i64>,
}

/// How a program goes.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Insight)]
pub(super) struct InsightView {
    /// The program.
    #[schema(value_type = String)]
    program: ProgramId,
    /// The first day, in the program's time zone.
    from: String,
    /// The last day.
    to: String,
    /// When it was counted: now, or within the last hour or so of a program with more than 20,000 cards.
    #[schema(value_type = String, format = DateTime)]
    as_of: Time,
    /// The currency of all money here.
    #[schema(value_type = String, example = "EUR")]
    currency: Currency,
    /// How much of a sale is profit, as it was asked for.
    margin_percent: i64,
    /// For how many years a member is looked at, as it was asked for.
    horizon_years: i64,
    /// The figures.
    figures: Vec<FigureView>,
    /// What is worth a second look, the gravest first.
    warnings: Vec<WarningView>,
    /// How rewards were used, the most wanted first.
    rewards: Vec<RewardUseView>,
    /// Passes that phones took, and still have, by wallet and month.
    passes: Vec<PassesView>,
    /// Who joined in each of twelve months, and in which months they ordered.
    cohorts: Vec<CohortView>,
    /// Buyers of the 365 days up to the last one, by fifths of recency, frequency and money.
    rfm: Vec<RfmView>,
}

/// A figure.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = InsightFigure)]
pub(super) struct FigureView {
    /// Which.
    #[schema(example = "participation")]
    name: &'static str,
    /// How it is counted.
    formula: &'static str,
    /// What is divided; null where it is no quotient of two counts.
    part: Option<i64>,
    /// By what.
    of: Option<i64>,
    /// Rounded half up; null where there is nothing to divide by.
    value: Option<i64>,
    /// `count`, `minor_units`, `points`, `basis_points`, `hundredths` or `tenths_of_a_day`.
    #[schema(example = "basis_points")]
    unit: &'static str,
}

/// Something worth a second look.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = InsightWarning)]
pub(super) struct WarningView {
    /// `participation_low`, `redemption_low`, `pass_retention_low`, `liability_growing` or `rewards_cost_more`.
    name: &'static str,
    /// What it means, and what to do.
    advice: &'static str,
}

/// How a reward was used.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RewardUse)]
pub(super) struct RewardUseView {
    /// The reward.
    id: String,
    /// What it is called.
    #[schema(value_type = Option<TextShape>)]
    name: Option<Text>,
    /// Redemptions issued in the period.
    issued: i64,
    /// Those of them that are completed by now.
    completed: i64,
    /// Redemptions completed in the period, whenever they were issued.
    fulfilled: i64,
    /// Points that the ledger took for it, less what came back.
    points: i64,
}

/// Passes of a wallet and month.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PassesOfMonth)]
pub(super) struct PassesView {
    /// `apple` or `google`.
    wallet: String,
    /// The month in which they were made; null for all before the twelve that are told apart. When a phone took a
    /// pass is kept nowhere.
    month: Option<String>,
    /// Those that a phone took at some time.
    ever: i64,
    /// Those that a phone still has.
    kept: i64,
}

/// Who joined in a month.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CohortOfMonth)]
pub(super) struct CohortView {
    /// The month.
    #[schema(example = "2026-11")]
    month: String,
    /// How many members joined in it.
    members: i64,
    /// How many of them ordered in that month, in the next one and so on.
    ordered: Vec<i64>,
}

/// Buyers who stand alike.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RfmCell)]
pub(super) struct RfmView {
    /// 5 for the latest order. 1 + the whole part of 5 x (those who stand strictly lower) / all; so are the others.
    recency: i64,
    /// 5 for the most orders.
    frequency: i64,
    /// 5 for the most spent.
    money: i64,
    /// How many stand there.
    members: i64,
    /// What they spent together, in minor units.
    revenue: i64,
}

impl From<Figure> for FigureView {
    fn from(figure: Figure) -> Self {
        Self {
            name: figure.measure.name(),
            formula: figure.measure.formula(),
            part: figure.part,
            of: figure.of,
            value: figure.value,
            unit: figure.measure.unit().name(),
        }
    }
}

impl From<Warning> for WarningView {
    fn from(warning: Warning) -> Self {
        Self {
            name: warning.name(),
            advice: warning.advice(),
        }
    }
}

impl From<RewardUse> for RewardUseView {
    fn from(used: RewardUse) -> Self {
        Self {
            id: used.id,
            name: used.name,
            issued: used.issued,
            completed: used.completed,
            fulfilled: used.fulfilled,
            points: used.points,
        }
    }
}

impl From<Passes> for PassesView {
    fn from(passes: Passes) -> Self {
        Self {
            wallet: passes.wallet,
            month: Some(passes.month).filter(|month| !month.is_empty()),
            ever: passes.ever,
            kept: passes.kept,
        }
    }
}

impl From<Cohort> for CohortView {
    fn from(cohort: Cohort) -> Self {
        Self {
            month: cohort.month,
            members: cohort.members,
            ordered: cohort.ordered,
        }
    }
}

impl From<RfmCell> for RfmView {
    fn from(cell: RfmCell) -> Self {
        Self {
            recency: cell.recency,
            frequency: cell.frequency,
            money: cell.money,
            members: cell.members,
            revenue: cell.minor,
        }
    }
}

fn views<T, V: From<T>>(of: Vec<T>) -> Vec<V> {
    of.into_iter().map(V::from).collect()
}

impl InsightView {
    fn new(program: &Program, insight: Insight) -> Self {
        Self {
            program: program.id.clone(),
            from: insight.from.to_string(),
            to: insight.to.to_string(),
            as_of: insight.as_of,
            currency: program.currency,
            margin_percent: insight.wish.margin_percent,
            horizon_years: insight.wish.horizon_years,
            figures: views(insight.figures),
            warnings: views(insight.warnings),
            rewards: views(insight.counts.rewards),
            passes: views(insight.counts.passes),
            cohorts: views(insight.counts.cohorts),
            rfm: views(insight.counts.rfm),
        }
    }
}

async fn measure(
    state: &State,
    who: Who,
    id: String,
    query: InsightQuery,
) -> Result<(Program, Insight), Problem> {
    let store = &state.house.store;
    let program = store.read(move |db| find_program(db, &who.0, &id)).await?;
    let now = state.house.now();
    let today = program.time_zone.local(now).day;
    let days = (query.from.as_deref(), query.to.as_deref());
    let period = read_period(days, query.days, today)?;
    let wish = read_wish(period, query.margin, query.horizon)?;
    let insight = measure_program(store, &program, wish, now).await?;
    Ok((program, insight))
}

/// Tells how a program goes in a period: each figure with its formula, and with the two counts that it divides. A program
/// of up to 20,000 cards is counted now, by reading all of them; of a larger one what was counted within the last hour
/// is told, and a period that nobody has asked for before is counted first, which takes its time.
#[utoipa::path(get, path = "/v1/programs/{id}/insight", tag = "programs", operation_id = "show_insight",
    params(("id" = String, Path, description = "The id, or `external:` and the caller's own id"), InsightQuery),
    responses((status = 200, description = "How it goes", body = InsightView)))]
pub(super) async fn show(
    state: Data<State>,
    who: Who,
    id: Path<String>,
    query: Query<InsightQuery>,
) -> Result<HttpResponse, Problem> {
    let (program, insight) = measure(&state, who, id.into_inner(), query.into_inner()).await?;
    Ok(HttpResponse::Ok().json(InsightView::new(&program, insight)))
}

/// Gives the same as a table (CSV in UTF-8): `table`, `name`, `detail`, `part`, `of`, `value`, `unit`, `formula`.
#[utoipa::path(get, path = "/v1/programs/{id}/insight.csv", tag = "programs", operation_id = "download_insight",
    params(("id" = String, Path, description = "The id, or `external:` and the caller's own id"), InsightQuery),
    responses((status = 200, description = "The table", body = String, content_type = "text/csv")))]
pub(super) async fn download(
    state: Data<State>,
    who: Who,
    id: Path<String>,
    query: Query<InsightQuery>,
) -> Result<HttpResponse, Problem> {
    let (_, insight) = measure(&state, who, id.into_inner(), query.into_inner()).await?;
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"insight.csv\""))
        .body(write_insight(&insight)))
}
