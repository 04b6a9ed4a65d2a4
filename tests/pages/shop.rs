//! A running shop of one test's own, and a browser's requests to it.

use std::path::PathBuf;
use std::sync::Arc;

use billfold::actions::create_program::{NewProgram, create_program};
use billfold::actions::enrol::{Enrolment, enrol};
use billfold::actions::{ActionError, Caller, Deed};
use billfold::http::Limits;
use billfold::loyalty::earning::BaseRule;
use billfold::server::{AppleSetup, Running, Setup, start};
use billfold::store::{StoreError, StoreOptions, Tx, members, programs};
use billfold::types::{ManualClock, MasterKey, MemberId, Secret, Text};
use reqwest::header::{ACCEPT, ACCEPT_LANGUAGE, LOCATION, USER_AGENT};
use reqwest::{Method, StatusCode};
use tempfile::TempDir;

use crate::stand_ins::{Google, Pushes, credentials, now};

pub(crate) const IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1";
pub(crate) const ANDROID: &str = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36";
pub(crate) const MAC: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15";
pub(crate) const WINDOWS: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";

/// The largest page, in bytes.
const PAGE_MAX: usize = 100 * 1024;

/// A shop with one program, `cafe`.
pub(crate) struct Shop {
    pub(crate) running: Running,
    pub(crate) clock: Arc<ManualClock>,
    client: reqwest::Client,
    folder: TempDir,
}

/// What a browser was answered.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) status: StatusCode,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: String,
}

impl Page {
    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub(crate) fn location(&self) -> &str {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.body);
        self.header(LOCATION.as_str())
    }

    /// Fails unless the page is one that every reader and browser can use.
    #[track_caller]
    pub(crate) fn assert_sound(&self) {
        let html = &self.body;
        assert_eq!(self.header("content-type"), "text/html; charset=utf-8", "{html}");
        assert!(html.len() < PAGE_MAX, "{} bytes", html.len());
        let policy = self.header("content-security-policy");
        assert!(
            policy.contains("default-src 'none'") && policy.contains("style-src 'self'"),
            "{policy}"
        );
        assert!(!policy.contains("unsafe"), "{policy}");
        for tag in tags(html) {
            assert!(!tag.starts_with("style"), "<{tag}>");
            let attributes = || tag.split(' ').skip(1);
            assert!(
                !attributes().any(|name| name.starts_with("on") || name.starts_with("style")),
                "<{tag}>"
            );
        }
        let ours = html.matches("<script type=\"module\" src=\"/assets/").count();
        assert_eq!(html.matches("<script").count(), ours, "{html}");
        assert!(!html.contains("javascript:"), "{html}");
        for foreign in ["src=\"http", "src=\"//", "href=\"//", "url(http"] {
            assert!(!html.contains(foreign), "{foreign}");
        }
        assert!(html.starts_with("<!doctype html>\n<html lang=\""), "{html}");
        assert_eq!(html.matches("<h1").count(), 1, "{html}");
        assert!(
            html.contains("<main") && html.contains("name=\"viewport\""),
            "{html}"
        );
    }
}

impl Shop {
    /// A shop with both wallets.
    pub(crate) async fn open() -> Self {
        Self::with(true, Google::default()).await
    }

    /// Its database.
    pub(crate) fn file(&self) -> PathBuf {
        self.folder.path().join("shop.db")
    }

    /// A shop at a public address of its own, with both wallets.
    pub(crate) async fn at(public_url: &str) -> Self {
        Self::with_address(true, Google::default(), Some(public_url.to_owned())).await
    }

    pub(crate) async fn with(has_google: bool, google: Google) -> Self {
        Self::with_address(has_google, google, None).await
    }

    async fn with_address(has_google: bool, google: Google, public_url: Option<String>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let clock = Arc::new(ManualClock::new(now()));
        let setup = Setup {
            clock: clock.clone(),
            database: StoreOptions::new(format!("sqlite://{}", folder.path().join("shop.db").display())),
            listen: "127.0.0.1:0".parse().expect("an address"),
            public_url,
            master_key: MasterKey::new(&Secret::new("k".repeat(32))).expect("a key"),
            apple: vec![AppleSetup {
                credentials: credentials(),
                pushes: Box::new(|_| Ok(Arc::new(Pushes))),
            }],
            google: has_google.then(|| {
                let (google, clock) = (google.clone(), clock.clone());
                let make: billfold::server::GoogleSetup = Box::new(move |_| Ok(google.issuer(clock)));
                make
            }),
            delivery: billfold::delivery::Options {
                // Nowhere but to this machine.
                private_webhooks: true,
                ..billfold::delivery::Options::default()
            },
            limits: Limits {
                workers: 1,
                ..Limits::default()
            },
        };
        let running = start(setup, |_| ()).await.expect("the shop opens");
        let shop = Self {
            running,
            clock,
            client: reqwest::Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .build()
                .expect("a client"),
            folder,
        };
        shop.add_program("cafe", "Café Aroma", 10).await;
        shop
    }

