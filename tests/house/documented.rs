//! An HTTP client that holds every answer of the API against the document that the same service serves: the
//! status, the media type and the body must be described there, and so must what is sent and taken.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::sync::{Arc, Mutex};

use jsonschema::Validator;
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use reqwest::{Method, RequestBuilder, Response, Url};
use serde::Serialize;
use serde_json::{Map, Value, json};
use tokio::sync::OnceCell;

/// Where the document is.
const DOCUMENT: &str = "/v1/openapi.json";

/// A client; what it is given back is as the service sent it.
#[derive(Clone)]
pub(crate) struct Http {
    client: reqwest::Client,
    document: Arc<OnceCell<Document>>,
    /// Operations that answered well.
    answered: Arc<Mutex<BTreeSet<String>>>,
}

// A test file need not use everything that the client can.
const _: fn(&Http) -> BTreeSet<String> = Http::answered;
const _: [fn(&Http) -> Request; 2] = [|http| http.post(""), |http| http.get("")];
const _: fn(Request) -> Request = |request| request.body("");

impl Http {
    pub(crate) fn new() -> Self {
        Self {
            // Without the system's roots, which take long to load: the service speaks plain HTTP here.
            client: reqwest::Client::builder()
                .no_proxy()
                .tls_certs_only([])
                .build()
                .expect("a client"),
            document: Arc::default(),
            answered: Arc::default(),
        }
    }

    /// The operations of the document that answered well so far, as places in it.
    pub(crate) fn answered(&self) -> BTreeSet<String> {
        self.answered.lock().expect("no panic").clone()
    }

    pub(crate) fn get(&self, url: impl AsRef<str>) -> Request {
        self.request(Method::GET, url)
    }

    pub(crate) fn post(&self, url: impl AsRef<str>) -> Request {
        self.request(Method::POST, url)
    }

    pub(crate) fn request(&self, method: Method, url: impl AsRef<str>) -> Request {
        Request {
            http: self.clone(),
            inner: self.client.request(method, url.as_ref()),
        }
    }

    /// The document of the service at an address.
    async fn document(&self, url: &Url) -> &Document {
        let fetch = async || {
            let url = url.join(DOCUMENT).expect("an address");
            let answer = self.client.get(url).send().await.expect("an answer");
            Document::new(answer.json().await.expect("JSON"))
        };
        self.document.get_or_init(fetch).await
    }
}

/// A request, put together like reqwest's.
pub(crate) struct Request {
    http: Http,
    inner: RequestBuilder,
}

impl Request {
    fn with(self, change: impl FnOnce(RequestBuilder) -> RequestBuilder) -> Self {
        Self {
            inner: change(self.inner),
            ..self
        }
    }

    pub(crate) fn header(self, name: &str, value: impl AsRef<str>) -> Self {
        self.with(|inner| inner.header(name, value.as_ref()))
    }

    pub(crate) fn bearer_auth(self, key: impl Display) -> Self {
        self.with(|inner| inner.bearer_auth(key))
    }

    pub(crate) fn json(self, body: &(impl Serialize + ?Sized)) -> Self {
        self.with(|inner| inner.json(body))
    }

    pub(crate) fn body(self, body: impl Into<reqwest::Body>) -> Self {
        self.with(|inner| inner.body(body))
    }

    /// Sends it. Panics if the answer is one that the document does not know.
    pub(crate) async fn send(self) -> reqwest::Result<Response> {
        let (client, request) = self.inner.build_split();
        let request = request?;
        let (method, url) = (request.method().clone(), request.url().clone());
        let sent = request
            .body()
            .and_then(|body| body.as_bytes())
            .map(<[u8]>::to_vec);
        let answer = client.execute(request).await?;
        if !url.path().starts_with("/v1/") || url.path() == DOCUMENT {
            return Ok(answer);
        }
        let (status, headers) = (answer.status(), answer.headers().clone());
        let body = answer.bytes().await?;
        let document = self.http.document(&url).await;
        let call = Call {
            method: &method,
            path: url.path(),
            status: status.as_u16(),
        };
        document.check_answer(&call, &headers, &body);
        if status.is_success()
            && let Some((place, _)) = document.find_operation(&call)
        {
            document.check_request(&call, sent.as_deref().unwrap_or_default());
            self.http.answered.lock().expect("no panic").insert(place);
        }
        let mut whole = http::Response::new(body);
        *whole.status_mut() = status;
        *whole.headers_mut() = headers;
        Ok(Response::from(whole))
    }
}

/// What was called, and how it was answered.
pub(crate) struct Call<'a> {
    pub(crate) method: &'a Method,
    pub(crate) path: &'a str,
    pub(crate) status: u16,
}

/// The API's document, stricter than it stands: an object has no members but those that are described.
pub(crate) struct Document(Value);

