//! What is kept beside: keys, answers that were given, the audit, settings.

diesel::table! {
    keys (id) {
        id -> Text,
        name -> Text,
        role -> Text,
        program_id -> Nullable<Text>,
        hash -> Text,
        created_at -> BigInt,
        revoked_at -> Nullable<BigInt>,
        member_id -> Nullable<Text>,
    }
}

diesel::table! {
    idempotency (scope, key) {
        scope -> Text,
        key -> Text,
        fingerprint -> Text,
        status -> BigInt,
        body -> Text,
        expires_at -> BigInt,
    }
}

diesel::table! {
    audit (id) {
        id -> Text,
        program_id -> Nullable<Text>,
        actor -> Text,
        deed -> Text,
        subject -> Text,
        detail -> Text,
        request_id -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    settings (name) {
        name -> Text,
        value -> Text,
        version -> BigInt,
        updated_at -> BigInt,
    }
}
