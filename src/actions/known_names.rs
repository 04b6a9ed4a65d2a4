//! Tiers and lists that a segment names, by their ids: the books know no names.

use super::term_kind::list_tiers;
use super::{ActionError, Fault};
use crate::actions::keep_list::LISTS_MAX;
use crate::loyalty::segment::Criterion;
use crate::store::{Db, static_lists};
use crate::types::ProgramId;

/// What is wrong with a tier or list that a criterion names and the program does not have, if there is one; those that
/// it has are named by their ids after it.
pub(super) fn find_unknown_name(
    db: &mut Db,
    program: &ProgramId,
    criterion: &mut Criterion,
) -> Result<Option<Fault>, ActionError> {
    let mut tiers = Vec::new();
    criterion.each_tier(&mut |name| tiers.push(name.clone()));
    let mut lists = Vec::new();
    criterion.each_list(&mut |name| lists.push(name.clone()));
    if !tiers.is_empty() {
        let known: Vec<(String, String)> = list_tiers(db, program)?
            .into_iter()
            .map(|(id, tier)| (id, tier.name))
            .collect();
        criterion.each_tier(&mut |name| name_by_id(&known, name));
        if let Some(unknown) = tiers.into_iter().find(|name| !is_known(&known, name)) {
            let detail = format!("The program has no tier `{unknown}`.");
            return Ok(Some(Fault::new("/members", "unknown_tier", detail)));
        }
    }
    if !lists.is_empty() {
        let known: Vec<(String, String)> = static_lists::list(db, program, LISTS_MAX)?
            .into_iter()
            .map(|list| (list.id.into(), list.name))
            .collect();
        criterion.each_list(&mut |name| name_by_id(&known, name));
        if let Some(unknown) = lists.into_iter().find(|name| !is_known(&known, name)) {
            let detail = format!("The program has no list `{unknown}`.");
            return Ok(Some(Fault::new("/members", "unknown_list", detail)));
        }
    }
    Ok(None)
}

fn is_known(known: &[(String, String)], wanted: &str) -> bool {
    known.iter().any(|(id, name)| id == wanted || name == wanted)
}

fn name_by_id(known: &[(String, String)], wanted: &mut String) {
    if let Some((id, _)) = known.iter().find(|(id, name)| id == wanted || name == wanted) {
        id.clone_into(wanted);
    }
}
