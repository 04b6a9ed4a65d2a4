//! Passes and the phones that hold them, and what is to be told to them.

diesel::table! {
    passes (id) {
        id -> Text,
        program_id -> Text,
        card_id -> Text,
        wallet -> Text,
        pass_type -> Text,
        serial -> Text,
        epoch -> BigInt,
        state -> Text,
        told_version -> BigInt,
        told_at -> Nullable<BigInt>,
        fetched_version -> BigInt,
        fetched_at -> Nullable<BigInt>,
        shown -> Nullable<Text>,
        last_error -> Nullable<Text>,
        created_at -> BigInt,
        used_counter -> BigInt,
    }
}

diesel::table! {
    google_classes (class_id) {
        class_id -> Text,
        program_id -> Text,
        design_id -> Text,
        written_at -> BigInt,
    }
}

diesel::table! {
    devices (device_id, pass_type) {
        device_id -> Text,
        pass_type -> Text,
        push_token -> Text,
        registered_at -> BigInt,
    }
}

diesel::table! {
    registrations (device_id, pass_type, pass_id) {
        device_id -> Text,
        pass_type -> Text,
        pass_id -> Text,
        card_id -> Text,
        told_version -> BigInt,
        created_at -> BigInt,
    }
}

diesel::table! {
    google_nonces (nonce) {
        nonce -> Text,
        expires_at -> BigInt,
    }
}

diesel::table! {
    device_logs (id) {
        id -> Text,
        pass_id -> Nullable<Text>,
        line -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    deliveries (card_id, wallet) {
        card_id -> Text,
        wallet -> Text,
        program_id -> Text,
        version -> BigInt,
        lane -> BigInt,
        state -> Text,
        due_at -> BigInt,
        changed_at -> BigInt,
        attempts -> BigInt,
        pushes -> BigInt,
        lease_owner -> Nullable<Text>,
        lease_until -> BigInt,
        fence -> BigInt,
        last_error -> Nullable<Text>,
    }
}
