//! The member's own page: where they stand, redeeming ahead, and what it does not tell strangers.

use std::time::Duration;

use billfold::actions::TermKind;
use billfold::actions::adjust_points::adjust_points;
use billfold::actions::block_member::block_member;
use billfold::actions::change_program::{ProgramChange, change_program};
use billfold::actions::create_key::create_key;
use billfold::actions::draw_card::read_card;
use billfold::actions::enrol::Enrolment;
use billfold::actions::erase_member::erase_member;
use billfold::actions::merge_members::merge_members;
use billfold::actions::reissue_link::reissue_link;
use billfold::actions::write_term::create_term;
use billfold::store::cards::Card;
use billfold::store::{cards, programs, redemptions};
use billfold::types::{CardId, Role};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::shop::{Page, Shop, find_member, form};

const SAME_SITE: (&str, &str) = ("sec-fetch-site", "same-origin");

/// A shop with a member who has points; gives the path of the card's page.
async fn open(points: i64) -> (Shop, String) {
    let shop = Shop::open().await;
    let path = add(&shop, "C-1", "Lina").await;
    shop.act(move |tx, deed| {
        let member = find_member(tx, "external_id", "C-1")?;
        adjust_points(tx, deed, &member, points, "secret reason")
    })
    .await;
    (shop, path)
}

async fn add(shop: &Shop, id: &str, name: &str) -> String {
    shop.add_member(Enrolment {
        first_name: Some(name.to_owned()),
        external_id: Some(id.to_owned()),
        source: "api".to_owned(),
        ..Enrolment::default()
    })
    .await
}

/// Adds a term of the program; gives its id.
pub(crate) async fn add_term(shop: &Shop, kind: TermKind, body: Value) -> String {
    shop.act(move |tx, deed| {
        let program = programs::find_by_slug(tx, "cafe")?.expect("there");
        let fields = serde_json::from_value(body).expect("fields");
        Ok(create_term(tx, deed, Some(program.id), kind, fields)?.id)
    })
    .await
}

async fn add_coffee(shop: &Shop) -> String {
    let coffee = json!({ "name": { "en": "A <b>coffee</b>", "ar": "قهوة" }, "gives": "product", "cost": 50,
        "description": "Any size & kind", "valid_days": 30 });
    add_term(shop, TermKind::Reward, coffee).await
}

/// Follows the card's page to the member's own; gives its path without the language.
pub(crate) async fn enter(shop: &Shop, card: &str) -> String {
    let sent = shop.get(&format!("{card}/member")).await;
    let path = sent.location().to_owned();
    assert!(path.starts_with("/member/crd_"), "{path}");
    path
}

async fn card_of(shop: &Shop, id: &'static str) -> (CardId, String, i64) {
    shop.act(move |tx, _| {
        let member = find_member(tx, "external_id", id)?;
        let card = cards::list_by_member(tx, &member)?.remove(0);
        Ok((card.id, card.code, card.balance.get()))
    })
    .await
}

/// Sends the form of a page as its own page does.
pub(crate) async fn send(shop: &Shop, path: &str, fields: &[(&str, &str)]) -> Page {
    shop.ask(Method::POST, path, &[SAME_SITE], Some(form(fields)))
        .await
}

/// The value of a form's hidden field.
pub(crate) fn nonce(page: &Page) -> String {
    let rest = page.body.split("name=\"form\" value=\"").nth(1).expect("a form");
    rest.split('"').next().expect("a value").to_owned()
}

/// Redeems a reward through question and form; gives the path of the code's page.
async fn redeem(shop: &Shop, member: &str, reward: &str) -> String {
    let question = shop.get(&format!("{member}/reward/{reward}")).await;
    question.assert_sound();
    assert_eq!(question.status, StatusCode::OK, "{}", question.body);
    let fields = [("form", nonce(&question))];
    let fields = [(fields[0].0, fields[0].1.as_str())];
    let sent = send(shop, &format!("{member}/reward/{reward}"), &fields).await;
    let path = sent.location().to_owned();
    let again = send(shop, &format!("{member}/reward/{reward}"), &fields).await;
    assert_eq!(again.location(), path, "the same form twice is one redemption");
    path
}

