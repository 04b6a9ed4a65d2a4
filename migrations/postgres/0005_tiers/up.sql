-- Tiers: what members did, day by day, and where their cards stand.

-- What was done with a card on a day of the program's calendar, refunds taken off: points that orders and events
-- earned, money that was paid, orders that were kept.
CREATE TABLE activity_days (
    card_id       TEXT NOT NULL REFERENCES cards (id),
    day           BIGINT NOT NULL,
    points        BIGINT NOT NULL,
    minor         BIGINT NOT NULL,
    orders        BIGINT NOT NULL,
    PRIMARY KEY (card_id, day)
);

ALTER TABLE cards ADD COLUMN tier_id TEXT;
-- When the tier is lost if nothing more is done.
ALTER TABLE cards ADD COLUMN tier_until BIGINT;
-- What counted towards tiers when the card was last looked at.
ALTER TABLE cards ADD COLUMN tier_progress BIGINT NOT NULL DEFAULT 0;
