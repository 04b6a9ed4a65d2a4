//! The designer: what is typed is drawn from the bytes that would be built, kept, and put on every card.

use billfold::actions::enrol::Enrolment;
use billfold::actions::preview_design::{Sitter, preview_design};
use billfold::loyalty::design::Design;
use billfold::store::programs::Program;
use billfold::store::{audit, designs, programs};
use billfold::types::Role;
use reqwest::{Method, StatusCode};
use serde_json::Value;

use crate::shop::{Page, Shop, form};
use crate::till::hire;

const PASSWORD: &str = "a long word with spaces";
const OURS: (&str, &str) = ("sec-fetch-site", "same-origin");
const LOGO: &[u8] = include_bytes!("../../templates/passes/cafe/google/hero.png");

/// Somebody who is signed in at the console.
struct Desk<'s> {
    shop: &'s Shop,
    cookie: String,
}

/// The fields of a form, in their order.
type Fields = Vec<(String, String)>;

impl<'s> Desk<'s> {
    async fn of(shop: &'s Shop, role: Role) -> Self {
        hire(shop, role.as_str(), role).await;
        let email = format!("{role}@cafe.example");
        let body = form(&[("email", &email), ("password", PASSWORD)]);
        let page = shop.ask(Method::POST, "/sign-in", &[OURS], Some(body)).await;
        let cookie = page.header("set-cookie").split(';').next().expect("a pair");
        Self {
            shop,
            cookie: cookie.to_owned(),
        }
    }

    async fn get(&self, path: &str) -> Page {
        let headers = [("cookie", self.cookie.as_str())];
        self.shop.ask(Method::GET, path, &headers, None).await
    }

    async fn post(&self, path: &str, fields: &Fields) -> Page {
        let pairs: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let headers = [("cookie", self.cookie.as_str()), OURS];
        self.shop
            .ask(Method::POST, path, &headers, Some(form(&pairs)))
            .await
    }

    /// The designer's form as it stands.
    async fn open(&self) -> Fields {
        let page = self.get("/console/card?lang=en").await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        fields_of(&page.body)
    }

    /// Sends a form with a picture in parts, as a browser does.
    async fn post_file(&self, fields: &Fields, name: &str, file: &[u8]) -> Page {
        let mut body = Vec::new();
        for (name, value) in fields {
            let head = format!("--b0\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(head.as_bytes());
        }
        let head = format!(
            "--b0\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"a.png\"\r\nContent-Type: \
             image/png\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(file);
        body.extend_from_slice(b"\r\n--b0--\r\n");
        let request = reqwest::Client::builder()
            .no_proxy()
            .build()
            .expect("a client")
            .post(self.shop.url("/console/card/preview?lang=en"))
            .header("cookie", &self.cookie)
            .header(OURS.0, OURS.1)
            .header("accept", "text/html")
            .header("content-type", "multipart/form-data; boundary=b0")
            .body(body);
        let response = request.send().await.expect("an answer");
        Page {
            status: response.status(),
            headers: response.headers().clone(),
            body: response.text().await.expect("a page"),
        }
    }
}

/// The fields that a browser would send of the designer's form, without its files.
fn fields_of(html: &str) -> Fields {
    let form = html.split("<form id=\"designer\"").nth(1).expect("the form");
    let form = form.split("</form>").next().expect("its end");
    let attribute = |tag: &str, name: &str| {
        let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
        Some(plain(rest.split('"').next()?))
    };
    let mut fields = Vec::new();
    for rest in form.split('<').skip(1) {
        let (tag, text) = rest.split_once('>').expect("a whole tag");
        let kind = tag.split(' ').next().unwrap_or_default();
        match kind {
            "input" if !tag.contains("type=\"file\"") => {
                fields.extend(attribute(tag, "name").zip(attribute(tag, "value")));
            }
            "textarea" => {
                let name = attribute(tag, "name").expect("a name");
                fields.push((name, plain(text.trim_start_matches('\n'))));
            }
            "select" => fields.push((attribute(tag, "name").expect("a name"), String::new())),
            "option" if tag.ends_with(" selected") => {
                let chosen = attribute(tag, "value").expect("a value");
                fields.last_mut().expect("its select").1 = chosen;
            }
            _ => (),
        }
    }
    fields
}

fn plain(text: &str) -> String {
    let named = [
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#38;", "&"),
    ];
    named
        .into_iter()
        .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

fn set(fields: &mut Fields, name: &str, value: &str) {
    fields.retain(|(known, _)| known != name);
    fields.push((name.to_owned(), value.to_owned()));
}

fn get<'f>(fields: &'f Fields, name: &str) -> &'f str {
    let found = fields.iter().find(|(known, _)| known == name);
    &found.unwrap_or_else(|| panic!("no field {name}")).1
}

async fn cafe(shop: &Shop) -> Program {
    let read = shop
        .running
        .house
        .store
        .read(|db| programs::find_by_slug(db, "cafe"));
    read.await.expect("read").expect("there")
}

/// Every published version of the café's look, newest first.
async fn versions(shop: &Shop) -> Vec<(i64, Design)> {
    let id = cafe(shop).await.id;
    let read = shop
        .running
        .house
        .store
        .read(move |db| designs::list_by_program(db, &id, None, 100));
    let rows = read.await.expect("read").into_iter();
    rows.map(|row| (row.number, serde_json::from_str(&row.body).expect("a design")))
        .collect()
}

/// What the drawing of a panel says.
fn panel<'p>(html: &'p str, id: &str) -> &'p str {
    let at = html
        .find(&format!("aria-labelledby=\"{id}-name\""))
        .expect("the panel");
    html[at..].split("</section>").next().expect("its end")
}

