//! The lines of a member's own page: rewards, tier, challenges, movements, each in the reader's words.

use super::card::{in_groups, label};
use super::locale::Locale;
use crate::actions::ActionError;
use crate::actions::answer_survey::OfferedSurvey;
use crate::actions::list_offers::Offer;
use crate::actions::show_member::{Benefit, Invitation, MemberPage as Sheet};
use crate::loyalty::challenge::Goal;
use crate::loyalty::expiring::Expiring;
use crate::loyalty::explain::Explanation;
use crate::loyalty::tier::Basis;
use crate::store::entries::Entry;
use crate::store::programs::Program;
use crate::types::{Money, Text, Time};

/// A day, in milliseconds.
const DAY_MS: i64 = 86_400_000;

/// A reward: one that can be had, or one in the member's hands.
pub(super) struct Gift {
    pub(super) name: String,
    pub(super) description: Option<String>,
    /// The SHA-256 of its picture.
    pub(super) picture: Option<String>,
    pub(super) cost: String,
    pub(super) left: Option<String>,
    /// Until when it can be used.
    pub(super) until: Option<String>,
    pub(super) code: String,
    /// Where it is had; `None` of one that is had at the till alone.
    pub(super) address: Option<String>,
}

/// How far something is, as a bar.
pub(super) struct Bar {
    pub(super) text: String,
    pub(super) done: i64,
    pub(super) goal: i64,
}

/// Where the member stands among the tiers.
pub(super) struct TierLine {
    pub(super) name: Option<String>,
    pub(super) until: Option<String>,
    pub(super) next: Option<Bar>,
    pub(super) perks: Vec<String>,
}

/// Where the member stands with a challenge.
pub(super) struct ChallengeLine {
    pub(super) name: String,
    pub(super) prize: Option<String>,
    pub(super) bar: Bar,
}

/// A survey that the member can answer.
pub(super) struct SurveyLine {
    pub(super) title: String,
    /// How long it is, and what it pays.
    pub(super) about: String,
    pub(super) address: String,
}

/// What inviting brings.
pub(super) struct InvitationLine {
    pub(super) text: String,
    pub(super) url: String,
}

/// A movement of points.
pub(super) struct MovedLine {
    /// The id of what it is called.
    pub(super) label: &'static str,
    pub(super) why: String,
    pub(super) instant: String,
    pub(super) date: String,
    pub(super) change: String,
    pub(super) is_gain: bool,
}

/// Writes for one reader about one program.
pub(super) struct Writing<'a> {
    locale: Locale,
    program: &'a Program,
    point_name: Text,
    token: &'a str,
}

impl<'a> Writing<'a> {
    pub(super) fn new(locale: Locale, program: &'a Program, token: &'a str) -> Self {
        Self {
            locale,
            point_name: locale.point_name(&program.point_name),
            program,
            token,
        }
    }

    fn text(&self, text: &Text) -> String {
        text.get(&self.locale.language()).to_owned()
    }

    /// An address in the language of the page.
    pub(super) fn link(&self, address: &str) -> String {
        format!("{address}?lang={}", self.locale.tag())
    }

    /// An address below the page's own, in its language.
    pub(super) fn own_link(&self, path: &str) -> String {
        self.link(&format!("/member/{}{path}", self.token))
    }

    pub(super) fn points(&self, count: i64) -> String {
        self.locale.points(&self.program.point_name, count)
    }

    fn money(&self, minor: i64) -> String {
        let currency = self.program.currency;
        self.locale.language().write_money(Money { minor, currency })
    }

    /// The last day before an instant, where the shop is.
    pub(super) fn last_day(&self, end: Time) -> String {
        let day = self.program.time_zone.local(end.plus_ms(-1)).day;
        self.day(Time::from_millis(day.number() * DAY_MS))
    }

    fn day(&self, start: Time) -> String {
        self.locale.language().write_date(start)
    }

    pub(super) fn expiring(&self, one: &Expiring) -> String {
        let points = self.points(one.points.get());
        let date = one.write_day(&self.locale.language());
        let values = [("points", points.into()), ("date", date.into())];
        self.locale.say("member-expiring", &values)
    }

