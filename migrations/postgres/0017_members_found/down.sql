DROP INDEX audit_by_holder;
DROP INDEX members_blocked;
DROP INDEX members_by_last_name;
DROP INDEX members_by_first_name;
