-- One card, end to end: programs and looks, people and cards, the ledger, passes and phones, what is to do, the books.
-- Times are milliseconds UTC, money is in minor units, JSON is text, ids are prefixed text that sorts by time.
-- WITHOUT ROWID: the rows lie in the primary key itself, which saves each order four trees to write.

CREATE TABLE programs (
    id            TEXT NOT NULL PRIMARY KEY,
    external_id   TEXT UNIQUE,
    slug          TEXT NOT NULL UNIQUE,
    name          TEXT NOT NULL,
    point_name    TEXT NOT NULL,
    language      TEXT NOT NULL,
    currency      TEXT NOT NULL,
    earn_points   BIGINT NOT NULL,
    earn_per_minor BIGINT NOT NULL,
    signup_bonus  BIGINT NOT NULL,
    apple_pass_type TEXT,
    google_issuer TEXT,
    design_id     TEXT,
    version       BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL
);

CREATE TABLE designs (
    id            TEXT NOT NULL PRIMARY KEY,
    program_id    TEXT NOT NULL REFERENCES programs (id),
    number        BIGINT NOT NULL,
    body          TEXT NOT NULL,
    created_by    TEXT NOT NULL,
    created_at    BIGINT NOT NULL,
    UNIQUE (program_id, number)
);

CREATE TABLE images (
    sha256        TEXT NOT NULL PRIMARY KEY,
    bytes         BLOB NOT NULL,
    created_at    BIGINT NOT NULL
);

CREATE TABLE keys (
    id            TEXT NOT NULL PRIMARY KEY,
    name          TEXT NOT NULL,
    role          TEXT NOT NULL,
    program_id    TEXT REFERENCES programs (id),
    hash          TEXT NOT NULL UNIQUE,
    created_at    BIGINT NOT NULL,
    revoked_at    BIGINT
);

CREATE TABLE members (
    id            TEXT NOT NULL PRIMARY KEY,
    program_id    TEXT NOT NULL REFERENCES programs (id),
    external_id   TEXT,
    first_name    TEXT NOT NULL,
    last_name     TEXT NOT NULL,
    language      TEXT NOT NULL,
    version       BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL,
    UNIQUE (program_id, external_id)
);
CREATE INDEX members_by_program ON members (program_id, id);

CREATE TABLE identities (
    program_id    TEXT NOT NULL REFERENCES programs (id),
    kind          TEXT NOT NULL,
    value         TEXT NOT NULL,
    member_id     TEXT NOT NULL REFERENCES members (id),
    created_at    BIGINT NOT NULL,
    PRIMARY KEY (program_id, kind, value)
);
CREATE INDEX identities_by_member ON identities (member_id);

CREATE TABLE consents (
    member_id     TEXT NOT NULL REFERENCES members (id),
    purpose       TEXT NOT NULL,
    at            BIGINT NOT NULL,
    program_id    TEXT NOT NULL,
    granted       BOOLEAN NOT NULL,
    source        TEXT NOT NULL,
    PRIMARY KEY (member_id, purpose, at)
);

CREATE TABLE cards (
    id            TEXT NOT NULL PRIMARY KEY,
    program_id    TEXT NOT NULL REFERENCES programs (id),
    member_id     TEXT NOT NULL REFERENCES members (id),
    code          TEXT NOT NULL UNIQUE,
    balance       BIGINT NOT NULL,
    remainder     BIGINT NOT NULL,
    version       BIGINT NOT NULL,
    last_modified BIGINT NOT NULL,
    link_epoch    BIGINT NOT NULL,
    voided_at     BIGINT,
    created_at    BIGINT NOT NULL
);
CREATE INDEX cards_by_member ON cards (member_id);
CREATE INDEX cards_by_program ON cards (program_id, id);

CREATE TABLE orders (
    id            TEXT NOT NULL PRIMARY KEY,
    program_id    TEXT NOT NULL,
    source        TEXT NOT NULL,
    external_id   TEXT NOT NULL,
    member_id     TEXT NOT NULL REFERENCES members (id),
    card_id       TEXT NOT NULL REFERENCES cards (id),
    fingerprint   TEXT NOT NULL,
    total_minor   BIGINT NOT NULL,
    currency      TEXT NOT NULL,
    earned        BIGINT NOT NULL,
    refunded_minor BIGINT NOT NULL,
    taken_back    BIGINT NOT NULL,
    detail        TEXT NOT NULL,
    paid_at       BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    UNIQUE (program_id, source, external_id)
) WITHOUT ROWID;

CREATE TABLE refunds (
    id            TEXT NOT NULL PRIMARY KEY,
    program_id    TEXT NOT NULL,
    order_id      TEXT NOT NULL REFERENCES orders (id),
    external_id   TEXT,
    minor         BIGINT NOT NULL,
    points        BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    UNIQUE (order_id, external_id)
) WITHOUT ROWID;

