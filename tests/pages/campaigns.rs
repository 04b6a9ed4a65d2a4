//! The console's campaigns: written, read as a member reads them, tried, begun, held up, ended; and what they did.

use billfold::store::programs;
use billfold::types::Role;
use reqwest::StatusCode;

use crate::shop::{Page, Shop};
use crate::shop_settings::signed_in;
use crate::terms_tiers::order;
use crate::till::{Browser, member};

/// Writes a campaign and opens its page.
async fn write(browser: &mut Browser<'_>, fields: &[(&str, &str)]) -> (String, Page) {
    let form = browser.get("/console/campaigns/new").await;
    form.assert_sound();
    let kept = browser.send(&form, "name=\"text_en\"", fields).await;
    let path = kept.location().split('?').next().expect("a path").to_owned();
    let page = browser.follow(&kept).await;
    page.assert_sound();
    (path, page)
}

/// Shows SR-112 (the count by wallet before it is sent; to everybody only with a second yes).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_campaign_is_written_read_tried_and_ended() {
    let shop = Shop::open().await;
    let code = member(&shop, "lina").await;
    order(&shop, &code, "A", 1_000).await;
    let mut marketer = signed_in(&shop, "mara", Role::Marketer).await;
    let list = marketer.get("/console/campaigns").await;
    list.assert_sound();
    assert!(list.body.contains("There is no campaign yet."), "{}", list.body);
    let fields = [
        ("name", "Spring"),
        ("text_en", "Hi {first_name|friend}, {points} points wait."),
        ("text_ar", "لديك {points} نقطة"),
    ];
    let (path, page) = write(&mut marketer, &fields).await;
    assert!(
        page.body.contains("Nothing was sent yet.")
            && page.body.contains("<dt>Members</dt><dd>1</dd>")
            && page.body.contains("points wait.</blockquote>"),
        "{}",
        page.body
    );
    assert!(!page.body.contains("{points}"), "{}", page.body);

    // Changed, and stale when somebody else did meanwhile.
    let edit = marketer.get(&format!("{path}/edit")).await;
    edit.assert_sound();
    let saved = marketer
        .send(
            &edit,
            "name=\"text_en\"",
            &[
                ("name", "Spring"),
                ("text_en", "{points} points wait."),
                ("text_ar", "{points} نقطة"),
            ],
        )
        .await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    let stale = marketer
        .send(
            &edit,
            "name=\"text_en\"",
            &[("name", "Late"), ("text_en", "Hello")],
        )
        .await;
    assert_eq!(stale.status, StatusCode::CONFLICT, "{}", stale.body);

    // Read as the holder of a card reads it; tried on it.
    let read = marketer.get(&format!("{path}?card={code}")).await;
    read.assert_sound();
    assert!(read.body.contains("points wait.</blockquote>"), "{}", read.body);
    let unknown = marketer.get(&format!("{path}?card=nonsense")).await;
    assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        unknown.body.contains("No card has this code."),
        "{}",
        unknown.body
    );
    let tested = marketer.send(&read, "name=\"card\"", &[("card", &code)]).await;
    let page = marketer.follow(&tested).await;
    assert!(
        page.body.contains("The card shows it for an hour."),
        "{}",
        page.body
    );

    // So that it is on its way until it is ended, whoever is faster: nobody hears anything in quiet hours.
    shop.act(|tx, _| {
        let mut program = programs::find_by_slug(tx, "cafe")?.expect("there");
        program.policy = r#"{"messages":{"quiet":{"from":"00:00","to":"23:59"}}}"#.to_owned();
        let version = program.version;
        assert!(programs::update(tx, &program, version)?, "nobody else changes it");
        Ok(())
    })
    .await;
    // To everybody only with a yes; then over, then ended.
    let unsure = marketer.send(&page, "value=\"now\"", &[("turn", "now")]).await;
    assert_eq!(unsure.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", unsure.body);
    let begun = marketer
        .send(&page, "value=\"now\"", &[("turn", "now"), ("sure", "yes")])
        .await;
    let page = marketer.follow(&begun).await;
    page.assert_sound();
    assert!(page.body.contains("It goes its way."), "{}", page.body);
    let paused = marketer
        .send(&page, "value=\"pause\"", &[("turn", "pause")])
        .await;
    let page = marketer.follow(&paused).await;
    assert!(page.body.contains("held up"), "{}", page.body);
    let resumed = marketer
        .send(&page, "value=\"resume\"", &[("turn", "resume")])
        .await;
    let page = marketer.follow(&resumed).await;
    let ended = [("turn", "cancel"), ("sure", "yes")];
    let cancelled = marketer.send(&page, "value=\"cancel\"", &ended).await;
    let page = marketer.follow(&cancelled).await;
    page.assert_sound();
    assert!(page.body.contains("taken from the cards"), "{}", page.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_sent_is_said_at_its_field() {
    let shop = Shop::open().await;
    let mut marketer = signed_in(&shop, "mara", Role::Marketer).await;
    let form = marketer.get("/console/campaigns/new").await;
    for (field, typed, said) in [
        ("text_en", "", "Write 1 to 300 characters"),
        ("text_en", "Hi {first_name}", "Not every member has this."),
        ("text_en", "Hi {moon|sun}", "is none of the list below"),
        ("text_en", "Hi {", "A brace stands alone."),
        ("hold_out", "51", "Enter 0 to 50."),
        ("hold_out", "some", "Enter 0 to 50."),
        ("shown_days", "0", "Enter 1 to 365 days."),
        ("time", "someday", "Enter a day and a time"),
        ("until", "2026-01-01", "field-until"),
        ("name", "", "Enter a name of up to 80 characters."),
    ] {
        let sound = [
            ("name", "Spring"),
            ("text_en", "Hello"),
            ("day", "2999-01-01"),
            ("time", "09:00"),
        ];
        let fields: Vec<_> = sound
            .into_iter()
            .filter(|(name, _)| *name != field)
            .chain([(field, typed)])
            .collect();
        let refused = marketer.send(&form, "name=\"text_en\"", &fields).await;
        refused.assert_sound();
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
        let said = if said == "field-until" {
            "Give a last day only if it comes again"
        } else {
            said
        };
        assert!(refused.body.contains(said), "{field} {typed}: {}", refused.body);
    }
    let list = marketer.get("/console/campaigns").await;
    assert!(list.body.contains("There is no campaign yet."), "{}", list.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_only_looks_cannot_write_and_sees_every_language() {
    let shop = Shop::open().await;
    member(&shop, "lina").await;
    let mut marketer = signed_in(&shop, "mara", Role::Marketer).await;
    let (path, _) = write(&mut marketer, &[("name", "Spring"), ("text_en", "Hello")]).await;
    let mut auditor = signed_in(&shop, "aud", Role::Auditor).await;
    for language in ["en", "ar", "fa", "zh-Hans", "zh-Hant"] {
        let page = auditor.get(&format!("{path}?lang={language}")).await;
        page.assert_sound();
        assert_eq!(page.status, StatusCode::OK, "{language}");
        assert!(!page.body.contains("name=\"turn\""), "{}", page.body);
    }
    assert_eq!(
        auditor.get("/console/campaigns/new").await.status,
        StatusCode::FORBIDDEN
    );
    let mut cashier = signed_in(&shop, "cass", Role::Cashier).await;
    assert_eq!(cashier.get(&path).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_calendar_shows_a_month_and_leads_to_the_months_beside_it() {
    let shop = Shop::open().await;
    member(&shop, "lina").await;
    let mut marketer = signed_in(&shop, "mara", Role::Marketer).await;
    let fields = [
        ("name", "Weekly news"),
        ("text_en", "Hello"),
        ("day", "2999-12-01"),
        ("time", "09:00"),
        ("repeats", "weekly"),
        ("until", "2999-12-15"),
    ];
    let (path, page) = write(&mut marketer, &fields).await;
    let begun = marketer
        .send(&page, "value=\"plan\"", &[("turn", "plan"), ("sure", "yes")])
        .await;
    assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.body);
    let mut auditor = signed_in(&shop, "aud", Role::Auditor).await;
    let list = auditor.get("/console/campaigns").await;
    assert!(list.body.contains("/console/campaigns/calendar"), "{}", list.body);
    for language in ["en", "ar", "fa", "zh-Hans", "zh-Hant"] {
        let month = format!("/console/campaigns/calendar?month=2999-12&lang={language}");
        let page = auditor.get(&month).await;
        page.assert_sound();
        assert_eq!(page.status, StatusCode::OK, "{language}");
        // Three times and its last day, in the table and in the list.
        assert_eq!(
            page.body.matches(&format!("href=\"{path}")).count(),
            8,
            "{}",
            page.body
        );
        for other in ["2999-11", "3000-01"] {
            assert!(
                page.body.contains(&format!("calendar?month={other}")),
                "{}",
                page.body
            );
        }
    }
    let page = auditor.get("/console/campaigns/calendar?month=2999-11").await;
    page.assert_sound();
    assert!(page.body.contains("Nothing is sent or ends"), "{}", page.body);
    assert_eq!(
        auditor.get("/console/campaigns/calendar").await.status,
        StatusCode::OK
    );
    let wrong = auditor.get("/console/campaigns/calendar?month=13").await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
}
