//! A café with something on every page: the demo of one test, and what its API makes of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use billfold::actions::change_codes::{CODE_DIGITS, code_key, new_code_seed, turn_on_codes};
use billfold::actions::{ActionError, Caller, Deed};
use billfold::server::demo::{DemoOptions, RunningDemo, demo};
use billfold::store::passkeys::{self, Passkey};
use billfold::types::{Clock, PasskeyId, Secret, StaffId, SystemClock, Time, code_at, period_at};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

/// A clock that can be put forward.
#[derive(Default)]
struct Late(AtomicI64);

impl Clock for Late {
    fn now(&self) -> Time {
        SystemClock.now().plus_ms(self.0.load(Ordering::SeqCst))
    }
}

/// The running café.
pub(crate) struct Cafe {
    pub(crate) demo: RunningDemo,
    clock: Arc<Late>,
    http: reqwest::Client,
}

/// A member and where their pages are.
pub(crate) struct Member {
    pub(crate) id: String,
    /// The path of the card's page.
    pub(crate) card: String,
    /// What is scanned of it.
    pub(crate) code: String,
}

impl Cafe {
    pub(crate) async fn open() -> Self {
        let clock = Arc::new(Late::default());
        let options = DemoOptions {
            clock: clock.clone(),
            people: Vec::new(),
            ..DemoOptions::default()
        };
        Self {
            demo: demo(options).await.expect("a demo"),
            clock,
            http: reqwest::Client::builder()
                .no_proxy()
                .redirect(reqwest::redirect::Policy::none())
                .build()
                .expect("a client"),
        }
    }

