//! Surveys for people: answered on the member's page, once; written, opened and counted in the console.

use billfold::actions::TermKind;
use billfold::actions::block_member::block_member;
use billfold::actions::change_survey::{SurveyChange, change_survey, create_survey};
use billfold::actions::enrol::Enrolment;
use billfold::loyalty::survey::Questionnaire;
use billfold::store::programs;
use billfold::types::{Role, SurveyId};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::here::scan;
use crate::member::{add_term, enter, send};
use crate::shop::{Page, Shop, find_member};
use crate::shop_settings::signed_in;
use crate::till::{Browser, find_form};

/// A page without the marks that keep apart what is written in other directions, and with plain spaces.
fn plain(page: &Page) -> String {
    page.body
        .replace(['\u{2068}', '\u{2069}'], "")
        .replace('\u{a0}', " ")
}

const HOSTILE: &str = "<script>alert(1)</script>";

pub(crate) fn five() -> Value {
    json!({ "title": { "en": "Your <b>visit</b>", "ar": "زيارتك" }, "intro": "Two\nminutes.", "thanks": "See you & yours!",
        "questions": [
        { "id": "drink", "text": "What do you drink?", "kind": "single", "required": true,
          "choices": [{ "id": "tea", "text": "Tea" }, { "id": "coffee", "text": { "en": "Coffee", "ar": "قهوة" } }] },
        { "id": "liked", "text": "What did you like?", "kind": "several",
          "choices": [{ "id": "cake", "text": "The cake" }, { "id": "music", "text": "The music" }] },
        { "id": "stars", "text": "How was it?", "kind": "scale_1_5", "required": true },
        { "id": "again", "text": "Would you tell a friend?", "kind": "scale_0_10" },
        { "id": "words", "text": "What else?", "kind": "text" },
    ]})
}

/// Writes a survey, in a state; gives its id.
pub(crate) async fn add_survey(shop: &Shop, state: &'static str) -> SurveyId {
    shop.act(move |tx, deed| {
        let program = programs::find_by_slug(tx, "cafe")?.expect("there");
        let body: Questionnaire = serde_json::from_value(five()).expect("a survey");
        let made = create_survey(tx, deed, &program.id, ("Autumn", &body))?;
        let change = SurveyChange {
            state: Some(state.to_owned()),
            ..SurveyChange::default()
        };
        Ok(change_survey(tx, deed, (&made.id, None), &change)?.id)
    })
    .await
}

async fn set_state(shop: &Shop, id: &SurveyId, state: &'static str) {
    let id = id.clone();
    shop.act(move |tx, deed| {
        let change = SurveyChange {
            state: Some(state.to_owned()),
            ..SurveyChange::default()
        };
        change_survey(tx, deed, (&id, None), &change)
    })
    .await;
}

async fn lina(shop: &Shop) -> String {
    shop.add_member(Enrolment {
        first_name: Some("Lina".to_owned()),
        email: Some("lina@example.com".to_owned()),
        ..Enrolment::default()
    })
    .await
}

