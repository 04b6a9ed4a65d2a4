DROP TABLE till_deeds;
DROP TABLE sessions;
DROP TABLE tills;
DROP TABLE staff;
