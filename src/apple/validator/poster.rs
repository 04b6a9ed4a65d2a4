//! The poster look of iOS 27.

use std::collections::BTreeSet;

use crate::apple::finding::{Code, Finding};
use crate::apple::image::ImageName;
use crate::apple::limits::{
    FEATURED_ACTIONS_MAX, FOOTER_FIELDS_MAX, POSTER_HEADER_FIELDS_MAX, POSTER_PRIMARY_FIELDS_MAX,
};
use crate::loyalty::design::{Design, FeaturedAction, Poster};

use super::codes;
use super::wordings::closest;

/// Apple's words for what a button does ("Creating a poster generic pass").
pub(in crate::apple) const ACTION_KINDS: [&str; 14] = [
    "viewSchedule",
    "watchTrailer",
    "listenToMusic",
    "call",
    "place",
    "addToBalance",
    "order",
    "shop",
    "membershipBenefits",
    "bookAppointment",
    "bookCar",
    "bookFlight",
    "bookStay",
    "viewOffersRewards",
];

pub(super) fn check(design: &Design, findings: &mut Vec<Finding>) {
    let Some(poster) = &design.poster else {
        return;
    };
    let has_artwork = design
        .images
        .keys()
        .any(|file| ImageName::parse(file).is_some_and(|name| name.role == "artwork"));
    if !has_artwork {
        let message = "a poster without artwork is a plain ground; add artwork@2x.png of 716x896 and \
                       artwork@3x.png of 1074x1344";
        findings.push(Finding::new(codes::POSTER_WITHOUT_ARTWORK, "/images", message));
    }
    check_crowds(design, poster, findings);
    check_actions(&poster.featured_actions, findings);
}

fn check_crowds(design: &Design, poster: &Poster, findings: &mut Vec<Finding>) {
    let fields = &design.fields;
    let primary = fields.primary.len() + fields.secondary.len() + fields.auxiliary.len();
    let mut crowd = |code: Code, pointer: &str, what: &str, count: usize, most: usize| {
        if count > most {
            let message = format!(
                "there are {count} {what}, but a poster draws the first {most}; put what matters most first"
            );
            findings.push(Finding::new(code, pointer, message));
        }
    };
    let header = fields.header.len();
    crowd(
        codes::POSTER_HEADER_CROWDED,
        "/fields/header",
        "header fields",
        header,
        POSTER_HEADER_FIELDS_MAX,
    );
    let what = "primary, secondary and auxiliary fields";
    crowd(
        codes::POSTER_PRIMARY_CROWDED,
        "/fields/primary",
        what,
        primary,
        POSTER_PRIMARY_FIELDS_MAX,
    );
    let footer = poster.footer.len();
    crowd(
        codes::POSTER_FOOTER_CROWDED,
        "/poster/footer",
        "footer fields",
        footer,
        FOOTER_FIELDS_MAX,
    );
}

fn check_actions(actions: &[FeaturedAction], findings: &mut Vec<Finding>) {
    if actions.len() > FEATURED_ACTIONS_MAX {
        let message = format!(
            "there are {} buttons, but a pass has {FEATURED_ACTIONS_MAX} at most; take some out",
            actions.len()
        );
        findings.push(Finding::new(
            codes::ACTIONS_MANY,
            "/poster/featured_actions",
            message,
        ));
    }
    let mut seen = BTreeSet::new();
    for (at, action) in actions.iter().enumerate() {
        let pointer = format!("/poster/featured_actions/{at}");
        if action.identifier.trim().is_empty() || !seen.insert(action.identifier.as_str()) {
            let message = "each button needs an identifier of its own; give it a short name";
            findings.push(Finding::new(
                codes::ACTION_IDENTIFIER,
                format!("{pointer}/identifier"),
                message,
            ));
        }
        check_action(&pointer, action, findings);
    }
}

fn check_action(pointer: &str, action: &FeaturedAction, findings: &mut Vec<Finding>) {
    let kind = action.kind.as_str();
    if !ACTION_KINDS.contains(&kind) {
        let hint = closest(kind, &ACTION_KINDS).map_or_else(
            || "membershipBenefits, viewOffersRewards, shop and order suit a loyalty card".to_owned(),
            |near| format!("did you mean {near}?"),
        );
        let message = format!("`{kind}` is not a button that Apple knows; {hint}");
        findings.push(Finding::new(
            codes::ACTION_KIND_UNKNOWN,
            format!("{pointer}/type"),
            message,
        ));
    }
    let (target, key) = if kind == "place" {
        (&action.place_identifier, "place_identifier")
    } else {
        (&action.url, "url")
    };
    if target.as_deref().is_none_or(|target| target.trim().is_empty()) {
        let message = format!("the button leads nowhere; give its {key}");
        findings.push(Finding::new(
            codes::ACTION_TARGET_MISSING,
            format!("{pointer}/{key}"),
            message,
        ));
    }
}
