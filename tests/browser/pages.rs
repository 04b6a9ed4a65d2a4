//! The table of pages: each that there is, in each state that looks another way. A new page is one more line.

use reqwest::Method;
use serde_json::{Value, json};

use crate::browser::{Browser, Screen};
use crate::cafe::{Cafe, Member};

/// A phone that shows the widest page without scrolling.
pub(crate) const SMALLEST: Screen = Screen {
    width: 320,
    height: 640,
};
pub(crate) const PHONE: Screen = Screen {
    width: 360,
    height: 800,
};
pub(crate) const DESKTOP: Screen = Screen {
    width: 1_280,
    height: 800,
};

/// Longer than the half hour for which a member's page is open.
const HOUR_MS: i64 = 3_600_000;

/// Whether every view is wanted (`BILLFOLD_VIEWS=all`), and not the sample that a plain run looks at.
pub(crate) fn is_thorough() -> bool {
    std::env::var("BILLFOLD_VIEWS").is_ok_and(|word| word == "all")
}

/// A page in a state.
pub(crate) struct Page {
    /// Also the name of its pictures.
    pub(crate) name: &'static str,
    path: String,
    /// Whether what is folded is shown.
    is_unfolded: bool,
    /// What is pressed on it, to see what follows.
    press: Option<&'static str>,
    /// What its visitor's browser keeps: a login, a way back.
    cookies: Vec<(&'static str, String)>,
    /// Whether it speaks the pages' five languages, or English alone.
    is_translated: bool,
    /// Whether the page cannot reach the server once it is there.
    is_cut_off: bool,
    /// Of a page that a script draws: what is there when it is drawn.
    drawn: Option<&'static str>,
    /// What axe has to say against a page that is drawn by others' code, by the names of its rules.
    pub(crate) borrowed_faults: &'static [&'static str],
}

fn page(name: &'static str, path: impl Into<String>) -> Page {
    Page {
        name,
        path: path.into(),
        is_unfolded: false,
        press: None,
        cookies: Vec::new(),
        is_translated: true,
        is_cut_off: false,
        drawn: None,
        borrowed_faults: &[],
    }
}

impl Page {
    /// The page that follows when an element is pressed.
    fn after(self, selector: &'static str) -> Self {
        Self {
            press: Some(selector),
            ..self
        }
    }

    /// The page for a browser that keeps something.
    fn with_cookie(mut self, name: &'static str, value: &str) -> Self {
        self.cookies.push((name, value.to_owned()));
        self
    }

    /// The page with all that is folded shown.
    fn unfolded(self) -> Self {
        Self {
            is_unfolded: true,
            ..self
        }
    }

    fn in_english_alone(self) -> Self {
        Self {
            is_translated: false,
            ..self
        }
    }

    /// The page when its script reaches nobody.
    fn cut_off(self) -> Self {
        Self {
            is_cut_off: true,
            ..self
        }
    }

    /// The page when an element is there, which a script makes.
    fn when(self, selector: &'static str) -> Self {
        Self {
            drawn: Some(selector),
            ..self
        }
    }

    pub(crate) fn speaks(&self, language: &str) -> bool {
        self.is_translated || language == "en"
    }

    /// Opens the page in a language.
    pub(crate) async fn open(&self, browser: &Browser, cafe: &Cafe, language: &str, screen: Screen) {
        for (name, value) in &self.cookies {
            browser.keep_cookie(&cafe.url("/"), name, value).await;
        }
        let mark = if self.path.contains('?') { '&' } else { '?' };
        let url = cafe.url(&format!("{}{mark}lang={language}", self.path));
        browser
            .cut_off(if self.is_cut_off { &["*/till/state*"] } else { &[] })
            .await;
        browser.visit(&url, screen).await;
        if self.is_unfolded {
            let open = "document.querySelectorAll('details').forEach((one) => { one.open = true; })";
            browser.ask(open).await;
        }
        if let Some(selector) = self.press {
            browser.press(selector).await;
        }
        if let Some(selector) = self.drawn {
            browser.wait_for(selector).await;
        }
    }
}

