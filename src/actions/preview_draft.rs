//! A look that nobody has published, as both wallets would be given it: the very bytes, on a sample's card.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde_json::Value;

use super::card_facts::read_facts;
use super::draw_card::{HIDDEN_TOKEN, class_id, draw};
use super::preview_design::sample;
use super::publish_design::check_design;
use super::{ActionError, Code, Fault, House};
use crate::apple::pass::{PassIdentity, pass_json, pass_strings};
use crate::google::look::{class_json, object_json};
use crate::google::{ClassIdentity, IssuerId, ObjectIdentity, ResourceId};
use crate::loyalty::design::Design;
use crate::loyalty::face::{CardFace, CardFacts};
use crate::loyalty::stamps::StampPicture;
use crate::picture::{BANNER, STRIP, StampArt};
use crate::store::programs::Program;
use crate::types::{DesignId, Language, Points, Secret};

/// Names that stand in where a wallet is not set up yet, so that its card can be looked at all the same.
const NO_PASS_TYPE: &str = "pass.not.set.up";
const NO_TEAM: &str = "0000000000";
const NO_ISSUER: &str = "1000000000";
const NO_PASS: &str = "preview";

/// A look as both wallets would be given it.
#[derive(Debug, Clone)]
pub struct DraftPreview {
    /// The bytes of Apple's `pass.json`.
    pub pass: Vec<u8>,
    /// The translations that go into the package with it, by file name.
    pub strings: BTreeMap<String, Vec<u8>>,
    /// Google's `LoyaltyClass`.
    pub class: Value,
    /// Google's `LoyaltyObject`.
    pub object: Value,
    /// The sample's values.
    pub facts: CardFacts,
    /// The stamps of the sample, if the look draws any.
    pub stamps: Option<DrawnStamps>,
    /// What keeps it from being published.
    pub faults: Vec<Fault>,
    /// What a phone would drop or show badly.
    pub warnings: Vec<Fault>,
}

/// Stamps as PNG.
#[derive(Debug, Clone)]
pub struct DrawnStamps {
    /// In the place of Apple's strip.
    pub strip: Bytes,
    /// In the place of Google's banner.
    pub banner: Bytes,
}

/// Draws a look on a sample's card in a language. `fill` writes something into what a sample has none of.
pub async fn preview_draft(
    house: &House,
    program: &Program,
    design: &Design,
    language: Language,
    fill: impl FnOnce(&mut CardFacts),
) -> Result<DraftPreview, ActionError> {
    let mut facts = read_sample(house, program, design, language).await?;
    fill(&mut facts);
    let (faults, warnings) = judge(house, program, design).await?;
    let id = DesignId::new(house.now());
    let drawing = draw(house, program, (&id, design), &facts, &[])?;
    let face = CardFace::draw(design, &facts);
    let issuer = match house.wallets.google_issuer() {
        Some(issuer) => issuer.clone(),
        None => NO_ISSUER.parse::<IssuerId>().map_err(ActionError::internal)?,
    };
    let class_id = class_id(&issuer, program)?;
    let object = if let Some(object) = drawing.google {
        object
    } else {
        let object_id = ResourceId::new(&issuer, NO_PASS).map_err(ActionError::internal)?;
        let identity = ObjectIdentity {
            object_id: &object_id,
            class_id: &class_id,
        };
        object_json(&face, &identity, house.now())
    };
    Ok(DraftPreview {
        pass: drawing.apple.unwrap_or_else(|| stand_in_pass(house, &face)),
        strings: pass_strings(design),
        class: draw_class(house, program, design, &class_id),
        object,
        stamps: draw_stamps(design, facts.stamp_picture()).await?,
        facts,
        faults,
        warnings,
    })
}

async fn read_sample(
    house: &House,
    program: &Program,
    design: &Design,
    language: Language,
) -> Result<CardFacts, ActionError> {
    let (here, of, has_stamps) = (house.clone(), program.clone(), design.stamps.is_some());
    let now = house.now();
    let read = house.store.read(move |db| {
        let (member, mut card) = sample(&of, language, now)?;
        let facts = read_facts(db, &here, &of, &member, &card)?;
        let Some(count) = facts.progress.stamps.filter(|_| has_stamps) else {
            return Ok(facts);
        };
        // Half of the stamps show more of the look than all of them.
        card.balance = Points::new(count.goal() / 2).map_err(ActionError::internal)?;
        read_facts(db, &here, &of, &member, &card)
    });
    read.await
}

/// What keeps a look from being published, and what a phone would show badly.
async fn judge(
    house: &House,
    program: &Program,
    design: &Design,
) -> Result<(Vec<Fault>, Vec<Fault>), ActionError> {
    match check_design(house, program.name.clone(), design.clone(), BTreeMap::new()).await {
        Ok(checked) => Ok((Vec::new(), checked.warnings)),
        Err(error) if error.code == Code::Invalid => Ok((error.faults, Vec::new())),
        Err(error) => Err(error),
    }
}

fn stand_in_pass(house: &House, face: &CardFace<'_>) -> Vec<u8> {
    let identity = PassIdentity {
        pass_type: NO_PASS_TYPE,
        team: NO_TEAM,
        serial: NO_PASS,
        authentication_token: &Secret::new(HIDDEN_TOKEN),
        web_service_url: &format!("{}/apple", house.public_url),
    };
    pass_json(face, &identity)
}

fn draw_class(house: &House, program: &Program, design: &Design, class_id: &ResourceId) -> Value {
    let identity = ClassIdentity {
        class_id,
        callback_url: None,
    };
    let image_url = |name: &str| {
        let sha256 = design.images.get(name)?;
        Some(format!("{}/images/{sha256}.png", house.public_url))
    };
    class_json(design, &program.name, &identity, &image_url)
}

/// Draws the stamps, never on the thread that asks. Art that cannot be read is a fault of the look, told elsewhere.
async fn draw_stamps(
    design: &Design,
    picture: Option<StampPicture>,
) -> Result<Option<DrawnStamps>, ActionError> {
    let (Some(stamps), Some(picture)) = (design.stamps.clone(), picture) else {
        return Ok(None);
    };
    let colors = design.colors.clone();
    let drawing = tokio::task::spawn_blocking(move || {
        let Ok(art) = StampArt::new(&stamps, &colors) else {
            return Ok(None);
        };
        let strip = art.draw(picture, (STRIP.0 * 2, STRIP.1 * 2));
        let banner = art.draw(picture, (BANNER.0 / 2, BANNER.1 / 2));
        Ok::<_, ActionError>(Some(DrawnStamps {
            strip: strip.map_err(ActionError::internal)?.into(),
            banner: banner.map_err(ActionError::internal)?.into(),
        }))
    });
    drawing.await.map_err(ActionError::internal)?
}
