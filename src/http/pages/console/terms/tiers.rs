//! The tiers: how each is reached, what it brings and how many hold it; one of them.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::super::super::desk::Desk;
use super::super::super::frame::{Frame, respond};
use super::super::rail::{Rail, Room};
use super::edit::{EndForm, Ending, Filled, Known, Outcome, add as add_term};
use super::one::TermPage;
use super::promotion_form::write_factor;
use super::tier_form::{TierFields, TierForm};
use super::{Door, done, doors, list, may_write};
use crate::actions::{ActionError, TermKind};
use crate::http::body::Body;
use crate::http::{Problem, State};
use crate::loyalty::tier::{Basis, Tier, TierPolicy, Window};
use crate::store::tier_holders;

/// Most holders of a tier that are counted.
const HOLDERS_MAX: i64 = 10_000;

#[derive(Template)]
#[template(path = "pages/console/terms/tiers.html")]
struct TiersPage {
    frame: Frame,
    rail: Rail,
    doors: Vec<Door>,
    done: Option<&'static str>,
    /// What counts, in which time, and for how long a tier is kept.
    policy: Vec<String>,
    tiers: Vec<TierLine>,
    may_write: bool,
    tier: TierFields,
    action: String,
}

struct TierLine {
    name: String,
    reached: String,
    facts: Vec<String>,
    perks: Vec<String>,
    holders: String,
    is_active: bool,
    address: String,
    action: String,
}

#[derive(Template)]
#[template(path = "pages/console/terms/tier.html")]
pub(super) struct TierPage {
    frame: Frame,
    rail: Rail,
    heading: String,
    reached: String,
    facts: Vec<String>,
    /// The form, if it can say all that the tier says.
    tier: Option<TierFields>,
    ending: Ending,
    may_write: bool,
    action: String,
    way_back: String,
}

pub(super) async fn show(state: Data<State>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let desk = Desk::of(&state, &request).await?;
    let page = draw(&desk, Filled::default(), done(&request)).await?;
    Ok(respond(StatusCode::OK, &page)?)
}

/// Adds a tier.
pub(super) async fn add(
    state: Data<State>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (desk, form): (Desk, TierForm) = Desk::take(&state, &request, &body.0).await?;
    match add_term(&desk, form).await? {
        Outcome::Done(way) => Ok(way),
        Outcome::Again(status, again) => Ok(respond(status, &draw(&desk, again, None).await?)?),
    }
}

async fn draw(
    desk: &Desk,
    filled: Filled<TierForm>,
    done: Option<&'static str>,
) -> Result<TiersPage, ActionError> {
    let locale = desk.locale;
    let policy = desk.tier_policy()?;
    let terms = list(desk, TermKind::Tier).await?;
    let holders = count_holders(desk, terms.iter().map(|term| term.id.clone()).collect()).await?;
    let mut tiers = Vec::new();
    for term in terms {
        let body: Tier = serde_json::from_str(&term.body).map_err(ActionError::internal)?;
        let counted = holders.get(&term.id).copied().unwrap_or_default();
        let line = TierLine {
            reached: desk.reached(&body, policy),
            facts: desk.tier_facts(&body),
            perks: body
                .perks
                .iter()
                .map(|perk| perk.get(&locale.language()).to_owned())
                .collect(),
            holders: if counted > HOLDERS_MAX {
                locale.say("tier-holders-many", &[("count", HOLDERS_MAX.into())])
            } else {
                locale.say("tier-holders", &[("count", counted.into())])
            },
            is_active: term.is_active,
            address: desk.link(&format!("/console/tiers/{}", term.id)),
            action: desk.link(&format!("/console/terms/{}", term.id)),
            name: body.name,
        };
        tiers.push((body.threshold, line));
    }
    tiers.sort_by_key(|(threshold, _)| *threshold);
    let title = locale.word("tiers");
    Ok(TiersPage {
        frame: desk.console_frame(locale.title(&title, filled.has_fault())),
        rail: desk.rail(Room::Rules).await?,
        doors: doors(desk, "/console/tiers"),
        done,
        policy: desk.tier_policy_words(policy),
        tiers: tiers.into_iter().map(|(_, line)| line).collect(),
        may_write: may_write(desk),
        tier: TierFields::new(desk, filled)?,
        action: desk.link("/console/tiers"),
    })
}

