//! Why a member's phone did or did not change: first the verdict in a sentence, then what it rests on.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::super::super::desk::Desk;
use super::super::super::frame::{Frame, respond};
use super::super::rail::{Rail, Room};
use super::{read_file, read_id};
use crate::actions::ActionError;
use crate::actions::diagnose_card::{PassFacts, Verdict, diagnose_card};
use crate::http::{Problem, State};
use crate::store::deliveries::DUE;
use crate::store::device_logs::LINES_MAX;
use crate::types::{Time, Wallet};

/// Lines of phones that are listed.
const LOG_MAX: usize = 20;

#[derive(Template)]
#[template(path = "pages/console/members/phones.html")]
struct PhonesPage {
    frame: Frame,
    rail: Rail,
    back: String,
    name: String,
    /// Where phones are told again; nothing for whoever may not.
    card: Option<String>,
    passes: Vec<PassLine>,
}

/// What is said of a pass.
struct PassLine {
    wallet: &'static str,
    /// How it looks: `good`, `wait` or `bad`.
    tone: &'static str,
    verdict: String,
    /// What to do next, if there is anything.
    next: Option<String>,
    facts: Vec<String>,
    phones: Vec<String>,
    log: Vec<LogLine>,
    log_about: String,
}

struct LogLine {
    instant: String,
    time: String,
    said: String,
}

/// Shows why.
pub(super) async fn show(
    state: Data<State>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let desk = Desk::of(&state, &request).await?;
    let id = read_id(&id)?;
    let file = read_file(&desk, &id).await?;
    let held = file.card.clone();
    let read = state.house.store.read(move |db| match held {
        Some(card) => diagnose_card(db, &card),
        None => Ok::<_, ActionError>(Vec::new()),
    });
    let facts = read.await?;
    let heading = desk.locale.word("members-phones");
    let name = desk.name_of(&file.sheet.member);
    let page = PhonesPage {
        frame: desk.console_frame(format!("{heading} – {name}")),
        rail: desk.rail(Room::Members).await?,
        back: desk.member_link(&id, ""),
        card: desk.can_mend().then(|| desk.member_link(&id, "/card")),
        passes: facts.iter().map(|one| PassLine::of(&desk, one)).collect(),
        name,
    };
    Ok(respond(StatusCode::OK, &page)?)
}

impl PassLine {
    fn of(desk: &Desk, facts: &PassFacts) -> Self {
        let (tone, verdict, next) = judge(desk, facts);
        let phone = |told: i64, at: Time| {
            let id = if told >= facts.card_version {
                "members-phone-told"
            } else {
                "members-phone-not-told"
            };
            desk.locale.say(id, &[("time", desk.moment(at).into())])
        };
        let log = facts.log.iter().take(LOG_MAX);
        Self {
            wallet: match facts.pass.wallet {
                Wallet::Apple => "members-wallet-apple",
                Wallet::Google => "members-wallet-google",
            },
            tone,
            verdict,
            next,
            facts: told_facts(desk, facts),
            phones: facts
                .phones
                .iter()
                .map(|(held, _)| phone(held.told_version, held.created_at))
                .collect(),
            log: log
                .map(|(at, said)| LogLine {
                    instant: at.rfc3339_secs(),
                    time: desk.moment(*at),
                    said: said.clone(),
                })
                .collect(),
            log_about: desk
                .locale
                .say("members-log-about", &[("count", LINES_MAX.into())]),
        }
    }
}

/// How it stands, in a sentence, and what to do.
fn judge(desk: &Desk, facts: &PassFacts) -> (&'static str, String, Option<String>) {
    let locale = desk.locale;
    let is_google = facts.pass.wallet == Wallet::Google;
    let (tone, id) = match facts.verdict() {
        Verdict::UpToDate if is_google => ("good", "members-verdict-google-current"),
        Verdict::UpToDate => ("good", "members-verdict-current"),
        Verdict::NoPhone => ("wait", "members-verdict-no-phone"),
        Verdict::AboutToBeTold => ("wait", "members-verdict-soon"),
        Verdict::GivenUp if is_google => ("wait", "members-verdict-google-none"),
        Verdict::GivenUp => ("wait", "members-verdict-given-up"),
        Verdict::Told(times) => {
            let verdict = locale.say("members-verdict-told", &[("count", times.into())]);
            return ("wait", verdict, Some(locale.word("members-next-told")));
        }
        Verdict::Refused(error) => {
            let verdict = locale.say("members-verdict-refused", &[("error", error.into())]);
            return ("bad", verdict, Some(locale.word("members-next-refused")));
        }
        Verdict::Failing { error, next } => {
            let values = [("error", error.into()), ("time", desk.moment(next).into())];
            let verdict = locale.say("members-verdict-failing", &values);
            return ("bad", verdict, Some(locale.word("members-next-failing")));
        }
    };
    let (verdict, next) = locale.word_and_next(id);
    (tone, verdict, Some(next).filter(|next| next != id))
}

/// What it rests on.
fn told_facts(desk: &Desk, facts: &PassFacts) -> Vec<String> {
    let locale = desk.locale;
    let pass = &facts.pass;
    let told = |at: Option<Time>, version: i64, [now, before, never]: [&str; 3]| {
        let Some(at) = at else {
            return locale.word(never);
        };
        let behind = (facts.card_version - version).max(0);
        let time = desk.moment(at).into();
        if behind == 0 {
            locale.say(now, &[("time", time)])
        } else {
            locale.say(before, &[("time", time), ("behind", behind.into())])
        }
    };
    let mut all = vec![told(
        pass.told_at,
        pass.told_version,
        [
            "members-fact-told",
            "members-fact-told-before",
            "members-fact-never-told",
        ],
    )];
    // What Google was told of, it has.
    if pass.wallet == Wallet::Apple {
        all.push(told(
            pass.fetched_at,
            pass.fetched_version,
            [
                "members-fact-fetched",
                "members-fact-fetched-before",
                "members-fact-never-fetched",
            ],
        ));
    }
    if let Some(delivery) = &facts.delivery {
        let id = if delivery.state == DUE {
            "members-fact-due"
        } else {
            "members-fact-reminder"
        };
        let values = [
            ("time", desk.moment(delivery.due_at).into()),
            ("pushes", delivery.pushes.into()),
        ];
        all.push(locale.say(id, &values));
    }
    all
}
