//! Colours, and the shop's own app.

use crate::apple::color::Rgb;
use crate::apple::finding::Finding;
use crate::apple::limits::CONTRAST_MIN;
use crate::loyalty::design::Design;

use super::codes;

pub(super) fn check(design: &Design, findings: &mut Vec<Finding>) {
    let colors = &design.colors;
    let mut read = |pointer: &str, text: &str| {
        let color = Rgb::parse(text);
        if color.is_none() {
            let shown: String = text.chars().take(40).collect();
            let message = format!("`{shown}` is not a colour; write it as #1f3a34");
            findings.push(Finding::new(codes::COLOR_UNREADABLE, pointer, message));
        }
        color
    };
    let background = read("/colors/background", &colors.background);
    let foreground = read("/colors/foreground", &colors.foreground);
    let label = read("/colors/label", &colors.label);
    if let Some(footer) = &colors.footer_background {
        read("/colors/footer_background", footer);
    }
    for (pointer, color) in [("/colors/foreground", foreground), ("/colors/label", label)] {
        if let (Some(color), Some(background)) = (color, background) {
            check_contrast(pointer, color.contrast(background), findings);
        }
    }
    if design.app_launch_url.is_some() && design.associated_store_identifiers.is_empty() {
        let message = "phones refuse an address to open without the app that opens it; \
                       add the app's number to associated_store_identifiers";
        findings.push(Finding::new(
            codes::APP_LAUNCH_WITHOUT_STORE,
            "/app_launch_url",
            message,
        ));
    }
}

fn check_contrast(pointer: &str, contrast: f64, findings: &mut Vec<Finding>) {
    if contrast < CONTRAST_MIN {
        let message = format!(
            "the text stands {contrast:.1} to 1 against the background, hard to read below \
             {CONTRAST_MIN:.0} to 1; take a lighter or darker colour"
        );
        findings.push(Finding::new(codes::CONTRAST_LOW, pointer, message));
    }
}
