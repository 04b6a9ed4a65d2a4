-- Ids are compared by their bytes everywhere: an index of another order is no help where two tables meet.
ALTER TABLE activity_days
    ALTER COLUMN card_id TYPE TEXT COLLATE "C";
ALTER TABLE automation_waits
    ALTER COLUMN automation_id TYPE TEXT COLLATE "C",
    ALTER COLUMN card_id TYPE TEXT COLLATE "C";
ALTER TABLE campaign_runs
    ALTER COLUMN campaign_id TYPE TEXT COLLATE "C",
    ALTER COLUMN program_id TYPE TEXT COLLATE "C";
ALTER TABLE campaign_sends
    ALTER COLUMN campaign_id TYPE TEXT COLLATE "C",
    ALTER COLUMN card_id TYPE TEXT COLLATE "C",
    ALTER COLUMN member_id TYPE TEXT COLLATE "C",
    ALTER COLUMN program_id TYPE TEXT COLLATE "C";
ALTER TABLE campaigns
    ALTER COLUMN id TYPE TEXT COLLATE "C",
    ALTER COLUMN program_id TYPE TEXT COLLATE "C";
ALTER TABLE card_messages
    ALTER COLUMN card_id TYPE TEXT COLLATE "C",
    ALTER COLUMN program_id TYPE TEXT COLLATE "C",
    ALTER COLUMN campaign_id TYPE TEXT COLLATE "C";
ALTER TABLE cards
    ALTER COLUMN tier_id TYPE TEXT COLLATE "C",
    ALTER COLUMN merged_into TYPE TEXT COLLATE "C";
ALTER TABLE devices
    ALTER COLUMN device_id TYPE TEXT COLLATE "C";
ALTER TABLE expiry_notices
    ALTER COLUMN card_id TYPE TEXT COLLATE "C",
    ALTER COLUMN program_id TYPE TEXT COLLATE "C";
ALTER TABLE google_classes
    ALTER COLUMN class_id TYPE TEXT COLLATE "C";
ALTER TABLE half_sessions
    ALTER COLUMN staff_id TYPE TEXT COLLATE "C";
ALTER TABLE import_files
    ALTER COLUMN import_id TYPE TEXT COLLATE "C";
ALTER TABLE import_rows
    ALTER COLUMN import_id TYPE TEXT COLLATE "C",
    ALTER COLUMN member_id TYPE TEXT COLLATE "C",
    ALTER COLUMN entry_id TYPE TEXT COLLATE "C";
ALTER TABLE imports
    ALTER COLUMN id TYPE TEXT COLLATE "C",
    ALTER COLUMN program_id TYPE TEXT COLLATE "C";
ALTER TABLE insight_snapshots
    ALTER COLUMN program_id TYPE TEXT COLLATE "C";
ALTER TABLE keys
    ALTER COLUMN member_id TYPE TEXT COLLATE "C";
ALTER TABLE locations
    ALTER COLUMN id TYPE TEXT COLLATE "C",
    ALTER COLUMN program_id TYPE TEXT COLLATE "C";
ALTER TABLE members
    ALTER COLUMN merged_into TYPE TEXT COLLATE "C";
ALTER TABLE merges
    ALTER COLUMN id TYPE TEXT COLLATE "C",
    ALTER COLUMN program_id TYPE TEXT COLLATE "C",
    ALTER COLUMN survivor_id TYPE TEXT COLLATE "C",
    ALTER COLUMN merged_id TYPE TEXT COLLATE "C",
    ALTER COLUMN card_id TYPE TEXT COLLATE "C";
ALTER TABLE passkeys
    ALTER COLUMN id TYPE TEXT COLLATE "C",
    ALTER COLUMN staff_id TYPE TEXT COLLATE "C";
ALTER TABLE receipts
    ALTER COLUMN id TYPE TEXT COLLATE "C",
    ALTER COLUMN program_id TYPE TEXT COLLATE "C",
    ALTER COLUMN member_id TYPE TEXT COLLATE "C",
    ALTER COLUMN order_id TYPE TEXT COLLATE "C";
ALTER TABLE recovery_codes
    ALTER COLUMN staff_id TYPE TEXT COLLATE "C";
ALTER TABLE registrations
    ALTER COLUMN device_id TYPE TEXT COLLATE "C";
ALTER TABLE sessions
    ALTER COLUMN staff_id TYPE TEXT COLLATE "C",
    ALTER COLUMN till_id TYPE TEXT COLLATE "C";
