//! Stamps as pictures, on both wallets' cards and on the page of the card.

use std::io::Cursor;
use std::process::Command;
use std::sync::Arc;

use billfold::apple::reader::PassFile;
use billfold::loyalty::stamps::StampPicture;
use billfold::types::sha256_hex;
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use crate::caller::{Caller, until};
use crate::house::{Database, on_both_databases};
use crate::shop::{Shop, read};

/// Members who fetch the same state at once.
const AT_ONCE: usize = 64;
const RED: [u8; 3] = [255, 0, 0];

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

fn square(color: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 8 8\"><rect width=\"8\" height=\"8\" fill=\"{color}\"/></svg>"
    )
}

/// Red stamps on green places.
fn plain() -> Value {
    json!({ "filled": square("#f00"), "empty": square("#0f0") })
}

/// The published design as it can be published again.
pub(crate) async fn read_design(shop: &Shop) -> Value {
    let (_, published) = shop.get(&format!("/v1/programs/{}/design", shop.program)).await;
    let mut design = published["design"].clone();
    for hash in design["images"].as_object_mut().expect("images").values_mut() {
        *hash = json!({ "sha256": hash });
    }
    design
}

pub(crate) async fn publish(shop: &Shop, design: &Value) -> (u16, Value) {
    let put = shop.request(Method::PUT, &format!("/v1/programs/{}/design", shop.program));
    read(put.json(design).send().await.expect("an answer")).await
}

/// A café where each coffee is a stamp. Without a reward there is nothing to collect.
struct Cafe {
    shop: Shop,
    design: String,
}

impl Cafe {
    async fn open(database: Database, stamps: &Value) -> Self {
        let mut shop = Shop::open(database).await;
        let program = json!({
            "name": "Stamps", "slug": "stamps", "currency": "EUR", "earning": { "points": 0, "per_minor": 100 },
        });
        let (status, body) = shop.post("/v1/programs", &program).await;
        assert_eq!(status, 201, "{body}");
        text(&body["id"]).clone_into(&mut shop.program);
        let rule = json!({ "program": shop.program, "name": "A stamp for each coffee", "when": "order",
                           "of": { "category": ["coffee"] }, "then": { "points": 1, "per": "item" } });
        let (status, body) = shop.post("/v1/rules", &rule).await;
        assert_eq!(status, 201, "{body}");
        let mut design = read_design(&shop).await;
        design["stamps"] = stamps.clone();
        let (status, published) = publish(&shop, &design).await;
        assert_eq!(status, 200, "{published}");
        assert_eq!(published["design"]["stamps"], *stamps);
        let design = text(&published["id"]);
        Self { shop, design }
    }

    /// The sixth is free.
    async fn collect(&self) {
        let reward = json!({ "program": self.shop.program, "name": "The sixth is free", "cost": 5, "automatic": true,
                             "gives": { "free_item": { "category": ["coffee"] } } });
        let (status, body) = self.shop.post("/v1/rewards", &reward).await;
        assert_eq!(status, 201, "{body}");
    }

    async fn enrol(&self, email: &str, language: &str) -> Value {
        let path = format!("/v1/programs/{}/members", self.shop.program);
        let body = json!({ "email": email, "first_name": "Lina", "language": language });
        let (status, body) = self.shop.post(&path, &body).await;
        assert_eq!(status, 201, "{body}");
        body
    }

    async fn buy(&self, card: &Value, id: &str, coffees: i64) {
        let order = json!({ "external_id": id, "card": card["code"], "total": 300 * coffees,
            "lines": [{ "category": "coffee", "quantity": coffees, "amount": 300 * coffees }] });
        let (status, body) = self.shop.post("/v1/orders", &order).await;
        assert_eq!(status, 201, "{body}");
    }

    /// The address of a picture.
    fn banner(&self, name: &str) -> String {
        self.shop.url(&format!("/stamps/{}/{name}.png", self.design))
    }

