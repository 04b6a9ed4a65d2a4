//! Every page in English in disguise: a text that nobody can translate is one that was not disguised.

use std::time::Duration;

use billfold::actions::TermKind;
use billfold::actions::block_member::block_member;
use billfold::actions::change_program::{ProgramChange, change_program};
use billfold::actions::claim_receipt::void_receipt;
use billfold::actions::enrol::Enrolment;
use billfold::actions::void_card::void_card;
use billfold::store::{cards, programs};
use billfold::types::Text;
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::claims::{claim, receipt};
use crate::here::{code as code_of_the_day, scan};
use crate::member::{add_term, enter, nonce, send};
use crate::shop::{ANDROID, Page, Shop, WINDOWS, find_member, form};
use crate::stand_ins::Google;

pub(crate) const DISGUISE: &str = "lang=en-XA";

/// What is the same in every language: sizes of paper, the months of the date's own way of writing, file formats, the
/// name that English gives itself, and the number of the card that looks are drawn with.
const SAME_EVERYWHERE: &[&str] = &[
    "A4",
    "A5",
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
    "English",
    "7KD29QXM4T0WZ3HB",
];

/// Elements whose text is data or is written by the shop: the drawn card, numbers and codes, instants, the names
/// that languages give themselves, and what a movement was for, which the rules' own words say.
const DATA: &[(&str, &str)] = &[
    ("<svg class=\"card\"", "</g>"),
    ("<bdi", "</bdi>"),
    ("<time", "</time>"),
    ("<ul>", "</nav>"),
    ("<select", "</select>"),
    ("<textarea", "</textarea>"),
    ("<code", "</code>"),
    ("<span class=\"why quiet\"", "</span>"),
];

/// What a person sees or hears of a page: its texts, and the attributes that are read out.
fn seen(html: &str) -> Vec<String> {
    let mut html = html.to_owned();
    for (start, end) in DATA {
        while let Some(from) = html.find(start) {
            let rest = html.get(from..).unwrap_or_default();
            let to = rest.find(end).map_or(html.len(), |at| from + at + end.len());
            html.replace_range(from..to, "");
        }
    }
    let mut seen = Vec::new();
    for piece in html.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').unwrap_or((piece, ""));
        for name in ["aria-label", "alt", "title", "placeholder"] {
            let value = tag.split_once(&format!(" {name}=\""));
            let value = value.and_then(|(_, rest)| rest.split('"').next());
            seen.extend(value.map(str::to_owned));
        }
        seen.push(text.to_owned());
    }
    seen
}

/// The visible words of a page that are neither disguised nor the shop's or a member's own, each with its text.
pub(crate) fn plain_words(page: &Page, place: &str) -> Vec<String> {
    page.assert_sound();
    assert!(
        page.body.contains("<html lang=\"en-XA\" dir=\"ltr\">"),
        "{place}: {}",
        page.body
    );
    let mut count = 0;
    let mut found = Vec::new();
    for text in seen(&page.body) {
        // Addresses, and a text that is nothing but the name of a value.
        let is_name = text.starts_with('{') && text.ends_with('}') && !text.contains(' ');
        if is_name || text.starts_with("http://127.0.0.1") {
            continue;
        }
        // What the shop of this test wrote has no letter of English.
        let words = text.split(|letter: char| !letter.is_ascii_alphanumeric());
        let plain: Vec<&str> = words
            .filter(|word| word.contains(|letter: char| letter.is_ascii_alphabetic()))
            .filter(|word| !SAME_EVERYWHERE.contains(word))
            .collect();
        if !plain.is_empty() {
            found.push(format!("{place}: {plain:?} in {text:?}"));
        }
        count += text.matches('[').count();
    }
    assert!(count > 1, "{place} says something: {}", page.body);
    found
}

/// Fails if a page has a visible word that is neither disguised nor the shop's or a member's own.
#[track_caller]
fn assert_disguised(page: &Page, place: &str) {
    let plain = plain_words(page, place);
    assert!(plain.is_empty(), "{plain:#?}");
}

async fn check(shop: &Shop, path: &str, status: StatusCode) -> Page {
    let mark = if path.contains('?') { '&' } else { '?' };
    let page = shop.get(&format!("{path}{mark}{DISGUISE}")).await;
    assert_eq!(page.status, status, "{path}: {}", page.body);
    assert_disguised(&page, path);
    page
}

/// A shop whose every word is in letters that English does not have.
pub(crate) async fn open(google: Google) -> Shop {
    let shop = Shop::with(true, google).await;
    shop.act(|tx, deed| {
        let program = programs::find_by_slug(tx, "cafe")?.expect("there");
        let change = ProgramChange {
            name: Some(Text::plain("Кафе")),
            ..ProgramChange::default()
        };
        change_program(tx, deed, &program.id, None, change)
    })
    .await;
    shop
}

