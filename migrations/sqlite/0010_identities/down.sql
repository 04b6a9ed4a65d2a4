DROP TABLE replaced_codes;
ALTER TABLE members DROP COLUMN attribute_details;
ALTER TABLE identities DROP COLUMN source;
ALTER TABLE identities DROP COLUMN shown;
