//! A new program, with a design of its own from the first moment, so that it can enrol at once.

use serde_json::json;

use super::publish_design::{first_design, publish_design};
use super::{ActionError, Code, Deed, Fault, House};
use crate::loyalty::earning::BaseRule;
use crate::loyalty::policy::{DAYS_MAX, EXCLUDED_MAX, Expiry, Policy, RECEIPT_DAYS_MAX};
use crate::store::programs::{self, Program};
use crate::store::{StoreError, Tx};
use crate::types::{Currency, Language, Money, Points, ProgramId, Text, Zone};

/// Longest category, in characters.
const CATEGORY_MAX: usize = 200;

/// What a new program is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewProgram {
    /// The caller's own id.
    pub external_id: Option<String>,
    /// Its name in addresses; made from the name if left out.
    pub slug: Option<String>,
    /// Its name on cards.
    pub name: Text,
    /// What its points are called.
    pub point_name: Text,
    /// The language of members who name none.
    pub language: Language,
    /// The currency of its orders.
    pub currency: Currency,
    /// What an order earns.
    pub earning: BaseRule,
    /// Points for signing up, once.
    pub signup_bonus: i64,
    /// Where its days begin.
    pub time_zone: Zone,
    /// What earns nothing and how long points live.
    pub policy: Policy,
    /// Its own Apple pass type, else the installation's.
    pub apple_pass_type: Option<String>,
}

/// Stores a new program.
pub fn create_program(tx: &mut Tx<'_>, deed: &Deed, new: NewProgram) -> Result<Program, ActionError> {
    if deed.caller.program.is_some() {
        return Err(ActionError::with(
            Code::WrongRole,
            "The key is for one program and cannot create another.",
        ));
    }
    check(&deed.house, &new)?;
    let slug = match &new.slug {
        Some(slug) => slug.clone(),
        None => free_slug(tx, new.name.fallback())?,
    };
    let program = Program {
        id: ProgramId::new(deed.now),
        external_id: new.external_id,
        slug,
        name: new.name,
        point_name: new.point_name,
        language: new.language,
        currency: new.currency,
        earn_points: new.earning.points,
        earn_per_minor: new.earning.per_minor,
        signup_bonus: new.signup_bonus,
        apple_pass_type: new.apple_pass_type,
        google_issuer: None,
        design_id: None,
        version: 1,
        created_at: deed.now,
        updated_at: deed.now,
        time_zone: new.time_zone,
        policy: serde_json::to_string(&new.policy).map_err(ActionError::internal)?,
        rulebook: String::new(),
    };
    refuse_taken(tx, &program)?;
    programs::insert(tx, &program).map_err(|error| match error {
        StoreError::Duplicate(_) => ActionError::new(Code::SlugTaken),
        other => other.into(),
    })?;
    deed.record(
        tx,
        Some(&program.id),
        "create_program",
        program.id.as_str(),
        &json!({ "slug": program.slug }),
    )?;
    Ok(publish_design(tx, deed, &program.id, None, &first_design()?)?.program)
}

fn refuse_taken(tx: &mut Tx<'_>, program: &Program) -> Result<(), ActionError> {
    if programs::find_by_slug(tx, &program.slug)?.is_some() {
        return Err(ActionError::with(
            Code::SlugTaken,
            format!("The slug `{}` is taken.", program.slug),
        ));
    }
    if let Some(external_id) = &program.external_id
        && programs::find_by_external_id(tx, external_id)?.is_some()
    {
        return Err(ActionError::new(Code::ExternalIdTaken));
    }
    Ok(())
}

fn check(house: &House, new: &NewProgram) -> Result<(), ActionError> {
    let mut faults = check_terms(new.earning, new.signup_bonus);
    faults.extend(check_policy(&new.policy));
    if let Some(slug) = &new.slug
        && !is_slug(slug)
    {
        faults.push(Fault::new(
            "/slug",
            "bad_slug",
            "A slug has 1 to 60 lower-case letters, digits and hyphens, and begins with a letter or digit.",
        ));
    }
    if let Some(pass_type) = &new.apple_pass_type
        && house.wallets.find_apple(pass_type).is_none()
    {
        let detail = "No certificate for that pass type is configured; see `billfold certs show`.";
        faults.push(Fault::new("/apple_pass_type", "unknown_pass_type", detail));
    }
    if new.name.fallback().trim().is_empty() {
        faults.push(Fault::new("/name", "empty", "A program needs a name."));
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(ActionError::invalid(faults))
    }
}

/// The faults of a program's terms.
pub(super) fn check_terms(earning: BaseRule, signup_bonus: i64) -> Vec<Fault> {
    let mut faults = Vec::new();
    if !(0..=BaseRule::MAX).contains(&earning.points) {
        faults.push(Fault::new(
            "/earning/points",
            "out_of_range",
            "An order earns 0 to 1,000,000 points a step.",
        ));
    }
    if !(1..=BaseRule::MAX).contains(&earning.per_minor) {
        faults.push(Fault::new(
            "/earning/per_minor",
            "out_of_range",
            "A step is 1 to 1,000,000 minor units.",
        ));
    }
    if !(0..=BaseRule::MAX).contains(&signup_bonus) || Points::new(signup_bonus).is_err() {
        faults.push(Fault::new(
            "/signup_bonus",
            "out_of_range",
            "The bonus is 0 to 1,000,000 points.",
        ));
    }
    faults
}

