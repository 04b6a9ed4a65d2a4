-- Members whom the shop named one by one, as segments ask for them. The card stands for its holder, also after they were
-- joined with somebody.
CREATE TABLE static_lists (
    id            TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    program_id    TEXT COLLATE "C" NOT NULL REFERENCES programs (id),
    name          TEXT NOT NULL,
    members       BIGINT NOT NULL,
    actor         TEXT NOT NULL,
    version       BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    changed_at    BIGINT NOT NULL
);
CREATE UNIQUE INDEX static_lists_by_name ON static_lists (program_id, name);
CREATE TABLE static_list_cards (
    list_id       TEXT COLLATE "C" NOT NULL REFERENCES static_lists (id),
    card_id       TEXT COLLATE "C" NOT NULL REFERENCES cards (id),
    PRIMARY KEY (list_id, card_id)
);
CREATE INDEX static_list_cards_by_card ON static_list_cards (card_id);
