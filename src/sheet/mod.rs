//! Tables that other products wrote: read as they come, their columns understood, their cells turned into values.

mod columns;
mod reading;
mod values;
mod writing;

pub use columns::{Field, guess_columns};
pub use reading::{CELL_MAX, COLUMNS_MAX, Encoding, FileFault, Limits, Row, RowFault, Sheet, read_sheet};
pub use values::{
    BadNumber, DateOrder, NeitherWord, guess_date_order, read_day, read_points, read_yes_no, with_country,
};
pub use writing::write_sheet;
