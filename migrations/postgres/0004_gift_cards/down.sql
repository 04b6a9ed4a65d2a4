ALTER TABLE redemptions DROP COLUMN gift_account_id;
DROP TABLE gift_entries;
DROP TABLE gift_accounts;