/// What the till is told of a card.
async fn at_till(shop: &Shop, code: &str) -> Value {
    let secret = shop
        .act(|tx, deed| {
            let program = programs::find_by_slug(tx, "cafe")?.expect("there");
            create_key(tx, deed, "till", Role::Cashier, Some(program.id)).map(|(_, secret)| secret)
        })
        .await;
    let bearer = format!("Bearer {}", secret.expose());
    let headers = [("authorization", bearer.as_str()), ("accept", "application/json")];
    let answer = shop
        .ask(Method::GET, &format!("/v1/cards/{code}"), &headers, None)
        .await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    serde_json::from_str(&answer.body).expect("JSON")
}

/// Shows SR-009 (the page), SR-035 (progress to the next tier), SR-045 (member page).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_member_sees_where_they_stand_in_every_language() {
    let (shop, card) = open(60).await;
    add_coffee(&shop).await;
    let dear = json!({ "name": "A bag of beans", "gives": "product", "cost": 200 });
    add_term(&shop, TermKind::Reward, dear).await;
    add_term(&shop, TermKind::Tier, json!({ "name": "Gold", "threshold": 500 })).await;
    let three = json!({ "name": "Three coffees", "when": "order", "goal": { "times": 3 }, "within": "month",
        "then": { "points": 25 } });
    add_term(&shop, TermKind::Challenge, three).await;
    for (event, points) in [("referred", 15), ("referral", 30)] {
        let rule =
            json!({ "name": event, "when": { "event": event }, "then": { "points": points, "per": "time" } });
        add_term(&shop, TermKind::Rule, rule).await;
    }
    let page = shop.get(&card).await;
    assert!(
        page.body.contains(&format!("href=\"{card}/member?lang=en\"")),
        "{}",
        page.body
    );
    let member = enter(&shop, &card).await;
    for (languages, hello, balance, next, both) in [
        (
            "en",
            "Hello Lina",
            ">70</strong> <span>points<",
            "130\u{a0}points to go",
            "15\u{a0}points, and you get 30\u{a0}points",
        ),
        (
            "ar",
            "مرحبًا",
            ">70</strong> <span>نقطة<",
            "A bag of beans",
            "\u{2068}15\u{a0}نقطة\u{2069}",
        ),
        (
            "fa",
            "سلام",
            ">۷۰</strong> <span>امتیاز<",
            "۱۳۰\u{a0}امتیاز",
            "۳۰\u{a0}امتیاز",
        ),
        (
            "zh-CN",
            "您好，Lina",
            ">70</strong> <span>积分<",
            "130\u{a0}积分",
            "15\u{a0}积分",
        ),
        (
            "zh-TW",
            "您好，Lina",
            ">70</strong> <span>點<",
            "130\u{a0}點",
            "30\u{a0}點",
        ),
    ] {
        let page = shop.get_in(&member, languages).await;
        page.assert_sound();
        assert_eq!(page.status, StatusCode::OK);
        for words in [
            hello,
            balance,
            next,
            both,
            "Gold",
            "Three coffees",
            "/join/cafe?ref=",
        ] {
            assert!(page.body.contains(words), "{languages}: {words} in {}", page.body);
        }
        assert_eq!(page.body.matches("<progress ").count(), 3, "{}", page.body);
        assert!(
            !page.body.contains("secret reason") && !page.body.contains("{}"),
            "{}",
            page.body
        );
        assert!(!page.body.contains("<b>coffee"), "{}", page.body);
        for tag in ["<h2></h2>", "<p></p>", "<span></span>"] {
            assert!(!page.body.contains(tag), "{languages}: {tag}");
        }
    }
    assert!(shop.get_in(&member, "fa").await.body.contains("۳۰ آبان ۱۴۰۵"));
    assert_eq!(shop.get(&member).await.header("cache-control"), "no-store");
    shop.running.stop().await;
}

