//! Who outside is told of what happens, and what is on its way to them.

diesel::table! {
    webhook_endpoints (id) {
        id -> Text,
        program_id -> Nullable<Text>,
        url -> Text,
        types -> Text,
        state -> Text,
        disabled_for -> Nullable<Text>,
        rotation -> BigInt,
        rotated_at -> Nullable<BigInt>,
        failing_since -> Nullable<BigInt>,
        last_at -> Nullable<BigInt>,
        last_status -> Nullable<BigInt>,
        last_error -> Nullable<Text>,
        version -> BigInt,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::table! {
    webhook_deliveries (id) {
        id -> Text,
        endpoint_id -> Text,
        program_id -> Nullable<Text>,
        member_id -> Nullable<Text>,
        event_id -> Text,
        event_type -> Text,
        body -> Text,
        state -> Text,
        created_at -> BigInt,
        due_at -> BigInt,
        give_up_at -> Nullable<BigInt>,
        attempts -> BigInt,
        lease_owner -> Nullable<Text>,
        lease_until -> BigInt,
        fence -> BigInt,
        last_at -> Nullable<BigInt>,
        last_status -> Nullable<BigInt>,
        last_error -> Nullable<Text>,
        delivered_at -> Nullable<BigInt>,
    }
}
