//! The one way to standard output: lines for people, or JSON for programs.

use std::fmt::Display;
use std::io::{self, Write};

use serde::Serialize;

/// Writes what a command prints.
pub(super) struct Output<'a>(&'a mut dyn Write);

impl<'a> Output<'a> {
    /// Output to wherever the program's goes.
    pub(super) fn new(to: &'a mut dyn Write) -> Self {
        Self(to)
    }

    /// A line for people.
    pub(super) fn line(&mut self, line: impl Display) -> io::Result<()> {
        writeln!(self.0, "{line}")
    }

    /// Sends what was written on its way.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }

    /// A value for programs, as one line of JSON.
    pub(super) fn json(&mut self, value: &impl Serialize) -> io::Result<()> {
        serde_json::to_writer(&mut *self.0, value)?;
        writeln!(self.0)?;
        self.0.flush()
    }
}

/// Lines in columns, each as wide as its widest cell; the last is left ragged.
pub(super) fn columns(rows: &[Vec<String>]) -> Vec<String> {
    let mut widths: Vec<usize> = Vec::new();
    for row in rows {
        for (place, cell) in row.iter().enumerate() {
            let width = cell.chars().count();
            match widths.get_mut(place) {
                Some(widest) => *widest = width.max(*widest),
                None => widths.push(width),
            }
        }
    }
    let line = |row: &Vec<String>| {
        let cells = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:<width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [["a", "bb", "c"], ["dddd", "é", ""]].map(|row| row.map(str::to_owned).to_vec());
        assert_eq!(columns(&rows), ["a     bb  c", "dddd  é"]);
    }
}
