//! Segments: what the database counts is what the criteria say of each member by themselves.

use std::collections::{BTreeMap, BTreeSet};

use billfold::loyalty::insight::RFM_DAYS;
use billfold::loyalty::mark::{Kind, Mark};
use billfold::loyalty::segment::judge::Profile;
use billfold::loyalty::segment::rfm::{FIFTHS, Fifths, Measures, Rfm};
use billfold::loyalty::segment::{Bounds, Criterion, Reach, Segment, check::check_segment};
use billfold::loyalty::tier::Activity;
use billfold::store::bought_days::BoughtDay;
use billfold::store::cards::{Card, CardChange};
use billfold::store::devices::{Device, Registration};
use billfold::store::events::Event;
use billfold::store::insight::{Span, find_fifths};
use billfold::store::members::Consent;
use billfold::store::referrals::{Referral, ReferralCode};
use billfold::store::segments::{self, Caps, Foreseen, Part, Scope};
use billfold::store::static_lists::StaticList;
use billfold::store::tallies::{self, Bought};
use billfold::store::{self, Db, StoreError, Tx, activity};
use billfold::types::{
    Attributes, CardId, Day, DeviceId, EventId, ListId, Points, ProgramId, PushToken, ReferralId, TierId,
    Time, Wallet, Zone, random_token,
};
use diesel::RunQueryDsl as _;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use crate::house::on_both_databases;
use crate::shop::{NOW, PASS_TYPE, Shop, card, member, pass};

/// Members of the population, and segments that are counted on it.
const MEMBERS: usize = 120;
const SEGMENTS: u32 = 150;
/// Days back on which things happen.
const DAYS: i64 = 200;

const KINDS: [&str; 2] = ["review", "viewed.sofa"];
/// What orders had in them, and where they came from; a name may be one of either kind.
const MARKS: [(Kind, &str); 5] = [
    (Kind::Sku, "4711"),
    (Kind::Category, "4711"),
    (Kind::Category, "toys \"for\" all"),
    (Kind::Channel, "web"),
    (Kind::Location, "Lyon"),
];
const CITIES: [&str; 3] = ["Lyon", "Aachen \"Mitte\"", "42"];

fn zone() -> Zone {
    "Asia/Tehran".parse().expect("a zone")
}

fn today() -> Day {
    zone().local(NOW).day
}

/// An instant on a day, never its first.
fn on(day: Day) -> Time {
    zone().start_of(day).plus_ms(3_600_000 * 5)
}

/// What is to be known of a member.
#[derive(Debug, Clone)]
struct Person {
    profile: Profile,
    size: Option<i64>,
    is_vip: Option<bool>,
    is_gone: bool,
}

/// The ids of the tiers and lists that there are.
#[derive(Clone)]
struct Ids {
    tiers: [String; 2],
    lists: [ListId; 2],
}

impl Ids {
    fn new() -> Self {
        Self {
            tiers: [TierId::new(NOW).to_string(), TierId::new(NOW).to_string()],
            lists: [ListId::new(NOW), ListId::new(NOW)],
        }
    }
}

