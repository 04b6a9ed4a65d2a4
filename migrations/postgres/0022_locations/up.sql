-- The places of a program. Orders name them by code, and may name others. Coordinates are in millionths of a degree, both
-- or none. relevant_text is JSON by language. state: active, ended.
CREATE TABLE locations (
    id              TEXT NOT NULL PRIMARY KEY,
    program_id      TEXT NOT NULL REFERENCES programs (id),
    code            TEXT NOT NULL,
    name            TEXT NOT NULL,
    address         TEXT NOT NULL,
    latitude_micro  BIGINT,
    longitude_micro BIGINT,
    relevant_text   TEXT,
    state           TEXT NOT NULL,
    version         BIGINT NOT NULL,
    created_at      BIGINT NOT NULL,
    updated_at      BIGINT NOT NULL
);
CREATE UNIQUE INDEX locations_by_code ON locations (program_id, code);
CREATE INDEX locations_by_name ON locations (program_id, name, id);
CREATE INDEX locations_by_program ON locations (program_id, id);