/// Every page, on a café in which each has something to say.
pub(crate) async fn table(cafe: &Cafe) -> Vec<Page> {
    let mut pages = join_pages(cafe).await;
    pages.extend(member_pages(cafe).await);
    pages.extend(claim_pages(cafe).await);
    pages.extend(long_pages(cafe).await);
    pages.extend(fault_pages());
    pages.extend(till_pages(cafe).await);
    pages.extend(shop_pages(cafe).await);
    pages.extend(reach_pages(cafe).await);
    pages.extend(automation_pages(cafe).await);
    pages.extend(place_pages(cafe).await);
    pages.extend(survey_pages(cafe).await);
    pages.extend(insight_pages(cafe).await);
    pages.extend(own_pages(cafe).await);
    pages.extend(members_pages(cafe).await);
    pages.extend(import_pages(cafe).await);
    pages.extend(card_pages(cafe).await);
    pages.push(simulator(cafe).await);
    pages.push(docs());
    pages
}

/// The API's docs are drawn by Swagger UI: what is wrong with it is named here, so that nothing is added to it.
fn docs() -> Page {
    Page {
        borrowed_faults: &[
            "button-name",
            "color-contrast",
            "label",
            "nested-interactive",
            "region",
            "target-size",
        ],
        ..page("docs", "/docs/").in_english_alone().when(".opblock")
    }
}

/// Two phones, one of them in Arabic, after a purchase with each.
async fn simulator(cafe: &Cafe) -> Page {
    for (name, language, wallet) in [("Lina", "en", "apple"), ("نور", "ar", "google")] {
        let person = [("name", name), ("language", language), ("wallet", wallet)];
        let joined = cafe.on_stage("welcome", &person).await;
        let card = joined["code"].as_str().expect("a code").to_owned();
        cafe.on_stage("check_out", &[("card", &card), ("amount", "42.00")])
            .await;
    }
    page("simulator", "/simulator")
        .in_english_alone()
        .unfolded()
        .when(".notices li")
}

async fn join_pages(cafe: &Cafe) -> Vec<Page> {
    let join = format!("/join/{}", cafe.slug());
    let (claim, _) = cafe.receipt("table-0", 1_250).await;
    let token = claim.trim_start_matches("/claim/");
    let poster = |size| format!("{join}/poster?size={size}");
    vec![
        page("join", &join),
        page("join-not-invited", format!("{join}?ref=7KD29QX")),
        page("join-with-receipt", format!("{join}?claim={token}")),
        page("join-with-faults", &join).after("main form button"),
        page("poster-a4", poster("a4")),
        page("poster-a5", poster("a5")),
        page("poster-tent", poster("tent")),
    ]
}

async fn member_pages(cafe: &Cafe) -> Vec<Page> {
    let program = cafe.program();
    let challenge = json!({ "name": "Three coffees", "when": "order", "goal": { "times": 3 }, "within": "month",
        "then": { "points": 25 }, "shown_as": { "en": "Three coffees", "ar": "ثلاثة أكواب قهوة" } });
    cafe.add_term("challenges", &program, challenge).await;
    let coffee = json!({ "name": { "en": "A coffee to go", "ar": "قهوة للطريق" }, "gives": "product", "cost": 50,
        "valid_days": 30, "description": { "en": "Any size, any kind.", "ar": "أي حجم وأي نوع." } });
    let coffee = cafe.add_term("rewards", &program, coffee).await;
    let recipe = json!({ "name": { "en": "The barista's recipes", "ar": "وصفات الباريستا" }, "cost": 0,
        "gives": { "download": { "url": "https://files.example.com/recipes.pdf" } } });
    let recipe = cafe.add_term("rewards", &program, recipe).await;
    // A regular of a year, who has a bit of everything behind them.
    let regular = cafe.find("Amélie").await;
    let nobody = cafe.enrol(&program, &json!({})).await;
    let closed = cafe.enrol(&program, &json!({ "first_name": "Omar" })).await;
    cafe.post(&format!("/v1/cards/{}/void", closed.code), &json!({}))
        .await;

    let known = json!({ "first_name": "Known", "email": "known@example.com" });
    cafe.enrol(&program, &known).await;
    let over_code = cafe.ask_for_card("known@example.com").await;
    let over = cafe.member_page(&regular).await;
    cafe.put_forward(2 * HOUR_MS);
    let asked = cafe.ask_for_card("known@example.com").await;
    let own = cafe.member_page(&regular).await;
    let held = cafe.redeem(&regular, &own, &coffee).await;
    let download = cafe.redeem(&regular, &own, &recipe).await;
    let token = regular.card.trim_start_matches("/card/");
    vec![
        page("card", &regular.card),
        page("recover", &asked),
        page("recover-over", over_code),
        page("card-empty", &nobody.card),
        page("card-voided", &closed.card),
        page("member", &own),
        page("member-given-back", format!("{own}?done=given_back")),
        page("member-too-few-points", format!("{own}?not=no_points")),
        page("member-empty", cafe.member_page(&nobody).await),
        page("member-settings", format!("{own}/settings")),
        page("member-delete", format!("{own}/settings/delete")),
        page("reward-question", format!("{own}/reward/{coffee}")),
        page("reward-code", held),
        page("reward-download", download),
        page("member-over", &over),
        page("member-over-with-a-way-back", over).with_cookie("card", token),
    ]
}