fn person(ids: &Ids) -> impl Strategy<Value = Person> + use<> {
    let Ids { tiers, lists } = ids.clone();
    let day = || (0..DAYS).prop_map(|days| today().plus_days(-days));
    // Some of it is noted for a day to come.
    let bought = prop::collection::btree_map(
        (-3..DAYS).prop_map(|days| today().plus_days(-days)),
        (-1..4_i64, 0..9_000_i64).prop_map(|(orders, minor)| Activity {
            points: 0,
            minor,
            orders,
        }),
        0..6,
    );
    let events = prop::collection::vec((prop::sample::select(&KINDS[..]), day()), 0..4);
    let known = (
        prop::option::of(prop::sample::select(&CITIES[..])),
        prop::option::of(40..44_i64),
        prop::option::of(any::<bool>()),
        prop::option::of(0..2_usize),
        prop::option::of(0..365_i64),
    );
    let marked = prop::collection::btree_map(
        (
            prop::sample::select(&MARKS[..]),
            (-3..DAYS).prop_map(|days| today().plus_days(-days)),
        ),
        -1..4_i64,
        0..6,
    );
    let bought = (bought, marked);
    let wallets = (any::<bool>(), any::<bool>(), prop::option::of(day()));
    let rest = (
        -50..300_i64,
        0..3_i64,
        any::<bool>(),
        prop::option::of(any::<bool>()),
        0..12_u8,
        prop::sample::subsequence(lists.to_vec(), 0..=2),
    );
    (day(), bought, events, known, wallets, rest).prop_map(move |parts| {
        let (joined, (bought, marked), events, known, (apple, google, fetched), rest) = parts;
        let (city, size, is_vip, tier, birthday) = known;
        let (points, invited, was_invited, agreed, gone, lists) = rest;
        let attributes = [
            city.map(|city| ("city", city.to_owned())),
            size.map(|size| ("size", size.to_string())),
            is_vip.map(|is_vip| ("vip", is_vip.to_string())),
        ];
        let wallets = [(apple, Reach::Apple), (google, Reach::Google)];
        let birthday = birthday.map(|days| today().plus_days(days));
        Person {
            profile: Profile {
                joined,
                points,
                tier: tier.map(|place| (tiers[place].clone(), ["Gold", "Silver"][place].to_owned())),
                lists: lists
                    .into_iter()
                    .map(|id| (id.to_string(), String::new()))
                    .collect(),
                bought,
                marked: marked
                    .into_iter()
                    .map(|(((kind, name), day), orders)| (Mark::new(kind, name), day, orders))
                    .collect(),
                events: events
                    .into_iter()
                    .map(|(kind, day)| (kind.to_owned(), day))
                    .collect(),
                attributes: attributes
                    .into_iter()
                    .flatten()
                    .map(|(name, text)| (name.to_owned(), text))
                    .collect(),
                birthday: birthday.map(billfold::loyalty::birthday::month_day),
                invited,
                was_invited,
                wallets: wallets
                    .into_iter()
                    .filter(|(is_in, _)| *is_in)
                    .map(|(_, wallet)| wallet)
                    .collect(),
                // Only a pass is fetched.
                fetched: fetched.filter(|_| apple),
                consents: agreed
                    .map(|agreed| ("marketing".to_owned(), agreed))
                    .into_iter()
                    .collect(),
            },
            size,
            is_vip,
            is_gone: gone == 0,
        }
    })
}

