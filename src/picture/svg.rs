//! One vector image: refused for what is not drawn or leads elsewhere, else ready to be drawn.

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::roxmltree::{Document, Node, ParsingOptions};
use resvg::usvg::{Options, Tree};

/// Most bytes of one image.
pub const SVG_BYTES_MAX: usize = 32 * 1024;
/// Most elements and attributes of one image.
const NODES_MAX: u32 = 4_000;
/// How deep groups may stand in groups; each may need a canvas of its own.
const DEPTH_MAX: usize = 24;
/// The least and the largest width and height that an image may give itself.
const SIDE: (f32, f32) = (1.0, 10_000.0);

const SVG: &str = "http://www.w3.org/2000/svg";
/// What is drawn, and what is said of it.
const KNOWN: [&str; 18] = [
    "svg",
    "g",
    "defs",
    "title",
    "desc",
    "metadata",
    "style",
    "path",
    "rect",
    "circle",
    "ellipse",
    "line",
    "polyline",
    "polygon",
    "linearGradient",
    "radialGradient",
    "stop",
    "clipPath",
];
const SCRIPTED: [&str; 7] = [
    "script",
    "foreignObject",
    "animate",
    "animateMotion",
    "animateTransform",
    "set",
    "handler",
];
const WRITTEN: [&str; 5] = ["text", "tspan", "textPath", "tref", "font"];

/// What is wrong with an image.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct SvgFault {
    /// A word that never changes, for programs.
    pub code: &'static str,
    /// What is wrong, why it matters and what to do.
    pub detail: String,
}

impl SvgFault {
    fn new(code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
        }
    }
}

/// A vector image, ready to be drawn.
#[derive(Debug, Clone)]
pub(super) struct Drawing(Tree);

impl Drawing {
    /// Reads an image, or says why it cannot be one.
    pub(super) fn read(text: &str) -> Result<Self, SvgFault> {
        if text.len() > SVG_BYTES_MAX {
            let detail = format!(
                "The image has {} bytes, more than {SVG_BYTES_MAX}; simplify its paths.",
                text.len()
            );
            return Err(SvgFault::new("svg_too_large", detail));
        }
        // Looked at before it is read: readers of XML go down as deep as it goes.
        if depth(text) > DEPTH_MAX {
            let detail = format!("Elements stand more than {DEPTH_MAX} deep in one another; ungroup them.");
            return Err(SvgFault::new("svg_too_deep", detail));
        }
        let options = ParsingOptions {
            nodes_limit: NODES_MAX,
            ..ParsingOptions::default()
        };
        let document = Document::parse_with_options(text, options).map_err(|fault| unreadable(&fault))?;
        let root = document.root_element().tag_name();
        if (root.name(), root.namespace()) != ("svg", Some(SVG)) {
            return Err(unreadable(&format!("its root is not `svg` of {SVG}")));
        }
        for node in document.descendants() {
            check(&node)?;
        }
        let tree = Tree::from_xmltree(&document, &Options::default()).map_err(|fault| unreadable(&fault))?;
        let sides = [tree.size().width(), tree.size().height()];
        if sides.iter().any(|side| !(SIDE.0..=SIDE.1).contains(side)) {
            let detail = "The image's width and height lie between 1 and 10,000; mend its `viewBox`.";
            return Err(SvgFault::new("svg_unreadable", detail));
        }
        Ok(Self(tree))
    }

    /// Whether nothing of it would be seen.
    pub(super) fn is_blank(&self) -> bool {
        !self.0.root().has_children()
    }

    /// Draws it as large as it goes within so many pixels, in their middle.
    pub(super) fn fit_into(&self, canvas: &mut Pixmap) {
        self.draw(canvas, f32::min);
    }

    /// Draws it over so many pixels; what stands out is cut off.
    pub(super) fn cover(&self, canvas: &mut Pixmap) {
        self.draw(canvas, f32::max);
    }

    fn draw(&self, canvas: &mut Pixmap, choose: fn(f32, f32) -> f32) {
        let own = self.0.size();
        let (width, height) = (pixels(canvas.width()), pixels(canvas.height()));
        let scale = choose(width / own.width(), height / own.height());
        let left = (width - own.width() * scale) / 2.0;
        let top = (height - own.height() * scale) / 2.0;
        let place = Transform::from_row(scale, 0.0, 0.0, scale, left, top);
        resvg::render(&self.0, place, &mut canvas.as_mut());
    }
}

