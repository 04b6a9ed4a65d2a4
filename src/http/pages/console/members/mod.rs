//! The console's members: found, looked after, joined, and said why their phones did or did not change.

mod card;
pub(super) mod confirm;
mod deeds;
mod end;
mod faults;
mod lines;
mod list;
mod member;
mod merge;
mod phones;

use actix_web::{HttpRequest, web};

pub(super) use self::list::Row;

use super::super::desk::Desk;
use super::super::forms::Guarded;
use crate::actions::look_up_member::{MemberFile, look_up_member};
use crate::actions::{ActionError, Answer, Caller, Code, Deed, IdempotencyKey, perform};
use crate::http::State;
use crate::http::router::Router;
use crate::store::Tx;
use crate::types::{MemberId, Role, Time, sha256_hex};

/// Adds the routes of the members' part.
pub(super) fn configure(router: &mut Router) {
    let of = |path: &str| format!("/console/members/{{id}}{path}");
    router
        .route("/console/members", web::get().to(list::show))
        .route(&of(""), web::get().to(member::show))
        .route(&of("/points"), web::post().to(deeds::adjust))
        .route(&of("/reverse"), web::post().to(deeds::reverse))
        .route(&of("/about"), web::post().to(deeds::change))
        .route(&of("/block"), web::post().to(deeds::block))
        .route(&of("/export"), web::post().to(deeds::export))
        .route(&of("/card"), web::get().to(card::show))
        .route(&of("/card"), web::post().to(card::act_on))
        .route(&of("/merge"), web::get().to(merge::show))
        .route(&of("/merge"), web::post().to(merge::join))
        .route(&of("/merge/undo"), web::post().to(merge::part))
        .route(&of("/phones"), web::get().to(phones::show))
        .route(&of("/erase"), web::get().to(end::ask))
        .route(&of("/erase"), web::post().to(end::erase));
}

/// A form that somebody who works here sent about a member.
struct Sent<F> {
    desk: Desk,
    form: F,
    id: MemberId,
}

/// Takes a form about a member.
async fn take<F: Guarded>(
    state: &State,
    request: &HttpRequest,
    (id, body): (&str, &[u8]),
) -> Result<Sent<F>, ActionError> {
    let (desk, form) = Desk::take(state, request, body).await?;
    let id = read_id(id)?;
    Ok(Sent { desk, form, id })
}

fn read_id(id: &str) -> Result<MemberId, ActionError> {
    id.parse().map_err(|_| ActionError::new(Code::NotFound))
}

/// What is known of a member of the program that is looked at.
async fn read_file(desk: &Desk, id: &MemberId) -> Result<MemberFile, ActionError> {
    let (deed, program, id) = (desk.deed(), desk.program.clone(), id.clone());
    let read = desk
        .state
        .house
        .store
        .read(move |db| look_up_member(db, &deed, &program, &id));
    read.await
}

/// Does a deed; gives what it leaves to know. A form that is sent again does not do it again.
async fn act(
    desk: &Desk,
    form: Option<String>,
    deed: impl FnOnce(&mut Tx<'_>, &Deed) -> Result<String, ActionError> + Send + 'static,
) -> Result<String, ActionError> {
    let caller = Caller {
        idempotency: form.map(|key| IdempotencyKey {
            scope: format!("console:{}", desk.program.id),
            fingerprint: sha256_hex(key.as_bytes()),
            key,
        }),
        ..desk.caller.clone()
    };
    let render = |done: &String| Answer {
        status: 303,
        body: done.clone(),
        is_replay: false,
    };
    let answer = perform(&desk.state.house, caller, deed, render).await?;
    Ok(answer.body)
}

impl Desk {
    /// Whether whoever works here may change members.
    fn can_mend(&self) -> bool {
        matches!(self.signed_in.staff.role, Role::Owner | Role::Manager)
    }

    /// A page about a member, in the language of the page.
    fn member_link(&self, id: &MemberId, path: &str) -> String {
        self.link(&member_address(id, path))
    }

    /// Day and time of an instant where the shop is.
    fn moment(&self, at: Time) -> String {
        let minute = self.program.time_zone.local(at).minute;
        let clock = self.locale.language().write_clock(minute);
        let values = [("date", self.date(at).into()), ("clock", clock.into())];
        self.locale.say("members-moment", &values)
    }
}

fn member_address(id: &MemberId, path: &str) -> String {
    format!("/console/members/{id}{path}")
}