/// Puts a person into the books.
fn settle(tx: &mut Tx<'_>, program: &ProgramId, person: &Person, number: usize) -> Result<(), StoreError> {
    let profile = &person.profile;
    let mut one = card(program);
    one.balance = Points::new(profile.points).expect("in range");
    one.tier_id = profile.tier.as_ref().map(|(id, _)| id.clone());
    one.voided_at = person.is_gone.then_some(NOW);
    let mut who = member(&one);
    who.created_at = on(profile.joined);
    let mut attributes = serde_json::Map::new();
    if let Some(city) = profile.attributes.get("city") {
        attributes.insert("city".to_owned(), json!(city));
    }
    if let Some(size) = person.size {
        attributes.insert("size".to_owned(), json!(size));
    }
    if let Some(is_vip) = person.is_vip {
        attributes.insert("vip".to_owned(), json!(is_vip));
    }
    who.attributes = serde_json::from_value::<Attributes>(Value::Object(attributes)).expect("attributes");
    store::members::insert(tx, &who)?;
    store::cards::insert(tx, &one)?;
    let marked = profile.marked.iter().map(|(mark, day, orders)| BoughtDay {
        card: one.id.clone(),
        mark: mark.clone(),
        day: *day,
        orders: *orders,
    });
    let marked: Vec<BoughtDay> = marked.collect();
    // Some orders more, and those given back.
    for more in [0, 3, -3] {
        let rows = marked.iter().cloned();
        let rows = rows.map(|row| BoughtDay {
            orders: if more == 0 { row.orders } else { more },
            ..row
        });
        store::bought_days::add(tx, &rows.collect::<Vec<_>>())?;
    }
    let mut bought = Bought::default();
    for (day, done) in &profile.bought {
        bought = bought.and(activity::add(tx, &one.id, *day, *done)?);
    }
    let change = CardChange {
        bought,
        ..CardChange::of(&one)
    };
    store::cards::change(tx, &one, &change, false, NOW)?;
    for (kind, day) in &profile.events {
        let event = Event {
            id: EventId::new(NOW),
            program_id: program.clone(),
            source: "test".to_owned(),
            external_id: random_token(12),
            member_id: one.member_id.clone(),
            card_id: one.id.clone(),
            kind: kind.clone(),
            fingerprint: String::new(),
            earned: Points::ZERO,
            data: "{}".to_owned(),
            happened_at: on(*day),
            created_at: NOW,
        };
        store::events::claim(tx, &event)?;
    }
    for (purpose, granted) in &profile.consents {
        // What was said before counts no more.
        for (at, granted) in [(NOW.plus_ms(-1_000), !granted), (NOW, *granted)] {
            let consent = Consent {
                member_id: one.member_id.clone(),
                purpose: purpose.clone(),
                at,
                program_id: program.clone(),
                granted,
                source: "test".to_owned(),
                text_version: String::new(),
                language: String::new(),
            };
            store::members::insert_consent(tx, &consent)?;
        }
    }
    settle_friends(tx, program, &one, profile)?;
    settle_lists(tx, &one, profile, number)?;
    settle_wallets(tx, &one, profile, number)
}

/// Whether it is a joined card that is on a person's lists, not the one that acts for both.
fn is_listed_by_joined(profile: &Profile, number: usize) -> bool {
    !profile.lists.is_empty() && number.is_multiple_of(3)
}

/// The lists that they are on.
fn settle_lists(tx: &mut Tx<'_>, one: &Card, profile: &Profile, number: usize) -> Result<(), StoreError> {
    let mut listed = one.id.clone();
    if is_listed_by_joined(profile, number) {
        let mut joined = card(&one.program_id);
        joined.merged_into = Some(one.id.clone());
        store::members::insert(tx, &member(&joined))?;
        store::cards::insert(tx, &joined)?;
        listed = joined.id;
    }
    for (id, _) in &profile.lists {
        store::static_lists::add(tx, &id.parse().expect("an id"), std::slice::from_ref(&listed))?;
    }
    Ok(())
}

/// Lists on which nobody is yet.
fn make_lists(tx: &mut Tx<'_>, program: &ProgramId, ids: &[ListId]) -> Result<(), StoreError> {
    for id in ids {
        let list = StaticList {
            id: id.clone(),
            program_id: program.clone(),
            name: id.to_string(),
            members: 0,
            actor: String::new(),
            version: 1,
            created_at: NOW,
            changed_at: NOW,
        };
        assert!(store::static_lists::insert(tx, &list)?);
    }
    Ok(())
}

/// Their birthday, and whom they brought or who brought them.
fn settle_friends(
    tx: &mut Tx<'_>,
    program: &ProgramId,
    one: &Card,
    profile: &Profile,
) -> Result<(), StoreError> {
    if let Some(birthday) = profile.birthday {
        let (month, day) = (u32::try_from(birthday / 100), u32::try_from(birthday % 100));
        // A leap year has each day.
        let born = Day::from_date(1988, month.expect("a month"), day.expect("a day"));
        store::birthdays::set(tx, (program, &one.member_id), born, today())?;
    }
    if profile.invited > 0 {
        let code = ReferralCode {
            member_id: one.member_id.clone(),
            program_id: program.clone(),
            code: random_token(12),
            invited: profile.invited,
            paid: profile.invited,
            created_at: NOW,
        };
        store::referrals::claim_code(tx, &code)?;
    }
    if profile.was_invited {
        let referral = Referral {
            id: ReferralId::new(NOW),
            program_id: program.clone(),
            referrer_id: one.member_id.clone(),
            friend_id: one.member_id.clone(),
            depth: 1,
            state: store::referrals::PENDING.to_owned(),
            reason: None,
            order_id: None,
            created_at: NOW,
            settled_at: None,
        };
        store::referrals::claim(tx, &referral)?;
    }
    Ok(())
}

