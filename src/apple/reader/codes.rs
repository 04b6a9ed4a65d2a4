//! The codes of what is odd about an archive and its `pass.json`, each with how bad it is.

use crate::apple::finding::codes;

codes! {
    /// Every code that opening a pass file can give.
    READ_CODES:
    WRAPPING_FOLDER = error "wrapping_folder";
    UNSAFE_NAME = error "unsafe_name";
    SYMLINK = error "symlink";
    ENTRY_UNREADABLE = error "entry_unreadable";
    PASS_JSON_MISSING = error "pass_json_missing";
    PASS_JSON_UNREADABLE = error "pass_json_unreadable";
    JSON_LENIENT = warning "json_lenient";
}
