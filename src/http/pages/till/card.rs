//! The card that was scanned: whose it is, what it holds, what can be done with it, on one screen.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::super::assets::script_address;
use super::super::card::in_groups;
use super::super::desk::Desk;
use super::super::frame::{Frame, respond};
use super::super::join::earning;
use super::super::leading::lead_to;
use super::super::locale::Locale;
use super::counter::{Bar, new_form};
use super::faults;
use super::found::find_named;
use super::home::draw_home;
use super::words::Told;
use crate::actions::at_till::{find_at_till, read_promised};
use crate::actions::look_up_card::{TillSheet, look_up_card};
use crate::actions::record_order::{Holder, find_card};
use crate::actions::recover_card::find_token;
use crate::actions::search_member::{read_search, search_member};
use crate::actions::showing::check_scanned;
use crate::actions::{ActionError, Code, Deed};
use crate::http::guesses::{Guesses, is_unknown};
use crate::http::{Problem, State};
use crate::loyalty::reward::Reward;
use crate::loyalty::tier::Tier;
use crate::store::cards::Card;
use crate::store::till_deeds;
use crate::store::{Db, Tx};
use crate::types::{Money, RedemptionId, Role, Text, TillDeedId, Time};

/// Longest that is looked up.
const TEXT_MAX: usize = 500;
/// Days around a birthday on which it is marked.
const BIRTHDAY_DAYS: i64 = 3;

/// What was scanned or typed, and what was done last.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    code: String,
    done: String,
}

/// What is drawn of a card.
pub(super) struct Seen {
    pub(super) till: TillSheet,
    /// What the rewards in the member's hands promised, in the order of `till.issued`.
    pub(super) promised: Vec<Reward>,
    /// What was scanned of it.
    pub(super) scanned: String,
    /// The reward in hand whose own code was scanned.
    pub(super) wanted: Option<RedemptionId>,
    pub(super) done: Option<Told>,
    pub(super) undo_ms: i64,
}

/// What is said above the card.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub(super) fault: Option<String>,
    /// Whether comparing the name would do.
    pub(super) asks_name: bool,
    /// What was typed as an amount.
    pub(super) amount: String,
    /// Whether what was done was only tried.
    pub(super) is_tried: bool,
}

#[derive(Template)]
#[template(path = "pages/till/card.html")]
pub(super) struct CardPage {
    frame: Frame,
    bar: Bar,
    name: String,
    code: String,
    scanned: String,
    card: String,
    balance: String,
    points_word: String,
    pending: Option<String>,
    tier: Option<String>,
    birthday: Option<String>,
    closed: Option<String>,
    fault: Option<String>,
    asks_name: bool,
    done: Option<DoneLine>,
    say: Option<String>,
    amount: String,
    symbol: String,
    form: String,
    held: Vec<RewardLine>,
    rewards: Vec<RewardLine>,
    next: Option<String>,
    gift_cards: Vec<String>,
    challenges: Vec<String>,
    rules: Vec<String>,
    home: String,
    script: String,
}

/// What was just done.
struct DoneLine {
    text: String,
    id: String,
    can_undo: bool,
}

/// A reward that can be handed over.
struct RewardLine {
    id: String,
    form: String,
    name: String,
    /// The SHA-256 of its picture.
    picture: Option<String>,
    cost: String,
    /// What stays if it is handed over.
    then: String,
    is_wanted: bool,
}

/// Shows the card that was scanned or typed.
pub(super) async fn show(
    state: Data<State>,
    guesses: Data<Guesses>,
    request: HttpRequest,
    asked: Query<Asked>,
) -> Result<HttpResponse, Problem> {
    let counter = Desk::of(&state, &request).await?;
    if let Some(token) = find_token(&asked.code).filter(|token| state.house.read_recovery(token).is_some()) {
        return Ok(lead_to(&counter.link(&format!("/till/recover/{token}"))));
    }
    match look_up(&counter, &asked).await {
        Ok(seen) => Ok(respond(StatusCode::OK, &draw(&counter, &seen, Said::default()))?),
        Err(error) => {
            if is_unknown(error.code)
                && let Some(found) = find_named(&counter, &asked.code).await?
            {
                return Ok(found);
            }
            if is_unknown(error.code) {
                guesses.note(&counter.caller.actor, state.house.now());
            }
            let Some(fault) = faults::say(counter.locale, &error) else {
                return Err(error.into());
            };
            let typed = asked.code.chars().take(TEXT_MAX).collect();
            draw_home(&counter, StatusCode::UNPROCESSABLE_ENTITY, typed, Some(fault)).await
        }
    }
}