/// The wallets that their card is in.
fn settle_wallets(tx: &mut Tx<'_>, one: &Card, profile: &Profile, number: usize) -> Result<(), StoreError> {
    if profile.wallets.contains(&Reach::Google) {
        store::passes::insert(tx, &pass(one, Wallet::Google))?;
    }
    if profile.wallets.contains(&Reach::Apple) {
        let mut held = pass(one, Wallet::Apple);
        held.fetched_at = profile.fetched.map(on);
        store::passes::insert(tx, &held)?;
        let device = Device {
            device_id: format!("phone-{number}").parse::<DeviceId>().expect("an id"),
            pass_type: PASS_TYPE.to_owned(),
            push_token: format!("{number:064x}").parse::<PushToken>().expect("a token"),
            registered_at: NOW,
        };
        store::devices::put(tx, &device)?;
        let registration = Registration {
            device_id: device.device_id,
            pass_type: PASS_TYPE.to_owned(),
            pass_id: held.id,
            card_id: one.id.clone(),
            told_version: 1,
            created_at: NOW,
        };
        store::devices::register(tx, &registration)?;
    }
    Ok(())
}

/// Where the fifths of those buyers lie, by the books.
async fn fifths(shop: &Shop) -> Fifths {
    let from = today().plus_days(1 - RFM_DAYS);
    let span = Span {
        program: shop.program.clone(),
        from,
        to: today(),
        start: zone().start_of(from),
        end: zone().start_of(today().plus_days(1)),
    };
    let fifths = shop.read(move |db| find_fifths(db, &span, from)).await;
    fifths.expect("somebody bought")
}

/// Each buyer stands in the fifths that the definition says: 1 + 5 x (those who stand strictly lower) / all.
fn assert_fifths(people: &[Person], fifths: &Fifths) {
    let bought = people.iter().filter_map(|one| one.profile.measures(today()));
    let bought: Vec<Measures> = bought.collect();
    assert!(bought.len() > 50, "{}", bought.len());
    let fifth = |of: &dyn Fn(&Measures) -> i64, own: &Measures| {
        let lower = bought.iter().filter(|other| of(other) < of(own)).count();
        i64::try_from(1 + 5 * lower / bought.len()).expect("few")
    };
    let only = |fifth| Bounds {
        at_least: Some(fifth),
        at_most: Some(fifth),
    };
    for own in &bought {
        for one in FIFTHS {
            let stands = |rfm: Rfm| {
                Rfm {
                    fifths: Some(fifths.clone()),
                    ..rfm
                }
                .holds(*own)
            };
            let recency = Rfm {
                recency: only(one),
                ..Rfm::default()
            };
            assert_eq!(
                stands(recency),
                fifth(&|all| all.recency, own) == one,
                "{own:?} {fifths:?}"
            );
            let frequency = Rfm {
                frequency: only(one),
                ..Rfm::default()
            };
            assert_eq!(
                stands(frequency),
                fifth(&|all| all.frequency, own) == one,
                "{own:?} {fifths:?}"
            );
            let money = Rfm {
                money: only(one),
                ..Rfm::default()
            };
            assert_eq!(
                stands(money),
                fifth(&|all| all.money, own) == one,
                "{own:?} {fifths:?}"
            );
        }
    }
}

