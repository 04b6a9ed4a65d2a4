-- Which text somebody agreed to, and the language that it was shown in; empty if that was not kept.
ALTER TABLE consents ADD COLUMN text_version TEXT NOT NULL DEFAULT '';
ALTER TABLE consents ADD COLUMN language TEXT NOT NULL DEFAULT '';

-- A member's orders that no entry names, since they earned nothing; the others are found by their entries.
CREATE INDEX orders_unearned ON orders (member_id, id) WHERE earned = 0;
CREATE INDEX replaced_codes_by_card ON replaced_codes (card_id);
