//! Members of another product: each comes over once, with what they had, whatever stops in between.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use billfold::actions::ActionError;
use billfold::actions::enrol::{Enrolment, enrol};
use billfold::actions::import_plan::{ImportPlan, KnownPoints};
use billfold::actions::judge_import::{Refusal, Summary, Why, summarize};
use billfold::actions::run_import::{BATCH_ROWS, Runner};
use billfold::actions::start_import::{NewImport, confirm_import, plan_import, start_import};
use billfold::actions::undo_import::undo_import;
use billfold::sheet::{Limits, read_sheet};
use billfold::store::audit;
use billfold::store::cards::{self, Card};
use billfold::store::entries::{self, Entry};
use billfold::store::imports::{self, Import, ImportRow};
use billfold::store::members::{self, Member};
use billfold::store::{deliveries, programs};
use billfold::types::{MemberId, Points, ProgramId};

use crate::house::on_both_databases;
use crate::shop::{Held, Shop};

/// Most that a test reads of a list.
const ALL: i64 = 20_000;

/// A list as some other product writes it.
fn list(rows: usize) -> String {
    let mut text = String::from("First name;Last name;E-mail;Points\r\n");
    for row in 0..rows {
        let _ = writeln!(text, "Guest;No. {row};guest{row}@example.com;{}", row % 7);
    }
    text
}

/// What a list would come to.
async fn judge(shop: &Shop, program: &ProgramId, text: &str, plan: Option<ImportPlan>) -> Summary {
    let (house, program, text) = (shop.house.clone(), program.clone(), text.to_owned());
    let read = shop.house.store.read(move |db| {
        let program = programs::get(db, &program)?;
        let sheet = read_sheet(text.as_bytes(), Limits::PAGE).expect("a table");
        let plan = plan.unwrap_or_else(|| ImportPlan::guess(&sheet));
        summarize(db, &house, &program, &plan, &sheet, house.now())
    });
    read.await.expect("judged")
}

/// A list that was said to be done.
async fn confirm(shop: &Shop, program: &ProgramId, text: &str, edit: impl FnOnce(&mut ImportPlan)) -> Import {
    let mut new = NewImport::read("members.csv", text.as_bytes().to_vec(), Limits::PAGE).expect("a table");
    edit(&mut new.plan);
    let plan = new.plan.clone();
    let summary = judge(shop, program, text, Some(plan.clone())).await;
    let program = program.clone();
    let confirmed = shop.act(move |tx, deed| {
        let draft = start_import(tx, deed, &program, &new)?;
        let draft = plan_import(tx, deed, (&draft.id, draft.version), &plan, Some(&summary))?;
        let program = programs::get(tx, &program)?;
        confirm_import(tx, deed, &program, (&draft.id, draft.version))
    });
    confirmed.await.expect("confirmed")
}

/// Does an import to its end.
async fn finish(shop: &Shop, import: &Import) -> Import {
    let runner = Runner::ready(&shop.house, import).await.expect("ready");
    loop {
        let progress = runner.step(&shop.house).await.expect("a step");
        if progress.is_over {
            return progress.import;
        }
    }
}

async fn import(shop: &Shop, program: &ProgramId, text: &str, edit: impl FnOnce(&mut ImportPlan)) -> Import {
    let confirmed = confirm(shop, program, text, edit).await;
    let done = finish(shop, &confirmed).await;
    shop.clock.advance(std::time::Duration::from_secs(1));
    done
}

async fn members_of(shop: &Shop, program: &ProgramId) -> Vec<Member> {
    let program = program.clone();
    shop.read(move |db| members::list(db, Some(&program), None, ALL))
        .await
}

