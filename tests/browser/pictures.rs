//! Pictures of the pages, for people who look at them: all of a page on a phone, the first screen on a desktop.
//! `tests/screenshots` asks for them.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::browser::{Browser, Screen};
use crate::cafe::Cafe;
use crate::hands::{Device, Theme};
use crate::pages::{DESKTOP, Page, table};

/// Where all pictures go; without it only those of the README are made, to see that they can be.
const FOLDER: &str = "BILLFOLD_SCREENSHOTS";
/// Where those of the README go, to be kept.
const KEPT: &str = "BILLFOLD_README_SCREENSHOTS";

/// Those that the README shows.
const SHOWN: [&str; 4] = [
    "join-phone.png",
    "till-card-done-phone.png",
    "member-phone-arabic.png",
    "simulator-desktop.png",
];
/// The largest that one of them may be, in bytes.
const SHOWN_MAX: usize = 60_000;
/// The highest that a picture is, in pixels.
const HEIGHT_MAX: u64 = 2_400;

const POCKET: Screen = Screen {
    width: 390,
    height: 844,
};

/// A way to look at a page, by what it adds to the picture's name.
const VIEWS: [(&str, Screen, &str, Theme); 6] = [
    ("phone", POCKET, "en", Theme::Light),
    ("desktop", DESKTOP, "en", Theme::Light),
    ("phone-arabic", POCKET, "ar", Theme::Light),
    ("desktop-arabic", DESKTOP, "ar", Theme::Light),
    ("phone-dark", POCKET, "en", Theme::Dark),
    ("desktop-dark", DESKTOP, "en", Theme::Dark),
];

/// Opens a page as its readers have it; gives as much of the screen as shows it.
async fn open(browser: &Browser, cafe: &Cafe, page: &Page, (screen, language): (Screen, &str)) -> Screen {
    let is_phone = screen == POCKET;
    let device = if is_phone { Device::Iphone } else { Device::Desktop };
    browser.hold(device, language).await;
    page.open(browser, cafe, language, screen).await;
    // Pictures of its own that are loaded late are there before it is taken.
    let images =
        "Promise.all([...document.images].map((one) => { one.loading = 'eager'; return one.decode(); }))";
    browser.ask(&format!("{images}.then(() => true)")).await;
    if !is_phone {
        return screen;
    }
    let height = browser.ask("document.documentElement.scrollHeight").await;
    let height = height.as_u64().expect("pixels").min(HEIGHT_MAX);
    let height = u32::try_from(height).expect("few pixels").max(screen.height);
    Screen { height, ..screen }
}

/// The same picture in fewer bytes: in the 256 colours that it has most of.
fn repack(picture: &[u8]) -> Vec<u8> {
    let decoder = png::Decoder::new(std::io::Cursor::new(picture));
    let mut reader = decoder.read_info().expect("a PNG");
    let mut pixels = vec![0; reader.output_buffer_size().expect("a size")];
    let info = reader.next_frame(&mut pixels).expect("pixels");
    let samples = info.color_type.samples();
    let colors: Vec<[u8; 3]> = pixels[..info.buffer_size()]
        .chunks(samples)
        .map(|one| [one[0], one[1], one[2]])
        .collect();
    let palette = choose_palette(&colors);
    let mut known = HashMap::new();
    let places: Vec<u8> = colors
        .iter()
        .map(|color| {
            *known
                .entry(*color)
                .or_insert_with(|| find_nearest(&palette, *color))
        })
        .collect();
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, info.width, info.height);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_palette(palette.concat());
    encoder.set_compression(png::Compression::High);
    encoder.set_filter(png::Filter::NoFilter);
    let mut writer = encoder.write_header().expect("a header");
    writer.write_image_data(&places).expect("pixels");
    writer.finish().expect("an end");
    bytes
}

/// The most frequent colours; of shades that are hardly told apart, the most frequent one.
fn choose_palette(colors: &[[u8; 3]]) -> Vec<[u8; 3]> {
    let mut counts: HashMap<[u8; 3], usize> = HashMap::new();
    for color in colors {
        *counts.entry(*color).or_default() += 1;
    }
    let mut shades: HashMap<[u8; 3], (usize, usize, [u8; 3])> = HashMap::new();
    for (color, count) in counts {
        let shade = shades.entry(color.map(|part| part >> 3)).or_default();
        shade.0 += count;
        if (count, color) > (shade.1, shade.2) {
            (shade.1, shade.2) = (count, color);
        }
    }
    let mut shades: Vec<_> = shades.into_values().collect();
    shades.sort_unstable_by(|one, other| other.cmp(one));
    shades.into_iter().map(|shade| shade.2).take(256).collect()
}

fn find_nearest(palette: &[[u8; 3]], color: [u8; 3]) -> u8 {
    let distance = |one: &[u8; 3]| -> u32 {
        one.iter()
            .zip(color)
            .map(|(one, other)| u32::from(one.abs_diff(other)).pow(2))
            .sum()
    };
    let places = 0..=u8::MAX;
    let nearest = places.zip(palette).min_by_key(|(_, one)| distance(one));
    nearest.expect("a colour").0
}

fn folder(variable: &str) -> Option<PathBuf> {
    let folder = PathBuf::from(std::env::var_os(variable)?);
    std::fs::create_dir_all(&folder).expect("a folder");
    Some(folder)
}

fn write(folder: Option<&Path>, name: &str, picture: &[u8]) {
    if let Some(folder) = folder {
        std::fs::write(folder.join(name), picture).expect("written");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_pages_have_their_pictures() {
    let (all, kept) = (folder(FOLDER), folder(KEPT));
    let cafe = Cafe::open().await;
    let browser = Browser::open().await;
    let pages = table(&cafe).await;
    let (mut taken, mut shown) = (0, 0);
    for (view, screen, language, theme) in VIEWS {
        browser.wear(theme).await;
        for page in pages.iter().filter(|page| page.speaks(language)) {
            let name = format!("{}-{view}.png", page.name);
            let is_shown = SHOWN.contains(&name.as_str());
            if !is_shown && all.is_none() {
                continue;
            }
            let whole = open(&browser, &cafe, page, (screen, language)).await;
            if is_shown {
                let picture = repack(&browser.picture(screen, 1.0).await);
                let size = picture.len();
                assert!((5_000..SHOWN_MAX).contains(&size), "{name}: {size} bytes");
                write(kept.as_deref(), &name, &picture);
                shown += 1;
            }
            if all.is_some() {
                browser.resize(whole).await;
                write(all.as_deref(), &name, &browser.picture(whole, 1.0).await);
                taken += 1;
            }
        }
    }
    println!("{taken} pictures, and {shown} for the README");
    assert_eq!(shown, SHOWN.len());
    browser.close().await;
    cafe.close().await;
}
