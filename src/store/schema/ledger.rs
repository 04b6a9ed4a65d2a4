//! Cards and everything that moves their balances.

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
        bought_orders -> BigInt,
        bought_minor -> BigInt,
        visits -> BigInt,
        first_visit -> Nullable<BigInt>,
        last_visit -> Nullable<BigInt>,
        latest_day -> Nullable<BigInt>,
        phones -> BigInt,
        in_google -> Bool,
        agrees -> Bool,
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
        flags -> Text,
        opens_max -> Nullable<BigInt>,
        opened -> BigInt,
    }
}

diesel::table! {
    receipts (id) {
        id -> Text,
        program_id -> Text,
        source -> Text,
        external_id -> Text,
        fingerprint -> Text,
        total_minor -> BigInt,
        currency -> Text,
        detail -> Text,
        would_earn -> BigInt,
        paid_at -> BigInt,
        created_at -> BigInt,
        expires_at -> BigInt,
        voided_at -> Nullable<BigInt>,
        claimed_at -> Nullable<BigInt>,
        member_id -> Nullable<Text>,
        order_id -> Nullable<Text>,
    }
}

diesel::table! {
    expiry_notices (card_id, last_day, days_ahead) {
        card_id -> Text,
        last_day -> BigInt,
        days_ahead -> BigInt,
        program_id -> Text,
        points -> BigInt,
        sent_at -> BigInt,
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
