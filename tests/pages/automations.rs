//! The console's automations: begun with a ready one, switched on, tried, changed, ended; and what they did.

use std::time::{Duration, Instant};

use billfold::actions::change_automation::create_automation;
use billfold::store::programs;
use billfold::types::Role;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::shop::{Page, Shop};
use crate::shop_settings::signed_in;
use crate::terms_tiers::order;
use crate::till::{Browser, member};

/// What a browser sends of a form: the fields that are given, and of the others what stands in them.
fn filled<'f>(given: &[(&'f str, &'f str)], others: &[(&'f str, &'f str)]) -> Vec<(&'f str, &'f str)> {
    let is_given = |name: &str| given.iter().any(|(own, _)| *own == name);
    let rest = others.iter().filter(|(name, _)| !is_given(name));
    given.iter().chain(rest).copied().collect()
}

/// The ready one for a tenth purchase, shortened.
const TENTH: [(&str, &str); 5] = [
    ("name", "The tenth"),
    ("when", "order"),
    ("number", "1"),
    ("text_en", "Thanks, {first_name|friend}: {points} points."),
    ("points", "100"),
];
/// The ready one for a birthday, shortened.
const BIRTHDAY: [(&str, &str); 8] = [
    ("name", "Birthday"),
    ("when", "each_day"),
    ("time", "09:00"),
    ("who", "is:birthday"),
    ("again", "300"),
    ("text_en", "Happy birthday!"),
    ("hold_out", "10"),
    ("shown_days", "7"),
];

/// Until an automation has given something to one member; its page then.
async fn until_given(browser: &mut Browser<'_>, path: &str) -> Page {
    let given = "<dt>Were given something</dt><dd>1</dd>";
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let page = browser.get(path).await;
        if page.body.contains(given) {
            return page;
        }
        assert!(Instant::now() < deadline, "{}", page.body);
    }
}

/// Three clicks from the list: a ready one, keep it, switch it on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ready_automation_is_on_in_three_clicks() {
    let shop = Shop::open().await;
    let mut marketer = signed_in(&shop, "mara", Role::Marketer).await;
    let list = marketer.get("/console/automations").await;
    list.assert_sound();
    assert!(list.body.contains("There is no automation yet."), "{}", list.body);
    assert!(list.body.contains("?ready=tenth"), "{}", list.body);
    let form = marketer.get("/console/automations/new?ready=tenth").await;
    form.assert_sound();
    assert!(
        form.body.contains("Ten times already!") && form.body.contains("عشر مرات"),
        "{}",
        form.body
    );
    let kept = marketer.send(&form, "name=\"text_en\"", &TENTH).await;
    let page = marketer.follow(&kept).await;
    page.assert_sound();
    let path = kept.location().split('?').next().expect("a path").to_owned();
    for said in [
        "It is kept.",
        "They bought for the time number 1",
        "gives points: 100",
        "Everybody",
    ] {
        assert!(page.body.contains(said), "{said}: {}", page.body);
    }
    let started = marketer
        .send(&page, "value=\"start\"", &[("turn", "start")])
        .await;
    let page = marketer.follow(&started).await;
    page.assert_sound();
    assert!(page.body.contains("It is on."), "{}", page.body);

    // The first purchase sets it off; what it did is counted.
    let code = member(&shop, "lina").await;
    order(&shop, &code, "A", 1_000).await;
    let page = until_given(&mut marketer, &path).await;
    page.assert_sound();
    assert!(
        page.body.contains("Thanks, ") && !page.body.contains("{points}"),
        "{}",
        page.body
    );
    change_and_end(&mut marketer, (&path, &page), &code).await;
}

