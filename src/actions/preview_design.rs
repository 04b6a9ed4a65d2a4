//! A program's published look, drawn for one card: what each wallet is given, before anybody holds it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::card_facts::read_facts;
use super::draw_card::{Drawing, class_id, draw};
use super::publish_design::check_design;
use super::{ActionError, Code, Fault, House};
use crate::google::ClassIdentity;
use crate::google::look::class_json;
use crate::loyalty::design::Design;
use crate::store::cards::{self, Card};
use crate::store::members::Member;
use crate::store::passes::{self, Pass};
use crate::store::programs::Program;
use crate::store::{Db, designs};
use crate::types::{Attributes, CardId, DesignId, Language, MemberId, Points, Time};

/// The code, the name and the points of a card that nobody has.
const SAMPLE_CODE: &str = "7KD29QXM4T0WZ3HB";
const SAMPLE_NAME: &str = "Lina";
const SAMPLE_POINTS: i64 = 240;

/// Whose card is drawn.
#[derive(Debug, Clone)]
pub enum Sitter {
    /// Nobody's, with values of its own, in a language.
    Sample(Language),
    /// A member's newest good card, in their language or another one.
    Member(Box<Member>, Option<Language>),
}

/// A card as both wallets are given it.
#[derive(Debug, Clone)]
pub struct Preview {
    /// The design that it is drawn with.
    pub design_id: DesignId,
    /// That design's number.
    pub number: i64,
    /// The card's holder; `None` for the sample.
    pub member: Option<MemberId>,
    /// The card.
    pub drawing: Drawing,
    /// Google's class, if Google is set up.
    pub google_class: Option<Value>,
    /// What a phone would drop or show badly.
    pub warnings: Vec<Fault>,
}

/// What is drawn, read in one go.
struct Scene {
    design_id: DesignId,
    number: i64,
    design: Design,
    member: Member,
    card: Card,
    passes: Vec<Pass>,
}

/// Draws the published look of a program; `no_design` if nothing is published.
pub async fn preview_design(house: &House, program: Program, sitter: Sitter) -> Result<Preview, ActionError> {
    let now = house.now();
    let of = program.clone();
    let is_sample = matches!(sitter, Sitter::Sample(_));
    let here = house.clone();
    let (scene, facts) = house
        .store
        .read(move |db| {
            let mut scene = read(db, &of, sitter, now)?;
            let mut facts = read_facts(db, &here, &of, &scene.member, &scene.card)?;
            if let (true, Some(_), Some(count)) = (is_sample, &scene.design.stamps, facts.progress.stamps) {
                // Half of the stamps show more of the look than all of them.
                scene.card.balance = Points::new(count.goal() / 2).map_err(ActionError::internal)?;
                facts = read_facts(db, &here, &of, &scene.member, &scene.card)?;
            }
            Ok::<_, ActionError>((scene, facts))
        })
        .await?;
    let look = (&scene.design_id, &scene.design);
    let drawing = draw(house, &program, look, &facts, &scene.passes)?;
    Ok(Preview {
        design_id: scene.design_id,
        number: scene.number,
        member: (!is_sample).then_some(scene.member.id),
        drawing,
        google_class: draw_class(house, &program, &scene.design)?,
        warnings: warnings(house, &program, scene.design).await?,
    })
}

fn read(db: &mut Db, program: &Program, sitter: Sitter, now: Time) -> Result<Scene, ActionError> {
    let design_id = program
        .design_id
        .clone()
        .ok_or_else(|| ActionError::new(Code::NoDesign))?;
    let row = designs::get(db, &design_id)?;
    let (member, card) = match sitter {
        Sitter::Sample(language) => sample(program, language, now)?,
        Sitter::Member(member, language) => {
            let language = language.unwrap_or_else(|| member.language.clone());
            let mut all = cards::list_by_member(db, &member.id)?;
            let place = all.iter().rposition(|card| card.voided_at.is_none());
            let place = place.or_else(|| all.len().checked_sub(1));
            let card = place.map(|place| all.swap_remove(place));
            let card = card.ok_or_else(|| ActionError::new(Code::NotFound))?;
            (Member { language, ..*member }, card)
        }
    };
    Ok(Scene {
        design_id,
        number: row.number,
        design: serde_json::from_str(&row.body).map_err(ActionError::internal)?,
        passes: passes::list_by_card(db, &card.id)?,
        member,
        card,
    })
}

/// Somebody who is in no database.
pub(super) fn sample(
    program: &Program,
    language: Language,
    now: Time,
) -> Result<(Member, Card), ActionError> {
    let member = Member {
        id: MemberId::new(now),
        program_id: program.id.clone(),
        external_id: None,
        first_name: SAMPLE_NAME.to_owned(),
        last_name: String::new(),
        language,
        version: 1,
        created_at: now,
        updated_at: now,
        attributes: Attributes::default(),
        erased_at: None,
        blocked_at: None,
        block_reason: None,
        note: String::new(),
        merged_into: None,
        attribute_details: crate::types::Provenances::default(),
        is_quiet: false,
    };
    let card = Card {
        id: CardId::new(now),
        program_id: program.id.clone(),
        member_id: member.id.clone(),
        code: SAMPLE_CODE.to_owned(),
        balance: Points::new(SAMPLE_POINTS).map_err(ActionError::internal)?,
        remainder: 0,
        version: 1,
        last_modified: now,
        link_epoch: 0,
        voided_at: None,
        created_at: now,
        per_minor: 0,
        orders: 0,
        pending: Points::ZERO,
        active_at: now,
        due_at: None,
        tier_id: None,
        tier_until: None,
        tier_progress: 0,
        blocked_at: None,
        merged_into: None,
    };
    Ok((member, card))
}

fn draw_class(house: &House, program: &Program, design: &Design) -> Result<Option<Value>, ActionError> {
    let Some(issuer) = house.wallets.google_issuer() else {
        return Ok(None);
    };
    let class_id = class_id(issuer, program)?;
    let callback = format!("{}/google/callback", house.public_url);
    let identity = ClassIdentity {
        class_id: &class_id,
        callback_url: Some(&callback),
    };
    let image_url = |name: &str| {
        let sha256 = design.images.get(name)?;
        Some(format!("{}/images/{sha256}.png", house.public_url))
    };
    Ok(Some(class_json(design, &program.name, &identity, &image_url)))
}

/// What both wallets' checks say of a design that is published; rules that came later may even refuse it.
async fn warnings(house: &House, program: &Program, design: Design) -> Result<Vec<Fault>, ActionError> {
    match check_design(house, program.name.clone(), design, BTreeMap::new()).await {
        Ok(checked) => Ok(checked.warnings),
        Err(error) if error.code == Code::Invalid => Ok(error.faults),
        Err(error) => Err(error),
    }
}
