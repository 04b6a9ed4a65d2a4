//! The images of a design: there, sound, named and sized as Apple draws them.

use std::collections::{BTreeMap, BTreeSet};

use crate::apple::finding::{Finding, pointer_step};
use crate::apple::image::{ImageFacts, ImageName, point_box};
use crate::apple::limits::{IMAGE_BYTES_MAX, IMAGE_SIDE_MAX};
use crate::loyalty::design::Design;

use super::codes;

/// Images that other styles draw and a store card does not.
const NOT_ON_STORE_CARDS: [&str; 3] = ["thumbnail", "footer", "background"];

pub(super) fn check(design: &Design, images: &BTreeMap<String, ImageFacts>, findings: &mut Vec<Finding>) {
    check_icon(design, findings);
    check_scales(design, findings);
    for file in design.images.keys() {
        let pointer = format!("/images/{}", pointer_step(file));
        if let Some(facts) = images.get(file) {
            check_file(&pointer, file, facts, findings);
        } else {
            let message = format!("the file `{file}` is not stored; upload it, or take it out of the design");
            findings.push(Finding::new(codes::IMAGE_MISSING, pointer.as_str(), message));
        }
        if !file.starts_with("google/") {
            check_name(&pointer, file, images.get(file), findings);
        }
    }
}

fn check_icon(design: &Design, findings: &mut Vec<Finding>) {
    let is_icon = |file: &String| {
        ImageName::parse(file).is_some_and(|name| name.language.is_none() && name.role == "icon")
    };
    if !design.images.keys().any(is_icon) {
        let message = "there is no icon.png, and phones refuse a pass without one; add one of 38x38, \
                       icon@2x.png of 76x76 and icon@3x.png of 114x114";
        findings.push(Finding::new(codes::IMAGE_ICON_MISSING, "/images", message));
    }
}

/// Phones have two or three pixels a point; without such files they stretch a coarse one.
fn check_scales(design: &Design, findings: &mut Vec<Finding>) {
    let names: BTreeSet<ImageName<'_>> = design
        .images
        .keys()
        .filter_map(|file| ImageName::parse(file))
        .collect();
    let kinds: BTreeSet<_> = names
        .iter()
        .filter(|name| !NOT_ON_STORE_CARDS.contains(&name.role))
        .map(|name| (name.language, name.role))
        .collect();
    for (language, role) in kinds {
        let folder = language.map(|tag| format!("{tag}.lproj/")).unwrap_or_default();
        let missing: Vec<String> = [2, 3]
            .into_iter()
            .filter(|scale| {
                !names.contains(&ImageName {
                    language,
                    role,
                    scale: *scale,
                })
            })
            .map(|scale| format!("{folder}{role}@{scale}x.png"))
            .collect();
        if !missing.is_empty() {
            let message = format!(
                "{} missing, so the image looks coarse on most phones; add it",
                missing.join(" and ")
            );
            findings.push(Finding::new(codes::IMAGE_SCALE_MISSING, "/images", message));
        }
    }
}

fn check_file(pointer: &str, file: &str, facts: &ImageFacts, findings: &mut Vec<Finding>) {
    if facts.bytes_len > IMAGE_BYTES_MAX {
        let message = format!(
            "`{file}` has {} bytes, over the limit of {IMAGE_BYTES_MAX}; every phone fetches it again with \
             each pass, so save it smaller",
            facts.bytes_len
        );
        findings.push(Finding::new(codes::IMAGE_TOO_HEAVY, pointer, message));
    }
    if facts.width.max(facts.height) > IMAGE_SIDE_MAX {
        let message = format!(
            "`{file}` is {}x{} pixels, over the limit of {IMAGE_SIDE_MAX} a side; scale it down",
            facts.width, facts.height
        );
        findings.push(Finding::new(codes::IMAGE_TOO_LARGE, pointer, message));
    }
    if let Some(problem) = &facts.problem {
        let message = format!("`{file}` cannot be drawn ({problem}); save it as PNG again and upload it");
        findings.push(Finding::new(codes::IMAGE_BROKEN, pointer, message));
    }
}

fn check_name(pointer: &str, file: &str, facts: Option<&ImageFacts>, findings: &mut Vec<Finding>) {
    let Some(name) = ImageName::parse(file) else {
        let message = format!(
            "Apple draws no image of the name `{file}`; the names are icon, logo, strip, artwork, primaryLogo \
             and secondaryLogo, with @2x or @3x, as .png, in a folder such as ar.lproj for one language"
        );
        findings.push(Finding::new(codes::IMAGE_NAME_UNKNOWN, pointer, message));
        return;
    };
    if NOT_ON_STORE_CARDS.contains(&name.role) {
        let message = format!("a store card does not draw `{file}`; take it out, or use strip or artwork");
        findings.push(Finding::new(codes::IMAGE_NOT_DRAWN, pointer, message));
    }
    let (Some(facts), Some((wide, high))) = (facts, point_box(name.role)) else {
        return;
    };
    let (wide, high) = (wide * name.scale, high * name.scale);
    if !facts.is_too_large() && (facts.width > wide || facts.height > high) {
        let message = format!(
            "`{file}` is {}x{} pixels, but Apple draws it in a box of {wide}x{high}; it is shrunk or cut, so \
             scale it to fit",
            facts.width, facts.height
        );
        findings.push(Finding::new(codes::IMAGE_BOX_EXCEEDED, pointer, message));
    }
}
