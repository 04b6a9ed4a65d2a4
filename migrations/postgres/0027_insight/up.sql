-- What was counted of a program's books, kept because counting reads all of them. Anything here can be counted again.
CREATE TABLE insight_snapshots (
    program_id    TEXT NOT NULL REFERENCES programs (id),
    -- `30d`, `90d`, `365d`: so many days up to the day of counting; or `2026-01-01..2026-03-31`.
    period        TEXT NOT NULL,
    counts        TEXT NOT NULL,
    as_of         BIGINT NOT NULL,
    -- When somebody last wanted it: what nobody wants is dropped.
    asked_at      BIGINT NOT NULL,
    -- Until when somebody counts it anew.
    lease_until   BIGINT NOT NULL,
    PRIMARY KEY (program_id, period)
);
CREATE INDEX insight_snapshots_by_age ON insight_snapshots (as_of);