/// Shows SR-015 (the notice is what the built pass says), SR-006 (part).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_preview_says_what_the_built_pass_says() {
    let shop = Shop::open().await;
    let owner = Desk::of(&shop, Role::Owner).await;
    for (tag, label, notice) in [
        ("en", "Points", "You now have 240 points."),
        ("ar", "النقاط", "لديك الآن 240 نقطة."),
        ("zh-Hans", "积分", "您现在有 240 积分。"),
    ] {
        let page = owner.get(&format!("/console/card?lang={tag}")).await;
        page.assert_sound();
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        assert!(panel(&page.body, "lock").contains(notice), "{tag}: {}", page.body);
        for card in ["apple", "google"] {
            let drawn = panel(&page.body, card);
            assert!(
                drawn.contains(label) && drawn.contains("240"),
                "{tag} {card}: {drawn}"
            );
        }
        assert!(panel(&page.body, "apple").contains("7KD29QXM4T0WZ3HB"));
    }
    let sitter = Sitter::Sample("en".parse().expect("a tag"));
    let built = preview_design(&shop.running.house, cafe(&shop).await, sitter)
        .await
        .expect("drawn");
    let pass: Value = serde_json::from_slice(&built.drawing.apple.expect("Apple")).expect("JSON");
    let field = &pass["storeCard"]["headerFields"][0];
    let said = field["changeMessage"]
        .as_str()
        .expect("a message")
        .replace("%@", &field["value"].to_string());
    assert_eq!(said, "You now have 240 points.");
    shop.running.stop().await;
}