async fn claim_pages(cafe: &Cafe) -> Vec<Page> {
    let (open, _) = cafe.receipt("table-1", 1_250).await;
    let (void, id) = cafe.receipt("table-2", 990).await;
    cafe.post(&format!("/v1/receipts/{id}/void"), &json!({})).await;
    let (claimed, id) = cafe.receipt("table-3", 420).await;
    let omar = json!({ "first_name": "Omar" });
    let omar = cafe.enrol(&cafe.program(), &omar).await;
    cafe.post(&format!("/v1/receipts/{id}/claim"), &json!({ "card": omar.code }))
        .await;
    vec![
        page("claim", &open),
        page("claim-with-fault", open).after("main form button"),
        page("claim-voided", void),
        page("claim-claimed", &claimed),
        page("claim-done", format!("{claimed}?done=1")),
    ]
}

/// What is written without a space, and is longer than a line.
async fn long_pages(cafe: &Cafe) -> Vec<Page> {
    let long = |start: &str| format!("{start}{}", "lappenlampenladen".repeat(4));
    let body = json!({ "name": long("K"), "slug": "long", "point_name": long("p"), "currency": "EUR", "signup_bonus": 100 });
    let program = cafe.post("/v1/programs", &body).await;
    let program = program["id"].as_str().expect("an id").to_owned();
    let reward = json!({ "name": long("R"), "description": long("d"), "gives": "product", "cost": 50 });
    let reward = cafe.add_term("rewards", &program, reward).await;
    let tier = json!({ "name": long("T"), "threshold": 1, "perks": [long("u")] });
    cafe.add_term("tiers", &program, tier).await;
    let challenge = json!({ "name": long("C"), "when": "order", "goal": { "times": 3 }, "within": "month",
        "then": { "points": 999_999 } });
    cafe.add_term("challenges", &program, challenge).await;
    let name: String = long("N").chars().take(100).collect();
    let member = json!({ "first_name": name, "last_name": name });
    let member = cafe.enrol(&program, &member).await;
    cafe.give(&member, 999_999_999).await;
    let own = cafe.member_page(&member).await;
    let held = cafe.redeem(&member, &own, &reward).await;
    vec![
        page("long-join", "/join/long"),
        page("long-card", &member.card),
        page("long-member", &own),
        page("long-settings", format!("{own}/settings")),
        page("long-reward-question", format!("{own}/reward/{reward}")),
        page("long-reward-code", held),
        page("long-poster", "/join/long/poster?size=a4"),
    ]
}

