//! What pages load: one stylesheet, and the colours of each program. Nothing comes from another host.

use std::sync::LazyLock;

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, HeaderValue};
use actix_web::web::{Data, Path};

use super::paper::PosterSize;
use super::theme::Theme;
use crate::actions::draw_card::ready_design;
use crate::actions::{ActionError, Code};
use crate::http::{Problem, State};
use crate::store::programs::{self, Program};
use crate::types::{ProgramId, sha256_hex};

const STYLE: &str = include_str!("../../../templates/assets/pages.css");
/// What the pages of the till have beside it.
const TILL_STYLE: &str = include_str!("../../../templates/assets/till.css");
/// What the pages of the console have beside it.
const CONSOLE_STYLE: &str = include_str!("../../../templates/assets/console.css");
/// The stylesheet of posters, after the line that says how large their paper is.
const POSTER_STYLE: &str = include_str!("../../../templates/assets/poster.css");
/// What is named by its content, or by its version, never changes.
const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// The stylesheet's file name, with a hash of what is in it.
static STYLE_NAME: LazyLock<String> = LazyLock::new(|| format!("pages-{}.css", mark_of(STYLE)));

static TILL_STYLE_NAME: LazyLock<String> = LazyLock::new(|| format!("till-{}.css", mark_of(TILL_STYLE)));

static CONSOLE_STYLE_NAME: LazyLock<String> =
    LazyLock::new(|| format!("console-{}.css", mark_of(CONSOLE_STYLE)));

static POSTER_HASH: LazyLock<String> = LazyLock::new(|| mark_of(POSTER_STYLE));

/// What tells one version of a file from the others: the first twelve digits of its SHA-256.
fn mark_of(text: &str) -> String {
    sha256_hex(text.as_bytes()).chars().take(12).collect()
}

/// The address of the stylesheet of a poster.
pub(super) fn poster_style_address(size: PosterSize) -> String {
    format!("/assets/poster-{}-{}.css", size.tag(), *POSTER_HASH)
}

/// The stylesheet of a file's name. Its own one for each size, since not every browser knows named pages.
fn poster_style(file: &str) -> Option<String> {
    let (size, hash) = file
        .strip_prefix("poster-")
        .and_then(|rest| rest.strip_suffix(".css")?.split_once('-'))?;
    let size = PosterSize::of_tag(size).filter(|_| hash == *POSTER_HASH)?;
    let (width, height) = size.millimetres();
    // A hair less than the paper: whatever is rounded up makes a second page.
    Some(format!(
        "@page{{size:{};margin:0}}\n:root{{--sheet-width:{width}mm;--sheet-height:{}.8mm}}\n{POSTER_STYLE}",
        size.paper(),
        height - 1
    ))
}

/// The address of the stylesheet.
pub(super) fn style_address() -> String {
    format!("/assets/{}", *STYLE_NAME)
}

/// The address of the stylesheet of the till.
pub(super) fn till_style_address() -> String {
    format!("/assets/{}", *TILL_STYLE_NAME)
}

/// The address of the stylesheet of the console.
pub(super) fn console_style_address() -> String {
    format!("/assets/{}", *CONSOLE_STYLE_NAME)
}

/// The scripts, which name one another by their place: one version stands for all of them.
const SCRIPTS: [(&str, &str); 8] = [
    ("till.js", include_str!("../../../templates/assets/till.js")),
    ("queue.js", include_str!("../../../templates/assets/queue.js")),
    ("scanner.js", include_str!("../../../templates/assets/scanner.js")),
    ("wedge.js", include_str!("../../../templates/assets/wedge.js")),
    ("waiting.js", include_str!("../../../templates/assets/waiting.js")),
    ("recover.js", include_str!("../../../templates/assets/recover.js")),
    (
        "designer.js",
        include_str!("../../../templates/assets/designer.js"),
    ),
    ("passkey.js", include_str!("../../../templates/assets/passkey.js")),
];
/// What the till is installed with.
const ICON: &str = include_str!("../../../templates/assets/till-icon.svg");

static SCRIPTS_VERSION: LazyLock<String> = LazyLock::new(|| {
    let all: String = SCRIPTS.iter().map(|(_, text)| *text).collect();
    mark_of(&all)
});

