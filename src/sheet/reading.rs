//! A table as people have it: UTF-8 with or without a mark, UTF-16, or Windows-1252; commas, semicolons or tabs.

use std::borrow::Cow;

use csv::{ByteRecord, ReaderBuilder};

/// Most columns of a table.
pub const COLUMNS_MAX: usize = 100;
/// Longest cell, in characters.
pub const CELL_MAX: usize = 2_000;

/// What Windows-1252 has at 0x80 to 0x9F; five of its bytes are unused and stand for themselves.
const WINDOWS: [char; 32] = [
    '\u{20ac}', '\u{81}', '\u{201a}', '\u{192}', '\u{201e}', '\u{2026}', '\u{2020}', '\u{2021}', '\u{2c6}',
    '\u{2030}', '\u{160}', '\u{2039}', '\u{152}', '\u{8d}', '\u{17d}', '\u{8f}', '\u{90}', '\u{2018}',
    '\u{2019}', '\u{201c}', '\u{201d}', '\u{2022}', '\u{2013}', '\u{2014}', '\u{2dc}', '\u{2122}', '\u{161}',
    '\u{203a}', '\u{153}', '\u{9d}', '\u{17e}', '\u{178}',
];

/// How large a table may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most bytes of the file.
    pub bytes: usize,
    /// Most rows below the header.
    pub rows: usize,
}

impl Limits {
    /// Of a table that comes by a page: 10 MiB, 50,000 rows.
    pub const PAGE: Self = Self {
        bytes: 10 * 1024 * 1024,
        rows: 50_000,
    };
    /// Of a table that the command reads: 32 MiB, 250,000 rows.
    pub const COMMAND: Self = Self {
        bytes: 32 * 1024 * 1024,
        rows: 250_000,
    };
}

/// How the bytes of a file were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8.
    Utf8,
    /// UTF-16, which spreadsheets call "Unicode text".
    Utf16,
    /// Windows-1252, since the bytes are no UTF-8.
    Windows1252,
}

/// Why a file is no table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FileFault {
    /// Nothing is in it.
    #[error("the file is empty")]
    Empty,
    /// A spreadsheet's own format.
    #[error("the file is a workbook; save it as CSV")]
    Workbook,
    /// No text at all.
    #[error("the file is no text; save it as CSV")]
    NoText,
    /// Too many bytes.
    #[error("the file has more than {} MiB; split it", .0 / 1024 / 1024)]
    TooLarge(usize),
    /// Too many rows.
    #[error("the file has more than {0} rows; split it")]
    TooManyRows(usize),
    /// Too many columns.
    #[error("the file has more than {COLUMNS_MAX} columns; leave out those that nobody needs")]
    TooManyColumns,
    /// A header and nothing below it.
    #[error("the file has a header and no rows below it")]
    NoRows,
}

/// What is wrong with the form of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowFault {
    /// More cells than the header has columns.
    TooManyCells,
    /// A cell of more than [`CELL_MAX`] characters; often a quotation mark without its pair.
    TooLong,
}

/// A row below the header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its number as spreadsheets count: the header is row 1.
    pub number: i64,
    /// Its cells, without blanks around them; as many as there are columns, but for a fault.
    pub cells: Vec<String>,
    /// What is wrong with its form.
    pub fault: Option<RowFault>,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// The names of its columns.
    pub header: Vec<String>,
    /// Its rows; those without anything in them are left out.
    pub rows: Vec<Row>,
    /// How its bytes were read.
    pub encoding: Encoding,
}

impl Sheet {
    /// A table without anything in it.
    pub const fn none() -> Self {
        Self {
            header: Vec::new(),
            rows: Vec::new(),
            encoding: Encoding::Utf8,
        }
    }
}

/// Reads a table whole, or says why it is none.
pub fn read_sheet(bytes: &[u8], limits: Limits) -> Result<Sheet, FileFault> {
    if bytes.len() > limits.bytes {
        return Err(FileFault::TooLarge(limits.bytes));
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        return Err(FileFault::Workbook);
    }
    let (text, encoding) = decode(bytes);
    if text.contains('\0') {
        return Err(FileFault::NoText);
    }
    let (text, named) = without_separator_line(&text);
    if text.trim().is_empty() {
        return Err(FileFault::Empty);
    }
    let separator = named.unwrap_or_else(|| find_separator(text));
    let mut reader = ReaderBuilder::new()
        .delimiter(separator)
        .flexible(true)
        .has_headers(false)
        .from_reader(text.as_bytes());
    let mut record = ByteRecord::new();
    let mut next = |record: &mut ByteRecord| reader.read_byte_record(record).unwrap_or(false);
    if !next(&mut record) {
        return Err(FileFault::Empty);
    }
    let header: Vec<String> = record.iter().map(clean).collect();
    if header.len() > COLUMNS_MAX {
        return Err(FileFault::TooManyColumns);
    }
    let offset = i64::from(named.is_some());
    let mut counted = Counted::default();
    counted.go_to(text.as_bytes(), &record);
    let mut rows = Vec::new();
    while next(&mut record) {
        let number = counted.go_to(text.as_bytes(), &record) + offset;
        let Some(row) = read_row(&record, number, header.len()) else {
            continue;
        };
        if rows.len() == limits.rows {
            return Err(FileFault::TooManyRows(limits.rows));
        }
        rows.push(row);
    }
    if rows.is_empty() {
        return Err(FileFault::NoRows);
    }
    Ok(Sheet {
        header,
        rows,
        encoding,
    })
}

