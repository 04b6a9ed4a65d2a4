//! Ids that many want at once, and codes that are replaced while they are scanned.

use std::collections::BTreeMap;

use billfold::actions::ActionError;
use billfold::actions::add_identity::{Added, add_identity};
use billfold::actions::enrol::{Enrolled, Enrolment, enrol};
use billfold::actions::record_order::Holder;
use billfold::actions::replace_card::replace_card;
use billfold::store::members;
use billfold::types::{ProgramId, random_token};
use futures_util::future::join_all;

use crate::house::on_both_databases;
use crate::shop::{Held, Shop, order};

/// Writers at once.
const WRITERS: usize = 64;

async fn add(shop: &Shop, held: &Held, number: &str) -> Result<Added, ActionError> {
    let (member, number) = (held.member.clone(), number.to_owned());
    shop.act(move |tx, deed| add_identity(tx, deed, &member, None, ("card_number", &number)))
        .await
}

async fn join(shop: &Shop, program: &ProgramId, number: &str) -> Result<Enrolled, ActionError> {
    let program = program.clone();
    let enrolment = Enrolment {
        card_number: Some(number.to_owned()),
        ..Enrolment::default()
    };
    shop.act(move |tx, deed| enrol(tx, deed, &program, &enrolment))
        .await
}

/// How often each outcome came up: `done`, or the code of the refusal.
fn tally<T>(outcomes: Vec<Result<T, ActionError>>) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for outcome in outcomes {
        let word = outcome.map_or_else(|error| error.code.name(), |_| "done");
        *counts.entry(word).or_default() += 1;
    }
    counts
}

on_both_databases! {
    /// Of sixty-four members who are given the same plastic card's number at once one gets it.
    async fn a_plastic_number_is_given_to_one_member(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|_| ()).await;
        let cards = shop.cards(&program, WRITERS).await;
        let outcomes = join_all(cards.iter().map(|held| add(&shop, held, "0017-1234"))).await;
        assert_eq!(tally(outcomes), [("done", 1), ("identity_taken", WRITERS - 1)].into());
        let mut holders = 0;
        for held in &cards {
            let id = held.member.clone();
            holders += shop.read(move |db| members::list_identities(db, &id)).await.len();
        }
        assert_eq!(holders, 1);
    }

    /// Whoever enrols with one plastic card's number sixty-four times at once is one member with one card, or is told to
    /// come again.
    async fn whoever_enrols_by_one_number_at_once_is_one_member(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|program| program.signup_bonus = 10).await;
        let outcomes = join_all((0..WRITERS).map(|_| join(&shop, &program, "0017-1234"))).await;
        let mut cards = BTreeMap::new();
        for outcome in outcomes {
            match outcome {
                Ok(enrolled) => *cards.entry(enrolled.sheet.card.id.to_string()).or_insert(0) += 1,
                Err(error) => assert_eq!(error.code.name(), "identity_conflict", "{error:?}"),
            }
        }
        assert_eq!(cards.len(), 1, "{cards:?}");
        let again = join(&shop, &program, "00171234").await.expect("they are known");
        assert_eq!((again.is_new, again.sheet.card.balance.get()), (false, 10));
    }

    /// Orders by a code that is replaced meanwhile are recorded once or refused; none is lost, and of many who replace
    /// one code one does.
    async fn a_code_is_replaced_once_while_it_is_scanned(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|_| ()).await;
        let held = shop.card(&program).await;
        let seen = shop.get(&held).await;
        let scan = |_| {
            let mut new = order(&held, &random_token(9), 300);
            new.holder = Holder::Card(seen.code.clone());
            shop.try_order(new)
        };
        let replace = |_| {
            let seen = seen.clone();
            shop.act(move |tx, deed| replace_card(tx, deed, &seen))
        };
        let orders = join_all((0..WRITERS / 2).map(scan));
        let replaced = join_all((0..WRITERS / 2).map(replace));
        let (orders, replaced) = futures_util::join!(orders, replaced);
        assert_eq!(tally(replaced), [("card_replaced", WRITERS / 2 - 1), ("done", 1)].into());
        let outcomes = tally(orders);
        let done = outcomes.get("done").copied().unwrap_or_default();
        let refused = outcomes.get("card_replaced").copied().unwrap_or_default();
        assert_eq!(done + refused, WRITERS / 2, "{outcomes:?}");
        let card = shop.get(&held).await;
        assert_ne!(card.code, seen.code);
        assert_eq!(card.balance.get(), 3 * i64::try_from(done).expect("few"));
        let refused = scan(0).await.expect_err("the old code is not good any more");
        assert_eq!(refused.code.name(), "card_replaced");
        shop.check(&[held]).await;
    }
}