/// The till, from a browser that is none to a card on which something was done. What a browser keeps it keeps for the
/// lines below.
async fn till_pages(cafe: &Cafe) -> Vec<Page> {
    let regular = cafe.find("Amélie").await;
    let program = cafe.program();
    let empty = cafe.enrol(&program, &json!({})).await;
    let link = cafe.till_link().await;
    let (till, session) = (cafe.connect_till(&link).await, cafe.sign_in("cashier").await);
    let training = cafe.sign_in("cashier").await;
    cafe.train(&training).await;
    let asked = cafe.ask_for_card("known@example.com").await;
    let done = cafe.order_at_till(&session, &regular.code, "12.50").await;
    let keeps = |page: Page| page.with_cookie("billfold-session", &session);
    let card = format!("/till/card?code={}", regular.code);
    vec![
        page("sign-in", "/sign-in?next=/till"),
        page("sign-in-with-fault", "/sign-in").after("main form button"),
        page("till-connect", "/till/connect/nonsense"),
        page("till-connect-over", "/till/connect/nonsense").after("main form button"),
        page("till-offline", "/till/offline")
            .cut_off()
            .when(".offline-home:not([hidden])"),
        page("till-pin", "/till").with_cookie("billfold-till", &till),
        page("till-pin-with-fault", "/till").after("main form button"),
        keeps(page("till", "/till")),
        keeps(page("till-unknown", "/till/card?code=nonsense")),
        keeps(page("till-found", "/till/card?code=am")),
        keeps(page("till-card", card)),
        keeps(page("till-card-empty", format!("/till/card?code={}", empty.code))),
        keeps(page("till-card-done", done)),
        keeps(page("till-join", "/till/join")),
        keeps(page("till-recover", format!("/till{asked}"))),
        page("till-training", "/till").with_cookie("billfold-session", &training),
    ]
}

/// Automations: ready ones, the form, and one that is on and waits.
async fn automation_pages(cafe: &Cafe) -> Vec<Page> {
    let program = cafe.program();
    let birthday = json!({ "name": "Birthday", "when": { "each_day": "09:00" }, "members": { "birthday_within": 0 },
        "arms": [{ "text": { "en": "Happy birthday, {first_name|friend}!", "ar": "عيد ميلاد سعيد!" } }],
        "gives": { "points": 50 }, "again_after_days": 300, "hold_out_percent": 10 });
    let birthday = cafe.add_term("automations", &program, birthday).await;
    let one = format!("/console/automations/{birthday}");
    let owner = cafe.sign_in("owner").await;
    let keeps = |page: Page| page.with_cookie("billfold-session", &owner);
    let new = "/console/automations/new";
    vec![
        keeps(page("console-automations", "/console/automations")),
        keeps(page("console-automation-new", format!("{new}?ready=cart"))),
        keeps(page("console-automation-with-faults", new).after("main form button[type=submit]")),
        keeps(page("console-automation", one).unfolded()),
    ]
}

/// The id of a campaign that waits for a colleague's approval; the program asks for none afterwards.
async fn ask_approval(cafe: &Cafe) -> String {
    let program = cafe.program();
    let path = format!("/v1/programs/{program}");
    let was = cafe.send(Method::GET, &path, &Value::Null).await.1["policy"].clone();
    let settle = async |policy: &Value| {
        let change = json!({ "policy": policy });
        assert_eq!(cafe.send(Method::PATCH, &path, &change).await.0, 200);
    };
    let mut strict = was.clone();
    strict["campaign_approval"] = json!(true);
    settle(&strict).await;
    let autumn = json!({ "name": "Autumn", "members": { "joined": { "at_least_days": 0 } },
        "arms": [{ "text": { "en": "Autumn is here.", "ar": "حل الخريف." } }], "schedule": { "at": "2999-09-22T09:00" } });
    let autumn = cafe.add_term("campaigns", &program, autumn).await;
    cafe.post(
        &format!("/v1/campaigns/{autumn}/schedule"),
        &json!({ "now": false }),
    )
    .await;
    settle(&was).await;
    autumn
}

