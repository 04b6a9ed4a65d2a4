DROP TABLE challenge_wins;
DROP TABLE challenge_deeds;
DROP TABLE challenge_days;
