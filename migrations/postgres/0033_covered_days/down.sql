ALTER TABLE activity_days
    DROP CONSTRAINT activity_days_pkey,
    ADD CONSTRAINT activity_days_pkey PRIMARY KEY (card_id, day);
ALTER TABLE bought_days
    DROP CONSTRAINT bought_days_pkey,
    ADD CONSTRAINT bought_days_pkey PRIMARY KEY (card_id, kind, name, day);