fn pixels(count: u32) -> f32 {
    f32::from(u16::try_from(count).unwrap_or(u16::MAX))
}

fn unreadable(fault: &impl std::fmt::Display) -> SvgFault {
    let detail = format!(
        "It cannot be read as SVG: {fault}. Save it as plain SVG, with `xmlns` and `viewBox` and without a DOCTYPE."
    );
    SvgFault::new("svg_unreadable", detail)
}

/// How deep elements stand in one another, comments and character data left out.
fn depth(text: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0_usize);
    let mut rest = text;
    while let Some((_, tag)) = rest.split_once('<') {
        rest = tag;
        let aside = [("!--", "-->"), ("![CDATA[", "]]>"), ("?", "?>"), ("!", ">")];
        if let Some((_, end)) = aside.iter().find(|(start, _)| tag.starts_with(start)) {
            rest = tag.split_once(end).map_or("", |(_, after)| after);
        } else if tag.starts_with('/') {
            depth = depth.saturating_sub(1);
        } else {
            // A `>` within an attribute only makes it look deeper than it is.
            let is_closed = tag
                .split_once('>')
                .is_some_and(|(inside, _)| inside.ends_with('/'));
            deepest = deepest.max(depth + 1);
            depth += usize::from(!is_closed);
        }
    }
    deepest
}

fn check(node: &Node<'_, '_>) -> Result<(), SvgFault> {
    if node.is_pi() {
        return Err(leads_outside("a processing instruction"));
    }
    // What drawing programs keep for themselves stands in namespaces of their own and is not drawn.
    if !node.is_element() || node.tag_name().namespace() != Some(SVG) {
        return Ok(());
    }
    let name = node.tag_name().name();
    check_name(name)?;
    for attribute in node.attributes() {
        let (key, value) = (attribute.name(), attribute.value());
        if key.len() > 2 && key.starts_with("on") && attribute.namespace().is_none() {
            return Err(scripted(&format!("the attribute `{key}`")));
        }
        if key == "href" && !value.trim_start().starts_with('#') {
            return Err(leads_outside(&format!("the `href` of `{name}`")));
        }
        check_urls(value, name)?;
    }
    if name == "style" {
        let sheet: String = node.children().filter_map(|child| child.text()).collect();
        if sheet.to_ascii_lowercase().contains("@import") {
            return Err(leads_outside("`@import`"));
        }
        check_urls(&sheet, name)?;
    }
    Ok(())
}

fn check_name(name: &str) -> Result<(), SvgFault> {
    if KNOWN.contains(&name) {
        return Ok(());
    }
    if SCRIPTED.contains(&name) {
        return Err(scripted(&format!("the element `{name}`")));
    }
    if WRITTEN.contains(&name) {
        let detail =
            format!("Text (`{name}`) is not drawn, because no fonts are kept here; turn it into paths.");
        return Err(SvgFault::new("svg_text", detail));
    }
    if name == "image" {
        let detail = "An embedded image (`image`) would be blurred on sharp screens and is not drawn; draw it as paths.";
        return Err(SvgFault::new("svg_raster", detail));
    }
    let detail = format!(
        "The element `{name}` is not drawn; use shapes, paths, gradients and clip paths (in place of `use`, a copy)."
    );
    Err(SvgFault::new("svg_unsupported", detail))
}

/// Every `url(…)` must name something in the image itself.
fn check_urls(text: &str, name: &str) -> Result<(), SvgFault> {
    let lower = text.to_ascii_lowercase();
    for rest in lower.split("url(").skip(1) {
        let target =
            rest.trim_start_matches(|letter: char| letter.is_whitespace() || matches!(letter, '"' | '\''));
        if !target.starts_with('#') {
            return Err(leads_outside(&format!("a `url()` of `{name}`")));
        }
    }
    Ok(())
}

fn leads_outside(what: &str) -> SvgFault {
    let detail = format!(
        "It leads elsewhere by {what}, and nothing is fetched for a picture; put everything into it."
    );
    SvgFault::new("svg_outside_reference", detail)
}

