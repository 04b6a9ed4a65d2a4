DROP TABLE receipts;
ALTER TABLE redemptions DROP COLUMN flags;
ALTER TABLE passes DROP COLUMN used_counter;
ALTER TABLE keys DROP COLUMN member_id;
