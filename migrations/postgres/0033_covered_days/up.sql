-- What was bought on a day stands in the index too, so that segments that ask for a time walk along it, card by card, and
-- read no table.
ALTER TABLE activity_days
    DROP CONSTRAINT activity_days_pkey,
    ADD CONSTRAINT activity_days_pkey PRIMARY KEY (card_id, day) INCLUDE (orders, minor);
ALTER TABLE bought_days
    DROP CONSTRAINT bought_days_pkey,
    ADD CONSTRAINT bought_days_pkey PRIMARY KEY (card_id, kind, name, day) INCLUDE (orders);
