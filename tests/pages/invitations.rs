//! Enrolment by a friend's link.

use billfold::actions::Profile;
use billfold::actions::enrol::Enrolment;
use billfold::store::members;

use crate::shop::{Shop, find_member};

/// What is known of a member of the cafe.
async fn profile(shop: &Shop, email: &'static str) -> Profile {
    shop.act(move |tx, _| {
        let id = find_member(tx, "email", email)?;
        let member = members::get(tx, &id)?;
        Profile::read(tx, &member)
    })
    .await
}

/// A shop whose member Lina has a code.
async fn open() -> (Shop, String) {
    let shop = Shop::open().await;
    shop.add_member(Enrolment {
        email: Some("lina@example.com".to_owned()),
        ..Enrolment::default()
    })
    .await;
    let code = profile(&shop, "lina@example.com")
        .await
        .referral
        .expect("a code")
        .code;
    (shop, code)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_form_carries_the_invitation_through() {
    let (shop, code) = open().await;
    let page = shop.get(&format!("/join/cafe?ref={}", code.to_lowercase())).await;
    page.assert_sound();
    let hidden = format!("<input type=\"hidden\" name=\"ref\" value=\"{code}\">");
    assert!(page.body.contains(&hidden), "{}", page.body);
    assert!(page.body.contains("friend&#39;s invitation"), "{}", page.body);
    assert!(
        page.body.contains(&format!("?ref={code}&#38;lang=ar")),
        "{}",
        page.body
    );
    let again = shop
        .join(&[
            ("first_name", ""),
            ("contact", "omar@example.com"),
            ("ref", &code),
        ])
        .await;
    assert!(again.body.contains(&hidden), "a form with a fault keeps it");
    let fields = [
        ("first_name", "Omar"),
        ("contact", "omar@example.com"),
        ("ref", &code),
    ];
    shop.join(&fields).await.location();
    let omar = profile(&shop, "omar@example.com").await.referral.expect("a code");
    assert_eq!((omar.depth, omar.invited_by.is_some()), (1, true));
    let lina = profile(&shop, "lina@example.com").await.referral.expect("a code");
    assert_eq!(lina.invited, 1);
    shop.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_invitation_is_told_kindly_and_keeps_nobody_out() {
    let (shop, _) = open().await;
    for wrong in ["ZZZZZZZ", "%22%3E%3Cscript%3E", "x"] {
        let page = shop.get(&format!("/join/cafe?ref={wrong}")).await;
        page.assert_sound();
        assert!(page.body.contains("do not know this invitation"), "{}", page.body);
        assert!(!page.body.contains("name=\"ref\""), "it is not carried on");
    }
    let arabic = shop.get_in("/join/cafe?ref=ZZZZZZZ", "ar").await;
    assert!(arabic.body.contains("لا نعرف هذه الدعوة"), "{}", arabic.body);
    assert!(!shop.get("/join/cafe?ref=").await.body.contains("do not know"));
    for (email, code) in [("a@example.com", "ZZZZZZZ"), ("b@example.com", "<script>")] {
        let fields = [("first_name", "Omar"), ("contact", email), ("ref", code)];
        shop.join(&fields).await.location();
    }
    assert_eq!(
        profile(&shop, "a@example.com")
            .await
            .referral
            .expect("a code")
            .depth,
        0
    );
    shop.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_own_link_finds_the_own_card() {
    let (shop, code) = open().await;
    let fields = [
        ("first_name", "Lina"),
        ("contact", "lina@example.com"),
        ("ref", &code),
    ];
    let sent = shop.join(&fields).await;
    assert!(sent.location().starts_with("/recover/"), "{}", sent.location());
    let lina = profile(&shop, "lina@example.com").await.referral.expect("a code");
    assert_eq!((lina.invited, lina.invited_by), (0, None));
    shop.running.stop().await;
}
