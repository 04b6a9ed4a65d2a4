//! What a step does, in the model and in the engine.

use billfold::actions::adjust_points::adjust_points;
use billfold::actions::change_program::{ProgramChange, change_program};
use billfold::actions::enrol::{Enrolment, enrol};
use billfold::actions::issue_reward::issue_reward;
use billfold::actions::merge_members::merge_members;
use billfold::actions::record_event::{NewEvent, record_event};
use billfold::actions::record_order::{Holder, NewOrder, record_order};
use billfold::actions::refund_order::{NewRefund, refund_order};
use billfold::actions::reverse_entry::reverse_entry;
use billfold::actions::settle_points::settle_points;
use billfold::actions::settle_redemption::{Settling, expire_redemption, settle_redemption};
use billfold::actions::simulate_order::simulate_order;
use billfold::actions::transfer_points::{NewTransfer, transfer_points};
use billfold::actions::{ActionError, Deed};
use billfold::loyalty::rule::facts::Line;
use billfold::store::{Tx, terms};
use billfold::types::{CardId, Money, OrderId, RewardId, Time};
use serde_json::json;

use super::{Sequence, Step};
use crate::plain::{Event, Refused, Said};
use crate::shop::{Held, euro, term};

/// What a step came to, the same words for engine and model.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Came {
    /// Points that an order or event earned, or that a refund took.
    pub(super) points: i64,
    pub(super) is_new: bool,
}

/// What the engine did.
pub(super) struct Done {
    pub(super) came: Came,
    /// What was said before it.
    pub(super) foreseen: Option<i64>,
    /// The cards that it moved points of.
    pub(super) cards: Vec<CardId>,
    pub(super) order: Option<OrderId>,
    pub(super) held: Option<Held>,
}