static ICON_NAME: LazyLock<String> = LazyLock::new(|| format!("till-{}.svg", mark_of(ICON)));

/// The names of the scripts that the till needs without a network.
pub(super) fn scripts() -> impl Iterator<Item = &'static str> {
    let names = SCRIPTS.iter().map(|(name, _)| *name);
    names.filter(|name| !matches!(*name, "designer.js" | "passkey.js" | "recover.js"))
}

/// The address of a script.
pub(super) fn script_address(name: &str) -> String {
    format!("/assets/{}/{name}", *SCRIPTS_VERSION)
}

/// The address of the till's icon.
pub(super) fn icon_address() -> String {
    format!("/assets/{}", *ICON_NAME)
}

/// A script of the present version.
pub(super) async fn script(named: Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let (version, file) = named.into_inner();
    let found = SCRIPTS.iter().find(|(name, _)| *name == file);
    let (_, text) = found
        .filter(|_| version == *SCRIPTS_VERSION)
        .ok_or_else(|| ActionError::new(Code::NotFound))?;
    Ok(HttpResponse::Ok()
        .content_type("text/javascript; charset=utf-8")
        .insert_header((CACHE_CONTROL, FOREVER))
        .body(*text))
}

/// The address of a program's colours.
pub(super) fn colors_address(program: &Program) -> String {
    format!("/assets/program-{}-{}.css", program.id, program.version)
}

pub(super) async fn asset(state: Data<State>, file: Path<String>) -> Result<HttpResponse, Problem> {
    if *file == *STYLE_NAME {
        return Ok(style(STYLE.to_owned(), true));
    }
    if *file == *ICON_NAME {
        return Ok(HttpResponse::Ok()
            .content_type("image/svg+xml")
            .insert_header((CACHE_CONTROL, FOREVER))
            .body(ICON));
    }
    if *file == *TILL_STYLE_NAME {
        return Ok(style(TILL_STYLE.to_owned(), true));
    }
    if *file == *CONSOLE_STYLE_NAME {
        return Ok(style(CONSOLE_STYLE.to_owned(), true));
    }
    if let Some(text) = poster_style(&file) {
        return Ok(style(text, true));
    }
    let missing = || ActionError::new(Code::NotFound);
    let (id, version) = file
        .strip_prefix("program-")
        .and_then(|rest| rest.strip_suffix(".css")?.rsplit_once('-'))
        .ok_or_else(missing)?;
    let id: ProgramId = id.parse().map_err(|_| missing())?;
    let program = state
        .house
        .store
        .read(move |db| Ok::<_, ActionError>(programs::get(db, &id)?))
        .await?;
    let design = program.design_id.clone().ok_or_else(missing)?;
    let ready = ready_design(&state.house, &design).await?;
    let colors = Theme::of(&ready.design.colors).ok_or_else(missing)?;
    // A page that was loaded before the last edit gets the present colours, but may not keep them.
    let is_present = version.parse() == Ok(program.version);
    Ok(style(colors.to_string(), is_present))
}

fn style(text: String, may_be_kept: bool) -> HttpResponse {
    let mut response = HttpResponse::Ok()
        .content_type("text/css; charset=utf-8")
        .body(text);
    if may_be_kept {
        response.headers_mut().insert(CACHE_CONTROL, FOREVER);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stylesheet_is_small_and_names_no_foreign_host() {
        assert!(STYLE.len() < 12 * 1024, "{} bytes", STYLE.len());
        for style in [STYLE, TILL_STYLE, CONSOLE_STYLE, POSTER_STYLE] {
            assert!(!style.contains("//") && !style.contains("@import"));
        }
    }

    #[test]
    fn the_stylesheet_knows_no_left_and_no_right() {
        for line in [STYLE, TILL_STYLE, CONSOLE_STYLE, POSTER_STYLE]
            .into_iter()
            .flat_map(str::lines)
        {
            let is_sided = ["left", "-right", "right:", ":right", "-top", "-bottom"]
                .iter()
                .any(|word| line.contains(word));
            assert!(!is_sided, "{line}");
        }
    }
}