async fn look_up(counter: &Desk, asked: &Asked) -> Result<Seen, ActionError> {
    let text = asked.code.trim().to_owned();
    if text.is_empty() || text.len() > TEXT_MAX {
        return Err(ActionError::new(Code::UnknownCard));
    }
    let done: Option<TillDeedId> = asked.done.parse().ok();
    let (house, deed) = (&counter.state.house, counter.deed());
    let searched = as_search(&text);
    if let Some((kind, said)) = searched {
        // That somebody was searched is written into the books, also if nobody was found.
        let write = house.store.write(move |tx: &mut Tx<'_>| {
            let found = search_member(tx, &deed, (kind, &said))?;
            Ok::<_, ActionError>((found, deed))
        });
        let (found, deed) = write.await?;
        let holder = Holder::Member(found.ok_or_else(|| ActionError::new(Code::UnknownMember))?.id);
        let read = house.store.read(move |db| {
            let card = find_card(db, &deed.house, deed.caller.program.as_ref(), &holder)?;
            let code = card.code.clone();
            see(db, &deed, card, code, None)
        });
        return read.await;
    }
    let read = house.store.read(move |db| {
        let (card, wanted) = find_at_till(db, &deed, &text)?;
        if wanted.is_none() {
            check_scanned(db, &deed.house, &text, deed.now)?;
        }
        let mut seen = see(db, &deed, card, text, done)?;
        seen.wanted = wanted;
        Ok::<_, ActionError>(seen)
    });
    read.await
}

/// What is searched by: an e-mail address or a phone number, which no card code looks like.
fn as_search(text: &str) -> Option<(&'static str, String)> {
    if let Some((kind, said)) = read_search(text) {
        let known = ["email", "phone"];
        let kind = known.into_iter().find(|one| *one == kind)?;
        return Some((kind, said.to_owned()));
    }
    if text.contains("://") {
        return None;
    }
    if text.contains('@') {
        return Some(("email", text.to_owned()));
    }
    text.starts_with('+').then(|| ("phone", text.to_owned()))
}

/// Reads what is drawn of a card.
pub(super) fn see(
    db: &mut Db,
    deed: &Deed,
    card: Card,
    scanned: String,
    done: Option<TillDeedId>,
) -> Result<Seen, ActionError> {
    let done = match done {
        Some(id) => till_deeds::find(db, &id)?,
        None => None,
    };
    let done = done.filter(|row| row.card_id == card.id);
    let done = done.map(|row| Told::read(db, row)).transpose()?;
    let till = look_up_card(db, &deed.house, card, deed.now)?;
    let (promised, undo_ms) = read_promised(db, deed, &till)?;
    Ok(Seen {
        undo_ms,
        promised,
        till,
        scanned,
        wanted: None,
        done,
    })
}

/// Draws the screen.
pub(super) fn draw(counter: &Desk, seen: &Seen, said: Said) -> CardPage {
    let locale = counter.locale;
    let now = counter.state.house.now();
    let card = &seen.till.sheet.card;
    let balance = card.balance.get();
    let done = seen.done.as_ref().map(|told| DoneLine {
        text: told.sentence(counter, said.is_tried),
        id: told.row.id.to_string(),
        can_undo: !said.is_tried && can_undo(counter, seen, told, now),
    });
    let name = seen.till.member.name();
    let title = match (&said.fault, &done) {
        (Some(fault), _) => fault.clone(),
        (None, Some(done)) => done.text.clone(),
        (None, None) if name.is_empty() => locale.word("till-nameless"),
        (None, None) => name.clone(),
    };
    CardPage {
        frame: counter.till_frame(title),
        bar: counter.bar(),
        code: in_groups(&card.code),
        scanned: seen.scanned.clone(),
        card: card.id.to_string(),
        balance: locale.language().write_number(balance),
        points_word: locale.points_word(&counter.program.point_name, balance),
        pending: (!card.pending.is_zero()).then(|| {
            let points = counter.points(card.pending.get());
            locale.say("till-pending", &[("points", points.as_str().into())])
        }),
        tier: seen.till.tier.as_ref().map(|tier| title_of(counter, &tier.body)),
        birthday: birthday(counter, seen, now),
        closed: closed(locale, card),
        fault: said.fault,
        asks_name: said.asks_name,
        say: next_step(counter, &seen.till),
        amount: said.amount,
        symbol: counter.program.currency.to_string(),
        form: new_form(),
        held: held(counter, seen),
        rewards: rewards(counter, seen),
        next: next_reward(counter, &seen.till),
        gift_cards: gift_cards(counter, &seen.till),
        challenges: challenges(counter, &seen.till),
        rules: rules(counter),
        home: counter.link("/till"),
        script: script_address("till.js"),
        name,
        done,
    }
}

fn can_undo(counter: &Desk, seen: &Seen, told: &Told, now: Time) -> bool {
    let in_time = now < told.row.created_at.plus_ms(seen.undo_ms);
    let is_own = told.row.staff_id == counter.signed_in.staff.id;
    let is_cashier = counter.signed_in.staff.role == Role::Cashier;
    told.row.undone_at.is_none() && told.is_undoable() && (!is_cashier || (in_time && is_own))
}

fn text_of(counter: &Desk, text: &Text) -> String {
    text.get(&counter.locale.language()).to_owned()
}

fn title_of(counter: &Desk, tier: &Tier) -> String {
    text_of(counter, &tier.title())
}

/// Why nothing can be done with the card.
fn closed(locale: Locale, card: &Card) -> Option<String> {
    if card.voided_at.is_some() {
        return Some(locale.word("till-fault-voided"));
    }
    card.blocked_at.map(|_| locale.word("till-fault-blocked"))
}

