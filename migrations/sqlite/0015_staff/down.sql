DROP TABLE sessions;
DROP TABLE tills;
DROP TABLE staff;
