//! The poster for a counter: where each panel, text and code stands on its paper, for an SVG.
//!
//! Lengths are tenths of a millimetre. A5 is A4's drawing, printed smaller. What is drawn at a distance from the
//! side where lines begin is mirrored from right to left; the code never is.

use super::face::{Line, line, scale_into};
use super::locale::Locale;
use super::measure::{fit, width, wrap};
use super::paper::PosterSize;
use super::qr::QrCode;
use super::theme::{CONTRAST_MIN, Theme};
use crate::apple::color::Rgb;
use crate::loyalty::design::Colors;

/// Paper that no text and no code stands on, since printers do not reach it.
const MARGIN: i32 = 100;
/// Hundredths of its room that a text may take, since every system has other fonts.
const CAUTION: i32 = 88;
/// Contrast below which a panel is not told from paper and has an edge.
const PANEL_CONTRAST_MIN: f64 = 1.3;
const FONTS: &str = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Noto Sans Arabic', 'Geeza Pro', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif";
const TRADITIONAL_FONTS: &str =
    "system-ui, -apple-system, 'PingFang TC', 'Microsoft JhengHei', 'Noto Sans CJK TC', sans-serif";

/// A poster, ready to be drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sheet {
    pub(super) size: PosterSize,
    pub(super) locale: Locale,
    pub(super) width: i32,
    pub(super) height: i32,
    /// What the picture is, for those who do not see it.
    pub(super) name: String,
    pub(super) fonts: &'static str,
    pub(super) places: &'static [&'static str],
    /// Where the paper is folded.
    pub(super) fold: Option<i32>,
    pub(super) panels: Vec<Panel>,
    pub(super) logo: Option<Logo>,
    pub(super) lines: Vec<Line>,
    pub(super) code: CodeBox,
}

/// A filled box with round corners.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Panel {
    pub(super) x: i32,
    pub(super) y: i32,
    pub(super) width: i32,
    pub(super) height: i32,
    pub(super) radius: i32,
    pub(super) fill: Rgb,
    pub(super) edge: Option<Rgb>,
}

/// The program's logo in its box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Logo {
    /// Where it is: on this host, or its bytes.
    pub(super) address: String,
    pub(super) x: i32,
    pub(super) y: i32,
    pub(super) width: i32,
    pub(super) height: i32,
}

/// The code with its quiet zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CodeBox {
    pub(super) x: i32,
    pub(super) y: i32,
    pub(super) side: i32,
    pub(super) qr: QrCode,
}

/// What a poster says.
pub(super) struct Poster<'a> {
    pub(super) size: PosterSize,
    pub(super) locale: Locale,
    pub(super) colors: &'a Colors,
    /// Where the logo is, and its pixels.
    pub(super) logo: Option<(String, (u32, u32))>,
    pub(super) program: &'a str,
    pub(super) headline: &'a str,
    pub(super) earning: Option<&'a str>,
    /// Where the code leads.
    pub(super) address: &'a str,
    pub(super) occasion: Occasion<'a>,
}

/// What a poster is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Occasion<'a> {
    /// Whoever scans it joins; its address can be typed.
    Join,
    /// Whoever has a card checks in, on the one day that is named.
    CheckIn(&'a str),
}

struct Inks {
    panel: Rgb,
    edge: Option<Rgb>,
    on_panel: Rgb,
    accent: Rgb,
    on_accent: Rgb,
    text: Rgb,
    quiet: Rgb,
}

/// A text in its lines, at the largest size that has room.
struct Block {
    size: i32,
    leading: i32,
    lines: Vec<String>,
}

impl Block {
    fn height(&self) -> i32 {
        i32::try_from(self.lines.len())
            .unwrap_or(i32::MAX)
            .saturating_mul(self.leading)
    }
}

/// How a text stands.
struct Setting {
    weight: i32,
    color: Rgb,
    anchor: &'static str,
}

/// One face while it is drawn.
struct Board<'a> {
    poster: &'a Poster<'a>,
    inks: Inks,
    panels: Vec<Panel>,
    logo: Option<Logo>,
    lines: Vec<Line>,
}