CREATE TABLE entries (
    id            TEXT NOT NULL PRIMARY KEY,
    program_id    TEXT NOT NULL,
    member_id     TEXT NOT NULL,
    card_id       TEXT NOT NULL REFERENCES cards (id),
    kind          TEXT NOT NULL,
    points        BIGINT NOT NULL,
    order_id      TEXT,
    refund_id     TEXT,
    reverses      TEXT,
    reason        TEXT NOT NULL,
    actor         TEXT NOT NULL,
    created_at    BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX entries_by_order ON entries (order_id, id) WHERE order_id IS NOT NULL;
CREATE UNIQUE INDEX entries_by_reversed ON entries (reverses) WHERE reverses IS NOT NULL;
CREATE INDEX entries_by_member ON entries (member_id, id);

CREATE TABLE passes (
    id            TEXT NOT NULL PRIMARY KEY,
    program_id    TEXT NOT NULL,
    card_id       TEXT NOT NULL REFERENCES cards (id),
    wallet        TEXT NOT NULL,
    pass_type     TEXT NOT NULL,
    serial        TEXT NOT NULL,
    epoch         BIGINT NOT NULL,
    state         TEXT NOT NULL,
    told_version  BIGINT NOT NULL,
    told_at       BIGINT,
    fetched_version BIGINT NOT NULL,
    fetched_at    BIGINT,
    shown         TEXT,
    last_error    TEXT,
    created_at    BIGINT NOT NULL,
    UNIQUE (card_id, wallet, pass_type),
    UNIQUE (pass_type, serial)
);

CREATE TABLE google_classes (
    class_id      TEXT NOT NULL PRIMARY KEY,
    program_id    TEXT NOT NULL REFERENCES programs (id),
    design_id     TEXT NOT NULL,
    written_at    BIGINT NOT NULL
);

CREATE TABLE devices (
    device_id     TEXT NOT NULL,
    pass_type     TEXT NOT NULL,
    push_token    TEXT NOT NULL,
    registered_at BIGINT NOT NULL,
    PRIMARY KEY (device_id, pass_type)
) WITHOUT ROWID;
CREATE INDEX devices_by_push_token ON devices (push_token, pass_type);

CREATE TABLE registrations (
    device_id     TEXT NOT NULL,
    pass_type     TEXT NOT NULL,
    pass_id       TEXT NOT NULL REFERENCES passes (id),
    card_id       TEXT NOT NULL,
    told_version  BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    PRIMARY KEY (device_id, pass_type, pass_id),
    FOREIGN KEY (device_id, pass_type) REFERENCES devices (device_id, pass_type)
) WITHOUT ROWID;
CREATE INDEX registrations_by_pass ON registrations (pass_id);
CREATE INDEX registrations_by_card ON registrations (card_id);

CREATE TABLE google_nonces (
    nonce         TEXT NOT NULL PRIMARY KEY,
    expires_at    BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX google_nonces_by_expiry ON google_nonces (expires_at);

CREATE TABLE device_logs (
    id            TEXT NOT NULL PRIMARY KEY,
    pass_id       TEXT,
    line          TEXT NOT NULL,
    created_at    BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX device_logs_by_pass ON device_logs (pass_id, id);

CREATE TABLE deliveries (
    card_id       TEXT NOT NULL REFERENCES cards (id),
    wallet        TEXT NOT NULL,
    program_id    TEXT NOT NULL,
    version       BIGINT NOT NULL,
    lane          BIGINT NOT NULL,
    state         TEXT NOT NULL,
    due_at        BIGINT NOT NULL,
    changed_at    BIGINT NOT NULL,
    attempts      BIGINT NOT NULL,
    pushes        BIGINT NOT NULL,
    lease_owner   TEXT,
    lease_until   BIGINT NOT NULL,
    fence         BIGINT NOT NULL,
    last_error    TEXT,
    PRIMARY KEY (card_id, wallet)
) WITHOUT ROWID;
CREATE INDEX deliveries_by_due ON deliveries (wallet, lane, due_at);

CREATE TABLE idempotency (
    scope         TEXT NOT NULL,
    key           TEXT NOT NULL,
    fingerprint   TEXT NOT NULL,
    status        BIGINT NOT NULL,
    body          TEXT NOT NULL,
    expires_at    BIGINT NOT NULL,
    PRIMARY KEY (scope, key)
);
CREATE INDEX idempotency_by_expiry ON idempotency (expires_at);

CREATE TABLE audit (
    id            TEXT NOT NULL PRIMARY KEY,
    program_id    TEXT,
    actor         TEXT NOT NULL,
    deed          TEXT NOT NULL,
    subject       TEXT NOT NULL,
    detail        TEXT NOT NULL,
    request_id    TEXT NOT NULL,
    created_at    BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX audit_by_program ON audit (program_id, id);

CREATE TABLE settings (
    name          TEXT NOT NULL PRIMARY KEY,
    value         TEXT NOT NULL,
    version       BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL
);
