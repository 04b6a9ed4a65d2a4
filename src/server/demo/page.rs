//! The simulator's page over HTTP: the page, its live events, what can be done on it, and its state as JSON.

use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{ACCEPT, CONTENT_TYPE, LOCATION};
use actix_web::web::{self, Bytes, Data, Form, Path, Query, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::stream;
use serde_json::json;
use tokio::sync::watch;

use crate::simulator::counter::CounterError;
use crate::simulator::stage::{People, SCRIPT, STYLE, Stage, StageError};
use crate::types::Wallet;

/// Most browsers that look on at once.
const STREAMS_MAX: usize = 64;
/// How often a silent stream shows that it lives.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How long a page without a script waits for the phone before it is shown again.
const WITHOUT_SCRIPT_WAIT: Duration = Duration::from_secs(1);

/// The stage, once it is set.
pub(super) type Place = Arc<OnceLock<Arc<Stage>>>;

/// The page's routes.
pub(super) fn routes(place: Place) -> impl Fn(&mut ServiceConfig) + Clone + Send + 'static {
    let streams = Arc::new(AtomicUsize::new(0));
    move |config| {
        config
            .app_data(Data::new(Arc::clone(&place)))
            .app_data(Data::new(Arc::clone(&streams)))
            .route("/simulator", web::get().to(show))
            .route("/simulator/app.css", web::get().to(style))
            .route("/simulator/app.js", web::get().to(script))
            .route("/simulator/state.json", web::get().to(state))
            .route("/simulator/events", web::get().to(events))
            .route("/simulator/{act}", web::post().to(act));
    }
}

fn stage(place: &Data<Place>) -> Option<&Arc<Stage>> {
    place.get()
}

/// The demo is still being set up.
fn not_yet() -> HttpResponse {
    HttpResponse::ServiceUnavailable()
        .insert_header(("retry-after", "1"))
        .body("The demo is starting. Try again in a second.")
}

async fn show(place: Data<Place>) -> HttpResponse {
    match stage(&place).map(|stage| stage.page_html()) {
        Some(Ok(html)) => HttpResponse::Ok()
            .content_type("text/html; charset=utf-8")
            .body(html),
        Some(Err(fault)) => broken(&fault),
        None => not_yet(),
    }
}

fn broken(fault: &impl std::fmt::Display) -> HttpResponse {
    tracing::error!(%fault, "the simulator's page cannot be drawn");
    HttpResponse::InternalServerError().body("The page cannot be drawn; the log says why.")
}

async fn style() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/css; charset=utf-8")
        .body(STYLE)
}

async fn script() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/javascript; charset=utf-8")
        .body(SCRIPT)
}

/// Which part of the state is asked for.
#[derive(serde::Deserialize)]
struct Part {
    /// `phones` leaves the stand-ins' journals out.
    #[serde(default)]
    only: String,
}

async fn state(place: Data<Place>, part: Query<Part>) -> HttpResponse {
    match stage(&place) {
        Some(stage) if part.only == "phones" => {
            HttpResponse::Ok().json(json!({ "phones": stage.phones_state() }))
        }
        Some(stage) => HttpResponse::Ok().json(stage.state()),
        None => not_yet(),
    }
}

/// What became of an act.
struct Done {
    said: String,
    phone: Option<String>,
    code: Option<String>,
}

impl Done {
    fn only(said: String) -> Self {
        Self {
            said,
            phone: None,
            code: None,
        }
    }
}

async fn act(
    place: Data<Place>,
    request: HttpRequest,
    act: Path<String>,
    fields: Form<BTreeMap<String, String>>,
) -> HttpResponse {
    let Some(stage) = stage(&place) else {
        return not_yet();
    };
    // A page of another site may send forms here; browsers say so.
    let site = request
        .headers()
        .get("sec-fetch-site")
        .and_then(|site| site.to_str().ok());
    if !matches!(site, None | Some("same-origin" | "none")) {
        return HttpResponse::Forbidden().body("Forms are taken from this page only.");
    }
    let mut changes = stage.listen();
    let outcome = match act.as_str() {
        "check_out" => check_out(stage, &fields).await,
        "welcome" => welcome(stage, &fields).await,
        "throw_away" => throw_away(stage, &fields).await,
        _ => return HttpResponse::NotFound().body("There is nothing of that name to do."),
    };
    let (status, done) = match outcome {
        Ok(done) => (StatusCode::OK, done),
        Err(error) => (status_of(&error), Done::only(error.to_string())),
    };
    let accept = request
        .headers()
        .get(ACCEPT)
        .and_then(|accept| accept.to_str().ok());
    if accept.is_some_and(|accept| accept.contains("application/json")) {
        let body = json!({ "said": done.said, "phone": done.phone, "code": done.code });
        return HttpResponse::build(status).json(body);
    }
    stage.say(&done.said);
    if status.is_success() {
        // Whether the phone was quick enough or not, the page is shown.
        let _ = tokio::time::timeout(WITHOUT_SCRIPT_WAIT, changes.changed()).await;
    }
    HttpResponse::SeeOther()
        .insert_header((LOCATION, "/simulator"))
        .finish()
}