    async fn has_banner(&self, card: &Value, name: &str) {
        let object = text(&card["passes"]["google"]["object_id"]);
        let uri = self.banner(name);
        until("the banner at Google", async || {
            let object = self.shop.google.object(&object);
            object.is_some_and(|object| object["heroImage"]["sourceUri"]["uri"] == uri)
        })
        .await;
    }
}

/// Width, height and pixels of a PNG.
fn pixels(bytes: &[u8]) -> (u32, u32, Vec<[u8; 3]>) {
    let mut reader = png::Decoder::new(Cursor::new(bytes))
        .read_info()
        .expect("a header");
    let mut out = vec![0; reader.output_buffer_size().expect("a size")];
    let info = reader.next_frame(&mut out).expect("pixels");
    let all = out.chunks_exact(3).map(|rgb| [rgb[0], rgb[1], rgb[2]]).collect();
    (info.width, info.height, all)
}

/// How many stamps are red.
fn count_red(bytes: &[u8], picture: &str) -> usize {
    let (width, height, all) = pixels(bytes);
    let picture: StampPicture = picture.parse().expect("a picture");
    let side = usize::try_from(picture.lay_out(None, width, height).side).expect("fits");
    let red = all.iter().filter(|pixel| **pixel == RED).count();
    assert_eq!(red % (side * side), 0, "a torn stamp");
    red / (side * side)
}

/// How far from the left the first red pixel of a strip stands.
fn first_red(bytes: &[u8]) -> u32 {
    let (width, _, all) = pixels(bytes);
    let columns = all
        .iter()
        .zip((0..width).cycle())
        .filter(|(pixel, _)| **pixel == RED);
    columns.map(|(_, column)| column).min().expect("a stamp")
}

/// Checks manifest and signature of a pass by the `openssl` command alone.
fn assert_openssl_takes(shop: &Shop, file: &PassFile) {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).expect("a file");
    for (name, bytes) in file.files() {
        write(&name.replace('/', "_"), bytes);
    }
    write("root.pem", &shop.authority.root().to_pem().expect("PEM"));
    let run = |arguments: &str| {
        let command = &mut Command::new("openssl");
        let ran = command
            .args(arguments.split_whitespace())
            .current_dir(folder.path())
            .output();
        let ran = ran.expect("the openssl command is there");
        assert!(
            ran.status.success(),
            "{arguments}: {}",
            String::from_utf8_lossy(&ran.stderr)
        );
        String::from_utf8(ran.stdout).expect("text")
    };
    run(
        "cms -verify -binary -inform DER -in signature -content manifest.json -CAfile root.pem -purpose any -out out",
    );
    let manifest: Value =
        serde_json::from_slice(file.file("manifest.json").expect("a manifest")).expect("JSON");
    let listed = manifest.as_object().expect("names");
    assert_eq!(listed.len() + 2, file.files().len());
    for (name, sha1) in listed {
        let digest = run(&format!("dgst -sha1 -r {}", name.replace('/', "_")));
        assert_eq!(digest.split_whitespace().next(), sha1.as_str(), "{name}");
    }
}

async fn fetch(phone: &Caller<'_>) -> PassFile {
    let (status, _, bytes) = phone.fetch(None).await;
    assert_eq!(status, 200);
    PassFile::open(&bytes).expect("a package")
}

fn strip(file: &PassFile) -> &[u8] {
    file.file("strip@3x.png").expect("a strip")
}

