-- The console's list of members: by the first letters of a name, without case as far as A to Z go.
CREATE INDEX members_by_first_name ON members (program_id, lower(first_name COLLATE "C"));
CREATE INDEX members_by_last_name ON members (program_id, lower(last_name COLLATE "C"));
CREATE INDEX members_blocked ON members (program_id, id) WHERE blocked_at IS NOT NULL;

-- What was done to a member, a card or a pass; the many lines about orders are not among them.
CREATE INDEX audit_by_holder ON audit (subject, id) WHERE substr(subject, 1, 4) IN ('mem_', 'crd_', 'pss_');
