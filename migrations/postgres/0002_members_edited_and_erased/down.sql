ALTER TABLE members DROP COLUMN erased_at;
ALTER TABLE members DROP COLUMN attributes;
