//! The poster for the counter: read, measured and printed by a real browser, its code by a foreign reader.

use std::process::Command;

use billfold::apple::color::Rgb;
use billfold::store::programs;
use reqwest::header::ACCEPT;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::browser::{Browser, Screen, decode};
use crate::shop::Shop;

const LANGUAGES: [&str; 5] = ["en", "ar", "fa", "zh-Hans", "zh-Hant"];
/// Size, pixels of the paper, points of the paper, faces.
const SIZES: [(&str, Screen, (f64, f64), usize); 3] = [
    (
        "a4",
        Screen {
            width: 794,
            height: 1_123,
        },
        (595.28, 841.89),
        1,
    ),
    (
        "a5",
        Screen {
            width: 559,
            height: 794,
        },
        (419.53, 595.28),
        1,
    ),
    (
        "tent",
        Screen {
            width: 794,
            height: 1_123,
        },
        (595.28, 841.89),
        2,
    ),
];

/// What does not stand where it should, and each text's colour with what is behind it.
const LOOK: &str = "(() => {
  const root = document.documentElement, faults = [], colors = [];
  if (root.nodeName !== 'svg' || document.querySelector('parsererror')) faults.push('no SVG');
  const page = root.getBoundingClientRect(), margin = page.width / 21 - 1;
  const box = (node, share) => {
    const { left, right, top, bottom, height } = node.getBoundingClientRect();
    return { left, right, top: top + height * share, bottom: bottom - height * share };
  };
  const meet = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
  const within = (a, b) => a.left >= b.left && a.right <= b.right && a.top >= b.top && a.bottom <= b.bottom;
  const paper = { left: page.left + margin, right: page.right - margin, top: page.top + margin, bottom: page.bottom - margin };
  for (const side of root.querySelectorAll('g')) {
    const code = box(side.querySelector('.code'), 0);
    const panels = [...side.querySelectorAll(':scope > rect')];
    const texts = [...side.querySelectorAll('text')];
    for (const [index, text] of texts.entries()) {
      const place = box(text, 0.2), said = text.textContent;
      if (!within(place, paper)) faults.push('off the paper: ' + said);
      if (meet(place, code)) faults.push('on the code: ' + said);
      for (const other of texts.slice(index + 1))
        if (meet(place, box(other, 0.2))) faults.push('on each other: ' + said + ' / ' + other.textContent);
      const touched = panels.filter((panel) => meet(place, box(panel, 0)));
      for (const panel of touched)
        if (!within(place, box(panel, 0))) faults.push('sticks out: ' + said);
      const ground = touched.at(-1);
      colors.push([text.getAttribute('fill'), ground ? ground.getAttribute('fill') : 'rgb(255,255,255)']);
    }
  }
  const sides = root.querySelectorAll('g'), last = sides[sides.length - 1];
  const panel = box(last.querySelector('rect'), 0), name = box(last.querySelector('text'), 0);
  return { faults, colors, start: name.left - panel.left, end: panel.right - name.right };
})()";

/// What zbarimg reads in a picture.
pub(crate) fn read_codes(png: &[u8]) -> Vec<String> {
    let file = tempfile::Builder::new()
        .suffix(".png")
        .tempfile()
        .expect("a file");
    std::fs::write(file.path(), png).expect("written");
    let output = Command::new("zbarimg")
        .args(["--quiet", "--raw"])
        .arg(file.path())
        .output()
        .expect("zbarimg runs");
    let text = String::from_utf8(output.stdout).expect("text");
    text.lines().map(str::to_owned).collect()
}

