//! Members who can hear of something: their card is in a wallet, and they agreed.

use billfold::actions::ActionError;
use billfold::actions::draw_card::read_card;
use billfold::actions::publish_design::{first_design, publish_design};
use billfold::actions::state_consent::{Statement, state_consent};
use billfold::store::cards;
use billfold::store::passes::{self, INSTALLED, Pass};
use billfold::types::{PassId, ProgramId, Wallet};
use serde_json::{Map, Value, json};

use crate::shop::{Held, Shop};

/// A program in Berlin with the usual card.
pub(crate) async fn open(shop: &Shop, messages: &Value) -> ProgramId {
    open_with(shop, &json!({ "messages": messages })).await
}

/// The same with a whole policy.
pub(crate) async fn open_with(shop: &Shop, policy: &Value) -> ProgramId {
    let program = shop.program_with_policy("Europe/Berlin", policy).await;
    let (id, design) = (program.clone(), first_design().expect("the first design"));
    shop.act(move |tx, deed| publish_design(tx, deed, &id, None, &design))
        .await
        .expect("a published card");
    program
}

/// A member whose card is in Google Wallet and who agreed to hear news.
pub(crate) async fn listener(shop: &Shop, program: &ProgramId) -> Held {
    let held = shop.card(program).await;
    put_in_wallet(shop, program, &held).await;
    say(shop, &held, true).await;
    held
}

pub(crate) async fn listeners(shop: &Shop, program: &ProgramId, count: usize) -> Vec<Held> {
    let mut all = Vec::with_capacity(count);
    for _ in 0..count {
        all.push(listener(shop, program).await);
    }
    all
}

pub(crate) async fn put_in_wallet(shop: &Shop, program: &ProgramId, held: &Held) {
    let now = shop.house.now();
    let id = PassId::new(now);
    let pass = Pass {
        program_id: program.clone(),
        card_id: held.card.clone(),
        wallet: Wallet::Google,
        pass_type: "3388000000012345678.cafe".to_owned(),
        serial: id.to_string(),
        epoch: 0,
        state: INSTALLED.to_owned(),
        told_version: 0,
        told_at: None,
        fetched_version: 0,
        fetched_at: None,
        shown: None,
        last_error: None,
        created_at: now,
        id,
    };
    shop.write(move |tx| passes::insert(tx, &pass)).await;
}

pub(crate) async fn say(shop: &Shop, held: &Held, granted: bool) {
    let member = held.member.clone();
    let statement = Statement {
        purpose: "marketing".to_owned(),
        granted,
        source: "test".to_owned(),
        text_version: String::new(),
        language: String::new(),
    };
    shop.act(move |tx, deed| state_consent(tx, deed, &member, &statement))
        .await
        .expect("it is written down");
}

pub(crate) fn fields(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        other => panic!("fields: {other}"),
    }
}

/// What a card says.
pub(crate) async fn message(shop: &Shop, held: &Held) -> String {
    let (house, id) = (shop.house.clone(), held.card.clone());
    let read = shop.house.store.read(move |db| {
        let card = cards::get(db, &id)?;
        Ok::<_, ActionError>(read_card(db, &house, card)?.facts.message)
    });
    read.await.expect("a card")
}
