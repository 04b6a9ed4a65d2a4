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
) WITHOUT ROWID;
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
) WITHOUT ROWID;
CREATE INDEX tills_by_program ON tills (program_id, id);

-- hash is SHA-256 of what the browser keeps.
CREATE TABLE sessions (
    hash          TEXT NOT NULL PRIMARY KEY,
    staff_id      TEXT NOT NULL REFERENCES staff (id),
    till_id       TEXT REFERENCES tills (id),
    is_training   BOOLEAN NOT NULL,
    created_at    BIGINT NOT NULL,
    expires_at    BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX sessions_by_staff ON sessions (staff_id);
CREATE INDEX sessions_by_end ON sessions (expires_at);