    /// Does something behind the counter.
    pub(crate) async fn act<T: Send + 'static>(
        &self,
        deed: impl FnOnce(&mut Tx<'_>, &Deed) -> Result<T, ActionError> + Send + 'static,
    ) -> T {
        let house = &self.running.house;
        let under_way = Deed::begin(house, Caller::local("test", house.now()));
        let done = house.store.write(move |tx| deed(tx, &under_way)).await;
        house.bell.ring();
        done.expect("done")
    }

    pub(crate) async fn add_program(&self, slug: &str, name: &str, signup_bonus: i64) {
        let new = NewProgram {
            external_id: None,
            slug: Some(slug.to_owned()),
            name: Text::plain(name),
            point_name: Text::plain("points"),
            language: "en".parse().expect("a tag"),
            currency: "EUR".parse().expect("a code"),
            earning: BaseRule::default(),
            signup_bonus,
            time_zone: billfold::types::Zone::UTC,
            policy: billfold::loyalty::policy::Policy::default(),
            apple_pass_type: None,
        };
        self.act(move |tx, deed| create_program(tx, deed, new)).await;
    }

    /// A member who was enrolled at the counter; gives the path of the card's page.
    pub(crate) async fn add_member(&self, enrolment: Enrolment) -> String {
        let enrolled = self
            .act(move |tx, deed| {
                let program = programs::find_by_slug(tx, "cafe")?.expect("there");
                enrol(tx, deed, &program.id, &enrolment)
            })
            .await;
        let card = enrolled.sheet.card;
        format!(
            "/card/{}",
            self.running.house.link_token(&card.id, card.link_epoch)
        )
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.running.address)
    }

    /// A request of a browser.
    pub(crate) async fn ask(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<String>,
    ) -> Page {
        let mut request = self.client.request(method, self.url(path));
        if !headers.iter().any(|(name, _)| *name == ACCEPT.as_str()) {
            request = request.header(ACCEPT, "text/html,application/xhtml+xml,*/*;q=0.8");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            if !headers.iter().any(|(name, _)| *name == "content-type") {
                request = request.header("content-type", "application/x-www-form-urlencoded");
            }
            request = request.body(body);
        }
        let response = request.send().await.expect("an answer");
        Page {
            status: response.status(),
            headers: response.headers().clone(),
            body: String::from_utf8_lossy(&response.bytes().await.expect("a whole answer")).into_owned(),
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Page {
        self.ask(Method::GET, path, &[], None).await
    }

    pub(crate) async fn get_in(&self, path: &str, languages: &str) -> Page {
        self.ask(Method::GET, path, &[(ACCEPT_LANGUAGE.as_str(), languages)], None)
            .await
    }

    pub(crate) async fn get_on(&self, path: &str, agent: &str) -> Page {
        self.ask(Method::GET, path, &[(USER_AGENT.as_str(), agent)], None)
            .await
    }

    /// Sends the join form as its own page does.
    pub(crate) async fn join(&self, fields: &[(&str, &str)]) -> Page {
        let headers = [("sec-fetch-site", "same-origin")];
        self.ask(Method::POST, "/join/cafe", &headers, Some(form(fields)))
            .await
    }
}

/// Every tag of a page without the values of its attributes.
fn tags(html: &str) -> Vec<String> {
    html.split('<')
        .skip(1)
        .filter_map(|rest| rest.split('>').next())
        .map(|tag| tag.split('"').step_by(2).collect())
        .collect()
}

/// The member of the cafe whom an identity leads to.
pub(crate) fn find_member(tx: &mut Tx<'_>, kind: &str, value: &str) -> Result<MemberId, StoreError> {
    let program = programs::find_by_slug(tx, "cafe")?.expect("there");
    Ok(members::find_by_identity(tx, &program.id, kind, value)?.expect("there"))
}

/// A form's body.
pub(crate) fn form(fields: &[(&str, &str)]) -> String {
    let mut url = reqwest::Url::parse("http://form.example").expect("an address");
    url.query_pairs_mut().extend_pairs(fields);
    url.query().unwrap_or_default().to_owned()
}
