//! What cannot be undone is done only by whoever types whom it is about.

use super::super::super::card::in_groups;
use super::super::super::desk::Desk;
use crate::actions::CardCode;
use crate::actions::look_up_member::MemberFile;
use crate::types::fold;

/// The question for what is to be typed, and what was wrong with it.
pub(in crate::http::pages::console) struct Question {
    /// The sentence around what is to be typed.
    pub(in crate::http::pages::console) before: String,
    pub(in crate::http::pages::console) word: String,
    pub(in crate::http::pages::console) after: String,
    pub(in crate::http::pages::console) fault: Option<String>,
}

impl Question {
    /// Asks for a member's name, or for the code of their card.
    pub(super) fn of(desk: &Desk, file: &MemberFile, is_wrong: bool) -> Self {
        let (before, after) = desk.locale.around("members-type", "word");
        let word = wanted(file);
        Self {
            fault: is_wrong.then(|| {
                let values = [("word", word.as_str().into())];
                desk.locale.say("members-type-wrong", &values)
            }),
            before,
            word,
            after,
        }
    }
}

fn wanted(file: &MemberFile) -> String {
    let name = file.sheet.member.name();
    match &file.card {
        _ if !name.is_empty() => name,
        Some(card) => in_groups(&card.code),
        None => file.sheet.member.id.to_string(),
    }
}

/// Whether somebody typed whom it is about: case and the spaces between words do not matter.
pub(super) fn is_meant(file: &MemberFile, typed: &str) -> bool {
    let evened = |text: &str| {
        let small = fold(text).to_lowercase();
        small.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let is_code = file.card.as_ref().is_some_and(|card| {
        let read = CardCode::parse(typed);
        read.is_some_and(|code| code.as_str() == card.code)
    });
    is_code || !typed.trim().is_empty() && evened(typed) == evened(&wanted(file))
}
