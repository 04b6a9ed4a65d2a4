//! Safeguards under many writers, and refunds of lines by many at once.

use billfold::actions::refund_order::{NewRefund, refund_order};
use billfold::loyalty::line_refund::Wanted;
use futures_util::future::join_all;
use serde_json::json;

use crate::house::on_both_databases;
use crate::shop::{Shop, line, order};

/// Writers at once.
const WRITERS: usize = 64;

fn rounds() -> usize {
    std::env::var("BILLFOLD_ROUNDS").map_or(10, |text| text.parse().expect("a number"))
}

on_both_databases! {
    /// Of sixty-four orders that one key records for as many cards at once, as many stand as its safeguard lets
    /// through; an hour later so many again.
    async fn a_safeguard_lets_just_so_many_through(database: Database) {
        let shop = Shop::open(database);
        let safeguards = json!([
            { "of": "staff", "orders": 3, "minutes": 60, "then": "refuse" },
            { "of": "member", "orders": 100, "minutes": 60, "then": "flag" },
        ]);
        let program = shop.program_with_policy("UTC", &json!({ "safeguards": safeguards })).await;
        let cards = shop.cards(&program, WRITERS).await;
        for round in 0..rounds() {
            let each = cards.iter().map(|held| shop.try_order(order(held, &format!("{round}-{}", held.card), 500)));
            let outcomes = join_all(each).await;
            let stand = outcomes.iter().filter(|one| one.is_ok()).count();
            let refused = outcomes.iter().filter_map(|one| one.as_ref().err()).map(|error| error.code.name());
            assert_eq!((stand, refused.filter(|code| *code == "velocity_limit").count()), (3, WRITERS - 3));
            shop.wait_hours(1);
        }
        shop.check(&cards).await;
    }

    /// The one piece of a line that sixty-four give back at once goes back once.
    async fn a_line_given_back_by_many_at_once_goes_back_once(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|_| ()).await;
        let held = shop.card(&program).await;
        for _ in 0..rounds() {
            let bought = shop.buy_with(&held, 1_000, |new| new.lines = vec![line("cake", 1, 400), line("tea", 2, 600)]).await;
            let wanted = Wanted { line: 0, quantity: 1, amount: None };
            let outcomes = join_all((0..WRITERS).map(|_| {
                let new = NewRefund { external_id: None, amount: None, lines: vec![wanted], reason: String::new() };
                let id = bought.order.id.clone();
                shop.act(move |tx, deed| refund_order(tx, deed, &id, &new))
            })).await;
            let refused = outcomes.iter().filter_map(|one| one.as_ref().err()).map(|error| error.code.name());
            assert_eq!(refused.filter(|code| *code == "not_refundable").count(), WRITERS - 1);
            assert_eq!(shop.get(&held).await.balance.get(), 6);
            shop.refund(&bought.order.id).await;
            assert_eq!(shop.get(&held).await.balance.get(), 0);
        }
        shop.check(&[held]).await;
    }
}
