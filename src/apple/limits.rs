//! What an Apple pass may hold at most, each number named once.

/// Places that a phone looks at (Apple: `Pass.locations`).
pub const LOCATIONS_MAX: usize = 10;
/// Buttons below a poster pass (Apple: "Creating a poster generic pass").
pub const FEATURED_ACTIONS_MAX: usize = 2;
/// Bytes that a terminal reads; what is longer is cut (Apple: `Pass.NFC.message`).
pub const NFC_MESSAGE_BYTES_MAX: usize = 64;
/// Milliseconds of one relevant span (Apple: `Pass.RelevantDates`).
pub const RELEVANT_SPAN_MS_MAX: i64 = 86_400_000;
/// Fewest characters of a token (Apple: `PKPass.authenticationToken`).
pub const TOKEN_CHARS_MIN: usize = 16;

/// Header fields that a store card draws.
pub const HEADER_FIELDS_MAX: usize = 3;
/// Primary fields that a store card draws.
pub const PRIMARY_FIELDS_MAX: usize = 1;
/// Secondary and auxiliary fields that a store card draws, together.
pub const LOWER_FIELDS_MAX: usize = 4;
/// Header fields that a poster draws.
pub const POSTER_HEADER_FIELDS_MAX: usize = 1;
/// Primary fields that a poster draws; it has no secondary or auxiliary row.
pub const POSTER_PRIMARY_FIELDS_MAX: usize = 4;
/// Footer fields that a poster draws.
pub const FOOTER_FIELDS_MAX: usize = 1;

/// Bytes of one image file; our own limit, real cards stay far below.
pub const IMAGE_BYTES_MAX: usize = 2 * 1024 * 1024;
/// Pixels of one side of an image; our own limit.
pub const IMAGE_SIDE_MAX: u32 = 4_096;
/// Bytes that an image may unpack to while it is looked at.
pub const IMAGE_UNPACKED_BYTES_MAX: usize = 64 * 1024 * 1024;
/// How far apart the colours of text and ground should be (WCAG 2, large text).
pub const CONTRAST_MIN: f64 = 3.0;

/// Bytes of a pass file that is read at all.
pub const PASS_BYTES_MAX: usize = 50 * 1024 * 1024;
/// Files in a pass that is read.
pub const PASS_ENTRIES_MAX: usize = 500;
/// Bytes that a pass may unpack to.
pub const PASS_UNPACKED_BYTES_MAX: u64 = 50 * 1024 * 1024;
/// How many times its packed size a file may unpack to.
pub const PASS_RATIO_MAX: u64 = 200;
/// Bytes of one JSON or strings file that is read; real ones have thousands.
pub const PASS_JSON_BYTES_MAX: usize = 2 * 1024 * 1024;
/// Days before the end of a certificate from which its owner is reminded.
pub const CERTIFICATE_REMINDER_DAYS: i64 = 90;
