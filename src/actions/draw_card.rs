//! What a card says of itself, read from the database, and the design that it is drawn with.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;

use super::shelf::ReadyDesign;
use super::{ActionError, Code, House};
use crate::apple::package::PassTemplate;
use crate::apple::pass::package_files;
use crate::loyalty::design::Design;
use crate::loyalty::face::CardFacts;
use crate::store::cards::Card;
use crate::store::members::Member;
use crate::store::programs::Program;
use crate::store::{Db, designs, members, programs};
use crate::types::DesignId;

/// A card with everything that its face shows.
#[derive(Debug, Clone)]
pub struct DrawnCard {
    /// The card.
    pub card: Card,
    /// Its program.
    pub program: Program,
    /// Its holder.
    pub member: Member,
    /// What a placeholder can name.
    pub facts: CardFacts,
    /// The design that is published.
    pub design_id: DesignId,
}

/// Reads what a card's face shows; `no_design` if nothing is published.
pub fn read_card(db: &mut Db, card: Card) -> Result<DrawnCard, ActionError> {
    let program = programs::get(db, &card.program_id)?;
    let member = members::get(db, &card.member_id)?;
    let design_id = program
        .design_id
        .clone()
        .ok_or_else(|| ActionError::new(Code::NoDesign))?;
    let facts = CardFacts {
        code: card.code.clone(),
        balance: card.balance,
        first_name: member.first_name.clone(),
        last_name: member.last_name.clone(),
        language: member.language.clone(),
        program_name: program.name.clone(),
        point_name: program.point_name.clone(),
        tier: String::new(),
        message: String::new(),
        expires_at: None,
        is_voided: card.voided_at.is_some(),
    };
    Ok(DrawnCard {
        card,
        program,
        member,
        facts,
        design_id,
    })
}

/// A design with its package template, made ready once.
pub async fn ready_design(house: &House, id: &DesignId) -> Result<Arc<ReadyDesign>, ActionError> {
    let place = house.shelf.design(id);
    let ready = place.get_or_try_init(|| make_ready(house, id.clone())).await?;
    Ok(Arc::clone(ready))
}

async fn make_ready(house: &House, id: DesignId) -> Result<Arc<ReadyDesign>, ActionError> {
    let (design, images) = house
        .store
        .read(move |db| {
            let row = designs::get(db, &id)?;
            let design: Design = serde_json::from_str(&row.body).map_err(ActionError::internal)?;
            let images = read_images(db, &design)?;
            Ok::<_, ActionError>((design, images))
        })
        .await?;
    let made = tokio::task::spawn_blocking(move || {
        let files =
            package_files(&design, |name| images.get(name).cloned()).map_err(ActionError::internal)?;
        let template = PassTemplate::new(&files).map_err(ActionError::internal)?;
        Ok::<_, ActionError>(Arc::new(ReadyDesign { design, template }))
    });
    made.await.map_err(ActionError::internal)?
}

/// A design's images by file name.
pub(super) fn read_images(db: &mut Db, design: &Design) -> Result<BTreeMap<String, Bytes>, ActionError> {
    let mut images = BTreeMap::new();
    for (name, sha256) in &design.images {
        if let Some(bytes) = designs::find_image(db, sha256)? {
            images.insert(name.clone(), Bytes::from(bytes));
        }
    }
    Ok(images)
}