/// The member of an e-mail address, with their card and entries, oldest first.
async fn by_email(shop: &Shop, program: &ProgramId, email: &str) -> (Member, Card, Vec<Entry>) {
    let (program, email) = (program.clone(), email.to_owned());
    shop.read(move |db| {
        let id = members::find_by_identity(db, &program, "email", &email)?.expect("there");
        let card = cards::list_by_member(db, &id)?.pop().expect("a card");
        let mut entries = entries::list_by_member(db, &id, None, 50)?;
        entries.reverse();
        Ok((members::get(db, &id)?, card, entries))
    })
    .await
}

async fn rows_of(shop: &Shop, import: &Import, outcome: &'static str) -> Vec<ImportRow> {
    let id = import.id.clone();
    shop.read(move |db| imports::list_rows(db, &id, &[outcome], 0, ALL))
        .await
}

/// The refused rows with their reasons.
async fn refused(shop: &Shop, import: &Import) -> Vec<(i64, Refusal)> {
    let rows = rows_of(shop, import, imports::REFUSED).await;
    let read = |row: &ImportRow| (row.number, serde_json::from_str(&row.why).expect("a refusal"));
    rows.iter().map(read).collect()
}

async fn join(shop: &Shop, program: &ProgramId, enrolment: Enrolment) -> Held {
    let program = program.clone();
    let enrolled = shop
        .act(move |tx, deed| enrol(tx, deed, &program, &enrolment))
        .await;
    let enrolled = enrolled.expect("enrolled");
    shop.clock.advance(std::time::Duration::from_secs(1));
    Held {
        member: enrolled.member.id,
        card: enrolled.sheet.card.id,
    }
}

fn of_email(email: &str) -> Enrolment {
    Enrolment {
        email: Some(email.to_owned()),
        ..Enrolment::default()
    }
}

