-- How often the download opens that a reward is, and how often it was opened; and what holders were told of points that
-- expire soon.

ALTER TABLE redemptions ADD COLUMN opens_max BIGINT;
ALTER TABLE redemptions ADD COLUMN opened BIGINT NOT NULL DEFAULT 0;

-- A row for each notice that was given: never twice for the points that expire with one day.
CREATE TABLE expiry_notices (
    card_id       TEXT NOT NULL REFERENCES cards (id),
    last_day      BIGINT NOT NULL,
    days_ahead    BIGINT NOT NULL,
    program_id    TEXT NOT NULL,
    points        BIGINT NOT NULL,
    sent_at       BIGINT NOT NULL,
    PRIMARY KEY (card_id, last_day, days_ahead)
) WITHOUT ROWID;
