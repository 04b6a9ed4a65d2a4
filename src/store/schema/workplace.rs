//! Who works at the shops, at which tills, and what keeps them signed in.

diesel::table! {
    staff (id) {
        id -> Text,
        program_id -> Nullable<Text>,
        name -> Text,
        email -> Nullable<Text>,
        role -> Text,
        location -> Nullable<Text>,
        member_id -> Nullable<Text>,
        password_hash -> Nullable<Text>,
        pin_hash -> Nullable<Text>,
        failures -> BigInt,
        failed_at -> Nullable<BigInt>,
        code_seed -> Nullable<Text>,
        code_since -> Nullable<BigInt>,
        code_last -> Nullable<BigInt>,
        version -> BigInt,
        created_at -> BigInt,
        updated_at -> BigInt,
        archived_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    tills (id) {
        id -> Text,
        program_id -> Text,
        name -> Text,
        location -> Nullable<Text>,
        hash -> Text,
        link_until -> BigInt,
        created_at -> BigInt,
        connected_at -> Nullable<BigInt>,
        revoked_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    sessions (hash) {
        hash -> Text,
        staff_id -> Text,
        till_id -> Nullable<Text>,
        is_training -> Bool,
        created_at -> BigInt,
        expires_at -> BigInt,
    }
}

diesel::table! {
    till_deeds (id) {
        id -> Text,
        program_id -> Text,
        form -> Text,
        staff_id -> Text,
        card_id -> Text,
        kind -> Text,
        subject -> Text,
        points -> BigInt,
        balance -> BigInt,
        created_at -> BigInt,
        undone_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    locations (id) {
        id -> Text,
        program_id -> Text,
        code -> Text,
        name -> Text,
        address -> Text,
        latitude_micro -> Nullable<BigInt>,
        longitude_micro -> Nullable<BigInt>,
        relevant_text -> Nullable<Text>,
        state -> Text,
        version -> BigInt,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::table! {
    recovery_codes (staff_id, hash) {
        staff_id -> Text,
        hash -> Text,
        created_at -> BigInt,
        used_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    passkeys (id) {
        id -> Text,
        staff_id -> Text,
        name -> Text,
        credential -> Text,
        public_key -> Text,
        counter -> BigInt,
        created_at -> BigInt,
        used_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    half_sessions (hash) {
        hash -> Text,
        staff_id -> Text,
        created_at -> BigInt,
        expires_at -> BigInt,
    }
}

diesel::table! {
    spent_challenges (challenge) {
        challenge -> Text,
        expires_at -> BigInt,
    }
}
