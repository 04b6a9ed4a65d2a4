//! Lists of members of other products.

diesel::table! {
    imports (id) {
        id -> Text,
        program_id -> Text,
        name -> Text,
        fingerprint -> Text,
        state -> Text,
        plan -> Text,
        summary -> Text,
        total -> BigInt,
        next_row -> BigInt,
        added -> BigInt,
        known -> BigInt,
        refused -> BigInt,
        points -> BigInt,
        actor -> Text,
        version -> BigInt,
        created_at -> BigInt,
        changed_at -> BigInt,
    }
}

diesel::table! {
    import_files (import_id) {
        import_id -> Text,
        bytes -> Binary,
        created_at -> BigInt,
    }
}

diesel::table! {
    import_rows (import_id, number) {
        import_id -> Text,
        number -> BigInt,
        outcome -> Text,
        why -> Text,
        member_id -> Text,
        entry_id -> Text,
        done_at -> BigInt,
    }
}
