-- Addresses outside that are told of what happens, and what is on its way to them.

-- Of one program, or of all where program_id is null. types is a JSON list of names. The signing secret is derived from
-- the id and rotation. state: active, paused, disabled, removed; disabled_for: failing, gone. failing_since is the first
-- failure after the last success.
CREATE TABLE webhook_endpoints (
    id            TEXT NOT NULL PRIMARY KEY,
    program_id    TEXT REFERENCES programs (id),
    url           TEXT NOT NULL,
    types         TEXT NOT NULL,
    state         TEXT NOT NULL,
    disabled_for  TEXT,
    rotation      BIGINT NOT NULL,
    rotated_at    BIGINT,
    failing_since BIGINT,
    last_at       BIGINT,
    last_status   BIGINT,
    last_error    TEXT,
    version       BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL
);
CREATE INDEX webhook_endpoints_by_program ON webhook_endpoints (program_id, id);
CREATE INDEX webhook_endpoints_by_state ON webhook_endpoints (state, id);

-- Written in the transaction of the deed that it tells of. state: due, delivered, failed. give_up_at is set by the first
-- failure. member_id is whom the body tells of, so that it goes when they are erased.
CREATE TABLE webhook_deliveries (
    id            TEXT NOT NULL PRIMARY KEY,
    endpoint_id   TEXT NOT NULL REFERENCES webhook_endpoints (id),
    program_id    TEXT,
    member_id     TEXT,
    event_id      TEXT NOT NULL,
    event_type    TEXT NOT NULL,
    body          TEXT NOT NULL,
    state         TEXT NOT NULL,
    created_at    BIGINT NOT NULL,
    due_at        BIGINT NOT NULL,
    give_up_at    BIGINT,
    attempts      BIGINT NOT NULL,
    lease_owner   TEXT,
    lease_until   BIGINT NOT NULL,
    fence         BIGINT NOT NULL,
    last_at       BIGINT,
    last_status   BIGINT,
    last_error    TEXT,
    delivered_at  BIGINT
);
CREATE INDEX webhook_deliveries_by_due ON webhook_deliveries (endpoint_id, state, due_at);
CREATE INDEX webhook_deliveries_by_endpoint ON webhook_deliveries (endpoint_id, id);
CREATE INDEX webhook_deliveries_by_member ON webhook_deliveries (member_id);
CREATE INDEX webhook_deliveries_by_lease ON webhook_deliveries (lease_owner) WHERE lease_owner IS NOT NULL;
