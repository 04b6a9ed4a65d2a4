UPDATE campaigns SET state = 'draft' WHERE state = 'awaiting_approval';
ALTER TABLE campaigns DROP COLUMN approval;
