//! Stamps as pictures: each state drawn once, as the strip of Apple's passes and as Google's banner.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use serde_json::Value;
use tokio::sync::Semaphore;

use super::draw_card::ready_design;
use super::shelf::ReadyDesign;
use super::{ActionError, Code, House};
use crate::apple::package::PassTemplate;
use crate::google::look::put_banner;
use crate::loyalty::design::Design;
use crate::loyalty::face::CardFacts;
use crate::loyalty::stamps::StampPicture;
use crate::picture::{BANNER, STRIP, StampArt};
use crate::store::designs;
use crate::types::{DesignId, sha256_hex};

/// The strip by its file names, each with how many times as many pixels it has as points.
const STRIPS: [(&str, u32); 3] = [("strip.png", 1), ("strip@2x.png", 2), ("strip@3x.png", 3)];

/// How a design draws its stamps.
pub(super) struct StampLook {
    art: StampArt,
    /// The design's part of every pass, without a strip.
    bare: PassTemplate,
}

/// One state of stamps as a part of every pass that shows it.
pub struct StampedTemplate {
    /// The design's part of every pass, with the strip of this state.
    pub(super) template: PassTemplate,
    /// The strip at three pixels a point, and its SHA-256.
    pub(super) strip: (String, Bytes),
}

impl StampLook {
    /// Makes a design's stamps ready; `None` if it has none. `files` are those of its passes.
    pub(super) fn new(design: &Design, files: &BTreeMap<String, Bytes>) -> Result<Option<Self>, ActionError> {
        let Some(stamps) = &design.stamps else {
            return Ok(None);
        };
        let art = StampArt::new(stamps, &design.colors).map_err(|faults| {
            let first = faults.into_iter().next().map(|one| one.fault.detail);
            ActionError::internal(first.unwrap_or_default())
        })?;
        // A language's own strip too: a phone would take it before ours.
        let is_strip = |name: &str| {
            let file = name.rsplit('/').next().unwrap_or(name);
            STRIPS.iter().any(|(strip, _)| *strip == file)
        };
        let others = files.iter().filter(|(name, _)| !is_strip(name));
        let others = others
            .map(|(name, bytes)| (name.clone(), bytes.clone()))
            .collect();
        let bare = PassTemplate::new(&others).map_err(ActionError::internal)?;
        Ok(Some(Self { art, bare }))
    }

    fn draw_strips(&self, picture: StampPicture) -> Result<StampedTemplate, ActionError> {
        let mut files = BTreeMap::new();
        for (name, scale) in STRIPS {
            let size = (STRIP.0 * scale, STRIP.1 * scale);
            let png = self.art.draw(picture, size).map_err(ActionError::internal)?;
            files.insert(name.to_owned(), Bytes::from(png));
        }
        let strip = files.get("strip@3x.png").cloned().unwrap_or_default();
        Ok(StampedTemplate {
            template: self.bare.with_files(&files).map_err(ActionError::internal)?,
            strip: (sha256_hex(&strip), strip),
        })
    }
}

/// The part of a pass that shows a card's stamps; `None` if its design has none or there is nothing to collect.
pub(super) async fn stamped_template(
    house: &House,
    ready: &Arc<ReadyDesign>,
    id: &DesignId,
    facts: &CardFacts,
) -> Result<Option<Arc<StampedTemplate>>, ActionError> {
    let (Some(_), Some(picture)) = (&ready.stamps, facts.stamp_picture()) else {
        return Ok(None);
    };
    let place = house.shelf.stamped(&(id.clone(), picture));
    let ready = Arc::clone(ready);
    let draw = || {
        paint(house, &house.shelf.signers, ready, move |look| {
            look.draw_strips(picture)
        })
    };
    let drawn = place
        .get_or_try_init(|| async { draw().await.map(Arc::new) })
        .await?;
    Ok(Some(Arc::clone(drawn)))
}

/// Stamps as Google's banner, a PNG; `not_found` if the design draws none.
pub async fn draw_banner(house: &House, id: DesignId, picture: StampPicture) -> Result<Bytes, ActionError> {
    let missing = || ActionError::new(Code::NotFound);
    if house.shelf.find_design(&id).is_none() {
        // Anybody may ask, so a design that is not there takes no place among those that are kept ready.
        let wanted = id.clone();
        let row = house
            .store
            .read(move |db| Ok::<_, ActionError>(designs::get(db, &wanted)?))
            .await?;
        let design: Design = serde_json::from_str(&row.body).map_err(ActionError::internal)?;
        design.stamps.ok_or_else(missing)?;
    }
    let ready = ready_design(house, &id).await?;
    if ready.stamps.is_none() {
        return Err(missing());
    }
    let place = house.shelf.banner(&(id, picture));
    // One at a time: whoever asks for every picture there can be holds up nobody's pass.
    let draw = || {
        paint(house, &house.shelf.painter, ready, move |look| {
            let png = look.art.draw(picture, BANNER).map_err(ActionError::internal)?;
            Ok(Bytes::from(png))
        })
    };
    Ok(place.get_or_try_init(draw).await?.clone())
}

/// Draws, never on the thread that asks.
async fn paint<T: Send + 'static>(
    house: &House,
    turns: &Semaphore,
    ready: Arc<ReadyDesign>,
    draw: impl FnOnce(&StampLook) -> Result<T, ActionError> + Send + 'static,
) -> Result<T, ActionError> {
    let _turn = turns.acquire().await.map_err(ActionError::internal)?;
    house.shelf.count_drawn();
    let drawn = tokio::task::spawn_blocking(move || match &ready.stamps {
        Some(look) => draw(look),
        None => Err(ActionError::new(Code::NotFound)),
    });
    drawn.await.map_err(ActionError::internal)?
}

/// Where a card's stamps are drawn, on our host; `None` if its design has none or there is nothing to collect.
pub fn banner_path(design: &Design, id: &DesignId, facts: &CardFacts) -> Option<String> {
    design.stamps.as_ref()?;
    let picture = facts.stamp_picture()?;
    Some(format!("/stamps/{id}/{picture}.png"))
}

/// Gives a card's object at Google its stamps.
pub(super) fn put_stamps(
    house: &House,
    object: &mut Value,
    design: &Design,
    id: &DesignId,
    facts: &CardFacts,
) {
    if let (Some(path), Some(count)) = (banner_path(design, id, facts), facts.progress.stamps) {
        put_banner(object, &format!("{}{path}", house.public_url), &count.text());
    }
}
