-- Lists of members of other products. plan and summary are JSON; next_row counts the rows of the file that are done,
-- and moves in the transaction that does them.
CREATE TABLE imports (
    id            TEXT NOT NULL PRIMARY KEY,
    program_id    TEXT NOT NULL REFERENCES programs (id),
    name          TEXT NOT NULL,
    fingerprint   TEXT NOT NULL,
    state         TEXT NOT NULL,
    plan          TEXT NOT NULL,
    summary       TEXT NOT NULL,
    total         BIGINT NOT NULL,
    next_row      BIGINT NOT NULL,
    added         BIGINT NOT NULL,
    known         BIGINT NOT NULL,
    refused       BIGINT NOT NULL,
    points        BIGINT NOT NULL,
    actor         TEXT NOT NULL,
    version       BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    changed_at    BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX imports_by_program ON imports (program_id, id);
CREATE INDEX imports_under_way ON imports (id) WHERE state IN ('running', 'undoing');

-- The file while it is needed; of an import that is done only the rows that were refused. Dropped after thirty days.
CREATE TABLE import_files (
    import_id     TEXT NOT NULL PRIMARY KEY REFERENCES imports (id),
    bytes         BLOB NOT NULL,
    created_at    BIGINT NOT NULL
);

-- What became of each row.
CREATE TABLE import_rows (
    import_id     TEXT NOT NULL REFERENCES imports (id),
    number        BIGINT NOT NULL,
    outcome       TEXT NOT NULL,
    why           TEXT NOT NULL,
    member_id     TEXT NOT NULL,
    entry_id      TEXT NOT NULL,
    done_at       BIGINT NOT NULL,
    PRIMARY KEY (import_id, number)
) WITHOUT ROWID;
CREATE INDEX import_rows_by_outcome ON import_rows (import_id, outcome, number);