/// What is typed is drawn at once and kept, and nothing is published by it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_typed_is_drawn_and_kept_and_not_published() {
    let shop = Shop::open().await;
    let desk = Desk::of(&shop, Role::Marketer).await;
    let mut fields = desk.open().await;
    assert_eq!(get(&fields, "f0.label.en"), "Points");
    set(&mut fields, "f0.label.en", "Stars & <b>");
    set(&mut fields, "f0.notice.en", "Now %@!");
    set(&mut fields, "background", "#7f1d1d");
    set(&mut fields, "shown", "en");
    let page = desk.post("/console/card/preview?lang=en", &fields).await;
    page.assert_sound();
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        panel(&page.body, "apple").contains("Stars &#38; &#60;b&#62;"),
        "{}",
        page.body
    );
    assert!(panel(&page.body, "apple").contains("rgb(127,29,29)"));
    assert!(panel(&page.body, "lock").contains("Now 240!"));
    let kept = fields_of(&page.body);
    assert_eq!(get(&kept, "f0.label.en"), "Stars & <b>");
    assert_eq!(get(&kept, "background"), "#7f1d1d");
    // The script gets the preview alone, the same.
    set(&mut fields, "act", "live");
    let part = desk.post("/console/card/preview?lang=en", &fields).await;
    assert!(
        !part.body.contains("<form") && !part.body.contains("<html"),
        "{}",
        part.body
    );
    let front = |page: &Page| {
        panel(&page.body, "apple")
            .split("<details")
            .next()
            .map(str::to_owned)
    };
    assert_eq!(front(&part), front(&page));
    let all = versions(&shop).await;
    assert_eq!(all.len(), 1);
    // A form that changes nothing is the published look.
    let same = desk
        .post("/console/card/preview?lang=en", &desk.open().await)
        .await;
    let base: Design = serde_json::from_str(get(&fields_of(&same.body), "base")).expect("a design");
    assert_eq!(base, all[0].1);
    // Whoever loads the form's address anew begins anew.
    assert_eq!(
        desk.get("/console/card/preview").await.location(),
        "/console/card"
    );
    shop.running.stop().await;
}

/// Fields move, come and go without a script; limits are told.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fields_come_and_go_and_move() {
    let shop = Shop::open().await;
    let desk = Desk::of(&shop, Role::Owner).await;
    let mut fields = desk.open().await;
    // Balance, holder, next reward, tier, then the back.
    set(&mut fields, "act", "up.2");
    set(&mut fields, "f0.place", "none");
    set(&mut fields, "f3.place", "primary");
    let page = desk.post("/console/card/preview?lang=en", &fields).await;
    let mut fields = fields_of(&page.body);
    let design: Design = serde_json::from_str(get(&fields, "base")).expect("a design");
    let keys = |list: &[billfold::loyalty::design::Field]| -> Vec<String> {
        list.iter().map(|field| field.key.clone()).collect()
    };
    assert!(design.fields.header.is_empty());
    assert_eq!(keys(&design.fields.primary), ["tier"]);
    assert_eq!(keys(&design.fields.secondary), ["next_reward", "holder"]);
    for _ in 0..3 {
        set(&mut fields, "act", "add.primary");
        let page = desk.post("/console/card/preview?lang=en", &fields).await;
        assert!(page.body.contains("<details class=\"one-field\" open>"));
        fields = fields_of(&page.body);
        let new = fields
            .iter()
            .filter(|(name, _)| name.ends_with(".value.en"))
            .count();
        assert!(new > 8, "{new}");
    }
    let page = desk.post("/console/card/preview?lang=en", &fields).await;
    assert!(
        page.body.contains("4 of 1") && page.body.contains("more than are drawn"),
        "{}",
        page.body
    );
    // What was added and left is not published.
    let asked = desk.post("/console/card/ask?lang=en", &fields).await;
    assert_eq!(asked.status, StatusCode::OK, "{}", asked.body);
    assert!(!asked.body.contains("field-1"), "{}", asked.body);
    shop.running.stop().await;
}

