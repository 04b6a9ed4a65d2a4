//! People and what is known of them: members, the ids that lead to them, consents, friends, what was joined.

diesel::table! {
    members (id) {
        id -> Text,
        program_id -> Text,
        external_id -> Nullable<Text>,
        first_name -> Text,
        last_name -> Text,
        language -> Text,
        version -> BigInt,
        created_at -> BigInt,
        updated_at -> BigInt,
        attributes -> Text,
        erased_at -> Nullable<BigInt>,
        blocked_at -> Nullable<BigInt>,
        block_reason -> Nullable<Text>,
        note -> Text,
        merged_into -> Nullable<Text>,
        attribute_details -> Text,
        is_quiet -> Bool,
    }
}

diesel::table! {
    identities (program_id, kind, value) {
        program_id -> Text,
        kind -> Text,
        value -> Text,
        member_id -> Text,
        created_at -> BigInt,
        came_from -> Text,
        shown -> Text,
        source -> Text,
    }
}

diesel::table! {
    consents (member_id, purpose, at) {
        member_id -> Text,
        purpose -> Text,
        at -> BigInt,
        program_id -> Text,
        granted -> Bool,
        source -> Text,
        text_version -> Text,
        language -> Text,
    }
}

diesel::table! {
    birthdays (member_id) {
        member_id -> Text,
        program_id -> Text,
        birth_day -> Nullable<BigInt>,
        month_day -> BigInt,
        from_day -> BigInt,
    }
}

diesel::table! {
    referral_codes (member_id) {
        member_id -> Text,
        program_id -> Text,
        code -> Text,
        invited -> BigInt,
        paid -> BigInt,
        created_at -> BigInt,
    }
}

diesel::table! {
    referrals (id) {
        id -> Text,
        program_id -> Text,
        referrer_id -> Text,
        friend_id -> Text,
        depth -> BigInt,
        state -> Text,
        reason -> Nullable<Text>,
        order_id -> Nullable<Text>,
        created_at -> BigInt,
        settled_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    merges (id) {
        id -> Text,
        program_id -> Text,
        survivor_id -> Text,
        merged_id -> Text,
        card_id -> Text,
        reason -> Text,
        actor -> Text,
        detail -> Text,
        created_at -> BigInt,
        undone_at -> Nullable<BigInt>,
        blanked_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    replaced_codes (code) {
        code -> Text,
        card_id -> Text,
        program_id -> Text,
        replaced_at -> BigInt,
    }
}

diesel::table! {
    watches (subject) {
        subject -> Text,
        program_id -> Text,
        recent -> Text,
    }
}