/// Tried on a card, changed while it is on, and ended with a second yes.
async fn change_and_end(marketer: &mut Browser<'_>, (path, page): (&str, &Page), code: &str) {
    let unknown = marketer
        .send(page, "name=\"card\"", &[("card", "nonsense")])
        .await;
    assert_eq!(
        unknown.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        unknown.body
    );
    let tested = marketer.send(page, "name=\"card\"", &[("card", code)]).await;
    assert!(
        marketer
            .follow(&tested)
            .await
            .body
            .contains("shows it for an hour")
    );
    let edit = marketer.get(&format!("{path}/edit")).await;
    edit.assert_sound();
    let saved = marketer
        .send(
            &edit,
            "name=\"text_en\"",
            &filled(&[("wait", "2"), ("unit", "hours")], &TENTH),
        )
        .await;
    let page = marketer.follow(&saved).await;
    assert!(
        page.body.contains("after 2 hours") && page.body.contains(">on</span>"),
        "{}",
        page.body
    );
    let stale = marketer
        .send(&edit, "name=\"text_en\"", &filled(&[("name", "Late")], &TENTH))
        .await;
    assert_eq!(stale.status, StatusCode::CONFLICT, "{}", stale.body);
    let paused = marketer
        .send(&page, "value=\"pause\"", &[("turn", "pause")])
        .await;
    let page = marketer.follow(&paused).await;
    assert!(page.body.contains("It is off."), "{}", page.body);
    let unsure = marketer.send(&page, "value=\"end\"", &[("turn", "end")]).await;
    assert_eq!(unsure.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", unsure.body);
    let ended = marketer
        .send(&page, "value=\"end\"", &[("turn", "end"), ("sure", "yes")])
        .await;
    let page = marketer.follow(&ended).await;
    page.assert_sound();
    assert!(
        page.body.contains("taken from the cards") && !page.body.contains("/edit"),
        "{}",
        page.body
    );
    assert!(
        marketer
            .get("/console/automations")
            .await
            .body
            .contains(">ended</span>")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_done_is_said_at_its_field() {
    let shop = Shop::open().await;
    let mut marketer = signed_in(&shop, "mara", Role::Marketer).await;
    let form = marketer.get("/console/automations/new?ready=birthday").await;
    for (field, typed, said) in [
        ("name", "", "name-fault"),
        ("text_en", "{shoe_size|big}", "none of the list"),
        ("who", "", "what looks each day needs a segment"),
        ("again", "", "after how many days"),
        ("again", "9999", "0 to 3,660"),
        ("time", "25:00", "a time of day such as 09:00"),
        ("wait", "5", "does not wait"),
        ("points", "many", "1 to 1,000,000 points"),
        ("hold_out", "60", "0 to 50"),
        ("shown_days", "0", "1 to 365"),
        ("when", "event", "the type of the event"),
    ] {
        let refused = marketer
            .send(&form, "name=\"text_en\"", &filled(&[(field, typed)], &BIRTHDAY))
            .await;
        refused.assert_sound();
        assert_eq!(
            refused.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{field}: {}",
            refused.body
        );
        assert!(refused.body.contains(said), "{field}: {}", refused.body);
    }
}

/// Who only looks sees them and cannot change them; one that the form cannot say is left to the API.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_only_looks_changes_nothing() {
    let shop = Shop::open().await;
    let body = json!({ "name": "By the API", "when": "joined", "members": { "points": { "at_least": 1 } },
        "arms": [{ "text": "a" }, { "text": "b" }] });
    let Value::Object(fields) = body else {
        panic!("an object")
    };
    let made = shop
        .act(move |tx, deed| {
            let program = programs::find_by_slug(tx, "cafe")?.expect("there");
            create_automation(tx, deed, &program.id, fields)
        })
        .await;
    let path = format!("/console/automations/{}", made.id);
    let mut auditor = signed_in(&shop, "aud", Role::Auditor).await;
    for address in ["/console/automations".to_owned(), path.clone()] {
        let page = auditor.get(&address).await;
        page.assert_sound();
        assert!(
            page.body.contains("By the API") && !page.body.contains("/new"),
            "{}",
            page.body
        );
        assert!(!page.body.contains("value=\"start\""), "{}", page.body);
    }
    assert_eq!(
        auditor.get("/console/automations/new").await.status,
        StatusCode::FORBIDDEN
    );
    let mut marketer = signed_in(&shop, "mara", Role::Marketer).await;
    let page = marketer.get(&path).await;
    assert!(!page.body.contains("/edit"), "{}", page.body);
    assert_eq!(
        marketer.get(&format!("{path}/edit")).await.location(),
        format!("{path}?lang=en")
    );
    // A campaign's page shows no automation.
    let as_campaign = path.replace("automations", "campaigns");
    assert_eq!(marketer.get(&as_campaign).await.status, StatusCode::NOT_FOUND);
}