/// Shows SR-059 (part: contrast is computed and warned of).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn colours_that_cannot_be_read_are_warned_of() {
    let shop = Shop::open().await;
    let desk = Desk::of(&shop, Role::Owner).await;
    let mut fields = desk.open().await;
    set(&mut fields, "background", "#ffffff");
    set(&mut fields, "foreground", "#777777");
    set(&mut fields, "label", "#000000");
    let page = desk.post("/console/card/preview?lang=en", &fields).await;
    let low = "<div class=\"low\"><dt>Text</dt><dd class=\"number\"><bdi dir=\"ltr\">4.4:1</bdi> <span>hard to read";
    assert!(page.body.contains(low), "{}", page.body);
    assert!(
        page.body
            .contains("<div><dt>Labels</dt><dd class=\"number\"><bdi dir=\"ltr\">21.0:1</bdi></dd>")
    );
    set(&mut fields, "label", "#fefefe");
    set(&mut fields, "act", "live");
    let part = desk.post("/console/card/preview?lang=ar", &fields).await;
    assert!(
        part.body.contains("لون النص قريب جدًا من الخلفية"),
        "{}",
        part.body
    );
    shop.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_picture_becomes_what_phones_ask_for_or_is_refused_with_its_reason() {
    let shop = Shop::open().await;
    let desk = Desk::of(&shop, Role::Owner).await;
    let mut fields = desk.open().await;
    set(&mut fields, "f0.label.en", "Stars");
    let page = desk.post_file(&fields, "image_logo", LOGO).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let kept = fields_of(&page.body);
    assert_eq!(get(&kept, "f0.label.en"), "Stars");
    let before: Design = serde_json::from_str(get(&fields, "base")).expect("a design");
    let design: Design = serde_json::from_str(get(&kept, "base")).expect("a design");
    for name in ["logo.png", "logo@2x.png", "logo@3x.png"] {
        let sha256 = &design.images[name];
        assert_ne!(Some(sha256), before.images.get(name));
        let image = shop.get(&format!("/images/{sha256}.png")).await;
        assert_eq!(image.status, StatusCode::OK, "{name}");
    }
    assert!(panel(&page.body, "apple").contains(&design.images["logo@3x.png"]));
    for (field, file, why) in [
        (
            "image_icon",
            &b"\xff\xd8\xff\xe0 no png"[..],
            "This is not a PNG that can be drawn.",
        ),
        (
            "image_icon",
            LOGO,
            "The picture has 1,032 × 336 pixels. Cut it square",
        ),
        (
            "image_google_logo",
            include_bytes!("../../templates/passes/cafe/icon.png"),
            "pixels, too few to be sharp. Choose one of at least 200 × 200.",
        ),
    ] {
        let page = desk.post_file(&fields, field, file).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        page.assert_sound();
        assert!(page.body.contains(why), "{why}: {}", page.body);
        assert!(
            page.body
                .contains("<title>Please look again: Card design</title>")
        );
        assert!(page.body.contains(&format!("aria-describedby=\"{field}-fault")));
        let kept = fields_of(&page.body);
        assert_eq!(get(&kept, "f0.label.en"), "Stars");
        let same: Design = serde_json::from_str(get(&kept, "base")).expect("a design");
        assert_eq!(same.images, before.images);
    }
    let program = cafe(&shop).await.id;
    let read = shop
        .running
        .house
        .store
        .read(move |db| audit::list(db, &program, 100));
    let deeds = read.await.expect("read");
    let stored = deeds.iter().filter(|deed| deed.deed == "store_image").count();
    assert_eq!(stored, 3);
    shop.running.stop().await;
}