/// Whom the shop writes to: segments and campaigns. The tiers that they name are there.
async fn reach_pages(cafe: &Cafe) -> Vec<Page> {
    let program = cafe.program();
    let regulars = json!({ "name": "Regulars who stay away", "members": { "all": [
        { "orders": { "at_least": 3, "within_days": 365 } }, { "stage": ["at_risk", "lapsed"] }, { "tier": ["Gold"] }] } });
    let regulars = cafe.add_term("segments", &program, regulars).await;
    let either = json!({ "name": "Either", "members": { "any": [{ "points": { "at_least": 1 } },
        { "not": { "last_order": { "at_most_days": 30 } } }, { "consent": { "purpose": "marketing", "granted": true } }] } });
    let either = cafe.add_term("segments", &program, either).await;
    let spring = json!({ "name": "Spring", "segment": either, "hold_out_percent": 10, "arms": [
        { "text": { "en": "Hi {first_name|friend}, {points} points wait.", "ar": "{points} نقطة في انتظارك" } },
        { "text": { "en": "Spring is here.", "ar": "حل الربيع." } }],
        "schedule": { "at": "2999-03-20T09:00", "repeats": "yearly" } });
    let spring = cafe.add_term("campaigns", &program, spring).await;
    let sent = json!({ "name": "Hello to all", "members": { "joined": { "at_least_days": 0 } },
        "arms": [{ "text": { "en": "Hello!", "ar": "مرحبا!" } }] });
    let sent = cafe.add_term("campaigns", &program, sent).await;
    let waiting = ask_approval(cafe).await;
    let table = "email,phone\nnobody@example.com,\n,030 1\n";
    let fair = json!({ "program": program, "name": "Guests of the fair", "csv": table });
    cafe.post("/v1/lists", &fair).await;
    let segment_form = "section form button[type=submit]:not([name])";
    let campaign = |id: &str| format!("/console/campaigns/{id}");
    let owner = cafe.sign_in("owner").await;
    let keeps = |page: Page| page.with_cookie("billfold-session", &owner);
    vec![
        keeps(page("console-segments", "/console/segments")),
        keeps(page("console-segments-with-faults", "/console/segments").after(segment_form)),
        keeps(page("console-segments-ready", "/console/segments?like=lapsed").after("button[value=count]")),
        keeps(page("console-segment", format!("/console/segments/{regulars}")).unfolded()),
        keeps(page(
            "console-segment-by-api",
            format!("/console/segments/{either}"),
        )),
        keeps(page("console-lists", "/console/lists").unfolded()),
        keeps(page("console-campaigns", "/console/campaigns")),
        keeps(page("console-campaign-calendar", "/console/campaigns/calendar")),
        keeps(page("console-campaign-new", "/console/campaigns/new").unfolded()),
        keeps(
            page("console-campaign-with-faults", "/console/campaigns/new")
                .after("main form button[type=submit]"),
        ),
        keeps(page("console-campaign-draft", campaign(&spring))),
        keeps(page(
            "console-campaign-unknown-card",
            format!("{}?card=nonsense", campaign(&spring)),
        )),
        keeps(page("console-campaign-waiting", campaign(&waiting))),
        keeps(page("console-campaign-edit", format!("{}/edit", campaign(&spring))).unfolded()),
        keeps(
            page("console-campaign-sent", campaign(&sent))
                .unfolded()
                .after("button[value=now]"),
        ),
    ]
}

