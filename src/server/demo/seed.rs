//! The demo's café: a program with its look, and people who have been coming for a year.

use futures_util::future::{try_join, try_join_all};
use rand::Rng as _;
use serde_json::json;

use super::{DemoKeys, DemoStaff};
use crate::actions::change_member::Edit;
use crate::actions::change_staff::{PreparedStaff, StaffChange, change_staff, create_staff, prepare_staff};
use crate::actions::connect_till::create_till;
use crate::actions::create_key::create_key;
use crate::actions::create_program::{NewProgram, create_program};
use crate::actions::enrol::{Enrolment, enrol};
use crate::actions::publish_design::{check_design, publish_design};
use crate::actions::record_order::{Holder, NewOrder, record_order};
use crate::actions::write_term::create_term;
use crate::actions::{ActionError, Caller, Deed, House, TermKind};
use crate::loyalty::design::Design;
use crate::loyalty::earning::BaseRule;
use crate::loyalty::policy::Policy;
use crate::store::programs::{self, Program};
use crate::store::{Tx, designs, staff};
use crate::types::{Language, Role, Secret, Text, Time, Zone, random_token};

const SLUG: &str = "cafe-aroma";
/// Who works there.
const STAFF: [(&str, Role); 3] = [
    ("Olga", Role::Owner),
    ("Mona", Role::Manager),
    ("Sam", Role::Cashier),
];
/// Random bytes of their passwords.
const PASSWORD_BYTES: usize = 9;
const DAY_MS: i64 = 86_400_000;
/// How long ago the café opened.
const YEAR_MS: i64 = 365 * DAY_MS;

/// First names and languages of those who joined, in the order in which they did.
const MEMBERS: [(&str, &str); 25] = [
    ("Amélie", "en"),
    ("Yusuf", "ar"),
    ("Hannah", "en"),
    ("Wei", "zh-Hans"),
    ("Jonas", "en"),
    ("Parisa", "fa"),
    ("Clara", "en"),
    ("Mateo", "en"),
    ("Layla", "ar"),
    ("Finn", "en"),
    ("Mei", "zh-Hant"),
    ("Sofia", "en"),
    ("Darius", "fa"),
    ("Emma", "en"),
    ("Karim", "ar"),
    ("Nora", "en"),
    ("Luca", "en"),
    ("Xin", "zh-Hans"),
    ("Ida", "en"),
    ("Samir", "ar"),
    ("Greta", "en"),
    ("Oliver", "en"),
    ("Shirin", "fa"),
    ("Marta", "en"),
    ("Tom", "en"),
];

/// What the café is made of.
pub(super) struct Seeded {
    pub(super) program: Program,
    pub(super) keys: DemoKeys,
    pub(super) staff: Vec<DemoStaff>,
    /// The secret of the link by which a browser becomes the café's till.
    pub(super) till_link: Secret,
}

/// Opens the café, unless the database has it already, and hands out new keys.
pub(super) async fn seed(house: &House) -> Result<Seeded, ActionError> {
    // Passwords take longest, and the café opens meanwhile.
    let (program, people) = try_join(
        find_or_open(house),
        try_join_all(STAFF.map(|one| meet(house, one))),
    )
    .await?;
    let staff = hire(house, &program, people).await?;
    let deed = deed_at(house, house.now());
    house
        .store
        .write(move |tx| {
            let (_, till_link) = create_till(tx, &deed, &program.id, "Counter 1", None)?;
            let mut key = |name: &str, role, program| {
                create_key(tx, &deed, name, role, program).map(|(_, secret)| secret)
            };
            let keys = DemoKeys {
                owner: key("Demo owner", Role::Owner, None)?,
                marketer: key("Demo marketer", Role::Marketer, Some(program.id.clone()))?,
                cashier: key("Demo cashier", Role::Cashier, Some(program.id.clone()))?,
            };
            Ok(Seeded {
                program,
                keys,
                staff,
                till_link,
            })
        })
        .await
}

/// The café, opened a year ago unless it is there.
async fn find_or_open(house: &House) -> Result<Program, ActionError> {
    let known = house
        .store
        .read(|db| Ok::<_, ActionError>(programs::find_by_slug(db, SLUG)?))
        .await?;
    match known {
        Some(program) => Ok(program),
        None => open_cafe(house).await,
    }
}

/// Somebody with a new password and a new PIN, hashed.
struct Met {
    one: DemoStaff,
    is_new: bool,
    prepared: PreparedStaff,
}

