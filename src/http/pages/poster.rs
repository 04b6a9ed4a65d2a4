//! The poster for the counter: an SVG, and the page that prints it or saves it as a PDF.
//!
//! No PDF is written here. It would need shaping and fonts of megabytes for Arabic and Chinese; the
//! browser of whoever prints has both.

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, HeaderValue};
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::assets::poster_style_address;
use super::face::find_image;
use super::frame::{Frame, respond};
use super::join::{earning, find_program, headline};
use super::locale::Locale;
use super::look::read_look;
use super::paper::PosterSize;
use super::sheet::{Occasion, Poster, Sheet};
use crate::actions::{ActionError, Code, House};
use crate::http::{Problem, State};
use crate::loyalty::design::{Colors, Design};
use crate::store::designs;
use crate::store::programs::Program;

/// The same for everybody, and soon new when the program is edited.
const FOR_A_WHILE: HeaderValue = HeaderValue::from_static("public, max-age=300");

/// What an address asks for.
#[derive(Debug, Deserialize)]
struct Wish {
    #[serde(default)]
    size: PosterSize,
    /// `lang` is what the other pages call it.
    #[serde(alias = "lang")]
    language: Option<String>,
}

#[derive(Template)]
#[template(path = "pages/poster.html")]
struct PosterPage {
    frame: Frame,
    sheet: Sheet,
    /// The stylesheet that says how large the paper is.
    print_style: String,
    /// Where the drawing alone is, and its name as a file.
    drawing: String,
    file_name: String,
}

#[derive(Template)]
#[template(path = "pages/poster.svg", escape = "html")]
struct Drawing {
    sheet: Sheet,
}

/// A program as a poster shows it.
struct Subject {
    program: Program,
    size: PosterSize,
    locale: Locale,
    /// None is published before the first card is designed.
    design: Option<Design>,
    /// SHA-256 and pixels of the logo.
    logo: Option<(String, (u32, u32))>,
}

/// Shows the poster on a page that prints it.
pub(super) async fn show(
    state: Data<State>,
    request: HttpRequest,
    slug: Path<String>,
) -> Result<HttpResponse, Problem> {
    let subject = read_subject(&state.house, &request, &slug).await?;
    let Subject {
        program,
        size,
        locale,
        ..
    } = &subject;
    let logo = subject
        .logo
        .clone()
        .map(|(sha256, pixels)| (format!("/images/{sha256}.png"), pixels));
    let sheet = draw_sheet(&state.house, &subject, logo)?;
    let name = program.name.get(&locale.language());
    let title = locale.say("poster-title", &[("program", name.into())]);
    let frame = match &subject.design {
        Some(design) => Frame::of(*locale, title, program, design),
        None => Frame::plain(*locale, title),
    };
    let (slug, size_tag, tag) = (&program.slug, size.tag(), locale.tag());
    let page = PosterPage {
        frame: Frame {
            is_private: true,
            kept: format!("size={size_tag}&"),
            ..frame
        },
        sheet,
        print_style: poster_style_address(*size),
        drawing: format!("/join/{slug}/poster.svg?size={size_tag}&language={tag}"),
        file_name: format!("{slug}-{size_tag}-{tag}.svg"),
    };
    let mut response = respond(StatusCode::OK, &page)?;
    response.headers_mut().insert(CACHE_CONTROL, FOR_A_WHILE);
    Ok(response)
}

/// The drawing alone, whole in itself.
pub(super) async fn draw(
    state: Data<State>,
    request: HttpRequest,
    slug: Path<String>,
) -> Result<HttpResponse, Problem> {
    let house = &state.house;
    let subject = read_subject(house, &request, &slug).await?;
    let logo = match subject.logo.clone() {
        Some((sha256, pixels)) => house
            .store
            .read(move |db| Ok::<_, ActionError>(designs::find_image(db, &sha256)?))
            .await?
            .map(|bytes| {
                (
                    format!("data:image/png;base64,{}", STANDARD.encode(bytes)),
                    pixels,
                )
            }),
        None => None,
    };
    let drawing = Drawing {
        sheet: draw_sheet(house, &subject, logo)?,
    };
    let svg = drawing.render().map_err(ActionError::internal)?;
    Ok(HttpResponse::Ok()
        .content_type("image/svg+xml; charset=utf-8")
        .insert_header((CACHE_CONTROL, FOR_A_WHILE))
        .body(svg))
}

fn read_wish(request: &HttpRequest) -> Result<(PosterSize, Option<Locale>), ActionError> {
    let refuse = |detail: &str| ActionError::with(Code::BadParameter, detail);
    let wish = Query::<Wish>::from_query(request.query_string())
        .map_err(|_| refuse("A poster's size is a4, a5 or tent, said once."))?
        .into_inner();
    let locale = wish.language.map(|tag| {
        Locale::of_tag(&tag).ok_or_else(|| refuse("A poster's language is en, ar, fa, zh-Hans or zh-Hant."))
    });
    Ok((wish.size, locale.transpose()?))
}

async fn read_subject(house: &House, request: &HttpRequest, slug: &str) -> Result<Subject, ActionError> {
    let (size, asked) = read_wish(request)?;
    let program = find_program(house, slug).await?;
    // It hangs where the shop is: the language of whoever prints it does not count.
    let own = Locale::of_tag(program.language.as_str());
    let locale = asked.or(own).unwrap_or(Locale::En);
    let (design, logo) = match &program.design_id {
        Some(id) => {
            let look = read_look(house, id, locale).await?;
            let design = look.ready.design.clone();
            let logo = find_image(&design, "logo", locale).zip(look.logo_size);
            (Some(design), logo)
        }
        None => (None, None),
    };
    Ok(Subject {
        program,
        size,
        locale,
        design,
        logo,
    })
}

fn draw_sheet(
    house: &House,
    subject: &Subject,
    logo: Option<(String, (u32, u32))>,
) -> Result<Sheet, ActionError> {
    let Subject {
        program,
        size,
        locale,
        ..
    } = subject;
    let plain = Colors::default();
    let colors = subject.design.as_ref().map_or(&plain, |design| &design.colors);
    Poster {
        size: *size,
        locale: *locale,
        colors,
        logo,
        program: program.name.get(&locale.language()),
        headline: &headline(program, *locale),
        earning: earning(program, *locale).as_deref(),
        address: &format!("{}/join/{}", house.public_url, program.slug),
        occasion: Occasion::Join,
    }
    .draw()
    .ok_or_else(|| ActionError::internal("the address of the join page is too long for a code"))
}
