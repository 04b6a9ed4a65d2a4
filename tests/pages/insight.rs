//! How the program goes, for people: the same numbers as by the API and in the table, in five languages, for those who may see.

use std::time::{Duration, Instant};

use billfold::actions::TermKind;
use billfold::actions::create_key::create_key;
use billfold::actions::measure_program::SMALL_CARDS_MAX;
use billfold::store::programs;
use billfold::types::{Currency, Language, Money, Role};
use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, SqliteConnection};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::member::add_term;
use crate::members::{card_of, join, named, signed_in};
use crate::shop::{Page, Shop};
use crate::terms_tiers::order;

const HOSTILE: &str = "<script>alert(1)</script>";

/// Three members, of whom one bought twice, one once and one never; and a reward that nobody wants.
async fn a_small_month(shop: &Shop) {
    let reward = json!({ "name": { "en": HOSTILE, "ar": "قهوة" }, "cost": 50, "gives": "product" });
    add_term(shop, TermKind::Reward, reward).await;
    let mut codes = Vec::new();
    for name in ["lina", "omar", "mei"] {
        let joined = join(shop, "cafe", named(name, "")).await;
        codes.push(card_of(shop, &joined).await.code);
    }
    let (lina, omar) = (&codes[0], &codes[1]);
    for (code, number, minor) in [(lina, "A", 400_000), (lina, "B", 4_000), (omar, "C", 1_050)] {
        order(shop, code, number, minor).await;
    }
}

/// What the page shows of a figure: its number, and of how many.
fn shown(page: &Page, figure: &str) -> (String, Option<String>) {
    let (_, rest) = page
        .body
        .split_once(&format!("<li data-figure=\"{figure}\">"))
        .unwrap_or_else(|| panic!("no {figure} in {}", page.body));
    let (tile, _) = rest.split_once("</li>").expect("an end");
    let text = |class: &str| {
        let (_, rest) = tile.split_once(&format!("<p class=\"{class}\">"))?;
        Some(rest.split_once("</p>")?.0.to_owned())
    };
    (text("number").expect("a number"), text("quiet"))
}

/// A figure of the API as a reader of a language expects it.
fn expected(figure: &Value, language: &Language, currency: Currency) -> String {
    let Some(value) = figure["value"].as_i64() else {
        return "–".to_owned();
    };
    match figure["unit"].as_str().expect("a unit") {
        "minor_units" => language.write_money(Money {
            minor: value,
            currency,
        }),
        "basis_points" => {
            let (part, of) = (
                figure["part"].as_i64().expect("one"),
                figure["of"].as_i64().expect("one"),
            );
            language.write_percent((part * 2_000 + of) / (of * 2))
        }
        "hundredths" => language.write_hundredths(value.unsigned_abs()),
        "tenths_of_a_day" => language.write_tenths(value.unsigned_abs()),
        _ => language.write_number(value),
    }
}

