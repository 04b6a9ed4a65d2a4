DROP TABLE card_messages;
DROP TABLE campaign_sends;
DROP TABLE campaign_runs;
DROP TABLE campaigns;
