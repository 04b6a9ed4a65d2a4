-- Messages to the members of a segment. state: draft, scheduled, sending, paused, done, cancelled. body is JSON. runs
-- counts how often it was begun; next_at says when it is begun again.
CREATE TABLE campaigns (
    id         TEXT NOT NULL PRIMARY KEY,
    program_id TEXT NOT NULL REFERENCES programs (id),
    state      TEXT NOT NULL,
    body       TEXT NOT NULL,
    version    BIGINT NOT NULL,
    runs       BIGINT NOT NULL,
    next_at    BIGINT,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX campaigns_by_program ON campaigns (program_id, id);
CREATE INDEX campaigns_by_next ON campaigns (next_at) WHERE next_at IS NOT NULL;

-- A campaign on its way through the cards of its program, in the order of their ids. state: running, done, taking_back,
-- cancelled.
-- due_at: when it goes on, which is later in quiet hours. passed_card: the last card that was looked at.
CREATE TABLE campaign_runs (
    campaign_id TEXT NOT NULL REFERENCES campaigns (id),
    number      BIGINT NOT NULL,
    program_id  TEXT NOT NULL REFERENCES programs (id),
    state       TEXT NOT NULL,
    planned_at  BIGINT NOT NULL,
    due_at      BIGINT NOT NULL,
    ended_at    BIGINT,
    passed_card TEXT NOT NULL,
    looked_at   BIGINT NOT NULL,
    sent        BIGINT NOT NULL,
    held_out    BIGINT NOT NULL,
    capped      BIGINT NOT NULL,
    unreachable BIGINT NOT NULL,
    no_consent  BIGINT NOT NULL,
    PRIMARY KEY (campaign_id, number)
);
CREATE INDEX campaign_runs_by_state ON campaign_runs (state, due_at);

-- Who heard a campaign, once a run; arm is -1 for those who were held out. card_version: the one that shows it.
CREATE TABLE campaign_sends (
    campaign_id  TEXT NOT NULL REFERENCES campaigns (id),
    run          BIGINT NOT NULL,
    card_id      TEXT NOT NULL REFERENCES cards (id),
    member_id    TEXT NOT NULL REFERENCES members (id),
    program_id   TEXT NOT NULL REFERENCES programs (id),
    arm          BIGINT NOT NULL,
    card_version BIGINT NOT NULL,
    day          BIGINT NOT NULL,
    sent_at      BIGINT NOT NULL,
    PRIMARY KEY (campaign_id, run, card_id)
);
CREATE INDEX campaign_sends_by_member ON campaign_sends (member_id, sent_at);

-- What a card says of a campaign now. google_state, of the message that Google's card has beside its fields: new,
-- trying (it may be there), told.
CREATE TABLE card_messages (
    card_id        TEXT NOT NULL PRIMARY KEY REFERENCES cards (id),
    program_id     TEXT NOT NULL REFERENCES programs (id),
    campaign_id    TEXT NOT NULL REFERENCES campaigns (id),
    run            BIGINT NOT NULL,
    arm            BIGINT NOT NULL,
    put_at         BIGINT NOT NULL,
    ends_at        BIGINT NOT NULL,
    google_state   TEXT NOT NULL
);
CREATE INDEX card_messages_by_end ON card_messages (ends_at);
