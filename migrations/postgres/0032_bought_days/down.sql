DROP TABLE bought_days;
