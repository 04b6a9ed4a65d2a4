-- Who works at the shops, the tills they work at, and what keeps them signed in.

-- Of one program, or of all where program_id is null. Passwords and PINs are argon2id hashes.
CREATE TABLE staff (
    id            TEXT NOT NULL PRIMARY KEY,
    program_id    TEXT REFERENCES programs (id),
    name          TEXT NOT NULL,
    email         TEXT UNIQUE,
    role          TEXT NOT NULL,
    location      TEXT,
    member_id     TEXT REFERENCES members (id),
    password_hash TEXT,
    pin_hash      TEXT,
    failures      BIGINT NOT NULL,
    failed_at     BIGINT,
    version       BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL,
    archived_at   BIGINT
);
CREATE INDEX staff_by_program ON staff (program_id, id);

-- Browsers that stand at a counter: whoever works there signs in with a PIN. hash is SHA-256 of the till's own secret,
-- first that of the link by which it is connected once.
CREATE TABLE tills (
    id            TEXT NOT NULL PRIMARY KEY,
    program_id    TEXT NOT NULL REFERENCES programs (id),
    name          TEXT NOT NULL,
    location      TEXT,
    hash          TEXT NOT NULL UNIQUE,
    link_until    BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    connected_at  BIGINT,
    revoked_at    BIGINT
);
CREATE INDEX tills_by_program ON tills (program_id, id);

-- hash is SHA-256 of what the browser keeps.
CREATE TABLE sessions (
    hash          TEXT NOT NULL PRIMARY KEY,
    staff_id      TEXT NOT NULL REFERENCES staff (id),
    till_id       TEXT REFERENCES tills (id),
    is_training   BOOLEAN NOT NULL,
    created_at    BIGINT NOT NULL,
    expires_at    BIGINT NOT NULL
);
CREATE INDEX sessions_by_staff ON sessions (staff_id);
CREATE INDEX sessions_by_end ON sessions (expires_at);

-- What was done at tills, for the list of last deeds and for undoing them. form is the page's own id of a deed, so that
-- one that is sent twice is done once; subject is the order or redemption.
CREATE TABLE till_deeds (
    id            TEXT NOT NULL PRIMARY KEY,
    program_id    TEXT NOT NULL REFERENCES programs (id),
    form          TEXT NOT NULL,
    staff_id      TEXT NOT NULL REFERENCES staff (id),
    card_id       TEXT NOT NULL REFERENCES cards (id),
    kind          TEXT NOT NULL,
    subject       TEXT NOT NULL,
    points        BIGINT NOT NULL,
    balance       BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    undone_at     BIGINT,
    UNIQUE (program_id, form)
);
CREATE INDEX till_deeds_by_staff ON till_deeds (staff_id, id);
CREATE INDEX till_deeds_by_time ON till_deeds (created_at);
