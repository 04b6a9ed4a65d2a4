//! A table is written so that no spreadsheet runs what others put into a cell.

/// Whether a spreadsheet would take a cell for a formula.
pub(super) fn is_formula(cell: &str) -> bool {
    cell.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'])
}

/// Writes rows as CSV in UTF-8 with a byte-order mark, by which spreadsheets know it, with CRLF (RFC 4180). A cell that
/// a spreadsheet would take for a formula gets a stroke in front, which [`super::read_sheet`] takes off again.
pub fn write_sheet<'a>(rows: impl IntoIterator<Item = Vec<&'a str>>) -> Vec<u8> {
    let mut text = String::from("\u{feff}");
    for row in rows {
        for (place, cell) in row.into_iter().enumerate() {
            if place > 0 {
                text.push(',');
            }
            text.push('"');
            if is_formula(cell.trim_start()) {
                text.push('\'');
            }
            text.push_str(&cell.replace('"', "\"\""));
            text.push('"');
        }
        text.push_str("\r\n");
    }
    text.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::super::{Limits, read_sheet};
    use super::*;

    #[test]
    fn what_was_written_is_read_again_and_starts_no_formula() {
        let cells = [
            "=HYPERLINK(\"http://x\")",
            "+49 30 123456",
            "-5",
            "@SUM(A1)",
            "＝1+1",
            "say \"hi\", twice",
            "two\r\nlines",
            "لينا",
        ];
        let written = write_sheet([vec!["c"; cells.len()], cells.to_vec()]);
        let text = String::from_utf8(written.clone()).expect("UTF-8");
        for start in ["\"=", "\"+", "\"-", "\"@", "\"＝"] {
            assert!(!text.contains(start), "{text}");
        }
        let sheet = read_sheet(&written, Limits::PAGE).expect("a table");
        assert_eq!(sheet.rows[0].cells, cells);
    }
}
