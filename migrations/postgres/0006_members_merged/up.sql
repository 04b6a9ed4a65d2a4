-- Members who are blocked, noted on, or joined with another, and points that go from card to card.

ALTER TABLE members ADD COLUMN blocked_at BIGINT;
ALTER TABLE members ADD COLUMN block_reason TEXT;
ALTER TABLE members ADD COLUMN note TEXT NOT NULL DEFAULT '';
ALTER TABLE members ADD COLUMN merged_into TEXT;
CREATE INDEX members_by_survivor ON members (merged_into) WHERE merged_into IS NOT NULL;

-- Kept by block and unblock, so that an order that locks its card knows without asking for the member.
ALTER TABLE cards ADD COLUMN blocked_at BIGINT;
-- The card that everything acts on instead of this one.
ALTER TABLE cards ADD COLUMN merged_into TEXT;
CREATE INDEX cards_by_survivor ON cards (merged_into) WHERE merged_into IS NOT NULL;

-- The entry on the other card, of points that went from card to card.
ALTER TABLE entries ADD COLUMN counterpart TEXT;

-- The member that an identity was taken over from; empty for a member's own.
ALTER TABLE identities ADD COLUMN came_from TEXT NOT NULL DEFAULT '';

-- Two members joined; detail is what it takes to part them again, and is blanked with the person.
CREATE TABLE merges (
    id            TEXT NOT NULL PRIMARY KEY,
    program_id    TEXT NOT NULL,
    survivor_id   TEXT NOT NULL REFERENCES members (id),
    merged_id     TEXT NOT NULL REFERENCES members (id),
    card_id       TEXT NOT NULL REFERENCES cards (id),
    reason        TEXT NOT NULL,
    actor         TEXT NOT NULL,
    detail        TEXT NOT NULL,
    created_at    BIGINT NOT NULL,
    undone_at     BIGINT,
    blanked_at    BIGINT
);
CREATE INDEX merges_by_survivor ON merges (survivor_id, id);
CREATE INDEX merges_by_merged ON merges (merged_id, id);
