//! On which days of the program's calendar campaigns are sent, were sent and end.

use std::collections::BTreeMap;

use super::change_campaign::{CAMPAIGNS_MAX, read_body};
use super::{ActionError, Code};
use crate::loyalty::campaign::Campaign as Says;
use crate::store::Db;
use crate::store::campaigns::{
    self, AWAITING_APPROVAL, CAMPAIGN, CANCELLED, Campaign, DRAFT, PAUSED, SCHEDULED, SENDING,
};
use crate::store::programs::Program;
use crate::types::{CampaignId, Day, Time};

/// Most days that are asked for at once.
pub const CALENDAR_DAYS_MAX: i64 = 100;
/// Most campaigns of one day; the others are counted.
pub const OF_DAY_MAX: usize = 50;
/// Most runs that are looked at.
const RUNS_MAX: i64 = 5_000;

/// What a campaign does on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// It was sent, or began to be.
    Sent,
    /// It is to be sent.
    Sends,
    /// It is the last day on which it may be sent again.
    RepeatsUntil,
    /// It is the last day on which cards show it.
    ShownUntil,
}

impl Mark {
    /// Its name in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Sends => "sends",
            Self::RepeatsUntil => "repeats_until",
            Self::ShownUntil => "shown_until",
        }
    }
}

/// A campaign on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marked {
    /// The campaign.
    pub id: CampaignId,
    /// What the staff call it.
    pub name: String,
    /// Its state now.
    pub state: String,
    /// What it does that day.
    pub mark: Mark,
}

/// A day on which there is something.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CampaignDay {
    /// The campaigns, at most [`OF_DAY_MAX`].
    pub campaigns: Vec<Marked>,
    /// How many there are besides.
    pub more: i64,
}

/// The days that have something, in order.
pub type CampaignDays = BTreeMap<Day, CampaignDay>;

/// The first and the last day that an address asks for; refuses what is none, or too many of them.
pub fn read_days(from: &str, to: &str) -> Result<(Day, Day), ActionError> {
    let bad = |what: &str| ActionError::with(Code::BadParameter, what);
    let day = |text: &str| text.parse::<Day>().map_err(|fault| bad(&fault.to_string()));
    let (first, last) = (day(from)?, day(to)?);
    if (1..=CALENDAR_DAYS_MAX).contains(&(last.number() - first.number() + 1)) {
        Ok((first, last))
    } else {
        Err(bad(
            "`to` is not before `from`, and at most 100 days are told at once.",
        ))
    }
}

/// What campaigns of a program do from one day to another, where the program is. Drafts do nothing yet.
pub fn list_campaign_days(
    db: &mut Db,
    program: &Program,
    (first, last): (Day, Day),
    now: Time,
) -> Result<CampaignDays, ActionError> {
    let zone = program.time_zone;
    let all = campaigns::list_newest(db, (CAMPAIGN, &program.id), CAMPAIGNS_MAX)?;
    let begun: BTreeMap<CampaignId, (Campaign, Says)> = all
        .into_iter()
        .filter(|one| one.state != DRAFT)
        .map(|one| {
            let says = read_body(&one)?;
            Ok((one.id.clone(), (one, says)))
        })
        .collect::<Result<_, ActionError>>()?;
    let span = (zone.start_of(first), zone.start_of(last.plus_days(1)));
    let mut days = CampaignDays::new();
    for (id, at) in campaigns::list_runs_between(db, &program.id, span, RUNS_MAX)? {
        if let Some((campaign, says)) = begun.get(&id) {
            put(&mut days, zone.local(at).day, (campaign, says), Mark::Sent);
        }
    }
    for (campaign, says) in begun.values() {
        let coming = list_coming(program, (campaign, says), (first, last), now);
        for day in coming {
            put(&mut days, day, (campaign, says), Mark::Sends);
        }
        if campaign.state == CANCELLED {
            continue;
        }
        let until = says.schedule.and_then(|schedule| schedule.until);
        for (end, mark) in [(until, Mark::RepeatsUntil), (says.shown_until, Mark::ShownUntil)] {
            if let Some(end) = end.filter(|end| (first..=last).contains(&end.0)) {
                put(&mut days, end.0, (campaign, says), mark);
            }
        }
    }
    Ok(days)
}

/// The days on which a campaign is still to be sent.
fn list_coming(
    program: &Program,
    (campaign, says): (&Campaign, &Says),
    (first, last): (Day, Day),
    now: Time,
) -> Vec<Day> {
    let zone = program.time_zone;
    let since = match (campaign.state.as_str(), campaign.next_at) {
        (SCHEDULED | SENDING, Some(next)) => next,
        // Going on or approved, it takes up what its schedule says from then on.
        (PAUSED | AWAITING_APPROVAL, _) => now,
        _ => return Vec::new(),
    };
    let mut days: Vec<Day> = says
        .schedule
        .map(|schedule| schedule.days(zone, (first, last), since))
        .unwrap_or_default();
    // One that was begun by hand comes once more than its schedule says.
    if let Some(next) = campaign.next_at {
        let day = zone.local(next).day;
        if (first..=last).contains(&day) && !days.contains(&day) {
            days.push(day);
        }
    }
    days
}

fn put(days: &mut CampaignDays, day: Day, (campaign, says): (&Campaign, &Says), mark: Mark) {
    let of_day = days.entry(day).or_default();
    if of_day.campaigns.len() >= OF_DAY_MAX {
        of_day.more += 1;
        return;
    }
    of_day.campaigns.push(Marked {
        id: campaign.id.clone(),
        name: says.name.clone(),
        state: campaign.state.clone(),
        mark,
    });
}
