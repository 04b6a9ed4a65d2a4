//! The rewards: what each costs, what it gives, how many are left; and the form of a new one.

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::super::amount::{parse, parse_number, plain};
use super::super::super::desk::Desk;
use super::super::super::frame::{Frame, respond};
use super::super::super::leading::lead_to;
use super::super::super::locale::Locale;
use super::super::rail::{Rail, Room};
use super::picture::take_picture;
use super::rule_form::{FieldFault, PERIODS, period_name};
use super::tongues::in_each;
use super::{done, fields, list, may_write, refused};
use crate::actions::write_term::create_term;
use crate::actions::{ActionError, TermKind};
use crate::http::body::Body;
use crate::http::{Problem, State};
use crate::loyalty::earning::BaseRule;
use crate::loyalty::reward::{Gift, PercentOff, Reward, Scope};
use crate::types::{Currency, Text};

/// Longest name, in characters.
const NAME_MAX: usize = 100;
/// Days of validity at most.
const DAYS_MAX: i64 = 3_650;

#[derive(Template)]
#[template(path = "pages/console/terms/rewards.html")]
struct RewardsPage {
    frame: Frame,
    rail: Rail,
    done: Option<&'static str>,
    rewards: Vec<RewardLine>,
    may_write: bool,
    form: FormFields,
    action: String,
}

struct RewardLine {
    name: String,
    /// The SHA-256 of its picture.
    picture: Option<String>,
    gives: String,
    cost: String,
    facts: Vec<String>,
    is_active: bool,
    address: String,
    turn: String,
}

/// What was typed of a reward.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct RewardForm {
    pub(super) version: String,
    pub(super) name_en: String,
    pub(super) name_ar: String,
    pub(super) name_fa: String,
    pub(super) name_zh_hans: String,
    pub(super) name_zh_hant: String,
    /// `amount`, `percent` or `product`.
    pub(super) gives: String,
    pub(super) amount: String,
    pub(super) percent: String,
    pub(super) cost: String,
    pub(super) stock: String,
    pub(super) times: String,
    pub(super) within: String,
    pub(super) valid_days: String,
    pub(super) automatic: String,
    /// The SHA-256 of the picture that it has.
    pub(super) picture: String,
    /// `yes`, if it is to have none.
    pub(super) no_picture: String,
}

/// The form as a page draws it.
pub(super) struct FormFields {
    pub(super) form: RewardForm,
    pub(super) faults: Vec<FieldFault>,
    pub(super) refusals: Vec<String>,
    pub(super) names: Vec<NameField>,
    pub(super) periods: Vec<(&'static str, &'static str, bool)>,
    pub(super) symbol: String,
}

/// The name in a language.
pub(in crate::http::pages::console) struct NameField {
    pub(in crate::http::pages::console) field: &'static str,
    pub(in crate::http::pages::console) locale: Locale,
    pub(in crate::http::pages::console) value: String,
}

impl FormFields {
    pub(super) fn new(desk: &Desk, form: RewardForm) -> Self {
        Self {
            names: form
                .names()
                .into_iter()
                .map(|(field, locale, value)| NameField { field, locale, value })
                .collect(),
            periods: PERIODS
                .iter()
                .map(|(name, text)| {
                    let is_chosen = form.within == *name || (form.within.is_empty() && *name == "ever");
                    (*name, *text, is_chosen)
                })
                .collect(),
            symbol: desk.program.currency.to_string(),
            form,
            faults: Vec::new(),
            refusals: Vec::new(),
        }
    }

    pub(super) fn has_fault(&self) -> bool {
        !self.faults.is_empty() || !self.refusals.is_empty()
    }

    /// The text for what is wrong with a field.
    pub(super) fn fault(&self, field: &str) -> Option<&'static str> {
        self.faults
            .iter()
            .find(|(known, _)| *known == field)
            .map(|(_, text)| *text)
    }
}