    /// What a reward costs, in a word or two.
    fn cost(&self, cost: i64) -> String {
        if cost == 0 {
            self.locale.word("member-free")
        } else {
            self.points(cost)
        }
    }

    /// The rewards in the member's hands.
    pub(super) fn held(&self, sheet: &Sheet) -> Vec<Gift> {
        let both = sheet.till.issued.iter().zip(&sheet.promised);
        let gift = both.map(|(redemption, reward)| Gift {
            name: self.text(&reward.name),
            description: None,
            picture: reward.picture.clone(),
            cost: String::new(),
            left: None,
            until: redemption.expires_at.map(|end| {
                let date = self.last_day(end);
                self.locale.say("member-held-until", &[("date", date.into())])
            }),
            code: in_groups(&redemption.code),
            address: Some(self.own_link(&format!("/code/{}", redemption.id))),
        });
        gift.collect()
    }

    /// The rewards that can be had now.
    pub(super) fn rewards(&self, sheet: &Sheet) -> Vec<Gift> {
        let both = sheet.till.usable.iter().zip(&sheet.at_till);
        both.map(|(offer, at_till)| self.offer(offer, *at_till)).collect()
    }

    fn offer(&self, offer: &Offer, is_at_till: bool) -> Gift {
        let reward = &offer.listed.body;
        let id = offer.listed.id.as_deref().unwrap_or_default();
        Gift {
            name: self.text(&reward.name),
            description: reward.description.as_ref().map(|text| self.text(text)),
            picture: reward.picture.clone(),
            cost: self.cost(reward.cost),
            left: offer.left.map(|left| self.count("member-left", left)),
            until: None,
            code: String::new(),
            address: (!is_at_till).then(|| self.own_link(&format!("/reward/{id}"))),
        }
    }

    /// The way to the next reward.
    pub(super) fn next_reward(&self, sheet: &Sheet) -> Option<Bar> {
        let next = sheet.till.next.as_ref()?;
        let (reward, points) = (self.text(&next.listed.body.name), self.points(next.missing));
        let values = [("reward", reward.into()), ("points", points.into())];
        let goal = next.listed.body.cost.max(1);
        Some(Bar {
            text: self.locale.say("member-next-reward", &values),
            done: (goal - next.missing).clamp(0, goal),
            goal,
        })
    }

    /// Where the member stands among the tiers, if there are any.
    pub(super) fn tier(&self, sheet: &Sheet) -> Option<TierLine> {
        let (reached, next) = (sheet.till.tier.as_ref(), sheet.till.next_tier.as_ref());
        if reached.is_none() && next.is_none() {
            return None;
        }
        let place = sheet.till.sheet.card.place();
        let until = place.until.filter(|_| reached.is_some());
        let named = |title: Text| {
            self.locale
                .say("member-tier", &[("tier", self.text(&title).into())])
        };
        let bar = next.map(|(tier, missing)| {
            let (missing, title) = (self.amount(sheet.basis, *missing), self.text(&tier.body.title()));
            let values = [("missing", missing.into()), ("tier", title.into())];
            let goal = tier.body.threshold.max(1);
            Bar {
                text: self.locale.say("member-tier-next", &values),
                done: place.progress.clamp(0, goal),
                goal,
            }
        });
        let perks = reached.map(|tier| tier.body.perks.iter().map(|perk| self.text(perk)).collect());
        Some(TierLine {
            name: reached.map(|tier| named(tier.body.title())),
            until: until.map(|end| {
                let date = self.last_day(end);
                self.locale.say("member-tier-until", &[("date", date.into())])
            }),
            next: bar,
            perks: perks.unwrap_or_default(),
        })
    }

    /// So many of something, in the words for them.
    fn count(&self, id: &str, count: i64) -> String {
        self.locale.say(id, &[("count", count.into())])
    }

    /// So much of what tiers count.
    fn amount(&self, basis: Basis, count: i64) -> String {
        match basis {
            Basis::Points => self.points(count),
            Basis::Spend => self.money(count),
            Basis::Visits => self.count("member-visits", count),
        }
    }

