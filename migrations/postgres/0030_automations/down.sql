DROP TABLE automation_waits;
ALTER TABLE campaign_runs DROP COLUMN given;
DROP INDEX automations_by_program;
DELETE FROM card_messages WHERE campaign_id IN (SELECT id FROM campaigns WHERE kind = 'automation');
DELETE FROM campaign_sends WHERE campaign_id IN (SELECT id FROM campaigns WHERE kind = 'automation');
DELETE FROM campaign_runs WHERE campaign_id IN (SELECT id FROM campaigns WHERE kind = 'automation');
DELETE FROM campaigns WHERE kind = 'automation';
ALTER TABLE campaigns DROP COLUMN kind;