/// Width of every board.
const WIDTH: i32 = 2_100;

impl Poster<'_> {
    /// Draws the poster; `None` if the address is too long for a code.
    pub(super) fn draw(&self) -> Option<Sheet> {
        let qr = QrCode::draw(self.address)?;
        let mut board = Board {
            poster: self,
            inks: Inks::of(self.colors),
            panels: Vec::new(),
            logo: None,
            lines: Vec::new(),
        };
        let (height, (x, y, side)) = match self.size {
            PosterSize::A4 => (2_970, board.draw_upright()),
            PosterSize::A5 => (2_980, board.draw_upright()),
            PosterSize::Tent => (2_970, board.draw_across()),
        };
        let mut name = format!("{}: {}", self.program, self.headline);
        name.retain(is_of_xml);
        Some(Sheet {
            size: self.size,
            locale: self.locale,
            width: WIDTH,
            height,
            name,
            fonts: if self.locale == Locale::ZhHant {
                TRADITIONAL_FONTS
            } else {
                FONTS
            },
            places: self.size.places(),
            fold: (self.size == PosterSize::Tent).then_some(height / 2),
            panels: board.panels,
            logo: board.logo,
            lines: board.lines,
            code: CodeBox { x, y, side, qr },
        })
    }

    /// The address as people write it.
    fn short_address(&self) -> &str {
        let address = self.address;
        let short = address.strip_prefix("https://");
        short
            .or_else(|| address.strip_prefix("http://"))
            .unwrap_or(address)
    }

    /// Height of a line, in hundredths of the size of its letters.
    const fn leading(&self) -> i32 {
        match self.locale {
            Locale::Ar | Locale::Fa => 150,
            Locale::ZhHans | Locale::ZhHant => 132,
            _ => 118,
        }
    }

    /// Breaks a text into lines at the largest of the sizes at which it fits into a box.
    fn set(&self, text: &str, (room, height): (i32, i32), (largest, smallest): (i32, i32)) -> Block {
        let room = room * CAUTION / 100;
        let mut size = largest;
        loop {
            let leading = size * self.leading() / 100;
            let mut lines = wrap(text, size, room);
            let is_narrow = lines.iter().all(|line| width(line, size) <= room);
            let most = usize::try_from(height / leading.max(1)).unwrap_or(1).max(1);
            if is_narrow && lines.len() <= most {
                lines = even_out(text, size, room, lines);
                return Block { size, leading, lines };
            }
            if size <= smallest {
                let rest = lines.split_off((most - 1).min(lines.len())).join(" ");
                lines.push(rest);
                let lines = lines.iter().map(|line| fit(line, size, room)).collect();
                return Block { size, leading, lines };
            }
            size -= 2;
        }
    }
}

/// The same number of lines, as equally long as they can be.
fn even_out(text: &str, size: i32, room: i32, lines: Vec<String>) -> Vec<String> {
    let mut best = lines;
    for share in (50..100).rev().step_by(3) {
        let narrower = room * share / 100;
        let tried = wrap(text, size, narrower);
        if tried.len() != best.len() || tried.iter().any(|line| width(line, size) > narrower) {
            break;
        }
        best = tried;
    }
    best
}

