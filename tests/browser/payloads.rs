//! Texts that try to be more than texts, and what a page made of them.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::Method;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::cafe::Cafe;

pub(crate) const LANGUAGES: [&str; 5] = ["en", "ar", "fa", "zh-Hans", "zh-Hant"];

/// Notes on every page what runs and what the policy stops.
pub(crate) const WATCH: &str = "
  window.ran = []; window.stopped = [];
  for (const name of ['alert', 'confirm', 'prompt', 'print', 'open']) window[name] = (...told) => ran.push([name, ...told]);
  addEventListener('securitypolicyviolation', (one) => stopped.push(`${one.effectiveDirective} ${one.blockedURI}`));
";

/// Looks at many pages without opening them: parsed as the browser parses them, and nothing of them runs.
const INSPECT: &str = "async (list) => {
  const plain = (text) => text.replace(/[\\u2066-\\u2069]/g, '').replace(/\\s+/g, ' ').trim();
  const isOurs = (address) => /^($|[?#]|data:,$|data:image\\/png;base64,[a-zA-Z0-9+\\/=]+$)/.test(address) ||
    (/^https?:$/.test(new URL(address, location.href).protocol) && new URL(address, location.href).host === location.host);
  return Promise.all(list.map(async ({ path, body, wanted }) => {
    const answer = path && await fetch(path, { headers: { accept: 'text/html,image/svg+xml' } });
    const text = path ? await answer.text() : body;
    const type = path ? answer.headers.get('content-type').split(';')[0] : 'text/html';
    const parsed = new DOMParser().parseFromString(text, type), shapes = {}, strange = [], words = [parsed.documentElement.textContent];
    for (const node of parsed.querySelectorAll('*')) {
      const shape = `${node.localName} ${[...node.attributes].map((one) => one.name).sort()}`;
      shapes[shape] = (shapes[shape] ?? 0) + 1;
      for (const { name, value } of node.attributes) {
        if (/^(.*:)?(href|src|action|formaction|data)$/.test(name) && !isOurs(value)) strange.push(`${name}=${value}`);
        if (/^(value|aria-label|download)$/.test(name)) words.push(value);
      }
    }
    const said = plain(words.join(' '));
    return { shapes, strange, type, found: wanted.map((one) => said.includes(plain(one))) };
  }));
}";

/// Elements of which a page has as many whatever is written on it.
const FIXED: [&str; 15] = [
    "base", "body", "button", "form", "h1", "head", "html", "iframe", "link", "main", "meta", "nav",
    "script", "style", "title",
];

/// Kinds of pages that list what was stored, of which one world has more than another; and what each line has.
const LISTS: [&str; 8] = [
    "tiers",
    "challenges",
    "rules",
    "rewards",
    "till-card",
    "members",
    "member-file",
    "designer",
];
const OF_LISTS: [&str; 2] = ["button", "form"];

/// How many of a field's texts were taken and how many refused.
#[derive(Default)]
pub(crate) struct Tally(BTreeMap<&'static str, (usize, usize)>);

impl Tally {
    /// Counts one text.
    pub(crate) fn add(&mut self, field: &'static str, status: u16) {
        self.count(field, status, 1);
    }

    fn count(&mut self, field: &'static str, status: u16, texts: usize) {
        let (taken, refused) = self.0.entry(field).or_default();
        match status {
            200..300 => *taken += texts,
            400..500 => *refused += texts,
            _ => panic!("{field}: {status}"),
        }
    }

    pub(crate) fn taken(&self, field: &str) -> usize {
        self.0.get(field).map_or(0, |both| both.0)
    }

    pub(crate) fn print(&self) {
        for (field, (taken, refused)) in &self.0 {
            println!("{field}: {taken} taken, {refused} refused");
        }
    }
}

/// All of them, as they are sent.
pub(crate) fn payloads() -> Vec<String> {
    let lines = include_str!("payloads.txt").lines();
    let texts = lines.filter(|line| !line.is_empty() && !line.starts_with("# ") && !line.starts_with("## "));
    let all: Vec<String> = texts.map(decode).collect();
    assert!(all.len() >= 200, "{} payloads", all.len());
    all
}

/// Of how many texts one is tried in each place: a plain run tries a sample in every place, `BILLFOLD_PAYLOADS=all` each
/// text in every place, which takes as long as all other tests together.
pub(crate) fn stride() -> usize {
    match std::env::var("BILLFOLD_PAYLOADS") {
        Ok(word) if word == "all" => 1,
        _ => 18,
    }
}

fn decode(line: &str) -> String {
    let mut parts = line.split("\\u{");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (number, rest) = part.split_once('}').expect("a number in braces");
        let number = u32::from_str_radix(number, 16).expect("a number");
        text.push(char::from_u32(number).expect("a character"));
        text.push_str(rest);
    }
    text
}

/// Five texts, one for each language, as the API takes them.
pub(crate) fn in_languages(texts: &[String]) -> Value {
    LANGUAGES
        .into_iter()
        .zip(texts)
        .map(|(tag, text)| (tag.to_owned(), json!(text)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

/// Stores five texts at once in a field, one for each language; where they are refused together, each by itself.
/// Gives the answers, each with what was taken.
pub(crate) async fn store(
    cafe: &Cafe,
    tally: &mut Tally,
    (field, method, path): (&'static str, &Method, &str),
    texts: &[String],
    make: impl Fn(Value) -> Value,
) -> Vec<(Value, Vec<String>)> {
    let (status, answer) = cafe.send(method.clone(), path, &make(in_languages(texts))).await;
    if status < 300 {
        tally.count(field, status, texts.len());
        return vec![(answer, texts.to_vec())];
    }
    let mut stored = Vec::new();
    for text in texts {
        let (status, answer) = cafe.send(method.clone(), path, &make(json!(text))).await;
        tally.count(field, status, 1);
        if status < 300 {
            stored.push((answer, vec![text.clone(); LANGUAGES.len()]));
        }
    }
    stored
}

/// A page to look at, and the texts that may be on it.
pub(crate) struct Look {
    pub(crate) kind: String,
    pub(crate) path: Option<String>,
    pub(crate) body: Option<String>,
    pub(crate) wanted: Vec<String>,
}

/// What pages are made of when harmless texts stand on them.
#[derive(Default)]
pub(crate) struct Harmless(BTreeMap<String, BTreeMap<String, u64>>);

impl Harmless {
    /// Learns the shapes of pages.
    pub(crate) async fn learn(&mut self, browser: &Browser, looks: &[Look]) {
        for (look, seen) in looks.iter().zip(inspect(browser, looks).await) {
            assert_eq!(seen["strange"], json!([]), "{}", look.kind);
            let shapes = self.0.entry(look.kind.clone()).or_default();
            for (shape, count) in seen["shapes"].as_object().expect("shapes") {
                shapes.insert(shape.clone(), count.as_u64().expect("a number"));
            }
        }
    }

    /// Fails if a page is made of anything that the harmless one is not; gives which texts are on the pages.
    pub(crate) async fn compare(&self, browser: &Browser, looks: &[Look]) -> Vec<BTreeSet<String>> {
        let mut shown = Vec::new();
        for (look, seen) in looks.iter().zip(inspect(browser, looks).await) {
            let known = self
                .0
                .get(&look.kind)
                .unwrap_or_else(|| panic!("{} is not known", look.kind));
            let place = || format!("{} {:?}: {:?}", look.kind, look.path, look.wanted);
            assert_eq!(seen["strange"], json!([]), "{}", place());
            let shapes = seen["shapes"].as_object().expect("shapes");
            for shape in shapes.keys() {
                assert!(known.contains_key(shape), "{shape} in {}", place());
            }
            let is_list = LISTS.contains(&look.kind.split(' ').next().unwrap_or_default());
            for (shape, count) in known {
                let tag = shape.split(' ').next().unwrap_or_default();
                if FIXED.contains(&tag) && !(is_list && OF_LISTS.contains(&tag)) {
                    assert_eq!(shapes.get(shape), Some(&json!(count)), "{shape} in {}", place());
                }
            }
            let found = seen["found"].as_array().expect("a list");
            let both = look.wanted.iter().zip(found);
            shown.push(
                both.filter(|(_, found)| **found == true)
                    .map(|(text, _)| text.clone())
                    .collect(),
            );
        }
        shown
    }
}

async fn inspect(browser: &Browser, looks: &[Look]) -> Vec<Value> {
    let mut seen = Vec::new();
    for some in looks.chunks(40) {
        let list: Vec<Value> = some
            .iter()
            .map(|look| json!({ "path": look.path, "body": look.body, "wanted": look.wanted }))
            .collect();
        let answer = browser.ask(&format!("({INSPECT})({})", json!(list))).await;
        seen.extend(answer.as_array().expect("a list").iter().cloned());
    }
    seen
}

/// Fails if anything ran on the page that is open, or anything was stopped.
pub(crate) async fn assert_quiet(browser: &Browser, page: &str) {
    // What loads late has loaded after a frame or two.
    let look = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done([ran, stopped]))))";
    assert_eq!(browser.ask(look).await, json!([[], []]), "{page}");
}