/// What a design can name of Lina's page, and her card.
async fn read_link(shop: &Shop) -> (String, Card) {
    let house = shop.running.house.clone();
    shop.act(move |tx, _| {
        let member = find_member(tx, "external_id", "C-1")?;
        let card = cards::list_by_member(tx, &member)?.remove(0);
        let drawn = read_card(tx, &house, card)?;
        Ok((drawn.facts.progress.member_link, drawn.card))
    })
    .await
}

/// Shows SR-009 (the link).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_back_of_the_card_leads_to_its_page_and_a_new_link_is_told_to_phones() {
    let (shop, card) = open(60).await;
    let (link, before) = read_link(&shop).await;
    assert!(link.ends_with(&card), "{link} {card}");
    let id = before.id.clone();
    shop.act(move |tx, deed| reissue_link(tx, deed, &id)).await;
    let (fresh, after) = read_link(&shop).await;
    assert_ne!(link, fresh);
    assert!(after.version > before.version, "the pass is fetched again");
    let path = fresh
        .split_at(fresh.find("/card/").expect("a card's page"))
        .1
        .to_owned();
    assert_eq!(shop.get(&path).await.status, StatusCode::OK);
    shop.running.stop().await;
}

/// Shows SR-043 (choice on the member page).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reward_that_is_redeemed_ahead_is_in_hand_at_the_till() {
    let (shop, card) = open(60).await;
    let coffee = add_coffee(&shop).await;
    let member = enter(&shop, &card).await;
    let (_, code, _) = card_of(&shop, "C-1").await;
    let path = redeem(&shop, &member, &coffee).await;
    let page = shop.get(&path).await;
    page.assert_sound();
    assert!(
        page.body.contains("Show this at the till") && page.body.contains("21 Dec 2026"),
        "{}",
        page.body
    );
    let till = at_till(&shop, &code).await;
    assert_eq!(till["redemptions"].as_array().map(Vec::len), Some(1), "{till}");
    assert_eq!(till["card"]["balance"], 20);
    let shown = till["redemptions"][0]["code"]
        .as_str()
        .expect("a code")
        .to_owned();
    let groups: Vec<String> = shown
        .as_bytes()
        .chunks(4)
        .map(|four| String::from_utf8_lossy(four).into_owned())
        .collect();
    assert!(page.body.contains(&groups.join(" ")), "{shown} in {}", page.body);
    assert!(shop.get(&member).await.body.contains("Ready to use"));
    let arabic = shop.get_in(&path, "ar").await;
    arabic.assert_sound();
    assert!(arabic.body.contains("قهوة"), "{}", arabic.body);
    let back = send(&shop, &format!("{path}/cancel"), &[]).await;
    assert_eq!(back.location(), format!("{member}?done=given_back"));
    assert!(shop.get(back.location()).await.body.contains("It is given back"));
    assert_eq!(card_of(&shop, "C-1").await.2, 70);
    assert_eq!(
        send(&shop, &format!("{path}/cancel"), &[]).await.location(),
        format!("{member}?not=gone")
    );
    assert_eq!(shop.get(&path).await.location(), format!("{member}?not=gone"));
    // A second form is a second wish, and the points say no.
    redeem(&shop, &member, &coffee).await;
    let late = send(
        &shop,
        &format!("{member}/reward/{coffee}"),
        &[("form", "another")],
    )
    .await;
    assert_eq!(late.location(), format!("{member}?not=no_points"));
    let said = shop.get(late.location()).await;
    said.assert_sound();
    assert!(said.body.contains("does not suffice"), "{}", said.body);
    shop.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_is_over_after_half_an_hour_and_a_made_up_one_opens_nothing() {
    let (shop, card) = open(60).await;
    let other_card = add(&shop, "C-2", "Omar").await;
    let coffee = add_coffee(&shop).await;
    let (member, other) = (enter(&shop, &card).await, enter(&shop, &other_card).await);
    let held = redeem(&shop, &member, &coffee).await;
    let id = held.rsplit('/').next().expect("an id").to_owned();
    // Another's reward cannot be seen nor given back.
    assert_eq!(
        shop.get(&format!("{other}/code/{id}")).await.location(),
        format!("{other}?not=gone")
    );
    let taken = send(&shop, &format!("{other}/code/{id}/cancel"), &[]).await;
    assert_eq!(taken.location(), format!("{other}?not=gone"));
    let tail = |path: &str| path.split_once('-').expect("a token").1.to_owned();
    let own_id = card_of(&shop, "C-1").await.0;
    for bent in [
        format!("/member/{own_id}-{}", tail(&other)),
        member.replace("/member/", "/member/x"),
        format!("{member}x"),
        card.replace("/card/", "/member/"),
        "/member/x".to_owned(),
        format!("/member/{own_id}-99999999999999-AAAAAAAAAAAAAAAAAAAAAAAA"),
    ] {
        let page = shop.get(&bent).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{bent}");
        page.assert_sound();
        assert!(!page.body.contains("Lina"), "{}", page.body);
    }
    shop.clock.advance(Duration::from_secs(30 * 60 - 1));
    assert_eq!(shop.get(&member).await.status, StatusCode::OK);
    shop.clock.advance(Duration::from_secs(1));
    for (languages, words) in [
        ("en", "open for half an hour"),
        ("ar", "نصف ساعة"),
        ("fa", "نیم ساعت"),
        ("zh-CN", "半小时"),
        ("zh-TW", "半小時"),
    ] {
        let page = shop.get_in(&member, languages).await;
        assert_eq!(page.status, StatusCode::GONE);
        page.assert_sound();
        assert!(
            page.body.contains(words) && !page.body.contains("Lina"),
            "{}",
            page.body
        );
        assert!(!page.body.contains("/card/"), "a stranger is not led to the card");
    }
    let cookie = format!("card={}", card.trim_start_matches("/card/"));
    let came = shop.ask(Method::GET, &member, &[("cookie", &cookie)], None).await;
    assert_eq!(came.status, StatusCode::GONE);
    assert!(came.body.contains(&format!("href=\"{card}\"")), "{}", came.body);
    assert_eq!(
        send(&shop, &format!("{held}/cancel"), &[]).await.status,
        StatusCode::GONE
    );
    assert_eq!(card_of(&shop, "C-1").await.2, 20, "nothing was given back");
    shop.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redemption_from_another_site_is_not_taken() {
    let (shop, card) = open(60).await;
    let coffee = add_coffee(&shop).await;
    let member = enter(&shop, &card).await;
    for headers in [
        ("sec-fetch-site", "cross-site"),
        ("origin", "https://evil.example"),
    ] {
        for path in [
            format!("{member}/reward/{coffee}"),
            format!("{member}/code/rdm_x/cancel"),
        ] {
            let body = Some(form(&[("form", "abc")]));
            let page = shop.ask(Method::POST, &path, &[headers], body).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{path}");
            page.assert_sound();
        }
    }
    let empty = send(&shop, &format!("{member}/reward/{coffee}"), &[]).await;
    assert_eq!(empty.status, StatusCode::BAD_REQUEST);
    assert_eq!(card_of(&shop, "C-1").await.2, 70);
    shop.running.stop().await;
}

/// Shows SR-113 (the member page).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_member_typed_is_never_markup_on_their_page() {
    let shop = Shop::open().await;
    for (id, name) in [
        ("1", "<script>alert(1)</script>"),
        ("2", "\"><img src=x onerror=alert(1)>"),
        ("3", "{{7*7}}"),
    ] {
        let card = add(&shop, id, name).await;
        let page = shop.get(&enter(&shop, &card).await).await;
        page.assert_sound();
        assert!(
            !page.body.contains("<img") && page.body.contains("Hello "),
            "{}",
            page.body
        );
    }
    shop.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reward_that_asks_for_the_card_is_had_at_the_till_alone() {
    let (shop, card) = open(60).await;
    let coffee = add_coffee(&shop).await;
    shop.act(|tx, deed| {
        let program = programs::find_by_slug(tx, "cafe")?.expect("there");
        let freshness = json!({ "freshness": { "points": 50, "accept": ["name"], "then": "flag" } });
        let changes = ProgramChange {
            policy: Some(serde_json::from_value(freshness).expect("a policy")),
            ..ProgramChange::default()
        };
        change_program(tx, deed, &program.id, None, changes)
    })
    .await;
    let member = enter(&shop, &card).await;
    let page = shop.get(&member).await;
    page.assert_sound();
    assert!(
        page.body.contains("At the till: show your card") && !page.body.contains("/reward/"),
        "{}",
        page.body
    );
    let refused = format!("{member}?not=at_till");
    assert_eq!(
        shop.get(&format!("{member}/reward/{coffee}")).await.location(),
        refused
    );
    let sent = send(&shop, &format!("{member}/reward/{coffee}"), &[("form", "abc")]).await;
    assert_eq!(sent.location(), refused);
    assert_eq!(card_of(&shop, "C-1").await.2, 70);
    shop.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_blocked_a_joined_and_an_erased_member_see_what_is_theirs() {
    let (shop, card) = open(60).await;
    let coffee = add_coffee(&shop).await;
    let other_card = add(&shop, "C-2", "Omar").await;
    let (member, other) = (enter(&shop, &card).await, enter(&shop, &other_card).await);
    shop.act(|tx, deed| {
        let id = find_member(tx, "external_id", "C-1")?;
        block_member(tx, deed, &id, "looked odd")
    })
    .await;
    let page = shop.get(&member).await;
    page.assert_sound();
    assert!(
        page.body.contains("cannot be used at the moment") && !page.body.contains("/reward/"),
        "{}",
        page.body
    );
    assert!(!page.body.contains("looked odd"), "{}", page.body);
    let sent = send(&shop, &format!("{member}/reward/{coffee}"), &[("form", "abc")]).await;
    assert_eq!(sent.location(), format!("{member}?not=not_now"));
    let third = add(&shop, "C-3", "Omar").await;
    let third = enter(&shop, &third).await;
    shop.act(|tx, deed| {
        let (into, from) = (
            find_member(tx, "external_id", "C-3")?,
            find_member(tx, "external_id", "C-2")?,
        );
        merge_members(tx, deed, &into, &from, "one person")
    })
    .await;
    for path in [&other, &third] {
        let page = shop.get(path).await;
        page.assert_sound();
        assert_eq!(page.status, StatusCode::OK);
    }
    let into = |body: &str| {
        body.split("class=\"balance\"")
            .nth(1)
            .map(|rest| rest[..200].to_owned())
    };
    assert_eq!(
        into(&shop.get(&other).await.body),
        into(&shop.get(&third).await.body),
        "one card acts for both"
    );
    shop.act(|tx, deed| {
        let id = find_member(tx, "external_id", "C-1")?;
        erase_member(tx, deed, &id, None)
    })
    .await;
    assert_eq!(shop.get(&member).await.status, StatusCode::NOT_FOUND);
    let left = shop.act(|tx, _| {
        let id = find_member(tx, "external_id", "C-3")?;
        let card = cards::list_by_member(tx, &id)?.remove(0);
        Ok(redemptions::list_issued(tx, &card.id)?.len())
    });
    assert_eq!(left.await, 0);
    shop.running.stop().await;
}
