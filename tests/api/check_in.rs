//! The code of the day on both databases: however many open it at once, a member is checked in once a day.

use billfold::actions::check_in::Here;
use billfold::store::{StoreError, cards, programs};
use billfold::types::{CardId, ProgramId};
use serde_json::json;

use crate::house::on_both_databases;
use crate::shop::Shop;

on_both_databases! {
    /// Shows SR-125 (once a day, however often it is opened).
    async fn of_many_check_ins_at_once_one_counts(database: Database) {
        let shop = Shop::open(database).await;
        let rule = json!({ "program": shop.program, "name": "Hello", "when": { "event": "check_in" },
            "then": { "points": 7, "per": "time" } });
        let (status, rule) = shop.post("/v1/rules", &rule).await;
        assert_eq!(status, 201, "{rule}");
        let enrolled = shop.enrol("lina@example.com").await;
        let code = enrolled["card"]["code"].as_str().expect("a code").to_owned();
        let card: CardId = enrolled["card"]["id"].as_str().expect("an id").parse().expect("an id");
        let program: ProgramId = shop.program.parse().expect("an id");
        let house = shop.running.house.clone();
        let read = house.store.read(move |db| {
            Ok::<_, StoreError>((programs::get(db, &program)?, cards::get(db, &card)?))
        });
        let (program, card) = read.await.expect("they are there");
        let token = house.here_token(&Here::today(&program, None, house.now()));
        let cookie = format!("card={}", house.link_token(&card.id, card.link_epoch));
        let url = shop.url(&format!("/here/{token}"));
        let opens = (0..8).map(|_| {
            let request = shop.http.get(&url).header("cookie", &cookie).header("accept", "text/html");
            async move { request.send().await.expect("an answer").text().await.expect("a page") }
        });
        let pages = futures_util::future::join_all(opens).await;
        let first = pages.iter().filter(|page| page.contains("for checking in")).count();
        let again = pages.iter().filter(|page| page.contains("checked in for today already")).count();
        assert_eq!((first, again), (1, 7), "{pages:?}");
        let (_, card) = shop.get(&format!("/v1/cards/{code}")).await;
        assert_eq!(card["card"]["balance"], 17, "{card}");
        shop.running.stop().await;
    }
}