/// The console's first page, its rules, rewards and settings, and the first steps of a program, for an owner.
async fn shop_pages(cafe: &Cafe) -> Vec<Page> {
    let member = cafe.find("Amélie").await;
    let program = cafe.program();
    let rule = json!({ "name": "Monday mornings", "when": "order", "then": { "points": 25, "per": "time" },
        "if": [{ "minimum": 500 }, { "weekday": ["mon"] }, { "hours": { "from": "07:00", "to": "11:00" } }],
        "limits": [{ "times": 1, "within": "day" }] });
    let rule = cafe.add_term("rules", &program, rule).await;
    let by_api = json!({ "name": "Within a budget", "when": "order", "then": { "points": 5, "per": "time" }, "budget": 900 });
    let by_api = cafe.add_term("rules", &program, by_api).await;
    let twice = json!({ "name": "Twice for a week", "then": { "multiply": 200 },
        "from": "2026-12-01T00:00:00Z", "until": "2026-12-08T00:00:00Z" });
    let twice = cafe.add_term("promotions", &program, twice).await;
    let voucher =
        json!({ "name": { "en": "Five off" }, "gives": { "amount_off": 500 }, "cost": 100, "stock": 50 });
    let voucher = cafe.add_term("rewards", &program, voucher).await;
    let gold = json!({ "name": "Gold", "threshold": 5_000, "multiply": 150, "shown_as": { "en": "Gold", "ar": "ذهبي" },
        "perks": [{ "en": "A free topping", "ar": "إضافة مجانية" }, { "en": "A seat by the window" }] });
    let gold = cafe.add_term("tiers", &program, gold).await;
    let visits = json!({ "name": "Three visits", "when": "order", "goal": { "times": 3 }, "wins": 2,
        "within": { "days": 14 }, "then": { "points": 50 }, "shown_as": { "en": "3 visits", "ar": "٣ زيارات" } });
    let visits = cafe.add_term("challenges", &program, visits).await;
    let owner = cafe.sign_in("owner").await;
    let founder = cafe.sign_in_everywhere().await;
    let keeps = |page: Page| page.with_cookie("billfold-session", &owner);
    let founds = |page: Page| page.with_cookie("billfold-session", &founder);
    let plan = "goal=keep&currency=EUR&basket=60&customers=400&visits=3&budget=500";
    let tried = format!("/console/rules/try?card={}&amount=12.50", member.code);
    let staff = cafe.staff("cashier").await;
    let endpoint = cafe.endpoint().await;
    vec![
        page("sign-in", "/sign-in?next=/console"),
        keeps(page("console", "/console")),
        keeps(page("console-rules", "/console/rules")),
        keeps(
            page("console-rules-with-faults", "/console/rules")
                .after("section form button[type=submit]:not([name])"),
        ),
        keeps(page("console-rules-unfolded", "/console/rules").unfolded()),
        keeps(page("console-rule", format!("/console/rules/{rule}")).unfolded()),
        keeps(page("console-rule-by-api", format!("/console/rules/{by_api}"))),
        keeps(page("console-promotion", format!("/console/promotions/{twice}"))),
        keeps(page("console-tiers", "/console/tiers")),
        keeps(
            page("console-tiers-with-faults", "/console/tiers")
                .after("section form button[type=submit]:not([name])"),
        ),
        keeps(page("console-tier", format!("/console/tiers/{gold}")).unfolded()),
        keeps(
            page("console-tier-end", format!("/console/tiers/{gold}"))
                .unfolded()
                .after("button.danger"),
        ),
        keeps(page("console-challenges", "/console/challenges").unfolded()),
        keeps(page("console-challenge", format!("/console/challenges/{visits}")).unfolded()),
        keeps(page("console-try", tried)),
        keeps(page("console-replay", "/console/rules/try?past=yes")),
        keeps(page("console-rewards", "/console/rewards")),
        keeps(page("console-reward", format!("/console/rewards/{voucher}"))),
        keeps(page("console-settings", "/console/settings")),
        keeps(page("console-staff", "/console/staff")),
        keeps(page("console-person", format!("/console/staff/{staff}"))),
        keeps(page("console-tills", "/console/tills")),
        keeps(page("console-till-made", "/console/tills").after("section form button")),
        keeps(page("console-keys", "/console/keys")),
        keeps(page("console-webhooks", "/console/webhooks")),
        keeps(page("console-webhooks-with-faults", "/console/webhooks").after("section form button")),
        keeps(page("console-webhook", endpoint.clone())),
        keeps(page("console-webhook-turned", endpoint.clone()).after("[aria-labelledby=turn] button")),
        keeps(page("console-webhook-kept", endpoint).after("button.danger")),
        keeps(page("console-books", "/console/books")),
        founds(page("start", "/console/start")),
        founds(page(
            "start-with-faults",
            "/console/start/plan?goal=return&currency=EURO",
        )),
        founds(page("start-plan", format!("/console/start/plan?{plan}"))),
        founds(page("start-look", "/console/start/look")),
        founds(page("start-wallets", "/console/start/wallets")),
        founds(page("start-card", "/console/start/card")),
    ]
}

/// The places of the shop, for an owner, and the code of the day that hangs there.
async fn place_pages(cafe: &Cafe) -> Vec<Page> {
    let member = cafe.find("Amélie").await;
    let owner = cafe.sign_in("owner").await;
    let keeps = |page: Page| page.with_cookie("billfold-session", &owner);
    let location = cafe.location("main-street").await;
    let ended = cafe.ended_location().await;
    let here = cafe.here(&owner).await;
    let way_back = member.card.trim_start_matches("/card/");
    vec![
        page("here-unknown", &here).with_cookie("card", "none"),
        page("here", here).with_cookie("card", way_back),
        keeps(page("console-check-in", "/console/check-in")),
        keeps(page(
            "console-check-in-tent",
            "/console/check-in?size=tent&location=main-street",
        )),
        keeps(page("console-locations", "/console/locations").unfolded()),
        keeps(page("console-locations-with-faults", "/console/locations").after("section form button")),
        keeps(page("console-location", location)),
        keeps(page("console-location-ended", ended)),
    ]
}