impl Document {
    pub(crate) fn new(mut whole: Value) -> Self {
        let schemas = whole["components"]["schemas"].as_object_mut().expect("schemas");
        for schema in schemas.values_mut().filter_map(Value::as_object_mut) {
            if schema.contains_key("properties") && !schema.contains_key("additionalProperties") {
                schema.insert("additionalProperties".to_owned(), json!(false));
            }
        }
        Self(whole)
    }

    /// The operation of a call, and where it stands in the document. The pattern with the fewest holes counts.
    fn find_operation(&self, call: &Call<'_>) -> Option<(String, &Map<String, Value>)> {
        let paths = self.0["paths"].as_object().expect("paths");
        let (pattern, item) = paths
            .iter()
            .filter(|(pattern, _)| fits(pattern, call.path))
            .min_by_key(|(pattern, _)| pattern.matches('{').count())?;
        let method = call.method.as_str().to_lowercase();
        let place = format!(
            "#/paths/{}/{method}",
            pattern.replace('~', "~0").replace('/', "~1")
        );
        Some((place, item.get(&method)?.as_object().expect("an operation")))
    }

    pub(crate) fn check_answer(&self, call: &Call<'_>, headers: &HeaderMap, body: &[u8]) {
        let Call { method, path, status } = call;
        let Some((place, operation)) = self.find_operation(call) else {
            assert_eq!(*status, 404, "{method} {path} is not in the document");
            return self.check("#/components/schemas/Problem", call, body);
        };
        let place = format!("{place}/responses/{status}");
        let response = &operation["responses"][status.to_string()];
        assert!(
            response.is_object(),
            "{method} {path} answered {status}, and there is no {place}"
        );
        let media_type = headers
            .get(CONTENT_TYPE)
            .map_or("", |value| value.to_str().expect("text"));
        let media_type = media_type.split(';').next().unwrap_or_default().trim();
        match response["content"].as_object() {
            None => assert!(
                body.is_empty(),
                "{method} {path}: {place} has no body, the answer has one"
            ),
            Some(content) => {
                assert!(
                    content.contains_key(media_type),
                    "{method} {path} answered {status} in `{media_type}`, which is not in {place}/content"
                );
                // What is no JSON is described as a text.
                let text = (!media_type.ends_with("json")).then(|| {
                    let text = String::from_utf8_lossy(body);
                    serde_json::to_vec(&text).expect("JSON")
                });
                let media_type = media_type.replace('~', "~0").replace('/', "~1");
                let schema = format!("{place}/content/{media_type}/schema");
                self.check(&schema, call, text.as_deref().unwrap_or(body));
            }
        }
    }

    /// What was sent and taken must be described too.
    fn check_request(&self, call: &Call<'_>, body: &[u8]) {
        if let Some((place, operation)) = self.find_operation(call)
            && operation.contains_key("requestBody")
        {
            self.check(
                &format!("{place}/requestBody/content/application~1json/schema"),
                call,
                body,
            );
        }
    }

    /// Holds a body against the schema at a place of the document.
    fn check(&self, place: &str, call: &Call<'_>, body: &[u8]) {
        let Call { method, path, status } = call;
        let value: Value = serde_json::from_slice(body)
            .unwrap_or_else(|fault| panic!("{method} {path} answered {status} with no JSON: {fault}"));
        let faults: Vec<String> = self
            .validator(place)
            .iter_errors(&value)
            .map(|fault| {
                format!(
                    "at `{}`: {fault} ({})",
                    fault.instance_path(),
                    fault.schema_path()
                )
            })
            .collect();
        assert!(
            faults.is_empty(),
            "{method} {path} answered {status}; a body does not fit {place}:\n  {}\n{value:#}",
            faults.join("\n  ")
        );
    }

    fn validator(&self, place: &str) -> Validator {
        let pointer = place.trim_start_matches('#');
        let found = self.0.pointer(pointer);
        let mut schema = found.unwrap_or_else(|| panic!("there is no {place}")).clone();
        // Where the document's references lead.
        schema["components"] = self.0["components"].clone();
        jsonschema::options()
            .should_validate_formats(true)
            .build(&schema)
            .unwrap_or_else(|fault| panic!("{place} is no schema: {fault}"))
    }
}

/// Whether a path is one of a pattern.
fn fits(pattern: &str, path: &str) -> bool {
    let (mut ours, mut theirs) = (pattern.split('/'), path.split('/'));
    loop {
        match (ours.next(), theirs.next()) {
            (None, None) => return true,
            (Some(hole), Some(word)) if hole.starts_with('{') && !word.is_empty() => (),
            (Some(one), Some(other)) if one == other => (),
            _ => return false,
        }
    }
}
