//! The list of members: one field to search in, filters, a page after another, all of it in the address.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::super::super::card::in_groups;
use super::super::super::desk::Desk;
use super::super::super::frame::{Frame, respond};
use super::super::super::leading::kept;
use super::super::rail::{Rail, Room};
use crate::actions::ActionError;
use crate::actions::list_members::{
    MemberPage, MemberRow, Sought, find_sought, list_members, read_rows, tell_sought,
};
use crate::http::guesses::Guesses;
use crate::http::{Problem, State};
use crate::store::Tx;
use crate::store::member_lists::MemberFilter;
use crate::types::{Day, MemberId, fold};

/// What the address asks for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    q: String,
    since: String,
    state: String,
    order: String,
    after: String,
    done: String,
}

#[derive(Template)]
#[template(path = "pages/console/members/list.html")]
struct ListPage {
    frame: Frame,
    rail: Rail,
    asked: Asked,
    /// The text for what became of what was done last.
    notice: Option<&'static str>,
    /// What is wrong with the day.
    since_fault: bool,
    /// How the search went, if that is to be said.
    said: Option<String>,
    rows: Vec<Row>,
    is_filtered: bool,
    first: Option<String>,
    next: Option<String>,
    all: String,
    poster: String,
    /// Where members of another product come from, for those who may bring them.
    import: Option<String>,
}

/// A member of the list.
pub(in crate::http::pages::console) struct Row {
    pub(in crate::http::pages::console) address: String,
    pub(in crate::http::pages::console) name: String,
    pub(in crate::http::pages::console) code: String,
    pub(in crate::http::pages::console) balance: String,
    pub(in crate::http::pages::console) tier: Option<String>,
    pub(in crate::http::pages::console) instant: String,
    pub(in crate::http::pages::console) joined: String,
    pub(in crate::http::pages::console) is_blocked: bool,
}

impl Row {
    /// A member with the page that `address` makes of their id.
    pub(in crate::http::pages::console) fn of(
        desk: &Desk,
        row: &MemberRow,
        address: impl FnOnce(&MemberId) -> String,
    ) -> Self {
        let language = desk.locale.language();
        Self {
            address: address(&row.member.id),
            name: desk.name_of(&row.member),
            code: row
                .card
                .as_ref()
                .map(|card| in_groups(&card.code))
                .unwrap_or_default(),
            balance: row
                .card
                .as_ref()
                .map(|card| desk.points(card.balance.get()))
                .unwrap_or_default(),
            tier: row.tier.as_ref().map(|tier| tier.get(&language).to_owned()),
            instant: row.member.created_at.rfc3339_secs(),
            joined: desk.date(row.member.created_at),
            is_blocked: row.member.blocked_at.is_some(),
        }
    }
}

impl Asked {
    /// The day since which members joined, if one is given; it is a fault if it is none.
    fn day(&self) -> Result<Option<Day>, ()> {
        let text = fold(&self.since);
        if text.is_empty() {
            return Ok(None);
        }
        let mut parts = text.split('-');
        let mut number = || parts.next().and_then(|part| part.parse::<u32>().ok());
        let (year, month, day) = (number(), number(), number());
        // Later years are none that an id can begin with.
        let year = year.filter(|year| *year <= 9_999);
        let read = || Day::from_date(i32::try_from(year?).ok()?, month?, day?);
        read().map(Some).ok_or(())
    }

    /// The address of this list from another place on.
    fn address(&self, after: &str) -> String {
        let asked = [
            ("q", self.q.trim()),
            ("since", self.since.trim()),
            ("state", &self.state),
            ("order", &self.order),
            ("after", after),
        ];
        kept(asked.into_iter().filter(|(_, value)| !value.is_empty()))
    }

    fn is_filtered(&self) -> bool {
        [&self.q, &self.since, &self.state]
            .into_iter()
            .any(|value| !value.trim().is_empty())
    }

    fn filter(&self, desk: &Desk) -> MemberFilter {
        let from = self.day().ok().flatten();
        MemberFilter {
            from: from.map(|day| MemberId::first_at(desk.program.time_zone.start_of(day))),
            is_blocked: self.state == "blocked",
            is_on_phone: self.state == "phone",
            is_oldest_first: self.order == "oldest",
            // A place that is none is the beginning.
            after: self.after.parse().ok(),
            of: None,
        }
    }
}

