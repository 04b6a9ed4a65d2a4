-- Who brought whom: a code for each member, and what became of each invitation; when members were born; and which
-- event moved points or brought a reward, so that it can be taken back.

CREATE TABLE referral_codes (
    member_id     TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES members (id),
    program_id    TEXT COLLATE "C" NOT NULL,
    code          TEXT NOT NULL,
    invited       BIGINT NOT NULL,
    paid          BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    UNIQUE (program_id, code)
);

CREATE TABLE referrals (
    id            TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    program_id    TEXT COLLATE "C" NOT NULL,
    referrer_id   TEXT COLLATE "C" NOT NULL REFERENCES members (id),
    friend_id     TEXT COLLATE "C" NOT NULL UNIQUE REFERENCES members (id),
    depth         BIGINT NOT NULL,
    state         TEXT NOT NULL,
    reason        TEXT,
    order_id      TEXT COLLATE "C",
    created_at    BIGINT NOT NULL,
    settled_at    BIGINT
);
CREATE INDEX referrals_by_referrer ON referrals (referrer_id, id);
CREATE INDEX referrals_by_state ON referrals (referrer_id, state, id);

-- Days are counted from 1970-01-01; month_day is 100 times the month and the day, 0 where no birth date is known.
-- from_day is the first day on which a birthday counts.
CREATE TABLE birthdays (
    member_id     TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES members (id),
    program_id    TEXT COLLATE "C" NOT NULL,
    birth_day     BIGINT,
    month_day     BIGINT NOT NULL,
    from_day      BIGINT NOT NULL
);
CREATE INDEX birthdays_by_day ON birthdays (program_id, month_day, from_day);

ALTER TABLE entries ADD COLUMN event_id TEXT COLLATE "C";
CREATE INDEX entries_by_event ON entries (event_id, id) WHERE event_id IS NOT NULL;
ALTER TABLE buckets ADD COLUMN event_id TEXT COLLATE "C";
CREATE INDEX buckets_by_event ON buckets (event_id) WHERE event_id IS NOT NULL;
ALTER TABLE redemptions ADD COLUMN event_id TEXT COLLATE "C";
CREATE INDEX redemptions_by_event ON redemptions (event_id) WHERE event_id IS NOT NULL;
