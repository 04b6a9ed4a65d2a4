ALTER TABLE cards DROP COLUMN tier_progress;
ALTER TABLE cards DROP COLUMN tier_until;
ALTER TABLE cards DROP COLUMN tier_id;
DROP TABLE activity_days;