/// How many hold each tier, one more than are counted where there are more.
async fn count_holders(desk: &Desk, ids: Vec<String>) -> Result<HashMap<String, i64>, ActionError> {
    let program = desk.program.id.clone();
    let read = desk.state.house.store.read(move |db| {
        let counted = ids.into_iter().map(|id| {
            let count = tier_holders::count(db, &program, &id, HOLDERS_MAX + 1)?;
            Ok((id, count))
        });
        counted.collect::<Result<_, ActionError>>()
    });
    read.await
}

impl TermPage for TierForm {
    type Page = TierPage;

    fn name(body: &Tier) -> &str {
        &body.name
    }

    async fn draw(
        desk: &Desk,
        known: &Known<Tier>,
        filled: Option<Filled<Self>>,
        refused: Option<&EndForm>,
    ) -> Result<TierPage, ActionError> {
        let heading = known.body.name.clone();
        let has_fault = refused.is_some() || filled.as_ref().is_some_and(Filled::has_fault);
        Ok(TierPage {
            frame: desk.console_frame(desk.locale.title(&heading, has_fault)),
            rail: desk.rail(Room::Rules).await?,
            reached: desk.reached(&known.body, desk.tier_policy()?),
            facts: desk.tier_facts(&known.body),
            tier: filled.map(|filled| TierFields::new(desk, filled)).transpose()?,
            ending: Ending::new::<TierForm>(desk, &known.term, &heading, refused),
            may_write: may_write(desk),
            action: desk.link(&format!("/console/tiers/{}", known.term.id)),
            way_back: desk.link("/console/tiers"),
            heading,
        })
    }
}

impl Desk {
    /// How a tier is reached, in words.
    fn reached(&self, tier: &Tier, policy: TierPolicy) -> String {
        let amount = match policy.by {
            Basis::Points => self.points(tier.threshold),
            Basis::Spend => self.money(tier.threshold),
            Basis::Visits => self
                .locale
                .say("tier-visits", &[("count", tier.threshold.into())]),
        };
        self.locale.say("tier-reached", &[("amount", amount.into())])
    }

    /// What customers call a tier, and what it does to their points.
    fn tier_facts(&self, tier: &Tier) -> Vec<String> {
        let title = tier.title();
        let title = title.get(&self.locale.language());
        let shown = (title != tier.name).then(|| self.locale.say("tier-shown", &[("name", title.into())]));
        let multiplied = tier.multiply.map(|hundredths| {
            let factor = write_factor(hundredths);
            self.locale
                .say("terms-then-multiply", &[("factor", factor.into())])
        });
        shown.into_iter().chain(multiplied).collect()
    }

    /// What counts towards tiers, in which time, and for how long they are kept.
    fn tier_policy_words(&self, policy: TierPolicy) -> Vec<String> {
        let locale = self.locale;
        let by = locale.word(match policy.by {
            Basis::Points => "tiers-by-points",
            Basis::Spend => "tiers-by-spend",
            Basis::Visits => "tiers-by-visits",
        });
        let within = match policy.within {
            Window::Year => locale.word("tiers-in-year"),
            Window::Days(days) => locale.say("tiers-in-days", &[("days", i64::from(days).into())]),
            Window::Ever => locale.word("tiers-in-ever"),
        };
        let grace = match policy.grace_days {
            0 => locale.word("tiers-no-grace"),
            days => locale.say("tiers-grace", &[("days", i64::from(days).into())]),
        };
        let counted = locale.say("tiers-counted", &[("by", by.into()), ("within", within.into())]);
        vec![counted, grace]
    }
}
