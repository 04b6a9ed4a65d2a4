-- Challenges: do so much within a time. What was counted day by day, what each order or event added, and what was won.

-- What counted for a card on a day of the program's calendar, refunds taken off, and what of it wins have used up.
CREATE TABLE challenge_days (
    card_id       TEXT COLLATE "C" NOT NULL REFERENCES cards (id),
    challenge_id  TEXT COLLATE "C" NOT NULL,
    day           BIGINT NOT NULL,
    amount        BIGINT NOT NULL,
    used          BIGINT NOT NULL,
    PRIMARY KEY (card_id, challenge_id, day)
);

-- What an order or event added, and what of it was taken back.
CREATE TABLE challenge_deeds (
    cause_id      TEXT COLLATE "C" NOT NULL,
    challenge_id  TEXT COLLATE "C" NOT NULL,
    day           BIGINT NOT NULL,
    amount        BIGINT NOT NULL,
    taken         BIGINT NOT NULL,
    PRIMARY KEY (cause_id, challenge_id)
);

-- Stay on the card that won, also when it is joined to another.
CREATE TABLE challenge_wins (
    card_id       TEXT COLLATE "C" NOT NULL REFERENCES cards (id),
    challenge_id  TEXT COLLATE "C" NOT NULL,
    number        BIGINT NOT NULL,
    day           BIGINT NOT NULL,
    used          BIGINT NOT NULL,
    order_id      TEXT COLLATE "C",
    event_id      TEXT COLLATE "C",
    entry_id      TEXT COLLATE "C",
    redemption_id TEXT COLLATE "C",
    refund_id     TEXT COLLATE "C",
    won_at        BIGINT NOT NULL,
    taken_back_at BIGINT,
    PRIMARY KEY (card_id, challenge_id, number)
);
CREATE INDEX challenge_wins_by_entry ON challenge_wins (entry_id) WHERE entry_id IS NOT NULL;
CREATE INDEX challenge_wins_by_refund ON challenge_wins (refund_id) WHERE refund_id IS NOT NULL;