/// Shows SR-025 (linked from the member's page), SR-116 (on the page: five questions, a reward).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_member_answers_a_survey_once_and_hears_what_it_brought() {
    let shop = Shop::open().await;
    let off = json!({ "name": "Ten per cent off one item", "gives": { "percent_off": { "percent": 10, "of": "item" } } });
    let off = add_term(&shop, TermKind::Reward, off).await;
    for then in [
        json!({ "points": 50, "per": "time" }),
        json!({ "reward": off, "per": "time" }),
    ] {
        let rule = json!({ "name": "Survey", "when": { "event": "survey_answered" }, "then": then });
        add_term(&shop, TermKind::Rule, rule).await;
    }
    let card = lina(&shop).await;
    let member = enter(&shop, &card).await;
    let none = shop.get(&member).await;
    assert!(!none.body.contains("/survey/"), "{}", none.body);
    let id = add_survey(&shop, "open").await;
    let page = shop.get(&member).await;
    page.assert_sound();
    assert!(
        plain(&page).contains("5 questions · 50 points + Ten per cent off one item"),
        "{}",
        page.body
    );
    let address = format!("{member}/survey/{id}");
    assert!(page.body.contains(&format!("{address}?lang=en")), "{}", page.body);
    let asked = shop.get(&address).await;
    asked.assert_sound();
    assert_eq!(asked.body.matches("<fieldset").count(), 4, "{}", asked.body);
    assert!(
        asked.body.contains("Your &#60;b&#62;visit") && asked.body.contains("<textarea"),
        "{}",
        asked.body
    );
    let arabic = shop.get_in(&address, "ar").await;
    arabic.assert_sound();
    assert!(
        arabic.body.contains("زيارتك") && arabic.body.contains("قهوة"),
        "{}",
        arabic.body
    );

    // What is missing is said beside its question, and nothing typed is lost.
    let half = [("q_liked", "music"), ("q_again", "99"), ("q_words", HOSTILE)];
    let refused = send(&shop, &address, &half).await;
    refused.assert_sound();
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for shown in [
        "id=\"q_drink-fault\"",
        "id=\"q_stars-fault\"",
        "id=\"q_again-fault\"",
        "value=\"music\" checked",
        "&#60;script&#62;alert(1)",
    ] {
        assert!(refused.body.contains(shown), "{shown}: {}", refused.body);
    }
    let whole = [
        ("q_drink", "coffee"),
        ("q_liked", "music"),
        ("q_liked", "cake"),
        ("q_stars", "4"),
        ("q_again", "9"),
        ("q_words", HOSTILE),
    ];
    let sent = send(&shop, &address, &whole).await;
    let thanks = shop.get(sent.location()).await;
    thanks.assert_sound();
    for shown in [
        "Thank you",
        "See you &#38; yours!",
        "50 points",
        "Ten per cent off one item",
        "/code/rdm_",
    ] {
        assert!(plain(&thanks).contains(shown), "{shown}: {}", thanks.body);
    }
    let again = send(&shop, &address, &whole).await;
    again.assert_sound();
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert!(
        again.body.contains("You have answered this survey"),
        "{}",
        again.body
    );
    let later = shop.get(&address).await;
    assert!(
        later.body.contains("You have answered this survey"),
        "{}",
        later.body
    );
    let page = shop.get(&member).await;
    assert!(!page.body.contains("/survey/"), "{}", page.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_surveys_link_knows_whose_phone_it_is_and_tells_others_how() {
    let shop = Shop::open().await;
    let id = add_survey(&shop, "open").await;
    let card = lina(&shop).await;
    let link = format!("/survey/{id}");
    let known = scan(&shop, &link, &card).await;
    assert!(
        known.location().starts_with("/member/crd_") && known.location().contains(id.as_str()),
        "{}",
        known.location()
    );
    assert_eq!(shop.get(known.location()).await.status, StatusCode::OK);
    let stranger = shop.get(&link).await;
    stranger.assert_sound();
    assert_eq!(stranger.status, StatusCode::OK);
    assert!(
        stranger.body.contains("Answer with your card") && stranger.body.contains("/join/cafe"),
        "{}",
        stranger.body
    );
    set_state(&shop, &id, "closed").await;
    for (page, status) in [
        (scan(&shop, &link, &card).await, StatusCode::GONE),
        (shop.get(known.location()).await, StatusCode::GONE),
        (
            shop.get("/survey/srv_00000000000000000000000000").await,
            StatusCode::NOT_FOUND,
        ),
        (shop.get("/survey/no-id").await, StatusCode::NOT_FOUND),
    ] {
        page.assert_sound();
        assert_eq!(page.status, status, "{}", page.body);
    }
    let member = enter(&shop, &card).await;
    let late = send(
        &shop,
        &format!("{member}/survey/{id}"),
        &[("q_drink", "tea"), ("q_stars", "4")],
    )
    .await;
    late.assert_sound();
    assert_eq!(late.status, StatusCode::GONE);
    set_state(&shop, &id, "open").await;
    let foreign = shop
        .ask(
            Method::POST,
            &format!("{member}/survey/{id}"),
            &[("sec-fetch-site", "cross-site")],
            Some("q_drink=tea&q_stars=4".to_owned()),
        )
        .await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
    shop.act(|tx, deed| {
        let member = find_member(tx, "email", "lina@example.com")?;
        block_member(tx, deed, &member, "secret reason")
    })
    .await;
    let blocked = send(
        &shop,
        &format!("{member}/survey/{id}"),
        &[("q_drink", "tea"), ("q_stars", "4")],
    )
    .await;
    assert_eq!(
        blocked.location(),
        member,
        "the page says that the card collects nothing"
    );
}

/// Sends the form of a survey with what its page shows, and some fields changed.
async fn send_survey(browser: &mut Browser<'_>, page: &Page, changed: &[(&str, &str)]) -> Page {
    let (_, rest) = page.body.split_once("<form id=\"survey\"").expect("the form");
    let form = rest.split("</form>").next().expect("its end");
    let value = |tag: &str, name: &str| {
        let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
        Some(rest.split('"').next()?.to_owned())
    };
    let mut fields: Vec<(String, String)> = Vec::new();
    for tag in form.split('<') {
        let (open, text) = tag.split_once('>').unwrap_or_default();
        let name = value(open, "name");
        match (open.split(' ').next(), name) {
            (Some("input"), Some(name)) if !open.contains("checkbox") || open.contains(" checked") => {
                fields.push((name, value(open, "value").unwrap_or_default()));
            }
            (Some("textarea"), Some(name)) => fields.push((name, text.trim_start_matches('\n').to_owned())),
            (Some("select"), Some(name)) => fields.push((name, String::new())),
            (Some("option"), _) if open.contains(" selected") => {
                fields.last_mut().expect("a select").1 = value(open, "value").expect("a value");
            }
            _ => (),
        }
    }
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .filter(|(name, _)| changed.iter().all(|(other, _)| other != name))
        .chain(changed.iter().copied())
        .collect();
    let (action, _) = find_form(&page.body, "id=\"survey\"");
    browser.post(&action, &fields).await
}

/// Writes a survey in the console; gives the address of its page.
async fn written(browser: &mut Browser<'_>) -> String {
    let begin = browser.get("/console/surveys/new").await;
    begin.assert_sound();
    let first = [
        ("name", "Autumn"),
        ("title", "Your visit"),
        ("q0_text", "What do you drink?"),
        ("q0_choices", "Tea\nCoffee"),
        ("q0_required", "yes"),
        ("do", "add"),
    ];
    let more = send_survey(browser, &begin, &first).await;
    more.assert_sound();
    assert_eq!(more.status, StatusCode::OK);
    assert!(
        more.body.contains("q1_text") && more.body.contains("Tea\nCoffee"),
        "{}",
        more.body
    );
    let second = [
        ("q1_text", "How was it?"),
        ("q1_kind", "scale_1_5"),
        ("do", "up-1"),
    ];
    let moved = send_survey(browser, &more, &second).await;
    moved.assert_sound();
    assert!(moved.body.contains("name=\"q0_text\" type=\"text\" autocomplete=\"off\" maxlength=\"200\" dir=\"auto\" value=\"How was it?\""), "{}", moved.body);
    let saved = send_survey(browser, &moved, &[("q1_required", "yes"), ("do", "save")]).await;
    let kept = browser.follow(&saved).await;
    kept.assert_sound();
    for shown in [
        "Saved.",
        "Answering pays nothing yet.",
        "/console/rules",
        "Your visit",
    ] {
        assert!(kept.body.contains(shown), "{shown}: {}", kept.body);
    }
    saved.location().split('?').next().expect("an address").to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_survey_is_written_translated_opened_and_closed_in_the_console() {
    let shop = Shop::open().await;
    let mut manager = signed_in(&shop, "mona", Role::Manager).await;
    let none = manager.get("/console/surveys").await;
    none.assert_sound();
    assert!(none.body.contains("There is no survey yet."), "{}", none.body);
    let address = written(&mut manager).await;
    let first = manager.get(&address).await;

    // In another language, what is not translated is no translation.
    let arabic = manager.get(&format!("{address}?words=ar")).await;
    arabic.assert_sound();
    let sent = send_survey(&mut manager, &arabic, &[("title", "زيارتك"), ("do", "save")]).await;
    let kept = manager.follow(&sent).await;
    assert!(kept.body.contains("value=\"زيارتك\""), "{}", kept.body);
    let english = manager.get(&format!("{address}?words=en")).await;
    assert!(english.body.contains("value=\"Your visit\""), "{}", english.body);

    let stale = send_survey(&mut manager, &first, &[("title", HOSTILE), ("do", "save")]).await;
    stale.assert_sound();
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert!(
        stale.body.contains("Somebody changed this meanwhile") && stale.body.contains("&#60;script&#62;"),
        "{}",
        stale.body
    );
    let wrong = [
        ("name", ""),
        ("q1_choices", "Tea"),
        ("q0_text", ""),
        ("do", "save"),
    ];
    let refused = send_survey(&mut manager, &english, &wrong).await;
    refused.assert_sound();
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for shown in ["name-fault", "q0_text-fault", "q1_choices-fault"] {
        assert!(
            refused.body.contains(&format!("id=\"{shown}\"")),
            "{shown}: {}",
            refused.body
        );
    }
    let rule = json!({ "name": "Survey", "when": { "event": "survey_answered" }, "then": { "points": 50, "per": "time" } });
    add_term(&shop, TermKind::Rule, rule).await;
    let opened = manager.send(&english, "value=\"open\"", &[]).await;
    let open = manager.follow(&opened).await;
    open.assert_sound();
    assert!(
        open.body.contains("It is open.") && plain(&open).contains("Answering pays: 50 points."),
        "{}",
        open.body
    );
    let other = send_survey(
        &mut manager,
        &open,
        &[("q1_choices", "Tea\nCoffee\nMilk"), ("do", "save")],
    )
    .await;
    other.assert_sound();
    assert!(
        other.body.contains("questions and choices stay as they are"),
        "{}",
        other.body
    );
    let closed = manager.send(&open, "value=\"closed\"", &[]).await;
    let closed = manager.follow(&closed).await;
    assert!(closed.body.contains("It is closed."), "{}", closed.body);
    let list = manager.get("/console/surveys").await;
    list.assert_sound();
    assert!(
        list.body.contains("Autumn") && plain(&list).contains("2 questions"),
        "{}",
        list.body
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn results_are_counted_listed_and_taken_along_without_formulas() {
    let shop = Shop::open().await;
    let id = add_survey(&shop, "open").await;
    let card = lina(&shop).await;
    let member = enter(&shop, &card).await;
    let mut auditor = signed_in(&shop, "otto", Role::Auditor).await;
    let results = format!("/console/surveys/{id}/results");
    let none = auditor.get(&results).await;
    none.assert_sound();
    assert!(none.body.contains("Nobody has answered yet."), "{}", none.body);
    let answers = [
        ("q_drink", "tea"),
        ("q_stars", "4"),
        ("q_words", "=HYPERLINK(\"http://x\")<b>"),
    ];
    send(&shop, &format!("{member}/survey/{id}"), &answers).await;
    let page = auditor.get(&results).await;
    page.assert_sound();
    for shown in [
        "1 answer",
        "Mean 4.00",
        "HYPERLINK",
        "&#60;b&#62;",
        "<progress max=\"1\" value=\"1\"",
    ] {
        assert!(plain(&page).contains(shown), "{shown}: {}", page.body);
    }
    let table = auditor.get(&format!("/console/surveys/{id}/answers.csv")).await;
    assert!(table.header("content-disposition").contains("answers.csv"));
    assert!(
        table.body.contains("\"'=HYPERLINK(\"\"http://x\"\")<b>\"") && table.body.contains("\"Tea\""),
        "{}",
        table.body
    );
    // Whoever only looks changes nothing.
    let page = auditor.get(&format!("/console/surveys/{id}")).await;
    page.assert_sound();
    assert!(!page.body.contains("value=\"save\""), "{}", page.body);
    assert_eq!(
        auditor.get("/console/surveys/new").await.status,
        StatusCode::FORBIDDEN
    );
    let sent = auditor
        .post(
            &format!("/console/surveys/{id}/state"),
            &[("state", "closed"), ("version", "2")],
        )
        .await;
    assert_eq!(sent.status, StatusCode::FORBIDDEN);
    assert_eq!(
        auditor.get("/console/surveys/srv_x").await.status,
        StatusCode::NOT_FOUND
    );
}