/// Fails unless everything stands where it should; of a name that fills its line no side is nearer.
fn check_look(look: &Value, case: &str, is_rtl: Option<bool>) {
    assert_eq!(look["faults"], json!([]), "{case}");
    let colors = look["colors"].as_array().expect("colours");
    assert!(colors.len() >= 9, "{case}: {colors:?}");
    for pair in colors {
        let [over, under] =
            [0, 1].map(|at| Rgb::parse(pair[at].as_str().expect("a colour")).expect("a colour"));
        assert!(over.contrast(under) >= 4.5, "{case}: {over} on {under}");
    }
    let [start, end] = ["start", "end"].map(|side| look[side].as_f64().expect("a distance"));
    if let Some(is_rtl) = is_rtl {
        assert_eq!(start > end, is_rtl, "{case}: {start} and {end}");
    }
}

/// Shows SR-091 (the poster's code).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_poster_is_read_in_every_language_and_size() {
    let shop = Shop::open().await;
    let browser = Browser::open().await;
    let address = shop.url("/join/cafe");
    for language in LANGUAGES {
        for (size, screen, _, faces) in SIZES {
            let case = format!("{size} {language}");
            let path = format!("/join/cafe/poster.svg?size={size}&language={language}");
            browser.visit(&shop.url(&path), screen).await;
            let look = browser.ask(LOOK).await;
            check_look(&look, &case, Some(matches!(language, "ar" | "fa")));
            // At 192 dots an inch, and a quarter of that.
            for scale in [2.0, 0.5] {
                let codes = read_codes(&browser.picture(screen, scale).await);
                assert_eq!(codes, vec![address.clone(); faces], "{case} at {scale}");
            }
        }
    }
    browser.close().await;
    shop.running.stop().await;
}

/// Shows SR-091 (the poster on paper).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_posters_page_prints_as_one_sheet_of_its_size() {
    let shop = Shop::open().await;
    let browser = Browser::open().await;
    let phone = Screen {
        width: 320,
        height: 800,
    };
    for language in LANGUAGES {
        for (size, screen, (width, height), faces) in SIZES {
            let case = format!("{size} {language}");
            let path = format!("/join/cafe/poster?size={size}&lang={language}");
            browser.visit(&shop.url(&path), phone).await;
            let wide = browser.ask("document.documentElement.scrollWidth").await;
            assert!(wide.as_f64() <= Some(320.0), "{case}: {wide} on a phone");
            let pdf = print(&browser).await;
            let boxes = media_boxes(&pdf);
            assert_eq!(boxes.len(), 1, "{case}: {boxes:?}");
            assert!(
                (boxes[0].0 - width).abs() < 1.5 && (boxes[0].1 - height).abs() < 1.5,
                "{case}: {boxes:?}"
            );
            browser.visit(&shop.url(&path), screen).await;
            browser
                .run("Emulation.setEmulatedMedia", json!({ "media": "print" }))
                .await;
            let codes = read_codes(&browser.picture(screen, 1.0).await);
            assert_eq!(codes, vec![shop.url("/join/cafe"); faces], "{case}");
            let rest = browser
                .ask("document.querySelector('main').getClientRects().length")
                .await;
            assert_eq!(rest, 0, "{case}: only the poster is printed");
            browser
                .run("Emulation.setEmulatedMedia", json!({ "media": "" }))
                .await;
        }
    }
    browser.close().await;
    shop.running.stop().await;
}

/// The page as it is printed, on paper of the size that it names.
async fn print(browser: &Browser) -> Vec<u8> {
    let parameters = json!({ "preferCSSPageSize": true, "printBackground": false });
    decode(&browser.run("Page.printToPDF", parameters).await)
}

