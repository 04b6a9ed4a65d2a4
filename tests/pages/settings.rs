//! The member's settings as pages: in every language, with what people typed, and the way there.

use billfold::actions::enrol::Enrolment;
use reqwest::StatusCode;

use crate::member::{enter, send};
use crate::shop::Shop;

async fn add(shop: &Shop, name: &str) -> String {
    let card = shop
        .add_member(Enrolment {
            first_name: Some(name.to_owned()),
            email: Some("lina@example.com".to_owned()),
            language: Some("de".parse().expect("a tag")),
            consents: vec![("birthday".to_owned(), true)],
            source: "api".to_owned(),
            ..Enrolment::default()
        })
        .await;
    enter(shop, &card).await
}

/// Shows SR-051 (settings without an app).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_settings_and_the_question_are_in_every_language() {
    let shop = Shop::open().await;
    let member = add(&shop, "Lina").await;
    let shown = shop.get(&member).await;
    assert!(
        shown
            .body
            .contains(&format!("href=\"{member}/settings?lang=en\"")),
        "{}",
        shown.body
    );
    for (tag, title, question, word) in [
        ("en", "Settings and my data", "Delete your data?", "DELETE"),
        ("ar", "الإعدادات وبياناتي", "هل تريد حذف بياناتك؟", "حذف"),
        ("fa", "تنظیمات و داده‌های من", "داده‌هایتان پاک شود؟", "حذف"),
        ("zh-Hans", "设置与我的数据", "要删除您的数据吗？", "删除"),
        ("zh-Hant", "設定與我的資料", "要刪除您的資料嗎？", "刪除"),
    ] {
        let page = shop.get(&format!("{member}/settings?lang={tag}")).await;
        page.assert_sound();
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.contains(title), "{tag}: {}", page.body);
        assert!(
            page.body.contains(">birthday") || page.body.contains("birthday"),
            "{tag}"
        );
        // Every form and link stays in the language.
        let addresses = page.body.matches("/settings").count();
        assert!(addresses > 6, "{}", page.body);
        assert_eq!(
            page.body.matches(&format!("lang={tag}\"")).count(),
            addresses + 2,
            "{}",
            page.body
        );
        let asked = shop.get(&format!("{member}/settings/delete?lang={tag}")).await;
        asked.assert_sound();
        assert!(
            asked.body.contains(question) && asked.body.contains(&format!("<bdi>{word}</bdi>")),
            "{tag}: {}",
            asked.body
        );
    }
    // A language that no page is written in stays until another is chosen.
    let page = shop.get(&format!("{member}/settings")).await;
    assert!(
        page.body.contains("<option value=\"\" selected>As it is: de"),
        "{}",
        page.body
    );
    let kept = [("first_name", "Lina"), ("last_name", ""), ("language", "")];
    let sent = send(&shop, &format!("{member}/settings/about"), &kept).await;
    assert_eq!(sent.location(), format!("{member}/settings?done=saved"));
    let page = shop.get(sent.location()).await;
    assert!(
        page.body.contains("As it is: de") && page.body.contains("It is saved"),
        "{}",
        page.body
    );
    shop.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_member_typed_is_never_markup_in_the_settings() {
    let shop = Shop::open().await;
    let member = add(&shop, "\"><img src=x onerror=alert(1)>").await;
    let settings = format!("{member}/settings");
    for typed in [
        "<script>alert(1)</script>@",
        "\" autofocus onfocus=alert(1) x=\"",
        "{{7*7}}",
    ] {
        let refused = send(&shop, &format!("{settings}/contact"), &[("contact", typed)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        refused.assert_sound();
        assert!(!refused.body.contains("<img"), "{}", refused.body);
    }
    let about = [
        ("first_name", "<b>x"),
        ("last_name", "'\"<script>"),
        ("language", "xx"),
    ];
    let sent = send(&shop, &format!("{settings}/about"), &about).await;
    let page = shop.get(sent.location()).await;
    page.assert_sound();
    assert!(!page.body.contains("<b>x"), "{}", page.body);
    shop.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_file_is_offered_as_a_file_and_not_kept_on_the_way() {
    let shop = Shop::open().await;
    let member = add(&shop, "Lina").await;
    let file = shop.get(&format!("{member}/settings/export")).await;
    assert_eq!(file.status, StatusCode::OK, "{}", file.body);
    assert_eq!(file.header("content-type"), "application/json");
    assert_eq!(
        file.header("content-disposition"),
        "attachment; filename=\"my-data.json\""
    );
    assert_eq!(file.header("cache-control"), "no-store");
    assert!(file.body.contains("lina@example.com"), "{}", file.body);
    shop.running.stop().await;
}