/// A birthday that is now or was or will be in a few days: how far is not told, the year neither.
fn birthday(counter: &Desk, seen: &Seen, now: Time) -> Option<String> {
    let born = seen.till.profile.birth_date?;
    let today = counter.program.time_zone.local(now).day;
    let days = (-BIRTHDAY_DAYS..=BIRTHDAY_DAYS).map(|days| today.plus_days(days));
    let (_, month, day) = born.parts();
    let is_near = days
        .clone()
        .any(|near| (near.parts().1, near.parts().2) == (month, day));
    let is_today = (today.parts().1, today.parts().2) == (month, day);
    if is_today {
        return Some(counter.locale.word("till-birthday-today"));
    }
    is_near.then(|| counter.locale.word("till-birthday-near"))
}

/// What the cashier can say: how far it is to the next reward, or that one is ready.
fn next_step(counter: &Desk, till: &TillSheet) -> Option<String> {
    let locale = counter.locale;
    if let Some(offer) = till.usable.first() {
        let reward = text_of(counter, &offer.listed.body.name);
        return Some(locale.say("till-say-ready", &[("reward", reward.as_str().into())]));
    }
    let next = till.next.as_ref()?;
    let (reward, points) = (
        text_of(counter, &next.listed.body.name),
        counter.points(next.missing),
    );
    let values = [
        ("reward", reward.as_str().into()),
        ("points", points.as_str().into()),
    ];
    Some(locale.say("till-say-next", &values))
}

fn next_reward(counter: &Desk, till: &TillSheet) -> Option<String> {
    if !till.usable.is_empty() {
        return None;
    }
    let Some(next) = &till.next else {
        return Some(counter.locale.word("till-no-rewards"));
    };
    let (reward, points) = (
        text_of(counter, &next.listed.body.name),
        counter.points(next.missing),
    );
    let values = [
        ("reward", reward.as_str().into()),
        ("points", points.as_str().into()),
    ];
    Some(counter.locale.say("till-next-reward", &values))
}

fn held(counter: &Desk, seen: &Seen) -> Vec<RewardLine> {
    let lines = seen.till.issued.iter().zip(&seen.promised);
    lines
        .map(|(redemption, reward)| RewardLine {
            name: text_of(counter, &reward.name),
            picture: reward.picture.clone(),
            id: redemption.id.to_string(),
            form: new_form(),
            cost: in_groups(&redemption.code),
            then: counter.locale.word("till-hand-over-how"),
            is_wanted: seen.wanted.as_ref() == Some(&redemption.id),
        })
        .collect()
}

fn rewards(counter: &Desk, seen: &Seen) -> Vec<RewardLine> {
    let locale = counter.locale;
    let balance = seen.till.sheet.card.balance.get();
    let line = |offer: &crate::actions::list_offers::Offer| {
        let reward = &offer.listed.body;
        let (cost, left) = (counter.points(reward.cost), counter.points(balance - reward.cost));
        let values = [("cost", cost.as_str().into()), ("left", left.as_str().into())];
        RewardLine {
            id: offer.listed.id.clone().unwrap_or_default(),
            form: new_form(),
            name: text_of(counter, &reward.name),
            picture: reward.picture.clone(),
            then: if reward.cost == 0 {
                locale.word("till-redeem-free")
            } else {
                locale.say("till-redeem-how", &values)
            },
            cost: if reward.cost == 0 {
                locale.word("till-free")
            } else {
                cost
            },
            is_wanted: false,
        }
    };
    seen.till.usable.iter().map(line).collect()
}

fn gift_cards(counter: &Desk, till: &TillSheet) -> Vec<String> {
    let language = counter.locale.language();
    let write = |one: &crate::store::gift_accounts::GiftAccount| {
        let money = Money {
            minor: one.balance_minor,
            currency: one.currency,
        };
        let money = language.write_money(money);
        counter
            .locale
            .say("till-gift-card", &[("money", money.as_str().into())])
    };
    till.gift_cards.iter().map(write).collect()
}

fn challenges(counter: &Desk, till: &TillSheet) -> Vec<String> {
    let line = |one: &crate::actions::ChallengeStanding| {
        let goal = one.challenge.body.goal.amount();
        let name = text_of(counter, &one.challenge.body.title());
        let done = one.progress.done.clamp(0, goal);
        let values = [
            ("name", name.as_str().into()),
            ("done", done.into()),
            ("goal", goal.into()),
        ];
        counter.locale.say("till-challenge", &values)
    };
    till.challenges.iter().map(line).collect()
}

/// How the program works, in a few lines.
fn rules(counter: &Desk) -> Vec<String> {
    let (locale, program) = (counter.locale, &counter.program);
    let mut lines: Vec<String> = earning(program, locale).into_iter().collect();
    if program.signup_bonus > 0 {
        let points = counter.points(program.signup_bonus);
        lines.push(locale.say("till-rules-bonus", &[("points", points.as_str().into())]));
    }
    lines.extend(["till-rules-redeem", "till-rules-undo", "till-rules-lost"].map(|id| locale.word(id)));
    lines
}
