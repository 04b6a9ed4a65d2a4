-- The loyalty engine: what a program's people write down, points that have a date, events, rewards in hand.

ALTER TABLE programs ADD COLUMN time_zone TEXT NOT NULL DEFAULT 'UTC';
ALTER TABLE programs ADD COLUMN policy TEXT NOT NULL DEFAULT '{}';
-- Another text whenever the policy or a term changes: what rules that were read before are compared with.
ALTER TABLE programs ADD COLUMN rulebook TEXT NOT NULL DEFAULT '';

-- What a point is of the remainder; 0 before the first order.
ALTER TABLE cards ADD COLUMN per_minor BIGINT NOT NULL DEFAULT 0;
ALTER TABLE cards ADD COLUMN orders BIGINT NOT NULL DEFAULT 0;
ALTER TABLE cards ADD COLUMN pending BIGINT NOT NULL DEFAULT 0;
ALTER TABLE cards ADD COLUMN active_at BIGINT NOT NULL DEFAULT 0;
-- When points of the card next become active or expire by themselves.
ALTER TABLE cards ADD COLUMN due_at BIGINT;
CREATE INDEX cards_by_due ON cards (due_at) WHERE due_at IS NOT NULL;

ALTER TABLE entries ADD COLUMN term_id TEXT COLLATE "C";
ALTER TABLE entries ADD COLUMN term_version BIGINT;
ALTER TABLE entries ADD COLUMN explanation TEXT;

-- What each rule that counts money counted of the order, as JSON, so that a refund can undo it.
ALTER TABLE orders ADD COLUMN counted TEXT NOT NULL DEFAULT '[]';

-- Rules, promotions, rewards, tiers: the version that holds now, and every version that ever held.
CREATE TABLE terms (
    id            TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    program_id    TEXT COLLATE "C" NOT NULL REFERENCES programs (id),
    kind          TEXT NOT NULL,
    version       BIGINT NOT NULL,
    body          TEXT NOT NULL,
    is_active     BOOLEAN NOT NULL,
    created_at    BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL,
    archived_at   BIGINT
);
CREATE INDEX terms_by_program ON terms (program_id, kind, id);

CREATE TABLE term_versions (
    term_id       TEXT COLLATE "C" NOT NULL REFERENCES terms (id),
    version       BIGINT NOT NULL,
    body          TEXT NOT NULL,
    actor         TEXT NOT NULL,
    created_at    BIGINT NOT NULL,
    PRIMARY KEY (term_id, version)
);

-- What a member used of a term on a day of the program's calendar; day -1 is always.
CREATE TABLE term_uses (
    member_id     TEXT COLLATE "C" NOT NULL,
    term_id       TEXT COLLATE "C" NOT NULL,
    day           BIGINT NOT NULL,
    times         BIGINT NOT NULL,
    points        BIGINT NOT NULL,
    PRIMARY KEY (member_id, term_id, day)
);

-- What all members together used of a term that is limited for all together: a budget, a stock.
CREATE TABLE term_totals (
    term_id       TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    times         BIGINT NOT NULL,
    points        BIGINT NOT NULL
);

-- Money that a rule counted and that was not yet worth a point, times points; a point is per_minor of it.
CREATE TABLE remainders (
    card_id       TEXT COLLATE "C" NOT NULL REFERENCES cards (id),
    term_id       TEXT COLLATE "C" NOT NULL,
    remainder     BIGINT NOT NULL,
    per_minor     BIGINT NOT NULL,
    PRIMARY KEY (card_id, term_id)
);

-- Points that have a date: not active yet, or active until they expire. Points without a date are in no bucket.
CREATE TABLE buckets (
    id            TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    program_id    TEXT COLLATE "C" NOT NULL,
    member_id     TEXT COLLATE "C" NOT NULL,
    card_id       TEXT COLLATE "C" NOT NULL REFERENCES cards (id),
    order_id      TEXT COLLATE "C",
    term_id       TEXT COLLATE "C",
    term_version  BIGINT,
    kind          TEXT NOT NULL,
    reason        TEXT NOT NULL,
    points        BIGINT NOT NULL,
    remaining     BIGINT NOT NULL,
    expired       BIGINT NOT NULL,
    is_pending    BOOLEAN NOT NULL,
    active_from   BIGINT NOT NULL,
    expires_at    BIGINT,
    created_at    BIGINT NOT NULL
);
CREATE INDEX buckets_by_card ON buckets (card_id, id) WHERE remaining > 0;
CREATE INDEX buckets_by_order ON buckets (order_id) WHERE order_id IS NOT NULL;

-- From which buckets an entry took, so that they can be filled again.
CREATE TABLE bucket_uses (
    entry_id      TEXT COLLATE "C" NOT NULL,
    bucket_id     TEXT COLLATE "C" NOT NULL REFERENCES buckets (id),
    points        BIGINT NOT NULL,
    PRIMARY KEY (entry_id, bucket_id)
);

CREATE TABLE events (
    id            TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    program_id    TEXT COLLATE "C" NOT NULL,
    source        TEXT NOT NULL,
    external_id   TEXT NOT NULL,
    member_id     TEXT COLLATE "C" NOT NULL REFERENCES members (id),
    card_id       TEXT COLLATE "C" NOT NULL REFERENCES cards (id),
    kind          TEXT NOT NULL,
    fingerprint   TEXT NOT NULL,
    earned        BIGINT NOT NULL,
    data          TEXT NOT NULL,
    happened_at   BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    UNIQUE (program_id, source, external_id)
);
CREATE INDEX events_by_member ON events (member_id, id);

-- Rewards in members' hands, and what became of them.
CREATE TABLE redemptions (
    id            TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    program_id    TEXT COLLATE "C" NOT NULL,
    member_id     TEXT COLLATE "C" NOT NULL REFERENCES members (id),
    card_id       TEXT COLLATE "C" NOT NULL REFERENCES cards (id),
    reward_id     TEXT COLLATE "C" NOT NULL REFERENCES terms (id),
    reward_version BIGINT NOT NULL,
    code          TEXT NOT NULL,
    state         TEXT NOT NULL,
    origin        TEXT NOT NULL,
    cost          BIGINT NOT NULL,
    entry_id      TEXT COLLATE "C",
    earned_by     TEXT COLLATE "C",
    used_for      TEXT COLLATE "C",
    issued_at     BIGINT NOT NULL,
    expires_at    BIGINT,
    settled_at    BIGINT,
    UNIQUE (program_id, code)
);
CREATE INDEX redemptions_by_card ON redemptions (card_id, id);
CREATE INDEX redemptions_by_expiry ON redemptions (expires_at) WHERE state = 'issued' AND expires_at IS NOT NULL;
CREATE INDEX redemptions_by_use ON redemptions (used_for) WHERE used_for IS NOT NULL;
CREATE INDEX redemptions_by_earning ON redemptions (earned_by) WHERE earned_by IS NOT NULL;
