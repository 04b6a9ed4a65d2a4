//! A name that is typed at the till: who has it, told apart, and noted.

use billfold::types::Role;
use reqwest::StatusCode;

use crate::members::{books, card_of, join, named};
use crate::shop::Shop;
use crate::till::{at_till, hire};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_is_found_by_their_name_and_the_search_is_in_the_books() {
    let shop = Shop::open().await;
    let amelie = join(&shop, "cafe", named("Amélie", "Dubois")).await;
    join(&shop, "cafe", named("Amélie", "Petit")).await;
    join(&shop, "cafe", named("عمر", "حداد")).await;
    shop.add_program("bar", "Bar", 0).await;
    join(&shop, "bar", named("Amélie", "Elsewhere")).await;
    let cashier = hire(&shop, "Vera", Role::Cashier).await;
    let mut till = at_till(&shop, &cashier).await;
    let found = till.get("/till/card?code=am%C3%A9").await;
    found.assert_sound();
    assert_eq!(found.status, StatusCode::OK);
    let code = card_of(&shop, &amelie).await.code;
    for word in [
        "Who is it?",
        "Amélie Dubois",
        "Amélie Petit",
        "Member since",
        "10\u{a0}points",
        &code,
    ] {
        assert!(found.body.contains(word), "{word}: {}", found.body);
    }
    assert!(
        !found.body.contains("Elsewhere") && !found.body.contains("More people"),
        "{}",
        found.body
    );
    let last = till.get("/till/card?code=haddad").await;
    assert!(
        last.status == StatusCode::UNPROCESSABLE_ENTITY && last.body.contains("by name, phone"),
        "{}",
        last.body
    );
    let omar = till.get("/till/card?code=%D8%B9%D9%85%D8%B1").await;
    assert!(omar.body.contains("عمر حداد"), "{}", omar.body);
    // One letter is no name, and half of those who are there are no answer.
    assert_eq!(
        till.get("/till/card?code=a").await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let noted: Vec<String> = books(&shop)
        .await
        .into_iter()
        .filter(|row| row.deed == "search_member")
        .map(|row| row.detail)
        .collect();
    assert_eq!(noted.len(), 3, "{noted:?}");
    assert!(
        noted.iter().all(|detail| detail.contains("\"by\":\"name\"")),
        "{noted:?}"
    );
    assert!(
        !noted.concat().to_lowercase().contains("am\u{e9}"),
        "never for what: {noted:?}"
    );
    shop.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_name_that_many_have_a_few_are_shown_and_more_is_asked_for() {
    let shop = Shop::open().await;
    for number in 0..9 {
        join(&shop, "cafe", named("Ali", &format!("Number{number}"))).await;
    }
    let cashier = hire(&shop, "Vera", Role::Cashier).await;
    let mut till = at_till(&shop, &cashier).await;
    let found = till.get("/till/card?code=Ali").await;
    assert_eq!(
        found.body.matches("/till/card?code=").count(),
        8,
        "{}",
        found.body
    );
    assert!(
        found.body.contains("More people have that name"),
        "{}",
        found.body
    );
    shop.running.stop().await;
}