/// The faults of a program's policy.
pub(super) fn check_policy(policy: &Policy) -> Vec<Fault> {
    let mut faults = Vec::new();
    if !policy.expiry.is_sound() {
        let detail =
            "Points live 1 to 3660 days, 1 to 120 months, or to the end of the year 0 to 10 years later.";
        faults.push(Fault::new("/policy/expiry", "out_of_range", detail));
    }
    if !policy.is_notice_sound() {
        let detail = "Notice is given at most three times, each another 1 to 365 days ahead.";
        faults.push(Fault::new("/policy/expiry_notice_days", "out_of_range", detail));
    } else if policy.expiry == Expiry::Never && !policy.expiry_notice_days.is_empty() {
        let detail = "Points never expire, so no notice could be given; say in `expiry` how long they live.";
        faults.push(Fault::new("/policy/expiry_notice_days", "never_applies", detail));
    }
    if !policy.tiers.is_sound() {
        let detail = "Tiers count 1 to 1830 days and have at most 730 days of grace.";
        faults.push(Fault::new("/policy/tiers", "out_of_range", detail));
    }
    if !policy.is_value_sound() {
        let detail =
            "Members use 0 to 100 of a hundred points; a point is worth 0 to 1,000,000,000 thousandths.";
        faults.push(Fault::new("/policy", "out_of_range", detail));
    }
    if !(0..=Money::MAX_MINOR).contains(&policy.referral_minimum) {
        let detail = "The least order that pays a referral is 0 or more, within the range of money.";
        faults.push(Fault::new("/policy/referral_minimum", "out_of_range", detail));
    }
    if policy
        .transfer_max
        .is_some_and(|most| !(1..=Points::MAX).contains(&most))
    {
        let detail = "A member gives away 1 to 1,000,000,000,000 points a day; leave it out for any number.";
        faults.push(Fault::new("/policy/transfer_max", "out_of_range", detail));
    }
    if policy.undo_days() > DAYS_MAX {
        let detail = "Members can be parted again for 0 to 3660 days.";
        faults.push(Fault::new("/policy/merge_undo_days", "out_of_range", detail));
    }
    for place in policy.unsound_safeguards() {
        let detail = "A program has at most 8 safeguards of 1 to 200 orders within 1 to 44,640 minutes, each of another kind.";
        let pointer = format!("/policy/safeguards/{place}");
        faults.push(Fault::new(pointer, "out_of_range", detail));
    }
    if policy.freshness.as_ref().is_some_and(|one| !one.is_sound()) {
        let detail = "Freshness asks from some `points`, `minor` or `order_minor` of 0 or more on, accepts each proof once and at least one, and counts a fetch for 1 to 1440 minutes.";
        faults.push(Fault::new("/policy/freshness", "out_of_range", detail));
    }
    if policy
        .receipt_days
        .is_some_and(|days| !(1..=RECEIPT_DAYS_MAX).contains(&days))
    {
        let detail = "A receipt can be claimed for 1 to 365 days; leave it out for 14.";
        faults.push(Fault::new("/policy/receipt_days", "out_of_range", detail));
    }
    if !policy.messages.is_sound() {
        let detail = "A member hears at most as many messages in a day as in a week.";
        faults.push(Fault::new("/policy/messages/a_day", "contradiction", detail));
    }
    let is_word = |text: &String| !text.trim().is_empty() && text.chars().count() <= CATEGORY_MAX;
    let excluded = &policy.excluded_categories;
    if excluded.len() > EXCLUDED_MAX || !excluded.iter().all(is_word) {
        let detail = "Name at most 50 categories, of 1 to 200 characters each.";
        faults.push(Fault::new("/policy/excluded_categories", "bad_text", detail));
    }
    faults
}

/// Whether a text may be a program's name in addresses.
pub(super) fn is_slug(text: &str) -> bool {
    (1..=60).contains(&text.len())
        && !text.starts_with('-')
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// A slug from a name: its Latin letters and digits, and a number if that is taken.
fn free_slug(tx: &mut Tx<'_>, name: &str) -> Result<String, ActionError> {
    let words: Vec<String> = name
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    let base: String = words.join("-").chars().take(50).collect();
    let base = if base.is_empty() {
        "program".to_owned()
    } else {
        base
    };
    for number in 1..1_000 {
        let slug = if number == 1 {
            base.clone()
        } else {
            format!("{base}-{number}")
        };
        if programs::find_by_slug(tx, &slug)?.is_none() {
            return Ok(slug);
        }
    }
    Err(ActionError::with(
        Code::SlugTaken,
        "Name a slug: the program's name gives none that is free.",
    ))
}
