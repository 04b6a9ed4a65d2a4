//! The codes of a pass file's findings, each with how bad it is. Rules that a design shares keep
//! their code of [`crate::apple::validator::codes`], those of reading that of
//! [`crate::apple::reader::codes`].

use crate::apple::finding::codes;

codes! {
    /// Every code that only a check of a pass file can give.
    PASS_CODES:
    NOT_A_PASS = error "not_a_pass";

    MANIFEST_MISSING = error "manifest_missing";
    MANIFEST_UNREADABLE = error "manifest_unreadable";
    MANIFEST_HASH_FORM = error "manifest_hash_form";
    MANIFEST_HASH_MISMATCH = error "manifest_hash_mismatch";
    MANIFEST_FILE_ABSENT = error "manifest_file_absent";
    FILE_UNLISTED = error "file_unlisted";

    SIGNATURE_MISSING = error "signature_missing";
    SIGNATURE_UNREADABLE = error "signature_unreadable";
    SIGNATURE_INVALID = error "signature_invalid";
    SIGNATURE_DIGEST = error "signature_digest";
    SIGNATURE_SHA1 = warning "signature_sha1";
    SIGNATURE_ATTACHED = warning "signature_attached";
    SIGNING_TIME_MISSING = error "signing_time_missing";
    SIGNED_IN_FUTURE = warning "signed_in_future";

    SIGNER_CERTIFICATE_MISSING = error "signer_certificate_missing";
    WWDR_MISSING = error "wwdr_missing";
    CHAIN_UNKNOWN = warning "chain_unknown";
    CERTIFICATE_NOT_VALID_THEN = error "certificate_not_valid_then";
    CERTIFICATE_EXPIRED = warning "certificate_expired";
    CERTIFICATE_EXPIRES_SOON = warning "certificate_expires_soon";
    CERTIFICATE_PASS_TYPE = error "certificate_pass_type";
    CERTIFICATE_TEAM = error "certificate_team";
    CERTIFICATE_EXTENSION = error "certificate_extension";
    CERTIFICATE_PURPOSE = warning "certificate_purpose";

    KEY_MISSING = error "key_missing";
    KEY_EMPTY = error "key_empty";
    KEY_TYPE = warning "key_type";
    FORMAT_VERSION = error "format_version";
    STYLE_MISSING = error "style_missing";
    STYLES_MANY = warning "styles_many";
    FIELD_VALUE_MISSING = error "field_value_missing";
    DATE_UNPARSABLE = error "date_unparsable";
    TOKEN_SHORT = error "token_short";
    TOKEN_WITHOUT_URL = error "token_without_url";
    URL_WITHOUT_TOKEN = error "url_without_token";
    MAX_DISTANCE_TEXT = warning "max_distance_text";
    GROUPING_IGNORED = warning "grouping_ignored";
    COLOR_IGNORED = warning "color_ignored";
    BARCODE_INCOMPLETE = error "barcode_incomplete";
    BARCODE_FORMAT_UNKNOWN = warning "barcode_format_unknown";
    STRINGS_UNREADABLE = warning "strings_unreadable";
    IMAGE_UNDRAWABLE = warning "image_undrawable";
}
