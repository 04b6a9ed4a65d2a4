ALTER TABLE activity_days
    DROP CONSTRAINT activity_days_pkey,
    ADD CONSTRAINT activity_days_pkey PRIMARY KEY (card_id, day);
