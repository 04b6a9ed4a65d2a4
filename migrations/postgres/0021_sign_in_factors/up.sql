-- What people sign in by beside a password: codes of one time, and passkeys.

-- The key of the codes is derived from code_seed and the master key, so that there is nothing to steal here. code_since
-- says since when they are asked for, code_last is the last period whose code was taken.
ALTER TABLE staff ADD COLUMN code_seed TEXT;
ALTER TABLE staff ADD COLUMN code_since BIGINT;
ALTER TABLE staff ADD COLUMN code_last BIGINT;

-- hash is an HMAC of the code, so that the database alone cannot be guessed at.
CREATE TABLE recovery_codes (
    staff_id      TEXT NOT NULL REFERENCES staff (id),
    hash          TEXT NOT NULL,
    created_at    BIGINT NOT NULL,
    used_at       BIGINT,
    PRIMARY KEY (staff_id, hash)
);

-- credential and public_key are base64url; counter says how often the authenticator signed.
CREATE TABLE passkeys (
    id            TEXT NOT NULL PRIMARY KEY,
    staff_id      TEXT NOT NULL REFERENCES staff (id),
    name          TEXT NOT NULL,
    credential    TEXT NOT NULL UNIQUE,
    public_key    TEXT NOT NULL,
    counter       BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    used_at       BIGINT
);
CREATE INDEX passkeys_by_staff ON passkeys (staff_id, id);

-- Whose password was right and whose code is still asked for. hash is SHA-256 of what the browser keeps.
CREATE TABLE half_sessions (
    hash          TEXT NOT NULL PRIMARY KEY,
    staff_id      TEXT NOT NULL REFERENCES staff (id),
    created_at    BIGINT NOT NULL,
    expires_at    BIGINT NOT NULL
);
CREATE INDEX half_sessions_by_staff ON half_sessions (staff_id);
CREATE INDEX half_sessions_by_end ON half_sessions (expires_at);

-- Challenges that a passkey has answered, until their time is over: each is good once.
CREATE TABLE spent_challenges (
    challenge     TEXT NOT NULL PRIMARY KEY,
    expires_at    BIGINT NOT NULL
);
CREATE INDEX spent_challenges_by_end ON spent_challenges (expires_at);