/// Publishing says what it will do, does it, is in the books, and an older version is used again as a new one.
/// Shows SR-055 (part: versions of the look).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_look_is_put_on_every_card_and_an_older_one_again() {
    let shop = Shop::open().await;
    shop.add_member(Enrolment::default()).await;
    let desk = Desk::of(&shop, Role::Manager).await;
    let mut fields = desk.open().await;
    set(&mut fields, "f0.label.en", "Stars");
    let asked = desk.post("/console/card/ask?lang=en", &fields).await;
    asked.assert_sound();
    assert!(asked.body.contains("One card will change."), "{}", asked.body);
    assert!(asked.body.contains("No phone holds one yet"), "{}", asked.body);
    assert_eq!(versions(&shop).await.len(), 1);
    let sent = hidden(&asked.body, "action=\"/console/card?lang=en\"");
    let done = desk.post("/console/card?lang=en", &sent).await;
    assert_eq!(done.location(), "/console/card/progress?done=1&lang=en");
    let progress = desk.get(done.location()).await;
    progress.assert_sound();
    assert!(progress.body.contains("Published. The cards are being updated."));
    let all = versions(&shop).await;
    assert_eq!((all.len(), all[0].0), (2, 2));
    let label = all[0].1.fields.header[0].label.as_ref().expect("a label");
    assert_eq!(label.fallback(), "Stars");
    assert_eq!(label.get(&"ar".parse().expect("a tag")), "النقاط");

    // The form that was sent is over: whoever sends it again overwrites nothing.
    let stale = desk.post("/console/card?lang=en", &sent).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    stale.assert_sound();
    assert!(
        stale.body.contains("Somebody changed the program"),
        "{}",
        stale.body
    );
    assert_eq!(get(&fields_of(&stale.body), "f0.label.en"), "Stars");
    assert_eq!(versions(&shop).await.len(), 2);

    let list = desk.get("/console/card/versions?lang=en").await;
    list.assert_sound();
    assert!(
        list.body.contains("Set up with the program") && list.body.contains("manager"),
        "{}",
        list.body
    );
    let again = hidden(&list.body, "action=\"/console/card/ask?lang=en\"");
    let asked = desk.post("/console/card/ask?lang=en", &again).await;
    let sent = hidden(&asked.body, "action=\"/console/card?lang=en\"");
    let done = desk.post("/console/card?lang=en", &sent).await;
    assert_eq!(done.location(), "/console/card/progress?done=1&lang=en");
    let all = versions(&shop).await;
    assert_eq!((all.len(), all[0].0), (3, 3));
    assert_eq!(all[0].1, all[2].1);
    let program = cafe(&shop).await.id;
    let read = shop
        .running
        .house
        .store
        .read(move |db| audit::list(db, &program, 100));
    let deeds = read.await.expect("read");
    let by_staff = |deed: &&audit::Deed| deed.deed == "publish_design" && deed.actor.starts_with("staff:");
    assert_eq!(deeds.iter().filter(by_staff).count(), 2);
    shop.running.stop().await;
}

