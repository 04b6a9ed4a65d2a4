//! Hostile texts in every field that a page shows: they stay texts, and nothing of them runs.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};

use reqwest::Method;
use serde_json::{Value, json};

use crate::browser::{Browser, Screen};
use crate::cafe::{Cafe, Member};
use crate::hands::{Device, Theme};
use crate::pages::{PHONE, is_thorough, table};
use crate::payloads::{
    Harmless, LANGUAGES, Look, Tally, WATCH, assert_quiet, in_languages, payloads, store, stride,
};

/// Small, so that a page is soon drawn.
const GLANCE: Screen = Screen {
    width: 320,
    height: 320,
};
/// Texts whose two forms one address may send at once.
const TEXTS_A_SENDER: usize = 12;

/// A browser that notes what runs, even where the policy would stop it.
async fn open() -> Browser {
    let browser = Browser::open().await;
    browser.prepare(WATCH).await;
    browser.run("Page.setBypassCSP", json!({ "enabled": true })).await;
    browser.hold(Device::Desktop, "en").await;
    browser
}

/// A program all of whose texts are given, and its pages.
struct World {
    /// Its id.
    program: String,
    /// Kinds of pages with their paths, without a language.
    pages: Vec<(&'static str, String)>,
    /// The texts of each language that a page shows whole, with their fields.
    texts: [Vec<(&'static str, String)>; 5],
}

/// Every fifth text from one on, so that no field has the same as another.
fn pick(all: &[String], start: usize) -> Vec<String> {
    (0..LANGUAGES.len())
        .map(|at| all[(start + at) % all.len()].clone())
        .collect()
}

impl World {
    fn keep(&mut self, field: &'static str, texts: &[String]) {
        for (own, text) in self.texts.iter_mut().zip(texts) {
            own.push((field, text.clone()));
        }
    }

    async fn open(cafe: &Cafe, tally: &mut Tally, all: &[String], number: usize) -> Self {
        let mut world = Self {
            program: String::new(),
            pages: Vec::new(),
            texts: Default::default(),
        };
        let start = number * LANGUAGES.len();
        let mut field = 0;
        let mut next = || {
            field += 1;
            pick(all, start + (field - 1) * 7)
        };
        let slug = format!("world-{number}");
        let (name, point_name) = (next(), next());
        let points = in_languages(&point_name);
        let make = |text| json!({ "name": text, "slug": slug, "point_name": points, "currency": "EUR", "signup_bonus": 100 });
        let place = ("program's name and points", &Method::POST, "/v1/programs");
        let stored = store(cafe, tally, place, &name, make).await;
        let program = stored[0].0["id"].as_str().expect("a program").to_owned();
        world.program.clone_from(&program);
        world.keep("program's name and points", &stored[0].1);
        world.keep("points' name", &point_name);
        dress(cafe, tally, &program, &[next(), next(), next(), next()]).await;
        let rewards = world.add_terms(cafe, tally, &program, &mut next).await;
        let person = next();
        let body =
            json!({ "first_name": person[0], "last_name": person[1], "attributes": { "note": person[2] } });
        let path = format!("/v1/programs/{program}/members");
        let (status, _) = cafe.send(Method::POST, &path, &body).await;
        tally.add("member's names", status);
        let member = cafe.enrol(&program, &json!({})).await;
        world.walk(cafe, (&program, &slug), &member, &rewards).await;
        world
    }

    /// Rewards, a tier, a challenge, a promotion and a rule; gives the ids of the rewards.
    async fn add_terms(
        &mut self,
        cafe: &Cafe,
        tally: &mut Tally,
        program: &str,
        next: &mut impl FnMut() -> Vec<String>,
    ) -> Vec<String> {
        let texts = next();
        let place = ("reward's name", &Method::POST, "/v1/rewards");
        let make = |text| json!({ "program": program, "name": text, "gives": "product", "cost": 1 });
        let rewards = store(cafe, tally, place, &texts, make).await;
        let mut ids = Vec::new();
        for (reward, texts) in &rewards {
            self.keep("reward's name", texts);
            let id = reward["id"].as_str().expect("an id");
            let place = (
                "reward's description",
                &Method::PATCH,
                &*format!("/v1/rewards/{id}"),
            );
            for (_, texts) in store(cafe, tally, place, &next(), |text| json!({ "description": text }))
                .await
                .iter()
                .rev()
                .take(1)
            {
                self.keep("reward's description", texts);
            }
            ids.push(id.to_owned());
        }
        let place = ("tier's title and perk", &Method::POST, "/v1/tiers");
        let texts = next();
        let make = |text: Value| json!({ "program": program, "name": "Tier", "threshold": 1, "shown_as": text, "perks": [text] });
        if let Some((_, texts)) = store(cafe, tally, place, &texts, make).await.first() {
            self.keep("tier's title and perk", texts);
        }
        let place = ("challenge's title", &Method::POST, "/v1/challenges");
        let make = |text| {
            json!({ "program": program, "name": "Challenge", "when": "order", "goal": { "times": 3 },
            "within": "month", "then": { "points": 5 }, "shown_as": text })
        };
        for (_, texts) in store(cafe, tally, place, &next(), make).await {
            self.keep("challenge's title", &texts);
        }
        for text in next() {
            for (kind, term) in [
                (
                    "rules",
                    json!({ "when": "order", "then": { "points": 3, "per": "time" } }),
                ),
                (
                    "promotions",
                    json!({ "then": { "add": 2 }, "from": "2020-01-01T00:00:00Z", "until": "2090-01-01T00:00:00Z" }),
                ),
                ("tiers", json!({ "threshold": 900_000 })),
            ] {
                let mut term = term;
                term["program"] = program.into();
                term["name"] = json!(text);
                let (status, _) = cafe.send(Method::POST, &format!("/v1/{kind}"), &term).await;
                tally.add("names for the staff", status);
            }
        }
        ids
    }

    /// Every page of the program, with something on each.
    async fn walk(
        &mut self,
        cafe: &Cafe,
        (program, slug): (&str, &str),
        member: &Member,
        rewards: &[String],
    ) {
        let order = json!({ "external_id": format!("order-{slug}"), "card": member.code,
            "total": { "amount": 500, "currency": "EUR" } });
        cafe.post("/v1/orders", &order).await;
        let receipt = json!({ "program": program, "external_id": format!("sale-{slug}"), "total": { "amount": 500, "currency": "EUR" } });
        let receipt = cafe.post("/v1/receipts", &receipt).await;
        let own = cafe.member_page(member).await;
        let join = format!("/join/{slug}");
        self.pages = vec![
            ("join", join.clone()),
            ("poster", format!("{join}/poster?size=a4")),
            ("poster.svg", format!("{join}/poster.svg?size=a4")),
            ("claim", cafe.path(&receipt["claim_url"])),
            ("card", member.card.clone()),
            ("member", own.clone()),
            ("console", "/console".to_owned()),
            ("rules", "/console/rules".to_owned()),
            (
                "trial",
                format!("/console/rules/try?card={}&amount=5", member.code),
            ),
            ("replay", "/console/rules/try?past=yes".to_owned()),
            ("tiers", "/console/tiers".to_owned()),
            ("challenges", "/console/challenges".to_owned()),
            ("rewards", "/console/rewards".to_owned()),
            ("settings", "/console/settings".to_owned()),
            ("designer", "/console/card".to_owned()),
            ("members", "/console/members".to_owned()),
            ("member-file", format!("/console/members/{}", member.id)),
            ("member-phones", format!("/console/members/{}/phones", member.id)),
            ("till-card", format!("/till/card?code={}", member.code)),
        ];
        if let Some(reward) = rewards.first() {
            let held = cafe.redeem(member, &own, reward).await;
            self.pages
                .push(("reward-question", format!("{own}/reward/{reward}")));
            self.pages.push(("reward", format!("/console/rewards/{reward}")));
            self.pages.push(("reward-code", held));
        }
    }

    /// Has the browser's owner look at this program.
    async fn choose(&self, cafe: &Cafe, browser: &Browser) {
        let url = cafe.url("/");
        browser.keep_cookie(&url, "billfold-program", &self.program).await;
    }

    fn looks(&self) -> Vec<Look> {
        let mut looks = Vec::new();
        for (language, texts) in LANGUAGES.into_iter().zip(&self.texts) {
            for (kind, path) in &self.pages {
                looks.push(Look {
                    kind: format!("{kind} {language}"),
                    path: Some(in_language(kind, path, language)),
                    body: None,
                    wanted: texts.iter().map(|(_, text)| text.clone()).collect(),
                });
            }
        }
        looks
    }
}

fn in_language(kind: &str, path: &str, language: &str) -> String {
    let mark = if path.contains('?') { '&' } else { '?' };
    let name = if kind == "poster.svg" { "language" } else { "lang" };
    format!("{path}{mark}{name}={language}")
}

/// A look with texts in all of its places: at once, or where they are refused together, place by place.
async fn dress(cafe: &Cafe, tally: &mut Tally, program: &str, texts: &[Vec<String>; 4]) {
    let path = format!("/v1/programs/{program}/design");
    let (status, published) = cafe.send(Method::GET, &path, &Value::Null).await;
    assert_eq!(status, 200, "{published}");
    let mut design = published["design"].clone();
    for image in design["images"].as_object_mut().expect("images").values_mut() {
        *image = json!({ "sha256": image });
    }
    let mut whole = design.clone();
    for (place, texts) in texts.iter().enumerate() {
        write_at(&mut whole, place, &in_languages(texts));
    }
    if cafe.send(Method::PUT, &path, &whole).await.0 == 200 {
        (0..texts.iter().flatten().count()).for_each(|_| tally.add("design", 200));
        return;
    }
    for (place, texts) in texts.iter().enumerate() {
        let make = |text: Value| {
            let mut design = design.clone();
            write_at(&mut design, place, &text);
            design
        };
        store(cafe, tally, ("design", &Method::PUT, &path), texts, make).await;
    }
}

/// Writes a text in one of the places of a design.
fn write_at(design: &mut Value, place: usize, text: &Value) {
    let field = |key: &str| json!([{ "key": key, "label": text, "value": text }]);
    match place {
        0 => design["logo_text"] = text.clone(),
        1 => {
            design["organization_name"] = text.clone();
            design["description"] = text.clone();
        }
        2 => design["fields"]["secondary"] = field("own"),
        _ => {
            design["fields"]["header"][0]["label"] = text.clone();
            design["fields"]["back"] = field("back");
        }
    }
}

/// Shows SR-113 (what a shop writes).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_shop_writes_is_text_on_every_page() {
    let cafe = Cafe::open().await;
    let browser = open().await;
    browser.visit(&cafe.url("/nowhere"), GLANCE).await;
    let mut harmless = Harmless::default();
    let words: Vec<String> = (0..40).map(|number| format!("Harmless {number}")).collect();
    let owner = cafe.sign_in_everywhere().await;
    browser
        .keep_cookie(&cafe.url("/"), "billfold-session", &owner)
        .await;
    let plain = World::open(&cafe, &mut Tally::default(), &words, 1_000).await;
    assert_eq!(plain.pages.len(), 22);
    plain.choose(&cafe, &browser).await;
    harmless.learn(&browser, &plain.looks()).await;
    let all = payloads();
    let mut tally = Tally::default();
    let (mut pages, mut opened, mut hidden) = (0, 0, BTreeSet::new());
    for number in (0..all.len().div_ceil(LANGUAGES.len())).step_by(stride()) {
        let world = World::open(&cafe, &mut tally, &all, number).await;
        world.choose(&cafe, &browser).await;
        let looks = world.looks();
        let shown = harmless.compare(&browser, &looks).await;
        pages += looks.len();
        let shown: Vec<_> = shown
            .chunks(world.pages.len())
            .map(|some| some.iter().flatten().collect::<BTreeSet<_>>())
            .collect();
        for (texts, shown) in world.texts.iter().zip(&shown) {
            let missing = texts.iter().filter(|(_, text)| !shown.contains(text));
            hidden.extend(missing.cloned());
        }
        // Each language on another page, so that all kinds have their turn.
        for (at, language) in LANGUAGES.into_iter().enumerate() {
            let (kind, path) = &world.pages[(number + at) % world.pages.len()];
            browser
                .visit(&cafe.url(&in_language(kind, path, language)), GLANCE)
                .await;
            assert_quiet(&browser, path).await;
            opened += 1;
        }
        browser.visit(&cafe.url("/nowhere"), GLANCE).await;
    }
    tally.print();
    println!(
        "{} payloads, {pages} pages read, {opened} of them opened without a policy, 0 scripts ran",
        all.len()
    );
    // HTML has no place for U+0000; all else is shown as it was written.
    hidden.retain(|(_, text)| !text.contains('\0'));
    assert!(hidden.is_empty(), "{hidden:?}");
    browser.close().await;
    cafe.close().await;
}

/// A member with a little of everything, and nothing hostile.
async fn somebody(cafe: &Cafe, program: &str) -> Member {
    let plain = cafe
        .enrol(program, &json!({ "first_name": "Lina", "last_name": "Haddad" }))
        .await;
    cafe.give(&plain, 60).await;
    let reason = json!({ "points": 60, "reason": "For the wait" });
    cafe.post(&format!("/v1/members/{}/adjustments", plain.id), &reason)
        .await;
    let path = format!("/v1/members/{}", plain.id);
    let (status, _) = cafe
        .send(Method::PATCH, &path, &json!({ "note": "Likes oat milk" }))
        .await;
    assert_eq!(status, 200);
    plain
}

/// Shows SR-113 (what customers write).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_customer_writes_is_text_on_every_page() {
    let cafe = Cafe::open().await;
    let browser = open().await;
    browser.visit(&cafe.url("/nowhere"), GLANCE).await;
    let owner = cafe.sign_in("owner").await;
    browser
        .keep_cookie(&cafe.url("/"), "billfold-session", &owner)
        .await;
    let program = cafe.program();
    let mut harmless = Harmless::default();
    let plain = somebody(&cafe, &program).await;
    harmless
        .learn(&browser, &member_looks(&cafe, &plain, "Lina").await)
        .await;
    let join = format!("/join/{}", cafe.slug());
    let (claim, _) = cafe.receipt("sale", 500).await;
    for (kind, path, fields) in [
        ("join", &join, vec!["first_name", "contact"]),
        ("claim", &claim, vec!["code"]),
    ] {
        let typed: Vec<_> = fields.iter().map(|name| (*name, "nobody")).collect();
        let sent = send_form(&cafe, 0, path, &typed).await;
        harmless.learn(&browser, &[sent_look(kind, sent, "")]).await;
    }
    // What leads to a member there leads to nobody here.
    let other_program = json!({ "name": "Other", "slug": "other", "currency": "EUR" });
    let other_program = cafe.post("/v1/programs", &other_program).await;
    let identities = format!(
        "/v1/programs/{}/members",
        other_program["id"].as_str().expect("an id")
    );
    let all = payloads();
    let mut tally = Tally::default();
    let mut opened = 0;
    for (number, text) in all.iter().enumerate().step_by(stride()) {
        let other = &all[(number + 11) % all.len()];
        for (field, body) in [
            ("email", json!({ "email": text })),
            ("phone", json!({ "phone": text })),
            ("external id", json!({ "external_id": text })),
            ("card number", json!({ "card_number": text })),
            ("attribute", json!({ "attributes": { "milk": text } })),
            ("name of an attribute", json!({ "attributes": { text: "oat" } })),
        ] {
            tally.add(field, cafe.send(Method::POST, &identities, &body).await.0);
        }
        let path = format!("/v1/programs/{program}/members");
        let body = json!({ "first_name": text, "last_name": other });
        let (status, answer) = cafe.send(Method::POST, &path, &body).await;
        tally.add("member's names", status);
        if status < 300 {
            let member = cafe.member(&answer);
            let reason = json!({ "points": 60, "reason": text });
            let path = format!("/v1/members/{}/adjustments", member.id);
            tally.add("reason", cafe.send(Method::POST, &path, &reason).await.0);
            let note = json!({ "note": text });
            let path = format!("/v1/members/{}", member.id);
            tally.add("note", cafe.send(Method::PATCH, &path, &note).await.0);
            let looks = member_looks(&cafe, &member, text.trim()).await;
            let shown = harmless.compare(&browser, &looks).await;
            assert!(
                shown.iter().any(|one| !one.is_empty()) || text.trim().is_empty(),
                "{text:?} is not shown"
            );
            let path = looks[number % looks.len()].path.clone().expect("a path");
            browser.visit(&cafe.url(&path), GLANCE).await;
            assert_quiet(&browser, text).await;
            opened += 1;
        }
        for (kind, path, fields) in [
            ("join", &join, vec!["first_name", "contact"]),
            ("claim", &claim, vec!["code"]),
        ] {
            let typed = fields.iter().zip([text, "<i>nobody"]);
            let typed: Vec<_> = typed.map(|(name, text)| (*name, text)).collect();
            let sent = send_form(&cafe, number / TEXTS_A_SENDER + 1, path, &typed).await;
            harmless.compare(&browser, &[sent_look(kind, sent, text)]).await;
        }
    }
    tally.print();
    println!(
        "{} payloads, {opened} members' pages opened without a policy, 0 scripts ran",
        all.len()
    );
    let least = 200 / stride();
    assert!(tally.taken("member's names") >= least);
    browser.close().await;
    cafe.close().await;
}

async fn member_looks(cafe: &Cafe, member: &Member, name: &str) -> Vec<Look> {
    let own = cafe.member_page(member).await;
    let settings = format!("{own}/settings");
    [
        ("card", member.card.clone()),
        ("member", own),
        ("settings", settings),
        ("members", "/console/members".to_owned()),
        ("member-file", format!("/console/members/{}", member.id)),
        ("till-card", format!("/till/card?code={}", member.code)),
    ]
    .into_iter()
    .map(|(kind, path)| Look {
        kind: kind.to_owned(),
        path: Some(path),
        body: None,
        wanted: vec![name.to_owned()],
    })
    .collect()
}

fn sent_look(kind: &str, body: String, text: &str) -> Look {
    Look {
        kind: format!("{kind} again"),
        path: None,
        body: Some(body),
        wanted: vec![text.to_owned()],
    }
}

/// Sends a form from one of many addresses of this machine, as its own page does; the page that follows.
async fn send_form(cafe: &Cafe, sender: usize, path: &str, fields: &[(&str, &str)]) -> String {
    let last = u8::try_from(sender + 2).expect("few senders");
    let client = reqwest::Client::builder()
        .no_proxy()
        .local_address(IpAddr::V4(Ipv4Addr::new(127, 0, 0, last)))
        .redirect(reqwest::redirect::Policy::none())
        .build();
    let request = client.expect("a client").post(cafe.url(path));
    let request = request
        .header("sec-fetch-site", "same-origin")
        .header("accept", "text/html");
    let answer = request.form(fields).send().await.expect("an answer");
    assert_eq!(answer.status(), 422, "{fields:?}");
    answer.text().await.expect("a page")
}

/// Shows SR-113 (addresses).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_address_says_is_not_markup() {
    let cafe = Cafe::open().await;
    let browser = open().await;
    browser.visit(&cafe.url("/nowhere"), GLANCE).await;
    let join = format!("/join/{}", cafe.slug());
    let places = |text: &str| {
        let text = text
            .bytes()
            .fold(String::new(), |text, byte| format!("{text}%{byte:02X}"));
        [
            ("path", format!("/{text}")),
            ("slug", format!("/join/{text}")),
            ("card", format!("/card/{text}")),
            ("member", format!("/member/{text}")),
            ("claim", format!("/claim/{text}")),
            ("download", format!("/download/{text}")),
            ("lang", format!("{join}?lang={text}")),
            ("ref", format!("{join}?ref={text}")),
            ("token", format!("{join}?claim={text}")),
            ("size", format!("{join}/poster?size={text}")),
            ("other", format!("{join}?{text}={text}")),
        ]
    };
    let looks = |text: &str| {
        places(text).map(|(kind, path)| Look {
            kind: kind.to_owned(),
            path: Some(path),
            body: None,
            wanted: Vec::new(),
        })
    };
    let mut harmless = Harmless::default();
    harmless.learn(&browser, &looks("nobody")).await;
    let (mut read, mut opened) = (0, 0);
    for (number, text) in payloads().iter().enumerate().step_by(stride()) {
        let looks = looks(text);
        read += looks.len();
        harmless.compare(&browser, &looks).await;
        if (number / stride()).is_multiple_of(5) {
            let path = looks[number / stride() / 5 % looks.len()]
                .path
                .clone()
                .expect("a path");
            browser.visit(&cafe.url(&path), GLANCE).await;
            assert_quiet(&browser, &path).await;
            opened += 1;
            browser.visit(&cafe.url("/nowhere"), GLANCE).await;
        }
    }
    println!("{read} addresses read, {opened} opened without a policy, 0 scripts ran");
    browser.close().await;
    cafe.close().await;
}

