//! The pictures of rewards: picked at the console, seen by members and at the till.

use billfold::actions::TermKind;
use billfold::actions::enrol::Enrolment;
use billfold::store::terms;
use billfold::types::Role;
use reqwest::StatusCode;
use serde_json::json;

use crate::shop::{Page, Shop};
use crate::shop_settings::signed_in;
use crate::terms_edited::{now_says, write};
use crate::till::{Browser, at_till, find_form, hire};

const PICTURE: &[u8] = include_bytes!("../../templates/passes/cafe/google/hero.png");
const SMALL: &[u8] = include_bytes!("../../templates/passes/cafe/logo.png");

const FIELDS: [(&str, &str); 4] = [
    ("name_en", "Five off"),
    ("gives", "amount"),
    ("amount", "5"),
    ("cost", "0"),
];

/// Sends the reward's form of a page in parts, as a browser does when a file was picked.
async fn send_file(shop: &Shop, browser: &Browser<'_>, page: &Page, file: &[u8]) -> Page {
    let (action, mut fields) = find_form(&page.body, "name=\"name_en\"");
    fields.extend(FIELDS.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let mut body = Vec::new();
    for (name, value) in fields {
        let part = format!("--b0\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    body.extend_from_slice(
        b"--b0\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n",
    );
    body.extend_from_slice(file);
    body.extend_from_slice(b"\r\n--b0--\r\n");
    let client = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none());
    let request = client
        .build()
        .expect("a client")
        .post(shop.url(&action))
        .header("cookie", browser.cookie())
        .header("sec-fetch-site", "same-origin")
        .header("accept", "text/html")
        .header("content-type", "multipart/form-data; boundary=b0")
        .body(body);
    let response = request.send().await.expect("an answer");
    Page {
        status: response.status(),
        headers: response.headers().clone(),
        body: response.text().await.expect("a page"),
    }
}

/// The picture that a page shows: its path.
fn shown(page: &str) -> Option<String> {
    let (_, rest) = page.split_once("src=\"/images/")?;
    rest.split('"').next().map(|name| format!("/images/{name}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_picture_is_picked_kept_seen_and_taken_off() {
    let shop = Shop::open().await;
    let card = shop
        .add_member(Enrolment {
            first_name: Some("Lina".to_owned()),
            ..Enrolment::default()
        })
        .await;
    let mut marketer = signed_in(&shop, "mara", Role::Marketer).await;
    let page = marketer.get("/console/rewards").await;
    page.assert_sound();
    let added = send_file(&shop, &marketer, &page, PICTURE).await;
    let list = marketer.follow(&added).await;
    list.assert_sound();
    let path = shown(&list.body).expect("a picture");
    let image = shop.get(&path).await;
    assert_eq!(
        (image.status, image.header("content-type")),
        (StatusCode::OK, "image/png")
    );

    // The file that is served is the small one.
    let id = list.body.split_once("/console/rewards/").expect("a way").1;
    let id = id.split('?').next().expect("an id").to_owned();
    let (says, _) = now_says(&shop, &id).await;
    assert_eq!(
        path,
        format!("/images/{}.png", says["picture"].as_str().expect("a hash"))
    );

    // Members see it beside the reward, and so does whoever stands at the till.
    let link = crate::member::enter(&shop, &card).await;
    let theirs = shop.get(&link).await;
    assert_eq!(shown(&theirs.body), Some(path.clone()), "{}", theirs.body);
    let code = shop.act(|tx, _| {
        let cards = billfold::store::cards::list(tx, None, 1)?;
        Ok(cards[0].code.clone())
    });
    let code = code.await;
    let sam = hire(&shop, "sam", Role::Cashier).await;
    let mut till = at_till(&shop, &sam).await;
    let at_counter = till.get(&format!("/till/card?code={code}")).await;
    at_counter.assert_sound();
    assert_eq!(shown(&at_counter.body), Some(path.clone()), "{}", at_counter.body);

    // Saved again without another file it stays; then it is taken off.
    let address = format!("/console/rewards/{id}");
    let one = marketer.get(&address).await;
    one.assert_sound();
    assert_eq!(shown(&one.body), Some(path));
    let same = marketer.send(&one, "name=\"name_en\"", &FIELDS).await;
    assert!(same.location().contains("done=saved"), "{}", same.body);
    assert!(now_says(&shop, &id).await.0["picture"].is_string());
    let one = marketer.get(&address).await;
    let without = marketer
        .send(
            &one,
            "name=\"name_en\"",
            &[&FIELDS[..], &[("no_picture", "yes")]].concat(),
        )
        .await;
    assert!(without.location().contains("done=saved"), "{}", without.body);
    assert!(now_says(&shop, &id).await.0["picture"].is_null());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_no_picture_is_refused_at_its_field_and_the_rest_stays() {
    let shop = Shop::open().await;
    let mut marketer = signed_in(&shop, "mara", Role::Marketer).await;
    for language in ["en", "ar", "zh-Hans"] {
        let page = marketer.get(&format!("/console/rewards?lang={language}")).await;
        for file in [SMALL, b"GIF89a".as_slice(), &PICTURE[..PICTURE.len() / 2]] {
            let refused = send_file(&shop, &marketer, &page, file).await;
            refused.assert_sound();
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(
                refused.body.contains("id=\"image-fault\"") && refused.body.contains("value=\"Five off\""),
                "{}",
                refused.body
            );
        }
    }
    // A picture that comes with another fault is kept for the next try.
    let page = marketer.get("/console/rewards").await;
    let forged = marketer
        .send(
            &page,
            "name=\"name_en\"",
            &[&FIELDS[..], &[("picture", "../x")]].concat(),
        )
        .await;
    assert_eq!(forged.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(forged.body.contains("role=\"alert\""), "{}", forged.body);
    let none = shop
        .act(|tx, _| {
            let program = billfold::store::programs::find_by_slug(tx, "cafe")?.expect("there");
            Ok(terms::list(tx, &program.id, "reward", None, 9)?.len())
        })
        .await;
    assert_eq!(none, 0);
    let tokenless = marketer.post("/console/rewards", &[("name_en", "x")]).await;
    assert_eq!(tokenless.status, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reward_in_a_language_without_a_field_is_changed_by_the_api() {
    let shop = Shop::open().await;
    let german = json!({ "name": { "en": "Coffee", "de": "Kaffee" }, "gives": "product", "cost": 10 });
    let id = write(&shop, TermKind::Reward, german).await;
    let mut marketer = signed_in(&shop, "mara", Role::Marketer).await;
    let page = marketer.get(&format!("/console/rewards/{id}")).await;
    assert!(page.body.contains("Change it by the API"), "{}", page.body);
}
