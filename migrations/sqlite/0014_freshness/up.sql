-- Cards that are shown now, keys that name their member, and receipts that a member claims later.

-- The member whose card the key may not serve.
ALTER TABLE keys ADD COLUMN member_id TEXT;
-- The latest period of the pass's rotating code that was used for a redemption.
ALTER TABLE passes ADD COLUMN used_counter BIGINT NOT NULL DEFAULT 0;
-- What was noticed about it, as JSON; empty if nothing.
ALTER TABLE redemptions ADD COLUMN flags TEXT NOT NULL DEFAULT '';

-- Sales without a card; detail is lines, location and channel as JSON.
CREATE TABLE receipts (
    id            TEXT NOT NULL PRIMARY KEY,
    program_id    TEXT NOT NULL,
    source        TEXT NOT NULL,
    external_id   TEXT NOT NULL,
    fingerprint   TEXT NOT NULL,
    total_minor   BIGINT NOT NULL,
    currency      TEXT NOT NULL,
    detail        TEXT NOT NULL,
    would_earn    BIGINT NOT NULL,
    paid_at       BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    expires_at    BIGINT NOT NULL,
    voided_at     BIGINT,
    claimed_at    BIGINT,
    member_id     TEXT REFERENCES members (id),
    order_id      TEXT REFERENCES orders (id),
    UNIQUE (program_id, source, external_id)
) WITHOUT ROWID;
