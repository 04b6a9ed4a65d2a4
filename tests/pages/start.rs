//! The first steps of an installation: the owner's login, the questions, the proposal, the first card.

use billfold::actions::ActionError;
use billfold::store::terms::{self, Term};
use billfold::store::{Tx, programs, staff};
use billfold::types::{ProgramId, Role};
use reqwest::StatusCode;

use crate::shop::{Page, Shop};
use crate::till::{Browser, PASSWORD, hire};

/// The page that is printed when nobody works here.
fn setup_path(shop: &Shop) -> String {
    format!("/setup/{}", shop.running.house.set_up_token())
}

fn owner() -> [(&'static str, &'static str); 3] {
    [
        ("name", "Olga"),
        ("email", "olga@cafe.example"),
        ("password", PASSWORD),
    ]
}

/// A browser in which the first owner has just made their login.
async fn founder(shop: &Shop) -> Browser<'_> {
    let mut browser = Browser::new(shop);
    let asked = browser.get(&setup_path(shop)).await;
    asked.assert_sound();
    let made = browser.send(&asked, "/setup/", &owner()).await;
    assert!(
        made.location().starts_with("/console/start"),
        "{}",
        made.location()
    );
    browser
}

const ANSWERS: &str = "goal=return&currency=EUR&basket=4.50&customers=400&visits=3&budget=1000";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_owner_makes_a_login_once_and_only_with_the_printed_link() {
    let shop = Shop::open().await;
    let mut browser = Browser::new(&shop);
    for wrong in ["/setup/x", &format!("{}x", setup_path(&shop))] {
        let page = browser.get(wrong).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
    }
    let asked = browser.get(&setup_path(&shop)).await;
    asked.assert_sound();
    // What is wrong is said at its field, and what was typed stays but for the password.
    let short = [
        ("name", "Olga"),
        ("email", "olga@cafe.example"),
        ("password", "short"),
    ];
    let refused = browser.send(&asked, "/setup/", &short).await;
    refused.assert_sound();
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("10 to 200 characters"), "{}", refused.body);
    assert!(refused.body.contains("value=\"olga@cafe.example\"") && !refused.body.contains("\"short\""));
    let bad = [("name", ""), ("email", "olga"), ("password", PASSWORD)];
    let refused = browser.send(&asked, "/setup/", &bad).await;
    assert!(refused.body.contains("id=\"name-fault\"") || refused.body.contains("id=\"email-fault\""));

    let made = browser.send(&asked, "/setup/", &owner()).await;
    assert!(
        made.location().starts_with("/console/start"),
        "{}",
        made.location()
    );
    let start = browser.follow(&made).await;
    assert_eq!(start.status, StatusCode::OK, "{}", start.body);
    start.assert_sound();

    // Whoever comes after finds it done, in whatever browser.
    let mut other = Browser::new(&shop);
    let late = other.get(&setup_path(&shop)).await;
    late.assert_sound();
    assert_eq!(late.status, StatusCode::GONE);
    let sent = other.send(&asked, "/setup/", &owner()).await;
    assert_eq!(sent.status, StatusCode::GONE);
    let people = shop.act(|tx, _| Ok(staff::list(tx, None, None, 10)?)).await;
    assert_eq!(people.len(), 1);
    assert_eq!(
        (people[0].role, people[0].program_id.clone()),
        (Role::Owner, None)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_first_owners_at_once_there_is_one() {
    let shop = Shop::open().await;
    let asked = Browser::new(&shop).get(&setup_path(&shop)).await;
    let tries = (0..6).map(|number| {
        let (shop, asked) = (&shop, &asked);
        async move {
            let email = format!("olga{number}@cafe.example");
            let fields = [
                ("name", "Olga"),
                ("email", email.as_str()),
                ("password", PASSWORD),
            ];
            Browser::new(shop).send(asked, "/setup/", &fields).await.status
        }
    });
    let answers = futures_util::future::join_all(tries).await;
    let made = answers.iter().filter(|status| **status == StatusCode::SEE_OTHER);
    assert_eq!(made.count(), 1, "{answers:?}");
    assert!(
        answers
            .iter()
            .all(|status| [StatusCode::SEE_OTHER, StatusCode::GONE].contains(status))
    );
}

/// Shows SR-104 (in part: the questions lead to other proposals), SR-012, SR-013.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_answers_are_another_proposal_with_what_it_costs() {
    let shop = Shop::open().await;
    let mut browser = founder(&shop).await;
    let stamps = browser.get(&format!("/console/start/plan?{ANSWERS}")).await;
    stamps.assert_sound();
    assert!(
        stamps.body.contains("value=\"stamps\" checked"),
        "{}",
        stamps.body
    );
    assert!(
        stamps.body.contains("10% of what customers spend"),
        "{}",
        stamps.body
    );
    assert!(stamps.body.contains("€540 a month"), "{}", stamps.body);

    let spend = ANSWERS
        .replace("return", "spend")
        .replace("4.50", "60")
        .replace("1000", "500");
    let money = browser.get(&format!("/console/start/plan?{spend}")).await;
    assert!(money.body.contains("value=\"money\" checked"), "{}", money.body);
    assert!(
        money.body.contains("5% of what customers spend"),
        "{}",
        money.body
    );

    let keep = spend.replace("spend", "keep");
    let tiers = browser.get(&format!("/console/start/plan?{keep}")).await;
    assert!(tiers.body.contains("value=\"tiers\" checked"), "{}", tiers.body);
    assert!(tiers.body.contains("7.5% to the best"), "{}", tiers.body);

    // Other terms come to another share.
    let dearer = format!("{spend}&template=money&of=money&per=10&cost=80&worth=20");
    let counted = browser.get(&format!("/console/start/plan?{dearer}")).await;
    assert!(
        counted.body.contains("2.5% of what customers spend"),
        "{}",
        counted.body
    );

    // In another language, with that language's digits.
    let farsi = ANSWERS
        .replace("4.50", "%DB%B4%D9%AB%DB%B5%DB%B0")
        .replace("400", "%DB%B4%DB%B0%DB%B0");
    let farsi = browser.get(&format!("/console/start/plan?{farsi}&lang=fa")).await;
    farsi.assert_sound();
    assert!(farsi.body.contains("۱۰"), "{}", farsi.body);

    let wrong = browser
        .get("/console/start/plan?goal=return&currency=EURO&basket=x&customers=-3&visits=")
        .await;
    wrong.assert_sound();
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    for fault in ["currency-fault", "customers-fault", "visits-fault"] {
        assert!(wrong.body.contains(fault), "{fault}: {}", wrong.body);
    }
    assert!(wrong.body.contains("value=\"EURO\""), "{}", wrong.body);
}