/// The hidden fields of the first form with a marker.
fn hidden(html: &str, marker: &str) -> Fields {
    let form = html
        .split("<form ")
        .find(|form| form.contains(marker))
        .expect("the form");
    let form = form.split("</form>").next().expect("its end");
    let tags = form.split("<input type=\"hidden\" name=\"").skip(1);
    let pair = |tag: &str| {
        let (name, rest) = tag.split_once("\" value=\"")?;
        Some((name.to_owned(), plain(rest.split('"').next()?)))
    };
    tags.filter_map(pair).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_look_with_faults_is_not_published_and_says_where() {
    let shop = Shop::open().await;
    let desk = Desk::of(&shop, Role::Owner).await;
    let mut fields = desk.open().await;
    for tag in ["en", "ar", "fa", "zh-Hans", "zh-Hant"] {
        set(&mut fields, &format!("organization.{tag}"), " ");
    }
    set(&mut fields, "f1.value.en", "{nmae}");
    let page = desk.post("/console/card/ask?lang=en", &fields).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.assert_sound();
    assert!(
        page.body
            .contains("<title>Please look again: Card design</title>")
    );
    assert!(
        page.body.contains("id=\"organization-fault\">This text is empty"),
        "{}",
        page.body
    );
    assert!(page.body.contains("A name in braces is not one"), "{}", page.body);
    assert_eq!(get(&fields_of(&page.body), "f1.value.en"), "{nmae}");
    // Nor by whoever leaves the question out.
    let page = desk.post("/console/card?lang=en", &fields).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(versions(&shop).await.len(), 1);
    shop.running.stop().await;
}

/// Shows SR-054 (part).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_auditor_sees_and_changes_nothing_and_forms_carry_their_token() {
    let shop = Shop::open().await;
    let owner = Desk::of(&shop, Role::Owner).await;
    let auditor = Desk::of(&shop, Role::Auditor).await;
    let page = auditor.get("/console/card?lang=en").await;
    page.assert_sound();
    assert!(page.body.contains("You can look at the card."), "{}", page.body);
    for button in ["Publish", "name=\"act\"", "id=\"show\""] {
        assert!(!page.body.contains(button), "{button}");
    }
    assert!(
        !auditor
            .get("/console/card/versions?lang=en")
            .await
            .body
            .contains("<form method=\"post\" action=\"/console/card")
    );
    let mut fields = fields_of(&page.body);
    for path in ["/console/card", "/console/card/ask", "/console/card/preview"] {
        assert_eq!(
            auditor.post(path, &fields).await.status,
            StatusCode::FORBIDDEN,
            "{path}"
        );
        set(&mut fields, "token", "made up");
        assert_eq!(
            owner.post(path, &fields).await.status,
            StatusCode::FORBIDDEN,
            "{path}"
        );
    }
    // Another program's look is not there.
    shop.add_program("other", "Other", 0).await;
    let read = shop
        .running
        .house
        .store
        .read(|db| programs::find_by_slug(db, "other"));
    let other = read
        .await
        .expect("read")
        .expect("there")
        .design_id
        .expect("a look");
    for from in [other.as_str(), "des_nonsense", ""] {
        let page = owner.get(&format!("/console/card?from={from}")).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{from}");
    }
    let mut fields = owner.open().await;
    set(&mut fields, "from", other.as_str());
    assert_eq!(
        owner.post("/console/card/ask", &fields).await.status,
        StatusCode::NOT_FOUND
    );
    for broken in ["", "{", "[]", "{\"organization_name\":1}"] {
        let mut fields = owner.open().await;
        set(&mut fields, "base", broken);
        let page = owner.post("/console/card/preview", &fields).await;
        assert!(page.status.is_client_error(), "{broken}: {}", page.status);
    }
    shop.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_of_the_designer_speaks_every_language_and_marks_what_is_missing() {
    let shop = Shop::open().await;
    let desk = Desk::of(&shop, Role::Owner).await;
    for (tag, word) in [
        ("en", "Versions"),
        ("ar", "النسخ"),
        ("fa", "نسخه‌ها"),
        ("zh-Hans", "版本"),
        ("zh-Hant", "版本"),
    ] {
        for path in ["", "/languages", "/versions", "/progress"] {
            let page = desk.get(&format!("/console/card{path}?lang={tag}")).await;
            page.assert_sound();
            assert_eq!(page.status, StatusCode::OK, "{path} {tag}");
            assert!(page.body.contains(word), "{path} {tag}");
        }
    }
    let mut fields = desk.open().await;
    set(&mut fields, "f0.label.fa", "");
    let asked = desk.post("/console/card/ask?lang=en", &fields).await;
    let sent = hidden(&asked.body, "action=\"/console/card?lang=en\"");
    desk.post("/console/card?lang=en", &sent).await;
    let page = desk.get("/console/card/languages?lang=en").await;
    assert!(
        page.body.contains("<span class=\"chip\">1 missing</span>"),
        "{}",
        page.body
    );
    let gap = "<span class=\"chip\">Missing</span> <span class=\"quiet\">instead: <bdi>Points</bdi>";
    assert!(page.body.contains(gap), "{}", page.body);
    shop.running.stop().await;
}

/// A look in the program's own stamps is drawn in place of the banner, in the page itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kinds_of_codes_and_stamps_are_chosen() {
    let shop = Shop::open().await;
    let desk = Desk::of(&shop, Role::Owner).await;
    let mut fields = desk.open().await;
    set(&mut fields, "format", "EAN-13");
    set(&mut fields, "has_number", "no");
    set(&mut fields, "has_stamps", "yes");
    let page = desk.post("/console/card/preview?lang=en", &fields).await;
    let mut fields = fields_of(&page.body);
    let design: Design = serde_json::from_str(get(&fields, "base")).expect("a design");
    assert_eq!(design.barcode.formats.len(), 2);
    assert!(design.barcode.alt_text.is_none() && design.stamps.is_some());
    set(&mut fields, "per_row", "5");
    set(&mut fields, "format", "Aztec");
    let page = desk.post("/console/card/preview?lang=en", &fields).await;
    let design: Design = serde_json::from_str(get(&fields_of(&page.body), "base")).expect("a design");
    assert_eq!(design.stamps.expect("stamps").per_row, Some(5));
    assert_eq!(design.barcode.formats.len(), 1);
    shop.running.stop().await;
}
