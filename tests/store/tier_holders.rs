//! Who holds a tier: counted as far as somebody wants to know.

use billfold::store::{self, tier_holders};
use billfold::types::{ProgramId, TierId};

use crate::house::on_both_databases;
use crate::shop::{NOW, Shop, card, member};

on_both_databases! {
    /// Cards that act are counted, of that program and tier, and never more than were asked for.
    async fn the_cards_on_a_tier_are_counted_as_far_as_is_asked(database: Database) {
        let shop = Shop::open(&database).await;
        let (gold, silver) = (TierId::new(NOW).to_string(), TierId::new(NOW).to_string());
        let program = shop.program.clone();
        let on = [
            (Some(gold.clone()), false),
            (Some(gold.clone()), false),
            (Some(gold.clone()), false),
            (Some(gold.clone()), true),
            (Some(silver.clone()), false),
            (None, false),
        ];
        shop.write(move |tx| {
            for (tier_id, is_voided) in on {
                let mut one = card(&program);
                one.tier_id = tier_id;
                one.voided_at = is_voided.then_some(NOW);
                store::members::insert(tx, &member(&one))?;
                store::cards::insert(tx, &one)?;
            }
            Ok(())
        })
        .await;
        let (here, elsewhere) = (shop.program.clone(), ProgramId::new(NOW));
        for (program, tier, max, held) in [
            (here.clone(), gold.clone(), 100, 3),
            (here.clone(), gold.clone(), 2, 2),
            (here.clone(), silver, 100, 1),
            (here, TierId::new(NOW).to_string(), 100, 0),
            (elsewhere, gold, 100, 0),
        ] {
            let counted = shop.read(move |db| tier_holders::count(db, &program, &tier, max)).await;
            assert_eq!(counted, held);
        }
    }
}
