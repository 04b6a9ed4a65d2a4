DROP INDEX redemptions_by_event;
ALTER TABLE redemptions DROP COLUMN event_id;
DROP INDEX buckets_by_event;
ALTER TABLE buckets DROP COLUMN event_id;
DROP INDEX entries_by_event;
ALTER TABLE entries DROP COLUMN event_id;
DROP TABLE birthdays;
DROP TABLE referrals;
DROP TABLE referral_codes;