on_both_databases! {
    /// Five thousand rows; whoever does them is stopped after some batches, twice, and a batch fails in the middle.
    async fn a_list_that_is_stopped_goes_on_and_does_each_row_once(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|program| program.signup_bonus = 10).await;
        let rows = 5_000;
        let confirmed = confirm(&shop, &program, &list(rows), |_| ()).await;
        for _ in 0..2 {
            let runner = Runner::ready(&shop.house, &confirmed).await.expect("ready");
            for _ in 0..7 {
                runner.step(&shop.house).await.expect("a step");
            }
            // What the next batch writes is lost with its transaction.
            let id = confirmed.id.clone();
            let lost: Result<(), ActionError> = shop.act(move |tx, _| {
                let mut import = imports::lock(tx, &id)?;
                import.next_row += 200;
                imports::set(tx, &import)?;
                Err(ActionError::internal("the power failed"))
            }).await;
            lost.expect_err("lost");
        }
        // Two instances at once, of which one has a place that is long past.
        let one = Runner::ready(&shop.house, &confirmed).await.expect("ready");
        let other = Runner::ready(&shop.house, &confirmed).await.expect("ready");
        let (first, second) = tokio::join!(one.step(&shop.house), other.step(&shop.house));
        first.and(second).expect("both go on");
        let done = finish(&shop, &confirmed).await;
        assert_eq!((done.state.as_str(), done.added, done.known, done.refused), ("done", 5_000, 0, 0));
        let expected: i64 = (0..5_000).map(|row| row % 7).sum();
        assert_eq!(done.points, expected);

        let members = members_of(&shop, &program).await;
        let names: BTreeSet<&str> = members.iter().map(|member| member.last_name.as_str()).collect();
        assert_eq!((members.len(), names.len()), (rows, rows));
        let ids: Vec<MemberId> = members.iter().map(|member| member.id.clone()).collect();
        let cards = shop.read(move |db| cards::list_by_members(db, &ids)).await;
        let balance: i64 = cards.iter().map(|card| card.balance.get()).sum();
        assert_eq!((cards.len(), balance), (rows, expected));
        // A card is the sum of its entries: one for whoever had points, none for the others.
        for number in [0, 6, 4_999] {
            let (_, card, entries) = by_email(&shop, &program, &format!("guest{number}@example.com")).await;
            let sums: Vec<(&str, i64)> = entries.iter().map(|one| (one.kind.as_str(), one.points.get())).collect();
            let points = number % 7;
            assert_eq!(sums, if points == 0 { vec![] } else { vec![("import", points)] });
            assert_eq!((card.balance.get(), card.version), (points, 1));
        }
        // The books have it once, and no phone is told.
        let of = program.clone();
        let books = shop.read(move |db| audit::list(db, &of, 20)).await;
        let deeds: BTreeSet<&str> = books.iter().map(|row| row.deed.as_str()).collect();
        assert_eq!((books.len(), deeds), (2, BTreeSet::from(["import_ended", "import_members"])));

        // The same list again finds them all and changes nothing.
        let again = import(&shop, &program, &list(rows), |_| ()).await;
        assert_eq!((again.added, again.known, again.points), (0, 5_000, 0));
        assert_eq!(members_of(&shop, &program).await.len(), rows);
    }

    /// What a row says comes over whole.
    async fn a_member_comes_with_all_that_was_known_of_them(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|program| program.signup_bonus = 10).await;
        let text = "الاسم,البريد الإلكتروني,رقم الهاتف,رصيد النقاط,تاريخ الميلاد,اللغة,رقم البطاقة,ID,Marketing consent,\
            Consent date,Joined at,Tier\n\
            لينا حدّاد,Lina@Example.com,٠٥٠١٢٣٤٥٦٧,\"١٬٠٠٠٬٠٠٠\",۲۹/۰۲/۲۰۰۰,ar,0017-AB,C-1,نعم,2024-05-06,2023-01-31 10:00,Gold\n";
        let done = import(&shop, &program, text, |plan| "966".clone_into(&mut plan.country)).await;
        assert_eq!((done.added, done.points), (1, 1_000_000), "{:?}", refused(&shop, &done).await);
        let (member, card, entries) = by_email(&shop, &program, "lina@example.com").await;
        assert_eq!((member.first_name.as_str(), member.last_name.as_str()), ("لينا", "حدّاد"));
        assert_eq!((member.language.as_str(), member.external_id.as_deref()), ("ar", Some("C-1")));
        assert_eq!(member.created_at.rfc3339_secs(), "2023-01-31T00:00:00Z");
        assert_eq!((card.balance.get(), card.tier_id), (1_000_000, None));
        assert_eq!((entries.len(), entries[0].reason.as_str()), (1, "Import of members.csv"));
        let id = member.id.clone();
        let (identities, consents) = shop.read(move |db| {
            Ok((members::list_identities(db, &id)?, members::list_consents(db, &id)?))
        }).await;
        let known: BTreeMap<&str, &str> =
            identities.iter().map(|one| (one.kind.as_str(), one.value.as_str())).collect();
        assert_eq!(known, BTreeMap::from([
            ("card_number", "0017AB"), ("email", "lina@example.com"), ("external_id", "C-1"), ("phone", "+966501234567"),
        ]));
        let consent = &consents[0];
        assert_eq!((consent.granted, consent.source.as_str()), (true, "import"));
        assert_eq!(consent.at.rfc3339_secs(), "2024-05-06T00:00:00Z");
    }

    /// Each bad row is told with its reason, and the others are taken.
    async fn bad_rows_are_refused_one_by_one(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|_| ()).await;
        join(&shop, &program, of_email("one@example.com")).await;
        join(&shop, &program, Enrolment { phone: Some("+4930123456".to_owned()), ..Enrolment::default() }).await;
        let text = "Name,E-mail,Phone,Points,Birthday,Consent,Joined,ID\n\
            Good,good@example.com,,5,,,,\n\
            Twice,GOOD@example.com,,7,,,,\n\
            Nobody,,,7,,,,\n\
            Mail,no-mail,,7,,,,\n\
            Phone,,030 123,7,,,,\n\
            Debt,debt@example.com,,-7,,,,\n\
            Half,half@example.com,,1.5,,,,\n\
            Rich,rich@example.com,,99999999999999999999,,,,\n\
            Unborn,unborn@example.com,,1,2999-01-01,,,\n\
            Odd,odd@example.com,,1,1990-02-30,,,\n\
            Perhaps,perhaps@example.com,,1,,perhaps,,\n\
            Future,future@example.com,,1,,,2999-01-01,\n\
            Two,one@example.com,+4930123456,1,,,,\n\
            Cells,cells@example.com,,1,,,,,surplus\n\
            <b>Bold</b>,\"=cmd|' /C calc'!A0@example.com\",,1,,,,=1+1\n\
            \"=HYPERLINK(\"\"http://x\"\")\",link@example.com,,1,,,,<script>\n\
            Double again,good@example.com,,1,,,,\n";
        let summary = judge(&shop, &program, text, None).await;
        let done = import(&shop, &program, text, |_| ()).await;
        let reasons: Vec<(i64, Why)> = refused(&shop, &done).await.iter().map(|(row, one)| (*row, one.why)).collect();
        assert_eq!(reasons, [
            (3, Why::Double), (4, Why::NoIdentity), (5, Why::BadEmail), (6, Why::BadPhone), (7, Why::NegativePoints),
            (8, Why::BadPoints), (9, Why::TooManyPoints), (10, Why::BadBirthDate), (11, Why::BadBirthDate),
            (12, Why::BadConsent), (13, Why::BadDay), (14, Why::SeveralMembers), (15, Why::TooManyCells),
            (16, Why::BadEmail), (18, Why::Double),
        ]);
        assert_eq!(refused(&shop, &done).await[0].1.first, Some(2));
        // The look before said the very same.
        assert_eq!((summary.new, summary.known, summary.refused), (done.added, done.known, done.refused));
        assert_eq!(summary.points, done.points);
        assert_eq!((done.added, done.refused, done.points), (2, 15, 6));
        let (member, ..) = by_email(&shop, &program, "link@example.com").await;
        assert_eq!(member.name(), "=HYPERLINK(\"http://x\")");
    }

    /// Members who are there already keep what they have, or get the list's points besides, as was chosen.
    async fn known_members_keep_their_points_or_get_more(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|_| ()).await;
        let held = join(&shop, &program, of_email("lina@example.com")).await;
        shop.adjust(&held, 30).await;
        shop.clock.advance(std::time::Duration::from_secs(1));
        let text = "E-mail,Card number,Points\nLINA@example.com,0017,12\nnew@example.com,,3\n";
        let summary = judge(&shop, &program, text, None).await;
        assert_eq!((summary.new, summary.known, summary.points), (1, 1, 3));
        assert_eq!(summary.known_by, BTreeMap::from([("email".to_owned(), 1)]));
        let kept = import(&shop, &program, text, |_| ()).await;
        assert_eq!((kept.added, kept.known, kept.points), (1, 1, 3));
        let (member, card, _) = by_email(&shop, &program, "lina@example.com").await;
        assert_eq!((&member.id, card.balance.get()), (&held.member, 30));
        // The old plastic card leads to them from now on.
        let of = program.clone();
        let owner = shop.read(move |db| members::find_by_identity(db, &of, "card_number", "0017")).await;
        assert_eq!(owner, Some(held.member.clone()));

        let added = import(&shop, &program, text, |plan| plan.known = KnownPoints::Add).await;
        assert_eq!((added.added, added.known, added.points), (0, 2, 15));
        let (_, card, entries) = by_email(&shop, &program, "lina@example.com").await;
        assert_eq!((card.balance.get(), card.version), (42, 3));
        assert_eq!(entries.last().map(|one| (one.kind.as_str(), one.points.get())), Some(("import", 12)));
        let dirty = shop.read(move |db| deliveries::list_by_card(db, &card.id)).await;
        assert!(dirty.is_empty(), "{dirty:?}");
    }

    /// What joining earns is paid only where that was chosen.
    async fn the_welcome_is_paid_only_if_chosen(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|program| program.signup_bonus = 10).await;
        import(&shop, &program, "E-mail,Points\na@example.com,5\n", |_| ()).await;
        import(&shop, &program, "E-mail,Points\nb@example.com,5\nc@example.com,\n", |plan| plan.pays_welcome = true).await;
        for (email, balance) in [("a@example.com", 5), ("b@example.com", 15), ("c@example.com", 10)] {
            assert_eq!(by_email(&shop, &program, email).await.1.balance.get(), balance, "{email}");
        }
    }

    /// One row that the rules refuse keeps no other from being done.
    async fn a_row_that_fails_alone_is_refused_alone(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|_| ()).await;
        let held = join(&shop, &program, of_email("full@example.com")).await;
        let most = Points::MAX;
        shop.adjust(&held, most).await;
        let text = "E-mail,Points\na@example.com,1\nfull@example.com,1\nb@example.com,1\n";
        let done = import(&shop, &program, text, |plan| plan.known = KnownPoints::Add).await;
        assert_eq!((done.added, done.known, done.refused, done.points), (2, 0, 1, 2));
        assert_eq!(refused(&shop, &done).await, [(3, Refusal::plain(Why::Rules))]);
        let (_, card, _) = by_email(&shop, &program, "full@example.com").await;
        assert_eq!(card.balance.get(), most);
    }

    /// An import is taken back from everybody to whom nothing else happened; the others are named.
    async fn an_import_is_taken_back_where_nothing_else_happened(database: Database) {
        let shop = Shop::open(database);
        let program = shop.program(|program| program.signup_bonus = 10).await;
        let held = join(&shop, &program, of_email("known@example.com")).await;
        let text = format!("{}Known;;known@example.com;40\r\n", list(BATCH_ROWS + 20));
        let done = import(&shop, &program, &text, |plan| plan.known = KnownPoints::Add).await;
        assert_eq!((done.added, done.known), (220, 1));
        let (buyer, card, _) = by_email(&shop, &program, "guest3@example.com").await;
        shop.buy(&Held { member: buyer.id.clone(), card: card.id }, 500).await;
        shop.clock.advance(std::time::Duration::from_secs(1));

        let (id, version) = (done.id.clone(), done.version);
        let stale = shop.act(move |tx, deed| undo_import(tx, deed, (&id, version - 1))).await;
        stale.expect_err("stale");
        let id = done.id.clone();
        let undoing = shop.act(move |tx, deed| undo_import(tx, deed, (&id, version))).await.expect("taken back");
        // It is stopped on the way as well.
        let runner = Runner::ready(&shop.house, &undoing).await.expect("ready");
        runner.step(&shop.house).await.expect("a step");
        let undone = finish(&shop, &undoing).await;
        assert_eq!(undone.state, "undone");
        let left = rows_of(&shop, &undone, imports::LEFT).await;
        let left: Vec<&str> = left.iter().map(|row| row.member_id.as_str()).collect();
        assert_eq!(left, [buyer.id.as_str()]);
        let members = members_of(&shop, &program).await;
        let ids: BTreeSet<&MemberId> = members.iter().map(|member| &member.id).collect();
        assert_eq!(ids, BTreeSet::from([&held.member, &buyer.id]));
        let (_, card, entries) = by_email(&shop, &program, "known@example.com").await;
        let points: Vec<i64> = entries.iter().map(|one| one.points.get()).collect();
        assert_eq!((card.balance.get(), points), (10, vec![10, 40, -40]));
        // The list can be brought once more.
        let again = import(&shop, &program, &text, |_| ()).await;
        assert_eq!((again.added, again.known), (219, 2));
    }
}
