//! What every page has around it: its language, its colours, the switch to other languages.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::assets::{colors_address, style_address, till_style_address};
use super::face::find_image;
use super::locale::Locale;
use crate::actions::ActionError;
use crate::loyalty::design::Design;
use crate::store::programs::Program;

/// What every page has around it.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    pub(super) locale: Locale,
    pub(super) title: String,
    /// The address of the stylesheet.
    pub(super) style: String,
    /// The address of the program's colours.
    pub(super) colors: Option<String>,
    /// The SHA-256 of the program's icon.
    pub(super) icon: Option<String>,
    /// Whether search engines are to leave it alone.
    pub(super) is_private: bool,
    /// The address of a second stylesheet.
    pub(super) more_style: Option<String>,
    /// What the links to other languages keep of the address.
    pub(super) kept: String,
}

/// A link of the language switch.
pub(super) struct LanguageLink {
    pub(super) locale: Locale,
    pub(super) address: String,
    pub(super) is_current: bool,
}

impl Frame {
    /// A page that is of no program.
    pub(super) fn plain(locale: Locale, title: String) -> Self {
        Self {
            locale,
            title,
            style: style_address(),
            colors: None,
            icon: None,
            is_private: true,
            more_style: None,
            kept: String::new(),
        }
    }

    /// A page for staff that is of no program.
    pub(super) fn of_staff(locale: Locale, title: String) -> Self {
        Self {
            more_style: Some(till_style_address()),
            ..Self::plain(locale, title)
        }
    }

    /// A page of the till in the colours of a program.
    pub(super) fn of_till(locale: Locale, title: String, program: &Program) -> Self {
        Self {
            colors: program.design_id.is_some().then(|| colors_address(program)),
            ..Self::of_staff(locale, title)
        }
    }

    /// A page in the colours of a program.
    pub(super) fn of(locale: Locale, title: String, program: &Program, design: &Design) -> Self {
        Self {
            colors: Some(colors_address(program)),
            icon: find_image(design, "icon", locale),
            is_private: false,
            ..Self::plain(locale, title)
        }
    }

    /// A text of the page that takes nothing in.
    pub(super) fn word(&self, id: &str) -> String {
        self.locale.word(id)
    }

    /// The language switch.
    pub(super) fn languages(&self) -> Vec<LanguageLink> {
        Locale::ALL
            .into_iter()
            .map(|locale| LanguageLink {
                locale,
                address: format!("?{}lang={}", self.kept, locale.tag()),
                is_current: locale == self.locale,
            })
            .collect()
    }
}

/// A page on its way out.
pub(super) fn respond(status: StatusCode, page: &impl Template) -> Result<HttpResponse, ActionError> {
    let html = page.render().map_err(ActionError::internal)?;
    Ok(HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .body(html))
}
