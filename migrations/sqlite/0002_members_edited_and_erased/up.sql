-- What a shop keeps of its own on a member, as a JSON object, and when the member was erased.
ALTER TABLE members ADD COLUMN attributes TEXT NOT NULL DEFAULT '{}';
ALTER TABLE members ADD COLUMN erased_at BIGINT;