/// A survey of each kind of question: asked, answered, over; and in the console.
async fn survey_pages(cafe: &Cafe) -> Vec<Page> {
    let owner = cafe.sign_in("owner").await;
    let keeps = |page: Page| page.with_cookie("billfold-session", &owner);
    let rule = json!({ "name": "Survey", "when": { "event": "survey_answered" }, "then": { "points": 50, "per": "time" } });
    cafe.add_term("rules", &cafe.program(), rule).await;
    let (draft, over, answered) = (
        cafe.survey(None).await,
        cafe.survey(Some("closed")).await,
        cafe.survey(Some("open")).await,
    );
    let open = cafe.survey(Some("open")).await;
    let member = cafe.find("Amélie").await;
    let said = json!({ "member": member.id, "answers": { "drink": "tea", "liked": ["cake"], "stars": 4, "words": "=Nice <b>cups</b>" } });
    cafe.post(&format!("/v1/surveys/{answered}/answers"), &said).await;
    let own = cafe.member_page(&member).await;
    let console = |id: &str, path: &str| format!("/console/surveys/{id}{path}");
    vec![
        page("member-with-a-survey", &own),
        page("survey", format!("{own}/survey/{open}")),
        page("survey-with-faults", format!("{own}/survey/{open}")).after("main form button"),
        page("survey-thanks", format!("{own}/survey/{answered}?done=answered")),
        page("survey-again", format!("{own}/survey/{answered}")),
        page("survey-unknown", format!("/survey/{open}")).with_cookie("card", "none"),
        page("survey-over", format!("/survey/{over}")),
        keeps(page("console-surveys", "/console/surveys")),
        keeps(page("console-survey-new", "/console/surveys/new")),
        keeps(page("console-survey-with-faults", "/console/surveys/new"))
            .after("form#survey > button:last-of-type"),
        keeps(page("console-survey-draft", console(&draft, ""))),
        keeps(page("console-survey-open", console(&open, ""))),
        keeps(page("console-survey-results", console(&answered, "/results"))),
        keeps(page("console-survey-no-results", console(&draft, "/results"))),
    ]
}

/// A year of figures, and one day of them; what cannot be counted; a program of which nothing can be said yet.
async fn insight_pages(cafe: &Cafe) -> Vec<Page> {
    let owner = cafe.sign_in("owner").await;
    let keeps = |page: Page| page.with_cookie("billfold-session", &owner);
    let insight = "/console/insight";
    vec![
        keeps(page("console-insight", format!("{insight}?days=365"))).unfolded(),
        keeps(page("console-insight-day", format!("{insight}?days=1"))),
        keeps(page(
            "console-insight-empty",
            format!("{insight}?from=2000-01-01&to=2000-01-31"),
        )),
        keeps(page(
            "console-insight-with-faults",
            format!("{insight}?from=2026-02-30&to=x&margin=101&horizon=-1"),
        )),
    ]
}

/// What somebody signs in by: their own page, the second step, and what an owner sees of it.
async fn own_pages(cafe: &Cafe) -> Vec<Page> {
    let owner = cafe.sign_in("owner").await;
    let (id, session, half) = cafe.sign_in_with_codes().await;
    let keeps = |page: Page| page.with_cookie("billfold-session", &owner);
    let has_codes = |page: Page| page.with_cookie("billfold-session", &session);
    let waits = |page: Page| page.with_cookie("billfold-half", &half);
    vec![
        keeps(page("own", "/console/me")),
        keeps(
            page("own-with-faults", "/console/me").after("form[action*='me/password'] button[type=submit]"),
        ),
        keeps(page("own-codes", "/console/me/codes")),
        keeps(page("own-codes-with-faults", "/console/me/codes").after("main form button[type=submit]")),
        keeps(page("console-person-with-codes", format!("/console/staff/{id}"))),
        has_codes(page("own-with-codes", "/console/me").unfolded()),
        has_codes(
            page("own-with-codes-and-faults", "/console/me")
                .unfolded()
                .after("form[action*='codes/off'] button[type=submit]"),
        ),
        waits(page("sign-in-code", "/sign-in/code?next=/console")),
        waits(page("sign-in-code-with-fault", "/sign-in/code?next=/console").after("main form button")),
    ]
}

