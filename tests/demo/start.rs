//! How the demo starts and ends.

use billfold::server::demo::{DemoOptions, demo};
use reqwest::Method;
use serde_json::Value;

use crate::cafe::Cafe;
use crate::house::Database;

/// Shows SR-100 (the demo).
#[tokio::test]
async fn the_demo_says_where_everything_is_and_leaves_nothing_behind() {
    let mut ends = Vec::new();
    for signal in ["TERM", "INT"] {
        let mut cafe = Cafe::open(None).await;
        assert_eq!(cafe.demo.ready["programs"][0]["slug"], "cafe-aroma");
        for (name, address) in cafe.demo.ready["pages"].as_object().expect("pages") {
            let page = cafe.http.get(address.as_str().expect("an address"));
            // As a browser asks, which is led to where it can sign in.
            let page = page.header("accept", "text/html").send().await;
            let status = page.expect("an answer").status();
            assert!(status.is_success() || status.is_redirection(), "{name}: {status}");
        }
        let names: Vec<&String> = cafe.demo.ready["pages"]
            .as_object()
            .expect("pages")
            .keys()
            .collect();
        for name in ["join", "poster", "simulator", "docs"] {
            assert!(
                names.iter().any(|known| *known == name),
                "{name} is missing in {names:?}"
            );
        }
        for role in ["owner", "marketer", "cashier"] {
            let list = cafe
                .ask(role, Method::GET, "/v1/programs")
                .send()
                .await
                .expect("an answer");
            assert_eq!(list.status(), 200, "{role}");
        }
        let members = cafe
            .ask("owner", Method::GET, "/v1/members?limit=200")
            .send()
            .await;
        let members: Value = members.expect("an answer").json().await.expect("JSON");
        assert_eq!(
            members["data"].as_array().map(Vec::len),
            Some(28),
            "a café of 25 and three phones"
        );

        // A browser that looks on does not hold the end up.
        let stream = cafe
            .http
            .get(cafe.url("/simulator/events"))
            .send()
            .await
            .expect("a stream");
        let folder = || {
            std::fs::read_dir(cafe.demo.temporary.path())
                .expect("a folder")
                .count()
        };
        assert_eq!(folder(), 1, "the demo works in a folder of its own");
        let started = std::time::Instant::now();
        assert!(cafe.close(signal).await.success(), "{signal}");
        ends.push(started.elapsed());
        drop(stream);
        assert_eq!(
            std::fs::read_dir(cafe.demo.temporary.path())
                .expect("a folder")
                .count(),
            0
        );
    }
    // What holds the end up does so each time, and for all of the drain's eight seconds; a busy machine does not.
    assert!(ends.iter().any(|took| took.as_secs() < 8), "{ends:?} to end");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_demo_on_the_same_database_goes_on_with_the_same_cafe() {
    let database = Database::sqlite();
    let options = || DemoOptions {
        database_url: Some(database.url().to_owned()),
        people: Vec::new(),
        ..DemoOptions::default()
    };
    let first = demo(options()).await.expect("a demo");
    let program = first.programs[0].0.clone();
    first.stop().await;
    let second = demo(options()).await.expect("a demo");
    assert_eq!(second.programs[0].0, program);
    let line = second.ready_line();
    assert_eq!(line.lines().count(), 1);
    let ready: Value = serde_json::from_str(&line).expect("JSON");
    assert_eq!(ready, second.ready());
    second.stop().await;
}
