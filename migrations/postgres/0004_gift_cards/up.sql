-- Stored value: gift cards that were paid for, and value that was earned; the two are never mixed.

CREATE TABLE gift_accounts (
    id            TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    program_id    TEXT COLLATE "C" NOT NULL REFERENCES programs (id),
    code          TEXT NOT NULL UNIQUE,
    value         TEXT NOT NULL,
    currency      TEXT NOT NULL,
    -- The sum of its entries. That it never falls below zero the program decides under a lock; this is the net below.
    balance_minor BIGINT NOT NULL CHECK (balance_minor >= 0),
    member_id     TEXT COLLATE "C" REFERENCES members (id),
    expires_at    BIGINT,
    voided_at     BIGINT,
    version       BIGINT NOT NULL,
    created_at    BIGINT NOT NULL
);
CREATE INDEX gift_accounts_by_program ON gift_accounts (program_id, id);
CREATE INDEX gift_accounts_by_member ON gift_accounts (member_id, id) WHERE member_id IS NOT NULL;
-- What the till shows with a member's card: however many were used up, only what is left is read.
CREATE INDEX gift_accounts_filled ON gift_accounts (member_id, id) WHERE balance_minor > 0;
CREATE INDEX gift_accounts_by_expiry ON gift_accounts (expires_at) WHERE balance_minor > 0;

CREATE TABLE gift_entries (
    id            TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    program_id    TEXT COLLATE "C" NOT NULL,
    -- Looked at when the transaction ends: of two equal issues at once the entry decides, before either has an account.
    account_id    TEXT COLLATE "C" NOT NULL REFERENCES gift_accounts (id) DEFERRABLE INITIALLY DEFERRED,
    kind          TEXT NOT NULL,
    minor         BIGINT NOT NULL,
    balance_after BIGINT NOT NULL,
    source        TEXT NOT NULL,
    external_id   TEXT,
    fingerprint   TEXT NOT NULL,
    order_id      TEXT COLLATE "C",
    reverses      TEXT COLLATE "C",
    counterpart_id TEXT COLLATE "C",
    reason        TEXT NOT NULL,
    actor         TEXT NOT NULL,
    created_at    BIGINT NOT NULL,
    UNIQUE (program_id, source, external_id)
);
CREATE INDEX gift_entries_by_account ON gift_entries (account_id, id);
CREATE INDEX gift_entries_by_reversed ON gift_entries (reverses) WHERE reverses IS NOT NULL;

-- The gift card that a completed redemption became.
ALTER TABLE redemptions ADD COLUMN gift_account_id TEXT COLLATE "C";
