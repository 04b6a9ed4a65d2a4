//! Campaigns that a second person approves: asked for, refused, approved, each at their own screen.

use billfold::types::Role;
use reqwest::StatusCode;

use crate::shop::Shop;
use crate::shop_settings::signed_in;
use crate::till::member;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_campaign_waits_until_a_colleague_approves_it() {
    let shop = Shop::open().await;
    member(&shop, "lina").await;
    let mut owner = signed_in(&shop, "olga", Role::Owner).await;
    let mut marketer = signed_in(&shop, "mara", Role::Marketer).await;
    // Whoever is held up by it cannot switch it off.
    let terms = marketer.get("/console/settings").await;
    assert!(!terms.body.contains("name=\"approval\""), "{}", terms.body);
    let terms = owner.get("/console/settings").await;
    terms.assert_sound();
    let fields = [
        ("name", "Café Aroma"),
        ("points", "1"),
        ("per", "1"),
        ("bonus", "0"),
        ("language", "en"),
        ("zone", "Europe/Berlin"),
        ("approval", "yes"),
    ];
    let saved = owner.send(&terms, "name=\"version\"", &fields).await;
    let terms = owner.follow(&saved).await;
    assert!(
        terms.body.contains("name=\"approval\" value=\"yes\" checked"),
        "{}",
        terms.body
    );

    let form = marketer.get("/console/campaigns/new").await;
    let fields = [
        ("name", "Winter"),
        ("text_en", "Hello"),
        ("day", "2999-01-01"),
        ("time", "09:00"),
    ];
    let kept = marketer.send(&form, "name=\"text_en\"", &fields).await;
    let path = kept.location().split('?').next().expect("a path").to_owned();
    let page = marketer.follow(&kept).await;
    let plan = [("turn", "plan"), ("sure", "yes")];
    let asked = marketer.send(&page, "value=\"plan\"", &plan).await;
    let page = marketer.follow(&asked).await;
    page.assert_sound();
    assert!(
        page.body.contains("It waits for a colleague to approve it."),
        "{}",
        page.body
    );
    assert!(!page.body.contains("value=\"approve\""), "{}", page.body);

    let page = owner.get(&path).await;
    page.assert_sound();
    assert!(page.body.contains("mara asked for approval."), "{}", page.body);
    let why = [("turn", "refuse"), ("reason", "Not in winter")];
    let refused = owner.send(&page, "value=\"refuse\"", &why).await;
    assert_eq!(refused.status, StatusCode::SEE_OTHER, "{}", refused.body);
    let page = marketer.get(&path).await;
    page.assert_sound();
    assert!(
        page.body.contains("olga did not approve it: Not in winter"),
        "{}",
        page.body
    );

    marketer.send(&page, "value=\"plan\"", &plan).await;
    for language in ["ar", "fa", "zh-Hans", "zh-Hant"] {
        owner.get(&format!("{path}?lang={language}")).await.assert_sound();
    }
    let page = owner.get(&path).await;
    let unsure = owner
        .send(&page, "value=\"approve\"", &[("turn", "approve")])
        .await;
    assert_eq!(unsure.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", unsure.body);
    let sure = [("turn", "approve"), ("sure", "yes")];
    let approved = owner.send(&page, "value=\"approve\"", &sure).await;
    let after = owner.follow(&approved).await;
    after.assert_sound();
    assert!(
        after.body.contains("It is approved and goes its way."),
        "{}",
        after.body
    );
    let late = owner.send(&page, "value=\"approve\"", &sure).await;
    assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.body);
}
