DROP INDEX replaced_codes_by_card;
DROP INDEX orders_unearned;
ALTER TABLE consents DROP COLUMN language;
ALTER TABLE consents DROP COLUMN text_version;
