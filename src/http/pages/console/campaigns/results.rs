//! How far a campaign is, and what those who heard it did beside those who did not.

use super::super::super::desk::Desk;
use crate::actions::ActionError;
use crate::actions::change_campaign::get_campaign;
use crate::actions::show_campaign::{DAYS, read_results};
use crate::loyalty::campaign::uplift::Uplift;
use crate::store::campaign_sends::{HELD_OUT, Reaction};
use crate::store::campaigns::{Campaign, RUNNING, Run};
use crate::store::cards;

/// What a page shows of it.
pub(super) struct Results {
    /// How far the run that is on its way has come: cards looked at, all cards, and that in words.
    pub(super) progress: Option<(i64, i64, String)>,
    /// The newest run, each figure with its name.
    pub(super) run: Option<Vec<(&'static str, String)>>,
    pub(super) reactions: Vec<ReactionLine>,
    /// What the message did, in a sentence.
    pub(super) uplift: Option<String>,
}

/// What became of those who heard a wording.
pub(in crate::http::pages::console) struct ReactionLine {
    pub(in crate::http::pages::console) name: String,
    pub(in crate::http::pages::console) members: String,
    pub(in crate::http::pages::console) told: String,
    pub(in crate::http::pages::console) fetched: String,
    pub(in crate::http::pages::console) removed: String,
    pub(in crate::http::pages::console) buyers: String,
    pub(in crate::http::pages::console) orders: String,
    pub(in crate::http::pages::console) money: String,
}

pub(super) async fn read_shown(desk: &Desk, campaign: &Campaign) -> Result<Results, ActionError> {
    let (caller, id) = (desk.caller.clone(), campaign.id.clone());
    let (program, now) = (desk.program.id.clone(), desk.state.house.now());
    let read = desk.state.house.store.read(move |db| {
        let campaign = get_campaign(db, &caller, &id)?;
        let found = read_results(db, campaign, DAYS)?;
        let is_running = found.runs.first().is_some_and(|run| run.state == RUNNING);
        let all = if is_running {
            cards::count(db, &program)?
        } else {
            0
        };
        Ok::<_, ActionError>((found, all))
    });
    let (found, all) = read.await?;
    let newest = found.runs.first();
    let running = newest.filter(|run| run.state == RUNNING);
    Ok(Results {
        progress: running.map(|run| {
            let took = now.millis() - run.planned_at.millis();
            (
                run.looked_at,
                all.max(run.looked_at),
                progress(desk, run, (all, took)),
            )
        }),
        run: newest.map(|run| figures(desk, run)),
        reactions: found.reactions.iter().map(|one| line(desk, one)).collect(),
        uplift: found.uplift.map(|uplift| uplift_words(desk, uplift)),
    })
}

/// How far it is, how fast, and how long it will take.
fn progress(desk: &Desk, run: &Run, (all, took_ms): (i64, i64)) -> String {
    let left = (all - run.looked_at).max(0);
    let minutes = if run.looked_at > 0 {
        // Rounded up: what is nearly over takes a minute yet.
        (took_ms.max(1) / run.looked_at.max(1)).saturating_mul(left) / 60_000 + 1
    } else {
        1
    };
    let language = desk.locale.language();
    let values = [
        ("looked", language.write_number(run.looked_at).into()),
        ("all", language.write_number(all).into()),
        ("minutes", minutes.into()),
    ];
    desk.locale.say("campaign-progress", &values)
}

fn figures(desk: &Desk, run: &Run) -> Vec<(&'static str, String)> {
    let all = [
        ("campaign-sent", run.sent),
        ("campaign-held-out", run.held_out),
        ("reach-capped", run.capped),
        ("reach-unreachable", run.unreachable),
        ("reach-no-consent", run.no_consent),
    ];
    let language = desk.locale.language();
    let write = |(text, number)| (text, language.write_number(number));
    all.into_iter().map(write).collect()
}

pub(in crate::http::pages::console) fn line(desk: &Desk, one: &Reaction) -> ReactionLine {
    let language = desk.locale.language();
    let number = |number: i64| language.write_number(number);
    ReactionLine {
        name: if one.arm == HELD_OUT {
            desk.locale.word("campaign-held-out")
        } else {
            let values = [("number", (one.arm + 1).into())];
            desk.locale.say("campaign-wording", &values)
        },
        members: number(one.members),
        told: number(one.apple_told + one.google_given),
        fetched: number(one.apple_fetched),
        removed: number(one.removed),
        buyers: number(one.buyers),
        orders: number(one.orders),
        money: desk.money(one.minor),
    }
}

/// By how many of a hundred more bought, and between which bounds that surely is.
pub(in crate::http::pages::console) fn uplift_words(desk: &Desk, uplift: Uplift) -> String {
    let points = |parts: i64| {
        let sign = if parts < 0 { "−" } else { "" };
        let whole = desk.locale.language().write_hundredths(parts.unsigned_abs());
        format!("{sign}{whole}")
    };
    let values = [
        ("points", points(uplift.parts).into()),
        ("low", points(uplift.low).into()),
        ("high", points(uplift.high).into()),
    ];
    let id = if uplift.low > 0 {
        "campaign-uplift-more"
    } else if uplift.high < 0 {
        "campaign-uplift-less"
    } else {
        "campaign-uplift-unsure"
    };
    desk.locale.say(id, &values)
}