/// Shows SR-061 (the page, the API and the table say the same), SR-056 (on the page).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_the_api_and_the_table_say_the_same() {
    let shop = Shop::open().await;
    a_small_month(&shop).await;
    let (id, key) = shop
        .act(|tx, deed| {
            let program = programs::find_by_slug(tx, "cafe")?.expect("there");
            let (_, secret) = create_key(tx, deed, "books", Role::Auditor, Some(program.id.clone()))?;
            Ok((program.id, format!("Bearer {}", secret.expose())))
        })
        .await;
    let asked = "margin=25&horizon=3";
    let headers = [("authorization", key.as_str()), ("accept", "*/*")];
    let ask = async |path: &str| {
        let path = format!("/v1/programs/{id}/insight{path}");
        shop.ask(Method::GET, &path, &headers, None).await
    };
    let mut auditor = signed_in(&shop, "ada", Role::Auditor).await;
    for days in ["days=30", "days=90", "from=2026-01-01&to=2026-06-30"] {
        let by_api = ask(&format!("?{days}&{asked}")).await;
        let by_api: Value = serde_json::from_str(&by_api.body).expect("JSON");
        let figures = by_api["figures"].as_array().expect("figures").clone();
        for language in ["en", "ar", "fa", "zh-Hans", "zh-Hant"] {
            let page = auditor
                .get(&format!("/console/insight?{days}&{asked}&lang={language}"))
                .await;
            page.assert_sound();
            assert_eq!(page.status, StatusCode::OK);
            assert!(!page.body.contains(HOSTILE), "{}", page.body);
            let written: Language = language.parse().expect("a language");
            let currency = "EUR".parse().expect("a currency");
            for figure in &figures {
                let name = figure["name"].as_str().expect("a name");
                let wanted = expected(figure, &written, currency);
                assert_eq!(shown(&page, name).0, wanted, "{name} {language} {days}");
            }
        }
        let own = auditor.get(&format!("/console/insight.csv?{days}&{asked}")).await;
        assert_eq!(own.header("content-type"), "text/csv; charset=utf-8");
        let table = ask(&format!(".csv?{days}&{asked}")).await;
        assert_eq!(own.body, table.body);
    }
    // And the numbers themselves, by hand: two of three members, three orders of 4,050.50 together.
    let mut marketer = signed_in(&shop, "mara", Role::Marketer).await;
    let page = marketer.get("/console/insight?lang=en").await;
    for (figure, number, counted) in [
        ("members", "3", None),
        ("participation", "66.7%", Some("2 of 3")),
        ("orders", "3", None),
        ("revenue", "€4,050.50", None),
        ("average_order", "€1,350.17", Some("€4,050.50 / 3")),
        ("repeat_rate", "50.0%", Some("1 of 2")),
        ("top_tenth_share", "99.7%", Some("€4,040 of €4,050.50")),
    ] {
        let wanted = (number.to_owned(), counted.map(str::to_owned));
        assert_eq!(shown(&page, figure), wanted, "{figure}");
    }
    for there in [
        "Members with an order in the period / members at its end.",
        "<svg class=\"chart\"",
        "href=\"/console/members?lang=en\"",
        "/console/members?since=",
        "aria-current=\"page\">Last 30 days",
        "&#60;script&#62;alert(1)",
    ] {
        assert!(page.body.contains(there), "{there}: {}", page.body);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_counted_is_said_and_nothing_typed_is_lost() {
    let shop = Shop::open().await;
    let mut manager = signed_in(&shop, "max", Role::Manager).await;
    let empty = manager.get("/console/insight").await;
    empty.assert_sound();
    assert_eq!(empty.status, StatusCode::OK);
    assert_eq!(shown(&empty, "participation").0, "–");
    for (asked, fault, kept) in [
        (
            "from=2026-05-02&to=2026-05-01",
            "days-fault",
            "value=\"2026-05-02\"",
        ),
        ("from=2026-05-02", "days-fault", "value=\"2026-05-02\""),
        (
            "from=2999-01-01&to=2999-01-02",
            "days-fault",
            "value=\"2999-01-01\"",
        ),
        ("days=0", "days-fault", "id=\"from\""),
        ("margin=101", "margin-fault", "value=\"101\""),
        ("margin=x%22%3E", "margin-fault", "value=\"x&#34;&#62;\""),
        ("horizon=0", "horizon-fault", "value=\"0\""),
        (
            "horizon=99999999999999999999",
            "horizon-fault",
            "value=\"99999999999999999999\"",
        ),
    ] {
        let page = manager.get(&format!("/console/insight?{asked}")).await;
        page.assert_sound();
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{asked}");
        let id = format!("id=\"{fault}\"");
        assert!(
            page.body.contains(&id) && page.body.contains(kept),
            "{asked}: {}",
            page.body
        );
        let table = manager.get(&format!("/console/insight.csv?{asked}")).await;
        assert_eq!(table.status, StatusCode::BAD_REQUEST, "{asked}: {}", table.body);
    }
    // Digits of other scripts are digits.
    let persian = manager.get("/console/insight?margin=%DB%B2%DB%B5&lang=fa").await;
    assert_eq!(persian.status, StatusCode::OK);
}

/// One more card than a program has whose figures are counted while somebody waits.
fn grow(shop: &Shop) {
    let file = shop.file();
    let mut conn = SqliteConnection::establish(&file.to_string_lossy()).expect("a database");
    let guests = format!(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i <= {SMALL_CARDS_MAX}) \
         SELECT printf('%026d', i) AS i, programs.id AS program FROM n, programs"
    );
    conn.batch_execute(&format!(
        "PRAGMA foreign_keys = ON; BEGIN IMMEDIATE; \
         INSERT INTO members (id, program_id, first_name, last_name, language, version, created_at, updated_at) \
           SELECT 'mem_' || i, program, 'Guest', '', 'en', 1, 1, 1 FROM ({guests}); \
         INSERT INTO cards (id, program_id, member_id, code, balance, remainder, version, last_modified, link_epoch, \
           created_at) SELECT 'crd_' || i, program, 'mem_' || i, i, 0, 0, 1, 0, 0, 1 FROM ({guests}); COMMIT"
    ))
    .expect("they join");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_program_is_counted_while_nobody_waits() {
    let shop = Shop::open().await;
    grow(&shop);
    let mut manager = signed_in(&shop, "max", Role::Manager).await;
    let first = manager.get("/console/insight?lang=en&days=90").await;
    first.assert_sound();
    assert_eq!(first.status, StatusCode::OK);
    assert_eq!(first.header("refresh"), "3");
    assert!(
        first.body.contains("Being counted") && !first.body.contains("data-figure"),
        "{}",
        first.body
    );
    // What has to be mended stays where it is; the usual days are counted too.
    let faulty = manager.get("/console/insight?lang=en&margin=101").await;
    faulty.assert_sound();
    assert_eq!(
        (faulty.status, faulty.header("refresh")),
        (StatusCode::UNPROCESSABLE_ENTITY, "")
    );
    assert!(faulty.body.contains("value=\"101\""), "{}", faulty.body);
    let end = Instant::now() + Duration::from_mins(1);
    let told = loop {
        let page = manager.get("/console/insight?lang=en&days=90").await;
        if page.body.contains("data-figure") {
            break page;
        }
        assert!(Instant::now() < end, "{}", page.body);
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    told.assert_sound();
    assert_eq!(told.header("refresh"), "");
    assert_eq!(shown(&told, "members").0, "20,001");
    assert_eq!(
        shown(&told, "participation"),
        ("0.0%".to_owned(), Some("0 of 20,001".to_owned()))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_does_not_run_the_program_does_not_see_how_it_goes() {
    let shop = Shop::open().await;
    for (name, role, status) in [
        ("olga", Role::Owner, StatusCode::OK),
        ("max", Role::Manager, StatusCode::OK),
        ("mara", Role::Marketer, StatusCode::OK),
        ("ada", Role::Auditor, StatusCode::OK),
        ("cem", Role::Cashier, StatusCode::FORBIDDEN),
    ] {
        let mut browser = signed_in(&shop, name, role).await;
        for path in ["/console/insight", "/console/insight.csv"] {
            assert_eq!(browser.get(path).await.status, status, "{name} {path}");
        }
    }
    let nobody = shop.get("/console/insight").await;
    assert!(nobody.location().starts_with("/sign-in"), "{nobody:?}");
}
