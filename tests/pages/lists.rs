//! Static lists in the console: brought, looked at, asked for by a segment, filled anew, deleted.

use billfold::types::Role;
use reqwest::StatusCode;

use crate::members::{lina, link_of, signed_in};
use crate::shop::{Page, Shop};
use crate::till::{Browser, find_form};

/// Brings a file by one of the forms of a page.
async fn bring(browser: &mut Browser<'_>, page: &Page, mark: &str, (name, content): (&str, &str)) -> Page {
    let (action, mut fields) = find_form(&page.body, mark);
    fields.push(("name".to_owned(), name.to_owned()));
    browser
        .post_file(&action, &fields, ("file", "guests.csv", content.as_bytes()))
        .await
}

/// Where a link of a line leads that says for ears which line it is of.
fn link_of_line(page: &Page, text: &str) -> String {
    let mark = format!("\">{text}<span class=\"unseen\">");
    let (before, _) = page.body.split_once(&mark).expect("a link");
    let (_, address) = before.rsplit_once("href=\"").expect("an address");
    address.replace("&#38;", "&")
}

/// Makes a segment of the list, which begins with it, says so, and counts it.
async fn ask(marketer: &mut Browser<'_>, filled: &Page) {
    let form = marketer.get(&link_of_line(filled, "Segment of it")).await;
    form.assert_sound();
    let (before, _) = form.body.split_once("\" selected>Fair").expect("it is chosen");
    let (_, list) = before.rsplit_once("value=\"").expect("its id");
    let counted = marketer
        .send(&form, "name=\"list\"", &[("turn", "count"), ("list", list)])
        .await;
    assert!(
        counted.body.contains("<dt>Members</dt><dd>1</dd>"),
        "{}",
        counted.body
    );
    let kept = marketer
        .send(&form, "name=\"list\"", &[("name", "Guests"), ("list", list)])
        .await;
    let kept = marketer.follow(&kept).await;
    assert!(kept.body.contains("on the list Fair"), "{}", kept.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_is_brought_asked_for_and_deleted() {
    let shop = Shop::open().await;
    lina(&shop).await;
    let mut marketer = signed_in(&shop, "mara", Role::Marketer).await;
    let segments = marketer.get("/console/segments").await;
    let page = marketer.get(&link_of(&segments, "Lists")).await;
    page.assert_sound();
    assert!(page.body.contains("There is no list yet."), "{}", page.body);

    let new = "id=\"file\"";
    let refused = bring(&mut marketer, &page, new, ("Fair", "points\n7\n")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.assert_sound();
    assert!(
        refused.body.contains("No column is an e-mail address"),
        "{}",
        refused.body
    );
    assert!(refused.body.contains("value=\"Fair\""), "{}", refused.body);

    let table = "email\nLINA@example.com\nno <b>address</b>\nnobody@example.com\nlina@example.com\n";
    let filled = bring(&mut marketer, &page, new, ("Fair", table)).await;
    assert_eq!(filled.status, StatusCode::OK, "{}", filled.body);
    filled.assert_sound();
    for said in [
        "<dt>Members on the list</dt><dd>1</dd>",
        "<dt>Rows in the file</dt><dd>4</dd>",
        "<dt>Rows about somebody named before</dt><dd>1</dd>",
        "<dt>Rows that put nobody on the list</dt><dd>2</dd>",
        "no &#60;b&#62;address&#60;/b&#62;",
        "No member with a card has it.",
    ] {
        assert!(filled.body.contains(said), "{said}: {}", filled.body);
    }
    let twice = bring(&mut marketer, &page, new, ("Fair", table)).await;
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        twice.body.contains("Another list has that name."),
        "{}",
        twice.body
    );
    for language in ["ar", "fa", "zh-Hans", "zh-Hant"] {
        marketer
            .get(&format!("/console/lists?lang={language}"))
            .await
            .assert_sound();
    }

    ask(&mut marketer, &filled).await;
    let page = marketer.get("/console/lists").await;
    let named = marketer.send(&page, "/end", &[]).await;
    assert_eq!(named.status, StatusCode::CONFLICT, "{}", named.body);
    named.assert_sound();
    assert!(named.body.contains("A segment names the list."), "{}", named.body);

    let emptied = bring(
        &mut marketer,
        &page,
        "id=\"file-1\"",
        ("", "email\nnobody@example.com\n"),
    )
    .await;
    assert!(
        emptied.body.contains("<dt>Members on the list</dt><dd>0</dd>"),
        "{}",
        emptied.body
    );
    let stale = bring(&mut marketer, &page, "id=\"file-1\"", ("", table)).await;
    assert_eq!(stale.status, StatusCode::CONFLICT, "{}", stale.body);

    let segments = marketer.get("/console/segments").await;
    let segment = marketer.get(&link_of_line(&segments, "Change")).await;
    let gone = marketer
        .send(&segment, "name=\"word\"", &[("word", "Guests")])
        .await;
    assert_eq!(gone.status, StatusCode::SEE_OTHER, "{}", gone.body);
    let page = marketer.get("/console/lists").await;
    let gone = marketer.send(&page, "/end", &[]).await;
    let gone = marketer.follow(&gone).await;
    assert!(
        gone.body.contains("The list is deleted.") && gone.body.contains("There is no list yet."),
        "{}",
        gone.body
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_only_looks_changes_no_list() {
    let shop = Shop::open().await;
    let mut auditor = signed_in(&shop, "aiko", Role::Auditor).await;
    let page = auditor.get("/console/lists").await;
    page.assert_sound();
    assert!(!page.body.contains("type=\"file\""), "{}", page.body);
}
