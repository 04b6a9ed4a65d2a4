//! Save links.

use billfold::google::save_link::LINK_MAX;
use billfold::google::{GoogleWallet, ResourceId, SaveLinkError, ServiceAccount, save_link::save_link};
use billfold::simulator::google::Push;
use billfold::types::{Base64Url, Clock};
use serde_json::{Value, json};

use crate::house::House;

fn claims(link: &str) -> Value {
    let part = link
        .rsplit('/')
        .next()
        .unwrap()
        .split('.')
        .nth(1)
        .unwrap()
        .to_owned();
    serde_json::from_slice(&Base64Url::decode(&part).unwrap()).unwrap()
}

#[tokio::test]
async fn a_skinny_link_names_the_object_and_nothing_of_the_holder() {
    let house = House::with_class().await;
    let suffix = "a".repeat(ResourceId::SUFFIX_MAX);
    house
        .client
        .insert_object(&house.card_named(&suffix, 10))
        .await
        .unwrap();
    let id = house.id(&suffix);
    let link = house.client.save_link(&id).unwrap();
    assert!(link.starts_with(&house.google.save_url()));
    assert!(link.len() < LINK_MAX, "{}", link.len());
    assert_eq!(
        claims(&link),
        json!({
            "iss": "billfold@billfold-demo.iam.gserviceaccount.com",
            "aud": "google",
            "typ": "savetowallet",
            "iat": house.clock.now().secs(),
            "origins": [],
            "payload": { "loyaltyObjects": [{ "id": id.as_str() }] },
        })
    );
    assert_eq!(house.google.open_link(&link).unwrap(), [id.to_string()]);
    assert_eq!(house.google.object(id.as_str()).unwrap()["hasUsers"], true);
    let last = house.google.journal().pop().unwrap();
    assert_eq!((last.call.as_str(), last.push), ("save", Push::None));
}

#[tokio::test]
async fn the_save_page_shows_the_card_and_refuses_a_changed_link() {
    let house = House::with_card().await;
    let root = reqwest::Certificate::from_pem(&house.authority.root().to_pem().unwrap()).unwrap();
    let browser = reqwest::Client::builder()
        .tls_certs_only([root])
        .no_proxy()
        .build()
        .unwrap();
    let open = async |link: String| {
        let answer = browser.get(link).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    let link = house.client.save_link(&house.id("card")).unwrap();
    let (status, page) = open(link.clone()).await;
    assert_eq!(status, 200);
    assert!(
        page.contains("Lina Haddad") && page.contains("<b>10</b>"),
        "{page}"
    );
    for bad in [
        link.replace("/save/ey", "/save/ez"),
        link.trim_end_matches(|letter| letter != '.').to_owned(),
        house.client.save_link(&house.id("nobody")).unwrap(),
    ] {
        let (status, page) = open(bad).await;
        assert_ne!(status, 200, "{page}");
        assert!(page.contains("Something went wrong"));
    }
    let form = [("objectId", house.id("card").to_string())];
    let url = format!("{}/gp/v/remove", house.google.api_url());
    let answer = browser.post(url).form(&form).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 200);
    assert_eq!(house.stored()["hasUsers"], false);
}

#[tokio::test]
async fn a_link_that_browsers_would_cut_is_an_error() {
    let house = House::new().await;
    let key = house.google.service_account_json().unwrap();
    let account = ServiceAccount::from_json(key.as_bytes(), "key.json").unwrap();
    let origins = vec!["https://a-rather-long-name-of-a-shop.example".to_owned(); 20];
    let link = save_link(
        &account,
        &house.google.save_url(),
        &house.id("card"),
        &origins,
        house.clock.now(),
    );
    assert!(matches!(link, Err(SaveLinkError::TooLong { len, .. }) if len >= LINK_MAX));
}
