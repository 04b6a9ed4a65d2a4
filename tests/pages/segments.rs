//! The console's segments: counted before they are kept, written as sentences, changed, taken away.

use billfold::store::{programs, terms};
use billfold::types::Role;
use reqwest::StatusCode;

use crate::shop::Shop;
use crate::shop_settings::signed_in;
use crate::terms_tiers::order;
use crate::till::member;

async fn ids(shop: &Shop) -> Vec<String> {
    let all = shop
        .act(move |tx, _| {
            let program = programs::find_by_slug(tx, "cafe")?.expect("there");
            Ok(terms::list(tx, &program.id, "segment", None, 10)?)
        })
        .await;
    all.into_iter().map(|term| term.id).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_segment_is_counted_kept_and_changed() {
    let shop = Shop::open().await;
    let code = member(&shop, "lina").await;
    member(&shop, "omar").await;
    order(&shop, &code, "A", 1_000).await;
    let mut marketer = signed_in(&shop, "mara", Role::Marketer).await;
    let page = marketer.get("/console/segments").await;
    page.assert_sound();
    assert!(page.body.contains("There is no segment yet."), "{}", page.body);

    let counting = [("turn", "count"), ("orders_least", "1"), ("orders_days", "30")];
    let counted = marketer.send(&page, "name=\"orders_least\"", &counting).await;
    counted.assert_sound();
    assert_eq!(counted.status, StatusCode::OK);
    assert!(
        counted.body.contains("<dt>Members</dt><dd>1</dd>") && counted.body.contains("value=\"30\""),
        "{}",
        counted.body
    );
    assert_eq!(ids(&shop).await, Vec::<String>::new());

    let fields = [("name", "Buyers"), ("orders_least", "1"), ("orders_days", "30")];
    let added = marketer.send(&counted, "name=\"orders_least\"", &fields).await;
    let list = marketer.follow(&added).await;
    list.assert_sound();
    assert!(
        list.body.contains("orders: at least 1 within 30 days"),
        "{}",
        list.body
    );
    let [id] = ids(&shop).await.try_into().expect("one");
    let path = format!("/console/segments/{id}");
    let one = marketer.get(&path).await;
    one.assert_sound();
    assert!(
        one.body.contains("<dt>Members</dt><dd>1</dd>") && one.body.contains("Write to them"),
        "{}",
        one.body
    );

    let changed = [
        ("name", "Quiet ones"),
        ("orders_least", ""),
        ("orders_days", ""),
        ("stage_new", "on"),
    ];
    let saved = marketer.send(&one, "name=\"orders_least\"", &changed).await;
    let list = marketer.follow(&saved).await;
    assert!(list.body.contains("stage: bought nothing yet"), "{}", list.body);
    // Somebody else changed it meanwhile.
    let stale = marketer.send(&one, "name=\"orders_least\"", &changed).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);

    let one = marketer.get(&path).await;
    let ended = marketer
        .send(&one, "name=\"word\"", &[("word", "quiet ones")])
        .await;
    let list = marketer.follow(&ended).await;
    assert!(list.body.contains("There is no segment yet."), "{}", list.body);
    assert_eq!(marketer.get(&path).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_counted_is_said_at_its_field() {
    let shop = Shop::open().await;
    let mut marketer = signed_in(&shop, "mara", Role::Marketer).await;
    let page = marketer.get("/console/segments?like=lapsed").await;
    page.assert_sound();
    assert!(
        page.body.contains("name=\"stage_lapsed\" value=\"on\" checked"),
        "{}",
        page.body
    );
    for (field, typed, said) in [
        ("orders_least", "many", "Enter a whole number"),
        ("birthday", "400", "Enter 0 to 365 days."),
        ("rfm_money", "6", "Enter 1 to 5."),
        ("event", "Bought A Sofa!", "outcome bad"),
    ] {
        let refused = marketer
            .send(
                &page,
                "name=\"orders_least\"",
                &[("name", "Those"), (field, typed)],
            )
            .await;
        refused.assert_sound();
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
        assert!(refused.body.contains(said), "{field}: {}", refused.body);
    }
    assert_eq!(ids(&shop).await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_best_customers_are_a_ready_segment_of_fifths() {
    let shop = Shop::open().await;
    let mut marketer = signed_in(&shop, "mara", Role::Marketer).await;
    let page = marketer.get("/console/segments?like=best").await;
    page.assert_sound();
    assert_fields(
        &page.body,
        [("rfm_recency", "4"), ("rfm_frequency", "4"), ("rfm_money", "4")],
    );
    let fields = [
        ("name", "The best"),
        ("rfm_recency", "4"),
        ("rfm_frequency", "4"),
        ("rfm_money", "5"),
    ];
    let added = marketer.send(&page, "name=\"orders_least\"", &fields).await;
    let list = marketer.follow(&added).await;
    let said =
        "fifth by last order: at least 4, fifth by orders: at least 4, fifth by what was spent: at least 5";
    assert!(list.body.contains(said), "{}", list.body);
    let [id] = ids(&shop).await.try_into().expect("one");
    let one = marketer.get(&format!("/console/segments/{id}")).await;
    one.assert_sound();
    assert_fields(
        &one.body,
        [("rfm_recency", "4"), ("rfm_frequency", "4"), ("rfm_money", "5")],
    );
}

/// A page's fields have these values.
fn assert_fields(page: &str, fields: [(&str, &str); 3]) {
    for (field, value) in fields {
        let input = page
            .split('<')
            .find(|tag| tag.contains(&format!("name=\"{field}\"")));
        let input = input.unwrap_or_default();
        assert!(input.contains(&format!("value=\"{value}\"")), "{field}: {input}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_only_looks_has_no_form_and_a_cashier_no_page() {
    let shop = Shop::open().await;
    let mut auditor = signed_in(&shop, "aud", Role::Auditor).await;
    let page = auditor.get("/console/segments").await;
    page.assert_sound();
    assert!(!page.body.contains("name=\"orders_least\""), "{}", page.body);
    let mut cashier = signed_in(&shop, "cass", Role::Cashier).await;
    assert_eq!(
        cashier.get("/console/segments").await.status,
        StatusCode::FORBIDDEN
    );
}