impl Board<'_> {
    /// One page, upright: the promise, the code, the steps. Gives where the code is.
    fn draw_upright(&mut self) -> (i32, i32, i32) {
        self.put_panel((MARGIN, MARGIN, WIDTH - 2 * MARGIN, 900));
        self.put_head((200, 180, 1_700), (170, 92));
        self.put_promise((200, 400, 1_700, 540), (230, 110), (84, 50));
        let (side, top) = (1_100, 1_035);
        let x = (WIDTH - side) / 2;
        self.put_address((WIDTH / 2, 2_145, 1_900), 76);
        let on_accent = self.inks.on_accent;
        for (number, text) in (0..).zip(self.steps()) {
            let center = MARGIN + 1_900 * (2 * number + 1) / 6;
            self.put_number(
                number + 1,
                (center - 54, 2_305, 108),
                (self.inks.accent, on_accent),
            );
            let block = self.poster.set(&text, (580, 300), (64, 40));
            let setting = Setting {
                weight: 600,
                color: self.inks.text,
                anchor: "middle",
            };
            self.put(&block, (center, 2_435), &setting);
        }
        self.put_foot((WIDTH / 2, 2_755, 1_900, 110), (52, 34));
        (x, top, side)
    }

    /// One face of a tent, across: the promise and the steps beside the code. Gives where the code is.
    fn draw_across(&mut self) -> (i32, i32, i32) {
        self.put_panel((MARGIN, MARGIN, 1_090, 1_285));
        self.put_head((170, 160, 950), (120, 64));
        self.put_promise((170, 320, 950, 500), (150, 80), (58, 40));
        let (panel, on_panel) = (self.inks.panel, self.inks.on_panel);
        for (number, text) in (0..).zip(self.steps()) {
            let top = 870 + 160 * number;
            self.put_number(number + 1, (170, top + 30, 90), (on_panel, panel));
            let block = self.poster.set(&text, (820, 150), (54, 36));
            let setting = Setting {
                weight: 600,
                color: on_panel,
                anchor: "start",
            };
            self.put(&block, (296, top + 75 - block.height() / 2), &setting);
        }
        let (side, top) = (760, 170);
        self.put_address((1_610, 950, 780), 56);
        self.put_foot((1_610, 1_060, 740, 300), (46, 32));
        (self.mirror(1_610 - side / 2, side), top, side)
    }

    fn steps(&self) -> [String; 3] {
        let ids = match self.poster.occasion {
            Occasion::Join => ["poster-scan", "poster-name", "poster-keep"],
            Occasion::CheckIn(_) => ["here-step-scan", "here-step-card", "here-step-points"],
        };
        ids.map(|id| self.poster.locale.word(id))
    }

    /// Where something so wide begins, counted from the left.
    fn mirror(&self, start: i32, wide: i32) -> i32 {
        if self.poster.locale.is_rtl() {
            WIDTH - start - wide
        } else {
            start
        }
    }

    fn put_panel(&mut self, (start, y, width, height): (i32, i32, i32, i32)) {
        self.panels.push(Panel {
            x: self.mirror(start, width),
            y,
            width,
            height,
            radius: 72,
            fill: self.inks.panel,
            edge: self.inks.edge,
        });
    }

    /// The logo with the program's name beside it.
    fn put_head(&mut self, (start, y, room): (i32, i32, i32), (height, size): (i32, i32)) {
        let mut start = start;
        let end = start + room;
        if let Some((address, pixels)) = &self.poster.logo {
            let (wide, high) = scale_into(*pixels, (height * 3, height));
            self.logo = Some(Logo {
                address: address.clone(),
                x: self.mirror(start, wide),
                y: y + (height - high) / 2,
                width: wide,
                height: high,
            });
            start += wide + height / 4;
        }
        let room = (end - start) * CAUTION / 100;
        // A name in another script keeps its order, and its ellipsis its side.
        let name = format!("\u{2068}{}\u{2069}", fit(self.poster.program, size, room));
        let block = Block {
            size,
            leading: height,
            lines: vec![name],
        };
        let setting = Setting {
            weight: 600,
            color: self.inks.on_panel,
            anchor: "start",
        };
        self.put(&block, (start, y), &setting);
    }

    /// What is in it for whoever joins, in the middle of its room.
    fn put_promise(
        &mut self,
        (start, y, room, height): (i32, i32, i32, i32),
        headline_sizes: (i32, i32),
        earning_sizes: (i32, i32),
    ) {
        let poster = self.poster;
        let earning = poster
            .earning
            .map(|text| poster.set(text, (room, height / 3), earning_sizes));
        let gap = if earning.is_some() { height / 20 } else { 0 };
        let left = height - gap - earning.as_ref().map_or(0, Block::height);
        let headline = poster.set(poster.headline, (room, left), headline_sizes);
        let top = y + (left - headline.height()) / 2;
        let color = self.inks.on_panel;
        let anchor = "start";
        let bold = Setting {
            weight: 700,
            color,
            anchor,
        };
        self.put(&headline, (start, top), &bold);
        if let Some(earning) = earning {
            let plain = Setting {
                weight: 400,
                color,
                anchor,
            };
            self.put(&earning, (start, top + headline.height() + gap), &plain);
        }
    }

    /// The address, or the day, in one line, however small: half an address leads nowhere.
    fn put_address(&mut self, (center, y, room): (i32, i32, i32), largest: i32) {
        let text = match self.poster.occasion {
            Occasion::Join => format!("\u{2066}{}\u{2069}", self.poster.short_address()),
            Occasion::CheckIn(day) => format!("\u{2068}{day}\u{2069}"),
        };
        let wide = width(&text, largest).max(1);
        let size = (largest * (room * CAUTION / 100) / wide).min(largest);
        let block = Block {
            size,
            leading: largest * 13 / 10,
            lines: vec![text],
        };
        let setting = Setting {
            weight: 600,
            color: self.inks.text,
            anchor: "middle",
        };
        self.put(&block, (center, y), &setting);
    }

    /// The number of a step in its circle.
    fn put_number(&mut self, number: i32, (start, y, side): (i32, i32, i32), (fill, ink): (Rgb, Rgb)) {
        self.panels.push(Panel {
            x: self.mirror(start, side),
            y,
            width: side,
            height: side,
            radius: side / 2,
            fill,
            edge: None,
        });
        let block = Block {
            size: side * 6 / 10,
            leading: side,
            lines: vec![self.poster.locale.language().write_number(i64::from(number))],
        };
        let setting = Setting {
            weight: 700,
            color: ink,
            anchor: "middle",
        };
        self.put(&block, (start + side / 2, y), &setting);
    }

    /// What it does not take, below everything.
    fn put_foot(&mut self, (center, y, room, height): (i32, i32, i32, i32), sizes: (i32, i32)) {
        let text = self.poster.locale.word(match self.poster.occasion {
            Occasion::Join => "join-no-app",
            Occasion::CheckIn(_) => "here-foot",
        });
        let block = self.poster.set(&text, (room, height), sizes);
        let setting = Setting {
            weight: 400,
            color: self.inks.quiet,
            anchor: "middle",
        };
        self.put(&block, (center, y), &setting);
    }

    fn put(&mut self, block: &Block, (start, top): (i32, i32), setting: &Setting) {
        let x = self.mirror(start, 0);
        let mut middle = top + block.leading / 2;
        for text in &block.lines {
            let mut text = text.clone();
            text.retain(is_of_xml);
            self.lines.push(line(
                text,
                (x, middle + block.size * 35 / 100),
                (block.size, setting.weight),
                setting.color,
                setting.anchor,
            ));
            middle += block.leading;
        }
    }
}

