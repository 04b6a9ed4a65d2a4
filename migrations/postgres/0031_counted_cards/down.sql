ALTER TABLE cards DROP COLUMN agrees;
ALTER TABLE cards DROP COLUMN in_google;
ALTER TABLE cards DROP COLUMN phones;
ALTER TABLE cards DROP COLUMN latest_day;
ALTER TABLE cards DROP COLUMN last_visit;
ALTER TABLE cards DROP COLUMN first_visit;
ALTER TABLE cards DROP COLUMN visits;
ALTER TABLE cards DROP COLUMN bought_minor;
ALTER TABLE cards DROP COLUMN bought_orders;
ALTER TABLE activity_days
    ALTER COLUMN card_id TYPE TEXT COLLATE "default";
ALTER TABLE automation_waits
    ALTER COLUMN automation_id TYPE TEXT COLLATE "default",
    ALTER COLUMN card_id TYPE TEXT COLLATE "default";
ALTER TABLE campaign_runs
    ALTER COLUMN campaign_id TYPE TEXT COLLATE "default",
    ALTER COLUMN program_id TYPE TEXT COLLATE "default";
ALTER TABLE campaign_sends
    ALTER COLUMN campaign_id TYPE TEXT COLLATE "default",
    ALTER COLUMN card_id TYPE TEXT COLLATE "default",
    ALTER COLUMN member_id TYPE TEXT COLLATE "default",
    ALTER COLUMN program_id TYPE TEXT COLLATE "default";
ALTER TABLE campaigns
    ALTER COLUMN id TYPE TEXT COLLATE "default",
    ALTER COLUMN program_id TYPE TEXT COLLATE "default";
ALTER TABLE card_messages
    ALTER COLUMN card_id TYPE TEXT COLLATE "default",
    ALTER COLUMN program_id TYPE TEXT COLLATE "default",
    ALTER COLUMN campaign_id TYPE TEXT COLLATE "default";
ALTER TABLE cards
    ALTER COLUMN tier_id TYPE TEXT COLLATE "default",
    ALTER COLUMN merged_into TYPE TEXT COLLATE "default";
ALTER TABLE devices
    ALTER COLUMN device_id TYPE TEXT COLLATE "default";
ALTER TABLE expiry_notices
    ALTER COLUMN card_id TYPE TEXT COLLATE "default",
    ALTER COLUMN program_id TYPE TEXT COLLATE "default";
ALTER TABLE google_classes
    ALTER COLUMN class_id TYPE TEXT COLLATE "default";
ALTER TABLE half_sessions
    ALTER COLUMN staff_id TYPE TEXT COLLATE "default";
ALTER TABLE import_files
    ALTER COLUMN import_id TYPE TEXT COLLATE "default";
ALTER TABLE import_rows
    ALTER COLUMN import_id TYPE TEXT COLLATE "default",
    ALTER COLUMN member_id TYPE TEXT COLLATE "default",
    ALTER COLUMN entry_id TYPE TEXT COLLATE "default";
ALTER TABLE imports
    ALTER COLUMN id TYPE TEXT COLLATE "default",
    ALTER COLUMN program_id TYPE TEXT COLLATE "default";
ALTER TABLE insight_snapshots
    ALTER COLUMN program_id TYPE TEXT COLLATE "default";
ALTER TABLE keys
    ALTER COLUMN member_id TYPE TEXT COLLATE "default";
ALTER TABLE locations
    ALTER COLUMN id TYPE TEXT COLLATE "default",
    ALTER COLUMN program_id TYPE TEXT COLLATE "default";
ALTER TABLE members
    ALTER COLUMN merged_into TYPE TEXT COLLATE "default";
ALTER TABLE merges
    ALTER COLUMN id TYPE TEXT COLLATE "default",
    ALTER COLUMN program_id TYPE TEXT COLLATE "default",
    ALTER COLUMN survivor_id TYPE TEXT COLLATE "default",
    ALTER COLUMN merged_id TYPE TEXT COLLATE "default",
    ALTER COLUMN card_id TYPE TEXT COLLATE "default";
ALTER TABLE passkeys
    ALTER COLUMN id TYPE TEXT COLLATE "default",
    ALTER COLUMN staff_id TYPE TEXT COLLATE "default";
ALTER TABLE receipts
    ALTER COLUMN id TYPE TEXT COLLATE "default",
    ALTER COLUMN program_id TYPE TEXT COLLATE "default",
    ALTER COLUMN member_id TYPE TEXT COLLATE "default",
    ALTER COLUMN order_id TYPE TEXT COLLATE "default";
ALTER TABLE recovery_codes
    ALTER COLUMN staff_id TYPE TEXT COLLATE "default";
ALTER TABLE registrations
    ALTER COLUMN device_id TYPE TEXT COLLATE "default";
ALTER TABLE sessions
    ALTER COLUMN staff_id TYPE TEXT COLLATE "default",
    ALTER COLUMN till_id TYPE TEXT COLLATE "default";
ALTER TABLE staff
    ALTER COLUMN id TYPE TEXT COLLATE "default",
    ALTER COLUMN program_id TYPE TEXT COLLATE "default",
    ALTER COLUMN member_id TYPE TEXT COLLATE "default";
ALTER TABLE survey_answers
    ALTER COLUMN id TYPE TEXT COLLATE "default",
    ALTER COLUMN program_id TYPE TEXT COLLATE "default",
    ALTER COLUMN survey_id TYPE TEXT COLLATE "default",
    ALTER COLUMN member_id TYPE TEXT COLLATE "default";
ALTER TABLE surveys
    ALTER COLUMN id TYPE TEXT COLLATE "default",
    ALTER COLUMN program_id TYPE TEXT COLLATE "default";
ALTER TABLE till_deeds
    ALTER COLUMN id TYPE TEXT COLLATE "default",
    ALTER COLUMN program_id TYPE TEXT COLLATE "default",
    ALTER COLUMN staff_id TYPE TEXT COLLATE "default",
    ALTER COLUMN card_id TYPE TEXT COLLATE "default";
ALTER TABLE tills
    ALTER COLUMN id TYPE TEXT COLLATE "default",
    ALTER COLUMN program_id TYPE TEXT COLLATE "default";
ALTER TABLE watches
    ALTER COLUMN program_id TYPE TEXT COLLATE "default";
ALTER TABLE webhook_deliveries
    ALTER COLUMN id TYPE TEXT COLLATE "default",
    ALTER COLUMN endpoint_id TYPE TEXT COLLATE "default",
    ALTER COLUMN program_id TYPE TEXT COLLATE "default",
    ALTER COLUMN member_id TYPE TEXT COLLATE "default",
    ALTER COLUMN event_id TYPE TEXT COLLATE "default";
ALTER TABLE webhook_endpoints
    ALTER COLUMN id TYPE TEXT COLLATE "default",
    ALTER COLUMN program_id TYPE TEXT COLLATE "default";
