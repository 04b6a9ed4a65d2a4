//! The tables as diesel knows them; the migrations are what makes them.

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
    keys (id) {
        id -> Text,
        name -> Text,
        role -> Text,
        program_id -> Nullable<Text>,
        hash -> Text,
        created_at -> BigInt,
        revoked_at -> Nullable<BigInt>,
    }
}

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
    }
}

diesel::table! {
    cards (id) {
        id -> Text,
        program_id -> Text,
        member_id -> Text,
        code -> Text,
        balance -> BigInt,
        remainder -> BigInt,
        version -> BigInt,
        last_modified -> BigInt,
        link_epoch -> BigInt,
        voided_at -> Nullable<BigInt>,
        created_at -> BigInt,
        per_minor -> BigInt,
        orders -> BigInt,
        pending -> BigInt,
        active_at -> BigInt,
        due_at -> Nullable<BigInt>,
        tier_id -> Nullable<Text>,
        tier_until -> Nullable<BigInt>,
        tier_progress -> BigInt,
        blocked_at -> Nullable<BigInt>,
        merged_into -> Nullable<Text>,
    }
}

diesel::table! {
    activity_days (card_id, day) {
        card_id -> Text,
        day -> BigInt,
        points -> BigInt,
        minor -> BigInt,
        orders -> BigInt,
    }
}

diesel::table! {
    orders (id) {
        id -> Text,
        program_id -> Text,
        source -> Text,
        external_id -> Text,
        member_id -> Text,
        card_id -> Text,
        fingerprint -> Text,
        total_minor -> BigInt,
        currency -> Text,
        earned -> BigInt,
        refunded_minor -> BigInt,
        taken_back -> BigInt,
        detail -> Text,
        paid_at -> BigInt,
        created_at -> BigInt,
        counted -> Text,
        basket -> Text,
        returned -> Text,
        flags -> Text,
    }
}

diesel::table! {
    refunds (id) {
        id -> Text,
        program_id -> Text,
        order_id -> Text,
        external_id -> Nullable<Text>,
        minor -> BigInt,
        points -> BigInt,
        created_at -> BigInt,
        lines -> Text,
    }
}

diesel::table! {
    entries (id) {
        id -> Text,
        program_id -> Text,
        member_id -> Text,
        card_id -> Text,
        kind -> Text,
        points -> BigInt,
        order_id -> Nullable<Text>,
        refund_id -> Nullable<Text>,
        reverses -> Nullable<Text>,
        reason -> Text,
        actor -> Text,
        created_at -> BigInt,
        term_id -> Nullable<Text>,
        term_version -> Nullable<BigInt>,
        explanation -> Nullable<Text>,
        event_id -> Nullable<Text>,
        counterpart -> Nullable<Text>,
    }
}

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
    remainders (card_id, term_id) {
        card_id -> Text,
        term_id -> Text,
        remainder -> BigInt,
        per_minor -> BigInt,
    }
}

diesel::table! {
    buckets (id) {
        id -> Text,
        program_id -> Text,
        member_id -> Text,
        card_id -> Text,
        order_id -> Nullable<Text>,
        term_id -> Nullable<Text>,
        term_version -> Nullable<BigInt>,
        kind -> Text,
        reason -> Text,
        points -> BigInt,
        remaining -> BigInt,
        expired -> BigInt,
        is_pending -> Bool,
        active_from -> BigInt,
        expires_at -> Nullable<BigInt>,
        created_at -> BigInt,
        event_id -> Nullable<Text>,
    }
}

diesel::table! {
    bucket_uses (entry_id, bucket_id) {
        entry_id -> Text,
        bucket_id -> Text,
        points -> BigInt,
    }
}

diesel::table! {
    events (id) {
        id -> Text,
        program_id -> Text,
        source -> Text,
        external_id -> Text,
        member_id -> Text,
        card_id -> Text,
        kind -> Text,
        fingerprint -> Text,
        earned -> BigInt,
        data -> Text,
        happened_at -> BigInt,
        created_at -> BigInt,
    }
}

diesel::table! {
    redemptions (id) {
        id -> Text,
        program_id -> Text,
        member_id -> Text,
        card_id -> Text,
        reward_id -> Text,
        reward_version -> BigInt,
        code -> Text,
        state -> Text,
        origin -> Text,
        cost -> BigInt,
        entry_id -> Nullable<Text>,
        earned_by -> Nullable<Text>,
        used_for -> Nullable<Text>,
        issued_at -> BigInt,
        expires_at -> Nullable<BigInt>,
        settled_at -> Nullable<BigInt>,
        gift_account_id -> Nullable<Text>,
        event_id -> Nullable<Text>,
    }
}

diesel::table! {
    gift_accounts (id) {
        id -> Text,
        program_id -> Text,
        code -> Text,
        value -> Text,
        currency -> Text,
        balance_minor -> BigInt,
        member_id -> Nullable<Text>,
        expires_at -> Nullable<BigInt>,
        voided_at -> Nullable<BigInt>,
        version -> BigInt,
        created_at -> BigInt,
    }
}

diesel::table! {
    gift_entries (id) {
        id -> Text,
        program_id -> Text,
        account_id -> Text,
        kind -> Text,
        minor -> BigInt,
        balance_after -> BigInt,
        source -> Text,
        external_id -> Nullable<Text>,
        fingerprint -> Text,
        order_id -> Nullable<Text>,
        reverses -> Nullable<Text>,
        counterpart_id -> Nullable<Text>,
        reason -> Text,
        actor -> Text,
        created_at -> BigInt,
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
    birthdays (member_id) {
        member_id -> Text,
        program_id -> Text,
        birth_day -> Nullable<BigInt>,
        month_day -> BigInt,
        from_day -> BigInt,
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
    watches (subject) {
        subject -> Text,
        program_id -> Text,
        recent -> Text,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    cards,
    deliveries,
    designs,
    devices,
    entries,
    identities,
    members,
    orders,
    passes,
    programs,
    refunds,
    registrations,
);