ALTER TABLE staff
    ALTER COLUMN id TYPE TEXT COLLATE "C",
    ALTER COLUMN program_id TYPE TEXT COLLATE "C",
    ALTER COLUMN member_id TYPE TEXT COLLATE "C";
ALTER TABLE survey_answers
    ALTER COLUMN id TYPE TEXT COLLATE "C",
    ALTER COLUMN program_id TYPE TEXT COLLATE "C",
    ALTER COLUMN survey_id TYPE TEXT COLLATE "C",
    ALTER COLUMN member_id TYPE TEXT COLLATE "C";
ALTER TABLE surveys
    ALTER COLUMN id TYPE TEXT COLLATE "C",
    ALTER COLUMN program_id TYPE TEXT COLLATE "C";
ALTER TABLE till_deeds
    ALTER COLUMN id TYPE TEXT COLLATE "C",
    ALTER COLUMN program_id TYPE TEXT COLLATE "C",
    ALTER COLUMN staff_id TYPE TEXT COLLATE "C",
    ALTER COLUMN card_id TYPE TEXT COLLATE "C";
ALTER TABLE tills
    ALTER COLUMN id TYPE TEXT COLLATE "C",
    ALTER COLUMN program_id TYPE TEXT COLLATE "C";
ALTER TABLE watches
    ALTER COLUMN program_id TYPE TEXT COLLATE "C";
ALTER TABLE webhook_deliveries
    ALTER COLUMN id TYPE TEXT COLLATE "C",
    ALTER COLUMN endpoint_id TYPE TEXT COLLATE "C",
    ALTER COLUMN program_id TYPE TEXT COLLATE "C",
    ALTER COLUMN member_id TYPE TEXT COLLATE "C",
    ALTER COLUMN event_id TYPE TEXT COLLATE "C";
ALTER TABLE webhook_endpoints
    ALTER COLUMN id TYPE TEXT COLLATE "C",
    ALTER COLUMN program_id TYPE TEXT COLLATE "C";

-- What segments ask of every member is kept with the card, so that a count of a million members reads cards alone:
-- the sums of its activity_days, the days with more orders than refunds (visits; the first and the last of them), the
-- latest day that there is, which may lie ahead.
ALTER TABLE cards ADD COLUMN bought_orders BIGINT NOT NULL DEFAULT 0;
ALTER TABLE cards ADD COLUMN bought_minor BIGINT NOT NULL DEFAULT 0;
ALTER TABLE cards ADD COLUMN visits BIGINT NOT NULL DEFAULT 0;
ALTER TABLE cards ADD COLUMN first_visit BIGINT;
ALTER TABLE cards ADD COLUMN last_visit BIGINT;
ALTER TABLE cards ADD COLUMN latest_day BIGINT;
-- The phones that hold it, whether it is in Google Wallet, and whether its member last agreed to marketing.
ALTER TABLE cards ADD COLUMN phones BIGINT NOT NULL DEFAULT 0;
ALTER TABLE cards ADD COLUMN in_google BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE cards ADD COLUMN agrees BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE cards SET bought_orders = s.orders, bought_minor = s.minor, visits = s.visits, first_visit = s.first_visit,
    last_visit = s.last_visit, latest_day = s.latest_day,
    phones = (SELECT count(*) FROM registrations r WHERE r.card_id = cards.id),
    in_google = EXISTS (SELECT 1 FROM passes p WHERE p.card_id = cards.id AND p.wallet = 'google' AND p.state = 'installed'),
    agrees = coalesce((SELECT k.granted FROM consents k WHERE k.member_id = cards.member_id AND k.purpose = 'marketing'
        ORDER BY k.at DESC LIMIT 1), FALSE)
FROM (
    SELECT c.id, CAST(coalesce(sum(a.orders), 0) AS BIGINT) AS orders, CAST(coalesce(sum(a.minor), 0) AS BIGINT) AS minor,
        CAST(coalesce(sum(CASE WHEN a.orders > 0 THEN 1 ELSE 0 END), 0) AS BIGINT) AS visits,
        min(CASE WHEN a.orders > 0 THEN a.day END) AS first_visit, max(CASE WHEN a.orders > 0 THEN a.day END) AS last_visit,
        max(a.day) AS latest_day
    FROM cards c LEFT JOIN activity_days a ON a.card_id = c.id GROUP BY c.id
) s
WHERE s.id = cards.id;
