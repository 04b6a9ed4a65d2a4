DROP TABLE spent_challenges;
DROP TABLE half_sessions;
DROP TABLE passkeys;
DROP TABLE recovery_codes;
ALTER TABLE staff DROP COLUMN code_last;
ALTER TABLE staff DROP COLUMN code_since;
ALTER TABLE staff DROP COLUMN code_seed;