impl RewardForm {
    fn names(&self) -> [(&'static str, Locale, String); 5] {
        [
            ("name_en", Locale::En, self.name_en.clone()),
            ("name_ar", Locale::Ar, self.name_ar.clone()),
            ("name_fa", Locale::Fa, self.name_fa.clone()),
            ("name_zh_hans", Locale::ZhHans, self.name_zh_hans.clone()),
            ("name_zh_hant", Locale::ZhHant, self.name_zh_hant.clone()),
        ]
    }

    /// Takes in what a browser sent, a picture too. A picture that cannot be taken is a fault of its field.
    pub(super) async fn take(
        state: &State,
        request: &HttpRequest,
        body: &Bytes,
    ) -> Result<(Desk, Self, Vec<FieldFault>), ActionError> {
        let (desk, sent) = Desk::take_parts(state, request, body).await?;
        let mut form: Self = sent.typed()?;
        let Some(file) = sent.file("image").cloned() else {
            return Ok((desk, form, Vec::new()));
        };
        match take_picture(&desk, file).await? {
            Ok(sha256) => {
                form.picture = sha256;
                form.no_picture = String::new();
                Ok((desk, form, Vec::new()))
            }
            Err(text) => Ok((desk, form, vec![("image", text)])),
        }
    }

    /// The picture that it is to have.
    pub(super) fn kept_picture(&self) -> Option<&str> {
        (self.no_picture != "yes" && !self.picture.is_empty()).then_some(&*self.picture)
    }

    /// What the form says of a reward that is there; `None` if it says more than the form can.
    pub(super) fn of(reward: &Reward, currency: Currency) -> Option<Self> {
        let (gives, amount, percent) = match &reward.gives {
            Gift::AmountOff(minor) => ("amount", plain(*minor, currency), String::new()),
            Gift::PercentOff(off) if off.of == Scope::Order => {
                ("percent", String::new(), off.percent.to_string())
            }
            Gift::Product => ("product", String::new(), String::new()),
            _ => return None,
        };
        let (times, within) = match reward.limits.as_slice() {
            [] => (String::new(), "ever"),
            [limit] => (limit.times.to_string(), period_name(limit.within)?),
            _ => return None,
        };
        let [name_en, name_ar, name_fa, simplified, traditional] = in_each(&reward.name)?;
        let number = |number: Option<i64>| number.map(|number| number.to_string()).unwrap_or_default();
        Some(Self {
            name_en,
            name_ar,
            name_fa,
            name_zh_hans: simplified,
            name_zh_hant: traditional,
            gives: gives.to_owned(),
            amount,
            percent,
            cost: reward.cost.to_string(),
            stock: number(reward.stock),
            times,
            within: within.to_owned(),
            valid_days: number(reward.valid_days.map(i64::from)),
            picture: reward.picture.clone().unwrap_or_default(),
            automatic: if reward.automatic { "yes" } else { "" }.to_owned(),
            ..Self::default()
        })
    }

    /// The fields of the reward as the API takes them, or what is wrong with the form, on top of what is known to be.
    /// What was left empty is null.
    pub(super) fn read(
        &self,
        currency: Currency,
        mut faults: Vec<FieldFault>,
    ) -> Result<Value, Vec<FieldFault>> {
        let names: Vec<(Locale, String)> = self
            .names()
            .into_iter()
            .map(|(_, locale, value)| (locale, value.trim().to_owned()))
            .filter(|(_, value)| !value.is_empty())
            .collect();
        let is_long = names.iter().any(|(_, name)| name.chars().count() > NAME_MAX);
        let name = Text::translated(
            names
                .into_iter()
                .map(|(locale, name)| (locale.language(), name))
                .collect(),
        );
        if name.is_none() || is_long {
            faults.push(("name_en", "terms-bad-name"));
        }
        let gives = match self.gives.as_str() {
            "percent" => {
                let percent = parse_number(&self.percent).filter(|percent| (1..=100).contains(percent));
                if percent.is_none() {
                    faults.push(("percent", "terms-bad-percent"));
                }
                json!({ "percent_off": { "percent": percent, "of": "order" } })
            }
            "product" => json!("product"),
            _ => {
                let minor = parse(&self.amount, currency).filter(|minor| *minor > 0);
                if minor.is_none() {
                    faults.push(("amount", "start-bad-basket"));
                }
                json!({ "amount_off": minor })
            }
        };
        let mut optional = |text: &str, field: &'static str, most: i64| {
            if text.trim().is_empty() {
                return Value::Null;
            }
            let number = parse_number(text).filter(|number| (1..=most).contains(number));
            if number.is_none() {
                faults.push((field, "start-bad-number"));
            }
            json!(number)
        };
        let stock = optional(&self.stock, "stock", BaseRule::MAX);
        let times = optional(&self.times, "times", BaseRule::MAX);
        let valid_days = optional(&self.valid_days, "valid_days", DAYS_MAX);
        let cost = match self.cost.trim() {
            "" => Some(0),
            text => parse_number(text).filter(|cost| (0..=BaseRule::MAX).contains(cost)),
        };
        if cost.is_none() {
            faults.push(("cost", "shop-bad-points"));
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let within = PERIODS.iter().find(|(name, _)| *name == self.within);
        let limits = match times {
            Value::Null => json!([]),
            times => json!([{ "times": times, "within": within.map_or("ever", |(name, _)| *name) }]),
        };
        Ok(
            json!({ "name": name, "gives": gives, "cost": cost, "stock": stock, "limits": limits,
            "valid_days": valid_days, "automatic": self.automatic == "yes", "picture": self.kept_picture() }),
        )
    }
}

/// A new thing has no fields that are taken away.
pub(super) fn without_nulls(body: Value) -> Value {
    match body {
        Value::Object(fields) => fields.into_iter().filter(|(_, value)| !value.is_null()).collect(),
        other => other,
    }
}

pub(super) async fn show(state: Data<State>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let desk = Desk::of(&state, &request).await?;
    let form = FormFields::new(&desk, RewardForm::default());
    let page = draw(&desk, form, done(&request)).await?;
    Ok(respond(StatusCode::OK, &page)?)
}

/// Adds a reward.
pub(super) async fn add(
    state: Data<State>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let (desk, form, faults) = RewardForm::take(&state, &request, &body.0).await?;
    let read = form.read(desk.program.currency, faults);
    let mut again = FormFields::new(&desk, form);
    match read {
        Err(faults) => again.faults = faults,
        Ok(body) => {
            let (body, program) = (fields(without_nulls(body))?, desk.program.id.clone());
            let written = desk
                .act(move |tx, deed| create_term(tx, deed, Some(program), TermKind::Reward, body))
                .await;
            match written {
                Ok(_) => return Ok(lead_to(&desk.link("/console/rewards?done=added"))),
                Err(error) if refused(&error).is_some() => again.refusals = refusals(&error),
                Err(error) => return Err(error.into()),
            }
        }
    }
    let page = draw(&desk, again, None).await?;
    Ok(respond(StatusCode::UNPROCESSABLE_ENTITY, &page)?)
}

/// What the terms do not allow, in the API's words.
pub(super) fn refusals(error: &ActionError) -> Vec<String> {
    if error.faults.is_empty() {
        return vec![error.detail.clone()];
    }
    error.faults.iter().map(|fault| fault.detail.clone()).collect()
}

impl Desk {
    /// What a reward gives, in words.
    pub(super) fn gift(&self, gift: &Gift) -> String {
        let locale = self.locale;
        match gift {
            Gift::AmountOff(minor) => {
                let money = self.money(*minor);
                locale.say("start-money-reward", &[("money", money.into())])
            }
            Gift::PercentOff(PercentOff { percent, of }) => {
                let id = match of {
                    Scope::Order => "gift-percent",
                    Scope::Item => "gift-percent-item",
                };
                locale.say(id, &[("percent", (*percent).into())])
            }
            Gift::Product => locale.word("gift-product"),
            Gift::FreeItem(_) => locale.word("gift-free-item"),
            Gift::Experience | Gift::Occasion(_) => locale.word("gift-experience"),
            Gift::Download(_) => locale.word("gift-download"),
            Gift::Donation | Gift::GoodCause(_) => locale.word("gift-donation"),
            Gift::EarlyAccess | Gift::EarlyAccessTo(_) => locale.word("gift-early-access"),
            Gift::GiftCard(_) => locale.word("gift-gift-card"),
        }
    }
}

async fn draw(desk: &Desk, form: FormFields, done: Option<&'static str>) -> Result<RewardsPage, ActionError> {
    let locale = desk.locale;
    let language = locale.language();
    let mut rewards = Vec::new();
    for term in list(desk, TermKind::Reward).await? {
        let body: Reward = serde_json::from_str(&term.body).map_err(ActionError::internal)?;
        let mut facts = Vec::new();
        if let Some(most) = body.most() {
            facts.push(locale.say("reward-stock", &[("count", most.into())]));
        }
        if let Some(days) = body.valid_days {
            facts.push(locale.say("reward-valid", &[("days", i64::from(days).into())]));
        }
        if body.automatic {
            facts.push(locale.word("reward-automatic"));
        }
        rewards.push(RewardLine {
            name: body.name.get(&language).to_owned(),
            picture: body.picture.clone(),
            gives: desk.gift(&body.gives),
            cost: if body.cost == 0 {
                locale.word("till-free")
            } else {
                desk.points(body.cost)
            },
            facts,
            is_active: term.is_active,
            address: desk.link(&format!("/console/rewards/{}", term.id)),
            turn: desk.link(&format!("/console/terms/{}", term.id)),
        });
    }
    let title = locale.word("console-rewards");
    Ok(RewardsPage {
        frame: desk.console_frame(locale.title(&title, form.has_fault())),
        rail: desk.rail(Room::Rewards).await?,
        done,
        rewards,
        may_write: may_write(desk),
        form,
        action: desk.link("/console/rewards"),
    })
}