pub(crate) async fn add(shop: &Shop, id: &str) -> String {
    let enrolment = Enrolment {
        first_name: Some("Лина".to_owned()),
        external_id: Some(id.to_owned()),
        ..Enrolment::default()
    };
    shop.add_member(enrolment).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn joining_and_claiming_have_no_text_that_cannot_be_translated() {
    let shop = open(Google::default()).await;
    check(&shop, "/join/cafe", StatusCode::OK).await;
    check(&shop, "/join/cafe?ref=NOBODY", StatusCode::OK).await;
    for size in ["a4", "a5", "tent"] {
        let poster = shop
            .get(&format!("/join/cafe/poster?size={size}&{DISGUISE}"))
            .await;
        let address = shop.url("/join/cafe").replace("http://", "");
        let body = poster.body.replace(&address, "");
        assert_disguised(&Page { body, ..poster }, size);
    }
    let headers = [("sec-fetch-site", "same-origin")];
    for fields in [
        &[][..],
        &[("first_name", "Лина"), ("contact", "?")],
        &[("first_name", "Лина"), ("contact", "@")],
    ] {
        let path = format!("/join/cafe?{DISGUISE}");
        let page = shop.ask(Method::POST, &path, &headers, Some(form(fields))).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_disguised(&page, "the form with faults");
    }
    add(&shop, "1").await;
    let code = shop
        .act(|tx, _| {
            let member = find_member(tx, "external_id", "1")?;
            Ok(cards::list_by_member(tx, &member)?.remove(0).code)
        })
        .await;
    let (sale, path) = receipt(&shop, "sale-1", 1_250).await;
    check(&shop, &path, StatusCode::OK).await;
    let token = path.trim_start_matches("/claim/");
    check(&shop, &format!("/join/cafe?claim={token}"), StatusCode::OK).await;
    let wrong = claim(&shop, &format!("{path}?{DISGUISE}"), "?").await;
    assert_disguised(&wrong, "a claim of no card");
    claim(&shop, &path, &code).await;
    check(&shop, &format!("{path}?done=1"), StatusCode::OK).await;
    check(&shop, &path, StatusCode::OK).await;
    let (taken_back, voided) = receipt(&shop, "sale-2", 990).await;
    shop.act(move |tx, deed| void_receipt(tx, deed, &taken_back.id))
        .await;
    check(&shop, &voided, StatusCode::OK).await;
    let (_, late) = receipt(&shop, "sale-3", 990).await;
    shop.clock.advance(Duration::from_hours(24 * 400));
    check(&shop, &late, StatusCode::OK).await;
    assert_eq!(sale.total_minor, 1_250);
    shop.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cards_and_failures_have_no_text_that_cannot_be_translated() {
    let google = Google::default();
    let shop = open(google.clone()).await;
    let card = add(&shop, "1").await;
    for agent in [ANDROID, WINDOWS] {
        let page = shop.get_on(&format!("{card}?{DISGUISE}"), agent).await;
        assert_disguised(&page, agent);
    }
    let known = [("first_name", "Лина"), ("contact", "лина@example.com")];
    shop.join(&known).await;
    let asked = shop.join(&known).await;
    check(&shop, asked.location(), StatusCode::OK).await;
    let here = code_of_the_day(&shop, None).await;
    check(&shop, &here, StatusCode::OK).await;
    let here = format!("{here}?{DISGUISE}");
    for case in ["checked in", "checked in before"] {
        assert_disguised(&scan(&shop, &here, &card).await, case);
    }
    google.set_out_of_order(true);
    let other = add(&shop, "2").await;
    shop.act(|tx, deed| {
        let member = find_member(tx, "external_id", "2")?;
        let card = cards::list_by_member(tx, &member)?.remove(0);
        void_card(tx, deed, &card.id)
    })
    .await;
    check(&shop, &other, StatusCode::OK).await;
    for (path, status) in [
        ("/join/nobody", StatusCode::NOT_FOUND),
        ("/card/x", StatusCode::NOT_FOUND),
        ("/claim/x", StatusCode::NOT_FOUND),
        ("/download/x", StatusCode::NOT_FOUND),
        ("/member/x", StatusCode::NOT_FOUND),
        ("/here/x", StatusCode::NOT_FOUND),
        ("/nowhere", StatusCode::NOT_FOUND),
        ("/join/cafe/poster?size=a9", StatusCode::BAD_REQUEST),
    ] {
        check(&shop, path, status).await;
    }
    let headers = [("sec-fetch-site", "cross-site")];
    let path = format!("/join/cafe?{DISGUISE}");
    let foreign = shop.ask(Method::POST, &path, &headers, Some(String::new())).await;
    assert_disguised(&foreign, "a form of another site");
    shop.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_members_pages_have_no_text_that_cannot_be_translated() {
    let shop = open(Google::default()).await;
    let card = add(&shop, "1").await;
    let coffee =
        json!({ "name": "Кофе", "description": "Любой", "gives": "product", "cost": 5, "valid_days": 30 });
    let coffee = add_term(&shop, TermKind::Reward, coffee).await;
    add_term(
        &shop,
        TermKind::Reward,
        json!({ "name": "Зёрна", "gives": "product", "cost": 200 }),
    )
    .await;
    add_term(
        &shop,
        TermKind::Tier,
        json!({ "name": "Золото", "threshold": 500 }),
    )
    .await;
    let three = json!({ "name": "Три", "when": "order", "goal": { "times": 3 }, "within": "month",
        "then": { "points": 25 } });
    add_term(&shop, TermKind::Challenge, three).await;
    let rule =
        json!({ "name": "Друг", "when": { "event": "referral" }, "then": { "points": 30, "per": "time" } });
    add_term(&shop, TermKind::Rule, rule).await;
    let member = enter(&shop, &card).await;
    check(&shop, &member, StatusCode::OK).await;
    let reward = format!("{member}/reward/{coffee}");
    let question = check(&shop, &reward, StatusCode::OK).await;
    let sent = send(&shop, &reward, &[("form", &nonce(&question))]).await;
    let code = sent.location().to_owned();
    check(&shop, &code, StatusCode::OK).await;
    check(&shop, &member, StatusCode::OK).await;
    for said in [
        "done=given_back",
        "not=gone",
        "not=no_points",
        "not=sold_out",
        "not=not_now",
        "not=limit",
        "not=at_till",
    ] {
        check(&shop, &format!("{member}?{said}"), StatusCode::OK).await;
    }
    check_settings(&shop, &member).await;
    shop.act(|tx, deed| {
        let member = find_member(tx, "external_id", "1")?;
        block_member(tx, deed, &member, "test")
    })
    .await;
    check(&shop, &member, StatusCode::OK).await;
    shop.clock.advance(Duration::from_mins(30));
    check(&shop, &member, StatusCode::GONE).await;
    shop.running.stop().await;
}

/// The settings in each of their states, and the question before everything is deleted.
async fn check_settings(shop: &Shop, member: &str) {
    let settings = format!("{member}/settings");
    check(shop, &settings, StatusCode::OK).await;
    for said in [
        "done=saved",
        "done=added",
        "done=removed",
        "done=given",
        "done=stopped",
        "not=gone",
    ] {
        check(shop, &format!("{settings}?{said}"), StatusCode::OK).await;
    }
    for contact in ["?", "@", "5"] {
        let refused = send(
            shop,
            &format!("{settings}/contact?{DISGUISE}"),
            &[("contact", contact)],
        )
        .await;
        assert_disguised(&refused, contact);
    }
    let long = "Ж".repeat(201);
    let about = [
        ("first_name", long.as_str()),
        ("last_name", &long),
        ("language", "en"),
    ];
    let refused = send(shop, &format!("{settings}/about?{DISGUISE}"), &about).await;
    assert_disguised(&refused, "names that are too long");
    for granted in ["yes", "no"] {
        let consent = [("purpose", "marketing"), ("granted", granted)];
        send(shop, &format!("{settings}/consent?{DISGUISE}"), &consent).await;
        check(shop, &settings, StatusCode::OK).await;
    }
    check(shop, &format!("{settings}/delete"), StatusCode::OK).await;
    let wrong = send(shop, &format!("{settings}/delete?{DISGUISE}"), &[("word", "?")]).await;
    assert_disguised(&wrong, "another word");
}

#[test]
fn the_check_finds_what_is_not_disguised() {
    for (html, words) in [
        ("<p>[Ĵöîñ~~]</p>", 0),
        ("<p>[Ĵöîñ~~] Join</p>", 1),
        ("<button aria-label=\"Close\">×</button>", 1),
        ("<bdi dir=\"ltr\">AB12</bdi><p>5 [þţš~]</p>", 0),
    ] {
        let seen = seen(html).join(" ");
        let has_plain = seen.contains(|letter: char| letter.is_ascii_alphabetic());
        assert_eq!(usize::from(has_plain), words, "{html}");
    }
}