/// Orders with one of some names, so often.
fn purchased(amount: BoxedStrategy<Value>) -> impl Strategy<Value = Value> + use<> {
    let marks = prop::sample::subsequence(MARKS.to_vec(), 1..=3);
    (marks, amount).prop_map(|(marks, mut purchased)| {
        for (kind, name) in marks {
            let list = &mut purchased[kind.as_str()];
            match list.as_array_mut() {
                Some(list) => list.push(json!(name)),
                None => *list = json!([name]),
            }
        }
        purchased
    })
}

/// Fifths of one measure or of two.
fn rfm() -> impl Strategy<Value = Value> + use<> {
    let fifths = || {
        (1..=5_i64, 1..=5_i64)
            .prop_map(|(one, other)| json!({ "at_least": one.min(other), "at_most": one.max(other) }))
    };
    prop_oneof![
        fifths().prop_map(|of| json!({ "recency": of })),
        (1..=5_i64).prop_map(|least| json!({ "frequency": { "at_least": least } })),
        (fifths(), 1..=5_i64).prop_map(|(of, most)| json!({ "recency": of, "money": { "at_most": most } })),
        (fifths(), fifths()).prop_map(|(frequency, money)| json!({ "frequency": frequency, "money": money })),
    ]
}

/// One or two of two ids.
fn some(ids: Vec<String>) -> impl Strategy<Value = Value> + use<> {
    prop::sample::subsequence(ids, 1..=2).prop_map(|ids| json!(ids))
}

/// Criteria of every kind, in combination. The numbers are near what members have.
fn criterion(ids: &Ids) -> impl Strategy<Value = Criterion> + use<> {
    let Ids { tiers, lists } = ids.clone();
    let bounds = |most: i64| {
        prop_oneof![
            (0..most).prop_map(|least| json!({ "at_least": least })),
            (0..most).prop_map(|most| json!({ "at_most": most })),
            (0..most, 0..most)
                .prop_map(|(one, other)| json!({ "at_least": one.min(other), "at_most": one.max(other) })),
        ]
    };
    let within = |bounds: BoxedStrategy<Value>| {
        (bounds, prop::option::of(1..DAYS)).prop_map(|(mut bounds, days)| {
            if let Some(days) = days {
                bounds["within_days"] = json!(days);
            }
            bounds
        })
    };
    let ago = prop_oneof![
        (0..DAYS).prop_map(|days| json!({ "at_least_days": days })),
        (0..DAYS).prop_map(|days| json!({ "at_most_days": days })),
    ];
    let named =
        |name: &'static str, of: BoxedStrategy<Value>| of.prop_map(move |of| json!({ name: of })).boxed();
    let attribute = prop_oneof![
        prop::sample::select(&CITIES[..]).prop_map(|city| json!({ "name": "city", "is": [city] })),
        (40..44_i64).prop_map(|size| json!({ "name": "size", "is": [size.to_string(), "39"] })),
        any::<bool>().prop_map(|is_vip| json!({ "name": "vip", "is": [is_vip.to_string()] })),
    ];
    let stages = prop::collection::btree_set(
        prop::sample::select(&["new", "once", "repeat", "loyal", "at_risk", "lapsed"][..]),
        1..4,
    );
    let event =
        (prop::sample::select(&KINDS[..]), within(bounds(4).boxed())).prop_map(|(kind, mut event)| {
            event["type"] = json!(kind);
            event
        });
    // Which the card itself can say.
    let any_or_none = prop::sample::select(vec![json!({ "at_least": 1 }), json!({ "at_most": 0 })]);
    let leaf = prop_oneof![
        named("visits", within(any_or_none.boxed()).boxed()),
        named("orders", within(bounds(8).boxed()).boxed()),
        named("spend", within(bounds(20_000).boxed()).boxed()),
        named("average_order", within(bounds(5_000).boxed()).boxed()),
        named("visits", within(bounds(6).boxed()).boxed()),
        named("first_order", ago.clone().boxed()),
        named("last_order", ago.clone().boxed()),
        named("joined", ago.clone().boxed()),
        named("fetched", ago.boxed()),
        named("event", event.boxed()),
        named("bought", purchased(within(bounds(4).boxed()).boxed()).boxed()),
        named("attribute", attribute.boxed()),
        named("tier", some(tiers.to_vec()).boxed()),
        named("list", some(lists.map(String::from).to_vec()).boxed()),
        named("points", bounds(300).boxed()),
        named("birthday_within", (0..60).prop_map(|days| json!(days)).boxed()),
        named("stage", stages.prop_map(|stages| json!(stages)).boxed()),
        named("rfm", rfm().boxed()),
        named("invited", bounds(3).boxed()),
        named(
            "was_invited",
            any::<bool>().prop_map(|wanted| json!(wanted)).boxed()
        ),
        named(
            "reach",
            prop::sample::subsequence(vec!["apple", "google", "none"], 1..=2)
                .prop_map(|list| json!(list))
                .boxed()
        ),
        named(
            "consent",
            any::<bool>()
                .prop_map(|granted| json!({ "purpose": "marketing", "granted": granted }))
                .boxed()
        ),
    ];
    let all = leaf.prop_recursive(3, 12, 3, |inner| {
        let list = prop::collection::vec(inner.clone(), 1..4);
        prop_oneof![
            list.clone().prop_map(|list| json!({ "all": list })),
            list.prop_map(|list| json!({ "any": list })),
            inner.prop_map(|one| json!({ "not": one })),
        ]
    });
    all.prop_map(|value| serde_json::from_value(value).expect("a criterion"))
}