/// The active rules, rewards and tiers of a program.
fn every_term(tx: &mut Tx<'_>, program: &ProgramId) -> Result<Vec<Term>, ActionError> {
    let mut all = Vec::new();
    for kind in ["rule", "reward", "tier"] {
        all.extend(terms::list_active(tx, program, kind, 10)?);
    }
    Ok(all)
}

async fn begin(browser: &mut Browser<'_>, plan: &Page, changed: &[(&str, &str)]) -> Page {
    browser.send(plan, "name=\"of\"", changed).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_of_stamps_is_begun_whole_in_six_screens() {
    let shop = Shop::open().await;
    let mut browser = founder(&shop).await;
    let plan = browser.get(&format!("/console/start/plan?{ANSWERS}")).await;
    let fields = [
        ("template", "stamps"),
        ("cost", "6"),
        ("reward", ""),
        ("name", ""),
        ("zone", "Mars/Base"),
    ];
    let refused = begin(&mut browser, &plan, &fields).await;
    refused.assert_sound();
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for fault in ["name-fault", "zone-fault", "reward-fault"] {
        assert!(refused.body.contains(fault), "{fault}: {}", refused.body);
    }
    let before = shop.act(|tx, _| Ok(programs::list(tx, None, None, 10)?)).await;
    assert_eq!(before.len(), 1, "nothing is half begun");

    let fields = [
        ("template", "stamps"),
        ("cost", "6"),
        ("reward", "A coffee"),
        ("name", "Bean & Leaf"),
        ("zone", "Europe/Berlin"),
    ];
    let begun = begin(&mut browser, &plan, &fields).await;
    assert!(
        begun.location().starts_with("/console/start/look"),
        "{}",
        begun.location()
    );
    let look = browser.follow(&begun).await;
    look.assert_sound();
    assert_eq!(look.status, StatusCode::OK, "{}", look.body);
    let colored = browser
        .send(&look, "name=\"own\"", &[("color", "own"), ("own", "#5b2a3c")])
        .await;
    let shown = browser.follow(&colored).await;
    assert!(shown.body.contains("fill=\"rgb(91,42,60)\""), "{}", shown.body);
    let refused = browser
        .send(&look, "name=\"own\"", &[("color", "own"), ("own", "red")])
        .await;
    refused.assert_sound();
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for path in ["/console/start/wallets", "/console/start/card"] {
        let page = browser.get(path).await;
        page.assert_sound();
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    }
    let made = shop
        .act(|tx, _| {
            let program = programs::find_by_slug(tx, "bean-leaf")?.expect("begun");
            let terms = every_term(tx, &program.id)?;
            Ok((program, terms))
        })
        .await;
    assert_eq!(
        (made.0.earn_points, made.0.time_zone.name()),
        (0, "Europe/Berlin")
    );
    let mut kinds: Vec<&str> = made.1.iter().map(|term| term.kind.as_str()).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["reward", "rule"]);
    // Of two programs the console shows the new one.
    let home = browser.get("/console").await;
    home.assert_sound();
    assert!(
        home.body.contains("<strong>Bean &#38; Leaf</strong>"),
        "{}",
        home.body
    );
    let back = browser
        .send(&home, "/console/program", &[("program", before[0].id.as_str())])
        .await;
    let home = browser.follow(&back).await;
    assert!(
        !home.body.contains("<strong>Bean &#38; Leaf</strong>"),
        "{}",
        home.body
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tiers_come_with_two_of_them_and_money_with_a_reward_of_its_worth() {
    let shop = Shop::open().await;
    let mut browser = founder(&shop).await;
    let keep = ANSWERS
        .replace("return", "keep")
        .replace("4.50", "60")
        .replace("1000", "500");
    let plan = browser.get(&format!("/console/start/plan?{keep}")).await;
    let fields = [
        ("template", "tiers"),
        ("per", "10"),
        ("cost", "40"),
        ("worth", "20"),
        ("name", "Silk"),
        ("zone", ""),
    ];
    let begun = begin(&mut browser, &plan, &fields).await;
    assert!(
        begun.location().starts_with("/console/start/look"),
        "{}",
        begun.body
    );
    let terms = shop
        .act(|tx, _| {
            let program = programs::find_by_slug(tx, "silk")?.expect("begun");
            every_term(tx, &program.id)
        })
        .await;
    let count = |kind: &str| terms.iter().filter(|term| term.kind == kind).count();
    assert_eq!((count("reward"), count("tier"), count("rule")), (1, 2, 0));
    let reward = terms.iter().find(|term| term.kind == "reward").expect("one");
    assert!(
        reward.body.contains("\"amount_off\":2000") && reward.body.contains("\"cost\":40"),
        "{}",
        reward.body
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_works_for_one_program_begins_no_other() {
    let shop = Shop::open().await;
    let manager = hire(&shop, "mona", Role::Owner).await;
    let mut browser = Browser::new(&shop);
    let email = manager.email.as_deref().expect("one");
    let signed_in = browser
        .post(
            "/sign-in",
            &[("email", email), ("password", PASSWORD), ("next", "/console")],
        )
        .await;
    let home = browser.follow(&signed_in).await;
    home.assert_sound();
    assert_eq!(home.status, StatusCode::OK, "{}", home.body);
    let refused = browser.get("/console/start").await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND, "{}", refused.body);
}
