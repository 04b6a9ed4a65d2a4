//! What those are called who did something.

use crate::store::{Db, StoreError, keys, staff};

/// The name of whoever the books call so: of somebody of the shop, or of a key. `None` of all others, and of who is there
/// no more.
pub fn find_actor_name(db: &mut Db, actor: &str) -> Result<Option<String>, StoreError> {
    let found = match actor.split_once(':') {
        Some(("staff", id)) => id.parse().ok().map(|id| staff::get(db, &id).map(|row| row.name)),
        Some(("key", id)) => id.parse().ok().map(|id| keys::get(db, &id).map(|row| row.name)),
        _ => None,
    };
    match found {
        Some(Err(StoreError::NotFound)) | None => Ok(None),
        Some(name) => name.map(Some),
    }
}