/// Shows SR-113 (the policy).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_policy_stops_nothing_of_ours_and_everything_else() {
    let cafe = Cafe::open().await;
    let browser = Browser::open().await;
    browser.prepare(WATCH).await;
    let mut pages = 0;
    for (at, page) in table(&cafe).await.iter().enumerate() {
        for (place, (language, theme)) in [("en", Theme::Light), ("ar", Theme::Dark)]
            .into_iter()
            .enumerate()
        {
            // A plain run opens each page in one of the two.
            let is_in_turn = is_thorough() || !page.speaks("ar") || at % 2 == place;
            if page.speaks(language) && is_in_turn {
                browser.wear(theme).await;
                page.open(&browser, &cafe, language, PHONE).await;
                assert_quiet(&browser, page.name).await;
                pages += 1;
            }
        }
    }
    println!("{pages} pages, 0 reports of the policy");
    browser.visit(&cafe.url("/nowhere"), GLANCE).await;
    let harm = "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=alert(1)>')";
    let answer = "new Promise((done) => { const look = () => ran.length || stopped.length ? done([ran, stopped]) : setTimeout(look); look(); })";
    browser.ask(harm).await;
    let seen = browser.ask(answer).await;
    assert_eq!(seen[0], json!([]), "{seen}");
    assert_ne!(seen[1], json!([]), "{seen}");
    // The watch itself sees what runs where there is no policy.
    browser.run("Page.setBypassCSP", json!({ "enabled": true })).await;
    browser.visit(&cafe.url("/nowhere"), GLANCE).await;
    browser.ask(harm).await;
    assert_eq!(browser.ask(answer).await, json!([[["alert", 1]], []]));
    browser.close().await;
    cafe.close().await;
}
