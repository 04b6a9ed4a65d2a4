-- Whether a member's cards change without a notice on the lock screen.
ALTER TABLE members ADD COLUMN is_quiet BOOLEAN NOT NULL DEFAULT FALSE;
