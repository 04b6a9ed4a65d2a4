//! How wide a text is about to be, since an SVG neither wraps nor shortens it.

/// Thousandths of the font's size that a letter takes, on the system fonts of phones and desktops.
fn letter_width(letter: char) -> i32 {
    match letter {
        // Marks, joiners and direction signs take no room of their own.
        '\u{300}'..='\u{36f}'
        | '\u{610}'..='\u{61a}'
        | '\u{64b}'..='\u{65f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2066}'..='\u{2069}' => 0,
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '!' | '|' | '(' | ')' | ' ' | '\u{a0}' => 300,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 900,
        'A'..='Z' => 690,
        '0'..='9' | '۰'..='۹' => 600,
        '\u{600}'..='\u{6ff}' => 520,
        '\u{1100}'..='\u{11ff}'
        | '\u{2e80}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7af}'
        | '\u{f900}'..='\u{faff}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{1f000}'..='\u{3ffff}' => 1_000,
        _ => 560,
    }
}

/// The width of a text at a size, in the same unit, rounded up.
pub(super) fn width(text: &str, size: i32) -> i32 {
    let thousandths = text
        .chars()
        .fold(0_i32, |sum, letter| sum.saturating_add(letter_width(letter)));
    thousandths.saturating_mul(size).saturating_add(999) / 1_000
}

/// The text, shortened with an ellipsis until it is at most so wide.
pub(super) fn fit(text: &str, size: i32, room: i32) -> String {
    if width(text, size) <= room {
        return text.to_owned();
    }
    let mut left = room.saturating_sub(width("…", size)).saturating_mul(1_000) / size.max(1);
    let mut short: String = text
        .chars()
        .take_while(|letter| {
            left -= letter_width(*letter);
            left >= 0
        })
        .collect();
    short.truncate(short.trim_end().len());
    short.push('…');
    short
}

/// A text broken into lines of at most so wide: at spaces, and anywhere between Han characters. A word that is
/// wider than a line stands alone on one.
pub(super) fn wrap(text: &str, size: i32, room: i32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for piece in pieces(text) {
        let longer = format!("{line}{piece}");
        if !line.is_empty() && width(longer.trim_end(), size) > room {
            lines.push(line.trim_end().to_owned());
            line = piece;
        } else {
            line = longer;
        }
    }
    lines.push(line.trim_end().to_owned());
    lines.retain(|line| !line.is_empty());
    lines
}

/// What a line may end after: a word with the space behind it, a Han character with the stops behind it.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    let (mut may_break, mut was_glue) = (true, false);
    for letter in text.chars() {
        // Stops, and what closes or opens, keep to the letter that they belong to.
        let hangs = matches!(
            letter,
            ' ' | '\u{3001}'
                | '\u{3002}'
                | '\u{300b}'
                | '\u{300d}'
                | '\u{300f}'
                | '\u{ff01}'
                | '\u{ff09}'
                | '\u{ff0c}'
                | '\u{ff1a}'
                | '\u{ff1b}'
                | '\u{ff1f}'
        );
        let opens = matches!(letter, '\u{300a}' | '\u{300c}' | '\u{300e}' | '\u{ff08}');
        let is_han =
            matches!(letter, '\u{3040}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}');
        let is_glue = letter == '\u{a0}';
        match pieces.last_mut() {
            Some(piece) if hangs || is_glue || was_glue || !(may_break || is_han || opens) => {
                piece.push(letter);
            }
            _ => pieces.push(letter.to_string()),
        }
        may_break = (hangs || is_han) && !opens;
        was_glue = is_glue;
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_ends_after_a_word_or_between_han_characters() {
        assert_eq!(
            wrap("10\u{a0}points to start with", 10, 80),
            ["10\u{a0}points to", "start with"]
        );
        assert_eq!(
            wrap("Wolfeschlegelstein now", 10, 40),
            ["Wolfeschlegelstein", "now"]
        );
        assert_eq!(
            wrap("把会员卡放进手机，无需应用", 10, 80),
            ["把会员卡放进手", "机，无需应用"]
        );
        assert_eq!(
            wrap("入会即得 10\u{a0}积分", 10, 45),
            ["入会即得", "10\u{a0}积分"]
        );
        assert_eq!(wrap("得 10\u{a0}积分", 10, 36), ["得", "10\u{a0}积分"]);
        assert_eq!(wrap("  ", 10, 45), Vec::<String>::new());
    }

    #[test]
    fn a_long_text_is_shortened_to_its_room() {
        assert_eq!(fit("Lina", 18, 200), "Lina");
        let long = "Wolfeschlegelsteinhausenbergerdorff";
        for room in [0, 20, 60, 100, 300] {
            let short = fit(long, 18, room);
            assert!(short.ends_with('…'), "{short}");
            assert!(width(&short, 18) <= room.max(width("…", 18)), "{short} in {room}");
        }
        assert_eq!(fit("您的咖啡店铺会员卡", 10, 50), "您的咖啡…");
        assert_eq!(width("", 18), 0);
    }
}
