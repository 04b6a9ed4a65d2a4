//! Facts about the stocks of rewards, one test each.

use billfold::actions::settle_redemption::{Settling, settle_redemption};
use billfold::store::terms;
use billfold::types::{RedemptionId, RewardId};
use serde_json::json;

use crate::house::on_both_databases;
use crate::shop::{Held, Shop};

async fn issue(shop: &Shop, held: &Held, reward: &RewardId) -> Result<RedemptionId, &'static str> {
    let handed = shop.try_issue(held, reward).await;
    handed
        .map(|handed| handed.redemption.id)
        .map_err(|error| error.code.name())
}

async fn set_active(shop: &Shop, id: &RewardId, is_active: bool) {
    let id = id.clone();
    shop.write(move |tx| {
        let mut term = terms::lock(tx, id.as_str())?;
        term.version += 1;
        term.is_active = is_active;
        terms::update(tx, &term, false, "test")
    })
    .await;
}

on_both_databases! {
    /// What is taken back while the reward is paused can be had again when it is given again.
    async fn a_pause_loses_neither_stock_nor_limit(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|_| ()).await;
        let body = json!({ "name": "a cup", "gives": "product", "stock": 1,
            "limits": [{ "times": 1, "within": "ever" }] });
        let reward = shop.write_reward(&program, &body).await;
        let held = shop.card(&program).await;
        let first = issue(&shop, &held, &reward).await.expect("a cup");
        set_active(&shop, &reward, false).await;
        shop.act(move |tx, deed| settle_redemption(tx, deed, &first, &Settling::Cancel))
            .await
            .expect("it is taken back");
        set_active(&shop, &reward, true).await;
        issue(&shop, &held, &reward).await.expect("the cup is there again");
        assert_eq!(issue(&shop, &held, &reward).await, Err("limit_reached"));
        let other = shop.card(&program).await;
        assert_eq!(issue(&shop, &other, &reward).await, Err("reward_sold_out"));
    }
}