fn status_of(error: &StageError) -> StatusCode {
    match error {
        StageError::Counter(CounterError::Refused { status, .. }) => {
            StatusCode::from_u16(*status).unwrap_or(StatusCode::BAD_GATEWAY)
        }
        StageError::Counter(_) | StageError::Add(_) | StageError::Save(_) => StatusCode::BAD_GATEWAY,
        StageError::Full | StageError::Phones(_) => StatusCode::CONFLICT,
        StageError::UnknownPhone => StatusCode::NOT_FOUND,
        StageError::Amount(_) | StageError::Language(_) | StageError::NoPass => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
    }
}

type Fields = BTreeMap<String, String>;

fn field<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.get(name).map_or("", |text| text.trim())
}

async fn check_out(stage: &Stage, fields: &Fields) -> Result<Done, StageError> {
    let receipt = stage
        .check_out(field(fields, "card"), field(fields, "amount"))
        .await?;
    let points = if receipt.points == 1 { "point" } else { "points" };
    Ok(Done {
        said: format!(
            "{} {points} earned, {} on the card.",
            receipt.points, receipt.balance
        ),
        phone: None,
        code: Some(receipt.code),
    })
}

async fn welcome(stage: &Stage, fields: &Fields) -> Result<Done, StageError> {
    let language = match field(fields, "language") {
        "" => "en",
        language => language,
    };
    let people = People {
        name: match field(fields, "name") {
            "" => "Mia".to_owned(),
            name => name.to_owned(),
        },
        language: language
            .parse()
            .map_err(|_| StageError::Language(language.chars().take(20).collect()))?,
        wallet: if field(fields, "wallet") == "google" {
            Wallet::Google
        } else {
            Wallet::Apple
        },
    };
    let (phone, code) = match field(fields, "card") {
        "" => stage.welcome(&people).await?,
        card => stage.welcome_with_card(&people, card).await?,
    };
    Ok(Done {
        said: format!("{} has a card.", people.name),
        phone: Some(phone),
        code: Some(code),
    })
}

async fn throw_away(stage: &Stage, fields: &Fields) -> Result<Done, StageError> {
    let phone = field(fields, "phone");
    stage.throw_away(phone).await?;
    Ok(Done {
        said: "The card is off the phone.".to_owned(),
        phone: Some(phone.to_owned()),
        code: None,
    })
}

/// A browser's stream: what it has seen, and what it waits for.
struct Watching {
    stage: Arc<Stage>,
    changes: watch::Receiver<u64>,
    closing: watch::Receiver<bool>,
    seen: HashMap<String, String>,
    _turn: Turn,
}

/// One of the streams that may be open.
struct Turn(Arc<AtomicUsize>);

impl Turn {
    fn take(open: &Arc<AtomicUsize>) -> Option<Self> {
        let turn = Self(Arc::clone(open));
        (open.fetch_add(1, Ordering::SeqCst) < STREAMS_MAX).then_some(turn)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Tells of every phone that changed, as server-sent events; first of all phones.
async fn events(place: Data<Place>, open: Data<Arc<AtomicUsize>>) -> HttpResponse {
    let Some(stage) = stage(&place) else {
        return not_yet();
    };
    let Some(turn) = Turn::take(&open) else {
        return HttpResponse::ServiceUnavailable().body("Too many browsers look on already.");
    };
    let watching = Watching {
        stage: Arc::clone(stage),
        changes: stage.listen(),
        closing: stage.closing(),
        seen: HashMap::new(),
        _turn: turn,
    };
    let events = stream::unfold(watching, |mut watching| async move {
        let event = watching.next().await?;
        Some((Ok::<Bytes, Infallible>(event), watching))
    });
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/event-stream"))
        .streaming(events)
}

impl Watching {
    /// The next piece of the stream; none when the demo ends.
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if *self.closing.borrow() {
                return None;
            }
            self.changes.mark_unchanged();
            let news = self.news();
            if !news.is_empty() {
                return Some(news.into());
            }
            tokio::select! {
                changed = self.changes.changed() => changed.ok()?,
                closed = self.closing.changed() => closed.ok()?,
                () = tokio::time::sleep(HEARTBEAT) => return Some(Bytes::from_static(b": still here\n\n")),
            }
        }
    }

    /// Events for the phones that look other than this browser saw them last.
    fn news(&mut self) -> String {
        let phones = match self.stage.phones_html() {
            Ok(phones) => phones,
            Err(fault) => {
                tracing::error!(%fault, "a phone cannot be drawn");
                return String::new();
            }
        };
        let mut news = String::new();
        for (id, html) in phones {
            if self.seen.get(&id) != Some(&html) {
                let data = json!({ "id": id, "html": html });
                // Writing to a string cannot fail.
                let _ = write!(news, "event: phone\ndata: {data}\n\n");
                self.seen.insert(id, html);
            }
        }
        news
    }
}
