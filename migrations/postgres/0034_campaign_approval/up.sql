-- Who asked for a campaign's approval, how it is to begin then, and why it was refused, as JSON.
ALTER TABLE campaigns ADD COLUMN approval TEXT;