/// A row with as many cells as there are columns; nothing if nothing is in it.
fn read_row(record: &ByteRecord, number: i64, columns: usize) -> Option<Row> {
    let mut cells: Vec<String> = record.iter().map(clean).collect();
    if cells.iter().all(String::is_empty) {
        return None;
    }
    let is_long = |cell: &String| cell.len() > CELL_MAX && cell.chars().count() > CELL_MAX;
    let fault = if cells.iter().skip(columns).any(|cell| !cell.is_empty()) {
        Some(RowFault::TooManyCells)
    } else if cells.iter().any(is_long) {
        Some(RowFault::TooLong)
    } else {
        None
    };
    cells.resize(columns, String::new());
    for cell in &mut cells {
        if is_long(cell) {
            *cell = cell.chars().take(CELL_MAX).collect();
        }
    }
    Some(Row { number, cells, fault })
}

/// How many lines were counted, and up to where. Records say where they begin, but before the line ends that part them
/// from the last one.
#[derive(Default)]
struct Counted {
    upto: usize,
    lines: i64,
}

impl Counted {
    /// The number of the row that a record is; line ends within cells part no rows.
    fn go_to(&mut self, text: &[u8], record: &ByteRecord) -> i64 {
        let begin = record.position().map_or(0, csv::Position::byte);
        let begin = usize::try_from(begin).unwrap_or(usize::MAX);
        let rest = text.get(begin..).unwrap_or_default();
        let gap = rest
            .iter()
            .take_while(|byte| matches!(byte, b'\r' | b'\n'))
            .count();
        let end = begin.saturating_add(gap);
        self.lines += line_ends(text.get(self.upto..end).unwrap_or_default());
        self.upto = end;
        let number = self.lines + 1;
        self.lines -= line_ends(record.as_slice());
        number
    }
}

/// Line ends, however they are written.
fn line_ends(bytes: &[u8]) -> i64 {
    let alone = |pair: &[u8]| matches!(pair, [b'\r', other] if *other != b'\n');
    let feeds = bytes.split(|byte| *byte == b'\n').count().saturating_sub(1);
    let returns = bytes.windows(2).filter(|pair| alone(pair)).count();
    let last = usize::from(bytes.last() == Some(&b'\r'));
    i64::try_from(feeds + returns + last).unwrap_or(i64::MAX)
}

/// A cell without blanks around it, and without the stroke that keeps a spreadsheet from taking it for a formula.
fn clean(cell: &[u8]) -> String {
    let text = String::from_utf8_lossy(cell);
    let text = text.trim();
    match text.strip_prefix('\'') {
        Some(rest) if super::writing::is_formula(rest) => rest.to_owned(),
        _ => text.to_owned(),
    }
}

/// The order of the bytes of a UTF-16 unit.
type UnitOf = fn([u8; 2]) -> u16;

fn decode(bytes: &[u8]) -> (Cow<'_, str>, Encoding) {
    let marks: [(&[u8; 2], UnitOf); 2] = [
        (b"\xff\xfe", u16::from_le_bytes),
        (b"\xfe\xff", u16::from_be_bytes),
    ];
    for (mark, read) in marks {
        if let Some(rest) = bytes.strip_prefix(mark) {
            let units = rest.as_chunks::<2>().0.iter().map(|pair| read(*pair));
            let text: String = char::decode_utf16(units)
                .map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER))
                .collect();
            return (Cow::Owned(text), Encoding::Utf16);
        }
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => (Cow::Borrowed(text), Encoding::Utf8),
        Err(_) => (
            Cow::Owned(bytes.iter().copied().map(windows).collect()),
            Encoding::Windows1252,
        ),
    }
}

fn windows(byte: u8) -> char {
    let place = usize::from(byte.wrapping_sub(0x80));
    WINDOWS.get(place).copied().unwrap_or(char::from(byte))
}

/// The text without the line by which spreadsheets tell each other their separator, and that separator.
fn without_separator_line(text: &str) -> (&str, Option<u8>) {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let named = first.trim_end_matches('\r').strip_prefix("sep=");
    match named.map(str::as_bytes) {
        Some([one @ (b',' | b';' | b'\t' | b'|')]) => (rest, Some(*one)),
        _ => (text, None),
    }
}

