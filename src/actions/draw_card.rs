//! What a card says of itself, read from the database, and the design that it is drawn with.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use serde_json::Value;

use super::card_facts::read_facts;
use super::draw_stamps::{StampLook, banner_path, put_stamps};
use super::shelf::{Asked, ReadyDesign};
use super::{ActionError, Code, House};
use crate::apple::package::PassTemplate;
use crate::apple::pass::{PassIdentity, package_files, pass_json};
use crate::google::look::object_json;
use crate::google::{IssuerId, ObjectIdentity, ResourceId};
use crate::loyalty::design::Design;
use crate::loyalty::face::{CardFace, CardFacts};
use crate::store::cards::Card;
use crate::store::members::Member;
use crate::store::passes::Pass;
use crate::store::programs::Program;
use crate::store::{Db, designs, members, programs};
use crate::types::{DesignId, Secret, Wallet};

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
pub fn read_card(db: &mut Db, house: &House, card: Card) -> Result<DrawnCard, ActionError> {
    let program = programs::get(db, &card.program_id)?;
    let member = members::get(db, &card.member_id)?;
    let design_id = program
        .design_id
        .clone()
        .ok_or_else(|| ActionError::new(Code::NoDesign))?;
    let facts = read_facts(db, house, &program, &member, &card)?;
    Ok(DrawnCard {
        card,
        program,
        member,
        facts,
        design_id,
    })
}

/// A card as each wallet is given it; `None` for a wallet that is not set up.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawing {
    /// The bytes of `pass.json`, with [`HIDDEN_TOKEN`] where the phone's own token stands.
    pub apple: Option<Vec<u8>>,
    /// The loyalty object.
    pub google: Option<Value>,
    /// Where its stamps are drawn, on our host.
    pub stamps: Option<String>,
}

/// What stands in a drawing instead of the token that lets a phone fetch its pass.
pub const HIDDEN_TOKEN: &str = "known-to-the-phone-alone";
/// The serial number of a card that has no pass.
const NO_PASS: &str = "preview";

/// Draws a card for both wallets. A pass that is not there yet is drawn as if it were, under a name of its own.
pub fn draw(
    house: &House,
    program: &Program,
    (id, design): (&DesignId, &Design),
    facts: &CardFacts,
    passes: &[Pass],
) -> Result<Drawing, ActionError> {
    let face = CardFace::draw(design, facts);
    Ok(Drawing {
        apple: draw_for_apple(house, program, &face, passes),
        google: draw_for_google(house, program, id, &face, passes)?,
        stamps: banner_path(design, id, facts),
    })
}

fn draw_for_apple(house: &House, program: &Program, face: &CardFace<'_>, passes: &[Pass]) -> Option<Vec<u8>> {
    let own = passes.iter().find(|pass| pass.wallet == Wallet::Apple);
    let pass_type = own
        .map(|pass| pass.pass_type.as_str())
        .or(program.apple_pass_type.as_deref())
        .or(house.wallets.default_pass_type())?;
    let issuer = house.wallets.find_apple(pass_type)?;
    let identity = PassIdentity {
        pass_type,
        team: &issuer.team,
        serial: own.map_or(NO_PASS, |pass| &pass.serial),
        authentication_token: &Secret::new(HIDDEN_TOKEN),
        web_service_url: &format!("{}/apple", house.public_url),
    };
    Some(pass_json(face, &identity))
}

fn draw_for_google(
    house: &House,
    program: &Program,
    design: &DesignId,
    face: &CardFace<'_>,
    passes: &[Pass],
) -> Result<Option<Value>, ActionError> {
    let Some(issuer) = house.wallets.google_issuer() else {
        return Ok(None);
    };
    let own = passes.iter().find(|pass| pass.wallet == Wallet::Google);
    let object_id = match own {
        Some(pass) => pass.serial.parse(),
        None => ResourceId::new(issuer, NO_PASS),
    };
    let identity = ObjectIdentity {
        object_id: &object_id.map_err(ActionError::internal)?,
        class_id: &class_id(issuer, program)?,
    };
    Ok(Some(google_object(house, design, face, &identity)))
}

/// A card as Google is given it; `design` is what its face is drawn with.
pub fn google_object(
    house: &House,
    design: &DesignId,
    face: &CardFace<'_>,
    identity: &ObjectIdentity<'_>,
) -> Value {
    let mut object = object_json(face, identity, house.now());
    put_stamps(house, &mut object, face.design, design, face.facts);
    object
}

/// The class of a program's objects at Google.
pub(super) fn class_id(issuer: &IssuerId, program: &Program) -> Result<ResourceId, ActionError> {
    ResourceId::new(issuer, program.id.as_str()).map_err(ActionError::internal)
}

/// A design with its package template, made ready once.
pub async fn ready_design(house: &House, id: &DesignId) -> Result<Arc<ReadyDesign>, ActionError> {
    let place = house.shelf.design(id);
    let ready = place.get_or_try_init(|| make_ready(house, id.clone())).await?;
    Ok(Arc::clone(ready))
}

async fn make_ready(house: &House, id: DesignId) -> Result<Arc<ReadyDesign>, ActionError> {
    let (design, images, asked) = house
        .store
        .read(move |db| {
            let row = designs::get(db, &id)?;
            let design: Design = serde_json::from_str(&row.body).map_err(ActionError::internal)?;
            let images = read_images(db, &design)?;
            Ok::<_, ActionError>((design, images, Asked::by(&row.body)))
        })
        .await?;
    let made = tokio::task::spawn_blocking(move || {
        let files =
            package_files(&design, |name| images.get(name).cloned()).map_err(ActionError::internal)?;
        let template = PassTemplate::new(&files).map_err(ActionError::internal)?;
        Ok::<_, ActionError>(Arc::new(ReadyDesign {
            stamps: StampLook::new(&design, &files)?,
            design,
            template,
            asked,
        }))
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