fn scripted(what: &str) -> SvgFault {
    let detail = format!("It acts by itself by {what}, and a picture is only drawn; take that out.");
    SvgFault::new("svg_script", detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn svg(inside: &str) -> String {
        format!(
            "<svg xmlns=\"{SVG}\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" viewBox=\"0 0 10 10\">{inside}</svg>"
        )
    }

    fn code(text: &str) -> &'static str {
        Drawing::read(text).map_or_else(|fault| fault.code, |_| "fine")
    }

    #[test]
    fn shapes_gradients_styles_and_clips_are_taken() {
        let inside = "<style>.a{fill:url(#g)}</style><defs><linearGradient id=\"g\"><stop stop-color=\"#fff\"/>\
            </linearGradient><radialGradient id=\"h\" xlink:href=\"#g\"/><clipPath id=\"c\"><circle r=\"5\"/></clipPath></defs>\
            <g clip-path=\"url( '#c' )\"><rect class=\"a\" width=\"5\" height=\"5\"/><path d=\"M0 0h5v5z\"/></g>";
        assert_eq!(code(&svg(inside)), "fine");
        let foreign = "<x:view xmlns:x=\"urn:x\" onclick=\"y\"><x:script/></x:view><!-- <g><g> --><path d=\"M0 0h5v5z\"/>";
        assert_eq!(code(&svg(foreign)), "fine");
    }

    #[test]
    fn what_cannot_be_drawn_or_leads_elsewhere_is_refused() {
        let deep = "<g>".repeat(30) + &"</g>".repeat(30);
        let entities = "<!DOCTYPE svg [<!ENTITY a \"aaaa\">]><svg xmlns=\"http://www.w3.org/2000/svg\"/>";
        for (text, wanted) in [
            (
                svg(&format!("<path d=\"{}\"/>", "M0 0".repeat(9_000))),
                "svg_too_large",
            ),
            (svg(&deep), "svg_too_deep"),
            (String::new(), "svg_unreadable"),
            ("<svg>".to_owned(), "svg_unreadable"),
            ("no picture".to_owned(), "svg_unreadable"),
            ("<svg viewBox=\"0 0 1 1\"/>".to_owned(), "svg_unreadable"),
            (
                "<html xmlns=\"http://www.w3.org/1999/xhtml\"/>".to_owned(),
                "svg_unreadable",
            ),
            (
                format!("<svg xmlns=\"{SVG}\" width=\"0\" height=\"0\"/>"),
                "svg_unreadable",
            ),
            (
                format!("<svg xmlns=\"{SVG}\" viewBox=\"0 0 99999 1\"/>"),
                "svg_unreadable",
            ),
            (entities.to_owned(), "svg_unreadable"),
            (svg(&"<g/>".repeat(5_000)), "svg_unreadable"),
            (svg("<script>alert(1)</script>"), "svg_script"),
            (svg("<rect onclick=\"alert(1)\"/>"), "svg_script"),
            (svg("<foreignObject/>"), "svg_script"),
            (svg("<rect><animate/></rect>"), "svg_script"),
            (svg("<text>5</text>"), "svg_text"),
            (svg("<image href=\"data:image/png;base64,AA==\"/>"), "svg_raster"),
            (svg("<use href=\"#a\"/>"), "svg_unsupported"),
            (svg("<filter id=\"f\"/>"), "svg_unsupported"),
            (svg("<pattern id=\"p\"/>"), "svg_unsupported"),
            (
                svg("<rect fill=\"url(https://example.com/a#b)\"/>"),
                "svg_outside_reference",
            ),
            (
                svg("<rect style=\"fill:URL('file:///a')\"/>"),
                "svg_outside_reference",
            ),
            (svg("<style>@import 'a.css'</style>"), "svg_outside_reference"),
            (
                svg("<style><![CDATA[.a{fill:url(a.svg#b)}]]></style>"),
                "svg_outside_reference",
            ),
            (
                svg("<linearGradient xlink:href=\"other.svg#a\"/>"),
                "svg_outside_reference",
            ),
            (
                format!("<?xml-stylesheet href=\"a.css\"?>{}", svg("")),
                "svg_outside_reference",
            ),
        ] {
            let start: String = text.chars().take(200).collect();
            assert_eq!(code(&text), wanted, "{start}");
        }
    }

    #[test]
    fn whether_anything_is_seen_is_known() {
        let is_blank = |inside: &str| Drawing::read(&svg(inside)).expect("an image").is_blank();
        assert!(is_blank("") && is_blank("<defs><path d=\"M0 0h5v5z\"/></defs>"));
        assert!(!is_blank("<path d=\"M0 0h5v5z\"/>"));
    }
}
