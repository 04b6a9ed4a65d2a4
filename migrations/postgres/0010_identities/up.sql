-- Identities as they were typed, with who gave them; where attributes come from; codes of cards that were lost.

-- As it was typed; empty of those that were stored before, which are shown as they are compared.
ALTER TABLE identities ADD COLUMN shown TEXT NOT NULL DEFAULT '';
-- Who gave it; empty of those that were stored before.
ALTER TABLE identities ADD COLUMN source TEXT NOT NULL DEFAULT '';

-- Who set each attribute and when, as JSON by name.
ALTER TABLE members ADD COLUMN attribute_details TEXT NOT NULL DEFAULT '{}';

-- Codes that are refused because the card got another one.
CREATE TABLE replaced_codes (
    code          TEXT NOT NULL PRIMARY KEY,
    card_id       TEXT COLLATE "C" NOT NULL REFERENCES cards (id),
    program_id    TEXT COLLATE "C" NOT NULL,
    replaced_at   BIGINT NOT NULL
);
