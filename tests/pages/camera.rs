//! `scanner.js` in a browser, before a camera that shows a film.

use billfold::scanner::Symbology;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::film::film;
use crate::stage::{SCREEN, Stage, until};

async fn browse(stage: &Stage, arguments: &[&str]) -> Browser {
    let browser = Browser::open_with(arguments).await;
    browser.visit(&stage.url, SCREEN).await;
    until(&browser, "globalThis.isReady === true").await;
    browser
}

/// A camera that shows a film, and a person who lets pages use it.
fn camera_of(film: &tempfile::NamedTempFile) -> [String; 3] {
    [
        "--use-fake-device-for-media-stream".to_owned(),
        "--use-fake-ui-for-media-stream".to_owned(),
        format!("--use-file-for-fake-video-capture={}", film.path().display()),
    ]
}

async fn browse_film(stage: &Stage, film: &tempfile::NamedTempFile) -> Browser {
    let arguments = camera_of(film);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let browser = browse(stage, &arguments).await;
    browser.ask("begin()").await;
    until(&browser, "states.some(([state]) => state === 'running')").await;
    browser
}

/// Each of the four kinds of codes comes through camera, canvas, JPEG and server as it was drawn, under the till's own
/// content security policy.
#[tokio::test]
async fn the_camera_reads_every_kind_of_code() {
    let codes = [
        (Symbology::Qr, "7Q2M9XK4TD8WPZ3A"),
        (Symbology::Aztec, "https://cards.example/card/0Y7HXKQ3M2B9TN5V"),
        (Symbology::Pdf417, "3E8RJW5CG1VSZ0K7-1795000000-04711815"),
        (Symbology::Code128, "B6T2NDM4YXPA9QF0"),
    ];
    let (stage, film) = (Stage::open(), film(&codes, 8));
    let browser = browse_film(&stage, &film).await;
    until(&browser, "new Set(codes.map(([text]) => text)).size >= 4").await;
    let mut read = browser
        .ask("[...new Set(codes.map((one) => one.join(' ')))].sort()")
        .await;
    let mut drawn: Vec<String> = codes
        .iter()
        .map(|(kind, text)| format!("{text} {}", kind.as_str()))
        .collect();
    drawn.sort();
    assert_eq!(read.take(), json!(drawn));
    browser.close().await;
}

/// A code that stays in the picture is told once, however many frames show it; a hidden page sends none.
#[tokio::test]
async fn a_code_is_told_once_and_a_hidden_page_looks_at_nothing() {
    let codes = [(Symbology::Qr, "ABCDEFGHJK234567")];
    let (stage, film) = (Stage::open(), film(&codes, 3));
    let browser = browse_film(&stage, &film).await;
    until(&browser, "codes.length === 1").await;
    let seen = stage.frames();
    for _ in 0..600 {
        if stage.frames() >= seen + 5 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert!(stage.frames() >= seen + 5, "the camera stopped");
    assert_eq!(browser.ask("codes.length").await, json!(1));

    let hide = |is_hidden: bool| {
        format!(
            "Object.defineProperty(document, 'hidden', {{ value: {is_hidden}, configurable: true }}); \
             document.dispatchEvent(new Event('visibilitychange'))"
        )
    };
    browser.ask(&hide(true)).await;
    until(
        &browser,
        "states.at(-1)[0] === 'stopped' && states.at(-1)[1] === 'hidden'",
    )
    .await;
    assert_eq!(
        browser.ask("document.getElementById('video').srcObject").await,
        Value::Null
    );
    browser.ask(&hide(false)).await;
    until(&browser, "states.at(-1)[0] === 'running'").await;
    browser.ask("camera.stop()").await;
    until(&browser, "states.at(-1)[0] === 'stopped'").await;
    browser.close().await;
}

/// The page is told that the person said no, and that there is no camera.
#[tokio::test]
async fn a_page_without_a_camera_is_told_why() {
    let stage = Stage::open();
    let browser = browse(&stage, &["--use-fake-device-for-media-stream"]).await;
    let denied = json!({ "permission": { "name": "camera" }, "setting": "denied", "origin": stage.url });
    browser.run("Browser.setPermission", denied).await;
    browser.ask("begin()").await;
    until(&browser, "states.at(-1)?.[0] === 'refused'").await;
    browser.close().await;

    let browser = browse(&stage, &["--use-fake-ui-for-media-stream"]).await;
    browser.ask("begin()").await;
    until(&browser, "states.at(-1)?.[0] === 'none'").await;
    browser.close().await;
}
