//! Receipts under many who claim at once, and by the rules of when they were paid.

use billfold::actions::ActionError;
use billfold::actions::claim_receipt::{Claimed, claim_receipt, void_receipt};
use billfold::actions::record_order::Holder;
use billfold::actions::record_receipt::record_receipt;
use billfold::store::receipts::Receipt;
use billfold::types::{CardId, Clock as _, MemberId, ProgramId};
use futures_util::future::join_all;
use serde_json::json;

use crate::house::on_both_databases;
use crate::shop::{BEGIN, Held, Shop, line, order};

/// Who claim at once.
const CLAIMANTS: usize = 64;

fn rounds() -> usize {
    std::env::var("BILLFOLD_ROUNDS").map_or(10, |text| text.parse().expect("a number"))
}

async fn receipt(shop: &Shop, program: &ProgramId, id: &str, minor: i64) -> Receipt {
    let program = program.clone();
    let nobody = Held {
        member: MemberId::new(BEGIN),
        card: CardId::new(BEGIN),
    };
    let mut new = order(&nobody, id, minor);
    new.lines = vec![line("cake", 1, minor)];
    let recorded = shop.act(move |tx, deed| record_receipt(tx, deed, Some(&program), &new));
    recorded.await.expect("a receipt").receipt
}

async fn claim(shop: &Shop, receipt: &Receipt, held: &Held) -> Result<Claimed, ActionError> {
    let (id, holder) = (receipt.id.clone(), Holder::Member(held.member.clone()));
    shop.act(move |tx, deed| claim_receipt(tx, deed, &id, &holder))
        .await
}

on_both_databases! {
    /// Of sixty-four members who claim a receipt at once one has it, each time; all else is as it was.
    /// Shows SR-091 (credits once).
    async fn of_sixty_four_claims_at_once_one_counts(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|_| ()).await;
        let cards = shop.cards(&program, CLAIMANTS).await;
        for round in 0..rounds() {
            let one = receipt(&shop, &program, &format!("sale-{round}"), 1_000).await;
            let outcomes = join_all(cards.iter().map(|held| claim(&shop, &one, held))).await;
            let claimed = outcomes.iter().filter(|one| one.is_ok()).count();
            let refused = outcomes.iter().filter_map(|one| one.as_ref().err()).map(|error| error.code.name());
            assert_eq!((claimed, refused.filter(|code| *code == "already_claimed").count()), (1, CLAIMANTS - 1));
        }
        let mut sum = 0;
        for held in &cards {
            sum += shop.points(held).await.0;
        }
        assert_eq!(sum, i64::try_from(rounds()).expect("small") * 10);
        shop.check(&cards).await;
    }

    /// Claimed, taken back and sold with a card, all at once: it ends as one of the three.
    async fn a_claim_a_voiding_and_an_order_at_once_end_as_one(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|_| ()).await;
        let cards = shop.cards(&program, 8).await;
        for round in 0..rounds() {
            let id = format!("sale-{round}");
            let one = receipt(&shop, &program, &id, 1_000).await;
            let claims = join_all(cards.iter().take(7).map(|held| claim(&shop, &one, held)));
            let direct = shop.try_order(order(&cards[7], &id, 1_000));
            let voided = one.id.clone();
            let voiding = shop.act(move |tx, deed| void_receipt(tx, deed, &voided));
            let (claims, direct, voiding) = tokio::join!(claims, direct, voiding);
            let claimed = claims.iter().filter(|one| one.is_ok()).count();
            assert!(claimed <= 1);
            assert_eq!(direct.is_ok(), claimed == 0, "{direct:?}");
            assert_eq!(voiding.is_ok(), claimed == 0, "{voiding:?}");
        }
        let mut sum = 0;
        for held in &cards {
            sum += shop.points(held).await.0;
        }
        assert_eq!(sum, i64::try_from(rounds()).expect("small") * 10, "each sale counts once");
        shop.check(&cards).await;
    }

    /// The rules of when it was paid count, though it is claimed after they ended; and what a new member would have
    /// earned is what they earn.
    async fn the_rules_of_when_it_was_paid_count(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|_| ()).await;
        let until = shop.clock.now().plus_ms(3_600_000).rfc3339_secs();
        let doubled = json!({ "name": "Double", "then": { "multiply": 200 },
            "from": "2026-01-01T00:00:00Z", "until": until });
        shop.write_term(&program, "promotion", &doubled).await;
        let limited = json!({
            "name": "Cake", "when": "order", "of": { "category": ["cake"] }, "then": { "points": 3, "per": "time" },
            "limits": [{ "times": 1, "within": "day" }],
        });
        shop.write_term(&program, "rule", &limited).await;
        let one = receipt(&shop, &program, "sale-1", 1_050).await;
        assert_eq!(one.would_earn.get(), 26);
        shop.wait_hours(2);
        let late = receipt(&shop, &program, "sale-2", 1_050).await;
        assert_eq!(late.would_earn.get(), 13);
        let held = shop.card(&program).await;
        let claimed = claim(&shop, &one, &held).await.expect("claimed");
        assert_eq!((claimed.recorded.order.earned.get(), claimed.recorded.order.paid_at), (26, one.paid_at));
        assert_eq!(shop.points(&held).await.0, 26);
        let again = claim(&shop, &one, &held).await.expect("answered again");
        assert!(!again.recorded.is_new && again.recorded.entries.len() == claimed.recorded.entries.len());
        // Its limit of the day was used up by the first.
        let second = claim(&shop, &late, &held).await.expect("claimed");
        assert_eq!(second.recorded.order.earned.get(), 11);
        shop.check(&[held]).await;
    }
}