/// Width and height of each page of a PDF, in points.
fn media_boxes(pdf: &[u8]) -> Vec<(f64, f64)> {
    let text = String::from_utf8_lossy(pdf);
    text.split("/MediaBox")
        .skip(1)
        .map(|rest| {
            let inside = rest.split(['[', ']']).nth(1).expect("a box");
            let numbers: Vec<f64> = inside
                .split_whitespace()
                .map(|one| one.parse().expect("a number"))
                .collect();
            (numbers[2], numbers[3])
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_posters_page_says_how_and_leads_to_every_size_and_language() {
    let shop = Shop::open().await;
    for (language, words) in LANGUAGES.into_iter().zip([
        "Point your phone",
        "وجّه كاميرا",
        "دوربین گوشی",
        "用手机相机",
        "用手機相機",
    ]) {
        let page = shop
            .get(&format!("/join/cafe/poster?size=tent&lang={language}"))
            .await;
        assert_eq!(page.status, StatusCode::OK);
        page.assert_sound();
        assert_eq!(page.header("cache-control"), "public, max-age=300");
        assert!(page.body.contains(words), "{language}: {}", page.body);
        let svg = format!("/join/cafe/poster.svg?size=tent&#38;language={language}");
        assert!(page.body.contains(&svg), "{}", page.body);
        for other in LANGUAGES {
            assert!(
                page.body.contains(&format!("?size=tent&#38;lang={other}\"")),
                "{other}"
            );
        }
        for (size, _, _, _) in SIZES {
            assert!(
                page.body.contains(&format!("?size={size}&#38;lang={language}\"")),
                "{size}"
            );
        }
    }
    // The shop's language counts, not that of whoever prints.
    let page = shop.get_in("/join/cafe/poster.svg", "ar").await;
    assert_eq!(page.header("content-type"), "image/svg+xml; charset=utf-8");
    assert!(
        page.body.contains(">Point your<") && page.body.contains("210mm"),
        "{}",
        page.body
    );
    assert!(!page.body.contains("href=\"/"), "it is whole in itself");
    shop.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_of_no_poster_says_so() {
    let shop = Shop::open().await;
    for path in ["/join/nowhere/poster", "/join/nowhere/poster.svg"] {
        let page = shop.get(path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
        page.assert_sound();
        assert!(page.body.contains("no such card to join"), "{}", page.body);
    }
    for bent in [
        "size=b4",
        "size=A4",
        "size=",
        "language=de",
        "language=",
        "size=a4&size=a5",
        "lang=%00",
    ] {
        for path in ["/join/cafe/poster", "/join/cafe/poster.svg"] {
            let path = format!("{path}?{bent}");
            let page = shop.get(&path).await;
            assert_eq!(page.status, StatusCode::BAD_REQUEST, "{path}");
            page.assert_sound();
            assert!(
                page.body.contains("Something in this address is not known"),
                "{}",
                page.body
            );
            let problem = shop
                .ask(Method::GET, &path, &[(ACCEPT.as_str(), "image/svg+xml")], None)
                .await;
            assert_eq!(problem.status, StatusCode::BAD_REQUEST);
            assert!(problem.body.contains("bad_parameter"), "{}", problem.body);
        }
    }
    shop.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_poster_needs_no_design_and_no_name_breaks_it() {
    let shop = Shop::open().await;
    let name = "</text><script>alert(1)</script> & \"Sons'\u{1} of the Long Name ".repeat(2);
    shop.add_program("odd", &name, 0).await;
    shop.act(|tx, _| {
        let mut program = programs::find_by_slug(tx, "cafe")?.expect("there");
        let version = program.version;
        program.design_id = None;
        program.version += 1;
        assert!(programs::update(tx, &program, version)?);
        Ok(())
    })
    .await;
    let browser = Browser::open().await;
    for (size, screen, _, faces) in SIZES {
        for slug in ["cafe", "odd"] {
            let page = shop.get(&format!("/join/{slug}/poster?size={size}")).await;
            assert_eq!(page.status, StatusCode::OK, "{}", page.body);
            page.assert_sound();
            let path = format!("/join/{slug}/poster.svg?size={size}");
            assert!(!shop.get(&path).await.body.contains("<script"));
            browser.visit(&shop.url(&path), screen).await;
            let side = (slug == "cafe").then_some(false);
            check_look(&browser.ask(LOOK).await, &path, side);
            let codes = read_codes(&browser.picture(screen, 1.0).await);
            assert_eq!(codes, vec![shop.url(&format!("/join/{slug}")); faces], "{path}");
        }
    }
    browser.close().await;
    shop.running.stop().await;
}
