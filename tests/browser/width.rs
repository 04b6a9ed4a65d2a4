//! The narrowest phones: nothing is scrolled to the side, nothing sticks out.

use crate::browser::Browser;
use crate::cafe::Cafe;
use crate::pages::{SMALLEST, is_thorough, table};

/// What is wider than the screen, or stands beside it. What scrolls or is cut within the page may do so.
const LOOK: &str = "(() => {
  const root = document.documentElement, wide = root.clientWidth, faults = [];
  if (root.scrollWidth > wide) faults.push(`the page is ${root.scrollWidth} wide on ${wide}`);
  const isCut = (node) => {
    for (let up = node.parentElement; up && up !== document.body; up = up.parentElement) {
      const { overflowX } = getComputedStyle(up), { left, right } = up.getBoundingClientRect();
      if (overflowX !== 'visible' && left >= -0.5 && right <= wide + 0.5) return true;
    }
    return false;
  };
  const describe = (node) => `${node.localName}.${node.getAttribute('class') ?? ''} ${node.textContent.trim().slice(0, 40)}`;
  for (const node of document.body.querySelectorAll('*'))
    for (const { left, right, width } of node.getClientRects())
      if (width && (left < -0.5 || right > wide + 0.5) && !isCut(node))
        faults.push(`${describe(node)} from ${Math.round(left)} to ${Math.round(right)}`);
  return faults;
})()";

/// Looks at one page of every `share`. A plain run reads half of them in Arabic and a quarter in English;
/// `BILLFOLD_VIEWS=all` reads all in two languages of each direction.
async fn look(language: &str, share: usize) {
    let cafe = Cafe::open().await;
    let browser = Browser::open().await;
    let mut faults = Vec::new();
    let share = if is_thorough() { 1 } else { share };
    for page in table(&cafe)
        .await
        .iter()
        .filter(|page| page.speaks(language))
        .step_by(share)
    {
        page.open(&browser, &cafe, language, SMALLEST).await;
        for fault in browser.ask(LOOK).await.as_array().expect("a list") {
            faults.push(format!("{} {language}: {fault}", page.name));
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
    browser.close().await;
    cafe.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_sticks_out_of_a_small_phone_from_left_to_right() {
    look("en", 4).await;
    if is_thorough() {
        look("zh-Hans", 1).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_sticks_out_of_a_small_phone_from_right_to_left() {
    look("ar", 2).await;
    if is_thorough() {
        look("fa", 1).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_sticks_out_is_seen() {
    let cafe = Cafe::open().await;
    let browser = Browser::open().await;
    browser.visit(&cafe.url("/nowhere"), SMALLEST).await;
    assert_eq!(browser.ask(LOOK).await, serde_json::json!([]));
    for harm in [
        "document.querySelector('h1').style.whiteSpace = 'nowrap'",
        "document.querySelector('h1').style.marginInlineStart = '-40px'",
    ] {
        browser.ask(harm).await;
        let seen = browser.ask(LOOK).await;
        assert_ne!(seen, serde_json::json!([]), "{harm}");
        browser.ask("document.querySelector('h1').style = ''").await;
    }
    browser.close().await;
    cafe.close().await;
}