/// Gives somebody of the café's people a new password and PIN, whether or not they work there already.
async fn meet(house: &House, (name, role): (&'static str, Role)) -> Result<Met, ActionError> {
    let one = DemoStaff {
        name: name.to_owned(),
        role,
        email: format!("{}@cafe-aroma.example", name.to_lowercase()),
        password: Secret::new(random_token(PASSWORD_BYTES)),
        pin: Secret::new(random_pin()),
    };
    let email = one.email.clone();
    let known = house
        .store
        .read(move |db| Ok::<_, ActionError>(staff::find_by_email(db, &email)?))
        .await?;
    let change = StaffChange {
        name: Some(one.name.clone()),
        email: Edit::Set(one.email.clone()),
        role: Some(role),
        password: Edit::Set(one.password.clone()),
        pin: Edit::Set(one.pin.clone()),
        ..StaffChange::default()
    };
    let known = known.map(|known| known.id);
    Ok(Met {
        one,
        is_new: known.is_none(),
        prepared: prepare_staff(house, known, change).await?,
    })
}

/// Hires people, or gives those who are there what they sign in with now.
async fn hire(house: &House, program: &Program, people: Vec<Met>) -> Result<Vec<DemoStaff>, ActionError> {
    let (deed, program) = (deed_at(house, house.now()), program.id.clone());
    let write = house.store.write(move |tx| {
        let mut hired = Vec::new();
        for Met {
            one,
            is_new,
            prepared,
        } in people
        {
            if is_new {
                create_staff(tx, &deed, Some(program.clone()), &prepared)?;
            } else {
                change_staff(tx, &deed, None, &prepared, None)?;
            }
            hired.push(one);
        }
        Ok(hired)
    });
    write.await
}

/// Four digits that are not in a row.
fn random_pin() -> String {
    let digits = rand::rng().random_range(1_000..10_000);
    // The second digit is not the first, and the third is two away from the second.
    let (first, last) = (digits / 1_000, digits % 10);
    format!("{first}{}{}{last}", (first + 4) % 10, (first + 9) % 10)
}

/// A deed of the demo at an instant of its choice.
pub(super) fn deed_at(house: &House, now: Time) -> Deed {
    Deed {
        house: house.clone(),
        caller: Caller::local("demo", now),
        now,
    }
}

async fn open_cafe(house: &House) -> Result<Program, ActionError> {
    let opened_at = house.now().plus_ms(-YEAR_MS);
    let deed = deed_at(house, opened_at);
    let new = new_program()?;
    let (program, design) = house
        .store
        .write(move |tx| {
            let program = create_program(tx, &deed, new)?;
            let design = first_design_of(tx, &program)?;
            Ok::<_, ActionError>((program, design))
        })
        .await?;
    let checked = check_design(
        house,
        program.name.clone(),
        look(design, &program)?,
        std::collections::BTreeMap::new(),
    )
    .await?;
    let house_of_deeds = house.clone();
    house
        .store
        .write(move |tx| {
            let deed = deed_at(&house_of_deeds, opened_at);
            let program = publish_design(tx, &deed, &program.id, None, &checked)?.program;
            let rewards = rewards().into_iter().map(|reward| (TermKind::Reward, reward));
            for (kind, term) in rewards.chain(others()) {
                let fields = serde_json::from_value(term).map_err(ActionError::internal)?;
                create_term(tx, &deed, Some(program.id.clone()), kind, fields)?;
            }
            live_a_year(tx, &house_of_deeds, &program, opened_at)?;
            Ok(program)
        })
        .await
}

fn new_program() -> Result<NewProgram, ActionError> {
    let point_name = json!({
        "en": "points", "en-x-one": "point",
        "ar": "نقطة", "ar-x-two": "نقطتان", "ar-x-few": "نقاط",
        "fa": "امتیاز", "zh-Hans": "积分", "zh-Hant": "點數",
    });
    Ok(NewProgram {
        external_id: None,
        slug: Some(SLUG.to_owned()),
        name: Text::plain("Café Aroma"),
        point_name: serde_json::from_value(point_name).map_err(ActionError::internal)?,
        language: Language::english(),
        currency: "EUR".parse().map_err(ActionError::internal)?,
        earning: BaseRule {
            points: 1,
            per_minor: 100,
        },
        signup_bonus: 10,
        time_zone: Zone::UTC,
        policy: Policy::default(),
        apple_pass_type: None,
    })
}

/// What the café gives for points.
fn rewards() -> [serde_json::Value; 3] {
    [
        json!({
            "name": { "en": "A coffee", "ar": "قهوة", "fa": "یک قهوه", "zh-Hans": "一杯咖啡", "zh-Hant": "一杯咖啡" },
            "gives": { "free_item": { "category": ["coffee"] } }, "cost": 50, "valid_days": 30,
        }),
        json!({
            "name": { "en": "Half off a cake", "ar": "كعكة بنصف السعر", "fa": "کیک با نصف قیمت", "zh-Hans": "蛋糕半价",
                      "zh-Hant": "蛋糕半價" },
            "gives": { "percent_off": { "percent": 50, "of": "item" } }, "cost": 80, "valid_days": 30,
        }),
        json!({
            "name": { "en": "A bag of beans", "ar": "كيس بن", "fa": "یک بسته دانه قهوه", "zh-Hans": "一袋咖啡豆",
                      "zh-Hant": "一袋咖啡豆" },
            "gives": "product", "cost": 200, "stock": 40,
        }),
    ]
}

/// How regulars are called, and what friends and birthdays bring.
fn others() -> [(TermKind, serde_json::Value); 5] {
    let once = |name: &str, event: &str, points: i64| json!({ "name": name, "when": { "event": event }, "then": { "points": points, "per": "time" } });
    [
        (
            TermKind::Tier,
            json!({ "name": "Regular", "threshold": 100, "shown_as":
                { "en": "Regular", "ar": "زبون دائم", "fa": "مشتری ثابت", "zh-Hans": "常客", "zh-Hant": "常客" } }),
        ),
        (
            TermKind::Tier,
            json!({ "name": "Friend of the house", "threshold": 300, "shown_as":
                { "en": "Friend of the house", "ar": "صديق المقهى", "fa": "دوست کافه", "zh-Hans": "老朋友", "zh-Hant": "老朋友" },
                "perks": [{ "en": "A taste of each new roast", "ar": "تذوق كل تحميص جديد", "fa": "چشیدن هر رست تازه",
                            "zh-Hans": "新品咖啡试饮", "zh-Hant": "新品咖啡試飲" }] }),
        ),
        (TermKind::Rule, once("You brought a friend", "referral", 50)),
        (TermKind::Rule, once("Invited by a friend", "referred", 20)),
        (TermKind::Rule, once("Happy birthday", "birthday", 25)),
    ]
}

fn first_design_of(tx: &mut Tx<'_>, program: &Program) -> Result<Design, ActionError> {
    let id = program
        .design_id
        .as_ref()
        .ok_or_else(|| ActionError::internal("a new program has no design"))?;
    serde_json::from_str(&designs::get(tx, id)?.body).map_err(ActionError::internal)
}

/// The first look under the café's own name, the balance in large figures over the strip.
fn look(mut design: Design, program: &Program) -> Result<Design, ActionError> {
    design.organization_name = program.name.clone();
    design.description = Text::plain(format!("{} loyalty card", program.name.fallback()));
    let balance = design
        .fields
        .header
        .iter()
        .position(|field| field.key == "balance");
    let balance = balance.ok_or_else(|| ActionError::internal("the first design shows no balance"))?;
    let balance = design.fields.header.remove(balance);
    design.fields.primary = vec![balance];
    Ok(design)
}

/// Everybody joins one after the other and comes back every few days.
fn live_a_year(
    tx: &mut Tx<'_>,
    house: &House,
    program: &Program,
    opened_at: Time,
) -> Result<(), ActionError> {
    let mut dice = Dice(1);
    let mut orders = 0;
    for (number, (name, language)) in (0..).zip(MEMBERS) {
        let mut at = opened_at.plus_ms(DAY_MS + number * 13 * DAY_MS + dice.roll(DAY_MS / 2));
        let enrolled = enrol(
            tx,
            &deed_at(house, at),
            &program.id,
            &enrolment(name, language, number)?,
        )?;
        let days_between = 6 + dice.roll(24);
        loop {
            at = at.plus_ms((1 + dice.roll(2 * days_between)) * DAY_MS + dice.roll(DAY_MS / 3));
            if at >= house.now() {
                break;
            }
            orders += 1;
            let order = NewOrder {
                source: "api".to_owned(),
                external_id: format!("history-{orders:06}"),
                holder: Holder::Card(enrolled.sheet.card.code.clone()),
                total_minor: 280 + dice.roll(1_900),
                currency: None,
                paid_at: Some(at),
                lines: Vec::new(),
                location: None,
                channel: Some("till".to_owned()),
            };
            record_order(tx, &deed_at(house, at), &order)?;
        }
    }
    Ok(())
}

fn enrolment(name: &str, language: &str, number: i64) -> Result<Enrolment, ActionError> {
    Ok(Enrolment {
        first_name: Some(name.to_owned()),
        email: Some(format!("member{number}@example.com")),
        language: Some(language.parse().map_err(ActionError::internal)?),
        consents: vec![("marketing".to_owned(), number % 3 != 0)],
        source: "join".to_owned(),
        ..Enrolment::default()
    })
}

/// Chance that falls the same way in every demo (Knuth's multiplier for 64 bits).
struct Dice(u64);

impl Dice {
    /// A number from 0 up to, but without, `sides`.
    fn roll(&mut self, sides: i64) -> i64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(self.0 >> 33).unwrap_or(0) % sides.max(1)
    }
}
