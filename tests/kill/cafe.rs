//! A café whose guests have cards on phones, all through the real server.

use std::sync::Arc;
use std::time::{Duration, Instant};

use billfold::simulator::phones::{GooglePhone, Network, Phone, Phones};
use billfold::types::{Language, SystemClock};
use serde_json::{Value, json};

use crate::installation::Installation;
use crate::server::Server;

/// Points that a new card starts with.
pub(crate) const BONUS: i64 = 10;
/// Cards that there are.
pub(crate) const CARDS: usize = 8;
/// Which cards each iPhone holds: one card on two phones, two cards on one, and plain ones.
const IPHONES: [&[usize]; 7] = [&[0], &[0, 1], &[1], &[2], &[4], &[5], &[6, 7]];
/// Which card each Android phone holds.
const ANDROIDS: [usize; 2] = [2, 3];
/// Longest wait for anything that is sure to come.
pub(crate) const SOON: Duration = Duration::from_mins(1);
/// How often a condition is looked at.
pub(crate) const LOOK: Duration = Duration::from_millis(20);

/// A guest's card.
#[derive(Debug, Clone)]
pub(crate) struct Card {
    pub(crate) code: String,
    serial: String,
    object: String,
    pass_url: String,
    save_url: String,
}

/// The café.
pub(crate) struct Cafe {
    pub(crate) installation: Installation,
    pub(crate) http: reqwest::Client,
    pub(crate) key: String,
    pub(crate) cards: Vec<Card>,
    iphones: Vec<Phone>,
    androids: Vec<GooglePhone>,
    /// The phones sleep once this is dropped.
    phones: Phones,
}

impl Cafe {
    /// Opens one on an empty database; the server runs.
    pub(crate) async fn open(installation: Installation) -> (Self, Server) {
        Self::open_with(installation, Installation::start).await
    }

    /// The same with another way to start the server.
    pub(crate) async fn open_with(
        installation: Installation,
        start: fn(&Installation) -> Server,
    ) -> (Self, Server) {
        let created = installation.run(&["keys", "create", "--role", "owner", "--json"]);
        let created: Value = serde_json::from_str(&created).expect("JSON");
        let network = Network::new(&installation.root_pem, Arc::new(SystemClock)).expect("a network");
        let phones = Phones::start(
            network,
            &installation.apns,
            Some(Arc::clone(&installation.google)),
        );
        let mut service = start(&installation);
        let mut cafe = Self {
            installation,
            http: reqwest::Client::builder().no_proxy().build().expect("a client"),
            key: created["secret"].as_str().expect("a key").to_owned(),
            cards: Vec::new(),
            iphones: Vec::new(),
            androids: Vec::new(),
            phones,
        };
        service.until_ready(&cafe.http).await;
        cafe.enrol_guests().await;
        cafe.hand_outphones().await;
        (cafe, service)
    }

    async fn post(&self, path: &str, body: &Value) -> Value {
        let request = self
            .http
            .post(format!("{}{path}", self.installation.url()))
            .bearer_auth(&self.key)
            .json(body);
        let answer = request.send().await.expect("an answer");
        let status = answer.status();
        let body: Value = answer.json().await.expect("JSON");
        assert_eq!(status, 201, "{body}");
        body
    }

    async fn enrol_guests(&mut self) {
        let program =
            json!({ "name": "Café Aroma", "slug": "cafe", "currency": "EUR", "signup_bonus": BONUS });
        let program = self.post("/v1/programs", &program).await;
        let path = format!(
            "/v1/programs/{}/members",
            program["id"].as_str().expect("a program")
        );
        for number in 0..CARDS {
            let guest = json!({ "first_name": "Lina", "external_id": format!("C-{number}") });
            let card = self.post(&path, &guest).await["card"].clone();
            let text = |pointer: &str| {
                let text = card.pointer(pointer).and_then(Value::as_str);
                text.unwrap_or_else(|| panic!("no {pointer} in {card}"))
                    .to_owned()
            };
            self.cards.push(Card {
                code: text("/code"),
                serial: text("/passes/apple/serial"),
                object: text("/passes/google/object_id"),
                pass_url: text("/passes/apple/url"),
                save_url: text("/passes/google/save_url"),
            });
        }
    }

    async fn hand_outphones(&mut self) {
        for (number, cards) in IPHONES.iter().enumerate() {
            let name = format!("iPhone {number}");
            let phone = self
                .phones
                .new_iphone(&name, Language::english())
                .expect("a phone");
            for card in *cards {
                phone
                    .add(&self.cards[*card].pass_url)
                    .await
                    .expect("the pass is sound");
            }
            self.iphones.push(phone);
        }
        for card in ANDROIDS {
            let name = format!("Android {card}");
            let phone = self
                .phones
                .new_android(&name, Language::english())
                .expect("a phone");
            phone
                .save(&self.cards[card].save_url)
                .await
                .expect("the link is good");
            self.androids.push(phone);
        }
    }

    /// What is scanned of each card.
    pub(crate) fn codes(&self) -> Vec<String> {
        self.cards.iter().map(|card| card.code.clone()).collect()
    }

    /// The status that the server answers to a GET, with the owner's key.
    pub(crate) async fn status_of(&self, path: &str) -> u16 {
        let request = self
            .http
            .get(format!("{}{path}", self.installation.url()))
            .bearer_auth(&self.key)
            .timeout(SOON);
        request.send().await.expect("an answer").status().as_u16()
    }

    /// What phones show otherwise than a card's balance; a line for each.
    pub(crate) fn list_stale(&self, balances: &[i64]) -> Vec<String> {
        let mut stale = Vec::new();
        let mut look = |phone: &str, card: usize, shown: Option<i64>| {
            if shown != Some(balances[card]) {
                let Card { code, .. } = &self.cards[card];
                let has = balances[card];
                stale.push(format!(
                    "{phone} shows {shown:?} for card {card} ({code}), which has {has}"
                ));
            }
        };
        for (phone, cards) in self.iphones.iter().zip(IPHONES) {
            for card in cards {
                let pass = phone.pass(&self.cards[*card].serial);
                look(phone.name(), *card, pass.and_then(|pass| pass.balance));
            }
        }
        for (phone, card) in self.androids.iter().zip(ANDROIDS) {
            let held = phone
                .cards()
                .into_iter()
                .find(|held| held.object_id == self.cards[card].object);
            look(phone.name(), card, held.and_then(|held| held.balance));
        }
        stale
    }

    /// Where the server broke Apple's protocol, in the phones' words.
    pub(crate) fn list_breaches(&self) -> Vec<String> {
        self.iphones.iter().flat_map(Phone::violations).collect()
    }
}

/// Waits until nothing is left over; what was left over last, if that takes too long.
pub(crate) async fn until_none<T, F>(limit: Duration, mut left_over: F) -> Result<Duration, Vec<T>>
where
    F: AsyncFnMut() -> Vec<T>,
{
    let started = Instant::now();
    loop {
        let left = left_over().await;
        if left.is_empty() {
            return Ok(started.elapsed());
        }
        if started.elapsed() > limit {
            return Err(left);
        }
        tokio::time::sleep(LOOK).await;
    }
}
