//! Every page for those who read it by other means, as axe-core judges it.

use serde_json::Value;

use crate::browser::Browser;
use crate::cafe::Cafe;
use crate::hands::Theme;
use crate::pages::{DESKTOP, PHONE, is_thorough, table};

const AXE: &str = include_str!("axe/axe.min.js");

/// WCAG 2.2 A and AA, and two of axe's best practices: everything in a region, and targets that a finger meets.
/// What axe cannot decide counts as wrong, but for text within drawings, whose ground it cannot see; text that only
/// touches a neighbour's box is measured against the ground that it stands on.
const RUN: &str = "axe.run(document, {
  runOnly: WHICH,
  rules: { region: { enabled: true }, 'target-size': { enabled: true } },
  resultTypes: ['violations', 'incomplete'],
}).then((found) => {
  const all = (rules) => rules.flatMap((rule) => rule.nodes.map((node) => ({ rule: rule.id, ...node })));
  const isDrawn = ({ target }) => document.querySelector(target[0])?.ownerSVGElement;
  const light = (color) => color.match(/[\\d.]+/g).slice(0, 3).map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0.05);
  const isLegible = ({ rule, target }) => {
    const node = document.querySelector(target[0]);
    let ground = node;
    while (ground && !getComputedStyle(ground).backgroundColor.startsWith('rgb(')) ground = ground.parentElement;
    if (rule !== 'color-contrast' || !ground) return false;
    const [low, high] = [getComputedStyle(node).color, getComputedStyle(ground).backgroundColor].map(light)
      .sort((one, other) => one - other);
    return high / low >= 4.5;
  };
  const undecided = all(found.incomplete);
  const wrong = [...all(found.violations), ...undecided.filter((one) => !isDrawn(one) && !isLegible(one))];
  return {
    passes: found.passes.length,
    drawn: undecided.filter(isDrawn).length,
    wrong: wrong.map(({ rule, target, html, failureSummary }) => ({
      rule, what: `${target.join(' ')} ${html.slice(0, 120)} ${(failureSummary ?? '').replaceAll('\\n', ' ')}`,
    })),
  };
})";

/// What stays in view while a page scrolls covers something at any moment; a person scrolls on.
const UNSTICK: &str = "document.querySelectorAll('body *').forEach((one) => {
  if (getComputedStyle(one).position === 'sticky') one.style.position = 'static';
})";
/// Every rule.
const ALL: &str =
    "{ type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa'] }";
/// Those that another theme can break: it changes colours alone.
const COLORS: &str =
    "{ type: 'rule', values: ['color-contrast', 'link-in-text-block', 'document-title', 'html-has-lang'] }";

fn run(rules: &str) -> String {
    RUN.replace("WHICH", rules)
}

async fn open() -> Browser {
    let browser = Browser::open().await;
    browser.prepare(AXE).await;
    browser
}

/// What axe found wrong with a view: the rules, each with the element.
fn faults(found: &Value) -> Vec<(&str, &str)> {
    let wrong = found["wrong"].as_array().expect("a list").iter();
    wrong
        .map(|one| {
            (
                one["rule"].as_str().expect("a rule"),
                one["what"].as_str().expect("an element"),
            )
        })
        .collect()
}

/// Judges every page that speaks a language, in both themes and both widths.
async fn judge(language: &str) {
    let cafe = Cafe::open().await;
    let browser = open().await;
    let (mut pages, mut views, mut rules, mut drawn) = (0, 0, 0, 0);
    let (mut wrong, mut borrowed) = (Vec::new(), 0);
    let is_all = is_thorough();
    for (at, page) in table(&cafe).await.iter().enumerate() {
        // A plain run judges each page in one of the two languages.
        let is_in_turn = is_all || !page.speaks("ar") || (at % 2 == 0) == (language == "en");
        if !page.speaks(language) || !is_in_turn {
            continue;
        }
        browser.wear(Theme::Light).await;
        page.open(&browser, &cafe, language, PHONE).await;
        pages += 1;
        // It takes one of the four pairs for each page; `BILLFOLD_VIEWS=all` takes every pair.
        let every = Theme::BOTH
            .into_iter()
            .flat_map(|theme| [PHONE, DESKTOP].map(|screen| (theme, screen)));
        let first = at / 2;
        let own = if is_all { 0..4 } else { first % 4..first % 4 + 1 };
        let views_of_page: Vec<_> = every
            .enumerate()
            .filter(|(at, _)| own.contains(at))
            .map(|(_, view)| view)
            .collect();
        for (theme, screen) in views_of_page {
            browser.wear(theme).await;
            browser.resize(screen).await;
            let rules_of_view = if theme == Theme::Light || !is_all {
                ALL
            } else {
                COLORS
            };
            browser.ask(UNSTICK).await;
            let found = browser.ask(&run(rules_of_view)).await;
            let view = format!("{} {language} {} {}", page.name, theme.name(), screen.width);
            let passes = found["passes"].as_u64().expect("a number");
            assert!(passes > 2, "{view}: {found}");
            views += 1;
            rules += passes;
            drawn += found["drawn"].as_u64().expect("a number");
            let (others, own): (Vec<_>, Vec<_>) = faults(&found)
                .into_iter()
                .partition(|(rule, _)| page.borrowed_faults.contains(rule));
            borrowed += others.len();
            wrong.extend(own.iter().map(|(rule, what)| format!("{view}: {rule}: {what}")));
        }
    }
    println!(
        "{language}: {pages} pages in {views} views, {rules} rules kept, {} broken, {borrowed} by others' code; \
         {drawn} texts within drawings left to their own tests",
        wrong.len()
    );
    assert!(wrong.is_empty(), "{wrong:#?}");
    browser.close().await;
    cafe.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_shuts_anybody_out_in_english() {
    judge("en").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_shuts_anybody_out_in_arabic() {
    judge("ar").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_judge_sees_what_is_wrong_with_a_page() {
    let cafe = Cafe::open().await;
    let browser = open().await;
    browser.wear(Theme::Light).await;
    browser
        .visit(&cafe.url(&format!("/join/{}", cafe.slug())), PHONE)
        .await;
    for (harm, rule) in [
        ("document.documentElement.lang = ''", "html-has-lang"),
        ("document.querySelector('label').remove()", "label"),
        (
            "document.querySelector('h1').style.color = '#ddd'",
            "color-contrast",
        ),
        (
            "document.body.append(Object.assign(document.createElement('p'), { textContent: 'lost' }))",
            "region",
        ),
        (
            "document.querySelectorAll('nav a').forEach((a) => Object.assign(a.style, { padding: 0, minInlineSize: 0, fontSize: '8px', lineHeight: 1 })); document.querySelector('nav ul').style.gap = 0",
            "target-size",
        ),
    ] {
        browser.ask(harm).await;
        let found = browser.ask(&run(ALL)).await;
        assert!(
            faults(&found).iter().any(|(broken, _)| *broken == rule),
            "{rule}: {found}"
        );
    }
    browser.close().await;
    cafe.close().await;
}