/// What was found: a list, or the one who was sought.
pub(super) enum Found {
    Page(MemberPage),
    One(Option<Box<MemberRow>>),
}

/// Shows the list.
pub(super) async fn show(
    state: Data<State>,
    guesses: Data<Guesses>,
    request: HttpRequest,
    asked: Query<Asked>,
) -> Result<HttpResponse, Problem> {
    let desk = Desk::of(&state, &request).await?;
    let asked = asked.into_inner();
    let found = search(&desk, &guesses, &asked.q, asked.filter(&desk)).await?;
    let page = draw(&desk, asked, found).await?;
    let status = if page.since_fault {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    Ok(respond(status, &page)?)
}

/// Searches members by what is typed; lists them if nothing is.
pub(super) async fn search(
    desk: &Desk,
    guesses: &Guesses,
    text: &str,
    filter: MemberFilter,
) -> Result<Found, ActionError> {
    let house = desk.state.house.clone();
    let program = desk.program.clone();
    let text = text.trim().to_owned();
    let sought = match tell_sought(&text) {
        // What nobody can be called leads to nobody.
        None if !text.is_empty() => return Ok(Found::One(None)),
        None | Some(Sought::Name) => {
            let store = house.store.clone();
            let read = store.read(move |db| {
                let name = Some(text.as_str()).filter(|text| !text.is_empty());
                list_members(db, &house, &program, (name, filter))
            });
            return Ok(Found::Page(read.await?));
        }
        Some(sought) => sought,
    };
    guesses.check(&desk.caller.actor, house.now())?;
    let deed = desk.deed();
    let store = house.store.clone();
    let written = store.write(move |tx: &mut Tx<'_>| {
        let Some(member) = find_sought(tx, &deed, &program.id, (&sought, &text))? else {
            // Nobody is no failure: that it was searched stays in the books.
            return Ok::<_, ActionError>(None);
        };
        Ok(read_rows(tx, &deed.house, &program, vec![member])?.pop())
    });
    let found = written.await?;
    if found.is_none() {
        guesses.note(&desk.caller.actor, desk.state.house.now());
    }
    Ok(Found::One(found.map(Box::new)))
}

impl Found {
    /// The members, whether there are more, and whether not all who have the name were looked at.
    pub(super) fn into_parts(self) -> (Vec<MemberRow>, bool, bool) {
        match self {
            Self::Page(page) => (page.rows, page.has_more, page.is_cut),
            Self::One(one) => (one.into_iter().map(|row| *row).collect(), false, false),
        }
    }
}

async fn draw(desk: &Desk, asked: Asked, found: Found) -> Result<ListPage, ActionError> {
    let locale = desk.locale;
    let since_fault = asked.day().is_err();
    let (found, has_more, is_cut) = found.into_parts();
    let next = found.last().filter(|_| has_more).map(|last| {
        let rest = asked.address(last.member.id.as_str());
        desk.link(&format!("/console/members?{}", rest.trim_end_matches('&')))
    });
    let first = (!asked.after.is_empty()).then(|| {
        let rest = asked.address("");
        desk.link(format!("/console/members?{rest}").trim_end_matches(['&', '?']))
    });
    let rows = found
        .iter()
        .map(|row| Row::of(desk, row, |id| desk.member_link(id, "")));
    Ok(ListPage {
        frame: Frame {
            kept: asked.address(&asked.after),
            ..desk.console_frame(locale.title(&locale.word("members-title"), since_fault))
        },
        rail: desk.rail(Room::Members).await?,
        notice: (asked.done == "erased").then_some("members-done-erased"),
        since_fault,
        said: is_cut.then(|| locale.word("members-cut")),
        rows: rows.collect(),
        is_filtered: asked.is_filtered(),
        first,
        next,
        all: desk.link("/console/members"),
        import: desk.can_mend().then(|| desk.link("/console/import")),
        poster: desk.link(&format!("/join/{}/poster", desk.program.slug)),
        asked,
    })
}