/// What parts the header's names: the one of the separators that stands there most often outside of quotes.
fn find_separator(text: &str) -> u8 {
    let mut counts = [(b',', 0_usize), (b';', 0), (b'\t', 0), (b'|', 0)];
    let mut is_quoted = false;
    for byte in text.trim_start().bytes() {
        match byte {
            b'"' => is_quoted = !is_quoted,
            b'\n' | b'\r' if !is_quoted => break,
            _ if is_quoted => (),
            other => counts
                .iter_mut()
                .filter(|(one, _)| *one == other)
                .for_each(|(_, count)| *count += 1),
        }
    }
    // Of as many the first one: `max_by_key` would take the last.
    let most = counts.iter().rev().max_by_key(|(_, count)| *count);
    most.map_or(b',', |(one, _)| *one)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Sheet {
        read_sheet(bytes, Limits::PAGE).expect("a table")
    }

    fn cells(sheet: &Sheet) -> Vec<(i64, Vec<&str>)> {
        let rows = sheet.rows.iter();
        rows.map(|row| (row.number, row.cells.iter().map(String::as_str).collect()))
            .collect()
    }

    #[test]
    fn each_separator_is_found_by_itself() {
        for separator in [",", ";", "\t", "|"] {
            let text = format!("Name{separator}E-mail\r\nLina{separator}\"a{separator}b\"\r\n");
            let sheet = read(text.as_bytes());
            assert_eq!(sheet.header, ["Name", "E-mail"], "{separator:?}");
            let quoted = format!("a{separator}b");
            assert_eq!(cells(&sheet), [(2, vec!["Lina", quoted.as_str()])]);
        }
        let told = read(b"sep=;\r\nName;Phone, home\r\nLina;1\r\n");
        assert_eq!((told.header.len(), told.rows[0].number), (2, 3));
        assert_eq!(read(b"E-mail\nlina@example.com\n").header, ["E-mail"]);
    }

    #[test]
    fn each_way_to_write_letters_is_read() {
        let arabic = "الاسم,نقاط\nلينا,١٢\n";
        let mut marked = b"\xef\xbb\xbf".to_vec();
        marked.extend(arabic.as_bytes());
        let wide = |mark: [u8; 2], bytes: fn(u16) -> [u8; 2]| {
            let units = arabic.encode_utf16().flat_map(bytes);
            mark.into_iter().chain(units).collect::<Vec<u8>>()
        };
        let little = wide([0xff, 0xfe], u16::to_le_bytes);
        let big = wide([0xfe, 0xff], u16::to_be_bytes);
        for (bytes, encoding) in [
            (arabic.as_bytes(), Encoding::Utf8),
            (&marked, Encoding::Utf8),
            (&little, Encoding::Utf16),
            (&big, Encoding::Utf16),
        ] {
            let sheet = read(bytes);
            assert_eq!(sheet.encoding, encoding);
            assert_eq!(sheet.header, ["الاسم", "نقاط"]);
            assert_eq!(cells(&sheet), [(2, vec!["لينا", "١٢"])]);
        }
        let old = read(b"Name\nZo\xeb \x80 \x9e\n");
        assert_eq!(
            (old.encoding, old.rows[0].cells[0].as_str()),
            (Encoding::Windows1252, "Zoë € ž")
        );
    }

    #[test]
    fn rows_are_counted_as_spreadsheets_count_them() {
        let text = "a,b\n1,\"two\nlines\"\n\n,\n2,x\n3\n4,5,\n6,7,8\n";
        for ends in ["\n", "\r\n", "\r"] {
            let sheet = read(text.replace('\n', ends).as_bytes());
            let numbers: Vec<i64> = sheet.rows.iter().map(|row| row.number).collect();
            assert_eq!(numbers, [2, 5, 6, 7, 8], "{ends:?}");
        }
        let sheet = read(text.as_bytes());
        assert_eq!(sheet.rows[2].cells, ["3", ""]);
        assert_eq!(sheet.rows[3].fault, None);
        assert_eq!(sheet.rows[4].fault, Some(RowFault::TooManyCells));
    }

    #[test]
    fn a_quotation_mark_without_its_pair_is_told_and_bounded() {
        let text = format!("a,b\n1,\"{}", "x,\n".repeat(5_000));
        let sheet = read(text.as_bytes());
        assert_eq!(sheet.rows[0].fault, Some(RowFault::TooLong));
        assert_eq!(sheet.rows[0].cells[1].chars().count(), CELL_MAX);
    }

    #[test]
    fn what_is_no_table_is_refused() {
        let small = Limits { bytes: 40, rows: 2 };
        let wide = ",".repeat(COLUMNS_MAX);
        for (bytes, fault) in [
            (&b""[..], FileFault::Empty),
            (b"\xef\xbb\xbf \n", FileFault::Empty),
            (b"a,b\n", FileFault::NoRows),
            (b"a,b\n,\n\n", FileFault::NoRows),
            (b"PK\x03\x04rest", FileFault::Workbook),
            (b"a\0b", FileFault::NoText),
            (b"a\n1\n2\n3\n", FileFault::TooManyRows(2)),
            (&[b'a'; 41], FileFault::TooLarge(40)),
        ] {
            assert_eq!(read_sheet(bytes, small), Err(fault), "{bytes:?}");
        }
        let read = read_sheet(wide.as_bytes(), Limits::PAGE);
        assert_eq!(read, Err(FileFault::TooManyColumns));
    }
}
