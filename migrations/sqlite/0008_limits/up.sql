-- What each rule gave for an order by its lines, which lines were given back since, and what was noticed about the
-- order; and the latest orders of whoever is watched: a row for each, written only where a program watches anybody.

ALTER TABLE orders ADD COLUMN basket TEXT NOT NULL DEFAULT '';
ALTER TABLE orders ADD COLUMN returned TEXT NOT NULL DEFAULT '';
ALTER TABLE orders ADD COLUMN flags TEXT NOT NULL DEFAULT '';
ALTER TABLE refunds ADD COLUMN lines TEXT NOT NULL DEFAULT '';

CREATE TABLE watches (
    subject       TEXT NOT NULL PRIMARY KEY,
    program_id    TEXT NOT NULL,
    recent        TEXT NOT NULL
) WITHOUT ROWID;
