//! A phone or a browser gets a card's Apple pass, signed; or hears that it has the newest.

use std::sync::Arc;
use std::time::Instant;

use super::draw_card::{DrawnCard, read_card, ready_design};
use super::draw_stamps::stamped_template;
use super::house::Fetched;
use super::register_device::{PassClaim, admit, admit_to_sight};
use super::shelf::BuiltPass;
use super::{ActionError, Code, House};
use crate::apple::package::{PackageError, SignedPass};
use crate::apple::pass::{PassIdentity, pass_json};
use crate::loyalty::face::CardFace;
use crate::loyalty::notice::{Shown, choose_notice};
use crate::store::cards::Card;
use crate::store::passes::{Pass, PassAt};
use crate::store::{Db, cards, passes};
use crate::types::{CardId, Secret, Time, Wallet};

/// What a phone that asks for a pass is given.
pub enum IssuedPass {
    /// It has the newest.
    NotModified {
        /// When the pass last changed.
        last_modified: Time,
    },
    /// The pass.
    Signed {
        /// The file.
        body: SignedPass,
        /// When the pass last changed.
        last_modified: Time,
        /// What is recorded once the phone has it; nothing where a browser asks beside a phone that has the pass.
        fetched: Option<Fetched>,
    },
}

/// What a phone's pass looks like beside ours.
enum Look {
    Same { last_modified: Time },
    Other(Box<(Pass, Card)>),
}

/// The pass that a phone asks for with the pass's own token.
pub async fn issue_pass(
    house: &House,
    claim: PassClaim,
    if_modified_since: Option<Time>,
) -> Result<IssuedPass, ActionError> {
    let here = house.clone();
    let look = move |db: &mut Db| {
        // HTTP dates have whole seconds; versions are at least a second apart, so equal means the same. A later
        // date does not: the database may have been restored to an earlier day, and the phone holds what is gone.
        if let Some(since) = if_modified_since {
            let last_modified = admit_to_sight(db, &here, &claim)?;
            if since.secs() == last_modified.secs() {
                return Ok(Look::Same { last_modified });
            }
        }
        let (pass, card) = admit(db, &here, &claim)?;
        Ok::<_, ActionError>(Look::Other(Box::new((pass, card))))
    };
    let (pass, card) = match house.store.read(look).await? {
        Look::Same { last_modified } => return Ok(IssuedPass::NotModified { last_modified }),
        Look::Other(found) => *found,
    };
    let fetched = pass_at(&pass, &card);
    sign_pass(house, pass, card, Some(fetched)).await
}

/// The pass of a card for the browser that opened its link. Before any phone is known to hold the pass, it is
/// the one that is about to add it; afterwards its download says nothing of what the phone has.
pub async fn issue_pass_of_card(house: &House, card: CardId) -> Result<IssuedPass, ActionError> {
    let (pass, card) = house
        .store
        .read(move |db| {
            let card = cards::get(db, &card)?;
            let pass = passes::list_by_card(db, &card.id)?
                .into_iter()
                .find(|pass| pass.wallet == Wallet::Apple);
            Ok::<_, ActionError>((pass.ok_or_else(|| ActionError::new(Code::NoApple))?, card))
        })
        .await?;
    let fetched = (pass.state != passes::INSTALLED).then(|| pass_at(&pass, &card));
    sign_pass(house, pass, card, fetched).await
}

fn pass_at(pass: &Pass, card: &Card) -> PassAt {
    PassAt {
        id: pass.id.clone(),
        card_id: card.id.clone(),
        version: card.version,
    }
}

async fn sign_pass(
    house: &House,
    pass: Pass,
    card: Card,
    fetched: Option<PassAt>,
) -> Result<IssuedPass, ActionError> {
    let last_modified = card.last_modified;
    let place = house.shelf.pass(&(pass.id.clone(), card.version, pass.epoch));
    let built = place.get_or_try_init(|| make(house, pass, card)).await?.clone();
    let BuiltPass { signed, shown } = built;
    Ok(IssuedPass::Signed {
        body: signed,
        last_modified,
        fetched: fetched.map(|at| Fetched { at, shown }),
    })
}

/// Draws and signs; never on the thread that asks, never twice for one version.
async fn make(house: &House, pass: Pass, card: Card) -> Result<BuiltPass, ActionError> {
    let version = card.version;
    let before = shown_before(house, &pass);
    let here = house.clone();
    let drawn = house.store.read(move |db| read_card(db, &here, card)).await?;
    let ready = ready_design(house, &drawn.design_id).await?;
    let issuer = house
        .wallets
        .find_apple(&pass.pass_type)
        .cloned()
        .ok_or_else(|| ActionError::new(Code::NoApple))?;
    let token = Secret::new(house.pass_token(&pass.pass_type, &pass.serial, pass.epoch));
    let address = format!("{}/apple", house.public_url);
    let now = house.now();
    // Before the turn to sign is taken: drawing takes a turn of its own.
    let stamped = stamped_template(house, &ready, &drawn.design_id, &drawn.facts).await?;
    let _turn = house
        .shelf
        .signers
        .acquire()
        .await
        .map_err(ActionError::internal)?;
    let meter = house.clone();
    let signing = tokio::task::spawn_blocking(move || {
        let began = Instant::now();
        let DrawnCard { facts, .. } = drawn;
        let mut face = CardFace::draw(&ready.design, &facts);
        let shown = choose_notice(&mut face, version, before.as_deref());
        let identity = PassIdentity {
            pass_type: &pass.pass_type,
            team: &issuer.team,
            serial: &pass.serial,
            authentication_token: &token,
            web_service_url: &address,
        };
        let template = stamped.as_ref().map_or(&ready.template, |state| &state.template);
        let signed = template.build(&pass_json(&face, &identity), &issuer.signer, now)?;
        meter.shelf.builds.note(began.elapsed());
        Ok::<_, PackageError>(BuiltPass {
            signed,
            shown: shown.map(Arc::new),
        })
    });
    signing
        .await
        .map_err(ActionError::internal)?
        .map_err(ActionError::internal)
}

/// What is remembered of the pass that phones have: of the newest that one fetched, recorded or not. `None` if that
/// is not known.
fn shown_before(house: &House, pass: &Pass) -> Option<Arc<Shown>> {
    let noted = house
        .fetches
        .find(&pass.id)
        .filter(|noted| noted.at.version >= pass.fetched_version);
    let (version, shown) = if let Some(Fetched { at, shown }) = noted {
        (at.version, shown)
    } else {
        // What cannot be read counts as not known: then the pass keeps all its messages.
        let read = |text: &str| serde_json::from_str(text).ok().map(Arc::new);
        (pass.fetched_version, pass.shown.as_deref().and_then(read))
    };
    shown.filter(|shown: &Arc<Shown>| shown.version == version)
}
