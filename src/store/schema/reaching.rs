//! Campaigns and automations, who heard them, and what cards say of them.

diesel::table! {
    static_lists (id) {
        id -> Text,
        program_id -> Text,
        name -> Text,
        members -> BigInt,
        actor -> Text,
        version -> BigInt,
        created_at -> BigInt,
        changed_at -> BigInt,
    }
}

diesel::table! {
    static_list_cards (list_id, card_id) {
        list_id -> Text,
        card_id -> Text,
    }
}

diesel::table! {
    campaigns (id) {
        id -> Text,
        program_id -> Text,
        state -> Text,
        body -> Text,
        version -> BigInt,
        runs -> BigInt,
        next_at -> Nullable<BigInt>,
        created_by -> Text,
        created_at -> BigInt,
        updated_at -> BigInt,
        kind -> Text,
        approval -> Nullable<Text>,
    }
}

diesel::table! {
    campaign_runs (campaign_id, number) {
        campaign_id -> Text,
        number -> BigInt,
        program_id -> Text,
        state -> Text,
        planned_at -> BigInt,
        due_at -> BigInt,
        ended_at -> Nullable<BigInt>,
        passed_card -> Text,
        looked_at -> BigInt,
        sent -> BigInt,
        held_out -> BigInt,
        capped -> BigInt,
        unreachable -> BigInt,
        no_consent -> BigInt,
        given -> BigInt,
    }
}

diesel::table! {
    campaign_sends (campaign_id, run, card_id) {
        campaign_id -> Text,
        run -> BigInt,
        card_id -> Text,
        member_id -> Text,
        program_id -> Text,
        arm -> BigInt,
        card_version -> BigInt,
        day -> BigInt,
        sent_at -> BigInt,
    }
}

diesel::table! {
    card_messages (card_id) {
        card_id -> Text,
        program_id -> Text,
        campaign_id -> Text,
        run -> BigInt,
        arm -> BigInt,
        put_at -> BigInt,
        ends_at -> BigInt,
        google_state -> Text,
    }
}

diesel::table! {
    automation_waits (automation_id, card_id) {
        automation_id -> Text,
        card_id -> Text,
        due_at -> BigInt,
    }
}