    /// Lets so many milliseconds pass.
    pub(crate) fn put_forward(&self, ms: i64) {
        self.clock.0.fetch_add(ms, Ordering::SeqCst);
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.demo.url)
    }

    pub(crate) fn slug(&self) -> &str {
        &self.demo.programs[0].1
    }

    pub(crate) fn program(&self) -> String {
        self.demo.programs[0].0.to_string()
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, self.url(path));
        request.bearer_auth(self.demo.keys.owner.expose())
    }

    /// A request of the owner's with JSON; its status and answer.
    pub(crate) async fn send(&self, method: Method, path: &str, body: &Value) -> (u16, Value) {
        let response = self.request(method, path).json(body).send().await;
        let response = response.expect("an answer");
        let status = response.status().as_u16();
        let text = response.text().await.expect("a body");
        (status, serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    /// Posts what must be taken; the answer.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Value {
        let (status, answer) = self.send(Method::POST, path, body).await;
        assert!((200..300).contains(&status), "{path} {body}: {status} {answer}");
        answer
    }

    /// Where an address leads, as a path.
    pub(crate) async fn follow(&self, path: &str) -> String {
        let response = self.http.get(self.url(path)).send().await.expect("an answer");
        let headers = response.headers();
        let location = headers.get("location").and_then(|value| value.to_str().ok());
        location.expect("it leads on").to_owned()
    }

    /// Joins with what is known already; the path of the question for the card.
    pub(crate) async fn ask_for_card(&self, contact: &str) -> String {
        let fields = [("first_name", "Somebody"), ("contact", contact)];
        let path = self.url(&format!("/join/{}", self.slug()));
        let sent = self
            .http
            .post(path)
            .form(&fields)
            .send()
            .await
            .expect("an answer");
        let location = sent
            .headers()
            .get("location")
            .and_then(|value| value.to_str().ok());
        location.expect("it leads on").to_owned()
    }

    /// Does something on the simulator's page.
    pub(crate) async fn on_stage(&self, deed: &str, fields: &[(&str, &str)]) -> Value {
        let request = self.http.post(self.url(&format!("/simulator/{deed}")));
        let request = request.header("accept", "application/json").form(fields);
        let answer = request.send().await.expect("an answer");
        assert!(answer.status().is_success(), "{deed}: {}", answer.status());
        answer.json().await.expect("JSON")
    }

    /// The path of an address of ours.
    pub(crate) fn path(&self, address: &Value) -> String {
        let address = address.as_str().expect("an address");
        address.strip_prefix(&self.demo.url).expect("of ours").to_owned()
    }

    /// Enrols a person of a program.
    pub(crate) async fn enrol(&self, program: &str, person: &Value) -> Member {
        let answer = self
            .post(&format!("/v1/programs/{program}/members"), person)
            .await;
        self.member(&answer)
    }

    /// The member of the answer to an enrolment.
    pub(crate) fn member(&self, answer: &Value) -> Member {
        let word = |value: &Value| value.as_str().expect("a text").to_owned();
        Member {
            id: word(&answer["member"]["id"]),
            card: self.path(&answer["card"]["url"]),
            code: word(&answer["card"]["code"]),
        }
    }

    /// A member of the café by their first name.
    pub(crate) async fn find(&self, name: &str) -> Member {
        let (_, list) = self
            .send(Method::GET, "/v1/members?limit=200", &Value::Null)
            .await;
        let mut members = list["data"].as_array().expect("members").iter();
        let found = members.find(|member| member["first_name"] == name);
        let id = found.expect("a member")["id"].as_str().expect("an id");
        let (_, sheet) = self
            .send(Method::GET, &format!("/v1/members/{id}"), &Value::Null)
            .await;
        self.member(&json!({ "member": sheet["member"], "card": sheet["cards"][0] }))
    }

    /// Gives a member points.
    pub(crate) async fn give(&self, member: &Member, points: i64) {
        let path = format!("/v1/members/{}/adjustments", member.id);
        self.post(&path, &json!({ "points": points, "reason": "For the table" }))
            .await;
    }

    /// The path of a member's own page, open for half an hour.
    pub(crate) async fn member_page(&self, member: &Member) -> String {
        self.follow(&format!("{}/member", member.card)).await
    }

    /// A reward in a member's hands; the path of its page.
    pub(crate) async fn redeem(&self, member: &Member, page: &str, reward: &str) -> String {
        let path = format!("/v1/members/{}/redemptions", member.id);
        let answer = self.post(&path, &json!({ "reward": reward })).await;
        let id = answer["redemption"]["id"].as_str().expect("an id");
        format!("{page}/code/{id}")
    }

    /// A sale without a card; the path of its claim page, and its id.
    pub(crate) async fn receipt(&self, id: &str, cents: i64) -> (String, String) {
        let body = json!({ "program": self.program(), "external_id": id, "total": { "amount": cents, "currency": "EUR" } });
        let answer = self.post("/v1/receipts", &body).await;
        let id = answer["id"].as_str().expect("an id").to_owned();
        (self.path(&answer["claim_url"]), id)
    }

    /// A term of a program, such as a reward; its id.
    pub(crate) async fn add_term(&self, kind: &str, program: &str, mut term: Value) -> String {
        term["program"] = program.into();
        let answer = self.post(&format!("/v1/{kind}"), &term).await;
        answer["id"].as_str().expect("an id").to_owned()
    }

    /// Makes an endpoint at which nobody listens, and sends it a test; the path of its page.
    pub(crate) async fn endpoint(&self) -> String {
        let body = json!({ "url": "http://127.0.0.1:9/hooks/of/the/shop?and=more", "program": self.program(),
            "events": ["member.enrolled", "order.recorded"] });
        let made = self.post("/v1/webhook-endpoints", &body).await;
        let id = made["id"].as_str().expect("an id");
        self.post(&format!("/v1/webhook-endpoints/{id}/test"), &json!({}))
            .await;
        format!("/console/webhooks/{id}")
    }

    /// The path of a location's page in the console.
    pub(crate) async fn location(&self, code: &str) -> String {
        let body = json!({ "program": self.program(), "code": code, "name": "Main street",
            "address": "Main street 5", "position": { "latitude": 52.520_008, "longitude": 13.404_954 },
            "relevant_text": { "en": "Coffee?", "ar": "قهوة؟" } });
        let made = self.post("/v1/locations", &body).await;
        format!("/console/locations/{}", made["id"].as_str().expect("an id"))
    }

    /// The same of a location that is ended.
    pub(crate) async fn ended_location(&self) -> String {
        let page = self.location("old-mill").await;
        let path = page.replace("/console/", "/v1/");
        let (status, answer) = self.send(Method::DELETE, &path, &Value::Null).await;
        assert_eq!(status, 200, "{answer}");
        page
    }

    /// The id of a survey with a question of each kind; a draft, unless a state is named.
    pub(crate) async fn survey(&self, state: Option<&str>) -> String {
        let choices = json!([{ "id": "tea", "text": { "en": "Tea", "ar": "شاي" } },
            { "id": "cake", "text": { "en": "Cake", "ar": "كعك" } }]);
        let body = json!({ "program": self.program(), "name": "Autumn visit",
            "title": { "en": "Your visit this autumn", "ar": "زيارتك هذا الخريف" }, "intro": "Two minutes, five questions.",
            "thanks": "See you soon.", "questions": [
            { "id": "drink", "text": "What do you drink?", "kind": "single", "required": true, "choices": choices },
            { "id": "liked", "text": "What did you like?", "kind": "several", "choices": choices },
            { "id": "stars", "text": "How was it?", "kind": "scale_1_5", "required": true },
            { "id": "again", "text": "Would you tell a friend?", "kind": "scale_0_10" },
            { "id": "words", "text": "What else?", "kind": "text" } ] });
        let made = self.post("/v1/surveys", &body).await;
        let id = made["id"].as_str().expect("an id").to_owned();
        if let Some(state) = state {
            let (status, answer) = self
                .send(
                    Method::PATCH,
                    &format!("/v1/surveys/{id}"),
                    &json!({ "state": state }),
                )
                .await;
            assert_eq!(status, 200, "{answer}");
        }
        id
    }

    /// The path that today's code leads to.
    pub(crate) async fn here(&self, session: &str) -> String {
        let request = self.at_till(Method::GET, "/console/check-in", session);
        let page = request.send().await.expect("an answer");
        let page = page.text().await.expect("a page");
        let (_, rest) = page.split_once("href=\"/here/").expect("where it leads");
        format!("/here/{}", rest.split(['?', '"']).next().expect("a token"))
    }

    /// The path of a link that makes a browser a till.
    pub(crate) async fn till_link(&self) -> String {
        let body = json!({ "program": self.program(), "name": "Counter 1" });
        let till = self.post("/v1/tills", &body).await;
        self.path(&till["connect_url"])
    }

    /// What a browser keeps that a form was sent by.
    async fn keep(&self, path: &str, fields: &[(&str, &str)]) -> String {
        let response = self.http.post(self.url(path)).form(fields).send().await;
        let response = response.expect("an answer");
        assert_eq!(response.status().as_u16(), 303, "{path}");
        let set = response
            .headers()
            .get("set-cookie")
            .and_then(|value| value.to_str().ok());
        let (_, value) = set.expect("a cookie").split_once('=').expect("a pair");
        value.split(';').next().expect("a value").to_owned()
    }

    /// What a browser keeps that became a till.
    pub(crate) async fn connect_till(&self, link: &str) -> String {
        self.keep(link, &[]).await
    }

    /// What a browser keeps in which somebody of a role signed in.
    pub(crate) async fn sign_in(&self, role: &str) -> String {
        let mut staff = self.demo.staff.iter();
        let one = staff.find(|one| one.role.as_str() == role).expect("somebody");
        let fields = [("email", one.email.as_str()), ("password", one.password.expose())];
        self.keep("/sign-in", &fields).await
    }

    /// The id of somebody of a role.
    pub(crate) async fn staff(&self, role: &str) -> String {
        let (_, list) = self.send(Method::GET, "/v1/staff", &Value::Null).await;
        let mut staff = list["data"].as_array().expect("a list").iter();
        let one = staff.find(|one| one["role"] == role).expect("somebody");
        one["id"].as_str().expect("an id").to_owned()
    }

    /// What a browser keeps in which an owner of all programs signed in.
    pub(crate) async fn sign_in_everywhere(&self) -> String {
        let (email, password) = ("everywhere@cafe.example", "a long word with spaces");
        let owner = json!({ "name": "Everywhere", "role": "owner", "email": email, "password": password });
        self.post("/v1/staff", &owner).await;
        self.keep("/sign-in", &[("email", email), ("password", password)])
            .await
    }

    /// A manager whose codes are on, and who has a passkey: their id, what a browser keeps in which they are signed in,
    /// and one's in which their code is still asked for.
    pub(crate) async fn sign_in_with_codes(&self) -> (String, String, String) {
        let (email, password) = ("codes@cafe.example", "a long word with spaces");
        let manager = json!({ "name": "Codes", "role": "manager", "email": email, "password": password,
            "program": self.program() });
        let made = self.post("/v1/staff", &manager).await;
        let fields = [("email", email), ("password", password)];
        let session = self.keep("/sign-in", &fields).await;
        let id: StaffId = made["id"].as_str().expect("an id").parse().expect("an id");
        let house = &self.demo.running.house;
        let deed = Deed::begin(house, Caller::local("table", house.now()));
        let named = id.clone();
        let write = house.store.write(move |tx| {
            let seed = new_code_seed();
            let key = code_key(&deed.house, &named, &seed);
            let typed = Secret::new(code_at(&key, period_at(deed.now), CODE_DIGITS));
            turn_on_codes(tx, &deed, (&named, 1), &seed, &typed)?;
            let passkey = Passkey {
                id: PasskeyId::new(deed.now),
                staff_id: named,
                name: "The laptop behind the counter".to_owned(),
                credential: "of-the-table".to_owned(),
                public_key: String::new(),
                counter: 0,
                created_at: deed.now,
                used_at: Some(deed.now),
            };
            passkeys::insert(tx, &passkey)?;
            Ok::<_, ActionError>(())
        });
        write.await.expect("stored");
        let half = self.keep("/sign-in", &fields).await;
        (id.to_string(), session, half)
    }

    fn at_till(&self, method: Method, path: &str, session: &str) -> RequestBuilder {
        let request = self.http.request(method, self.url(path));
        request
            .header("cookie", format!("billfold-session={session}"))
            .header("accept", "application/json")
    }

    async fn form_token(&self, session: &str) -> String {
        let state = self.at_till(Method::GET, "/till/state", session).send().await;
        let state: Value = state.expect("an answer").json().await.expect("JSON");
        state["token"].as_str().expect("a token").to_owned()
    }

    /// Turns training on in a session.
    pub(crate) async fn train(&self, session: &str) {
        let token = self.form_token(session).await;
        let fields = [("token", token.as_str()), ("is_training", "yes")];
        let request = self
            .at_till(Method::POST, "/till/training", session)
            .form(&fields);
        assert_eq!(request.send().await.expect("an answer").status().as_u16(), 303);
    }

    /// Gives points at the till; the path of the screen that says so.
    pub(crate) async fn order_at_till(&self, session: &str, code: &str, amount: &str) -> String {
        let token = self.form_token(session).await;
        let fields = [
            ("token", token.as_str()),
            ("form", "table"),
            ("scanned", code),
            ("amount", amount),
        ];
        let request = self.at_till(Method::POST, "/till/orders", session).form(&fields);
        let done: Value = request
            .send()
            .await
            .expect("an answer")
            .json()
            .await
            .expect("JSON");
        let url = done["url"].as_str().expect("an address");
        url.split("&lang=").next().expect("a path").to_owned()
    }

    /// A list of members that was brought: its address. `reaches` says how far: `plan`, `draft` or `done`.
    pub(crate) async fn import(&self, session: &str, reaches: &str) -> String {
        let token = self.form_token(session).await;
        let list = "Name,E-mail,Points,Notes\nOmar Aziz,omar.a@example.com,1200,regular\nNobody,,5,\n\
            لينا حدّاد,leila@example.com,٣٠,\nDebt,debt@example.com,-5,";
        let name = format!("members-{reaches}.csv");
        let body = format!(
            "--b0\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\n{token}\r\n--b0\r\nContent-Disposition: \
             form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n{list}\r\n--b0--\r\n"
        );
        let kind = "multipart/form-data; boundary=b0";
        let request = self.at_till(Method::POST, "/console/import", session);
        let brought = request.header("content-type", kind).body(body).send().await;
        let brought = brought.expect("an answer");
        let address = brought.headers()["location"].to_str().expect("an address");
        let address = address.split('?').next().expect("a path").to_owned();
        let steps: &[(&str, &str)] = match reaches {
            "plan" => &[],
            "draft" => &[("plan", "1")],
            _ => &[("plan", "1"), ("begin", "2")],
        };
        for (step, version) in steps {
            let fields = [("token", token.as_str()), ("version", *version)];
            let path = format!("{address}/{step}");
            let sent = self
                .at_till(Method::POST, &path, session)
                .form(&fields)
                .send()
                .await;
            assert_eq!(sent.expect("an answer").status(), 303, "{path}");
        }
        address
    }

    pub(crate) async fn close(self) {
        self.demo.stop().await;
    }
}