on_both_databases! {
    /// Three coffees are three stamps, on the strip and on the banner, and the fifth leaves an empty card.
    /// Shows SR-080 (part).
    async fn each_coffee_is_a_stamp_on_both_wallets_cards(database: Database) {
        let cafe = Cafe::open(database, &plain()).await;
        cafe.collect().await;
        let card = cafe.enrol("lina@example.com", "en").await["card"].clone();
        let phone = Caller::add(&cafe.shop, &card).await;
        let file = fetch(&phone).await;
        assert_eq!(count_red(strip(&file), "0-5"), 0);
        cafe.has_banner(&card, "0-5").await;

        cafe.buy(&card, "A", 3).await;
        let file = fetch(&phone).await;
        for (name, size) in [("strip.png", (375, 144)), ("strip@2x.png", (750, 288)), ("strip@3x.png", (1_125, 432))] {
            let bytes = file.file(name).expect("a strip");
            let (width, height, _) = pixels(bytes);
            assert_eq!((width, height), size);
            assert_eq!(count_red(bytes, "3-5"), 3, "{name}");
        }
        assert_openssl_takes(&cafe.shop, &file);
        cafe.has_banner(&card, "3-5").await;
        let object = text(&card["passes"]["google"]["object_id"]);
        let mut patches = cafe.shop.google.requests().into_iter().filter(|seen| seen.method == "PATCH" && seen.path.ends_with(&object));
        let last = patches.next_back().expect("a patch").body;
        let said = last["heroImage"]["contentDescription"].to_string();
        assert!(said.contains("3 of 5 stamps") && said.contains("الأختام: 3 من 5"), "{said}");
        assert_eq!(last["loyaltyPoints"]["balance"]["int"], 3, "in one write");

        let banner = cafe.shop.http.get(cafe.banner("3-5")).send().await.expect("an answer");
        assert_eq!(banner.headers()["cache-control"], "public, max-age=31536000, immutable");
        assert_eq!(banner.headers()["content-type"], "image/png");
        let bytes = banner.bytes().await.expect("a picture");
        assert_eq!((pixels(&bytes).0, pixels(&bytes).1), (1_032, 336));
        assert_eq!(count_red(&bytes, "3-5"), 3);

        // What was drawn is served to whoever has it in a pass, by its hash.
        let held = cafe.shop.url(&format!("/images/{}.png", sha256_hex(strip(&file))));
        let again = cafe.shop.http.get(held).send().await.expect("an answer");
        assert_eq!(again.bytes().await.expect("a picture"), strip(&file));

        cafe.buy(&card, "B", 2).await;
        assert_eq!(count_red(strip(&fetch(&phone).await), "0-5"), 0);
        cafe.has_banner(&card, "0-5").await;
        cafe.shop.running.stop().await;
    }

    /// Whoever reads from right to left is stamped from right to left.
    async fn stamps_are_mirrored_for_those_who_read_from_right_to_left(database: Database) {
        let cafe = Cafe::open(database, &plain()).await;
        cafe.collect().await;
        for (email, language, name, words) in [
            ("lina@example.com", "en", "1-5", "1 of 5 stamps"),
            ("omar@example.com", "ar", "1-5-rtl", "الأختام: 1 من 5"),
        ] {
            let card = cafe.enrol(email, language).await["card"].clone();
            let phone = Caller::add(&cafe.shop, &card).await;
            cafe.buy(&card, email, 1).await;
            assert_eq!(first_red(strip(&fetch(&phone).await)) < 1_125 / 2, language == "en");
            cafe.has_banner(&card, name).await;
            let page = cafe.shop.http.get(text(&card["url"])).send().await.expect("an answer").text().await.expect("a page");
            assert!(page.contains(&format!("/stamps/{}/{name}.png\"", cafe.design)) && page.contains(words), "{page}");
        }
        cafe.shop.running.stop().await;
    }

    /// Without a reward that is issued by itself there is nothing to collect, and the design's own images stay.
    async fn without_anything_to_collect_the_designs_own_strip_stays(database: Database) {
        let cafe = Cafe::open(database, &json!({})).await;
        let card = cafe.enrol("lina@example.com", "en").await["card"].clone();
        let phone = Caller::add(&cafe.shop, &card).await;
        let own = read_design(&cafe.shop).await["images"]["strip@3x.png"]["sha256"].clone();
        assert_eq!(sha256_hex(strip(&fetch(&phone).await)), own);
        let object = text(&card["passes"]["google"]["object_id"]);
        until("the object", async || cafe.shop.google.object(&object).is_some()).await;
        assert!(cafe.shop.google.object(&object).expect("an object").get("heroImage").is_none());
        let page = cafe.shop.http.get(text(&card["url"])).send().await.expect("an answer").text().await.expect("a page");
        assert!(!page.contains("/stamps/"), "{page}");
        assert_eq!(cafe.shop.running.house.shelf.stamps_drawn(), 0);

        // Then there is, and built-in stamps are drawn in the design's colours, also in the preview.
        cafe.collect().await;
        cafe.buy(&card, "A", 2).await;
        assert_ne!(sha256_hex(strip(&fetch(&phone).await)), own);
        cafe.has_banner(&card, "2-5").await;
        for (query, name) in [("", "2-5"), ("?language=fa", "2-5-rtl")] {
            let (_, preview) = cafe.shop.get(&format!("/v1/programs/{}/design/preview{query}", cafe.shop.program)).await;
            assert_eq!(preview["google"]["object"]["heroImage"]["sourceUri"]["uri"], cafe.banner(name));
        }
        cafe.shop.running.stop().await;
    }

    /// Sixty-four members with as many stamps: one drawing for all their passes, one for all their objects.
    async fn many_at_once_have_a_state_drawn_once(database: Database) {
        let cafe = Arc::new(Cafe::open(database, &json!({})).await);
        cafe.collect().await;
        let enrolled = (0..AT_ONCE).map(|number| {
            let cafe = Arc::clone(&cafe);
            async move { cafe.enrol(&format!("member{number}@example.com"), "en").await["card"].clone() }
        });
        let cards = join_all(enrolled).await;
        let links = cards.iter().map(|card| text(&card["passes"]["apple"]["url"]));
        let fetched = join_all(links.map(async |link| {
            let answer = cafe.shop.http.get(link).send().await.expect("an answer");
            PassFile::open(&answer.bytes().await.expect("a pass")).expect("a package")
        })).await;
        let first = strip(&fetched[0]).to_vec();
        assert!(fetched.iter().all(|file| strip(file) == first));
        let banners = (0..AT_ONCE).map(async |_| {
            let answer = cafe.shop.http.get(cafe.banner("0-5")).send().await.expect("an answer");
            assert_eq!(answer.status(), 200);
        });
        join_all(banners).await;
        cafe.has_banner(&cards[0], "0-5").await;
        assert_eq!(cafe.shop.running.house.shelf.stamps_drawn(), 2);
        let cafe = Arc::into_inner(cafe).expect("nobody else is in it");
        cafe.shop.running.stop().await;
    }

    /// Pictures have one name each; others, and designs that have no stamps, are not there.
    async fn only_pictures_that_there_are_are_served(database: Database) {
        let cafe = Cafe::open(database, &plain()).await;
        let get = async |path: String| {
            let asked = cafe.shop.http.get(cafe.shop.url(&path)).send().await;
            asked.expect("an answer").status().as_u16()
        };
        let own = |name: &str| format!("/stamps/{}/{name}", cafe.design);
        assert_eq!(get(own("2-30.png")).await, 200);
        for name in ["6-5.png", "0-0.png", "0-31.png", "02-5.png", "2-5", "2-5.svg", "2-5-ltr.png", "x.png", "2-5.png.png"] {
            assert_eq!(get(own(name)).await, 404, "{name}");
        }
        let (_, other) = cafe.shop.post("/v1/programs", &json!({ "name": "Other", "currency": "EUR" })).await;
        let (_, plain) = cafe.shop.get(&format!("/v1/programs/{}/design", text(&other["id"]))).await;
        for design in [text(&plain["id"]), "dsg_x".to_owned(), cafe.shop.program.clone()] {
            assert_eq!(get(format!("/stamps/{design}/2-5.png")).await, 404, "{design}");
        }
        let banner = cafe.shop.http.get(cafe.banner("2-30")).send().await.expect("an answer");
        let tag = banner.headers()["etag"].to_str().expect("text").to_owned();
        let known = cafe.shop.http.get(cafe.banner("2-30")).header("If-None-Match", &tag).send().await.expect("an answer");
        assert_eq!(known.status(), 304);
        let head = cafe.shop.http.request(Method::HEAD, cafe.banner("2-30")).send().await.expect("an answer");
        assert_eq!(head.status(), 200);
        assert!(head.bytes().await.expect("nothing").is_empty());
        cafe.shop.running.stop().await;
    }

    /// Stamps that cannot be drawn are refused when they are published, each at its place.
    async fn stamps_that_cannot_be_drawn_are_refused(database: Database) {
        let shop = Shop::open(database).await;
        let mut design = read_design(&shop).await;
        let svg = |inside: &str| format!("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 8 8\">{inside}</svg>");
        for (stamps, pointer, code) in [
            (json!({ "filled": "no picture" }), "/stamps/filled", "svg_unreadable"),
            (json!({ "filled": svg("") }), "/stamps/filled", "svg_blank"),
            (json!({ "empty": svg("<script/>") }), "/stamps/empty", "svg_script"),
            (json!({ "last": svg("<text>5</text>") }), "/stamps/last", "svg_text"),
            (json!({ "background": svg("<image href=\"data:image/png;base64,AA\"/>") }), "/stamps/background", "svg_raster"),
            (json!({ "background": svg("<rect fill=\"url(https://example.com/x#a)\"/>") }), "/stamps/background", "svg_outside_reference"),
            (json!({ "empty": svg("<use href=\"#a\"/>") }), "/stamps/empty", "svg_unsupported"),
            (json!({ "empty": svg(&" ".repeat(33_000)) }), "/stamps/empty", "svg_too_large"),
            (json!({ "per_row": 2 }), "/stamps/per_row", "out_of_range"),
        ] {
            design["stamps"] = stamps;
            let (status, body) = publish(&shop, &design).await;
            assert_eq!(status, 422, "{body}");
            assert_eq!((&body["errors"][0]["pointer"], &body["errors"][0]["code"]), (&json!(pointer), &json!(code)), "{body}");
            assert!(body["errors"][0]["detail"].as_str().expect("a sentence").ends_with('.'), "{body}");
            assert_eq!(body["errors"].as_array().map(Vec::len), Some(1), "{body}");
        }
        design["stamps"] = json!({});
        design["fields"]["primary"] = json!([{ "key": "name", "value": "{name}" }]);
        let (status, body) = publish(&shop, &design).await;
        assert_eq!(status, 200, "{body}");
        assert_eq!(body["warnings"][0]["code"], "stamps_covered", "{body}");
        shop.running.stop().await;
    }

    /// How friends join stands on the back where the program has a referral, and nowhere else.
    async fn the_way_for_friends_stands_on_the_back_where_there_is_a_referral(database: Database) {
        let shop = Shop::open(database).await;
        let mut design = read_design(&shop).await;
        design["fields"]["back"] = json!([{ "key": "invite", "label": "Invite", "value": "{referral_code}: {referral_link}" }]);
        let (status, body) = publish(&shop, &design).await;
        assert_eq!(status, 200, "{body}");
        let enrolled = shop.enrol("lina@example.com").await;
        let path = format!("/v1/programs/{}/design/preview?member={}", shop.program, text(&enrolled["member"]["id"]));
        let back = async || shop.get(&path).await.1["apple"]["pass"]["storeCard"]["backFields"].clone();
        assert_eq!(back().await, Value::Null);
        let rule = json!({ "program": shop.program, "name": "A friend came", "when": { "event": "referral" },
                           "then": { "points": 5, "per": "time" } });
        let (status, body) = shop.post("/v1/rules", &rule).await;
        assert_eq!(status, 201, "{body}");
        let own = &enrolled["member"]["referral"];
        let wanted = format!("{}: {}", text(&own["code"]), text(&own["url"]));
        assert_eq!(back().await[0]["value"], wanted);
        shop.running.stop().await;
    }
}
