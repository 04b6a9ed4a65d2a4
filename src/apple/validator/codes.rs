//! The codes of a design's findings, each with how bad it is.

use crate::apple::finding::codes;

codes! {
    /// Every code that a check of a design can give.
    DESIGN_CODES:
    TEXT_EMPTY = error "text_empty";
    TRANSLATION_EMPTY = warning "translation_empty";
    TRANSLATIONS_CLASH = warning "translations_clash";
    PLACEHOLDER_UNKNOWN = error "placeholder_unknown";
    PLACEHOLDER_UNFILLED = error "placeholder_unfilled";

    COLOR_UNREADABLE = error "color_unreadable";
    CONTRAST_LOW = warning "contrast_low";
    APP_LAUNCH_WITHOUT_STORE = error "app_launch_without_store";

    IMAGE_ICON_MISSING = error "image_icon_missing";
    IMAGE_SCALE_MISSING = warning "image_scale_missing";
    IMAGE_NAME_UNKNOWN = warning "image_name_unknown";
    IMAGE_NOT_DRAWN = warning "image_not_drawn";
    IMAGE_MISSING = error "image_missing";
    IMAGE_BOX_EXCEEDED = warning "image_box_exceeded";
    IMAGE_TOO_HEAVY = error "image_too_heavy";
    IMAGE_TOO_LARGE = error "image_too_large";
    IMAGE_BROKEN = error "image_broken";

    FIELD_KEY_EMPTY = error "field_key_empty";
    FIELD_KEY_TWICE = error "field_key_twice";
    FIELD_VALUE_EMPTY = warning "field_value_empty";
    CHANGE_MESSAGE_WITHOUT_VALUE = warning "change_message_without_value";
    CURRENCY_ON_TEXT = error "currency_on_text";
    NUMBER_STYLE_ON_TEXT = error "number_style_on_text";
    CURRENCY_AND_NUMBER_STYLE = warning "currency_and_number_style";
    DATE_STYLE_ON_TEXT = error "date_style_on_text";
    ALIGNMENT_IGNORED = warning "alignment_ignored";
    DETECTORS_IGNORED = warning "detectors_ignored";
    ROW_IGNORED = warning "row_ignored";
    ATTRIBUTED_TAG = warning "attributed_tag";
    HEADER_CROWDED = warning "header_crowded";
    PRIMARY_CROWDED = warning "primary_crowded";
    LOWER_ROWS_CROWDED = warning "lower_rows_crowded";

    BARCODE_MISSING = warning "barcode_missing";
    BARCODE_WITHOUT_FALLBACK = error "barcode_without_fallback";
    BARCODE_NEVER_DRAWN = warning "barcode_never_drawn";
    BARCODE_NOT_ON_WATCH = warning "barcode_not_on_watch";
    BARCODE_MESSAGE_EMPTY = error "barcode_message_empty";
    BARCODE_MESSAGE_UNFIT = error "barcode_message_unfit";
    BARCODE_MESSAGE_PER_CARD = warning "barcode_message_per_card";
    BARCODE_MESSAGE_NOT_ASCII = warning "barcode_message_not_ascii";
    BARCODE_ENCODING_EMPTY = error "barcode_encoding_empty";

    LOCATIONS_MANY = error "locations_many";
    LOCATION_OUT_OF_RANGE = error "location_out_of_range";
    BEACON_UUID = error "beacon_uuid";
    RELEVANT_SPAN_LONG = error "relevant_span_long";
    RELEVANT_SPAN_BACKWARDS = error "relevant_span_backwards";
    NFC_MESSAGE_LONG = error "nfc_message_long";
    NFC_MESSAGE_EMPTY = error "nfc_message_empty";
    NFC_KEY = error "nfc_key";

    POSTER_WITHOUT_ARTWORK = warning "poster_without_artwork";
    POSTER_HEADER_CROWDED = warning "poster_header_crowded";
    POSTER_PRIMARY_CROWDED = warning "poster_primary_crowded";
    POSTER_FOOTER_CROWDED = warning "poster_footer_crowded";
    ACTIONS_MANY = error "actions_many";
    ACTION_KIND_UNKNOWN = error "action_kind_unknown";
    ACTION_TARGET_MISSING = error "action_target_missing";
    ACTION_IDENTIFIER = error "action_identifier";

    WEB_SERVICE_URL = error "web_service_url";
}
