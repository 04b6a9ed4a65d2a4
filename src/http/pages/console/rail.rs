//! What every page of the console has around its work: the way to the others, who is signed in, for which program.

use super::super::assets::console_style_address;
use super::super::desk::Desk;
use super::super::frame::Frame;
use crate::actions::ActionError;
use crate::store::programs::{self, Program};
use crate::types::{ProgramId, Role};

/// Most programs that can be chosen from.
const PROGRAMS_MAX: i64 = 100;

/// A part of the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http::pages) enum Room {
    Overview,
    Insight,
    Members,
    Card,
    Rules,
    Rewards,
    Segments,
    Campaigns,
    Automations,
    Settings,
    /// What belongs to whoever is signed in.
    Own,
}

impl Room {
    /// Those that are led to, in their order.
    const ALL: &[Self] = &[
        Self::Overview,
        Self::Insight,
        Self::Members,
        Self::Card,
        Self::Rules,
        Self::Rewards,
        Self::Segments,
        Self::Campaigns,
        Self::Automations,
        Self::Settings,
    ];

    const fn address(self) -> &'static str {
        match self {
            Self::Overview => "/console",
            Self::Insight => "/console/insight",
            Self::Members => "/console/members",
            Self::Card => "/console/card",
            Self::Rules => "/console/rules",
            Self::Rewards => "/console/rewards",
            Self::Segments => "/console/segments",
            Self::Campaigns => "/console/campaigns",
            Self::Automations => "/console/automations",
            Self::Settings => "/console/settings",
            Self::Own => "/console/me",
        }
    }

    /// The text that names it.
    const fn text(self) -> &'static str {
        match self {
            Self::Overview => "console-overview",
            Self::Insight => "insight-title",
            Self::Members => "members-title",
            Self::Card => "designer-room",
            Self::Rules => "console-rules",
            Self::Rewards => "console-rewards",
            Self::Segments => "segments",
            Self::Campaigns => "campaigns",
            Self::Automations => "automations",
            Self::Settings => "console-settings",
            Self::Own => "own-title",
        }
    }
}

/// What every page of the console has around its work.
#[derive(Debug, Clone)]
pub(in crate::http::pages) struct Rail {
    /// The program's name.
    pub(in crate::http::pages) program: String,
    /// The others that can be looked at; none for whoever works for one.
    pub(in crate::http::pages) programs: Vec<ProgramChoice>,
    pub(in crate::http::pages) rooms: Vec<RoomLink>,
    /// The way to what belongs to whoever is signed in.
    pub(in crate::http::pages) own: RoomLink,
    /// Who is signed in, and what they are.
    pub(in crate::http::pages) staff: String,
    pub(in crate::http::pages) role: String,
    /// What its forms carry.
    pub(in crate::http::pages) token: String,
}

/// A program that can be looked at.
#[derive(Debug, Clone)]
pub(in crate::http::pages) struct ProgramChoice {
    pub(in crate::http::pages) id: ProgramId,
    pub(in crate::http::pages) name: String,
    pub(in crate::http::pages) is_current: bool,
}

/// The way to a part of the console.
#[derive(Debug, Clone)]
pub(in crate::http::pages) struct RoomLink {
    pub(in crate::http::pages) name: String,
    pub(in crate::http::pages) address: String,
    pub(in crate::http::pages) is_current: bool,
}

impl Desk {
    /// What a page of a part of the console has around it.
    pub(in crate::http::pages) async fn rail(&self, room: Room) -> Result<Rail, ActionError> {
        let role = self.signed_in.staff.role;
        let language = self.locale.language();
        let link = |one: Room| RoomLink {
            name: self.locale.word(one.text()),
            address: self.link(one.address()),
            is_current: one == room,
        };
        let choice = |one: Program| ProgramChoice {
            name: one.name.get(&language).to_owned(),
            is_current: one.id == self.program.id,
            id: one.id,
        };
        Ok(Rail {
            program: self.program.name.get(&language).to_owned(),
            programs: self.list_programs().await?.into_iter().map(choice).collect(),
            rooms: Room::ALL.iter().copied().map(link).collect(),
            own: link(Room::Own),
            staff: self.signed_in.staff.name.clone(),
            role: self.locale.word(role_text(role)),
            token: self.token(),
        })
    }

    /// What can be chosen from; nothing for whoever works for one program, or where there is but one.
    async fn list_programs(&self) -> Result<Vec<Program>, ActionError> {
        if self.signed_in.staff.program_id.is_some() {
            return Ok(Vec::new());
        }
        let read = self
            .state
            .house
            .store
            .read(|db| programs::list(db, None, None, PROGRAMS_MAX));
        let all = read.await?;
        Ok(if all.len() > 1 { all } else { Vec::new() })
    }

    /// A page of the console.
    pub(in crate::http::pages) fn console_frame(&self, title: String) -> Frame {
        Frame {
            more_style: Some(console_style_address()),
            ..Frame::plain(self.locale, title)
        }
    }
}

/// The text that says what somebody is here.
pub(in crate::http::pages) const fn role_text(role: Role) -> &'static str {
    match role {
        Role::Owner => "role-owner",
        Role::Manager => "role-manager",
        Role::Marketer => "role-marketer",
        Role::Cashier => "role-cashier",
        Role::Integration => "role-integration",
        Role::Auditor => "role-auditor",
    }
}