impl Inks {
    /// The card's colours where they can be read, else black or white; colours that are none are the first
    /// design's.
    fn of(colors: &Colors) -> Self {
        let first = Colors::default();
        let theme = Theme::of(colors).or_else(|| Theme::of(&first));
        let (accent, on_accent) = theme.map_or((Rgb::BLACK, Rgb::WHITE), |theme| {
            (theme.light.accent, theme.light.on_accent)
        });
        let read = |text: &str| Rgb::parse(text);
        let panel = read(&colors.background)
            .or_else(|| read(&first.background))
            .unwrap_or(Rgb::BLACK);
        let on_panel = [read(&colors.foreground), read(&colors.label)]
            .into_iter()
            .flatten()
            .chain([Rgb::WHITE])
            .find(|ink| ink.contrast(panel) >= CONTRAST_MIN)
            .unwrap_or(Rgb::BLACK);
        let text = read("#191c1a").unwrap_or(Rgb::BLACK);
        Self {
            panel,
            edge: (panel.contrast(Rgb::WHITE) < PANEL_CONTRAST_MIN).then_some(accent),
            on_panel,
            accent,
            on_accent,
            text,
            quiet: read("#565d59").unwrap_or(text),
        }
    }
}

/// Whether an XML document has a place for a letter (XML 1.0, section 2.2); controls are left out as a whole.
fn is_of_xml(letter: char) -> bool {
    !letter.is_control() && !matches!(letter, '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(size: PosterSize, locale: Locale, colors: &Colors, (program, address): (&str, &str)) -> Sheet {
        Poster {
            size,
            locale,
            colors,
            logo: Some(("/images/x.png".to_owned(), (300, 80))),
            program,
            headline: "10\u{a0}points to start with",
            earning: Some("Every €1 you spend brings 1\u{a0}point."),
            address,
            occasion: Occasion::Join,
        }
        .draw()
        .expect("a code")
    }

    #[test]
    fn every_brand_can_be_read_on_paper() {
        let samples = [
            "#1f3a34",
            "#ffffff",
            "#000000",
            "#ffd400",
            "#ff0000",
            "#808080",
            "#777777",
            "no colour",
        ];
        for (background, foreground) in samples.iter().flat_map(|one| samples.map(|other| (*one, other))) {
            let inks = Inks::of(&Colors {
                background: background.to_owned(),
                foreground: foreground.to_owned(),
                ..Colors::default()
            });
            for (over, under) in [
                (inks.on_panel, inks.panel),
                (inks.on_accent, inks.accent),
                (inks.accent, Rgb::WHITE),
                (inks.text, Rgb::WHITE),
                (inks.quiet, Rgb::WHITE),
            ] {
                assert!(
                    over.contrast(under) >= CONTRAST_MIN,
                    "{background} {foreground}: {over} on {under}"
                );
            }
            assert!(inks.edge.is_some() || inks.panel.contrast(Rgb::WHITE) >= PANEL_CONTRAST_MIN);
        }
    }

    #[test]
    fn right_to_left_is_mirrored_and_everything_stays_on_the_paper() {
        let colors = Colors::default();
        let said = ("Café Aroma", "https://cards.example/join/cafe");
        for size in PosterSize::ALL {
            let [english, arabic] = [Locale::En, Locale::Ar].map(|locale| sheet(size, locale, &colors, said));
            for (one, other) in english.panels.iter().zip(&arabic.panels) {
                assert_eq!(one.x, WIDTH - other.x - other.width);
            }
            let (one, other) = (english.logo.expect("a logo"), arabic.logo.expect("a logo"));
            assert_eq!(one.x, WIDTH - other.x - other.width);
            assert_eq!(english.code.x, WIDTH - arabic.code.x - arabic.code.side);
            for panel in english.panels.iter().chain(&arabic.panels) {
                assert!(
                    panel.x >= MARGIN && panel.x + panel.width <= WIDTH - MARGIN,
                    "{panel:?}"
                );
            }
            let bottom = english.height / i32::try_from(english.places.len()).expect("few") - MARGIN;
            for line in english.lines.iter().chain(&arabic.lines) {
                assert!(
                    line.y - line.size >= MARGIN && line.y + line.size / 4 <= bottom,
                    "{line:?}"
                );
            }
        }
    }

    #[test]
    fn what_is_long_is_smaller_and_then_shorter_but_never_the_address() {
        let colors = Colors::default();
        let name = "The Extraordinarily Long Named Coffee Roasting Company of Somewhere ".repeat(3);
        let address = format!("https://{}.example/join/{}", "long".repeat(15), "slug".repeat(10));
        for size in PosterSize::ALL {
            let long = sheet(size, Locale::En, &colors, (&name, &address));
            assert!(long.lines.iter().any(|line| line.text.contains('…')), "the name");
            let whole = address.trim_start_matches("https://");
            let line = long
                .lines
                .iter()
                .find(|line| line.text.contains(whole))
                .expect("the address");
            assert!(width(&line.text, line.size) <= 1_900, "{line:?}");
        }
    }
}