    /// Where the member stands with the challenges that are on.
    pub(super) fn challenges(&self, sheet: &Sheet) -> Vec<ChallengeLine> {
        let both = sheet.till.challenges.iter().zip(&sheet.prizes);
        both.map(|(standing, reward)| {
            let challenge = &standing.challenge.body;
            let goal = challenge.goal.amount();
            let done = standing.progress.done.clamp(0, goal);
            let write = |amount| match challenge.goal {
                Goal::Spend(_) => self.money(amount),
                Goal::Times(_) | Goal::Items(_) => self.locale.language().write_number(amount),
            };
            let is_won = standing.progress.wins >= challenge.wins;
            let until = standing.progress.until.map(|end| self.last_day(end));
            let (done_text, goal_text) = (write(done), write(goal));
            let mut values = vec![("done", done_text.into()), ("goal", goal_text.into())];
            let text = match until {
                _ if is_won => self.locale.word("member-challenge-won"),
                Some(date) => {
                    values.push(("date", date.into()));
                    self.locale.say("member-challenge-until", &values)
                }
                None => self.locale.say("member-challenge-done", &values),
            };
            let points = challenge.then.points;
            let prize = match reward {
                Some(name) => Some(self.text(name)),
                None => (points > 0).then(|| self.points(points)),
            };
            ChallengeLine {
                name: self.text(&challenge.title()),
                prize: prize.map(|prize| self.locale.say("member-prize", &[("prize", prize.into())])),
                bar: Bar { text, done, goal },
            }
        })
        .collect()
    }

    /// The surveys that can be answered.
    pub(super) fn surveys(&self, all: &[OfferedSurvey]) -> Vec<SurveyLine> {
        let line = |one: &OfferedSurvey| SurveyLine {
            title: self.text(&one.body.title),
            about: self.about_survey(one),
            address: self.own_link(&format!("/survey/{}", one.survey.id)),
        };
        all.iter().map(line).collect()
    }

    /// How long a survey is, and what it pays.
    pub(super) fn about_survey(&self, one: &OfferedSurvey) -> String {
        let count = i64::try_from(one.body.questions.len()).unwrap_or(i64::MAX);
        let mut about = self.count("survey-questions", count);
        if !one.worth.is_none() {
            about.push_str(" · ");
            about.push_str(&self.benefit(&one.worth));
        }
        about
    }

    /// What inviting brings both.
    pub(super) fn invitation(&self, one: &Invitation) -> InvitationLine {
        let (friend, own) = (self.benefit(&one.friend), self.benefit(&one.own));
        let id = match (one.friend.is_none(), one.own.is_none()) {
            (false, true) => "member-invite-friend",
            (true, _) => "member-invite-own",
            (false, false) => "member-invite-both",
        };
        let values = [("friend", friend.into()), ("own", own.into())];
        InvitationLine {
            text: self.locale.say(id, &values),
            url: one.url.clone(),
        }
    }

    pub(super) fn benefit(&self, benefit: &Benefit) -> String {
        let points = (benefit.points > 0).then(|| self.points(benefit.points));
        let rewards = benefit.rewards.iter().map(|name| self.text(name));
        let all: Vec<String> = points.into_iter().chain(rewards).collect();
        all.join(" + ")
    }

    /// What was moved, in plain words.
    pub(super) fn moved(&self, sheet: &Sheet) -> Result<Vec<MovedLine>, ActionError> {
        let each = sheet.moved.iter().map(|(entry, reward)| {
            Ok(MovedLine {
                label: label(entry),
                why: self.why(entry, reward.as_ref())?,
                instant: entry.created_at.rfc3339_secs(),
                date: self.day(entry.created_at),
                change: self.locale.language().write_change(entry.points.get()),
                is_gain: entry.points.get() > 0,
            })
        });
        each.collect()
    }

    /// What a movement was for; what a person at the shop wrote is for the shop.
    fn why(&self, entry: &Entry, reward: Option<&Text>) -> Result<String, ActionError> {
        if let Some(reward) = reward {
            return Ok(self.text(reward));
        }
        let Some(kept) = &entry.explanation else {
            let is_of_reward = entry.kind == "redeem" && entry.term_id.is_some();
            return Ok(if is_of_reward {
                entry.reason.clone()
            } else {
                String::new()
            });
        };
        let explanation: Explanation = serde_json::from_str(kept).map_err(ActionError::internal)?;
        Ok(explanation.words(&self.locale.language(), self.program.currency, &self.point_name))
    }
}
