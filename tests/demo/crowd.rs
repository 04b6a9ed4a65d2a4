//! Many phones in one process.

use std::time::{Duration, Instant};

use billfold::server::demo::{DemoOptions, demo};
use billfold::simulator::phones::Phone;
use billfold::types::Language;
use futures_util::StreamExt as _;
use futures_util::stream;

/// Phones, and how many of them are busy at once.
const PHONES: usize = 100;
const AT_ONCE: usize = 16;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_phones_all_show_their_newest_balance_and_no_breach() {
    let demo = demo(DemoOptions {
        people: Vec::new(),
        ..DemoOptions::default()
    })
    .await
    .expect("a demo");
    let joined: Vec<(Phone, String)> = stream::iter(0..PHONES)
        .map(|number| {
            let demo = &demo;
            async move {
                let name = format!("Guest {number}");
                let card = demo
                    .counter
                    .enrol(&name, &Language::english())
                    .await
                    .expect("a card");
                let phone = demo
                    .phones
                    .new_iphone(&name, Language::english())
                    .expect("a phone");
                phone
                    .add(&card.passes.apple.expect("a pass").url)
                    .await
                    .expect("it is sound");
                (phone, card.code)
            }
        })
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    let started = Instant::now();
    // Three orders each, so close together that pushes overlap.
    for _ in 0..3 {
        stream::iter(&joined)
            .for_each_concurrent(AT_ONCE, |(_, code)| async {
                demo.counter.check_out(code, 1_000).await.expect("an order");
            })
            .await;
    }
    let is_new = |phone: &Phone| phone.passes().iter().all(|pass| pass.balance == Some(40));
    while !joined.iter().all(|(phone, _)| is_new(phone)) {
        assert!(started.elapsed() < Duration::from_mins(3), "some phones lag");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    println!("300 orders on 100 phones took {:?}", started.elapsed());
    for (phone, _) in &joined {
        assert_eq!(phone.violations(), Vec::<String>::new(), "{}", phone.name());
        let last = phone.notices().pop().expect("a notice");
        assert_eq!(last.text, "You now have 40 points.");
    }
    demo.stop().await;
}