/// The console's members, for an owner.
async fn members_pages(cafe: &Cafe) -> Vec<Page> {
    let program = cafe.program();
    let regular = cafe.find("Amélie").await;
    let twice = cafe.enrol(&program, &json!({ "first_name": "Amelie" })).await;
    let joined = cafe.enrol(&program, &json!({ "first_name": "Joined" })).await;
    let path = format!("/v1/members/{}/merge", twice.id);
    cafe.post(&path, &json!({ "from": joined.id })).await;
    let closed = cafe
        .enrol(&program, &json!({ "first_name": "Blocked", "last_name": "B" }))
        .await;
    let path = format!("/v1/members/{}/block", closed.id);
    cafe.post(&path, &json!({ "reason": "Receipts of others" })).await;
    let owner = cafe.sign_in("owner").await;
    let keeps = |page: Page| page.with_cookie("billfold-session", &owner);
    let of = |member: &Member, path: &str| format!("/console/members/{}{path}", member.id);
    vec![
        keeps(page("members", "/console/members")),
        keeps(page("members-found", "/console/members?q=am")),
        keeps(page("members-none", "/console/members?q=nobody&since=2020-01-01")),
        keeps(page("member-file", of(&regular, ""))),
        keeps(page("member-file-forms", of(&regular, "")).unfolded()),
        keeps(page("member-file-joined", of(&twice, ""))),
        keeps(page("member-file-blocked", of(&closed, ""))),
        keeps(page("member-file-card", of(&regular, "/card"))),
        keeps(page("member-file-phones", of(&regular, "/phones"))),
        keeps(page("member-file-search", of(&regular, "/merge?q=am"))),
        keeps(page(
            "member-file-merge",
            of(&regular, &format!("/merge?from={}", twice.id)),
        )),
        keeps(page("member-file-erase", of(&regular, "/erase"))),
        keeps(page("member-file-points", of(&regular, "?kind=points"))),
    ]
}

/// A list of members on its way, for an owner.
async fn import_pages(cafe: &Cafe) -> Vec<Page> {
    let owner = cafe.sign_in("owner").await;
    let keeps = |page: Page| page.with_cookie("billfold-session", &owner);
    let plan = cafe.import(&owner, "plan").await;
    let draft = cafe.import(&owner, "draft").await;
    let done = cafe.import(&owner, "done").await;
    vec![
        keeps(page("imports", "/console/import")),
        keeps(page("imports-with-fault", "/console/import").after("main form button")),
        keeps(page("import-plan", &plan)),
        keeps(page("import-plan-again", format!("{draft}?edit=1"))),
        keeps(page("import-draft", format!("{draft}?not=stale"))),
        keeps(page("import-done", &done).when("#rollout[data-over]")),
        keeps(page("import-done-undo", done).unfolded()),
    ]
}

/// The console's card, as an owner edits it.
async fn card_pages(cafe: &Cafe) -> Vec<Page> {
    let session = cafe.sign_in("owner").await;
    let keeps = |page: Page| page.with_cookie("billfold-session", &session);
    vec![
        keeps(page("console-card", "/console/card")),
        keeps(page("console-card-field", "/console/card").after("button[value='add.header']")),
        keeps(page("console-card-ask", "/console/card").after("button[formaction*='/ask']")),
        keeps(page("console-card-progress", "/console/card/progress?done=1")),
        keeps(page("console-card-versions", "/console/card/versions")),
        keeps(page("console-card-languages", "/console/card/languages")),
    ]
}

fn fault_pages() -> Vec<Page> {
    vec![
        page("nowhere", "/nowhere"),
        page("join-nowhere", "/join/nobody"),
        page("card-nowhere", "/card/nonsense"),
        page("claim-nowhere", "/claim/nonsense"),
        page("download-nowhere", "/download/nonsense"),
        page("poster-bad-address", "/join/cafe-aroma/poster?size=b4"),
    ]
}