pub(super) type Job = Box<dyn FnOnce(&mut Tx<'_>, &Deed) -> Result<Done, ActionError> + Send>;

impl Sequence<'_> {
    pub(super) fn model_does(&mut self, step: &Step) -> Result<Came, Refused> {
        let (model, now) = (&mut self.model, self.now);
        let fresh = Came {
            points: 0,
            is_new: true,
        };
        let came = |points, is_new| Ok(Came { points, is_new });
        match step {
            Step::Enrol => model.enrol(now),
            Step::EnrolAgain(_) => return came(0, false),
            Step::Order(said) => {
                return model
                    .order(said, now)
                    .and_then(|(earned, is_new)| came(earned, is_new));
            }
            Step::Refund(order, name, amount) => {
                let (points, is_new) = model.refund(*order, name, *amount, now)?;
                return came(points, is_new);
            }
            Step::Adjust(card, points) => model.adjust(*card, *points, now)?,
            Step::Reverse(card, place) => model.reverse(*card, *place, now)?,
            Step::Event(event) => {
                let earned = model.event(event, now)?;
                return came(earned.unwrap_or_default(), earned.is_some());
            }
            Step::Settle(card) => return came(0, model.settle(*card, now)),
            Step::Transfer(from, to, points) => model.transfer(*from, *to, *points, now)?,
            Step::Join(into, from) => model.join(*into, *from, now)?,
            Step::WriteChallenge(challenge) => model.challenges.push(challenge.clone()),
            Step::SwitchChallenge(place) => model.challenges[*place].is_active ^= true,
            Step::WriteRule(rule) => model.rules.push(rule.clone()),
            Step::SwitchRule(place) => model.rules[*place].is_active ^= true,
            Step::EditRule(place, points) => model.rules[*place].points = *points,
            Step::WritePromotion(promotion) => model.promotions.push(promotion.clone()),
            Step::SwitchPromotion(place) => model.promotions[*place].is_active ^= true,
            Step::Want(card, reward) => model.want(*card, *reward, now)?,
            Step::Complete(place, order) => model.complete(*place, *order, now)?,
            Step::Cancel(place) => model.cancel(*place, now)?,
            Step::RunOut(place) => return came(0, model.run_out(*place, now)),
            Step::WriteReward(reward) => model.rewards.push(reward.clone()),
            Step::SwitchReward(place) => model.rewards[*place].is_active ^= true,
            Step::WriteTier(tier) => model.tiers.push(tier.clone()),
            Step::SwitchTier(place) => model.tiers[*place].is_active ^= true,
            Step::EditTier(place, threshold) => model.tiers[*place].threshold = *threshold,
            Step::Settings(expiry, climbing) => (model.expiry, model.climbing) = (*expiry, *climbing),
        }
        Ok(fresh)
    }

    pub(super) fn job(&self, step: &Step) -> Job {
        match step {
            Step::Enrol | Step::EnrolAgain(_) => {
                let program = self.program.clone();
                let place = if let Step::EnrolAgain(place) = step {
                    *place
                } else {
                    self.held.len()
                };
                let enrolment = Enrolment {
                    external_id: Some(format!("member-{place}")),
                    ..Enrolment::default()
                };
                Box::new(move |tx, deed| {
                    let enrolled = enrol(tx, deed, &program, &enrolment)?;
                    let held = Held {
                        member: enrolled.member.id,
                        card: enrolled.sheet.card.id,
                    };
                    Ok(Done {
                        held: Some(held.clone()),
                        ..Done::of(0, enrolled.is_new, &held.card)
                    })
                })
            }
            Step::Order(said) => {
                let new = self.new_order(said);
                Box::new(move |tx, deed| {
                    let foreseen = simulate_order(tx, &deed.house, None, &new, deed.now)?;
                    let recorded = record_order(tx, deed, &new)?;
                    Ok(Done {
                        foreseen: Some(foreseen.total.get()),
                        order: Some(recorded.order.id),
                        ..Done::of(
                            recorded.order.earned.get(),
                            recorded.is_new,
                            &recorded.sheet.card.id,
                        )
                    })
                })
            }
            Step::Refund(order, name, amount) => {
                let id = self.orders[*order].clone();
                let new = NewRefund {
                    external_id: Some(name.clone()),
                    amount: amount.map(|minor| Money::new(minor, euro()).expect("an amount")),
                    lines: Vec::new(),
                    reason: String::new(),
                };
                Box::new(move |tx, deed| {
                    let refunded = refund_order(tx, deed, &id, &new)?;
                    let points = i64::from(refunded.is_new) * refunded.refund.points.get();
                    Ok(Done::of(points, refunded.is_new, &refunded.sheet.card.id))
                })
            }
            Step::Event(event) => {
                let new = self.new_event(event);
                Box::new(move |tx, deed| {
                    let recorded = record_event(tx, deed, &new)?;
                    let points = if recorded.is_new {
                        recorded.event.earned.get()
                    } else {
                        0
                    };
                    Ok(Done::of(points, recorded.is_new, &recorded.sheet.card.id))
                })
            }
            Step::Settle(card) => {
                let id = self.held[*card].card.clone();
                Box::new(move |tx, deed| Ok(Done::of(0, settle_points(tx, deed, &id)?, &id)))
            }
            Step::Want(..) | Step::Complete(..) | Step::Cancel(_) | Step::RunOut(_) => {
                self.job_of_rewards(step)
            }
            Step::Adjust(..) | Step::Reverse(..) | Step::Transfer(..) | Step::Join(..) => {
                self.job_by_hand(step)
            }
            _ => self.job_of_terms(step),
        }
    }

    /// What is moved without a purchase.
    fn job_by_hand(&self, step: &Step) -> Job {
        match step {
            Step::Adjust(card, points) => {
                let (member, points) = (self.held[*card].member.clone(), *points);
                Box::new(move |tx, deed| {
                    let moved = adjust_points(tx, deed, &member, points, "a test")?;
                    Ok(Done::of(0, true, &moved.sheet.card.id))
                })
            }
            Step::Reverse(card, place) => {
                let id = self.entries[*card][*place].clone();
                Box::new(move |tx, deed| {
                    let moved = reverse_entry(tx, deed, &id)?;
                    Ok(Done::of(0, true, &moved.sheet.card.id))
                })
            }
            Step::Transfer(from, to, points) => {
                let from = self.held[*from].member.clone();
                let new = NewTransfer {
                    to: Holder::Member(self.held[*to].member.clone()),
                    points: *points,
                    reason: String::new(),
                };
                Box::new(move |tx, deed| {
                    let moved = transfer_points(tx, deed, &from, &new)?;
                    let cards = vec![moved.from.card.id, moved.to.card.id];
                    Ok(Done {
                        cards,
                        ..Done::of_terms()
                    })
                })
            }
            Step::Join(into, from) => {
                let (into, from) = (self.held[*into].member.clone(), self.held[*from].clone());
                Box::new(move |tx, deed| {
                    let joined = merge_members(tx, deed, &into, &from.member, "a test")?;
                    let cards = vec![from.card, joined.sheet.card.id];
                    Ok(Done {
                        cards,
                        ..Done::of_terms()
                    })
                })
            }
            _ => unreachable!("a step by hand"),
        }
    }

    fn job_of_rewards(&self, step: &Step) -> Job {
        let id_of = |place: usize| self.model.given[place].id.parse().expect("an id");
        let settle = |place: usize, settling: Settling| -> Job {
            let id = id_of(place);
            Box::new(move |tx, deed| {
                let handed = settle_redemption(tx, deed, &id, &settling)?;
                Ok(Done::of(0, true, &handed.sheet.card.id))
            })
        };
        match step {
            Step::Want(card, reward) => {
                let member = self.held[*card].member.clone();
                let reward: RewardId = self.model.rewards[*reward].id.parse().expect("an id");
                Box::new(move |tx, deed| {
                    let handed = issue_reward(tx, deed, &member, &reward)?;
                    Ok(Done::of(0, true, &handed.sheet.card.id))
                })
            }
            Step::Complete(place, order) => {
                let order = order.map(|number| self.orders[number].clone());
                settle(*place, Settling::Complete(order))
            }
            Step::Cancel(place) => settle(*place, Settling::Cancel),
            Step::RunOut(place) => {
                let (id, card) = (
                    id_of(*place),
                    self.held[self.model.acting(self.model.given[*place].card)]
                        .card
                        .clone(),
                );
                Box::new(move |tx, deed| Ok(Done::of(0, expire_redemption(tx, deed, &id)?, &card)))
            }
            _ => unreachable!("a step for rewards"),
        }
    }

    /// What the people of the program write.
    fn job_of_terms(&self, step: &Step) -> Job {
        let program = self.program.clone();
        let insert = |kind: &'static str, id: String, body: serde_json::Value| -> Job {
            Box::new(move |tx, deed| {
                let mut term = term(&program, kind, deed.now, &body);
                term.id = id;
                terms::insert(tx, &term, "test")?;
                Ok(Done::of_terms())
            })
        };
        let edit = |id: String, is_active: bool, body: serde_json::Value| -> Job {
            Box::new(move |tx, _| {
                let mut term = terms::lock(tx, &id)?;
                term.version += 1;
                (term.is_active, term.body) = (is_active, body.to_string());
                terms::update(tx, &term, true, "test")?;
                Ok(Done::of_terms())
            })
        };
        match step {
            Step::WriteRule(rule) => insert("rule", rule.id.clone(), self.model.rule_json(rule)),
            Step::WritePromotion(one) => insert("promotion", one.id.clone(), one.json()),
            Step::WriteReward(reward) => insert("reward", reward.id.clone(), reward.json()),
            Step::SwitchReward(place) => {
                let reward = &self.model.rewards[*place];
                edit(reward.id.clone(), reward.is_active, reward.json())
            }
            Step::WriteChallenge(one) => insert("challenge", one.id.clone(), self.model.challenge_json(one)),
            Step::SwitchChallenge(place) => {
                let one = &self.model.challenges[*place];
                edit(one.id.clone(), one.is_active, self.model.challenge_json(one))
            }
            Step::WriteTier(tier) => insert("tier", tier.id.clone(), tier.json()),
            Step::SwitchTier(place) | Step::EditTier(place, _) => {
                let tier = &self.model.tiers[*place];
                edit(tier.id.clone(), tier.is_active, tier.json())
            }
            Step::SwitchRule(place) | Step::EditRule(place, _) => {
                let rule = &self.model.rules[*place];
                edit(rule.id.clone(), rule.is_active, self.model.rule_json(rule))
            }
            Step::SwitchPromotion(place) => {
                let one = &self.model.promotions[*place];
                edit(one.id.clone(), one.is_active, one.json())
            }
            Step::Settings(expiry, climbing) => {
                let policy = serde_json::from_value(expiry.json(*climbing)).expect("a policy");
                let (id, change) = (
                    self.program.clone(),
                    ProgramChange {
                        policy: Some(policy),
                        ..ProgramChange::default()
                    },
                );
                Box::new(move |tx, deed| {
                    change_program(tx, deed, &id, None, change)?;
                    Ok(Done::of_terms())
                })
            }
            _ => unreachable!("a step for cards"),
        }
    }

    fn new_order(&self, said: &Said) -> NewOrder {
        let line = |(category, quantity, minor): &(&str, i64, Option<i64>)| Line {
            sku: None,
            category: Some((*category).to_owned()),
            quantity: *quantity,
            amount_minor: *minor,
            is_excluded: false,
        };
        NewOrder {
            source: "till".to_owned(),
            external_id: said.name.clone(),
            holder: Holder::Member(self.held[said.card].member.clone()),
            total_minor: said.total,
            currency: said.is_foreign.then(|| "JPY".parse().expect("a currency")),
            paid_at: said.paid_at.map(Time::from_millis),
            lines: said.lines.iter().map(line).collect(),
            location: None,
            channel: said.channel.map(str::to_owned),
        }
    }

    fn new_event(&self, event: &Event) -> NewEvent {
        NewEvent {
            source: "door".to_owned(),
            external_id: event.name.clone(),
            holder: Holder::Member(self.held[event.card].member.clone()),
            kind: event.kind.to_owned(),
            happened_at: None,
            data: json!({}),
        }
    }
}

impl Done {
    pub(super) fn of(points: i64, is_new: bool, card: &CardId) -> Self {
        Self {
            cards: vec![card.clone()],
            came: Came { points, is_new },
            ..Self::of_terms()
        }
    }

    pub(super) fn of_terms() -> Self {
        Self {
            came: Came {
                points: 0,
                is_new: true,
            },
            foreseen: None,
            cards: Vec::new(),
            order: None,
            held: None,
        }
    }
}