/// Parts of the few cards that there are, once the database knows how many that is.
fn split(db: &mut Db, readers: usize) -> Result<Vec<Part>, StoreError> {
    if let Db::Postgres(conn) = db {
        diesel::sql_query("ANALYZE cards")
            .execute(conn)
            .expect("it is analysed");
    }
    let parts = segments::split(db, readers, 1)?;
    assert_eq!(parts.len(), readers);
    Ok(parts)
}

fn draw<S: Strategy>(runner: &mut TestRunner, strategy: &S) -> S::Value {
    strategy.new_tree(runner).expect("a value").current()
}

on_both_databases! {
    /// A segment's count is the brute-force count, and a segment is read back as it was written. Shows SR-140.
    async fn a_segment_counts_whom_its_criteria_hold_of(database: Database) {
        let shop = Shop::open(&database).await;
        let ids = Ids::new();
        let mut runner = TestRunner::deterministic();
        let strategy = person(&ids);
        let people: Vec<Person> = (0..MEMBERS).map(|_| draw(&mut runner, &strategy)).collect();
        let (program, lists) = (shop.program.clone(), ids.lists.clone());
        shop.write(move |tx| make_lists(tx, &program, &lists)).await;
        let joined = people.iter().enumerate().filter(|(number, one)| is_listed_by_joined(&one.profile, *number)).count();
        assert!(joined > 10, "{joined}");
        let (program, settled) = (shop.program.clone(), people.clone());
        shop.write(move |tx| settled.iter().enumerate().try_for_each(|(number, one)| settle(tx, &program, one, number))).await;
        assert_eq!(shop.read(|db| tallies::list_wrong(db, 9)).await, []);

        let fifths = fifths(&shop).await;
        assert_fifths(&people, &fifths);

        let parts = shop.read(|db| split(db, 3)).await;

        let strategy = criterion(&ids);
        let mut sizes = BTreeSet::new();
        let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
        for _ in 0..SEGMENTS {
            let mut criterion = draw(&mut runner, &strategy);
            let text = serde_json::to_string(&criterion).expect("JSON");
            assert_eq!(serde_json::from_str::<Criterion>(&text).expect("a criterion"), criterion);
            let segment = Segment { name: "s".to_owned(), members: criterion.clone() };
            assert_eq!(check_segment(&segment), [], "{text}");
            criterion.each_rfm(&mut |rfm| rfm.fifths = Some(fifths.clone()));
            let wanted: Vec<&Person> = people
                .iter()
                .filter(|one| !one.is_gone && criterion.holds(&one.profile, today()))
                .collect();
            let count = |is_so: &dyn Fn(&Profile) -> bool| {
                i64::try_from(wanted.iter().filter(|one| is_so(&one.profile)).count()).expect("few")
            };
            let (program, asked) = (shop.program.clone(), criterion.clone());
            let parts = parts.clone();
            let (found, listed, looked) = shop
                .read(move |db| {
                    let scope = Scope { program: &program, today: today(), zone: zone() };
                    let caps = Caps { day: (NOW, 1), week: (NOW, 1) };
                    let mut foresee = |part: &Part| segments::foresee(db, scope, (&asked, "marketing"), (caps, part));
                    let found = foresee(&Part::whole())?;
                    let mut sum = Foreseen::default();
                    for part in &parts {
                        sum = sum.and(foresee(part)?);
                    }
                    assert_eq!(sum, found);
                    let first = segments::list(db, scope, &asked, (None, 50))?;
                    let rest = segments::list(db, scope, &asked, (first.last(), 1_000))?;
                    let part = segments::look_through(db, scope, &asked, ("", 50))?;
                    let last = part.last.clone().expect("a card");
                    let others = segments::look_through(db, scope, &asked, (last.as_str(), 1_000))?;
                    assert_eq!(usize::try_from(part.count + others.count), Ok(MEMBERS + joined));
                    let cards: Vec<CardId> = part.cards.into_iter().chain(others.cards).map(|(card, _)| card).collect();
                    let since = [NOW, NOW];
                    let again = segments::list_candidates(db, scope, (&asked, "marketing"), since, &cards)?;
                    let agreed = again.iter().filter(|one| one.is_in == 1 && one.has_agreed == 1).count();
                    let reached = again.iter().filter(|one| one.is_in == 1 && one.is_reachable == 1).count();
                    Ok((found, [first, rest].concat(), (cards.len(), agreed, reached)))
                })
                .await;
            let few = |number: usize| i64::try_from(number).expect("few");
            // Some cards by themselves say the same as all together.
            assert_eq!(
                (few(looked.0), few(looked.1), few(looked.2)),
                (found.members, found.members - found.no_consent, count(&|one| !one.wallets.is_empty())),
                "{text}"
            );
            assert_eq!(found.members, count(&|_| true), "{text}");
            let agreed = |one: &Profile| one.consents.get("marketing") == Some(&true);
            assert_eq!(found.apple, count(&|one| agreed(one) && one.wallets.contains(&Reach::Apple)), "{text}");
            assert_eq!(found.google, count(&|one| agreed(one) && one.wallets.contains(&Reach::Google)), "{text}");
            assert_eq!(found.unreachable, count(&|one| agreed(one) && one.wallets.is_empty()), "{text}");
            assert_eq!(found.no_consent, count(&|one| !agreed(one)), "{text}");
            assert_eq!(found.capped, 0, "{text}");
            let distinct: BTreeSet<_> = listed.iter().collect();
            assert_eq!((listed.len(), distinct.len()), (wanted.len(), wanted.len()), "{text}");
            sizes.insert(wanted.len());
            for kind in text.split('"').filter(|word| word.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_')) {
                *kinds.entry(kind.to_owned()).or_default() += 1;
            }
        }
        // It would show nothing if they were all empty, or if a kind never came up.
        assert!(sizes.len() > 30, "{sizes:?}");
        for kind in [
            "orders", "spend", "average_order", "visits", "first_order", "last_order", "joined", "fetched", "event",
            "attribute", "tier", "list", "points", "birthday_within", "stage", "rfm", "invited", "was_invited", "reach",
            "consent", "all", "any", "not",
        ] {
            assert!(kinds.get(kind).is_some_and(|times| *times >= 2), "{kind}: {kinds:?}");
        }
    }
}
