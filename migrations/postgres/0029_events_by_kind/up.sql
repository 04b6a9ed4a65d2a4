-- How often an event of a type came within a time is counted by it alone.
CREATE INDEX events_by_kind ON events (program_id, kind, happened_at);
