-- kind: campaign or automation. What an automation says is JSON of its own.
ALTER TABLE campaigns ADD COLUMN kind TEXT NOT NULL DEFAULT 'campaign';
CREATE INDEX automations_by_program ON campaigns (program_id, state) WHERE kind = 'automation';

-- Members who were given something by an automation.
ALTER TABLE campaign_runs ADD COLUMN given BIGINT NOT NULL DEFAULT 0;

-- Cards for which an automation was set off and waits. No foreign keys: a deed on a card writes here while the automation
-- may be locked by whoever sends, who waits for the card.
CREATE TABLE automation_waits (
    automation_id TEXT NOT NULL,
    card_id       TEXT NOT NULL,
    due_at        BIGINT NOT NULL,
    PRIMARY KEY (automation_id, card_id)
);
CREATE INDEX automation_waits_by_due ON automation_waits (due_at);
CREATE INDEX automation_waits_of_one_by_due ON automation_waits (automation_id, due_at);
