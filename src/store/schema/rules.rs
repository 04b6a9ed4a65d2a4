//! Programs, their looks, and the terms that they write down, with what was used of them.

diesel::table! {
    programs (id) {
        id -> Text,
        external_id -> Nullable<Text>,
        slug -> Text,
        name -> Text,
        point_name -> Text,
        language -> Text,
        currency -> Text,
        earn_points -> BigInt,
        earn_per_minor -> BigInt,
        signup_bonus -> BigInt,
        apple_pass_type -> Nullable<Text>,
        google_issuer -> Nullable<Text>,
        design_id -> Nullable<Text>,
        version -> BigInt,
        created_at -> BigInt,
        updated_at -> BigInt,
        time_zone -> Text,
        policy -> Text,
        rulebook -> Text,
    }
}

diesel::table! {
    designs (id) {
        id -> Text,
        program_id -> Text,
        number -> BigInt,
        body -> Text,
        created_by -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    images (sha256) {
        sha256 -> Text,
        bytes -> Binary,
        created_at -> BigInt,
    }
}

diesel::table! {
    terms (id) {
        id -> Text,
        program_id -> Text,
        kind -> Text,
        version -> BigInt,
        body -> Text,
        is_active -> Bool,
        created_at -> BigInt,
        updated_at -> BigInt,
        archived_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    term_versions (term_id, version) {
        term_id -> Text,
        version -> BigInt,
        body -> Text,
        actor -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    term_uses (member_id, term_id, day) {
        member_id -> Text,
        term_id -> Text,
        day -> BigInt,
        times -> BigInt,
        points -> BigInt,
    }
}

diesel::table! {
    term_totals (term_id) {
        term_id -> Text,
        times -> BigInt,
        points -> BigInt,
    }
}

diesel::table! {
    challenge_days (card_id, challenge_id, day) {
        card_id -> Text,
        challenge_id -> Text,
        day -> BigInt,
        amount -> BigInt,
        used -> BigInt,
    }
}

diesel::table! {
    challenge_deeds (cause_id, challenge_id) {
        cause_id -> Text,
        challenge_id -> Text,
        day -> BigInt,
        amount -> BigInt,
        taken -> BigInt,
    }
}

diesel::table! {
    challenge_wins (card_id, challenge_id, number) {
        card_id -> Text,
        challenge_id -> Text,
        number -> BigInt,
        day -> BigInt,
        used -> BigInt,
        order_id -> Nullable<Text>,
        event_id -> Nullable<Text>,
        entry_id -> Nullable<Text>,
        redemption_id -> Nullable<Text>,
        refund_id -> Nullable<Text>,
        won_at -> BigInt,
        taken_back_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    surveys (id) {
        id -> Text,
        program_id -> Text,
        name -> Text,
        state -> Text,
        body -> Text,
        version -> BigInt,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::table! {
    survey_answers (id) {
        id -> Text,
        program_id -> Text,
        survey_id -> Text,
        member_id -> Text,
        language -> Text,
        answers -> Text,
        created_at -> BigInt,
    }
}
